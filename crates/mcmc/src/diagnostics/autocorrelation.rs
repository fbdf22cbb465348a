//! Autocorrelation and the integrated autocorrelation time.
//!
//! `ρ_k = c_k / c_0` with `c_k = 1/n Σ_t (x_t − x̄)(x_{t+k} − x̄)`: the divisor is n for every lag,
//! which keeps the sequence positive definite. The integrated autocorrelation time is
//! `τ = 1 + 2 Σ_{k≥1} ρ_k`: n draws of a chain are worth `n / τ` independent ones.

use super::chains::{Chains, FEWEST_DRAWS, dot, mean};
use crate::{Error, error::check_finite};

/// Sokal's window: the sum stops at the first lag of at least this many autocorrelation times.
const WINDOW: f64 = 5.0;

/// An estimate of τ is believed from this many autocorrelation times on (the rule of emcee).
const BELIEVED_FROM: f64 = 50.0;

/// Chains less their means, ready for autocovariances at any lag.
pub(super) struct Centred {
    chains: Vec<f64>,
    draws: usize,
    /// `c_0`.
    pub(super) variance: f64,
    /// The means of the chains.
    pub(super) means: Vec<f64>,
}

impl Centred {
    pub(super) fn new(chains: &Chains) -> Self {
        let means: Vec<f64> = chains.rows().map(mean).collect();
        let centre = |(x, m): (&[f64], &f64)| x.iter().map(|x| x - m).collect::<Vec<_>>();
        let centred = chains.rows().zip(&means).flat_map(centre).collect();
        let mut centred = Self { chains: centred, draws: chains.draws(), variance: 0.0, means };
        centred.variance = centred.autocovariance(0);
        centred
    }

    /// `c_k`, averaged over the chains; `lag` is below the number of draws.
    pub(super) fn autocovariance(&self, lag: usize) -> f64 {
        let n = self.draws;
        let sum: f64 = self.chains.chunks_exact(n).map(|x| dot(&x[..n - lag], &x[lag..])).sum();
        sum / self.chains.len() as f64
    }
}

/// Refuses a variance of draws that overflowed, or that is nothing but rounded to zero.
pub(super) fn check_variance(variance: f64) -> Result<(), Error> {
    const WHAT: &str = "the variance of the draws";
    check_finite(WHAT, &[variance])?;
    if variance > 0.0 { Ok(()) } else { Err(Error::NotPositive { what: WHAT, value: variance }) }
}

/// The autocorrelation `ρ_lag` of one variable, averaged over its chains. 1 at lag 0.
///
/// # Errors
/// [`Error::OutOfRange`] if `lag` is not below the number of draws; as [`autocorrelations`].
pub fn autocorrelation<C: AsRef<[f64]>>(chains: &[C], lag: usize) -> Result<f64, Error> {
    let centred = checked(chains, lag)?;
    Ok(centred.autocovariance(lag) / centred.variance)
}

/// The autocorrelations at the lags `0..=max_lag`, averaged over the chains.
///
/// ```
/// let alternating: Vec<f64> = (0..1_000).map(|t| f64::from(t % 2)).collect();
/// let rho = mcmc::diagnostics::autocorrelations(&[alternating], 2)?;
/// assert!((rho[1] + 0.999).abs() < 1e-12 && (rho[2] - 0.998).abs() < 1e-12);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] if `max_lag` is not below the number of draws, and for unusable chains
/// [`Error::Zero`], [`Error::ChainLength`], [`Error::TooFewDraws`] (below 4), [`Error::BrokenDraw`],
/// [`Error::ConstantChain`], [`Error::NotFinite`] or [`Error::NotPositive`] if the variance is beyond
/// the numbers there are.
pub fn autocorrelations<C: AsRef<[f64]>>(chains: &[C], max_lag: usize) -> Result<Vec<f64>, Error> {
    let centred = checked(chains, max_lag)?;
    Ok((0..=max_lag).map(|lag| centred.autocovariance(lag) / centred.variance).collect())
}

fn checked<C: AsRef<[f64]>>(chains: &[C], lag: usize) -> Result<Centred, Error> {
    let chains = Chains::moving("an autocorrelation", chains, FEWEST_DRAWS)?;
    if lag >= chains.draws() {
        return Err(Error::OutOfRange { what: "the lag", index: lag, limit: chains.draws() });
    }
    let centred = Centred::new(&chains.centred());
    check_variance(centred.variance)?;
    Ok(centred)
}

/// The integrated autocorrelation time `τ = 1 + 2 Σ ρ_k`, in draws: 1 for independent draws.
///
/// The sum ends at the first lag `M ≥ 5 τ(M)` (Sokal 1989), with autocorrelations averaged over the
/// chains. For a single variable of a chain that alternates (τ well below 1) the window is a poor
/// one; [`ess_mean`](super::ess_mean) serves there. As there, τ is at least `1 / log10 n` for n draws
/// in all.
///
/// # Errors
/// [`Error::ShorterThanItsMemory`] unless each chain has at least 50 τ draws; as
/// [`autocorrelations`].
pub fn autocorrelation_time<C: AsRef<[f64]>>(chains: &[C]) -> Result<f64, Error> {
    let chains = Chains::moving("the autocorrelation time", chains, FEWEST_DRAWS)?;
    let centred = Centred::new(&chains.centred());
    check_variance(centred.variance)?;
    let mut tau: f64 = 1.0;
    for lag in 1..chains.draws() {
        tau += 2.0 * centred.autocovariance(lag) / centred.variance;
        if tau > 0.0 && lag as f64 >= WINDOW * tau {
            break;
        }
        if lag as f64 > chains.draws() as f64 / BELIEVED_FROM * WINDOW && tau > 1.0 {
            break; // Already refused below: the rest of the sum cannot bring τ back.
        }
    }
    let needed = (BELIEVED_FROM * tau).ceil().max(BELIEVED_FROM) as usize;
    if chains.draws() < needed {
        return Err(Error::ShorterThanItsMemory { tau, needed, found: chains.draws() });
    }
    let total = (chains.count() * chains.draws()) as f64;
    Ok(tau.max(1.0 / total.log10()))
}
