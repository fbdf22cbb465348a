//! The beta function by its logarithm, and the factor `x^a y^b / B(a, b)` that beta, binomial, F and
//! Student laws share.

use std::f64::consts::PI;

use super::quadrature::gauss_legendre;
use super::{digamma, ln_gamma_1p, log1pmx, stirling_error};

/// `ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b)` for positive `a` and `b`, to a few 1e-16 of
/// `max(1, |ln B|)` at all sizes from 1e-300 to 1e300. NaN for other numbers.
///
/// Through what Stirling's formula misses, so that no large logarithms are subtracted (Didonato and
/// Morris 1992, "Algorithm 708: significant digit computation of the incomplete beta function ratios").
#[must_use]
pub fn ln_beta(a: f64, b: f64) -> f64 {
    if !positive(a) || !positive(b) {
        return f64::NAN;
    }
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    let share = small / large;
    // small · ln(small / (a + b)), also where the quotient is 0.
    let ln_share = if share > 1e-290 { share.ln() } else { small.ln() - large.ln() };
    small * (ln_share - share.ln_1p()) - large * share.ln_1p() - 0.5 * log_scale(small, large)
        + (stirling_error(small) + rest_of_two(large, small))
}

/// `x^a y^b / B(a, b)` by its logarithm for `x + y = 1`: the beta density times `x y`.
///
/// Both `x` and `y` are given, so that neither loses digits next to 1; the smaller one is taken as
/// exact. To a few 1e-16 of `max(1, |value|)` for `a` and `b` from 1e-300 to 1e300, in the form of
/// Loader (2000, "Fast and accurate computation of binomial probabilities"): two deviances and what
/// Stirling's formula misses. NaN outside the domain.
#[must_use]
pub fn log_beta_power(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if !positive(a) || !positive(b) || !(0.0..=1.0).contains(&x) || !(0.0..=1.0).contains(&y) {
        return f64::NAN;
    }
    Point::new(a, b, x, y).log_power(a, b)
}

/// `ln Γ(b + a) − ln Γ(b)` for `b > 0` and `0 ≤ a ≤ ½`, in relative terms also where `a` is tiny: `a`
/// times the mean of `ψ` between the two.
pub(crate) fn ln_gamma_step(b: f64, a: f64) -> f64 {
    if b < 1.0 {
        return ln_gamma_step(b + 1.0, a) - (a / b).ln_1p();
    }
    if b == 1.0 { ln_gamma_1p(a) } else { gauss_legendre(0.0, a, |t| digamma(b + t)) }
}

/// `ln x − 1/2x − ψ(x)`, about `1 / 12x²`: what the first two terms of the series of `ψ` miss.
pub(crate) fn digamma_error(x: f64) -> f64 {
    if x < 12.0 {
        return x.ln() - 0.5 / x - digamma(x);
    }
    let s = 1.0 / (x * x);
    let series = 1.0 / 240.0 - s * (1.0 / 132.0 - s * (691.0 / 32760.0 - s / 12.0));
    s * (1.0 / 12.0 - s * (1.0 / 120.0 - s * (1.0 / 252.0 - s * series)))
}

/// A point of the unit interval seen from both ends and from the mean `a / (a + b)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub x: f64,
    /// `1 − x`.
    pub y: f64,
    /// `(a + b) x − a = b x − a y`, without the rounding of `x` and `y`: all that the density near
    /// its maximum depends on.
    pub excess: f64,
}

impl Point {
    /// The point `x = 1 − y`; the smaller of the two is taken as exact.
    pub fn new(a: f64, b: f64, x: f64, y: f64) -> Self {
        if x > y {
            return Self::new(b, a, y, x).mirrored();
        }
        let lost = (1.0 - y) - x;
        let (right, left) = (b * x, a * y);
        let rounding = b.mul_add(x, -right) - a.mul_add(y, -left);
        Self { x, y, excess: (right - left) + (rounding - a * lost) }
    }

    /// The same point for `a` and `b` exchanged.
    pub fn mirrored(self) -> Self {
        Self { x: self.y, y: self.x, excess: -self.excess }
    }

    /// `ln(x^a y^b / B(a, b))`.
    pub fn log_power(self, a: f64, b: f64) -> f64 {
        self.log_power_below(log_peak(a, b), a, b)
    }

    /// The same from [`log_peak`], for many points of one law.
    pub fn log_power_below(self, log_peak: f64, a: f64, b: f64) -> f64 {
        if self.x == 0.0 || self.y == 0.0 {
            return f64::NEG_INFINITY;
        }
        log_peak
            - deviance(a, a + b, self.x, self.excess)
            - deviance(b, a + b, self.y, -self.excess)
    }
}

/// The largest value of `ln(x^a y^b / B(a, b))`, at `x = a / (a + b)`.
pub(crate) fn log_peak(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    0.5 * log_scale(small, large) - (stirling_error(small) + rest_of_two(large, small))
}

fn positive(x: f64) -> bool {
    x > 0.0 && x.is_finite()
}

/// `ln(ab / 2π(a + b))`.
fn log_scale(small: f64, large: f64) -> f64 {
    // In this order nothing overflows; 2π is taken apart for the smallest numbers.
    (small / (1.0 + small / large)).ln() - (2.0 * PI).ln()
}

/// `stirling_error(large) − stirling_error(large + small)`.
fn rest_of_two(large: f64, small: f64) -> f64 {
    stirling_error(large) - stirling_error(large + small)
}

/// `a ln(a / m) + m − a` for the mean `m = n x`, whose distance from `a` is given.
fn deviance(a: f64, n: f64, x: f64, excess: f64) -> f64 {
    let step = excess / a;
    if (-0.5..1e3).contains(&step) {
        return -a * log1pmx(step);
    }
    let ratio = (n / a) * x;
    let ln_ratio = if ratio.is_normal() { ratio.ln() } else { n.ln() - a.ln() + x.ln() };
    excess - a * ln_ratio
}
