//! The Weibull law of lifetimes: `P(X > x) = exp(−(x / λ)^k)` for `x ≥ 0`.

use rand::Rng;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters, scaled};
use crate::slices::{self, Lanes};
use crate::{Error, logspace, special};

/// The Weibull law with a shape k and a scale λ.
///
/// ```
/// use prob_core::{Univariate, Weibull};
///
/// let law = Weibull::new(2.0, 3.0)?;
/// assert_eq!(law.log_sf(6.0), -4.0);
/// assert!((law.quantile(law.cdf(1e-3)) - 1e-3).abs() < 1e-17);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Weibull {
    shape: f64,
    scale: f64,
}

parameters::law_of_parameters!(Weibull { shape: f64, scale: f64 });

const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// ζ(2), ζ(3), … ζ(16) − the coefficients of `ln Γ(1 + u)`.
const ZETA: [f64; 15] = [
    1.644_934_066_848_226_4,
    1.202_056_903_159_594_2,
    1.082_323_233_711_138_1,
    1.036_927_755_143_37,
    1.017_343_061_984_449,
    1.008_349_277_381_922_7,
    1.004_077_356_197_944_4,
    1.002_008_392_826_082_1,
    1.000_994_575_127_818,
    1.000_494_188_604_119_4,
    1.000_246_086_553_308,
    1.000_122_713_347_578_5,
    1.000_061_248_135_058_6,
    1.000_030_588_236_307,
    1.000_015_282_259_408_6,
];

impl Weibull {
    /// The law with the shape k and the scale λ.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, scale: f64) -> Result<Self, Error> {
        Ok(Self {
            shape: parameters::positive("Weibull", "shape", shape)?,
            scale: parameters::positive("Weibull", "scale", scale)?,
        })
    }

    /// The shape k: below 1 the hazard falls with age, above 1 it rises.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The scale λ, the quantile of `1 − 1/e`.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `ln t` of `t = (x / λ)^k`, the standard exponential number, for `x > 0`.
    fn log_t(&self, x: f64) -> f64 {
        self.shape * scaled::log_ratio(x, self.scale)
    }

    /// `t = (x / λ)^k`. Far from 1 the exponential of `ln t` would lose the digits that `ln t` has
    /// before its point; there the power of the rounded ratio is corrected for its rounding error.
    fn t(&self, x: f64) -> f64 {
        let log_t = self.log_t(x);
        if log_t.abs() > 1.0 && log_t.is_finite() {
            let ratio = x / self.scale;
            let remainder = (-ratio).mul_add(self.scale, x) / x;
            let t = ratio.powf(self.shape) * (self.shape * remainder).exp();
            if ratio.is_normal() && t.is_normal() {
                return t;
            }
        }
        log_t.exp()
    }

    /// `x` where `(x / λ)^k` is `e`.
    fn of_exponential(&self, e: f64) -> f64 {
        let power = e.powf(1.0 / self.shape);
        if power.is_normal() {
            self.scale * power
        } else {
            (e.ln() / self.shape + self.scale.ln()).exp()
        }
    }
}

/// `ln Γ(1 + 2u) − 2 ln Γ(1 + u)`: for small `u` by the series of `ln Γ(1 + u)`, whose linear terms
/// cancel.
fn log_moment_ratio(u: f64) -> f64 {
    if u > 0.05 {
        return special::ln_gamma(1.0 + 2.0 * u) - 2.0 * special::ln_gamma(1.0 + u);
    }
    let term = |(i, zeta): (usize, &f64)| {
        let n = i as i32 + 2;
        zeta * (2f64.powi(n) - 2.0) * (-u).powi(n) / f64::from(n)
    };
    // From the smallest.
    ZETA.iter().enumerate().rev().map(term).sum()
}

impl Univariate for Weibull {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    /// Infinite at 0 for shapes below 1.
    fn log_prob(&self, x: f64) -> f64 {
        let log_peak = self.shape.ln() - self.scale.ln();
        if x.is_nan() {
            f64::NAN
        } else if !self.support().contains(x) {
            f64::NEG_INFINITY
        } else if x == 0.0 {
            match self.shape.total_cmp(&1.0) {
                std::cmp::Ordering::Less => f64::INFINITY,
                std::cmp::Ordering::Equal => log_peak,
                std::cmp::Ordering::Greater => f64::NEG_INFINITY,
            }
        } else {
            let t = self.t(x);
            if t == f64::INFINITY {
                return f64::NEG_INFINITY;
            }
            (self.shape - 1.0) * scaled::log_ratio(x, self.scale) - t + log_peak
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { -(-self.t(x)).exp_m1() }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let t = self.t(x);
        if t < f64::MIN_POSITIVE { self.log_t(x) } else { logspace::log1mexp(-t) }
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { -self.t(x) }
    }

    fn quantile(&self, p: f64) -> f64 {
        if (0.0..=1.0).contains(&p) { self.of_exponential(-(-p).ln_1p()) } else { f64::NAN }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if (0.0..=1.0).contains(&q) { self.of_exponential(-q.ln()) } else { f64::NAN }
    }

    /// `λ Γ(1 + 1/k)`.
    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let log_peak = self.shape.ln() - self.scale.ln();
        // Only there the power keeps its digits, and the ratio is a normal number.
        let inverse = self.scale.recip();
        let ends = if self.shape < 20.0 && inverse.is_normal() {
            (1e-200 * self.scale, 1e100 * self.scale)
        } else {
            (f64::INFINITY, f64::INFINITY)
        };
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| slices::ln(x * inverse),
            #[inline(always)]
            |_, ln| (self.shape - 1.0) * ln - slices::exp(self.shape * ln) + log_peak,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::draws::exponential(out, lanes);
        if self.shape < 0.1 {
            out.iter_mut().for_each(|unit| *unit = self.of_exponential(*unit).min(f64::MAX));
        } else {
            let power = 1.0 / self.shape;
            slices::each_mut(
                out,
                #[inline(always)]
                |unit| (self.scale * slices::exp(power * slices::ln(unit))).min(f64::MAX),
            );
        }
    }

    fn mean(&self) -> f64 {
        scaled::scaled_exp(self.scale, special::ln_gamma(1.0 + 1.0 / self.shape))
    }

    /// `λ² (Γ(1 + 2/k) − Γ(1 + 1/k)²)`.
    fn variance(&self) -> f64 {
        self.std_dev().powi(2)
    }

    fn std_dev(&self) -> f64 {
        let u = 1.0 / self.shape;
        let log_mean = special::ln_gamma(1.0 + u);
        let ratio = log_moment_ratio(u);
        if !ratio.is_finite() {
            return f64::INFINITY;
        }
        // √(e^ratio − 1), by logarithms where the exponential would overflow.
        if ratio < 1.0 {
            self.scale * log_mean.exp() * ratio.exp_m1().sqrt()
        } else {
            scaled::scaled_exp(self.scale, log_mean + 0.5 * (ratio + logspace::log1mexp(-ratio)))
        }
    }

    fn mode(&self) -> f64 {
        if self.shape <= 1.0 {
            0.0
        } else {
            scaled::scaled_exp(self.scale, (-1.0 / self.shape).ln_1p() / self.shape)
        }
    }

    fn entropy(&self) -> f64 {
        EULER_GAMMA * (1.0 - 1.0 / self.shape) + self.scale.ln() - self.shape.ln() + 1.0
    }
}

impl Distribution<f64> for Weibull {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let unit: f64 = Exp1.sample(rng);
        self.of_exponential(unit).min(f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::log_moment_ratio;

    /// mpmath 1.3: loggamma(1 + 2 u) - 2 loggamma(1 + u).
    #[test]
    fn the_series_of_the_variance_meets_the_gamma_function() {
        for (u, exact) in [
            (1e-8, 1.644_934_042_807_088_8e-16),
            (1e-3, 1.642_533_734_962_153_1e-6),
            (0.05, 0.003_833_703_744_680_612_3),
            (0.050_001, 0.003_833_851_926_116_628_4),
            (0.5, 0.241_564_475_270_490_44),
            (3.0, 2.995_732_273_553_991),
        ] {
            assert!((log_moment_ratio(u) / exact - 1.0).abs() < 2e-13, "{u}");
        }
    }
}
