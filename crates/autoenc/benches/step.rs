//! Training steps of the stacked autoencoder: `cargo bench -p autoenc`.
//!
//! An epoch of 55,000 images is 1,719 steps at batch 32. With `CANDLE_NUM_THREADS=1` batches of 128 are
//! a fifth faster: candle's own pool stays out of the way.

#![allow(clippy::unwrap_used)]

use autoenc::candle_core::{DType, Device, Tensor};
use autoenc::{OptimizerKind, Parameters, Trainer, zoo};
use divan::Bencher;
use divan::counter::ItemsCount;
use prob_core::Seed;
use train::Learner;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // The calling thread joins the pool, as in training: a join from outside costs a wake-up each.
    // The number of threads is rayon's (RAYON_NUM_THREADS).
    rayon::ThreadPoolBuilder::new().use_current_thread().build_global().unwrap();
    divan::main();
}

/// Black and white in the proportions of digits.
fn batch(n: usize) -> Tensor {
    let pixels: Vec<f32> =
        (0..n * zoo::PIXELS).map(|i| if i * 7919 % 100 < 19 { 0.8 } else { 0.0 }).collect();
    Tensor::from_vec(pixels, (n, zoo::PIXELS), &Device::Cpu).unwrap()
}

fn learn(bencher: Bencher<'_, '_>, n: usize, optimizer: OptimizerKind) {
    let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
    let mut trainer = Trainer::new(zoo::stacked, parameters, optimizer).unwrap();
    let batch = batch(n);
    let mut rng = Seed(1).stream("batch", 0);
    bencher
        .counter(ItemsCount::new(n))
        .bench_local(|| trainer.learn(&batch, 1e-3, &mut rng).unwrap());
}

#[divan::bench(args = [32, 128], sample_size = 200)]
fn stacked_sgd(bencher: Bencher<'_, '_>, n: usize) {
    learn(bencher, n, OptimizerKind::sgd());
}

#[divan::bench(args = [32, 128], sample_size = 200)]
fn stacked_adam(bencher: Bencher<'_, '_>, n: usize) {
    learn(bencher, n, OptimizerKind::adam());
}

#[divan::bench(args = [32, 128], sample_size = 200)]
fn stacked_evaluate(bencher: Bencher<'_, '_>, n: usize) {
    let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
    let mut trainer = Trainer::new(zoo::stacked, parameters, OptimizerKind::sgd()).unwrap();
    let batch = batch(n);
    bencher.counter(ItemsCount::new(n)).bench_local(|| trainer.evaluate(&batch).unwrap());
}
