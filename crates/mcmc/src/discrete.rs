//! Gibbs sampling of whole numbers, with nothing given but a log density.
//!
//! A variable with `n` values has the conditional law
//!
//! ```text
//! p(x_b = k | x_{−b}) = f(k, x_{−b}) / Σ_m f(m, x_{−b}),   k = 0 … n − 1
//! ```
//!
//! in which the unknown constant of `f` cancels: `n` evaluations of `ln f` are enough.

use prob_core::{LogDensity, logspace::log_sum_exp};
use rand::Rng;
use rand_distr::{Distribution, Exp1};

use crate::mutants::planted;
use crate::point::checked_log_density;
use crate::{Conditionals, Error};

/// The conditionals of a law on whole numbers: coordinate `i` has the values `0..cardinality[i]`, and
/// each is a block.
///
/// Coordinates after these, if [`beside`](Self::beside) asks for some, are conditioned upon and never
/// renewed: they are left to another kernel in a [`Cycle`](crate::Cycle) or [`Choice`](crate::Choice).
///
/// ```
/// use mcmc::{Discrete, Gibbs, Kernel};
/// use prob_core::Seed;
///
/// // Two spins that like to agree.
/// let law = Discrete::new(|x: &[f64]| if x[0] == x[1] { 1.0 } else { 0.0 }, vec![2, 2])?;
/// let agree = law.conditional(0, &[0.0, 1.0])?[1];
/// assert!((agree - 1.0 / (1.0 + (-1.0f64).exp())).abs() < 1e-15);
///
/// let mut rng = Seed(1).stream("example", 0);
/// let mut state = Gibbs.init(&law, [0.0, 0.0].as_slice())?;
/// Gibbs.step(&law, &mut state, &mut rng)?;
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Discrete<D> {
    law: D,
    cardinality: Vec<usize>,
    others: usize,
}

impl<D: LogDensity<[f64]>> Discrete<D> {
    /// The law with log density `law`, up to a constant, on points with `cardinality.len()`
    /// coordinates. `law` is only asked for points on this grid.
    ///
    /// # Errors
    /// [`Error::Zero`] without coordinates, or with one that has no values.
    pub fn new(law: D, cardinality: Vec<usize>) -> Result<Self, Error> {
        if cardinality.is_empty() {
            return Err(Error::Zero { what: "the number of discrete coordinates" });
        }
        if cardinality.contains(&0) {
            return Err(Error::Zero { what: "a cardinality" });
        }
        Ok(Self { law, cardinality, others: 0 })
    }

    /// With `others` coordinates after the discrete ones, of any value, which are never renewed.
    #[must_use]
    pub fn beside(self, others: usize) -> Self {
        Self { others, ..self }
    }

    /// The number of values of each discrete coordinate.
    #[must_use]
    pub fn cardinality(&self) -> &[usize] {
        &self.cardinality
    }

    /// The probabilities `p(x_block = k | the others)`, by log-sum-exp; the value of `x[block]` itself
    /// does not matter.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a block that there is not; [`Error::LengthMismatch`] or
    /// [`Error::OffGrid`] for a point that is not on the grid elsewhere; [`Error::BrokenLogDensity`];
    /// [`Error::OutsideSupport`] if no value has a density.
    pub fn conditional(&self, block: usize, x: &[f64]) -> Result<Vec<f64>, Error> {
        let limit = self.cardinality.len();
        let n = *self.cardinality.get(block).ok_or(Error::OutOfRange {
            what: "the block",
            index: block,
            limit,
        })?;
        let mut x = x.to_vec();
        if let Some(value) = x.get_mut(block) {
            *value = 0.0;
        }
        self.on_grid(&x)?;
        let mut logs = Vec::with_capacity(n);
        for k in 0..n {
            x[block] = k as f64;
            logs.push(checked_log_density(&self.law, &x)?);
        }
        let log_sum = log_sum_exp(&logs);
        if log_sum == f64::NEG_INFINITY {
            return Err(Error::OutsideSupport { value: log_sum });
        }
        Ok(logs.iter().map(|log| (log - log_sum).exp()).collect())
    }

    /// Refuses points that have another length or are off the grid.
    fn on_grid(&self, x: &[f64]) -> Result<(), Error> {
        let (expected, found) = (self.cardinality.len() + self.others, x.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the point", expected, found });
        }
        let off = |(value, n): (&f64, &usize)| !is_value(*value, *n);
        if let Some(index) = x.iter().zip(&self.cardinality).position(off) {
            let (value, cardinality) = (x[index], self.cardinality[index]);
            return Err(Error::OffGrid { index, value, cardinality });
        }
        crate::error::check_finite("point", x)
    }
}

/// Whether `value` is one of `0..n`. NaN is not.
#[inline]
fn is_value(value: f64, n: usize) -> bool {
    value >= 0.0 && value < n as f64 && value.fract() == 0.0
}

/// `−∞` off the grid, so that kernels that know nothing of it stay on it.
impl<D: LogDensity<[f64]>> LogDensity<[f64]> for Discrete<D> {
    fn log_density(&self, x: &[f64]) -> f64 {
        let right_length = x.len() == self.cardinality.len() + self.others;
        let on_grid = x.iter().zip(&self.cardinality).all(|(value, n)| is_value(*value, *n));
        if right_length && on_grid { self.law.log_density(x) } else { f64::NEG_INFINITY }
    }
}

impl<D: LogDensity<[f64]>> Conditionals<[f64]> for Discrete<D> {
    #[inline]
    fn blocks(&self) -> usize {
        self.cardinality.len()
    }

    /// The values race: value k arrives after a time `E_k / f_k`, `E_k` exponential, and the first
    /// to arrive is k with probability `f_k / Σ f` (the Gumbel-max trick: `−ln E` is a Gumbel
    /// variable). One pass, each density asked for once and none stored.
    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let old = x[block];
        let (mut best, mut value) = (f64::NEG_INFINITY, None);
        let first = usize::from(planted("the-first-value-never") && self.cardinality[block] > 2);
        for k in first..self.cardinality[block] {
            x[block] = if planted("the-old-value-in-its-own-law") { old } else { k as f64 };
            let log_f = match checked_log_density(&self.law, x) {
                Ok(log_f) => log_f,
                Err(error) => {
                    x[block] = old;
                    return Err(error);
                }
            };
            let time: f64 = Exp1.sample(rng);
            let time = if planted("a-race-without-logarithm") { time } else { time.ln() };
            let score = log_f - time;
            if score > best {
                (best, value) = (score, Some(k as f64));
            }
        }
        x[block] = value.unwrap_or(old);
        // Only where the law has changed under the chain is there no value with a density.
        value.map(|_| ()).ok_or(Error::OutsideSupport { value: best })
    }

    /// # Errors
    /// [`Error::LengthMismatch`] or [`Error::OffGrid`] off the grid, [`Error::NotFinite`] for a bad
    /// coordinate beside it, [`Error::OutsideSupport`] where the log density is not finite.
    fn check(&self, x: &[f64]) -> Result<(), Error> {
        self.on_grid(x)?;
        let value = self.law.log_density(x);
        if value.is_finite() { Ok(()) } else { Err(Error::OutsideSupport { value }) }
    }
}
