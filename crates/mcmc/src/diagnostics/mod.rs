//! How good a trace is: autocorrelation, effective sample size, R-hat, Monte Carlo standard error.
//!
//! All functions take one variable as one series a chain (see
//! [`Trace::variable`](crate::Trace::variable)) and follow Vehtari, Gelman, Simpson, Carpenter and
//! Bürkner (2021), <https://doi.org/10.1214/20-BA1221>: chains are split in halves, so that a drift
//! within a chain counts as a difference between chains. The numbers are those of ArviZ, to nine
//! digits and more (`tests/arviz` has the comparison and its versions). Where a number cannot be
//! believed there is an error and no number, also where ArviZ has one:
//!
//! | draws | here | ArviZ |
//! |---|---|---|
//! | NaN or infinite | [`BrokenDraw`](crate::Error::BrokenDraw) | NaN, or the ranks of infinities |
//! | no chain moves | [`ConstantChain`](crate::Error::ConstantChain) | R-hat NaN or about 1e16, ESS of as many draws as there are |
//! | one chain never moves | R-hat a number; ESS, MCSE [`ConstantChain`](crate::Error::ConstantChain) | the same R-hat; an ESS in which that chain counts as uncorrelated |
//! | all on one side of a quantile | [`NothingVaries`](crate::Error::NothingVaries) | ESS of as many draws as there are |
//! | fewer than 10 a chain | ESS, MCSE [`TooFewDraws`](crate::Error::TooFewDraws) | an ESS of n log10 n, whatever the draws |
//! | a quantile's error beyond the last draw | [`QuantileBeyondDraws`](crate::Error::QuantileBeyondDraws) | too small an error |
//! | within 1e-15 of each other | as any others | constant |
//! | far from zero | all digits | fewer and fewer |
//! | one chain | R-hat of its halves | R-hat NaN |
//!
//! ArviZ's `ess` with `method="tail"` takes the quantiles 0.05 and 0.95 as [`ess_tail`] does if it is
//! told so by `prob=(0.05, 0.95)`.
//!
//! ```
//! use mcmc::{Gibbs, Schedule, diagnostics, sample_chains};
//! use nalgebra::{dmatrix, dvector};
//! use prob_core::{MvNormal, Seed};
//!
//! let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
//! let starts = vec![vec![3.0, -3.0]; 4];
//! let schedule = Schedule { burn_in: 10, ..Schedule::keep(5_000) };
//! let trace = sample_chains(&Gibbs, &target, &starts, schedule, Seed(1))?;
//! let a = trace.variable(0);
//! assert!(diagnostics::rhat(&a)? < 1.01);
//! assert!(diagnostics::ess_bulk(&a)? > 10_000.0); // of 20,000 draws: exactly 12,000
//! assert!(trace.mean()[0].abs() < 5.0 * diagnostics::mcse_mean(&a)?);
//! # Ok::<(), mcmc::Error>(())
//! ```

mod autocorrelation;
mod blocking;
mod chains;
mod ess;
mod geweke;
mod mcse;
mod mcse_quantile;
mod nested_rhat;
mod rhat;
mod summary;

pub use autocorrelation::{autocorrelation, autocorrelation_time, autocorrelations};
pub use blocking::{Blocking, blocking};
pub use ess::{ess_bulk, ess_mean, ess_quantile, ess_sd, ess_tail};
pub use geweke::geweke_z;
pub use mcse::{mcse_correlation, mcse_covariance, mcse_mean, mcse_sd};
pub use mcse_quantile::mcse_quantile;
pub use nested_rhat::nested_rhat;
pub use rhat::{rhat, rhat_bulk, rhat_folded, rhat_split};
pub use summary::{Cell, Row, Summary, summary};
