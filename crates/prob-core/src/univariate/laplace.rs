//! The Laplace law, two exponential laws back to back: `p(x) = exp(−|x − μ| / b) / 2b`.

use std::f64::consts::LN_2;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters, scaled};
use crate::Error;
use crate::slices::{self, Lanes};

/// The Laplace law with a location μ and a scale b.
///
/// ```
/// use prob_core::{Laplace, Univariate};
///
/// let law = Laplace::new(1.0, 2.0)?;
/// assert_eq!(law.cdf(1.0), 0.5);
/// assert_eq!(law.variance(), 8.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Laplace {
    location: f64,
    scale: f64,
}

parameters::law_of_parameters!(Laplace { location: f64, scale: f64 });

impl Laplace {
    /// The law with the location and the scale.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the location is finite, the scale positive and finite.
    pub fn new(location: f64, scale: f64) -> Result<Self, Error> {
        Ok(Self {
            location: parameters::finite("Laplace", "location", location)?,
            scale: parameters::positive("Laplace", "scale", scale)?,
        })
    }

    /// The location μ: mean, median and mode.
    #[must_use]
    pub fn location(&self) -> f64 {
        self.location
    }

    /// The scale b: the mean distance from the location.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    fn z(&self, x: f64) -> f64 {
        scaled::standardise(x, self.location, self.scale)
    }
}

/// `P(Z ≤ z)` at scale 1.
fn standard_cdf(z: f64) -> f64 {
    if z <= 0.0 { 0.5 * z.exp() } else { 1.0 - 0.5 * (-z).exp() }
}

fn standard_log_cdf(z: f64) -> f64 {
    if z <= 0.0 { z - LN_2 } else { (-0.5 * (-z).exp()).ln_1p() }
}

/// The logarithm of twice a probability is exact in both tails and at the middle.
fn standard_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        f64::NAN
    } else if p <= 0.5 {
        (2.0 * p).ln()
    } else {
        -(2.0 * (1.0 - p)).ln()
    }
}

impl Univariate for Laplace {
    fn support(&self) -> Support {
        Support::interval(f64::NEG_INFINITY, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        -self.z(x).abs() - LN_2 - self.scale.ln()
    }

    fn cdf(&self, x: f64) -> f64 {
        standard_cdf(self.z(x))
    }

    fn sf(&self, x: f64) -> f64 {
        standard_cdf(-self.z(x))
    }

    fn log_cdf(&self, x: f64) -> f64 {
        standard_log_cdf(self.z(x))
    }

    fn log_sf(&self, x: f64) -> f64 {
        standard_log_cdf(-self.z(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * standard_quantile(p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * standard_quantile(q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let peak = -LN_2 - self.scale.ln();
        let line = (f64::NEG_INFINITY, f64::INFINITY);
        slices::log_prob_between(
            self,
            line,
            x,
            out,
            #[inline(always)]
            |x| self.z(x).abs(),
            #[inline(always)]
            |_, z| peak - z,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        lanes.fill_tails(out);
        slices::each_mut(
            out,
            #[inline(always)]
            |tail| {
                let distance = -slices::ln(2.0 * tail.abs());
                (self.location + self.scale * distance.copysign(tail)).clamp(f64::MIN, f64::MAX)
            },
        );
    }

    fn mean(&self) -> f64 {
        self.location
    }

    fn variance(&self) -> f64 {
        2.0 * self.scale * self.scale
    }

    fn std_dev(&self) -> f64 {
        2f64.sqrt() * self.scale
    }

    fn mode(&self) -> f64 {
        self.location
    }

    fn entropy(&self) -> f64 {
        1.0 + LN_2 + self.scale.ln()
    }
}

impl Distribution<f64> for Laplace {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let distance: f64 = Exp1.sample(rng);
        let z = if rng.random() { distance } else { -distance };
        (self.location + self.scale * z).clamp(f64::MIN, f64::MAX)
    }
}
