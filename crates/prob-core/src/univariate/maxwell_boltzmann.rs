//! The Maxwell–Boltzmann law: `p(x) = √(2/π) x² e^(−x²/2s²) / s³` for `x ≥ 0`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{
    Support, Univariate, parameters,
    unit_gamma::{Point, UnitGamma},
};
use crate::Error;
use crate::slices::{self, Lanes};

/// The law of the speed of a particle whose three velocities are normal with mean 0 and the standard
/// deviation `scale`, which is `√(kT/m)` in a gas.
///
/// ```
/// use prob_core::{MaxwellBoltzmann, Univariate};
///
/// // Nitrogen at 300 K: k T / m in m²/s².
/// let speed = MaxwellBoltzmann::new((1.380649e-23 * 300.0 / 4.652e-26f64).sqrt())?;
/// assert!((speed.mean() - 476.0).abs() < 0.5);
/// // Faster than the escape velocity of the Earth, 11.2 km/s.
/// assert!((speed.log_sf(11_200.0) + 701.035).abs() < 0.001);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct MaxwellBoltzmann {
    scale: f64,
    /// The law of `x² / 2s²`: the energy in units of `kT`.
    energy: UnitGamma,
}

parameters::law_of_parameters!(MaxwellBoltzmann { scale: f64 });

/// `½ ln(2/π)`.
const HALF_LN_TWO_OVER_PI: f64 = -0.225_791_352_644_727_43;

impl MaxwellBoltzmann {
    /// The law of `scale` (in the unit of `x`).
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is positive and finite.
    pub fn new(scale: f64) -> Result<Self, Error> {
        let scale = parameters::positive("Maxwell-Boltzmann", "scale", scale)?;
        Ok(Self { scale, energy: UnitGamma::new("Maxwell-Boltzmann", "shape", 1.5)? })
    }

    /// The standard deviation `s` of each velocity.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `x / s` for positive `x`, with a logarithm that goes on where the quotient does not.
    fn ratio(&self, x: f64) -> Point {
        Point::quotient(x, self.scale)
    }

    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            (f64::NAN, f64::NAN)
        } else if x <= 0.0 {
            (f64::NEG_INFINITY, 0.0)
        } else if x == f64::INFINITY {
            (0.0, f64::NEG_INFINITY)
        } else {
            let ratio = self.ratio(x);
            let ln = 2.0 * ratio.ln - std::f64::consts::LN_2;
            self.energy.log_tails(Point { x: 0.5 * ratio.x * ratio.x, lost: 0.0, ln })
        }
    }
}

impl Univariate for MaxwellBoltzmann {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x <= 0.0 || x == f64::INFINITY {
            f64::NEG_INFINITY
        } else {
            let ratio = self.ratio(x);
            HALF_LN_TWO_OVER_PI - self.scale.ln() + 2.0 * ratio.ln - 0.5 * ratio.x * ratio.x
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        self.scale * (2.0 * self.energy.quantile(p)).sqrt()
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.scale * (2.0 * self.energy.upper_quantile(q)).sqrt()
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let log_norm = HALF_LN_TWO_OVER_PI - self.scale.ln();
        // Outside, the square leaves the normal numbers.
        let ends = (1e-150 * self.scale, 1e150 * self.scale);
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| x / self.scale,
            #[inline(always)]
            |_, ratio| log_norm + 2.0 * slices::ln(ratio) - 0.5 * ratio * ratio,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::draws::gamma(1.5, out, lanes);
        slices::each_mut(
            out,
            #[inline(always)]
            |energy| (self.scale * (2.0 * energy).sqrt()).min(f64::MAX),
        );
    }

    fn mean(&self) -> f64 {
        // 2 √(2/π)
        1.595_769_121_605_730_7 * self.scale
    }

    fn variance(&self) -> f64 {
        // 3 − 8/π
        0.453_520_910_529_674_6 * self.scale * self.scale
    }

    fn std_dev(&self) -> f64 {
        // √(3 − 8/π)
        0.673_439_611_642_851_5 * self.scale
    }

    fn mode(&self) -> f64 {
        std::f64::consts::SQRT_2 * self.scale
    }

    fn entropy(&self) -> f64 {
        // ln √(2π) + γ − ½
        0.996_154_198_106_205_6 + self.scale.ln()
    }
}

impl Distribution<f64> for MaxwellBoltzmann {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        (self.scale * (2.0 * self.energy.sample(rng)).sqrt()).min(f64::MAX)
    }
}
