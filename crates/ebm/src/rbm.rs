//! The binary restricted Boltzmann machine: its parameters and its units.
//!
//! Visible units v and hidden units h are 0 or 1, with `p(v, h) ∝ e^−E(v, h)` and
//!
//! ```text
//! E(v, h) = −a·v − b·h − vᵀ W h
//! ```
//!
//! There are no weights within a layer, so that given one layer the units of the other are
//! independent: `p(h_j = 1 | v) = σ(b_j + W_jᵀ v)` and `p(v_i = 1 | h) = σ(a_i + W_i h)`.

use nalgebra::{DMatrix, DVector};
use prob_core::logspace::sigmoid;

use crate::Error;

/// Sums of parameters up to here leave room for every intermediate result.
const LARGEST_SUM: f64 = f64::MAX / 16.0;

/// A binary restricted Boltzmann machine.
///
/// ```
/// use ebm::Rbm;
/// use nalgebra::{dmatrix, dvector};
///
/// // One unit each: Z = 1 + e^a + e^b + e^(a + b + w).
/// let rbm = Rbm::new(dmatrix![2.0], dvector![-1.0], dvector![0.5])?;
/// let exact: f64 = 1.0 + (-1f64).exp() + 0.5f64.exp() + 1.5f64.exp();
/// assert!((rbm.log_partition()? - exact.ln()).abs() < 1e-15);
/// assert_eq!(rbm.hidden_prob(0, &[1.0]), prob_core::logspace::sigmoid(0.5 + 2.0));
/// # Ok::<(), ebm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Rbm {
    weights: DMatrix<f64>,
    visible_bias: DVector<f64>,
    hidden_bias: DVector<f64>,
}

impl Rbm {
    /// The machine with the weights W of shape [visible, hidden], the visible bias a and the hidden
    /// bias b.
    ///
    /// # Errors
    /// [`Error::Empty`] for a layer without units, [`Error::LengthMismatch`] for a bias that does not
    /// fit the weights, [`Error::NotFinite`], and [`Error::TooLarge`] where energies could overflow.
    pub fn new(
        weights: DMatrix<f64>,
        visible_bias: DVector<f64>,
        hidden_bias: DVector<f64>,
    ) -> Result<Self, Error> {
        let (visible, hidden) = weights.shape();
        for (units, what) in [(visible, "visible units"), (hidden, "hidden units")] {
            if units == 0 {
                return Err(Error::Empty { what });
            }
        }
        check_length("the visible bias", visible, visible_bias.len())?;
        check_length("the hidden bias", hidden, hidden_bias.len())?;
        check_finite("weights", weights.as_slice())?;
        check_finite("visible bias", visible_bias.as_slice())?;
        check_finite("hidden bias", hidden_bias.as_slice())?;
        let sum = weights.lp_norm(1) + visible_bias.lp_norm(1) + hidden_bias.lp_norm(1);
        if sum > LARGEST_SUM {
            return Err(Error::TooLarge { sum });
        }
        Ok(Self { weights, visible_bias, hidden_bias })
    }

    /// Number of visible units, at least 1.
    #[must_use]
    pub fn visible_units(&self) -> usize {
        self.weights.nrows()
    }

    /// Number of hidden units, at least 1.
    #[must_use]
    pub fn hidden_units(&self) -> usize {
        self.weights.ncols()
    }

    /// The weights W, of shape [visible, hidden].
    #[must_use]
    pub fn weights(&self) -> &DMatrix<f64> {
        &self.weights
    }

    /// The visible bias a.
    #[must_use]
    pub fn visible_bias(&self) -> &DVector<f64> {
        &self.visible_bias
    }

    /// The hidden bias b.
    #[must_use]
    pub fn hidden_bias(&self) -> &DVector<f64> {
        &self.hidden_bias
    }

    /// `p(h_j = 1 | v)`.
    ///
    /// # Panics
    /// If there is no hidden unit `j`, or `visible` has another length than the visible layer.
    #[must_use]
    pub fn hidden_prob(&self, j: usize, visible: &[f64]) -> f64 {
        sigmoid(self.hidden_input(j, visible))
    }

    /// `p(v_i = 1 | h)`.
    ///
    /// # Panics
    /// If there is no visible unit `i`, or `hidden` has another length than the hidden layer.
    #[must_use]
    pub fn visible_prob(&self, i: usize, hidden: &[f64]) -> f64 {
        assert_eq!(hidden.len(), self.hidden_units(), "one value per hidden unit");
        let row = self.weights.row(i);
        sigmoid(self.visible_bias[i] + row.iter().zip(hidden).map(|(w, h)| w * h).sum::<f64>())
    }

    /// `b_j + W_jᵀ v`; panics as [`hidden_prob`](Self::hidden_prob).
    pub(crate) fn hidden_input(&self, j: usize, visible: &[f64]) -> f64 {
        assert_eq!(visible.len(), self.visible_units(), "one value per visible unit");
        let column = self.weights.column(j);
        self.hidden_bias[j] + column.iter().zip(visible).map(|(w, v)| w * v).sum::<f64>()
    }
}

/// Refuses a size that does not fit.
pub(crate) fn check_length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::LengthMismatch { what, expected, found }) }
}

/// Refuses NaN and infinities.
fn check_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}
