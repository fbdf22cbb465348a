//! Running chains: one after a schedule, many in parallel, with the same bits for any number of
//! threads.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use prob_core::Seed;
use rand::Rng;
use rayon::prelude::*;

use crate::error::{ChainFailure, ChainsFailed, Reason};
use crate::mutants::planted;
use crate::trace::ChainDraws;
use crate::{Error, Kernel, Statistics, Trace};

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
/// [`Error::Zero`] for a schedule without draws, what [`Kernel::init`] says about the start, and
/// [`Error::AtStep`] where the kernel cannot go on.
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
    let mut steps = 0;
    let mut statistics = vec![0.0; K::Info::COUNT];
    advance(kernel, target, &mut state, schedule, rng, &mut steps, &mut statistics, |i, x, _| {
        visit(i, x);
    })
    .map_err(|source| Error::AtStep { step: steps, source: Box::new(source) })
}

/// Goes through a schedule from `state`; `steps` counts those that were made, and `visit` gets each
/// draw with the sums of its statistics in `sums`.
#[allow(clippy::too_many_arguments, reason = "the loop of every chain, called twice")]
fn advance<K, D, X>(
    kernel: &K,
    target: &D,
    state: &mut K::State,
    schedule: Schedule,
    rng: &mut impl Rng,
    steps: &mut u64,
    sums: &mut [f64],
    mut visit: impl FnMut(usize, &X, &[f64]),
) -> Result<(), Error>
where
    K: Kernel<D, X>,
    D: ?Sized,
    X: ?Sized,
{
    let burn_in = schedule.burn_in + usize::from(planted("burn-in-off-by-one"));
    for _ in 0..burn_in {
        kernel.step(target, state, rng)?;
        *steps += 1;
    }
    for draw in 0..schedule.draws {
        sums.fill(0.0);
        if planted("the-start-is-a-draw") {
            visit(draw, kernel.position(state), sums);
        }
        let thin = schedule.thin + usize::from(planted("thinning-off-by-one"));
        for _ in 0..thin {
            kernel.step(target, state, rng)?.add_to(sums);
            *steps += 1;
        }
        if !planted("the-start-is-a-draw") {
            visit(draw, kernel.position(state), sums);
        }
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
/// differ in length, or a kernel that has not as many names as statistics; [`Error::TooLarge`] for a trace beyond memory; [`Error::BadStart`] with what
/// [`Kernel::init`] says; [`Error::ChainsFailed`] if a chain cannot go on or panics, with the draws of
/// the others.
pub fn sample_chains<K, D>(
    kernel: &K,
    target: &D,
    starts: &[Vec<f64>],
    schedule: Schedule,
    seed: Seed,
) -> Result<Trace, Error>
where
    K: Kernel<D, [f64], State: Send> + Sync,
    D: Sync + ?Sized,
{
    let trace = empty_trace::<K, D>(starts, schedule)?;
    let init = |start: &Vec<f64>| unless_panicked(|| kernel.init(target, start));
    // All results before the first error: which one comes out must not depend on threads.
    let states: Vec<_> = starts.par_iter().map(init).collect();
    let ready = |(chain, state): (usize, Result<K::State, Reason>)| match state {
        Ok(state) => Ok(Ok((kernel, state))),
        Err(Reason::Error(source)) => Err(Error::BadStart { chain, source }),
        Err(reason) => Ok(Err(reason)),
    };
    let chains = states.into_iter().enumerate().map(ready).collect::<Result<_, _>>()?;
    run_each(trace, chains, target, schedule, seed)
}

/// Room for the draws of chains from `starts`.
pub(crate) fn empty_trace<K, D>(starts: &[Vec<f64>], schedule: Schedule) -> Result<Trace, Error>
where
    K: Kernel<D, [f64]>,
    D: ?Sized,
{
    schedule.check()?;
    let (names, expected) = (K::Info::names(), K::Info::COUNT);
    if names.len() != expected {
        let (what, found) = ("the list of names of statistics", names.len());
        return Err(Error::LengthMismatch { what, expected, found });
    }
    Trace::zeros(starts.len(), schedule.draws, same_length(starts)?, names)
}

/// A chain about to run, with its kernel, or why it cannot.
pub(crate) type Ready<'k, K, S> = Result<(&'k K, S), Reason>;

/// Runs each chain with a kernel of its own and fills `trace`, chain `i` from `seed.stream("chain", i)`.
pub(crate) fn run_each<K, D>(
    mut trace: Trace,
    chains: Vec<Ready<'_, K, K::State>>,
    target: &D,
    schedule: Schedule,
    seed: Seed,
) -> Result<Trace, Error>
where
    K: Kernel<D, [f64], State: Send> + Sync,
    D: Sync + ?Sized,
{
    let run = |(chain, (into, ready)): (usize, (ChainDraws<'_>, Ready<'_, K, K::State>))| {
        let stream = if planted("one-stream-for-all-chains") { 0 } else { chain as u64 };
        let mut rng = seed.stream("chain", stream);
        let mut step = 0;
        let ended = ready.and_then(|(kernel, state)| {
            unless_panicked(|| fill(kernel, target, state, schedule, &mut rng, &mut step, into))
        });
        ended.err().map(|reason| ChainFailure { chain, step, reason })
    };
    let parts: Vec<_> = trace.chains_mut().into_iter().zip(chains).enumerate().collect();
    let ends: Vec<Option<ChainFailure>> = parts.into_par_iter().map(run).collect();
    let kept_chains: Vec<usize> = (0..ends.len()).filter(|i| ends[*i].is_none()).collect();
    if kept_chains.len() == ends.len() {
        return Ok(trace);
    }
    let kept = trace.of_chains(&kept_chains);
    let failures = ends.into_iter().flatten().collect();
    Err(Error::ChainsFailed(Box::new(ChainsFailed { failures, kept_chains, kept })))
}

/// The length that all starts have.
pub(crate) fn same_length(starts: &[Vec<f64>]) -> Result<usize, Error> {
    let expected = starts.first().ok_or(Error::Zero { what: "the number of chains" })?.len();
    match starts.iter().map(Vec::len).find(|found| *found != expected) {
        Some(found) => Err(Error::LengthMismatch { what: "a start", expected, found }),
        None => Ok(expected),
    }
}

/// Fills the part of a trace that belongs to one chain.
fn fill<K, D>(
    kernel: &K,
    target: &D,
    mut state: K::State,
    schedule: Schedule,
    rng: &mut impl Rng,
    steps: &mut u64,
    into: ChainDraws<'_>,
) -> Result<(), Error>
where
    K: Kernel<D, [f64]>,
    D: ?Sized,
{
    let ChainDraws { values, statistics } = into;
    let (variables, columns) = (values.len() / schedule.draws, K::Info::COUNT);
    let mut sums = vec![0.0; columns];
    advance(kernel, target, &mut state, schedule, rng, steps, &mut sums, |draw, x, sums| {
        values[draw * variables..(draw + 1) * variables].copy_from_slice(x);
        let means = statistics[draw * columns..(draw + 1) * columns].iter_mut();
        means.zip(sums).for_each(|(mean, sum)| *mean = sum / schedule.thin as f64);
    })
}

/// What a chain's own code returns, or why it does not. The state of a chain that panicked is thrown
/// away, so that nobody sees it half changed.
pub(crate) fn unless_panicked<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Reason> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Reason::Error(Box::new(error))),
        Err(panic) => Err(Reason::Panic(message(panic.as_ref()))),
    }
}

/// The text of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message").to_owned()
}
