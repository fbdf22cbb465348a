//! Student's law: `p(x) = (1 + z²/ν)^(−(ν+1)/2) / (s √ν B(ν/2, ½))` with `z = (x − location) / s`.

use std::f64::consts::LN_2;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::beta::log_gamma_draw;
use super::{Support, Univariate, parameters, scaled};
use crate::Error;
use crate::slices::{self, Lanes};
use crate::special::{self, Point, digamma_error, log_first_term};

/// Student's law with its degrees of freedom, shifted and scaled. With 1 degree it is the Cauchy law, with
/// many it tends to the normal law.
///
/// ```
/// use prob_core::{StudentT, Univariate};
///
/// let law = StudentT::new(4.0, 1.0, 2.0)?;
/// assert_eq!(law.cdf(1.0), 0.5);
/// // The tail falls as a power, P(T > t) ≈ 3 / t⁴, and goes on as a logarithm.
/// let far = StudentT::standard(4.0)?.log_sf(1e100);
/// assert!((far - (3f64.ln() - 400.0 * 10f64.ln())).abs() < 1e-12);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct StudentT {
    degrees: f64,
    location: f64,
    scale: f64,
    log_norm: f64,
}

parameters::law_of_parameters!(StudentT { degrees: f64, location: f64, scale: f64 });

impl StudentT {
    /// The law of `location + scale · T`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the location is finite, degrees and scale are positive and finite.
    pub fn new(degrees: f64, location: f64, scale: f64) -> Result<Self, Error> {
        let degrees = parameters::degrees("student-t", "number of degrees", degrees)?;
        let location = parameters::finite("student-t", "location", location)?;
        let scale = parameters::positive("student-t", "scale", scale)?;
        let log_norm = -special::ln_beta(0.5 * degrees, 0.5) - 0.5 * degrees.ln() - scale.ln();
        Ok(Self { degrees, location, scale, log_norm })
    }

    /// The law of `T` itself: location 0, scale 1.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the degrees are positive (1e-323 or more) and finite.
    pub fn standard(degrees: f64) -> Result<Self, Error> {
        Self::new(degrees, 0.0, 1.0)
    }

    /// The degrees of freedom: the power by which the tails fall.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The centre.
    #[must_use]
    pub fn location(&self) -> f64 {
        self.location
    }

    /// The unit of the spread; not the standard deviation.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    fn z(&self, x: f64) -> f64 {
        if x.is_infinite() { x } else { (x - self.location) / self.scale }
    }

    /// `ln P(T > z)`.
    fn log_upper(&self, z: f64) -> f64 {
        let (log_outside, _) = log_sides(self.degrees, z.abs());
        if z < 0.0 { (-0.5 * log_outside.exp()).ln_1p() } else { log_outside - LN_2 }
    }
}

/// `ln P(|T| > t)` and `ln P(|T| ≤ t)` for `t ≥ 0`: the incomplete beta function at
/// `x = ν / (ν + t²)`, `y = t² / (ν + t²)`.
fn log_sides(degrees: f64, t: f64) -> (f64, f64) {
    let (a, b) = (0.5 * degrees, 0.5);
    let root = t / degrees.sqrt();
    if t.is_nan() || t == 0.0 || t == f64::INFINITY {
        return match t {
            0.0 => (0.0, f64::NEG_INFINITY),
            f64::INFINITY => (f64::NEG_INFINITY, 0.0),
            _ => (t, t),
        };
    }
    if root > 1e15 {
        // x is ν/t² to rounding, which may be below all numbers.
        let log_outside = log_first_term(a, b, -2.0 * (t.ln() - 0.5 * degrees.ln())).min(0.0);
        return (log_outside, crate::logspace::log1mexp(log_outside));
    }
    if t < 1e-20 && root < 1e-15 {
        let log_inside = log_first_term(b, a, 2.0 * (t.ln() - 0.5 * degrees.ln())).min(0.0);
        return (crate::logspace::log1mexp(log_inside), log_inside);
    }
    let odds = root * root;
    let x = 1.0 / (1.0 + odds);
    let excess = 0.5 * x * ((1.0 - t) * (1.0 + t));
    special::log_tails(a, b, Point { x, y: odds / (1.0 + odds), excess })
}

/// The `t ≥ 0` with `P(|T| > t) = outside` and `P(|T| ≤ t) = inside`.
fn from_sides(degrees: f64, outside: f64, inside: f64) -> f64 {
    let (a, b) = (0.5 * degrees, 0.5);
    // From the smaller one, which has the digits.
    let log_outside = if inside < 0.5 { (-inside).ln_1p() } else { outside.ln() };
    if log_outside < log_first_term(a, b, -70.0) {
        let ln_x = (log_outside - log_first_term(a, b, 0.0)) / a;
        return (0.5 * (degrees.ln() - ln_x)).exp();
    }
    let (x, y) = special::log_beta_inc_inverse(a, b, log_outside, inside.ln());
    degrees.sqrt() * (y / x).sqrt()
}

/// The `t` with `P(T ≤ t) = p`; NaN outside `[0, 1]`.
fn standard_quantile(degrees: f64, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let t = from_sides(degrees, 2.0 * p.min(1.0 - p), (2.0 * (p - 0.5)).abs());
    if p < 0.5 { -t } else { t }
}

impl Univariate for StudentT {
    fn support(&self) -> Support {
        Support::interval(f64::NEG_INFINITY, f64::INFINITY)
    }

    fn log_prob(&self, x: f64) -> f64 {
        let root = self.z(x).abs() / self.degrees.sqrt();
        let ln_sum = if root > 1e100 {
            // In parts: the distance or its quotients may have overflowed.
            let ln_scale = self.scale.ln() + 0.5 * self.degrees.ln();
            2.0 * (scaled::log_distance(x, self.location) - ln_scale)
        } else {
            (root * root).ln_1p()
        };
        self.log_norm - 0.5 * (self.degrees + 1.0) * ln_sum
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_upper(-self.z(x))
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_upper(self.z(x))
    }

    fn quantile(&self, p: f64) -> f64 {
        self.location + self.scale * standard_quantile(self.degrees, p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.location - self.scale * standard_quantile(self.degrees, q)
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let (peak, power) = (self.log_prob(self.location), -0.5 * (self.degrees + 1.0));
        // Beyond, the square may overflow.
        let reach = 1e100 * self.degrees.sqrt().min(1.0) * self.scale;
        let ends = slices::around(self.location, reach);
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            #[inline(always)]
            |x| (x - self.location) / self.scale,
            #[inline(always)]
            |_, z| peak + power * slices::ln_1p(z * z / self.degrees),
        );
    }

    /// By the polar form (Bailey 1994): `√(ν (u^(−2/ν) − 1)) cos 2πv`.
    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        // Outside, the power overflows or loses its digits.
        if !(0.5..1e5).contains(&self.degrees) {
            return slices::one_by_one(self, out, lanes);
        }
        let mut cosine = [0.0; slices::BLOCK];
        for out in out.chunks_mut(slices::BLOCK) {
            let cosine = &mut cosine[..out.len()];
            lanes.fill_unit(cosine);
            slices::each_mut(
                cosine,
                #[inline(always)]
                |v| slices::circle(v).0,
            );
            slices::draws::exponential(out, lanes);
            slices::each_mut(
                out,
                #[inline(always)]
                |unit| (self.degrees * (slices::exp(2.0 * unit / self.degrees) - 1.0)).sqrt(),
            );
            for (x, cosine) in out.iter_mut().zip(cosine) {
                *x = (self.location + self.scale * *x * *cosine).clamp(f64::MIN, f64::MAX);
            }
        }
    }

    fn mean(&self) -> f64 {
        if self.degrees > 1.0 { self.location } else { f64::NAN }
    }

    fn variance(&self) -> f64 {
        if self.degrees > 2.0 {
            self.scale * self.scale * (self.degrees / (self.degrees - 2.0))
        } else if self.degrees > 1.0 {
            f64::INFINITY
        } else {
            f64::NAN
        }
    }

    fn mode(&self) -> f64 {
        self.location
    }

    /// `(ν+1)/2 · (ψ((ν+1)/2) − ψ(ν/2)) − ln of the density at the centre`.
    fn entropy(&self) -> f64 {
        let a = 0.5 * self.degrees;
        let rise =
            (0.5 / a).ln_1p() + 0.25 / (a + 0.5) / a + digamma_error(a) - digamma_error(a + 0.5);
        (a + 0.5) * rise - self.log_norm
    }
}

impl Distribution<f64> for StudentT {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let a = 0.5 * self.degrees;
        let z: f64 = StandardNormal.sample(rng);
        let stretch = (0.5 * (a.ln() - log_gamma_draw(a, rng))).exp();
        // Few degrees reach beyond the largest number; every draw is a number of the support.
        (self.location + self.scale * (z * stretch)).clamp(f64::MIN, f64::MAX)
    }
}
