//! The two phases of the gradient of the log likelihood.
//!
//! ```text
//! ∇ (1/n) Σ ln p(v) = E_data(v, h, v hᵀ) − E_model(v, h, v hᵀ)
//! ```
//!
//! for (a, b, W): the positive phase has the visible units at the data and the hidden ones at their
//! conditional expectation, the negative phase has all units free. Here it is exact, by enumeration.

use nalgebra::{DMatrix, DVector};
use prob_core::logspace::sigmoid;

use crate::{Error, Rbm, energy::is_binary, partition::Enumeration, rbm::check_length};

/// Expectations of the units and of their products; a gradient for (a, b, W) has the same shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// `E v`, one element per visible unit: in the negative phase the chance that it is 1.
    pub visible: DVector<f64>,
    /// `E h`, one element per hidden unit.
    pub hidden: DVector<f64>,
    /// `E v hᵀ`, of shape [visible, hidden].
    pub products: DMatrix<f64>,
}

impl Rbm {
    /// Expectations with the visible units at the data, averaged over the observations: the columns
    /// of `data`, of shape [visible, n].
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] or [`Error::NotBinary`] for bad data.
    pub fn positive_phase(&self, data: &DMatrix<f64>) -> Result<Moments, Error> {
        self.check_data(data)?;
        let hidden = DMatrix::from_fn(self.hidden_units(), data.ncols(), |j, n| {
            self.hidden_prob(j, data.column(n).as_slice())
        });
        let n = data.ncols() as f64;
        Ok(Moments {
            visible: data.column_mean(),
            hidden: hidden.column_mean(),
            products: data * hidden.transpose() / n,
        })
    }

    /// Expectations under the model, exactly.
    ///
    /// # Errors
    /// [`Error::TooManyUnits`] as [`log_partition`](Self::log_partition).
    pub fn negative_phase(&self) -> Result<Moments, Error> {
        let enumeration = Enumeration::new(self)?;
        let log_partition = enumeration.log_partition();
        let (units, others) = (enumeration.units(), self.weights().len() / enumeration.units());
        let (mut own, mut other) = (DVector::zeros(units), DVector::zeros(others));
        let mut products = DMatrix::zeros(others, units);
        let mut expected = DVector::zeros(others);
        for block in 0..enumeration.blocks() {
            enumeration.visit_block(block, |c| {
                let p = (c.log_weight - log_partition).exp();
                expected.iter_mut().zip(c.inputs).for_each(|(e, x)| *e = p * sigmoid(*x));
                other += &expected;
                for unit in (0..units).filter(|k| c.bits >> k & 1 == 1) {
                    own[unit] += p;
                    products.column_mut(unit).axpy(1.0, &expected, 1.0);
                }
            });
        }
        Ok(if enumeration.of_hidden {
            Moments { visible: other, hidden: own, products }
        } else {
            Moments { visible: own, hidden: other, products: products.transpose() }
        })
    }

    /// The gradient of the mean log likelihood of `data` (shape [visible, n]) with respect to the
    /// visible bias, the hidden bias and the weights: positive minus negative phase, exactly.
    ///
    /// # Errors
    /// As [`positive_phase`](Self::positive_phase) and [`negative_phase`](Self::negative_phase).
    pub fn log_likelihood_gradient(&self, data: &DMatrix<f64>) -> Result<Moments, Error> {
        let (positive, negative) = (self.positive_phase(data)?, self.negative_phase()?);
        Ok(Moments {
            visible: positive.visible - negative.visible,
            hidden: positive.hidden - negative.hidden,
            products: positive.products - negative.products,
        })
    }

    /// Refuses data that this machine could not have made.
    pub(crate) fn check_data(&self, data: &DMatrix<f64>) -> Result<(), Error> {
        if data.ncols() == 0 {
            return Err(Error::Empty { what: "observations" });
        }
        check_length("an observation", self.visible_units(), data.nrows())?;
        match data.iter().position(|v| !is_binary(*v)) {
            Some(index) => {
                let (observation, unit) = (index / data.nrows(), index % data.nrows());
                Err(Error::NotBinary { observation, unit, value: data[index] })
            }
            None => Ok(()),
        }
    }
}
