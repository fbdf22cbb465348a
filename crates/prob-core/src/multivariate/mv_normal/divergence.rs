//! Entropy and Kullback–Leibler divergence of multivariate normal laws.
//!
//! With the relative factor `M = L_q⁻¹ L_p`, lower triangular, `tr Σ_q⁻¹ Σ_p = Σ_ij M_ij²` and
//! `|Σ_q⁻¹ Σ_p| = Π_i M_ii²`, so that (`eq:mvn-kl`)
//!
//! ```text
//! KL(p ‖ q) = ½ [ Σ_i (M_ii² − 1 − ln M_ii²) + Σ_{i>j} M_ij² + |L_q⁻¹ (μ_p − μ_q)|² ].
//! ```
//!
//! No term is negative: nothing cancels, however close the laws are.

use super::{
    super::{
        cholesky::{forward_substitution, relative_factor},
        deviance::square_deviance,
    },
    MvNormal,
};
use crate::Error;

impl MvNormal {
    /// The differential entropy `½ ln |2πe Σ|` in nats.
    ///
    /// ```
    /// # use nalgebra::{dmatrix, dvector};
    /// let law = prob_core::MvNormal::new(dvector![5.0], dmatrix![1.0])?;
    /// assert!((law.entropy() - 1.418_938_533_204_672_7).abs() < 1e-15); // ½ ln 2πe
    /// # Ok::<(), prob_core::Error>(())
    /// ```
    #[must_use]
    pub fn entropy(&self) -> f64 {
        0.5 * self.dim() as f64 - self.log_norm
    }

    /// The Kullback–Leibler divergence `E_self[ln self(x) − ln other(x)]` in nats, at least 0;
    /// accurate in relative terms also where the laws nearly agree.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] if the other law has another dimension.
    pub fn kl(&self, other: &MvNormal) -> Result<f64, Error> {
        if other.dim() != self.dim() {
            let (expected, found) = (self.dim(), other.dim());
            return Err(Error::LengthMismatch { what: "the other law", expected, found });
        }
        let relative = relative_factor(&other.cholesky, self.cholesky.clone());
        let mut shift = &self.mean - &other.mean;
        forward_substitution(&other.cholesky, shift.as_mut_slice());
        Ok(0.5 * (square_deviance(&relative) + shift.norm_squared()))
    }
}
