//! Markov chains on finitely many states, exactly: `p(t) = p(0) W^t`.
//!
//! `W(i→j)` is element (i, j), row i the law of the destinations from i: `Σ_j W(i→j) = 1`
//! (`eq:stochastic`). The lecture writes the transpose, `p(t) = Wᵗ p(0)`, with columns that sum to
//! one; here a row is a distribution, as in most books.

mod builders;
mod classes;
mod hitting;
mod spectrum;

pub use builders::{gibbs_block_matrix, gibbs_matrix, metropolis_matrix};
pub use spectrum::Spectrum;

use nalgebra::{DMatrix, RowDVector};

use crate::Error;
use crate::mutants::planted;

/// How far probabilities may be from summing to one.
const SUM_TOLERANCE: f64 = 1e-9;

/// The weight of a state, relative to those before it, from which on they are scaled down.
const LARGE: f64 = 1e150;

/// A row-stochastic transition matrix: element (i, j) is the chance to go from i to j.
///
/// ```
/// use mcmc::TransitionMatrix;
/// use nalgebra::dmatrix;
///
/// let weather = TransitionMatrix::new(dmatrix![0.9, 0.1; 0.5, 0.5])?;
/// let p = weather.evolve(&[0.0, 1.0], 1)?;
/// assert_eq!(p, [0.5, 0.5]);
/// let pi = weather.stationary()?;
/// assert!((pi[0] - 5.0 / 6.0).abs() < 1e-15);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionMatrix(DMatrix<f64>);

impl TransitionMatrix {
    /// Checks that every row is a probability distribution.
    ///
    /// # Errors
    /// [`Error::Zero`] for no states, [`Error::LengthMismatch`] for a matrix that is not square,
    /// [`Error::NotStochastic`] for a row that is no distribution.
    pub fn new(matrix: DMatrix<f64>) -> Result<Self, Error> {
        let (expected, found) = matrix.shape();
        if expected == 0 {
            return Err(Error::Zero { what: "the number of states" });
        }
        if expected != found {
            return Err(Error::LengthMismatch { what: "a row of the matrix", expected, found });
        }
        for (row, w) in matrix.row_iter().enumerate() {
            let (sum, min) = sum_and_min(w.iter().copied());
            if !is_distribution(sum, min) {
                return Err(Error::NotStochastic { row, sum, min });
            }
        }
        Ok(Self(matrix))
    }

    /// Number of states, at least 1.
    #[must_use]
    pub fn states(&self) -> usize {
        self.0.nrows()
    }

    /// The matrix: element (i, j) is `W(i→j)`.
    #[must_use]
    pub fn matrix(&self) -> &DMatrix<f64> {
        &self.0
    }

    /// The matrix of `self` followed by `next`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of states.
    pub fn then(&self, next: &Self) -> Result<Self, Error> {
        if next.states() != self.states() {
            let (expected, found) = (self.states(), next.states());
            return Err(Error::LengthMismatch { what: "the next matrix", expected, found });
        }
        Ok(Self(&self.0 * &next.0))
    }

    /// The distribution after `steps` steps from the distribution `p`: `p W^steps`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] or [`Error::NotADistribution`] for a bad `p`.
    pub fn evolve(&self, p: &[f64], steps: usize) -> Result<Vec<f64>, Error> {
        let mut p = self.checked(p)?;
        for _ in 0..steps {
            p = &p * &self.0;
        }
        Ok(p.as_slice().to_vec())
    }

    /// The stationary distribution `π W = π`.
    ///
    /// By state reduction without subtractions (Grassmann, Taksar and Heyman 1985): every element
    /// is accurate in relative terms, however small.
    ///
    /// # Errors
    /// [`Error::Reducible`] if some state has no way to the states before it, so that the
    /// distribution need not be unique. Relabelling may help if it is.
    pub fn stationary(&self) -> Result<Vec<f64>, Error> {
        let n = self.states();
        let mut w = self.0.clone();
        let mut leaving = vec![1.0; n];
        for last in (1..n).rev() {
            let down: f64 = (0..last).map(|j| w[(last, j)]).sum();
            if down <= 0.0 {
                return Err(Error::Reducible { state: last });
            }
            leaving[last] = down;
            for i in 0..last {
                let through = w[(i, last)] / down;
                for j in 0..last {
                    w[(i, j)] += through * w[(last, j)];
                }
            }
        }
        let mut pi = vec![1.0];
        for k in 1..n {
            let inflow: f64 = (0..k).map(|i| pi[i] * w[(i, k)]).sum();
            if inflow > LARGE * leaving[k] {
                // In units of the new element, before the sum overflows.
                pi.iter_mut().for_each(|p| *p *= leaving[k] / inflow);
                pi.push(1.0);
            } else {
                pi.push(inflow / leaving[k]);
            }
        }
        let total: f64 = pi.iter().sum();
        pi.iter_mut().for_each(|p| *p /= total);
        Ok(pi)
    }

    /// How far the chain is from its stationary law `π` at the times `t = 0, 1, …, steps`, from the
    /// distribution `p`: the total variation distance `½ Σ_i |(p W^t)_i − π_i|`, which never grows
    /// (Levin, Peres and Wilmer 2009, section 4.1).
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// let w = TransitionMatrix::new(dmatrix![0.75, 0.25; 0.25, 0.75])?;
    /// assert_eq!(w.distance_to_equilibrium(&[1.0, 0.0], 2)?, [0.5, 0.25, 0.125]);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] or [`Error::NotADistribution`] for a bad `p`; as
    /// [`stationary`](Self::stationary).
    pub fn distance_to_equilibrium(&self, p: &[f64], steps: usize) -> Result<Vec<f64>, Error> {
        let mut p = self.checked(p)?;
        let pi = self.stationary()?;
        let distance = |p: &RowDVector<f64>| {
            let half = if planted("a-distance-without-its-half") { 1.0 } else { 0.5 };
            half * p.iter().zip(&pi).map(|(p, pi)| (p - pi).abs()).sum::<f64>()
        };
        let mut distances = vec![distance(&p)];
        for _ in 0..steps {
            p = &p * &self.0;
            distances.push(distance(&p));
        }
        Ok(distances)
    }

    /// The largest `|π_i W(i→j) − π_j W(j→i)|`: 0 where detailed balance holds (`eq:mh-balance`).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] or [`Error::NotADistribution`] for a bad `pi`.
    pub fn balance_gap(&self, pi: &[f64]) -> Result<f64, Error> {
        let pi = self.checked(pi)?;
        let flow = |i: usize, j: usize| pi[i] * self.0[(i, j)];
        let states = 0..self.states();
        let gaps = states.flat_map(|i| (0..i).map(move |j| (flow(i, j) - flow(j, i)).abs()));
        if planted("balance-of-neighbours-only") {
            let next = (1..self.states()).map(|i| (flow(i, i - 1) - flow(i - 1, i)).abs());
            return Ok(next.fold(0.0, f64::max));
        }
        Ok(gaps.fold(0.0, f64::max))
    }

    /// Whether detailed balance holds with the stationary law: [`balance_gap`](Self::balance_gap) at
    /// most `tolerance`, an absolute difference of flows that must be positive.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// let cycle = TransitionMatrix::new(dmatrix![0.1, 0.7, 0.2; 0.2, 0.1, 0.7; 0.7, 0.2, 0.1])?;
    /// assert!(!cycle.is_reversible(1e-12)?);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotPositive`] for a bad tolerance; as [`stationary`](Self::stationary).
    pub fn is_reversible(&self, tolerance: f64) -> Result<bool, Error> {
        if !(tolerance > 0.0 && tolerance.is_finite()) {
            return Err(Error::NotPositive { what: "the tolerance", value: tolerance });
        }
        Ok(self.balance_gap(&self.stationary()?)? <= tolerance)
    }

    fn checked(&self, p: &[f64]) -> Result<RowDVector<f64>, Error> {
        if p.len() != self.states() {
            let (expected, found) = (self.states(), p.len());
            return Err(Error::LengthMismatch { what: "the distribution", expected, found });
        }
        let (sum, min) = sum_and_min(p.iter().copied());
        if !is_distribution(sum, min) {
            return Err(Error::NotADistribution { sum, min });
        }
        Ok(RowDVector::from_row_slice(p))
    }
}

fn sum_and_min(p: impl Iterator<Item = f64>) -> (f64, f64) {
    p.fold((0.0, f64::INFINITY), |(sum, min), p| (sum + p, if p < min { p } else { min }))
}

/// NaN fails: a comparison with it is false.
fn is_distribution(sum: f64, min: f64) -> bool {
    (sum - 1.0).abs() <= SUM_TOLERANCE && min >= 0.0
}
