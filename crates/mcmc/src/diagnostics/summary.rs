//! A table of all diagnostics of all variables.

use std::fmt;

use rayon::prelude::*;

use super::{
    chains::{check_draws, mean, quantile_of_sorted, variance},
    ess_bulk, ess_tail, mcse_mean, mcse_sd, rhat,
};
use crate::{Error, Trace, error::check_finite};

/// A number of a [`Summary`], or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell(Result<f64, Error>);

impl Cell {
    /// The number, finite; `None` where the diagnostic refuses.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.0.as_ref().ok().copied()
    }

    /// Why there is no number; `None` where there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&Error> {
        self.0.as_ref().err()
    }

    /// Diagnostics of draws near the largest numbers may overflow without an error of their own.
    fn new(what: &'static str, value: Result<f64, Error>) -> Self {
        Self(value.and_then(|value| check_finite(what, &[value]).map(|()| value)))
    }
}

/// One variable of a [`Summary`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The name of the variable.
    pub name: String,
    /// The mean of all draws.
    pub mean: Cell,
    /// The standard deviation of all draws, with the divisor n − 1.
    pub sd: Cell,
    /// The quantile at 5 %, linear between order statistics.
    pub q5: Cell,
    /// The quantile at 95 %, linear between order statistics.
    pub q95: Cell,
    /// The standard error of the mean: [`mcse_mean`].
    pub mcse_mean: Cell,
    /// The standard error of the standard deviation: [`mcse_sd`].
    pub mcse_sd: Cell,
    /// The effective sample size in the bulk: [`ess_bulk`].
    pub ess_bulk: Cell,
    /// The effective sample size in the tails: [`ess_tail`].
    pub ess_tail: Cell,
    /// The rank-normalised split R-hat: [`rhat`].
    pub r_hat: Cell,
}

impl Row {
    fn new(name: String, chains: &[Vec<f64>]) -> Self {
        let mut sorted = chains.concat();
        let mut chains_in_order = chains.iter().enumerate();
        let finite = chains_in_order.try_for_each(|(chain, draws)| check_draws(chain, draws));
        let of_draws = |what, f: &dyn Fn(&[f64]) -> f64, draws: &[f64]| {
            Cell::new(what, finite.clone().map(|()| f(draws)))
        };
        let average = of_draws("the mean", &mean, &sorted);
        let sd = match (&finite, sorted.len()) {
            (Ok(()), found @ ..2) => {
                Cell(Err(Error::TooFewDraws { what: "a standard deviation", needed: 2, found }))
            }
            _ => of_draws("the standard deviation", &|x| variance(x).sqrt(), &sorted),
        };
        sorted.sort_by(f64::total_cmp);
        let quantile = |p| of_draws("a quantile", &|x| quantile_of_sorted(x, p), &sorted);
        Self {
            name,
            mean: average,
            sd,
            q5: quantile(0.05),
            q95: quantile(0.95),
            mcse_mean: Cell::new("mcse_mean", mcse_mean(chains)),
            mcse_sd: Cell::new("mcse_sd", mcse_sd(chains)),
            ess_bulk: Cell::new("ess_bulk", ess_bulk(chains)),
            ess_tail: Cell::new("ess_tail", ess_tail(chains)),
            r_hat: Cell::new("r_hat", rhat(chains)),
        }
    }

    /// All numbers with the names of their columns, in the order of the table.
    #[must_use]
    pub fn cells(&self) -> [(&'static str, &Cell); 9] {
        [
            ("mean", &self.mean),
            ("sd", &self.sd),
            ("5%", &self.q5),
            ("95%", &self.q95),
            ("mcse_mean", &self.mcse_mean),
            ("mcse_sd", &self.mcse_sd),
            ("ess_bulk", &self.ess_bulk),
            ("ess_tail", &self.ess_tail),
            ("r_hat", &self.r_hat),
        ]
    }
}

/// The table that [`summary`] makes, a row a variable. Its `Display` is a text table; a number that
/// is refused is a dash, with the reason below.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    rows: Vec<Row>,
}

impl Summary {
    /// The variables, in the order of the trace.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The first variable of this name.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

/// Mean, standard deviation, quantiles, standard errors, effective sample sizes and R-hat of each
/// variable of a trace. Where a diagnostic refuses, its cell keeps the reason; the others stand.
///
/// Variables are computed in parallel, each by itself: the numbers are the same, bit by bit, for any
/// number of threads.
///
/// ```
/// use mcmc::{Trace, diagnostics::summary};
///
/// let draws = (0..400).flat_map(|t| [f64::from(t * 63 % 400), 7.0]).collect();
/// let trace = Trace::new(2, 200, 2, draws)?.with_names(["a", "still"])?;
/// let table = summary(&trace);
/// assert_eq!(table.rows()[0].mean.value(), Some(199.5));
/// assert!(table.rows()[1].r_hat.reason().is_some());
/// println!("{table}");
/// # Ok::<(), mcmc::Error>(())
/// ```
#[must_use]
pub fn summary(trace: &Trace) -> Summary {
    let row = |i: usize| Row::new(trace.names()[i].clone(), &trace.variable(i));
    Summary { rows: (0..trace.variables()).into_par_iter().map(row).collect() }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.rows.first().map(|row| row.cells().map(|(name, _)| name.to_owned()));
        let mut lines: Vec<(&str, [String; 9])> = header.map(|h| ("", h)).into_iter().collect();
        lines.extend(self.rows.iter().map(|row| (row.name.as_str(), row.cells().map(text))));
        let wide = |x: &str| x.chars().count();
        let first = lines.iter().map(|(name, _)| wide(name)).max().unwrap_or(0);
        let width = |column: usize| lines.iter().map(|(_, x)| wide(&x[column])).max().unwrap_or(0);
        let widths: [usize; 9] = std::array::from_fn(width);
        for (name, cells) in &lines {
            write!(f, "{name:first$}")?;
            for (cell, width) in cells.iter().zip(widths) {
                write!(f, "  {cell:>width$}")?;
            }
            writeln!(f)?;
        }
        self.rows.iter().try_for_each(|row| write_reasons(f, row))
    }
}

/// A line for each reason, with all columns that have it.
fn write_reasons(f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for (column, cell) in row.cells() {
        let Some(reason) = cell.reason().map(Error::to_string) else { continue };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, columns)) => columns.push(column),
            None => reasons.push((reason, vec![column])),
        }
    }
    reasons.iter().try_for_each(|(reason, columns)| {
        writeln!(f, "{}: no {}: {reason}", row.name, columns.join(", "))
    })
}

/// Effective sample sizes without decimals, other numbers with three; in powers of ten where that
/// would show fewer than three digits or too many.
fn text((name, cell): (&'static str, &Cell)) -> String {
    match cell.value() {
        None => "-".to_owned(),
        Some(x) if name.starts_with("ess") => format!("{x:.0}"),
        Some(x) if x == 0.0 || (0.1..1e6).contains(&x.abs()) => format!("{x:.3}"),
        Some(x) => format!("{x:.2e}"),
    }
}
