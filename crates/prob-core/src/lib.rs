#![doc = include_str!("../README.md")]

mod bayes;
mod density;
mod error;
mod mv_normal;
mod normal;
mod path;
mod rng;

pub mod logspace;
pub mod special;

pub use bayes::{bayes, evidence};
pub use density::{GradLogDensity, LogDensity};
pub use error::Error;
pub use mv_normal::{FullConditionals, MvNormal};
pub use normal::Normal;
pub use path::{Bridge, GeometricPath, Path};
pub use rng::Seed;
