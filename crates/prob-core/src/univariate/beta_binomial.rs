//! The beta-binomial law: successes in `n` trials whose chance of success is drawn from Beta(α, β).
//!
//! `p(k) = C(n, k) B(k + α, n − k + β) / B(α, β)`, `k = 0 … n`.
//!
//! Probabilities are computed from the table of α and β (what the prior is worth) against k and
//! n − k (what is seen): with Stirling's formula for all nine gamma functions, their large parts add
//! up to the deviance `Σ o ln(o/e)` of the four numbers `o` from what independence expects of them.
//! All its terms are positive, so nothing cancels however large α, β and n are.

use std::f64::consts::PI;

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::search::smallest_count;
use super::{Beta, Binomial, Support, Univariate, parameters};
use crate::special::{log1pmx, stirling_error};
use crate::{Error, logspace};

/// The most trials: tails are sums over counts.
const MOST_TRIALS: u64 = 1 << 24;

/// The beta-binomial law with a number of trials, α and β.
///
/// ```
/// use prob_core::{BetaBinomial, Univariate};
///
/// let law = BetaBinomial::new(10, 1.0, 1.0)?; // every chance as likely: every count as likely
/// assert!((law.prob(3.0) - 1.0 / 11.0).abs() < 1e-15);
/// assert!((law.cdf(4.0) - 5.0 / 11.0).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct BetaBinomial {
    trials: u64,
    alpha: f64,
    beta: f64,
}

parameters::law_of_parameters!(BetaBinomial { trials: u64, alpha: f64, beta: f64 });

impl BetaBinomial {
    /// The law of successes in `trials` trials with a chance from Beta(alpha, beta).
    ///
    /// # Errors
    /// [`Error::Parameter`] for more than 2²⁴ trials, and unless alpha, beta and their sum are
    /// positive and finite.
    pub fn new(trials: u64, alpha: f64, beta: f64) -> Result<Self, Error> {
        if trials > MOST_TRIALS {
            let value = trials as f64;
            return parameters::refuse("beta-binomial", "number of trials", value, "at most 2^24");
        }
        parameters::positive("beta-binomial", "alpha", alpha)?;
        parameters::positive("beta-binomial", "beta", beta)?;
        parameters::positive("beta-binomial", "sum of alpha and beta", alpha + beta)?;
        Ok(Self { trials, alpha, beta })
    }

    /// The number of trials n.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// The parameter α of the chance of success.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The parameter β of the chance of success.
    #[must_use]
    pub fn beta(&self) -> f64 {
        self.beta
    }

    fn n(&self) -> f64 {
        self.trials as f64
    }

    /// `ln p(k)` for a whole `k` from 0 to n.
    fn log_prob_of(&self, k: f64) -> f64 {
        let n = self.n();
        if n == 0.0 {
            return 0.0;
        }
        let (a, b, m) = (self.alpha, self.beta, n - k);
        let s = a + b;
        // What the margins expect of each of the four numbers, and how far those are from it.
        let (successes, failures) = ((a + k) / (s + n), (b + m) / (s + n));
        let distance = (a / (s + n)) * m - (b / (s + n)) * k;
        let deviances = deviance(a, s * successes, distance)
            + deviance(k, n * successes, -distance)
            + deviance(b, s * failures, -distance)
            + deviance(m, n * failures, distance);
        bent(a, k) + bent(b, m) - bent(s, n) - deviances
    }

    /// `ln Σ p` over the counts from `k` on towards 0, or towards n.
    fn log_tail(&self, k: f64, down: bool) -> f64 {
        let n = self.n();
        // Downwards is upwards for the failures.
        let (a, b, mut j) =
            if down { (self.alpha, self.beta, k) } else { (self.beta, self.alpha, n - k) };
        let (mut term, mut sum) = (1.0, 1.0);
        while j >= 1.0 {
            let ratio = j / (a + (j - 1.0)) * ((b + n - j) / (n - j + 1.0));
            term *= ratio;
            sum += term;
            j -= 1.0;
            // With a ≥ 1 no ratio further on exceeds 1: what remains is at most j such terms.
            if a >= 1.0 && ratio < 1.0 && term * j < 1e-17 * sum {
                break;
            }
        }
        (self.log_prob_of(k) + f64::ln(sum)).min(0.0)
    }

    /// `ln P(X ≤ k)` and `ln P(X > k)` for a whole `k` from 0 to n − 1: the smaller by its sum.
    fn log_tails(&self, k: f64) -> (f64, f64) {
        if k < self.mean() {
            let lower = self.log_tail(k, true);
            (lower, logspace::log1mexp(lower))
        } else {
            let upper = self.log_tail(k + 1.0, false);
            (logspace::log1mexp(upper), upper)
        }
    }
}

/// `o ln(o/e) + e − o` of an observed and an expected number, whose difference `o − e` is given: it
/// would lose digits where they are close, as `e` from `o` would where they are not.
fn deviance(o: f64, e: f64, difference: f64) -> f64 {
    if o == 0.0 {
        return e;
    }
    let x = -difference / o;
    if x.abs() < 0.5 { -o * log1pmx(x) } else { o * (o.ln() - e.ln()) + e - o }
}

/// The parts of `ln (Γ(a + k) / (Γ(a) k!))` that Stirling's formula adds to the large ones.
fn bent(a: f64, k: f64) -> f64 {
    if k == 0.0 {
        return 0.0;
    }
    let ratio = k / a;
    let growth = if ratio.is_finite() { ratio.ln_1p() } else { k.ln() - a.ln() };
    let steps = stirling_error(a + k) - stirling_error(a) - stirling_error(k);
    steps - 0.5 * (2.0 * PI * k).ln() - 0.5 * growth
}

impl Univariate for BetaBinomial {
    fn support(&self) -> Support {
        Support::whole(0.0, self.n())
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if self.support().contains(x) {
            self.log_prob_of(x)
        } else {
            f64::NEG_INFINITY
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x < 0.0 {
            f64::NEG_INFINITY
        } else if x >= self.n() {
            0.0
        } else {
            self.log_tails(x.floor()).0
        }
    }

    fn log_sf(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if x < 0.0 {
            0.0
        } else if x >= self.n() {
            f64::NEG_INFINITY
        } else {
            self.log_tails(x.floor()).1
        }
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        if p == 1.0 {
            return self.n();
        }
        smallest_count(self.mean(), 0.0, self.n(), |k| self.cdf(k) >= p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        if q == 0.0 {
            return self.n();
        }
        smallest_count(self.mean(), 0.0, self.n(), |k| self.sf(k) <= q)
    }

    /// `n α / (α + β)`.
    fn mean(&self) -> f64 {
        self.n() * (self.alpha / (self.alpha + self.beta))
    }

    /// `n αβ (α + β + n) / ((α + β)² (α + β + 1))`.
    fn variance(&self) -> f64 {
        let s = self.alpha + self.beta;
        self.n() * (self.alpha / s) * (self.beta / s) * ((s + self.n()) / (s + 1.0))
    }

    fn mode(&self) -> f64 {
        let (a, b, n) = (self.alpha, self.beta, self.n());
        if a > 1.0 && b > 1.0 {
            // p(k) ≥ p(k − 1) up to here.
            let turn = (a - 1.0) / (a - 1.0 + (b - 1.0)) * (n + 1.0);
            (turn.ceil() - 1.0).clamp(0.0, n)
        } else if (a >= 1.0 && b <= 1.0 && a > b) || (a < 1.0 && b < 1.0 && a > b) {
            n
        } else {
            0.0
        }
    }

    /// By its sum over all counts.
    fn entropy(&self) -> f64 {
        let terms = (0..=self.trials).map(|k| {
            let log_prob = self.log_prob_of(k as f64);
            if log_prob == f64::NEG_INFINITY { 0.0 } else { -log_prob * log_prob.exp() }
        });
        terms.sum::<f64>().max(0.0)
    }
}

/// Draws the chance, then the count.
impl Distribution<f64> for BetaBinomial {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let chance = Beta::new(self.alpha, self.beta).map_or(f64::NAN, |law| law.sample(rng));
        Binomial::new(self.trials, chance).map_or(f64::NAN, |law| law.sample(rng))
    }
}
