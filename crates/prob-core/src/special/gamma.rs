//! The gamma function by its logarithm, its derivatives, and the parts that a law's density is made of
//! when differences of large logarithms must not be formed.

// Coefficients stand here as they are printed.
#![allow(clippy::excessive_precision)]

use std::f64::consts::PI;

use super::polynomial;

/// `½ ln 2π`.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_741_78;

/// `ln Γ(x)` for `x > 0`, to 1e-15 in relative terms, also near its roots 1 and 2 (the `libm` crate).
/// NaN for other `x`.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    if x > 0.0 { libm::lgamma(x) } else { f64::NAN }
}

/// `ln Γ(1 + x)` for `x > −1`, to 2e-15 in relative terms also for `x` so small that `1 + x` is 1.
/// NaN for other `x`.
#[must_use]
pub fn ln_gamma_1p(x: f64) -> f64 {
    let sum = 1.0 + x;
    // What the sum has lost, times the slope there.
    let lost = if x.abs() < 1.0 { x - (sum - 1.0) } else { 0.0 };
    if lost == 0.0 { ln_gamma(sum) } else { ln_gamma(sum) + lost * digamma(sum) }
}

/// `ψ(x) = d ln Γ(x) / dx` for `x > 0`, to 1e-14 in relative terms, also near its root 1.4616….
/// NaN for other `x`.
///
/// Taylor's series about the root; elsewhere `ψ(x) = ψ(x + 1) − 1/x` up to 10 and from there
/// `ln x − 1/2x − Σ B_2k / (2k x^2k)` (Abramowitz and Stegun 6.3.5, 6.3.18).
#[must_use]
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let from_root = (x - DIGAMMA_ROOT[0]) - DIGAMMA_ROOT[1];
    if from_root.abs() < 0.25 {
        return from_root * polynomial(&DIGAMMA_AT_ROOT, from_root);
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += 1.0 / x;
        x += 1.0;
    }
    x.ln() - digamma_lag(x) - shift
}

/// `ln x − ψ(x)` for `x > 0`, to 1e-14 in relative terms also for large `x`, where it is about `1 / 2x`:
/// what the likelihood and the entropy of the gamma law consist of. NaN for other `x`.
#[must_use]
pub fn ln_minus_digamma(x: f64) -> f64 {
    if x < 10.0 { x.ln() - digamma(x) } else { digamma_lag(x) }
}

/// `1/2x + Σ B_2k / (2k x^2k)` for `x ≥ 10`, NaN kept.
fn digamma_lag(x: f64) -> f64 {
    const SERIES: [f64; 9] = [
        1.0 / 12.0,
        -1.0 / 120.0,
        1.0 / 252.0,
        -1.0 / 240.0,
        1.0 / 132.0,
        -691.0 / 32760.0,
        1.0 / 12.0,
        -3617.0 / 8160.0,
        43867.0 / 14364.0,
    ];
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    0.5 * inverse + square * polynomial(&SERIES, square)
}

/// `ψ′(x) = d² ln Γ(x) / dx²` for `x > 0`, to 1e-14 in relative terms. NaN for other `x`.
///
/// `ψ′(x) = ψ′(x + 1) + 1/x²` up to 10 and from there `1/x + 1/2x² + Σ B_2k / x^(2k+1)` (Abramowitz and
/// Stegun 6.4.6, 6.4.12).
#[must_use]
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    const SERIES: [f64; 9] = [
        1.0 / 6.0,
        -1.0 / 30.0,
        1.0 / 42.0,
        -1.0 / 30.0,
        5.0 / 66.0,
        -691.0 / 2730.0,
        7.0 / 6.0,
        -3617.0 / 510.0,
        43867.0 / 798.0,
    ];
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    shift + inverse * (1.0 + 0.5 * inverse + square * polynomial(&SERIES, square))
}

/// What Stirling's formula misses: `ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π]` for `x > 0`, about
/// `1 / 12x`, to 3e-15 in relative terms. NaN for other `x`.
///
/// Stirling's series from 8 on; a table for whole numbers below; otherwise, with `t = 1 / (2x + 1)`,
/// the difference of the values at `x` and `x + 1` is `artanh(t) / t − 1`, whose series has positive
/// terms only. (Loader 2000, "Fast and accurate computation of binomial probabilities", names the
/// function.)
#[must_use]
pub fn stirling_error(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    if x < 1.0 {
        return ln_gamma_1p(x) - (x + 0.5) * x.ln() + x - HALF_LN_TWO_PI;
    }
    if x <= 15.0 && x == x.trunc() {
        return STIRLING_ERROR.get(x as usize - 1).copied().unwrap_or(f64::NAN);
    }
    let (mut x, mut below) = (x, 0.0);
    while x < 8.0 {
        let t = 1.0 / (2.0 * x + 1.0);
        below += t * t * artanh_rest(t * t);
        x += 1.0;
    }
    const SERIES: [f64; 10] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
        43867.0 / 244_188.0,
        -174_611.0 / 125_400.0,
    ];
    let inverse = 1.0 / x;
    below + inverse * polynomial(&SERIES, inverse * inverse)
}

/// `Σ s^k / (2k + 3) = (artanh(√s) / √s − 1) / s` for `0 ≤ s ≤ 1/9`.
fn artanh_rest(s: f64) -> f64 {
    (0..17).rev().fold(0.0, |sum, k| sum * s + 1.0 / f64::from(2 * k + 3))
}

/// `ln(1 + x) − x` for `x ≥ −1`, to 1e-15 in relative terms, also near 0, where it is about `−x²/2`.
/// NaN for other `x`.
///
/// With `r = x / (2 + x)`, `ln(1 + x) = 2 artanh(r)` and `x = 2r / (1 − r)`.
#[must_use]
pub fn log1pmx(x: f64) -> f64 {
    if !(-0.4..=0.66).contains(&x) {
        return if x == f64::INFINITY { f64::NEG_INFINITY } else { x.ln_1p() - x };
    }
    let r = x / (2.0 + x);
    r * (2.0 * r * r * artanh_rest(r * r) - x)
}

/// The deviance `x ln(x/m) + m − x` of a Poisson count `x ≥ 0` from its mean `m ≥ 0`: 0 at `x = m` and
/// about `(x − m)² / 2m` near it, without cancellation there. To 2e-15 in relative terms; NaN for
/// negative numbers. (Loader 2000.)
#[must_use]
pub fn deviance(x: f64, m: f64) -> f64 {
    if !(x >= 0.0 && m >= 0.0) {
        return f64::NAN;
    }
    if x == m {
        return 0.0;
    }
    if x == 0.0 || m.is_infinite() {
        return m;
    }
    let step = (m - x) / x;
    if (-0.4..=0.66).contains(&step) {
        return -x * log1pmx(step);
    }
    let ratio = x / m;
    // Where the quotient leaves the range of numbers, the logarithms do not.
    let ln_ratio = if ratio.is_normal() { ratio.ln() } else { x.ln() - m.ln() };
    x * ln_ratio + (m - x)
}

/// `ln(m^x e^−m / Γ(x + 1))` for real `x ≥ 0` and `m ≥ 0`: the logarithm of the Poisson probability,
/// and the factor before the incomplete gamma function and the gamma density. NaN for negative
/// numbers.
///
/// From `x = 1` on it is `−deviance(x, m) − stirling_error(x) − ½ ln 2πx`, which has none of the large
/// terms of the definition (Loader 2000).
#[must_use]
pub fn log_poisson(x: f64, m: f64) -> f64 {
    if !(x >= 0.0 && m >= 0.0) {
        f64::NAN
    } else if x == 0.0 {
        -m
    } else if m == 0.0 || m.is_infinite() || x.is_infinite() {
        f64::NEG_INFINITY
    } else if x < 1.0 {
        x * m.ln() - m - ln_gamma_1p(x)
    } else {
        -deviance(x, m) - log_poisson_scale(x)
    }
}

/// `stirling_error(x) + ½ ln 2πx` for `x ≥ 1`: `−log_poisson(x, x)`.
pub(crate) fn log_poisson_scale(x: f64) -> f64 {
    let two_pi_x = 2.0 * PI * x;
    let root =
        if two_pi_x.is_finite() { 0.5 * two_pi_x.ln() } else { HALF_LN_TWO_PI + 0.5 * x.ln() };
    stirling_error(x) + root
}

/// The root of `ψ` in two parts.
const DIGAMMA_ROOT: [f64; 2] = [1.461_632_144_968_362_2, 9.549_995_429_965_697_715e-17];

/// `ψ⁽ⁿ⁾(root) / n!` for n = 1, 2, …: `psi(n, root) / factorial(n)` of mpmath.
const DIGAMMA_AT_ROOT: [f64; 22] = [
    0.96767224544762117,
    -0.442763168983592106,
    0.258499760955651011,
    -0.163942705442406528,
    0.107824050691262366,
    -0.0721995612564547109,
    0.0488042881641431072,
    -0.0331611264748473593,
    0.0225976482322181047,
    -0.0154247659049489591,
    0.0105387916166121754,
    -7.20453438635686824e-3,
    4.92678139572985345e-3,
    -3.36980165543932808e-3,
    2.30512632673492784e-3,
    -1.57693677143019726e-3,
    1.07882520191629658e-3,
    -7.3807093899600513e-4,
    5.04953265834602035e-4,
    -3.454680251063077e-4,
    2.36356015640270528e-4,
    -1.61706220919748034e-4,
];

/// [`stirling_error`] of 1, 2, …: `loggamma(x + 1) - ((x + 0.5) * log(x) - x + log(2 * pi) / 2)` of mpmath.
const STIRLING_ERROR: [f64; 15] = [
    0.0810614667953272582,
    0.0413406959554092941,
    0.0276779256849983391,
    0.0207906721037650931,
    0.0166446911898211922,
    0.013876128823070748,
    0.0118967099458917701,
    0.0104112652619720965,
    9.25546218271273292e-3,
    8.33056343336287126e-3,
    7.57367548795184079e-3,
    6.94284010720952987e-3,
    6.40899418800420707e-3,
    5.95137011275884774e-3,
    5.55473355196280137e-3,
];
