//! Does a law fit? Distances between data and a law, with the probability of a larger one.
//!
//! The p-values of [`kolmogorov_smirnov`] and [`anderson_darling`] hold for a law that was *fixed
//! beforehand*. A law fitted to the same data is nearer to them than the true one, and these
//! p-values are then too large: use [`bootstrap_p_value`], which fits each of its samples again.

mod anderson_darling;
mod bootstrap;
mod chi_square;
mod kolmogorov;
mod smirnov;

pub use anderson_darling::anderson_darling;
pub use bootstrap::{Distance, bootstrap_p_value};
pub use chi_square::{chi_square, chi_square_of_law};
pub use smirnov::kolmogorov_smirnov;

use crate::{Error, Univariate};

/// The outcome of a test of goodness of fit.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Goodness {
    /// The distance between data and law.
    pub statistic: f64,
    /// The probability of a distance at least as large if the law is right.
    pub p_value: f64,
}

/// The data in increasing order.
fn sorted(data: &[f64]) -> Result<Vec<f64>, Error> {
    if data.is_empty() {
        return Err(Error::Empty { what: "observations" });
    }
    if let Some((index, value)) = data.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        return Err(Error::NotFinite { what: "observations", index, value: *value });
    }
    let mut sorted = data.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

/// Refuses a law of counts: with ties the distribution of the distance is another one.
fn continuous(law: &dyn Univariate) -> Result<(), Error> {
    if law.support().discrete { Err(Error::NotContinuous) } else { Ok(()) }
}
