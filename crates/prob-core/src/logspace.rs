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

/// `ln(1 − e^x)` for `x ≤ 0`: 0 at `−∞`, `−∞` at 0, NaN above.
///
/// By `expm1` near 0 and `log1p` beyond `−ln 2` (Mächler 2012, "Accurately computing log(1 − exp(−|a|))").
///
/// ```
/// use prob_core::logspace::log1mexp;
///
/// assert_eq!(log1mexp(-1e-300), 1e-300f64.ln());
/// assert_eq!(log1mexp(-50.0), -(-50f64).exp());
/// assert_eq!(log1mexp(f64::NEG_INFINITY), 0.0);
/// assert_eq!(log1mexp(0.0), f64::NEG_INFINITY);
/// ```
#[must_use]
pub fn log1mexp(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

/// `ln(e^a − e^b)` for `a ≥ b`; NaN for `a < b`, and for `a = b = ∞`.
///
/// ```
/// use prob_core::logspace::log_diff_exp;
///
/// assert!((log_diff_exp(1000.0, 999.0) - 999.541_324_854_612_9).abs() < 1e-12);
/// assert_eq!(log_diff_exp(-7.0, f64::NEG_INFINITY), -7.0);
/// assert_eq!(log_diff_exp(3.0, 3.0), f64::NEG_INFINITY);
/// assert!(log_diff_exp(0.0, 1.0).is_nan());
/// ```
#[must_use]
pub fn log_diff_exp(a: f64, b: f64) -> f64 {
    if b == f64::NEG_INFINITY {
        a
    } else {
        // Above 0 log1mexp is NaN, as is ∞ − ∞.
        a + log1mexp(b - a)
    }
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
    use super::{log_add_exp, log_diff_exp, log_sigmoid, log_sum_exp, log1mexp, sigmoid, softplus};
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

    /// mpmath 1.3, 200 digits: log(1 - exp(x)).
    #[test]
    fn log1mexp_keeps_its_digits_on_both_sides() {
        for (x, exact) in [
            (-1e-10, -23.025850929990457),
            (-0.5, -0.932_752_129_567_188_6),
            (-0.693, -0.693_294_382_785_196_6),
            (-0.7, -0.686_341_002_808_385_2),
            (-1.0, -0.458_675_145_387_081_9),
            (-30.0, -9.357_622_968_840_613e-14),
            (-300.0, -5.148_200_222_412_014e-131),
        ] {
            assert!((log1mexp(x) / exact - 1.0).abs() < 4e-16, "log1mexp({x}) = {}", log1mexp(x));
        }
    }

    #[test]
    fn differences_are_exact_at_infinity() {
        assert_eq!((log_diff_exp(-INF, -INF), log_diff_exp(INF, 0.0)), (-INF, INF));
        assert_eq!(log_diff_exp(INF, -INF), INF);
        assert!(log_diff_exp(INF, INF).is_nan() && log_diff_exp(-INF, 0.0).is_nan());
        assert!(log_diff_exp(f64::NAN, 0.0).is_nan() && log_diff_exp(0.0, f64::NAN).is_nan());
        assert!(log_diff_exp(f64::NAN, -INF).is_nan());
        assert!(log1mexp(1e-300).is_nan() && log1mexp(f64::NAN).is_nan());
    }

    proptest! {
        #[test]
        fn a_difference_undoes_a_sum(a in -700f64..700.0, b in -20f64..20.0) {
            let sum = log_add_exp(a, a + b);
            prop_assert!((log_diff_exp(sum, a) - a - b).abs() < 1e-12 * (1.0 + a.abs()) * (1.0 + (-b).exp()));
        }

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
