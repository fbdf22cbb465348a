//! Fisher's F law: of the ratio of two mean squares, `p(f) = x^(m/2) y^(n/2) / (f B(m/2, n/2))` with
//! `x = m f / (m f + n)` and `y = 1 − x`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::beta::{self, log_gamma_draw};
use super::{Support, Univariate, parameters};
use crate::slices::{self, Lanes};
use crate::special::{self, Point, digamma, log_first_term};
use crate::{Error, logspace::log1mexp};

/// The law of `(A/m) / (B/n)` for chi-square numbers `A` and `B` with `m` (numerator) and `n`
/// (denominator) degrees of freedom.
///
/// ```
/// use prob_core::{FisherF, Univariate};
///
/// let law = FisherF::new(2.0, 4.0)?;
/// assert_eq!(law.mean(), 2.0);
/// // With 2 and n degrees, P(F > f) = (1 + 2f/n)^(−n/2).
/// assert!((law.sf(6.0) - 1.0 / 16.0).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct FisherF {
    numerator: f64,
    denominator: f64,
    ln_beta: f64,
    ln_ratio: f64,
    log_peak: f64,
}

parameters::law_of_parameters!(FisherF { numerator: f64, denominator: f64 });

impl FisherF {
    /// The F law with degrees of freedom of the numerator and of the denominator.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are positive (1e-323 or more) and finite.
    pub fn new(numerator: f64, denominator: f64) -> Result<Self, Error> {
        let numerator = parameters::degrees("fisher-f", "degrees of the numerator", numerator)?;
        let denominator =
            parameters::degrees("fisher-f", "degrees of the denominator", denominator)?;
        let ratio = numerator / denominator;
        let ln_ratio =
            if ratio.is_normal() { ratio.ln() } else { numerator.ln() - denominator.ln() };
        let ln_beta = special::ln_beta(0.5 * numerator, 0.5 * denominator);
        let log_peak = special::log_peak(0.5 * numerator, 0.5 * denominator);
        Ok(Self { numerator, denominator, ln_beta, ln_ratio, log_peak })
    }

    /// Degrees of freedom of the numerator.
    #[must_use]
    pub fn numerator(&self) -> f64 {
        self.numerator
    }

    /// Degrees of freedom of the denominator.
    #[must_use]
    pub fn denominator(&self) -> f64 {
        self.denominator
    }

    fn halves(&self) -> (f64, f64) {
        (0.5 * self.numerator, 0.5 * self.denominator)
    }

    /// `x`, `y` and the distance from the mean of `x`, each without a difference of rounded numbers.
    fn point(&self, f: f64) -> Point {
        let ratio = self.numerator / self.denominator;
        let odds = if ratio.is_normal() { ratio * f } else { (f.ln() + self.ln_ratio).exp() };
        let (x, y) = if odds > 1.0 {
            (1.0 / (1.0 + 1.0 / odds), 1.0 / odds / (1.0 + 1.0 / odds))
        } else {
            (odds / (1.0 + odds), 1.0 / (1.0 + odds))
        };
        let (a, b) = self.halves();
        let excess = if f > 1.0 { b * ((f - 1.0) / f) * x } else { a * (f - 1.0) * y };
        Point { x, y, excess }
    }

    /// `ln P(F ≤ f)` and `ln P(F > f)`.
    fn log_tails(&self, f: f64) -> (f64, f64) {
        if f.is_nan() {
            return (f, f);
        }
        if f <= 0.0 {
            return (f64::NEG_INFINITY, 0.0);
        }
        if f == f64::INFINITY {
            return (0.0, f64::NEG_INFINITY);
        }
        let (a, b) = self.halves();
        let ln_odds = f.ln() + self.ln_ratio;
        if ln_odds < -650.0 {
            let log_p = log_first_term(a, b, ln_odds).min(0.0);
            (log_p, log1mexp(log_p))
        } else if ln_odds > 650.0 {
            let log_q = log_first_term(b, a, -ln_odds).min(0.0);
            (log1mexp(log_q), log_q)
        } else {
            special::log_tails(a, b, self.point(f))
        }
    }

    /// The number with these logarithms of tail probabilities.
    fn with_tails(&self, log_p: f64, log_q: f64) -> f64 {
        let (a, b) = self.halves();
        let (x, y) = special::log_beta_inc_inverse(a, b, log_p, log_q);
        // Beyond the range of x or y the first term of the series is all.
        let ln_odds = if x < 1e-280 {
            (log_p - log_first_term(a, b, 0.0)) / a
        } else if y < 1e-280 {
            (log_first_term(b, a, 0.0) - log_q) / b
        } else {
            return x / y * (self.denominator / self.numerator);
        };
        (ln_odds - self.ln_ratio).exp()
    }
}

impl Univariate for FisherF {
    fn support(&self) -> Support {
        Support::interval(0.0, f64::INFINITY)
    }

    fn log_prob(&self, f: f64) -> f64 {
        if f.is_nan() {
            return f64::NAN;
        }
        if f < 0.0 || f == f64::INFINITY {
            return f64::NEG_INFINITY;
        }
        let (a, b) = self.halves();
        if f == 0.0 {
            return if a < 1.0 {
                f64::INFINITY
            } else if a == 1.0 {
                0.0
            } else {
                f64::NEG_INFINITY
            };
        }
        if a.min(b) > 3.0 {
            let power = self.point(f).log_power_below(self.log_peak, a, b);
            if power.is_finite() {
                return power - f.ln();
            }
        }
        // Exact where an exponent is 0; ln(1 + m f / n) from the side where the quotient is small.
        let odds = self.numerator / self.denominator * f;
        if odds <= 1.0 {
            let rest = (a + b) * odds.ln_1p();
            a * self.ln_ratio + (a - 1.0) * f.ln() - rest - self.ln_beta
        } else {
            let rest = (a + b) * (1.0 / odds).ln_1p();
            -b * self.ln_ratio - (b + 1.0) * f.ln() - rest - self.ln_beta
        }
    }

    fn log_cdf(&self, f: f64) -> f64 {
        self.log_tails(f).0
    }

    fn log_sf(&self, f: f64) -> f64 {
        self.log_tails(f).1
    }

    fn quantile(&self, p: f64) -> f64 {
        self.with_tails(p.ln(), (-p).ln_1p())
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.with_tails((-q).ln_1p(), q.ln())
    }

    /// `n / (n − 2)`; infinite up to 2 degrees of the denominator.
    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::one_by_one(self, out, lanes);
    }

    fn mean(&self) -> f64 {
        let n = self.denominator;
        if n > 2.0 { n / (n - 2.0) } else { f64::INFINITY }
    }

    /// `2 n² (m + n − 2) / (m (n − 2)² (n − 4))`; infinite up to 4 degrees of the denominator.
    fn variance(&self) -> f64 {
        let (m, n) = (self.numerator, self.denominator);
        if n > 4.0 {
            2.0 * self.mean() * self.mean() / m * ((m + n - 2.0) / (n - 4.0))
        } else {
            f64::INFINITY
        }
    }

    fn mode(&self) -> f64 {
        let (m, n) = (self.numerator, self.denominator);
        if m > 2.0 { (m - 2.0) / m * (n / (n + 2.0)) } else { 0.0 }
    }

    /// That of the beta number `x`, plus the mean of `ln(df/dx)`.
    fn entropy(&self) -> f64 {
        let (a, b) = self.halves();
        beta::entropy(a, b) + 2.0 * (digamma(a + b) - digamma(b)) - self.ln_ratio
    }
}

impl Distribution<f64> for FisherF {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let (a, b) = self.halves();
        let ln_odds = log_gamma_draw(a, rng) - log_gamma_draw(b, rng);
        // Few degrees reach beyond the largest number; every draw is a number of the support.
        (ln_odds - self.ln_ratio).exp().min(f64::MAX)
    }
}
