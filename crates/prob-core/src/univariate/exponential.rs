//! The exponential law of waiting times: `p(x) = λ e^(−λx)` for `x ≥ 0`.

use rand::Rng;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters};
use crate::slices::{self, Lanes};
use crate::{Error, logspace};

/// The exponential law with a rate λ, one over its mean.
///
/// ```
/// use prob_core::{Exponential, Univariate};
///
/// let law = Exponential::new(0.5)?;
/// assert_eq!(law.mean(), 2.0);
/// assert_eq!(law.log_sf(3000.0), -1500.0); // far below the smallest number
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Exponential {
    rate: f64,
}

parameters::law_of_parameters!(Exponential { rate: f64 });

impl Exponential {
    /// The law with the rate λ.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the rate is positive and finite.
    pub fn new(rate: f64) -> Result<Self, Error> {
        Ok(Self { rate: parameters::positive("exponential", "rate", rate)? })
    }

    /// The rate λ.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }
}

impl Univariate for Exponential {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x < 0.0 { f64::NEG_INFINITY } else { self.rate.ln() - self.rate * x }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { -(-self.rate * x).exp_m1() }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let t = self.rate * x;
        if t < f64::MIN_POSITIVE { self.rate.ln() + x.ln() } else { logspace::log1mexp(-t) }
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { -self.rate * x }
    }

    fn quantile(&self, p: f64) -> f64 {
        if (0.0..=1.0).contains(&p) { -(-p).ln_1p() / self.rate + 0.0 } else { f64::NAN }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if (0.0..=1.0).contains(&q) { -q.ln() / self.rate + 0.0 } else { f64::NAN }
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let log_rate = self.rate.ln();
        let support = (0.0, f64::INFINITY);
        slices::log_prob_between(
            self,
            support,
            x,
            out,
            #[inline(always)]
            |x| x,
            #[inline(always)]
            |x, _| log_rate - self.rate * x,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::draws::exponential(out, lanes);
        slices::each_mut(
            out,
            #[inline(always)]
            |unit| (unit / self.rate).min(f64::MAX),
        );
    }

    fn mean(&self) -> f64 {
        1.0 / self.rate
    }

    fn variance(&self) -> f64 {
        self.mean() * self.mean()
    }

    fn std_dev(&self) -> f64 {
        self.mean()
    }

    fn mode(&self) -> f64 {
        0.0
    }

    fn entropy(&self) -> f64 {
        1.0 - self.rate.ln()
    }
}

impl Distribution<f64> for Exponential {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let unit: f64 = Exp1.sample(rng);
        (unit / self.rate).min(f64::MAX)
    }
}
