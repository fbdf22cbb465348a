//! Parallel tempering against the exact matrix of all levels, and between modes far apart.

#![allow(clippy::unwrap_used)]

use mcmc::diagnostics::mcse_mean;
use mcmc::{
    Acceptance, Error, Kernel, MetropolisHastings, Proposal, RandomWalk, Schedule, Tempered,
    Tempering, TransitionMatrix, log_swap, sample_chains,
};
use nalgebra::DMatrix;
use prob_core::{GeometricPath, LogDensity, Path, Seed, logspace::log_add_exp};
use rand::{Rng, RngExt};
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control, z};

/// Two modes at the ends of a line.
const WEIGHTS: [f64; 5] = [0.47, 0.04, 0.01, 0.10, 0.38];
const STATES: usize = WEIGHTS.len();
const BETAS: [f64; 3] = [0.0, 0.4, 1.0];
const JOINT: usize = STATES * STATES * STATES;

struct Line;

impl LogDensity<[f64]> for Line {
    fn log_density(&self, x: &[f64]) -> f64 {
        let state = (0..STATES).find(|k| *k as f64 == x[0]);
        state.map_or(f64::NEG_INFINITY, |k| WEIGHTS[k].ln())
    }
}

/// All states of the line are alike.
struct Flat;

impl LogDensity<[f64]> for Flat {
    fn log_density(&self, x: &[f64]) -> f64 {
        if Line.log_density(x).is_finite() { 0.0 } else { f64::NEG_INFINITY }
    }
}

const PATH: GeometricPath<Flat, Line> = GeometricPath { from: Flat, to: Line };

/// One up or one down.
#[derive(Debug)]
struct OneStep;

impl Proposal for OneStep {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        to[0] = from[0] + if rng.random::<bool>() { 1.0 } else { -1.0 };
        0.0
    }
}

fn tempering() -> Tempering<MetropolisHastings<OneStep>> {
    Tempering::new(MetropolisHastings::new(OneStep), BETAS.to_vec()).unwrap()
}

fn log_f(level: usize, state: usize) -> f64 {
    BETAS[level] * WEIGHTS[state].ln()
}

/// The states of the three levels, from the number of the joint state.
fn split(joint: usize) -> [usize; 3] {
    [joint / (STATES * STATES), joint / STATES % STATES, joint % STATES]
}

fn joined([a, b, c]: [usize; 3]) -> usize {
    (a * STATES + b) * STATES + c
}

/// The product of the laws of the levels.
fn product() -> Vec<f64> {
    let weight = |j| split(j).iter().enumerate().map(|(k, s)| log_f(k, *s)).sum::<f64>().exp();
    let all: Vec<f64> = (0..JOINT).map(weight).collect();
    let sum: f64 = all.iter().sum();
    all.iter().map(|w| w / sum).collect()
}

fn local(level: usize) -> DMatrix<f64> {
    let mut w = DMatrix::zeros(STATES, STATES);
    for from in 0..STATES {
        for to in [from.checked_sub(1), Some(from + 1)] {
            let to = to.filter(|to| *to < STATES);
            let log_f_to = to.map_or(f64::NEG_INFINITY, |to| log_f(level, to));
            let log_a = Acceptance::Metropolis.log_accept(log_f(level, from), log_f_to, 0.0);
            w[(from, to.unwrap_or(from))] += 0.5 * log_a.exp();
            w[(from, from)] += 0.5 * (1.0 - log_a.exp());
        }
    }
    w
}

/// Which `ln A` an exchange has: the right one, or the one of the ratio turned over.
type Rule = fn([f64; 2], [f64; 2]) -> f64;

fn transposed(now: [f64; 2], swapped: [f64; 2]) -> f64 {
    log_swap(swapped, now)
}

fn exchange(pair: usize, rule: Rule) -> DMatrix<f64> {
    let mut w = DMatrix::zeros(JOINT, JOINT);
    for from in 0..JOINT {
        let s = split(from);
        let mut to = s;
        to.swap(pair, pair + 1);
        let at = |s: [usize; 3]| [log_f(pair, s[pair]), log_f(pair + 1, s[pair + 1])];
        let accept = rule(at(s), at(to)).exp();
        w[(from, joined(to))] += accept;
        w[(from, from)] += 1.0 - accept;
    }
    w
}

/// Two steps: local moves, the pair (0, 1), local moves, the pair (1, 2).
fn two_steps(rule: Rule) -> TransitionMatrix {
    let locals = local(0).kronecker(&local(1)).kronecker(&local(2));
    TransitionMatrix::new(&locals * exchange(0, rule) * &locals * exchange(1, rule)).unwrap()
}

fn stationarity_gap(w: &TransitionMatrix) -> f64 {
    let pi = product();
    let next = w.evolve(&pi, 1).unwrap();
    pi.iter().zip(&next).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max)
}

#[test]
fn the_product_law_is_stationary_and_not_with_the_ratio_turned_over() {
    assert!(stationarity_gap(&two_steps(log_swap)) < 1e-15);
    assert!(stationarity_gap(&two_steps(transposed)) > 1e-3);
    let pi = two_steps(log_swap).stationary().unwrap();
    assert!(pi.iter().zip(product()).all(|(a, b)| (a - b).abs() < 1e-13));
    for pair in 0..2 {
        let balance = |rule| {
            TransitionMatrix::new(exchange(pair, rule)).unwrap().balance_gap(&product()).unwrap()
        };
        assert!(balance(log_swap) < 1e-16 && balance(transposed) > 1e-3, "pair {pair}");
    }
}

/// Where all levels are after `steps` from each start, against the rows of a matrix.
fn runs(steps: usize, rule: Rule) -> Vec<Check> {
    let (tempering, exact) = (tempering(), two_steps(rule));
    let check = |start: usize| {
        let mut rng = Seed(1).stream("run", start as u64);
        let begin: Tempered<_> = tempering.init(&&PATH, &[start as f64]).unwrap();
        let mut counts = vec![0; JOINT];
        for _ in 0..20_000 {
            let mut state = begin.clone();
            for _ in 0..steps {
                tempering.step(&&PATH, &mut state, &mut rng).unwrap();
            }
            let at = |level: usize| state.levels()[level].position()[0] as usize;
            counts[joined([at(0), at(1), at(2)])] += 1;
        }
        let mut from = vec![0.0; JOINT];
        from[joined([start; 3])] = 1.0;
        let row = exact.evolve(&from, steps / 2).unwrap();
        chi_square(format!("{steps} steps from {start}"), &counts, &row).unwrap()
    };
    (0..STATES).map(check).collect()
}

#[test]
fn steps_follow_the_exact_matrix_of_all_levels() {
    for steps in [2, 6] {
        holds(&runs(steps, log_swap), FalseAlarm::DEFAULT);
    }
    negative_control(&runs(6, transposed), FalseAlarm::DEFAULT);
}

/// The level `beta = 1` of chains that have long forgotten their start, against its law.
#[test]
fn the_position_has_the_stationary_law() {
    let (tempering, mut counts) = (tempering(), vec![0; STATES]);
    for chain in 0..4_000 {
        let mut rng = Seed(2).stream("chain", chain);
        let mut state = tempering.init(&&PATH, &[0.0]).unwrap();
        for _ in 0..200 {
            tempering.step(&&PATH, &mut state, &mut rng).unwrap();
        }
        let x = Kernel::<&GeometricPath<Flat, Line>, [f64]>::position(&tempering, &state);
        counts[x[0] as usize] += 1;
    }
    holds(&[chi_square("position", &counts, &WEIGHTS).unwrap()], FalseAlarm::DEFAULT);
    let mut start = vec![0.0; JOINT];
    start[0] = 1.0;
    let joint = two_steps(transposed).evolve(&start, 100).unwrap();
    let mut wrong = vec![0.0; STATES];
    joint.iter().enumerate().for_each(|(j, p)| wrong[split(j)[2]] += p);
    let control = chi_square("ratio turned over", &counts, &wrong).unwrap();
    negative_control(&[control], FalseAlarm::DEFAULT);
}

/// `0.3 N(−10, 1) + 0.7 N(10, 1)`.
fn modes(x: &[f64]) -> f64 {
    let bump = |weight: f64, m: f64| weight.ln() - 0.5 * (x[0] - m).powi(2);
    log_add_exp(bump(0.3, -10.0), bump(0.7, 10.0))
}

fn wide(x: &[f64]) -> f64 {
    -0.5 * (x[0] / 12.0).powi(2)
}

#[test]
fn modes_20_deviations_apart_are_visited_with_their_weights() {
    let walk = MetropolisHastings::new(RandomWalk::new(2.4).unwrap());
    let (path, starts) = (GeometricPath { from: wide, to: modes }, vec![vec![-10.0]; 8]);
    let schedule = Schedule { burn_in: 2_000, ..Schedule::keep(40_000) };
    let betas = vec![0.0, 0.03, 0.1, 0.3, 1.0];
    let tempering = Tempering::new(walk, betas).unwrap();
    let trace = sample_chains(&tempering, &&path, &starts, schedule, Seed(3)).unwrap();
    let right = trace.series(|x| f64::from(u8::from(x[0] > 0.0)));
    let squares = trace.series(|x| (x[0].abs() - 10.0).powi(2));
    let check = |what: &str, series: &[Vec<f64>], expected: f64| {
        let draws = series.iter().flatten();
        let mean = draws.sum::<f64>() / (series.len() * series[0].len()) as f64;
        z(what, mean, expected, mcse_mean(series).unwrap()).unwrap()
    };
    holds(
        &[
            check("weight of the right mode", &right, 0.7),
            check("variance within modes", &squares, 1.0),
        ],
        FalseAlarm::DEFAULT,
    );
    negative_control(&[check("equal weights", &right, 0.5)], FalseAlarm::DEFAULT);
    let trips: f64 = trace.statistic("round_trips").unwrap().iter().flatten().sum();
    assert!(trips > 100.0, "{trips} round trips");

    let plain = sample_chains(&walk, &modes, &starts, schedule, Seed(3)).unwrap();
    assert!(plain.values().iter().all(|x| *x < 0.0), "Metropolis stays in the mode it starts in");
}

#[test]
fn nothing_cached_is_stale() {
    let (tempering, path) = (tempering(), &PATH);
    let mut rng = Seed(4).stream("stale", 0);
    let mut state = tempering.init(&path, &[4.0]).unwrap();
    for _ in 0..500 {
        tempering.step(&path, &mut state, &mut rng).unwrap();
        for (level, beta) in state.levels().iter().zip(BETAS) {
            assert_eq!(level.log_density(), path.at(beta).log_density(level.position()));
        }
    }
    assert!(state.accepted().iter().all(|n| *n > 0), "there were exchanges");
    let other = &GeometricPath { from: |_: &[f64]| 1.0, to: |x: &[f64]| -x[0] };
    tempering.place(&other, &mut state, &[7.0]).unwrap();
    for (level, beta) in state.levels().iter().zip(BETAS) {
        assert_eq!(level.log_density(), other.at(beta).log_density(level.position()));
    }
    assert_eq!(state.levels()[2].position(), [7.0]);
    let before = state.clone();
    let nowhere = tempering.place(&path, &mut state, &[9.0]);
    assert!(matches!(nowhere, Err(Error::OutsideSupport { .. })));
    assert_eq!(state.levels()[2], before.levels()[2], "a refusal leaves the position");
    let longer = tempering.place(&path, &mut state, &[0.0, 0.0]);
    assert!(matches!(longer, Err(Error::LengthMismatch { .. })));
}

/// Where all levels have the same law, every exchange happens, and points go up and down in turn: one
/// of four levels is back at its end after 8 steps, 2 of them spent waiting there.
#[test]
fn round_trips_and_exchanges_are_counted() {
    let path = GeometricPath { from: |_: &[f64]| 0.0, to: |_: &[f64]| 0.0 };
    let walk = MetropolisHastings::new(RandomWalk::new(1.0).unwrap());
    let tempering = Tempering::new(walk, vec![0.1, 0.2, 0.5, 1.0]).unwrap();
    let mut state = tempering.init(&&path, &[0.0]).unwrap();
    let mut rng = Seed(5).stream("trips", 0);
    let (mut trips, mut swaps) = (0, 0);
    for step in 1..=80 {
        let info = tempering.step(&&path, &mut state, &mut rng).unwrap();
        trips += info.round_trips;
        swaps += info.swaps;
        // The first points come home after 7, 9, 11 and 13 steps, each then every 8 steps.
        let expected = [7, 9, 11, 13].map(|first: u32| (step + 8u32).saturating_sub(first) / 8);
        assert_eq!(trips, expected.iter().sum::<u32>(), "after {step} steps");
    }
    assert_eq!(state.round_trips(), u64::from(trips));
    assert_eq!((state.proposed(), state.accepted()), (&[40, 40, 40][..], &[40, 40, 40][..]));
    assert_eq!(swaps, 120);
}

#[test]
fn one_level_is_the_kernel_itself() {
    let walk = MetropolisHastings::new(RandomWalk::new(2.4).unwrap());
    let path = GeometricPath { from: wide, to: modes };
    let (starts, schedule) = (vec![vec![9.0]; 2], Schedule::keep(300));
    let tempering = Tempering::new(walk, vec![1.0]).unwrap();
    let one = sample_chains(&tempering, &&path, &starts, schedule, Seed(6)).unwrap();
    let plain = sample_chains(&walk, &modes, &starts, schedule, Seed(6)).unwrap();
    assert_eq!(one.values(), plain.values());
    assert_eq!(one.acceptance(), plain.acceptance());
    assert_eq!(one.statistic_names(), ["accepted", "swaps", "round_trips"]);
}

#[test]
fn a_swap_is_metropolis_on_the_product() {
    assert_eq!(log_swap([0.0, -1.0], [-3.0, -2.0]), -4.0);
    assert_eq!(log_swap([-3.0, -2.0], [0.0, -1.0]), 0.0);
    assert_eq!(log_swap([0.0, 0.0], [f64::NEG_INFINITY, 5.0]), f64::NEG_INFINITY);
    assert_eq!(log_swap([0.0, 0.0], [f64::NAN, 0.0]), f64::NEG_INFINITY);
}

#[test]
fn bad_ladders_starts_and_laws_are_refused() {
    let new = |betas: &[f64]| Tempering::new(MetropolisHastings::new(OneStep), betas.to_vec());
    assert!(matches!(new(&[]), Err(Error::Zero { .. })));
    for (betas, wrong) in [
        (&[-0.1, 1.0][..], 0),
        (&[0.5], 0),
        (&[0.5, 0.5, 1.0], 1),
        (&[0.5, f64::NAN, 1.0], 1),
        (&[0.5, 1.0, 0.7], 1),
        (&[0.5, 1.5], 1),
    ] {
        let error = new(betas).unwrap_err();
        assert!(matches!(error, Error::NotALadder { index, .. } if index == wrong), "{betas:?}");
    }
    let tempering = tempering();
    assert!(matches!(tempering.init(&&PATH, &[9.0]), Err(Error::OutsideSupport { .. })));
    let broken = |x: &[f64]| if x[0] == 0.0 { 0.0 } else { f64::NAN };
    let path = GeometricPath { from: |_: &[f64]| 0.0, to: broken };
    let mut state = tempering.init(&&path, &[0.0]).unwrap();
    let mut rng = Seed(7).stream("broken", 0);
    let failed = tempering.step(&&path, &mut state, &mut rng);
    assert!(matches!(failed, Err(Error::BrokenLogDensity { .. })));
    assert_eq!(state.levels()[2].position(), [0.0]);
}
