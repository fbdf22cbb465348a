//! The chance of success, learnt from successes and failures.

use super::terms::ln_rising;
use crate::univariate::parameters;
use crate::{Bernoulli, Beta, BetaBinomial, Error, Univariate};

/// The law Beta(alpha, beta) of the chance of success of independent trials.
///
/// `alpha − 1` and `beta − 1` count the successes and failures that the prior is worth; (1, 1) is
/// the uniform law.
///
/// Of 980 births with placenta praevia 437 were girls (Gelman et al. 2013, section 2.4). From the
/// uniform law:
///
/// ```
/// use prob_core::{Univariate, conjugate::BetaBernoulli};
///
/// let posterior = BetaBernoulli::new(1.0, 1.0)?.update_counts(437, 980)?;
/// let girl = posterior.chance();
/// assert!((girl.mean() - 0.446).abs() < 5e-4);
/// assert!((girl.quantile(0.025) - 0.415).abs() < 5e-4);
/// assert!((girl.quantile(0.975) - 0.477).abs() < 5e-4);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaBernoulli {
    chance: Beta,
}

impl BetaBernoulli {
    /// The prior Beta(alpha, beta).
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive and finite.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, Error> {
        let alpha = parameters::positive("beta-Bernoulli prior", "alpha", alpha)?;
        let beta = parameters::positive("beta-Bernoulli prior", "beta", beta)?;
        Ok(Self { chance: Beta::new(alpha, beta)? })
    }

    /// Successes that the law is worth, plus one.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.chance.alpha()
    }

    /// Failures that the law is worth, plus one.
    #[must_use]
    pub fn beta(&self) -> f64 {
        self.chance.beta()
    }

    /// The law of the chance of success.
    #[must_use]
    pub fn chance(&self) -> Beta {
        self.chance
    }

    /// The posterior after trials, `true` for success.
    ///
    /// # Errors
    /// [`Error::Parameter`] if a parameter leaves the range of floating-point numbers.
    pub fn update(&self, data: &[bool]) -> Result<Self, Error> {
        let (successes, trials) = count(data);
        self.update_counts(successes, trials)
    }

    /// The posterior after this many successes in this many trials.
    ///
    /// # Errors
    /// [`Error::Parameter`] for more successes than trials.
    pub fn update_counts(&self, successes: u64, trials: u64) -> Result<Self, Error> {
        let failures = failures(successes, trials)?;
        Self::new(self.alpha() + successes as f64, self.beta() + failures)
    }

    /// The law of the next trial: success is 1.
    ///
    /// # Errors
    /// As [`Bernoulli::new`], never with the parameters of a valid prior.
    pub fn predictive(&self) -> Result<Bernoulli, Error> {
        Bernoulli::new(self.chance.mean())
    }

    /// The law of the number of successes in the next `trials` trials.
    ///
    /// # Errors
    /// As [`BetaBinomial::new`].
    pub fn predictive_count(&self, trials: u64) -> Result<BetaBinomial, Error> {
        BetaBinomial::new(trials, self.alpha(), self.beta())
    }

    /// `ln p(data)` of trials in their order: `ln B(α + k, β + n − k) − ln B(α, β)`.
    #[must_use]
    pub fn log_evidence(&self, data: &[bool]) -> f64 {
        let (successes, trials) = count(data);
        let (k, n) = (successes as f64, trials as f64);
        let (alpha, beta) = (self.alpha(), self.beta());
        ln_rising(alpha, k) + ln_rising(beta, n - k) - ln_rising(alpha + beta, n)
    }

    /// `ln p(k)` of the number of successes, whatever their order: [`log_evidence`] plus the
    /// logarithm of the number of orders.
    ///
    /// [`log_evidence`]: Self::log_evidence
    ///
    /// # Errors
    /// [`Error::Parameter`] for more successes than trials; as [`BetaBinomial::new`].
    pub fn log_evidence_counts(&self, successes: u64, trials: u64) -> Result<f64, Error> {
        failures(successes, trials)?;
        Ok(self.predictive_count(trials)?.log_prob(successes as f64))
    }
}

fn count(data: &[bool]) -> (u64, u64) {
    (data.iter().filter(|success| **success).count() as u64, data.len() as u64)
}

fn failures(successes: u64, trials: u64) -> Result<f64, Error> {
    match trials.checked_sub(successes) {
        Some(failures) => Ok(failures as f64),
        None => parameters::refuse(
            "beta-Bernoulli prior",
            "number of successes",
            successes as f64,
            "at most the number of trials",
        ),
    }
}
