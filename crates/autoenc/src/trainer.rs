//! An autoencoder that learns.

use candle_core::Tensor;
use rand::Rng;
use train::{Learner, Metrics};

use crate::weights::{from_bytes, to_bytes};
use crate::{Autoencoder, Comparison, Error, Mode, Optimizer, OptimizerKind, Parameters};

/// What a batch of reconstructions is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reconstructed {
    /// Number of observations.
    pub observations: usize,
    /// The mean loss.
    pub loss: f64,
    /// Fraction of elements that round to the same of 0 and 1 as their target.
    pub accuracy: f64,
}

impl Metrics for Reconstructed {
    const NAMES: &'static [&'static str] = &["loss", "accuracy"];

    fn observations(&self) -> usize {
        self.observations
    }

    fn value(&self, i: usize) -> f64 {
        if i == 0 { self.loss } else { self.accuracy }
    }
}

/// A model, its parameters and the optimiser that moves them: the learner of [`train::fit`].
///
/// Train inside one rayon pool (`pool.install`): entering it anew for each product costs a fifth of
/// the time at small batches.
#[derive(Debug)]
pub struct Trainer {
    model: Autoencoder,
    parameters: Parameters,
    optimizer: Optimizer,
}

impl Trainer {
    /// A trainer before its first step. `parameters` are those that `model` was made with.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for constants of the optimiser outside their ranges.
    pub fn new(
        model: Autoencoder,
        parameters: Parameters,
        optimizer: OptimizerKind,
    ) -> Result<Self, Error> {
        let optimizer = Optimizer::new(optimizer, &parameters)?;
        Ok(Self { model, parameters, optimizer })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Autoencoder {
        &self.model
    }

    /// Its parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The rule that moves them.
    #[must_use]
    pub fn optimizer_kind(&self) -> OptimizerKind {
        self.optimizer.kind()
    }

    /// The weights as safetensors, with the names and layouts of a PyTorch module.
    ///
    /// # Errors
    /// [`Error::NotFinite`] where training has diverged: such weights are not worth keeping.
    pub fn weights(&self) -> Result<Vec<u8>, Error> {
        to_bytes(&self.named())
    }

    /// The state of the optimiser as safetensors.
    ///
    /// # Errors
    /// [`Error::NotFinite`] where training has diverged.
    pub fn optimizer_state(&self) -> Result<Vec<u8>, Error> {
        self.optimizer.state()
    }

    /// Takes over saved weights and, where it is given, the state of the optimiser: both or neither.
    ///
    /// # Errors
    /// [`Error::Safetensors`] for bytes that are no whole file, [`Error::OtherTensors`] with the name
    /// of the tensor that is missing, superfluous or misshapen, [`Error::NotFinite`] for values that
    /// are. Nothing has changed then.
    pub fn load(&mut self, weights: &[u8], optimizer_state: Option<&[u8]>) -> Result<(), Error> {
        let weights = from_bytes(weights, &self.named())?;
        let state = optimizer_state.map(|state| self.optimizer.parse(state)).transpose()?;
        for (parameter, saved) in self.parameters.all().iter().zip(&weights) {
            parameter.var().set(saved)?;
        }
        state.map_or(Ok(()), |state| self.optimizer.restore(state))
    }

    fn named(&self) -> Vec<(String, Tensor)> {
        let all = self.parameters.all();
        all.iter().map(|p| (p.name().to_owned(), p.var().as_detached_tensor())).collect()
    }
}

impl Learner<Tensor> for Trainer {
    type Metrics = Reconstructed;
    type Error = Error;

    fn learn(
        &mut self,
        batch: &Tensor,
        rate: f64,
        rng: &mut impl Rng,
    ) -> Result<Reconstructed, Error> {
        self.parameters.clear_gradients();
        let compared = self.model.compare(batch, &mut Mode::Train(rng))?;
        let gradients = compared.loss.backward()?;
        self.optimizer.step(&gradients, rate)?;
        Ok(measured(batch, &compared))
    }

    fn evaluate(&mut self, batch: &Tensor) -> Result<Reconstructed, Error> {
        Ok(measured(batch, &self.model.compare(batch, &mut Mode::Eval)?))
    }
}

fn measured(batch: &Tensor, compared: &Comparison) -> Reconstructed {
    Reconstructed {
        observations: batch.dims().first().copied().unwrap_or(0),
        loss: compared.mean,
        accuracy: compared.rounded_accuracy,
    }
}
