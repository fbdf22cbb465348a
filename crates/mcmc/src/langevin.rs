//! The Metropolis-adjusted Langevin algorithm: proposals that drift uphill (Roberts and Tweedie 1996).
//!
//! One Euler step of the diffusion `dX = ½ ∇ln f(X) dt + dB`, whose stationary law is `f`, proposes
//! (`eq:langevin`)
//!
//! ```text
//! y = x + (ε²/2) ∇ln f(x) + ε z,    z ~ N(0, 1) in each coordinate
//! ```
//!
//! The step is finite, so that `y` alone would follow another law; Metropolis–Hastings mends it, with
//! both slopes in the ratio of the proposals ([`Langevin::log_ratio`]). On a d-dimensional law of
//! independent coordinates the best ε falls as `d^(−1/6)`, where 0.574 of the proposals are accepted; a
//! random walk's falls as `d^(−1/2)` (Roberts and Rosenthal 1998).
//!
//! It is a kernel and no [`Proposal`](crate::Proposal), though it proposes. A proposal knows two points
//! and not the law: it would have to hold the law itself, which tempering changes under the chain, and it
//! would take the slope twice a step, the one at `x` again and again. A kernel gets the law as an argument
//! and keeps the slope in its state.

use prob_core::GradLogDensity;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::error::check_finite;
use crate::mutants::planted;
use crate::{Acceptance, Error, Kernel, MhInfo};

/// The Langevin kernel: one log density with its gradient a step.
///
/// ```
/// use mcmc::{Langevin, Schedule, sample_chains};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
///
/// let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
/// let kernel = Langevin::new(1.2)?;
/// let trace = sample_chains(&kernel, &target, &[vec![3.0, -3.0]], Schedule::keep(10_000), Seed(1))?;
/// assert!((trace.correlation()[(0, 1)] - 0.5).abs() < 0.1);
/// assert!(trace.acceptance().is_some_and(|a| a[0] > 0.5));
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Langevin {
    epsilon: f64,
    acceptance: Acceptance,
}

impl Langevin {
    /// With the step ε, the standard deviation of the noise in each coordinate, and the rule of
    /// Metropolis.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless ε is positive and finite.
    pub fn new(epsilon: f64) -> Result<Self, Error> {
        if epsilon.is_finite() && epsilon > 0.0 {
            Ok(Self { epsilon, acceptance: Acceptance::Metropolis })
        } else {
            Err(Error::NotPositive { what: "the step of the Langevin kernel", value: epsilon })
        }
    }

    /// With another rule.
    #[must_use]
    pub fn accepting(self, acceptance: Acceptance) -> Self {
        Self { acceptance, ..self }
    }

    /// The step ε.
    #[must_use]
    pub fn epsilon(&self) -> f64 {
        self.epsilon
    }

    /// The rule of acceptance.
    #[must_use]
    pub fn acceptance(&self) -> Acceptance {
        self.acceptance
    }

    /// The coordinate that is proposed from `x` with the slope `gradient` and the noise `z`.
    #[inline]
    fn proposed(&self, x: f64, gradient: f64, z: f64) -> f64 {
        let half = if planted("a-drift-without-its-half") { 1.0 } else { 0.5 };
        x + self.epsilon * (half * self.epsilon * gradient + z)
    }

    /// `ln T(y→x) − ln T(x→y)` from the gradients of the log density at both points; all four have
    /// one length.
    ///
    /// The squares of both exponents cancel on paper, which leaves
    /// `−½ Σ (g_x + g_y) (y − x + (ε²/4) (g_y − g_x))`: the way back has the same number with the other
    /// sign, bit for bit.
    #[must_use]
    #[inline]
    pub fn log_ratio(&self, x: &[f64], grad_x: &[f64], y: &[f64], grad_y: &[f64]) -> f64 {
        let quarter = 0.25 * self.epsilon * self.epsilon;
        let points = x.iter().zip(y);
        let gradients = grad_x.iter().zip(grad_y);
        let sum: f64 = points
            .zip(gradients)
            .map(|((x, y), (gx, gy))| (gx + gy) * (y - x + quarter * (gy - gx)))
            .sum();
        -0.5 * sum
    }
}

/// A position with its log density and gradient already paid for, and room for a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct LangevinState {
    position: Vec<f64>,
    gradient: Vec<f64>,
    log_density: f64,
    /// Where the next proposal and its gradient are written, so that a step allocates nothing.
    proposal: Vec<f64>,
    proposal_gradient: Vec<f64>,
}

impl LangevinState {
    /// The position.
    #[must_use]
    pub fn position(&self) -> &[f64] {
        &self.position
    }

    /// The log density at the position, finite.
    #[must_use]
    pub fn log_density(&self) -> f64 {
        self.log_density
    }

    /// Its gradient there, finite.
    #[must_use]
    pub fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    /// The log density at the proposal; its gradient is written, and finite unless that is `−∞`.
    fn evaluate<D: GradLogDensity + ?Sized>(&mut self, target: &D) -> Result<f64, Error> {
        let Self { proposal: x, proposal_gradient: gradient, .. } = self;
        let value = target.log_density_and_grad(x, gradient);
        if value.is_nan() || value == f64::INFINITY {
            return Err(Error::BrokenLogDensity { value, point: x.clone() });
        }
        match gradient.iter().position(|g| !g.is_finite()) {
            Some(index) if value.is_finite() => {
                let (value, point) = (gradient[index], x.clone());
                Err(Error::BrokenGradient { index, value, point })
            }
            _ => Ok(value),
        }
    }

    /// Makes the proposal, with its gradient, the position.
    fn accept(&mut self, log_density: f64) {
        std::mem::swap(&mut self.position, &mut self.proposal);
        if !planted("stale-gradient-after-accepting") {
            std::mem::swap(&mut self.gradient, &mut self.proposal_gradient);
        }
        self.log_density = log_density;
    }
}

impl<D: GradLogDensity + ?Sized> Kernel<D, [f64]> for Langevin {
    type State = LangevinState;
    type Info = MhInfo;

    fn init(&self, target: &D, x: &[f64]) -> Result<LangevinState, Error> {
        if x.is_empty() {
            return Err(Error::Zero { what: "the dimension of the start" });
        }
        let mut state = LangevinState {
            position: x.to_vec(),
            gradient: vec![0.0; x.len()],
            log_density: f64::NAN,
            proposal: x.to_vec(),
            proposal_gradient: vec![0.0; x.len()],
        };
        self.place(target, &mut state, x)?;
        Ok(state)
    }

    fn position<'s>(&self, state: &'s LangevinState) -> &'s [f64] {
        &state.position
    }

    fn place(&self, target: &D, state: &mut LangevinState, x: &[f64]) -> Result<(), Error> {
        let (expected, found) = (state.position.len(), x.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the point", expected, found });
        }
        check_finite("point", x)?;
        // In the room of the proposal, so that a refusal leaves the position and its slope.
        state.proposal.copy_from_slice(x);
        let value = match state.evaluate(target) {
            Err(Error::BrokenLogDensity { value, .. }) => value,
            other => other?,
        };
        if !value.is_finite() {
            return Err(Error::OutsideSupport { value });
        }
        state.accept(value);
        Ok(())
    }

    #[inline]
    fn step(
        &self,
        target: &D,
        state: &mut LangevinState,
        rng: &mut impl Rng,
    ) -> Result<MhInfo, Error> {
        let from = state.position.iter().zip(&state.gradient);
        for (to, (from, gradient)) in state.proposal.iter_mut().zip(from) {
            let z: f64 = StandardNormal.sample(rng);
            *to = self.proposed(*from, *gradient, z);
        }
        // Where a slope is so steep that the proposal overflows there is no point to ask the law about.
        let within = state.proposal.iter().all(|x| x.is_finite());
        let log_f_to = if within { state.evaluate(target)? } else { f64::NEG_INFINITY };
        let log_accept = if log_f_to == f64::NEG_INFINITY {
            f64::NEG_INFINITY
        } else {
            let (x, y) = (&state.position, &state.proposal);
            let mut log_t_ratio = self.log_ratio(x, &state.gradient, y, &state.proposal_gradient);
            if planted("langevin-without-its-ratio") {
                log_t_ratio = 0.0;
            }
            self.acceptance.log_accept(state.log_density, log_f_to, log_t_ratio)
        };
        // The coin is tossed in any case, so that the stream does not depend on the outcome.
        let coin: f64 = rng.random();
        let accepted = log_accept >= 0.0 || coin.ln() < log_accept;
        if accepted {
            state.accept(log_f_to);
        }
        Ok(MhInfo { accepted, log_accept })
    }
}
