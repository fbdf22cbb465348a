//! Two samples against each other, where no distribution function is known.

use crate::{Check, Error};

/// Checks that two samples of `n` independent draws each follow the same law, whatever that law is.
///
/// The statistic is `D = sup |F_n(x) − G_n(x)| = h / n`. Without ties every order of the `2n` draws
/// is equally likely, so that the p-value is exact for every `n` (Gnedenko and Korolyuk 1951; a walk
/// with n steps up and n down, reflected at ±h):
///
/// ```text
/// P(D ≥ h / n) = 2 Σ_{k = 1 … ⌊n/h⌋} (−1)^(k−1) C(2n, n − kh) / C(2n, n)
/// ```
///
/// Draws that are equal are passed together. They only make the check more lenient, so that a law with
/// steps is no false alarm; to lose nothing, add an independent small number to each draw.
///
/// ```
/// let a: Vec<f64> = (0..1_000).map(|i| (f64::from(i) * 0.618_033_988_75).fract()).collect();
/// let b: Vec<f64> = (0..1_000).map(|i| (f64::from(i) * 0.414_213_562_37).fract()).collect();
/// let same = testkit::ks_two_sample("two grids", &a, &b)?;
/// assert!(same.p_value() > 0.9);
/// let moved: Vec<f64> = b.iter().map(|x| x + 0.2).collect();
/// assert!(testkit::ks_two_sample("one moved", &a, &moved)?.p_value() < 1e-12);
/// # Ok::<(), testkit::Error>(())
/// ```
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`] for a bad sample, [`Error::UnequalSamples`].
pub fn ks_two_sample(what: impl Into<String>, a: &[f64], b: &[f64]) -> Result<Check, Error> {
    let what = what.into();
    if a.len() != b.len() {
        return Err(Error::UnequalSamples { what, first: a.len(), second: b.len() });
    }
    if a.is_empty() {
        return Err(Error::Empty { what });
    }
    if let Some(&value) = a.iter().chain(b).find(|x| !x.is_finite()) {
        return Err(Error::NotFinite { what, name: "a draw", value });
    }
    let n = a.len();
    let (h, place) = largest_difference(a, b);
    let statistic = h as f64 / n as f64;
    let details = format!("D = {statistic:.5} at {place} between two samples of {n}");
    Ok(Check { what, statistic, p_value: exact_tail(n, h), details })
}

/// `n sup |F_n − G_n|`, and where.
fn largest_difference(a: &[f64], b: &[f64]) -> (usize, f64) {
    let sorted = |sample: &[f64]| {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted
    };
    let (a, b) = (sorted(a), sorted(b));
    let (mut i, mut j, mut largest, mut place) = (0, 0, 0, a[0]);
    while i < a.len() && j < b.len() {
        let x = a[i].min(b[j]);
        // All that are equal at once. Zeros of both signs are.
        while i < a.len() && a[i] <= x {
            i += 1;
        }
        while j < b.len() && b[j] <= x {
            j += 1;
        }
        if i.abs_diff(j) > largest {
            (largest, place) = (i.abs_diff(j), x);
        }
    }
    (largest, place)
}

/// `P(n D ≥ h)` for two samples of `n`.
fn exact_tail(n: usize, h: usize) -> f64 {
    if h == 0 {
        return 1.0;
    }
    // Terms fall like e^(−k² h² / n): for a small h they nearly cancel, and the sum is close to 1.
    let mut sum = 0.0;
    for k in 1..=n / h {
        let term = log_binomial_ratio(n, k * h).exp();
        sum += if k % 2 == 1 { term } else { -term };
        if term < 1e-17 * sum {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

/// `ln [C(2n, n − h) / C(2n, n)] = Σ_{j = 1 … h} ln [(n − h + j) / (n + j)]`.
fn log_binomial_ratio(n: usize, h: usize) -> f64 {
    (1..=h).map(|j| (-(h as f64) / (n + j) as f64).ln_1p()).sum()
}
