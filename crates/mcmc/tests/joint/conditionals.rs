//! Models with their conditionals written down, for Gibbs sampling.

use mcmc::{Conditionals, Error};
use rand::Rng;
use rand_distr::{Distribution, Gamma, Poisson};

use crate::harness::{Model, Posterior};
use crate::models::{MeanAndPrecision, Regression, normal};

/// The one check that these conditionals need.
fn of_length(expected: usize, x: &[f64]) -> Result<(), Error> {
    let found = x.len();
    if found == expected {
        Ok(())
    } else {
        Err(Error::LengthMismatch { what: "the start", expected, found })
    }
}

/// The logarithm of a draw of `Γ(shape, rate)`.
pub fn log_gamma(shape: f64, rate: f64, rng: &mut impl Rng) -> f64 {
    Gamma::new(shape, 1.0 / rate).unwrap().sample(rng).ln()
}

/// `μ | τ, y ~ N(τ Σ y / (1 + 4 τ), 1 / (1 + 4 τ))` and
/// `τ | μ, y ~ Γ(a + 4/2, b + Σ (y − μ)² / 2)`.
impl Conditionals<[f64]> for Posterior<MeanAndPrecision> {
    fn blocks(&self) -> usize {
        2
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        if block == 0 {
            let tau = x[1].exp();
            let precision = 1.0 + 4.0 * tau;
            let centre = tau * self.data.iter().sum::<f64>() / precision;
            x[0] = centre + normal(rng) / precision.sqrt();
        } else {
            let squares: f64 = self.data.iter().map(|y| (y - x[0]).powi(2)).sum();
            let (shape, rate) = (MeanAndPrecision::SHAPE + 2.0, MeanAndPrecision::RATE);
            x[1] = log_gamma(shape, rate + 0.5 * squares, rng);
        }
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        of_length(2, x)
    }
}

/// `β_j | the others, y ~ N(Σ_i x_ij r_i / q, 1 / q)` with the residuals `r` without `β_j` and
/// `q = 1 + Σ_i x_ij²`.
impl Conditionals<[f64]> for Posterior<Regression> {
    fn blocks(&self) -> usize {
        3
    }

    fn resample(&self, j: usize, beta: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        beta[j] = 0.0;
        let (mut precision, mut sum) = (1.0, 0.0);
        for (row, y) in Regression::DESIGN.iter().zip(&self.data) {
            precision += row[j] * row[j];
            sum += row[j] * (y - Regression::predicted(row, beta));
        }
        beta[j] = sum / precision + normal(rng) / f64::sqrt(precision);
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        of_length(3, x)
    }
}

/// Failures of three pumps after the model of Gaver and O'Muircheartaigh (1987): `b ~ Γ(3, 2)`, rates
/// `λ_i ~ Γ(2, b)`, counts `y_i ~ Poisson(λ_i t_i)`; the parameters are `(ln λ_1 … ln λ_3, ln b)`.
#[derive(Clone, Copy)]
pub struct Pumps;

impl Pumps {
    const TIMES: [f64; 3] = [0.5, 1.0, 4.0];
}

impl Model for Pumps {
    type Data = [f64; 3];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        let log_b = log_gamma(3.0, 2.0, rng);
        let b = log_b.exp();
        vec![log_gamma(2.0, b, rng), log_gamma(2.0, b, rng), log_gamma(2.0, b, rng), log_b]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 3] {
        [0, 1, 2].map(|i| Poisson::new(theta[i].exp() * Self::TIMES[i]).unwrap().sample(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        let (log_b, b) = (theta[3], theta[3].exp());
        let rates = theta[..3].iter().map(|l| 2.0 * log_b + 2.0 * l - b * l.exp());
        3.0 * log_b - 2.0 * b + rates.sum::<f64>()
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 3]) -> f64 {
        (0..3).map(|i| data[i] * theta[i] - Self::TIMES[i] * theta[i].exp()).sum()
    }

    fn statistic(self, data: &[f64; 3]) -> f64 {
        data.iter().sum()
    }
}

/// `λ_i | b, y ~ Γ(2 + y_i, b + t_i)` and `b | λ ~ Γ(3 + 3 · 2, 2 + Σ λ)`.
impl Conditionals<[f64]> for Posterior<Pumps> {
    fn blocks(&self) -> usize {
        4
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        x[block] = if block < 3 {
            log_gamma(2.0 + self.data[block], x[3].exp() + Pumps::TIMES[block], rng)
        } else {
            log_gamma(9.0, 2.0 + x[..3].iter().map(|l| l.exp()).sum::<f64>(), rng)
        };
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        of_length(4, x)
    }
}
