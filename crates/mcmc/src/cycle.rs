//! Kernels put together: one after another, or one of two by chance.
//!
//! If `W_A` and `W_B` leave a law invariant, so do `W_A W_B` and `p W_A + (1 − p) W_B` (Tierney
//! 1994): `π W_A W_B = π W_B = π`. So each variable may have the kernel that suits it. Whatever a
//! kernel has cached for its position is worthless after the other has moved; the position is handed
//! over by [`Kernel::place`], which makes it anew.

use rand::{Rng, RngExt};

use crate::mutants::planted;
use crate::{Error, Kernel, Statistics};

/// First a step of `A`, then one of `B`: `W = W_A W_B`.
///
/// Where a step of `B` fails, the step of `A` may already have been made.
///
/// ```
/// use mcmc::{Cycle, Kernel, MetropolisHastings, RandomWalk, Slice};
/// use prob_core::Seed;
///
/// let target = |x: &[f64]| -0.5 * x[0] * x[0];
/// let kernel = Cycle::new(MetropolisHastings::new(RandomWalk::new(2.4)?), Slice::new(2.0)?);
/// let mut rng = Seed(1).stream("example", 0);
/// let mut state = kernel.init(&target, &[0.0])?;
/// let info = kernel.step(&target, &mut state, &mut rng)?;
/// assert!(info.first.log_accept <= 0.0 && info.second.evaluations > 0);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cycle<A, B> {
    first: A,
    second: B,
}

impl<A, B> Cycle<A, B> {
    /// `first`, then `second`.
    pub const fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

/// A state of each kernel of a [`Cycle`].
#[derive(Debug, Clone, PartialEq)]
pub struct CycleState<A, B> {
    /// Left behind by the second; placed again at each step.
    first: A,
    /// Where the chain is.
    second: B,
}

/// What both steps of a [`Cycle`] tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CycleInfo<A, B> {
    /// Of the first.
    pub first: A,
    /// Of the second.
    pub second: B,
}

/// The columns of the first, then those of the second.
impl<A: Statistics, B: Statistics> Statistics for CycleInfo<A, B> {
    const COUNT: usize = A::COUNT + B::COUNT;

    fn names() -> Vec<&'static str> {
        [A::names(), B::names()].concat()
    }

    #[inline]
    fn add_to(&self, sums: &mut [f64]) {
        let (first, second) = sums.split_at_mut(A::COUNT);
        self.first.add_to(first);
        self.second.add_to(second);
    }
}

impl<D: ?Sized, X: ?Sized, A: Kernel<D, X>, B: Kernel<D, X>> Kernel<D, X> for Cycle<A, B> {
    type State = CycleState<A::State, B::State>;
    type Info = CycleInfo<A::Info, B::Info>;

    fn init(&self, target: &D, x: &X) -> Result<Self::State, Error> {
        let (first, second) = (self.first.init(target, x)?, self.second.init(target, x)?);
        Ok(CycleState { first, second })
    }

    fn position<'s>(&self, state: &'s Self::State) -> &'s X {
        self.second.position(&state.second)
    }

    fn place(&self, target: &D, state: &mut Self::State, x: &X) -> Result<(), Error> {
        // The state that is the position last, so that a refusal leaves it.
        self.first.place(target, &mut state.first, x)?;
        self.second.place(target, &mut state.second, x)
    }

    fn step(
        &self,
        target: &D,
        state: &mut Self::State,
        rng: &mut impl Rng,
    ) -> Result<Self::Info, Error> {
        let CycleState { first, second } = state;
        self.first.place(target, first, self.second.position(second))?;
        let first_info = self.first.step(target, first, rng)?;
        if !planted("the-second-kernel-not-told") {
            self.second.place(target, second, self.first.position(first))?;
        }
        let second_info = self.second.step(target, second, rng)?;
        Ok(CycleInfo { first: first_info, second: second_info })
    }
}

/// A step of `A` with probability `p`, else one of `B`: `W = p W_A + (1 − p) W_B`.
///
/// The chance may not depend on the position: then the mixture would not keep the law.
///
/// ```
/// use mcmc::{Choice, Kernel, MetropolisHastings, RandomWalk, Slice};
/// use prob_core::Seed;
///
/// let target = |x: &[f64]| -0.5 * x[0] * x[0];
/// let kernel = Choice::new(0.9, MetropolisHastings::new(RandomWalk::new(2.4)?), Slice::new(2.0)?)?;
/// let mut rng = Seed(1).stream("example", 0);
/// let mut state = kernel.init(&target, &[0.0])?;
/// kernel.step(&target, &mut state, &mut rng)?;
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice<A, B> {
    chance: f64,
    first: A,
    second: B,
}

impl<A, B> Choice<A, B> {
    /// `first` with probability `chance`, else `second`.
    ///
    /// # Errors
    /// [`Error::NotBetween`] unless `0 < chance < 1`.
    pub fn new(chance: f64, first: A, second: B) -> Result<Self, Error> {
        if chance > 0.0 && chance < 1.0 {
            Ok(Self { chance, first, second })
        } else {
            Err(Error::NotBetween { what: "the chance of the first kernel", value: chance })
        }
    }

    /// The probability of the first.
    #[must_use]
    pub fn chance(&self) -> f64 {
        self.chance
    }
}

/// A state of each kernel of a [`Choice`], and which of them moved last.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceState<A, B> {
    first: A,
    second: B,
    /// Whether the chain is where `first` is.
    at_first: bool,
}

/// What the step of a [`Choice`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceInfo<A, B> {
    /// The first was chosen.
    First(A),
    /// The second was.
    Second(B),
}

/// The column of a [`Choice`] that says how often the first kernel was chosen.
pub(crate) const CHOSEN: &str = "first";

/// One column, `first`: the share of the steps that were of the first kernel. Then the columns of both;
/// the steps of the other kernel count as 0 in them, so that a mean for a step of the first is the
/// column divided by `first`, and one for a step of the second by `1 − first`.
impl<A: Statistics, B: Statistics> Statistics for ChoiceInfo<A, B> {
    const COUNT: usize = 1 + A::COUNT + B::COUNT;

    fn names() -> Vec<&'static str> {
        [vec![CHOSEN], A::names(), B::names()].concat()
    }

    #[inline]
    fn add_to(&self, sums: &mut [f64]) {
        match self {
            Self::First(info) => {
                sums[0] += 1.0;
                info.add_to(&mut sums[1..1 + A::COUNT]);
            }
            Self::Second(info) => info.add_to(&mut sums[1 + A::COUNT..]),
        }
    }
}

impl<D: ?Sized, X: ?Sized, A: Kernel<D, X>, B: Kernel<D, X>> Kernel<D, X> for Choice<A, B> {
    type State = ChoiceState<A::State, B::State>;
    type Info = ChoiceInfo<A::Info, B::Info>;

    fn init(&self, target: &D, x: &X) -> Result<Self::State, Error> {
        let (first, second) = (self.first.init(target, x)?, self.second.init(target, x)?);
        Ok(ChoiceState { first, second, at_first: true })
    }

    fn position<'s>(&self, state: &'s Self::State) -> &'s X {
        if state.at_first {
            self.first.position(&state.first)
        } else {
            self.second.position(&state.second)
        }
    }

    fn place(&self, target: &D, state: &mut Self::State, x: &X) -> Result<(), Error> {
        // The state that is the position last, so that a refusal leaves it.
        if state.at_first {
            self.second.place(target, &mut state.second, x)?;
            self.first.place(target, &mut state.first, x)
        } else {
            self.first.place(target, &mut state.first, x)?;
            self.second.place(target, &mut state.second, x)
        }
    }

    fn step(
        &self,
        target: &D,
        state: &mut Self::State,
        rng: &mut impl Rng,
    ) -> Result<Self::Info, Error> {
        let ChoiceState { first, second, at_first } = state;
        // A kernel that moves twice in a row has nothing to be told.
        if rng.random::<f64>() < self.chance {
            if !*at_first {
                self.first.place(target, first, self.second.position(second))?;
                *at_first = true;
            }
            Ok(ChoiceInfo::First(self.first.step(target, first, rng)?))
        } else {
            if *at_first {
                if !planted("a-switch-without-handing-over") {
                    self.second.place(target, second, self.first.position(first))?;
                }
                *at_first = false;
            }
            Ok(ChoiceInfo::Second(self.second.step(target, second, rng)?))
        }
    }
}
