//! Entropy and divergences of finite laws, in nats (divide by ln 2 for bits).
//!
//! `0 ln 0 = 0`, and a divergence is infinite where `q = 0 < p`. Each function takes tables of
//! probabilities that sum to one within 1e-9 (`eq:entropy`, `eq:kl`, `eq:js`,
//! `eq:mutual-information`).

use super::bayes::{SUM_TOLERANCE, check_non_negative};
use super::joint::normalised;
use crate::{Error, special};

/// The entropy `H(p) = −Σ p ln p`: 0 for a certain outcome, ln n for n equal ones.
///
/// ```
/// use prob_core::information::entropy;
///
/// assert_eq!(entropy(&[1.0, 0.0])?, 0.0);
/// assert_eq!(entropy(&[0.5, 0.5])?, 2f64.ln());
/// # Ok::<(), prob_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Empty`], [`Error::NotAProbability`], [`Error::NotNormalised`].
pub fn entropy(p: &[f64]) -> Result<f64, Error> {
    Ok(entropy_of(&table("the law", p)?))
}

/// The Kullback–Leibler divergence `KL(p ‖ q) = Σ p ln(p/q)`: what it costs in nats to take `q` for
/// the law where `p` is right. At least 0, and 0 only for equal laws.
///
/// Summed as `Σ p ln(p/q) − p + q`, whose terms are all positive: laws that differ by δ have their
/// divergence of order δ² right, where the plain sum is lost in rounding.
///
/// ```
/// use prob_core::information::kl;
///
/// assert!((kl(&[1.0, 0.0], &[0.5, 0.5])? - 2f64.ln()).abs() < 1e-15);
/// assert_eq!(kl(&[0.5, 0.5], &[1.0, 0.0])?, f64::INFINITY);
/// # Ok::<(), prob_core::Error>(())
/// ```
///
/// # Errors
/// As [`entropy`], and [`Error::LengthMismatch`].
pub fn kl(p: &[f64], q: &[f64]) -> Result<f64, Error> {
    let (p, q) = pair(p, q)?;
    Ok(kl_of(&p, &q))
}

/// The Jensen–Shannon divergence `½ KL(p ‖ m) + ½ KL(q ‖ m)` with `m = ½ (p + q)`: symmetric, always
/// finite, from 0 for equal laws to ln 2 for laws without a common outcome.
///
/// ```
/// use prob_core::information::js;
///
/// assert_eq!(js(&[1.0, 0.0], &[0.0, 1.0])?, 2f64.ln());
/// # Ok::<(), prob_core::Error>(())
/// ```
///
/// # Errors
/// As [`kl`].
pub fn js(p: &[f64], q: &[f64]) -> Result<f64, Error> {
    let (p, q) = pair(p, q)?;
    Ok(js_of(&p, &q))
}

/// The mutual information `I = Σ p(x, y) ln(p(x, y) / (p(x) p(y)))` of the two variables of a table
/// with `columns` columns, row by row: what one tells about the other, 0 if they are independent.
///
/// ```
/// use prob_core::information::mutual_information;
///
/// let same = mutual_information(&[0.5, 0.0, 0.0, 0.5], 2)?; // y = x, a fair coin
/// assert!((same - 2f64.ln()).abs() < 1e-15);
/// assert_eq!(mutual_information(&[0.25; 4], 2)?, 0.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
///
/// # Errors
/// As [`entropy`]; [`Error::LengthMismatch`] if the table is not made of whole rows.
pub fn mutual_information(joint: &[f64], columns: usize) -> Result<f64, Error> {
    let joint = table("the joint law", joint)?;
    let rows = joint.len().checked_div(columns).unwrap_or(0);
    let expected = rows * columns;
    if expected != joint.len() {
        let found = joint.len();
        return Err(Error::LengthMismatch { what: "the joint law", expected, found });
    }
    let row_sums: Vec<f64> = joint.chunks(columns).map(|row| row.iter().sum()).collect();
    let column_sums: Vec<f64> =
        (0..columns).map(|j| joint.iter().skip(j).step_by(columns).sum()).collect();
    let product = row_sums.iter().flat_map(|r| column_sums.iter().map(move |c| r * c));
    Ok(kl_of(&joint, &product.collect::<Vec<f64>>()))
}

/// [`entropy`] of what is known to be a law.
pub(super) fn entropy_of(p: &[f64]) -> f64 {
    let sum: f64 = p.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
    // No −0, and no −1e-17 from a probability that rounding put above 1.
    sum.max(0.0)
}

/// [`kl`] of what are known to be laws.
pub(super) fn kl_of(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(p, q)| kl_term(*p, *q)).sum()
}

/// [`js`] of what are known to be laws.
pub(super) fn js_of(p: &[f64], q: &[f64]) -> f64 {
    let terms = p.iter().zip(q).map(|(p, q)| {
        // Halves first, so that the mean of two tiny equal numbers is that number.
        let mean = 0.5 * p + 0.5 * q;
        0.5 * kl_term(*p, mean) + 0.5 * kl_term(*q, mean)
    });
    terms.sum::<f64>().min(std::f64::consts::LN_2)
}

/// `p ln(p/q) − p + q ≥ 0`.
fn kl_term(p: f64, q: f64) -> f64 {
    if p == 0.0 {
        return q;
    }
    if q == 0.0 {
        return f64::INFINITY;
    }
    let difference = q - p;
    if difference.abs() < 0.5 * p {
        -p * special::log1pmx(difference / p)
    } else {
        (p * (p.ln() - q.ln()) + difference).max(0.0)
    }
}

fn pair(p: &[f64], q: &[f64]) -> Result<(Vec<f64>, Vec<f64>), Error> {
    if p.len() != q.len() {
        let (expected, found) = (p.len(), q.len());
        return Err(Error::LengthMismatch { what: "the second law", expected, found });
    }
    Ok((table("the first law", p)?, table("the second law", q)?))
}

/// The probabilities, checked and with a sum of one up to rounding.
fn table(what: &'static str, p: &[f64]) -> Result<Vec<f64>, Error> {
    if p.is_empty() {
        return Err(Error::Empty { what });
    }
    check_non_negative(what, p)?;
    let sum: f64 = p.iter().sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(Error::NotNormalised { what, sum });
    }
    Ok(normalised(p.to_vec(), sum))
}
