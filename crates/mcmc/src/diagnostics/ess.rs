//! Effective sample size: how many independent draws the draws of some chains are worth.
//!
//! Autocorrelations of several chains are combined with the variance between the chains (Vehtari et
//! al. 2021, eq. 10) and summed by Geyer's initial monotone sequence: for a reversible chain the
//! sums of neighbours `ρ_2k + ρ_2k+1` are positive and decrease, so the sum stops at the first
//! negative pair and no pair may exceed the one before. The details (the last even term, the bound
//! `n log10 n`) are those of Stan and ArviZ, and so are the digits.

use super::{
    autocorrelation::{Centred, check_variance},
    chains::{Chains, mean, quantile_of_sorted, variance},
};
use crate::Error;

/// With fewer draws a chain no autocorrelation but that of neighbours would enter the sum, and not
/// even that one would count: the result is `n log10 n` for any draws.
pub(super) const FEWEST_DRAWS: usize = 10;

/// The effective sample size for the mean, at most `n log10 n` for n draws in all.
///
/// # Errors
/// For unusable chains [`Error::Zero`], [`Error::ChainLength`], [`Error::TooFewDraws`] (below 10),
/// [`Error::BrokenDraw`]; [`Error::ConstantChain`] for a chain that never moves: nothing is known of
/// its autocorrelation, and the average over the chains would take it for none.
/// [`Error::NothingVaries`] if the halves of the chains are all one value, [`Error::NotFinite`] or
/// [`Error::NotPositive`] if their variance is beyond the numbers there are.
pub fn ess_mean<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    ess(&checked(chains)?.centred().split().varying(HALVES)?)
}

/// The effective sample size in the bulk: of the normal scores of the ranks, so that it means
/// something for heavy tails too. To be believed from 400 on, with [`rhat`](super::rhat) below 1.01.
///
/// # Errors
/// As [`ess_mean`].
pub fn ess_bulk<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    ess(&checked(chains)?.split().varying(HALVES)?.normal_scores())
}

/// The effective sample size in the tails: the smaller of those for the 5 % and the 95 % quantile.
///
/// # Errors
/// As [`ess_quantile`].
pub fn ess_tail<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    Ok(ess_quantile(chains, 0.05)?.min(ess_quantile(chains, 0.95)?))
}

/// The effective sample size for the quantile at `p` (of the indicator `x ≤ quantile`).
///
/// # Errors
/// [`Error::NotBetween`] unless `0 < p < 1`, [`Error::NothingVaries`] if the indicator is the same for
/// all draws (too few of them, or too many equal ones); as [`ess_mean`].
pub fn ess_quantile<C: AsRef<[f64]>>(chains: &[C], p: f64) -> Result<f64, Error> {
    if !(p > 0.0 && p < 1.0) {
        return Err(Error::NotBetween { what: "the probability of the quantile", value: p });
    }
    let chains = checked(chains)?;
    of_quantile(&chains, &chains.sorted(), p)
}

/// [`ess_quantile`] of chains whose draws are there in ascending order too.
pub(super) fn of_quantile(chains: &Chains, sorted: &[f64], p: f64) -> Result<f64, Error> {
    let quantile = quantile_of_sorted(sorted, p);
    let below = chains.split().map(|x| f64::from(u8::from(x <= quantile)));
    ess(&below.varying("which draws are below the quantile")?)
}

/// The effective sample size for the standard deviation (of the squared deviations).
///
/// # Errors
/// As [`ess_mean`]; [`Error::NothingVaries`] also if all deviations are equally large.
pub fn ess_sd<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    ess(&squared_deviations(&checked(chains)?)?.split().varying(HALVES)?)
}

/// `(x − x̄)²` with the mean over all draws of all chains. Refused if they vary by no more than
/// rounding.
pub(super) fn squared_deviations(chains: &Chains) -> Result<Chains, Error> {
    let chains = chains.centred();
    let centre = mean(chains.values());
    varying_influence(chains.map(|x| (x - centre) * (x - centre)), "the squared deviation")
}

/// Refuses a series that was computed, and varies by no more than rounding.
pub(super) fn varying_influence(chains: Chains, what: &'static str) -> Result<Chains, Error> {
    let values = chains.values().iter();
    let largest = values.clone().map(|x| x.abs()).fold(0.0, f64::max);
    let spread = values.map(|x| (x - chains.values()[0]).abs()).fold(0.0, f64::max);
    if spread <= 1e-12 * largest { Err(Error::NothingVaries { what }) } else { Ok(chains) }
}

/// What varies in a variable.
pub(super) const HALVES: &str = "what the halves of the chains hold";

pub(super) fn checked<C: AsRef<[f64]>>(chains: &[C]) -> Result<Chains, Error> {
    Chains::moving("the effective sample size", chains, FEWEST_DRAWS)
}

/// The effective sample size of chains as they are, at least two draws long.
pub(super) fn ess(chains: &Chains) -> Result<f64, Error> {
    let correlations = Correlations::new(chains);
    check_variance(correlations.pooled)?;
    let rho = positive_sequence(&correlations);
    let total = (chains.count() * chains.draws()) as f64;
    let tau = monotone_sum(rho).max(1.0 / total.log10());
    Ok(total / tau)
}

/// `ρ_k = 1 − (W − c_k) / var⁺` with the variance within chains `W` and the pooled one `var⁺`.
struct Correlations {
    centred: Centred,
    within: f64,
    pooled: f64,
    draws: usize,
}

impl Correlations {
    fn new(chains: &Chains) -> Self {
        let n = chains.draws() as f64;
        let centred = Centred::new(chains);
        let means = &centred.means;
        let between = if means.len() > 1 { variance(means) } else { 0.0 };
        let (within, pooled) = (centred.variance * n / (n - 1.0), centred.variance + between);
        Self { centred, within, pooled, draws: chains.draws() }
    }

    fn at(&self, lag: usize) -> f64 {
        1.0 - (self.within - self.centred.autocovariance(lag)) / self.pooled
    }
}

/// The autocorrelations up to Geyer's first negative pair: pairs (ρ_2k, ρ_2k+1) with non-negative
/// sums, and at the end the even half of the next pair where it helps (or 0).
fn positive_sequence(correlations: &Correlations) -> Vec<f64> {
    let (mut even, mut odd) = (1.0, correlations.at(1));
    let mut rho = vec![even, odd];
    let mut lag = 1;
    while lag + 3 < correlations.draws && even + odd > 0.0 {
        (even, odd) = (correlations.at(lag + 1), correlations.at(lag + 2));
        rho.extend(if even + odd >= 0.0 { [even, odd] } else { [0.0, 0.0] });
        lag += 2;
    }
    // The last pair ends the sum: of it only the even half counts, and once; where the pair is a
    // negative one, and not the last that the draws allow, only if it is positive.
    rho.truncate(lag - 1);
    rho.push(if even > 0.0 || even + odd >= 0.0 { even } else { 0.0 });
    rho
}

/// `−1 + 2 Σ ρ_k` over the monotone pairs plus the last element once.
fn monotone_sum(mut rho: Vec<f64>) -> f64 {
    let last = rho.pop().unwrap_or(0.0);
    for k in (2..rho.len().saturating_sub(1)).step_by(2) {
        let before = rho[k - 2] + rho[k - 1];
        if rho[k] + rho[k + 1] > before {
            rho[k] = before / 2.0;
            rho[k + 1] = before / 2.0;
        }
    }
    -1.0 + 2.0 * rho.iter().sum::<f64>() + last
}
