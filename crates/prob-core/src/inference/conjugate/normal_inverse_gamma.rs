//! Mean and variance of normal numbers, learnt from numbers.

use std::f64::consts::PI;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::terms::{Summary, ln_rising};
use crate::univariate::parameters;
use crate::{Error, InverseGamma, LogDensity, Normal, StudentT, Univariate};

/// The law of mean μ and variance v of normal numbers: `v ~ InverseGamma(shape, scale)` and
/// `μ | v ~ N(mean, v / strength)`.
///
/// It is worth `strength` observations of the mean and `2 · shape` of the variance, whose squared
/// deviations sum to `2 · scale`.
///
/// ```
/// use prob_core::{Univariate, conjugate::NormalInverseGamma};
///
/// let prior = NormalInverseGamma::new(0.0, 1.0, 2.0, 2.0)?;
/// let posterior = prior.update(&[1.0, 2.0, 3.0])?;
/// assert_eq!((posterior.mean(), posterior.strength()), (1.5, 4.0));
/// assert_eq!((posterior.shape(), posterior.scale()), (3.5, 4.5)); // 2 + ½ · 2 + ½ · ¾ · 2²
/// assert!((posterior.variance()?.mean() - 1.8).abs() < 1e-14);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalInverseGamma {
    mean: f64,
    strength: f64,
    shape: f64,
    scale: f64,
}

impl NormalInverseGamma {
    /// The prior with these parameters.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the mean is finite, all others positive and finite.
    pub fn new(mean: f64, strength: f64, shape: f64, scale: f64) -> Result<Self, Error> {
        let law = "normal-inverse-gamma prior";
        Ok(Self {
            mean: parameters::finite(law, "mean", mean)?,
            strength: parameters::positive(law, "strength", strength)?,
            shape: parameters::positive(law, "shape", shape)?,
            scale: parameters::positive(law, "scale", scale)?,
        })
    }

    /// Where the mean is expected.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// How many observations of the mean the law is worth.
    #[must_use]
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// The shape of the law of the variance.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The scale of the law of the variance.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The law of the variance.
    ///
    /// # Errors
    /// As [`InverseGamma::new`], never with the parameters of a valid prior.
    pub fn variance(&self) -> Result<InverseGamma, Error> {
        InverseGamma::new(self.shape, self.scale)
    }

    /// The law of the mean, the variance integrated out.
    ///
    /// # Errors
    /// As [`StudentT::new`], for parameters at the end of floating-point numbers.
    pub fn location(&self) -> Result<StudentT, Error> {
        self.student(1.0 / self.strength)
    }

    /// The law of the next observation.
    ///
    /// # Errors
    /// As [`location`](Self::location).
    pub fn predictive(&self) -> Result<StudentT, Error> {
        self.student(1.0 + 1.0 / self.strength)
    }

    /// `ln p(μ, v)`; `−∞` for a variance that is not positive.
    #[must_use]
    pub fn log_prob(&self, mean: f64, variance: f64) -> f64 {
        if variance <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let given = Normal::new(self.mean, (variance / self.strength).sqrt());
        match (given, self.variance()) {
            (Ok(given), Ok(law)) => given.log_prob(mean) + law.log_prob(variance),
            _ if variance.is_nan() || mean.is_nan() => f64::NAN,
            _ => f64::NEG_INFINITY,
        }
    }

    /// The posterior after observations.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for an observation that is NaN or infinite; [`Error::Parameter`] if a
    /// parameter leaves the range of floating-point numbers.
    pub fn update(&self, data: &[f64]) -> Result<Self, Error> {
        let data = Summary::of(data, self.mean)?;
        let strength = self.strength + data.n;
        let shift = data.n / strength * (data.mean - self.mean);
        let scale = self.scale + self.growth(&data)?;
        Self::new(self.mean + shift, strength, self.shape + 0.5 * data.n, scale)
    }

    /// `ln p(data)`.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn log_evidence(&self, data: &[f64]) -> Result<f64, Error> {
        let data = Summary::of(data, self.mean)?;
        let (growth, half) = (self.growth(&data)?, 0.5 * data.n);
        Ok(ln_rising(self.shape, half)
            - self.shape * (growth / self.scale).ln_1p()
            - half * ((self.scale + growth).ln() + (2.0 * PI).ln())
            - 0.5 * (data.n / self.strength).ln_1p())
    }

    /// What data add to the scale.
    fn growth(&self, data: &Summary) -> Result<f64, Error> {
        let weight = self.strength / (self.strength + data.n) * data.n;
        let growth = 0.5 * data.squares + 0.5 * weight * (data.mean - self.mean).powi(2);
        parameters::finite("normal-inverse-gamma posterior", "scale", growth)
    }

    /// The t law of a number that is normal around the mean with `factor` times the variance.
    fn student(&self, factor: f64) -> Result<StudentT, Error> {
        let scale = (self.scale / self.shape * factor).sqrt();
        StudentT::new(2.0 * self.shape, self.mean, scale)
    }
}

/// Draws `[μ, v]`: the variance, then the mean given it.
impl Distribution<[f64; 2]> for NormalInverseGamma {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> [f64; 2] {
        let variance = self.variance().map_or(f64::NAN, |law| law.sample(rng));
        let z: f64 = StandardNormal.sample(rng);
        [self.mean + z * (variance / self.strength).sqrt(), variance]
    }
}

/// The law of the point `[μ, v]`.
impl LogDensity<[f64]> for NormalInverseGamma {
    fn log_density(&self, x: &[f64]) -> f64 {
        match x {
            [mean, variance] => self.log_prob(*mean, *variance),
            _ => f64::NEG_INFINITY,
        }
    }
}
