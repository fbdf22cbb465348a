//! Speed of the kernels on the two-dimensional normal law with correlation 0.5.

#![allow(clippy::expect_used)] // A benchmark that cannot start may stop.

use divan::{Bencher, counter::ItemsCount};
use mcmc::{Gibbs, Kernel, MetropolisHastings, RandomWalk};
use nalgebra::{dmatrix, dvector};
use prob_core::{MvNormal, Seed};

const STEPS: usize = 100_000;

fn main() {
    divan::main();
}

/// Items are single-coordinate updates, two a sweep.
#[divan::bench]
fn gibbs_updates(bencher: Bencher) {
    run(bencher.counter(ItemsCount::new(2 * STEPS)), &Gibbs);
}

/// The tight loop to compare with: the two conditionals written out.
#[divan::bench]
fn gibbs_updates_by_hand(bencher: Bencher) {
    use rand_distr::{Distribution, StandardNormal};
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
    run(bencher.counter(ItemsCount::new(STEPS)), &kernel);
}

fn run<K: Kernel<MvNormal, [f64]>>(bencher: Bencher, kernel: &K) {
    let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).expect("a law");
    let mut rng = Seed(1).stream("bench", 0);
    let mut state = kernel.init(&target, &[3.0, -3.0]).expect("a start");
    bencher.bench_local(|| {
        for _ in 0..STEPS {
            kernel.step(&target, &mut state, &mut rng).expect("a step");
        }
        kernel.position(&state)[0]
    });
}
