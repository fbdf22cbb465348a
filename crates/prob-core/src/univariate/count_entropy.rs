//! Entropies of counts, `−Σ_k p(k) ln p(k)`, by sums that stay short.

use crate::special::gauss_legendre;

/// Below this, `ln p` contributes nothing to an entropy.
const NOTHING: f64 = -60.0;

/// The entropy of a bell-shaped law of counts on `[lower, upper]`, whose `log_prob` is smooth in the
/// count.
///
/// Every count near the mode, or every `h`-th one times `h` for a standard deviation of `4h` and more: for
/// a bell the two sums differ by about `e^−2π²·16` (Poisson's summation formula).
pub(super) fn of_bell(
    mode: f64,
    std_dev: f64,
    lower: f64,
    upper: f64,
    log_prob: impl Fn(f64) -> f64,
) -> f64 {
    let stride = (std_dev / 4.0).floor().max(1.0);
    let side = |step: f64, first: f64| {
        let (mut sum, mut k) = (0.0, first);
        // A bell is over after some 15 standard deviations of four steps each; short ones are skew.
        for _ in 0..2_000 {
            if k < lower || k > upper {
                break;
            }
            let log_p = log_prob(k);
            if log_p < NOTHING {
                break;
            }
            sum -= log_p.exp() * log_p;
            k += step;
        }
        sum
    };
    stride * (side(stride, mode) + side(-stride, mode - stride))
}

/// The entropy of a law on 0, 1, 2, … that falls smoothly and slowly, with a mean that may be huge.
///
/// The first terms are summed; for the rest the sum is an integral over panels that grow like the count,
/// plus the first terms `f/2 − f′/12` of Euler and Maclaurin's formula.
pub(super) fn of_long_tail(mean: f64, log_prob: impl Fn(f64) -> f64) -> f64 {
    const SUMMED: u32 = 4_096;
    let term = |k: f64| {
        let log_p = log_prob(k);
        if log_p == f64::NEG_INFINITY { 0.0 } else { -log_p.exp() * log_p }
    };
    let mut sum = 0.0;
    for k in 0..SUMMED {
        let k = f64::from(k);
        if k > mean && log_prob(k) < NOTHING {
            return sum;
        }
        sum += term(k);
    }
    let start = f64::from(SUMMED);
    let slope = 0.5 * (term(start + 1.0) - term(start - 1.0));
    sum += 0.5 * term(start) - slope / 12.0;
    let mut lower = start;
    while lower < mean || log_prob(lower) > NOTHING {
        let width = 0.25 * lower;
        sum += gauss_legendre(lower, width, term);
        lower += width;
        if !lower.is_finite() {
            break;
        }
    }
    sum
}
