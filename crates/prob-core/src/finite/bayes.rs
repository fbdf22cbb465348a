//! Bayes' theorem on a finite set of hypotheses.
//!
//! `p(h | x) = p(x | h) p(h) / p(x)` with the evidence `p(x) = Σ_h p(x | h) p(h)`.

use crate::Error;

/// How far a table of probabilities may be from summing to one.
pub(super) const SUM_TOLERANCE: f64 = 1e-9;

/// The posterior `p(h | x)` of each hypothesis.
///
/// `prior[h]` is `p(h)` and sums to one; `likelihood[h]` is `p(x | h)`, a probability or a density,
/// so at least 0 but not bounded by 1.
///
/// A mammography finds 8 of 10 cancers and raises a false alarm in 1 of 10 healthy women; 4 in 1000
/// have cancer. After a positive finding:
///
/// ```
/// let posterior = prob_core::bayes(&[0.004, 0.996], &[0.8, 0.1])?;
/// assert!((posterior[0] - 0.031_128_404_669_260_7).abs() < 1e-15); // three percent, not eighty
/// # Ok::<(), prob_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Empty`], [`Error::LengthMismatch`], [`Error::NotAProbability`],
/// [`Error::NotNormalised`] for bad tables; [`Error::NoEvidence`] if the observation is impossible.
pub fn bayes(prior: &[f64], likelihood: &[f64]) -> Result<Vec<f64>, Error> {
    check(prior, likelihood)?;
    // In units of the largest likelihood: a factor that all hypotheses share cancels, however small.
    let largest = likelihood.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let joint: Vec<f64> = prior.iter().zip(likelihood).map(|(p, l)| p * (l / largest)).collect();
    let evidence: f64 = joint.iter().sum();
    if evidence > 0.0 {
        Ok(joint.iter().map(|p| p / evidence).collect())
    } else {
        Err(Error::NoEvidence)
    }
}

/// The evidence `p(x) = Σ_h p(x | h) p(h)`, positive.
///
/// # Errors
/// As [`bayes`]; [`Error::NoEvidence`] also if the sum is too small for a floating-point number.
pub fn evidence(prior: &[f64], likelihood: &[f64]) -> Result<f64, Error> {
    check(prior, likelihood)?;
    let evidence: f64 = prior.iter().zip(likelihood).map(|(p, l)| p * l).sum();
    if evidence > 0.0 { Ok(evidence) } else { Err(Error::NoEvidence) }
}

/// Refuses what is no prior, or no likelihood for it.
pub(super) fn check(prior: &[f64], likelihood: &[f64]) -> Result<(), Error> {
    if prior.is_empty() {
        return Err(Error::Empty { what: "the prior" });
    }
    if likelihood.len() != prior.len() {
        let (expected, found) = (prior.len(), likelihood.len());
        return Err(Error::LengthMismatch { what: "the likelihood", expected, found });
    }
    check_non_negative("prior", prior)?;
    check_non_negative("likelihood", likelihood)?;
    let sum: f64 = prior.iter().sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(Error::NotNormalised { what: "the prior", sum });
    }
    Ok(())
}

/// Refuses a table with a number that is no probability.
pub(super) fn check_non_negative(what: &'static str, table: &[f64]) -> Result<(), Error> {
    match table.iter().position(|p| !p.is_finite() || *p < 0.0) {
        Some(index) => Err(Error::NotAProbability { what, index, value: table[index] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{bayes, evidence};
    use crate::Error;

    #[test]
    fn two_findings_at_once_are_one_after_the_other() {
        let once = bayes(&[0.004, 0.996], &[0.8, 0.1]).unwrap();
        let one_by_one = bayes(&once, &[0.8, 0.1]).unwrap();
        let together = bayes(&[0.004, 0.996], &[0.64, 0.01]).unwrap();
        assert!((one_by_one[0] - together[0]).abs() < 1e-15);
        assert!((evidence(&[0.004, 0.996], &[0.8, 0.1]).unwrap() - 0.1028).abs() < 1e-16);
    }

    #[test]
    fn only_ratios_of_likelihoods_matter() {
        let tiny = bayes(&[1e-10, 1.0 - 1e-10], &[8e-310, 1e-310]).unwrap();
        let usual = bayes(&[1e-10, 1.0 - 1e-10], &[0.8, 0.1]).unwrap();
        assert!((tiny[0] / usual[0] - 1.0).abs() < 1e-9, "{} and {}", tiny[0], usual[0]);
        assert_eq!(bayes(&[0.5; 2], &[f64::MAX; 2]).unwrap(), [0.5; 2]);
    }

    #[test]
    fn bad_tables_are_named() {
        assert_eq!(bayes(&[], &[]), Err(Error::Empty { what: "the prior" }));
        assert!(matches!(bayes(&[1.0], &[]), Err(Error::LengthMismatch { found: 0, .. })));
        assert!(matches!(bayes(&[0.5, 0.6], &[1.0; 2]), Err(Error::NotNormalised { .. })));
        assert!(matches!(
            bayes(&[1.5, -0.5], &[1.0; 2]),
            Err(Error::NotAProbability { index: 1, .. })
        ));
        assert!(matches!(
            bayes(&[0.5; 2], &[f64::NAN, 1.0]),
            Err(Error::NotAProbability { what: "likelihood", index: 0, .. })
        ));
        assert_eq!(bayes(&[0.0, 1.0], &[1.0, 0.0]), Err(Error::NoEvidence));
    }
}
