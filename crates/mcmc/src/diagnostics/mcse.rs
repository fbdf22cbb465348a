//! Monte Carlo standard errors: how far an average over the draws may be from the truth.
//!
//! For a mean it is `sd / √ess`. A covariance, a standard deviation or a correlation is, to first
//! order, the mean of its *influence function* ψ(x, y): its error is that of the mean of ψ, with the
//! effective sample size of the series ψ, not that of x:
//!
//! ```text
//! covariance   ψ = (x − x̄)(y − ȳ)
//! sd           ψ = (x − x̄)² / (2 sd)
//! correlation  ψ = z_x z_y − r (z_x² + z_y²) / 2        with z the standardised draws
//! ```
//!
//! The variance of the draws of a mean has the divisor n − 1, that of an influence function n, as in
//! ArviZ.

use super::{
    autocorrelation::check_variance,
    chains::{Chains, mean, squares, variance},
    ess::{FEWEST_DRAWS, HALVES, ess, squared_deviations, varying_influence},
};
use crate::{Error, error::check_finite};

/// The standard error of the mean of one variable.
///
/// # Errors
/// As [`ess_mean`](super::ess_mean).
pub fn mcse_mean<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    let chains = checked(chains)?.centred();
    standard_error(variance(chains.values()), &chains)
}

/// The standard error of the standard deviation of one variable.
///
/// # Errors
/// As [`mcse_mean`]; [`Error::NothingVaries`] also if all deviations are equally large.
pub fn mcse_sd<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    let squares = squared_deviations(&checked(chains)?)?;
    Ok(of_influence(&squares)? / (2.0 * mean(squares.values()).sqrt()))
}

/// The standard error of the covariance of two variables (of the variance, where both are one).
///
/// # Errors
/// As [`mcse_mean`] for each of the two; [`Error::LengthMismatch`] if they differ in shape;
/// [`Error::NothingVaries`] if the products of the deviations are all equal.
pub fn mcse_covariance<C: AsRef<[f64]>>(x: &[C], y: &[C]) -> Result<f64, Error> {
    let (x, y) = (standardised(x)?, standardised(y)?);
    let scale = x.sd * y.sd;
    let products = combine(&x, &y, |x, y| x * y)?;
    Ok(scale * of_influence(&varying_influence(products, "the product of the deviations")?)?)
}

/// The standard error of the correlation of two variables.
///
/// ```
/// use mcmc::{Trace, diagnostics::mcse_correlation};
/// # let draws = (0..800).map(|t| (f64::from(t) * 0.7).sin()).collect();
/// let trace = Trace::new(1, 400, 2, draws)?;
/// let (r, error) = (
///     trace.correlation()[(0, 1)],
///     mcse_correlation(&trace.variable(0), &trace.variable(1))?,
/// );
/// # assert!(r.is_finite() && error > 0.0);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// As [`mcse_covariance`]; [`Error::NothingVaries`] for a variable with itself.
pub fn mcse_correlation<C: AsRef<[f64]>>(x: &[C], y: &[C]) -> Result<f64, Error> {
    let (x, y) = (standardised(x)?, standardised(y)?);
    let products = combine(&x, &y, |x, y| x * y)?;
    let r = mean(products.values());
    let influence = combine(&x, &y, |x, y| x * y - 0.5 * r * (x * x + y * y))?;
    // Of size one where it is not zero, but for rounding.
    if influence.values().iter().all(|x| x.abs() <= 1e-12) {
        return Err(Error::NothingVaries { what: "the influence of a draw on the correlation" });
    }
    of_influence(&influence)
}

/// `√(variance / ess)`.
fn standard_error(variance: f64, chains: &Chains) -> Result<f64, Error> {
    let error = (variance / ess(&chains.split().varying(HALVES)?)?).sqrt();
    check_finite("a standard error", &[error])?;
    Ok(error)
}

/// The standard error of the mean of an influence function.
fn of_influence(chains: &Chains) -> Result<f64, Error> {
    let values = chains.values();
    standard_error(squares(values) / values.len() as f64, chains)
}

/// Draws less their mean in units of their standard deviation.
struct Standardised {
    chains: Chains,
    sd: f64,
}

fn standardised<C: AsRef<[f64]>>(chains: &[C]) -> Result<Standardised, Error> {
    let chains = checked(chains)?.centred();
    let centre = mean(chains.values());
    let sd = (squares(chains.values()) / chains.values().len() as f64).sqrt();
    check_variance(sd * sd)?;
    Ok(Standardised { chains: chains.map(|x| (x - centre) / sd), sd })
}

/// A function of the two variables at each draw.
fn combine(
    x: &Standardised,
    y: &Standardised,
    f: impl Fn(f64, f64) -> f64,
) -> Result<Chains, Error> {
    let (expected, found) = (x.chains.count(), y.chains.count());
    if expected != found {
        return Err(Error::LengthMismatch { what: "the list of chains", expected, found });
    }
    let (expected, found) = (x.chains.draws(), y.chains.draws());
    if expected != found {
        return Err(Error::LengthMismatch { what: "a chain", expected, found });
    }
    Ok(x.chains.combine(&y.chains, f))
}

fn checked<C: AsRef<[f64]>>(chains: &[C]) -> Result<Chains, Error> {
    Chains::moving("a standard error", chains, FEWEST_DRAWS)
}
