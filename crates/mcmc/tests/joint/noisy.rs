//! Posteriors seen through noise, for the penalty method.

use mcmc::{Difference, Noise, NoisyDifference};
use prob_core::LogDensity;
use rand::Rng;

use crate::harness::{Model, Posterior};
use crate::models::normal;

/// The variance of the noise.
const VARIANCE: f64 = 2.0;

/// Differences of log densities, with noise.
#[derive(Clone, Copy)]
pub struct Noisy<M: Model> {
    posterior: Posterior<M>,
    /// The variance that is told.
    told: f64,
}

/// The noise is what it is said to be.
pub fn noisy<M: Model>(posterior: &Posterior<M>, _: &mut dyn Rng) -> Noisy<M> {
    Noisy { posterior: *posterior, told: VARIANCE }
}

/// The noise is kept quiet.
pub fn hushed<M: Model>(posterior: &Posterior<M>, _: &mut dyn Rng) -> Noisy<M> {
    Noisy { posterior: *posterior, told: 0.0 }
}

impl<M: Model> NoisyDifference<[f64]> for Noisy<M> {
    fn difference(&self, from: &[f64], to: &[f64], rng: &mut impl Rng) -> Difference {
        let exact = self.posterior.log_density(to) - self.posterior.log_density(from);
        let value = exact + VARIANCE.sqrt() * normal(rng);
        Difference { value, noise: Noise::Known { variance: self.told } }
    }
}
