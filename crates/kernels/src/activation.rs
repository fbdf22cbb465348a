//! Activations of a layer: in place, with the bias, and backwards from the result.

use crate::elementary::{exp_m1, sigmoid, tanh};
use crate::wide::wide;

/// SELU's λ (Klambauer et al. 2017, "Self-normalizing neural networks").
pub const SELU_SCALE: f32 = 1.050_701;
/// SELU's α (Klambauer et al. 2017).
pub const SELU_ALPHA: f32 = 1.673_263_2;

/// What a layer does to each of its outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `x`
    Identity,
    /// `max(x, 0)`
    Relu,
    /// `λ x` above 0, `λ α (e^x − 1)` below.
    Selu,
    /// `1 / (1 + e^−x)`
    Sigmoid,
    /// `tanh x`
    Tanh,
}

impl Activation {
    /// `x ← f(x)`, element by element.
    pub fn apply(self, x: &mut [f32]) {
        let row = x.len();
        self.apply_to_units(x, row, &[0.0]);
    }

    /// `x ← f(x + bias)` for units that each have a row of `row` elements and one bias.
    ///
    /// # Panics
    /// Where `x` is not `bias.len()` rows.
    pub fn apply_to_units(self, x: &mut [f32], row: usize, bias: &[f32]) {
        assert_eq!(Some(x.len()), row.checked_mul(bias.len()), "rows and bias do not fit");
        match self {
            Self::Identity => each(x, row, bias, |x| x),
            Self::Relu => each(x, row, bias, |x| if x > 0.0 || x.is_nan() { x } else { 0.0 }),
            Self::Selu => each(x, row, bias, selu),
            Self::Sigmoid => each(x, row, bias, sigmoid),
            Self::Tanh => each(x, row, bias, tanh),
        }
    }

    /// `out ← f'(x) gradient`, where `y = f(x)` is the result of the forward pass.
    ///
    /// # Panics
    /// Where the three lengths differ.
    pub fn backward(self, y: &[f32], gradient: &[f32], out: &mut [f32]) {
        assert!(y.len() == gradient.len() && y.len() == out.len(), "lengths differ");
        const FLOOR: f32 = SELU_SCALE * SELU_ALPHA;
        match self {
            Self::Identity => out.copy_from_slice(gradient),
            Self::Relu => chained(y, gradient, out, |y| if y > 0.0 { 1.0 } else { 0.0 }),
            Self::Selu => {
                chained(y, gradient, out, |y| if y > 0.0 { SELU_SCALE } else { y + FLOOR })
            }
            Self::Sigmoid => chained(y, gradient, out, |y| y * (1.0 - y)),
            Self::Tanh => chained(y, gradient, out, |y| 1.0 - y * y),
        }
    }
}

#[inline(always)]
fn selu(x: f32) -> f32 {
    let below = SELU_ALPHA * exp_m1(if x < 0.0 { x } else { 0.0 });
    SELU_SCALE * if x > 0.0 || x.is_nan() { x } else { below }
}

#[inline(always)]
fn each(x: &mut [f32], row: usize, bias: &[f32], f: impl Fn(f32) -> f32) {
    wide(
        #[inline(always)]
        || {
            for (unit, bias) in x.chunks_exact_mut(row.max(1)).zip(bias) {
                for x in unit {
                    *x = f(*x + bias);
                }
            }
        },
    );
}

#[inline(always)]
fn chained(y: &[f32], gradient: &[f32], out: &mut [f32], slope: impl Fn(f32) -> f32) {
    wide(
        #[inline(always)]
        || {
            for ((o, y), g) in out.iter_mut().zip(y).zip(gradient) {
                *o = slope(*y) * g;
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Activation; 5] = [
        Activation::Identity,
        Activation::Relu,
        Activation::Selu,
        Activation::Sigmoid,
        Activation::Tanh,
    ];

    fn exact(activation: Activation, x: f64) -> f64 {
        match activation {
            Activation::Identity => x,
            Activation::Relu => x.max(0.0),
            Activation::Selu if x > 0.0 => 1.050_700_987_355_480_5 * x,
            Activation::Selu => 1.050_700_987_355_480_5 * 1.673_263_242_354_377_2 * x.exp_m1(),
            Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Activation::Tanh => x.tanh(),
        }
    }

    #[test]
    fn values_and_slopes_agree_with_double_precision() {
        let x: Vec<f32> = (-400..400).map(|i| (i as f32 + 0.5) / 40.0).collect();
        for activation in ALL {
            let mut y = x.clone();
            activation.apply_to_units(&mut y, x.len(), &[0.25]);
            let mut slope = vec![0.0; x.len()];
            activation.backward(&y, &vec![1.0; x.len()], &mut slope);
            for ((x, y), s) in x.iter().zip(&y).zip(&slope) {
                let x = f64::from(x + 0.25);
                let expected = exact(activation, x);
                assert!((f64::from(*y) - expected).abs() < 1e-6 * expected.abs().max(0.1));
                let h = 1e-6;
                let difference = (exact(activation, x + h) - exact(activation, x - h)) / (2.0 * h);
                assert!((f64::from(*s) - difference).abs() < 1e-5, "{activation:?} at {x}");
            }
        }
    }

    #[test]
    fn a_broken_input_stays_visible() {
        for activation in ALL {
            let mut y = [f32::NAN];
            activation.apply(&mut y);
            assert!(y[0].is_nan(), "{activation:?} hides NaN");
        }
    }
}
