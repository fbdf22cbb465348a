//! What the loop needs: something that learns from a batch, and batches by number.

use rand::Rng;

/// What a learner measures on one batch.
pub trait Metrics: Copy {
    /// The names of the quantities; the first is the loss, which training makes small.
    const NAMES: &'static [&'static str];

    /// Number of observations in the batch: its weight in the means over an epoch.
    fn observations(&self) -> usize;

    /// The mean of quantity `i` over the observations, `i` below `NAMES.len()`.
    fn value(&self, i: usize) -> f64;
}

/// A model that takes one step of stochastic learning on one batch.
pub trait Learner<B: ?Sized> {
    /// What it measures.
    type Metrics: Metrics;
    /// Why it cannot learn from a batch.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Takes one step with learning rate `rate` and reports the metrics as they were before it.
    ///
    /// # Errors
    /// Where the batch does not fit the model.
    fn learn(
        &mut self,
        batch: &B,
        rate: f64,
        rng: &mut impl Rng,
    ) -> Result<Self::Metrics, Self::Error>;

    /// The metrics on a batch, without learning from it.
    ///
    /// # Errors
    /// Where the batch does not fit the model.
    fn evaluate(&mut self, batch: &B) -> Result<Self::Metrics, Self::Error>;
}

/// The batches of each epoch, by number: a resumed run can go on inside an epoch.
///
/// The same `(epoch, index)` has to give the same batch every time.
pub trait Batches {
    /// One batch.
    type Batch: ?Sized;
    /// Why a batch cannot be made.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Training batches in an epoch, at least 1.
    fn per_epoch(&self) -> u64;

    /// Training batch `index` (below [`per_epoch`](Self::per_epoch)) of epoch `epoch`, both from 0.
    ///
    /// # Errors
    /// Where the batch cannot be made.
    fn batch(&mut self, epoch: u64, index: u64) -> Result<&Self::Batch, Self::Error>;

    /// Number of validation batches; 0 where there is no validation.
    fn validation(&self) -> u64;

    /// Validation batch `index`, below [`validation`](Self::validation).
    ///
    /// # Errors
    /// Where the batch cannot be made.
    fn validation_batch(&mut self, index: u64) -> Result<&Self::Batch, Self::Error>;
}
