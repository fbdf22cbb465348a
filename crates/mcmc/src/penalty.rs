//! The penalty method: Metropolis where log densities are known with noise only (Ceperley and Dewing 1999).
//!
//! Suppose that each comparison of two points gives `δ = ln f(y) − ln f(x) + noise`, with fresh normal noise
//! of variance σ². Metropolis with δ in place of the difference samples another law, a flatter one. With a
//! penalty for the noise (`eq:penalty`),
//!
//! ```text
//! A = min(1, exp(δ − σ²/2)),
//! ```
//!
//! the acceptance averaged over the noise has the ratio `f(y) / f(x)` in its two directions, whatever σ, and
//! detailed balance holds exactly. Noise costs moves, no bias. Where σ² is itself an estimate χ² of n samples,
//! the penalty is a series in χ² ([`Noise::penalty`]) and the balance holds up to what is cut off.

use rand::{Rng, RngExt};

use crate::error::check_finite;
use crate::mutants::planted;
use crate::{Error, Kernel, Proposal, Statistics};

/// What is known of the normal noise of an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Noise {
    /// Its variance σ², 0 or more.
    Known {
        /// σ².
        variance: f64,
    },
    /// An estimate of its variance, from the samples whose mean the estimate is.
    Estimated {
        /// `χ² = Σ (δ_i − δ)² / (n (n − 1))`, the estimated variance of the mean.
        variance: f64,
        /// Their number n, at least 2.
        samples: u64,
    },
}

impl Noise {
    /// What the noise costs in the acceptance: `σ²/2`, or for an estimated variance
    ///
    /// ```text
    /// u = χ²/2 + χ⁴/(4 (n + 1)) + χ⁶/(3 (n + 1) (n + 3))
    /// ```
    ///
    /// the first three terms of a series (Ceperley and Dewing 1999) that makes `E[e^−u] = e^(−σ²/2)`. It
    /// converges up to about `χ² = n/4`; beyond, more samples are needed to be right.
    ///
    /// ```
    /// use mcmc::Noise;
    ///
    /// assert_eq!(Noise::Known { variance: 2.0 }.penalty(), 1.0);
    /// let estimated = Noise::Estimated { variance: 2.0, samples: 9 };
    /// assert!((estimated.penalty() - (1.0 + 0.1 + 8.0 / 360.0)).abs() < 1e-15);
    /// ```
    #[must_use]
    #[inline]
    pub fn penalty(self) -> f64 {
        match self {
            Self::Known { variance } if planted("a-penalty-without-its-half") => variance,
            Self::Known { variance } => 0.5 * variance,
            Self::Estimated { variance, samples } => {
                let n = samples as f64;
                let second = 0.25 * variance * variance / (n + 1.0);
                0.5 * variance + second * (1.0 + 4.0 / 3.0 * variance / (n + 3.0))
            }
        }
    }

    /// The variance, known or estimated.
    #[must_use]
    pub fn variance(self) -> f64 {
        match self {
            Self::Known { variance } | Self::Estimated { variance, .. } => variance,
        }
    }
}

/// An estimate of `ln f(y) − ln f(x)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The estimate δ, unbiased; `−∞` if `f(y) = 0`.
    pub value: f64,
    /// Its noise.
    pub noise: Noise,
}

impl Difference {
    /// From independent normal samples of the difference: their mean, with its estimated variance.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2.
    pub fn of(samples: &[f64]) -> Result<Self, Error> {
        let found = samples.len();
        if found < 2 {
            return Err(Error::TooFew { what: "the number of samples", needed: 2, found });
        }
        let n = found as f64;
        let value = samples.iter().sum::<f64>() / n;
        let squares: f64 = samples.iter().map(|x| (x - value) * (x - value)).sum();
        let of_one = planted("the-variance-of-a-sample-for-that-of-the-mean");
        let variance = squares / (if of_one { 1.0 } else { n } * (n - 1.0));
        Ok(Self { value, noise: Noise::Estimated { variance, samples: found as u64 } })
    }

    /// `ln A = min(0, δ + log_t_ratio − u)` with the penalty u of the noise (`eq:penalty`).
    ///
    /// `log_t_ratio` is `ln T(y→x) − ln T(x→y)`. A NaN is `−∞`: never accepted.
    #[must_use]
    #[inline]
    pub fn log_accept(self, log_t_ratio: f64) -> f64 {
        let mut ratio = self.value + log_t_ratio - self.noise.penalty();
        if planted("noise-without-its-penalty") {
            ratio = self.value + log_t_ratio;
        }
        if ratio.is_nan() { f64::NEG_INFINITY } else { ratio.min(0.0) }
    }
}

/// A law of which only differences of log densities are known, with normal noise.
///
/// Any function of two points and a generator is one.
pub trait NoisyDifference<X: ?Sized> {
    /// Estimates `ln f(to) − ln f(from)`.
    ///
    /// The noise is normal with mean 0, drawn anew at each call, and its variance the same for a pair of
    /// points in both directions: that is what detailed balance rests on.
    fn difference(&self, from: &X, to: &X, rng: &mut impl Rng) -> Difference;
}

impl<X: ?Sized, F: Fn(&X, &X, &mut dyn Rng) -> Difference> NoisyDifference<X> for F {
    fn difference(&self, from: &X, to: &X, rng: &mut impl Rng) -> Difference {
        self(from, to, rng)
    }
}

/// The Metropolis–Hastings kernel for laws that are known by a [`NoisyDifference`].
///
/// ```
/// use mcmc::{Difference, Noise, Penalty, RandomWalk, Schedule, sample_chains};
/// use prob_core::Seed;
/// use rand::Rng;
/// use rand_distr::{Distribution, StandardNormal};
///
/// // N(0, 1), seen through noise with standard deviation 1.
/// let target = |x: &[f64], y: &[f64], rng: &mut dyn Rng| {
///     let noise: f64 = StandardNormal.sample(rng);
///     let value = 0.5 * (x[0] * x[0] - y[0] * y[0]) + noise;
///     Difference { value, noise: Noise::Known { variance: 1.0 } }
/// };
/// let kernel = Penalty::new(RandomWalk::new(2.0)?);
/// let trace = sample_chains(&kernel, &target, &[vec![0.0]], Schedule::keep(50_000), Seed(1))?;
/// assert!((trace.covariance()[(0, 0)] - 1.0).abs() < 0.1);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// The rule is that of Metropolis. The law is asked about two points at once and never about a start, so
/// that a start without a density is not refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Penalty<P> {
    proposal: P,
}

impl<P> Penalty<P> {
    /// For any [`Proposal`].
    pub const fn new(proposal: P) -> Self {
        Self { proposal }
    }

    /// The proposal.
    pub fn proposal(&self) -> &P {
        &self.proposal
    }
}

/// A position, with nothing known about it, and room for a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct PenaltyState {
    position: Vec<f64>,
    /// Where the next proposal is written, so that a step allocates nothing.
    proposal: Vec<f64>,
}

impl PenaltyState {
    /// The position.
    #[must_use]
    pub fn position(&self) -> &[f64] {
        &self.position
    }
}

/// What a step of [`Penalty`] did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PenaltyInfo {
    /// Whether the proposal became the state.
    pub accepted: bool,
    /// `ln A`, at most 0.
    pub log_accept: f64,
    /// The variance of the noise, known or estimated; 0 where the proposal had no density.
    pub variance: f64,
}

/// Two columns: `accepted`, the share of the steps of a draw that were, and `variance`, the mean of the
/// noise. It should be about 1: less costs samples, more costs moves.
impl Statistics for PenaltyInfo {
    const COUNT: usize = 2;

    fn names() -> Vec<&'static str> {
        vec!["accepted", "variance"]
    }

    #[inline]
    fn add_to(&self, sums: &mut [f64]) {
        sums[0] += f64::from(u8::from(self.accepted));
        sums[1] += self.variance;
    }
}

impl<D: NoisyDifference<[f64]> + ?Sized, P: Proposal> Kernel<D, [f64]> for Penalty<P> {
    type State = PenaltyState;
    type Info = PenaltyInfo;

    fn init(&self, _: &D, x: &[f64]) -> Result<PenaltyState, Error> {
        if x.is_empty() {
            return Err(Error::Zero { what: "the dimension of the start" });
        }
        self.proposal.check(x.len())?;
        check_finite("start", x)?;
        Ok(PenaltyState { position: x.to_vec(), proposal: x.to_vec() })
    }

    fn position<'s>(&self, state: &'s PenaltyState) -> &'s [f64] {
        &state.position
    }

    fn place(&self, _: &D, state: &mut PenaltyState, x: &[f64]) -> Result<(), Error> {
        let (expected, found) = (state.position.len(), x.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the point", expected, found });
        }
        check_finite("point", x)?;
        state.position.copy_from_slice(x);
        Ok(())
    }

    #[inline]
    fn step(
        &self,
        target: &D,
        state: &mut PenaltyState,
        rng: &mut impl Rng,
    ) -> Result<PenaltyInfo, Error> {
        let PenaltyState { position: from, proposal: to } = state;
        let log_t_ratio = self.proposal.propose(from, to, rng);
        if log_t_ratio.is_nan() || log_t_ratio == f64::INFINITY {
            let (from, to) = (from.clone(), to.clone());
            return Err(Error::BrokenRatio { value: log_t_ratio, from, to });
        }
        let difference = target.difference(from, to, rng);
        let (value, variance) = (difference.value, difference.noise.variance());
        let (log_accept, variance) = if value == f64::NEG_INFINITY {
            (f64::NEG_INFINITY, 0.0)
        } else if value.is_finite() && variance >= 0.0 && variance.is_finite() {
            (difference.log_accept(log_t_ratio), variance)
        } else {
            let (from, to) = (from.clone(), to.clone());
            return Err(Error::BrokenDifference { value, variance, from, to });
        };
        // The coin is tossed in any case, so that the stream does not depend on the outcome.
        let coin: f64 = rng.random();
        let accepted = log_accept >= 0.0 || coin.ln() < log_accept;
        if accepted {
            std::mem::swap(from, to);
        }
        Ok(PenaltyInfo { accepted, log_accept, variance })
    }
}
