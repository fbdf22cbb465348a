//! The exact transition matrix of a walk between ends.

use nalgebra::DMatrix;

use super::{Boundary, DIMENSIONS, LatticeWalk, Moves};
use crate::{Error, TransitionMatrix};

/// The most states of a matrix: it has their square of elements.
const STATES: usize = 4096;

impl LatticeWalk {
    /// The transition matrix of a walk with ends on every axis: rings or walls.
    ///
    /// The states are the sites in the order of their coordinates, the last axis running fastest;
    /// [`state`](Self::state) finds one.
    ///
    /// ```
    /// use mcmc::{Boundary, LatticeWalk};
    ///
    /// let ring = LatticeWalk::simple(1)?.bounded(0, Boundary::Ring { sites: 5 })?;
    /// let w = ring.transition_matrix()?;
    /// assert_eq!(w.matrix()[(0, 4)], 0.5);
    /// assert!(w.stationary()?.iter().all(|pi| (pi - 0.2).abs() < 1e-15));
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongWalk`] if an axis has no ends; [`Error::OutOfRange`] for more than 4096 states.
    pub fn transition_matrix(&self) -> Result<TransitionMatrix, Error> {
        let n = self.states()?;
        let outcomes = self.outcomes();
        let mut w = DMatrix::zeros(n, n);
        for from in 0..n {
            let at = self.site_of(from);
            let mut axes = at.iter().zip(&self.boundaries);
            if axes.any(|(x, boundary)| boundary.absorbs(*x)) {
                w[(from, from)] = 1.0;
                continue;
            }
            for (chance, change) in &outcomes {
                let mut to = at;
                for (axis, boundary) in self.boundaries.iter().enumerate() {
                    to[axis] = boundary.site(boundary.moved(at[axis], change[axis]));
                }
                w[(from, self.index(&to))] += chance;
            }
        }
        TransitionMatrix::new(w)
    }

    /// The index of a site among the states of [`transition_matrix`](Self::transition_matrix).
    ///
    /// # Errors
    /// As [`transition_matrix`](Self::transition_matrix); [`Error::LengthMismatch`] or
    /// [`Error::OffLattice`] for a bad site.
    pub fn state(&self, site: &[i64]) -> Result<usize, Error> {
        self.states()?;
        Ok(self.index(&self.checked("the site", site)?))
    }

    /// The number of states, if they can be counted.
    fn states(&self) -> Result<usize, Error> {
        if self.boundaries.contains(&Boundary::Free) {
            let what = "the transition matrix";
            return Err(Error::WrongWalk { what, needed: "with ends on every axis" });
        }
        let sites = |boundary: &Boundary| boundary.ends().0.abs_diff(boundary.ends().1) + 1;
        let all = self.boundaries.iter().map(sites).fold(1, u64::saturating_mul);
        let index = usize::try_from(all).unwrap_or(usize::MAX);
        if index > STATES {
            let what = "the number of states of a walk's matrix";
            return Err(Error::OutOfRange { what, index, limit: STATES + 1 });
        }
        Ok(index)
    }

    fn index(&self, site: &[i64; DIMENSIONS]) -> usize {
        let axes = site.iter().zip(&self.boundaries);
        axes.fold(0, |index, (x, boundary)| {
            let (lower, upper) = boundary.ends();
            index * (upper - lower + 1) as usize + (x - lower) as usize
        })
    }

    fn site_of(&self, mut state: usize) -> [i64; DIMENSIONS] {
        let mut site = [0; DIMENSIONS];
        for (axis, boundary) in self.boundaries.iter().enumerate().rev() {
            let (lower, upper) = boundary.ends();
            let sites = (upper - lower + 1) as usize;
            site[axis] = lower + (state % sites) as i64;
            state /= sites;
        }
        site
    }

    /// The probabilities of the changes that a step can make.
    fn outcomes(&self) -> Vec<(f64, [i64; DIMENSIONS])> {
        let moving = 1.0 - self.stay;
        let mut outcomes = vec![(self.stay, [0; DIMENSIONS])];
        match self.moves {
            Moves::OneAxis => {
                for (axis, [down, up]) in self.directions.iter().enumerate() {
                    for (chance, change) in [(down, -1), (up, 1)] {
                        let mut to = [0; DIMENSIONS];
                        to[axis] = change;
                        outcomes.push((moving * chance, to));
                    }
                }
            }
            Moves::EveryAxis => {
                for corner in 0..1 << self.dimension() {
                    let (mut chance, mut to) = (moving, [0; DIMENSIONS]);
                    for (axis, pair) in self.directions.iter().enumerate() {
                        let up = corner >> axis & 1;
                        chance *= pair[up];
                        to[axis] = 2 * up as i64 - 1;
                    }
                    outcomes.push((chance, to));
                }
            }
        }
        outcomes
    }
}
