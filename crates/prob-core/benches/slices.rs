//! A million log densities and a million draws, beside `rand_distr`'s samplers.

#![allow(clippy::unwrap_used)]

use divan::{Bencher, counter::ItemsCount};
use prob_core::{Normal, Seed, Univariate, sample_into};
use rand_distr::Distribution;

const N: usize = 1_000_000;

fn main() {
    divan::main();
}

#[divan::bench]
fn log_prob(bencher: Bencher) {
    let law = Normal::new(1.0, 2.0).unwrap();
    let mut x = vec![0.0; N];
    sample_into(&law, &mut x, &mut Seed(1).stream("bench", 0));
    let mut out = vec![0.0; N];
    bencher.counter(ItemsCount::new(N)).bench_local(|| law.log_prob_into(&x, &mut out));
}

#[divan::bench]
fn sample(bencher: Bencher) {
    let law = Normal::new(1.0, 2.0).unwrap();
    let mut rng = Seed(1).stream("bench", 0);
    let mut out = vec![0.0; N];
    bencher.counter(ItemsCount::new(N)).bench_local(|| sample_into(&law, &mut out, &mut rng));
}

#[divan::bench]
fn rand_distr_sample(bencher: Bencher) {
    let law = rand_distr::Normal::new(1.0, 2.0).unwrap();
    let mut rng = Seed(1).stream("bench", 0);
    let mut out = vec![0.0; N];
    bencher
        .counter(ItemsCount::new(N))
        .bench_local(|| out.iter_mut().for_each(|x| *x = law.sample(&mut rng)));
}

#[divan::bench]
fn lanes_bits(bencher: Bencher) {
    use rand::{Rng, SeedableRng};
    let mut rng = prob_core::Lanes::from_rng(&mut Seed(1).stream("bench", 0));
    bencher
        .counter(ItemsCount::new(N))
        .bench_local(|| (0..N).map(|_| rng.next_u64()).fold(0, |a, b| a ^ b));
}

#[divan::bench]
fn pcg_bits(bencher: Bencher) {
    use rand::Rng;
    let mut rng = Seed(1).stream("bench", 0);
    bencher
        .counter(ItemsCount::new(N))
        .bench_local(|| (0..N).map(|_| rng.next_u64()).fold(0, |a, b| a ^ b));
}
