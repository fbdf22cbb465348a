//! Proposals that do not look where the chain is.

use prob_core::Multivariate;
use rand::Rng;

use crate::mutants::planted;
use crate::{Error, Proposal};

/// Proposes draws of a law q, wherever the chain is: `T(x→y) = q(y)`.
///
/// A good q is near the target and has heavier tails (Tierney 1994, sec. 2.3.3): the chain then
/// forgets its start at a rate that does not depend on it. Where the target is much larger than q,
/// the chain stays for long; where q is 0, it stays for ever.
///
/// ```
/// use mcmc::{Independence, MetropolisHastings, Schedule, sample_chains};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvStudentT, Seed};
///
/// let target = |x: &[f64]| -0.5 * (x[0] * x[0] + x[1] * x[1]);
/// let q = MvStudentT::new(5.0, dvector![0.0, 0.0], dmatrix![1.0, 0.0; 0.0, 1.0])?;
/// let kernel = MetropolisHastings::new(Independence::new(q));
/// let trace = sample_chains(&kernel, &target, &[vec![3.0, -3.0]], Schedule::keep(1_000), Seed(1))?;
/// assert!(trace.acceptance().unwrap()[0] > 0.7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Independence<L> {
    law: L,
}

impl<L: Multivariate> Independence<L> {
    /// Proposes draws of `law`; for one number take a [`Product`](prob_core::Product) of one law.
    pub const fn new(law: L) -> Self {
        Self { law }
    }

    /// The law q.
    pub fn law(&self) -> &L {
        &self.law
    }

    /// `ln T(to→from) − ln T(from→to) = ln q(from) − ln q(to)`.
    #[must_use]
    #[inline]
    pub fn log_ratio(&self, from: &[f64], to: &[f64]) -> f64 {
        if planted("independence-without-its-ratio") {
            return 0.0;
        }
        self.law.log_prob(from) - self.law.log_prob(to)
    }
}

impl<L: Multivariate> Proposal for Independence<L> {
    #[inline]
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        self.law.sample_into(to, rng);
        self.log_ratio(from, to)
    }

    fn check(&self, dimension: usize) -> Result<(), Error> {
        let (expected, found) = (self.law.dim(), dimension);
        if expected == found {
            Ok(())
        } else {
            Err(Error::LengthMismatch { what: "the start", expected, found })
        }
    }
}
