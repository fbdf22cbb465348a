//! Optimiser steps on flat parameters, in place.

use crate::split::{both, cut};
use crate::wide::{fused, wide};

/// `sum ← keep sum + values`. With `keep = 0` what `sum` holds is not read.
///
/// # Panics
/// Where the lengths differ.
pub fn add(sum: &mut [f32], values: &[f32], keep: f32) {
    assert_eq!(sum.len(), values.len(), "lengths differ");
    if keep == 0.0 {
        return sum.copy_from_slice(values);
    }
    wide(
        #[inline(always)]
        || sum.iter_mut().zip(values).for_each(|(s, v)| *s = fused(keep, *s, *v)),
    );
}

/// Gradient descent: `w ← w − rate g`.
///
/// # Panics
/// Where the lengths differ.
pub fn sgd(weights: &mut [f32], gradient: &[f32], rate: f32) {
    assert_eq!(weights.len(), gradient.len(), "lengths differ");
    let step = |w: &mut [f32], g: &[f32]| {
        wide(
            #[inline(always)]
            || w.iter_mut().zip(g).for_each(|(w, g)| *w = fused(-rate, *g, *w)),
        );
    };
    let middle = cut(weights.len(), 1);
    let (w, x) = weights.split_at_mut(middle);
    let (g, h) = gradient.split_at(middle);
    if x.is_empty() { step(w, g) } else { both(|| step(w, g), || step(x, h)) }
}

/// Gradient descent with momentum, as PyTorch counts it: `v ← μ v + g`, `w ← w − rate v`.
///
/// # Panics
/// Where the lengths differ.
pub fn sgd_momentum(weights: &mut [f32], gradient: &[f32], v: &mut [f32], rate: f32, mu: f32) {
    assert!(weights.len() == gradient.len() && weights.len() == v.len(), "lengths differ");
    let step = |w: &mut [f32], g: &[f32], v: &mut [f32]| {
        wide(
            #[inline(always)]
            || {
                for ((w, g), v) in w.iter_mut().zip(g).zip(v) {
                    *v = fused(mu, *v, *g);
                    *w = fused(-rate, *v, *w);
                }
            },
        );
    };
    let middle = cut(weights.len(), 1);
    let (w, x) = weights.split_at_mut(middle);
    let (g, h) = gradient.split_at(middle);
    let (v, u) = v.split_at_mut(middle);
    if x.is_empty() { step(w, g, v) } else { both(|| step(w, g, v), || step(x, h, u)) }
}

/// Constants of one Adam step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// Learning rate divided by the bias correction `1 − β₁^t`.
    pub rate: f32,
    /// Decay β₁ of the first moment.
    pub beta1: f32,
    /// Decay β₂ of the second moment.
    pub beta2: f32,
    /// `1 / √(1 − β₂^t)`.
    pub root_correction: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
}

/// Adam (Kingma and Ba 2015): `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`,
/// `w ← w − rate m̂ / (√v̂ + ε)`.
///
/// # Panics
/// Where the lengths differ.
pub fn adam(weights: &mut [f32], gradient: &[f32], m: &mut [f32], v: &mut [f32], constants: Adam) {
    let n = weights.len();
    assert!(n == gradient.len() && n == m.len() && n == v.len(), "lengths differ");
    let Adam { rate, beta1, beta2, root_correction, epsilon } = constants;
    let step = |w: &mut [f32], g: &[f32], m: &mut [f32], v: &mut [f32]| {
        wide(
            #[inline(always)]
            || {
                for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
                    *m = fused(beta1, *m, (1.0 - beta1) * g);
                    *v = fused(beta2, *v, (1.0 - beta2) * g * g);
                    *w -= rate * *m / fused(v.sqrt(), root_correction, epsilon);
                }
            },
        );
    };
    let middle = cut(n, 1);
    let (w, x) = weights.split_at_mut(middle);
    let (g, h) = gradient.split_at(middle);
    let (m, l) = m.split_at_mut(middle);
    let (v, u) = v.split_at_mut(middle);
    if x.is_empty() { step(w, g, m, v) } else { both(|| step(w, g, m, v), || step(x, h, l, u)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 70_001;

    fn gradient() -> Vec<f32> {
        (0..N).map(|i| ((i * 7919 % 1000) as f32 - 500.0) / 250.0).collect()
    }

    #[test]
    fn a_sum_keeps_what_it_is_told_to() {
        let mut sum = [1.0, f32::NAN, 3.0];
        add(&mut sum, &[1.0, 2.0, -1.0], 0.0);
        add(&mut sum, &[10.0, 20.0, 30.0], 2.0);
        assert_eq!(sum, [12.0, 24.0, 28.0]);
    }

    #[test]
    fn sgd_steps_agree_with_the_formulas() {
        let g = gradient();
        let mut w = vec![1.0; N];
        sgd(&mut w, &g, 0.5);
        assert!(w.iter().zip(&g).all(|(w, g)| (w - (1.0 - 0.5 * g)).abs() < 1e-6));
        let (mut w, mut v) = (vec![1.0; N], vec![0.0; N]);
        sgd_momentum(&mut w, &g, &mut v, 0.1, 0.9);
        sgd_momentum(&mut w, &g, &mut v, 0.1, 0.9);
        // v₁ = g, v₂ = 1.9 g
        assert!(v.iter().zip(&g).all(|(v, g)| (v - 1.9 * g).abs() < 1e-5));
        assert!(w.iter().zip(&g).all(|(w, g)| (w - (1.0 - 0.29 * g)).abs() < 1e-5));
    }

    #[test]
    fn adam_agrees_with_the_formulas_over_steps() {
        let g = gradient();
        let (mut w, mut m, mut v) = (vec![1.0; N], vec![0.0; N], vec![0.0; N]);
        let (mut x, mut p, mut q) = (vec![1f64; N], vec![0f64; N], vec![0f64; N]);
        for t in 1..=5 {
            let sign = if t % 2 == 0 { -0.5 } else { 1.0 };
            let g: Vec<f32> = g.iter().map(|g| sign * g).collect();
            let (b1, b2) = (0.9f64, 0.999f64);
            let constants = Adam {
                rate: (1e-3 / (1.0 - b1.powi(t))) as f32,
                beta1: 0.9,
                beta2: 0.999,
                root_correction: (1.0 / (1.0 - b2.powi(t)).sqrt()) as f32,
                epsilon: 1e-8,
            };
            adam(&mut w, &g, &mut m, &mut v, constants);
            for i in 0..N {
                let g = f64::from(g[i]);
                p[i] = b1 * p[i] + (1.0 - b1) * g;
                q[i] = b2 * q[i] + (1.0 - b2) * g * g;
                let root = (q[i] / (1.0 - b2.powi(t))).sqrt();
                x[i] -= 1e-3 * (p[i] / (1.0 - b1.powi(t))) / (root + 1e-8);
            }
        }
        assert!(w.iter().zip(&x).all(|(w, x)| (f64::from(*w) - x).abs() < 1e-6));
    }
}
