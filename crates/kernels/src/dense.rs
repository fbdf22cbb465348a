//! A dense layer on a batch: `y = f(x Wᵀ + b)` and its gradients.
//!
//! With `δ = f'(·) ∂L/∂y`: `∂L/∂W = δᵀ x`, `∂L/∂b = Σ_batch δ`, `∂L/∂x = δ W`.

use std::cell::RefCell;

use crate::activation::Activation;
use crate::product::{Matrix, multiply};
use crate::split::{both, cut};
use crate::wide::wide;

/// Sizes of a dense layer and its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DenseShape {
    /// Observations in the batch.
    pub batch: usize,
    /// Features that come in.
    pub inputs: usize,
    /// Units of the layer.
    pub outputs: usize,
}

/// `y ← f(x Wᵀ + b)`: `x` is `[batch, inputs]`, `weights` `[outputs, inputs]`, `y` `[batch, outputs]`.
///
/// Works on `yᵀ = W xᵀ` in a buffer of the thread, where the product reads both matrices along
/// their rows (30 to 50 % faster than `x Wᵀ` at small batches), and turns the result at the end.
///
/// # Panics
/// Where a length does not fit the shape.
pub fn dense_forward(
    shape: DenseShape,
    x: &[f32],
    weights: &[f32],
    bias: &[f32],
    activation: Activation,
    y: &mut [f32],
) {
    assert_eq!(bias.len(), shape.outputs, "bias");
    assert_eq!(y.len(), shape.batch * shape.outputs, "result");
    let x = Matrix::new(x, shape.batch, shape.inputs);
    let weights = Matrix::new(weights, shape.outputs, shape.inputs);
    let rows = |from: usize, to: usize, y: &mut [f32]| {
        let x = x.row_range(from, to).transposed();
        with_scratch(y.len(), |units| {
            multiply(units, weights, x, 0.0);
            activation.apply_to_units(units, to - from, bias);
            transpose(units, to - from, y);
        });
    };
    let middle = cut(shape.batch, shape.inputs * shape.outputs);
    let (upper, lower) = y.split_at_mut(middle * shape.outputs);
    if lower.is_empty() {
        rows(0, middle, upper);
    } else {
        both(|| rows(0, middle, upper), || rows(middle, shape.batch, lower));
    }
}

/// Where [`dense_backward`] leaves its results.
#[derive(Debug)]
pub struct DenseGradients<'a> {
    /// `∂L/∂W`, `[outputs, inputs]`.
    pub weights: &'a mut [f32],
    /// `∂L/∂b`, `[outputs]`.
    pub bias: &'a mut [f32],
    /// `∂L/∂x`, `[batch, inputs]`, where it is wanted.
    pub x: Option<&'a mut [f32]>,
    /// 0 to overwrite the gradients of weights and bias, 1 to add to them.
    pub keep: f32,
}

/// The gradients of a dense layer, given `delta = f'(·) ∂L/∂y`, `[batch, outputs]`.
///
/// The two products are independent and of equal size: one a core. Where the input's gradient is not
/// wanted, the one product is cut in two.
///
/// # Panics
/// Where a length does not fit the shape.
pub fn dense_backward(
    shape: DenseShape,
    x: &[f32],
    weights: &[f32],
    delta: &[f32],
    out: DenseGradients<'_>,
) {
    let DenseShape { batch, inputs, outputs } = shape;
    let rows = Matrix::new(delta, batch, outputs);
    let columns = rows.transposed();
    let input = Matrix::new(x, batch, inputs);
    assert_eq!(out.weights.len(), inputs * outputs, "gradient of the weights");
    sum_of_rows(delta, out.bias, out.keep);
    let weight_rows = |from: usize, to: usize, gradient: &mut [f32]| {
        multiply(gradient, columns.row_range(from, to), input, out.keep);
    };
    let middle = cut(outputs, inputs * batch);
    match out.x {
        Some(gradient) => {
            let weights = Matrix::new(weights, outputs, inputs);
            let mut down = || multiply(gradient, rows, weights, 0.0);
            if middle == outputs {
                down();
                weight_rows(0, outputs, out.weights);
            } else {
                both(down, || weight_rows(0, outputs, out.weights));
            }
        }
        None if middle == outputs => weight_rows(0, outputs, out.weights),
        None => {
            let (upper, lower) = out.weights.split_at_mut(middle * inputs);
            both(|| weight_rows(0, middle, upper), || weight_rows(middle, outputs, lower));
        }
    }
}

/// `out ← Σ rows + keep out`.
fn sum_of_rows(rows: &[f32], out: &mut [f32], keep: f32) {
    wide(
        #[inline(always)]
        || {
            out.iter_mut().for_each(|o| *o = if keep == 0.0 { 0.0 } else { keep * *o });
            for row in rows.chunks_exact(out.len().max(1)) {
                for (o, r) in out.iter_mut().zip(row) {
                    *o += r;
                }
            }
        },
    );
}

/// Lends a buffer of `n` elements that lives as long as the thread.
fn with_scratch(n: usize, work: impl FnOnce(&mut [f32])) {
    thread_local!(static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) });
    SCRATCH.with_borrow_mut(|buffer| {
        if buffer.len() < n {
            buffer.resize(n, 0.0);
        }
        work(&mut buffer[..n]);
    });
}

/// `out ← unitsᵀ`, where `units` has rows of `batch` elements: in tiles that stay in registers.
fn transpose(units: &[f32], batch: usize, out: &mut [f32]) {
    const TILE: usize = 8;
    let outputs = out.len() / batch.max(1);
    let whole = (batch - batch % TILE, outputs - outputs % TILE);
    wide(
        #[inline(always)]
        || {
            for unit in (0..whole.1).step_by(TILE) {
                for row in (0..whole.0).step_by(TILE) {
                    let mut tile = [[0f32; TILE]; TILE];
                    for (k, line) in tile.iter_mut().enumerate() {
                        line.copy_from_slice(&units[(unit + k) * batch + row..][..TILE]);
                    }
                    for k in 0..TILE {
                        let turned: [f32; TILE] = std::array::from_fn(|l| tile[l][k]);
                        out[(row + k) * outputs + unit..][..TILE].copy_from_slice(&turned);
                    }
                }
            }
        },
    );
    for row in 0..batch {
        let first = if row < whole.0 { whole.1 } else { 0 };
        for unit in first..outputs {
            out[row * outputs + unit] = units[unit * batch + row];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use rand_pcg::Pcg64Dxsm;

    fn draw(n: usize, index: u64) -> Vec<f32> {
        let mut rng = Pcg64Dxsm::new(u128::from(index), 5);
        (0..n).map(|_| rng.random_range(-3i8..4) as f32).collect()
    }

    /// Small integers make each sum exact: equal to the obvious loops, on one thread and on many.
    #[test]
    fn equals_the_obvious_loops_for_any_number_of_threads() {
        for (batch, inputs, outputs) in [(1, 1, 1), (3, 5, 2), (32, 784, 100), (33, 100, 30)] {
            let shape = DenseShape { batch, inputs, outputs };
            let (x, w) = (draw(batch * inputs, 0), draw(inputs * outputs, 1));
            let (b, delta) = (draw(outputs, 2), draw(batch * outputs, 3));
            for threads in [1, 2, 5] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let mut y = vec![0.0; batch * outputs];
                let (mut dw, mut db) = (vec![1.0; w.len()], vec![1.0; outputs]);
                let mut dx = vec![0.0; x.len()];
                pool.install(|| {
                    dense_forward(shape, &x, &w, &b, Activation::Identity, &mut y);
                    let out = DenseGradients {
                        weights: &mut dw,
                        bias: &mut db,
                        x: Some(&mut dx),
                        keep: 1.0,
                    };
                    dense_backward(shape, &x, &w, &delta, out);
                });
                let sum = |n: usize, f: &dyn Fn(usize) -> f32| (0..n).map(f).sum::<f32>();
                for i in 0..batch {
                    for o in 0..outputs {
                        let z = b[o] + sum(inputs, &|k| x[i * inputs + k] * w[o * inputs + k]);
                        assert_eq!(y[i * outputs + o], z);
                    }
                }
                for o in 0..outputs {
                    assert_eq!(db[o], 1.0 + sum(batch, &|i| delta[i * outputs + o]));
                    for k in 0..inputs {
                        let g = sum(batch, &|i| delta[i * outputs + o] * x[i * inputs + k]);
                        assert_eq!(dw[o * inputs + k], 1.0 + g);
                    }
                }
                let g = sum(outputs, &|o| delta[o] * w[o * inputs]);
                assert_eq!(dx[0], g);
                let mut without = vec![0.0; w.len()];
                let out =
                    DenseGradients { weights: &mut without, bias: &mut db, x: None, keep: 0.0 };
                pool.install(|| dense_backward(shape, &x, &w, &delta, out));
                assert!(without.iter().zip(&dw).all(|(a, b)| a + 1.0 == *b));
            }
        }
    }
}
