//! Robust adaptive Metropolis: a random walk learns its covariance from its own acceptance.
//!
//! Vihola (2012), algorithm 1 (`eq:ram`): step n proposes `x + S u` with u standard normal, accepts
//! with probability α, and then makes the steps along `S u` longer where α is above its target α*, and
//! shorter where it is below:
//!
//! ```text
//! S' S'ᵀ = S (I + η (α − α*) u uᵀ / |u|²) Sᵀ,    η = min(1, d n^(−2/3))
//! ```
//!
//! It needs no moments of the target, so that it works for heavy tails, too. On a normal law `S Sᵀ`
//! becomes proportional to the covariance.
//!
//! A chain that never stops learning must learn less and less, and with a falling η scales that are far
//! off take longer than anybody waits. This one stops. So in the first half of its steps η does not fall
//! below 3/d, and in the second half, which brings the precision, n begins anew and η is at most that. An η
//! that stays at 1 would not do: in thirty dimensions the noise of the updates alone makes the
//! covariance singular.

use prob_core::LogDensity;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::mutants::planted;
use crate::{Acceptance, Error, GaussianWalk, MetropolisHastings, Point, Proposal, WarmUp};

/// The exponent γ of `η = d n^−γ`, between ½ and 1; Vihola's choice.
const DECAY: f64 = 2.0 / 3.0;

/// Finds a [`GaussianWalk`] with a wanted rate of acceptance.
///
/// The rate is 0.234 unless [`aiming_at`](Self::aiming_at) says another, and 0.44 in one dimension
/// (Roberts and Rosenthal 2001). The first steps have the covariance `I`, unless
/// [`from_walk`](Self::from_walk) knows better. [`sample_adapted`](crate::sample_adapted) runs
/// it. The scale is found in some thousand steps. The shape takes about d² thousand: in ten dimensions
/// 100,000 steps, in a hundred dimensions more than is sensible.
///
/// ```
/// use mcmc::{RobustAdaptive, WarmUp};
/// use prob_core::Seed;
///
/// let target = |x: &[f64]| -0.5 * (x[0] / 1e-3).powi(2);
/// let mut rng = Seed(1).stream("warm-up", 0);
/// let (kernel, _) = RobustAdaptive::new().warm_up(&target, &[0.0], 4_000, &mut rng)?;
/// let sd = kernel.proposal().covariance()[(0, 0)].sqrt();
/// assert!((1.5e-3..4e-3).contains(&sd)); // 2.4 standard deviations, found from 1
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RobustAdaptive {
    target: Option<f64>,
    first: Option<GaussianWalk>,
}

impl RobustAdaptive {
    /// With the usual rates and first steps of covariance `I`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Aims at a rate of acceptance.
    ///
    /// # Errors
    /// [`Error::NotBetween`] unless it is between 0 and 1.
    pub fn aiming_at(self, rate: f64) -> Result<Self, Error> {
        if rate > 0.0 && rate < 1.0 {
            Ok(Self { target: Some(rate), ..self })
        } else {
            Err(Error::NotBetween { what: "the rate of acceptance", value: rate })
        }
    }

    /// Makes the first steps as `walk` does. Starts must have its dimension.
    #[must_use]
    pub fn from_walk(self, walk: GaussianWalk) -> Self {
        Self { first: Some(walk), ..self }
    }

    /// The rate of acceptance that it aims at in `dimension` dimensions.
    #[must_use]
    pub fn rate(&self, dimension: usize) -> f64 {
        self.target.unwrap_or(if dimension == 1 { 0.44 } else { 0.234 })
    }
}

impl<D: LogDensity<[f64]> + ?Sized> WarmUp<D> for RobustAdaptive {
    type Kernel = MetropolisHastings<GaussianWalk>;

    /// # Errors
    /// As [`WarmUp::warm_up`]; [`Error::NotAFactor`] at the step where the scale leaves the numbers
    /// there are, as it does where a density is no law because its integral is infinite.
    fn warm_up(
        &self,
        target: &D,
        start: &[f64],
        steps: usize,
        rng: &mut impl Rng,
    ) -> Result<(Self::Kernel, Vec<f64>), Error> {
        if steps == 0 {
            return Err(Error::Zero { what: "the number of warm-up steps" });
        }
        let mut state = Point::new(target, start)?;
        let dim = start.len();
        let mut walk = self.first.clone().unwrap_or_else(|| GaussianWalk::standard(dim));
        walk.check(dim)?;
        let rate = self.rate(dim);
        let mut u = vec![0.0; dim];
        let mut columns = vec![(0.0, 0.0); dim];
        let change = |alpha: f64| {
            if planted("warm-up-away-from-its-aim") { rate - alpha } else { alpha - rate }
        };
        for n in 0..steps {
            let alpha = step(&walk, target, &mut state, &mut u, rng);
            let learnt = alpha.and_then(|alpha| {
                walk.stretch(&u, eta(dim, n, steps) * change(alpha), &mut columns)
            });
            learnt.map_err(|source| Error::AtStep { step: n as u64, source: Box::new(source) })?;
        }
        Ok((MetropolisHastings::new(walk), state.position().to_vec()))
    }
}

/// How much step n of so many, counted from 0, may change.
fn eta(dim: usize, n: usize, steps: usize) -> f64 {
    let (dim, half) = (dim as f64, steps / 2);
    let falling = |n: usize| (dim * (n as f64).powf(-DECAY)).min(1.0);
    let between = (3.0 / dim).min(1.0);
    if n < half { falling(n + 1).max(between) } else { falling(n + 1 - half).min(between) }
}

/// A step with the proposal `x + S u`; leaves u behind and returns the probability of acceptance.
fn step<D: LogDensity<[f64]> + ?Sized>(
    walk: &GaussianWalk,
    target: &D,
    state: &mut Point,
    u: &mut [f64],
    rng: &mut impl Rng,
) -> Result<f64, Error> {
    u.iter_mut().for_each(|u| *u = StandardNormal.sample(rng));
    let (from, to) = state.parts();
    to.copy_from_slice(u);
    walk.move_from(from, to);
    let info = Acceptance::Metropolis.decide(target, state, 0.0, rng)?;
    Ok(info.log_accept.exp())
}
