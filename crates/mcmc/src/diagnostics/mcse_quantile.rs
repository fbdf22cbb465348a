//! The Monte Carlo standard error of a quantile.

use prob_core::special::beta_inc_inverse;

use super::ess::{checked, of_quantile};
use crate::{Error, error::check_finite};

/// The normal probabilities of −1 and 1, with the digits that ArviZ has.
const ONE_SIGMA: [f64; 2] = [0.158_655_3, 0.841_344_7];

/// The standard error of the quantile at `p` of one variable, as ArviZ computes it (Vehtari et al.
/// 2021, section 4.4).
///
/// With `S` the [effective sample size](super::ess_quantile) for this quantile, the share of draws below it
/// is about `Beta(S p + 1, S (1 − p) + 1)`. The probabilities `a` and `b` that a normal number would
/// have one standard deviation off its mean go through the inverse of that law to order statistics
/// of all `n` draws, and the error is half their distance:
///
/// ```text
/// (x_(⌈b n − 1⌉) − x_(⌊a n − 1⌋)) / 2        x_(0) ≤ … ≤ x_(n − 1)
/// ```
///
/// For a discrete variable that is 0 where both order statistics are the same value.
///
/// ```
/// # let draws: Vec<f64> = (0..1_000).map(|t| f64::from(t * 617 % 1_000)).collect();
/// let error = mcmc::diagnostics::mcse_quantile(&[draws], 0.5)?;
/// # assert!(error > 0.0 && error < 50.0);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// As [`ess_quantile`](super::ess_quantile); [`Error::QuantileBeyondDraws`] if less than one draw lies beyond an end of
/// the interval (ArviZ takes the outermost draw there, and too small an error), [`Error::NotFinite`]
/// if the distance overflows.
pub fn mcse_quantile<C: AsRef<[f64]>>(chains: &[C], p: f64) -> Result<f64, Error> {
    if !(p > 0.0 && p < 1.0) {
        return Err(Error::NotBetween { what: "the probability of the quantile", value: p });
    }
    let chains = checked(chains)?;
    let sorted = chains.sorted();
    let ess = of_quantile(&chains, &sorted, p)?;
    let n = sorted.len() as f64;
    let ends = ONE_SIGMA.map(|q| beta_inc_inverse(ess * p + 1.0, ess * (1.0 - p) + 1.0, q));
    let [(below, _), (upper, above)] = ends;
    // Written so that NaN is refused too.
    if !(below * n >= 1.0 && above * n >= 1.0) {
        return Err(Error::QuantileBeyondDraws { p, draws: sorted.len() });
    }
    let from = (below * n - 1.0).floor() as usize;
    let to = ((upper * n - 1.0).ceil() as usize).min(sorted.len() - 1);
    let error = 0.5 * (sorted[to] - sorted[from]).abs(); // No negative zero.
    check_finite("the standard error of a quantile", &[error])?;
    Ok(error)
}
