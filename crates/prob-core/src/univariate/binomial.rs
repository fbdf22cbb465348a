//! The binomial law: `P(k) = n! / (k! (n − k)!) · p^k (1 − p)^(n−k)`.

use rand::Rng;
use rand_distr::{Distribution, StandardUniform};
use serde::{Deserialize, Serialize};

use super::search::smallest_count;
use super::{Support, Univariate, count_entropy, parameters};
use crate::Error;
use crate::slices::{self, Lanes};
use crate::special::{self, Point};

/// The number of successes in independent trials, each with the same probability.
///
/// ```
/// use prob_core::{Binomial, Univariate};
///
/// let law = Binomial::new(10, 0.5)?;
/// assert!((law.prob(3.0) - 120.0 / 1024.0).abs() < 1e-16);
/// assert!((law.cdf(3.5) - 176.0 / 1024.0).abs() < 1e-15);
/// assert_eq!(law.quantile(0.5), 5.0);
/// assert_eq!(law.prob(2.5), 0.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Binomial {
    trials: u64,
    probability: f64,
}

parameters::law_of_parameters!(Binomial { trials: u64, probability: f64 });

impl Binomial {
    /// The law of the number of successes in `trials`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the probability lies in `[0, 1]` and the trials are at most 2⁵³, up to
    /// which every whole number is a floating-point number.
    pub fn new(trials: u64, probability: f64) -> Result<Self, Error> {
        if trials > 1 << f64::MANTISSA_DIGITS {
            return parameters::refuse(
                "binomial",
                "number of trials",
                trials as f64,
                "at most 2^53",
            );
        }
        let probability = parameters::probability("binomial", "probability", probability)?;
        Ok(Self { trials, probability })
    }

    /// The number of trials.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// The probability of success in one trial.
    #[must_use]
    pub fn probability(&self) -> f64 {
        self.probability
    }

    fn n(&self) -> f64 {
        self.trials as f64
    }

    /// `ln P(K ≤ k)` and `ln P(K > k) = ln I_p(k + 1, n − k)`.
    fn log_tails(&self, k: f64) -> (f64, f64) {
        let (p, n, k) = (self.probability, self.n(), k.floor());
        if k.is_nan() {
            (k, k)
        } else if k < 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else if k >= n {
            (0.0, f64::NEG_INFINITY)
        } else {
            let (above, below) = special::log_beta_inc(k + 1.0, n - k, p, 1.0 - p);
            (below, above)
        }
    }

    /// The smallest count for which `enough` holds, from about the quantile of `p`.
    fn search(&self, p: f64, enough: impl Fn(f64) -> bool) -> f64 {
        let support = self.support();
        let guess = self.mean() + self.std_dev() * special::normal_quantile(p);
        smallest_count(guess, support.lower, support.upper, enough)
    }
}

impl Univariate for Binomial {
    /// From 0 to the number of trials; one point where success is impossible or certain.
    fn support(&self) -> Support {
        let lower = if self.probability == 1.0 { self.n() } else { 0.0 };
        Support::whole(lower, if self.probability == 0.0 { 0.0 } else { self.n() })
    }

    /// By Loader's saddle-point form (2000), see [`special::log_beta_power`].
    fn log_prob(&self, k: f64) -> f64 {
        if k.is_nan() {
            return f64::NAN;
        }
        if !self.support().contains(k) {
            return f64::NEG_INFINITY;
        }
        let (p, n) = (self.probability, self.n());
        if k == 0.0 {
            return if n == 0.0 { 0.0 } else { n * (-p).ln_1p() };
        }
        if k == n {
            return n * p.ln();
        }
        let power = Point::new(k, n - k, p, 1.0 - p).log_power(k, n - k);
        power + (n / (n - k) / k).ln()
    }

    fn log_cdf(&self, k: f64) -> f64 {
        self.log_tails(k).0
    }

    fn log_sf(&self, k: f64) -> f64 {
        self.log_tails(k).1
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        if p == 1.0 { self.support().upper } else { self.search(p, |k| self.cdf(k) >= p) }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        if q == 0.0 { self.support().upper } else { self.search(1.0 - q, |k| self.sf(k) <= q) }
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::counts::log_prob_into(self, x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::counts::sample_block(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        self.n() * self.probability
    }

    fn variance(&self) -> f64 {
        self.n() * self.probability * (1.0 - self.probability)
    }

    fn mode(&self) -> f64 {
        let Support { lower, upper, .. } = self.support();
        (((self.n() + 1.0) * self.probability).ceil() - 1.0).max(lower).min(upper)
    }

    /// By summation over the counts that matter (some hundred of them at any size), to 1e-13.
    fn entropy(&self) -> f64 {
        let Support { lower, upper, .. } = self.support();
        count_entropy::of_bell(self.mode(), self.std_dev(), lower, upper, |k| self.log_prob(k))
    }
}

impl Distribution<f64> for Binomial {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        // Beyond, the logarithms of the rejection sampler lose the digits it decides by.
        if self.trials <= 1 << 31
            && let Ok(binomial) = rand_distr::Binomial::new(self.trials, self.probability)
        {
            return binomial.sample(rng) as f64;
        }
        self.quantile(StandardUniform.sample(rng))
    }
}

#[cfg(test)]
mod tests {
    use super::Binomial;
    use crate::{Error, Univariate};

    #[test]
    fn impossible_and_certain_success_are_laws() {
        for (p, k) in [(0.0, 0.0), (1.0, 7.0)] {
            let law = Binomial::new(7, p).unwrap();
            assert_eq!((law.prob(k), law.cdf(k), law.sf(k)), (1.0, 1.0, 0.0));
            assert_eq!((law.prob(3.0), law.cdf(k - 1.0), law.sf(k - 1.0)), (0.0, 0.0, 1.0));
            assert_eq!((law.quantile(0.3), law.quantile(1.0), law.mode()), (k, k, k));
            assert_eq!((law.variance(), law.entropy()), (0.0, 0.0));
        }
        let nothing = Binomial::new(0, 0.4).unwrap();
        assert_eq!((nothing.prob(0.0), nothing.cdf(0.0), nothing.entropy()), (1.0, 1.0, 0.0));
    }

    #[test]
    fn bad_parameters_are_named() {
        for (trials, p) in [(3, -0.1), (3, 1.1), (3, f64::NAN), (u64::MAX, 0.5)] {
            let error = Binomial::new(trials, p).unwrap_err();
            assert!(matches!(error, Error::Parameter { law: "binomial", .. }), "{error}");
        }
    }

    #[test]
    fn the_smaller_of_two_modes_is_given() {
        assert_eq!(Binomial::new(9, 0.5).unwrap().mode(), 4.0);
        assert_eq!(Binomial::new(10, 0.5).unwrap().mode(), 5.0);
        assert_eq!(Binomial::new(10, 0.01).unwrap().mode(), 0.0);
        assert_eq!(Binomial::new(10, 0.99).unwrap().mode(), 10.0);
    }
}
