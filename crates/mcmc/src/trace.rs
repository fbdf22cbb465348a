//! The draws of several chains: axes chain, draw, variable.

use nalgebra::{DMatrix, DVector};

use crate::{Error, cycle::CHOSEN};

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
    names: Vec<String>,
    statistic_names: Vec<&'static str>,
    /// In the order chain, draw, statistic.
    statistics: Vec<f64>,
}

/// The part of a trace that one chain fills.
pub(crate) struct ChainDraws<'a> {
    pub(crate) values: &'a mut [f64],
    pub(crate) statistics: &'a mut [f64],
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
        Ok(Self {
            chains,
            draws,
            variables,
            values,
            names: numbered(variables),
            statistic_names: Vec::new(),
            statistics: Vec::new(),
        })
    }

    /// Room for the draws of a run, with these statistics of each.
    pub(crate) fn zeros(
        chains: usize,
        draws: usize,
        variables: usize,
        statistic_names: Vec<&'static str>,
    ) -> Result<Self, Error> {
        let too_large = || Error::TooLarge { chains, draws, variables };
        let zeros = |size: usize| {
            let mut values = Vec::new();
            values.try_reserve_exact(size).map_err(|_| too_large())?;
            values.resize(size, 0.0);
            Ok(values)
        };
        let values = zeros(size(chains, draws, variables)?)?;
        let columns = (chains * draws).checked_mul(statistic_names.len()).ok_or_else(too_large)?;
        let statistics = zeros(columns)?;
        let names = numbered(variables);
        Ok(Self { chains, draws, variables, values, names, statistic_names, statistics })
    }

    /// The same trace with names for its variables; without, they are `x[0]`, `x[1]`, …
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of names.
    pub fn with_names<N: Into<String>>(
        self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let (expected, found) = (self.variables, names.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the list of names", expected, found });
        }
        Ok(Self { names, ..self })
    }

    /// The names of the variables.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The names of what the kernel told of each draw, `accepted` for one.
    #[must_use]
    pub fn statistic_names(&self) -> &[&'static str] {
        &self.statistic_names
    }

    /// A statistic of the steps as one series a chain: the mean over the steps of each draw. `None`
    /// if the kernel has none of this name; the first, if it has several.
    #[must_use]
    pub fn statistic(&self, name: &str) -> Option<Vec<Vec<f64>>> {
        let columns = self.statistic_names.len();
        let column = self.statistic_names.iter().position(|n| *n == name)?;
        let series = |chain: &[f64]| chain.iter().skip(column).step_by(columns).copied().collect();
        Some(self.statistics.chunks_exact(self.draws * columns).map(series).collect())
    }

    /// The share of the proposals that were accepted, a number for each chain.
    ///
    /// `None` for kernels without proposals, and for those of several parts that have no one such share:
    /// a [`Cycle`](crate::Cycle) of two that propose, and every [`Choice`](crate::Choice), whose column
    /// counts the steps of the other part as well.
    #[must_use]
    pub fn acceptance(&self) -> Option<Vec<f64>> {
        let columns = |name: &str| self.statistic_names.iter().filter(|n| **n == name).count();
        if columns("accepted") != 1 || columns(CHOSEN) > 0 {
            return None;
        }
        let mean = |x: Vec<f64>| x.iter().sum::<f64>() / x.len() as f64;
        Some(self.statistic("accepted")?.into_iter().map(mean).collect())
    }

    /// The trace of these chains alone, in this order; `None` if there are none.
    pub(crate) fn of_chains(&self, chains: &[usize]) -> Option<Self> {
        fn pick(chains: &[usize], values: &[f64], length: usize) -> Vec<f64> {
            chains.iter().flat_map(|c| &values[c * length..(c + 1) * length]).copied().collect()
        }
        if chains.is_empty() {
            return None;
        }
        Some(Self {
            chains: chains.len(),
            draws: self.draws,
            variables: self.variables,
            values: pick(chains, &self.values, self.draws * self.variables),
            names: self.names.clone(),
            statistic_names: self.statistic_names.clone(),
            statistics: pick(chains, &self.statistics, self.draws * self.statistic_names.len()),
        })
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
    pub(crate) fn chains_mut(&mut self) -> Vec<ChainDraws<'_>> {
        let values = self.values.chunks_exact_mut(self.draws * self.variables);
        let columns = self.draws * self.statistic_names.len();
        let mut rest = self.statistics.as_mut_slice();
        let with_statistics = |values| {
            let (statistics, others) = std::mem::take(&mut rest).split_at_mut(columns);
            rest = others;
            ChainDraws { values, statistics }
        };
        values.map(with_statistics).collect()
    }
}

fn numbered(variables: usize) -> Vec<String> {
    (0..variables).map(|i| format!("x[{i}]")).collect()
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
