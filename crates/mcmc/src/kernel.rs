//! Transition kernels: one random move that leaves a law invariant.
//!
//! A kernel `W` leaves the law `p` invariant if `Σ_i p_i W(i→j) = p_j`: a point drawn from `p` is
//! still one from `p` after the move. Repeating the move makes a Markov chain.

use rand::Rng;

use crate::Error;

/// One random move on points of type `X` that leaves the law `D` invariant.
///
/// The law is an argument, not a part of the kernel: annealing, tempering and contrastive divergence
/// change the law under a running chain, and the same kernel serves all of them.
pub trait Kernel<D: ?Sized, X: ?Sized> {
    /// What the next step needs: the position and whatever was already paid for.
    type State: Clone;

    /// What is only there to look at: whether a proposal was accepted, for example.
    type Info: Statistics;

    /// The state at `x`.
    ///
    /// # Errors
    /// If no chain on `target` can start at `x`.
    fn init(&self, target: &D, x: &X) -> Result<Self::State, Error>;

    /// The position of a state.
    fn position<'s>(&self, state: &'s Self::State) -> &'s X;

    /// Puts a state at `x` under `target`, which need not be the law that it was under before.
    ///
    /// This is how kernels that share a chain hand over its position, and how annealing and tempering
    /// exchange points: whatever the state had cached for the old position or law is made anew.
    /// Kernels whose state owns buffers replace this default, which allocates.
    ///
    /// # Errors
    /// As [`init`](Self::init). The position is then what it was, but a state of several parts may be half
    /// under the new law: it must be placed again before its next step.
    fn place(&self, target: &D, state: &mut Self::State, x: &X) -> Result<(), Error> {
        *state = self.init(target, x)?;
        Ok(())
    }

    /// Moves the state once. Allocates nothing.
    ///
    /// # Errors
    /// If the target is no log density where the step needs it (NaN or `+∞`): the error names the
    /// point, and the state stays where it was; a kernel that makes several moves a step says where it
    /// may be left between them.
    fn step(
        &self,
        target: &D,
        state: &mut Self::State,
        rng: &mut impl Rng,
    ) -> Result<Self::Info, Error>;
}

/// The numbers that the information of a step leaves in a [`Trace`](crate::Trace), beside the
/// position: a column each, averaged over the steps of a draw.
pub trait Statistics {
    /// How many.
    const COUNT: usize;

    /// Their names, [`COUNT`](Self::COUNT) of them.
    fn names() -> Vec<&'static str>;

    /// Adds their values to `sums`, which has [`COUNT`](Self::COUNT) elements.
    fn add_to(&self, sums: &mut [f64]);
}

/// Nothing to tell.
impl Statistics for () {
    const COUNT: usize = 0;

    fn names() -> Vec<&'static str> {
        Vec::new()
    }

    fn add_to(&self, _: &mut [f64]) {}
}
