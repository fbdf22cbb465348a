//! Which states can be reached, and at which times: irreducibility and the period.
//!
//! Both depend on the graph of possible moves alone: an edge i→j where `W(i→j) > 0`, however small.
//! An irreducible, aperiodic chain on finitely many states goes to its stationary law from everywhere
//! (Levin, Peres and Wilmer 2009, theorem 4.9).

use std::collections::VecDeque;

use crate::mutants::planted;
use crate::{Error, TransitionMatrix};

impl TransitionMatrix {
    /// Whether every state can be reached from every other.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// assert!(TransitionMatrix::new(dmatrix![0.0, 1.0; 1.0, 0.0])?.is_irreducible());
    /// assert!(!TransitionMatrix::new(dmatrix![1.0, 0.0; 0.5, 0.5])?.is_irreducible());
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    #[must_use]
    pub fn is_irreducible(&self) -> bool {
        self.levels().is_ok()
    }

    /// The period: the greatest common divisor of the lengths of all closed ways, at least 1.
    ///
    /// With `d(i)` the length of the shortest way from state 0 to i, it is the greatest common divisor
    /// of `d(i) + 1 − d(j)` over all possible moves i→j (Denardo 1977).
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// let around = dmatrix![0.0, 1.0, 0.0; 0.0, 0.0, 1.0; 1.0, 0.0, 0.0];
    /// assert_eq!(TransitionMatrix::new(around)?.period()?, 3);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unreachable`] for a reducible chain, whose states can have different periods.
    pub fn period(&self) -> Result<usize, Error> {
        let level = self.levels()?;
        let n = self.states();
        let moves = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        let possible = moves.filter(|&(i, j)| self.matrix()[(i, j)] > 0.0);
        // A shortest way is never longer than another way and one move: d(j) ≤ d(i) + 1.
        if planted("a-period-from-the-way-out-alone") {
            return Ok(possible.filter(|&(_, j)| j == 0).fold(0, |p, (i, _)| gcd(p, level[i] + 1)));
        }
        Ok(possible.fold(0, |period, (i, j)| gcd(period, level[i] + 1 - level[j])))
    }

    /// Whether the [`period`](Self::period) is 1.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// assert!(!TransitionMatrix::new(dmatrix![0.0, 1.0; 1.0, 0.0])?.is_aperiodic()?);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`period`](Self::period).
    pub fn is_aperiodic(&self) -> Result<bool, Error> {
        Ok(self.period()? == 1)
    }

    /// The length of the shortest way from state 0 to each state, if the chain is irreducible.
    pub(super) fn levels(&self) -> Result<Vec<usize>, Error> {
        let w = self.matrix();
        let n = self.states();
        // If all states are reached from state 0, and state 0 from all, each is reached from each.
        let back = search(n, |i, j| w[(j, i)] > 0.0);
        if let Some(from) = back.iter().position(Option::is_none) {
            return Err(Error::Unreachable { from, to: 0 });
        }
        let level = search(n, |i, j| w[(i, j)] > 0.0);
        let reach =
            |(to, level): (usize, Option<usize>)| level.ok_or(Error::Unreachable { from: 0, to });
        level.into_iter().enumerate().map(reach).collect()
    }
}

/// The distance of each state from state 0 in moves, `None` where no way leads: breadth first.
fn search(n: usize, possible: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut level = vec![None; n];
    level[0] = Some(0);
    let mut queue = VecDeque::from([(0, 0)]);
    while let Some((i, steps)) = queue.pop_front() {
        for (j, level) in level.iter_mut().enumerate() {
            if level.is_none() && possible(i, j) {
                *level = Some(steps + 1);
                queue.push_back((j, steps + 1));
            }
        }
    }
    level
}

/// The greatest common divisor; of 0 and n it is n.
fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
