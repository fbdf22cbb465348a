//! The gamma law of rate 1, which gamma, inverse gamma, chi-square and Maxwell–Boltzmann laws share.

use rand::Rng;
use rand_distr::Distribution;

use super::parameters;
use crate::{
    Error,
    logspace::log1mexp,
    special::{
        deviance, digamma, gamma_p_inverse, gamma_q_inverse, ln_gamma, ln_gamma_1p,
        ln_minus_digamma, log_gamma_pq, log_poisson, log_poisson_scale, stirling_error,
    },
};

/// The law with density `x^(a−1) e^−x / Γ(a)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct UnitGamma {
    shape: f64,
    ln_shape: f64,
    /// The logarithm of the factor of the density that does not depend on `x`; see
    /// [`log_density`](Self::log_density).
    log_norm: f64,
    sampler: rand_distr::Gamma<f64>,
}

/// A point by what survives of it when it is a product or a quotient of floating-point numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// The point, rounded.
    pub x: f64,
    /// What rounding took away.
    pub lost: f64,
    /// `ln x`, also where `x` is below or above the range of numbers.
    pub ln: f64,
}

impl Point {
    /// The product `a b` of positive numbers.
    pub fn product(a: f64, b: f64) -> Self {
        let x = a * b;
        if x.is_normal() {
            Self { x, lost: a.mul_add(b, -x), ln: x.ln() }
        } else {
            Self { x, lost: 0.0, ln: a.ln() + b.ln() }
        }
    }

    /// The quotient `a / b` of positive numbers.
    pub fn quotient(a: f64, b: f64) -> Self {
        let x = a / b;
        if x.is_normal() && (x * b).is_normal() {
            Self { x, lost: -x.mul_add(b, -a) / b, ln: x.ln() }
        } else {
            Self { x, lost: 0.0, ln: a.ln() - b.ln() }
        }
    }
}

/// From this shape on the rounding of the point is felt in the probabilities: they change by their
/// order where `x` changes by a part `1 / √shape`.
const LARGE: f64 = 1e3;

impl UnitGamma {
    /// The law of a positive, finite shape; an error of `law` for its parameter `what` otherwise.
    pub fn new(law: &'static str, what: &'static str, shape: f64) -> Result<Self, Error> {
        parameters::positive(law, what, shape)?;
        let Ok(sampler) = rand_distr::Gamma::new(shape, 1.0) else {
            return parameters::refuse(law, what, shape, "positive and finite");
        };
        let log_norm = if shape < 2.0 { -ln_gamma(shape) } else { -log_poisson_scale(shape - 1.0) };
        Ok(Self { shape, ln_shape: shape.ln(), log_norm, sampler })
    }

    /// `ln p(x)`: for shapes from 2 on the Poisson probability of `shape − 1` at rate `x`, by its
    /// deviance, which has no large terms that cancel.
    pub fn log_density(&self, at: Point) -> f64 {
        let power = self.shape - 1.0;
        if at.x == f64::INFINITY {
            return f64::NEG_INFINITY;
        }
        if self.shape < 2.0 {
            let powers = if power == 0.0 { 0.0 } else { power * at.ln };
            return powers - at.x + self.log_norm;
        }
        if !at.x.is_normal() {
            return power * at.ln - at.x - ln_gamma(self.shape);
        }
        let density = self.log_norm - deviance(power, at.x);
        if self.shape < LARGE { density } else { density + (power - at.x) * (at.lost / at.x) }
    }

    /// `(ln P(X ≤ x), ln P(X > x))`.
    pub fn log_tails(&self, at: Point) -> (f64, f64) {
        if at.x < f64::MIN_POSITIVE {
            // The power law is exact here, and goes on where x does not.
            let lower = self.shape * at.ln - ln_gamma_1p(self.shape);
            return (lower, log1mexp(lower));
        }
        let (lower, upper) = log_gamma_pq(self.shape, at.x);
        if self.shape < LARGE || at.lost == 0.0 || at.x.is_infinite() {
            return (lower, upper);
        }
        // x p(x) times the relative change of x, in the tail's own terms.
        let log_density = log_poisson(self.shape, at.x) + self.ln_shape;
        let change = |log_tail: f64| {
            let change = (log_density - log_tail).exp() * (at.lost / at.x);
            if change.is_finite() { change } else { 0.0 }
        };
        // To first order, in the smaller tail: the other one is what remains.
        if lower < upper {
            let lower = (lower + change(lower)).min(0.0);
            (lower, log1mexp(lower))
        } else {
            let upper = (upper - change(upper)).min(0.0);
            (log1mexp(upper), upper)
        }
    }

    pub fn quantile(&self, p: f64) -> f64 {
        gamma_p_inverse(self.shape, p)
    }

    pub fn upper_quantile(&self, q: f64) -> f64 {
        gamma_q_inverse(self.shape, q)
    }

    /// `a + ln Γ(a) + (1 + s − a) ψ(a)`, which is `−E[ln p(X)] + s E[ln X]`: the entropy for `s = 0`, that
    /// of a power of `X` for other `s`.
    ///
    /// From `a = 1` on without its large terms: with `φ = ln a − ψ(a)` and the error `δ` of Stirling's
    /// formula it is `(½ + s) ln a + ½ ln 2π + δ(a) + (a − 1 − s) φ`.
    pub fn entropy_with_log(&self, s: f64) -> f64 {
        let a = self.shape;
        if a < 1.0 {
            return a + ln_gamma(a) + (1.0 + s - a) * digamma(a);
        }
        let lag = ln_minus_digamma(a);
        let root = (0.5 + s) * self.ln_shape + 0.918_938_533_204_672_8;
        root + stirling_error(a) + (a - 1.0 - s) * lag
    }
}

impl Distribution<f64> for UnitGamma {
    /// 0 where the draw is below the smallest number, which shapes below 0.01 have often.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.sampler.sample(rng)
    }
}
