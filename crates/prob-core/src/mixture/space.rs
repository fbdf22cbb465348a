//! Mixtures of laws of several numbers.

use nalgebra::{DMatrix, DVector};
use rand::Rng;

use super::Mixture;
use crate::{LogDensity, Multivariate};

impl<L: Multivariate> Multivariate for Mixture<L> {
    fn dim(&self) -> usize {
        self.components.first().map_or(0, Multivariate::dim)
    }

    fn log_prob(&self, x: &[f64]) -> f64 {
        self.log_density(x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        // `pick` returns an index of a component.
        self.components[self.pick(rng)].sample_into(out, rng);
    }

    fn mean(&self) -> DVector<f64> {
        let zero = DVector::zeros(self.dim());
        self.parts().fold(zero, |sum, (w, law)| sum + w * law.mean())
    }

    /// The mean of the covariances plus the covariance of the means.
    fn covariance(&self) -> DMatrix<f64> {
        let mean = self.mean();
        let zero = DMatrix::zeros(self.dim(), self.dim());
        self.parts().fold(zero, |sum, (w, law)| {
            let distance = law.mean() - &mean;
            sum + w * (law.covariance() + &distance * distance.transpose())
        })
    }
}
