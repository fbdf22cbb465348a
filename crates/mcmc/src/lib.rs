#![doc = include_str!("../README.md")]

mod ais;
mod chain;
mod cycle;
mod discrete;
mod error;
mod finite;
mod gaussian_walk;
mod gibbs;
mod independence;
mod kernel;
mod langevin;
mod lattice;
mod metropolis;
mod point;
mod proposal;
mod random_scan;
mod robust_adaptive;
mod slice;
mod tempering;
mod trace;
mod warm_up;

pub mod diagnostics;
pub mod targets;

pub use ais::{Annealed, ais, bracket, reverse_ais};
pub use chain::{Schedule, sample_chains, walk};
pub use cycle::{Choice, ChoiceInfo, ChoiceState, Cycle, CycleInfo, CycleState};
pub use discrete::Discrete;
pub use error::{ChainFailure, ChainsFailed, Error, Reason};
pub use finite::TransitionMatrix;
pub use finite::{Spectrum, gibbs_block_matrix, gibbs_matrix, metropolis_matrix};
pub use gaussian_walk::GaussianWalk;
pub use gibbs::{Conditionals, Gibbs, gibbs_path};
pub use independence::Independence;
pub use kernel::{Kernel, Statistics};
pub use langevin::{Langevin, LangevinState};
pub use lattice::{Boundary, FirstPassages, LatticeWalk, Spread, Spreading};
pub use metropolis::{Acceptance, MetropolisHastings, MhInfo};
pub use point::Point;
pub use proposal::{Proposal, RandomWalk};
pub use random_scan::RandomScan;
pub use robust_adaptive::RobustAdaptive;
pub use slice::{Slice, SliceInfo};
pub use tempering::{Tempered, Tempering, TemperingInfo, log_swap};
pub use trace::Trace;
pub use warm_up::{Adapted, WarmUp, sample_adapted};
