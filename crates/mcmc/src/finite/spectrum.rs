//! The spectrum of a reversible chain: how fast it forgets, mode by mode.
//!
//! Detailed balance makes `S(i, j) = √π_i W(i→j) / √π_j` symmetric. Its orthonormal eigenvectors
//! `v_k`, with real eigenvalues `1 = λ_0 > λ_1 ≥ … ≥ −1`, give those of `W`: on the left
//! `l_k = √π v_k`, on the right `r_k = v_k / √π`. The law at time t is then a sum over modes
//! (Levin, Peres and Wilmer 2009, lemma 12.2):
//!
//! ```text
//! p(t) = Σ_k (p(0)·r_k) λ_k^t l_k
//! ```

use nalgebra::{DMatrix, DVector, RowDVector, SymmetricEigen};

use crate::mutants::planted;
use crate::{Error, TransitionMatrix};

/// How far the symmetrised matrix may be from symmetry.
const SYMMETRY_TOLERANCE: f64 = 1e-9;

/// Eigenvalues and eigenvectors of a reversible, irreducible chain.
///
/// ```
/// use mcmc::TransitionMatrix;
/// use nalgebra::dmatrix;
///
/// let weather = TransitionMatrix::new(dmatrix![0.9, 0.1; 0.5, 0.5])?;
/// let spectrum = weather.spectrum()?;
/// assert!((spectrum.second().unwrap() - 0.4).abs() < 1e-15);
/// assert!((spectrum.gap() - 0.6).abs() < 1e-15);
/// assert!((spectrum.relaxation_time()? - 1.0 / 2.5f64.ln()).abs() < 1e-14);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    chain: TransitionMatrix,
    period: usize,
    values: Vec<f64>,
    left: DMatrix<f64>,
    right: DMatrix<f64>,
}

impl TransitionMatrix {
    /// Eigenvalues and eigenvectors by way of the symmetrised matrix, in `O(n³)`.
    ///
    /// # Errors
    /// [`Error::Unreachable`] for a reducible chain, [`Error::NotReversible`] for one without detailed
    /// balance, [`Error::NotPositive`] if a stationary probability is too small for a float.
    pub fn spectrum(&self) -> Result<Spectrum, Error> {
        let period = self.period()?;
        let pi = self.stationary()?;
        if let Some(&value) = pi.iter().find(|pi| **pi <= 0.0) {
            return Err(Error::NotPositive { what: "a stationary probability", value });
        }
        let n = self.states();
        let w = self.matrix();
        let root = DVector::from_iterator(n, pi.iter().map(|pi| pi.sqrt()));
        let mut s = DMatrix::from_fn(n, n, |i, j| root[i] / root[j] * w[(i, j)]);
        let gap = (&s - s.transpose()).amax();
        if gap > SYMMETRY_TOLERANCE {
            return Err(Error::NotReversible { gap });
        }
        s = 0.5 * (&s + s.transpose());
        // The first mode is known: λ = 1, v = √π. Moved to −2, away from all others, it cannot be
        // mixed with a slow mode whose eigenvalue is 1 within rounding.
        s -= 3.0 * &root * root.transpose();
        let eigen = SymmetricEigen::new(s);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        order.pop();
        let modes = || order.iter().map(|&k| eigen.eigenvectors.column(k).into_owned());
        let vectors: Vec<_> = std::iter::once(root.clone()).chain(modes()).collect();
        let rest = order.iter().map(|&k| eigen.eigenvalues[k].clamp(-1.0, 1.0));
        let values = std::iter::once(1.0).chain(rest).collect();
        let left = DMatrix::from_fn(n, n, |k, i| vectors[k][i] * root[i]);
        let right = DMatrix::from_fn(n, n, |i, k| vectors[k][i] / root[i]);
        Ok(Spectrum { chain: self.clone(), period, values, left, right })
    }
}

impl Spectrum {
    /// The eigenvalues `λ_k` in descending order; the first is exactly 1, none is below −1.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.values
    }

    /// The left eigenvectors: row k is `l_k`, with `l_k W = λ_k l_k`. Row 0 is the stationary law.
    #[must_use]
    pub fn left(&self) -> &DMatrix<f64> {
        &self.left
    }

    /// The right eigenvectors: column k is `r_k`, with `W r_k = λ_k r_k` and `l_k·r_m = δ_km`. Column
    /// 0 is all ones.
    #[must_use]
    pub fn right(&self) -> &DMatrix<f64> {
        &self.right
    }

    /// The distribution after `t` steps from `p`, at a cost that does not depend on `t`.
    ///
    /// Equal to [`TransitionMatrix::evolve`] up to rounding, which the expansion enlarges by up to
    /// `1/√π_i` if `p` starts at a rare state i. What rounding makes negative is set to 0.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// let weather = TransitionMatrix::new(dmatrix![0.9, 0.1; 0.5, 0.5])?;
    /// let tomorrow = weather.spectrum()?.evolve(&[0.0, 1.0], 1)?;
    /// assert!((tomorrow[0] - 0.5).abs() < 1e-15);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] or [`Error::NotADistribution`] for a bad `p`.
    pub fn evolve(&self, p: &[f64], t: usize) -> Result<Vec<f64>, Error> {
        let mut modes: RowDVector<f64> = self.chain.checked(p)? * &self.right;
        for (mode, &value) in modes.iter_mut().zip(&self.values) {
            *mode *= power(value, t);
        }
        Ok((modes * &self.left).iter().map(|p| p.max(0.0)).collect())
    }

    /// The eigenvalue of largest modulus beside the first, which rules the approach to equilibrium;
    /// `None` for a single state. It can be negative: a chain that nearly alternates.
    #[must_use]
    pub fn second(&self) -> Option<f64> {
        if planted("the-second-eigenvalue-by-sign") {
            return self.values.get(1).copied();
        }
        self.values.iter().skip(1).copied().max_by(|a, b| a.abs().total_cmp(&b.abs()))
    }

    /// The absolute spectral gap `1 − |λ|` with λ the [`second`](Self::second) eigenvalue, between 0
    /// (a periodic chain, within rounding) and 1 (independent draws, or a single state).
    #[must_use]
    pub fn gap(&self) -> f64 {
        1.0 - self.second().map_or(0.0, f64::abs)
    }

    /// The relaxation time `−1 / ln|λ|` in steps, with λ the [`second`](Self::second) eigenvalue: the
    /// slowest mode falls by a factor e in it.
    ///
    /// 0 for independent draws. From about 1e15 steps on, where |λ| is 1 within rounding, only that
    /// much is known: the number is then very large or infinite, and no more than that.
    ///
    /// Some authors call `1 / gap` so (Levin, Peres and Wilmer 2009, section 12.2), which is larger by
    /// less than 1.
    ///
    /// # Errors
    /// [`Error::Periodic`]: the chain alternates between two sets of states for ever.
    pub fn relaxation_time(&self) -> Result<f64, Error> {
        if self.period > 1 {
            return Err(Error::Periodic { period: self.period });
        }
        // Plus zero, so that λ = 1 gives +∞ and not −∞.
        Ok(1.0 / (0.0 - self.second().map_or(0.0, f64::abs).ln()))
    }
}

/// `value^t`, with the right sign where t is too large for the exponent of a float to be odd.
fn power(value: f64, t: usize) -> f64 {
    let modulus = value.abs().powf(t as f64);
    if value < 0.0 && t % 2 == 1 { -modulus } else { modulus }
}
