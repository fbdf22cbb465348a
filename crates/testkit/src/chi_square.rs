//! Pearson's chi-square: counts against the probabilities of cells.

use crate::{Check, Error, special::chi_square_tail};

/// The chi-square law is a good one for cells with at least this expectation.
const SMALLEST_EXPECTATION: f64 = 5.0;

/// How far probabilities may be from summing to one.
const SUM_TOLERANCE: f64 = 1e-9;

/// Checks independent observations, counted by cell, against the probabilities of the cells.
///
/// Cells with an expectation below 5 are pooled. A count in a cell of probability 0 is a failure
/// whatever the rest: its p-value is 0.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::NotADistribution`] for bad probabilities, [`Error::Empty`]
/// without observations, [`Error::TooFewCells`] if fewer than two cells remain.
pub fn chi_square(
    what: impl Into<String>,
    counts: &[u64],
    probabilities: &[f64],
) -> Result<Check, Error> {
    let what = what.into();
    if counts.len() != probabilities.len() {
        let (counts, probabilities) = (counts.len(), probabilities.len());
        return Err(Error::LengthMismatch { what, counts, probabilities });
    }
    let sum: f64 = probabilities.iter().sum();
    let min = probabilities.iter().copied().fold(f64::INFINITY, f64::min);
    if (sum - 1.0).abs() > SUM_TOLERANCE || min < 0.0 || sum.is_nan() {
        return Err(Error::NotADistribution { what, sum, min });
    }
    let observations: u64 = counts.iter().sum();
    if observations == 0 {
        return Err(Error::Empty { what });
    }
    if let Some(cell) = (0..counts.len()).find(|i| probabilities[*i] == 0.0 && counts[*i] > 0) {
        let details = format!("{} observations in cell {cell}, which is impossible", counts[cell]);
        return Ok(Check { what, statistic: f64::INFINITY, p_value: 0.0, details });
    }
    let cells = pooled(counts, probabilities, observations as f64);
    if cells.len() < 2 {
        return Err(Error::TooFewCells { what, observations, cells: cells.len() });
    }
    let statistic = cells.iter().map(|c| (c.found - c.expected).powi(2) / c.expected).sum();
    let degrees = cells.len() - 1;
    let details = format!("chi-square {statistic:.2} for {degrees} degrees of freedom");
    Ok(Check { what, statistic, p_value: chi_square_tail(degrees, statistic), details })
}

/// Observed and expected count of a cell.
#[derive(Clone, Copy)]
struct Cell {
    found: f64,
    expected: f64,
}

impl Cell {
    fn add(&mut self, other: Cell) {
        self.found += other.found;
        self.expected += other.expected;
    }
}

/// The cells that are large enough, and all others as one (as part of the smallest large one, if
/// they are too few even together). Impossible cells are empty and left out.
fn pooled(counts: &[u64], probabilities: &[f64], observations: f64) -> Vec<Cell> {
    let mut large: Vec<Cell> = Vec::with_capacity(counts.len());
    let mut rest = Cell { found: 0.0, expected: 0.0 };
    for (count, p) in counts.iter().zip(probabilities) {
        let cell = Cell { found: *count as f64, expected: p * observations };
        if cell.expected >= SMALLEST_EXPECTATION {
            large.push(cell);
        } else {
            rest.add(cell);
        }
    }
    if rest.expected >= SMALLEST_EXPECTATION {
        large.push(rest);
    } else if rest.expected > 0.0
        && let Some(smallest) = large.iter_mut().min_by(|a, b| a.expected.total_cmp(&b.expected))
    {
        smallest.add(rest);
    }
    large
}
