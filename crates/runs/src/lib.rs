#![doc = include_str!("../README.md")]

mod atomic;
mod environment;
mod error;
mod events;
mod folder;
mod latest;
mod lock;
mod metrics;
mod report;
mod status;

pub use environment::{Environment, Git};
pub use error::Error;
pub use folder::Run;
pub use metrics::{MetricsLog, MetricsRow};
pub use report::{FigureBytes, Report};
pub use status::Status;
