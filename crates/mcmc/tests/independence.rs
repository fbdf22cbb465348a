//! Independence proposals on six states, exactly, and their ratio anywhere.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Acceptance, Independence, Kernel, MetropolisHastings, Proposal, TransitionMatrix,
    metropolis_matrix,
};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{
    Exponential, LogDensity, Mixture, Multivariate, MvNormal, MvStudentT, Product, Seed,
};
use proptest::prelude::*;
use rand::{Rng, RngExt};
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control};

const DRAWS: usize = 20_000;
const RULES: [Acceptance; 2] = [Acceptance::Metropolis, Acceptance::Barker];

/// The target.
const PI: [f64; 6] = [0.05, 0.4, 0.1, 0.02, 0.3, 0.13];

/// The proposals: most often where the target seldom is.
const Q: [f64; 6] = [0.3, 0.1, 0.05, 0.35, 0.15, 0.05];

/// Six states on a line.
#[derive(Debug, Clone, Copy)]
struct Table([f64; 6]);

impl LogDensity<[f64]> for Table {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.0[x[0] as usize].ln()
    }
}

impl Multivariate for Table {
    fn dim(&self) -> usize {
        1
    }

    fn log_prob(&self, x: &[f64]) -> f64 {
        self.log_density(x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        let mut left: f64 = rng.random();
        let state = self.0.iter().position(|p| {
            left -= p;
            left < 0.0
        });
        out[0] = state.unwrap_or(5) as f64;
    }

    fn mean(&self) -> DVector<f64> {
        dvector![self.0.iter().enumerate().map(|(k, p)| k as f64 * p).sum()]
    }

    fn covariance(&self) -> DMatrix<f64> {
        let square: f64 = self.0.iter().enumerate().map(|(k, p)| (k * k) as f64 * p).sum();
        dmatrix![square - self.mean()[0].powi(2)]
    }
}

/// `W(i→j) = T(i→j) A(i→j)`: from the ratio that the proposal reports.
fn matrix(rule: Acceptance) -> TransitionMatrix {
    let proposal = Independence::new(Table(Q));
    let mut w = DMatrix::zeros(6, 6);
    for (from, to) in (0..6).flat_map(|from| (0..6).map(move |to| (from, to))) {
        let log_t_ratio = proposal.log_ratio(&[from as f64], &[to as f64]);
        let accept = rule.log_accept(PI[from].ln(), PI[to].ln(), log_t_ratio).exp();
        w[(from, to)] += Q[to] * accept;
        w[(from, from)] += Q[to] * (1.0 - accept);
    }
    TransitionMatrix::new(w).unwrap()
}

#[test]
fn the_law_is_invariant_in_detailed_balance() {
    let t = TransitionMatrix::new(DMatrix::from_fn(6, 6, |_, to| Q[to])).unwrap();
    for rule in RULES {
        let w = matrix(rule);
        let next = w.evolve(&PI, 1).unwrap();
        let worst = PI.iter().zip(&next).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-15, "π W differs from π by {worst:e}");
        assert!(w.balance_gap(&PI).unwrap() < 1e-16);
        let known = metropolis_matrix(&PI, &t, rule).unwrap();
        assert!((w.matrix() - known.matrix()).amax() < 1e-15);
    }
    // Liu (1996): the eigenvalues are known; the second is 1 − 1/max π/q.
    let w = matrix(Acceptance::Metropolis);
    let largest = PI.iter().zip(Q).map(|(p, q)| p / q).fold(0.0, f64::max);
    let spectrum = w.spectrum().unwrap();
    assert!((spectrum.eigenvalues()[1] - (1.0 - 1.0 / largest)).abs() < 1e-13);
}

/// An independence proposal without its ratio.
struct Forgetful(Independence<Table>);

impl Proposal for Forgetful {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        self.0.propose(from, to, rng);
        0.0
    }
}

/// Independent steps from each state against the rows of the matrix.
fn steps<P: Proposal>(proposal: P, rule: Acceptance) -> Vec<Check> {
    let (kernel, exact) = (MetropolisHastings::new(proposal).accepting(rule), matrix(rule));
    let check = |from: usize| {
        let mut rng = Seed(1).stream("step", from as u64);
        let start = kernel.init(&Table(PI), &[from as f64]).unwrap();
        let mut counts = vec![0; 6];
        for _ in 0..DRAWS {
            let mut state = start.clone();
            kernel.step(&Table(PI), &mut state, &mut rng).unwrap();
            counts[state.position()[0] as usize] += 1;
        }
        let row: Vec<f64> = exact.matrix().row(from).iter().copied().collect();
        chi_square(format!("steps from {from}"), &counts, &row).unwrap()
    };
    (0..6).map(check).collect()
}

#[test]
fn steps_follow_the_matrix() {
    for rule in RULES {
        holds(&steps(Independence::new(Table(Q)), rule), FalseAlarm::DEFAULT);
        let forgetful = Forgetful(Independence::new(Table(Q)));
        negative_control(&steps(forgetful, rule), FalseAlarm::DEFAULT);
    }
}

/// `π(x) T(x→y) A(x→y) = π(y) T(y→x) A(y→x)` in logarithms, with the density of q as `log_q` has it.
fn balanced<L: Multivariate>(q: L, log_q: impl Fn(&[f64]) -> f64, seed: u64) {
    let proposal = Independence::new(q);
    let log_pi = |x: &[f64]| -(x[0] - x[1]).powi(4) - x[1].abs();
    let mut rng = Seed(seed).stream("step", 0);
    let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
    proposal.law().sample_into(&mut x, &mut rng);
    let ratio = proposal.propose(&x, &mut y, &mut rng);
    assert_eq!(ratio, proposal.log_ratio(&x, &y));
    for rule in RULES {
        let there = log_pi(&x) + log_q(&y) + rule.log_accept(log_pi(&x), log_pi(&y), ratio);
        let back = log_pi(&y) + log_q(&x) + rule.log_accept(log_pi(&y), log_pi(&x), -ratio);
        // The logarithms themselves are large far out.
        let scale = 1.0 + log_pi(&x).abs() + log_pi(&y).abs() + log_q(&x).abs() + log_q(&y).abs();
        assert!((there - back).abs() < 1e-13 * scale, "{x:?} {y:?}: {there} and {back}");
    }
}

proptest! {
    #[test]
    fn any_two_points_are_in_detailed_balance(
        seed in any::<u32>(), a in -3f64..3.0, b in 0.1f64..3.0, r in -0.95f64..0.95,
    ) {
        let seed = u64::from(seed);
        let sigma = dmatrix![1.0, r * b; r * b, b * b];
        // Closed forms up to a constant, which cancels.
        let delta = move |x: &[f64]| {
            let (u, v) = (x[0] - a, x[1] / b);
            (u * u - 2.0 * r * u * v + v * v) / (1.0 - r * r)
        };
        let normal = MvNormal::new(dvector![a, 0.0], sigma.clone()).unwrap();
        balanced(normal, |x| -0.5 * delta(x), seed);
        let student = MvStudentT::new(3.0, dvector![a, 0.0], sigma).unwrap();
        balanced(student, |x| -2.5 * (1.0 + delta(x) / 3.0).ln(), seed);
        let rates = [Exponential::new(b).unwrap(), Exponential::new(1.0).unwrap()];
        let product = Product::new(rates.to_vec()).unwrap();
        balanced(product, |x| -b * x[0] - x[1], seed);
    }
}

/// A mixture draws into a slice what it draws otherwise.
#[test]
fn a_mixture_can_propose() {
    let at = |m: f64| MvNormal::new(dvector![m, -m], dmatrix![1.0, 0.3; 0.3, 1.0]).unwrap();
    let q = Mixture::new(vec![0.3, 0.7], vec![at(-5.0), at(5.0)]).unwrap();
    let mut to = [0.0; 2];
    for i in 0..20 {
        let ratio = Independence::new(q.clone()).propose(
            &[5.0, -5.0],
            &mut to,
            &mut Seed(4).stream("step", i),
        );
        let drawn: DVector<f64> =
            rand_distr::Distribution::sample(&q, &mut Seed(4).stream("step", i));
        assert_eq!(drawn.as_slice(), to);
        assert_eq!(ratio, q.log_prob(&[5.0, -5.0]) - q.log_prob(&to));
    }
}
