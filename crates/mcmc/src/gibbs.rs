//! Gibbs sampling: renew one block of coordinates after another, each from its conditional law.
//!
//! Proposing from `p(x_b | x_{−b})` makes the acceptance of Metropolis–Hastings 1, so that every
//! move counts. One step of [`Gibbs`] is one *sweep*: a systematic scan over all blocks in order.
//!
//! On a two-dimensional normal law with correlation ρ, each coordinate seen once a sweep is an
//! autoregression with coefficient ρ² (`eq:gibbs-ar1`): lag-k autocorrelation `ρ^2k`, integrated
//! autocorrelation time `(1 + ρ²) / (1 − ρ²)`.

use std::borrow::{Borrow, BorrowMut};

use prob_core::MvNormal;
use rand::Rng;

use crate::mutants::planted;
use crate::{Error, Kernel, error::check_finite};

/// A law given by its conditionals: each block of coordinates can be drawn given all others.
pub trait Conditionals<X: ?Sized> {
    /// Number of blocks.
    fn blocks(&self) -> usize;

    /// Replaces the coordinates of `block` (below [`blocks`](Self::blocks)) in `x` by a draw given
    /// the others. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::BrokenLogDensity`] or [`Error::OutsideSupport`], for conditionals that are found from
    /// a log density on the way; `x` is then as it was.
    fn resample(&self, block: usize, x: &mut X, rng: &mut impl Rng) -> Result<(), Error>;

    /// Refuses a point from which [`resample`](Self::resample) could not start.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NotFinite`] or [`Error::OutsideSupport`].
    fn check(&self, x: &X) -> Result<(), Error>;
}

/// The Gibbs kernel: one step is one systematic sweep over all blocks of any [`Conditionals`].
///
/// Where [`Conditionals::resample`] fails, the sweep ends with the blocks before renewed: a copy
/// of the point at each sweep would be the price of going back.
///
/// ```
/// use mcmc::{Gibbs, Kernel};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
///
/// let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
/// let mut rng = Seed(1).stream("example", 0);
/// let mut state = Gibbs.init(&target, &[3.0, -3.0])?;
/// let mut sum = 0.0;
/// for _ in 0..10_000 {
///     Gibbs.step(&target, &mut state, &mut rng)?;
///     sum += state[0] * state[1];
/// }
/// assert!((sum / 10_000.0 - 0.5).abs() < 0.1);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gibbs;

impl<D, X> Kernel<D, X> for Gibbs
where
    D: Conditionals<X> + ?Sized,
    X: ToOwned + ?Sized,
    X::Owned: Clone + BorrowMut<X>,
{
    type State = X::Owned;
    type Info = ();

    fn init(&self, target: &D, x: &X) -> Result<X::Owned, Error> {
        target.check(x)?;
        Ok(x.to_owned())
    }

    fn position<'s>(&self, state: &'s X::Owned) -> &'s X {
        state.borrow()
    }

    fn place(&self, target: &D, state: &mut X::Owned, x: &X) -> Result<(), Error> {
        target.check(x)?;
        x.clone_into(state);
        Ok(())
    }

    #[inline]
    fn step(&self, target: &D, state: &mut X::Owned, rng: &mut impl Rng) -> Result<(), Error> {
        let x = state.borrow_mut();
        for block in usize::from(planted("a-block-left-out"))..target.blocks() {
            target.resample(block, x, rng)?;
        }
        Ok(())
    }
}

/// The path of a Gibbs chain within its sweeps: the start, then the point after each block.
///
/// On single coordinates every piece of the path is parallel to an axis. The result has
/// `1 + sweeps · blocks` points; every `blocks`-th is what [`Gibbs`] reports after a sweep, drawn
/// from the same numbers.
///
/// # Errors
/// As [`Conditionals::check`] for the start; as [`Conditionals::resample`].
pub fn gibbs_path<D, X>(
    target: &D,
    start: &X,
    sweeps: usize,
    rng: &mut impl Rng,
) -> Result<Vec<X::Owned>, Error>
where
    D: Conditionals<X> + ?Sized,
    X: ToOwned + ?Sized,
    X::Owned: Clone + BorrowMut<X>,
{
    let mut x = Gibbs.init(target, start)?;
    let mut path = vec![x.clone()];
    for _ in 0..sweeps {
        for block in 0..target.blocks() {
            target.resample(block, x.borrow_mut(), rng)?;
            path.push(x.clone());
        }
    }
    Ok(path)
}

/// Each coordinate is a block.
impl Conditionals<[f64]> for MvNormal {
    #[inline]
    fn blocks(&self) -> usize {
        self.full_conditionals().dim()
    }

    #[inline]
    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let own = x[block];
        self.full_conditionals().resample(block, x, rng);
        if planted("conditioning-on-itself") {
            x[block] += 0.1 * own;
        }
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        if x.len() != self.dim() {
            let (expected, found) = (self.dim(), x.len());
            return Err(Error::LengthMismatch { what: "the start", expected, found });
        }
        check_finite("start", x)
    }
}
