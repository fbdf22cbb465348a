#![doc = include_str!("../README.md")]

mod energy;
mod error;
mod evaluate;
mod gibbs;
mod partition;
mod phase;
mod rbm;

pub use error::Error;
pub use partition::MOST_ENUMERATED;
pub use phase::Moments;
pub use rbm::Rbm;
