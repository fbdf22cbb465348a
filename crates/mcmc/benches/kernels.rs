//! Speed of the kernels, beside tight loops: the same steps on the same law, written out for arrays of a
//! length that the compiler knows.

#![allow(clippy::expect_used)] // A benchmark that cannot start may stop.

use divan::{Bencher, counter::ItemsCount};
use mcmc::{GaussianWalk, Gibbs, Kernel, MetropolisHastings, RandomWalk};
use nalgebra::{DMatrix, dmatrix, dvector};
use prob_core::{MvNormal, Seed};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Few, so that a sample is rarely interrupted.
const STEPS: usize = 10_000;

fn main() {
    divan::main();
}

/// Two variables with correlation 0.5.
fn pair() -> MvNormal {
    MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).expect("a law")
}

/// The same law, written out.
fn log_pair(x: &[f64; 2]) -> f64 {
    -0.5 * (x[0] * x[0] - x[0] * x[1] + x[1] * x[1]) / 0.75
}

/// Ten variables, each 0.9 of the one before it with new noise: every one is N(0, 1).
fn log_autoregressive(x: &[f64]) -> f64 {
    let steps: f64 = x.windows(2).map(|pair| (pair[1] - 0.9 * pair[0]).powi(2)).sum();
    -0.5 * (x[0] * x[0] + steps / (1.0 - 0.9 * 0.9))
}

/// Steps of the best size for it.
fn along_autoregressive() -> GaussianWalk {
    let covariance = DMatrix::from_fn(10, 10, |i, j| 0.9f64.powi(i.abs_diff(j) as i32));
    GaussianWalk::new(2.38f64.powi(2) / 10.0 * covariance).expect("a covariance")
}

/// A normal law with standard deviations 10 and 1, bent along a parabola (Haario, Saksman and Tamminen
/// 1999).
fn log_banana(x: &[f64]) -> f64 {
    let straight = x[1] + 0.03 * (x[0] * x[0] - 100.0);
    -0.5 * (x[0] * x[0] / 100.0 + straight * straight)
}

fn along_banana() -> GaussianWalk {
    GaussianWalk::new(dmatrix![60.0, 0.0; 0.0, 12.0]).expect("a covariance")
}

/// Items are single-coordinate updates, two a sweep.
#[divan::bench]
fn gibbs_updates(bencher: Bencher) {
    run(bencher.counter(ItemsCount::new(2 * STEPS)), &Gibbs, &pair(), &[3.0, -3.0]);
}

/// The tight loop to compare with: the two conditionals written out.
#[divan::bench]
fn gibbs_updates_by_hand(bencher: Bencher) {
    let mut rng = Seed(1).stream("bench", 0);
    let mut normal = move || -> f64 { StandardNormal.sample(&mut rng) };
    let sd = 0.75f64.sqrt();
    let (mut a, mut b) = (3.0f64, -3.0f64);
    bencher.counter(ItemsCount::new(2 * STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            a = 0.5 * b + sd * normal();
            b = 0.5 * a + sd * normal();
        }
        a + b
    });
}

#[divan::bench]
fn metropolis_steps(bencher: Bencher) {
    let kernel = MetropolisHastings::new(RandomWalk::new(1.7).expect("a scale"));
    run(bencher.counter(ItemsCount::new(STEPS)), &kernel, &pair(), &[3.0, -3.0]);
}

#[divan::bench]
fn metropolis_steps_by_hand(bencher: Bencher) {
    by_hand(bencher, log_pair, [3.0, -3.0], scaled(1.7));
}

#[divan::bench]
fn autoregressive_steps(bencher: Bencher) {
    let kernel = MetropolisHastings::new(RandomWalk::new(0.25).expect("a scale"));
    run(bencher.counter(ItemsCount::new(STEPS)), &kernel, &log_autoregressive, &[0.1; 10]);
}

#[divan::bench]
fn autoregressive_steps_by_hand(bencher: Bencher) {
    by_hand(bencher, |x| log_autoregressive(x), [0.1; 10], scaled(0.25));
}

#[divan::bench]
fn autoregressive_walk(bencher: Bencher) {
    let kernel = MetropolisHastings::new(along_autoregressive());
    run(bencher.counter(ItemsCount::new(STEPS)), &kernel, &log_autoregressive, &[0.1; 10]);
}

#[divan::bench]
fn autoregressive_walk_by_hand(bencher: Bencher) {
    by_hand(bencher, |x| log_autoregressive(x), [0.1; 10], mixed(&along_autoregressive()));
}

#[divan::bench]
fn banana_walk(bencher: Bencher) {
    let kernel = MetropolisHastings::new(along_banana());
    run(bencher.counter(ItemsCount::new(STEPS)), &kernel, &log_banana, &[0.0, 3.0]);
}

#[divan::bench]
fn banana_walk_by_hand(bencher: Bencher) {
    by_hand(bencher, |x| log_banana(x), [0.0, 3.0], mixed(&along_banana()));
}

/// Steps of a kernel.
fn run<D, K: Kernel<D, [f64]>>(bencher: Bencher, kernel: &K, target: &D, start: &[f64]) {
    let mut rng = Seed(1).stream("bench", 0);
    let mut state = kernel.init(target, start).expect("a start");
    bencher.bench_local(|| {
        for _ in 0..STEPS {
            kernel.step(target, &mut state, &mut rng).expect("a step");
        }
        kernel.position(&state)[0]
    });
}

/// Metropolis written out: `step` makes of standard normal numbers a step.
fn by_hand<const N: usize>(
    bencher: Bencher,
    log_f: impl Fn(&[f64; N]) -> f64,
    start: [f64; N],
    step: impl Fn([f64; N]) -> [f64; N],
) {
    let mut rng = Seed(1).stream("bench", 0);
    let (mut x, mut log_f_x) = (start, log_f(&start));
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            let mut y = step(std::array::from_fn(|_| StandardNormal.sample(&mut rng)));
            y.iter_mut().zip(&x).for_each(|(y, x)| *y += x);
            let log_f_y = log_f(&y);
            let ratio = log_f_y - log_f_x;
            let coin: f64 = rng.random();
            if ratio >= 0.0 || coin.ln() < ratio {
                (x, log_f_x) = (y, log_f_y);
            }
        }
        x[0]
    });
}

/// Steps of one scale.
fn scaled<const N: usize>(scale: f64) -> impl Fn([f64; N]) -> [f64; N] {
    move |z| z.map(|z| scale * z)
}

/// Steps `L z` as `walk` makes them.
fn mixed<const N: usize>(walk: &GaussianWalk) -> impl Fn([f64; N]) -> [f64; N] {
    let factor = walk.factor();
    let l: [[f64; N]; N] = std::array::from_fn(|i| std::array::from_fn(|j| factor[(i, j)]));
    move |z| std::array::from_fn(|i| (0..=i).map(|j| l[i][j] * z[j]).sum())
}
