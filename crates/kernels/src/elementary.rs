//! Elementary functions without branches, so that the compiler turns a loop over them into vector
//! instructions. Cody–Waite range reduction and a polynomial, as in Cephes (Moshier 1989).

use crate::wide::fused;

/// ln 2 in two parts: `LN2_HIGH` has few bits, so that `n * LN2_HIGH` is exact.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// Adding and subtracting 1.5 × 2²³ rounds to the nearest integer.
const ROUND: f32 = 12_582_912.0;

/// `e^r − 1` on |r| ≤ ln 2 / 2 and `2^n`, where x = n ln 2 + r, for x in [−87.3, 88.3].
#[inline(always)]
fn reduced(x: f32) -> (f32, f32) {
    // The sum holds n in its low bits, as an integer: no conversion, which would saturate slowly.
    let shifted = fused(x, std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = fused(n, -LN2_LOW, fused(n, -LN2_HIGH, x));
    let mut p = 1.987_569_1e-4;
    p = fused(p, r, 1.398_2e-3);
    p = fused(p, r, 8.333_452e-3);
    p = fused(p, r, 4.166_579_6e-2);
    p = fused(p, r, 1.666_666_5e-1);
    p = fused(p, r, 0.5);
    let p = fused(p * r, r, r);
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127);
    let scale = f32::from_bits(exponent << 23);
    (p, scale)
}

/// Keeps NaN, which `f32::clamp` keeps too; written so that it becomes two instructions.
#[inline(always)]
fn clamped(x: f32) -> f32 {
    let x = if x < -87.3 { -87.3 } else { x };
    if x > 88.3 { 88.3 } else { x }
}

/// `e^x` to 2 units in the last place; saturates at e^−87.3 and e^88.3; NaN stays NaN.
#[inline(always)]
#[must_use]
pub fn exp(x: f32) -> f32 {
    let (p, scale) = reduced(clamped(x));
    fused(scale, p, scale)
}

/// `e^x − 1`, accurate near 0 too; saturates as [`exp`] does.
#[inline(always)]
#[must_use]
pub fn exp_m1(x: f32) -> f32 {
    let (p, scale) = reduced(clamped(x));
    fused(scale, p, scale - 1.0)
}

/// `1 / (1 + e^−x)`, accurate to 3 units in the last place for |x| ≤ 87.
#[inline(always)]
#[must_use]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `tanh x = (e^2x − 1) / (e^2x + 1)`.
#[inline(always)]
#[must_use]
pub fn tanh(x: f32) -> f32 {
    let x = if x < -9.5 { -9.5 } else { x };
    let x = if x > 9.5 { 9.5 } else { x };
    let m = exp_m1(2.0 * x);
    m / (m + 2.0)
}

/// `ln(1 + t)` for t in [0, 1]: `2 atanh(t / (2 + t))` as a series in s² ≤ 1/9.
#[inline(always)]
#[must_use]
pub fn ln_1p_unit(t: f32) -> f32 {
    let s = t / (2.0 + t);
    let q = s * s;
    let mut p = 1.0 / 15.0;
    p = fused(p, q, 1.0 / 13.0);
    p = fused(p, q, 1.0 / 11.0);
    p = fused(p, q, 1.0 / 9.0);
    p = fused(p, q, 1.0 / 7.0);
    p = fused(p, q, 1.0 / 5.0);
    p = fused(p, q, 1.0 / 3.0);
    2.0 * fused(p * q, s, s)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest error in units of the last place of the reference on an even grid.
    fn worst(low: f64, high: f64, f: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64) -> f64 {
        (0..=200_000)
            .map(|i| (low + (high - low) * f64::from(i) / 200_000.0) as f32)
            .map(|x| {
                let reference = exact(f64::from(x));
                let unit = f64::from((reference.abs() as f32).next_up()) - reference.abs();
                let unit = unit.max(f64::from(f32::EPSILON) * reference.abs() / 2.0);
                (f64::from(f(x)) - reference).abs() / unit.max(f64::from(f32::MIN_POSITIVE))
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn functions_agree_with_double_precision() {
        assert!(worst(-87.0, 88.0, exp, f64::exp) < 3.0);
        assert!(worst(-20.0, 20.0, exp_m1, f64::exp_m1) < 4.0);
        assert!(worst(-80.0, 80.0, sigmoid, |x| 1.0 / (1.0 + (-x).exp())) < 4.0);
        assert!(worst(-9.0, 9.0, tanh, f64::tanh) < 6.0);
        assert!(worst(0.0, 1.0, ln_1p_unit, f64::ln_1p) < 4.0);
    }

    #[test]
    fn limits_saturate_and_nan_stays() {
        assert_eq!(sigmoid(f32::INFINITY), 1.0);
        assert!(sigmoid(f32::NEG_INFINITY) < 1e-37 && sigmoid(-1e30) >= 0.0);
        assert_eq!((tanh(f32::INFINITY), tanh(f32::NEG_INFINITY)), (1.0, -1.0));
        assert_eq!(exp_m1(f32::NEG_INFINITY), -1.0);
        assert!(exp(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
        assert_eq!((exp(0.0), exp_m1(0.0), tanh(0.0), sigmoid(0.0)), (1.0, 0.0, 0.0, 0.5));
    }
}
