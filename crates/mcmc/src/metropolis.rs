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
//! `T` is a [`Proposal`]; `A` is [`log_accept`]; the product is [`MetropolisHastings`]. With a
//! symmetric `T` the ratio of `T`s is 1 and this *is* the Metropolis algorithm of 1953.
//! [`log_accept`] is pure: exact tests enumerate it, statistical tests only check the coin.

use prob_core::LogDensity;
use rand::{Rng, RngExt};

use crate::{Error, Kernel, Point, Proposal};

/// What one transition did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MhInfo {
    /// Whether the proposal became the state.
    pub accepted: bool,
    /// `ln A(i→j)`, at most 0.
    pub log_accept: f64,
}

/// `ln A(i→j)` (`eq:mh-accept`). A NaN or `+∞` density is rejected, never a place to get stuck in.
#[must_use]
#[inline]
pub fn log_accept(log_f_from: f64, log_f_to: f64, log_t_ratio: f64) -> f64 {
    let ratio = log_f_to - log_f_from + log_t_ratio;
    if ratio.is_nan() || log_f_to == f64::INFINITY { f64::NEG_INFINITY } else { ratio.min(0.0) }
}

/// The Metropolis–Hastings kernel for any [`Proposal`].
///
/// ```
/// # use mcmc::{Kernel, MetropolisHastings, RandomWalk};
/// # use prob_core::Seed;
/// let target = |x: &[f64]| -0.5 * x[0] * x[0]; // ln of an unnormalised N(0, 1)
/// let kernel = MetropolisHastings(RandomWalk::new(2.4)?);
/// let mut rng = Seed(1).stream("readme", 0);
/// let mut state = kernel.init(&target, &[3.0])?;
/// let accepted = (0..1_000).filter(|_| kernel.step(&target, &mut state, &mut rng).accepted);
/// assert!((300..600).contains(&accepted.count()));
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetropolisHastings<P>(pub P);

impl<D: LogDensity<[f64]> + ?Sized, P: Proposal> Kernel<D, [f64]> for MetropolisHastings<P> {
    type State = Point;
    type Info = MhInfo;

    fn init(&self, target: &D, x: &[f64]) -> Result<Point, Error> {
        Point::new(target, x)
    }

    fn position<'s>(&self, state: &'s Point) -> &'s [f64] {
        state.position()
    }

    #[inline]
    fn step(&self, target: &D, state: &mut Point, rng: &mut impl Rng) -> MhInfo {
        let (from, to) = state.parts();
        let log_t_ratio = self.0.propose(from, to, rng);
        let log_f_to = target.log_density(state.proposal());
        let log_accept = log_accept(state.log_density(), log_f_to, log_t_ratio);
        // The coin is tossed in any case, so that the stream does not depend on the outcome; its
        // logarithm is only taken where it decides.
        let coin: f64 = rng.random();
        let accepted = log_accept >= 0.0 || coin.ln() < log_accept;
        if accepted {
            state.accept(log_f_to);
        }
        MhInfo { accepted, log_accept }
    }
}

#[cfg(test)]
mod tests {
    use super::log_accept;
    use proptest::prelude::*;

    proptest! {
        /// `eq:mh-balance`: p_i T_ij A_ij = p_j T_ji A_ji, in logs, exactly.
        #[test]
        fn detailed_balance(li in -30f64..30.0, lj in -30f64..30.0, lt in -5f64..5.0) {
            let (forward, back) = (log_accept(li, lj, lt), log_accept(lj, li, -lt));
            prop_assert!((li + forward - (lj + lt + back)).abs() < 1e-12);
            prop_assert!(forward == 0.0 || back == 0.0, "the Metropolis choice maximises A");
        }
    }

    #[test]
    fn a_broken_density_is_never_accepted() {
        assert!([f64::NAN, f64::INFINITY].iter().all(|f| log_accept(0.0, *f, 0.0) < f64::MIN));
        assert!(log_accept(0.0, f64::NEG_INFINITY, 0.0) < f64::MIN, "nor one off the support");
    }
}
