//! How far a run is: everything that the loop itself has to remember.

use serde::{Deserialize, Serialize};

use crate::{Error, Metrics};

/// The means of one epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The epoch, from 1.
    pub epoch: u64,
    /// Steps taken up to its end.
    pub step: u64,
    /// Means over the training observations, each measured before the step on its batch.
    pub train: Vec<f64>,
    /// Means over the validation observations at the epoch's end.
    pub validation: Option<Vec<f64>>,
}

impl EpochRecord {
    /// The loss that early stopping and the best checkpoint go by: validation where there is one.
    #[must_use]
    pub fn loss(&self) -> f64 {
        let values = self.validation.as_ref().unwrap_or(&self.train);
        values.first().copied().unwrap_or(f64::NAN)
    }
}

/// All epochs so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// The names of the quantities.
    pub names: Vec<String>,
    /// One record an epoch.
    pub epochs: Vec<EpochRecord>,
}

/// The epoch with the lowest loss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The epoch, from 1.
    pub epoch: u64,
    /// Its loss.
    pub loss: f64,
}

/// The whole state of the loop between two steps.
///
/// Together with the learner's own state it is all that a run needs to go on as if it had never
/// stopped, in the middle of an epoch too. In JSON (with exact numbers) it comes back bit for bit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Complete epochs.
    pub epoch: u64,
    /// Steps taken in all epochs.
    pub step: u64,
    /// Batches done in the running epoch.
    pub batch: u64,
    /// Observations in those batches.
    pub observations: u64,
    /// Observation-weighted sums of the metrics over those batches.
    pub sums: Vec<f64>,
    /// The complete epochs.
    pub history: History,
    /// The best epoch so far.
    pub best: Option<Best>,
    /// The loss that the next improvement is measured from.
    pub to_beat: Option<f64>,
    /// Epochs since the last improvement.
    pub stale: u64,
}

impl Progress {
    /// The start of a run.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes on the names of the metrics, or refuses a progress that is not one of this run.
    pub(crate) fn check<M: Metrics>(&mut self, per_epoch: u64) -> Result<(), Error> {
        if *self == Self::default() {
            self.history.names = M::NAMES.iter().map(|name| (*name).to_owned()).collect();
            self.sums = vec![0.0; M::NAMES.len()];
        }
        let wrong = |text: String| Err(Error::Progress(text));
        if self.history.names != M::NAMES {
            return wrong(format!("it has {:?}, the model {:?}", self.history.names, M::NAMES));
        }
        let steps = self.epoch.checked_mul(per_epoch).and_then(|s| s.checked_add(self.batch));
        if steps != Some(self.step) || self.batch > per_epoch {
            let Self { epoch, step, batch, .. } = self;
            return wrong(format!(
                "{step} steps are not {epoch} epochs of {per_epoch} batches and {batch} more"
            ));
        }
        if self.history.epochs.len() as u64 != self.epoch {
            let records = self.history.epochs.len();
            return wrong(format!("{} epochs have {records} records", self.epoch));
        }
        let widths = self.history.epochs.iter().flat_map(|e| {
            [Some(e.train.len()), e.validation.as_ref().map(Vec::len)].into_iter().flatten()
        });
        let mut widths = widths.chain([self.sums.len()]);
        if widths.any(|width| width != M::NAMES.len()) {
            return wrong(format!("each record needs {} numbers", M::NAMES.len()));
        }
        Ok(())
    }

    /// Ends the running epoch with its means; whether it is the best one so far.
    pub(crate) fn finish_epoch(
        &mut self,
        train: Vec<f64>,
        validation: Option<Vec<f64>>,
        min_improvement: f64,
    ) -> bool {
        self.epoch += 1;
        let record = EpochRecord { epoch: self.epoch, step: self.step, train, validation };
        let loss = record.loss();
        self.history.epochs.push(record);
        (self.batch, self.observations) = (0, 0);
        self.sums.fill(0.0);
        if self.to_beat.is_none_or(|to_beat| loss < to_beat - min_improvement) {
            self.to_beat = Some(loss);
            self.stale = 0;
        } else {
            self.stale += 1;
        }
        let is_best = self.best.is_none_or(|best| loss < best.loss);
        if is_best {
            self.best = Some(Best { epoch: self.epoch, loss });
        }
        is_best
    }
}
