//! First passages by simulation: when walkers come to a site for the first time.

use prob_core::Seed;
use rayon::prelude::*;

use super::LatticeWalk;
use super::walker::Walker;
use crate::Error;

/// When walkers first came to a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstPassages {
    times: Vec<Option<u64>>,
    cap: u64,
}

impl FirstPassages {
    /// The step that led each walker there, at least 1; `None` for one that did not come within
    /// [`cap`](Self::cap) steps.
    #[must_use]
    pub fn times(&self) -> &[Option<u64>] {
        &self.times
    }

    /// The number of steps after which nobody waited any longer.
    #[must_use]
    pub fn cap(&self) -> u64 {
        self.cap
    }

    /// The number of walkers that came.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.times.iter().flatten().count()
    }

    /// The share of the walkers that came within the cap, and its standard error `√(p (1 − p) / n)`,
    /// which is 0 if all or none came: then it says nothing.
    #[must_use]
    pub fn share(&self) -> (f64, f64) {
        let n = self.times.len() as f64;
        let share = self.arrived() as f64 / n;
        (share, (share * (1.0 - share) / n).sqrt())
    }
}

impl LatticeWalk {
    /// Sends out `walkers` walkers and notes when each comes to `target` for the first time, at step 1
    /// or later: if it starts there, when it returns.
    ///
    /// Nobody waits longer than `cap` steps. In one dimension the simple walk comes everywhere, but
    /// the mean time is infinite; in three dimensions it returns with probability 0.3405 alone (Pólya
    /// 1921). Whatever the cap, the times within it have their exact law.
    ///
    /// Walker `i` draws from `seed.stream("walker", i)`: the same bits for any number of threads.
    ///
    /// ```
    /// # use mcmc::LatticeWalk;
    /// # use prob_core::Seed;
    /// let cube = LatticeWalk::simple(3)?;
    /// let returns = cube.first_passages(&[0, 0, 0], &[0, 0, 0], 1_000, 10_000, Seed(1))?;
    /// let (share, error) = returns.share();
    /// assert!((share - 0.3405).abs() < 0.02 && error < 0.005);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Zero`] for no walkers or a cap of 0; [`Error::LengthMismatch`] or [`Error::OffLattice`] for
    /// a bad start or target; [`Error::TooLarge`] for more walkers than memory holds.
    pub fn first_passages(
        &self,
        start: &[i64],
        target: &[i64],
        cap: u64,
        walkers: usize,
        seed: Seed,
    ) -> Result<FirstPassages, Error> {
        let start = self.checked("the start", start)?;
        let target = self.checked("the target", target)?;
        if walkers == 0 {
            return Err(Error::Zero { what: "the number of walkers" });
        }
        if cap == 0 {
            return Err(Error::Zero { what: "the cap" });
        }
        let too_large = Error::TooLarge { chains: walkers, draws: 1, variables: 1 };
        let mut times = Vec::new();
        times.try_reserve_exact(walkers).map_err(|_| too_large)?;
        let passage = |walker: usize| {
            let mut rng = seed.stream("walker", walker as u64);
            Walker::new(self, start).passage(&target, cap, &mut rng)
        };
        (0..walkers).into_par_iter().map(passage).collect_into_vec(&mut times);
        Ok(FirstPassages { times, cap })
    }
}
