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
    type Info;

    /// The state at `x`.
    ///
    /// # Errors
    /// If no chain on `target` can start at `x`.
    fn init(&self, target: &D, x: &X) -> Result<Self::State, Error>;

    /// The position of a state.
    fn position<'s>(&self, state: &'s Self::State) -> &'s X;

    /// Moves the state once. Allocates nothing.
    fn step(&self, target: &D, state: &mut Self::State, rng: &mut impl Rng) -> Self::Info;
}
