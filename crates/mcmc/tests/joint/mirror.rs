//! Time reversal: what sweeps through coordinates in order, sweeps the other way on a mirror.

use mcmc::{Conditionals, Error};
use prob_core::LogDensity;
use rand::Rng;

/// A law with its coordinates, and its blocks, in the reverse order.
pub struct Mirror<T>(pub T);

/// A point with its coordinates in the reverse order.
pub fn turned(x: &[f64]) -> Vec<f64> {
    x.iter().rev().copied().collect()
}

impl<T: LogDensity<[f64]>> LogDensity<[f64]> for Mirror<T> {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.0.log_density(&turned(x))
    }
}

impl<T: Conditionals<[f64]>> Conditionals<[f64]> for Mirror<T> {
    fn blocks(&self) -> usize {
        self.0.blocks()
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        x.reverse();
        let ended = self.0.resample(self.blocks() - 1 - block, x, rng);
        x.reverse();
        ended
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        self.0.check(&turned(x))
    }
}
