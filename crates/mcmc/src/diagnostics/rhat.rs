//! R-hat: do the chains agree?
//!
//! `R̂ = √(var⁺ / W)` compares the variance of all draws with that within the (half) chains; it is 1
//! where all chains sample one law. Rank-normalised, it also sees differences for heavy tails;
//! folded around the median, differences in scale (Vehtari et al. 2021).

use super::chains::{Chains, FEWEST_DRAWS, constant, mean, median_of_sorted, variance};
use crate::{Error, error::check_finite};

/// The rank-normalised split R-hat: the larger of the one for the bulk, [`rhat_bulk`], and the one
/// for the tails, [`rhat_folded`]. From 1.01 on the chains have not mixed. A single chain is compared
/// with itself, half by half.
///
/// A chain that never moved beside others that did makes a large R-hat, not an error.
///
/// ```
/// use mcmc::diagnostics::rhat;
///
/// let here: Vec<f64> = (0..100).map(|t| f64::from(t * 7 % 10)).collect();
/// let there: Vec<f64> = here.iter().map(|x| x + 5.0).collect();
/// assert!(rhat(&[&here, &here])? < 1.01);
/// assert!(rhat(&[&here, &there])? > 1.3);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// For unusable chains [`Error::Zero`], [`Error::ChainLength`], [`Error::TooFewDraws`] (below 4),
/// [`Error::BrokenDraw`]; [`Error::ConstantChain`] if none of them ever moves, and
/// [`Error::NothingVaries`] if none moves within one of its halves: there is no variance within chains
/// to compare with.
pub fn rhat<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    let chains = checked(chains)?;
    let bulk = plain(&chains.normal_scores())?;
    match folded(&chains) {
        Ok(tails) => Ok(bulk.max(tails)),
        // Two values at equal distances: there are no tails to compare.
        Err(Error::NothingVaries { .. }) => Ok(bulk),
        Err(error) => Err(error),
    }
}

/// The rank-normalised split R-hat without folding: do the chains agree in their location?
///
/// # Errors
/// As [`rhat`].
pub fn rhat_bulk<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    plain(&checked(chains)?.normal_scores())
}

/// The rank-normalised split R-hat of the distances from the median: do the chains agree in their
/// scale?
///
/// # Errors
/// As [`rhat`]; [`Error::NothingVaries`] also if the halves keep one distance each.
pub fn rhat_folded<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    folded(&checked(chains)?)
}

/// The split R-hat of the draws themselves, without ranks (Gelman et al. 2013): it says nothing where
/// the target has no finite variance, and misses chains that differ in scale alone.
///
/// # Errors
/// As [`rhat`]; [`Error::NotFinite`] if a variance overflows.
pub fn rhat_split<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    plain(&checked(chains)?.centred())
}

/// The halves of the chains, one of which moves.
fn checked<C: AsRef<[f64]>>(chains: &[C]) -> Result<Chains, Error> {
    let chains = Chains::new("R-hat", chains, FEWEST_DRAWS)?;
    if chains.rows().all(constant) {
        return Err(Error::ConstantChain { chain: 0, value: chains.values()[0] });
    }
    moving(chains.split(), "what each half of each chain holds")
}

/// Refuses chains none of which moves. Compared draw by draw, as a variance within would have rounding
/// in it, and the best or the worst R-hat would come of that.
fn moving(chains: Chains, what: &'static str) -> Result<Chains, Error> {
    if chains.rows().all(constant) { Err(Error::NothingVaries { what }) } else { Ok(chains) }
}

fn folded(chains: &Chains) -> Result<f64, Error> {
    let median = median_of_sorted(&chains.sorted());
    let distances = chains.map(|x| (x - median).abs());
    plain(&moving(distances, "the distance from the median in each half")?.normal_scores())
}

/// R-hat of chains as they are.
fn plain(chains: &Chains) -> Result<f64, Error> {
    let n = chains.draws() as f64;
    let means: Vec<f64> = chains.rows().map(mean).collect();
    let variances: Vec<f64> = chains.rows().map(variance).collect();
    let (between, within) = (n * variance(&means), mean(&variances));
    // An infinite variance within would make the best R-hat there is.
    check_finite("a variance of R-hat", &[between, within])?;
    let r = ((between / within + n - 1.0) / n).sqrt();
    check_finite("R-hat", &[r])?;
    Ok(r)
}
