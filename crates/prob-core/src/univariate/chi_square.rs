//! The chi-square law: the gamma law of shape `k/2` and rate `½`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Gamma, Support, Univariate, parameters};
use crate::Error;
use crate::slices::Lanes;

/// The chi-square law of `degrees` degrees of freedom: of the sum of that many squares of standard
/// normal numbers. The degrees need not be whole.
///
/// ```
/// use prob_core::{ChiSquare, Univariate};
///
/// let law = ChiSquare::new(2.0)?;
/// assert!((law.sf(3.0) - (-1.5f64).exp()).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct ChiSquare {
    degrees: f64,
    gamma: Gamma,
}

parameters::law_of_parameters!(ChiSquare { degrees: f64 });

impl ChiSquare {
    /// The law of `degrees` degrees of freedom.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless they are positive and finite, and half of them positive.
    pub fn new(degrees: f64) -> Result<Self, Error> {
        let degrees = parameters::positive("chi-square", "degrees of freedom", degrees)?;
        let Ok(gamma) = Gamma::new(0.5 * degrees, 0.5) else {
            return parameters::refuse(
                "chi-square",
                "degrees of freedom",
                degrees,
                "at least 1e-323",
            );
        };
        Ok(Self { degrees, gamma })
    }

    /// The degrees of freedom.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.degrees
    }
}

impl Univariate for ChiSquare {
    fn support(&self) -> Support {
        self.gamma.support()
    }

    /// At `x = 0` infinite for fewer than 2 degrees and `ln ½` for 2.
    fn log_prob(&self, x: f64) -> f64 {
        self.gamma.log_prob(x)
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.gamma.log_cdf(x)
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.gamma.log_sf(x)
    }

    fn quantile(&self, p: f64) -> f64 {
        self.gamma.quantile(p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.gamma.upper_quantile(q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        self.gamma.log_prob_into(x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        self.gamma.sample_block(out, lanes);
    }

    fn mean(&self) -> f64 {
        self.degrees
    }

    fn variance(&self) -> f64 {
        2.0 * self.degrees
    }

    fn mode(&self) -> f64 {
        (self.degrees - 2.0).max(0.0)
    }

    fn entropy(&self) -> f64 {
        self.gamma.entropy()
    }
}

impl Distribution<f64> for ChiSquare {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.gamma.sample(rng)
    }
}
