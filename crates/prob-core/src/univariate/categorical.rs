//! The categorical law: a probability for each of the values `0, 1, … k − 1`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, draw, parameters, weights};
use crate::Error;
use crate::slices::{self, Lanes};

/// The law with a probability for each of the values `0, 1, … k − 1`.
///
/// ```
/// use prob_core::{Categorical, Univariate};
///
/// let law = Categorical::new(vec![0.5, 0.25, 0.25])?;
/// assert_eq!(law.prob(2.0), 0.25);
/// assert_eq!(law.cdf(1.0), 0.75);
/// assert_eq!(law.quantile(0.75), 1.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Categorical {
    probabilities: Vec<f64>,
    /// `P(X ≤ k)`, summed from the nearer end.
    cdf: Vec<f64>,
    /// `P(X > k)`, summed from the nearer end.
    sf: Vec<f64>,
    support: Support,
}

parameters::law_of_parameters!(Categorical { probabilities: Vec<f64> });

impl Categorical {
    /// The law with the probabilities of `0, 1, …`; a rounding error of their sum is divided out.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotAProbability`], and [`Error::NotNormalised`] unless they sum to
    /// one within 1e-9.
    pub fn new(probabilities: Vec<f64>) -> Result<Self, Error> {
        let probabilities = weights::normalised("the categorical law", probabilities)?;
        let (cdf, sf) = tails(&probabilities);
        let first = probabilities.iter().position(|p| *p > 0.0).unwrap_or(0);
        let last = probabilities.iter().rposition(|p| *p > 0.0).unwrap_or(0);
        let support = Support::whole(first as f64, last as f64);
        Ok(Self { probabilities, cdf, sf, support })
    }

    /// The probabilities of `0, 1, …`.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The entry of a table for `⌊x⌋`, or what holds before and after the table.
    fn at(table: &[f64], x: f64, before: f64, after: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x < 0.0 {
            before
        } else {
            table.get(x as usize).copied().unwrap_or(after)
        }
    }
}

/// `P(X ≤ k)` and `P(X > k)`, monotone, and unchanged by values of probability 0.
fn tails(probabilities: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut above = vec![0.0; probabilities.len()];
    let mut sum = weights::Sum::default();
    for (above, p) in above.iter_mut().zip(probabilities).rev() {
        *above = sum.value();
        sum.add(*p);
    }
    let (mut cdf, mut sf) = (Vec::new(), Vec::new());
    let (mut below, mut last) = (weights::Sum::default(), (0.0f64, 1.0f64));
    for (p, above) in probabilities.iter().zip(&above) {
        below.add(*p);
        if *p > 0.0 {
            let below = below.value();
            let pair = if below < *above { (below, 1.0 - below) } else { (1.0 - above, *above) };
            last = (last.0.max(pair.0), last.1.min(pair.1));
        }
        cdf.push(last.0);
        sf.push(last.1);
    }
    (cdf, sf)
}

impl Univariate for Categorical {
    fn support(&self) -> Support {
        self.support
    }

    fn log_prob(&self, x: f64) -> f64 {
        self.prob(x).ln()
    }

    fn prob(&self, x: f64) -> f64 {
        if x.is_nan() || x == x.trunc() { Self::at(&self.probabilities, x, 0.0, 0.0) } else { 0.0 }
    }

    fn cdf(&self, x: f64) -> f64 {
        Self::at(&self.cdf, x, 0.0, 1.0)
    }

    fn sf(&self, x: f64) -> f64 {
        Self::at(&self.sf, x, 1.0, 0.0)
    }

    fn log_cdf(&self, x: f64) -> f64 {
        let sf = self.sf(x);
        if sf < 0.5 { (-sf).ln_1p() } else { self.cdf(x).ln() }
    }

    fn log_sf(&self, x: f64) -> f64 {
        let cdf = self.cdf(x);
        if cdf < 0.5 { (-cdf).ln_1p() } else { self.sf(x).ln() }
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            f64::NAN
        } else if p == 1.0 {
            self.support.upper
        } else {
            let index = self.cdf.partition_point(|cdf| *cdf < p) as f64;
            index.clamp(self.support.lower, self.support.upper)
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            f64::NAN
        } else {
            let index = self.sf.partition_point(|sf| *sf > q) as f64;
            index.clamp(self.support.lower, self.support.upper)
        }
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::counts::log_prob_into(self, x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::counts::sample_block(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        self.probabilities.iter().enumerate().map(|(k, p)| k as f64 * p).sum()
    }

    fn variance(&self) -> f64 {
        let mean = self.mean();
        self.probabilities.iter().enumerate().map(|(k, p)| (k as f64 - mean).powi(2) * p).sum()
    }

    fn mode(&self) -> f64 {
        let largest = self.probabilities.iter().copied().fold(0.0, f64::max);
        self.probabilities.iter().position(|p| *p == largest).unwrap_or(0) as f64
    }

    fn entropy(&self) -> f64 {
        self.probabilities.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum()
    }
}

impl Distribution<f64> for Categorical {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        draw::by_quantile(self, rng)
    }
}
