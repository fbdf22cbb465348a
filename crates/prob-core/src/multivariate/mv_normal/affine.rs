//! The normal law of `A x + b`: mean `A μ + b`, covariance `A Σ Aᵀ` (`eq:mvn-affine`).

use nalgebra::{DMatrix, DVector};

use super::{super::cholesky::check_finite, MvNormal};
use crate::Error;

impl MvNormal {
    /// The law of `a x + b`, where `a` has a row for each new variable and a column for each of the
    /// law's.
    ///
    /// ```
    /// # use nalgebra::{dmatrix, dvector};
    /// let law = prob_core::MvNormal::new(dvector![1.0, 2.0], dmatrix![1.0, 0.5; 0.5, 1.0])?;
    /// let sum = law.affine(&dmatrix![1.0, 1.0], &dvector![0.0])?;
    /// assert_eq!((sum.mean()[0], sum.covariance()[(0, 0)]), (3.0, 3.0));
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`], [`Error::NotFinite`] for a bad map;
    /// [`Error::NotPositiveDefinite`] if the new variables depend on one another, as they do if the
    /// rows of `a` do or if there are more than before.
    pub fn affine(&self, a: &DMatrix<f64>, b: &DVector<f64>) -> Result<MvNormal, Error> {
        let (rows, columns) = a.shape();
        if rows == 0 {
            return Err(Error::Empty { what: "the map" });
        }
        if columns != self.dim() {
            let (what, expected) = ("a row of the map", self.dim());
            return Err(Error::LengthMismatch { what, expected, found: columns });
        }
        if b.len() != rows {
            let (what, found) = ("the shift", b.len());
            return Err(Error::LengthMismatch { what, expected: rows, found });
        }
        check_finite("map", a.as_slice())?;
        check_finite("shift", b.as_slice())?;
        let root = a * &self.cholesky;
        check_finite("map times the factor", root.as_slice())?;
        self.check_independent(a, &root)?;
        MvNormal::new(a * &self.mean + b, &root * root.transpose())
    }

    /// Refuses rows of `a` that depend on one another, by what each adds to the ones before.
    ///
    /// With `(A L)ᵀ = Q R`, `R_ii²` is the variance of variable i given the ones before. Here it is
    /// known to the square of a rounding error; from the product `A Σ Aᵀ` it would be to one, as
    /// much as is left of a variance that should be zero.
    fn check_independent(&self, a: &DMatrix<f64>, root: &DMatrix<f64>) -> Result<(), Error> {
        let (rows, columns) = root.shape();
        let r = root.transpose().qr().r();
        for index in 0..rows {
            let pivot = if index < columns { r[(index, index)].powi(2) } else { 0.0 };
            let variance: f64 = root.row(index).iter().map(|l| l * l).sum();
            let size: f64 =
                (0..columns).map(|k| a[(index, k)].abs() * self.covariance[(k, k)].sqrt()).sum();
            let rounding = columns as f64 * f64::EPSILON * size;
            let needed = (rows as f64 * f64::EPSILON * variance).max(rounding * rounding);
            if pivot <= needed {
                return Err(Error::NotPositiveDefinite { index, pivot, needed });
            }
        }
        Ok(())
    }
}
