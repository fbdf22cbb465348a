//! Random walks on a lattice in one to three dimensions: free, biased, lazy, on a ring, between walls.
//!
//! The walker steps by one lattice constant `l` every time step `τ`. What it has walked after n steps
//! has mean `n m` and variance `n s²`, with those of a single step, so that (`eq:diffusion`)
//!
//! ```text
//! ⟨|x − v t|²⟩ = 2 d D t,    v = m / τ,    D = s² / (2 d τ)
//! ```
//!
//! with `s²` the sum over the d axes. The lecture's walk, ±l with probability ½, has `D = l² / (2 τ)`.

mod coin;
mod law;
mod matrix;
mod passage;
mod spread;
mod walker;

pub use passage::FirstPassages;
pub use spread::{Spread, Spreading};

use crate::Error;
use coin::Coin;

/// The largest number of dimensions.
const DIMENSIONS: usize = 3;

/// Sites beyond are refused: up to here all are floating-point numbers, too.
const FARTHEST: i64 = 1 << f64::MANTISSA_DIGITS;

/// How far probabilities may be from summing to one.
const SUM_TOLERANCE: f64 = 1e-9;

/// What happens at the ends of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary {
    /// There are no ends.
    Free,
    /// The sites 0 to `sites − 1` in a circle: the last one is beside the first.
    Ring {
        /// The number of sites, at least 1.
        sites: u32,
    },
    /// Walls behind the sites `lower` and `upper`: a step into a wall is not made, and the walker
    /// waits where it is. So the stationary law of a walk without bias is uniform, and the walk is in
    /// detailed balance with any bias.
    Reflecting {
        /// The first site.
        lower: i64,
        /// The last site.
        upper: i64,
    },
    /// The sites `lower` and `upper` keep who arrives there: the walk is over, on all axes.
    Absorbing {
        /// The first site.
        lower: i64,
        /// The last site.
        upper: i64,
    },
}

impl Boundary {
    /// The first and the last site.
    fn ends(self) -> (i64, i64) {
        match self {
            Self::Free => (-FARTHEST, FARTHEST),
            Self::Ring { sites } => (0, i64::from(sites) - 1),
            Self::Reflecting { lower, upper } | Self::Absorbing { lower, upper } => (lower, upper),
        }
    }

    /// The walls, if there are any.
    fn walls(self) -> Option<(i64, i64)> {
        matches!(self, Self::Reflecting { .. } | Self::Absorbing { .. }).then(|| self.ends())
    }

    /// The site that a walker sees who has walked to `x`: on a ring the rest of the division.
    fn site(self, x: i64) -> i64 {
        match self {
            Self::Ring { sites } => x.rem_euclid(i64::from(sites)),
            _ => x,
        }
    }

    fn absorbs(self, x: i64) -> bool {
        matches!(self, Self::Absorbing { lower, upper } if x <= lower || x >= upper)
    }
}

/// Which axes a step moves along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moves {
    OneAxis,
    EveryAxis,
}

/// A random walk on the sites of a lattice.
///
/// ```
/// use mcmc::{Boundary, LatticeWalk};
/// use prob_core::Seed;
///
/// // The lecture's walk: one step of ±1 with probability ½ each.
/// let walk = LatticeWalk::simple(1)?;
/// assert_eq!(walk.diffusion(), 0.5);
/// let path = walk.path(&[0], 100, &mut Seed(1).stream("path", 0))?;
/// assert!(path.windows(2).all(|two| (two[1] - two[0]).abs() == 1));
///
/// // Two dimensions, drifting to the right on a ring of 50 columns, waiting every fourth step.
/// let walk = LatticeWalk::simple(2)?
///     .biased(&[[0.2, 0.3], [0.25, 0.25]])?
///     .lazy(0.25)?
///     .bounded(0, Boundary::Ring { sites: 50 })?;
/// assert!((walk.velocity()[0] - 0.075).abs() < 1e-15);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LatticeWalk {
    moves: Moves,
    /// Of each axis: the chance of a step down and of one up, of a walker that does not wait.
    directions: Vec<[f64; 2]>,
    stay: f64,
    boundaries: Vec<Boundary>,
    step_length: f64,
    time_step: f64,
    coins: Coins,
}

/// The coins that decide a step, one after another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Coins {
    stay: Coin,
    /// Whether it is this axis, of those not yet asked.
    axis: [Coin; DIMENSIONS],
    /// Whether it goes up on the axis.
    up: [Coin; DIMENSIONS],
}

impl LatticeWalk {
    /// The simple walk: each step goes to one of the `2 d` neighbours, all equally probable.
    /// `D = l² / (2 d τ)`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the dimension is 1, 2 or 3; [`Error::Zero`] for 0.
    pub fn simple(dimension: usize) -> Result<Self, Error> {
        Self::new(Moves::OneAxis, dimension, 0.5 / dimension as f64)
    }

    /// Each step goes by ±1 along every axis at once, with probability ½ each: `d` independent walks
    /// in one dimension. `D = l² / (2 τ)` in any dimension.
    ///
    /// # Errors
    /// As [`simple`](Self::simple).
    pub fn every_axis(dimension: usize) -> Result<Self, Error> {
        Self::new(Moves::EveryAxis, dimension, 0.5)
    }

    fn new(moves: Moves, dimension: usize, chance: f64) -> Result<Self, Error> {
        if dimension == 0 {
            return Err(Error::Zero { what: "the dimension" });
        }
        if dimension > DIMENSIONS {
            let limit = DIMENSIONS + 1;
            return Err(Error::OutOfRange { what: "the dimension", index: dimension, limit });
        }
        let directions = vec![[chance; 2]; dimension];
        let coins = Coins::new(moves, &directions, 0.0);
        let boundaries = vec![Boundary::Free; dimension];
        Ok(Self {
            moves,
            directions,
            stay: 0.0,
            boundaries,
            step_length: 1.0,
            time_step: 1.0,
            coins,
        })
    }

    /// With other probabilities of the directions: `[down, up]` of each axis.
    ///
    /// For a [`simple`](Self::simple) walk all of them sum to 1; for one along
    /// [every axis](Self::every_axis) those of each axis do.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there is a pair for each axis; [`Error::BadDirections`] where
    /// they are no probabilities or do not sum to 1 (within 1e-9).
    pub fn biased(mut self, directions: &[[f64; 2]]) -> Result<Self, Error> {
        if directions.len() != self.dimension() {
            let (expected, found) = (self.dimension(), directions.len());
            return Err(Error::LengthMismatch { what: "the bias", expected, found });
        }
        let check = |chances: &[[f64; 2]]| {
            let sum: f64 = chances.as_flattened().iter().sum();
            let min = chances.as_flattened().iter().copied().fold(f64::INFINITY, f64::min);
            let good = (sum - 1.0).abs() <= SUM_TOLERANCE && min >= 0.0;
            if good { Ok(()) } else { Err(Error::BadDirections { sum, min }) }
        };
        match self.moves {
            Moves::OneAxis => check(directions)?,
            Moves::EveryAxis => directions.chunks(1).try_for_each(check)?,
        }
        self.directions = directions.to_vec();
        self.coins = Coins::new(self.moves, &self.directions, self.stay);
        Ok(self)
    }

    /// Waiting in a step with probability `stay`, whatever was said of waiting before.
    ///
    /// # Errors
    /// [`Error::NotBetween`] unless `0 < stay < 1`.
    pub fn lazy(mut self, stay: f64) -> Result<Self, Error> {
        if !(stay > 0.0 && stay < 1.0) {
            return Err(Error::NotBetween { what: "the chance to stay", value: stay });
        }
        self.stay = stay;
        self.coins = Coins::new(self.moves, &self.directions, stay);
        Ok(self)
    }

    /// With ends on one axis, or without them again.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for an axis that is not there; [`Error::Zero`] for a ring without sites;
    /// [`Error::OffLattice`] for an upper wall that is not between the lower one and 2⁵³, or a lower
    /// wall below −2⁵³.
    pub fn bounded(mut self, axis: usize, boundary: Boundary) -> Result<Self, Error> {
        let limit = self.dimension();
        if axis >= limit {
            return Err(Error::OutOfRange { what: "the axis", index: axis, limit });
        }
        if boundary == (Boundary::Ring { sites: 0 }) {
            return Err(Error::Zero { what: "the number of sites of a ring" });
        }
        let (lower, upper) = boundary.ends();
        on_lattice(axis, lower, -FARTHEST, FARTHEST)?;
        on_lattice(axis, upper, lower, FARTHEST)?;
        self.boundaries[axis] = boundary;
        Ok(self)
    }

    /// In other units: a step goes over a distance `step_length` and takes the time `time_step`; both
    /// are 1 before.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless both are positive and finite.
    pub fn with_units(mut self, step_length: f64, time_step: f64) -> Result<Self, Error> {
        for (what, value) in [("the step length", step_length), ("the time step", time_step)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::NotPositive { what, value });
            }
        }
        (self.step_length, self.time_step) = (step_length, time_step);
        Ok(self)
    }

    /// The number of axes, 1 to 3.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.directions.len()
    }

    /// The distance `l` between neighbours.
    #[must_use]
    pub fn step_length(&self) -> f64 {
        self.step_length
    }

    /// The time `τ` of a step.
    #[must_use]
    pub fn time_step(&self) -> f64 {
        self.time_step
    }

    /// The ends of each axis.
    #[must_use]
    pub fn boundaries(&self) -> &[Boundary] {
        &self.boundaries
    }

    /// A start within the boundaries, as an array.
    fn checked(&self, what: &'static str, site: &[i64]) -> Result<[i64; DIMENSIONS], Error> {
        let (expected, found) = (self.dimension(), site.len());
        if expected != found {
            return Err(Error::LengthMismatch { what, expected, found });
        }
        let mut at = [0; DIMENSIONS];
        for (axis, (&x, boundary)) in site.iter().zip(&self.boundaries).enumerate() {
            let (lower, upper) = boundary.ends();
            on_lattice(axis, x, lower, upper)?;
            at[axis] = x;
        }
        Ok(at)
    }
}

fn on_lattice(axis: usize, site: i64, lower: i64, upper: i64) -> Result<(), Error> {
    if (lower..=upper).contains(&site) {
        Ok(())
    } else {
        Err(Error::OffLattice { axis, site, lower, upper })
    }
}

impl Coins {
    fn new(moves: Moves, directions: &[[f64; 2]], stay: f64) -> Self {
        let fair = Coin::new(0.5);
        let mut coins = Self { stay: Coin::new(stay), axis: [fair; 3], up: [fair; 3] };
        let total = |axes: &[[f64; 2]]| -> f64 { axes.as_flattened().iter().sum() };
        for (axis, [down, up]) in directions.iter().enumerate() {
            let (mine, rest) = (down + up, total(&directions[axis..]));
            // An axis without moves needs no coin; whichever it has is never looked at.
            if mine > 0.0 {
                coins.up[axis] = Coin::new(up / mine);
            }
            coins.axis[axis] = match moves {
                Moves::EveryAxis => Coin::new(1.0),
                Moves::OneAxis if mine > 0.0 => Coin::new(mine / rest),
                Moves::OneAxis => Coin::new(0.0),
            };
        }
        coins
    }
}
