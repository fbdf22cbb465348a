//! How good a trace is: autocorrelation, effective sample size, R-hat, Monte Carlo standard error.
//!
//! All functions take one variable as one series a chain (see
//! [`Trace::variable`](crate::Trace::variable)) and follow Vehtari, Gelman, Simpson, Carpenter and
//! Bürkner (2021), <https://doi.org/10.1214/20-BA1221>: chains are split in halves, so that a drift
//! within a chain counts as a difference between chains. Where a number cannot be believed there is
//! an error and no number.
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
pub use rhat::rhat;
pub use summary::{Cell, Row, Summary, summary};
