//! Laws to try a kernel on: shapes that break samplers, with moments that are known exactly, and the
//! posteriors of three small data analyses.
//!
//! | law | what is hard about it | what is known |
//! |---|---|---|
//! | [`MvNormal`](prob_core::MvNormal) | correlation and scales, of your choice | everything |
//! | [`Banana`] | its scales are different at every place | moments, independent draws |
//! | [`Funnel`] | a neck that needs steps hundreds of times smaller than the mouth | moments, independent draws |
//! | [`NonCentredFunnel`] | nothing: the same law in coordinates that suit | the same |
//! | [`FarModes`] | two modes with nothing between them | moments, independent draws |
//! | [`EightSchools`] | a funnel made of data | reference values |
//! | [`NonCentredEightSchools`] | little: the same posterior in coordinates that suit | the same |
//! | [`LinearRegression`] | scales and correlations, of your data | with flat priors everything: [`FlatPosterior`] |
//! | [`LogisticRegression`] | the same | |
//!
//! Each is a `LogDensity<[f64]>` with a gradient ([`GradLogDensity`](prob_core::GradLogDensity)), and
//! those whose moments are known are a [`Multivariate`](prob_core::Multivariate), so normalised, with
//! `mean` and `covariance`. Points of another dimension have density 0.
//!
//! ```
//! use mcmc::{Kernel, MetropolisHastings, RandomWalk, targets::Banana};
//! use prob_core::{Multivariate, Seed};
//!
//! let target = Banana::new(2, 10.0, 0.03)?;
//! let kernel = MetropolisHastings::new(RandomWalk::new(4.0)?);
//! let mut state = kernel.init(&target, &[0.0, 0.0])?;
//! let mut rng = Seed(1).stream("example", 0);
//! let mut squares = 0.0;
//! for _ in 0..100_000 {
//!     kernel.step(&target, &mut state, &mut rng)?;
//!     squares += state.position()[1].powi(2);
//! }
//! let exact = target.covariance()[(1, 1)]; // 1 + 2 · 0.03² · 10⁴ = 19
//! assert!((squares / 100_000.0 / exact - 1.0).abs() < 0.3);
//! # Ok::<(), mcmc::Error>(())
//! ```

mod banana;
mod design;
mod eight_schools;
mod far_modes;
mod flat_posterior;
mod funnel;
mod linear_regression;
mod logistic_regression;
mod prior;

pub use banana::Banana;
pub use eight_schools::{EightSchools, NonCentredEightSchools};
pub use far_modes::FarModes;
pub use flat_posterior::FlatPosterior;
pub use funnel::{Funnel, NonCentredFunnel};
pub use linear_regression::LinearRegression;
pub use logistic_regression::LogisticRegression;
pub use prior::Prior;

use prior::Normalised;

/// `−½ ln 2π`.
const LOG_NORM: f64 = -0.918_938_533_204_672_8;

/// A point so far out that terms of its log density overflow with both signs has density 0. NaN stays
/// for a point that has one.
#[inline]
fn settled(log_density: f64, x: &[f64]) -> f64 {
    if log_density.is_nan() { settled_nan(x) } else { log_density }
}

#[cold]
fn settled_nan(x: &[f64]) -> f64 {
    if x.iter().any(|x| x.is_nan()) { f64::NAN } else { f64::NEG_INFINITY }
}

/// The same for a log density with its gradient, which is 0 where the density is.
#[inline]
fn settled_with(log_density: f64, x: &[f64], grad: &mut [f64]) -> f64 {
    let log_density = settled(log_density, x);
    if log_density == f64::NEG_INFINITY {
        grad.fill(0.0);
    }
    log_density
}
