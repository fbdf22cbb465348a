//! The gamma law: `p(x) = b^a x^(a−1) e^(−b x) / Γ(a)` for `x ≥ 0`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{
    Support, Univariate, parameters,
    unit_gamma::{Point, UnitGamma},
};
use crate::Error;
use crate::slices::{self, Lanes};
use crate::special::ln_gamma;

/// The gamma law with a shape and a rate: of waiting times until the `shape`-th event where `rate`
/// events are expected in a unit of time.
///
/// ```
/// use prob_core::{Gamma, Univariate};
///
/// let wait = Gamma::new(3.0, 0.5)?;
/// assert_eq!((wait.mean(), wait.variance()), (6.0, 12.0));
/// // No third event for 10 units of time: at most two of 5 that are expected.
/// let few = (-5f64).exp() * (1.0 + 5.0 + 25.0 / 2.0);
/// assert!((wait.sf(10.0) / few - 1.0).abs() < 1e-14);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Gamma {
    shape: f64,
    rate: f64,
    ln_rate: f64,
    unit: UnitGamma,
}

parameters::law_of_parameters!(Gamma { shape: f64, rate: f64 });

impl Gamma {
    /// The law of `shape` (a number) and `rate` (the reciprocal of a unit of `x`).
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, rate: f64) -> Result<Self, Error> {
        let unit = UnitGamma::new("gamma", "shape", shape)?;
        let rate = parameters::positive("gamma", "rate", rate)?;
        Ok(Self { shape, rate, ln_rate: rate.ln(), unit })
    }

    /// The shape `a`.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The rate `b`, the reciprocal of the scale.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            (f64::NAN, f64::NAN)
        } else if x <= 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else if x == f64::INFINITY {
            (0.0, f64::NEG_INFINITY)
        } else {
            self.unit.log_tails(Point::product(self.rate, x))
        }
    }
}

impl Univariate for Gamma {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    /// At `x = 0` infinite for shapes below 1 and `ln rate` for the shape 1.
    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x < 0.0 || x == f64::INFINITY {
            f64::NEG_INFINITY
        } else if x == 0.0 {
            at_zero(self.shape - 1.0, self.ln_rate)
        } else {
            self.ln_rate + self.unit.log_density(Point::product(self.rate, x))
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        self.unit.quantile(p) / self.rate
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.unit.upper_quantile(q) / self.rate
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        // Outside, the terms cancel (large shapes) or the product leaves the normal numbers.
        let ends = if (1e-3..20.0).contains(&self.shape) {
            (1e-290 / self.rate, 1e290 / self.rate)
        } else {
            (f64::INFINITY, f64::INFINITY)
        };
        let log_norm = self.ln_rate - ln_gamma(self.shape);
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| slices::ln(self.rate * x),
            #[inline(always)]
            |x, ln| (self.shape - 1.0) * ln - self.rate * x + log_norm,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        if self.shape < slices::draws::SMALLEST_SHAPE {
            slices::one_by_one(self, out, lanes);
        } else {
            slices::draws::gamma(self.shape, out, lanes);
            slices::each_mut(
                out,
                #[inline(always)]
                |t| (t / self.rate).min(f64::MAX),
            );
        }
    }

    fn mean(&self) -> f64 {
        self.shape / self.rate
    }

    fn variance(&self) -> f64 {
        self.shape / self.rate / self.rate
    }

    fn std_dev(&self) -> f64 {
        self.shape.sqrt() / self.rate
    }

    fn mode(&self) -> f64 {
        (self.shape - 1.0).max(0.0) / self.rate
    }

    fn entropy(&self) -> f64 {
        self.unit.entropy_with_log(0.0) - self.ln_rate
    }
}

/// `ln(c x^power)` at `x = 0`, given `ln c`.
pub(super) fn at_zero(power: f64, log_factor: f64) -> f64 {
    if power == 0.0 {
        log_factor
    } else if power < 0.0 {
        f64::INFINITY
    } else {
        f64::NEG_INFINITY
    }
}

impl Distribution<f64> for Gamma {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        (self.unit.sample(rng) / self.rate).min(f64::MAX)
    }
}
