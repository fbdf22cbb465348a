//! Tails of the laws that the checks use.
//!
//! Written apart from `prob_core::special`, and by other formulas, so that a fault there is not
//! judged by itself.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The complementary error function for `x ≥ 0`: a series of positive terms up to 2, a continued
/// fraction beyond.
fn erfc(x: f64) -> f64 {
    let square = x * x;
    if x < 2.0 {
        // erf x = 2/√π e^−x² Σ 2^n x^(2n+1) / (1·3·…·(2n+1))
        let (mut term, mut sum, mut n) = (x, x, 1.0);
        while term > 1e-17 * sum {
            term *= 2.0 * square / (2.0 * n + 1.0);
            sum += term;
            n += 1.0;
        }
        return 1.0 - 2.0 / PI.sqrt() * (-square).exp() * sum;
    }
    // erfc x = e^−x² / √π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), from the far end.
    let tail = (1..=200).rev().fold(x, |below, k| x + 0.5 * f64::from(k) / below);
    (-square).exp() / (PI.sqrt() * tail)
}

/// The chance that a standard normal number exceeds `|z|` in absolute value.
#[must_use]
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() * FRAC_1_SQRT_2)
}

/// The chance that chi-square with `degrees` (at least 1) degrees of freedom exceeds `x`: the upper
/// regularised incomplete gamma function `Q(degrees / 2, x / 2)`.
///
/// By `Q(a + 1, x) = Q(a, x) + x^a e^−x / Γ(a + 1)` from `Q(½, x) = erfc √x` or `Q(1, x) = e^−x`:
/// only positive terms, so that the far tail is as accurate as the rest.
#[must_use]
pub fn chi_square_tail(degrees: usize, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let x = 0.5 * x;
    let odd = degrees % 2 == 1;
    let mut a = if odd { 0.5 } else { 1.0 };
    let mut tail = if odd { erfc(x.sqrt()) } else { (-x).exp() };
    // In logs: e^−x alone may be 0 where the sum is not. ln Γ(3/2) = ln(√π / 2), ln Γ(2) = 0.
    let mut log_gamma = if odd { 0.5 * PI.ln() - 2f64.ln() } else { 0.0 };
    for _ in 1..degrees.div_ceil(2) {
        tail += (a * x.ln() - x - log_gamma).exp();
        a += 1.0;
        log_gamma += a.ln();
    }
    tail.min(1.0)
}

/// The chance that Kolmogorov's limit law exceeds `x`: `2 Σ (−1)^(k−1) e^(−2k²x²)`.
#[must_use]
pub fn kolmogorov(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x < 1.0 {
        // The other form of the theta function, for which this side converges fast.
        let below: f64 =
            (1..=20).map(|k| (-(f64::from(2 * k - 1) * PI / x).powi(2) / 8.0).exp()).sum();
        return 1.0 - (2.0 * PI).sqrt() / x * below;
    }
    let term = |k: i32| (-2.0 * (f64::from(k) * x).powi(2)).exp();
    2.0 * (1..=20).rev().map(|k| if k % 2 == 1 { term(k) } else { -term(k) }).sum::<f64>()
}
