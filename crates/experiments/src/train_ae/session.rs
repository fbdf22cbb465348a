//! Watching a training run: metrics and lines each epoch, checkpoints, the wish to stop.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use autoenc::Trainer;
use runs::{MetricsLog, MetricsRow, Run};
use terminal::Complaint;
use train::{EpochRecord, Event, Progress};

use super::Job;
use super::config::{Config, Model};
use super::saved::{Identity, Snapshot};
use crate::interrupt::Interrupt;
use crate::place;
use crate::progress::Bar;

/// The newest checkpoint of a run, and the one with the lowest validation loss (training loss
/// without validation).
pub const LAST: &str = "checkpoints/last";
const BEST: &str = "checkpoints/best";

/// Epochs shorter than this share a checkpoint: writing one takes milliseconds.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(250);

/// Lines printed at most about a run of very many epochs.
const LINES: u64 = 50;

/// A training run that is under way.
pub struct Session<'a> {
    run: &'a Run,
    interrupt: &'a Interrupt,
    identity: Identity,
    shown: Shown,
    epochs: u64,
    bar: Bar,
    log: MetricsLog,
    /// The best state since the last checkpoint, not yet written.
    best: Option<(u64, Snapshot)>,
    saved: Instant,
    saved_epoch: u64,
    epoch_began: Instant,
    seconds: Vec<f64>,
    reader_left: bool,
}

impl<'a> Session<'a> {
    /// Begins to watch a run of `per_epoch` batches an epoch. The state at the start is a
    /// checkpoint too: a run that is killed in its first epoch can go on.
    pub fn start(
        job: &Job<'a>,
        per_epoch: u64,
        trainer: &Trainer,
        progress: &Progress,
    ) -> anyhow::Result<Self> {
        let Job { config, run, identity, interrupt, .. } = job;
        let shown = Shown::of(config);
        let rows: Vec<_> = progress
            .history
            .epochs
            .iter()
            .map(|record| MetricsRow {
                epoch: record.epoch,
                step: record.step,
                values: shown.values(record),
            })
            .collect();
        let log = MetricsLog::resume(run, &shown.names(), &rows)?;
        Snapshot::take(trainer, progress, identity)?.save(&run.path(LAST))?;
        let now = Instant::now();
        Ok(Self {
            run,
            interrupt,
            identity: identity.clone(),
            shown,
            epochs: config.epochs,
            bar: Bar::new(config.epochs * per_epoch, progress.step),
            log,
            best: None,
            saved: now,
            saved_epoch: progress.epoch,
            epoch_began: now,
            seconds: Vec::new(),
            reader_left: false,
        })
    }

    /// The bar, for other lines.
    pub fn bar(&self) -> &Bar {
        &self.bar
    }

    /// The median time of an epoch, in seconds; `None` before the first one ended.
    pub fn seconds_per_epoch(&self) -> Option<f64> {
        let mut sorted = self.seconds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied()
    }

    /// Whether the reader of standard output went away.
    pub fn reader_left(&self) -> bool {
        self.reader_left
    }

    /// Called by the loop after each step and each epoch.
    pub fn watch(
        &mut self,
        trainer: &Trainer,
        event: &Event<'_>,
    ) -> anyhow::Result<ControlFlow<()>> {
        match event {
            Event::Step { progress, loss } => self.bar.step(progress.step, progress.epoch, *loss),
            Event::Epoch { progress, record, best } => {
                self.epoch_ended(trainer, progress, record, *best)?;
            }
        }
        let stop = self.interrupt.asked() || self.reader_left;
        Ok(if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn epoch_ended(
        &mut self,
        trainer: &Trainer,
        progress: &Progress,
        record: &EpochRecord,
        best: bool,
    ) -> anyhow::Result<()> {
        let seconds = self.epoch_began.elapsed().as_secs_f64();
        self.seconds.push(seconds);
        self.log.append(record.epoch, record.step, &self.shown.values(record))?;
        if best {
            self.best = Some((record.epoch, Snapshot::take(trainer, progress, &self.identity)?));
        }
        if self.saved.elapsed() >= BETWEEN_CHECKPOINTS {
            self.save(trainer, progress)?;
        }
        let every = self.epochs.div_ceil(LINES);
        if record.epoch.is_multiple_of(every) || record.epoch == 1 || record.epoch == self.epochs {
            let width = self.epochs.to_string().len();
            let head = format!("epoch {:width$}/{}", record.epoch, self.epochs);
            let time = if every == 1 { format!("  {seconds:.2} s") } else { String::new() };
            self.say(&format!("{head}  {}{time}", self.shown.line(record)))?;
        }
        self.epoch_began = Instant::now();
        Ok(())
    }

    /// Writes a line; a reader that went away (`| head`) is no error, but the wish to stop.
    pub fn say(&mut self, text: &str) -> anyhow::Result<()> {
        match self.bar.line(text) {
            Err(error) if terminal::is_closed_pipe(&error) => {
                self.reader_left = true;
                Ok(())
            }
            other => other,
        }
    }

    /// Writes the metrics to the disk and then the checkpoints: the best one first, so that the last
    /// one never promises more than there is.
    pub fn save(&mut self, trainer: &Trainer, progress: &Progress) -> anyhow::Result<()> {
        self.log.sync()?;
        if let Some((_, best)) = self.best.take() {
            best.save(&self.run.path(BEST))?;
        }
        Snapshot::take(trainer, progress, &self.identity)?.save(&self.run.path(LAST))?;
        self.saved = Instant::now();
        self.saved_epoch = progress.epoch;
        Ok(())
    }

    /// An error with what is left and a way out, where training has diverged.
    pub fn explain(&mut self, error: anyhow::Error) -> anyhow::Error {
        let diverged = error.chain().any(|e| {
            matches!(e.downcast_ref(), Some(train::Error::NotFinite { .. }))
                || matches!(e.downcast_ref(), Some(autoenc::Error::NotFinite(_)))
                || e.is::<Diverged>()
        });
        if !diverged {
            return error;
        }
        let mut left = vec![format!("{LAST} is of epoch {}", self.saved_epoch)];
        if let Some((epoch, best)) = self.best.take() {
            // One more checkpoint is not worth another message.
            if best.save(&self.run.path(BEST)).is_ok() {
                left.push(format!("{BEST} of epoch {epoch}"));
            }
        }
        let complaint = Complaint::new("training has diverged and was stopped").hint(format!(
            "start anew with a smaller --learning-rate; of what was good, {} (in {})",
            left.join(" and "),
            place::typed(self.run.dir())
        ));
        error.context(complaint)
    }
}

/// A model whose results are no numbers, after a last step that nothing measured.
#[derive(Debug)]
pub struct Diverged(pub &'static str);

impl std::fmt::Display for Diverged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "after the last step {} is not finite", self.0)
    }
}

impl std::error::Error for Diverged {}

/// An error of the loop; one of ours that only passed through it as it was.
pub fn unwrapped(error: train::Error) -> anyhow::Error {
    match error {
        train::Error::Callback(ours) => anyhow::Error::from_boxed(ours),
        error => error.into(),
    }
}

/// Which of the measured quantities say something about the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    /// The loss alone, or the rounded accuracy too: it has no meaning for points in space.
    quantities: usize,
    validation: bool,
}

impl Shown {
    fn of(config: &Config) -> Self {
        let quantities = if config.model == Model::Linear { 1 } else { 2 };
        Self { quantities, validation: config.validation > 0 }
    }

    /// Columns of the metrics.
    fn names(self) -> Vec<&'static str> {
        let train = ["loss", "accuracy"].into_iter().take(self.quantities);
        let held_out = ["val_loss", "val_accuracy"].into_iter().take(self.quantities);
        train.chain(held_out.take(if self.validation { 2 } else { 0 })).collect()
    }

    /// The columns' values at one epoch.
    fn values(self, record: &EpochRecord) -> Vec<f64> {
        let some = |values: &[f64]| values.iter().copied().take(self.quantities).collect();
        let mut values: Vec<f64> = some(&record.train);
        if self.validation {
            values.extend(record.validation.as_deref().map_or_else(Vec::new, some));
        }
        values
    }

    /// One epoch as a line: `loss 0.1043  accuracy 0.9631  val loss 0.1038  val accuracy 0.9634`.
    fn line(self, record: &EpochRecord) -> String {
        let values = self.values(record);
        let digits = if self.quantities == 1 { 7 } else { 4 };
        let of =
            |(name, value): (&str, &f64)| format!("{} {value:.digits$}", name.replace('_', " "));
        self.names().into_iter().zip(&values).map(of).collect::<Vec<_>>().join("  ")
    }
}

#[cfg(test)]
mod tests {
    use super::Shown;
    use train::EpochRecord;

    #[test]
    fn an_epoch_is_one_line_with_what_has_a_meaning() {
        let record = EpochRecord {
            epoch: 1,
            step: 9,
            train: vec![0.25, 0.75],
            validation: Some(vec![0.5, 0.625]),
        };
        let images = Shown { quantities: 2, validation: true };
        let line = "loss 0.2500  accuracy 0.7500  val loss 0.5000  val accuracy 0.6250";
        assert_eq!(images.line(&record), line);
        let points = Shown { quantities: 1, validation: false };
        assert_eq!(points.line(&record), "loss 0.2500000");
        assert_eq!(points.names(), ["loss"]);
    }
}
