//! Gamma functions in the forms in which large arguments cancel, and logarithms of gamma draws.

use std::f64::consts::PI;

use rand::Rng;
use rand_distr::{Distribution, Exp1, Gamma};

use crate::special::{log1pmx, stirling_error};

/// From here on the asymptotic series below have errors under 1e-16.
const LARGE: f64 = 15.0;

/// `ln a − ψ(a)`, for `a > 0`: about `1/2a` for large `a`.
pub(super) fn log_minus_digamma(a: f64) -> f64 {
    let (mut a, mut sum) = (a, 0.0);
    while a < LARGE {
        // From ψ(a + 1) = ψ(a) + 1/a.
        sum -= if a < 1.0 { a.ln_1p() - a.ln() - 1.0 / a } else { log1pmx(1.0 / a) };
        a += 1.0;
    }
    let even = [
        1.0 / 12.0,
        -1.0 / 120.0,
        1.0 / 252.0,
        -1.0 / 240.0,
        1.0 / 132.0,
        -691.0 / 32_760.0,
        1.0 / 12.0,
    ];
    sum + (0.5 + series(a, &even)) / a
}

/// `ln Γ(a + ½) − ln Γ(a) − ½ ln a`, for `a > 0`: about `−1/8a` for large `a`.
fn half_step(a: f64) -> f64 {
    let (mut a, mut sum) = (a, 0.0);
    while a < LARGE {
        sum -= (a + 0.5).ln() - 0.5 * (a.ln() + (a + 1.0).ln());
        a += 1.0;
    }
    sum + series(
        a,
        &[
            -1.0 / 8.0,
            1.0 / 192.0,
            -1.0 / 640.0,
            17.0 / 14_336.0,
            -31.0 / 18_432.0,
            691.0 / 180_224.0,
        ],
    )
}

/// `ln Γ(a + d/2) − ln Γ(a) − (d/2) ln a`, for `a > 0`.
pub(super) fn log_half_steps(a: f64, d: usize) -> f64 {
    let whole: f64 = (0..d / 2).map(|k| log_quotient(a + k as f64, a)).sum();
    if d.is_multiple_of(2) {
        return whole;
    }
    let last = a + (d / 2) as f64;
    whole + half_step(last) + 0.5 * log_quotient(last, a)
}

/// `ln(b / a)` for `b ≥ a > 0`.
fn log_quotient(b: f64, a: f64) -> f64 {
    if b > 2.0 * a { b.ln() - a.ln() } else { ((b - a) / a).ln_1p() }
}

/// `ln Γ_d(a) − d (a ln a − a)` for the multivariate gamma function
/// `Γ_d(a) = π^{d(d−1)/4} Π_j Γ(a − j/2)`, `j = 0 … d−1`, and `a > (d − 1)/2`.
pub(super) fn scaled_ln_gamma_multivariate(d: usize, a: f64) -> f64 {
    let pairs = d as f64 * (d as f64 - 1.0) / 4.0;
    let factor = |j: usize| {
        let half = 0.5 * j as f64;
        let own = a - half;
        // a ln(own / a) + half, both by Stirling's formula.
        let excess =
            if own > 0.6 * a { a * log1pmx(-half / a) } else { a * (own.ln() - a.ln()) + half };
        excess - (half + 0.5) * own.ln() + 0.5 * (2.0 * PI).ln() + stirling_error(own)
    };
    pairs * PI.ln() + (0..d).map(factor).sum::<f64>()
}

/// `Σ_k c_k a^−(2k+1)`.
fn series(a: f64, coefficients: &[f64]) -> f64 {
    let square = 1.0 / a / a;
    coefficients.iter().rev().fold(0.0, |sum, c| sum * square + c) / a
}

/// The logarithm of a draw of the gamma law with rate 1, which for small shapes is often below the
/// smallest floating-point number: `ln G_a = ln G_{a+1} + ln U / a` (Marsaglia and Tsang 2000).
pub(super) fn ln_gamma_draw<R: Rng + ?Sized>(shape: f64, rng: &mut R) -> f64 {
    let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
    let draw = Gamma::new(boosted, 1.0).map_or(f64::NAN, |law| law.sample(rng));
    if shape < 1.0 {
        let exponential: f64 = Exp1.sample(rng);
        draw.ln() - exponential / shape
    } else {
        draw.ln()
    }
}
