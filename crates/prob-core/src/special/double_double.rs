//! The logarithm with twice the digits of a floating-point number: as an unevaluated sum of two, each
//! step exact to about 2⁻¹⁰⁰ (Dekker 1971; Knuth's and the fused forms of the error of a sum and of a
//! product).

use std::f64::consts::{LN_2, SQRT_2};

/// What `LN_2` leaves of `ln 2`.
const LN_2_REST: f64 = 2.319_046_813_846_3e-17;

/// `ln x − y` for a normal `x > 0`, to about 2⁻¹⁰² of the size of `y`: what rounding took when `x` was
/// made as `e^y`.
pub(crate) fn ln_minus(x: f64, y: f64) -> f64 {
    let (mantissa, exponent) = split(x);
    let (k, f) = (exponent, mantissa - 1.0);
    // ln(1 + f) = 2 artanh s with s = f / (2 + f), |s| < 0.18.
    let s = quotient(f, sum(2.0, f));
    let square = product(s, s);
    let series = (0..24).rev().fold((0.0, 0.0), |p, j| {
        let odd = f64::from(2 * j + 1);
        let term = quotient(1.0, (odd, 0.0));
        add(product(p, square), term)
    });
    let ln_mantissa = product((2.0 * s.0, 2.0 * s.1), series);
    let ln_power = product((k, 0.0), (LN_2, LN_2_REST));
    let (high, low) = add(add(ln_power, ln_mantissa), (-y, 0.0));
    high + low
}

/// `m` and `k` with `x = 2^k m` and `m` from √½ to √2.
fn split(x: f64) -> (f64, f64) {
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let bits = x.to_bits();
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | ONE);
    let exponent = ((bits >> 52) & 0x7ff) as f64 - 1023.0;
    if mantissa > SQRT_2 { (0.5 * mantissa, exponent + 1.0) } else { (mantissa, exponent) }
}

type Pair = (f64, f64);

/// `a + b` and what rounding took.
fn sum(a: f64, b: f64) -> Pair {
    let s = a + b;
    let b_part = s - a;
    (s, (a - (s - b_part)) + (b - b_part))
}

fn add(a: Pair, b: Pair) -> Pair {
    let (high, low) = sum(a.0, b.0);
    sum(high, low + a.1 + b.1)
}

fn product(a: Pair, b: Pair) -> Pair {
    let high = a.0 * b.0;
    let low = a.0.mul_add(b.0, -high) + (a.0 * b.1 + a.1 * b.0);
    sum(high, low)
}

fn quotient(a: f64, b: Pair) -> Pair {
    let high = a / b.0;
    let rest = (-high).mul_add(b.0, a) - high * b.1;
    sum(high, rest / b.0)
}

#[cfg(test)]
mod tests {
    use super::ln_minus;

    /// mpmath 1.3 with 60 digits: log(mpf(x)) - mpf(y) for the doubles x and y.
    #[test]
    fn what_rounding_took_from_an_exponential() {
        for (x, y, exact) in CASES {
            let error = (ln_minus(x, y) - exact).abs();
            let digits = 2f64.powi(-102) * y.abs().max(1.0) + 2f64.powi(-53) * exact.abs();
            assert!(error < digits, "{x:e} {y:e}: {error:e} beside {exact:e}");
        }
    }

    #[allow(clippy::excessive_precision, clippy::unreadable_literal)]
    const CASES: [(f64, f64, f64); 7] = [
        (20.085536923187668, 3.0, 9.0988981750418800917e-18),
        (5.980196118639791e-305, -700.5, 4.7987414485476077286e-17),
        (1.1051709180756477, 0.1, 7.3739941759576717028e-17),
        (8.218407461554972e+307, 709.0, 2.3799811786482007989e-17),
        (1.5, 0.0, 0.40546510810816438198),
        (1.000000001, 1e-09, 8.2240370854401741052e-17),
        (2.2250738585072014e-308, -708.0, -0.39641853226410622441),
    ];
}
