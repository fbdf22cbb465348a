//! The rate of events, learnt from the waiting times between them.

use super::terms::ln_rising;
use crate::univariate::parameters;
use crate::{Error, Gamma, Lomax};

/// The law Gamma(shape, rate) of the rate of exponential waiting times.
///
/// It is worth `shape` waiting times that together took `rate`.
///
/// ```
/// use prob_core::{Univariate, conjugate::GammaExponential};
///
/// let posterior = GammaExponential::new(1.0, 2.0)?.update(&[0.5, 3.5])?;
/// assert_eq!((posterior.shape(), posterior.rate()), (3.0, 6.0));
/// assert!((posterior.predictive()?.sf(6.0) - 0.125).abs() < 1e-15); // (6 / 12)³
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaExponential {
    shape: f64,
    rate: f64,
}

impl GammaExponential {
    /// The prior Gamma(shape, rate).
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, rate: f64) -> Result<Self, Error> {
        Ok(Self {
            shape: parameters::positive("gamma-exponential prior", "shape", shape)?,
            rate: parameters::positive("gamma-exponential prior", "rate", rate)?,
        })
    }

    /// The waiting times that the law is worth.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// What they took together.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The law of the rate of events.
    ///
    /// # Errors
    /// As [`Gamma::new`], never with the parameters of a valid prior.
    pub fn event_rate(&self) -> Result<Gamma, Error> {
        Gamma::new(self.shape, self.rate)
    }

    /// The posterior after waiting times.
    ///
    /// # Errors
    /// [`Error::Observation`] for one that is negative, NaN or infinite; [`Error::Parameter`] if a
    /// parameter leaves the range of floating-point numbers.
    pub fn update(&self, data: &[f64]) -> Result<Self, Error> {
        check(data)?;
        Self::new(self.shape + data.len() as f64, self.rate + data.iter().sum::<f64>())
    }

    /// The law of the next waiting time.
    ///
    /// # Errors
    /// As [`Lomax::new`], never with the parameters of a valid prior.
    pub fn predictive(&self) -> Result<Lomax, Error> {
        Lomax::new(self.shape, self.rate)
    }

    /// `ln p(data)`.
    ///
    /// # Errors
    /// [`Error::Observation`] for a waiting time that is negative, NaN or infinite.
    pub fn log_evidence(&self, data: &[f64]) -> Result<f64, Error> {
        check(data)?;
        let (n, sum) = (data.len() as f64, data.iter().sum::<f64>());
        Ok(ln_rising(self.shape, n)
            - self.shape * (sum / self.rate).ln_1p()
            - n * (self.rate + sum).ln())
    }
}

fn check(data: &[f64]) -> Result<(), Error> {
    match data.iter().position(|x| !x.is_finite() || *x < 0.0) {
        Some(index) => Err(Error::Observation {
            law: "exponential",
            index,
            value: data[index],
            needed: "finite and at least 0",
        }),
        None => Ok(()),
    }
}
