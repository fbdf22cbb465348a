//! The error function, its complement, and the complement without its exponential.

// Coefficients stand here as they are printed.
#![allow(clippy::excessive_precision)]

/// The error function `erf(x) = 2/√π ∫_0^x e^−t² dt`, to 2e-16 in relative terms (the `libm` crate).
#[must_use]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// The complementary error function `erfc(x) = 2/√π ∫_x^∞ e^−t² dt = 1 − erf(x)`, to 5e-16 in
/// relative terms where it is not subnormal (the `libm` crate).
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// The scaled complementary error function `e^x² erfc(x)`, to 1e-15 in relative terms for `x ≥ 0`:
/// what is left of a normal tail when its exponential is kept apart. It falls as `1 / (x √π)`; for
/// `x < −26.6` it overflows to infinity.
///
/// A Chebyshev series for `(1 + 2x) e^x² erfc(x)` in `(x − 3.75) / (x + 3.75)` (Shepherd and
/// Laframboise 1981, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", Mathematics
/// of Computation 36, 249–253).
#[must_use]
pub fn erfcx(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 * exp_of_square(x) - erfcx(-x);
    }
    if x == f64::INFINITY {
        return 0.0;
    }
    chebyshev(&SCALED, 1.0 - 7.5 / (x + 3.75)) / (1.0 + 2.0 * x)
}

/// `e^x²` without the rounding error of `x²`, which the exponential would multiply by `x²`: the
/// square of the leading bits of `x` is exact, the rest is small (Cody 1969).
fn exp_of_square(x: f64) -> f64 {
    let leading = (x * 16.0).trunc() / 16.0;
    (leading * leading).exp() * ((x - leading) * (x + leading)).exp()
}

/// `Σ c[k] T_k(y)` for `−1 ≤ y ≤ 1` by Clenshaw's recurrence.
fn chebyshev(coefficients: &[f64], y: f64) -> f64 {
    let (mut next, mut after) = (0.0, 0.0);
    for c in coefficients.iter().skip(1).rev() {
        (next, after) = (2.0 * y * next - after + c, next);
    }
    coefficients.first().map_or(0.0, |c| c + y * next - after)
}

/// From mpmath with 50 digits, `n = 60`, the constant halved:
///
/// ```python
/// v = [g(cos(pi * (j + 0.5) / n)) for j in range(n)]  # g(y) = (1 + 2x) exp(x*x) erfc(x)
/// [2 / n * sum(v[j] * cos(pi * i * (j + 0.5) / n) for j in range(n)) for i in range(27)]
/// ```
const SCALED: [f64; 27] = [
    1.17757893456740175,
    -4.59005458064647733e-3,
    -0.0842491333665179156,
    0.0592099399981918905,
    -0.0266586684353057523,
    9.07499767070526509e-3,
    -2.41316354041760819e-3,
    4.90775836525808632e-4,
    -6.91697330250120637e-5,
    4.13902798607301017e-6,
    7.74038306619849067e-7,
    -2.18864010492343957e-7,
    1.07649994656709104e-8,
    4.5219598112182869e-9,
    -7.75440020883135111e-10,
    -6.31808834088668449e-11,
    2.8687950109306699e-11,
    1.94558685457773472e-13,
    -9.65469674843343891e-13,
    3.25254814814873984e-14,
    3.34781194828680539e-14,
    -1.8645628804193131e-15,
    -1.25079505306886471e-15,
    7.41823525662404346e-17,
    5.06814890479611132e-17,
    -2.2370566594359996e-18,
    -2.18734294430301766e-18,
];
