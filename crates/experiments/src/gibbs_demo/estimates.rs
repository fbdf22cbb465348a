//! Estimates of the chains beside the exact values.

use mcmc::{Error, Trace, diagnostics};
use rayon::prelude::*;

use super::exact::Exact;

/// The columns of a table of [`Estimate::cells`].
pub const HEADERS: [&str; 5] = ["", "estimate", "standard error", "exact", "z"];

/// An estimated number.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// What is estimated.
    pub name: String,
    /// The variables that it is about, twice the same where there is one.
    pub of: [usize; 2],
    /// The estimate; `None` where the diagnostics refuse to give one.
    pub value: Option<f64>,
    /// Its Monte Carlo standard error, where there is one.
    pub error: Option<f64>,
    /// The exact value.
    pub exact: f64,
}

impl Estimate {
    /// How many standard errors the estimate is off.
    pub fn z(&self) -> Option<f64> {
        Some((self.value? - self.exact) / self.error?)
    }

    /// Whether it is about these variables alone.
    pub fn is_of(&self, variables: [usize; 2]) -> bool {
        self.of.iter().all(|v| variables.contains(v))
    }

    /// Cells of a table with [`HEADERS`].
    pub fn cells(&self) -> Vec<String> {
        let value = self.value.map_or_else(|| "–".to_owned(), rounded);
        let error = self.error.map_or_else(String::new, |x| format!("{x:.4}"));
        let z = self.z().map_or_else(String::new, |z| format!("{z:+.1}"));
        vec![self.name.clone(), value, error, rounded(self.exact), z]
    }
}

fn rounded(x: f64) -> String {
    if x.abs() >= 100.0 { format!("{x:.0}") } else { format!("{x:.4}") }
}

/// Of each variable mean, variance, autocorrelation, its time and the effective sample size, and of
/// each two neighbours covariance and correlation; `times` are exact.
pub fn all(trace: &Trace, exact: &Exact, times: &[f64]) -> Vec<Estimate> {
    let covariances = trace.covariance();
    let means = trace.mean();
    let name = |v: usize| &trace.names()[v];
    let draws = (trace.chains() * trace.draws()) as f64;
    let single = |v: usize| {
        let x = trace.variable(v);
        let with = |what: &str, value: Result<f64, Error>, error: Option<f64>, exact| Estimate {
            name: format!("{what} {}", name(v)),
            of: [v, v],
            value: value.ok(),
            error,
            exact,
        };
        let lag = exact.autocorrelations(v, 1)[1];
        let time = times[v];
        let variance = Ok(covariances[(v, v)]);
        [
            with("mean", Ok(means[v]), diagnostics::mcse_mean(&x).ok(), 0.0),
            with("variance", variance, diagnostics::mcse_covariance(&x, &x).ok(), 1.0),
            with("lag-1 autocorrelation", diagnostics::autocorrelation(&x, 1), None, lag),
            with("autocorrelation time", diagnostics::autocorrelation_time(&x), None, time),
            with("effective sample size", diagnostics::ess_mean(&x), None, draws / time),
        ]
    };
    let couple = |v: usize| {
        let (x, y) = (trace.variable(v), trace.variable(v + 1));
        let covariance = covariances[(v, v + 1)];
        let scale = (covariances[(v, v)] * covariances[(v + 1, v + 1)]).sqrt();
        let exact = exact.law.covariance()[(v, v + 1)];
        let with = |what: &str, value, error: Result<f64, Error>| Estimate {
            // With two variables there is one of each.
            name: match trace.variables() {
                2 => what.to_owned(),
                _ => format!("{what} {} {}", name(v), name(v + 1)),
            },
            of: [v, v + 1],
            value: Some(value),
            error: error.ok(),
            exact,
        };
        [
            with("covariance", covariance, diagnostics::mcse_covariance(&x, &y)),
            with("correlation", covariance / scale, diagnostics::mcse_correlation(&x, &y)),
        ]
    };
    let variables = trace.variables();
    let singles: Vec<[Estimate; 5]> = (0..variables).into_par_iter().map(single).collect();
    let couples: Vec<[Estimate; 2]> =
        (1..variables).into_par_iter().map(|v| couple(v - 1)).collect();
    let kind = |k: usize| singles.iter().map(move |s| s[k].clone());
    let both = |k: usize| couples.iter().map(move |c| c[k].clone());
    kind(0).chain(kind(1)).chain(both(0)).chain(both(1)).chain((2..5).flat_map(kind)).collect()
}
