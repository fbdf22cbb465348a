//! Quantiles of positive numbers by Newton's method on the logarithm of a tail.

/// Which tail a probability is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Tail {
    /// `P(X ≤ x)`.
    Lower,
    /// `P(X > x)`.
    Upper,
}

/// What is known of a tail at `x`.
pub(crate) struct At {
    /// `ln` of the tail.
    pub log_tail: f64,
    /// `ln(x p(x))`, the density of `ln X`.
    pub log_density: f64,
    /// `d ln(x p(x)) / d ln x`.
    pub log_density_slope: f64,
}

/// The positive `x` at which the tail is `e^target`, from any start.
///
/// Where the density of `ln X` is log-concave, the logarithms of both tails are concave functions of
/// `ln x`. Newton's method on them then converges from any start, and monotonically after its first
/// step; Halley's correction, whose second derivative is known, saves one or two steps. Brackets
/// catch what rounding does to this. The start must be a positive number.
pub(crate) fn log_root(start: f64, target: f64, tail: Tail, at: impl Fn(f64) -> At) -> f64 {
    let sign = if tail == Tail::Lower { 1.0 } else { -1.0 };
    let mut x = start;
    let (mut low, mut high, mut last) = (0.0, f64::INFINITY, f64::INFINITY);
    for _ in 0..100 {
        let At { log_tail, log_density, log_density_slope } = at(x);
        let miss = log_tail - target;
        if miss == 0.0 {
            break;
        }
        if sign * miss > 0.0 {
            high = x;
        } else {
            low = x;
        }
        // |d ln tail / d ln x|
        let slope = (log_density - log_tail).exp();
        let newton = -sign * miss / slope;
        let curvature = log_density_slope - sign * slope;
        let halley = newton / (1.0 + 0.5 * newton * curvature).clamp(0.5, 2.0);
        let step = halley.abs();
        if step < f64::EPSILON || (step < 1e-9 && step >= 0.5 * last) {
            // Converged, or down to the rounding errors of the tail.
            break;
        }
        let next = x * halley.exp();
        (x, last) = if low < next && next < high {
            (next, step)
        } else {
            (between(low, high), f64::INFINITY)
        };
    }
    x
}

/// A number between the ends, in the middle of their logarithms.
fn between(low: f64, high: f64) -> f64 {
    if high == f64::INFINITY {
        16.0 * low.max(1e-300)
    } else if low == 0.0 {
        high / 16.0
    } else {
        low.sqrt() * high.sqrt()
    }
}
