//! A posterior of one or two parameters on a grid of cells.
//!
//! The density is evaluated at the centre of each cell and taken as the mean over the cell (midpoint
//! rule): `ln Z = ln Σ f(x_i) Δ`. Nothing is evaluated on the border, where densities may have
//! poles. For a smooth law the error falls as the square of the width of the cells, and much faster
//! if the density is near 0 at the border.

mod axis;
mod interval;
mod warning;

use nalgebra::DMatrix;

use crate::{Error, LogDensity, logspace};
pub use axis::GridAxis;
pub use warning::GridWarning;

/// The most cells that a grid may have.
const MOST_CELLS: usize = 1 << 26;

/// A normalised law of one or two numbers, tabulated.
///
/// The rate of heads of a coin that fell on heads 7 times in 10, every rate as likely before: the
/// posterior is Beta(8, 4), and the evidence is B(8, 4).
///
/// ```
/// use prob_core::{Grid, GridAxis};
///
/// let law = |p: &[f64]| 7.0 * p[0].ln() + 3.0 * (1.0 - p[0]).ln();
/// let grid = Grid::new(&law, &[GridAxis::new(0.0, 1.0, 1000)?])?;
/// assert!((grid.mean()[0] - 8.0 / 12.0).abs() < 1e-6);
/// assert!((grid.log_evidence() - (1.0f64 / 1320.0).ln()).abs() < 1e-6);
/// let (lower, upper) = grid.interval(0, 0.95)?;
/// assert!((lower - 0.3903).abs() < 1e-4 && (upper - 0.8907).abs() < 1e-4);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    axes: Vec<GridAxis>,
    /// Row-major, one for each cell; they sum to one.
    probabilities: Vec<f64>,
    log_evidence: f64,
}

impl Grid {
    /// Evaluates a law, normalised or not, on one or two axes.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of axes, [`Error::Parameter`] for more than 2²⁶
    /// cells, [`Error::BadDensity`] where the log density is NaN or `+∞`, [`Error::NoEvidence`] if
    /// the law is 0 everywhere on the grid.
    pub fn new(law: &(impl LogDensity<[f64]> + ?Sized), axes: &[GridAxis]) -> Result<Self, Error> {
        let cells = number_of_cells(axes)?;
        let (first, second) = (axes.first(), axes.get(1));
        let mut log_density = Vec::with_capacity(cells);
        for x in first.iter().flat_map(|axis| axis.points()) {
            match second {
                None => log_density.push(evaluate(law, &[x])?),
                Some(axis) => {
                    for y in axis.points() {
                        log_density.push(evaluate(law, &[x, y])?);
                    }
                }
            }
        }
        let total = logspace::log_sum_exp(&log_density);
        if total == f64::NEG_INFINITY {
            return Err(Error::NoEvidence);
        }
        let log_cell: f64 = axes.iter().map(|axis| axis.width().ln()).sum();
        let mut probabilities: Vec<f64> = log_density.iter().map(|f| (f - total).exp()).collect();
        let sum: f64 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
        Ok(Self { axes: axes.to_vec(), probabilities, log_evidence: total + log_cell })
    }

    /// The axes, one or two.
    #[must_use]
    pub fn axes(&self) -> &[GridAxis] {
        &self.axes
    }

    /// The probability of each cell, row-major: the last axis changes fastest. They sum to one.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The normalised density at the centre of each cell, row-major.
    #[must_use]
    pub fn density(&self) -> Vec<f64> {
        let cell = self.cell();
        self.probabilities.iter().map(|p| p / cell).collect()
    }

    /// `ln ∫ f(x) dx` over the grid: for prior times likelihood the log evidence, if both are
    /// normalised.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        self.log_evidence
    }

    /// The law of one parameter, the other summed out.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`] for an axis that there is not.
    pub fn marginal(&self, axis: usize) -> Result<Self, Error> {
        let kept = self.axis(axis)?;
        let mut probabilities = vec![0.0; kept.len()];
        for (index, p) in self.probabilities.iter().enumerate() {
            probabilities[self.position(index, axis)] += p;
        }
        Ok(Self { axes: vec![*kept], probabilities, log_evidence: self.log_evidence })
    }

    /// The expectation of each parameter.
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        let mean = |axis| self.expectation(|x: &[f64]| x[axis]);
        (0..self.axes.len()).map(mean).collect()
    }

    /// The covariance of the parameters.
    #[must_use]
    pub fn covariance(&self) -> DMatrix<f64> {
        let mean = self.mean();
        DMatrix::from_fn(mean.len(), mean.len(), |i, j| {
            self.expectation(|x: &[f64]| (x[i] - mean[i]) * (x[j] - mean[j]))
        })
    }

    /// The standard deviation of each parameter.
    #[must_use]
    pub fn std_dev(&self) -> Vec<f64> {
        self.covariance().diagonal().iter().map(|v| v.sqrt()).collect()
    }

    /// The expectation of any function of the parameters.
    pub fn expectation(&self, mut f: impl FnMut(&[f64]) -> f64) -> f64 {
        let mut sum = 0.0;
        let mut x = vec![0.0; self.axes.len()];
        for (index, p) in self.probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            for (k, (x, axis)) in x.iter_mut().zip(&self.axes).enumerate() {
                *x = axis.point(self.position(index, k));
            }
            sum += p * f(&x);
        }
        sum
    }

    /// The centre of the most probable cell: the mode to within half a cell.
    #[must_use]
    pub fn mode(&self) -> Vec<f64> {
        let best = self.best();
        let axes = self.axes.iter().enumerate();
        axes.map(|(k, axis)| axis.point(self.position(best, k))).collect()
    }

    /// The density at the border of the smallest region that holds `probability`: the level of a
    /// contour plot. The mode's density at 0, the smallest density at 1.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a probability outside `[0, 1]`.
    pub fn level(&self, probability: f64) -> Result<f64, Error> {
        interval::check(probability)?;
        let mut sorted = self.probabilities.clone();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let (mut inside, mut before) = (0.0, sorted.first().copied().unwrap_or(0.0));
        for p in sorted {
            if inside + 0.5 * p >= probability {
                // Half of the last cell counts as inside its own level: the others' share goes by
                // how far the wanted probability lies between this cell and the one before.
                let step = 0.5 * (before + p);
                let share =
                    if step > 0.0 { (probability - inside + 0.5 * before) / step } else { 1.0 };
                return Ok((before + (p - before) * share.clamp(0.0, 1.0)) / self.cell());
            }
            inside += p;
            before = p;
        }
        Ok(before / self.cell())
    }

    /// The probability of the outermost cells: what the grid may have cut off is as large as this or
    /// larger.
    #[must_use]
    pub fn edge_mass(&self) -> f64 {
        let cells = self.probabilities.iter().enumerate();
        cells.filter(|(index, _)| self.on_edge(*index)).map(|(_, p)| p).sum()
    }

    /// What speaks against this grid: a law that goes on past its border, or is too narrow for its
    /// cells.
    #[must_use]
    pub fn warnings(&self) -> Vec<GridWarning> {
        warning::warnings(self)
    }

    fn axis(&self, index: usize) -> Result<&GridAxis, Error> {
        let dim = self.axes.len();
        self.axes.get(index).ok_or(Error::IndexOutOfRange { index, dim })
    }

    /// The length or area of a cell.
    fn cell(&self) -> f64 {
        self.axes.iter().map(GridAxis::width).product()
    }

    /// Where a cell stands along an axis.
    fn position(&self, index: usize, axis: usize) -> usize {
        match (axis, self.axes.get(1)) {
            (0, Some(second)) => index / second.len(),
            (_, Some(second)) => index % second.len(),
            (_, None) => index,
        }
    }

    fn on_edge(&self, index: usize) -> bool {
        self.axes.iter().enumerate().any(|(k, axis)| {
            let position = self.position(index, k);
            position == 0 || position + 1 == axis.len()
        })
    }

    /// The most probable cell, the first one of several.
    fn best(&self) -> usize {
        let cells = self.probabilities.iter().enumerate();
        cells.fold((0, 0.0), |best, (i, p)| if *p > best.1 { (i, *p) } else { best }).0
    }
}

fn number_of_cells(axes: &[GridAxis]) -> Result<usize, Error> {
    if !(1..=2).contains(&axes.len()) {
        let (expected, found) = (if axes.is_empty() { 1 } else { 2 }, axes.len());
        return Err(Error::LengthMismatch { what: "the list of axes", expected, found });
    }
    let cells = axes.iter().map(GridAxis::len).fold(1usize, usize::saturating_mul);
    if cells > MOST_CELLS {
        let (what, needed) = ("number of cells", "at most 2^26 in all");
        return Err(Error::Parameter { law: "grid", what, value: cells as f64, needed });
    }
    Ok(cells)
}

fn evaluate(law: &(impl LogDensity<[f64]> + ?Sized), point: &[f64]) -> Result<f64, Error> {
    let value = law.log_density(point);
    if value.is_nan() || value == f64::INFINITY {
        return Err(Error::BadDensity { point: point.to_vec(), value });
    }
    Ok(value)
}
