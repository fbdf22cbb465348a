//! The uniform law on an interval: `p(x) = 1 / (b − a)` for `a ≤ x ≤ b`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, draw, parameters};
use crate::Error;
use crate::slices::{self, Lanes};

/// The uniform law on `[lower, upper]`.
///
/// ```
/// use prob_core::{Uniform, Univariate};
///
/// let law = Uniform::new(-1.0, 3.0)?;
/// assert_eq!(law.prob(0.0), 0.25);
/// assert_eq!(law.cdf(2.0), 0.75);
/// assert_eq!(law.quantile(0.75), 2.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Uniform {
    lower: f64,
    upper: f64,
}

parameters::law_of_parameters!(Uniform { lower: f64, upper: f64 });

impl Uniform {
    /// The law on `[lower, upper]`; the width may exceed the largest floating-point number.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both ends are finite and the lower is below the upper.
    pub fn new(lower: f64, upper: f64) -> Result<Self, Error> {
        let law = Self {
            lower: parameters::finite("uniform", "lower end", lower)?,
            upper: parameters::finite("uniform", "upper end", upper)?,
        };
        if lower < upper {
            Ok(law)
        } else {
            parameters::refuse("uniform", "upper end", upper, "above the lower end")
        }
    }

    /// The lower end.
    #[must_use]
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The upper end.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// 1, or ½ where the width overflows: distances are measured in multiples of its inverse.
    fn unit(&self) -> f64 {
        if (self.upper - self.lower).is_finite() { 1.0 } else { 0.5 }
    }

    fn distance(&self, from: f64, to: f64) -> f64 {
        let unit = self.unit();
        unit * to - unit * from
    }

    fn log_width(&self) -> f64 {
        self.distance(self.lower, self.upper).ln() - self.unit().ln()
    }

    /// `(to − from) / width` for two points of the interval.
    fn share(&self, from: f64, to: f64) -> f64 {
        self.distance(from, to) / self.distance(self.lower, self.upper)
    }

    /// The logarithm of the share from one point to another; the rest is the share of what remains.
    fn log_share(&self, from: f64, to: f64, rest: f64) -> f64 {
        let share = self.share(from, to);
        if share > 0.5 {
            (-rest).ln_1p()
        } else if share.is_normal() {
            share.ln()
        } else {
            self.distance(from, to).ln() - self.distance(self.lower, self.upper).ln()
        }
    }

    /// `share` of the width.
    fn part(&self, share: f64) -> f64 {
        share / self.unit() * self.distance(self.lower, self.upper)
    }
}

impl Univariate for Uniform {
    fn support(&self) -> Support {
        Support::interval(self.lower, self.upper)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if self.support().contains(x) {
            -self.log_width()
        } else {
            f64::NEG_INFINITY
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x.is_nan() { x } else { self.share(self.lower, x.clamp(self.lower, self.upper)) }
    }

    fn sf(&self, x: f64) -> f64 {
        if x.is_nan() { x } else { self.share(x.clamp(self.lower, self.upper), self.upper) }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        self.log_share(self.lower, x.clamp(self.lower, self.upper), self.sf(x))
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        self.log_share(x.clamp(self.lower, self.upper), self.upper, self.cdf(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            f64::NAN
        } else if p <= 0.5 {
            self.lower + self.part(p)
        } else {
            // 1 − p is exact here.
            self.upper - self.part(1.0 - p)
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            f64::NAN
        } else if q <= 0.5 {
            self.upper - self.part(q)
        } else {
            self.lower + self.part(1.0 - q)
        }
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let inside = -self.log_width();
        slices::log_prob_between(
            self,
            (self.lower, self.upper),
            x,
            out,
            #[inline(always)]
            |x| x,
            #[inline(always)]
            |_, _| inside,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        let width = self.upper - self.lower;
        if width.is_finite() {
            lanes.fill_unit(out);
            slices::each_mut(
                out,
                #[inline(always)]
                |u| (self.lower + width * u).min(self.upper),
            );
        } else {
            slices::one_by_one(self, out, lanes);
        }
    }

    fn mean(&self) -> f64 {
        let sum = self.lower + self.upper;
        if sum.is_finite() { 0.5 * sum } else { 0.5 * self.lower + 0.5 * self.upper }
    }

    fn variance(&self) -> f64 {
        self.std_dev().powi(2)
    }

    fn std_dev(&self) -> f64 {
        self.part(1.0 / 12f64.sqrt())
    }

    /// The lower end: all points have the same density.
    fn mode(&self) -> f64 {
        self.lower
    }

    fn entropy(&self) -> f64 {
        self.log_width()
    }
}

impl Distribution<f64> for Uniform {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        draw::by_quantile(self, rng)
    }
}
