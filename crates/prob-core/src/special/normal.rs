//! The distribution function of a standard normal number, its logarithm and its inverse.

// Coefficients stand here as they are printed.
#![allow(clippy::excessive_precision)]

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, PI};

use super::erf::{erfc, erfcx};

/// The chance `Φ(x)` that a standard normal number is at most `x`, to 1e-15 in relative terms where it
/// is not subnormal.
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    if x > -1.0 {
        0.5 * erfc(-x * FRAC_1_SQRT_2)
    } else if x < -39.0 {
        0.0
    } else if x <= -1.0 {
        0.5 * erfcx(-x * FRAC_1_SQRT_2) * exp_of_minus_half_square(x)
    } else {
        f64::NAN
    }
}

/// `e^(−x²/2)` without the rounding error of the square: that of the leading bits is exact.
fn exp_of_minus_half_square(x: f64) -> f64 {
    let leading = (x * 16.0).trunc() / 16.0;
    (-0.5 * leading * leading).exp() * (-0.5 * (x - leading) * (x + leading)).exp()
}

/// `ln Φ(x)`, to 1e-15 in relative terms on the whole line: in the lower tail by [`erfcx`], in the upper
/// one as `ln(1 − Φ(−x))`.
#[must_use]
pub fn log_normal_cdf(x: f64) -> f64 {
    if x > 0.0 {
        (-normal_cdf(-x)).ln_1p()
    } else if x > -1.0 {
        (0.5 * erfc(-x * FRAC_1_SQRT_2)).ln()
    } else if x == f64::NEG_INFINITY {
        f64::NEG_INFINITY
    } else {
        erfcx(-x * FRAC_1_SQRT_2).ln() - LN_2 - 0.5 * x * x
    }
}

/// The number that a standard normal one stays below with chance `p`: the inverse of
/// [`normal_cdf`]. `±∞` at 0 and 1, NaN outside. Algorithm AS 241, PPND16 (Wichura 1988).
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(&CENTRAL, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail == 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-tail.ln()).sqrt();
    let z = if r <= 5.0 { ratio(&MIDDLE, r - 1.6) } else { ratio(&FAR, r - 5.0) };
    z.copysign(q)
}

/// The inverse of [`log_normal_cdf`]: the number that a standard normal one stays below with chance
/// `e^log_p`, for chances below the smallest floating-point number too. `±∞` at `−∞` and 0, NaN for
/// positive `log_p`.
///
/// Where the chance is a floating-point number, by [`normal_quantile`] of it or of what is missing to
/// 1; below, by Newton's method from the leading terms of the tail, `x² ≈ −2 log_p − ln(2π x²)`. To
/// 1e-14 in relative terms (near 0: of `max(1, |x|)`).
#[must_use]
pub fn normal_quantile_of_log(log_p: f64) -> f64 {
    if log_p > -LN_2 {
        // 1 − p without cancellation.
        return -normal_quantile(-log_p.exp_m1());
    }
    if log_p > -600.0 || log_p.is_nan() || log_p == f64::NEG_INFINITY {
        return normal_quantile(log_p.exp());
    }
    let square = -2.0 * log_p;
    let mut x = -(square - (2.0 * PI * square).ln()).sqrt();
    for _ in 0..4 {
        // Φ / φ, the reciprocal slope of ln Φ.
        let mills = (0.5 * PI).sqrt() * erfcx(-x * FRAC_1_SQRT_2);
        x -= (log_normal_cdf(x) - log_p) * mills;
    }
    x
}

/// Numerator and denominator of a rational function, constant term first.
type Rational = [[f64; 8]; 2];

fn ratio([numerator, denominator]: &Rational, x: f64) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    polynomial(numerator) / polynomial(denominator)
}

const CENTRAL: Rational = [
    [
        3.387_132_872_796_366_608,
        133.141_667_891_784_377_45,
        1_971.590_950_306_551_442_7,
        13_731.693_765_509_461_125,
        45_921.953_931_549_871_457,
        67_265.770_927_008_700_853,
        33_430.575_583_588_128_105,
        2_509.080_928_730_122_672_7,
    ],
    [
        1.0,
        42.313_330_701_600_911_252,
        687.187_007_492_057_908_3,
        5_394.196_021_424_751_107_7,
        21_213.794_301_586_595_867,
        39_307.895_800_092_710_61,
        28_729.085_735_721_942_674,
        5_226.495_278_852_854_561,
    ],
];

const MIDDLE: Rational = [
    [
        1.423_437_110_749_683_577_34,
        4.630_337_846_156_545_295_9,
        5.769_497_221_460_691_405_5,
        3.647_848_324_763_204_605_04,
        1.270_458_252_452_368_382_58,
        0.241_780_725_177_450_611_77,
        0.022_723_844_989_269_184_583_3,
        7.745_450_142_783_414_076_4e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87,
        1.676_384_830_183_803_849_4,
        0.689_767_334_985_100_004_55,
        0.148_103_976_427_480_074_59,
        0.015_198_666_563_616_457_196_6,
        5.475_938_084_995_344_946e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];

const FAR: Rational = [
    [
        6.657_904_643_501_103_777_2,
        5.463_784_911_164_114_369_9,
        1.784_826_539_917_291_335_8,
        0.296_560_571_828_504_891_23,
        0.026_532_189_526_576_123_093,
        0.001_242_660_947_388_078_438_6,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        0.599_832_206_555_887_937_69,
        0.136_929_880_922_735_805_31,
        0.014_875_361_290_850_614_852_5,
        7.868_691_311_456_132_591e-4,
        1.846_318_317_510_054_681_8e-5,
        1.421_511_758_316_445_887e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];
