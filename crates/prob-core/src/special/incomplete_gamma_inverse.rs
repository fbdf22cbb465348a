//! The quantiles of the gamma law of rate 1.

use super::{
    gamma::{ln_gamma_1p, log_poisson},
    incomplete_gamma::log_gamma_pq,
    log_root::{At, Tail, log_root},
    normal::normal_quantile,
};

/// The `x` with `P(a, x) = p` for `a > 0` and `0 ≤ p ≤ 1`: 0 at `p = 0`, infinite at `p = 1`, NaN outside
/// the domain.
///
/// `gamma_p_inverse(a, gamma_p(a, x))` is `x` to 1e-12 and what the rounding of `P` costs, for shapes
/// from 1e-3 to 1e10 and down to `p = 1e-300`. A result below the smallest floating-point number,
/// which small shapes have, is 0.
#[must_use]
pub fn gamma_p_inverse(a: f64, p: f64) -> f64 {
    // The smaller of the two tails is the one that is given to full accuracy; 1 − p is exact above ½.
    if p <= 0.5 { solve(a, p, Tail::Lower) } else { solve(a, 1.0 - p, Tail::Upper) }
}

/// The `x` with `Q(a, x) = q` for `a > 0` and `0 ≤ q ≤ 1`: infinite at `q = 0`, 0 at `q = 1`, NaN outside
/// the domain. The upper tail's [`gamma_p_inverse`].
#[must_use]
pub fn gamma_q_inverse(a: f64, q: f64) -> f64 {
    if q <= 0.5 { solve(a, q, Tail::Upper) } else { solve(a, 1.0 - q, Tail::Lower) }
}

/// Below it `P = x^a / Γ(a + 1)` to the last digit, and `x` may be subnormal.
const POWER_LAW_ONLY: f64 = -600.0;

/// The `x` whose lower or upper tail has the chance `p ≤ ½`, by [`log_root`] on the logarithm of the tail.
fn solve(a: f64, p: f64, tail: Tail) -> f64 {
    if !(a > 0.0 && a.is_finite() && (0.0..=0.5).contains(&p)) {
        return f64::NAN;
    }
    if p == 0.0 {
        return if tail == Tail::Lower { 0.0 } else { f64::INFINITY };
    }
    let ln_power = power_law(a, p, tail);
    if ln_power < POWER_LAW_ONLY {
        return ln_power.exp();
    }
    let ln_shape = a.ln();
    log_root(start(a, p, tail, ln_power), p.ln(), tail, |x| {
        let (lower, upper) = log_gamma_pq(a, x);
        At {
            log_tail: if tail == Tail::Lower { lower } else { upper },
            log_density: log_poisson(a, x) + ln_shape,
            log_density_slope: a - x,
        }
    })
}

/// `ln x` if `P` were `x^a / Γ(a + 1)`, which it never exceeds.
fn power_law(a: f64, p: f64, tail: Tail) -> f64 {
    let log_p = if tail == Tail::Lower { p.ln() } else { (-p).ln_1p() };
    (log_p + ln_gamma_1p(a)) / a
}

/// A start: for `a ≥ 1` by the cube root, which is almost normal (Wilson and Hilferty 1931), and in the
/// lower tail at least the power law; for `a < 1` by the power law, or by `Q ≈ a E₁(x)`.
fn start(a: f64, p: f64, tail: Tail, ln_power: f64) -> f64 {
    if a < 1.0 {
        // In two parts: the quotient overflows for subnormal p.
        let level = a.ln() - p.ln();
        return if tail == Tail::Lower || ln_power < -1.0 {
            ln_power.exp()
        } else if level > 1.0 {
            level - level.ln()
        } else {
            0.5
        };
    }
    let lower_z = normal_quantile(p);
    let z = if tail == Tail::Lower { lower_z } else { -lower_z };
    let root = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * a.sqrt());
    let cube = if root > 0.0 { a * root * root * root } else { 0.0 };
    if tail == Tail::Lower { cube.max(ln_power.min(700.0).exp()) } else { cube }
}
