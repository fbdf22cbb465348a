//! What can go wrong with a model, its weights or its device.

use crate::DeviceKind;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tensor operation failed.
    #[error("tensor operation failed")]
    Candle(#[from] candle_core::Error),
    /// The device is not part of this build.
    #[error("this program was built without {0}")]
    DeviceNotCompiled(DeviceKind),
    /// The device is part of this build but could not be opened.
    #[error("the device {kind} could not be opened")]
    DeviceNotFound {
        /// The device asked for.
        kind: DeviceKind,
        /// What the driver said.
        source: candle_core::Error,
    },
    /// No device has this name.
    #[error("no device is called '{0}': the devices are cpu, cuda and metal")]
    UnknownDevice(String),
    /// A hyperparameter is outside its range.
    #[error("{name} is {value}: it must be {range}")]
    OutOfRange {
        /// The hyperparameter.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// A parameter was asked for twice with different shapes.
    #[error("parameter '{name}' has shape {has:?}, not {wanted:?}")]
    ShapeOfParameter {
        /// The parameter.
        name: String,
        /// Its shape.
        has: Vec<usize>,
        /// The shape asked for.
        wanted: Vec<usize>,
    },
    /// Saved tensors are those of another model or another optimiser.
    #[error("the saved tensors are not those of this model: {0}")]
    OtherTensors(String),
    /// A parameter, or what an optimiser remembers of it, is NaN or infinite.
    #[error("tensor '{0}' has elements that are NaN or infinite")]
    NotFinite(String),
    /// Saved tensors cannot be read or written.
    #[error("the saved tensors are not whole safetensors")]
    Safetensors(#[from] safetensors::SafeTensorError),
    /// Data of a wrong shape or with values that cannot be used.
    #[error("{0}")]
    Data(String),
}
