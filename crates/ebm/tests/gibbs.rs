//! Block Gibbs sampling of the joint law, enumerated and drawn.

#![allow(clippy::unwrap_used)]

use ebm::Rbm;
use mcmc::{
    Conditionals, Error, Gibbs, Kernel, Schedule, TransitionMatrix, diagnostics as d, sample_chains,
};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::Seed;
use proptest::prelude::*;
use rand::Rng;
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control, z};

const DRAWS: usize = 20_000;

/// Three visible and two hidden units: 32 states.
fn rbm() -> Rbm {
    let weights = dmatrix![1.5, -1.0; 2.0, 0.5; -1.0, 1.2];
    Rbm::new(weights, dvector![-0.5, 0.3, 0.4], dvector![-0.7, 0.2]).unwrap()
}

fn units(rbm: &Rbm) -> usize {
    rbm.visible_units() + rbm.hidden_units()
}

/// The joint state with a number: bit k is unit k, visible units first.
fn state(rbm: &Rbm, number: usize) -> Vec<f64> {
    (0..units(rbm)).map(|k| (number >> k & 1) as f64).collect()
}

fn number(x: &[f64]) -> usize {
    x.iter().enumerate().map(|(k, x)| (*x as usize) << k).sum()
}

/// `p(v, h)` of all states.
fn joint(rbm: &Rbm) -> Vec<f64> {
    let log_partition = rbm.log_partition().unwrap();
    let probability = |n| {
        let x = state(rbm, n);
        let (v, h) = rbm.split(&x);
        (-rbm.energy(v, h) - log_partition).exp()
    };
    (0..1 << units(rbm)).map(probability).collect()
}

/// The matrix of one block, from the pure conditionals.
fn block_matrix(rbm: &Rbm, block: usize) -> TransitionMatrix {
    let states = 1 << units(rbm);
    let w = DMatrix::from_fn(states, states, |from, to| {
        let (from, to) = (state(rbm, from), state(rbm, to));
        let ((v, h), (v_to, h_to)) = (rbm.split(&from), rbm.split(&to));
        let coin = |p: f64, x: f64| if x == 1.0 { p } else { 1.0 - p };
        if block == 0 && v == v_to {
            (0..h.len()).map(|j| coin(rbm.hidden_prob(j, v), h_to[j])).product()
        } else if block == 1 && h == h_to {
            (0..v.len()).map(|i| coin(rbm.visible_prob(i, h), v_to[i])).product()
        } else {
            0.0
        }
    });
    TransitionMatrix::new(w).unwrap()
}

fn gap(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_joint_law_is_invariant(
        visible in 1usize..4, hidden in 1usize..4, x in prop::collection::vec(-3f64..3.0, 15),
    ) {
        let weights = DMatrix::from_column_slice(visible, hidden, &x[..visible * hidden]);
        let a = DVector::from_column_slice(&x[9..9 + visible]);
        let b = DVector::from_column_slice(&x[12..12 + hidden]);
        let rbm = Rbm::new(weights, a, b).unwrap();
        let (pi, blocks) = (joint(&rbm), [block_matrix(&rbm, 0), block_matrix(&rbm, 1)]);
        for w in &blocks {
            prop_assert!(gap(&pi, &w.evolve(&pi, 1).unwrap()) < 1e-13);
            prop_assert!(w.balance_gap(&pi).unwrap() < 1e-13);
        }
        let sweep = blocks[0].then(&blocks[1]).unwrap();
        prop_assert!(gap(&pi, &sweep.evolve(&pi, 1).unwrap()) < 1e-13);
        prop_assert!(gap(&pi, &sweep.stationary().unwrap()) < 1e-13, "and no other law is");
    }
}

/// Independent sweeps of `law` from some states, against the exact matrix of `rbm`.
fn sweeps<D: Conditionals<[f64]>>(law: &D, rbm: &Rbm) -> Vec<Check> {
    let exact = block_matrix(rbm, 0).then(&block_matrix(rbm, 1)).unwrap();
    let check = |from: usize| {
        let mut rng = Seed(1).stream("sweep", from as u64);
        let mut counts = vec![0; 1 << units(rbm)];
        for _ in 0..DRAWS {
            let mut x = Gibbs.init(law, state(rbm, from).as_slice()).unwrap();
            Gibbs.step(law, &mut x, &mut rng).unwrap();
            counts[number(&x)] += 1;
        }
        let row: Vec<f64> = exact.matrix().row(from).iter().copied().collect();
        chi_square(format!("sweeps from {from}"), &counts, &row).unwrap()
    };
    [0, 5, 11, 18, 31].map(check).into()
}

/// Draws of `law` so far apart that they are as good as independent, against the exact `p(v, h)`.
fn draws<D: Conditionals<[f64]> + Sync>(law: &D, rbm: &Rbm) -> Check {
    let schedule = Schedule { burn_in: 200, thin: 30, ..Schedule::keep(DRAWS / 4) };
    let starts = vec![rbm.joint(&[0.0; 3]); 4];
    let trace = sample_chains(&Gibbs, law, &starts, schedule, Seed(2)).unwrap();
    let mut counts = vec![0; 1 << units(rbm)];
    trace.iter().for_each(|x| counts[number(x)] += 1);
    chi_square("joint states", &counts, &joint(rbm)).unwrap()
}

#[test]
fn sweeps_follow_the_exact_matrix_and_draws_the_exact_law() {
    let rbm = rbm();
    holds(&sweeps(&rbm, &rbm), FalseAlarm::DEFAULT);
    holds(&[draws(&rbm, &rbm)], FalseAlarm::DEFAULT);
}

/// One sign of one bias is wrong.
#[test]
fn a_flipped_bias_would_be_seen() {
    let rbm = rbm();
    let mut bias = rbm.visible_bias().clone();
    bias[1] = -bias[1];
    let flipped = Rbm::new(rbm.weights().clone(), bias, rbm.hidden_bias().clone()).unwrap();
    negative_control(&sweeps(&flipped, &rbm), FalseAlarm::DEFAULT);
    negative_control(&[draws(&flipped, &rbm)], FalseAlarm::DEFAULT);
}

/// The hidden layer is never renewed: the chain stays with the one it starts from.
struct FrozenHidden(Rbm);

impl Conditionals<[f64]> for FrozenHidden {
    fn blocks(&self) -> usize {
        1
    }

    fn resample(&self, _: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        self.0.resample(1, x, rng)
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        self.0.check(x)
    }
}

#[test]
fn a_hidden_layer_that_is_not_renewed_would_be_seen() {
    let rbm = rbm();
    let frozen = FrozenHidden(rbm.clone());
    negative_control(&sweeps(&frozen, &rbm), FalseAlarm::DEFAULT);
    negative_control(&[draws(&frozen, &rbm)], FalseAlarm::DEFAULT);
}

/// A larger machine, by the expectations of all units and products, in units of their Monte Carlo
/// standard errors. Control: the expectations of the machine without its weights.
#[test]
fn expectations_are_those_of_the_negative_phase() {
    let (visible, hidden) = (8, 5);
    let weights = DMatrix::from_fn(visible, hidden, |i, j| 1.2 * ((i * 5 + j * 3) as f64).sin());
    let a = DVector::from_fn(visible, |i, _| 0.5 * (i as f64).cos());
    let b = DVector::from_fn(hidden, |j, _| 0.5 * (2.0 * j as f64).cos());
    let rbm = Rbm::new(weights, a.clone(), b.clone()).unwrap();
    let schedule = Schedule { burn_in: 200, ..Schedule::keep(10_000) };
    let starts = vec![rbm.joint(&[1.0; 8]); 4];
    let trace = sample_chains(&Gibbs, &rbm, &starts, schedule, Seed(3)).unwrap();

    let against = |exact: &ebm::Moments| {
        let check = |what: String, f: &dyn Fn(&[f64]) -> f64, exact: f64| {
            let series = trace.series(f);
            assert!(d::rhat(&series).unwrap() < 1.01 && d::ess_mean(&series).unwrap() > 400.0);
            let all = series.concat();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            z(what, mean, exact, d::mcse_mean(&series).unwrap()).unwrap()
        };
        let mut checks = Vec::new();
        for i in 0..visible {
            checks.push(check(format!("v_{i}"), &|x| x[i], exact.visible[i]));
            for j in 0..hidden {
                let product = move |x: &[f64]| x[i] * x[visible + j];
                checks.push(check(format!("v_{i} h_{j}"), &product, exact.products[(i, j)]));
            }
        }
        for j in 0..hidden {
            checks.push(check(format!("h_{j}"), &|x| x[visible + j], exact.hidden[j]));
        }
        checks
    };
    holds(&against(&rbm.negative_phase().unwrap()), FalseAlarm::DEFAULT);
    let unconnected = Rbm::new(DMatrix::zeros(visible, hidden), a, b).unwrap();
    negative_control(&against(&unconnected.negative_phase().unwrap()), FalseAlarm::DEFAULT);
}

#[test]
fn a_start_that_is_no_joint_state_is_refused() {
    let rbm = rbm();
    assert_eq!(rbm.joint(&[1.0, 0.0, 1.0]), [1.0, 0.0, 1.0, 0.0, 0.0]);
    let init = |x: &[f64]| Gibbs.init(&rbm, x).unwrap_err();
    assert!(matches!(init(&[0.0; 3]), Error::LengthMismatch { expected: 5, found: 3, .. }));
    assert!(matches!(init(&[0.0, 0.5, 0.0, 0.0, 0.0]), Error::OutsideSupport { .. }));
    assert!(matches!(init(&[0.0, f64::NAN, 0.0, 0.0, 0.0]), Error::OutsideSupport { .. }));
}
