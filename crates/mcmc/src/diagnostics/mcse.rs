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

use super::{
    chains::{Chains, FEWEST_DRAWS, variance},
    ess::{ess, squared_deviations},
};
use crate::Error;

/// The standard error of the mean of one variable.
///
/// # Errors
/// For unusable chains [`Error::Zero`], [`Error::LengthMismatch`], [`Error::TooFewDraws`] (below
/// 4), [`Error::NotFinite`], [`Error::ConstantChain`].
pub fn mcse_mean<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    of_mean(&checked(chains)?)
}

/// The standard error of the standard deviation of one variable.
///
/// # Errors
/// As [`mcse_mean`]; [`Error::ConstantChain`] also if all deviations are equally large.
pub fn mcse_sd<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    let squares = squared_deviations(&checked(chains)?);
    let pooled: Vec<f64> = squares.pooled().collect();
    let mean_square = pooled.iter().sum::<f64>() / pooled.len() as f64;
    Ok(of_influence(squares)? / (2.0 * mean_square.sqrt()))
}

/// The standard error of the covariance of two variables (of the variance, where both are one).
///
/// # Errors
/// As [`mcse_mean`] for each of the two; [`Error::LengthMismatch`] if they differ in shape;
/// [`Error::ConstantChain`] if the products of the deviations are all equal.
pub fn mcse_covariance<C: AsRef<[f64]>>(x: &[C], y: &[C]) -> Result<f64, Error> {
    let (x, y) = (standardised(x)?, standardised(y)?);
    let scale = x.sd * y.sd;
    Ok(scale * of_influence(combine(&x, &y, |x, y| x * y)?)?)
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
/// As [`mcse_covariance`]; [`Error::ConstantChain`] for a variable with itself.
pub fn mcse_correlation<C: AsRef<[f64]>>(x: &[C], y: &[C]) -> Result<f64, Error> {
    let (x, y) = (standardised(x)?, standardised(y)?);
    let products = combine(&x, &y, |x, y| x * y)?;
    let n = (products.count() * products.draws()) as f64;
    let r = products.pooled().sum::<f64>() / n;
    of_influence(combine(&x, &y, |x, y| x * y - 0.5 * r * (x * x + y * y))?)
}

/// `sd / √ess` for the mean of all draws.
fn of_mean(chains: &Chains) -> Result<f64, Error> {
    let pooled: Vec<f64> = chains.pooled().collect();
    Ok((variance(&pooled) / ess(&chains.split().moving()?)).sqrt())
}

/// [`of_mean`] for a series that was computed and may have become constant.
fn of_influence(chains: Chains) -> Result<f64, Error> {
    let first = chains.series()[0][0];
    let spread = chains.pooled().map(|x| (x - first).abs()).fold(0.0, f64::max);
    if spread <= 1e-14 * first.abs().max(1e-300) {
        return Err(Error::ConstantChain { chain: 0, value: first });
    }
    of_mean(&chains)
}

/// Draws less their mean in units of their standard deviation.
struct Standardised {
    chains: Chains,
    sd: f64,
}

fn standardised<C: AsRef<[f64]>>(chains: &[C]) -> Result<Standardised, Error> {
    let chains = checked(chains)?;
    let n = (chains.count() * chains.draws()) as f64;
    let mean = chains.pooled().sum::<f64>() / n;
    let sd = (chains.pooled().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    Ok(Standardised { chains: chains.map(|x| (x - mean) / sd), sd })
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
    Chains::new("a standard error", chains, FEWEST_DRAWS)
}
