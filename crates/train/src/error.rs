//! What can go wrong in a training run and with its checkpoints.

use std::path::PathBuf;

/// An error of somebody else's making, carried along.
pub(crate) type Foreign = Box<dyn std::error::Error + Send + Sync>;

/// Why training stopped before its end. Epochs and steps count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number of the plan is outside its range.
    #[error("the {name} is {value}; it must be {range}")]
    OutOfRange {
        /// Which number.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// There is nothing to learn from.
    #[error("an epoch has no batches; at least one is needed")]
    NoBatches,
    /// The progress to go on from is that of another run, or was changed by hand.
    #[error("the progress does not fit this run: {0}")]
    Progress(String),
    /// The learner refused a batch.
    #[error("epoch {epoch}, step {step}: the model could not take the batch")]
    Learner {
        /// The epoch.
        epoch: u64,
        /// The step; in validation, the last step before it.
        step: u64,
        /// What the learner said.
        source: Foreign,
    },
    /// A batch could not be made.
    #[error("epoch {epoch}, step {step}: the batch could not be made")]
    Data {
        /// The epoch.
        epoch: u64,
        /// The step; in validation, the last step before it.
        step: u64,
        /// What the source of the batches said.
        source: Foreign,
    },
    /// A quantity is NaN or infinite: training has diverged.
    #[error("epoch {epoch}, step {step}: the {quantity} is {value}; training has diverged")]
    NotFinite {
        /// The epoch.
        epoch: u64,
        /// The step; in validation, the last step before it.
        step: u64,
        /// The name of the quantity.
        quantity: String,
        /// Its value.
        value: f64,
    },
    /// A batch without observations has no means.
    #[error("epoch {epoch}, step {step}: the batch has no observations")]
    EmptyBatch {
        /// The epoch.
        epoch: u64,
        /// The step; in validation, the last step before it.
        step: u64,
    },
    /// The callback failed.
    #[error("the report on the training run failed")]
    Callback(#[source] Foreign),
}

/// Why a checkpoint cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A name that is not a plain file name.
    #[error("'{0}' cannot be the name of a file in a checkpoint")]
    Name(String),
    /// There is no checkpoint.
    #[error("there is no checkpoint at {}", .0.display())]
    Missing(PathBuf),
    /// A file of the checkpoint is not there.
    #[error("the checkpoint {} is incomplete: {name} is missing", .dir.display())]
    Incomplete {
        /// The checkpoint.
        dir: PathBuf,
        /// The file.
        name: String,
    },
    /// A file of the checkpoint is not what was written.
    #[error("the checkpoint {} is corrupt: {name} does not have the SHA-256 that was recorded", .dir.display())]
    Corrupt {
        /// The checkpoint.
        dir: PathBuf,
        /// The file.
        name: String,
    },
    /// A file lies in the checkpoint that its list of sums does not know: the list was shortened, or
    /// the file is of somebody else's making.
    #[error("the checkpoint {} is corrupt: {name} is not in SHA256SUMS", .dir.display())]
    Unlisted {
        /// The checkpoint.
        dir: PathBuf,
        /// The file.
        name: String,
    },
    /// The list of sums cannot be read.
    #[error("the checkpoint {} is corrupt: line {line} of SHA256SUMS is not a sum and a name", .dir.display())]
    Sums {
        /// The checkpoint.
        dir: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The file system refused.
    #[error("cannot {what} {}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
