//! The slice sampler against distribution functions in closed form.

#![allow(clippy::unwrap_used)]

use mcmc::{Error, Kernel, Slice};
use prob_core::Seed;
use rand::Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};
use testkit::{Check, FalseAlarm, holds, ks, negative_control, special};

const CHAINS: u64 = 4_000;

/// Where independent chains are after `steps` steps from draws of `start`.
fn ends(
    kernel: Slice,
    log_f: impl Fn(&[f64]) -> f64,
    start: impl Fn(&mut dyn FnMut() -> f64, &mut dyn FnMut() -> f64) -> f64,
    steps: usize,
) -> Vec<f64> {
    let run = |chain| {
        let mut rng = Seed(6).stream("chain", chain);
        let mut other = Seed(6).stream("start", chain);
        let mut third = Seed(6).stream("normal", chain);
        let x = start(&mut || exponential(&mut other), &mut || normal(&mut third));
        let mut state = kernel.init(&log_f, &[x]).unwrap();
        for _ in 0..steps {
            kernel.step(&log_f, &mut state, &mut rng).unwrap();
        }
        state.position()[0]
    };
    (0..CHAINS).map(run).collect()
}

fn exponential(rng: &mut impl Rng) -> f64 {
    Exp1.sample(rng)
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

fn normal_cdf(x: f64) -> f64 {
    let tail = 0.5 * special::normal_two_sided(x.abs());
    if x > 0.0 { 1.0 - tail } else { tail }
}

fn log_normal_density(x: &[f64]) -> f64 {
    -0.5 * x[0] * x[0]
}

/// Gamma with shape 3.
fn log_gamma_density(x: &[f64]) -> f64 {
    if x[0] > 0.0 { 2.0 * x[0].ln() - x[0] } else { f64::NEG_INFINITY }
}

fn gamma_cdf(x: f64) -> f64 {
    1.0 - (-x).exp() * (1.0 + x + 0.5 * x * x)
}

/// `0.7 N(−3, 1) + 0.3 N(3, 1)`.
fn log_bimodal_density(x: &[f64]) -> f64 {
    (0.7 * (-0.5 * (x[0] + 3.0).powi(2)).exp() + 0.3 * (-0.5 * (x[0] - 3.0).powi(2)).exp()).ln()
}

fn bimodal_cdf(x: f64) -> f64 {
    0.7 * normal_cdf(x + 3.0) + 0.3 * normal_cdf(x - 3.0)
}

fn slice(width: f64, limit: u32) -> Slice {
    Slice::new(width).unwrap().limited_to(limit).unwrap()
}

/// From a draw of the law, every step is one: for any width and limit.
#[test]
fn a_step_keeps_the_law() {
    let mut checks: Vec<Check> = Vec::new();
    for (width, limit) in [(0.3, 1), (0.3, 3), (1.0, 8), (20.0, 1), (20.0, 64)] {
        let kernel = slice(width, limit);
        let sample = ends(kernel, log_normal_density, |_, z| z(), 3);
        checks.push(ks(format!("normal {width} {limit}"), &sample, normal_cdf).unwrap());
        let sample = ends(kernel, log_gamma_density, |e, _| e() + e() + e(), 3);
        checks.push(ks(format!("gamma {width} {limit}"), &sample, gamma_cdf).unwrap());
        let start = |e: &mut dyn FnMut() -> f64, z: &mut dyn FnMut() -> f64| {
            z() + if (-e()).exp() < 0.3 { 3.0 } else { -3.0 }
        };
        let sample = ends(kernel, log_bimodal_density, start, 3);
        checks.push(ks(format!("bimodal {width} {limit}"), &sample, bimodal_cdf).unwrap());
    }
    holds(&checks, FalseAlarm::DEFAULT);
}

/// From a point far out, the chain comes to the law; and it does not to one a little broader.
#[test]
fn chains_come_to_the_law() {
    let checks = [
        ks("normal", &ends(slice(2.0, 64), log_normal_density, |_, _| 9.0, 40), normal_cdf),
        ks("gamma", &ends(slice(2.0, 64), log_gamma_density, |_, _| 20.0, 40), gamma_cdf),
        ks("bimodal", &ends(slice(12.0, 64), log_bimodal_density, |_, _| 9.0, 80), bimodal_cdf),
    ];
    holds(&checks.map(Result::unwrap), FalseAlarm::DEFAULT);
    let flatter = |f: fn(&[f64]) -> f64| move |x: &[f64]| 0.7 * f(x);
    let wrong = [
        ks(
            "normal",
            &ends(slice(2.0, 64), flatter(log_normal_density), |_, _| 9.0, 40),
            normal_cdf,
        ),
        ks("gamma", &ends(slice(2.0, 64), flatter(log_gamma_density), |_, _| 20.0, 40), gamma_cdf),
        ks(
            "bimodal",
            &ends(slice(12.0, 64), flatter(log_bimodal_density), |_, _| 9.0, 80),
            bimodal_cdf,
        ),
    ];
    for check in wrong {
        negative_control(&[check.unwrap()], FalseAlarm::DEFAULT);
    }
}

#[test]
fn the_cost_is_counted_and_bounded_steps_out_end() {
    use std::cell::Cell;
    let calls = Cell::new(0);
    let flat = |x: &[f64]| {
        calls.set(calls.get() + 1);
        if x[0].abs() < 1e300 { 0.0 } else { f64::NEG_INFINITY }
    };
    let kernel = slice(1e-3, 5);
    let mut rng = Seed(7).stream("cost", 0);
    let mut state = kernel.init(&flat, &[0.0, 0.0]).unwrap();
    calls.set(0);
    let info = kernel.step(&flat, &mut state, &mut rng).unwrap();
    // Two coordinates, four steps out and a first draw each: on a flat law the first is in the slice.
    assert_eq!((info.evaluations, calls.get()), (10, 10));
}

#[test]
fn a_broken_density_is_an_error_and_the_state_stays() {
    for broken in [f64::NAN, f64::INFINITY] {
        let log_f = |x: &[f64]| if x[1] == 0.0 { -x[0].abs() } else { broken };
        let kernel = slice(1.0, 8);
        let mut rng = Seed(8).stream("broken", 0);
        let mut state = kernel.init(&log_f, &[0.5, 0.0]).unwrap();
        let before = (state.position().to_vec(), state.log_density());
        let ends = kernel.step(&log_f, &mut state, &mut rng);
        assert!(matches!(ends, Err(Error::BrokenLogDensity { .. })), "{ends:?}");
        assert_eq!((state.position().to_vec(), state.log_density()), before);
    }
}

#[test]
fn bad_widths_and_limits_are_refused() {
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Slice::new(width), Err(Error::NotPositive { .. })), "{width}");
    }
    assert!(matches!(Slice::new(1.0).unwrap().limited_to(0), Err(Error::Zero { .. })));
}

/// A single point with a density, and numbers as large as there are: shrinkage still ends.
#[test]
fn shrinkage_ends() {
    let atom = |x: &[f64]| if x[0] == 1.0 { 0.0 } else { f64::NEG_INFINITY };
    let mut rng = Seed(10).stream("atom", 0);
    let kernel = slice(f64::MAX, 64);
    let mut state = kernel.init(&atom, &[1.0]).unwrap();
    for _ in 0..100 {
        kernel.step(&atom, &mut state, &mut rng).unwrap();
        assert_eq!(state.position(), [1.0]);
    }
}

/// The interval shrinks towards the point, so that a draw from the slice is found: a step that stays is an
/// event without probability.
#[test]
fn a_step_always_moves() {
    let (mut rng, kernel) = (Seed(7).stream("chain", 0), Slice::new(8.0).unwrap());
    let mut state = kernel.init(&log_normal_density, &[0.5]).unwrap();
    for step in 0..1_000 {
        let before = state.position()[0];
        kernel.step(&log_normal_density, &mut state, &mut rng).unwrap();
        assert_ne!(state.position()[0].to_bits(), before.to_bits(), "step {step}");
    }
}
