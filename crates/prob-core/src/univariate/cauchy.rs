//! The Cauchy law: `p(x) = γ / (π (γ² + (x − x₀)²))`, the law without moments.

use std::f64::consts::PI;

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, draw, parameters, scaled};
use crate::Error;
use crate::slices::{self, Lanes};

/// The Cauchy law with a location x₀ (its median) and a scale γ (half the distance between the
/// quartiles).
///
/// ```
/// use prob_core::{Cauchy, Univariate};
///
/// let law = Cauchy::new(0.0, 1.0)?;
/// assert!((law.cdf(-1e300) * std::f64::consts::PI / 1e-300 - 1.0).abs() < 1e-15);
/// assert!(law.mean().is_nan());
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Cauchy {
    location: f64,
    scale: f64,
}

parameters::law_of_parameters!(Cauchy { location: f64, scale: f64 });

impl Cauchy {
    /// The law with the location and the scale.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the location is finite, the scale positive and finite.
    pub fn new(location: f64, scale: f64) -> Result<Self, Error> {
        Ok(Self {
            location: parameters::finite("Cauchy", "location", location)?,
            scale: parameters::positive("Cauchy", "scale", scale)?,
        })
    }

    /// The location x₀, the median.
    #[must_use]
    pub fn location(&self) -> f64 {
        self.location
    }

    /// The scale γ.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The chance to lie further to one side than `distance` to that side:
    /// the angle of the point `(distance, γ)` over π, without a cancellation anywhere.
    fn tail(&self, x: f64, side: f64) -> f64 {
        let distance = side * (x - self.location);
        if distance.is_infinite() && x.is_finite() {
            let distance = side * (0.5 * x - 0.5 * self.location);
            return (0.5 * self.scale).atan2(distance) / PI;
        }
        self.scale.atan2(distance) / PI
    }

    fn log_tail(&self, x: f64, side: f64) -> f64 {
        let tail = self.tail(x, side);
        if tail > 0.5 {
            (-self.tail(x, -side)).ln_1p()
        } else if tail < 1e-300 && x.is_finite() {
            self.scale.ln() - PI.ln() - scaled::log_distance(x, self.location)
        } else {
            tail.ln()
        }
    }

    /// How far from the location the quantile of `p ≤ ½` lies: `γ cot(πp)`.
    fn reach(&self, p: f64) -> f64 {
        if p < 0.25 {
            // The distance has no sign: p may be −0.
            self.scale / (PI * p).tan().abs()
        } else {
            // ½ − p is exact, and the tangent keeps its digits at 0.
            self.scale * (PI * (0.5 - p)).tan()
        }
    }
}

impl Univariate for Cauchy {
    fn support(&self) -> Support {
        Support::interval(f64::NEG_INFINITY, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        let z = scaled::standardise(x, self.location, self.scale);
        if z.abs() > 1e9 {
            // The 1 in 1 + z² is below the last digit; z may have overflowed.
            self.scale.ln() - PI.ln() - 2.0 * scaled::log_distance(x, self.location)
        } else {
            -(z * z).ln_1p() - PI.ln() - self.scale.ln()
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        self.tail(x, -1.0)
    }

    fn sf(&self, x: f64) -> f64 {
        self.tail(x, 1.0)
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tail(x, -1.0)
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tail(x, 1.0)
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            f64::NAN
        } else if p <= 0.5 {
            self.location - self.reach(p)
        } else {
            self.location + self.reach(1.0 - p)
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            f64::NAN
        } else if q <= 0.5 {
            self.location + self.reach(q)
        } else {
            self.location - self.reach(1.0 - q)
        }
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let peak = -PI.ln() - self.scale.ln();
        // Beyond, the square may overflow.
        let reach = 1e9 * self.scale;
        let ends = slices::around(self.location, reach);
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| (x - self.location) / self.scale,
            #[inline(always)]
            |_, z| peak - slices::ln_1p(z * z),
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        lanes.fill_tails(out);
        slices::each_mut(
            out,
            #[inline(always)]
            |tail| {
                // The cotangent of π times the tail.
                let (cosine, sine) = slices::circle(0.5 * tail.abs());
                let z = (cosine / sine).copysign(tail);
                (self.location + self.scale * z).clamp(f64::MIN, f64::MAX)
            },
        );
    }

    /// NaN: it does not exist.
    fn mean(&self) -> f64 {
        f64::NAN
    }

    /// NaN: it does not exist.
    fn variance(&self) -> f64 {
        f64::NAN
    }

    fn mode(&self) -> f64 {
        self.location
    }

    fn entropy(&self) -> f64 {
        (4.0 * PI).ln() + self.scale.ln()
    }
}

impl Distribution<f64> for Cauchy {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        draw::by_quantile(self, rng).clamp(f64::MIN, f64::MAX)
    }
}
