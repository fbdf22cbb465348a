//! The inverse gamma law: `p(x) = b^a x^(−a−1) e^(−b/x) / Γ(a)` for `x > 0`.

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

/// The law of `scale / X` for a gamma number `X` of a shape and rate 1: the conjugate prior of a
/// variance.
///
/// ```
/// use prob_core::{InverseGamma, Univariate};
///
/// let variance = InverseGamma::new(3.0, 4.0)?;
/// assert_eq!((variance.mean(), variance.variance(), variance.mode()), (2.0, 4.0, 1.0));
/// // At most 2: the gamma number is at least 2.
/// assert!((variance.cdf(2.0) - 5.0 * (-2f64).exp()).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct InverseGamma {
    shape: f64,
    scale: f64,
    ln_scale: f64,
    unit: UnitGamma,
}

parameters::law_of_parameters!(InverseGamma { shape: f64, scale: f64 });

impl InverseGamma {
    /// The law of `shape` (a number) and `scale` (in the unit of `x`).
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, scale: f64) -> Result<Self, Error> {
        let unit = UnitGamma::new("inverse gamma", "shape", shape)?;
        let scale = parameters::positive("inverse gamma", "scale", scale)?;
        Ok(Self { shape, scale, ln_scale: scale.ln(), unit })
    }

    /// The shape `a`: moments below it are finite.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The scale `b`.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The logarithms of `P(X ≤ x)` and `P(X > x)`, which are the gamma law's upper and lower tail.
    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            (f64::NAN, f64::NAN)
        } else if x <= 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else if x == f64::INFINITY {
            (0.0, f64::NEG_INFINITY)
        } else {
            let (lower, upper) = self.unit.log_tails(Point::quotient(self.scale, x));
            (upper, lower)
        }
    }
}

impl Univariate for InverseGamma {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x <= 0.0 || x == f64::INFINITY {
            f64::NEG_INFINITY
        } else {
            // p(x) dx = p(y) dy with y = scale / x, dy = y / x dx.
            let y = Point::quotient(self.scale, x);
            if y.x == f64::INFINITY {
                return f64::NEG_INFINITY;
            }
            self.unit.log_density(y) + 2.0 * y.ln - self.ln_scale
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        self.scale / self.unit.upper_quantile(p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.scale / self.unit.quantile(q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let ends = if (1e-3..20.0).contains(&self.shape) {
            (1e-290 * self.scale, 1e290 * self.scale)
        } else {
            (f64::INFINITY, f64::INFINITY)
        };
        let log_norm = -self.ln_scale - ln_gamma(self.shape);
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| slices::ln(self.scale / x),
            #[inline(always)]
            |x, ln| (self.shape + 1.0) * ln - self.scale / x + log_norm,
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
                |y| (self.scale / y).clamp(f64::MIN_POSITIVE, f64::MAX),
            );
        }
    }

    /// Infinite up to the shape 1.
    fn mean(&self) -> f64 {
        if self.shape > 1.0 { self.scale / (self.shape - 1.0) } else { f64::INFINITY }
    }

    /// Infinite up to the shape 2.
    fn variance(&self) -> f64 {
        if self.shape > 2.0 {
            let mean = self.mean();
            mean * (mean / (self.shape - 2.0))
        } else {
            f64::INFINITY
        }
    }

    fn mode(&self) -> f64 {
        self.scale / (self.shape + 1.0)
    }

    fn entropy(&self) -> f64 {
        self.unit.entropy_with_log(-2.0) + self.ln_scale
    }
}

impl Distribution<f64> for InverseGamma {
    /// Infinite where the gamma number is below the smallest floating-point number, which shapes below
    /// 0.01 have often.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        (self.scale / self.unit.sample(rng)).clamp(f64::MIN_POSITIVE, f64::MAX)
    }
}
