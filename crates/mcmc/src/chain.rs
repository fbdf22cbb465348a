//! Running chains: one after a schedule, many in parallel, with the same bits for any number of
//! threads.

use prob_core::Seed;
use rand::Rng;
use rayon::prelude::*;

use crate::{Error, Kernel, Trace};

/// How long a chain runs and what of it is kept.
///
/// ```
/// use mcmc::Schedule;
///
/// let schedule = Schedule { burn_in: 100, ..Schedule::keep(10_000) };
/// assert_eq!(schedule.thin, 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Steps before the first draw that is kept; may be 0.
    pub burn_in: usize,
    /// Draws kept of each chain, at least 1.
    pub draws: usize,
    /// Steps for each draw kept, at least 1: 1 keeps all.
    pub thin: usize,
}

impl Schedule {
    /// Keeps `draws` draws from the first step on, all of them.
    #[must_use]
    pub fn keep(draws: usize) -> Self {
        Self { burn_in: 0, draws, thin: 1 }
    }

    fn check(&self) -> Result<(), Error> {
        if self.draws == 0 {
            return Err(Error::Zero { what: "the number of draws" });
        }
        if self.thin == 0 {
            return Err(Error::Zero { what: "the thinning" });
        }
        Ok(())
    }
}

/// Runs one chain from `start` and hands each draw that is kept to `visit`, with its index.
///
/// The start itself is no draw: the first one comes after `burn_in + thin` steps.
///
/// # Errors
/// [`Error::Zero`] for a schedule without draws, and what [`Kernel::init`] says about the start.
pub fn walk<K, D, X>(
    kernel: &K,
    target: &D,
    start: &X,
    schedule: Schedule,
    rng: &mut impl Rng,
    mut visit: impl FnMut(usize, &X),
) -> Result<(), Error>
where
    K: Kernel<D, X>,
    D: ?Sized,
    X: ?Sized,
{
    schedule.check()?;
    let mut state = kernel.init(target, start)?;
    for _ in 0..schedule.burn_in {
        kernel.step(target, &mut state, rng);
    }
    for draw in 0..schedule.draws {
        for _ in 0..schedule.thin {
            kernel.step(target, &mut state, rng);
        }
        visit(draw, kernel.position(&state));
    }
    Ok(())
}

/// Runs one chain from each of `starts` in parallel and keeps their draws.
///
/// Chain `i` draws from `seed.stream("chain", i)`: the trace has the same bits for any number of
/// threads, and chain `i` the same whatever the number of chains.
///
/// ```
/// use mcmc::{Gibbs, Schedule, sample_chains};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
///
/// let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
/// let starts = vec![vec![3.0, -3.0]; 4];
/// let trace = sample_chains(&Gibbs, &target, &starts, Schedule::keep(1_000), Seed(1))?;
/// assert_eq!((trace.chains(), trace.draws(), trace.variables()), (4, 1_000, 2));
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::Zero`] for no chains, draws or thinning; [`Error::LengthMismatch`] for starts that
/// differ in length; [`Error::TooLarge`] for a trace beyond memory; what [`Kernel::init`] says.
pub fn sample_chains<K, D>(
    kernel: &K,
    target: &D,
    starts: &[Vec<f64>],
    schedule: Schedule,
    seed: Seed,
) -> Result<Trace, Error>
where
    K: Kernel<D, [f64]> + Sync,
    D: Sync + ?Sized,
{
    schedule.check()?;
    let variables = starts.first().ok_or(Error::Zero { what: "the number of chains" })?.len();
    if let Some(odd) = starts.iter().find(|s| s.len() != variables) {
        let found = odd.len();
        return Err(Error::LengthMismatch { what: "a start", expected: variables, found });
    }
    let mut trace = Trace::zeros(starts.len(), schedule.draws, variables)?;
    let run = |(i, (chain, start)): (usize, (&mut [f64], &Vec<f64>))| {
        let mut rng = seed.stream("chain", i as u64);
        walk(kernel, target, start.as_slice(), schedule, &mut rng, |draw, x| {
            chain[draw * variables..(draw + 1) * variables].copy_from_slice(x);
        })
    };
    // All results before the first error: which one comes out must not depend on threads either.
    let results: Vec<_> = trace.chains_mut().zip(starts).enumerate().map(run).collect();
    results.into_iter().collect::<Result<(), Error>>()?;
    Ok(trace)
}
