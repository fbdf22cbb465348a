//! A walker: sixty-four steps are drawn at once, and walked one by one only where something can happen.

use rand::Rng;

use super::{DIMENSIONS, FARTHEST, LatticeWalk, Moves};
use crate::Error;
use crate::mutants::planted;

/// The next steps, a bit each, the lowest first.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    up: [u64; DIMENSIONS],
    down: [u64; DIMENSIONS],
    /// How many there are, at most 64.
    left: u32,
}

/// Where a walker is, and the steps already drawn for it.
#[derive(Debug, Clone)]
pub(super) struct Walker<'a> {
    walk: &'a LatticeWalk,
    /// Where it has walked to; on a ring the way around counts, too.
    pub(super) at: [i64; DIMENSIONS],
    /// Whether it has come to a site that keeps it.
    pub(super) absorbed: bool,
    block: Block,
}

impl<'a> Walker<'a> {
    pub(super) fn new(walk: &'a LatticeWalk, at: [i64; DIMENSIONS]) -> Self {
        let mut walker = Self { walk, at, absorbed: false, block: Block::default() };
        walker.absorbed = (0..walk.dimension()).any(|axis| walker.is_kept(axis));
        walker
    }

    /// The sites it is at, on all axes.
    pub(super) fn sites(&self) -> impl Iterator<Item = i64> {
        self.at.into_iter().zip(&self.walk.boundaries).map(|(x, boundary)| boundary.site(x))
    }

    /// Walks `steps` steps; one that is absorbed stays.
    pub(super) fn advance(&mut self, mut steps: u64, rng: &mut impl Rng) {
        while steps > 0 && !self.absorbed {
            let chunk = self.drawn(steps, rng);
            if self.is_far_from_walls(chunk) {
                self.jump(chunk);
            } else {
                (0..chunk).for_each(|_| self.step());
            }
            steps -= u64::from(chunk);
        }
    }

    /// The number of the first step, from 1 to `cap`, that leads to `target`, if one does.
    pub(super) fn passage(
        &mut self,
        target: &[i64; DIMENSIONS],
        cap: u64,
        rng: &mut impl Rng,
    ) -> Option<u64> {
        let mut walked = 0;
        while walked < cap && !self.absorbed {
            let chunk = self.drawn(cap - walked, rng);
            if self.distance(target) > u64::from(chunk) && self.is_far_from_walls(chunk) {
                self.jump(chunk);
                walked += u64::from(chunk);
                continue;
            }
            for _ in 0..chunk {
                self.step();
                walked += 1;
                if self.distance(target) == 0 {
                    let late = u64::from(planted("a-first-passage-a-step-late"));
                    return Some(walked + late);
                }
            }
        }
        // Who is kept at the target comes to it again in every step.
        (walked < cap && self.distance(target) == 0).then_some(walked + 1)
    }

    /// How many of the next `wanted` steps are drawn: at least one.
    fn drawn(&mut self, wanted: u64, rng: &mut impl Rng) -> u32 {
        if self.block.left == 0 {
            self.block = self.walk.draw(rng);
        }
        u64::from(self.block.left).min(wanted) as u32
    }

    /// The least number of steps to `target`.
    fn distance(&self, target: &[i64; DIMENSIONS]) -> u64 {
        let apart =
            self.at.iter().zip(target).zip(&self.walk.boundaries).map(
                |((x, to), ends)| match ends {
                    super::Boundary::Ring { sites } => {
                        let around = (x - to).rem_euclid(i64::from(*sites)).unsigned_abs();
                        around.min(u64::from(*sites) - around)
                    }
                    _ => x.abs_diff(*to),
                },
            );
        match self.walk.moves {
            Moves::OneAxis => apart.sum(),
            Moves::EveryAxis => apart.max().unwrap_or(0),
        }
    }

    /// Whether `steps` steps cannot come to a wall.
    fn is_far_from_walls(&self, steps: u32) -> bool {
        let steps = i64::from(steps);
        self.at.iter().zip(&self.walk.boundaries).all(|(&x, boundary)| {
            boundary.walls().is_none_or(|(lower, upper)| x - lower > steps && upper - x > steps)
        })
    }

    /// Many steps at once: the bits are counted.
    fn jump(&mut self, steps: u32) {
        let these = u64::MAX >> (64 - steps);
        for axis in 0..self.walk.dimension() {
            let (up, down) = (&mut self.block.up[axis], &mut self.block.down[axis]);
            let gain = i64::from((*up & these).count_ones());
            self.at[axis] += gain - i64::from((*down & these).count_ones());
            *up = up.checked_shr(steps).unwrap_or(0);
            *down = down.checked_shr(steps).unwrap_or(0);
        }
        self.block.left -= steps;
    }

    /// One step, with a look at the walls.
    pub(super) fn step(&mut self) {
        for axis in 0..self.walk.dimension() {
            let (up, down) = (&mut self.block.up[axis], &mut self.block.down[axis]);
            let change = (*up & 1) as i64 - (*down & 1) as i64;
            *up >>= 1;
            *down >>= 1;
            if !self.absorbed {
                self.at[axis] = self.walk.boundaries[axis].moved(self.at[axis], change);
            }
        }
        self.absorbed = self.absorbed || (0..self.walk.dimension()).any(|axis| self.is_kept(axis));
        self.block.left -= 1;
    }

    fn is_kept(&self, axis: usize) -> bool {
        self.walk.boundaries[axis].absorbs(self.at[axis])
    }
}

impl LatticeWalk {
    /// A path: the sites at the times 0, 1, …, `steps`, as `(steps + 1) × d` numbers, time by time.
    ///
    /// The same generator leads [`ends`](Self::ends) and the others along the same path.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] or [`Error::OffLattice`] for a bad start, [`Error::TooLarge`] for a path
    /// that does not fit into memory.
    pub fn path(&self, start: &[i64], steps: usize, rng: &mut impl Rng) -> Result<Vec<i64>, Error> {
        let mut walker = Walker::new(self, self.checked("the start", start)?);
        let mut path = room(1, steps.saturating_add(1), self.dimension())?;
        path.extend(walker.sites());
        for _ in 0..steps {
            walker.advance(1, rng);
            path.extend(walker.sites());
        }
        Ok(path)
    }

    /// Sixty-four steps.
    fn draw(&self, rng: &mut impl Rng) -> Block {
        let mut block = Block { left: 64, ..Block::default() };
        let last = self.dimension() - 1;
        let mut open = !self.coins.stay.word(rng);
        if planted("a-lazy-walk-that-never-stays") {
            open = u64::MAX;
        }
        // Where each step takes one axis, a coin may serve all axes that toss the same one.
        let shared = self.moves == Moves::OneAxis
            && self.coins.up[..last].iter().all(|coin| *coin == self.coins.up[last]);
        let for_all = if shared { self.coins.up[last].word(rng) } else { 0 };
        for axis in 0..=last {
            let mine = match self.moves {
                Moves::OneAxis if axis < last => open & self.coins.axis[axis].word(rng),
                _ => open,
            };
            if self.moves == Moves::OneAxis {
                open &= !mine;
            }
            let heads = if shared { for_all } else { self.coins.up[axis].word(rng) };
            block.up[axis] = mine & heads;
            block.down[axis] = mine & !heads;
            if planted("up-for-down") {
                std::mem::swap(&mut block.up[axis], &mut block.down[axis]);
            }
        }
        block
    }
}

impl super::Boundary {
    /// Where a step by `change` leads from `x`, where it may go on.
    pub(super) fn moved(self, x: i64, change: i64) -> i64 {
        match self {
            Self::Reflecting { lower, upper } => (x + change).clamp(lower, upper),
            _ => x + change,
        }
    }
}

/// An empty vector for the sites of `walkers` walkers at `times` times.
pub(super) fn room(walkers: usize, times: usize, dimension: usize) -> Result<Vec<i64>, Error> {
    let too_large = Error::TooLarge { chains: walkers, draws: times, variables: dimension };
    let sites = walkers.checked_mul(times).and_then(|n| n.checked_mul(dimension));
    let mut sites_of_all = Vec::new();
    match sites.filter(|n| (*n as u64) < FARTHEST as u64) {
        Some(n) => sites_of_all.try_reserve_exact(n).map_err(|_| too_large)?,
        None => return Err(too_large),
    }
    Ok(sites_of_all)
}
