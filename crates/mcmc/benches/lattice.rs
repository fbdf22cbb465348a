//! Speed of walks on a lattice, in steps: one core, no storage.

#![allow(clippy::expect_used)] // A benchmark that cannot start may stop.

use divan::{Bencher, counter::ItemsCount};
use mcmc::{Boundary, LatticeWalk};
use prob_core::Seed;
use rand::Rng;

const WALKERS: usize = 64;
const STEPS: u64 = 100_000;

fn main() {
    divan::main();
}

/// The floor of a fair walk on a line: one word of random bits for 64 steps.
#[divan::bench]
fn random_bits_alone(bencher: Bencher) {
    let mut rng = Seed(1).stream("bench", 0);
    let steps = ItemsCount::new(WALKERS as u64 * STEPS);
    bencher.counter(steps).bench_local(|| {
        let words = WALKERS as u64 * STEPS / 64;
        (0..words).map(|_| i64::from(rng.next_u64().count_ones())).sum::<i64>()
    });
}

#[divan::bench(args = [1, 2, 3])]
fn simple(bencher: Bencher, dimension: usize) {
    run(bencher, &LatticeWalk::simple(dimension).expect("a walk"));
}

#[divan::bench]
fn biased_and_lazy(bencher: Bencher) {
    let walk = LatticeWalk::simple(1).and_then(|walk| walk.biased(&[[0.3, 0.7]])?.lazy(0.1));
    run(bencher, &walk.expect("a walk"));
}

/// Walls so near that each step has to look at them.
#[divan::bench]
fn between_walls(bencher: Bencher) {
    let walls = Boundary::Reflecting { lower: -20, upper: 20 };
    let walk = LatticeWalk::simple(1).and_then(|walk| walk.bounded(0, walls));
    run(bencher, &walk.expect("a walk"));
}

/// The lecture's way: a uniform number a step.
#[divan::bench]
fn simple_by_floats(bencher: Bencher) {
    use rand::RngExt;
    let mut rng = Seed(1).stream("bench", 0);
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        (0..STEPS).map(|_| if rng.random::<f64>() < 0.5 { -1i64 } else { 1 }).sum::<i64>()
    });
}

fn run(bencher: Bencher, walk: &LatticeWalk) {
    let start = vec![0; walk.dimension()];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    bencher
        .counter(ItemsCount::new(WALKERS as u64 * STEPS))
        .bench_local(|| pool.install(|| walk.ends(&start, STEPS, WALKERS, Seed(1))));
}
