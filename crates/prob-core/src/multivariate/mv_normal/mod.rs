//! The multivariate normal law,
//! `p(x) = exp(−½ (x − μ)ᵀ Σ⁻¹ (x − μ)) / √((2π)^d |Σ|)`.
//!
//! [`MvNormal`] checks and factors Σ = L Lᵀ once; densities, gradients and draws then allocate
//! nothing. `subset` has its marginals and conditionals for any set of variables, `affine` the laws of
//! `A x + b`, `divergence` entropy and Kullback–Leibler divergence, [`FullConditionals`] the law of
//! each variable given all others.

mod affine;
mod divergence;
mod full_conditionals;
mod subset;

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{Multivariate, cholesky, rows};
use crate::{Error, GradLogDensity, LogDensity};
pub use full_conditionals::FullConditionals;

/// A multivariate normal law with a mean (length d) and a covariance (d×d).
///
/// Written as its mean and the rows of its covariance; what is read goes through [`MvNormal::new`].
///
/// ```
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
/// use rand::distr::Distribution;
///
/// let law = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0])?;
/// let given = law.conditional(&[1], &[2.0])?; // x_0 | x_1 = 2
/// assert!((given.mean()[0] - 1.0).abs() < 1e-15);
/// assert!((given.covariance()[(0, 0)] - 0.75).abs() < 1e-15);
///
/// let x = law.sample(&mut Seed(1).stream("example", 0));
/// assert_eq!(x.len(), 2);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct MvNormal {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
    cholesky: DMatrix<f64>,
    /// `L⁻ᵀ`, upper triangular: column i holds row i of `L⁻¹`, which is contiguous so.
    whitening: DMatrix<f64>,
    log_norm: f64,
    full_conditionals: FullConditionals,
}

impl MvNormal {
    /// The law `N(mean, covariance)`.
    ///
    /// The covariance must be symmetric (to 1e-12 of the standard deviations) and positive definite
    /// beyond rounding errors: a variable that the others determine (or nearly, with a conditional
    /// variance below d · 2⁻⁵² of its own or below 1e-290) is refused.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotSquare`], [`Error::LengthMismatch`], [`Error::NotFinite`],
    /// [`Error::NotSymmetric`], [`Error::NotPositiveDefinite`].
    pub fn new(mean: DVector<f64>, covariance: DMatrix<f64>) -> Result<Self, Error> {
        let covariance = cholesky::checked_covariance(&mean, covariance)?;
        let cholesky = cholesky::cholesky(covariance.clone())?;
        let whitening = cholesky::inverse_transpose(&cholesky);
        let log_det_root: f64 = cholesky.diagonal().iter().map(|l| l.ln()).sum();
        let log_norm = -0.5 * mean.len() as f64 * (2.0 * PI).ln() - log_det_root;
        let full_conditionals = FullConditionals::new(&mean, &whitening);
        Ok(Self { mean, covariance, cholesky, whitening, log_norm, full_conditionals })
    }

    /// Number of variables d, at least 1.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// The mean μ.
    #[must_use]
    pub fn mean(&self) -> &DVector<f64> {
        &self.mean
    }

    /// The covariance Σ, exactly symmetric.
    #[must_use]
    pub fn covariance(&self) -> &DMatrix<f64> {
        &self.covariance
    }

    /// The lower triangular Cholesky factor L of Σ = L Lᵀ; zeros above the diagonal.
    #[must_use]
    pub fn cholesky(&self) -> &DMatrix<f64> {
        &self.cholesky
    }

    /// The precision matrix Σ⁻¹.
    #[must_use]
    pub fn precision(&self) -> DMatrix<f64> {
        &self.whitening * self.whitening.transpose()
    }

    /// The law of each variable given all others, ready for Gibbs sampling.
    #[must_use]
    pub fn full_conditionals(&self) -> &FullConditionals {
        &self.full_conditionals
    }

    /// `ln p(x)`, normalised; `−∞` for a point of another dimension, NaN where `x` has a NaN.
    /// Allocates nothing.
    ///
    /// ```
    /// # use nalgebra::{dmatrix, dvector};
    /// let law = prob_core::MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0])?;
    /// // scipy.stats.multivariate_normal([0, 0], [[1, .5], [.5, 1]]).logpdf([3, -3]), SciPy 1.17.1
    /// assert!((law.log_prob(&[3.0, -3.0]) - -19.694_036_030_183_455).abs() < 1e-13);
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    #[must_use]
    pub fn log_prob(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let squared: f64 = (0..self.dim()).map(|i| self.whitened(i, x).powi(2)).sum();
        off_the_end(self.log_norm - 0.5 * squared, x)
    }

    /// The squared Mahalanobis distance `(x − μ)ᵀ Σ⁻¹ (x − μ)`; `∞` for a point of another
    /// dimension, NaN where `x` has a NaN.
    ///
    /// Under the law itself it is chi-square with d degrees of freedom.
    #[must_use]
    pub fn mahalanobis(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim() {
            return f64::INFINITY;
        }
        let squared: f64 = (0..self.dim()).map(|i| self.whitened(i, x).powi(2)).sum();
        -off_the_end(-squared, x)
    }

    /// `ln p(μ)`.
    pub(super) fn log_norm(&self) -> f64 {
        self.log_norm
    }

    /// `ln (x − μ)ᵀ Σ⁻¹ (x − μ)` where the square itself may overflow; `x` has d elements, finite.
    pub(super) fn log_mahalanobis(&self, x: &[f64]) -> f64 {
        // With pivots of 1e-290 and more, and points below 2^1024, nothing overflows in this unit.
        const UNIT: f64 = f64::from_bits((1023 - 1000) << 52); // 2^-1000
        let squared = |unit: f64| -> f64 {
            let z = |i: usize| -> f64 {
                let row = self.whitening.column(i);
                let terms = row.as_slice()[..=i].iter().zip(x).zip(&self.mean);
                terms.map(|((w, x), m)| w * (x * unit - m * unit)).sum()
            };
            (0..self.dim()).map(|i| z(i).powi(2)).sum()
        };
        let plain = squared(1.0);
        if plain.is_finite() { plain.ln() } else { squared(UNIT).ln() - 2.0 * UNIT.ln() }
    }

    /// Writes a draw to `out`, which has length d. Allocates nothing.
    ///
    /// # Panics
    /// If `out` has another length.
    pub fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim(), "the buffer must have one element per variable");
        self.scatter(out, |j| self.mean[j], rng);
    }

    /// Writes a draw of `N(centre, Σ)` to `out`, which has length d.
    pub(super) fn scatter<R: Rng + ?Sized>(
        &self,
        out: &mut [f64],
        centre: impl Fn(usize) -> f64,
        rng: &mut R,
    ) {
        out.iter_mut().for_each(|z| *z = StandardNormal.sample(rng));
        // x = centre + L z in place: from the last column on, z_j is read before it is overwritten.
        for j in (0..self.dim()).rev() {
            let column = self.cholesky.column(j);
            let z = out[j];
            out[j] = centre(j) + column[j] * z;
            for (x, l) in out[j + 1..].iter_mut().zip(&column.as_slice()[j + 1..]) {
                *x += l * z;
            }
        }
    }

    /// Element i of `L⁻¹ (x − μ)`.
    fn whitened(&self, i: usize, x: &[f64]) -> f64 {
        let row = self.whitening.column(i);
        row.as_slice()[..=i].iter().zip(x).zip(&self.mean).map(|((w, x), m)| w * (x - m)).sum()
    }
}

/// Points so far out that the square overflows have density 0, whatever ∞ − ∞ says.
fn off_the_end(log_density: f64, x: &[f64]) -> f64 {
    if log_density.is_nan() && !x.iter().any(|x| x.is_nan()) {
        f64::NEG_INFINITY
    } else {
        log_density
    }
}

/// What is written of a law.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    mean: Vec<f64>,
    covariance: Vec<Vec<f64>>,
}

impl TryFrom<Parameters> for MvNormal {
    type Error = Error;
    fn try_from(p: Parameters) -> Result<Self, Error> {
        Self::new(
            DVector::from_vec(p.mean),
            rows::matrix("a row of the covariance", &p.covariance)?,
        )
    }
}

impl From<MvNormal> for Parameters {
    fn from(law: MvNormal) -> Self {
        Self { mean: law.mean.as_slice().to_vec(), covariance: rows::of(&law.covariance) }
    }
}

impl Multivariate for MvNormal {
    fn dim(&self) -> usize {
        self.dim()
    }

    fn log_prob(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        Self::sample_into(self, out, rng);
    }

    fn mean(&self) -> DVector<f64> {
        self.mean.clone()
    }

    fn covariance(&self) -> DMatrix<f64> {
        self.covariance.clone()
    }
}

impl LogDensity<[f64]> for MvNormal {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl GradLogDensity for MvNormal {
    /// `∇ ln p(x) = −Σ⁻¹ (x − μ)`; zeros for a point of another dimension.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        grad.fill(0.0);
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let mut squared = 0.0;
        for i in 0..self.dim() {
            let z = self.whitened(i, x);
            squared += z * z;
            let row = self.whitening.column(i);
            for (g, w) in grad.iter_mut().zip(&row.as_slice()[..=i]) {
                *g -= w * z;
            }
        }
        off_the_end(self.log_norm - 0.5 * squared, x)
    }
}

impl Distribution<DVector<f64>> for MvNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim());
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}
