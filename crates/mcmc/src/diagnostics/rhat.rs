//! R-hat: do the chains agree?
//!
//! `R̂ = √(var⁺ / W)` compares the variance of all draws with that within the (half) chains; it is 1
//! where all chains sample one law. Rank-normalised, it also sees differences for heavy tails;
//! folded around the median, differences in scale (Vehtari et al. 2021).

use super::chains::{Chains, FEWEST_DRAWS, mean, variance};
use crate::Error;

/// The rank-normalised split R-hat: the larger of the one for the bulk and the folded one for the
/// tails. From 1.01 on the chains have not mixed. A single chain is compared with itself, half by
/// half.
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
/// For unusable chains [`Error::Zero`], [`Error::LengthMismatch`], [`Error::TooFewDraws`] (below
/// 4), [`Error::NotFinite`], [`Error::ConstantChain`].
pub fn rhat<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    let chains = Chains::new("R-hat", chains, FEWEST_DRAWS)?.split().moving()?;
    let bulk = plain(&chains.normal_scores());
    let median = chains.median();
    let folded = chains.map(|x| (x - median).abs());
    let distance = folded.series()[0][0];
    if folded.pooled().all(|x| x == distance) {
        return Ok(bulk); // Two values at equal distances: there are no tails to compare.
    }
    Ok(bulk.max(plain(&folded.normal_scores())))
}

/// R-hat of chains as they are; `+∞` where none of them moves.
fn plain(chains: &Chains) -> f64 {
    let n = chains.draws() as f64;
    let means: Vec<f64> = chains.series().iter().map(|c| mean(c)).collect();
    let variances: Vec<f64> = chains.series().iter().map(|c| variance(c)).collect();
    let (between, within) = (n * variance(&means), mean(&variances));
    ((between / within + n - 1.0) / n).sqrt()
}
