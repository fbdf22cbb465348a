//! Many walkers: where they are at chosen times, and the law of diffusion with its error.

use prob_core::Seed;
use rayon::prelude::*;

use super::walker::{Walker, room};
use super::{DIMENSIONS, LatticeWalk};
use crate::Error;
use crate::mutants::planted;

/// Walkers whose sums are made by one thread, in their order; more of them from a million walkers on,
/// so that the sums of all blocks stay small.
const BLOCK: usize = 256;

/// The most blocks.
const BLOCKS: usize = 4096;

/// Where many walkers are at one time, in units of length.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The steps walked.
    pub steps: u64,
    /// The time, `steps · τ`.
    pub time: f64,
    /// The mean displacement along each axis.
    pub mean: Vec<f64>,
    /// The standard errors of `mean`.
    pub mean_error: Vec<f64>,
    /// The mean squared displacement `⟨|x − v t|²⟩`, the drift subtracted.
    pub msd: f64,
    /// The standard error of `msd`.
    pub msd_error: f64,
}

/// The mean squared displacements of many walkers, and the diffusion constant that follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Spreading {
    /// The spread at each time.
    pub at: Vec<Spread>,
    /// The estimate of D in `⟨|x − v t|²⟩ = 2 d D t`.
    pub diffusion: f64,
    /// The standard error of `diffusion`.
    pub diffusion_error: f64,
}

impl LatticeWalk {
    /// The squared displacements of `walkers` independent walkers at the given times (numbers of
    /// steps), and the diffusion constant. No path is stored.
    ///
    /// The drift is subtracted as it is known ([`velocity`](Self::velocity)); on a ring the way around
    /// counts as walked; between walls no drift is subtracted on that axis, and what comes out is what
    /// the walls leave.
    ///
    /// The displacements at different times belong to the same walkers, so a straight line through
    /// them would get too small an error. What a walker walks *between* two times is independent of
    /// what it has walked before: D is the mean of `|Δx − v Δt|² / (2 d Δt)` over all intervals, and its
    /// standard error that of independent walkers.
    ///
    /// Walker `i` draws from `seed.stream("walker", i)`; sums are made in a fixed order: the same bits
    /// for any number of threads.
    ///
    /// ```
    /// # use mcmc::LatticeWalk;
    /// # use prob_core::Seed;
    /// let walk = LatticeWalk::simple(2)?;
    /// let spreading = walk.spread(&[0, 0], &[10, 20, 50, 100], 10_000, Seed(1))?;
    /// let last = &spreading.at[3];
    /// assert!((last.msd - 100.0).abs() < 5.0 * last.msd_error);
    /// assert!((spreading.diffusion - 0.25).abs() < 5.0 * spreading.diffusion_error);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2 walkers, [`Error::Zero`] for no times or time 0,
    /// [`Error::NotIncreasing`] unless the times increase, [`Error::LengthMismatch`] or
    /// [`Error::OffLattice`] for a bad start.
    pub fn spread(
        &self,
        start: &[i64],
        times: &[u64],
        walkers: usize,
        seed: Seed,
    ) -> Result<Spreading, Error> {
        let start = self.checked("the start", start)?;
        if walkers < 2 {
            let what = "the number of walkers";
            return Err(Error::TooFew { what, found: walkers, needed: 2 });
        }
        check_times(times)?;
        let drift = self.drift();
        let size = BLOCK.max(walkers.div_ceil(BLOCKS));
        let block = |block: usize| {
            let mut sums = vec![Sums::default(); times.len() + 1];
            for walker in block * size..walkers.min((block + 1) * size) {
                let mut rng = seed.stream("walker", walker as u64);
                let mut walker = Walker::new(self, start);
                let (mut before, mut walked, mut rates) = ([0.0; DIMENSIONS], 0, 0.0);
                for (&time, sums) in times.iter().zip(&mut sums) {
                    walker.advance(time - walked, &mut rng);
                    let y = std::array::from_fn(|axis| {
                        (walker.at[axis] - start[axis]) as f64 - drift[axis] * time as f64
                    });
                    sums.add(y);
                    let change = std::array::from_fn(|axis| y[axis] - before[axis]);
                    rates += square(change) / (time - walked) as f64;
                    (before, walked) = (y, time);
                }
                sums[times.len()].add_rate(rates / times.len() as f64);
            }
            sums
        };
        let blocks: Vec<Vec<Sums>> =
            (0..walkers.div_ceil(size)).into_par_iter().map(block).collect();
        let total = |k: usize| blocks.iter().fold(Sums::default(), |sum, block| sum.plus(block[k]));
        let at = times.iter().enumerate().map(|(k, &steps)| self.summary(steps, total(k), walkers));
        let (rate, error) = total(times.len()).square(walkers);
        let unit = self.step_length.powi(2) / (2.0 * self.dimension() as f64 * self.time_step);
        Ok(Spreading { at: at.collect(), diffusion: unit * rate, diffusion_error: unit * error })
    }

    /// The sites of `walkers` independent walkers after `steps` steps, as `walkers × d` numbers: on a
    /// ring those between 0 and its size.
    ///
    /// Walker `i` is that of [`spread`](Self::spread).
    ///
    /// # Errors
    /// [`Error::Zero`] for no walkers; [`Error::LengthMismatch`] or [`Error::OffLattice`] for a bad start;
    /// [`Error::TooLarge`] for more walkers than memory holds.
    pub fn ends(
        &self,
        start: &[i64],
        steps: u64,
        walkers: usize,
        seed: Seed,
    ) -> Result<Vec<i64>, Error> {
        let start = self.checked("the start", start)?;
        if walkers == 0 {
            return Err(Error::Zero { what: "the number of walkers" });
        }
        let d = self.dimension();
        let mut ends = room(walkers, 1, d)?;
        ends.resize(walkers * d, 0);
        ends.par_chunks_mut(d).enumerate().for_each(|(i, end)| {
            let mut walker = Walker::new(self, start);
            walker.advance(steps, &mut seed.stream("walker", i as u64));
            end.iter_mut().zip(walker.sites()).for_each(|(end, site)| *end = site);
        });
        Ok(ends)
    }

    /// The mean step along each axis without walls, 0 along the others.
    fn drift(&self) -> [f64; DIMENSIONS] {
        std::array::from_fn(|axis| match self.boundaries.get(axis) {
            Some(_) if planted("a-spread-that-holds-the-drift") => 0.0,
            Some(boundary) if boundary.walls().is_none() => self.moments(axis).0,
            _ => 0.0,
        })
    }

    fn summary(&self, steps: u64, sums: Sums, walkers: usize) -> Spread {
        let (drift, l) = (self.drift(), self.step_length);
        let axes = || (0..self.dimension()).map(|axis| (axis, sums.mean(axis, walkers)));
        let (msd, msd_error) = sums.square(walkers);
        Spread {
            steps,
            time: steps as f64 * self.time_step,
            mean: axes().map(|(k, (mean, _))| l * (mean + drift[k] * steps as f64)).collect(),
            mean_error: axes().map(|(_, (_, error))| l * error).collect(),
            msd: l * l * msd,
            msd_error: l * l * msd_error,
        }
    }
}

fn check_times(times: &[u64]) -> Result<(), Error> {
    match times.first() {
        None => return Err(Error::Zero { what: "the number of times" }),
        Some(0) => return Err(Error::Zero { what: "the first time" }),
        _ => {}
    }
    match times.windows(2).position(|two| two[0] >= two[1]) {
        Some(before) => Err(Error::NotIncreasing { what: "the times", index: before + 1 }),
        None => Ok(()),
    }
}

/// Sums over walkers, for means and their errors.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    first: [f64; DIMENSIONS],
    second: [f64; DIMENSIONS],
    square: f64,
    square_of_square: f64,
}

impl Sums {
    fn add(&mut self, y: [f64; DIMENSIONS]) {
        for (axis, y) in y.into_iter().enumerate() {
            self.first[axis] += y;
            self.second[axis] += y * y;
        }
        self.add_rate(square(y));
    }

    fn add_rate(&mut self, rate: f64) {
        self.square += rate;
        self.square_of_square += rate * rate;
    }

    fn plus(mut self, other: Self) -> Self {
        for axis in 0..DIMENSIONS {
            self.first[axis] += other.first[axis];
            self.second[axis] += other.second[axis];
        }
        self.square += other.square;
        self.square_of_square += other.square_of_square;
        self
    }

    /// The mean along an axis and its standard error.
    fn mean(&self, axis: usize, walkers: usize) -> (f64, f64) {
        mean_and_error(self.first[axis], self.second[axis], walkers)
    }

    /// The mean of what was squared, and its standard error.
    fn square(&self, walkers: usize) -> (f64, f64) {
        mean_and_error(self.square, self.square_of_square, walkers)
    }
}

fn mean_and_error(sum: f64, squares: f64, n: usize) -> (f64, f64) {
    let n = n as f64;
    let mean = sum / n;
    let variance = (squares / n - mean * mean).max(0.0) * n / (n - 1.0);
    if planted("a-variance-for-a-standard-error") {
        return (mean, variance / n);
    }
    (mean, (variance / n).sqrt())
}

fn square(y: [f64; DIMENSIONS]) -> f64 {
    y.iter().map(|y| y * y).sum()
}
