//! The log-normal law: `p(x) = exp(−(ln x − μ)² / 2σ²) / (x √(2πσ²))` for `x > 0`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Normal, Support, Univariate, parameters};
use crate::Error;
use crate::slices::{self, Lanes};
use crate::special::ln_minus;

/// The law of a positive number whose logarithm is normal with mean `mu` and standard deviation
/// `sigma`.
///
/// ```
/// use prob_core::{LogNormal, Univariate};
///
/// let income = LogNormal::new(10.0, 0.5)?;
/// assert!((income.quantile(0.5) / 10f64.exp() - 1.0).abs() < 1e-14);
/// assert!((income.mean() / 10.125f64.exp() - 1.0).abs() < 1e-14);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct LogNormal {
    mu: f64,
    sigma: f64,
    /// The law of `ln x − μ`.
    deviation: Normal,
    /// `e^μ`, rounded.
    median: f64,
    /// `ln median − μ`: what rounding took.
    excess: f64,
}

parameters::law_of_parameters!(LogNormal { mu: f64, sigma: f64 });

impl LogNormal {
    /// The law of `exp(N(mu, sigma²))`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless `mu` is finite, `sigma` positive and finite.
    pub fn new(mu: f64, sigma: f64) -> Result<Self, Error> {
        let mu = parameters::finite("log-normal", "mu", mu)?;
        let sigma = parameters::positive("log-normal", "sigma", sigma)?;
        let median = mu.exp();
        let excess = if median.is_normal() { ln_minus(median, mu) } else { 0.0 };
        Ok(Self { mu, sigma, deviation: Normal::new(0.0, sigma)?, median, excess })
    }

    /// The mean of `ln x`, the logarithm of the median.
    #[must_use]
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// The standard deviation of `ln x`.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }
}

impl LogNormal {
    /// `ln x − μ`, near the median from the distance to it: a narrow law needs more digits than `ln x`
    /// has. `−∞` for a negative `x`, whose logarithm would be NaN.
    fn deviation_of(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let distance = x - self.median;
        if self.median.is_normal() && distance.abs() <= 0.5 * self.median {
            (distance / self.median).ln_1p() + self.excess
        } else {
            x.ln() - self.mu
        }
    }

    /// The `x` with `ln x − μ = deviation`.
    fn at(&self, deviation: f64) -> f64 {
        if self.median.is_normal() && deviation.abs() < 1.0 {
            self.median + self.median * (deviation - self.excess).exp_m1()
        } else {
            (self.mu + deviation).exp()
        }
    }
}

impl Univariate for LogNormal {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x <= 0.0 || x == f64::INFINITY {
            f64::NEG_INFINITY
        } else {
            self.deviation.log_prob(self.deviation_of(x)) - x.ln()
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        self.deviation.cdf(self.deviation_of(x))
    }

    fn sf(&self, x: f64) -> f64 {
        self.deviation.sf(self.deviation_of(x))
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.deviation.log_cdf(self.deviation_of(x))
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.deviation.log_sf(self.deviation_of(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.at(self.deviation.quantile(p))
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.at(self.deviation.upper_quantile(q))
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let peak = self.deviation.log_prob(0.0);
        // A narrow law needs the distance from its median with more digits than ln x has.
        let narrow = self.sigma < 0.01 * self.mu.abs().max(1.0);
        let ends = if narrow { (f64::MAX, f64::MAX) } else { (0.0, f64::INFINITY) };
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            slices::ln,
            #[inline(always)]
            |_, ln| {
                let z = (ln - self.mu) / self.sigma;
                peak - 0.5 * z * z - ln
            },
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        lanes.fill_normal(out);
        slices::each_mut(
            out,
            #[inline(always)]
            |z| slices::exp(self.mu + self.sigma * z).clamp(f64::MIN_POSITIVE, f64::MAX),
        );
    }

    fn mean(&self) -> f64 {
        (self.mu + 0.5 * self.sigma * self.sigma).exp()
    }

    fn variance(&self) -> f64 {
        let square = self.sigma * self.sigma;
        if square < 1.0 {
            self.std_dev().powi(2)
        } else {
            // One exponential: the factors may be beyond the range of numbers, the product not.
            (2.0 * (self.mu + square)).exp() * -(-square).exp_m1()
        }
    }

    fn std_dev(&self) -> f64 {
        let square = self.sigma * self.sigma;
        if square >= 1.0 {
            return (self.mu + square).exp() * (-(-square).exp_m1()).sqrt();
        }
        // √(e^σ² − 1), which is σ where the square would leave the range of numbers.
        let spread = if square < 1e-30 { self.sigma } else { square.exp_m1().sqrt() };
        let mean = self.mean();
        if mean.is_normal() { mean * spread } else { (self.mu + spread.ln()).exp() }
    }

    fn mode(&self) -> f64 {
        (self.mu - self.sigma * self.sigma).exp()
    }

    fn entropy(&self) -> f64 {
        self.deviation.entropy() + self.mu
    }
}

impl Distribution<f64> for LogNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.at(self.deviation.sample(rng)).clamp(f64::MIN_POSITIVE, f64::MAX)
    }
}
