//! Losses on a batch with their gradients, made in one pass.

use crate::elementary::{exp, ln_1p_unit};
use crate::split::{both, cut};
use crate::wide::wide;

/// Partial sums kept apart: the compiler makes them one vector, and the order of additions is fixed.
const LANES: usize = 16;
/// Elements summed in f32 before they are added to the f64 total.
const BLOCK: usize = 64 * LANES;

/// What one element costs, in additions.
const ADDITIONS: usize = 10;

/// What a loss kernel adds up over all elements.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LossSums {
    /// Sum of the elementwise losses.
    pub loss: f64,
    /// Elements whose prediction and target round to the same of 0 and 1.
    pub rounded_matches: u64,
}

/// Binary cross-entropy between targets in [0, 1] and σ(logits), stable for any logit:
/// `max(z, 0) − z y + ln(1 + e^−|z|)`. Leaves `scale (σ(z) − y)` in `gradient`.
///
/// # Panics
/// Where the lengths differ.
pub fn bce_with_logits(
    logits: &[f32],
    targets: &[f32],
    scale: f32,
    gradient: &mut [f32],
) -> LossSums {
    over_blocks(logits, targets, gradient, |z, y| {
        let decay = exp(-z.abs());
        let loss = (if z > 0.0 { z } else { 0.0 }) - z * y + ln_1p_unit(decay);
        let upper = 1.0 / (1.0 + decay);
        let p = if z >= 0.0 { upper } else { decay * upper };
        // A NaN logit must not look like a fine loss.
        let loss = if z.is_nan() { z } else { loss };
        (loss, scale * (p - y), (z > 0.0) == (y > 0.5))
    })
}

/// Squared error `(x − y)²`; leaves `2 scale (x − y)` in `gradient`.
///
/// # Panics
/// Where the lengths differ.
pub fn squared_error(
    predictions: &[f32],
    targets: &[f32],
    scale: f32,
    gradient: &mut [f32],
) -> LossSums {
    over_blocks(predictions, targets, gradient, |x, y| {
        let d = x - y;
        (d * d, 2.0 * scale * d, (x > 0.5) == (y > 0.5))
    })
}

/// Applies `f(prediction, target) -> (loss, gradient, match)` and adds up, on both cores.
#[inline(always)]
fn over_blocks(
    predictions: &[f32],
    targets: &[f32],
    gradient: &mut [f32],
    f: impl Fn(f32, f32) -> (f32, f32, bool) + Copy + Send + Sync,
) -> LossSums {
    let n = predictions.len();
    assert!(n == targets.len() && n == gradient.len(), "lengths differ");
    let middle = (cut(n.div_ceil(BLOCK), ADDITIONS * BLOCK) * BLOCK).min(n);
    let (p, q) = predictions.split_at(middle);
    let (t, u) = targets.split_at(middle);
    let (g, h) = gradient.split_at_mut(middle);
    let (mut upper, mut lower) = (LossSums::default(), LossSums::default());
    if q.is_empty() {
        upper = half(p, t, g, f);
    } else {
        both(|| upper = half(p, t, g, f), || lower = half(q, u, h, f));
    }
    LossSums {
        loss: upper.loss + lower.loss,
        rounded_matches: upper.rounded_matches + lower.rounded_matches,
    }
}

#[inline(always)]
fn half(
    predictions: &[f32],
    targets: &[f32],
    gradient: &mut [f32],
    f: impl Fn(f32, f32) -> (f32, f32, bool) + Copy,
) -> LossSums {
    wide(
        #[inline(always)]
        || {
            let mut sums = LossSums::default();
            let blocks = predictions.chunks(BLOCK).zip(targets.chunks(BLOCK));
            for ((p, t), g) in blocks.zip(gradient.chunks_mut(BLOCK)) {
                let (loss, matches) = block(p, t, g, f);
                sums.loss += loss;
                sums.rounded_matches += u64::from(matches);
            }
            sums
        },
    )
}

/// One block in three loops, each simple enough to become vector instructions.
#[inline(always)]
fn block(
    predictions: &[f32],
    targets: &[f32],
    gradient: &mut [f32],
    f: impl Fn(f32, f32) -> (f32, f32, bool),
) -> (f64, u32) {
    let mut losses = [0f32; BLOCK];
    let mut matches = 0;
    let elements = predictions.iter().zip(targets).zip(gradient).zip(&mut losses);
    for (((p, t), g), loss) in elements {
        let (value, slope, equal) = f(*p, *t);
        *loss = value;
        *g = slope;
        matches += u32::from(equal);
    }
    let mut lanes = [0f32; LANES];
    for chunk in losses[..predictions.len().next_multiple_of(LANES)].as_chunks::<LANES>().0 {
        for (lane, loss) in lanes.iter_mut().zip(chunk) {
            *lane += loss;
        }
    }
    (lanes.iter().map(|l| f64::from(*l)).sum(), matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(n: usize) -> (Vec<f32>, Vec<f32>) {
        let z = (0..n).map(|i| (i as f32 - n as f32 / 2.0) * 40.0 / n as f32).collect();
        let y = (0..n).map(|i| (i % 11) as f32 / 10.0).collect();
        (z, y)
    }

    #[test]
    fn cross_entropy_agrees_with_double_precision() {
        for n in [1, 15, 16, 1024, 25_088, 70_001] {
            let (z, y) = grid(n);
            let mut gradient = vec![0.0; n];
            let sums = bce_with_logits(&z, &y, 0.5, &mut gradient);
            let mut loss = 0.0;
            for ((z, y), g) in z.iter().zip(&y).zip(&gradient) {
                let (z, y) = (f64::from(*z), f64::from(*y));
                loss += z.max(0.0) - z * y + (-z.abs()).exp().ln_1p();
                let slope = 0.5 * (1.0 / (1.0 + (-z).exp()) - y);
                assert!((f64::from(*g) - slope).abs() < 1e-7);
            }
            assert!((sums.loss - loss).abs() < 1e-6 * loss.max(1.0), "{n}: {} {loss}", sums.loss);
            let matches = z.iter().zip(&y).filter(|(z, y)| (**z > 0.0) == (**y > 0.5)).count();
            assert_eq!(sums.rounded_matches, matches as u64);
        }
    }

    #[test]
    fn extreme_logits_are_finite_and_nan_is_not_hidden() {
        let mut gradient = [0.0; 4];
        let z = [200.0, -200.0, 1e30, -1e30];
        let sums = bce_with_logits(&z, &[1.0, 0.0, 1.0, 0.0], 1.0, &mut gradient);
        assert!(sums.loss.abs() < 1e-6 && gradient.iter().all(|g| g.abs() < 1e-30));
        let sums = bce_with_logits(&[200.0], &[0.0], 1.0, &mut gradient[..1]);
        assert_eq!((sums.loss, gradient[0]), (200.0, 1.0));
        assert!(bce_with_logits(&[f32::NAN], &[0.0], 1.0, &mut gradient[..1]).loss.is_nan());
    }

    #[test]
    fn squared_error_is_exact_on_small_integers() {
        let mut gradient = [0.0; 3];
        let sums = squared_error(&[1.0, 2.0, -1.0], &[1.0, 0.0, 1.0], 0.5, &mut gradient);
        assert_eq!((sums.loss, sums.rounded_matches, gradient), (8.0, 1, [0.0, 2.0, -2.0]));
    }
}
