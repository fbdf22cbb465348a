//! Entropy, information and independence of the variables of a table.

use super::axis::{self, Axis};
use super::information;
use super::joint::Joint;
use crate::Error;

impl Joint {
    /// The entropy of all variables together, in nats.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        information::entropy_of(self.probabilities())
    }

    /// The entropy `H(of | given) = −Σ p(x, y) ln p(x | y)` that is left of some variables when
    /// others are known, in nats.
    ///
    /// The chain rule `H(of, given) = H(given) + H(of | given)` holds.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::UnknownAxis`]; [`Error::DuplicateAxis`] also for a variable on both
    /// sides.
    pub fn conditional_entropy(&self, of: &[&str], given: &[&str]) -> Result<f64, Error> {
        let table = self.marginal(&[given, of].concat())?;
        let columns = axis::cells(table.axes().get(given.len()..).unwrap_or_default());
        let rows = table.probabilities().chunks(columns);
        // Row by row, so that no difference of two entropies is formed.
        Ok(rows
            .map(|row| {
                let sum: f64 = row.iter().sum();
                let terms = row.iter().filter(|p| **p > 0.0).map(|p| -p * (p / sum).ln());
                terms.sum::<f64>().max(0.0)
            })
            .sum())
    }

    /// The mutual information `I(x; y) = KL(p(x, y) ‖ p(x) p(y))` of two groups of variables, in
    /// nats: 0 exactly where they are independent.
    ///
    /// # Errors
    /// As [`conditional_entropy`](Self::conditional_entropy).
    pub fn mutual_information(&self, x: &[&str], y: &[&str]) -> Result<f64, Error> {
        self.conditional_mutual_information(x, y, &[])
    }

    /// The mutual information `I(x; y | given) = Σ p(x, y, z) ln(p(x, y | z) / (p(x | z) p(y | z)))`
    /// of two groups of variables when others are known, in nats.
    ///
    /// # Errors
    /// As [`conditional_entropy`](Self::conditional_entropy).
    pub fn conditional_mutual_information(
        &self,
        x: &[&str],
        y: &[&str],
        given: &[&str],
    ) -> Result<f64, Error> {
        let (joint, product) = self.if_independent(x, y, given)?;
        Ok(information::kl_of(&joint, &product))
    }

    /// Whether two groups of variables are independent: no probability `p(x, y)` is off `p(x) p(y)`
    /// by more than `tolerance`.
    ///
    /// # Errors
    /// As [`conditional_entropy`](Self::conditional_entropy).
    pub fn independent(&self, x: &[&str], y: &[&str], tolerance: f64) -> Result<bool, Error> {
        self.independent_given(x, y, &[], tolerance)
    }

    /// Whether two groups of variables are independent once others are known: no `p(x, y, z)` is off
    /// `p(x | z) p(y | z) p(z)` by more than `tolerance`.
    ///
    /// ```
    /// use prob_core::{Axis, Joint};
    ///
    /// // Two throws of a coin that is either fair or has two heads: the throws are independent once
    /// // the coin is known, and not before.
    /// let [coin, first, second] = [
    ///     Axis::new("coin", ["fair", "two heads"])?,
    ///     Axis::new("first", ["heads", "tails"])?,
    ///     Axis::new("second", ["heads", "tails"])?,
    /// ];
    /// let cells = vec![0.125, 0.125, 0.125, 0.125, 0.5, 0.0, 0.0, 0.0];
    /// let joint = Joint::new([coin, first, second], cells)?;
    /// assert!(!joint.independent(&["first"], &["second"], 1e-12)?);
    /// assert!(joint.independent_given(&["first"], &["second"], &["coin"], 1e-12)?);
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`conditional_entropy`](Self::conditional_entropy).
    pub fn independent_given(
        &self,
        x: &[&str],
        y: &[&str],
        given: &[&str],
        tolerance: f64,
    ) -> Result<bool, Error> {
        let (joint, product) = self.if_independent(x, y, given)?;
        Ok(joint.iter().zip(&product).all(|(p, q)| (p - q).abs() <= tolerance))
    }

    /// The Kullback–Leibler divergence `KL(self ‖ other)` in nats; see
    /// [`information::kl`](crate::information::kl).
    ///
    /// # Errors
    /// [`Error::AxesDiffer`] unless both tables have the same axes in the same order.
    pub fn kl(&self, other: &Self) -> Result<f64, Error> {
        self.same_axes(other)?;
        Ok(information::kl_of(self.probabilities(), other.probabilities()))
    }

    /// The Jensen–Shannon divergence in nats; see [`information::js`](crate::information::js).
    ///
    /// # Errors
    /// [`Error::AxesDiffer`] unless both tables have the same axes in the same order.
    pub fn js(&self, other: &Self) -> Result<f64, Error> {
        self.same_axes(other)?;
        Ok(information::js_of(self.probabilities(), other.probabilities()))
    }

    fn same_axes(&self, other: &Self) -> Result<(), Error> {
        if self.axes() == other.axes() {
            return Ok(());
        }
        Err(Error::AxesDiffer { left: described(self.axes()), right: described(other.axes()) })
    }

    /// `p(z, x, y)`, and what it would be if x and y were independent given z:
    /// `p(z, x) p(z, y) / p(z)`.
    fn if_independent(
        &self,
        x: &[&str],
        y: &[&str],
        z: &[&str],
    ) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let joint = self.marginal(&[z, x, y].concat())?;
        let axes = joint.axes();
        let size = |range| axes.get(range).map_or(1, axis::cells);
        let (nx, ny) = (size(z.len()..z.len() + x.len()), size(z.len() + x.len()..axes.len()));
        let mut product = Vec::with_capacity(joint.probabilities().len());
        for block in joint.probabilities().chunks(nx * ny) {
            let rows: Vec<f64> = block.chunks(ny).map(|row| row.iter().sum()).collect();
            let columns: Vec<f64> =
                (0..ny).map(|j| block.iter().skip(j).step_by(ny).sum()).collect();
            // Given nothing, p(z) is 1, not 1 up to rounding.
            let total = if z.is_empty() { 1.0 } else { rows.iter().sum() };
            let term = |r: f64, c: f64| if total > 0.0 { r / total * c } else { 0.0 };
            product.extend(rows.iter().flat_map(|r| columns.iter().map(move |c| term(*r, *c))));
        }
        Ok((joint.probabilities().to_vec(), product))
    }
}

/// Names and values of axes, for a message about two tables whose names may be the same.
fn described(axes: &[Axis]) -> String {
    let axes = axes.iter().map(|a| format!("{} ({})", a.name(), a.values().join(", ")));
    axes.collect::<Vec<_>>().join(" x ")
}
