//! Maximum likelihood: the law under which the data are most probable.
//!
//! [`MaximumLikelihood::fit`] takes [`Observations`] and gives a [`Fitted`] law: the parameters that
//! minimise `−Σ wᵢ ln p(xᵢ)`, their standard errors, the log-likelihood and the criteria of Akaike and
//! Schwarz. Closed forms where there are some, else Newton's method with every derivative written
//! out. A law that has something which is not estimated (the trials of a binomial law, the ends of a
//! truncated normal law, the number of categories) takes it through
//! [`fit_given`](MaximumLikelihood::fit_given).
//!
//! ```
//! use prob_core::mle::{MaximumLikelihood, Observations};
//! use prob_core::{Normal, Univariate};
//!
//! let data = Observations::new(&[2.1, 3.9, 3.1, 2.9])?;
//! let fitted = Normal::fit(&data)?;
//! assert!((fitted.law.mean() - 3.0).abs() < 1e-15);
//! let (lower, upper) = fitted.interval(0.95)[0].ok_or("no standard error")?;
//! assert!(lower < 3.0 && 3.0 < upper);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod em;
mod families;
mod fitted;
mod newton;
mod observations;

pub mod goodness;

pub use em::{EmFit, EmOptions, fit_mixture, fit_mv_normal_mixture};
pub use families::fit_mv_normal;
pub use fitted::{Estimate, Fitted};
pub use observations::Observations;

use crate::{Error, Univariate};

/// A family of laws that can be fitted to data.
pub trait MaximumLikelihood: Univariate + Clone {
    /// What is known beforehand and not estimated; `()` for most families.
    type Known: Clone;

    /// The names of the estimated parameters, in the order of the law's `new`.
    const PARAMETERS: &'static [&'static str];

    /// The law of the largest likelihood among those with `known`.
    ///
    /// # Errors
    /// [`Error::Observation`] names an observation outside the support, [`Error::AllTheSame`] data
    /// that no law of the family explains best, [`Error::NoMaximum`] data whose likelihood grows as a
    /// parameter runs to the end of its range (or beyond 1e12, in units of the data, where most searches
    /// end), [`Error::NotConverged`] what Newton's method could
    /// not settle.
    fn fit_given(known: Self::Known, data: &Observations) -> Result<Fitted<Self>, Error>;

    /// What was known beforehand about this law.
    fn known(&self) -> Self::Known;

    /// The law of the largest likelihood of the whole family.
    ///
    /// # Errors
    /// As [`fit_given`](Self::fit_given).
    fn fit(data: &Observations) -> Result<Fitted<Self>, Error>
    where
        Self: MaximumLikelihood<Known = ()>,
    {
        Self::fit_given((), data)
    }
}
