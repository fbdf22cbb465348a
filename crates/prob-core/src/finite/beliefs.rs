//! Bayes' theorem once for each observation: yesterday's posterior is today's prior.

use super::bayes::{check, check_non_negative};
use crate::{Error, logspace};

/// Probabilities of hypotheses that learn from one observation after another.
///
/// Kept as logarithms: a hypothesis that many observations speak against does not fall to zero, and
/// others can raise it again. Observations are independent given the hypothesis.
///
/// Two mammographies in a row, both positive:
///
/// ```
/// use prob_core::Beliefs;
///
/// let mut cancer = Beliefs::new(&[0.004, 0.996])?;
/// cancer.update(&[0.8, 0.1])?;
/// assert!((cancer.probabilities()[0] - 0.031_128_404_669_260_7).abs() < 1e-15);
/// cancer.update(&[0.8, 0.1])?;
/// assert!((cancer.probabilities()[0] - 64.0 / 313.0).abs() < 1e-15);
/// assert!((cancer.log_evidence() - (0.004f64 * 0.64 + 0.996 * 0.01).ln()).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Beliefs {
    log_probabilities: Vec<f64>,
    log_evidence: f64,
}

impl Beliefs {
    /// The prior probabilities, which sum to one.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotAProbability`], [`Error::NotNormalised`].
    pub fn new(prior: &[f64]) -> Result<Self, Error> {
        check(prior, &vec![1.0; prior.len()])?;
        let log_probabilities = prior.iter().map(|p| p.ln()).collect();
        Ok(Self { log_probabilities, log_evidence: 0.0 })
    }

    /// Learns from an observation that has the probability (or density) `likelihood[h]` under
    /// hypothesis h.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NotAProbability`]; [`Error::NoEvidence`] if no hypothesis
    /// explains it. The beliefs are then as before.
    pub fn update(&mut self, likelihood: &[f64]) -> Result<(), Error> {
        check_non_negative("likelihood", likelihood)?;
        self.update_log(&likelihood.iter().map(|l| l.ln()).collect::<Vec<_>>())
    }

    /// [`update`](Self::update) by the logarithm of the likelihood, which may be `−∞`.
    ///
    /// # Errors
    /// As [`update`](Self::update); [`Error::NotFinite`] for `+∞` or NaN.
    pub fn update_log(&mut self, log_likelihood: &[f64]) -> Result<(), Error> {
        let (expected, found) = (self.log_probabilities.len(), log_likelihood.len());
        if found != expected {
            return Err(Error::LengthMismatch { what: "the likelihood", expected, found });
        }
        for (index, value) in log_likelihood.iter().copied().enumerate() {
            if value.is_nan() || value == f64::INFINITY {
                return Err(Error::NotFinite { what: "log likelihood", index, value });
            }
        }
        let joint = self.log_probabilities.iter().zip(log_likelihood).map(|(p, l)| p + l);
        let joint: Vec<f64> = joint.collect();
        let evidence = logspace::log_sum_exp(&joint);
        if evidence == f64::NEG_INFINITY {
            return Err(Error::NoEvidence);
        }
        self.log_probabilities = joint.iter().map(|p| p - evidence).collect();
        self.log_evidence += evidence;
        Ok(())
    }

    /// The probability of each hypothesis after all observations so far.
    #[must_use]
    pub fn probabilities(&self) -> Vec<f64> {
        self.log_probabilities.iter().map(|p| p.exp()).collect()
    }

    /// Their logarithms.
    #[must_use]
    pub fn log_probabilities(&self) -> &[f64] {
        &self.log_probabilities
    }

    /// `ln p(x_1, …, x_n)`: how well the hypotheses together foretold all observations; 0 before the
    /// first.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        self.log_evidence
    }
}

#[cfg(test)]
mod tests {
    use super::Beliefs;
    use crate::Error;

    #[test]
    fn a_hypothesis_comes_back_from_beyond_the_smallest_number() {
        let mut coin = Beliefs::new(&[0.5, 0.5]).unwrap();
        for _ in 0..1000 {
            coin.update(&[0.1, 0.9]).unwrap();
        }
        assert_eq!(coin.probabilities()[0], 0.0);
        for _ in 0..1000 {
            coin.update(&[0.9, 0.1]).unwrap();
        }
        assert!((coin.probabilities()[0] - 0.5).abs() < 1e-9, "{:?}", coin.probabilities());
        // Every sequence has the likelihood (0.1 · 0.9)^1000 under either hypothesis.
        assert!((coin.log_evidence() / (1000.0 * 0.09f64.ln()) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_learnt_changes_nothing() {
        let mut beliefs = Beliefs::new(&[0.0, 1.0]).unwrap();
        let before = beliefs.clone();
        assert_eq!(beliefs.update(&[1.0, 0.0]), Err(Error::NoEvidence));
        assert!(matches!(beliefs.update(&[1.0]), Err(Error::LengthMismatch { found: 1, .. })));
        assert!(matches!(beliefs.update(&[1.0, -1.0]), Err(Error::NotAProbability { .. })));
        let bad = beliefs.update_log(&[0.0, f64::NAN]);
        assert!(matches!(bad, Err(Error::NotFinite { index: 1, .. })));
        assert_eq!(beliefs, before);
        assert!(matches!(Beliefs::new(&[0.5]), Err(Error::NotNormalised { .. })));
        assert!(matches!(Beliefs::new(&[]), Err(Error::Empty { .. })));
    }
}
