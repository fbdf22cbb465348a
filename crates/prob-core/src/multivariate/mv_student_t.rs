//! The multivariate Student t law,
//! `p(x) = Γ((ν+d)/2) / (Γ(ν/2) √((νπ)^d |Σ|)) · (1 + Δ/ν)^{−(ν+d)/2}` with
//! `Δ = (x − μ)ᵀ Σ⁻¹ (x − μ)`.
//!
//! It is the law of `μ + z √(ν/w)` with z normal, `N(0, Σ)`, and w chi-square with ν degrees of
//! freedom. A part of its variables given others is Student t again (Ding 2016, `eq:mvt-conditional`):
//! the normal conditional, wider or narrower by how far out the given values are, with as many
//! degrees of freedom more as there are values.

use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{
    Multivariate,
    gamma_terms::{ln_gamma_draw, log_half_steps, log_minus_digamma},
    mv_normal::MvNormal,
    rows,
};
use crate::{Error, LogDensity, logspace::softplus};

/// A multivariate Student t law with degrees of freedom ν, a location μ (length d) and a scale
/// matrix Σ (d×d), which is the covariance times `(ν − 2)/ν`.
///
/// ```
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{Multivariate, MvStudentT};
///
/// let law = MvStudentT::new(4.0, dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0])?;
/// assert_eq!(law.covariance()[(0, 1)], 1.0); // 0.5 · 4/2
/// let given = law.conditional(&[1], &[2.0])?; // x_0 | x_1 = 2
/// assert_eq!(given.degrees(), 5.0);
/// assert!((given.location()[0] - 1.0).abs() < 1e-15);
/// assert!((given.scale()[(0, 0)] - 0.75 * 8.0 / 5.0).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct MvStudentT {
    degrees: f64,
    /// The normal law with this location and scale matrix: the limit of many degrees of freedom.
    normal: MvNormal,
    log_norm: f64,
}

impl MvStudentT {
    /// The law `t_degrees(location, scale)`. The scale matrix is checked as the covariance of an
    /// [`MvNormal`] is.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the degrees of freedom are positive and finite; otherwise as
    /// [`MvNormal::new`].
    pub fn new(degrees: f64, location: DVector<f64>, scale: DMatrix<f64>) -> Result<Self, Error> {
        Self::around(degrees, MvNormal::new(location, scale)?)
    }

    fn around(degrees: f64, normal: MvNormal) -> Result<Self, Error> {
        if !(degrees.is_finite() && degrees > 0.0) {
            let (law, what, needed) = ("multivariate Student t", "degrees", "positive and finite");
            return Err(Error::Parameter { law, what, value: degrees, needed });
        }
        // Over the normal law's factor: Γ((ν+d)/2) / (Γ(ν/2) (ν/2)^{d/2}).
        let log_norm = normal.log_norm() + log_half_steps(0.5 * degrees, normal.dim());
        Ok(Self { degrees, normal, log_norm })
    }

    /// The degrees of freedom ν.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The location μ: the mean, where there is one, and the mode.
    #[must_use]
    pub fn location(&self) -> &DVector<f64> {
        self.normal.mean()
    }

    /// The scale matrix Σ, exactly symmetric.
    #[must_use]
    pub fn scale(&self) -> &DMatrix<f64> {
        self.normal.covariance()
    }

    /// The lower triangular Cholesky factor L of Σ = L Lᵀ.
    #[must_use]
    pub fn cholesky(&self) -> &DMatrix<f64> {
        self.normal.cholesky()
    }

    /// The squared distance `Δ = (x − μ)ᵀ Σ⁻¹ (x − μ)`; as [`MvNormal::mahalanobis`]. Under the law
    /// itself `Δ/d` has the F law with d and ν degrees of freedom.
    #[must_use]
    pub fn mahalanobis(&self, x: &[f64]) -> f64 {
        self.normal.mahalanobis(x)
    }

    /// The law of the variables `indices`, in that order.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::IndexOutOfRange`], [`Error::DuplicateIndex`].
    pub fn marginal(&self, indices: &[usize]) -> Result<MvStudentT, Error> {
        Self::around(self.degrees, self.normal.marginal(indices)?)
    }

    /// The law of the remaining variables, in their order, where variable `given[k]` has the value
    /// `values[k]`. With nothing given it is the law itself.
    ///
    /// ```text
    /// x_a | x_b ~ t_{ν+|b|}(μ_{a|b}, (ν + Δ_b) / (ν + |b|) · Σ_{a|b})
    /// ```
    ///
    /// # Errors
    /// As [`MvNormal::conditional`]; [`Error::NotFinite`] also if the values are so far out that the
    /// scale overflows.
    pub fn conditional(&self, given: &[usize], values: &[f64]) -> Result<MvStudentT, Error> {
        let normal = self.normal.conditional(given, values)?;
        if given.is_empty() {
            return Self::around(self.degrees, normal);
        }
        let distance = self.normal.marginal(given)?.mahalanobis(values);
        let degrees = self.degrees + given.len() as f64;
        // Each divided by itself: the sum may overflow where the quotient does not.
        let factor = self.degrees / degrees + distance / degrees;
        Self::new(degrees, normal.mean().clone(), normal.covariance() * factor)
    }

    /// The law of `a x + b`, Student t with the same degrees of freedom.
    ///
    /// # Errors
    /// As [`MvNormal::affine`].
    pub fn affine(&self, a: &DMatrix<f64>, b: &DVector<f64>) -> Result<MvStudentT, Error> {
        Self::around(self.degrees, self.normal.affine(a, b)?)
    }

    /// The differential entropy in nats.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        // E ln(1 + Δ/ν) = ψ((ν+d)/2) − ψ(ν/2).
        let (half, more) = (0.5 * self.degrees, 0.5 * self.dim() as f64);
        let ratio =
            if more < half { (more / half).ln_1p() } else { (half + more).ln() - half.ln() };
        let spread = ratio - log_minus_digamma(half + more) + log_minus_digamma(half);
        (half + more) * spread - self.log_norm
    }

    /// Writes a draw to `out`. Allocates nothing. Where a draw is too far out for a floating-point
    /// number, as happens below about 0.01 degrees of freedom, it is `±∞`, never NaN.
    ///
    /// # Panics
    /// If `out` has another length than the law has variables.
    pub fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim(), "the buffer must have one element per variable");
        self.normal.scatter(out, |_| 0.0, rng);
        // ln √(ν/w), with w/2 a gamma draw of shape ν/2.
        let half = 0.5 * self.degrees;
        let log_stretch = 0.5 * (half.ln() - ln_gamma_draw(half, rng));
        let stretch = log_stretch.exp().min(f64::MAX);
        for (x, location) in out.iter_mut().zip(self.normal.mean()) {
            *x = location + *x * stretch;
        }
    }
}

impl Multivariate for MvStudentT {
    fn dim(&self) -> usize {
        self.normal.dim()
    }

    fn log_prob(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let half = 0.5 * (self.degrees + self.dim() as f64);
        let scaled = self.normal.mahalanobis(x) / self.degrees;
        if scaled.is_finite() {
            return self.log_norm - half * scaled.ln_1p();
        }
        if let Some(bad) = x.iter().find(|x| !x.is_finite()) {
            let any_nan = bad.is_nan() || x.iter().any(|x| x.is_nan());
            return if any_nan { f64::NAN } else { f64::NEG_INFINITY };
        }
        // The tails are powers: the density is not 0 where the square overflows.
        self.log_norm - half * softplus(self.normal.log_mahalanobis(x) - self.degrees.ln())
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        Self::sample_into(self, out, rng);
    }

    /// The location; NaN with 1 degree of freedom or less.
    fn mean(&self) -> DVector<f64> {
        if self.degrees > 1.0 {
            self.location().clone()
        } else {
            DVector::from_element(self.dim(), f64::NAN)
        }
    }

    /// `Σ ν/(ν − 2)`. With 2 degrees of freedom or less the variances are infinite and the
    /// covariances NaN; with 1 or less all are NaN.
    fn covariance(&self) -> DMatrix<f64> {
        let d = self.dim();
        if self.degrees > 2.0 {
            self.scale() * (self.degrees / (self.degrees - 2.0))
        } else if self.degrees > 1.0 {
            DMatrix::from_fn(d, d, |i, j| if i == j { f64::INFINITY } else { f64::NAN })
        } else {
            DMatrix::from_element(d, d, f64::NAN)
        }
    }
}

impl LogDensity<[f64]> for MvStudentT {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl Distribution<DVector<f64>> for MvStudentT {
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
    degrees: f64,
    location: Vec<f64>,
    scale: Vec<Vec<f64>>,
}

impl TryFrom<Parameters> for MvStudentT {
    type Error = Error;
    fn try_from(p: Parameters) -> Result<Self, Error> {
        let scale = rows::matrix("a row of the scale", &p.scale)?;
        Self::new(p.degrees, DVector::from_vec(p.location), scale)
    }
}

impl From<MvStudentT> for Parameters {
    fn from(law: MvStudentT) -> Self {
        let (degrees, location) = (law.degrees, law.location().as_slice().to_vec());
        Self { degrees, location, scale: rows::of(law.scale()) }
    }
}
