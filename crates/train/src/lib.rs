#![doc = include_str!("../README.md")]

pub mod checkpoint;
mod company;
mod error;
mod fit;
mod learner;
mod plan;
mod progress;

pub use error::{CheckpointError, Error};
pub use fit::{Ending, Event, fit};
pub use learner::{Batches, Learner, Metrics};
pub use plan::{EarlyStopping, LearningRate, Plan};
pub use progress::{Best, EpochRecord, History, Progress};
