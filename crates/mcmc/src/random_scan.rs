//! Gibbs sampling in random order: one step renews one block, chosen uniformly.
//!
//! With `W_b` the renewal of block b, the step is `W = (1/B) Σ_b W_b`. Each `W_b` is in detailed
//! balance with the law and so is their mean: a random scan is reversible, which the systematic sweep
//! `W_1 W_2 … W_B` of [`Gibbs`](crate::Gibbs) is not (Liu, Wong and Kong 1995).

use std::borrow::{Borrow, BorrowMut};

use rand::{Rng, RngExt};

use crate::mutants::planted;
use crate::{Conditionals, Error, Kernel};

/// The random-scan Gibbs kernel: one step renews one block of any [`Conditionals`], each block with
/// probability `1 / blocks`.
///
/// To compare with a sweep, take [`blocks`](Conditionals::blocks) steps for one of its steps.
///
/// ```
/// use mcmc::{Kernel, RandomScan};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
///
/// let target = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
/// let mut rng = Seed(1).stream("example", 0);
/// let mut state = RandomScan.init(&target, &[3.0, -3.0])?;
/// RandomScan.step(&target, &mut state, &mut rng)?;
/// assert!((state[0] == 3.0) != (state[1] == -3.0), "one of the two was renewed");
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RandomScan;

impl<D, X> Kernel<D, X> for RandomScan
where
    D: Conditionals<X> + ?Sized,
    X: ToOwned + ?Sized,
    X::Owned: Clone + BorrowMut<X>,
{
    type State = X::Owned;
    type Info = ();

    /// # Errors
    /// [`Error::Zero`] for a law without blocks; as [`Conditionals::check`].
    fn init(&self, target: &D, x: &X) -> Result<X::Owned, Error> {
        some_blocks(target.blocks())?;
        target.check(x)?;
        Ok(x.to_owned())
    }

    fn position<'s>(&self, state: &'s X::Owned) -> &'s X {
        state.borrow()
    }

    fn place(&self, target: &D, state: &mut X::Owned, x: &X) -> Result<(), Error> {
        some_blocks(target.blocks())?;
        target.check(x)?;
        x.clone_into(state);
        Ok(())
    }

    #[inline]
    fn step(&self, target: &D, state: &mut X::Owned, rng: &mut impl Rng) -> Result<(), Error> {
        // Asked again, since the law may be another than the one of the start.
        let blocks = some_blocks(target.blocks())?;
        let block = if planted("the-last-block-favoured") {
            rng.random_range(0..=blocks).min(blocks - 1)
        } else {
            rng.random_range(0..blocks)
        };
        target.resample(block, state.borrow_mut(), rng)
    }
}

/// Refuses to choose among no blocks.
#[inline]
fn some_blocks(blocks: usize) -> Result<usize, Error> {
    if blocks == 0 { Err(Error::Zero { what: "the number of blocks" }) } else { Ok(blocks) }
}
