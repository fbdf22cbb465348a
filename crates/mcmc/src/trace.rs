//! The draws of several chains: axes chain, draw, variable.

use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use crate::Error;

/// The draws of several chains of equal length.
///
/// The axes are chain, draw, variable, the last one running fastest: a draw is contiguous, and so
/// is a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    chains: usize,
    draws: usize,
    variables: usize,
    values: Vec<f64>,
}

impl Trace {
    /// A trace from its values in the order chain, draw, variable.
    ///
    /// # Errors
    /// [`Error::Zero`] for an empty axis, [`Error::LengthMismatch`] for another number of values,
    /// [`Error::TooLarge`] if the product of the axes overflows.
    pub fn new(
        chains: usize,
        draws: usize,
        variables: usize,
        values: Vec<f64>,
    ) -> Result<Self, Error> {
        let expected = size(chains, draws, variables)?;
        if values.len() != expected {
            let found = values.len();
            return Err(Error::LengthMismatch { what: "the list of draws", expected, found });
        }
        Ok(Self { chains, draws, variables, values })
    }

    /// Room for the draws of a run.
    pub(crate) fn zeros(chains: usize, draws: usize, variables: usize) -> Result<Self, Error> {
        let size = size(chains, draws, variables)?;
        let mut values = Vec::new();
        values.try_reserve_exact(size).map_err(|_| Error::TooLarge { chains, draws, variables })?;
        values.resize(size, 0.0);
        Ok(Self { chains, draws, variables, values })
    }

    /// Number of chains, at least 1.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.chains
    }

    /// Number of draws of each chain, at least 1.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.draws
    }

    /// Number of variables of each draw, at least 1.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.variables
    }

    /// All values in the order chain, draw, variable.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The draws of one chain, one after another: `draws · variables` values.
    ///
    /// # Panics
    /// If there is no such chain.
    #[must_use]
    pub fn chain(&self, chain: usize) -> &[f64] {
        let length = self.draws * self.variables;
        &self.values[chain * length..(chain + 1) * length]
    }

    /// One draw: the values of all variables.
    ///
    /// # Panics
    /// If there is no such chain or draw.
    #[must_use]
    pub fn draw(&self, chain: usize, draw: usize) -> &[f64] {
        &self.chain(chain)[draw * self.variables..(draw + 1) * self.variables]
    }

    /// All draws, chain after chain.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f64]> + '_ {
        self.values.chunks_exact(self.variables)
    }

    /// One variable as one series a chain: what the [diagnostics](crate::diagnostics) take.
    ///
    /// # Panics
    /// If there is no such variable.
    #[must_use]
    pub fn variable(&self, variable: usize) -> Vec<Vec<f64>> {
        assert!(variable < self.variables, "no variable {variable} among {}", self.variables);
        self.series(|draw| draw[variable])
    }

    /// A function of each draw as one series a chain.
    ///
    /// ```
    /// let trace = mcmc::Trace::new(1, 2, 2, vec![1.0, 2.0, 3.0, 4.0])?;
    /// assert_eq!(trace.series(|x| x[0] * x[1]), [[2.0, 12.0]]);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    #[must_use]
    pub fn series(&self, f: impl Fn(&[f64]) -> f64) -> Vec<Vec<f64>> {
        let chain = |c| self.chain(c).chunks_exact(self.variables).map(&f).collect();
        (0..self.chains).map(chain).collect()
    }

    /// The mean of each variable over all draws of all chains.
    #[must_use]
    pub fn mean(&self) -> DVector<f64> {
        let mut mean = DVector::zeros(self.variables);
        for draw in self.iter() {
            mean.iter_mut().zip(draw).for_each(|(m, x)| *m += x);
        }
        mean / (self.chains * self.draws) as f64
    }

    /// The covariance of the variables over all draws of all chains, with the divisor n − 1 for n
    /// draws in all (a single draw has covariance NaN).
    #[must_use]
    pub fn covariance(&self) -> DMatrix<f64> {
        let mean = self.mean();
        let mut sum = DMatrix::zeros(self.variables, self.variables);
        let mut deviation = DVector::zeros(self.variables);
        for draw in self.iter() {
            deviation.iter_mut().zip(draw).zip(&mean).for_each(|((d, x), m)| *d = x - m);
            sum.ger(1.0, &deviation, &deviation, 1.0);
        }
        let n = (self.chains * self.draws) as f64;
        sum / (n - 1.0)
    }

    /// The correlation matrix of the variables; NaN where a variable is constant.
    #[must_use]
    pub fn correlation(&self) -> DMatrix<f64> {
        let covariance = self.covariance();
        DMatrix::from_fn(self.variables, self.variables, |i, j| {
            covariance[(i, j)] / (covariance[(i, i)] * covariance[(j, j)]).sqrt()
        })
    }

    /// The chains, to be filled in parallel.
    pub(crate) fn chains_mut(&mut self) -> rayon::slice::ChunksExactMut<'_, f64> {
        self.values.par_chunks_exact_mut(self.draws * self.variables)
    }
}

/// The number of values, if there is at least one and they can be counted.
fn size(chains: usize, draws: usize, variables: usize) -> Result<usize, Error> {
    for (count, what) in [
        (chains, "the number of chains"),
        (draws, "the number of draws"),
        (variables, "the number of variables"),
    ] {
        if count == 0 {
            return Err(Error::Zero { what });
        }
    }
    chains.checked_mul(draws).and_then(|n| n.checked_mul(variables)).ok_or(Error::TooLarge {
        chains,
        draws,
        variables,
    })
}
