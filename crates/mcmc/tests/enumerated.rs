//! Kernels on spaces small enough to enumerate: π W = π exactly, and the draw follows the coin.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Acceptance, Conditionals, Error, Gibbs, Kernel, MetropolisHastings, Proposal, TransitionMatrix,
};
use nalgebra::DMatrix;
use prob_core::{LogDensity, Seed};
use rand::{Rng, RngExt};
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control};

const DRAWS: usize = 20_000;

/// Six states on a line with unequal weights.
const WEIGHTS: [f64; 6] = [0.05, 0.4, 0.1, 0.02, 0.3, 0.13];

struct Line;

impl LogDensity<[f64]> for Line {
    fn log_density(&self, x: &[f64]) -> f64 {
        let state = (0..WEIGHTS.len()).find(|k| *k as f64 == x[0]);
        state.map_or(f64::NEG_INFINITY, |k| WEIGHTS[k].ln())
    }
}

/// A step up with chance `up`, else a step down; also off the line, where the density is 0.
struct Biased {
    up: f64,
    /// What [`Proposal::propose`] reports, in units of the right ratio: 0 forgets it.
    reported: f64,
}

impl Biased {
    fn log_ratio(&self, step: i32) -> f64 {
        f64::from(step) * ((1.0 - self.up) / self.up).ln()
    }

    fn chance(&self, step: i32) -> f64 {
        if step > 0 { self.up } else { 1.0 - self.up }
    }
}

impl Proposal for Biased {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        let step = if rng.random::<f64>() < self.up { 1 } else { -1 };
        to[0] = from[0] + f64::from(step);
        self.reported * self.log_ratio(step)
    }
}

const RULES: [Acceptance; 2] = [Acceptance::Metropolis, Acceptance::Barker];

/// `W(i→j) = T(i→j) A(i→j)`, what is rejected staying at i: from the pure coin alone.
fn metropolis_matrix(proposal: &Biased, rule: Acceptance) -> TransitionMatrix {
    let n = WEIGHTS.len();
    let mut w = DMatrix::zeros(n, n);
    for from in 0..n {
        for step in [-1, 1] {
            let chance = proposal.chance(step);
            let to = from.checked_add_signed(step as isize).filter(|to| *to < n);
            let log_f_to = to.map_or(f64::NEG_INFINITY, |to| WEIGHTS[to].ln());
            let log_ratio = proposal.log_ratio(step);
            let accept = rule.log_accept(WEIGHTS[from].ln(), log_f_to, log_ratio).exp();
            if let Some(to) = to {
                w[(from, to)] += chance * accept;
            }
            w[(from, from)] += chance * (1.0 - accept);
        }
    }
    TransitionMatrix::new(w).unwrap()
}

/// Independent single steps from each state, counted by where they lead.
fn metropolis_steps(proposal: Biased, rule: Acceptance, exact: &TransitionMatrix) -> Vec<Check> {
    let kernel = MetropolisHastings::new(proposal).accepting(rule);
    let check = |from: usize| {
        let mut rng = Seed(1).stream("step", from as u64);
        let start = kernel.init(&Line, &[from as f64]).unwrap();
        let mut counts = vec![0; WEIGHTS.len()];
        for _ in 0..DRAWS {
            let mut state = start.clone();
            kernel.step(&Line, &mut state, &mut rng).unwrap();
            counts[state.position()[0] as usize] += 1;
        }
        let row: Vec<f64> = exact.matrix().row(from).iter().copied().collect();
        chi_square(format!("steps from {from}"), &counts, &row).unwrap()
    };
    (0..WEIGHTS.len()).map(check).collect()
}

#[track_caller]
fn is_stationary(pi: &[f64], w: &TransitionMatrix) {
    let next = w.evolve(pi, 1).unwrap();
    let worst = pi.iter().zip(&next).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-14, "π W differs from π by {worst:e}");
}

#[test]
fn metropolis_leaves_the_law_invariant_in_detailed_balance() {
    for (up, rule) in [0.5, 0.3, 0.9].into_iter().flat_map(|up| RULES.map(|rule| (up, rule))) {
        let w = metropolis_matrix(&Biased { up, reported: 1.0 }, rule);
        is_stationary(&WEIGHTS, &w);
        assert!(w.balance_gap(&WEIGHTS).unwrap() < 1e-16);
        let pi = w.stationary().unwrap();
        assert!(pi.iter().zip(WEIGHTS).all(|(a, b)| (a - b).abs() < 1e-14));
    }
}

#[test]
fn metropolis_steps_follow_the_exact_matrix() {
    for (up, rule) in [0.5, 0.3].into_iter().flat_map(|up| RULES.map(|rule| (up, rule))) {
        let proposal = Biased { up, reported: 1.0 };
        let w = metropolis_matrix(&proposal, rule);
        holds(&metropolis_steps(proposal, rule, &w), FalseAlarm::DEFAULT);
    }
    let w = metropolis_matrix(&Biased { up: 0.5, reported: 1.0 }, Acceptance::Barker);
    let metropolis = Biased { up: 0.5, reported: 1.0 };
    negative_control(
        &metropolis_steps(metropolis, Acceptance::Metropolis, &w),
        FalseAlarm::DEFAULT,
    );
}

/// Metropolis where it should be Metropolis–Hastings: the ratio of the proposals is forgotten.
#[test]
fn a_forgotten_proposal_ratio_would_be_seen() {
    for rule in RULES {
        let w = metropolis_matrix(&Biased { up: 0.3, reported: 1.0 }, rule);
        let forgetful = Biased { up: 0.3, reported: 0.0 };
        negative_control(&metropolis_steps(forgetful, rule, &w), FalseAlarm::DEFAULT);
    }
}

/// Two variables with three values each and no symmetry at all.
const TABLE: [[f64; 3]; 3] = [[0.10, 0.02, 0.20], [0.05, 0.25, 0.03], [0.15, 0.12, 0.08]];

/// The law of the table by its conditionals; `slip` conditions a variable on itself.
struct Pair {
    slip: bool,
}

impl Pair {
    /// `p(x_block = k | the other)`.
    fn conditional(&self, block: usize, x: &[f64]) -> [f64; 3] {
        let other = x[if self.slip { block } else { 1 - block }] as usize;
        let joint = [0, 1, 2].map(|k| if block == 0 { TABLE[k][other] } else { TABLE[other][k] });
        joint.map(|p| p / joint.iter().sum::<f64>())
    }
}

impl Conditionals<[f64]> for Pair {
    fn blocks(&self) -> usize {
        2
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let [p0, p1, _] = self.conditional(block, x);
        let u: f64 = rng.random();
        x[block] = if u < p0 {
            0.0
        } else if u < p0 + p1 {
            1.0
        } else {
            2.0
        };
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        match x.len() {
            2 => Ok(()),
            found => Err(Error::LengthMismatch { what: "the start", expected: 2, found }),
        }
    }
}

fn point(state: usize) -> [f64; 2] {
    [(state / 3) as f64, (state % 3) as f64]
}

fn joint() -> Vec<f64> {
    TABLE.iter().flatten().copied().collect()
}

/// The matrix of one block, from the pure conditionals.
fn block_matrix(block: usize) -> TransitionMatrix {
    let law = Pair { slip: false };
    let w = DMatrix::from_fn(9, 9, |from, to| {
        let (x, y) = (point(from), point(to));
        let stays = x[1 - block] == y[1 - block];
        if stays { law.conditional(block, &x)[y[block] as usize] } else { 0.0 }
    });
    TransitionMatrix::new(w).unwrap()
}

#[test]
fn each_block_is_in_detailed_balance_and_the_sweep_is_stationary_without() {
    let (pi, blocks) = (joint(), [block_matrix(0), block_matrix(1)]);
    for w in &blocks {
        is_stationary(&pi, w);
        assert!(w.balance_gap(&pi).unwrap() < 1e-16);
    }
    let sweep = blocks[0].then(&blocks[1]).unwrap();
    is_stationary(&pi, &sweep);
    assert!(sweep.balance_gap(&pi).unwrap() > 1e-3, "a systematic sweep is not reversible");
    assert!(sweep.stationary().unwrap().iter().zip(&pi).all(|(a, b)| (a - b).abs() < 1e-14));
}

/// Independent sweeps from each state, counted by where they lead.
fn sweeps(law: &Pair) -> Vec<Check> {
    let exact = block_matrix(0).then(&block_matrix(1)).unwrap();
    let check = |from: usize| {
        let mut rng = Seed(2).stream("sweep", from as u64);
        let mut counts = vec![0; 9];
        for _ in 0..DRAWS {
            let mut state = Gibbs.init(law, point(from).as_slice()).unwrap();
            Gibbs.step(law, &mut state, &mut rng).unwrap();
            counts[3 * state[0] as usize + state[1] as usize] += 1;
        }
        let row: Vec<f64> = exact.matrix().row(from).iter().copied().collect();
        chi_square(format!("sweeps from {from}"), &counts, &row).unwrap()
    };
    (0..9).map(check).collect()
}

#[test]
fn gibbs_sweeps_follow_the_exact_matrix() {
    holds(&sweeps(&Pair { slip: false }), FalseAlarm::DEFAULT);
    negative_control(&sweeps(&Pair { slip: true }), FalseAlarm::DEFAULT);
}

#[test]
fn a_start_off_the_support_is_refused() {
    let kernel = MetropolisHastings::new(Biased { up: 0.5, reported: 1.0 });
    assert!(matches!(kernel.init(&Line, &[0.5]), Err(Error::OutsideSupport { .. })));
    assert!(matches!(kernel.init(&Line, &[f64::NAN]), Err(Error::NotFinite { .. })));
    assert!(matches!(kernel.init(&Line, &[]), Err(Error::Zero { .. })));
    let pair = Pair { slip: false };
    assert!(matches!(
        Gibbs.init(&pair, [0.0].as_slice()),
        Err(Error::LengthMismatch { expected: 2, found: 1, .. })
    ));
}
