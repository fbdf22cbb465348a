//! The law of each variable of a normal law given all others.
//!
//! With the precision P = Σ⁻¹ it is normal with (Bishop 2006, eqs. 2.73 and 2.75)
//!
//! ```text
//! variance 1 / P_ii        mean μ_i − Σ_{j≠i} (P_ij / P_ii) (x_j − μ_j)
//! ```

use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// All univariate full conditionals of an [`MvNormal`](crate::MvNormal), precomputed: an update
/// costs one product of length d and one normal number.
#[derive(Debug, Clone, PartialEq)]
pub struct FullConditionals {
    dim: usize,
    /// For each variable: intercept, standard deviation, d coefficients (its own is 0).
    rows: Vec<f64>,
}

impl FullConditionals {
    /// From the mean and `L⁻ᵀ`.
    pub(super) fn new(mean: &DVector<f64>, whitening: &DMatrix<f64>) -> Self {
        let dim = mean.len();
        let precision = whitening * whitening.transpose();
        let mut rows = Vec::with_capacity(dim * (dim + 2));
        for i in 0..dim {
            let own = precision[(i, i)];
            let coefficient = |j| if i == j { 0.0 } else { -precision[(i, j)] / own };
            let shift: f64 = (0..dim).map(|j| coefficient(j) * mean[j]).sum();
            rows.extend([mean[i] - shift, own.sqrt().recip()]);
            rows.extend((0..dim).map(coefficient));
        }
        Self { dim, rows }
    }

    /// Number of variables.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The mean of variable `i` given the others in `x` (`x[i]` itself has no influence).
    ///
    /// # Panics
    /// If there is no variable `i`.
    #[must_use]
    #[inline]
    pub fn mean(&self, i: usize, x: &[f64]) -> f64 {
        let row = self.row(i);
        row[0] + row[2..].iter().zip(x).map(|(w, x)| w * x).sum::<f64>()
    }

    /// The standard deviation of variable `i` given the others, whatever their values.
    ///
    /// # Panics
    /// If there is no variable `i`.
    #[must_use]
    #[inline]
    pub fn std_dev(&self, i: usize) -> f64 {
        self.row(i)[1]
    }

    /// Replaces `x[i]` by a draw given the others. Allocates nothing.
    ///
    /// # Panics
    /// If there is no variable `i`, or `x` has no element `i`.
    #[inline]
    pub fn resample<R: Rng + ?Sized>(&self, i: usize, x: &mut [f64], rng: &mut R) {
        let z: f64 = StandardNormal.sample(rng);
        x[i] = self.mean(i, x) + self.std_dev(i) * z;
    }

    #[inline]
    fn row(&self, i: usize) -> &[f64] {
        let stride = self.dim + 2;
        &self.rows[i * stride..(i + 1) * stride]
    }
}
