//! The twisted normal law of Haario, Saksman and Tamminen.

use nalgebra::{DMatrix, DVector};
use prob_core::{GradLogDensity, LogDensity, Multivariate};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{LOG_NORM, settled, settled_with};
use crate::{Error, error::check_finite};

/// A normal law whose second variable is bent along the first (Haario, Saksman and Tamminen 1999,
/// <https://doi.org/10.1007/s001800050022>), in `d ≥ 2` dimensions:
///
/// ```text
/// x_1 = s z_1,   x_2 = z_2 − b (x_1² − s²),   x_i = z_i for i > 2,   z_i ~ N(0, 1) independent
///
/// ln p(x) = −½ (x_1²/s² + (x_2 + b (x_1² − s²))² + Σ_{i>2} x_i²) − ln s − (d/2) ln 2π
/// ```
///
/// The map from `z` to `x` keeps volumes up to the factor `s`, so that the law is normalised. All means
/// are 0 and all covariances; the variances are `s²`, `1 + 2 b² s⁴`, and 1 for the others. Haario's
/// laws have `s = 10`, and `b = 0.03` (bent) or `b = 0.1` (bent strongly).
///
/// ```
/// use mcmc::targets::Banana;
/// use prob_core::Multivariate;
///
/// let law = Banana::new(8, 10.0, 0.1)?;
/// assert_eq!(law.covariance()[(1, 1)], 201.0);
/// let ridge = |x: f64| law.log_prob(&[x, 10.0 - 0.1 * x * x, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
/// assert!((ridge(0.0) - ridge(10.0) - 0.5).abs() < 1e-12); // along it the law is N(0, 10²)
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Banana {
    dim: usize,
    scale: f64,
    bend: f64,
    log_norm: f64,
}

impl Banana {
    /// The law in `dim` dimensions with `s = scale` and `b = bend`, of either sign or 0.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2 dimensions, [`Error::NotPositive`] for the scale,
    /// [`Error::NotFinite`] for the bend, and for a variance that overflows.
    pub fn new(dim: usize, scale: f64, bend: f64) -> Result<Self, Error> {
        if dim < 2 {
            return Err(Error::TooFew { what: "the dimension of a banana", found: dim, needed: 2 });
        }
        if !(scale.is_finite() && scale > 0.0) {
            return Err(Error::NotPositive { what: "the scale of a banana", value: scale });
        }
        check_finite("bend", &[bend])?;
        let log_norm = dim as f64 * LOG_NORM - scale.ln();
        let law = Self { dim, scale, bend, log_norm };
        check_finite("variance", &[scale * scale, law.second_variance()])?;
        Ok(law)
    }

    /// `s`, the standard deviation of the first variable.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `b`.
    #[must_use]
    pub fn bend(&self) -> f64 {
        self.bend
    }

    /// `b (x_1² − s²)`.
    #[inline]
    fn lift(&self, first: f64) -> f64 {
        self.bend * (first * first - self.scale * self.scale)
    }

    fn second_variance(&self) -> f64 {
        1.0 + 2.0 * (self.bend * self.scale * self.scale).powi(2)
    }
}

impl Multivariate for Banana {
    fn dim(&self) -> usize {
        self.dim
    }

    #[inline]
    fn log_prob(&self, x: &[f64]) -> f64 {
        let [first, second, others @ ..] = x else { return f64::NEG_INFINITY };
        if x.len() != self.dim {
            return f64::NEG_INFINITY;
        }
        let (a, b) = (first / self.scale, second + self.lift(*first));
        let squares = a * a + b * b + others.iter().map(|x| x * x).sum::<f64>();
        settled(self.log_norm - 0.5 * squares, x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim, "the buffer must have one element per variable");
        out.iter_mut().for_each(|z| *z = StandardNormal.sample(rng));
        out[0] *= self.scale;
        out[1] -= self.lift(out[0]);
    }

    fn mean(&self) -> DVector<f64> {
        DVector::zeros(self.dim)
    }

    fn covariance(&self) -> DMatrix<f64> {
        let mut covariance = DMatrix::identity(self.dim, self.dim);
        covariance[(0, 0)] = self.scale * self.scale;
        covariance[(1, 1)] = self.second_variance();
        covariance
    }
}

impl LogDensity<[f64]> for Banana {
    #[inline]
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl GradLogDensity for Banana {
    /// `∂_1 = −x_1/s² − 2 b x_1 z_2`, `∂_i = −z_i`.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        let log_density = self.log_prob(x);
        if x.len() == self.dim {
            grad.iter_mut().zip(x).for_each(|(g, x)| *g = -x);
            let bent = x[1] + self.lift(x[0]);
            grad[0] = -x[0] / (self.scale * self.scale) - 2.0 * self.bend * x[0] * bent;
            grad[1] = -bent;
        }
        settled_with(log_density, x, grad)
    }
}

impl Distribution<DVector<f64>> for Banana {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim);
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}
