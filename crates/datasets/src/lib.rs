#![doc = include_str!("../README.md")]

mod batches;
mod dataset;
mod error;
mod images;

pub mod idx;
pub mod manifest;
pub mod synthetic;

pub use batches::{Batch, shuffled};
pub use dataset::Dataset;
pub use error::{Error, IdxError};
pub use images::{FileSum, Images, images_from, mnist};
