//! Counts in classes against what a law expects there.

use super::{Goodness, sorted};
use crate::{Error, Univariate, special};

/// Pearson's test: `χ² = Σ (observed − expected)²/expected` of counts in classes with the given
/// probabilities; `fitted` parameters of the law were estimated from these counts.
///
/// Under the law χ² has (nearly, with at least about five expected in each class) the chi-square law
/// with classes − 1 − `fitted` degrees of freedom. Classes of probability 0 with no observation do
/// not count; an observation in one makes χ² infinite.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::NotAProbability`] (a bad count or probability),
/// [`Error::NotNormalised`], [`Error::Empty`] without observations, [`Error::NoDegrees`] where
/// nothing is left to test.
///
/// ```
/// use prob_core::mle::goodness::chi_square;
///
/// let fit = chi_square(&[16.0, 18.0, 16.0, 14.0, 12.0, 12.0], &[1.0 / 6.0; 6], 0)?;
/// // scipy.stats.chisquare([16, 18, 16, 14, 12, 12]), SciPy 1.17.1
/// assert!((fit.statistic - 2.0).abs() < 1e-14);
/// assert!((fit.p_value - 0.84914503608460956).abs() < 1e-13);
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn chi_square(
    observed: &[f64],
    probabilities: &[f64],
    fitted: usize,
) -> Result<Goodness, Error> {
    let total = checked_sum("observed counts", observed)?;
    if probabilities.len() != observed.len() {
        let (expected, found) = (observed.len(), probabilities.len());
        return Err(Error::LengthMismatch { what: "probabilities", expected, found });
    }
    let sum = checked_sum("probabilities", probabilities)?;
    if (sum - 1.0).abs() > 1e-9 {
        return Err(Error::NotNormalised { what: "the classes", sum });
    }
    if total == 0.0 {
        return Err(Error::Empty { what: "observed counts" });
    }
    let classes = probabilities.iter().zip(observed).filter(|(p, o)| **p > 0.0 || **o > 0.0);
    let (mut statistic, mut count) = (0.0, 0);
    for (p, o) in classes {
        let expected = p * total;
        statistic += (o - expected).powi(2) / expected;
        count += 1;
    }
    let degrees = count_degrees(count, fitted)?;
    let p_value = if statistic == f64::INFINITY {
        0.0
    } else {
        special::gamma_q(0.5 * degrees, 0.5 * statistic)
    };
    Ok(Goodness { statistic, p_value })
}

fn count_degrees(classes: usize, fitted: usize) -> Result<f64, Error> {
    if classes > fitted + 1 {
        Ok((classes - 1 - fitted) as f64)
    } else {
        Err(Error::NoDegrees { classes, fitted })
    }
}

fn checked_sum(what: &'static str, values: &[f64]) -> Result<f64, Error> {
    let bad = |x: &f64| !x.is_finite() || *x < 0.0;
    match values.iter().enumerate().find(|(_, x)| bad(x)) {
        Some((index, value)) => Err(Error::NotAProbability { what, index, value: *value }),
        None => Ok(values.iter().sum()),
    }
}

/// Pearson's test of a law: the line is cut into at most `classes` classes of nearly equal
/// probability (equal for a continuous law, of whole counts for a discrete one), so many that each
/// expects at least five of the observations; `fitted` parameters were estimated from the data.
///
/// Estimated parameters: the degrees of freedom are lowered by `fitted`, which is exact for estimates
/// from the classes; for estimates from the observations themselves the true p-value lies between this
/// one and the one with `fitted` = 0 (Chernoff and Lehmann, Annals of Mathematical Statistics 25,
/// 1954). [`bootstrap_p_value`](super::bootstrap_p_value) knows nothing of the sort.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`]; [`Error::NoDegrees`] where too few observations leave too
/// few classes.
///
/// ```
/// use prob_core::Normal;
/// use prob_core::mle::goodness::chi_square_of_law;
///
/// let data: Vec<f64> = (0..100).map(|i| f64::from(i) / 50.0 - 1.0).collect();
/// let fit = chi_square_of_law(&data, &Normal::standard(), 10, 0)?;
/// assert!(fit.p_value < 0.01); // evenly spread, with no tails: not normal
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn chi_square_of_law(
    data: &[f64],
    law: &dyn Univariate,
    classes: usize,
    fitted: usize,
) -> Result<Goodness, Error> {
    let sorted = sorted(data)?;
    let (mut observed, mut probabilities) = (Vec::new(), Vec::new());
    let (mut from, mut below) = (0, 0.0);
    let upper = edges(law, classes.min(sorted.len() / 5));
    for edge in upper.into_iter().chain([f64::INFINITY]) {
        let to = sorted.partition_point(|x| *x <= edge);
        let up_to = law.cdf(edge);
        observed.push((to - from) as f64);
        probabilities.push((up_to - below).max(0.0));
        (from, below) = (to, up_to);
    }
    merge_small(&mut observed, &mut probabilities, 5.0 / sorted.len() as f64);
    chi_square(&observed, &probabilities, fitted)
}

/// The inner edges of classes of equal probability, each once.
fn edges(law: &dyn Univariate, classes: usize) -> Vec<f64> {
    let mut edges: Vec<f64> = (1..classes)
        .map(|k| law.quantile(k as f64 / classes as f64))
        .filter(|edge| edge.is_finite())
        .collect();
    edges.dedup();
    edges
}

/// Joins classes that expect too little (of a law of counts the last, say) to the one before.
fn merge_small(observed: &mut Vec<f64>, probabilities: &mut Vec<f64>, least: f64) {
    let mut k = 0;
    while k < probabilities.len() && probabilities.len() > 1 {
        // A share of rounding: equal classes of just five must not be joined.
        if probabilities[k] >= least * (1.0 - 1e-6) {
            k += 1;
            continue;
        }
        let (o, p) = (observed.remove(k), probabilities.remove(k));
        let into = k.saturating_sub(1);
        observed[into] += o;
        probabilities[into] += p;
        k = into;
    }
}
