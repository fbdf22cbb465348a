#![doc = include_str!("../README.md")]

mod chain;
mod error;
mod finite;
mod gibbs;
mod kernel;
mod metropolis;
mod point;
mod proposal;
mod trace;

pub mod diagnostics;

pub use chain::{Schedule, sample_chains, walk};
pub use error::{ChainFailure, ChainsFailed, Error, Reason};
pub use finite::TransitionMatrix;
pub use finite::{Spectrum, gibbs_block_matrix, gibbs_matrix, metropolis_matrix};
pub use gibbs::{Conditionals, Gibbs, gibbs_path};
pub use kernel::{Kernel, Statistics};
pub use metropolis::{Acceptance, MetropolisHastings, MhInfo};
pub use point::Point;
pub use proposal::{Proposal, RandomWalk};
pub use trace::Trace;
