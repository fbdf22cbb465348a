//! The normal law on the line: `p(x) = exp(−(x − μ)² / 2σ²) / √(2πσ²)`.

use std::f64::consts::PI;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, LogDensity, special};

/// The normal law with a mean and a standard deviation.
///
/// ```
/// use prob_core::Normal;
///
/// let law = Normal::new(1.0, 2.0)?;
/// assert_eq!(law.cdf(1.0), 0.5);
/// assert!((law.quantile(law.cdf(4.0)) - 4.0).abs() < 1e-12);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    mean: f64,
    std_dev: f64,
}

impl Normal {
    /// The law `N(mean, std_dev²)`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for the mean, [`Error::NotPositive`] for the standard deviation.
    pub fn new(mean: f64, std_dev: f64) -> Result<Self, Error> {
        if !mean.is_finite() {
            return Err(Error::NotFinite { what: "mean", index: 0, value: mean });
        }
        if !std_dev.is_finite() || std_dev <= 0.0 {
            return Err(Error::NotPositive { what: "the standard deviation", value: std_dev });
        }
        Ok(Self { mean, std_dev })
    }

    /// The mean μ.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation σ, positive.
    #[must_use]
    pub fn std_dev(&self) -> f64 {
        self.std_dev
    }

    /// `ln p(x)`, normalised.
    #[must_use]
    pub fn log_prob(&self, x: f64) -> f64 {
        let z = (x - self.mean) / self.std_dev;
        -0.5 * z * z - self.std_dev.ln() - 0.5 * (2.0 * PI).ln()
    }

    /// The chance of a value of at most `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        special::normal_cdf((x - self.mean) / self.std_dev)
    }

    /// The value not exceeded with chance `p`; `±∞` at 0 and 1, NaN outside.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        self.mean + self.std_dev * special::normal_quantile(p)
    }
}

impl LogDensity<f64> for Normal {
    fn log_density(&self, x: &f64) -> f64 {
        self.log_prob(*x)
    }
}

impl Distribution<f64> for Normal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let z: f64 = StandardNormal.sample(rng);
        self.mean + self.std_dev * z
    }
}

#[cfg(test)]
mod tests {
    use super::Normal;
    use crate::Error;

    #[test]
    fn log_prob_matches_scipy() {
        // scipy.stats.norm(1, 2).logpdf(-3.5), SciPy 1.17.1
        let law = Normal::new(1.0, 2.0).unwrap();
        assert!((law.log_prob(-3.5) - -4.143_335_713_764_617).abs() < 1e-14);
    }

    #[test]
    fn bad_parameters_are_named() {
        assert!(matches!(Normal::new(f64::NAN, 1.0), Err(Error::NotFinite { .. })));
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(Normal::new(0.0, value), Err(Error::NotPositive { .. })));
        }
    }
}
