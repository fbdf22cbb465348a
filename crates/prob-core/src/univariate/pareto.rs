//! The Pareto law of sizes above a smallest one: `P(X > x) = (m / x)^α` for `x ≥ m`.

use rand::Rng;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters, scaled};
use crate::slices::{self, Lanes};
use crate::{Error, logspace};

/// The Pareto law with a shape α and a scale m, the smallest value.
///
/// ```
/// use prob_core::{Pareto, Univariate};
///
/// let law = Pareto::new(2.0, 3.0)?;
/// assert!((law.sf(30.0) - 0.01).abs() < 1e-16);
/// assert_eq!(law.mean(), 6.0);
/// assert_eq!(law.variance(), f64::INFINITY);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Pareto {
    shape: f64,
    scale: f64,
}

parameters::law_of_parameters!(Pareto { shape: f64, scale: f64 });

impl Pareto {
    /// The law with the shape α and the smallest value m.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, scale: f64) -> Result<Self, Error> {
        Ok(Self {
            shape: parameters::positive("Pareto", "shape", shape)?,
            scale: parameters::positive("Pareto", "scale", scale)?,
        })
    }

    /// The shape α: the larger, the lighter the tail.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The scale m, the smallest value.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `X` where `α ln(X / m)`, a standard exponential number, is `e`.
    fn of_exponential(&self, e: f64) -> f64 {
        scaled::scaled_exp(self.scale, e / self.shape)
    }
}

impl Univariate for Pareto {
    fn support(&self) -> Support {
        Support::interval(self.scale, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if !self.support().contains(x) {
            f64::NEG_INFINITY
        } else {
            self.shape.ln() - x.ln() - self.shape * scaled::log_ratio(x, self.scale)
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x <= self.scale { 0.0 } else { -self.log_sf(x).exp_m1() }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x <= self.scale {
            return f64::NEG_INFINITY;
        }
        let ratio = scaled::log_ratio(x, self.scale);
        let t = self.shape * ratio;
        if t < f64::MIN_POSITIVE { self.shape.ln() + ratio.ln() } else { logspace::log1mexp(-t) }
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x <= self.scale { 0.0 } else { -self.shape * scaled::log_ratio(x, self.scale) }
    }

    fn quantile(&self, p: f64) -> f64 {
        if (0.0..=1.0).contains(&p) { self.of_exponential(-(-p).ln_1p()) } else { f64::NAN }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if (0.0..=1.0).contains(&q) { self.of_exponential(-q.ln()) } else { f64::NAN }
    }

    /// Infinite for shapes up to 1.
    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let log_peak = self.shape.ln() - self.scale.ln();
        // Where the ratio is below 2 its logarithm needs the distance from the scale.
        let inverse = self.scale.recip();
        let ends = if self.shape < 20.0 && inverse.is_normal() {
            (self.scale, 1e300 * self.scale)
        } else {
            (f64::MAX, f64::MAX)
        };
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| slices::ln(x * inverse),
            #[inline(always)]
            |_, ln| log_peak - (self.shape + 1.0) * ln,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::draws::exponential(out, lanes);
        if self.shape < 0.1 {
            out.iter_mut().for_each(|unit| *unit = self.of_exponential(*unit).min(f64::MAX));
        } else {
            slices::each_mut(
                out,
                #[inline(always)]
                |unit| (self.scale * slices::exp(unit / self.shape)).min(f64::MAX),
            );
        }
    }

    fn mean(&self) -> f64 {
        if self.shape <= 1.0 {
            f64::INFINITY
        } else {
            self.scale * (self.shape / (self.shape - 1.0))
        }
    }

    /// Infinite for shapes up to 2.
    fn variance(&self) -> f64 {
        self.std_dev().powi(2)
    }

    fn std_dev(&self) -> f64 {
        if self.shape <= 2.0 {
            return f64::INFINITY;
        }
        self.scale / (self.shape - 1.0) * (self.shape / (self.shape - 2.0)).sqrt()
    }

    fn mode(&self) -> f64 {
        self.scale
    }

    fn entropy(&self) -> f64 {
        self.scale.ln() - self.shape.ln() + 1.0 / self.shape + 1.0
    }
}

impl Distribution<f64> for Pareto {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let unit: f64 = Exp1.sample(rng);
        self.of_exponential(unit).min(f64::MAX)
    }
}
