//! The logistic law, whose distribution function is the sigmoid: `P(X ≤ x) = 1 / (1 + e^(−z))`,
//! `z = (x − μ) / s`.

use std::f64::consts::PI;

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, draw, parameters, scaled};
use crate::slices::{self, Lanes};
use crate::{Error, logspace};

/// The logistic law with a location μ and a scale s.
///
/// ```
/// use prob_core::{Logistic, Univariate};
///
/// let law = Logistic::new(1.0, 2.0)?;
/// assert_eq!(law.prob(1.0), 0.125);
/// assert_eq!(law.log_sf(2001.0), -1000.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Logistic {
    location: f64,
    scale: f64,
}

parameters::law_of_parameters!(Logistic { location: f64, scale: f64 });

impl Logistic {
    /// The law with the location and the scale.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the location is finite, the scale positive and finite.
    pub fn new(location: f64, scale: f64) -> Result<Self, Error> {
        Ok(Self {
            location: parameters::finite("logistic", "location", location)?,
            scale: parameters::positive("logistic", "scale", scale)?,
        })
    }

    /// The location μ: mean, median and mode.
    #[must_use]
    pub fn location(&self) -> f64 {
        self.location
    }

    /// The scale s.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    fn z(&self, x: f64) -> f64 {
        scaled::standardise(x, self.location, self.scale)
    }
}

/// `ln(p / (1 − p))`, accurate in both tails and near ½.
fn logit(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        f64::NAN
    } else if (0.25..=0.75).contains(&p) {
        // 2p − 1 is exact.
        ((2.0 * p - 1.0) / (1.0 - p)).ln_1p()
    } else {
        p.ln() - (-p).ln_1p()
    }
}

impl Univariate for Logistic {
    fn support(&self) -> Support {
        Support::interval(f64::NEG_INFINITY, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        let z = self.z(x).abs();
        -z - 2.0 * (-z).exp().ln_1p() - self.scale.ln()
    }

    fn prob(&self, x: f64) -> f64 {
        self.cdf(x) * self.sf(x) / self.scale
    }

    fn cdf(&self, x: f64) -> f64 {
        logspace::sigmoid(self.z(x))
    }

    fn sf(&self, x: f64) -> f64 {
        logspace::sigmoid(-self.z(x))
    }

    fn log_cdf(&self, x: f64) -> f64 {
        logspace::log_sigmoid(self.z(x))
    }

    fn log_sf(&self, x: f64) -> f64 {
        logspace::log_sigmoid(-self.z(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * logit(p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * logit(q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let log_scale = self.scale.ln();
        let inverse = self.scale.recip();
        let ends = if inverse.is_normal() {
            slices::around(self.location, f64::MAX)
        } else {
            (f64::INFINITY, f64::INFINITY)
        };
        let distance = |x: f64| (x - self.location).abs() * inverse;
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| slices::exp(-distance(x)),
            #[inline(always)]
            |x, y| -distance(x) - 2.0 * slices::ln(1.0 + y) - log_scale,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        lanes.fill_tails(out);
        slices::each_mut(
            out,
            #[inline(always)]
            |tail| {
                let t = tail.abs();
                let distance = slices::ln_1p(-t) - slices::ln(t);
                (self.location + self.scale * distance.copysign(tail)).clamp(f64::MIN, f64::MAX)
            },
        );
    }

    fn mean(&self) -> f64 {
        self.location
    }

    fn variance(&self) -> f64 {
        self.std_dev().powi(2)
    }

    fn std_dev(&self) -> f64 {
        PI / 3f64.sqrt() * self.scale
    }

    fn mode(&self) -> f64 {
        self.location
    }

    fn entropy(&self) -> f64 {
        2.0 + self.scale.ln()
    }
}

impl Distribution<f64> for Logistic {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        draw::by_quantile(self, rng).clamp(f64::MIN, f64::MAX)
    }
}
