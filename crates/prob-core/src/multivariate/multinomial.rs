//! The multinomial law, `P(x) = n! Π_i p_i^{x_i} / x_i!`: counts of n independent draws from k
//! categories.
//!
//! With Stirling's formula and its error δ (Loader 2000, for two categories; `eq:multinomial`)
//!
//! ```text
//! ln P(x) = Σ_{x_i > 0} [ −D(x_i, n p_i) − ½ ln 2π x_i − δ(x_i) ] − Σ_{x_i = 0} n p_i
//!           + ½ ln 2πn + δ(n),        D(x, m) = x ln(x/m) + m − x.
//! ```

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::{Binomial as BinomialSampler, Distribution};
use serde::{Deserialize, Serialize};

use super::{Multivariate, indices};
use crate::{
    Binomial, Error, LogDensity,
    special::{log1pmx, stirling_error},
};

/// How far the probabilities may be from summing to one.
const SUM_TOLERANCE: f64 = 1e-9;

/// More trials are not whole numbers of an `f64` any more: 2^53.
const MOST_TRIALS: u64 = 1 << 53;

/// The law of how often each of k categories comes up in n trials.
///
/// ```
/// use prob_core::{Multinomial, Multivariate};
///
/// let law = Multinomial::new(4, vec![0.5, 0.25, 0.25])?;
/// let exact: f64 = 12.0 * 0.25 * 0.25 * 0.25; // 4! / (2! 1! 1!) · ½² · ¼ · ¼
/// assert!((law.log_prob(&[2.0, 1.0, 1.0]) - exact.ln()).abs() < 1e-15);
/// assert_eq!(law.mean().as_slice(), [2.0, 1.0, 1.0]);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Multinomial {
    trials: u64,
    probabilities: Vec<f64>,
    /// Of the probabilities from i on; the first is the sum of all.
    from: Vec<f64>,
}

impl Multinomial {
    /// The law of `trials` draws, where category i has the probability `probabilities[i]` (divided
    /// by their sum, which rounding may move off 1).
    ///
    /// # Errors
    /// [`Error::Empty`] for no category, [`Error::NotAProbability`], [`Error::NotNormalised`];
    /// [`Error::Parameter`] for more than 2^53 trials.
    pub fn new(trials: u64, probabilities: Vec<f64>) -> Result<Self, Error> {
        if probabilities.is_empty() {
            return Err(Error::Empty { what: "the probabilities" });
        }
        if trials > MOST_TRIALS {
            let (law, what, needed) = ("multinomial", "number of trials", "at most 2^53");
            return Err(Error::Parameter { law, what, value: trials as f64, needed });
        }
        let bad = |p: &f64| !(p.is_finite() && *p >= 0.0);
        if let Some(index) = probabilities.iter().position(bad) {
            let value = probabilities[index];
            return Err(Error::NotAProbability { what: "probability", index, value });
        }
        let mut from = probabilities.clone();
        for i in (0..from.len() - 1).rev() {
            from[i] += from[i + 1];
        }
        let sum = from[0];
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(Error::NotNormalised { what: "the categories", sum });
        }
        Ok(Self { trials, probabilities, from })
    }

    /// The number of trials n.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// The probability of each category, as given.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The law of one of the counts: binomial.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`].
    pub fn marginal(&self, index: usize) -> Result<Binomial, Error> {
        indices::named(&[index], self.dim())?;
        Binomial::new(self.trials, self.share(index))
    }

    /// The law of the sums over groups of categories: again multinomial. Every category must be in
    /// one group.
    ///
    /// # Errors
    /// [`Error::Empty`] for no group or an empty one, [`Error::IndexOutOfRange`],
    /// [`Error::DuplicateIndex`], [`Error::LengthMismatch`] if a category is in no group.
    pub fn aggregate(&self, groups: &[&[usize]]) -> Result<Multinomial, Error> {
        indices::partition(groups, self.dim())?;
        let sum = |group: &&[usize]| group.iter().map(|i| self.probabilities[*i]).sum();
        Multinomial::new(self.trials, groups.iter().map(sum).collect())
    }

    /// Writes a draw to `out`: each count is binomial given the ones before.
    ///
    /// # Panics
    /// If `out` has another length than the law has categories.
    pub fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim(), "the buffer must have one element per category");
        let mut left = self.trials;
        for ((x, p), from) in out.iter_mut().zip(&self.probabilities).zip(&self.from) {
            // The sampler falls back on Poisson for tiny p: the count is kept below the trials.
            let count = if left == 0 || *p == 0.0 {
                0
            } else {
                BinomialSampler::new(left, p / from).map_or(0, |law| law.sample(rng)).min(left)
            };
            left -= count;
            *x = count as f64;
        }
    }

    /// The probability of category `i`, divided by the sum.
    fn share(&self, i: usize) -> f64 {
        self.probabilities[i] / self.from[0]
    }
}

impl Multivariate for Multinomial {
    fn dim(&self) -> usize {
        self.probabilities.len()
    }

    /// `ln P(x)`; `−∞` unless the numbers are whole, at least 0, and sum to the number of trials.
    fn log_prob(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        if x.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        let n = self.trials as f64;
        // Up to 2^53 sums of counts are exact.
        if x.iter().any(|x| *x < 0.0 || *x != x.trunc()) || x.iter().sum::<f64>() != n {
            return f64::NEG_INFINITY;
        }
        if self.trials == 0 {
            return 0.0;
        }
        let term = |(x, p): (&f64, &f64)| {
            if *x == 0.0 {
                -n * p
            } else {
                -deviance(*x, n, *p) - 0.5 * (2.0 * PI * x).ln() - stirling_error(*x)
            }
        };
        let terms: f64 = x.iter().zip(&self.probabilities).map(term).sum();
        // Division by the sum of probabilities takes off n ln sum; the terms have n (sum − 1).
        terms + 0.5 * (2.0 * PI * n).ln() + stirling_error(n) - n * log1pmx(self.from[0] - 1.0)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        Self::sample_into(self, out, rng);
    }

    fn mean(&self) -> DVector<f64> {
        DVector::from_fn(self.dim(), |i, _| self.trials as f64 * self.share(i))
    }

    fn covariance(&self) -> DMatrix<f64> {
        let n = self.trials as f64;
        let others = |i: usize| (0..self.dim()).filter(|j| *j != i).map(|j| self.share(j)).sum();
        DMatrix::from_fn(self.dim(), self.dim(), |i, j| {
            let other: f64 = if i == j { others(i) } else { -self.share(j) };
            n * self.share(i) * other
        })
    }
}

/// `x ln(x/m) + m − x ≥ 0` with `m = n p`, for `x > 0`.
fn deviance(x: f64, n: f64, p: f64) -> f64 {
    let m = n * p;
    if (0.6 * x..1.6 * x).contains(&m) {
        // The difference with what rounding takes from the product: x has nearly all digits of it.
        let excess = (m - x) + n.mul_add(p, -m);
        -x * log1pmx(excess / x)
    } else {
        x * (x.ln() - m.ln()) + m - x
    }
}

impl LogDensity<[f64]> for Multinomial {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl Distribution<DVector<f64>> for Multinomial {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim());
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}

/// What is written of a law.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    trials: u64,
    probabilities: Vec<f64>,
}

impl TryFrom<Parameters> for Multinomial {
    type Error = Error;
    fn try_from(p: Parameters) -> Result<Self, Error> {
        Self::new(p.trials, p.probabilities)
    }
}

impl From<Multinomial> for Parameters {
    fn from(law: Multinomial) -> Self {
        Self { trials: law.trials, probabilities: law.probabilities }
    }
}
