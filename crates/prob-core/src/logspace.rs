//! Sums, products and logistic functions of probabilities that are kept as logarithms.
//!
//! `−∞` is the logarithm of zero and every function here is exact there; NaN stays NaN.

/// `ln Σ exp(x_i)` without overflow; `−∞` for an empty slice.
///
/// ```
/// use prob_core::logspace::log_sum_exp;
///
/// assert_eq!(log_sum_exp(&[1000.0, 1000.0]), 1000.0 + 2f64.ln());
/// assert_eq!(log_sum_exp(&[f64::NEG_INFINITY, 3.0]), 3.0);
/// assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
/// ```
#[must_use]
pub fn log_sum_exp(x: &[f64]) -> f64 {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max.is_infinite() {
        // `f64::max` passes over NaN, a sum does not.
        return if x.iter().any(|v| v.is_nan()) { f64::NAN } else { max };
    }
    max + x.iter().map(|v| (v - max).exp()).sum::<f64>().ln()
}

/// `ln(e^a + e^b)`.
///
/// ```
/// use prob_core::logspace::log_add_exp;
///
/// assert_eq!(log_add_exp(0.0, 0.0), 2f64.ln());
/// assert_eq!(log_add_exp(f64::NEG_INFINITY, -7.0), -7.0);
/// ```
#[must_use]
pub fn log_add_exp(a: f64, b: f64) -> f64 {
    if a == b {
        return a + std::f64::consts::LN_2;
    }
    let distance = (a - b).abs();
    if distance.is_nan() { f64::NAN } else { a.max(b) + (-distance).exp().ln_1p() }
}

/// `ln(1 + e^x)`: 0 at `−∞`, `x` for large `x`.
///
/// ```
/// use prob_core::logspace::softplus;
///
/// assert_eq!(softplus(0.0), 2f64.ln());
/// assert_eq!(softplus(800.0), 800.0);
/// assert_eq!(softplus(f64::NEG_INFINITY), 0.0);
/// ```
#[must_use]
pub fn softplus(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x.max(0.0) + (-x.abs()).exp().ln_1p() }
}

/// `ln sigmoid(x) = −ln(1 + e^−x)`: 0 at `+∞`, `x` for very negative `x`.
///
/// ```
/// use prob_core::logspace::log_sigmoid;
///
/// assert_eq!(log_sigmoid(-800.0), -800.0);
/// assert_eq!(log_sigmoid(f64::INFINITY), 0.0);
/// ```
#[must_use]
pub fn log_sigmoid(x: f64) -> f64 {
    -softplus(-x)
}

/// `1 / (1 + e^−x)`, accurate in relative terms in both tails.
///
/// ```
/// use prob_core::logspace::sigmoid;
///
/// assert_eq!(sigmoid(0.0), 0.5);
/// assert_eq!(sigmoid(-700.0), (-700f64).exp());
/// assert_eq!(sigmoid(f64::INFINITY), 1.0);
/// ```
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::{log_add_exp, log_sigmoid, log_sum_exp, sigmoid, softplus};
    use proptest::prelude::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn infinities_are_exact_and_nan_is_kept() {
        assert_eq!(log_sum_exp(&[-INF, -INF]), -INF);
        assert_eq!(log_sum_exp(&[INF, 0.0]), INF);
        assert!(log_sum_exp(&[INF, f64::NAN]).is_nan() && log_sum_exp(&[0.0, f64::NAN]).is_nan());
        assert_eq!((log_add_exp(-INF, -INF), log_add_exp(INF, INF)), (-INF, INF));
        assert!(log_add_exp(f64::NAN, 0.0).is_nan() && softplus(f64::NAN).is_nan());
        assert_eq!((softplus(INF), log_sigmoid(-INF), sigmoid(-INF)), (INF, -INF, 0.0));
        assert!(sigmoid(f64::NAN).is_nan());
    }

    /// mpmath 1.3, 50 digits: log(1+exp(-40)), log(1+exp(-1)), log(1+exp(3)).
    #[test]
    fn softplus_keeps_its_digits_in_the_tail() {
        for (x, exact) in [
            (-40.0, 4.248_354_255_291_589e-18),
            (-1.0, 0.313_261_687_518_222_8),
            (3.0, 3.048_587_351_573_742),
        ] {
            assert!((softplus(x) / exact - 1.0).abs() < 4e-16, "softplus({x}) = {}", softplus(x));
        }
    }

    proptest! {
        #[test]
        fn log_sum_exp_shifts_and_agrees_with_log_add_exp(
            a in -700f64..700.0, b in -700f64..700.0, shift in -1e6f64..1e6,
        ) {
            let sum = log_sum_exp(&[a, b]);
            prop_assert!((sum - log_add_exp(a, b)).abs() <= 1e-13 * sum.abs().max(1.0));
            prop_assert!((log_sum_exp(&[a + shift, b + shift]) - sum - shift).abs() < 1e-9);
        }

        #[test]
        fn sigmoid_and_its_mirror_sum_to_one(x in -40f64..40.0) {
            prop_assert!((sigmoid(x) + sigmoid(-x) - 1.0).abs() < 1e-15);
            prop_assert!((log_sigmoid(x).exp() / sigmoid(x) - 1.0).abs() < 1e-14);
        }
    }
}
