//! The geometric law of the failures before the first success: `P(k) = p (1 − p)^k`.

use rand::Rng;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::search::smallest_count;
use super::{Support, Univariate, parameters};
use crate::slices::{self, Lanes};
use crate::{Error, logspace};

/// The law of the number of failures before the first success.
///
/// ```
/// use prob_core::{Geometric, Univariate};
///
/// let law = Geometric::new(0.25)?;
/// assert!((law.prob(2.0) - 0.25 * 0.75 * 0.75).abs() < 1e-16);
/// assert_eq!(law.mean(), 3.0);
/// assert_eq!(law.quantile(law.cdf(7.0)), 7.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Geometric {
    probability: f64,
}

parameters::law_of_parameters!(Geometric { probability: f64 });

impl Geometric {
    /// The law with the probability of a success.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the probability is above 0 and at most 1.
    pub fn new(probability: f64) -> Result<Self, Error> {
        if probability > 0.0 && probability <= 1.0 {
            Ok(Self { probability })
        } else {
            parameters::refuse("geometric", "probability", probability, "above 0 and at most 1")
        }
    }

    /// The probability of a success.
    #[must_use]
    pub fn probability(&self) -> f64 {
        self.probability
    }

    /// `ln(1 − p)`.
    fn log_failure(&self) -> f64 {
        (-self.probability).ln_1p()
    }
}

impl Univariate for Geometric {
    fn support(&self) -> Support {
        Support::whole(0.0, if self.probability == 1.0 { 0.0 } else { f64::INFINITY })
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if !self.support().contains(x) {
            f64::NEG_INFINITY
        } else if x == 0.0 {
            self.probability.ln()
        } else {
            x * self.log_failure() + self.probability.ln()
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { -self.log_sf(x).exp_m1() }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x < 0.0 { f64::NEG_INFINITY } else { logspace::log1mexp(self.log_sf(x)) }
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x < 0.0 { 0.0 } else { (x.floor() + 1.0) * self.log_failure() }
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        let upper = self.support().upper;
        if p == 1.0 {
            return upper;
        }
        let guess = (-p).ln_1p() / self.log_failure() - 1.0;
        smallest_count(guess, 0.0, upper, |k| self.cdf(k) >= p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        let upper = self.support().upper;
        if q == 0.0 {
            return upper;
        }
        let guess = q.ln() / self.log_failure() - 1.0;
        smallest_count(guess, 0.0, upper, |k| self.sf(k) <= q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::counts::log_prob_into(self, x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::counts::sample_block(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        (1.0 - self.probability) / self.probability
    }

    fn variance(&self) -> f64 {
        self.mean() / self.probability
    }

    fn std_dev(&self) -> f64 {
        (1.0 - self.probability).sqrt() / self.probability
    }

    fn mode(&self) -> f64 {
        0.0
    }

    fn entropy(&self) -> f64 {
        if self.probability == 1.0 {
            return 0.0;
        }
        -self.mean() * self.log_failure() - self.probability.ln()
    }
}

impl Distribution<f64> for Geometric {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        // P(⌊E / −ln(1 − p)⌋ ≥ k) = (1 − p)^k for a standard exponential number E.
        let unit: f64 = Exp1.sample(rng);
        (unit / -self.log_failure()).floor().min(f64::MAX)
    }
}
