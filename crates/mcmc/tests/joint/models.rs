//! Models of real parameters. Those in logits or logarithms have the density of the new coordinate,
//! the Jacobian included.

use rand::Rng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, Poisson, StandardNormal};

use crate::conditionals::log_gamma;
use crate::harness::{Model, Smooth};

pub fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

fn mean(data: &[f64]) -> f64 {
    data.iter().sum::<f64>() / data.len() as f64
}

/// `θ ~ N(0, 2²)`, three `y ~ N(θ, 1)`.
#[derive(Clone, Copy)]
pub struct Mean;

impl Model for Mean {
    type Data = [f64; 3];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        vec![2.0 * normal(rng)]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 3] {
        [(); 3].map(|()| theta[0] + normal(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        -theta[0] * theta[0] / 8.0
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 3]) -> f64 {
        -0.5 * data.iter().map(|y| (y - theta[0]).powi(2)).sum::<f64>()
    }

    fn statistic(self, data: &[f64; 3]) -> f64 {
        mean(data)
    }
}

impl Smooth for Mean {
    fn slope(self, theta: &[f64], data: &[f64; 3], slope: &mut [f64]) {
        slope[0] = data.iter().map(|y| y - theta[0]).sum::<f64>() - 0.25 * theta[0];
    }
}

/// `μ ~ N(0, 1)`, `τ ~ Γ(3, rate 2)`, four `y ~ N(μ, 1/τ)`; the parameters are `(μ, ln τ)`.
#[derive(Clone, Copy)]
pub struct MeanAndPrecision;

impl MeanAndPrecision {
    pub const SHAPE: f64 = 3.0;
    pub const RATE: f64 = 2.0;
}

impl Model for MeanAndPrecision {
    type Data = [f64; 4];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        let precision = Gamma::new(Self::SHAPE, 1.0 / Self::RATE).unwrap();
        vec![normal(rng), precision.sample(rng).ln()]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 4] {
        let deviation = (-0.5 * theta[1]).exp();
        [(); 4].map(|()| theta[0] + deviation * normal(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        -0.5 * theta[0] * theta[0] + Self::SHAPE * theta[1] - Self::RATE * theta[1].exp()
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 4]) -> f64 {
        let squares: f64 = data.iter().map(|y| (y - theta[0]).powi(2)).sum();
        0.5 * (4.0 * theta[1] - theta[1].exp() * squares)
    }

    fn statistic(self, data: &[f64; 4]) -> f64 {
        mean(data)
    }
}

impl Smooth for MeanAndPrecision {
    fn slope(self, theta: &[f64], data: &[f64; 4], slope: &mut [f64]) {
        let tau = theta[1].exp();
        let squares: f64 = data.iter().map(|y| (y - theta[0]).powi(2)).sum();
        slope[0] = tau * data.iter().map(|y| y - theta[0]).sum::<f64>() - theta[0];
        slope[1] = Self::SHAPE + 2.0 - tau * (Self::RATE + 0.5 * squares);
    }
}

/// `p ~ Beta(2, 3)`, `y ~ Binomial(8, p)`; the parameter is `ln (p / (1 − p))`.
#[derive(Clone, Copy)]
pub struct Proportion;

/// `ln (1 + e^x)`, for any x.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

impl Model for Proportion {
    type Data = f64;

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        let p: f64 = Beta::new(2.0, 3.0).unwrap().sample(rng);
        vec![p.ln() - (-p).ln_1p()]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> f64 {
        Binomial::new(8, 1.0 / (1.0 + (-theta[0]).exp())).unwrap().sample(rng) as f64
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        -2.0 * softplus(-theta[0]) - 3.0 * softplus(theta[0])
    }

    fn log_likelihood(self, theta: &[f64], data: &f64) -> f64 {
        -data * softplus(-theta[0]) - (8.0 - data) * softplus(theta[0])
    }

    fn statistic(self, data: &f64) -> f64 {
        *data
    }
}

impl Smooth for Proportion {
    fn slope(self, theta: &[f64], data: &f64, slope: &mut [f64]) {
        slope[0] = 2.0 + data - (2.0 + 3.0 + 8.0) / (1.0 + (-theta[0]).exp());
    }
}

/// `λ ~ Γ(5/2, 1)`, two `y ~ Poisson(λ)`; the parameter is `ln λ`.
#[derive(Clone, Copy)]
pub struct Rate;

impl Model for Rate {
    type Data = [f64; 2];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        vec![log_gamma(2.5, 1.0, rng)]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 2] {
        let law = Poisson::new(theta[0].exp()).unwrap();
        [(); 2].map(|()| law.sample(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        2.5 * theta[0] - theta[0].exp()
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 2]) -> f64 {
        (data[0] + data[1]) * theta[0] - 2.0 * theta[0].exp()
    }

    fn statistic(self, data: &[f64; 2]) -> f64 {
        mean(data)
    }
}

/// `β ~ N(0, 1)³`, `y = X β + N(0, 1)` in five places; the columns of `X` are correlated.
#[derive(Clone, Copy)]
pub struct Regression;

impl Regression {
    pub const DESIGN: [[f64; 3]; 5] =
        [[1.0, 0.2, 0.5], [1.0, -0.7, -0.4], [1.0, 1.1, 0.8], [1.0, 0.4, -0.2], [1.0, -1.0, -1.3]];

    pub fn predicted(row: &[f64; 3], theta: &[f64]) -> f64 {
        row.iter().zip(theta).map(|(x, beta)| x * beta).sum()
    }
}

impl Model for Regression {
    type Data = [f64; 5];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        vec![normal(rng), normal(rng), normal(rng)]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 5] {
        Self::DESIGN.map(|row| Self::predicted(&row, theta) + normal(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        -0.5 * theta.iter().map(|b| b * b).sum::<f64>()
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 5]) -> f64 {
        let each = data.iter().zip(&Self::DESIGN);
        -0.5 * each.map(|(y, row)| (y - Self::predicted(row, theta)).powi(2)).sum::<f64>()
    }

    fn statistic(self, data: &[f64; 5]) -> f64 {
        data[4] - data[2]
    }
}

impl Smooth for Regression {
    fn slope(self, theta: &[f64], data: &[f64; 5], slope: &mut [f64]) {
        slope.iter_mut().zip(theta).for_each(|(slope, beta)| *slope = -beta);
        for (row, y) in Self::DESIGN.iter().zip(data) {
            let residual = y - Self::predicted(row, theta);
            slope.iter_mut().zip(row).for_each(|(slope, x)| *slope += residual * x);
        }
    }
}
