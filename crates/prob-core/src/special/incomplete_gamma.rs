//! The regularised incomplete gamma functions by their logarithms.
//!
//! `P(a, x) = γ(a, x) / Γ(a)` is the distribution function of the gamma law of shape `a`, `Q = 1 − P`
//! its survival function. One of the two is always computed directly, as a factor whose logarithm is
//! known times a sum of order one, and the other from it; neither underflows.

// Coefficients stand here as they are printed.
#![allow(clippy::excessive_precision)]

use std::f64::consts::PI;

use super::{
    erf::erfcx,
    gamma::{deviance, ln_gamma_1p, log_poisson, stirling_error},
};
use crate::logspace::log1mexp;

/// `P(a, x) = γ(a, x) / Γ(a)` for `a > 0`, `x ≥ 0`: the chance that a gamma number of shape `a` is at
/// most `x`. The relative error is that of [`log_gamma_pq`] times `max(1, |ln P|)`.
#[must_use]
pub fn gamma_p(a: f64, x: f64) -> f64 {
    log_gamma_p(a, x).exp()
}

/// `Q(a, x) = Γ(a, x) / Γ(a) = 1 − P(a, x)` for `a > 0`, `x ≥ 0`, the upper tail. `Q(k/2, x/2)` is the
/// chance that chi-square with `k` degrees of freedom exceeds `x`. For its error see
/// [`log_gamma_pq`].
#[must_use]
pub fn gamma_q(a: f64, x: f64) -> f64 {
    log_gamma_q(a, x).exp()
}

/// `ln P(a, x)`; see [`log_gamma_pq`].
#[must_use]
pub fn log_gamma_p(a: f64, x: f64) -> f64 {
    log_gamma_pq(a, x).0
}

/// `ln Q(a, x)`; see [`log_gamma_pq`].
#[must_use]
pub fn log_gamma_q(a: f64, x: f64) -> f64 {
    log_gamma_pq(a, x).1
}

/// `(ln P(a, x), ln Q(a, x))` for finite `a > 0` and `x ≥ 0`, NaN outside. The error of a logarithm, as
/// a part of `max(1, |logarithm|)`, is below 2e-15 on a grid of shapes from 1e-300 to 1e8 with tails
/// down to 1e-300, and below 3e-15 at shapes up to 1e300; `a` and `x` count as exact.
///
/// | where | how |
/// |---|---|
/// | `a < 1`, `x ≤ 1.1` | `γ(a, x) = x^a Σ (−x)^n / ((a + n) n!)`, and `Q` without forming `1 − P` |
/// | `a ≥ 16`, `x` near `a` | Temme's uniform expansion (1979, SIAM J. Math. Anal. 10, 757–766) |
/// | else, `x ≤ a + 1` | `P` by its power series, all terms positive |
/// | else | `Q` by Legendre's continued fraction |
#[must_use]
pub fn log_gamma_pq(a: f64, x: f64) -> (f64, f64) {
    if !(a > 0.0 && a.is_finite() && x >= 0.0) {
        (f64::NAN, f64::NAN)
    } else if x == 0.0 {
        (f64::NEG_INFINITY, 0.0)
    } else if x == f64::INFINITY {
        (0.0, f64::NEG_INFINITY)
    } else if a < 1.0 && x <= 1.1 {
        small_shape(a, x)
    } else if a >= 16.0 && 0.32 * a < x && x < 2.3 * a {
        uniform(a, x)
    } else if a >= 1.0 && x <= a + 1.0 {
        let lower = (log_poisson(a, x) + series(a, x).ln()).min(0.0);
        (lower, log1mexp(lower))
    } else {
        let upper = (log_poisson(a, x) + a.ln() + fraction(a, x).ln()).min(0.0);
        (log1mexp(upper), upper)
    }
}

/// With `u = ln(x^a / Γ(a + 1))` and `s = a Σ_{n≥1} (−x)^n / ((a + n) n!)`, `P = e^u (1 + s)` and
/// `Q = −(e^u − 1) − e^u s`: both terms are of the order of `a`, and `Q` keeps its digits where `P` is
/// almost 1.
fn small_shape(a: f64, x: f64) -> (f64, f64) {
    let u = a * x.ln() - ln_gamma_1p(a);
    let (mut power, mut sum, mut n) = (1.0, 0.0, 0.0);
    while n < 30.0 {
        n += 1.0;
        power *= -x / n;
        sum += power / (a + n);
        if power.abs() < 1e-18 * x {
            break;
        }
    }
    let s = a * sum;
    let upper = -u.exp_m1() - u.exp() * s;
    if upper < 0.5 {
        ((-upper).ln_1p(), upper.ln())
    } else {
        let lower = u + s.ln_1p();
        (lower, log1mexp(lower))
    }
}

/// `Σ_n x^n / ((a + 1) … (a + n))`, so that `P(a, x) = x^a e^−x / Γ(a + 1)` times it. Called with `x` at
/// most `a + 1` for small `a` and at most `a / 3` for large: some hundred terms at most.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, a);
    for _ in 0..400 {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

/// `Γ(a, x) x^−a e^x`: Legendre's continued fraction `1 / (x + 1 − a + (a − 1) / (x + 3 − a + …))` by
/// the modified Lentz method (Thompson and Barnett 1986). Called with `x > a + 1`: its denominators
/// are positive.
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut value = d;
    for i in 1..500 {
        let i = f64::from(i);
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / away_from_zero(numerator * d + b, TINY);
        c = away_from_zero(b + numerator / c, TINY);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

fn away_from_zero(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

/// With `λ = x / a`, `½ η² = λ − 1 − ln λ` and `η` of the sign of `λ − 1`,
/// `Q = ½ erfc(η √(a/2)) + e^(−½ a η²) / √(2πa) · S(η)`. The exponential is a factor of both terms,
/// and its exponent the deviance of `a` from `x`.
///
/// `S` obeys `S′ = a η S + a (1 − f / Γ*)` with `f(η) = η / (λ − 1)` and `ln Γ*(a)` the error of
/// Stirling's formula; its power series follows from that of `f` by a recurrence that is stable
/// downwards (Temme 1987; Gil, Segura and Temme 2012, SIAM J. Sci. Comput. 34, A2965–A2981).
fn uniform(a: f64, x: f64) -> (f64, f64) {
    let exponent = deviance(a, x);
    let eta = (2.0 * exponent / a).sqrt().copysign(x - a);
    let inverse_star = (-stirling_error(a)).exp();
    // Coefficients of S from the highest power down, two at a time as the recurrence couples them.
    let (mut s, mut two_above, mut one_above) = (0.0, 0.0, 0.0);
    for (n, f) in TEMME.iter().enumerate().rev() {
        let order = n as f64 + 1.0;
        let coefficient = f * inverse_star + (order + 1.0) * two_above / a;
        s = s * eta + coefficient;
        (two_above, one_above) = (one_above, coefficient);
    }
    let rest = s / (2.0 * PI * a).sqrt();
    let normal_tail = 0.5 * erfcx(exponent.sqrt());
    let tail = if eta < 0.0 { normal_tail - rest } else { normal_tail + rest };
    let tail = (tail.ln() - exponent).min(0.0);
    if eta < 0.0 { (tail, log1mexp(tail)) } else { (log1mexp(tail), tail) }
}

/// The power series of `η / (λ − 1)` from `η¹` on, exact fractions rounded:
///
/// ```python
/// from fractions import Fraction as F
/// m = [F(0), F(1)]                  # λ − 1 = Σ m[n] η^n from (λ − 1) dλ/dη = η λ
/// for n in range(2, 34):
///     m.append((m[n-1] - sum(j * m[n+1-j] * m[j] for j in range(2, n))) / (n + 1))
/// f = [F(1)]                        # the reciprocal series of Σ m[n+1] η^n
/// for n in range(1, 33):
///     f.append(-sum(m[k+1] * f[n-k] for k in range(1, n + 1)))
/// ```
const TEMME: [f64; 32] = [
    -0.333333333333333333,
    0.0833333333333333333,
    -0.0148148148148148148,
    1.15740740740740741e-3,
    3.527336860670194e-4,
    -1.78755144032921811e-4,
    3.91926317852243778e-5,
    -2.18544851067999216e-6,
    -1.85406221071515996e-6,
    8.29671134095308601e-7,
    -1.76659527368260793e-7,
    6.70785354340149858e-9,
    1.0261809784240308e-8,
    -4.38203601845335319e-9,
    9.14769958223679023e-10,
    -2.55141939949462498e-11,
    -5.83077213255042507e-11,
    2.43619480206674162e-11,
    -5.02766928011417559e-12,
    1.10043920319561348e-13,
    3.37176326240098538e-13,
    -1.39238872241816207e-13,
    2.85348938070474432e-14,
    -5.13911183424257262e-16,
    -1.97522882943494428e-15,
    8.09952115670456133e-16,
    -1.65225312163981618e-16,
    2.53054300974788842e-18,
    1.16869397385595766e-17,
    -4.77003704982048476e-18,
    9.69912605905623712e-19,
    -1.2932565538038175e-20,
];
