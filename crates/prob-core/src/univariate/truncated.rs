//! A law of one number, given that the number lies in an interval: `p(x) / P(a ≤ X ≤ b)`.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::search::{smallest_count, smallest_number};
use super::{Support, Univariate, draw, parameters, quadrature};
use crate::{Error, LogDensity, logspace};

/// A law given `lower ≤ X ≤ upper`.
///
/// ```
/// use prob_core::{Normal, Truncated, Univariate};
///
/// let tail = Truncated::new(Normal::standard(), 40.0, f64::INFINITY)?;
/// assert_eq!(tail.cdf(40.0), 0.0);
/// assert!((tail.mean() - 40.024_968_847_2).abs() < 1e-9); // about 40 + 1/40
/// # Ok::<(), prob_core::Error>(())
/// ```
///
/// Probabilities of the interval are differences of the survival function where it lies above the
/// median, of the distribution function where it lies below, of logarithms where these underflow;
/// where such a difference would cancel, the integral of the density over the interval.
///
/// Mean, variance and entropy are sums (counts) or integrals over the quantile function, to about
/// 1e-11; infinite where those of the law are and its heavy tail is kept; NaN where these do not
/// converge otherwise, or the ends agree in more than seven digits. The mode is
/// that of the law, moved into the interval: right for laws with a single peak.
///
/// An infinite end is written as nothing: in JSON `null`, or left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "Parameters<L>",
    into = "Parameters<L>",
    bound(serialize = "L: Clone + Serialize", deserialize = "L: Univariate + Deserialize<'de>")
)]
pub struct Truncated<L> {
    law: L,
    lower: f64,
    upper: f64,
    support: Support,
    /// `P(lower ≤ X ≤ upper)` is `P(before < X ≤ support.upper)`.
    before: f64,
    log_mass: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters<L> {
    law: L,
    #[serde(default)]
    lower: Option<f64>,
    #[serde(default)]
    upper: Option<f64>,
}

impl<L: Univariate> TryFrom<Parameters<L>> for Truncated<L> {
    type Error = Error;

    fn try_from(p: Parameters<L>) -> Result<Self, Error> {
        let (lower, upper) = (f64::NEG_INFINITY, f64::INFINITY);
        Self::new(p.law, p.lower.unwrap_or(lower), p.upper.unwrap_or(upper))
    }
}

impl<L> From<Truncated<L>> for Parameters<L> {
    fn from(law: Truncated<L>) -> Self {
        let finite = |end: f64| end.is_finite().then_some(end);
        Self { law: law.law, lower: finite(law.lower), upper: finite(law.upper) }
    }
}

impl<L: Univariate> Truncated<L> {
    /// The law given that its number is from `lower` to `upper`, which may be infinite; for counts
    /// both ends are included.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an end that is NaN or for ends out of order,
    /// [`Error::NothingBetween`] if the interval has probability 0.
    pub fn new(law: L, lower: f64, upper: f64) -> Result<Self, Error> {
        for (what, end) in [("lower end", lower), ("upper end", upper)] {
            if end.is_nan() {
                return parameters::refuse("truncated law", what, end, "a number");
            }
        }
        if lower > upper {
            let needed = "at least the lower end";
            return parameters::refuse("truncated law", "upper end", upper, needed);
        }
        let whole = law.support();
        let mut support = Support {
            lower: lower.max(whole.lower),
            upper: upper.min(whole.upper),
            discrete: whole.discrete,
        };
        let mut before = support.lower;
        if support.discrete {
            support.lower = support.lower.ceil();
            support.upper = support.upper.floor();
            // The whole number before; where they are further apart than 1, the next one.
            before = (support.lower - 1.0).min(support.lower.next_down());
        }
        let log_mass = log_between(&law, before, support.upper);
        if log_mass > f64::NEG_INFINITY {
            Ok(Self { law, lower, upper, support, before, log_mass })
        } else {
            Err(Error::NothingBetween { lower, upper })
        }
    }

    /// The law without the condition.
    #[must_use]
    pub fn law(&self) -> &L {
        &self.law
    }

    /// The lower end of the interval, `−∞` where there is none.
    #[must_use]
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The upper end of the interval, `∞` where there is none.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// `ln P(lower ≤ X ≤ upper)` under the law without the condition.
    #[must_use]
    pub fn log_mass(&self) -> f64 {
        self.log_mass
    }

    /// `ln P(X ≤ x)` and `ln P(X > x)`, each computed by itself where it is the smaller one.
    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            return (f64::NAN, f64::NAN);
        }
        if x <= self.before {
            return (f64::NEG_INFINITY, 0.0);
        }
        if x >= self.support.upper {
            return (0.0, f64::NEG_INFINITY);
        }
        let below = (log_between(&self.law, self.before, x) - self.log_mass).min(0.0);
        let above = (log_between(&self.law, x, self.support.upper) - self.log_mass).min(0.0);
        if below < above {
            (below, logspace::log1mexp(below))
        } else {
            (logspace::log1mexp(above), above)
        }
    }

    /// The quantile with `p` below and `q = 1 − p` above, through the quantiles of the law.
    fn inner_quantile(&self, p: f64, q: f64) -> f64 {
        let mass = self.log_mass.exp();
        let below = self.law.cdf(self.before) + p * mass;
        let above = self.law.sf(self.support.upper) + q * mass;
        let x =
            if above < below { self.law.upper_quantile(above) } else { self.law.quantile(below) };
        x.max(self.support.lower).min(self.support.upper)
    }

    /// The quantile; `enough` says whether a number is not below it.
    /// Mean and variance: infinite where those of the whole law are and the tail is kept that makes
    /// them so.
    fn moments(&self) -> (f64, f64) {
        const INF: f64 = f64::INFINITY;
        let Support { lower, upper, .. } = self.support;
        let whole = self.law.mean();
        if (whole == INF && upper == INF) || (whole == -INF && lower == -INF) {
            return (whole, INF);
        }
        let (mean, variance) = quadrature::mean_and_variance(self);
        let endless = lower == -INF || upper == INF;
        let diverges = whole.is_finite() && endless && self.law.variance() == INF;
        (mean, if diverges && variance.is_nan() { INF } else { variance })
    }

    fn solve(&self, p: f64, q: f64, enough: impl Fn(f64) -> bool) -> f64 {
        let Support { lower, upper, discrete } = self.support;
        if discrete {
            smallest_count(self.inner_quantile(p, q), lower, upper, enough)
        } else if self.log_mass > SMALLEST.ln() && p.min(q) > SMALLEST {
            self.inner_quantile(p, q)
        } else {
            // Probabilities that underflow have no quantile: by their logarithms.
            smallest_number(lower, upper, enough)
        }
    }
}

/// Above this a probability has all its digits, and a sum of some too.
const SMALLEST: f64 = 1e-290;

/// Below this part of the tail a difference has lost two digits.
const NARROW: f64 = 0.03;

/// `ln P(a < X ≤ b)`: a difference in the nearer tail, or the integral of the density where the
/// difference would cancel.
fn log_between<L: Univariate>(law: &L, a: f64, b: f64) -> f64 {
    if a >= b {
        return f64::NEG_INFINITY;
    }
    // What of the tail (probability `whole`, its logarithm) is not beyond the interval.
    let (log_whole, part);
    if law.sf(a) < 0.5 {
        (log_whole, part) = tail(law.sf(a), law.sf(b), || (law.log_sf(a), law.log_sf(b)));
    } else if law.cdf(b) < 0.5 {
        (log_whole, part) = tail(law.cdf(b), law.cdf(a), || (law.log_cdf(b), law.log_cdf(a)));
    } else {
        (log_whole, part) = (0.0, (0.5 - law.cdf(a)) + (0.5 - law.sf(b)));
    }
    if part < NARROW && part > 0.0 {
        let doubt = 8.0 * f64::EPSILON * log_whole.abs().max(1.0);
        let summed = summed(law, a, b, log_whole);
        if (summed - part).abs() <= doubt {
            return log_whole + summed.ln();
        }
    }
    log_whole + part.ln()
}

/// The logarithm of a tail and the part of it that is not in the smaller tail `beyond`.
fn tail(whole: f64, beyond: f64, logs: impl FnOnce() -> (f64, f64)) -> (f64, f64) {
    if whole > SMALLEST {
        (whole.ln(), (whole - beyond) / whole)
    } else {
        let (log_whole, log_beyond) = logs();
        if log_whole == f64::NEG_INFINITY {
            return (log_whole, 0.0);
        }
        (log_whole, -(log_beyond - log_whole).exp_m1())
    }
}

/// `P(a < X ≤ b)` in units of `e^unit`, by adding up the density; NaN where that is not accurate.
fn summed<L: Univariate>(law: &L, a: f64, b: f64, unit: f64) -> f64 {
    let density = |x: f64| (law.log_prob(x) - unit).exp();
    if !law.support().discrete {
        let piece = quadrature::kronrod(&|x| (density(x), density(x)), a, b);
        return if piece.error <= 1e-12 * piece.integral { piece.integral } else { f64::NAN };
    }
    let (first, last) = (a.floor() + 1.0, b.floor());
    if last - first < 64.0 {
        (0..=(last - first) as u64).map(|i| density(first + i as f64)).sum()
    } else {
        f64::NAN
    }
}

impl<L: Univariate> Univariate for Truncated<L> {
    fn support(&self) -> Support {
        self.support
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if self.support.contains(x) {
            self.law.log_prob(x) - self.log_mass
        } else {
            f64::NEG_INFINITY
        }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            f64::NAN
        } else if p == 0.0 {
            self.support.lower
        } else if p == 1.0 {
            self.support.upper
        } else if self.support.discrete {
            self.solve(p, 1.0 - p, |x| self.cdf(x) >= p)
        } else {
            let log_p = p.ln();
            self.solve(p, 1.0 - p, |x| self.log_cdf(x) >= log_p)
        }
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            f64::NAN
        } else if q == 0.0 {
            self.support.upper
        } else if q == 1.0 {
            self.support.lower
        } else if self.support.discrete {
            self.solve(1.0 - q, q, |x| self.sf(x) <= q)
        } else {
            let log_q = q.ln();
            self.solve(1.0 - q, q, |x| self.log_sf(x) <= log_q)
        }
    }

    fn mean(&self) -> f64 {
        self.moments().0
    }

    fn variance(&self) -> f64 {
        self.moments().1
    }

    fn mode(&self) -> f64 {
        self.law.mode().max(self.support.lower).min(self.support.upper)
    }

    fn entropy(&self) -> f64 {
        quadrature::entropy(self)
    }
}

impl<L: Univariate> LogDensity<f64> for Truncated<L> {
    fn log_density(&self, x: &f64) -> f64 {
        self.log_prob(*x)
    }
}

impl<L: Univariate> Distribution<f64> for Truncated<L> {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        draw::by_quantile(self, rng).clamp(f64::MIN, f64::MAX)
    }
}
