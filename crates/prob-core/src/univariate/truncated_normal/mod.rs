//! The normal law on an interval: `p(x) ∝ exp(−(x − μ)² / 2σ²)` for `lower ≤ x ≤ upper`.

mod segment;

use rand::Rng;
use rand_distr::{Distribution, Open01};
use serde::{Deserialize, Serialize};

use self::segment::Segment;
use super::{Support, Univariate, parameters};
use crate::{Error, special::Tail};

/// The law of a normal number with mean `location` and standard deviation `scale` that is known to
/// lie between `lower` and `upper`.
///
/// The interval may be as far from the location and as narrow as floating-point numbers allow: all
/// is computed relative to the end that is nearest to the location.
///
/// ```
/// use prob_core::{TruncatedNormal, Univariate};
///
/// // Forty standard deviations out the law is almost exponential with rate 40.
/// let far = TruncatedNormal::new(0.0, 1.0, 40.0, f64::INFINITY)?;
/// assert!((far.mean() - 40.024968847).abs() < 1e-8);
/// assert!((far.log_sf(41.0) + 40.5).abs() < 0.03);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct TruncatedNormal {
    location: f64,
    scale: f64,
    lower: f64,
    upper: f64,
    ln_scale: f64,
    /// The number that `t = 0` of the segment stands for.
    origin: f64,
    /// −1 where `t` grows to the left.
    direction: f64,
    segment: Segment,
}

parameters::law_of_parameters!(TruncatedNormal {
    location: f64,
    scale: f64,
    lower: f64,
    upper: f64
});

impl TruncatedNormal {
    /// The law `N(location, scale²)` given `lower ≤ x ≤ upper`; an end may be infinite.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the location is finite, the scale positive and finite, `lower` below
    /// `upper`, and the distances of finite ends from the location, in scales, floating-point numbers.
    pub fn new(location: f64, scale: f64, lower: f64, upper: f64) -> Result<Self, Error> {
        const LAW: &str = "truncated normal";
        let location = parameters::finite(LAW, "location", location)?;
        let scale = parameters::positive(LAW, "scale", scale)?;
        if lower.is_nan() || lower == f64::INFINITY {
            return parameters::refuse(LAW, "lower end", lower, "a number or -infinity");
        }
        if upper.is_nan() || upper <= lower {
            return parameters::refuse(LAW, "upper end", upper, "above the lower end");
        }
        let (origin, direction) = if lower >= location {
            (lower, 1.0)
        } else if upper <= location {
            (upper, -1.0)
        } else {
            (location, 1.0)
        };
        let c = (origin - location).abs() / scale;
        let (start, end) = if direction > 0.0 {
            ((lower - origin) / scale, (upper - origin) / scale)
        } else {
            (0.0, (origin - lower) / scale)
        };
        if !(c < 1e300 && start < end) {
            return parameters::refuse(LAW, "scale", scale, "within 1e±300 of the ends' distances");
        }
        let segment = Segment::new(c, start, end);
        Ok(Self { location, scale, lower, upper, ln_scale: scale.ln(), origin, direction, segment })
    }

    /// The mean of the law before it is cut.
    #[must_use]
    pub fn location(&self) -> f64 {
        self.location
    }

    /// The standard deviation of the law before it is cut.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The lower end.
    #[must_use]
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The upper end.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// Where `x` is in the segment.
    fn t(&self, x: f64) -> f64 {
        self.direction * (x - self.origin) / self.scale
    }

    fn x(&self, t: f64) -> f64 {
        self.origin + self.direction * self.scale * t
    }

    /// The logarithms of `P(X ≤ x)` and `P(X > x)`.
    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            return (f64::NAN, f64::NAN);
        }
        if x <= self.lower {
            return (f64::NEG_INFINITY, 0.0);
        }
        if x >= self.upper {
            return (0.0, f64::NEG_INFINITY);
        }
        let (left, right) = ((x - self.lower) / self.scale, (self.upper - x) / self.scale);
        let (gone, rest) = if self.direction > 0.0 { (left, right) } else { (right, left) };
        let (below, above) = self.segment.log_tails_from(self.t(x), gone, rest);
        if self.direction > 0.0 { (below, above) } else { (above, below) }
    }

    fn quantile_of_tail(&self, p: f64, tail: Tail) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return f64::NAN;
        }
        if p == 0.0 || p == 1.0 {
            return if (p == 0.0) == (tail == Tail::Lower) { self.lower } else { self.upper };
        }
        let along =
            if (self.direction > 0.0) == (tail == Tail::Lower) { Tail::Lower } else { Tail::Upper };
        let x = match self.segment.distance(p, along) {
            Some(distance) if tail == Tail::Lower => self.lower + self.scale * distance,
            Some(distance) => self.upper - self.scale * distance,
            None => self.x(self.segment.quantile(p, along)),
        };
        x.max(self.lower).min(self.upper)
    }
}

impl Univariate for TruncatedNormal {
    fn support(&self) -> Support {
        Support::interval(self.lower, self.upper)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            f64::NAN
        } else if self.support().contains(x) {
            self.segment.log_density(self.t(x)) - self.ln_scale
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
        self.quantile_of_tail(p, Tail::Lower)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.quantile_of_tail(q, Tail::Upper)
    }

    fn mean(&self) -> f64 {
        self.x(self.segment.mean())
    }

    fn variance(&self) -> f64 {
        let mean = self.segment.mean();
        let scaled = self.segment.expectation(|t| (t - mean) * (t - mean));
        scaled * self.scale * self.scale
    }

    fn mode(&self) -> f64 {
        self.location.max(self.lower).min(self.upper)
    }

    fn entropy(&self) -> f64 {
        self.ln_scale - self.segment.expectation(|t| self.segment.log_density(t))
    }
}

impl Distribution<f64> for TruncatedNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.quantile(Open01.sample(rng))
    }
}
