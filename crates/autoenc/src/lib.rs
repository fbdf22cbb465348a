#![doc = include_str!("../README.md")]

mod autoencoder;
mod dense;
mod device;
mod error;
mod host;
mod layer;
mod loss;
mod mode;
mod noise;
mod optimizer;
mod parameters;
mod pca;
mod trainer;
mod weights;
pub mod zoo;

pub use autoencoder::{Autoencoder, LayerSummary};
pub use candle_core;
pub use dense::{Dense, Initialiser};
pub use device::DeviceKind;
pub use error::Error;
pub use kernels::Activation;
pub use layer::{Layer, Stack};
pub use loss::{Comparison, Reconstruction};
pub use mode::Mode;
pub use noise::{Dropout, GaussianNoise};
pub use optimizer::{Optimizer, OptimizerKind};
pub use parameters::{Init, Parameter, Parameters};
pub use pca::{Pca, largest_principal_angle};
pub use trainer::{Reconstructed, Trainer};
