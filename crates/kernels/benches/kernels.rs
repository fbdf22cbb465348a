//! Rates of the kernels at the sizes of the lecture's models: `cargo bench -p kernels`.

#![allow(clippy::unwrap_used)] // A benchmark that cannot start may stop.

use divan::Bencher;
use divan::counter::ItemsCount;
use kernels::{
    Activation, DenseGradients, DenseShape, bce_with_logits, dense_backward, dense_forward, sgd,
};

fn main() {
    // The calling thread joins the pool, as in training: a join from outside costs a wake-up each.
    // The number of threads is rayon's (RAYON_NUM_THREADS).
    rayon::ThreadPoolBuilder::new().use_current_thread().build_global().unwrap();
    divan::main();
}

const SHAPES: [(usize, usize, usize); 4] =
    [(32, 784, 100), (32, 100, 784), (128, 784, 256), (32, 100, 30)];

fn filled(n: usize) -> Vec<f32> {
    (0..n).map(|i| (i % 17) as f32 / 17.0 - 0.5).collect()
}

#[divan::bench(args = SHAPES)]
fn forward(bencher: Bencher<'_, '_>, (batch, inputs, outputs): (usize, usize, usize)) {
    let shape = DenseShape { batch, inputs, outputs };
    let (x, w, b) = (filled(batch * inputs), filled(inputs * outputs), filled(outputs));
    let mut y = filled(batch * outputs);
    bencher.counter(ItemsCount::new(2 * batch * inputs * outputs)).bench_local(|| {
        dense_forward(shape, &x, &w, &b, Activation::Selu, &mut y);
    });
}

#[divan::bench(args = SHAPES)]
fn backward(bencher: Bencher<'_, '_>, (batch, inputs, outputs): (usize, usize, usize)) {
    let shape = DenseShape { batch, inputs, outputs };
    let (x, w, delta) = (filled(batch * inputs), filled(inputs * outputs), filled(batch * outputs));
    let (mut dw, mut db, mut dx) = (w.clone(), filled(outputs), x.clone());
    bencher.counter(ItemsCount::new(4 * batch * inputs * outputs)).bench_local(|| {
        let out = DenseGradients { weights: &mut dw, bias: &mut db, x: Some(&mut dx), keep: 0.0 };
        dense_backward(shape, &x, &w, &delta, out);
    });
}

#[divan::bench]
fn cross_entropy_32_images(bencher: Bencher<'_, '_>) {
    let (z, y) = (filled(32 * 784), filled(32 * 784));
    let mut g = filled(32 * 784);
    bencher.counter(ItemsCount::new(z.len())).bench_local(|| {
        divan::black_box(bce_with_logits(&z, &y, 1.0, &mut g));
    });
}

#[divan::bench(args = [3_000, 78_400])]
fn sgd_step(bencher: Bencher<'_, '_>, n: usize) {
    let (mut w, g) = (filled(n), filled(n));
    bencher.counter(ItemsCount::new(n)).bench_local(|| sgd(&mut w, &g, 1e-9));
}
