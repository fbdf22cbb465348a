//! The uniform law on whole numbers: `P(k) = 1 / (b − a + 1)` for `k = a, a + 1, … b`.

use rand::{Rng, RngExt};
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::search::smallest_count;
use super::{Support, Univariate, parameters};
use crate::Error;
use crate::slices::{self, Lanes};

/// The uniform law on the whole numbers from `lower` to `upper`.
///
/// ```
/// use prob_core::{DiscreteUniform, Univariate};
///
/// let die = DiscreteUniform::new(1, 6)?;
/// assert_eq!(die.mean(), 3.5);
/// assert_eq!(die.quantile(0.5), 3.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct DiscreteUniform {
    lower: i64,
    upper: i64,
}

parameters::law_of_parameters!(DiscreteUniform { lower: i64, upper: i64 });

/// 2⁵³: up to here each whole number is a floating-point number.
const LARGEST: u64 = 1 << 53;

impl DiscreteUniform {
    /// The law on the whole numbers from `lower` to `upper`, which may be equal.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the ends are from −2⁵³ to 2⁵³ (beyond, not every whole number is
    /// a floating-point number) and in order.
    pub fn new(lower: i64, upper: i64) -> Result<Self, Error> {
        const LAW: &str = "discrete uniform";
        for (what, end) in [("lower end", lower), ("upper end", upper)] {
            if end.unsigned_abs() > LARGEST {
                return parameters::refuse(LAW, what, end as f64, "from -2^53 to 2^53");
            }
        }
        if lower <= upper {
            Ok(Self { lower, upper })
        } else {
            parameters::refuse(LAW, "upper end", upper as f64, "at least the lower end")
        }
    }

    /// The smallest value.
    #[must_use]
    pub fn lower(&self) -> i64 {
        self.lower
    }

    /// The largest value.
    #[must_use]
    pub fn upper(&self) -> i64 {
        self.upper
    }

    /// How many values there are.
    fn count(&self) -> f64 {
        (self.upper - self.lower + 1) as f64
    }

    /// How many values are at most `x`, and how many are above it.
    fn below_and_above(&self, x: f64) -> (f64, f64) {
        let Support { lower, upper, .. } = self.support();
        // In whole numbers: x may be any number, the differences are exact.
        let x = x.floor().clamp(lower - 1.0, upper) as i64;
        (
            (x - self.lower + 1).max(0) as f64,
            (self.upper - x).min(self.upper - self.lower + 1) as f64,
        )
    }

    fn log_share(&self, part: f64, rest: f64) -> f64 {
        if part > rest { (-rest / self.count()).ln_1p() } else { (part / self.count()).ln() }
    }
}

impl Univariate for DiscreteUniform {
    fn support(&self) -> Support {
        Support::whole(self.lower as f64, self.upper as f64)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if self.support().contains(x) {
            -self.count().ln()
        } else {
            f64::NEG_INFINITY
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x.is_nan() { x } else { self.below_and_above(x).0 / self.count() }
    }

    fn sf(&self, x: f64) -> f64 {
        if x.is_nan() { x } else { self.below_and_above(x).1 / self.count() }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let (below, above) = self.below_and_above(x);
        self.log_share(below, above)
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        let (below, above) = self.below_and_above(x);
        self.log_share(above, below)
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        let Support { lower, upper, .. } = self.support();
        if p == 1.0 {
            return upper;
        }
        let guess = lower + p * self.count() - 1.0;
        smallest_count(guess.ceil(), lower, upper, |k| self.cdf(k) >= p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        let Support { lower, upper, .. } = self.support();
        if q == 0.0 {
            return upper;
        }
        let guess = upper - q * self.count();
        smallest_count(guess.ceil(), lower, upper, |k| self.sf(k) <= q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::counts::log_prob_into(self, x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::counts::sample_block(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        0.5 * (self.lower + self.upper) as f64
    }

    fn variance(&self) -> f64 {
        let n = self.count();
        (n - 1.0) * (n + 1.0) / 12.0
    }

    /// The smallest value: all have the same probability.
    fn mode(&self) -> f64 {
        self.lower as f64
    }

    fn entropy(&self) -> f64 {
        self.count().ln()
    }
}

impl Distribution<f64> for DiscreteUniform {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        rng.random_range(self.lower..=self.upper) as f64
    }
}
