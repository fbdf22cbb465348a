//! The regularised incomplete beta function
//! `I_x(a, b) = 1 / B(a, b) · ∫_0^x t^(a−1) (1 − t)^(b−1) dt`, by logarithms.

use std::f64::consts::{LN_2, SQRT_2};

use super::beta::{Point, ln_gamma_step};
use super::normal_quantile;
use super::quadrature::falling;
use crate::logspace::log1mexp;

/// `(ln I_x(a, b), ln I_y(b, a))` for `x + y = 1`: the logarithms of two probabilities whose sum is 1.
///
/// Both `x` and `y` are given, so that neither loses digits next to 1; the smaller one is taken as
/// exact. The smaller probability is computed directly, far below the smallest floating-point number
/// too, the other one from it. The error of either logarithm is below 1e-13 of `max(1, |logarithm|)`
/// for shapes from 1e-10 to 1e12 (larger ones are not tested). NaN unless `a` and `b` are positive, their
/// sum is finite and `x` and `y` lie in `[0, 1]`.
///
/// Three ways: the power series in `x` where `b x ≤ 1`; the continued fraction of Didonato and Morris
/// (1992, "Algorithm 708: significant digit computation of the incomplete beta function ratios");
/// where both shapes exceed 200, and the fraction would be long, Gauss and Legendre's rule on the
/// density, relative to its value at `x`.
#[must_use]
pub fn log_beta_inc(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    let unit = 0.0..=1.0;
    if !valid(a, b) || !unit.contains(&x) || !unit.contains(&y) {
        return (f64::NAN, f64::NAN);
    }
    log_tails(a, b, Point::new(a, b, x, y))
}

fn valid(a: f64, b: f64) -> bool {
    a > 0.0 && b > 0.0 && (a + b).is_finite()
}

/// `I_x(a, b)` for `0 ≤ x ≤ 1`. See [`log_beta_inc`].
#[must_use]
pub fn beta_inc(a: f64, b: f64, x: f64) -> f64 {
    log_beta_inc(a, b, x, 1.0 - x).0.exp()
}

/// `(x, 1 − x)` with `I_x(a, b) = p`: the inverse of [`beta_inc`], both numbers to 1e-13 in relative
/// terms where the probability as given determines them. NaN outside the domain.
#[must_use]
pub fn beta_inc_inverse(a: f64, b: f64, p: f64) -> (f64, f64) {
    log_beta_inc_inverse(a, b, p.ln(), (-p).ln_1p())
}

/// `(x, y)` with `x + y = 1`, `ln I_x(a, b) = log_p` and `ln I_y(b, a) = log_q`: the inverse of
/// [`log_beta_inc`]. Only the smaller one of `log_p` and `log_q` is used. NaN outside the domain.
///
/// Newton's method on the logarithm of the smaller probability as a function of the logarithm of the
/// smaller one of `x` and `y`, inside a bracket; started at Carter's approximation (Abramowitz and
/// Stegun 26.5.22) or at the first term of the power series.
#[must_use]
pub fn log_beta_inc_inverse(a: f64, b: f64, log_p: f64, log_q: f64) -> (f64, f64) {
    if !(valid(a, b) && log_p <= 0.0 && log_q <= 0.0) {
        return (f64::NAN, f64::NAN);
    }
    if log_p == f64::NEG_INFINITY {
        return (0.0, 1.0);
    }
    if log_q == f64::NEG_INFINITY {
        return (1.0, 0.0);
    }
    let middle = log_beta_inc(a, b, 0.5, 0.5);
    let in_lower_half = if log_p <= log_q { log_p <= middle.0 } else { log_q >= middle.1 };
    if in_lower_half {
        let x = lower_half_inverse(a, b, log_p, log_q);
        (x, 1.0 - x)
    } else {
        let y = lower_half_inverse(b, a, log_q, log_p);
        (1.0 - y, y)
    }
}

/// [`log_beta_inc`] at a point whose distance from the mean the caller knows.
pub(crate) fn log_tails(a: f64, b: f64, point: Point) -> (f64, f64) {
    let Point { x, y, excess } = point;
    if x == 0.0 {
        return (f64::NEG_INFINITY, 0.0);
    }
    if y == 0.0 {
        return (0.0, f64::NEG_INFINITY);
    }
    if a == b && excess == 0.0 {
        return (-LN_2, -LN_2);
    }
    let with_rest = |log_p: f64| (log_p.min(0.0), log1mexp(log_p.min(0.0)));
    let swapped = |(p, q): (f64, f64)| (q, p);
    if by_series(b, x) {
        with_rest(log_series(a, b, point))
    } else if by_series(a, y) {
        swapped(with_rest(log_series(b, a, point.mirrored())))
    } else if excess <= 0.0 {
        with_rest(log_lower_tail(a, b, point))
    } else {
        swapped(with_rest(log_lower_tail(b, a, point.mirrored())))
    }
}

/// `ln(x^a / (a B(a, b)))`, which is `ln I_x(a, b)` where `x` and `b x` are below rounding: for an `x` that
/// only its logarithm can hold.
pub(crate) fn log_first_term(a: f64, b: f64, ln_x: f64) -> f64 {
    if a < 0.5 {
        a * ln_x + (ln_gamma_step(b, a) - ln_gamma_step(1.0, a))
    } else {
        a * ln_x - a.ln() - super::ln_beta(a, b)
    }
}

/// Whether the terms of the series fall from the start, and fast.
fn by_series(b: f64, x: f64) -> bool {
    x <= 0.7 && b * x <= 1.0
}

/// `I_x(a, b) = x^a / (a B(a, b)) · (1 + a Σ_{n≥1} (1 − b)_n x^n / (n! (a + n)))`.
fn log_series(a: f64, b: f64, point: Point) -> f64 {
    let (mut power, mut sum) = (1.0, 0.0);
    for n in 1..1_000 {
        let n = f64::from(n);
        power *= (n - b) * point.x / n;
        let term: f64 = power / (a + n);
        sum += term;
        if term.abs() <= 0.1 * f64::EPSILON * sum.abs() {
            break;
        }
    }
    let log_sum = (a * sum).ln_1p();
    if a < 0.5 {
        // Near ln 1: each part is a small multiple of a, so that 1 − I can be had from it.
        return log_first_term(a, b, point.x.ln()) + log_sum;
    }
    point.log_power(a, b) - b * ln_of_rest(point) - a.ln() + log_sum
}

/// `ln y` where `x` may be the exact one.
fn ln_of_rest(point: Point) -> f64 {
    if point.x < 0.5 { (-point.x).ln_1p() } else { point.y.ln() }
}

/// `ln I_x(a, b)` for `x` up to the mean.
fn log_lower_tail(a: f64, b: f64, point: Point) -> f64 {
    let rest = if a.min(b) > 200.0 { integral(a, b, point) } else { fraction(a, b, point) };
    point.log_power(a, b) + rest.ln()
}

/// `I_x(a, b) B(a, b) / (x^a y^b)` by the continued fraction `1 / (β_1 + α_2 / (β_2 + …))` of Didonato
/// and Morris, with Lentz's method (Thompson and Barnett 1986).
fn fraction(a: f64, b: f64, Point { x, y, excess }: Point) -> f64 {
    let denominator = |n: f64| {
        let pairs = if n == 0.0 { 0.0 } else { n * (b - n) * x / (a + 2.0 * n - 1.0) };
        n + pairs + (a + n) / (a + 2.0 * n + 1.0) * (1.0 - excess + n * (1.0 + y))
    };
    let mut value = denominator(0.0);
    let (mut c, mut d) = (value, 0.0);
    for n in 1..20_000 {
        let n = f64::from(n);
        let width = a + 2.0 * n - 1.0;
        let numerator =
            (a + n - 1.0) / width * ((a + b + n - 1.0) * x) * (n / width) * ((b - n) * x);
        let next = denominator(n);
        c = next + numerator / c;
        d = 1.0 / (next + numerator * d);
        value *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    1.0 / value
}

/// The same by integration of the density downwards from `x`. With `t = x − s / (a + b)` the density is
/// `exp(s · excess / nxy + a (ln(1 − u) + u) + b (ln(1 + v) − v))` of that at `x`, `u = s / nx` and
/// `v = s / ny`: three negative terms.
fn integral(a: f64, b: f64, Point { x, y, excess }: Point) -> f64 {
    let n = a + b;
    let (below, above) = (n * x, n * y);
    let slope = -(excess / below) / y;
    let curvature = a / below / below + 0.4 * b / above / above;
    const FALL: f64 = 42.0;
    let width = 2.0 * FALL / (slope + (slope * slope + 2.0 * FALL * curvature).sqrt());
    falling(width.min(below), |s| {
        let (u, v) = (s / below, s / above);
        let exponent = a * super::log1pmx(-u) + b * super::log1pmx(v) - s * slope;
        exponent.exp() / (below - s) * (n / (above + s))
    })
}

/// `x ≤ ½` with `ln I_x(a, b) = log_p`.
fn lower_half_inverse(a: f64, b: f64, log_p: f64, log_q: f64) -> f64 {
    let log_lower = if log_p <= log_q { log_p } else { log1mexp(log_q) };
    let ln_x = (log_lower - log_first_term(a, b, 0.0)) / a;
    if ln_x < -690.0 && ln_x + b.ln() < -40.0 {
        // The first term is all, and x may be below the smallest number.
        return ln_x.exp();
    }
    let (mut low, mut high) = (0.0_f64, 0.5_f64);
    let mut x = first_guess(a, b, log_p, log_q).clamp(f64::MIN_POSITIVE, 0.5);
    for _ in 0..200 {
        let point = Point::new(a, b, x, 1.0 - x);
        let (lower, upper) = log_tails(a, b, point);
        let (gap, tail, target) = if log_p <= log_q {
            (lower - log_p, lower, log_p)
        } else {
            (log_q - upper, upper, log_q)
        };
        if gap < 0.0 {
            low = x;
        } else {
            high = x;
        }
        if gap.abs() <= f64::EPSILON * target.abs().min(1.0) {
            break;
        }
        // d ln I_x / d ln x = x^a y^(b−1) / (B I_x).
        let slope = (point.log_power(a, b) - ln_of_rest(point) - tail).exp();
        let step = -gap / slope;
        let next = x * step.exp();
        if step.abs() < 4.0 * f64::EPSILON {
            return if next.is_finite() { next.max(low).min(high) } else { x };
        }
        x = if next > low && next < high {
            next
        } else {
            let middle = if low > 0.0 { low.sqrt() * high.sqrt() } else { high * 1e-20 };
            if middle <= low || middle >= high || middle == 0.0 {
                break;
            }
            middle
        };
    }
    x
}

fn first_guess(a: f64, b: f64, log_p: f64, log_q: f64) -> f64 {
    if a <= 1.0 || b <= 1.0 {
        return ((log_p + a.ln() + super::ln_beta(a, b)) / a).exp();
    }
    let z = if log_p <= log_q { -normal_of_log(log_p) } else { normal_of_log(log_q) };
    let (p, q) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let (curve, h) = ((z * z - 3.0) / 6.0, 2.0 / (p + q));
    let w = z * (h + curve).max(0.0).sqrt() / h - (q - p) * (curve + 5.0 / 6.0 - 2.0 / (3.0 * h));
    1.0 / (1.0 + b / a * (2.0 * w).exp())
}

/// About the number below which a normal one stays with the chance `e^log_p`.
fn normal_of_log(log_p: f64) -> f64 {
    if log_p > -700.0 { normal_quantile(log_p.exp()) } else { -SQRT_2 * (-log_p).sqrt() }
}
