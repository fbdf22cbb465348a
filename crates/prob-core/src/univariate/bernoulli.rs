//! The Bernoulli law of one trial: `P(1) = p`, `P(0) = 1 − p`.

use rand::{Rng, RngExt};
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters};
use crate::Error;
use crate::slices::{self, Lanes};

/// The law of a trial that succeeds (1) with a probability and fails (0) otherwise.
///
/// ```
/// use prob_core::{Bernoulli, Univariate};
///
/// let law = Bernoulli::new(0.25)?;
/// assert_eq!((law.prob(0.0), law.prob(1.0), law.prob(0.5)), (0.75, 0.25, 0.0));
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Bernoulli {
    probability: f64,
}

parameters::law_of_parameters!(Bernoulli { probability: f64 });

impl Bernoulli {
    /// The law with the probability of a 1; 0 and 1 are allowed.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the probability is from 0 to 1.
    pub fn new(probability: f64) -> Result<Self, Error> {
        let probability = parameters::probability("Bernoulli", "probability", probability)?;
        Ok(Self { probability })
    }

    /// The probability of a 1.
    #[must_use]
    pub fn probability(&self) -> f64 {
        self.probability
    }
}

impl Univariate for Bernoulli {
    fn support(&self) -> Support {
        let lower = if self.probability == 1.0 { 1.0 } else { 0.0 };
        let upper = if self.probability == 0.0 { 0.0 } else { 1.0 };
        Support::whole(lower, upper)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x == 0.0 {
            (-self.probability).ln_1p()
        } else if x == 1.0 {
            self.probability.ln()
        } else {
            f64::NEG_INFINITY
        }
    }

    fn prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x == 0.0 {
            1.0 - self.probability
        } else if x == 1.0 {
            self.probability
        } else {
            0.0
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x < 0.0 {
            0.0
        } else if x < 1.0 {
            1.0 - self.probability
        } else {
            1.0
        }
    }

    fn sf(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x < 0.0 {
            1.0
        } else if x < 1.0 {
            self.probability
        } else {
            0.0
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if (0.0..1.0).contains(&x) { (-self.probability).ln_1p() } else { self.cdf(x).ln() }
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.sf(x).ln()
    }

    fn quantile(&self, p: f64) -> f64 {
        let Support { lower, upper, .. } = self.support();
        if !(0.0..=1.0).contains(&p) {
            f64::NAN
        } else if p == 1.0 {
            upper
        } else if p <= 1.0 - self.probability {
            lower
        } else {
            upper
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        let Support { lower, upper, .. } = self.support();
        if !(0.0..=1.0).contains(&q) {
            f64::NAN
        } else if q == 1.0 || (q > 0.0 && self.probability <= q) {
            lower
        } else {
            upper
        }
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::counts::log_prob_into(self, x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::counts::sample_block(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        self.probability
    }

    fn variance(&self) -> f64 {
        self.probability * (1.0 - self.probability)
    }

    fn mode(&self) -> f64 {
        if self.probability > 0.5 { 1.0 } else { 0.0 }
    }

    fn entropy(&self) -> f64 {
        let p = self.probability;
        if p == 0.0 || p == 1.0 { 0.0 } else { -p * p.ln() - (1.0 - p) * (-p).ln_1p() }
    }
}

impl Distribution<f64> for Bernoulli {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        // From [0, 1): never below 0, always below 1.
        if rng.random::<f64>() < self.probability { 1.0 } else { 0.0 }
    }
}
