//! The normal law on the line: `p(x) = exp(−(x − μ)² / 2σ²) / √(2πσ²)`.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters};
use crate::slices::{self, Lanes};
use crate::{Error, special};

/// The normal law with a mean and a standard deviation.
///
/// ```
/// use prob_core::{Normal, Univariate};
///
/// let law = Normal::new(1.0, 2.0)?;
/// assert_eq!(law.cdf(1.0), 0.5);
/// assert!((law.quantile(law.cdf(4.0)) - 4.0).abs() < 1e-12);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Normal {
    mean: f64,
    std_dev: f64,
    /// `−ln √(2πσ²)`.
    log_norm: f64,
}

/// `½ ln 2π`.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

parameters::law_of_parameters!(Normal { mean: f64, std_dev: f64 });

impl Normal {
    /// The law `N(mean, std_dev²)`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the mean is finite, the standard deviation positive and finite.
    pub fn new(mean: f64, std_dev: f64) -> Result<Self, Error> {
        let mean = parameters::finite("normal", "mean", mean)?;
        let std_dev = parameters::positive("normal", "standard deviation", std_dev)?;
        Ok(Self { mean, std_dev, log_norm: -std_dev.ln() - HALF_LN_TWO_PI })
    }

    /// The law `N(0, 1)`.
    #[must_use]
    pub fn standard() -> Self {
        Self { mean: 0.0, std_dev: 1.0, log_norm: -HALF_LN_TWO_PI }
    }

    /// The distance from the mean in standard deviations.
    fn z(&self, x: f64) -> f64 {
        (x - self.mean) / self.std_dev
    }
}

impl Univariate for Normal {
    fn support(&self) -> Support {
        Support::interval(f64::NEG_INFINITY, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        let z = self.z(x);
        self.log_norm - 0.5 * z * z
    }

    fn cdf(&self, x: f64) -> f64 {
        special::normal_cdf(self.z(x))
    }

    fn sf(&self, x: f64) -> f64 {
        special::normal_cdf(-self.z(x))
    }

    fn log_cdf(&self, x: f64) -> f64 {
        special::log_normal_cdf(self.z(x))
    }

    fn log_sf(&self, x: f64) -> f64 {
        special::log_normal_cdf(-self.z(x))
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let offset = self.log_norm;
        slices::map(x, out, |x, out| {
            slices::each(
                x,
                out,
                #[inline(always)]
                |x| {
                    let z = (x - self.mean) / self.std_dev;
                    offset - 0.5 * z * z
                },
            );
        });
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        lanes.fill_normal(out);
        slices::each_mut(
            out,
            #[inline(always)]
            |z| (self.mean + self.std_dev * z).clamp(f64::MIN, f64::MAX),
        );
    }

    fn quantile(&self, p: f64) -> f64 {
        self.mean + self.std_dev * special::normal_quantile(p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.mean - self.std_dev * special::normal_quantile(q)
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn variance(&self) -> f64 {
        self.std_dev * self.std_dev
    }

    fn std_dev(&self) -> f64 {
        self.std_dev
    }

    fn mode(&self) -> f64 {
        self.mean
    }

    fn entropy(&self) -> f64 {
        0.5 - self.log_norm
    }
}

impl Distribution<f64> for Normal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let z: f64 = StandardNormal.sample(rng);
        (self.mean + self.std_dev * z).clamp(f64::MIN, f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Normal;
    use crate::{Error, Univariate};

    #[test]
    fn log_prob_matches_scipy() {
        // scipy.stats.norm(1, 2).logpdf(-3.5), SciPy 1.17.1
        let law = Normal::new(1.0, 2.0).unwrap();
        assert!((law.log_prob(-3.5) - -4.143_335_713_764_617).abs() < 1e-14);
    }

    #[test]
    fn bad_parameters_are_named() {
        for (mean, std_dev) in [(f64::NAN, 1.0), (0.0, 0.0), (0.0, -1.0), (0.0, f64::NAN)] {
            let error = Normal::new(mean, std_dev).unwrap_err();
            assert!(matches!(error, Error::Parameter { law: "normal", .. }), "{error}");
        }
    }
}
