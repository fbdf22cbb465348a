//! The negative binomial law: `P(k) = Γ(k + r) / (k! Γ(r)) · p^r (1 − p)^k`.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::beta::log_gamma_draw;
use super::search::smallest_count;
use super::{Support, Univariate, count_entropy, parameters};
use crate::Error;
use crate::slices::{self, Lanes};
use crate::special::{self, Point};

/// The number of failures before a given number of successes; for a number that is not whole, the Poisson
/// law whose rate is itself a gamma number, the usual law of counts that vary more than Poisson's.
///
/// ```
/// use prob_core::{NegativeBinomial, Univariate};
///
/// let law = NegativeBinomial::new(2.0, 0.5)?;
/// assert!((law.prob(1.0) - 0.25).abs() < 1e-16);
/// assert!((law.cdf(1.0) - 0.5).abs() < 1e-15);
/// assert_eq!(law.mean(), 2.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct NegativeBinomial {
    successes: f64,
    probability: f64,
}

parameters::law_of_parameters!(NegativeBinomial { successes: f64, probability: f64 });

/// Beyond, the sum with a count may not be a number.
const LARGEST: f64 = 1e290;

impl NegativeBinomial {
    /// The law of the number of failures before the given number of `successes`, a positive real number,
    /// each trial succeeding with the same `probability`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the successes are positive and at most 1e290 and the probability lies in
    /// `(0, 1]`.
    pub fn new(successes: f64, probability: f64) -> Result<Self, Error> {
        const LAW: &str = "negative-binomial";
        let successes = parameters::positive(LAW, "number of successes", successes)?;
        if successes > LARGEST {
            let needed = "at most 1e290";
            return parameters::refuse(LAW, "number of successes", successes, needed);
        }
        if !(probability > 0.0 && probability <= 1.0) {
            return parameters::refuse(LAW, "probability", probability, "above 0 and at most 1");
        }
        Ok(Self { successes, probability })
    }

    /// The number of successes that are waited for.
    #[must_use]
    pub fn successes(&self) -> f64 {
        self.successes
    }

    /// The probability of success in one trial.
    #[must_use]
    pub fn probability(&self) -> f64 {
        self.probability
    }

    /// Failures for each success, on average.
    fn odds(&self) -> f64 {
        (1.0 - self.probability) / self.probability
    }

    /// `ln P(K ≤ k) = ln I_p(r, k + 1)` and `ln P(K > k)`.
    fn log_tails(&self, k: f64) -> (f64, f64) {
        let k = k.floor();
        if k.is_nan() {
            (k, k)
        } else if k < 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else if k == f64::INFINITY {
            (0.0, f64::NEG_INFINITY)
        } else {
            let p = self.probability;
            special::log_beta_inc(self.successes, k + 1.0, p, 1.0 - p)
        }
    }

    /// `ln P(k)` for `k ≥ 0`, whole or not.
    fn log_prob_at(&self, k: f64) -> f64 {
        let (r, p) = (self.successes, self.probability);
        if k == 0.0 {
            // ln p from the smaller side, where it is exact.
            return r * if p < 0.5 { p.ln() } else { (p - 1.0).ln_1p() };
        }
        Point::new(r, k, p, 1.0 - p).log_power(r, k) - k.ln()
    }

    /// The smallest count for which `enough` holds, from about the quantile of `p`.
    fn search(&self, p: f64, enough: impl Fn(f64) -> bool) -> f64 {
        let guess = self.mean() + self.std_dev() * special::normal_quantile(p);
        smallest_count(guess, 0.0, self.support().upper, enough)
    }
}

impl Univariate for NegativeBinomial {
    /// From 0; 0 alone where success is certain.
    fn support(&self) -> Support {
        Support::whole(0.0, if self.probability == 1.0 { 0.0 } else { f64::INFINITY })
    }

    /// By the saddle-point form of [`special::log_beta_power`].
    fn log_prob(&self, k: f64) -> f64 {
        if k.is_nan() {
            f64::NAN
        } else if self.support().contains(k) {
            self.log_prob_at(k)
        } else {
            f64::NEG_INFINITY
        }
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
        self.successes * self.odds()
    }

    fn variance(&self) -> f64 {
        self.mean() / self.probability
    }

    fn mode(&self) -> f64 {
        (((self.successes - 1.0) * self.odds()).ceil() - 1.0).max(0.0)
    }

    /// By summation over the counts that matter, at most some thousand of them, and integration beyond:
    /// to 1e-12.
    fn entropy(&self) -> f64 {
        let log_prob = |k| self.log_prob_at(k);
        if self.probability == 1.0 {
            0.0
        } else if self.successes > 100.0 {
            count_entropy::of_bell(self.mode(), self.std_dev(), 0.0, f64::INFINITY, log_prob)
        } else {
            count_entropy::of_long_tail(self.mean(), log_prob)
        }
    }
}

impl Distribution<f64> for NegativeBinomial {
    /// A Poisson number whose rate is a gamma number.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let rate = (log_gamma_draw(self.successes, rng) + self.odds().ln()).exp();
        if rate < 1e15 {
            return rand_distr::Poisson::new(rate).map_or(0.0, |poisson| poisson.sample(rng));
        }
        // Poisson's law at such a rate is normal to 1e-8.
        let z: f64 = StandardNormal.sample(rng);
        (rate + rate.sqrt() * z).round().min(f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::NegativeBinomial;
    use crate::{Error, Univariate};

    #[test]
    fn certain_success_has_no_failures() {
        let law = NegativeBinomial::new(3.5, 1.0).unwrap();
        assert_eq!((law.prob(0.0), law.cdf(0.0), law.sf(0.0), law.prob(1.0)), (1.0, 1.0, 0.0, 0.0));
        assert_eq!((law.quantile(0.7), law.quantile(1.0), law.entropy()), (0.0, 0.0, 0.0));
    }

    #[test]
    fn bad_parameters_are_named() {
        for (r, p) in [(0.0, 0.5), (-1.0, 0.5), (f64::NAN, 0.5), (1.0, 0.0), (1.0, 1.5)] {
            let error = NegativeBinomial::new(r, p).unwrap_err();
            assert!(matches!(error, Error::Parameter { law: "negative-binomial", .. }), "{error}");
        }
    }

    #[test]
    fn the_mode_is_where_the_probability_is_largest() {
        // (r − 1)(1 − p)/p = 3 is a tie of 2 and 3.
        for (r, p, mode) in [(4.0, 0.5, 2.0), (0.5, 0.1, 0.0), (3.0, 0.3, 4.0)] {
            assert_eq!(NegativeBinomial::new(r, p).unwrap().mode(), mode);
        }
    }
}
