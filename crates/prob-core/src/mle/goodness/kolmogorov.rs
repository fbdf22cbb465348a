//! The distribution of the Kolmogorov–Smirnov distance D of n observations.

use std::f64::consts::PI;

use crate::special;

/// Up to here the matrix of Marsaglia, Tsang and Wang is small enough.
const EXACT: usize = 1_000;

/// `P(D ≥ d)` for n observations.
pub(super) fn upper_tail(n: usize, d: f64) -> f64 {
    let size = n as f64;
    if d.is_nan() {
        return f64::NAN;
    }
    if d <= 0.5 / size {
        return 1.0;
    }
    if d >= 1.0 {
        return 0.0;
    }
    // Simard and L'Ecuyer, Journal of Statistical Software 39(11), 2011: from here on twice the
    // one-sided tail is right to better than a part in a million, and 1 − P(D < d) loses its digits.
    if size * d * d > 4.0 || d >= 0.5 && n <= EXACT {
        return (2.0 * one_sided(n, d)).min(1.0);
    }
    let below = if n <= EXACT { matrix(n, d) } else { expansion(size, d) };
    (1.0 - below).clamp(0.0, 1.0)
}

/// `P(D⁺ ≥ d)`, exactly: `d Σ_j C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j)` over `j ≤ n (1 − d)`
/// (Birnbaum and Tingey, Annals of Mathematical Statistics 22, 1951). All terms are positive.
fn one_sided(n: usize, d: f64) -> f64 {
    let size = n as f64;
    let mut sum = 0.0;
    for j in 0..=(size * (1.0 - d)).floor() as usize {
        let (k, share) = (j as f64, j as f64 / size);
        let rest = 1.0 - d - share;
        if rest <= 0.0 {
            // (1 − d − j/n) is 0 only for j < n, where its power is 0.
            continue;
        }
        let log_choose = special::ln_gamma(size + 1.0)
            - special::ln_gamma(k + 1.0)
            - special::ln_gamma(size - k + 1.0);
        let log = log_choose + (k - 1.0) * (d + share).ln() + (size - k) * rest.ln();
        sum += log.exp();
    }
    d * sum
}

/// `P(D < d)` by the n-th power of a matrix (Marsaglia, Tsang and Wang 2003), with a separate power
/// of ten against overflow.
fn matrix(n: usize, d: f64) -> f64 {
    let size = n as f64;
    let k = (size * d).floor() as usize + 1;
    let m = 2 * k - 1;
    let h = k as f64 - size * d;
    let mut start = vec![0.0; m * m];
    for i in 0..m {
        for j in 0..m.min(i + 2) {
            start[i * m + j] = 1.0;
        }
    }
    for i in 0..m {
        start[i * m] -= h.powi(i as i32 + 1);
        start[(m - 1) * m + i] -= h.powi((m - i) as i32);
    }
    if 2.0 * h > 1.0 {
        start[(m - 1) * m] += (2.0 * h - 1.0).powi(m as i32);
    }
    // Each element by 1/(i − j + 1)!.
    for i in 0..m {
        for j in 0..=i {
            start[i * m + j] *= (1..=i - j + 1).fold(1.0, |product, g| product / g as f64);
        }
    }
    let (power, mut exponent) = raise(&start, m, n);
    let mut value = power[(k - 1) * m + k - 1];
    for i in 1..=n {
        value *= i as f64 / size;
        if value < 1e-140 {
            value *= 1e140;
            exponent -= 140;
        }
    }
    value * 10.0_f64.powi(exponent)
}

/// The n-th power of an m × m matrix and the power of ten that it is to be multiplied with.
fn raise(matrix: &[f64], m: usize, n: usize) -> (Vec<f64>, i32) {
    if n == 1 {
        return (matrix.to_vec(), 0);
    }
    let (half, exponent) = raise(matrix, m, n / 2);
    let mut power = product(&half, &half, m);
    let mut exponent = 2 * exponent;
    if n % 2 == 1 {
        power = product(matrix, &power, m);
    }
    if power[(m / 2) * m + m / 2] > 1e140 {
        power.iter_mut().for_each(|x| *x *= 1e-140);
        exponent += 140;
    }
    (power, exponent)
}

fn product(a: &[f64], b: &[f64], m: usize) -> Vec<f64> {
    let mut out = vec![0.0; m * m];
    for (row, out) in a.chunks_exact(m).zip(out.chunks_exact_mut(m)) {
        for (x, other) in row.iter().zip(b.chunks_exact(m)) {
            for (out, y) in out.iter_mut().zip(other) {
                *out += x * y;
            }
        }
    }
    out
}

/// `P(D < d)` for many observations: Kolmogorov's limit and three terms in `1/√n` (Pelz and Good
/// 1976, as written by Simard and L'Ecuyer 2011, equation 9).
fn expansion(n: f64, d: f64) -> f64 {
    let z = n.sqrt() * d;
    let (z2, z4) = (z * z, z.powi(4));
    let (z6, z8) = (z.powi(6), z.powi(8));
    let (pi2, pi4, pi6) = (PI * PI, PI.powi(4), PI.powi(6));
    let root = (PI / 2.0).sqrt();
    let mut terms = [0.0; 4];
    // e^(−π² k²/2z²) falls below 1e-30 after a few z terms; z ≤ 2 in the middle of the law.
    for k in 0..=(3.0 * z + 3.0) as usize {
        let half = (k as f64 + 0.5).powi(2);
        let fall = 2.0 * (-pi2 * half / (2.0 * z2)).exp();
        terms[0] += fall;
        terms[1] += (pi2 * half - z2) * fall;
        terms[2] += fall
            * (6.0 * z6
                + 2.0 * z4
                + pi2 * (2.0 * z4 - 5.0 * z2) * half
                + pi4 * (1.0 - 2.0 * z2) * half * half)
            / 72.0;
        terms[3] += fall
            * (pi6 * half.powi(3) * (5.0 - 30.0 * z2)
                + pi4 * half * half * (-60.0 * z2 + 212.0 * z4)
                + pi2 * half * (135.0 * z4 - 96.0 * z6)
                - (30.0 * z6 + 90.0 * z8))
            / 6480.0;
        let whole = (k as f64).powi(2);
        let fall = 2.0 * (-pi2 * whole / (2.0 * z2)).exp();
        terms[2] -= fall * pi2 * whole * z4 / 36.0;
        terms[3] += fall * (3.0 * pi2 * whole * z2 - pi4 * whole * whole) * z4 / 216.0;
    }
    root * (2.0 * terms[0] / (2.0 * z)
        + terms[1] / (6.0 * z4 * n.sqrt())
        + terms[2] / (z.powi(7) * n)
        + terms[3] / (z.powi(10) * n * n.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::upper_tail;

    /// `scipy.stats.kstwo.sf(d, n)`, SciPy 1.17.1, where that is exact.
    const SMALL: [(usize, f64, f64); 12] = [
        (1, 0.6, 0.8),
        (2, 0.3, 0.98),
        (5, 0.25, 0.8446),
        (5, 0.5, 0.112),
        (5, 0.75, 0.002),
        (10, 0.1, 0.99963712),
        (10, 0.274, 0.3715203845434957),
        (20, 0.35, 0.01075496344438931),
        (50, 0.15, 0.19026366518248072),
        (50, 0.3, 0.00017353260202718738),
        (100, 0.05, 0.9532159710635725),
        (140, 0.12, 0.03252638258561632),
    ];

    /// The matrix of Marsaglia, Tsang and Wang in mpmath 1.3.0 with 60 digits; SciPy is off by up to
    /// 1e-7 here.
    const MEDIUM: [(usize, f64, f64); 4] = [
        (300, 0.08, 0.04064390427138661),
        (1_000, 0.03, 0.32269024641329996),
        (1_500, 0.03, 0.13169309998725176),
        (2_000, 0.02, 0.3953133720030919),
    ];

    /// `scipy.stats.kstwo.sf(d, n)`, SciPy 1.17.1, from the same expansion.
    const LARGE: [(usize, f64, f64); 6] = [
        (5_000, 0.012, 0.4639912166690192),
        (5_000, 0.02, 0.03613941395325637),
        (100_000, 0.003, 0.3284563327726956),
        (100_000, 0.0022, 0.7175062658982566),
        (1_000_000, 0.0008, 0.5438713666611479),
        (1_000_000, 0.003, 3.039812751939269e-8),
    ];

    #[test]
    fn tails_match_other_programs() {
        for (n, d, expected) in SMALL.into_iter().chain(MEDIUM).chain(LARGE) {
            let error = (upper_tail(n, d) / expected - 1.0).abs();
            let allowed = if n <= 1_000 {
                1e-12
            } else if n <= 2_000 {
                2e-7
            } else {
                1e-8
            };
            assert!(error < allowed, "{n} {d}: {error:e}");
        }
    }

    /// Where one way of computing gives over to the next they agree.
    #[test]
    fn the_ways_agree_where_they_meet() {
        for d in [0.02, 0.03, 0.045, 0.06] {
            let (matrix, expansion) = (super::matrix(1_000, d), super::expansion(1_000.0, d));
            assert!((matrix - expansion).abs() < 1e-7, "{d}: {matrix} {expansion}");
        }
        let d = 0.2; // n d² = 4
        let (matrix, tail) = (1.0 - super::matrix(100, d), 2.0 * super::one_sided(100, d));
        assert!((matrix / tail - 1.0).abs() < 1e-6, "{matrix} {tail}");
    }

    #[test]
    fn the_ends_are_certain() {
        for n in [1, 3, 1_000, 100_000] {
            assert_eq!(upper_tail(n, 0.0), 1.0);
            assert_eq!(upper_tail(n, 1.0), 0.0);
            assert!(upper_tail(n, f64::NAN).is_nan());
        }
    }
}
