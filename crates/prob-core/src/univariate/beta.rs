//! The beta law on the unit interval: `p(x) = x^(α−1) (1 − x)^(β−1) / B(α, β)`.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters};
use crate::slices::{self, Lanes};
use crate::special::{self, Point};
use crate::{Error, special::digamma_error};

/// The beta law with shapes `alpha` and `beta`: the law of a probability after `alpha − 1` successes and
/// `beta − 1` failures, when all were equally likely before.
///
/// ```
/// use prob_core::{Beta, Univariate};
///
/// let law = Beta::new(2.0, 3.0)?;
/// assert_eq!(law.mean(), 0.4);
/// assert!((law.cdf(0.4) - 0.5248).abs() < 1e-15);
/// // P(X > x) = 1 − x⁴⁰: nothing is lost next to 1.
/// assert!((Beta::new(40.0, 1.0)?.log_sf(1e-3) / -1e-120 - 1.0).abs() < 1e-13);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Beta {
    alpha: f64,
    beta: f64,
    ln_beta: f64,
    log_peak: f64,
}

parameters::law_of_parameters!(Beta { alpha: f64, beta: f64 });

impl Beta {
    /// The law with density `∝ x^(alpha − 1) (1 − x)^(beta − 1)`.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both shapes are positive and finite, and so is their
    /// sum.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, Error> {
        let alpha = parameters::positive("beta", "shape alpha", alpha)?;
        let beta = parameters::positive("beta", "shape beta", beta)?;
        if !(alpha + beta).is_finite() {
            let needed = "of a finite sum with shape alpha";
            return parameters::refuse("beta", "shape beta", beta, needed);
        }
        let (ln_beta, log_peak) = (special::ln_beta(alpha, beta), special::log_peak(alpha, beta));
        Ok(Self { alpha, beta, ln_beta, log_peak })
    }

    /// The exponent of `x`, plus one.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The exponent of `1 − x`, plus one.
    #[must_use]
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// `ln P(X ≤ x)` and `ln P(X > x)`.
    fn log_tails(&self, x: f64) -> (f64, f64) {
        let x = if x.is_nan() { x } else { x.clamp(0.0, 1.0) };
        special::log_beta_inc(self.alpha, self.beta, x, 1.0 - x)
    }
}

impl Univariate for Beta {
    fn support(&self) -> Support {
        Support::interval(0.0, 1.0)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            return f64::NAN;
        }
        if !(0.0..=1.0).contains(&x) {
            return f64::NEG_INFINITY;
        }
        let (a, b) = (self.alpha, self.beta);
        if x == 0.0 || x == 1.0 {
            // Only the shape of this end counts; with 1 the density is the other shape.
            let (here, there) = if x == 0.0 { (a, b) } else { (b, a) };
            return if here < 1.0 {
                f64::INFINITY
            } else if here == 1.0 {
                there.ln()
            } else {
                f64::NEG_INFINITY
            };
        }
        let ln_y = if x < 0.5 { (-x).ln_1p() } else { (1.0 - x).ln() };
        if a.min(b) <= 3.0 {
            // Exact where a shape is 1.
            return (a - 1.0) * x.ln() + (b - 1.0) * ln_y - self.ln_beta;
        }
        Point::new(a, b, x, 1.0 - x).log_power_below(self.log_peak, a, b) - x.ln() - ln_y
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        special::log_beta_inc_inverse(self.alpha, self.beta, p.ln(), (-p).ln_1p()).0
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        special::log_beta_inc_inverse(self.alpha, self.beta, (-q).ln_1p(), q.ln()).0
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        let (a, b) = (self.alpha, self.beta);
        // Large shapes need the saddle point.
        let ends = if a.max(b) < 20.0 { (0.0, 1.0) } else { (1.0, 1.0) };
        slices::log_prob_between(
            self,
            ends,
            x,
            out,
            slices::ln,
            #[inline(always)]
            |x, ln| (a - 1.0) * ln + (b - 1.0) * slices::ln_1p(-x) - self.ln_beta,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        if self.alpha.min(self.beta) < slices::draws::SMALLEST_SHAPE {
            return slices::one_by_one(self, out, lanes);
        }
        let mut other = [0.0; slices::BLOCK];
        for out in out.chunks_mut(slices::BLOCK) {
            let other = &mut other[..out.len()];
            slices::draws::gamma(self.alpha, out, lanes);
            slices::draws::gamma(self.beta, other, lanes);
            out.iter_mut().zip(other).for_each(|(x, y)| *x /= *x + *y);
        }
    }

    fn mean(&self) -> f64 {
        1.0 / (1.0 + self.beta / self.alpha)
    }

    fn variance(&self) -> f64 {
        self.mean() / (1.0 + self.alpha / self.beta) / (1.0 + self.alpha + self.beta)
    }

    fn mode(&self) -> f64 {
        let (a, b) = (self.alpha, self.beta);
        if a > 1.0 && b > 1.0 {
            (a - 1.0) / (a - 1.0 + (b - 1.0))
        } else if a > 1.0 || (a == 1.0 && b < 1.0) {
            1.0
        } else {
            0.0
        }
    }

    fn entropy(&self) -> f64 {
        entropy(self.alpha, self.beta)
    }
}

/// `ln B(a, b) − (a − 1)(ψ(a) − ψ(n)) − (b − 1)(ψ(b) − ψ(n))`, `n = a + b`, with the leading terms of `ψ`
/// and of Stirling's formula taken off, which would cancel for large shapes.
pub(super) fn entropy(a: f64, b: f64) -> f64 {
    let n = a + b;
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    let shares = (a / n).ln() + (b / n).ln();
    let scale = 0.5 * ((2.0 * std::f64::consts::PI).ln() - (small / (1.0 + small / large)).ln());
    let rest = special::stirling_error(a) + special::stirling_error(b) - special::stirling_error(n);
    let halves = 0.5 * ((a - 1.0) * (b / n) / a + (b - 1.0) * (a / n) / b);
    let of_n = digamma_error(n);
    shares
        + scale
        + rest
        + halves
        + (a - 1.0) * (digamma_error(a) - of_n)
        + (b - 1.0) * (digamma_error(b) - of_n)
}

/// The logarithm of a gamma number of rate 1: `ln G(a + 1) + ln(U) / a` below shape 1, where the number
/// itself may be below all floating-point numbers (Stuart's theorem).
pub(super) fn log_gamma_draw<R: Rng + ?Sized>(shape: f64, rng: &mut R) -> f64 {
    let raised = if shape < 1.0 { shape + 1.0 } else { shape };
    let draw = match rand_distr::Gamma::new(raised, 1.0) {
        Ok(gamma) => gamma.sample(rng),
        Err(_) => raised, // A shape beyond the sampler's range: no spread is left.
    };
    if shape < 1.0 {
        let e: f64 = Exp1.sample(rng);
        draw.ln() - e / shape
    } else {
        draw.ln()
    }
}

impl Distribution<f64> for Beta {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let usual = self.alpha.min(self.beta) > 0.1 && self.alpha.max(self.beta) < 1e6;
        if usual && let Ok(beta) = rand_distr::Beta::new(self.alpha, self.beta) {
            return beta.sample(rng);
        }
        // The quotient of gamma numbers would be 0/0.
        let odds = log_gamma_draw(self.alpha, rng) - log_gamma_draw(self.beta, rng);
        if odds.is_nan() {
            // Both are below all numbers: so are the shapes, and x is at one of the ends.
            return if rng.random::<f64>() < self.mean() { 1.0 } else { 0.0 };
        }
        crate::logspace::sigmoid(odds)
    }
}

#[cfg(test)]
mod tests {
    use super::Beta;
    use crate::{Error, Univariate};

    #[test]
    fn the_ends_and_the_outside_are_right() {
        let law = |a, b| Beta::new(a, b).unwrap();
        assert_eq!(law(0.5, 2.0).log_prob(0.0), f64::INFINITY);
        assert_eq!(law(1.0, 4.0).prob(0.0), 4.0f64.ln().exp());
        assert_eq!(law(2.0, 1.0).log_prob(0.0), f64::NEG_INFINITY);
        assert!(law(1.0, 1.0).log_prob(1e-300).abs() < 1e-16);
        for x in [-1.0, 1.5, f64::INFINITY] {
            assert_eq!(law(2.0, 3.0).log_prob(x), f64::NEG_INFINITY);
        }
        assert_eq!((law(2.0, 3.0).cdf(-1.0), law(2.0, 3.0).sf(2.0)), (0.0, 0.0));
        assert!(law(2.0, 3.0).log_prob(f64::NAN).is_nan() && law(2.0, 3.0).cdf(f64::NAN).is_nan());
        assert_eq!((law(2.0, 3.0).quantile(0.0), law(2.0, 3.0).quantile(1.0)), (0.0, 1.0));
        assert!(
            law(2.0, 3.0).quantile(1.5).is_nan() && law(2.0, 3.0).upper_quantile(-0.1).is_nan()
        );
    }

    #[test]
    fn bad_parameters_are_named() {
        for (alpha, beta) in [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            let error = Beta::new(alpha, beta).unwrap_err();
            assert!(matches!(error, Error::Parameter { law: "beta", .. }), "{error}");
        }
    }

    #[test]
    fn the_mode_is_where_the_density_is_largest() {
        for (a, b, mode) in [
            (2.0, 3.0, 1.0 / 3.0),
            (1.0, 1.0, 0.0),
            (0.5, 0.5, 0.0),
            (1.0, 0.5, 1.0),
            (1.0, 2.0, 0.0),
            (3.0, 1.0, 1.0),
        ] {
            assert_eq!(Beta::new(a, b).unwrap().mode(), mode);
        }
    }
}
