//! Geweke's comparison of the start of a chain with its end.

use super::{
    chains::{Chains, FEWEST_DRAWS, check_draws, mean, variance},
    ess::ess,
};
use crate::{Error, error::check_finite};

/// A part is compared from this many of its autocorrelation times on.
const BELIEVED_FROM: f64 = 50.0;

/// Geweke's z (1992): the mean of the first share of a chain less that of its last share, in units
/// of the standard error of the difference. The usual shares are 0.1 and 0.5.
///
/// ```text
/// z = (x̄_A − x̄_B) / √(S_A / n_A + S_B / n_B)        S = sd² τ
/// ```
///
/// `S` is the spectral variance at frequency zero, with the autocorrelation time `τ` of that part
/// alone by Geyer's initial monotone sequence (as in [`ess_mean`](super::ess_mean), without
/// splitting). In a long stationary chain z is standard normal; a large `|z|` says that the chain
/// still drifted in its first share.
///
/// ```
/// use mcmc::diagnostics::geweke_z;
///
/// let still = |t: i32| f64::from(t * 617 % 1_000);
/// let chain: Vec<f64> = (0..5_000).map(still).collect();
/// assert!(geweke_z(&chain, 0.1, 0.5)?.abs() < 3.0);
/// let drifting: Vec<f64> = (0..5_000).map(|t| still(t) - 0.1 * f64::from(t)).collect();
/// assert!(geweke_z(&drifting, 0.1, 0.5)? > 10.0);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::BadShares`] unless both shares are positive and sum to at most 1,
/// [`Error::ShorterThanItsMemory`] unless each of the two parts has at least 50 draws and 50 τ
/// draws; for an unusable chain [`Error::TooFewDraws`], [`Error::BrokenDraw`], [`Error::NotFinite`] or
/// [`Error::NotPositive`] if a variance is beyond the numbers there are, [`Error::ConstantChain`] (also
/// if one part is constant).
pub fn geweke_z(chain: &[f64], first: f64, last: f64) -> Result<f64, Error> {
    if !(first > 0.0 && last > 0.0 && first + last <= 1.0) {
        return Err(Error::BadShares { first, last });
    }
    check_draws(0, chain)?;
    let length = |share: f64| (share * chain.len() as f64).floor() as usize;
    let centre = mean(chain); // The difference of the means has no digits of an offset.
    let start = part(&chain[..length(first)], centre)?;
    let end = part(&chain[chain.len() - length(last)..], centre)?;
    let squared_error = start.squared_error + end.squared_error;
    // An infinite error would make a z of zero.
    check_finite("the squared error of Geweke's difference", &[squared_error])?;
    let z = (start.mean - end.mean) / squared_error.sqrt();
    check_finite("Geweke's z", &[z])?;
    Ok(z)
}

struct Part {
    mean: f64,
    squared_error: f64,
}

fn part(draws: &[f64], centre: f64) -> Result<Part, Error> {
    let chains = Chains::moving("a part of Geweke's comparison", &[draws], FEWEST_DRAWS)?;
    let chains = chains.map(|x| x - centre);
    let (n, draws) = (draws.len(), chains.values());
    let ess = ess(&chains)?;
    let tau = n as f64 / ess;
    let needed = (BELIEVED_FROM * tau.max(1.0)).ceil() as usize;
    if n < needed {
        return Err(Error::ShorterThanItsMemory { tau, needed, found: n });
    }
    Ok(Part { mean: mean(draws), squared_error: variance(draws) / ess })
}
