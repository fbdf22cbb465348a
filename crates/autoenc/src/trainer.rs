//! An autoencoder that learns.

use candle_core::Tensor;
use candle_core::backprop::GradStore;
use prob_core::Seed;
use rand::{Rng, RngExt};
use train::{Learner, Metrics};

use crate::host::is_host_f32;
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
/// On the processor a step is two passes over half a batch each, at the same time on two cores, and
/// the sum of their gradients. Whether a batch is cut in two depends on its shape alone, so that the
/// bits do not depend on the number of threads. Train inside one rayon pool (`pool.install`): to
/// enter it anew costs a wake-up a step.
#[derive(Debug)]
pub struct Trainer {
    whole: Replica,
    half: Replica,
    optimizer: Optimizer,
}

/// A model with a place of its own for the gradients; the variables are shared.
#[derive(Debug)]
struct Replica {
    model: Autoencoder,
    parameters: Parameters,
}

/// Below this many products of an observation with a parameter a second core is not worth waking.
const WORTH_A_CORE: usize = 1 << 20;

impl Trainer {
    /// A trainer before its first step. `build` makes the model with its parameters in `parameters`,
    /// a constructor of [`zoo`](crate::zoo) for example.
    ///
    /// # Errors
    /// What `build` says; [`Error::OutOfRange`] for constants of the optimiser outside their ranges.
    pub fn new(
        build: impl Fn(&Parameters) -> Result<Autoencoder, Error>,
        parameters: Parameters,
        optimizer: OptimizerKind,
    ) -> Result<Self, Error> {
        let whole = Replica { model: build(&parameters)?, parameters };
        let parameters = whole.parameters.replica();
        let half = Replica { model: build(&parameters)?, parameters };
        let optimizer = Optimizer::new(optimizer, &whole.parameters)?;
        Ok(Self { whole, half, optimizer })
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Autoencoder {
        &self.whole.model
    }

    /// Its parameters.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.whole.parameters
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
        for (parameter, saved) in self.whole.parameters.all().iter().zip(&weights) {
            parameter.var().set(saved)?;
        }
        state.map_or(Ok(()), |state| self.optimizer.restore(state))
    }

    fn named(&self) -> Vec<(String, Tensor)> {
        let all = self.whole.parameters.all();
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
        let (metrics, gradients) = match self.halves(batch)? {
            None => self.whole.backward(batch, 1.0, rng)?,
            Some((upper, lower)) => self.both(&upper, &lower, rng)?,
        };
        self.optimizer.step(&gradients, rate)?;
        Ok(metrics)
    }

    fn evaluate(&mut self, batch: &Tensor) -> Result<Reconstructed, Error> {
        Ok(measured(batch, &self.whole.model.compare(batch, &mut Mode::Eval)?))
    }
}

impl Trainer {
    /// The batch cut in two, where that is worth it: by its shape alone.
    fn halves(&self, batch: &Tensor) -> Result<Option<(Tensor, Tensor)>, Error> {
        let n = batch.dims().first().copied().unwrap_or(0);
        let work = n.saturating_mul(self.whole.parameters.count());
        if n < 2 || work < WORTH_A_CORE || !is_host_f32(batch) {
            return Ok(None);
        }
        let middle = n.div_ceil(2);
        Ok(Some((batch.narrow(0, 0, middle)?, batch.narrow(0, middle, n - middle)?)))
    }

    /// Both halves at the same time: their gradients add up to that of the whole batch's mean loss.
    fn both(
        &self,
        upper: &Tensor,
        lower: &Tensor,
        rng: &mut impl Rng,
    ) -> Result<(Reconstructed, GradStore), Error> {
        let (n, m) = (upper.dims()[0] as f64, lower.dims()[0] as f64);
        let share = n / (n + m);
        // Each half tosses its own coins, so that it does not matter which one comes first.
        let seed = Seed(rng.random());
        let pass = |replica: &Replica, x: &Tensor, share: f64, half: u64| {
            replica.backward(x, share, &mut seed.stream("half", half))
        };
        let (a, b) = rayon::join(
            || pass(&self.whole, upper, share, 0),
            || pass(&self.half, lower, 1.0 - share, 1),
        );
        let ((a, gradients), (b, others)) = (a?, b?);
        self.whole.parameters.add_gradients(&self.half.parameters, &others)?;
        Ok((a.and(b), gradients))
    }
}

impl Replica {
    /// The metrics of a batch, and the gradient of `share` times its mean loss: on the tape, and in
    /// the buffers of the parameters.
    fn backward(
        &self,
        x: &Tensor,
        share: f64,
        rng: &mut impl Rng,
    ) -> Result<(Reconstructed, GradStore), Error> {
        self.parameters.clear_gradients();
        let compared = self.model.compare(x, &mut Mode::Train(rng))?;
        let gradients = match share {
            1.0 => compared.loss.backward()?,
            share => (&compared.loss * share)?.backward()?,
        };
        Ok((measured(x, &compared), gradients))
    }
}

impl Reconstructed {
    /// The metrics of two batches together.
    fn and(self, other: Self) -> Self {
        let (n, m) = (self.observations as f64, other.observations as f64);
        let mean = |a: f64, b: f64| (n * a + m * b) / (n + m);
        Self {
            observations: self.observations + other.observations,
            loss: mean(self.loss, other.loss),
            accuracy: mean(self.accuracy, other.accuracy),
        }
    }
}

fn measured(batch: &Tensor, compared: &Comparison) -> Reconstructed {
    Reconstructed {
        observations: batch.dims().first().copied().unwrap_or(0),
        loss: compared.mean,
        accuracy: compared.rounded_accuracy,
    }
}
