//! A table of conditional probabilities `p(x | y)`, and Bayes' theorem as its reversal.

use super::axis::{self, Axis};
use super::bayes::{SUM_TOLERANCE, check_non_negative};
use super::joint::{Joint, cell_name, checked, normalised};
use crate::Error;

/// The probabilities of some variables given each value of others: `p(of | given)`.
///
/// One row for each assignment to the given variables, each of which sums to one. A condition that
/// has probability 0 in the [`Joint`] this comes from has no row: asking for it is an error.
///
/// Bayes' theorem turns `p(test | cancer)` into `p(cancer | test)`:
///
/// ```
/// use prob_core::{Axis, Conditional, Joint};
///
/// let cancer = Axis::new("cancer", ["yes", "no"])?;
/// let test = Axis::new("test", ["positive", "negative"])?;
/// let prior = Joint::new([cancer.clone()], vec![0.004, 0.996])?;
/// let likelihood = Conditional::new([test], [cancer], vec![0.8, 0.2, 0.1, 0.9])?;
///
/// let posterior = likelihood.reversed(&prior)?; // p(cancer | test)
/// let p = posterior.probability(&[("cancer", "yes")], &[("test", "positive")])?;
/// assert!((p - 0.031_128_404_669_260_7).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Conditional {
    of: Vec<Axis>,
    given: Vec<Axis>,
    /// Row-major, `given` first. A row of zeros stands for an impossible condition.
    cells: Vec<f64>,
}

impl Conditional {
    /// The table `p(of | given)`, row-major: one row of `of` for each assignment to `given`.
    ///
    /// # Errors
    /// [`Error::Empty`] and [`Error::DuplicateAxis`] for the axes, [`Error::LengthMismatch`] and
    /// [`Error::NotAProbability`] for the cells, [`Error::RowNotNormalised`] for a row whose sum is
    /// off 1 by more than 1e-9.
    pub fn new(
        of: impl Into<Vec<Axis>>,
        given: impl Into<Vec<Axis>>,
        cells: Vec<f64>,
    ) -> Result<Self, Error> {
        let (of, given) = (of.into(), given.into());
        axis::check(&of)?;
        axis::check(&given)?;
        let all = [given.as_slice(), &of].concat();
        checked(all, "the conditional table", cells.len())?;
        check_non_negative("the conditional table", &cells)?;
        let mut table = Vec::with_capacity(cells.len());
        for (index, row) in cells.chunks(axis::cells(&of)).enumerate() {
            let sum: f64 = row.iter().sum();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                let condition = cell_name(&given, index);
                return Err(Error::RowNotNormalised { condition, sum });
            }
            table.extend(normalised(row.to_vec(), sum));
        }
        Ok(Self { of, given, cells: table })
    }

    /// From the cells of a joint table in the order `given`, `of`: each row divided by its sum.
    pub(super) fn of_joint_cells(of: Vec<Axis>, given: Vec<Axis>, mut cells: Vec<f64>) -> Self {
        for row in cells.chunks_mut(axis::cells(&of)) {
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                row.iter_mut().for_each(|p| *p /= sum);
            }
        }
        Self { of, given, cells }
    }

    /// The variables that the table is about.
    #[must_use]
    pub fn of(&self) -> &[Axis] {
        &self.of
    }

    /// The variables that are given.
    #[must_use]
    pub fn given(&self) -> &[Axis] {
        &self.given
    }

    /// The rows, one for each assignment to the given variables.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.cells.chunks(axis::cells(&self.of))
    }

    /// The table under one condition, which must name all given variables.
    ///
    /// # Errors
    /// [`Error::UnknownAxis`], [`Error::UnknownValue`], [`Error::DuplicateAxis`];
    /// [`Error::LengthMismatch`] if a given variable is not named, [`Error::ImpossibleCondition`] if
    /// the condition has probability 0.
    pub fn row(&self, condition: &[(&str, &str)]) -> Result<Joint, Error> {
        let assignment = axis::assignment(&self.given, condition)?;
        let (expected, found) = (self.given.len(), assignment.len());
        if found != expected {
            return Err(Error::LengthMismatch { what: "the condition", expected, found });
        }
        let mut cell = vec![0; expected];
        assignment.iter().for_each(|(axis, value)| cell[*axis] = *value);
        let all: Vec<usize> = (0..expected).collect();
        let index = axis::offset(&self.given, &all, &cell);
        let row = self.rows().nth(index).unwrap_or_default();
        if row.iter().all(|p| *p == 0.0) {
            let condition = cell_name(&self.given, index);
            return Err(Error::ImpossibleCondition { condition });
        }
        Joint::new(self.of.clone(), row.to_vec())
    }

    /// The probability of an event under a condition that names all given variables.
    ///
    /// # Errors
    /// As [`row`](Self::row) and [`Joint::probability`].
    pub fn probability(
        &self,
        event: &[(&str, &str)],
        condition: &[(&str, &str)],
    ) -> Result<f64, Error> {
        self.row(condition)?.probability(event)
    }

    /// Bayes' theorem: `p(given | of) = p(of | given) p(given) / p(of)`.
    ///
    /// # Errors
    /// As [`Joint::from_conditional`].
    pub fn reversed(&self, prior: &Joint) -> Result<Self, Error> {
        let names: Vec<&str> = self.of.iter().map(Axis::name).collect();
        Joint::from_conditional(prior, self)?.given(&names)
    }
}
