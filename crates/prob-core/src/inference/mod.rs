//! Bayes' theorem for continuous parameters: posteriors to sample from, in closed form, or on a grid.

pub mod conjugate;
mod grid;
mod likelihood;
mod posterior;

pub use grid::{Grid, GridAxis, GridWarning};
pub use likelihood::{Likelihood, family_likelihood};
pub use posterior::Posterior;
