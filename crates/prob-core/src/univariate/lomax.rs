//! The Lomax law (Pareto of the second kind): `p(x) = (α/λ) (1 + x/λ)^−(α+1)` for `x ≥ 0`.
//!
//! A waiting time whose exponential rate is itself drawn from Gamma(α, λ); `x + λ` has a Pareto law.

use rand::Rng;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters};
use crate::{Error, logspace};

/// The Lomax law with a shape α and a scale λ.
///
/// ```
/// use prob_core::{Lomax, Univariate};
///
/// let law = Lomax::new(3.0, 6.0)?;
/// assert!((law.sf(6.0) - 0.125).abs() < 1e-15); // (1 + 6/6)⁻³
/// assert_eq!(law.mean(), 3.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Lomax {
    shape: f64,
    scale: f64,
}

parameters::law_of_parameters!(Lomax { shape: f64, scale: f64 });

impl Lomax {
    /// The law with survival function `(1 + x / scale)^−shape`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(shape: f64, scale: f64) -> Result<Self, Error> {
        Ok(Self {
            shape: parameters::positive("Lomax", "shape", shape)?,
            scale: parameters::positive("Lomax", "scale", scale)?,
        })
    }

    /// The exponent α of the tail.
    #[must_use]
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// The scale λ.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// `ln(1 + x/λ)`, also where the ratio leaves the range of floating-point numbers.
    fn log_growth(&self, x: f64) -> f64 {
        let ratio = x / self.scale;
        if ratio == f64::INFINITY && x.is_finite() {
            x.ln() - self.scale.ln()
        } else {
            ratio.ln_1p()
        }
    }
}

impl Univariate for Lomax {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x < 0.0 || x == f64::INFINITY {
            return f64::NEG_INFINITY;
        }
        self.shape.ln() - self.scale.ln() - self.log_growth(x) - self.shape * self.log_growth(x)
    }

    fn cdf(&self, x: f64) -> f64 {
        -self.log_sf(x).exp_m1()
    }

    fn log_cdf(&self, x: f64) -> f64 {
        let log_sf = self.log_sf(x);
        // Below the smallest probability the cdf is its first term α x/λ.
        if log_sf == 0.0 && x > 0.0 {
            return self.shape.ln() + x.ln() - self.scale.ln();
        }
        logspace::log1mexp(log_sf)
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { -self.shape * self.log_growth(x) }
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        self.scale * (-(-p).ln_1p() / self.shape).exp_m1()
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        self.scale * (-q.ln() / self.shape).exp_m1()
    }

    /// `λ / (α − 1)`; infinite for `α ≤ 1`.
    fn mean(&self) -> f64 {
        if self.shape > 1.0 { self.scale / (self.shape - 1.0) } else { f64::INFINITY }
    }

    /// `λ² α / ((α − 1)² (α − 2))`; infinite for `α ≤ 2`.
    fn variance(&self) -> f64 {
        self.std_dev().powi(2)
    }

    fn std_dev(&self) -> f64 {
        if self.shape <= 2.0 {
            return f64::INFINITY;
        }
        self.mean() * (self.shape / (self.shape - 2.0)).sqrt()
    }

    fn mode(&self) -> f64 {
        0.0
    }

    fn entropy(&self) -> f64 {
        self.scale.ln() - self.shape.ln() + 1.0 / self.shape + 1.0
    }
}

impl Distribution<f64> for Lomax {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let exponential: f64 = Exp1.sample(rng);
        (self.scale * (exponential / self.shape).exp_m1()).min(f64::MAX)
    }
}
