//! Mean and covariance of normal vectors, learnt from vectors.

use std::f64::consts::PI;

use nalgebra::{DMatrix, DVector};

use super::terms::{check_finite, ln_rising};
use crate::univariate::parameters;
use crate::{Error, InverseWishart, MvNormal, MvStudentT};

const LAW: &str = "normal-inverse-Wishart prior";

/// The law of mean μ and covariance Σ of normal vectors: `Σ ~ InverseWishart(degrees, scale)` and
/// `μ | Σ ~ N(mean, Σ / strength)`.
///
/// It is worth `strength` observations of the mean and `degrees` of the covariance, whose scatter
/// around their mean is `scale`. Observations are the columns of a matrix.
///
/// ```
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::conjugate::NormalInverseWishart;
///
/// let prior = NormalInverseWishart::new(dvector![0.0, 0.0], 1.0, 4.0, dmatrix![1.0, 0.0; 0.0, 1.0])?;
/// let posterior = prior.update(&dmatrix![1.0, 3.0, 2.0; 1.0, 2.0, 0.0])?;
/// assert_eq!(*posterior.mean(), dvector![1.5, 0.75]);
/// assert_eq!((posterior.strength(), posterior.degrees()), (4.0, 7.0));
/// assert_eq!(*posterior.scale(), dmatrix![6.0, 2.5; 2.5, 3.75]);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NormalInverseWishart {
    strength: f64,
    degrees: f64,
    /// `N(mean, scale)`, which checks and factors them.
    normal: MvNormal,
}

impl NormalInverseWishart {
    /// The prior with these parameters, for vectors of as many numbers as `mean` has.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless the strength is positive and finite and the degrees of freedom
    /// are finite and more than the number of variables less one; otherwise as [`MvNormal::new`].
    pub fn new(
        mean: DVector<f64>,
        strength: f64,
        degrees: f64,
        scale: DMatrix<f64>,
    ) -> Result<Self, Error> {
        let normal = MvNormal::new(mean, scale)?;
        let strength = parameters::positive(LAW, "strength", strength)?;
        if !degrees.is_finite() || degrees <= normal.dim() as f64 - 1.0 {
            let needed = "finite and more than the number of variables less one";
            return parameters::refuse(LAW, "degrees of freedom", degrees, needed);
        }
        Ok(Self { strength, degrees, normal })
    }

    /// Number of variables d.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.normal.dim()
    }

    /// Where the mean is expected.
    #[must_use]
    pub fn mean(&self) -> &DVector<f64> {
        self.normal.mean()
    }

    /// How many observations of the mean the law is worth.
    #[must_use]
    pub fn strength(&self) -> f64 {
        self.strength
    }

    /// How many observations of the covariance the law is worth.
    #[must_use]
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// Their scatter matrix.
    #[must_use]
    pub fn scale(&self) -> &DMatrix<f64> {
        self.normal.covariance()
    }

    /// The law of the covariance.
    ///
    /// # Errors
    /// As [`InverseWishart::new`], never with the parameters of a valid prior.
    pub fn covariance(&self) -> Result<InverseWishart, Error> {
        InverseWishart::new(self.degrees, self.scale().clone())
    }

    /// The law of the mean, the covariance integrated out.
    ///
    /// # Errors
    /// As [`MvStudentT::new`], for parameters at the end of floating-point numbers.
    pub fn location(&self) -> Result<MvStudentT, Error> {
        self.student(1.0 / self.strength)
    }

    /// The law of the next observation.
    ///
    /// # Errors
    /// As [`location`](Self::location).
    pub fn predictive(&self) -> Result<MvStudentT, Error> {
        self.student(1.0 + 1.0 / self.strength)
    }

    /// `ln p(μ, Σ)`; `−∞` for a matrix that is no covariance of `dim` variables.
    #[must_use]
    pub fn log_prob(&self, mean: &[f64], covariance: &DMatrix<f64>) -> f64 {
        let given = MvNormal::new(self.mean().clone(), covariance / self.strength);
        match (given, self.covariance()) {
            (Ok(given), Ok(law)) => given.log_prob(mean) + law.log_prob(covariance),
            _ => f64::NEG_INFINITY,
        }
    }

    /// The posterior after observations, the columns of `data`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `data` has `dim` rows, [`Error::NotFinite`] for a number
    /// that is NaN or infinite; otherwise as [`new`](Self::new) if a parameter leaves the range of
    /// floating-point numbers.
    pub fn update(&self, data: &DMatrix<f64>) -> Result<Self, Error> {
        self.check(data)?;
        let n = data.ncols() as f64;
        let strength = self.strength + n;
        let mut deviations = data.clone();
        deviations.column_iter_mut().for_each(|mut x| x -= self.mean());
        let shift =
            if data.ncols() == 0 { DVector::zeros(self.dim()) } else { deviations.column_mean() };
        deviations.column_iter_mut().for_each(|mut x| x -= &shift);
        let between = (self.strength / strength * n) * &shift * shift.transpose();
        let scale = self.scale() + &deviations * deviations.transpose() + between;
        let mean = self.mean() + shift * (n / strength);
        Self::new(mean, strength, self.degrees + n, scale)
    }

    /// `ln p(data)` of the columns of `data`.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn log_evidence(&self, data: &DMatrix<f64>) -> Result<f64, Error> {
        let after = self.update(data)?;
        let (n, d) = (data.ncols() as f64, self.dim() as f64);
        let gammas = (0..self.dim()).map(|j| ln_rising(0.5 * (self.degrees - j as f64), 0.5 * n));
        let (before_det, after_det) = (self.log_det(), after.log_det());
        Ok(gammas.sum::<f64>()
            - 0.5 * self.degrees * (after_det - before_det)
            - 0.5 * n * after_det
            - 0.5 * d * (n / self.strength).ln_1p()
            - 0.5 * n * d * PI.ln())
    }

    /// `ln |scale|`.
    fn log_det(&self) -> f64 {
        2.0 * self.normal.cholesky().diagonal().iter().map(|l| l.ln()).sum::<f64>()
    }

    fn check(&self, data: &DMatrix<f64>) -> Result<(), Error> {
        let (expected, found) = (self.dim(), data.nrows());
        if found != expected {
            return Err(Error::LengthMismatch { what: "a column of the data", expected, found });
        }
        check_finite(data.as_slice())
    }

    /// The t law of a vector that is normal around the mean with `factor` times the covariance.
    fn student(&self, factor: f64) -> Result<MvStudentT, Error> {
        let degrees = self.degrees - self.dim() as f64 + 1.0;
        MvStudentT::new(degrees, self.mean().clone(), self.scale() * (factor / degrees))
    }
}
