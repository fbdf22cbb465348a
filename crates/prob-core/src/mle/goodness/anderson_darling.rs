//! The squared distance between distribution functions, weighted towards the tails.

use std::f64::consts::{FRAC_PI_2, PI};

use super::{Goodness, continuous, sorted};
use crate::{Error, Univariate, special};

/// The test of Anderson and Darling, `A² = n ∫ (F_n − F)² / (F (1 − F)) dF`, for a continuous law
/// fixed beforehand: more sensitive in the tails than [`kolmogorov_smirnov`](super::kolmogorov_smirnov).
///
/// The p-value is that of Marsaglia and Marsaglia (Journal of Statistical Software 9(2), 2004): to 1e-13
/// (absolute) in the limit of many observations, to about 1e-3 for four (0.007 for two; exact for one).
/// An observation outside the support makes the distance infinite and the p-value 0.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`]; [`Error::NotContinuous`] for a law of counts.
///
/// ```
/// use prob_core::Normal;
/// use prob_core::mle::goodness::anderson_darling;
///
/// let fit = anderson_darling(&[-1.2, -0.3, 0.1, 0.4, 1.7], &Normal::standard())?;
/// assert!(fit.statistic > 0.2 && fit.p_value > 0.9);
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn anderson_darling(data: &[f64], law: &dyn Univariate) -> Result<Goodness, Error> {
    continuous(law)?;
    let statistic = distance(&sorted(data)?, law);
    let p_value = if statistic.is_nan() {
        f64::NAN
    } else {
        (1.0 - below(data.len() as f64, statistic)).clamp(0.0, 1.0)
    };
    Ok(Goodness { statistic, p_value })
}

/// `A² = −n − (1/n) Σ (2i − 1) [ln F(x_i) + ln(1 − F(x_{n+1−i}))]`, the data in increasing order.
pub(super) fn distance(sorted: &[f64], law: &dyn Univariate) -> f64 {
    let n = sorted.len() as f64;
    let both = sorted.iter().zip(sorted.iter().rev()).enumerate();
    let sum: f64 = both
        .map(|(i, (low, high))| (2.0 * i as f64 + 1.0) * (law.log_cdf(*low) + law.log_sf(*high)))
        .sum();
    (-n - sum / n).max(0.0)
}

/// `P(A² < z)` for n observations.
fn below(n: f64, z: f64) -> f64 {
    if z <= 0.0 {
        return 0.0;
    }
    if n == 1.0 {
        // A² = −1 − ln u(1 − u).
        return (1.0 - 4.0 * (-1.0 - z).exp()).max(0.0).sqrt();
    }
    let limit = below_in_the_limit(z);
    limit + correction(n, limit)
}

/// Horner's scheme, the constant first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// `P(A² < z)` for infinitely many observations, to 1e-13:
/// `(1/z) Σ_j C(−½, j) (4j + 1) √(2π) e^−t ∫ exp(z/(8(1 + w²)) − t w²) dw` with
/// `t = (4j + 1)² π²/(8z)` (Anderson and Darling, Annals of Mathematical Statistics 23, 1952).
fn below_in_the_limit(z: f64) -> f64 {
    // Below, the first e^−t is under the smallest number; beyond, only rounding is left of 1.
    if z < 0.002 {
        return 0.0;
    }
    if z > 60.0 {
        return 1.0;
    }
    let (mut sum, mut binomial) = (0.0, 1.0);
    for j in 0..60 {
        let k = 4.0 * f64::from(j) + 1.0;
        let term = binomial * k * integral(z, k * k * PI * PI / (8.0 * z));
        sum += term;
        if term.abs() < 1e-17 * f64::abs(sum) {
            break;
        }
        binomial *= (-0.5 - f64::from(j)) / (f64::from(j) + 1.0);
    }
    (sum / z).clamp(0.0, 1.0)
}

/// `√(2π) e^−t ∫₀^∞ exp(z/(8(1 + w²)) − t w²) dw` as the series in z/8, whose coefficients follow from
/// one another (Marsaglia and Marsaglia 2004).
fn integral(z: f64, t: f64) -> f64 {
    let half_root = FRAC_PI_2.sqrt();
    let mut before = PI.sqrt() * half_root * (-t).exp() / t.sqrt();
    let mut here = PI * half_root * special::erfc(t.sqrt());
    let mut power = z / 8.0;
    let mut sum = before + here * power;
    for i in 1..500 {
        let i = f64::from(i);
        (before, here) = (here, ((i - 0.5 - t) * here + t * before) / i);
        power *= z / (8.0 * (i + 1.0));
        let next = sum + here * power;
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// What n observations add to the limit x.
fn correction(n: f64, x: f64) -> f64 {
    if x > 0.8 {
        let c = [-130.2137, 745.2337, -1705.091, 1950.646, -1116.360, 255.7844];
        // The printed digits leave −6e-4/n at x = 1, where nothing is to be corrected.
        let left = polynomial(&c, 1.0) * ((x - 0.8) / 0.2).powi(8);
        return (polynomial(&c, x) - left) / n;
    }
    let cut = 0.01265 + 0.1757 / n;
    if x < cut {
        let t = x / cut;
        let t = t.sqrt() * (1.0 - t) * (49.0 * t - 102.0);
        return t * (0.0037 / (n * n) + 0.00078 / n + 0.00006) / n;
    }
    let t = (x - cut) / (0.8 - cut);
    let c = [-0.00022633, 6.54034, -14.6538, 14.458, -8.259, 1.91864];
    polynomial(&c, t) * (0.04213 + 0.01365 / n) / n
}

#[cfg(test)]
mod tests {
    use super::{below, below_in_the_limit};

    /// The series of Anderson and Darling (1954) with mpmath 1.3.0, 40 digits:
    /// `t = (4*j+1)**2*pi**2/(8*z)`, `sqrt(2*pi)/z * nsum(binomial(-1/2, j)*(4*j+1)*exp(-t) *
    /// quad(lambda w: exp(z/(8*(w*w+1)) - t*w*w), [0, inf]))`.
    #[test]
    fn the_limit_matches_its_series() {
        let references = [
            (0.1, 2.8078105126363e-5),
            (0.3, 0.061842363942877),
            (0.5, 0.253185626469656),
            (0.9, 0.585770815236272),
            (1.321, 0.774363524688962),
            (1.933, 0.900005376791777),
            (2.492, 0.949977813640392),
            (3.857, 0.989758846770139),
            (6.0, 0.999032548058479),
            (8.0, 0.999886185844273),
            (10.0, 0.999986184964589),
        ];
        for (z, expected) in references {
            let p = below_in_the_limit(z);
            assert!((p - expected).abs() < 1e-13, "{z}: {p} {expected}");
        }
    }

    /// For one observation the distance is at least `2 ln 2 − 1`, and every larger one has its u.
    #[test]
    fn one_observation_is_exact() {
        assert_eq!(below(1.0, 0.386), 0.0);
        for u in [0.01_f64, 0.2, 0.45] {
            let z = -1.0 - (u * (1.0 - u)).ln();
            assert!((below(1.0, z) - (1.0 - 2.0 * u)).abs() < 1e-14, "{u}");
        }
    }
}
