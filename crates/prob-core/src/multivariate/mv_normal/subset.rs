//! Marginals and conditionals of a multivariate normal law, for any set of its variables.
//!
//! With the variables reordered to (given b, remaining a), the Cholesky factor of the covariance is
//! `[L_bb 0; L_ab L_aa]`, and (Bishop 2006, eqs. 2.81–2.82 in this notation)
//!
//! ```text
//! μ_{a|b} = μ_a + L_ab L_bb⁻¹ (x_b − μ_b)        Σ_{a|b} = L_aa L_aaᵀ
//! ```
//!
//! No difference of matrices is formed, so that Σ_{a|b} is positive definite by construction.

use nalgebra::{DMatrix, DVector};

use super::{
    super::{
        cholesky::{check_finite, cholesky, forward_substitution},
        indices,
    },
    MvNormal,
};
use crate::Error;

impl MvNormal {
    /// The law of the variables `indices`, in that order.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::IndexOutOfRange`], [`Error::DuplicateIndex`].
    pub fn marginal(&self, indices: &[usize]) -> Result<MvNormal, Error> {
        indices::named(indices, self.dim())?;
        MvNormal::new(self.mean_of(indices), self.covariance_of(indices))
    }

    /// The law of the remaining variables, in their order, where variable `given[k]` has the value
    /// `values[k]`. With nothing given it is the law itself.
    ///
    /// ```
    /// # use nalgebra::{DMatrix, DVector};
    /// # let law = prob_core::MvNormal::new(DVector::zeros(3), DMatrix::identity(3, 3))?;
    /// let rest = law.conditional(&[2, 0], &[1.0, -1.0])?; // x_1 | x_2 = 1, x_0 = −1
    /// assert_eq!(rest.dim(), 1);
    /// let twice = law.conditional(&[2, 2], &[1.0, 1.0]).unwrap_err();
    /// assert_eq!(twice.to_string(), "index 2 is given more than once; each variable may appear once");
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NotFinite`], [`Error::IndexOutOfRange`],
    /// [`Error::DuplicateIndex`]; [`Error::NothingLeft`] if all variables are given;
    /// [`Error::NotPositiveDefinite`] if rounding errors swallow what variance is left.
    pub fn conditional(&self, given: &[usize], values: &[f64]) -> Result<MvNormal, Error> {
        if values.len() != given.len() {
            let (expected, found) = (given.len(), values.len());
            return Err(Error::LengthMismatch { what: "the list of values", expected, found });
        }
        check_finite("value", values)?;
        let is_given = indices::marked(given, self.dim())?;
        if given.len() == self.dim() {
            return Err(Error::NothingLeft { dim: self.dim() });
        }
        let order: Vec<usize> =
            given.iter().copied().chain((0..self.dim()).filter(|i| !is_given[*i])).collect();
        let remaining = &order[given.len()..];
        let factor = cholesky(self.covariance_of(&order))?;
        let mut whitened = self.deviations(given, values);
        forward_substitution(&factor, whitened.as_mut_slice());
        let (b, a) = (given.len(), remaining.len());
        let mean = self.mean_of(remaining) + factor.view((b, 0), (a, b)) * whitened;
        let l_aa = factor.view((b, b), (a, a));
        MvNormal::new(mean, l_aa * l_aa.transpose())
    }

    fn mean_of(&self, indices: &[usize]) -> DVector<f64> {
        DVector::from_fn(indices.len(), |i, _| self.mean[indices[i]])
    }

    fn covariance_of(&self, indices: &[usize]) -> DMatrix<f64> {
        let n = indices.len();
        DMatrix::from_fn(n, n, |i, j| self.covariance[(indices[i], indices[j])])
    }

    fn deviations(&self, indices: &[usize], values: &[f64]) -> DVector<f64> {
        DVector::from_fn(indices.len(), |k, _| values[k] - self.mean[indices[k]])
    }
}
