//! Slice sampling: no proposal to tune, and nothing is ever rejected (Neal 2003).
//!
//! A point under the graph of `f` is uniform there if its height is uniform on `(0, f(x))` given `x`,
//! and `x` is uniform on the slice `S = {x : f(x) ≥ y}` given the height `y`. The second is done one
//! coordinate at a time, by an interval that grows around `x` and shrinks onto a point of `S`:
//!
//! 1. `ln y = ln f(x) − E` with `E` exponential;
//! 2. stepping out (Neal's figure 3): an interval of length `w` laid at random over `x` grows at each
//!    end by `w` until that end is outside of `S`, `m − 1` times at most for both ends together,
//!    shared out at random beforehand;
//! 3. shrinkage (figure 5): draw from the interval; what is outside of `S` becomes its new end.
//!
//! Both keep the uniform law on the slice, for any `w` and `m`: only the cost depends on them.

use prob_core::LogDensity;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp1};

use crate::mutants::planted;
use crate::point::checked_log_density;
use crate::{Error, Kernel, Point, Statistics};

/// What one sweep of a slice sampler cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceInfo {
    /// Evaluations of the log density.
    pub evaluations: u64,
}

/// One column, `evaluations`: the mean for a step.
impl Statistics for SliceInfo {
    const COUNT: usize = 1;

    fn names() -> Vec<&'static str> {
        vec!["evaluations"]
    }

    #[inline]
    fn add_to(&self, sums: &mut [f64]) {
        sums[0] += self.evaluations as f64;
    }
}

/// The slice sampler with stepping out and shrinkage: one step renews each coordinate in order.
///
/// ```
/// # use mcmc::{Kernel, Slice};
/// # use prob_core::Seed;
/// let target = |x: &[f64]| -0.5 * x[0] * x[0]; // ln of an unnormalised N(0, 1)
/// let kernel = Slice::new(2.0)?;
/// let mut rng = Seed(1).stream("readme", 0);
/// let mut state = kernel.init(&target, &[30.0])?;
/// let mut sum = 0.0;
/// for _ in 0..10_000 {
///     kernel.step(&target, &mut state, &mut rng)?;
///     sum += state.position()[0].powi(2);
/// }
/// assert!((sum / 10_000.0 - 1.0).abs() < 0.2);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slice {
    width: f64,
    limit: u32,
}

impl Slice {
    /// Slices found in steps of `width`, about the width of the law, with at most `m = 64` widths in
    /// an interval.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `width` is positive and finite.
    pub fn new(width: f64) -> Result<Self, Error> {
        if width.is_finite() && width > 0.0 {
            Ok(Self { width, limit: 64 })
        } else {
            Err(Error::NotPositive { what: "the width of the slice sampler", value: width })
        }
    }

    /// With intervals of at most `limit` widths: `m`, 1 for no stepping out at all.
    ///
    /// # Errors
    /// [`Error::Zero`] for a limit of 0.
    pub fn limited_to(self, limit: u32) -> Result<Self, Error> {
        if limit == 0 {
            return Err(Error::Zero { what: "the limit of the interval" });
        }
        Ok(Self { limit, ..self })
    }

    /// The width of a step out.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The most widths in an interval.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Moves `x[i]` where the log density is at least `level`; returns the log density there.
    fn renew(
        &self,
        i: usize,
        x: &mut [f64],
        level: f64,
        mut log_density: impl FnMut(&[f64]) -> Result<f64, Error>,
        log_f: f64,
        rng: &mut impl Rng,
    ) -> Result<f64, Error> {
        let from = x[i];
        let mut left = from - self.width * rng.random::<f64>();
        if planted("a-slice-begins-at-its-point") {
            left = from;
        }
        let mut right = left + self.width;
        // Beyond the largest number there is no density: an interval is cut there.
        (left, right) = (left.max(f64::MIN), right.min(f64::MAX));
        let mut outwards_left = rng.random_range(0..self.limit);
        if planted("steps-out-shared-out-evenly") {
            outwards_left = (self.limit - 1) / 2;
        }
        for _ in 0..outwards_left {
            x[i] = left;
            if log_density(x)? < level {
                break;
            }
            left = (left - self.width).max(f64::MIN);
        }
        for _ in 0..self.limit - 1 - outwards_left {
            x[i] = right;
            if log_density(x)? < level {
                break;
            }
            right = (right + self.width).min(f64::MAX);
        }
        loop {
            let share: f64 = rng.random();
            // Not left + share · (right − left), whose difference may overflow.
            let to = left * (1.0 - share) + right * share;
            x[i] = to;
            // The interval always holds `from`, which is in the slice: this ends, at the latest
            // where there is no other number left between the ends.
            if to == from || right <= left {
                x[i] = from;
                return Ok(log_f);
            }
            let log_f_to = log_density(x)?;
            if log_f_to >= level {
                return Ok(log_f_to);
            }
            if (to < from) != planted("the-wrong-end-shrinks") { left = to } else { right = to }
        }
    }
}

impl<D: LogDensity<[f64]> + ?Sized> Kernel<D, [f64]> for Slice {
    type State = Point;
    type Info = SliceInfo;

    fn init(&self, target: &D, x: &[f64]) -> Result<Point, Error> {
        Point::new(target, x)
    }

    fn position<'s>(&self, state: &'s Point) -> &'s [f64] {
        state.position()
    }

    fn place(&self, target: &D, state: &mut Point, x: &[f64]) -> Result<(), Error> {
        state.place(target, x)
    }

    fn step(&self, target: &D, state: &mut Point, rng: &mut impl Rng) -> Result<SliceInfo, Error> {
        let mut log_f = state.log_density();
        let mut evaluations = 0;
        // The sweep happens in the buffer, so that an error leaves the position alone.
        let (from, x) = state.parts();
        x.copy_from_slice(from);
        for i in 0..x.len() {
            let mut fall: f64 = Exp1.sample(rng);
            if planted("a-level-uniform-in-the-logarithm") {
                fall = rng.random();
            }
            let counted = |x: &[f64]| {
                evaluations += 1;
                checked_log_density(target, x)
            };
            log_f = self.renew(i, x, log_f - fall, counted, log_f, rng)?;
        }
        state.accept(log_f);
        Ok(SliceInfo { evaluations })
    }
}
