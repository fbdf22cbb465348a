//! Annealed importance sampling: ratios of normalising constants, with a bracket around the truth.
//!
//! A particle starts at a point of the easy law and goes along a [`Path`] of laws `f_0, …, f_n`, at
//! each of which a kernel moves it once. Its weight is (Neal 2001, eq. 3)
//!
//! ```text
//! w = Π_{k=1..n} f_k(x_{k−1}) / f_{k−1}(x_{k−1}),    x_k moved from x_{k−1} by a kernel that keeps f_k
//! ```
//!
//! and `E[w] = Z_n / Z_0` exactly, however badly the kernels mix: an importance sampler on whole
//! trajectories. By Jensen's inequality the logarithm of a mean of weights lies below
//! `ln (Z_n / Z_0)` in expectation. The way back from draws of the wanted law has the expectation
//! `Z_0 / Z_n`, and so lies above: together they bracket the truth (Grosse, Ghahramani and Adams 2015).

use prob_core::{LogDensity, Path, Seed, logspace::log_sum_exp};
use rand::Rng;
use rayon::prelude::*;

use crate::chain::{same_length, unless_panicked};
use crate::mutants::planted;
use crate::point::checked_log_density;
use crate::{Error, Kernel, Reason};

/// The weights that annealing leaves, one a particle.
#[derive(Debug, Clone, PartialEq)]
pub struct Annealed {
    log_weights: Vec<f64>,
}

impl Annealed {
    /// `ln w` of each particle; `−∞` for one that came to where the next law has no density.
    #[must_use]
    pub fn log_weights(&self) -> &[f64] {
        &self.log_weights
    }

    /// `ln (Σ w / n)`: the estimate of `ln Z_end − ln Z_start`.
    ///
    /// The mean of the weights has the ratio itself as its expectation; its logarithm is a stochastic
    /// lower bound: `P(ln mean w ≥ ln (Z_end / Z_start) + a) ≤ e^−a` for all `a > 0`, by Markov's
    /// inequality. `−∞` if all weights are 0.
    #[must_use]
    pub fn log_ratio(&self) -> f64 {
        if planted("a-mean-of-logarithms") {
            return self.log_weights.iter().sum::<f64>() / self.log_weights.len() as f64;
        }
        log_sum_exp(&self.log_weights) - (self.log_weights.len() as f64).ln()
    }

    /// The effective number of particles, `(Σ w)² / Σ w²`: between 1 and their number, and 0 if all
    /// weights are 0.
    ///
    /// A small one says that few particles carry the estimate. A large one says little: a region that
    /// no particle found is not in it.
    #[must_use]
    pub fn ess(&self) -> f64 {
        let largest = self.log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if largest == f64::NEG_INFINITY {
            return 0.0;
        }
        // In units of the largest: nothing overflows, and equal weights give their number exactly.
        let weights = self.log_weights.iter().map(|w| (w - largest).exp());
        let (sum, squares) = weights.fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
        sum * sum / squares
    }
}

/// Anneals `particles` particles from `beta = 0` to `beta = 1` (Neal 2001).
///
/// `draw_start` draws a point of the law at `beta = 0`, exactly. Then
/// [`log_ratio`](Annealed::log_ratio) estimates `ln Z_1 − ln Z_0` from below. The kernel need only
/// leave the law at each `beta` invariant; it moves each particle once at each beta strictly between
/// 0 and 1. More betas, or a kernel that makes many moves a step, bring the estimate closer.
///
/// Particle `i` draws from `seed.stream("ais", i)`: the same bits for any number of threads.
///
/// ```
/// use mcmc::{MetropolisHastings, RandomWalk, ais};
/// use prob_core::{GeometricPath, Seed};
/// use rand_distr::{Distribution, StandardNormal};
///
/// // From N(0, 1) to exp(−2 x²), whose Z is half of that: ln Z_1 − ln Z_0 = −ln 2.
/// let path = GeometricPath { from: |x: &[f64]| -0.5 * x[0] * x[0], to: |x: &[f64]| -2.0 * x[0] * x[0] };
/// let kernel = MetropolisHastings::new(RandomWalk::new(1.5)?);
/// let betas: Vec<f64> = (0..=50).map(|k| f64::from(k) / 50.0).collect();
/// let annealed = ais(&path, &kernel, &betas, 500, |rng| vec![StandardNormal.sample(rng)], Seed(1))?;
/// assert!((annealed.log_ratio() + 2f64.ln()).abs() < 0.1);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::Zero`] without particles or betas, [`Error::TooMany`] for particles beyond memory;
/// [`Error::NotALadder`] unless the betas increase from 0 to 1; [`Error::ParticleFailed`] with the first
/// particle that cannot go on: it started where the first law has no density, met a log density that is
/// NaN or `+∞`, or panicked.
pub fn ais<P, K>(
    path: P,
    kernel: &K,
    betas: &[f64],
    particles: usize,
    draw_start: impl Fn(&mut dyn Rng) -> Vec<f64> + Sync,
    seed: Seed,
) -> Result<Annealed, Error>
where
    P: Path<Law: LogDensity<[f64]>> + Sync,
    K: Kernel<P::Law, [f64]> + Sync,
{
    if particles == 0 {
        return Err(Error::Zero { what: "the number of particles" });
    }
    from_zero_to_one(betas)?;
    let mut ends = room(particles)?;
    let run = |particle: usize| {
        let mut rng = seed.stream("ais", particle as u64);
        unless_panicked(|| {
            let start = draw_start(&mut rng);
            anneal(&path, kernel, betas.iter().copied(), &start, &mut rng)
        })
    };
    (0..particles).into_par_iter().map(run).collect_into_vec(&mut ends);
    collect(ends)
}

/// Anneals backwards, from `beta = 1` to `beta = 0`: one particle from each of `starts`.
///
/// Each start is to be a draw of the law at `beta = 1`, exactly; they need not be independent of each
/// other. Then [`log_ratio`](Annealed::log_ratio) estimates `ln Z_0 − ln Z_1` from below, so that its
/// negative bounds `ln Z_1 − ln Z_0` from above, where [`ais`] bounds it from below. Starts that only
/// come close to the law, such as the ends of a Markov chain, make a bound that is as good as they are.
///
/// Particle `i` draws from `seed.stream("reverse-ais", i)`.
///
/// # Errors
/// As [`ais`]; [`Error::LengthMismatch`] for starts that differ in length.
pub fn reverse_ais<P, K>(
    path: P,
    kernel: &K,
    betas: &[f64],
    starts: &[Vec<f64>],
    seed: Seed,
) -> Result<Annealed, Error>
where
    P: Path<Law: LogDensity<[f64]>> + Sync,
    K: Kernel<P::Law, [f64]> + Sync,
{
    if starts.is_empty() {
        return Err(Error::Zero { what: "the number of particles" });
    }
    same_length(starts)?;
    from_zero_to_one(betas)?;
    let run = |(particle, start): (usize, &Vec<f64>)| {
        let mut rng = seed.stream("reverse-ais", particle as u64);
        let betas = betas.iter().rev().copied();
        unless_panicked(|| anneal(&path, kernel, betas, start, &mut rng))
    };
    collect(starts.par_iter().enumerate().map(run).collect())
}

/// An interval around `ln Z_1 − ln Z_0` that misses it at most at the rate `1 − level`.
///
/// With `α = 1 − level`, Markov's inequality on the mean weight of either direction gives
///
/// ```text
/// P(forward.log_ratio() − ln(2/α) > ln Z_1 − ln Z_0)  ≤ α/2
/// P(−reverse.log_ratio() + ln(2/α) < ln Z_1 − ln Z_0) ≤ α/2
/// ```
///
/// and so the two numbers returned, (lower, upper), hold together with probability at least `level`.
/// Nothing is assumed about the law of the weights or the mixing of the kernels, only exact starts and
/// kernels that keep their laws: the bracket is wide if they mix badly, but not wrong. It is never
/// narrower than `2 ln(2/α)`, 7.4 at 95 %, but for a lucky draw. A lower end above the upper one is an
/// event with probability at most `α`: more likely a start or a kernel is wrong.
///
/// ```
/// # use mcmc::{MetropolisHastings, RandomWalk, ais, bracket, reverse_ais};
/// # use prob_core::{GeometricPath, Seed};
/// # let path = GeometricPath { from: |_: &[f64]| 0.0, to: |_: &[f64]| 3.0 };
/// # let kernel = MetropolisHastings::new(RandomWalk::new(1.0)?);
/// let forward = ais(&path, &kernel, &[0.0, 1.0], 10, |_| vec![0.0], Seed(1))?;
/// let reverse = reverse_ais(&path, &kernel, &[0.0, 1.0], &[vec![0.0]], Seed(1))?;
/// let (lower, upper) = bracket(&forward, &reverse, 0.95)?;
/// assert!(lower < 3.0 && 3.0 < upper);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::NotBetween`] unless `level` is between 0 and 1, both excluded.
pub fn bracket(forward: &Annealed, reverse: &Annealed, level: f64) -> Result<(f64, f64), Error> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::NotBetween { what: "the confidence", value: level });
    }
    let slack = (2.0 / (1.0 - level)).ln();
    let slack = if planted("a-bracket-without-slack") { 0.0 } else { slack };
    Ok((forward.log_ratio() - slack, slack - reverse.log_ratio()))
}

/// `ln w` of one particle from `start`, a draw of the law at the first of `betas`.
fn anneal<P, K>(
    path: &P,
    kernel: &K,
    betas: impl ExactSizeIterator<Item = f64>,
    start: &[f64],
    rng: &mut impl Rng,
) -> Result<f64, Error>
where
    P: Path<Law: LogDensity<[f64]>>,
    K: Kernel<P::Law, [f64]>,
{
    let last = betas.len() - 1;
    let mut laws = betas.map(|beta| path.at(beta)).enumerate();
    let Some((_, mut law)) = laws.next() else { return Ok(0.0) };
    let mut state = kernel.init(&law, start)?;
    let mut x = start.to_vec();
    let mut log_weight = 0.0;
    for (k, next) in laws {
        if planted("weights-after-the-move") && k < last {
            kernel.place(&next, &mut state, &x)?;
            kernel.step(&next, &mut state, rng)?;
            x.copy_from_slice(kernel.position(&state));
        }
        let from = checked_log_density(&law, &x)?;
        if from == f64::NEG_INFINITY {
            return Err(Error::OutsideSupport { value: from });
        }
        log_weight += checked_log_density(&next, &x)? - from;
        if log_weight == f64::NEG_INFINITY {
            break; // Weight 0, whatever comes: the next law does not know this point.
        }
        if k < last && !planted("weights-after-the-move") {
            // The weight does not see a move at the end of the path.
            kernel.place(&next, &mut state, &x)?;
            kernel.step(&next, &mut state, rng)?;
            x.copy_from_slice(kernel.position(&state));
        }
        law = next;
    }
    Ok(log_weight)
}

/// Room for the ends of all particles.
fn room(particles: usize) -> Result<Vec<Result<f64, Reason>>, Error> {
    let mut room = Vec::new();
    let too_many = |_| Error::TooMany { what: "particles", count: particles };
    room.try_reserve_exact(particles).map_err(too_many)?;
    Ok(room)
}

/// All particles, or the first that failed: which one comes out must not depend on threads.
fn collect(particles: Vec<Result<f64, Reason>>) -> Result<Annealed, Error> {
    let each = particles.into_iter().enumerate();
    let log_weights = each
        .map(|(particle, end)| end.map_err(|reason| Error::ParticleFailed { particle, reason }))
        .collect::<Result<_, _>>()?;
    Ok(Annealed { log_weights })
}

/// Refuses betas that do not go from 0 to 1.
fn from_zero_to_one(betas: &[f64]) -> Result<(), Error> {
    match betas.first() {
        Some(&value) if value != 0.0 => Err(Error::NotALadder { index: 0, value }),
        _ => check_ladder(betas),
    }
}

/// Refuses betas that do not increase to 1 from somewhere in `[0, 1]`.
pub(crate) fn check_ladder(betas: &[f64]) -> Result<(), Error> {
    let Some(last) = betas.len().checked_sub(1) else {
        return Err(Error::Zero { what: "the number of inverse temperatures" });
    };
    let mut before = f64::NEG_INFINITY;
    for (index, &value) in betas.iter().enumerate() {
        let right = value >= 0.0 && value > before && (value < 1.0) == (index < last);
        if !right || value > 1.0 {
            return Err(Error::NotALadder { index, value });
        }
        before = value;
    }
    Ok(())
}
