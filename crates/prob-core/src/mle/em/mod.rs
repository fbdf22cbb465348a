//! Mixtures by the EM algorithm (Dempster, Laird and Rubin, JRSS B 39, 1977).
//!
//! Given the responsibilities `r_ik = w_k p_k(x_i) / Σ_j w_j p_j(x_i)`, each component is the law of
//! the largest likelihood for the observations weighted with its column; given the components, the
//! responsibilities follow. No step lowers the likelihood. Where it ends depends on the start: several
//! are tried, each from centres drawn far apart (Arthur and Vassilvitskii, SODA 2007), and the best is
//! kept.

mod laws;
mod starts;

pub use laws::{fit_mixture, fit_mv_normal_mixture};

use super::Fitted;
use crate::{Error, Seed, logspace};

/// How the EM algorithm is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmOptions {
    /// How many starts are tried, at least 1.
    pub restarts: usize,
    /// The most steps of each.
    pub max_iterations: usize,
    /// A run has converged when a step raises the mean log-likelihood of an observation by less.
    pub tolerance: f64,
}

impl Default for EmOptions {
    /// Ten starts of at most 10,000 steps, to a rise of 1e-10.
    fn default() -> Self {
        Self { restarts: 10, max_iterations: 10_000, tolerance: 1e-10 }
    }
}

/// A mixture of the largest likelihood that was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EmFit<M> {
    /// The mixture, its components in the order of falling weight. The estimates have no standard
    /// errors.
    pub fitted: Fitted<M>,
    /// The log-likelihood after each step of the run that won.
    pub history: Vec<f64>,
    /// Whether that run converged.
    pub converged: bool,
    /// How many of the starts ended in a component that shrank onto too few observations.
    pub collapsed: usize,
}

/// One component with its weight, and what the mixture's estimates say of it.
struct Part<L> {
    weight: f64,
    fit: Fitted<L>,
}

/// What EM is run on: laws of one kind, and observations that only they look at.
struct Task<'a, L, F, P>
where
    F: Fn(&[f64]) -> Result<Fitted<L>, Error>,
    P: Fn(&L, &mut [f64]),
{
    /// How often each observation was seen.
    weights: &'a [f64],
    components: usize,
    /// The law of the largest likelihood for observations with these weights.
    fit: F,
    /// Writes the `ln p` of each observation.
    log_prob: P,
}

/// A run of EM from one start.
struct Run<L> {
    parts: Vec<Part<L>>,
    history: Vec<f64>,
    converged: bool,
}

impl<L, F, P> Task<'_, L, F, P>
where
    F: Fn(&[f64]) -> Result<Fitted<L>, Error>,
    P: Fn(&L, &mut [f64]),
{
    /// The best of several runs, and how many collapsed. `start` makes the responsibilities that a
    /// run begins with, a column for each component.
    fn best(
        &self,
        options: &EmOptions,
        seed: Seed,
        start: impl Fn(&mut rand_pcg::Pcg64Dxsm) -> Vec<Vec<f64>>,
    ) -> Result<(Run<L>, usize), Error> {
        if self.components == 0 {
            return Err(Error::Empty { what: "the mixture" });
        }
        let seen = self.weights.iter().filter(|w| **w > 0.0).count();
        if self.components > seen {
            let (what, expected) = ("observations", self.components);
            return Err(Error::LengthMismatch { what, expected, found: seen });
        }
        let (mut best, mut collapsed, mut failure): (Option<Run<L>>, usize, Option<Error>) =
            (None, 0, None);
        for index in 0..options.restarts.max(1) {
            let mut rng = seed.stream("em", index as u64);
            match self.run(start(&mut rng), options) {
                Ok(run) if best.as_ref().is_none_or(|b| b.history.last() < run.history.last()) => {
                    best = Some(run);
                }
                Ok(_) => {}
                Err(error) => {
                    collapsed += 1;
                    failure = failure.or(Some(error));
                }
            }
        }
        match (best, failure) {
            (Some(run), _) => Ok((run, collapsed)),
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::Empty { what: "the list of starts" }),
        }
    }

    fn run(&self, start: Vec<Vec<f64>>, options: &EmOptions) -> Result<Run<L>, Error> {
        let mut shares = start;
        let mut history: Vec<f64> = Vec::new();
        let n: f64 = self.weights.iter().sum();
        loop {
            let mut parts = self.maximise(&shares, n)?;
            let log_likelihood = self.expect(&parts, &mut shares);
            if !log_likelihood.is_finite() {
                let what = "log-likelihood";
                return Err(Error::NoMaximum { law: "mixture", what, value: log_likelihood });
            }
            let rise = history.last().map_or(f64::INFINITY, |last| (log_likelihood - last) / n);
            history.push(log_likelihood);
            let converged = rise < options.tolerance;
            if converged || history.len() >= options.max_iterations {
                parts.sort_by(|a, b| b.weight.total_cmp(&a.weight));
                return Ok(Run { parts, history, converged });
            }
        }
    }

    /// The components that are best for these responsibilities.
    fn maximise(&self, shares: &[Vec<f64>], n: f64) -> Result<Vec<Part<L>>, Error> {
        let mut parts = Vec::with_capacity(self.components);
        for (component, column) in shares.iter().enumerate() {
            let collapsed = |why: Error| Error::Collapsed { component, why: Box::new(why) };
            let weights: Vec<f64> = column.iter().zip(self.weights).map(|(r, w)| r * w).collect();
            let total: f64 = weights.iter().sum();
            let most = weights.iter().fold(0.0, |most: f64, w| most.max(*w));
            if self.weights.len() > 1 && total - most <= 1e-9 * total {
                return Err(collapsed(Error::Empty {
                    what: "its share of all but one observation",
                }));
            }
            let fit = (self.fit)(&weights).map_err(collapsed)?;
            parts.push(Part { weight: total / n, fit });
        }
        Ok(parts)
    }

    /// Replaces the responsibilities by those of these components; gives the log-likelihood.
    fn expect(&self, parts: &[Part<L>], shares: &mut [Vec<f64>]) -> f64 {
        for (part, column) in parts.iter().zip(shares.iter_mut()) {
            (self.log_prob)(&part.fit.law, column);
            column.iter_mut().for_each(|l| *l += part.weight.ln());
        }
        let mut log_likelihood = 0.0;
        let mut logs = vec![0.0; parts.len()];
        for (i, w) in self.weights.iter().enumerate() {
            logs.iter_mut().zip(&*shares).for_each(|(log, column)| *log = column[i]);
            let all = logspace::log_sum_exp(&logs);
            for column in shares.iter_mut() {
                column[i] = (column[i] - all).exp();
            }
            if *w > 0.0 {
                log_likelihood += w * all;
            } else {
                // An observation that was never seen may be impossible: NaN would spread.
                shares.iter_mut().for_each(|column| column[i] = 0.0);
            }
        }
        log_likelihood
    }
}

impl<L: Clone> Run<L> {
    /// The mixture's fit, `mixture` being made of the weights and the components.
    fn finish<M>(
        self,
        n: f64,
        collapsed: usize,
        mixture: impl Fn(Vec<f64>, Vec<L>) -> Result<M, Error>,
    ) -> Result<EmFit<M>, Error> {
        let total: f64 = self.parts.iter().map(|part| part.weight).sum();
        let weights: Vec<f64> = self.parts.iter().map(|part| part.weight / total).collect();
        let laws = self.parts.iter().map(|part| part.fit.law.clone()).collect();
        let law = mixture(weights.clone(), laws)?;
        let mut names: Vec<String> = (0..weights.len()).map(|k| format!("weight {k}")).collect();
        let mut values = weights;
        for (k, part) in self.parts.iter().enumerate() {
            for estimate in &part.fit.estimates {
                names.push(format!("{} of {k}", estimate.name));
                values.push(estimate.value);
            }
        }
        let inside: usize = self.parts.iter().map(|part| part.fit.free_parameters).sum();
        let mut fitted = Fitted::with_errors(law, &names, &values, &vec![None; values.len()]);
        fitted.free_parameters = inside + self.parts.len() - 1;
        fitted.log_likelihood = self.history.last().copied().unwrap_or(f64::NAN);
        fitted.observations = n;
        Ok(EmFit { fitted, history: self.history, converged: self.converged, collapsed })
    }
}
