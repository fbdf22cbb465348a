//! Models with parameters that are whole numbers, for kernels on grids.

use mcmc::Discrete;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Poisson};

use crate::harness::{Model, Posterior};
use crate::models::normal;

/// The posterior of a model whose parameters all are whole numbers below those of `grid`.
pub fn on_grid<M: Model>(
    grid: &[usize],
) -> impl Fn(&Posterior<M>, &mut dyn Rng) -> Discrete<Posterior<M>> + use<'_, M> {
    |posterior, _| Discrete::new(*posterior, grid.to_vec()).unwrap()
}

/// A draw of one of the values of a table of probabilities.
fn one_of(probabilities: &[f64], rng: &mut impl Rng) -> f64 {
    let mut left: f64 = rng.random();
    let of = probabilities.iter().position(|p| {
        left -= p;
        left < 0.0
    });
    of.unwrap_or(probabilities.len() - 1) as f64
}

/// Counts in six years, `Poisson(1)` up to year τ and `Poisson(3)` from it on; τ is one of 0 … 6.
#[derive(Clone, Copy)]
pub struct ChangePoint;

impl ChangePoint {
    pub const GRID: [usize; 1] = [7];
    const PRIOR: [f64; 7] = [0.05, 0.1, 0.25, 0.2, 0.2, 0.15, 0.05];

    fn rate(year: usize, theta: &[f64]) -> f64 {
        if (year as f64) < theta[0] { 1.0 } else { 3.0 }
    }
}

impl Model for ChangePoint {
    type Data = [f64; 6];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        vec![one_of(&Self::PRIOR, rng)]
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 6] {
        [0, 1, 2, 3, 4, 5].map(|year| Poisson::new(Self::rate(year, theta)).unwrap().sample(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        Self::PRIOR[theta[0] as usize].ln()
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 6]) -> f64 {
        let term = |(year, y): (usize, &f64)| {
            let rate = Self::rate(year, theta);
            y * rate.ln() - rate
        };
        data.iter().enumerate().map(term).sum()
    }

    fn statistic(self, data: &[f64; 6]) -> f64 {
        data.iter().sum()
    }
}

/// Labels of four observations from a mixture of three normal laws; the labels are a Markov chain that
/// likes to stay (a hidden Markov model).
#[derive(Clone, Copy)]
pub struct Labels;

impl Labels {
    pub const GRID: [usize; 4] = [3; 4];
    const FIRST: [f64; 3] = [0.5, 0.2, 0.3];
    const NEXT: [[f64; 3]; 3] = [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.25, 0.25, 0.5]];
    const CENTRES: [f64; 3] = [-1.0, 0.0, 1.5];
}

impl Model for Labels {
    type Data = [f64; 4];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        let mut labels = vec![one_of(&Self::FIRST, rng)];
        while labels.len() < 4 {
            let last = labels[labels.len() - 1] as usize;
            labels.push(one_of(&Self::NEXT[last], rng));
        }
        labels
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [f64; 4] {
        [0, 1, 2, 3].map(|i| Self::CENTRES[theta[i] as usize] + normal(rng))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        let next = |pair: &[f64]| Self::NEXT[pair[0] as usize][pair[1] as usize].ln();
        Self::FIRST[theta[0] as usize].ln() + theta.windows(2).map(next).sum::<f64>()
    }

    fn log_likelihood(self, theta: &[f64], data: &[f64; 4]) -> f64 {
        let each = data.iter().zip(theta);
        -0.5 * each.map(|(y, z)| (y - Self::CENTRES[*z as usize]).powi(2)).sum::<f64>()
    }

    fn statistic(self, data: &[f64; 4]) -> f64 {
        data.iter().sum()
    }
}

/// Three diseases and four symptoms (a noisy or): a disease shows a symptom with a chance of its own, and
/// symptoms come by themselves, too.
#[derive(Clone, Copy)]
pub struct Symptoms;

impl Symptoms {
    pub const GRID: [usize; 3] = [2; 3];
    const DISEASES: [f64; 3] = [0.3, 0.2, 0.5];
    const SHOWS: [[f64; 3]; 4] =
        [[0.8, 0.1, 0.0], [0.5, 0.6, 0.2], [0.0, 0.7, 0.4], [0.3, 0.3, 0.6]];
    const LEAK: f64 = 0.1;

    fn chance(symptom: usize, theta: &[f64]) -> f64 {
        let each = Self::SHOWS[symptom].iter().zip(theta);
        1.0 - (1.0 - Self::LEAK) * each.map(|(shows, ill)| 1.0 - shows * ill).product::<f64>()
    }
}

impl Model for Symptoms {
    type Data = [bool; 4];

    fn draw(self, rng: &mut impl Rng) -> Vec<f64> {
        Self::DISEASES.map(|p| f64::from(u8::from(rng.random::<f64>() < p))).to_vec()
    }

    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> [bool; 4] {
        [0, 1, 2, 3].map(|symptom| rng.random::<f64>() < Self::chance(symptom, theta))
    }

    fn log_prior(self, theta: &[f64]) -> f64 {
        let each = Self::DISEASES.iter().zip(theta);
        each.map(|(p, ill)| if *ill == 1.0 { p.ln() } else { (-p).ln_1p() }).sum()
    }

    fn log_likelihood(self, theta: &[f64], data: &[bool; 4]) -> f64 {
        let term = |(symptom, shown): (usize, &bool)| {
            let chance = Self::chance(symptom, theta);
            if *shown { chance.ln() } else { (-chance).ln_1p() }
        };
        data.iter().enumerate().map(term).sum()
    }

    fn statistic(self, data: &[bool; 4]) -> f64 {
        data.iter().map(|shown| f64::from(u8::from(*shown))).sum()
    }
}
