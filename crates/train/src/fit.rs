//! The one training loop.

use std::ops::ControlFlow;

use crate::company::in_company;
use crate::error::Foreign;
use crate::{Batches, EpochRecord, Error, Learner, Metrics, Plan, Progress};

/// What the loop reports.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A step was taken.
    Step {
        /// The state after the step: what a checkpoint holds.
        progress: &'a Progress,
        /// The loss on this batch, before the step.
        loss: f64,
    },
    /// An epoch is complete, validation included.
    Epoch {
        /// The state after the epoch: what a checkpoint holds.
        progress: &'a Progress,
        /// Its means.
        record: &'a EpochRecord,
        /// Whether its loss is the lowest so far.
        best: bool,
    },
}

/// How training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All epochs are complete.
    Finished,
    /// The loss has stopped falling.
    StoppedEarly,
    /// The callback asked to stop; the progress is that after the last step.
    Interrupted,
}

/// Trains `learner` from `progress` on, until the plan's end or until `on_event` says
/// [`ControlFlow::Break`].
///
/// The progress is always that of a boundary between two steps. Put beside the learner's own state it
/// continues the run with the same bits: the generator of a step depends on the seed and the number
/// of the step alone, and the sums of the running epoch are part of the progress. A batch whose
/// metrics are NaN or infinite ends training before its step is counted. A wish to stop that comes
/// with the last epoch is granted as [`Ending::Finished`].
///
/// Inside a rayon pool (`pool.install`) one other thread of it stays awake all the while, so that steps
/// of less than a millisecond can use a second core.
///
/// # Errors
/// As the variants of [`Error`] say: a plan out of range, a progress of another run, data or learner
/// that fail, metrics that are not finite, a callback that fails.
pub fn fit<L, D>(
    learner: &mut L,
    data: &mut D,
    plan: &Plan,
    progress: &mut Progress,
    on_event: impl FnMut(&mut L, Event<'_>) -> Result<ControlFlow<()>, Foreign>,
) -> Result<Ending, Error>
where
    D: Batches,
    L: Learner<D::Batch>,
{
    in_company(|| run(learner, data, plan, progress, on_event))
}

fn run<L, D>(
    learner: &mut L,
    data: &mut D,
    plan: &Plan,
    progress: &mut Progress,
    mut on_event: impl FnMut(&mut L, Event<'_>) -> Result<ControlFlow<()>, Foreign>,
) -> Result<Ending, Error>
where
    D: Batches,
    L: Learner<D::Batch>,
{
    plan.check()?;
    let per_epoch = data.per_epoch();
    if per_epoch == 0 {
        return Err(Error::NoBatches);
    }
    progress.check::<L::Metrics>(per_epoch)?;
    let min_improvement = plan.early_stopping.map_or(0.0, |early| early.min_improvement);
    while progress.epoch < plan.epochs {
        if plan.early_stopping.is_some_and(|early| progress.stale >= early.patience) {
            return Ok(Ending::StoppedEarly);
        }
        while progress.batch < per_epoch {
            let loss = step(learner, data, plan, progress)?;
            let event = Event::Step { progress, loss };
            if on_event(learner, event).map_err(Error::Callback)?.is_break() {
                return Ok(Ending::Interrupted);
            }
        }
        let validation = validate(learner, data, progress)?;
        let train = means(&progress.sums, progress.observations);
        let best = progress.finish_epoch(train, validation, min_improvement);
        let Some(record) = progress.history.epochs.last() else { continue };
        let event = Event::Epoch { progress, record, best };
        let stop = on_event(learner, event).map_err(Error::Callback)?.is_break();
        if stop && progress.epoch < plan.epochs {
            return Ok(Ending::Interrupted);
        }
    }
    Ok(Ending::Finished)
}

/// One training step; returns the loss on its batch.
fn step<L, D>(
    learner: &mut L,
    data: &mut D,
    plan: &Plan,
    progress: &mut Progress,
) -> Result<f64, Error>
where
    D: Batches,
    L: Learner<D::Batch>,
{
    let now = progress.epoch as f64 + progress.batch as f64 / data.per_epoch() as f64;
    let place = Place { epoch: progress.epoch + 1, step: progress.step + 1, when: "" };
    let batch = data.batch(progress.epoch, progress.batch).map_err(|e| place.data(e))?;
    let mut rng = plan.seed.stream("batch", progress.step);
    let metrics =
        learner.learn(batch, plan.rate.at(now), &mut rng).map_err(|e| place.learner(e))?;
    place.add(metrics, &mut progress.sums, &mut progress.observations)?;
    progress.step += 1;
    progress.batch += 1;
    Ok(metrics.value(0))
}

/// The means over the validation data, where there are any.
fn validate<L, D>(
    learner: &mut L,
    data: &mut D,
    progress: &Progress,
) -> Result<Option<Vec<f64>>, Error>
where
    D: Batches,
    L: Learner<D::Batch>,
{
    if data.validation() == 0 {
        return Ok(None);
    }
    let place = Place { epoch: progress.epoch + 1, step: progress.step, when: "validation " };
    let (mut sums, mut observations) = (vec![0.0; progress.sums.len()], 0);
    for index in 0..data.validation() {
        let batch = data.validation_batch(index).map_err(|e| place.data(e))?;
        let metrics = learner.evaluate(batch).map_err(|e| place.learner(e))?;
        place.add(metrics, &mut sums, &mut observations)?;
    }
    Ok(Some(means(&sums, observations)))
}

fn means(sums: &[f64], observations: u64) -> Vec<f64> {
    sums.iter().map(|sum| sum / observations as f64).collect()
}

/// Where in the run something happens, for the messages.
#[derive(Clone, Copy)]
struct Place {
    epoch: u64,
    step: u64,
    when: &'static str,
}

impl Place {
    fn data(self, source: impl Into<Foreign>) -> Error {
        Error::Data { epoch: self.epoch, step: self.step, source: source.into() }
    }

    fn learner(self, source: impl Into<Foreign>) -> Error {
        Error::Learner { epoch: self.epoch, step: self.step, source: source.into() }
    }

    /// Adds a batch's metrics to the sums, or changes nothing where one is not finite.
    fn add<M: Metrics>(
        self,
        metrics: M,
        sums: &mut [f64],
        observations: &mut u64,
    ) -> Result<(), Error> {
        let Self { epoch, step, when } = self;
        let n = metrics.observations();
        if n == 0 {
            return Err(Error::EmptyBatch { epoch, step });
        }
        let added = |i: usize, sum: f64| sum + n as f64 * metrics.value(i);
        for (i, (sum, name)) in sums.iter().zip(M::NAMES).enumerate() {
            if !added(i, *sum).is_finite() {
                let (quantity, value) = (format!("{when}{name}"), metrics.value(i));
                return Err(Error::NotFinite { epoch, step, quantity, value });
            }
        }
        sums.iter_mut().enumerate().for_each(|(i, sum)| *sum = added(i, *sum));
        *observations += n as u64;
        Ok(())
    }
}
