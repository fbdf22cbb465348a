//! The joint probability of several discrete variables, as a table.
//!
//! Sum rule, product rule and all that follows from them: [`Joint::marginal`] sums variables out,
//! [`Joint::conditional`] keeps the cells that a condition leaves and divides by their sum,
//! [`Joint::from_conditional`] multiplies back (`eq:joint`).

use rand::{Rng, RngExt};
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::Conditional;
use super::axis::{self, Axis};
use super::bayes::{SUM_TOLERANCE, check_non_negative};
use crate::Error;

/// A table of probabilities over one or more discrete variables.
///
/// Cells stand in row-major order: the last variable changes fastest. Variables and values are
/// called by their names; a condition or an event is a list of (variable, value).
///
/// A mammography finds 8 of 10 cancers and raises a false alarm in 1 of 10 healthy women; 4 in 1000
/// have cancer:
///
/// ```
/// use prob_core::{Axis, Joint};
///
/// let cancer = Axis::new("cancer", ["yes", "no"])?;
/// let test = Axis::new("test", ["positive", "negative"])?;
/// let joint = Joint::new([cancer, test], vec![0.0032, 0.0008, 0.0996, 0.8964])?;
///
/// let given = joint.conditional(&["cancer"], &[("test", "positive")])?;
/// let posterior = given.probability(&[("cancer", "yes")])?;
/// assert!((posterior - 0.031_128_404_669_260_7).abs() < 1e-15); // three percent, not eighty
///
/// let either = joint.union(&[("cancer", "yes")], &[("test", "positive")])?;
/// assert!((either - (0.004 + 0.1028 - 0.0032)).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Joint {
    axes: Vec<Axis>,
    probabilities: Vec<f64>,
}

impl Joint {
    /// A table of probabilities that sum to one.
    ///
    /// A sum that is off by more than rounding, and by less than 1e-9, is divided out.
    ///
    /// # Errors
    /// [`Error::Empty`] and [`Error::DuplicateAxis`] for the axes, [`Error::LengthMismatch`],
    /// [`Error::NotAProbability`] and [`Error::NotNormalised`] for the probabilities.
    pub fn new(axes: impl Into<Vec<Axis>>, probabilities: Vec<f64>) -> Result<Self, Error> {
        let axes = checked(axes.into(), "the table of probabilities", probabilities.len())?;
        check_non_negative("the table of probabilities", &probabilities)?;
        let sum: f64 = probabilities.iter().sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(Error::NotNormalised { what: "the table", sum });
        }
        Ok(Self { axes, probabilities: normalised(probabilities, sum) })
    }

    /// The relative frequencies of a table of counts, each of them raised by `pseudo_count`.
    ///
    /// With a pseudo-count of 0 this is the maximum-likelihood estimate; with `a > 0` it is the mean
    /// of the posterior under the prior Dirichlet(a, …, a), which calls nothing impossible that was
    /// not yet seen.
    ///
    /// ```
    /// use prob_core::{Axis, Joint};
    ///
    /// let coin = Axis::new("coin", ["heads", "tails"])?;
    /// let seen = Joint::from_counts([coin.clone()], &[3, 0], 0.0)?;
    /// assert_eq!(seen.probabilities(), [1.0, 0.0]);
    /// let expected = Joint::from_counts([coin], &[3, 0], 1.0)?;
    /// assert_eq!(expected.probabilities(), [0.8, 0.2]); // Laplace's rule of succession
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::Parameter`] for a pseudo-count that is negative or not
    /// finite, [`Error::NotPositive`] if nothing was counted.
    pub fn from_counts(
        axes: impl Into<Vec<Axis>>,
        counts: &[u64],
        pseudo_count: f64,
    ) -> Result<Self, Error> {
        let axes = checked(axes.into(), "the table of counts", counts.len())?;
        if !pseudo_count.is_finite() || pseudo_count < 0.0 {
            let (law, what, needed) = ("table of counts", "pseudo-count", "finite and at least 0");
            return Err(Error::Parameter { law, what, value: pseudo_count, needed });
        }
        let raised: Vec<f64> = counts.iter().map(|n| *n as f64 + pseudo_count).collect();
        let sum: f64 = raised.iter().sum();
        if sum > 0.0 && sum.is_finite() {
            Ok(Self { axes, probabilities: raised.iter().map(|n| n / sum).collect() })
        } else {
            Err(Error::NotPositive { what: "the sum of the counts", value: sum })
        }
    }

    /// The product rule `p(y, x) = p(x | y) p(y)`: the axes of `prior`, then those that
    /// `conditional` is about.
    ///
    /// # Errors
    /// [`Error::AxesDiffer`] unless `prior` has the axes that `conditional` is given;
    /// [`Error::DuplicateAxis`] for a name on both sides; [`Error::ImpossibleCondition`] where
    /// `prior` gives probability to a condition under which nothing is defined.
    pub fn from_conditional(prior: &Self, conditional: &Conditional) -> Result<Self, Error> {
        if prior.axes != conditional.given() {
            let (left, right) = (axis::names(&prior.axes), axis::names(conditional.given()));
            return Err(Error::AxesDiffer { left, right });
        }
        let axes = [prior.axes.as_slice(), conditional.of()].concat();
        axis::check(&axes)?;
        let mut probabilities = Vec::with_capacity(axis::cells(&axes));
        for (index, (p, row)) in prior.probabilities.iter().zip(conditional.rows()).enumerate() {
            if *p > 0.0 && row.iter().all(|q| *q == 0.0) {
                return Err(Error::ImpossibleCondition { condition: prior.cell_name(index) });
            }
            probabilities.extend(row.iter().map(|q| p * q));
        }
        let sum = probabilities.iter().sum();
        Ok(Self { axes, probabilities: normalised(probabilities, sum) })
    }

    /// The variables, at least one.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// The cells in row-major order.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The probability that the variables named in `event` have these values: the sum over all
    /// others. The empty list is the certain event.
    ///
    /// # Errors
    /// [`Error::UnknownAxis`], [`Error::UnknownValue`], [`Error::DuplicateAxis`].
    pub fn probability(&self, event: &[(&str, &str)]) -> Result<f64, Error> {
        let event = axis::assignment(&self.axes, event)?;
        Ok(self.sum_where(|cell| holds(&event, cell)))
    }

    /// The probability of any event: of all cells for which the predicate holds. It sees the values'
    /// names in the order of the axes.
    ///
    /// ```
    /// # use prob_core::{Axis, Joint};
    /// let die = |name| Axis::new(name, ["1", "2", "3", "4", "5", "6"]);
    /// let dice = Joint::from_counts([die("red")?, die("blue")?], &[1; 36], 0.0)?;
    /// let doubles = dice.probability_where(|values| values[0] == values[1]);
    /// assert!((doubles - 1.0 / 6.0).abs() < 1e-15);
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    pub fn probability_where(&self, mut event: impl FnMut(&[&str]) -> bool) -> f64 {
        let mut values = Vec::with_capacity(self.axes.len());
        self.sum_where(|cell| {
            values.clear();
            values.extend(self.axes.iter().zip(cell).map(|(axis, i)| axis.value(*i)));
            event(&values)
        })
    }

    /// The union rule: `P(A or B) = P(A) + P(B) − P(A and B)`, summed over the cells of the union so
    /// that nothing cancels.
    ///
    /// # Errors
    /// As [`probability`](Self::probability).
    pub fn union(&self, a: &[(&str, &str)], b: &[(&str, &str)]) -> Result<f64, Error> {
        let (a, b) = (axis::assignment(&self.axes, a)?, axis::assignment(&self.axes, b)?);
        Ok(self.sum_where(|cell| holds(&a, cell) || holds(&b, cell)))
    }

    /// The sum rule: the table of the variables named, in this order, all others summed out.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::UnknownAxis`], [`Error::DuplicateAxis`].
    pub fn marginal(&self, of: &[&str]) -> Result<Self, Error> {
        self.kept(&axis::positions(&self.axes, of)?, &[])
    }

    /// The conditional table `p(of | given)`, all variables that are not named summed out.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::UnknownAxis`], [`Error::UnknownValue`]; [`Error::DuplicateAxis`]
    /// also for a variable on both sides; [`Error::ImpossibleCondition`] if it has probability 0.
    pub fn conditional(&self, of: &[&str], given: &[(&str, &str)]) -> Result<Self, Error> {
        let kept = axis::positions(&self.axes, of)?;
        let condition = axis::assignment(&self.axes, given)?;
        if let Some((shared, _)) = condition.iter().find(|(axis, _)| kept.contains(axis)) {
            return Err(Error::DuplicateAxis { axis: self.axes[*shared].name().to_owned() });
        }
        self.kept(&kept, &condition)
    }

    /// The conditional table `p(all others | given)`, for all values of the variables in `given`.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::UnknownAxis`], [`Error::DuplicateAxis`]; [`Error::NothingLeft`] if
    /// all variables are given.
    pub fn given(&self, given: &[&str]) -> Result<Conditional, Error> {
        let given = axis::positions(&self.axes, given)?;
        let of: Vec<usize> = (0..self.axes.len()).filter(|i| !given.contains(i)).collect();
        if of.is_empty() {
            return Err(Error::NothingLeft { dim: self.axes.len() });
        }
        let order: Vec<usize> = given.iter().chain(&of).copied().collect();
        let (axes, cells) = self.table(&order, &[]);
        let (given, of) = axes.split_at(given.len());
        axis::check(given)?;
        Ok(Conditional::of_joint_cells(of.to_vec(), given.to_vec(), cells))
    }

    /// The cells in which the condition holds, summed onto the chosen axes and divided by their sum.
    fn kept(&self, kept: &[usize], condition: &[(usize, usize)]) -> Result<Self, Error> {
        let (axes, mut cells) = self.table(kept, condition);
        axis::check(&axes)?;
        let sum: f64 = cells.iter().sum();
        if sum <= 0.0 {
            let names = condition.iter().map(|(i, v)| named(&self.axes[*i], *v));
            let condition = names.collect::<Vec<_>>().join(", ");
            return Err(Error::ImpossibleCondition { condition });
        }
        if !condition.is_empty() {
            cells.iter_mut().for_each(|p| *p /= sum);
        }
        Ok(Self { axes, probabilities: normalised(cells, 1.0) })
    }

    /// Sums of the cells in which the condition holds, over the chosen axes.
    pub(super) fn table(
        &self,
        chosen: &[usize],
        condition: &[(usize, usize)],
    ) -> (Vec<Axis>, Vec<f64>) {
        let axes: Vec<Axis> = chosen.iter().map(|i| self.axes[*i].clone()).collect();
        let mut sums = vec![0.0; axis::cells(&axes)];
        let mut cells = self.probabilities.iter();
        axis::visit(&self.axes, |cell| {
            let p = cells.next().copied().unwrap_or(0.0);
            if holds(condition, cell) {
                sums[axis::offset(&self.axes, chosen, cell)] += p;
            }
        });
        (axes, sums)
    }

    fn sum_where(&self, mut event: impl FnMut(&[usize]) -> bool) -> f64 {
        let (mut sum, mut cells) = (0.0, self.probabilities.iter());
        axis::visit(&self.axes, |cell| {
            let p = cells.next().copied().unwrap_or(0.0);
            if event(cell) {
                sum += p;
            }
        });
        sum.min(1.0)
    }

    /// A cell in words.
    pub(super) fn cell_name(&self, index: usize) -> String {
        cell_name(&self.axes, index)
    }
}

/// Draws the position of a value for each axis.
///
/// ```
/// use prob_core::{Axis, Joint, Seed};
/// use rand::distr::Distribution;
///
/// let joint = Joint::new([Axis::new("coin", ["heads", "tails"])?], vec![0.0, 1.0])?;
/// assert_eq!(joint.sample(&mut Seed(1).stream("example", 0)), [1]);
/// # Ok::<(), prob_core::Error>(())
/// ```
impl Distribution<Vec<usize>> for Joint {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<usize> {
        let mut left: f64 = rng.random();
        let mut chosen = 0;
        for (index, p) in self.probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            // The last possible cell takes what rounding leaves of the sum.
            chosen = index;
            left -= p;
            if left < 0.0 {
                break;
            }
        }
        coordinates(&self.axes, chosen)
    }
}

/// Whether a cell has all the values of an assignment.
fn holds(assignment: &[(usize, usize)], cell: &[usize]) -> bool {
    assignment.iter().all(|(axis, value)| cell[*axis] == *value)
}

/// The values of cell number `index`.
fn coordinates(axes: &[Axis], mut index: usize) -> Vec<usize> {
    let mut cell = vec![0; axes.len()];
    for (value, axis) in cell.iter_mut().zip(axes).rev() {
        *value = index % axis.values().len();
        index /= axis.values().len();
    }
    cell
}

pub(super) fn cell_name(axes: &[Axis], index: usize) -> String {
    let cell = coordinates(axes, index);
    axes.iter().zip(cell).map(|(axis, v)| named(axis, v)).collect::<Vec<_>>().join(", ")
}

fn named(axis: &Axis, value: usize) -> String {
    format!("{} = {}", axis.name(), axis.value(value))
}

/// The axes, if they are distinct and have as many cells as were found.
pub(super) fn checked(
    axes: Vec<Axis>,
    what: &'static str,
    found: usize,
) -> Result<Vec<Axis>, Error> {
    axis::check(&axes)?;
    let expected = axis::cells(&axes);
    if found == expected { Ok(axes) } else { Err(Error::LengthMismatch { what, expected, found }) }
}

/// The cells divided by their sum, unless it is one but for rounding: numbers stay as they were
/// written.
pub(super) fn normalised(mut cells: Vec<f64>, sum: f64) -> Vec<f64> {
    if (sum - 1.0).abs() > f64::EPSILON * cells.len() as f64 {
        cells.iter_mut().for_each(|p| *p /= sum);
    }
    cells
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    axes: Vec<Axis>,
    probabilities: Vec<f64>,
}

impl TryFrom<Parts> for Joint {
    type Error = Error;
    fn try_from(parts: Parts) -> Result<Self, Error> {
        Self::new(parts.axes, parts.probabilities)
    }
}

impl From<Joint> for Parts {
    fn from(joint: Joint) -> Self {
        Self { axes: joint.axes, probabilities: joint.probabilities }
    }
}
