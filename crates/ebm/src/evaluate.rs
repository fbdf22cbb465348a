//! Log probabilities of observations, for a partition function that is known or estimated.

use nalgebra::DMatrix;
use prob_core::LogDensity;

use crate::{Error, Rbm};

impl Rbm {
    /// `ln p(v) = −F(v) − ln Z`; `−∞` for what is not binary or of another length.
    ///
    /// `log_partition` is that of this machine: [`Rbm::log_partition`], or an estimate.
    #[must_use]
    pub fn log_prob(&self, visible: &[f64], log_partition: f64) -> f64 {
        self.log_density(visible) - log_partition
    }

    /// The mean of [`log_prob`](Self::log_prob) over the observations, the columns of `data`.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] or [`Error::NotBinary`] for bad data.
    pub fn mean_log_prob(&self, data: &DMatrix<f64>, log_partition: f64) -> Result<f64, Error> {
        self.check_data(data)?;
        let log_probs = data.column_iter().map(|v| self.log_prob(v.as_slice(), log_partition));
        Ok(log_probs.sum::<f64>() / data.ncols() as f64)
    }
}
