//! `ln`, `ln(1 + x)`, `exp` and the circle without branches, so that the compiler can do eight
//! numbers at once. Within 2 units in the last place of the exact value.
//!
//! The reductions and polynomials are fdlibm's (Sun Microsystems 1993), its special cases made
//! selections: the plain `if` would become a branch again, and a loop with branches is done one number
//! at a time.

// Coefficients stand here as they are printed.
#![allow(clippy::excessive_precision)]

use std::hint::select_unpredictable as select;

const LN_2_HI: f64 = 6.931_471_803_691_238_164_90e-1;
const LN_2_LO: f64 = 1.908_214_929_270_587_700_02e-10;
/// 2^52: a number plus this has its whole part in the lowest bits.
const WHOLE: u64 = 0x4330_0000_0000_0000;

/// `ln x`: `−∞` at 0, NaN below.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    // Below the normal numbers the exponent is not in its bits: 2^54 lifts it there.
    let subnormal = x < f64::MIN_POSITIVE;
    let lifted = select(subnormal, x * 18_014_398_509_481_984.0, x);
    let (k, f) = split(lifted);
    let value = ln_split(select(subnormal, k - 54.0, k), f);
    let value = select(x < f64::INFINITY, value, x);
    let value = select(x == 0.0, f64::NEG_INFINITY, value);
    select(x < 0.0, f64::NAN, value)
}

/// `ln(1 + x)`, accurate near 0; `−∞` at −1, NaN below.
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let (k, f) = split(u);
    // What the sum rounded away, to first order; nothing where it is all of x or infinite.
    let rounded = x - (u - 1.0);
    let value = ln_split(k, f) + rounded / u;
    let value = select(x < f64::INFINITY, value, x);
    let value = select(u == 0.0, f64::NEG_INFINITY, value);
    select(u < 0.0, f64::NAN, value)
}

/// `k` and `f` with `x = 2^k (1 + f)` and `1 + f` from √½ to √2.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const SQRT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    const ONE: u64 = 0x3ff0_0000_0000_0000;
    let bits = x.to_bits();
    let biased = bits.wrapping_add(ONE - SQRT_HALF) >> 52;
    let k = f64::from_bits(biased | WHOLE) - (4_503_599_627_370_496.0 + 1023.0);
    let mantissa = bits.wrapping_sub(biased << 52).wrapping_add(ONE);
    (k, f64::from_bits(mantissa) - 1.0)
}

#[inline(always)]
fn ln_split(k: f64, f: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w
        * (3.999_999_999_940_941_908e-1
            + w * (2.222_219_843_214_978_396e-1 + w * 1.531_383_769_920_937_332e-1));
    let odd = z
        * (6.666_666_666_666_735_130e-1
            + w * (2.857_142_874_366_239_149e-1
                + w * (1.818_357_216_161_805_012e-1 + w * 1.479_819_860_511_658_591e-1)));
    let half_square = 0.5 * f * f;
    k * LN_2_HI - ((half_square - (s * (half_square + (even + odd)) + k * LN_2_LO)) - f)
}

/// `e^x`, 0 and `∞` where it leaves the numbers.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52
    let clamped = x.clamp(-746.0, 710.0);
    let shifted = clamped * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let hi = clamped - k * LN_2_HI;
    let lo = k * LN_2_LO;
    let r = hi - lo;
    let t = r * r;
    let c = r - t
        * (1.666_666_666_666_660_190_37e-1
            + t * (-2.777_777_777_701_559_338_42e-3
                + t * (6.613_756_321_437_934_361_17e-5
                    + t * (-1.653_390_220_546_525_153_90e-6
                        + t * 4.138_136_797_057_238_460_39e-8))));
    let value = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);
    // 2^k in two factors: k reaches below the exponents of normal numbers and one above them.
    let whole = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(2_048);
    let half = whole >> 1;
    let first = f64::from_bits(half.wrapping_sub(1) << 52);
    let second = f64::from_bits(whole.wrapping_sub(half).wrapping_sub(1) << 52);
    let value = value * first * second;
    select(x.is_nan(), x, value)
}

/// `(cos 2πu, sin 2πu)` for `u` from 0 to 1.
#[inline(always)]
pub fn circle(u: f64) -> (f64, f64) {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let shifted = 4.0 * u + ROUND;
    let quarter = shifted.to_bits();
    let r = (u - 0.25 * (shifted - ROUND)) * std::f64::consts::TAU;
    let z = r * r;
    let sine = r + r
        * z
        * (-1.666_666_666_666_663_243_48e-1
            + z * (8.333_333_333_322_489_461_24e-3
                + z * (-1.984_126_982_985_794_931_34e-4
                    + z * (2.755_731_370_707_006_767_89e-6
                        + z * (-2.505_076_025_340_686_341_95e-8
                            + z * 1.589_690_995_211_550_102_21e-10)))));
    let cosine = 1.0 - 0.5 * z
        + z * z
            * (4.166_666_666_666_660_190_37e-2
                + z * (-1.388_888_888_887_410_957_49e-3
                    + z * (2.480_158_728_947_672_941_78e-5
                        + z * (-2.755_731_435_139_066_330_35e-7
                            + z * (2.087_572_321_298_174_827_90e-9
                                + z * -1.135_964_755_778_819_482_65e-11)))));
    let swap = quarter & 1 == 1;
    let (c, s) = (select(swap, sine, cosine), select(swap, cosine, sine));
    // Quarters 1 and 2 have a negative cosine, 2 and 3 a negative sine.
    let c_sign = (quarter.wrapping_add(1) & 2) << 62;
    let s_sign = (quarter & 2) << 62;
    (f64::from_bits(c.to_bits() ^ c_sign), f64::from_bits(s.to_bits() ^ s_sign))
}

/// A number in `(0, 1]` from 64 random bits: `(k + ½) / 2^64`, the half lost in rounding above
/// 2^−11.
#[inline(always)]
pub fn open_unit(bits: u64) -> f64 {
    const HIGH: u64 = 0x4530_0000_0000_0000; // 2^84
    let high = f64::from_bits((bits >> 32) | HIGH) - 19_342_813_118_337_666_422_669_312.0;
    let low = f64::from_bits((bits & 0xffff_ffff) | WHOLE);
    // 2^−64 and 2^−65
    (high + low) * 5.421_010_862_427_522_170_04e-20 + 2.710_505_431_213_761_085_02e-20
}

#[cfg(test)]
mod tests {
    use super::{circle, exp, ln, ln_1p, open_unit};
    use crate::Seed;
    use rand::Rng;

    /// Units in the last place between two numbers.
    fn ulps(ours: f64, theirs: f64) -> f64 {
        if ours == theirs || (ours.is_nan() && theirs.is_nan()) {
            return 0.0;
        }
        (ours - theirs).abs() / (theirs.abs().next_up() - theirs.abs())
    }

    /// Random numbers of all exponents, and the special ones.
    fn numbers() -> impl Iterator<Item = f64> {
        let mut rng = Seed(1).stream("numbers", 0);
        let special = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            f64::MIN_POSITIVE,
            5e-324,
            f64::MAX,
            -700.0,
            -745.0,
            -746.0,
            709.78,
            710.0,
        ];
        let any = (0..200_000).map(move |i| {
            let bits = rng.next_u64();
            let wide = f64::from_bits(bits);
            // Half of them of the size that the functions are asked for.
            if i % 2 == 0 { wide } else { (bits as f64 / u64::MAX as f64 - 0.5) * 1_500.0 }
        });
        special.into_iter().chain(any)
    }

    #[test]
    fn within_two_units_of_the_systems_functions() {
        for x in numbers() {
            for (name, ours, theirs) in [
                ("ln", ln(x), x.ln()),
                ("ln_1p", ln_1p(x), x.ln_1p()),
                ("ln_1p", ln_1p(x * 1e-4), (x * 1e-4).ln_1p()),
                ("exp", exp(x), x.exp()),
            ] {
                assert!(ulps(ours, theirs) <= 2.0, "{name}({x:e}): {ours:e}, not {theirs:e}");
            }
        }
    }

    #[test]
    fn the_circle_is_one() {
        for i in 0..=100_000 {
            let u = f64::from(i) / 100_000.0;
            let (c, s) = circle(u);
            let angle = u * std::f64::consts::TAU;
            assert!((c - angle.cos()).abs() < 1e-15 && (s - angle.sin()).abs() < 1e-15, "{u}");
            assert!((c * c + s * s - 1.0).abs() < 1e-15, "{u}");
        }
        assert_eq!([0.0, 0.25, 0.5, 0.75].map(|u| circle(u).0), [1.0, 0.0, -1.0, 0.0]);
    }

    #[test]
    fn random_bits_become_numbers_above_zero_and_up_to_one() {
        assert_eq!(open_unit(0), 2f64.powi(-65));
        assert_eq!(open_unit(u64::MAX), 1.0);
        assert_eq!(open_unit(1 << 63), 0.5);
        assert_eq!(open_unit(3), 3.5 * 2f64.powi(-64));
    }
}
