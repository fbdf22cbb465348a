//! The partition function `Z = Σ_v Σ_h e^−E(v, h)`, by enumeration of the smaller layer.
//!
//! The sum over one layer is a product, so that only the other is enumerated: for hidden units
//!
//! ```text
//! Z = Σ_h e^(b·h) Π_i (1 + e^(a_i + W_i h))
//! ```
//!
//! The configurations come in blocks, and within a block in the order of a Gray code: one unit flips
//! from each to the next, and the inputs `a + W h` change by one column of W. Each block computes them
//! afresh, so that rounding errors do not add up over millions of flips.

use nalgebra::{DMatrix, DVector};
use prob_core::logspace::{log_sum_exp, softplus};

use crate::{Error, Rbm};

/// The most units of the smaller layer that are enumerated: 2^25 configurations.
pub const MOST_ENUMERATED: usize = 25;

/// Units that flip within a block.
const BLOCK_UNITS: usize = 10;

impl Rbm {
    /// `ln Z`, exactly. The time grows as 2^n times the size of the larger layer, for n units in the
    /// smaller one.
    ///
    /// # Errors
    /// [`Error::TooManyUnits`] if both layers have more than [`MOST_ENUMERATED`] units.
    pub fn log_partition(&self) -> Result<f64, Error> {
        Ok(Enumeration::new(self)?.log_partition())
    }
}

/// The layer that is enumerated, and the other one.
pub(crate) struct Enumeration {
    bias: DVector<f64>,
    other_bias: DVector<f64>,
    /// Of shape [other, enumerated]: a flip adds or takes away a column.
    weights: DMatrix<f64>,
    /// Whether the hidden layer is the enumerated one.
    pub(crate) of_hidden: bool,
}

/// One configuration of the enumerated layer.
pub(crate) struct Configuration<'a> {
    /// Bit k is unit k.
    pub(crate) bits: u64,
    /// The input of each unit of the other layer.
    pub(crate) inputs: &'a [f64],
    /// `ln Σ e^−E` over the other layer.
    pub(crate) log_weight: f64,
}

impl Enumeration {
    pub(crate) fn new(rbm: &Rbm) -> Result<Self, Error> {
        let (visible, hidden) = (rbm.visible_units(), rbm.hidden_units());
        if visible.min(hidden) > MOST_ENUMERATED {
            return Err(Error::TooManyUnits { visible, hidden, limit: MOST_ENUMERATED });
        }
        let (a, b) = (rbm.visible_bias().clone(), rbm.hidden_bias().clone());
        Ok(if hidden <= visible {
            Self { bias: b, other_bias: a, weights: rbm.weights().clone(), of_hidden: true }
        } else {
            Self { bias: a, other_bias: b, weights: rbm.weights().transpose(), of_hidden: false }
        })
    }

    pub(crate) fn units(&self) -> usize {
        self.bias.len()
    }

    pub(crate) fn log_partition(&self) -> f64 {
        let mut terms = Vec::new();
        let block = |block| {
            terms.clear();
            self.visit_block(block, |c| terms.push(c.log_weight));
            log_sum_exp(&terms)
        };
        let blocks: Vec<f64> = (0..self.blocks()).map(block).collect();
        log_sum_exp(&blocks)
    }

    pub(crate) fn blocks(&self) -> u64 {
        1 << self.units().saturating_sub(BLOCK_UNITS)
    }

    /// Visits the configurations of one block: the number of the block is that of its later units,
    /// while the first ones take all values, from all off.
    pub(crate) fn visit_block(&self, block: u64, mut visit: impl FnMut(Configuration<'_>)) {
        let size = 1u64 << self.units().min(BLOCK_UNITS);
        let mut bits = block * size;
        let mut inputs = self.other_bias.clone();
        for unit in (0..self.units()).filter(|k| bits >> k & 1 == 1) {
            inputs += self.weights.column(unit);
        }
        for step in 1..=size {
            let log_weight =
                self.bias_term(bits) + inputs.iter().map(|x| softplus(*x)).sum::<f64>();
            visit(Configuration { bits, inputs: inputs.as_slice(), log_weight });
            if step < size {
                let unit = step.trailing_zeros();
                bits ^= 1 << unit;
                let sign = if bits >> unit & 1 == 1 { 1.0 } else { -1.0 };
                inputs.axpy(sign, &self.weights.column(unit as usize), 1.0);
            }
        }
    }

    fn bias_term(&self, bits: u64) -> f64 {
        self.bias.iter().enumerate().filter(|(k, _)| bits >> k & 1 == 1).map(|(_, b)| b).sum()
    }
}
