//! Distances and ratios that survive the ends of the floating-point range.

/// `(x − location) / scale`, also where `x − location` overflows.
pub(crate) fn standardise(x: f64, location: f64, scale: f64) -> f64 {
    let distance = x - location;
    if distance.is_infinite() && x.is_finite() {
        (0.5 * x - 0.5 * location) / scale * 2.0
    } else {
        distance / scale
    }
}

/// `ln|x − location|`, also where `x − location` overflows.
pub(crate) fn log_distance(x: f64, location: f64) -> f64 {
    let distance = (x - location).abs();
    if distance.is_infinite() && x.is_finite() {
        (0.5 * x - 0.5 * location).abs().ln() + std::f64::consts::LN_2
    } else {
        distance.ln()
    }
}

/// `ln(x / scale)` for `x ≥ 0` and a positive scale, accurate in relative terms near `x = scale`
/// too: there `x − scale` is exact and `x / scale` is not.
pub(crate) fn log_ratio(x: f64, scale: f64) -> f64 {
    if 0.5 * scale <= x && 0.5 * x <= scale {
        return ((x - scale) / scale).ln_1p();
    }
    let ratio = x / scale;
    if ratio.is_normal() || x == 0.0 { ratio.ln() } else { x.ln() - scale.ln() }
}

/// `scale · e^y`, also where only one of the factors leaves the range; near `y = 0` the distance
/// from the scale keeps its digits.
pub(crate) fn scaled_exp(scale: f64, y: f64) -> f64 {
    if y.abs() < 0.5 {
        return scale + scale * y.exp_m1();
    }
    let factor = y.exp();
    if factor.is_normal() { scale * factor } else { (y + scale.ln()).exp() }
}

#[cfg(test)]
mod tests {
    use super::{log_distance, log_ratio, scaled_exp, standardise};

    #[test]
    fn overflow_in_between_is_no_overflow() {
        assert_eq!(standardise(1.5e308, -1.5e308, 1e308), 3.0);
        assert_eq!(standardise(f64::INFINITY, -1.5e308, 1e308), f64::INFINITY);
        assert!((log_distance(1.5e308, -1.5e308) - (3f64.ln() + 308.0 * 10f64.ln())).abs() < 1e-12);
        assert!((log_ratio(1e300, 1e-300) - 600.0 * 10f64.ln()).abs() < 1e-12);
        assert!(
            (scaled_exp(1e-300, 900.0) / 900f64.mul_add(1.0, -300.0 * 10f64.ln()).exp() - 1.0)
                .abs()
                < 1e-12
        );
    }

    #[test]
    fn a_ratio_near_one_keeps_its_logarithm() {
        // x / scale would round to a neighbour; the distance of 2⁻⁵⁰ is exact.
        let (x, scale) = (3.0 + 2f64.powi(-50), 3.0);
        let exact = 2f64.powi(-50) / 3.0;
        assert!((log_ratio(x, scale) / exact - 1.0).abs() < 1e-14);
        assert_eq!(log_ratio(0.0, 3.0), f64::NEG_INFINITY);
    }
}
