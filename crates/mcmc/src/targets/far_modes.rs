//! Two normal laws far apart.

use nalgebra::{DMatrix, DVector};
use prob_core::{GradLogDensity, LogDensity, Multivariate};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::{LOG_NORM, settled, settled_with};
use crate::{Error, error::check_finite};

/// A mixture of two standard normal laws in `d ≥ 1` dimensions, at `−D u` and `+D u` along the
/// diagonal `u = (1, …, 1)/√d`; the upper one has weight `w`:
///
/// ```text
/// p(x) = (1 − w) N(x; −D u, 1) + w N(x; D u, 1)
/// ```
///
/// It is normalised, with mean `(2w − 1) D u` and covariance `1 + 4 w (1 − w) D² u uᵀ`. Halfway between
/// the modes the density is lower by the factor `e^{−D²/2}` or so: from `D = 6` on, a walk does not come
/// across, each chain sees one normal law and finds nothing wrong with it. [`Tempering`](crate::Tempering)
/// does.
///
/// ```
/// use mcmc::targets::FarModes;
/// use prob_core::Multivariate;
///
/// let law = FarModes::new(1, 10.0, 0.25)?;
/// assert_eq!(law.mean()[0], -5.0);
/// assert_eq!(law.covariance()[(0, 0)], 76.0); // 1 within, 75 between the modes
/// let ratio = law.log_prob(&[10.0]) - law.log_prob(&[-10.0]);
/// assert!((ratio - (0.25f64 / 0.75).ln()).abs() < 1e-12);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FarModes {
    dim: usize,
    distance: f64,
    weight: f64,
    /// `D/√d`, the upper mode in each coordinate.
    mode: f64,
    log_weights: [f64; 2],
}

impl FarModes {
    /// The law in `dim` dimensions with modes at a `distance` D from the origin, the upper of weight
    /// `weight`.
    ///
    /// # Errors
    /// [`Error::Zero`] for no dimension, [`Error::NotPositive`] for the distance, [`Error::NotBetween`]
    /// for a weight not between 0 and 1, [`Error::NotFinite`] for a variance that overflows.
    pub fn new(dim: usize, distance: f64, weight: f64) -> Result<Self, Error> {
        if dim == 0 {
            return Err(Error::Zero { what: "the dimension" });
        }
        if !(distance.is_finite() && distance > 0.0) {
            return Err(Error::NotPositive { what: "the distance of the modes", value: distance });
        }
        if !(weight > 0.0 && weight < 1.0) {
            return Err(Error::NotBetween { what: "the weight of the upper mode", value: weight });
        }
        check_finite("variance", &[distance * distance])?;
        let mode = distance / (dim as f64).sqrt();
        Ok(Self { dim, distance, weight, mode, log_weights: [(-weight).ln_1p(), weight.ln()] })
    }

    /// `D`, how far each mode is from the origin.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.distance
    }

    /// `w`, the probability of the upper mode.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// `ln w_j − ½ |x ∓ D u|²` for the lower and the upper mode; `x` has d elements.
    #[inline]
    fn parts(&self, x: &[f64]) -> [f64; 2] {
        let (mut lower, mut upper) = (0.0, 0.0);
        for x in x {
            lower += (x + self.mode).powi(2);
            upper += (x - self.mode).powi(2);
        }
        [self.log_weights[0] - 0.5 * lower, self.log_weights[1] - 0.5 * upper]
    }

    /// `ln p(x)` from the parts.
    #[inline]
    fn sum(&self, [lower, upper]: [f64; 2]) -> f64 {
        let (high, low) = if lower > upper { (lower, upper) } else { (upper, lower) };
        high + (low - high).exp().ln_1p() + self.dim as f64 * LOG_NORM
    }
}

impl Multivariate for FarModes {
    fn dim(&self) -> usize {
        self.dim
    }

    #[inline]
    fn log_prob(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim {
            return f64::NEG_INFINITY;
        }
        settled(self.sum(self.parts(x)), x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim, "the buffer must have one element per variable");
        let upper = rng.random::<f64>() < self.weight;
        let mode = if upper { self.mode } else { -self.mode };
        for x in out {
            let z: f64 = StandardNormal.sample(rng);
            *x = mode + z;
        }
    }

    fn mean(&self) -> DVector<f64> {
        DVector::from_element(self.dim, (2.0 * self.weight - 1.0) * self.mode)
    }

    fn covariance(&self) -> DMatrix<f64> {
        let between = 4.0 * self.weight * (1.0 - self.weight) * self.mode * self.mode;
        DMatrix::identity(self.dim, self.dim) + DMatrix::from_element(self.dim, self.dim, between)
    }
}

impl LogDensity<[f64]> for FarModes {
    #[inline]
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl GradLogDensity for FarModes {
    /// `−x + (P(upper | x) − P(lower | x)) D u`.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        let mut log_density = f64::NEG_INFINITY;
        if x.len() == self.dim {
            let parts = self.parts(x);
            log_density = self.sum(parts);
            let pull = (0.5 * (parts[1] - parts[0])).tanh() * self.mode;
            grad.iter_mut().zip(x).for_each(|(g, x)| *g = pull - x);
        }
        settled_with(log_density, x, grad)
    }
}

impl Distribution<DVector<f64>> for FarModes {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim);
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}
