//! The modified Bessel functions of the first kind, orders 0 and 1, that normalise laws on the circle.

use std::f64::consts::PI;

/// From here on the asymptotic series is exact to rounding: its smallest term is about `e^−2x`.
const LARGE: f64 = 25.0;

/// `ln I_0(x)` for any real `x`, to 1e-15 of `max(1, ln I_0)`. NaN for NaN.
///
/// `I_0(x) = Σ (x²/4)^k / k!²` up to 25 and beyond it
/// `e^x / √2πx · Σ_k Π_j (2j − 1)² / (k! (8x)^k)` (Abramowitz and Stegun 9.6.12, 9.7.1).
#[must_use]
pub fn log_bessel_i0(x: f64) -> f64 {
    let x = x.abs();
    if x < LARGE {
        power_series(x).i0_less_one.ln_1p()
    } else if x == f64::INFINITY {
        x
    } else {
        x + log_bessel_i0_scaled(x)
    }
}

/// `ln(e^−|x| I_0(x))`, about `−½ ln 2πx` for large `x`, to 1e-15 of `max(1, |value|)`. NaN for NaN.
#[must_use]
pub fn log_bessel_i0_scaled(x: f64) -> f64 {
    let x = x.abs();
    if x < LARGE {
        let rest = power_series(x).i0_less_one;
        if x < 1.0 { rest.ln_1p() - x } else { ((-x).exp() * (1.0 + rest)).ln() }
    } else {
        (asymptotic_series(x).0).ln() - 0.5 * ((2.0 * PI).ln() + x.ln())
    }
}

/// `I_1(x) / I_0(x)`, the mean of `cos θ` under the law with density `∝ e^{x cos θ}` on the circle: from
/// −1 to 1, to 1e-15 in relative terms. NaN for NaN.
#[must_use]
pub fn bessel_i1_i0_ratio(x: f64) -> f64 {
    let size = x.abs();
    let ratio = if size < LARGE {
        let sums = power_series(size);
        0.5 * size * sums.i1_over_half / (1.0 + sums.i0_less_one)
    } else {
        1.0 - bessel_i1_i0_rest(size)
    };
    ratio.copysign(x)
}

/// `1 − I_1(x) / I_0(x)` for `x ≥ 0`, about `1 / 2x` for large `x`, to 1e-14 in relative terms. NaN for
/// other `x`.
#[must_use]
pub fn bessel_i1_i0_rest(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        f64::NAN
    } else if x < LARGE {
        1.0 - bessel_i1_i0_ratio(x)
    } else {
        let (i0, difference) = asymptotic_series(x);
        difference / i0
    }
}

struct Sums {
    /// `I_0(x) − 1`.
    i0_less_one: f64,
    /// `I_1(x) / (x/2)`.
    i1_over_half: f64,
}

/// All terms positive, at most about 70 of them below [`LARGE`].
fn power_series(x: f64) -> Sums {
    let square = 0.25 * x * x;
    let (mut term, mut i0_less_one, mut i1_over_half) = (1.0, 0.0, 1.0);
    for k in 1..200 {
        let k = f64::from(k);
        term *= square / (k * k);
        i0_less_one += term;
        i1_over_half += term / (k + 1.0);
        if term <= 0.1 * f64::EPSILON * i0_less_one {
            break;
        }
    }
    Sums { i0_less_one, i1_over_half }
}

/// `√2πx e^−x I_0(x)` and `√2πx e^−x (I_0(x) − I_1(x))`: the terms of order 1 are those of order 0
/// times `−(2k + 1) / (2k − 1)`, so that their difference is formed term by term.
fn asymptotic_series(x: f64) -> (f64, f64) {
    let (mut term, mut i0, mut difference) = (1.0, 1.0, 0.0);
    for k in 1..50 {
        let k = f64::from(k);
        let odd = 2.0 * k - 1.0;
        term *= odd * odd / (8.0 * x * k);
        i0 += term;
        difference += term * (4.0 * k) / odd;
        if term <= 0.01 * f64::EPSILON * difference {
            break;
        }
    }
    (i0, difference)
}

#[cfg(test)]
mod tests {
    // Digits stand here as they are printed.
    #![allow(clippy::excessive_precision)]

    use super::{bessel_i1_i0_ratio, bessel_i1_i0_rest, log_bessel_i0, log_bessel_i0_scaled};

    /// mpmath 1.3.0 at 50 digits: `log(besseli(0, x))`, `log(besseli(0, x)) - x`,
    /// `besseli(1, x) / besseli(0, x)` and one less that.
    #[rustfmt::skip]
    const REFERENCE: &[(f64, f64, f64, f64, f64)] = &[
        (1e-300, 0.0, -1.0e-300, 5.0000000000000001e-301, 1.0),
        (1e-8, 2.5000000000000001e-17, -9.9999999750000002e-9, 5.0e-9, 0.999999995),
        (0.001, 2.4999998437500175e-7, -0.00099975000001562502, 0.00049999993750001043, 0.99950000006249999),
        (0.3, 0.022374688622041903, -0.27762531137795809, 0.14833742694087526, 0.85166257305912474),
        (1.0, 0.23591435850717865, -0.76408564149282135, 0.44638996589653451, 0.55361003410346549),
        (2.5, 1.190838671196028, -1.309161328803972, 0.76499674758880992, 0.23500325241119008),
        (7.0, 5.1274929150828488, -1.8725070849171512, 0.92553221079415218, 0.074467789205847815),
        (15.0, 12.735669109476906, -2.2643308905230937, 0.96606956398650812, 0.033930436013491875),
        (24.9, 22.378752955946687, -2.5212470440533119, 0.97970941673556048, 0.020290583264439519),
        (25.0, 22.476728004999244, -2.5232719950007562, 0.97979145349051593, 0.020208546509484069),
        (26.0, 23.456917291726338, -2.5430827082736625, 0.98057674210337749, 0.019423257896622507),
        (40.0, 37.239786861352357, -2.7602131386476432, 0.98741984133635066, 0.012580158663649342),
        (100.0, 96.779732689942584, -3.2202673100574163, 0.99498737300516877, 0.0050126269948312344),
        (700.0, 695.80569999844345, -4.1943000015565509, 0.99928545881842609, 0.00071454118157390673),
        (1e4, 9994.4759037814323, -5.524096218567699, 0.99994999874987498, 5.0001250125019535e-5),
        (1e8, 99999989.870721096, -10.129278903930855, 0.99999999499999999, 5.0000000125000001e-9),
        (1e15, 999999999999981.81, -18.188326730660015, 0.9999999999999995, 5.0000000000000012e-16),
    ];

    #[test]
    fn the_bessel_functions_match_mpmath() {
        for &(x, log_i0, scaled, ratio, rest) in REFERENCE {
            let close = |what: &str, ours: f64, reference: f64, tolerance: f64| {
                let error = (ours - reference).abs();
                assert!(error <= tolerance, "{what}({x}): {ours:e}, mpmath has {reference:e}");
            };
            close("ln I0", log_bessel_i0(x), log_i0, 1e-15 * log_i0.max(1.0));
            close("scaled", log_bessel_i0_scaled(x), scaled, 1e-15 * scaled.abs().max(1.0));
            close("ratio", bessel_i1_i0_ratio(x), ratio, 1e-15 * ratio);
            close("rest", bessel_i1_i0_rest(x), rest, 1e-14 * rest);
            assert_eq!(bessel_i1_i0_ratio(-x), -bessel_i1_i0_ratio(x));
        }
    }

    #[test]
    fn any_number_has_an_answer() {
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 5e-324, 0.0, -0.0] {
            let ratio = bessel_i1_i0_ratio(x);
            assert!(ratio.abs() <= 1.0 || x.is_nan(), "{x}: {ratio}");
            assert!(log_bessel_i0(x) >= 0.0 || x.is_nan());
        }
        assert_eq!(log_bessel_i0(f64::INFINITY), f64::INFINITY);
    }
}
