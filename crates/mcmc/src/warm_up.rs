//! Warm-up: a chain that learns a kernel, which is then frozen.
//!
//! A kernel that adapts is another one at every step, and the draws of such a chain need not follow
//! the target. So adaptation ends before the first draw: [`WarmUp::warm_up`] returns a kernel that has
//! no way to learn, and only that one draws.

use prob_core::Seed;
use rand::Rng;
use rayon::prelude::*;

use crate::chain::{empty_trace, run_each, unless_panicked};
use crate::mutants::planted;
use crate::{Error, Kernel, Reason, Schedule, Trace};

/// A way to find a kernel for a law by running a chain on it.
pub trait WarmUp<D: ?Sized> {
    /// The kernel that is found: it adapts no more.
    type Kernel: Kernel<D, [f64]>;

    /// Makes `steps` steps from `start`, learning; returns the kernel and the point where the chain
    /// arrived, of the length of `start`.
    ///
    /// # Errors
    /// [`Error::Zero`] for no steps, what [`Kernel::init`] says about the start, and
    /// [`Error::AtStep`] where the chain cannot go on.
    fn warm_up(
        &self,
        target: &D,
        start: &[f64],
        steps: usize,
        rng: &mut impl Rng,
    ) -> Result<(Self::Kernel, Vec<f64>), Error>;
}

/// What [`sample_adapted`] leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapted<K> {
    /// The draws, all of them after warm-up.
    pub trace: Trace,
    /// The frozen kernel of each chain.
    pub kernels: Vec<K>,
}

/// Warms up one chain from each of `starts`, `steps` steps each, and then samples with the frozen
/// kernels.
///
/// Chain `i` warms up with `seed.stream("warm-up", i)` and draws with `seed.stream("chain", i)`: the
/// same bits for any number of threads. The steps of warm-up are no draws; a `burn_in` of the schedule
/// comes after them.
///
/// ```
/// use mcmc::{RobustAdaptive, Schedule, sample_adapted};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
///
/// // One variable a thousand times as wide as the other.
/// let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1e6, 900.0; 900.0, 1.0])?;
/// let starts = vec![vec![0.0, 0.0]; 2];
/// let warm_up = RobustAdaptive::new();
/// let adapted =
///     sample_adapted(&warm_up, &target, &starts, 5_000, Schedule::keep(5_000), Seed(1))?;
/// let step = adapted.kernels[0].proposal().covariance();
/// assert!((1e4..1e8).contains(&(step[(0, 0)] / step[(1, 1)])));
/// assert!(adapted.trace.acceptance().unwrap().iter().all(|a| (0.15..0.35).contains(a)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Zero`] for no chains, steps, draws or thinning; [`Error::LengthMismatch`] for starts that
/// differ in length; [`Error::TooLarge`] for a trace beyond memory; [`Error::BadStart`] with what
/// [`WarmUp::warm_up`] says about a start; [`Error::ChainsFailed`] if a chain cannot go on or panics, with
/// the draws of the others. What happened before the first draw is an [`Error::InWarmUp`] there.
pub fn sample_adapted<W, D>(
    warm_up: &W,
    target: &D,
    starts: &[Vec<f64>],
    steps: usize,
    schedule: Schedule,
    seed: Seed,
) -> Result<Adapted<W::Kernel>, Error>
where
    W: WarmUp<D, Kernel: Kernel<D, [f64], State: Send> + Send + Sync> + Sync,
    D: Sync + ?Sized,
{
    if steps == 0 {
        return Err(Error::Zero { what: "the number of warm-up steps" });
    }
    let trace = empty_trace::<W::Kernel, D>(starts, schedule)?;
    let warm = |(chain, start): (usize, &Vec<f64>)| {
        unless_panicked(|| {
            let stream = if planted("one-stream-for-all-warm-ups") { 0 } else { chain as u64 };
            let mut rng = seed.stream("warm-up", stream);
            let (kernel, arrived) = warm_up.warm_up(target, start, steps, &mut rng)?;
            let state = kernel.init(target, &arrived).map_err(in_warm_up)?;
            Ok((kernel, state))
        })
    };
    let warmed: Vec<_> = starts.par_iter().enumerate().map(warm).collect();
    let warmed = warmed.into_iter().enumerate().map(|(chain, outcome)| match outcome {
        Err(Reason::Error(source)) if matches!(*source, Error::AtStep { .. }) => {
            Ok(Err(Reason::Error(Box::new(in_warm_up(*source)))))
        }
        Err(Reason::Error(source)) if !matches!(*source, Error::InWarmUp(_)) => {
            Err(Error::BadStart { chain, source })
        }
        other => Ok(other),
    });
    // All of them before the first error: which one comes out must not depend on threads.
    let warmed = warmed.collect::<Result<Vec<_>, _>>()?;
    let chains = warmed.iter().map(|outcome| match outcome {
        Ok((kernel, state)) => Ok((kernel, state.clone())),
        Err(reason) => Err(reason.clone()),
    });
    let mut trace = run_each(trace, chains.collect(), target, schedule, seed)?;
    if planted("adaptation-that-goes-on") {
        for (chain, draws) in trace.chains_mut().into_iter().enumerate() {
            // A new kernel for every tenth of the draws, learnt from where the chain is.
            let (mut rng, mut x) = (seed.stream("chain", chain as u64), starts[chain].clone());
            let tenth = x.len() * schedule.draws.div_ceil(10);
            for part in draws.values.chunks_mut(tenth) {
                let (kernel, arrived) = warm_up.warm_up(target, &x, steps, &mut rng)?;
                let own = Schedule { draws: part.len() / x.len(), ..schedule };
                let mut rooms = part.chunks_exact_mut(x.len());
                crate::walk(&kernel, target, arrived.as_slice(), own, &mut rng, |_, y: &[f64]| {
                    rooms.next().into_iter().for_each(|room| room.copy_from_slice(y));
                    x.copy_from_slice(y);
                })?;
            }
        }
    }
    let kernels = warmed.into_iter().flatten().map(|(kernel, _)| kernel).collect();
    Ok(Adapted { trace, kernels })
}

/// Says that it happened before the first draw.
fn in_warm_up(source: Error) -> Error {
    Error::InWarmUp(Box::new(source))
}
