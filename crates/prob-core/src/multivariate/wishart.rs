//! The Wishart law of symmetric positive definite d×d matrices,
//! `p(X) = |X|^{(n−d−1)/2} e^{−½ tr V⁻¹X} / (2^{nd/2} |V|^{n/2} Γ_d(n/2))` (`eq:wishart`).
//!
//! For whole n it is the law of `Σ_{k=1}^n z_k z_kᵀ` with z normal, `N(0, V)`. The density is taken from
//! the factor `M = L_V⁻¹ L_X / √n`, which is the identity at the mean:
//!
//! ```text
//! ln p(X) = −(n/2) (tr M Mᵀ − d − ln |M Mᵀ|) − (d+1)/2 ln |X| − [ln Γ_d(n/2) − d (n/2 ln n/2 − n/2)],
//! ```
//!
//! so that it keeps its digits for many degrees of freedom.

use std::f64::consts::LN_2;

use nalgebra::DMatrix;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{
    cholesky::{checked_scale, cholesky, relative_factor, symmetric},
    deviance::square_deviance,
    gamma_terms::{ln_gamma_draw, log_minus_digamma, scaled_ln_gamma_multivariate},
    rows,
};
use crate::{Error, LogDensity};

/// The Wishart law with n degrees of freedom and a scale matrix V (d×d).
///
/// ```
/// use nalgebra::dmatrix;
/// use prob_core::{Seed, Wishart};
/// use rand::distr::Distribution;
///
/// let law = Wishart::new(4.0, dmatrix![1.0, 0.5; 0.5, 2.0])?;
/// // scipy.stats.wishart(4, [[1, .5], [.5, 2]]).logpdf([[3, 1], [1, 5]]), SciPy 1.17.1
/// assert!((law.log_prob(&dmatrix![3.0, 1.0; 1.0, 5.0]) - -5.881_017_195_735_309).abs() < 1e-14);
/// assert_eq!(law.mean(), dmatrix![4.0, 2.0; 2.0, 8.0]);
/// let x: nalgebra::DMatrix<f64> = law.sample(&mut Seed(1).stream("example", 0));
/// assert_eq!(x, x.transpose());
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct Wishart {
    degrees: f64,
    scale: DMatrix<f64>,
    cholesky: DMatrix<f64>,
    log_norm: f64,
}

impl Wishart {
    /// The law `W(degrees, scale)`. The scale matrix is checked as the covariance of an
    /// [`MvNormal`](crate::MvNormal) is.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the degrees of freedom are finite and exceed `d − 1`;
    /// [`Error::Empty`], [`Error::NotSquare`], [`Error::NotFinite`], [`Error::NotSymmetric`],
    /// [`Error::NotPositiveDefinite`].
    pub fn new(degrees: f64, scale: DMatrix<f64>) -> Result<Self, Error> {
        let (scale, cholesky) = checked_scale(scale)?;
        let d = scale.nrows();
        let degrees = checked_degrees("Wishart", degrees, d)?;
        let log_norm = -scaled_ln_gamma_multivariate(d, 0.5 * degrees);
        Ok(Self { degrees, scale, cholesky, log_norm })
    }

    /// The number of rows d, and of columns.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.scale.nrows()
    }

    /// The degrees of freedom n.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The scale matrix V, exactly symmetric.
    #[must_use]
    pub fn scale(&self) -> &DMatrix<f64> {
        &self.scale
    }

    /// `ln p(X)`, a density over the `d(d+1)/2` elements on and below the diagonal.
    ///
    /// `−∞` for a matrix that is not symmetric (to 1e-12 of its diagonal), not positive definite
    /// beyond rounding errors, or of another size; NaN where it has a NaN.
    #[must_use]
    pub fn log_prob(&self, x: &DMatrix<f64>) -> f64 {
        let d = self.dim();
        let factor = match factor_in_support(x, d) {
            Ok(factor) => factor,
            Err(outside) => return outside,
        };
        let log_det = log_det(&factor);
        let relative = relative_factor(&self.cholesky, factor) / self.degrees.sqrt();
        density(self.degrees, &relative, log_det, self.log_norm)
    }

    /// The expectation `n V`.
    #[must_use]
    pub fn mean(&self) -> DMatrix<f64> {
        &self.scale * self.degrees
    }

    /// The variance of each element, `n (V_ij² + V_ii V_jj)`.
    #[must_use]
    pub fn variance(&self) -> DMatrix<f64> {
        let v = &self.scale;
        DMatrix::from_fn(self.dim(), self.dim(), |i, j| {
            self.degrees * (v[(i, j)].powi(2) + v[(i, i)] * v[(j, j)])
        })
    }

    /// The matrix of the largest density, `(n − d − 1) V`; `None` for `n ≤ d + 1`, where the density
    /// has no largest value on positive definite matrices.
    #[must_use]
    pub fn mode(&self) -> Option<DMatrix<f64>> {
        let factor = self.degrees - self.dim() as f64 - 1.0;
        (factor > 0.0).then(|| &self.scale * factor)
    }

    /// The expectation of `ln |X|`.
    #[must_use]
    pub fn mean_log_det(&self) -> f64 {
        log_det(&self.cholesky) + mean_log_det(self.degrees, self.dim())
    }

    /// The differential entropy in nats.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        let d = self.dim() as f64;
        0.5 * (d + 1.0) * log_det(&self.cholesky) + entropy(self.degrees, self.dim())
    }
}

/// Degrees of freedom for d×d matrices.
pub(super) fn checked_degrees(law: &'static str, degrees: f64, d: usize) -> Result<f64, Error> {
    if degrees.is_finite() && degrees > d as f64 - 1.0 {
        return Ok(degrees);
    }
    let needed = "finite and greater than the number of rows less one";
    Err(Error::Parameter { law, what: "degrees", value: degrees, needed })
}

/// The Cholesky factor of a point of the support; else the logarithm of its density.
pub(super) fn factor_in_support(x: &DMatrix<f64>, d: usize) -> Result<DMatrix<f64>, f64> {
    if x.shape() != (d, d) {
        return Err(f64::NEG_INFINITY);
    }
    if x.iter().any(|x| x.is_nan()) {
        return Err(f64::NAN);
    }
    if x.iter().any(|x| x.is_infinite()) {
        return Err(f64::NEG_INFINITY);
    }
    symmetric(x.clone()).and_then(cholesky).map_err(|_| f64::NEG_INFINITY)
}

/// `ln |L Lᵀ|`.
pub(super) fn log_det(factor: &DMatrix<f64>) -> f64 {
    2.0 * factor.diagonal().iter().map(|l| l.ln()).sum::<f64>()
}

/// The density of both Wishart laws by the relative factor M and `ln |X|`.
pub(super) fn density(degrees: f64, relative: &DMatrix<f64>, log_det: f64, log_norm: f64) -> f64 {
    let d = relative.nrows() as f64;
    let value = log_norm - 0.5 * degrees * square_deviance(relative) - 0.5 * (d + 1.0) * log_det;
    // So far out that the factor overflows.
    if value.is_nan() { f64::NEG_INFINITY } else { value }
}

/// `E ln |X| = d ln 2 + Σ_j ψ((n − j)/2)`, `j = 0 … d−1`, for the identity as the scale.
pub(super) fn mean_log_det(degrees: f64, d: usize) -> f64 {
    let term = |j: usize| {
        let a = 0.5 * (degrees - j as f64);
        LN_2 + a.ln() - log_minus_digamma(a)
    };
    (0..d).map(term).sum()
}

/// The entropy for the identity as the scale,
/// `ln Γ_d(a) − (a − (d+1)/2) Σ_j ψ(a − j/2) + ad + d(d+1)/2 ln 2` with `a = n/2`, without its
/// `d a ln a`, which cancels.
pub(super) fn entropy(degrees: f64, d: usize) -> f64 {
    let (a, more) = (0.5 * degrees, 0.5 * (d as f64 + 1.0));
    let term = |j: usize| {
        let (half, own) = (0.5 * j as f64, 0.5 * (degrees - j as f64));
        let quotient = if half < 0.5 * a { (-half / a).ln_1p() } else { own.ln() - a.ln() };
        more * own.ln() - a * quotient + (a - more) * log_minus_digamma(own) + more * LN_2
    };
    scaled_ln_gamma_multivariate(d, a) + (0..d).map(term).sum::<f64>()
}

/// Bartlett's factor: A lower triangular with `A Aᵀ ~ W(n, I)`. Its squared diagonal is chi-square with
/// `n, n − 1, …` degrees of freedom, what is below it normal.
pub(super) fn bartlett<R: Rng + ?Sized>(degrees: f64, d: usize, rng: &mut R) -> DMatrix<f64> {
    let mut a = DMatrix::zeros(d, d);
    for j in 0..d {
        let log_half_square = ln_gamma_draw(0.5 * (degrees - j as f64), rng);
        // Degrees next to d − 1 draw numbers too small to be inverted.
        a[(j, j)] = (0.5 * (LN_2 + log_half_square)).exp().max(f64::MIN_POSITIVE.sqrt());
        for i in j + 1..d {
            a[(i, j)] = StandardNormal.sample(rng);
        }
    }
    a
}

/// `B Bᵀ`, exactly symmetric.
pub(super) fn square(b: &DMatrix<f64>) -> DMatrix<f64> {
    let mut x = b * b.transpose();
    x.fill_upper_triangle_with_lower_triangle();
    x
}

impl LogDensity<DMatrix<f64>> for Wishart {
    fn log_density(&self, x: &DMatrix<f64>) -> f64 {
        self.log_prob(x)
    }
}

impl Distribution<DMatrix<f64>> for Wishart {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DMatrix<f64> {
        square(&(&self.cholesky * bartlett(self.degrees, self.dim(), rng)))
    }
}

/// What is written of either Wishart law.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    pub(super) degrees: f64,
    pub(super) scale: Vec<Vec<f64>>,
}

impl TryFrom<Parameters> for Wishart {
    type Error = Error;
    fn try_from(p: Parameters) -> Result<Self, Error> {
        Self::new(p.degrees, rows::matrix("a row of the scale", &p.scale)?)
    }
}

impl From<Wishart> for Parameters {
    fn from(law: Wishart) -> Self {
        Self { degrees: law.degrees, scale: rows::of(&law.scale) }
    }
}
