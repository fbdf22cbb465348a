//! The rate of events, learnt from counts of them.

use super::terms::ln_rising;
use crate::univariate::parameters;
use crate::{Error, Gamma, NegativeBinomial, special};

/// The law Gamma(shape, rate) of the mean of Poisson counts.
///
/// It is worth `shape` events in `rate` counts.
///
/// ```
/// use prob_core::{Univariate, conjugate::GammaPoisson};
///
/// let posterior = GammaPoisson::new(2.0, 1.0)?.update(&[3, 0, 4, 2])?;
/// assert_eq!((posterior.shape(), posterior.rate()), (11.0, 5.0));
/// assert!((posterior.predictive()?.mean() - 2.2).abs() < 1e-14);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaPoisson {
    shape: f64,
    rate: f64,
}

impl GammaPoisson {
    /// The prior Gamma(shape, rate).
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, rate: f64) -> Result<Self, Error> {
        Ok(Self {
            shape: parameters::positive("gamma-Poisson prior", "shape", shape)?,
            rate: parameters::positive("gamma-Poisson prior", "rate", rate)?,
        })
    }

    /// The events that the law is worth.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The counts that the law is worth.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The law of the mean count.
    ///
    /// # Errors
    /// As [`Gamma::new`], never with the parameters of a valid prior.
    pub fn mean_count(&self) -> Result<Gamma, Error> {
        Gamma::new(self.shape, self.rate)
    }

    /// The posterior after counts.
    ///
    /// # Errors
    /// [`Error::Parameter`] if a parameter leaves the range of floating-point numbers.
    pub fn update(&self, data: &[u64]) -> Result<Self, Error> {
        Self::new(self.shape + sum(data), self.rate + data.len() as f64)
    }

    /// The law of the next count.
    ///
    /// # Errors
    /// As [`NegativeBinomial::new`], where `rate / (1 + rate)` is 0 or 1 but for rounding.
    pub fn predictive(&self) -> Result<NegativeBinomial, Error> {
        NegativeBinomial::new(self.shape, self.rate / (1.0 + self.rate))
    }

    /// `ln p(data)`.
    #[must_use]
    pub fn log_evidence(&self, data: &[u64]) -> f64 {
        let (n, sum) = (data.len() as f64, sum(data));
        let orders: f64 = data.iter().map(|x| special::ln_gamma(*x as f64 + 1.0)).sum();
        ln_rising(self.shape, sum)
            - self.shape * (n / self.rate).ln_1p()
            - sum * (self.rate + n).ln()
            - orders
    }
}

fn sum(data: &[u64]) -> f64 {
    data.iter().map(|x| *x as f64).sum()
}
