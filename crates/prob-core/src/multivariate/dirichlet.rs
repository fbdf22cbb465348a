//! The Dirichlet law on the simplex, `p(x) = Γ(α_0) Π_i x_i^{α_i − 1} / Γ(α_i)` with `α_0 = Σ α_i`.
//!
//! With the mean `m = α / α_0` and Stirling's formula (`eq:dirichlet`)
//!
//! ```text
//! ln p(x) = Σ_i [α_i (ln(x_i / m_i) − x_i / m_i + 1) − ln x_i + ½ ln α_i − δ(α_i)]
//!           − ½ ln α_0 + δ(α_0) − (k − 1)/2 ln 2π
//! ```
//!
//! where δ is the error of that formula. Terms as large as `α ln α` cancel beforehand, so that the
//! density keeps its digits at concentrations of 1e8.

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{
    Multivariate,
    gamma_terms::{ln_gamma_draw, log_minus_digamma},
    indices,
};
use crate::{
    Beta, Error, LogDensity,
    logspace::log_sum_exp,
    special::{log1pmx, stirling_error},
};

/// How far the sum of a point may be from one.
const SUM_TOLERANCE: f64 = 1e-9;

/// The law of k probabilities that sum to one.
///
/// ```
/// use prob_core::{Dirichlet, Multivariate};
///
/// let law = Dirichlet::new(vec![2.0, 3.0, 5.0])?;
/// assert_eq!(law.mean().as_slice(), [0.2, 0.3, 0.5]);
/// // scipy.stats.dirichlet([2, 3, 5]).logpdf([0.2, 0.3, 0.5]), SciPy 1.17.1
/// assert!((law.log_prob(&[0.2, 0.3, 0.5]) - 2.140_654_225_847_825_4).abs() < 1e-14);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Dirichlet {
    concentration: Vec<f64>,
    total: f64,
    log_norm: f64,
}

impl Dirichlet {
    /// The law with these concentrations α.
    ///
    /// # Errors
    /// [`Error::Empty`] for none; [`Error::Parameter`] unless all, and their sum, are positive and
    /// finite.
    pub fn new(concentration: Vec<f64>) -> Result<Self, Error> {
        if concentration.is_empty() {
            return Err(Error::Empty { what: "the concentration" });
        }
        let total: f64 = concentration.iter().sum();
        let bad = |a: &&f64| !(a.is_finite() && **a > 0.0);
        if let Some(&value) = concentration.iter().chain([&total]).find(bad) {
            let (law, what, needed) = ("Dirichlet", "concentration", "positive and finite");
            return Err(Error::Parameter { law, what, value, needed });
        }
        let own: f64 = concentration.iter().map(|a| 0.5 * a.ln() - stirling_error(*a)).sum();
        let pairs = 0.5 * (concentration.len() as f64 - 1.0);
        let log_norm = own - 0.5 * total.ln() + stirling_error(total) - pairs * (2.0 * PI).ln();
        Ok(Self { concentration, total, log_norm })
    }

    /// The concentrations α.
    #[must_use]
    pub fn concentration(&self) -> &[f64] {
        &self.concentration
    }

    /// The sum α_0 of the concentrations.
    #[must_use]
    pub fn total_concentration(&self) -> f64 {
        self.total
    }

    /// The law of one of the numbers: Beta, with its concentration and the sum of the others.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`]; [`Error::Parameter`] if there is no other category.
    pub fn marginal(&self, index: usize) -> Result<Beta, Error> {
        indices::named(&[index], self.dim())?;
        Beta::new(self.concentration[index], self.rest(index))
    }

    /// The law of the sums over groups of categories: again Dirichlet, with the sums of the
    /// concentrations. Every category must be in one group.
    ///
    /// ```
    /// # use prob_core::Dirichlet;
    /// let law = Dirichlet::new(vec![2.0, 3.0, 5.0])?;
    /// assert_eq!(law.aggregate(&[&[1], &[2, 0]])?, Dirichlet::new(vec![3.0, 7.0])?);
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Empty`] for no group or an empty one, [`Error::IndexOutOfRange`],
    /// [`Error::DuplicateIndex`], [`Error::LengthMismatch`] if a category is in no group.
    pub fn aggregate(&self, groups: &[&[usize]]) -> Result<Dirichlet, Error> {
        indices::partition(groups, self.dim())?;
        Dirichlet::new(groups.iter().map(|group| self.concentration_of(group)).collect())
    }

    /// The law of `x_i / Σ_j x_j` over the categories `indices`, in that order: Dirichlet with their
    /// concentrations, and independent of the sum.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::IndexOutOfRange`], [`Error::DuplicateIndex`].
    pub fn subcomposition(&self, indices: &[usize]) -> Result<Dirichlet, Error> {
        indices::named(indices, self.dim())?;
        Dirichlet::new(indices.iter().map(|i| self.concentration[*i]).collect())
    }

    /// The point of the largest density, `(α_i − 1) / (α_0 − k)`; the centre where the density is
    /// constant. `None` if some concentration is below 1: the density is unbounded then.
    #[must_use]
    pub fn mode(&self) -> Option<DVector<f64>> {
        if self.concentration.iter().any(|a| *a < 1.0) {
            return None;
        }
        let excess = DVector::from_iterator(self.dim(), self.concentration.iter().map(|a| a - 1.0));
        let sum = excess.sum();
        Some(if sum > 0.0 {
            excess / sum
        } else {
            DVector::from_element(self.dim(), 1.0 / self.dim() as f64)
        })
    }

    /// The differential entropy in nats, of the density over any k − 1 of the numbers.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        // −E ln p with E ln x_i = ψ(α_i) − ψ(α_0), both ψ as logarithms less what these exceed them
        // by: of the logarithms only single ones remain.
        let own = |a: &f64| a.ln() + (a - 1.0) * log_minus_digamma(*a);
        let own: f64 = self.concentration.iter().map(own).sum();
        let (k, total) = (self.dim() as f64, self.total);
        let entropy = own - k * total.ln() - (total - k) * log_minus_digamma(total) - self.log_norm;
        if entropy.is_nan() { f64::NEG_INFINITY } else { entropy }
    }

    /// Writes a draw to `out`. Allocates nothing.
    ///
    /// Gamma draws in logarithms, so that tiny concentrations give points next to a corner of the
    /// simplex (other numbers may be too small for a floating-point number, and are 0 then).
    ///
    /// # Panics
    /// If `out` has another length than the law has categories.
    pub fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim(), "the buffer must have one element per category");
        for (x, a) in out.iter_mut().zip(&self.concentration) {
            *x = ln_gamma_draw(*a, rng);
        }
        let sum = log_sum_exp(out);
        if sum == f64::NEG_INFINITY {
            // Below e^-1e308 all: the corner is then drawn by its probability, the mean.
            return self.corner(out, rng);
        }
        out.iter_mut().for_each(|x| *x = (*x - sum).exp());
    }

    /// A corner of the simplex, corner i with probability `m_i`: the limit of small concentrations.
    fn corner<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        use rand::RngExt;
        let mut left = rng.random::<f64>() * self.total;
        out.fill(0.0);
        let inside = self.concentration.iter().position(|a| {
            left -= a;
            left < 0.0
        });
        out[inside.unwrap_or(0)] = 1.0;
    }

    /// The sum of the concentrations of a group.
    fn concentration_of(&self, group: &[usize]) -> f64 {
        group.iter().map(|i| self.concentration[*i]).sum()
    }

    /// The sum of all concentrations but one, without a difference.
    fn rest(&self, index: usize) -> f64 {
        let others = self.concentration.iter().enumerate().filter(|(i, _)| *i != index);
        others.map(|(_, a)| a).sum()
    }

    /// `α (ln(x/m) − x/m + 1) − ln x`, for `x > 0`, or `x = 0` and `α = 1`.
    fn term(&self, x: f64, a: f64) -> f64 {
        let m = a / self.total;
        // x/m − 1 = (α_0 x − α) / α, the difference rounded once.
        let excess = self.total.mul_add(x, -a);
        if (0.6 * m..1.6 * m).contains(&x) {
            a * log1pmx(excess / a) - x.ln()
        } else {
            let powers = if a == 1.0 { 0.0 } else { (a - 1.0) * x.ln() };
            powers - a * (a.ln() - self.total.ln()) - excess
        }
    }

    /// The density where some numbers are 0: infinite if their concentrations are below 1, zero if
    /// one is above.
    fn on_the_boundary(&self, x: &[f64]) -> Option<f64> {
        let at_zero = || x.iter().zip(&self.concentration).filter(|(x, _)| **x == 0.0);
        if at_zero().any(|(_, a)| *a > 1.0) {
            Some(f64::NEG_INFINITY)
        } else if at_zero().any(|(_, a)| *a < 1.0) {
            Some(f64::INFINITY)
        } else {
            None
        }
    }
}

impl Multivariate for Dirichlet {
    fn dim(&self) -> usize {
        self.concentration.len()
    }

    /// The density over any k − 1 of the numbers, at `x / Σ x`: a sum that rounding moved off 1 does
    /// not count. `−∞` for a negative number or a sum further than 1e-9 from 1. Where a number is 0,
    /// `−∞` if its concentration is above 1, else `∞` if it is below 1.
    fn log_prob(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let sum: f64 = x.iter().sum();
        if x.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        if x.iter().any(|x| *x < 0.0) || (sum - 1.0).abs() > SUM_TOLERANCE {
            return f64::NEG_INFINITY;
        }
        if let Some(extreme) = self.on_the_boundary(x) {
            return extreme;
        }
        let terms: f64 = x.iter().zip(&self.concentration).map(|(x, a)| self.term(*x, *a)).sum();
        // Dividing x by its sum takes off α_0 ln sum, of which the terms had α_0 (sum − 1).
        terms - self.total * log1pmx(sum - 1.0) + self.log_norm
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        Self::sample_into(self, out, rng);
    }

    fn mean(&self) -> DVector<f64> {
        DVector::from_iterator(self.dim(), self.concentration.iter().map(|a| a / self.total))
    }

    fn covariance(&self) -> DMatrix<f64> {
        let mean = self.mean();
        DMatrix::from_fn(self.dim(), self.dim(), |i, j| {
            let product =
                if i == j { mean[i] * self.rest(i) / self.total } else { -mean[i] * mean[j] };
            product / (self.total + 1.0)
        })
    }
}

impl LogDensity<[f64]> for Dirichlet {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl Distribution<DVector<f64>> for Dirichlet {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim());
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}

/// What is written of a law.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    concentration: Vec<f64>,
}

impl TryFrom<Parameters> for Dirichlet {
    type Error = Error;
    fn try_from(p: Parameters) -> Result<Self, Error> {
        Self::new(p.concentration)
    }
}

impl From<Dirichlet> for Parameters {
    fn from(law: Dirichlet) -> Self {
        Self { concentration: law.concentration }
    }
}
