//! Energy and free energy.
//!
//! Summing out the hidden units leaves the law of the visible ones, `p(v) ∝ e^−F(v)` with the free
//! energy
//!
//! ```text
//! F(v) = −ln Σ_h e^−E(v, h) = −a·v − Σ_j ln(1 + e^(b_j + W_jᵀ v))
//! ```

use prob_core::{LogDensity, logspace::softplus};

use crate::Rbm;

impl Rbm {
    /// `E(v, h) = −a·v − b·h − vᵀ W h`, finite.
    ///
    /// # Panics
    /// If a layer has another length.
    #[must_use]
    pub fn energy(&self, visible: &[f64], hidden: &[f64]) -> f64 {
        assert_eq!(hidden.len(), self.hidden_units(), "one value per hidden unit");
        let inputs = (0..hidden.len()).map(|j| hidden[j] * self.hidden_input(j, visible));
        -self.bias_term(visible) - inputs.sum::<f64>()
    }

    /// `F(v) = −ln Σ_h e^−E(v, h)`, finite.
    ///
    /// # Panics
    /// If `visible` has another length than the visible layer.
    #[must_use]
    pub fn free_energy(&self, visible: &[f64]) -> f64 {
        let hidden = (0..self.hidden_units()).map(|j| softplus(self.hidden_input(j, visible)));
        -self.bias_term(visible) - hidden.sum::<f64>()
    }

    fn bias_term(&self, visible: &[f64]) -> f64 {
        self.visible_bias().iter().zip(visible).map(|(a, v)| a * v).sum()
    }
}

/// The law of the visible units: `ln f(v) = −F(v)`, `−∞` for what is not binary or of another length.
impl LogDensity<[f64]> for Rbm {
    fn log_density(&self, visible: &[f64]) -> f64 {
        if visible.len() == self.visible_units() && visible.iter().all(|v| is_binary(*v)) {
            -self.free_energy(visible)
        } else {
            f64::NEG_INFINITY
        }
    }
}

/// Whether a unit may have this value.
pub(crate) fn is_binary(value: f64) -> bool {
    value == 0.0 || value == 1.0
}
