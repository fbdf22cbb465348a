//! Probability on finite sets: tables, and Bayes' theorem on hypotheses.

mod axis;
mod bayes;
mod beliefs;
mod conditional;
mod display;
pub mod information;
mod joint;
mod measures;

pub use axis::Axis;
pub use bayes::{bayes, evidence};
pub use beliefs::Beliefs;
pub use conditional::Conditional;
pub use joint::Joint;
