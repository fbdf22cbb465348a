//! The mean of normal numbers, learnt from numbers whose spread is known.

use std::f64::consts::PI;

use super::terms::Summary;
use crate::univariate::parameters;
use crate::{Error, Normal, Univariate};

/// The law N(mean, std_dev²) of the mean of normal numbers with standard deviation `noise`.
///
/// ```
/// use prob_core::{Univariate, conjugate::NormalKnownVariance};
///
/// let prior = NormalKnownVariance::new(0.0, 2.0, 1.0)?;
/// let posterior = prior.update(&[1.0, 2.0, 3.0])?;
/// // Precisions add: 1/4 + 3.
/// assert!((posterior.mean().variance() - 1.0 / 3.25).abs() < 1e-15);
/// assert!((posterior.mean().mean() - 6.0 / 3.25).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NormalKnownVariance {
    mean: Normal,
    noise: f64,
}

impl NormalKnownVariance {
    /// The prior N(mean, std_dev²) of the mean of numbers that spread by `noise` around it.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the mean is finite, both standard deviations positive and finite.
    pub fn new(mean: f64, std_dev: f64, noise: f64) -> Result<Self, Error> {
        let noise = parameters::positive("normal prior of a mean", "noise", noise)?;
        Ok(Self { mean: Normal::new(mean, std_dev)?, noise })
    }

    /// The law of the mean.
    #[must_use]
    pub fn mean(&self) -> Normal {
        self.mean
    }

    /// The standard deviation of observations around the mean.
    #[must_use]
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// The posterior after observations.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for an observation that is NaN or infinite; [`Error::Parameter`] if a
    /// parameter leaves the range of floating-point numbers.
    pub fn update(&self, data: &[f64]) -> Result<Self, Error> {
        let (mean, std_dev) = (self.mean.mean(), self.mean.std_dev());
        let data = Summary::of(data, mean)?;
        // n τ² / σ², from the ratio: squares of tiny deviations underflow.
        let gain = data.n * (std_dev / self.noise).powi(2);
        if gain == f64::INFINITY {
            return Self::new(data.mean, self.noise / data.n.sqrt(), self.noise);
        }
        let shift = gain / (1.0 + gain) * (data.mean - mean);
        Self::new(mean + shift, std_dev / (1.0 + gain).sqrt(), self.noise)
    }

    /// The law of the next observation.
    ///
    /// # Errors
    /// As [`Normal::new`], where the spreads add to more than the largest number.
    pub fn predictive(&self) -> Result<Normal, Error> {
        Normal::new(self.mean.mean(), self.mean.std_dev().hypot(self.noise))
    }

    /// `ln p(data)`.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn log_evidence(&self, data: &[f64]) -> Result<f64, Error> {
        let data = Summary::of(data, self.mean.mean())?;
        let ratio = self.mean.std_dev() / self.noise;
        let z = (data.mean - self.mean.mean()) / self.noise;
        let gain = data.n * ratio * ratio;
        let squares = data.squares / self.noise / self.noise + data.n / (1.0 + gain) * z * z;
        let spread = data.n * (self.noise.ln() + 0.5 * (2.0 * PI).ln());
        Ok(-spread - 0.5 * gain.ln_1p() - 0.5 * squares)
    }
}
