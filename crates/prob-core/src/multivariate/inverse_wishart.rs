//! The inverse Wishart law of symmetric positive definite d×d matrices, that of `W⁻¹` for a Wishart
//! matrix W (`eq:inverse-wishart`):
//! `p(X) = |Ψ|^{ν/2} |X|^{−(ν+d+1)/2} e^{−½ tr Ψ X⁻¹} / (2^{νd/2} Γ_d(ν/2))`.
//!
//! The density is taken from the factor `M = L_X⁻¹ L_Ψ / √ν` in the form of the Wishart law.

use nalgebra::DMatrix;
use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::{
    cholesky::{checked_scale, inverse_transpose, relative_factor},
    gamma_terms::scaled_ln_gamma_multivariate,
    rows,
    wishart::{self, Parameters},
};
use crate::{Error, LogDensity};

/// The inverse Wishart law with ν degrees of freedom and a scale matrix Ψ (d×d): the law of `W⁻¹`
/// for W Wishart with ν degrees of freedom and the scale `Ψ⁻¹`.
///
/// ```
/// use nalgebra::dmatrix;
/// use prob_core::InverseWishart;
///
/// let law = InverseWishart::new(5.0, dmatrix![1.0, 0.5; 0.5, 2.0])?;
/// // scipy.stats.invwishart(5, [[1, .5], [.5, 2]]).logpdf([[0.5, .2], [.2, 1]]), SciPy 1.17.1
/// assert!((law.log_prob(&dmatrix![0.5, 0.2; 0.2, 1.0]) - -1.774_150_827_493_238_5).abs() < 1e-14);
/// assert_eq!(law.mean(), dmatrix![0.5, 0.25; 0.25, 1.0]);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct InverseWishart {
    degrees: f64,
    scale: DMatrix<f64>,
    cholesky: DMatrix<f64>,
    log_norm: f64,
}

impl InverseWishart {
    /// The law `IW(degrees, scale)`. The scale matrix is checked as the covariance of an
    /// [`MvNormal`](crate::MvNormal) is.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the degrees of freedom are finite and exceed `d − 1`;
    /// [`Error::Empty`], [`Error::NotSquare`], [`Error::NotFinite`], [`Error::NotSymmetric`],
    /// [`Error::NotPositiveDefinite`].
    pub fn new(degrees: f64, scale: DMatrix<f64>) -> Result<Self, Error> {
        let (scale, cholesky) = checked_scale(scale)?;
        let d = scale.nrows();
        let degrees = wishart::checked_degrees("inverse Wishart", degrees, d)?;
        let log_norm = -scaled_ln_gamma_multivariate(d, 0.5 * degrees);
        Ok(Self { degrees, scale, cholesky, log_norm })
    }

    /// The number of rows d, and of columns.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.scale.nrows()
    }

    /// The degrees of freedom ν.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The scale matrix Ψ, exactly symmetric.
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
        let factor = match wishart::factor_in_support(x, self.dim()) {
            Ok(factor) => factor,
            Err(outside) => return outside,
        };
        let relative = relative_factor(&factor, self.cholesky.clone()) / self.degrees.sqrt();
        wishart::density(self.degrees, &relative, wishart::log_det(&factor), self.log_norm)
    }

    /// The expectation `Ψ / (ν − d − 1)`. For `ν ≤ d + 1` the diagonal is infinite and the rest NaN.
    #[must_use]
    pub fn mean(&self) -> DMatrix<f64> {
        let d = self.dim();
        let divisor = self.degrees - d as f64 - 1.0;
        if divisor > 0.0 {
            &self.scale / divisor
        } else {
            DMatrix::from_fn(d, d, |i, j| if i == j { f64::INFINITY } else { f64::NAN })
        }
    }

    /// The matrix of the largest density, `Ψ / (ν + d + 1)`.
    #[must_use]
    pub fn mode(&self) -> DMatrix<f64> {
        &self.scale / (self.degrees + self.dim() as f64 + 1.0)
    }

    /// The expectation of `ln |X|`.
    #[must_use]
    pub fn mean_log_det(&self) -> f64 {
        wishart::log_det(&self.cholesky) - wishart::mean_log_det(self.degrees, self.dim())
    }

    /// The differential entropy in nats.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        // X ↦ X⁻¹ has the Jacobian |X|^−(d+1).
        let (d, more) = (self.dim(), self.dim() as f64 + 1.0);
        0.5 * more * wishart::log_det(&self.cholesky) + wishart::entropy(self.degrees, d)
            - more * wishart::mean_log_det(self.degrees, d)
    }
}

impl LogDensity<DMatrix<f64>> for InverseWishart {
    fn log_density(&self, x: &DMatrix<f64>) -> f64 {
        self.log_prob(x)
    }
}

impl Distribution<DMatrix<f64>> for InverseWishart {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DMatrix<f64> {
        // W = L⁻ᵀ A Aᵀ L⁻¹ has the scale L⁻ᵀ L⁻¹ = Ψ⁻¹, and W⁻¹ = (L A⁻ᵀ)(L A⁻ᵀ)ᵀ.
        let a = wishart::bartlett(self.degrees, self.dim(), rng);
        wishart::square(&(&self.cholesky * inverse_transpose(&a)))
    }
}

impl TryFrom<Parameters> for InverseWishart {
    type Error = Error;
    fn try_from(p: Parameters) -> Result<Self, Error> {
        Self::new(p.degrees, rows::matrix("a row of the scale", &p.scale)?)
    }
}

impl From<InverseWishart> for Parameters {
    fn from(law: InverseWishart) -> Self {
        Self { degrees: law.degrees, scale: rows::of(&law.scale) }
    }
}
