//! Metropolis–Hastings: propose with `T`, accept with `A` (lecture eqs. 2–6).
//!
//! A transition is split as `W(i→j) = T(i→j) A(i→j)` (`eq:mh-split`). Detailed balance
//! (`eq:mh-balance`, lecture 5) leaves one free choice; the Metropolis choice takes the
//! largest `A` it allows (`eq:mh-accept`, lecture 6):
//!
//! ```text
//! A(i→j) = min(1, p_j T(j→i) / (p_i T(i→j)))
//! ```
//!
//! `T` is a [`Proposal`]; `A` is an [`Acceptance`]; the product is [`MetropolisHastings`]. With a
//! symmetric `T` the ratio of `T`s is 1 and this *is* the Metropolis algorithm of 1953.
//! [`Acceptance::log_accept`] is pure: exact tests enumerate it, statistical tests only check the
//! coin.

use prob_core::LogDensity;
use rand::{Rng, RngExt};

use crate::mutants::planted;
use crate::{Error, Kernel, Point, Proposal, Statistics};

/// What one transition did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MhInfo {
    /// Whether the proposal became the state.
    pub accepted: bool,
    /// `ln A(i→j)`, at most 0.
    pub log_accept: f64,
}

/// One column, `accepted`: the share of the steps of a draw that were.
impl Statistics for MhInfo {
    const COUNT: usize = 1;

    fn names() -> Vec<&'static str> {
        vec!["accepted"]
    }

    #[inline]
    fn add_to(&self, sums: &mut [f64]) {
        sums[0] += f64::from(u8::from(self.accepted));
    }
}

/// A rule `A(i→j)` that keeps detailed balance, as a function of
/// `r = p_j T(j→i) / (p_i T(i→j))`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Acceptance {
    /// `min(1, r)`: the largest, and so the best in asymptotic variance (Peskun 1973).
    #[default]
    Metropolis,
    /// `r / (1 + r)`: Barker's rule (1965), the heat bath of two states.
    Barker,
}

impl Acceptance {
    /// `ln A(i→j)` (`eq:mh-accept`) from `ln f_i`, `ln f_j` and `ln T(j→i) − ln T(i→j)`.
    ///
    /// `ln f_i` is finite, and `ln f_j` not `+∞`. A NaN ratio is `−∞`: never accepted.
    #[must_use]
    #[inline]
    pub fn log_accept(self, log_f_from: f64, log_f_to: f64, log_t_ratio: f64) -> f64 {
        let mut ratio = log_f_to - log_f_from + log_t_ratio;
        if planted("no-hastings-term") {
            ratio = log_f_to - log_f_from;
        }
        if planted("hastings-term-upside-down") {
            ratio = log_f_to - log_f_from - log_t_ratio;
        }
        if planted("densities-upside-down") {
            ratio = log_f_from - log_f_to + log_t_ratio;
        }
        if ratio.is_nan() {
            return f64::NEG_INFINITY;
        }
        match self {
            Self::Metropolis => ratio.min(0.0),
            // −ln(1 + 1/r), by the side that does not overflow.
            Self::Barker if planted("barker-without-its-one") => ratio.min(0.0),
            Self::Barker if ratio > 0.0 => -(-ratio).exp().ln_1p(),
            Self::Barker => ratio - ratio.exp().ln_1p(),
        }
    }

    /// Makes the proposal of `state` its position, or not.
    #[inline]
    pub(crate) fn decide<D: LogDensity<[f64]> + ?Sized>(
        self,
        target: &D,
        state: &mut Point,
        log_t_ratio: f64,
        rng: &mut impl Rng,
    ) -> Result<MhInfo, Error> {
        if log_t_ratio.is_nan() || log_t_ratio == f64::INFINITY {
            return Err(broken_ratio(log_t_ratio, state));
        }
        let log_f_to = state.log_density_of_proposal(target)?;
        let log_accept = self.log_accept(state.log_density(), log_f_to, log_t_ratio);
        // The coin is tossed in any case, so that the stream does not depend on the outcome; its
        // logarithm is only taken where it decides.
        let coin: f64 = rng.random();
        let mut accepted = log_accept >= 0.0 || coin.ln() < log_accept;
        if planted("greater-for-less") {
            accepted = log_accept >= 0.0 || coin.ln() > log_accept;
        }
        if planted("accept-always") {
            accepted = log_f_to.is_finite();
        }
        if accepted {
            state.accept(log_f_to);
        }
        Ok(MhInfo { accepted, log_accept })
    }
}

/// The Metropolis–Hastings kernel for any [`Proposal`].
///
/// ```
/// # use mcmc::{Kernel, MetropolisHastings, RandomWalk};
/// # use prob_core::Seed;
/// let target = |x: &[f64]| -0.5 * x[0] * x[0]; // ln of an unnormalised N(0, 1)
/// let kernel = MetropolisHastings::new(RandomWalk::new(2.4)?);
/// let mut rng = Seed(1).stream("readme", 0);
/// let mut state = kernel.init(&target, &[3.0])?;
/// let mut accepted = 0;
/// for _ in 0..1_000 {
///     accepted += usize::from(kernel.step(&target, &mut state, &mut rng)?.accepted);
/// }
/// assert!((300..600).contains(&accepted));
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetropolisHastings<P> {
    proposal: P,
    acceptance: Acceptance,
}

impl<P> MetropolisHastings<P> {
    /// With the rule of Metropolis.
    pub const fn new(proposal: P) -> Self {
        Self { proposal, acceptance: Acceptance::Metropolis }
    }

    /// With another rule.
    #[must_use]
    pub fn accepting(self, acceptance: Acceptance) -> Self {
        Self { acceptance, ..self }
    }

    /// The proposal.
    pub fn proposal(&self) -> &P {
        &self.proposal
    }

    /// The rule of acceptance.
    pub fn acceptance(&self) -> Acceptance {
        self.acceptance
    }
}

impl<D: LogDensity<[f64]> + ?Sized, P: Proposal> Kernel<D, [f64]> for MetropolisHastings<P> {
    type State = Point;
    type Info = MhInfo;

    fn init(&self, target: &D, x: &[f64]) -> Result<Point, Error> {
        self.proposal.check(x.len())?;
        Point::new(target, x)
    }

    fn position<'s>(&self, state: &'s Point) -> &'s [f64] {
        state.position()
    }

    fn place(&self, target: &D, state: &mut Point, x: &[f64]) -> Result<(), Error> {
        state.place(target, x)
    }

    #[inline]
    fn step(&self, target: &D, state: &mut Point, rng: &mut impl Rng) -> Result<MhInfo, Error> {
        let (from, to) = state.parts();
        let log_t_ratio = self.proposal.propose(from, to, rng);
        let info = self.acceptance.decide(target, state, log_t_ratio, rng)?;
        if planted("rejections-are-no-draws") && !info.accepted {
            return self.step(target, state, rng);
        }
        Ok(info)
    }
}

#[cold]
fn broken_ratio(value: f64, state: &Point) -> Error {
    let (from, to) = (state.position().to_vec(), state.proposal().to_vec());
    Error::BrokenRatio { value, from, to }
}

#[cfg(test)]
mod tests {
    use super::Acceptance;
    use proptest::prelude::*;

    proptest! {
        /// `eq:mh-balance`: p_i T_ij A_ij = p_j T_ji A_ji, in logs, exactly.
        #[test]
        fn detailed_balance(li in -30f64..30.0, lj in -30f64..30.0, lt in -5f64..5.0) {
            for rule in [Acceptance::Metropolis, Acceptance::Barker] {
                let (forward, back) = (rule.log_accept(li, lj, lt), rule.log_accept(lj, li, -lt));
                prop_assert!((li + forward - (lj + lt + back)).abs() < 1e-12);
            }
            let rule = Acceptance::Metropolis;
            let (forward, back) = (rule.log_accept(li, lj, lt), rule.log_accept(lj, li, -lt));
            prop_assert!(forward == 0.0 || back == 0.0, "the Metropolis choice maximises A");
        }
    }

    #[test]
    fn a_point_off_the_support_is_never_accepted() {
        for rule in [Acceptance::Metropolis, Acceptance::Barker] {
            assert_eq!(rule.log_accept(0.0, f64::NEG_INFINITY, 0.0), f64::NEG_INFINITY);
            assert_eq!(rule.log_accept(0.0, 1.0, f64::NAN), f64::NEG_INFINITY);
            assert!(rule.log_accept(-700.0, 700.0, 0.0).abs() < 1e-300);
            assert_eq!(rule.log_accept(700.0, -700.0, 0.0), -1400.0);
        }
    }
}
