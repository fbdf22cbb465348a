//! Signs that a grid does not hold the law that it was made from.

use std::fmt;

use super::Grid;

/// The most probability that the outermost cells of a good grid hold.
const EDGE_MASS: f64 = 1e-3;

/// The smallest standard deviation, in cells, for which the midpoint rule can be trusted: a normal
/// law of one cell is summed with an error below 1e-8.
const NARROWEST: f64 = 1.0;

/// Why the numbers of a [`Grid`] may be wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum GridWarning {
    /// The law does not fade towards an end of an axis. Harmless only if the parameter ends there
    /// itself, such as a probability at 0.
    Edge {
        /// The axis.
        axis: usize,
        /// Whether it is the upper end.
        upper: bool,
        /// The probability of the cells at this end.
        mass: f64,
    },
    /// The law, or one of its peaks, is narrower than the cells of an axis.
    Coarse {
        /// The axis.
        axis: usize,
        /// The standard deviation (of the narrowest peak) in units of a cell.
        cells: f64,
    },
}

impl fmt::Display for GridWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edge { axis, upper, mass } => {
                let end = if *upper { "upper" } else { "lower" };
                write!(
                    f,
                    "{mass:.1e} of the probability lies in the cells at the {end} end of axis {axis}: "
                )?;
                write!(f, "the law goes on there unless the parameter ends")
            }
            Self::Coarse { axis, cells } => {
                write!(f, "the standard deviation along axis {axis} is {cells:.2} cells: ")?;
                write!(f, "narrow the range or take more cells")
            }
        }
    }
}

pub(super) fn warnings(grid: &Grid) -> Vec<GridWarning> {
    let mut found = Vec::new();
    let deviations = grid.std_dev();
    for (axis, (range, deviation)) in grid.axes().iter().zip(deviations).enumerate() {
        let ends = grid.marginal(axis).ok();
        let peak = ends.as_ref().map_or(f64::INFINITY, |m| narrowest_peak(m.probabilities()));
        let ends = ends.as_ref().and_then(|m| {
            let p = m.probabilities();
            Some((*p.first()?, *p.last()?, p.iter().copied().fold(0.0, f64::max)))
        });
        if let Some((first, last, largest)) = ends {
            for (upper, mass) in [(false, first), (true, last)] {
                if mass > EDGE_MASS || (mass > 0.0 && mass == largest) {
                    found.push(GridWarning::Edge { axis, upper, mass });
                }
            }
        }
        let cells = peak.min(deviation / range.width());
        if cells < NARROWEST {
            found.push(GridWarning::Coarse { axis, cells });
        }
    }
    found
}

/// The smallest standard deviation of a peak, in cells, by its height over the higher of its
/// neighbours, `e^(1/(2 σ²))` for a normal law around a cell's centre (more cells than σ elsewhere in
/// the cell). A step up or down is no peak.
fn narrowest_peak(cells: &[f64]) -> f64 {
    let peaks = cells.windows(3).filter_map(|three| match three {
        [before, here, after] if *here > EDGE_MASS && here > before && here > after => {
            Some(1.0 / (2.0 * (here / before.max(*after)).ln()).sqrt())
        }
        _ => None,
    });
    peaks.fold(f64::INFINITY, f64::min)
}
