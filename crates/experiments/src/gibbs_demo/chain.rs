//! The chains, the exact samples beside them, and what they are worth.

use std::fmt::Write;

use mcmc::{Error, Gibbs, Schedule, Trace, diagnostics, gibbs_path, sample_chains};
use nalgebra::{dmatrix, dvector};
use prob_core::{MvNormal, Seed};
use rand::distr::Distribution;

use super::config::Config;

/// Sweeps whose path is drawn.
const PATH_SWEEPS: usize = 100;
/// From this R-hat on, and below this effective sample size, nothing is concluded.
const CONCLUSIVE: (f64, f64) = (1.01, 400.0);

/// The columns of the table of [`Sampled::rows`].
pub const HEADERS: [&str; 5] = ["", "estimate", "standard error", "exact", "z"];

/// What was sampled and measured.
#[derive(Debug)]
pub struct Sampled {
    /// The draws after burn-in.
    pub trace: Trace,
    /// The path within the first sweeps of the first chain: start, then a point after each update.
    pub path: Vec<[f64; 2]>,
    /// Independent draws of the same law.
    pub exact: Vec<[f64; 2]>,
    /// Estimates beside exact values.
    pub estimates: Vec<Estimate>,
    /// The larger R-hat and the smaller effective sample size of the two variables.
    worst: (f64, f64),
}

/// An estimated number.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// What is estimated.
    pub name: &'static str,
    /// The estimate; `None` where the diagnostics refuse to give one.
    pub value: Option<f64>,
    /// Its Monte Carlo standard error, where there is one.
    pub error: Option<f64>,
    /// The exact value.
    pub exact: f64,
}

impl Sampled {
    /// Runs the chains of a configuration.
    ///
    /// # Errors
    /// Where the draws do not fit into memory.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let rho = config.correlation;
        let law = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, rho; rho, 1.0])?;
        let seed = Seed(config.seed);
        let starts = vec![config.start.clone(); config.chains];
        let draws = config.sweeps - config.burn_in;
        let schedule = Schedule { burn_in: config.burn_in, ..Schedule::keep(draws) };
        let trace = sample_chains(&Gibbs, &law, &starts, schedule, seed)?;
        // The stream of the first chain: the drawn path is the path of its first sweeps.
        let mut rng = seed.stream("chain", 0);
        let path = gibbs_path(&law, config.start.as_slice(), PATH_SWEEPS, &mut rng)?;
        let mut rng = seed.stream("exact", 0);
        let exact = (0..config.sweeps).map(|_| law.sample(&mut rng)).map(|x| [x[0], x[1]]);
        Ok(Self {
            path: path.iter().map(|x| [x[0], x[1]]).collect(),
            exact: exact.collect(),
            worst: worst(&trace)?,
            estimates: estimates(&trace, rho)?,
            trace,
        })
    }

    /// The first sweeps of the first chain, one point a sweep.
    pub fn first_sweeps(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        self.path.iter().copied().step_by(2)
    }

    /// What was done, in a line.
    pub fn headline(&self, config: &Config) -> String {
        let chains = match self.trace.chains() {
            1 => "one chain".to_owned(),
            n => format!("{n} chains"),
        };
        format!(
            "Gibbs sampling of a two-dimensional Gaussian with correlation {}: {chains} of {} \
             sweeps from ({}, {}), {} of them burn-in",
            config.correlation, config.sweeps, config.start[0], config.start[1], config.burn_in
        )
    }

    /// The estimates as cells of a table with [`HEADERS`].
    pub fn rows(&self) -> Vec<Vec<String>> {
        let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), rounded);
        self.estimates
            .iter()
            .map(|e| {
                let z = e.z().map_or_else(String::new, |z| format!("{z:+.1}"));
                let error = e.error.map_or_else(String::new, |x| format!("{x:.4}"));
                vec![e.name.to_owned(), number(e.value), error, rounded(e.exact), z]
            })
            .collect()
    }

    /// Why nothing should be concluded from this run, if so.
    pub fn warning(&self) -> Option<String> {
        let (rhat, ess) = self.worst;
        (rhat >= CONCLUSIVE.0 || ess < CONCLUSIVE.1).then(|| {
            format!(
                "inconclusive: R-hat is {rhat:.3} (wanted below {}) and the effective sample size \
                 {ess:.0} (wanted {} or more); more --sweeps help",
                CONCLUSIVE.0, CONCLUSIVE.1
            )
        })
    }

    /// The larger R-hat of the two variables.
    pub fn rhat(&self) -> f64 {
        self.worst.0
    }

    /// All draws as `chain,draw,a,b` lines.
    pub fn draws_csv(&self) -> String {
        let mut text = String::from("chain,draw,a,b\n");
        for (i, x) in self.trace.iter().enumerate() {
            let (chain, draw) = (i / self.trace.draws(), i % self.trace.draws());
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{chain},{draw},{},{}", x[0], x[1]);
        }
        text
    }

    /// The estimates in full precision.
    pub fn summary_csv(&self) -> String {
        let mut text = String::from("quantity,estimate,standard_error,exact\n");
        let cell = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
        for e in &self.estimates {
            let _ = writeln!(text, "{},{},{},{}", e.name, cell(e.value), cell(e.error), e.exact);
        }
        text
    }
}

impl Estimate {
    /// How many standard errors the estimate is off.
    pub fn z(&self) -> Option<f64> {
        Some((self.value? - self.exact) / self.error?)
    }
}

fn rounded(x: f64) -> String {
    if x.abs() >= 100.0 { format!("{x:.0}") } else { format!("{x:.4}") }
}

fn estimates(trace: &Trace, rho: f64) -> Result<Vec<Estimate>, Error> {
    let (a, b) = (trace.variable(0), trace.variable(1));
    let (mean, covariance) = (trace.mean(), trace.covariance());
    let correlation = trace.correlation()[(0, 1)];
    let with = |name, value, error: Result<f64, Error>, exact| Estimate {
        name,
        value: Some(value),
        error: error.ok(),
        exact,
    };
    let plain = |name, value: Result<f64, Error>, exact| Estimate {
        name,
        value: value.ok(),
        error: None,
        exact,
    };
    let draws = (trace.chains() * trace.draws()) as f64;
    let square = rho * rho;
    let time = (1.0 + square) / (1.0 - square);
    let covariance_of = |x: &[Vec<f64>], y: &[Vec<f64>]| diagnostics::mcse_covariance(x, y);
    Ok(vec![
        with("mean a", mean[0], diagnostics::mcse_mean(&a), 0.0),
        with("mean b", mean[1], diagnostics::mcse_mean(&b), 0.0),
        with("variance a", covariance[(0, 0)], covariance_of(&a, &a), 1.0),
        with("variance b", covariance[(1, 1)], covariance_of(&b, &b), 1.0),
        with("covariance", covariance[(0, 1)], covariance_of(&a, &b), rho),
        with("correlation", correlation, diagnostics::mcse_correlation(&a, &b), rho),
        plain("lag-1 autocorrelation a", diagnostics::autocorrelation(&a, 1), square),
        plain("lag-1 autocorrelation b", diagnostics::autocorrelation(&b, 1), square),
        plain("autocorrelation time a", diagnostics::autocorrelation_time(&a), time),
        plain("autocorrelation time b", diagnostics::autocorrelation_time(&b), time),
        plain("effective sample size a", diagnostics::ess_mean(&a), draws / time),
        plain("effective sample size b", diagnostics::ess_mean(&b), draws / time),
    ])
}

fn worst(trace: &Trace) -> Result<(f64, f64), Error> {
    let mut worst = (0.0f64, f64::INFINITY);
    for variable in 0..trace.variables() {
        let x = trace.variable(variable);
        worst = (
            worst.0.max(diagnostics::rhat(&x)?),
            worst.1.min(diagnostics::ess_bulk(&x)?).min(diagnostics::ess_tail(&x)?),
        );
    }
    Ok(worst)
}

#[cfg(test)]
mod tests {
    use super::Sampled;
    use crate::gibbs_demo::config::Choices;

    #[test]
    fn the_path_is_that_of_the_chain_and_runs_along_the_axes() {
        let config = Choices { burn_in: Some(0), ..Choices::default() }.resolve().unwrap();
        let sampled = Sampled::new(&config).unwrap();
        for (draw, point) in sampled.first_sweeps().skip(1).enumerate() {
            assert_eq!(sampled.trace.draw(0, draw), point);
        }
        let axis = |w: &[[f64; 2]]| (w[0][0] == w[1][0]) ^ (w[0][1] == w[1][1]);
        assert!(sampled.path.windows(2).all(axis));
    }

    /// |z| ≤ 5.33 for six quantities: a false-alarm rate of 6e-7.
    #[test]
    fn the_estimates_agree_with_the_exact_values_within_their_errors() {
        let sampled = Sampled::new(&Choices::default().resolve().unwrap()).unwrap();
        let z: Vec<f64> = sampled.estimates.iter().filter_map(|e| e.z()).collect();
        assert_eq!(z.len(), 6);
        assert!(z.iter().all(|z| z.abs() < 5.33), "{z:?}");
        assert_eq!(sampled.warning(), None);
    }

    #[test]
    fn a_chain_that_does_not_mix_is_called_so() {
        let choices = Choices { correlation: Some(0.9999), ..Choices::default() };
        let sampled = Sampled::new(&choices.or(Choices::smoke()).resolve().unwrap()).unwrap();
        assert!(sampled.warning().is_some_and(|w| w.contains("inconclusive")));
    }
}
