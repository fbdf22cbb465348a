//! Parallel tempering: one chain a temperature, and neighbours that exchange their points.
//!
//! The chains sample the laws of a [`Path`] at `beta_0 < … < beta_n = 1`, together the product of
//! them. Levels k and k+1 with points x and y exchange these with probability (Geyer 1991)
//!
//! ```text
//! A = min(1, f_k(y) f_{k+1}(x) / (f_k(x) f_{k+1}(y)))
//! ```
//!
//! which is the Metropolis rule on the product law, and keeps it ([`log_swap`]). The hot chains cross
//! between modes; by exchanges their points come down to `beta = 1`.

use prob_core::{LogDensity, Path};
use rand::{Rng, RngExt};

use crate::mutants::planted;
use crate::point::checked_log_density;
use crate::{Error, Kernel, Statistics};

/// `ln A` of an exchange between two levels.
///
/// `now` holds the log densities of both levels at their own points, `ln f_k(x)` and `ln f_{k+1}(y)`,
/// which are finite; `swapped` those after the exchange, `ln f_k(y)` and `ln f_{k+1}(x)`, which may be
/// `−∞`. At most 0; a NaN ratio is `−∞`: never accepted.
///
/// ```
/// // Tempering, ln f_β(x) = β u(x): A = exp((β_k − β_{k+1}) (u(y) − u(x))).
/// let (cold, hot, x, y) = (1.0, 0.5, -1.0, -3.0); // x on the hot level, y on the cold one
/// assert_eq!(mcmc::log_swap([hot * x, cold * y], [hot * y, cold * x]), 0.0);
/// assert_eq!(mcmc::log_swap([hot * y, cold * x], [hot * x, cold * y]), -1.0);
/// ```
#[must_use]
#[inline]
pub fn log_swap(now: [f64; 2], swapped: [f64; 2]) -> f64 {
    let mut ratio = (swapped[0] - now[0]) + (swapped[1] - now[1]);
    if planted("swap-ratio-transposed") {
        ratio = -ratio;
    }
    if planted("half-a-swap-ratio") {
        ratio = swapped[1] - now[1];
    }
    if ratio.is_nan() { f64::NEG_INFINITY } else { ratio.min(0.0) }
}

/// Parallel tempering over the levels `betas` of a [`Path`], with the same kernel at each.
///
/// One step is a step of the kernel at each level, then exchanges of neighbours: of the pairs (0, 1),
/// (2, 3), … in one step, of (1, 2), (3, 4), … in the next. To alternate lets points travel along the
/// ladder, where random pairs let them diffuse (Okabe et al. 2001; Syed et al. 2022). The position is
/// the point of the last level, `beta = 1`.
///
/// What is kept is the product of all levels, and so the law at `beta = 1` in the long run. A single
/// step from a start, where all levels stand at one point, does not keep it by itself, so that this is no
/// kernel for [`ais`](crate::ais()).
///
/// The law is a path, so that all that runs chains runs this one too:
///
/// ```
/// use mcmc::{MetropolisHastings, RandomWalk, Schedule, Tempering, sample_chains};
/// use prob_core::{GeometricPath, Seed};
///
/// // Two modes at ±10 that a walk with steps of about 1 does not connect.
/// let modes = |x: &[f64]| {
///     let bump = |m: f64| -0.5 * (x[0] - m).powi(2);
///     let (left, right) = (bump(-10.0), bump(10.0));
///     left.max(right) + (-(left - right).abs()).exp().ln_1p()
/// };
/// let path = GeometricPath { from: |x: &[f64]| -0.5 * (x[0] / 10.0).powi(2), to: modes };
/// let kernel = MetropolisHastings::new(RandomWalk::new(2.4)?);
/// let tempering = Tempering::new(kernel, vec![0.0, 0.1, 0.3, 1.0])?;
/// let trace = sample_chains(&tempering, &&path, &[vec![-10.0]], Schedule::keep(20_000), Seed(1))?;
/// assert!(trace.values().iter().any(|x| *x > 5.0));
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tempering<K> {
    kernel: K,
    betas: Vec<f64>,
}

impl<K> Tempering<K> {
    /// With levels at `betas`, the last of them 1. The first may be above 0: with a constant easy law,
    /// `beta = 0` is no law on an unbounded space.
    ///
    /// # Errors
    /// [`Error::Zero`] without betas, [`Error::NotALadder`] unless they increase up to 1 from 0 or more.
    pub fn new(kernel: K, betas: Vec<f64>) -> Result<Self, Error> {
        crate::ais::check_ladder(&betas)?;
        Ok(Self { kernel, betas })
    }

    /// The kernel of each level.
    pub fn kernel(&self) -> &K {
        &self.kernel
    }

    /// The inverse temperatures, increasing to 1.
    #[must_use]
    pub fn betas(&self) -> &[f64] {
        &self.betas
    }
}

/// The points of all levels, and how they have travelled.
#[derive(Debug, Clone, PartialEq)]
pub struct Tempered<S> {
    levels: Vec<S>,
    /// Room for two points that are exchanged.
    rooms: [Vec<f64>; 2],
    odd: bool,
    travellers: Vec<Traveller>,
    proposed: Vec<u64>,
    accepted: Vec<u64>,
    /// The sums of the chances of exchange, over those proposed.
    chances: Vec<f64>,
    round_trips: u64,
}

/// Where a point that wanders along the ladder was last: exchanges exchange travellers too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Traveller {
    /// At neither end yet, or at the hot one without having been at the cold one.
    New,
    /// At the cold end.
    FromCold,
    /// At the hot end, having come from the cold one.
    FromHot,
}

impl<S> Tempered<S> {
    /// The state of the kernel at each level, in the order of the betas.
    pub fn levels(&self) -> &[S] {
        &self.levels
    }

    /// How often each pair of neighbours, (0, 1) first, was asked to exchange its points.
    pub fn proposed(&self) -> &[u64] {
        &self.proposed
    }

    /// How often each pair did.
    pub fn accepted(&self) -> &[u64] {
        &self.accepted
    }

    /// The mean chance that each pair refuses to exchange, `1 − A`: less noisy than a count of those that
    /// did. NaN for a pair that was not asked.
    #[must_use]
    pub fn rejections(&self) -> Vec<f64> {
        let accepted = planted("acceptances-for-rejections");
        let mean = |(sum, n): (&f64, &u64)| match (sum / *n as f64).clamp(0.0, 1.0) {
            share if accepted => share,
            share => 1.0 - share,
        };
        self.chances.iter().zip(&self.proposed).map(mean).collect()
    }

    /// Begins to count anew: exchanges and round trips.
    pub(crate) fn forget_exchanges(&mut self) {
        self.proposed.fill(0);
        self.accepted.fill(0);
        self.chances.fill(0.0);
        self.round_trips = 0;
    }

    /// How many points went from `beta = 1` to the hottest level and came back. With one level, none.
    ///
    /// No round trips in a long run: the ladder has a gap, wherever the pair is that hardly exchanges.
    pub fn round_trips(&self) -> u64 {
        self.round_trips
    }

    /// Notes who stands at the ends; the number of round trips that this ends, 0 or 1.
    fn note_ends(&mut self) -> u32 {
        let Some(cold) = self.travellers.len().checked_sub(1).filter(|cold| *cold > 0) else {
            return 0;
        };
        if self.travellers[0] == Traveller::FromCold {
            self.travellers[0] = Traveller::FromHot;
        }
        let home = self.travellers[cold] == Traveller::FromHot;
        self.travellers[cold] = Traveller::FromCold;
        self.round_trips += u64::from(home);
        u32::from(home)
    }
}

/// What a step of [`Tempering`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemperingInfo<I> {
    /// Of the step of the kernel at `beta = 1`.
    pub local: I,
    /// Exchanges, of all pairs.
    pub swaps: u32,
    /// Round trips that ended: see [`Tempered::round_trips`].
    pub round_trips: u32,
}

/// The columns of the kernel at `beta = 1`, then `swaps` and `round_trips`, both per step.
impl<I: Statistics> Statistics for TemperingInfo<I> {
    const COUNT: usize = I::COUNT + 2;

    fn names() -> Vec<&'static str> {
        [I::names(), vec!["swaps", "round_trips"]].concat()
    }

    #[inline]
    fn add_to(&self, sums: &mut [f64]) {
        let (local, own) = sums.split_at_mut(I::COUNT);
        self.local.add_to(local);
        own[0] += f64::from(self.swaps);
        own[1] += f64::from(self.round_trips);
    }
}

/// A start must lie in the support of every level, where all of them begin.
///
/// A step of a level costs what its kernel costs; each pair that is asked evaluates four log densities.
/// Where a step fails, levels before the one that failed have moved; each still stands at a point of
/// its law.
impl<P, K> Kernel<P, [f64]> for Tempering<K>
where
    P: Path<Law: LogDensity<[f64]>>,
    K: Kernel<P::Law, [f64]>,
{
    type State = Tempered<K::State>;
    type Info = TemperingInfo<K::Info>;

    fn init(&self, path: &P, x: &[f64]) -> Result<Self::State, Error> {
        let init = |beta: &f64| self.kernel.init(&path.at(*beta), x);
        let levels = self.betas.iter().map(init).collect::<Result<Vec<_>, _>>()?;
        let (count, pairs) = (levels.len(), levels.len() - 1);
        let mut state = Tempered {
            levels,
            rooms: [x.to_vec(), x.to_vec()],
            odd: false,
            travellers: vec![Traveller::New; count],
            proposed: vec![0; pairs],
            accepted: vec![0; pairs],
            chances: vec![0.0; pairs],
            round_trips: 0,
        };
        state.note_ends();
        Ok(state)
    }

    fn position<'s>(&self, state: &'s Self::State) -> &'s [f64] {
        let cold = if planted("the-hottest-level-shown") { 0 } else { state.levels.len() - 1 };
        self.kernel.position(&state.levels[cold])
    }

    /// Puts the level `beta = 1` at `x`, and every other one at its own point under the new path.
    ///
    /// The other levels keep their points, which is what lets tempering be one kernel among others;
    /// one that has no density under the new path is put at `x` too. Counts go on.
    fn place(&self, path: &P, state: &mut Self::State, x: &[f64]) -> Result<(), Error> {
        let (expected, found) = (state.rooms[0].len(), x.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the point", expected, found });
        }
        let last = state.levels.len() - 1;
        let room = &mut state.rooms[0];
        for (level, beta) in state.levels[..last].iter_mut().zip(&self.betas) {
            let law = path.at(*beta);
            room.copy_from_slice(self.kernel.position(level));
            if self.kernel.place(&law, level, room).is_err() {
                self.kernel.place(&law, level, x)?;
            }
        }
        // The level that is the position last, so that a refusal leaves it.
        self.kernel.place(&path.at(self.betas[last]), &mut state.levels[last], x)
    }

    fn step(
        &self,
        path: &P,
        state: &mut Self::State,
        rng: &mut impl Rng,
    ) -> Result<Self::Info, Error> {
        let last = state.levels.len() - 1;
        for (level, beta) in state.levels[..last].iter_mut().zip(&self.betas) {
            self.kernel.step(&path.at(*beta), level, rng)?;
        }
        let local = self.kernel.step(&path.at(self.betas[last]), &mut state.levels[last], rng)?;
        let mut swaps = 0;
        for pair in (usize::from(state.odd)..last).step_by(2) {
            state.proposed[pair] += 1;
            let (accepted, log_accept) =
                self.exchange(path, pair, &mut state.levels, &mut state.rooms, rng)?;
            state.chances[pair] += log_accept.exp();
            if accepted {
                state.accepted[pair] += 1;
                state.travellers.swap(pair, pair + 1);
                swaps += 1;
            }
        }
        state.odd ^= !planted("the-same-pairs-always");
        let round_trips = state.note_ends();
        Ok(TemperingInfo { local, swaps, round_trips })
    }
}

impl<K> Tempering<K> {
    /// Exchanges the points of the levels `pair` and `pair + 1`, or not; whether it did, and `ln A`.
    fn exchange<P>(
        &self,
        path: &P,
        pair: usize,
        levels: &mut [K::State],
        [x, y]: &mut [Vec<f64>; 2],
        rng: &mut impl Rng,
    ) -> Result<(bool, f64), Error>
    where
        P: Path<Law: LogDensity<[f64]>>,
        K: Kernel<P::Law, [f64]>,
    {
        let (hot, cold) = (path.at(self.betas[pair]), path.at(self.betas[pair + 1]));
        x.copy_from_slice(self.kernel.position(&levels[pair]));
        y.copy_from_slice(self.kernel.position(&levels[pair + 1]));
        let now = [checked_log_density(&hot, x)?, checked_log_density(&cold, y)?];
        let swapped = [checked_log_density(&hot, y)?, checked_log_density(&cold, x)?];
        let log_accept = log_swap(now, swapped);
        // The coin is tossed in any case, so that the stream does not depend on the outcome.
        let coin: f64 = rng.random();
        let accepted = log_accept >= 0.0 || coin.ln() < log_accept;
        if accepted && planted("stale-density-after-a-swap") {
            levels.swap(pair, pair + 1);
        } else if accepted {
            // Placed, not exchanged as states: what they cache belongs to their own law.
            self.kernel.place(&hot, &mut levels[pair], y)?;
            if let Err(refused) = self.kernel.place(&cold, &mut levels[pair + 1], x) {
                self.kernel.place(&hot, &mut levels[pair], x)?;
                return Err(refused);
            }
        }
        Ok((accepted, log_accept))
    }
}
