//! Models whose posterior is a normal law, for Gibbs sampling in blocks.

use mcmc::GaussianBlocks;
use nalgebra::{DMatrix, DVector};
use prob_core::MvNormal;
use rand::Rng;

use crate::harness::{Model, Posterior};
use crate::models::{Mean, Regression, normal};

/// A model with `ln p(θ | y) = −½ θᵀ P θ + bᵀ θ` up to a constant.
pub trait Normal: Model {
    /// `P`, which does not depend on the data.
    fn precision(self) -> DMatrix<f64>;

    /// `b`.
    fn shift(self, data: &Self::Data) -> DVector<f64>;
}

/// The posterior as the normal law `N(P⁻¹ b, P⁻¹)`.
pub fn as_normal<M: Normal>(model: M) -> impl Fn(&Posterior<M>, &mut dyn Rng) -> MvNormal {
    let covariance = model.precision().try_inverse().unwrap();
    move |posterior, _| {
        let mean = &covariance * model.shift(&posterior.data);
        MvNormal::new(mean, covariance.clone()).unwrap()
    }
}

/// The same with its coordinates in blocks.
pub fn in_blocks<M: Normal>(
    model: M,
    blocks: &[&[usize]],
) -> impl Fn(&Posterior<M>, &mut dyn Rng) -> GaussianBlocks {
    let blocks: Vec<Vec<usize>> = blocks.iter().map(|block| block.to_vec()).collect();
    let normal = as_normal(model);
    move |posterior, rng| GaussianBlocks::new(normal(posterior, rng), blocks.clone()).unwrap()
}

impl Normal for Mean {
    fn precision(self) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, 0.25 + 3.0)
    }

    fn shift(self, data: &[f64; 3]) -> DVector<f64> {
        DVector::from_element(1, data.iter().sum())
    }
}

fn design() -> DMatrix<f64> {
    DMatrix::from_fn(5, 3, |i, j| Regression::DESIGN[i][j])
}

impl Normal for Regression {
    fn precision(self) -> DMatrix<f64> {
        design().transpose() * design() + DMatrix::identity(3, 3)
    }

    fn shift(self, data: &[f64; 5]) -> DVector<f64> {
        design().transpose() * DVector::from_column_slice(data)
    }
}

/// A level that walks, `θ_1 ~ N(0, 1)`, `θ_{t+1} ~ N(θ_t, ½²)`, and four sights of it, `y_t ~ N(θ_t, 1)`
/// (a Kalman filter's model).
#[derive(Clone, Copy)]
pub struct Level;

impl Level {
    /// `1/½²`.
    const PRECISION: f64 = 4.0;
}

impl Model for Level {
    type Data = [f64; 4];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        let mut levels = vec![normal(rng)];
        while levels.len() < 4 {
            levels.push(levels[levels.len() - 1] + 0.5 * normal(rng));
        }
        levels
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 4] {
        [0, 1, 2, 3].map(|t| theta[t] + normal(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        let steps: f64 = theta.windows(2).map(|t| (t[1] - t[0]).powi(2)).sum();
        -0.5 * (theta[0] * theta[0] + Self::PRECISION * steps)
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 4]) -> f64 {
        -0.5 * data.iter().zip(theta).map(|(y, t)| (y - t).powi(2)).sum::<f64>()
    }

    fn statistic(self, data: &[f64; 4]) -> f64 {
        data[0] + data[3]
    }
}

impl Normal for Level {
    fn precision(self) -> DMatrix<f64> {
        DMatrix::from_fn(4, 4, |i, j| match i.abs_diff(j) {
            0 if i == 0 => 1.0 + 1.0 + Self::PRECISION,
            0 if i == 3 => 1.0 + Self::PRECISION,
            0 => 1.0 + 2.0 * Self::PRECISION,
            1 => -Self::PRECISION,
            _ => 0.0,
        })
    }

    fn shift(self, data: &[f64; 4]) -> DVector<f64> {
        DVector::from_column_slice(data)
    }
}
