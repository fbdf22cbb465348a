//! The Poisson law: `P(k) = λ^k e^−λ / k!` for `k = 0, 1, 2, …`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use rand_distr::Open01;

use super::{Support, Univariate, parameters, search::smallest_count};
use crate::slices::{self, Lanes};
use crate::{
    Error,
    special::{log_gamma_pq, log_poisson, normal_quantile},
};

/// The Poisson law: of the number of events where `rate` are expected and each comes independently.
///
/// ```
/// use prob_core::{Poisson, Univariate};
///
/// let goals = Poisson::new(2.5)?;
/// assert!((goals.prob(0.0) - (-2.5f64).exp()).abs() < 1e-16);
/// assert_eq!(goals.prob(0.5), 0.0);
/// assert_eq!(goals.quantile(goals.cdf(4.0)), 4.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Poisson {
    rate: f64,
    /// `rand_distr`'s sampler, for rates that it is exact for.
    sampler: Option<rand_distr::Poisson<f64>>,
}

parameters::law_of_parameters!(Poisson { rate: f64 });

/// Rates from here on are sampled by the quantile: rejection compares logarithms of factorials, whose
/// rounding errors grow as the rate.
const LARGE_RATE: f64 = 1e8;

impl Poisson {
    /// The law of mean `rate`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the rate is positive and finite.
    pub fn new(rate: f64) -> Result<Self, Error> {
        let rate = parameters::positive("Poisson", "rate", rate)?;
        let sampler = rand_distr::Poisson::new(rate).ok().filter(|_| rate < LARGE_RATE);
        Ok(Self { rate, sampler })
    }

    /// The rate `λ`.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// The logarithms of `P(X ≤ x) = Q(k + 1, λ)` and `P(X > x) = P(k + 1, λ)` with the incomplete gamma
    /// functions and `k = ⌊x⌋`.
    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            (f64::NAN, f64::NAN)
        } else if x < 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else if x == f64::INFINITY {
            (0.0, f64::NEG_INFINITY)
        } else {
            let (below, above) = log_gamma_pq(x.floor() + 1.0, self.rate);
            (above, below)
        }
    }

    /// The count at `z` standard deviations, by the first two terms of Cornish and Fisher (1938).
    fn guess(&self, z: f64) -> f64 {
        self.rate + z * self.rate.sqrt() + (z * z - 1.0) / 6.0
    }
}

impl Univariate for Poisson {
    fn support(&self) -> Support {
        Support::whole(0.0, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if self.support().contains(x) {
            log_poisson(x, self.rate)
        } else {
            f64::NEG_INFINITY
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        if p == 1.0 {
            return f64::INFINITY;
        }
        let guess = self.guess(normal_quantile(p));
        smallest_count(guess, 0.0, f64::INFINITY, |k| self.cdf(k) >= p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        if q == 0.0 {
            return f64::INFINITY;
        }
        let guess = self.guess(-normal_quantile(q));
        smallest_count(guess, 0.0, f64::INFINITY, |k| self.sf(k) <= q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::counts::log_prob_into(self, x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::counts::sample_block(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        self.rate
    }

    fn variance(&self) -> f64 {
        self.rate
    }

    /// The smaller of two where the rate is whole.
    fn mode(&self) -> f64 {
        self.rate.ceil() - 1.0
    }

    /// The sum of `−P(k) ln P(k)` where its terms can be felt; from the rate 1,000 on
    /// `½ ln 2πeλ − 1/12λ − 1/24λ² − 19/360λ³`, which misses less than 1e-12 (Evans, Boersma, Blachman
    /// and Jagers 1988, "The entropy of a Poisson distribution", SIAM Review 30, 314–317).
    fn entropy(&self) -> f64 {
        let rate = self.rate;
        if rate >= 1e3 {
            let inverse = 1.0 / rate;
            let series = 1.0 / 12.0 + inverse * (1.0 / 24.0 + inverse * 19.0 / 360.0);
            return 1.418_938_533_204_672_7 + 0.5 * rate.ln() - inverse * series;
        }
        let reach = 12.0 * rate.sqrt();
        let (first, last) = ((rate - reach).max(0.0) as u64, (rate + reach + 30.0) as u64);
        (first..=last)
            .map(|k| {
                let log_prob = log_poisson(k as f64, rate);
                -log_prob.exp() * log_prob
            })
            .sum()
    }
}

impl Distribution<f64> for Poisson {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        match &self.sampler {
            Some(sampler) => sampler.sample(rng),
            None => self.quantile(Open01.sample(rng)).min(f64::MAX),
        }
    }
}
