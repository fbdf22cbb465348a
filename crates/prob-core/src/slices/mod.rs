//! Many numbers at once: log densities of a slice, draws into a slice.
//!
//! Work goes in blocks of [`BLOCK`] numbers. A block stays in the fastest cache while it passes
//! through the elementary functions eight numbers at a time (dispatched at run time to what the
//! processor has), and blocks are shared out over the cores. Which draw comes from which random
//! bits depends on the block alone, so that the number of threads changes nothing.

pub(crate) mod counts;
pub(crate) mod draws;
mod elementary;
mod lanes;

use pulp::Arch;
use rand::Rng;
use rand_distr::Distribution;
use rayon::prelude::*;

use crate::{Seed, Univariate};

pub(crate) use elementary::{circle, exp, ln, ln_1p, open_unit};
use lanes::BUFFER;
pub use lanes::Lanes;

/// Numbers in a block.
pub(crate) const BLOCK: usize = 4096;

/// Applies `work` to blocks of `x` and the places for their results.
///
/// # Panics
/// If the slices differ in length.
pub(crate) fn map(x: &[f64], out: &mut [f64], work: impl Fn(&[f64], &mut [f64]) + Sync) {
    assert_eq!(x.len(), out.len(), "as many places as points");
    if x.len() <= 2 * BLOCK {
        x.chunks(BLOCK).zip(out.chunks_mut(BLOCK)).for_each(|(x, out)| work(x, out));
    } else {
        let pairs = x.par_chunks(BLOCK).zip(out.par_chunks_mut(BLOCK));
        pairs.for_each(|(x, out)| work(x, out));
    }
}

/// Runs `work` with the vector instructions that the processor has. `work`, and what it calls, must
/// be inlined: what is compiled apart is compiled for any processor.
#[inline(always)]
pub(crate) fn dispatch<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}

/// `log_prob` of a slice by a form without branches, `form(x, first(x))`, that is right strictly
/// between two ends; the few other points go through the law's own `log_prob`.
///
/// `first` and `form` should have one elementary function each: with two the compiler gives up on
/// vector instructions.
pub(crate) fn log_prob_between<L: Univariate>(
    law: &L,
    (lower, upper): (f64, f64),
    x: &[f64],
    out: &mut [f64],
    first: impl Fn(f64) -> f64 + Sync,
    form: impl Fn(f64, f64) -> f64 + Sync,
) {
    map(x, out, |x, out| {
        let all_inside = dispatch(
            #[inline(always)]
            || {
                let (mut points, mut values) = ([0.0; ROW], [0.0; ROW]);
                let mut outside = 0;
                for (x, out) in x.chunks(ROW).zip(out.chunks_mut(ROW)) {
                    points[..x.len()].copy_from_slice(x);
                    for (value, x) in values.iter_mut().zip(&points) {
                        *value = first(*x);
                    }
                    for (value, x) in values.iter_mut().zip(&points) {
                        *value = form(*x, *value);
                    }
                    for x in x {
                        outside |= u64::from(!(lower < *x && *x < upper));
                    }
                    out.copy_from_slice(&values[..x.len()]);
                }
                outside == 0
            },
        );
        if !all_inside {
            let points = out.iter_mut().zip(x).filter(|(_, x)| !(lower < **x && **x < upper));
            points.for_each(|(out, x)| *out = law.log_prob(*x));
        }
    });
}

/// The ends `location ± reach` for [`log_prob_between`], cut where `x − location` cannot overflow.
pub(crate) fn around(location: f64, reach: f64) -> (f64, f64) {
    const HALF: f64 = 0.5 * f64::MAX;
    if location.abs() > HALF {
        return (f64::INFINITY, f64::INFINITY);
    }
    ((location - reach).max(-HALF), (location + reach).min(HALF))
}

/// Numbers that go through a function together.
const ROW: usize = 64;

/// `out[i] = f(x[i])`, by the vector instructions of the processor where `f` has no branches.
#[inline(always)]
pub(crate) fn each(x: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64) {
    dispatch(
        #[inline(always)]
        || {
            let mut row = [0.0; ROW];
            for (x, out) in x.chunks(ROW).zip(out.chunks_mut(ROW)) {
                row[..x.len()].copy_from_slice(x);
                through(&mut row, &f);
                out.copy_from_slice(&row[..x.len()]);
            }
        },
    );
}

/// `x[i] = f(x[i])`, likewise.
#[inline(always)]
pub(crate) fn each_mut(x: &mut [f64], f: impl Fn(f64) -> f64) {
    dispatch(
        #[inline(always)]
        || {
            let mut row = [0.0; ROW];
            for x in x.chunks_mut(ROW) {
                row[..x.len()].copy_from_slice(x);
                through(&mut row, &f);
                x.copy_from_slice(&row[..x.len()]);
            }
        },
    );
}

/// A row of its own, which nothing else can point at: in place, the compiler would have to fear that
/// each number written changes the parameters that `f` reads.
#[inline(always)]
fn through(row: &mut [f64; ROW], f: &impl Fn(f64) -> f64) {
    for x in row {
        *x = f(*x);
    }
}

/// Fills `out` with independent draws from `law`, on all cores.
///
/// One number is taken from `rng`; it seeds a generator for each block of 4,096 draws. The same
/// generator gives the same draws for any number of threads. They are other draws than one gets
/// from [`Distribution::sample`](rand_distr::Distribution::sample).
///
/// ```
/// use prob_core::{Normal, Seed, sample_into};
///
/// let mut x = vec![0.0; 100_000];
/// sample_into(&Normal::new(5.0, 2.0)?, &mut x, &mut Seed(1).stream("measurements", 0));
/// let mean = x.iter().sum::<f64>() / 1e5;
/// assert!((mean - 5.0).abs() < 5.0 * 2.0 / 1e5f64.sqrt());
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn sample_into<L: Univariate + ?Sized, R: Rng + ?Sized>(law: &L, out: &mut [f64], rng: &mut R) {
    let key = Seed(rng.next_u64());
    let fill = |(block, out): (usize, &mut [f64])| {
        law.sample_block(out, &mut Lanes::of_block(key, block as u64));
    };
    if out.len() <= 2 * BLOCK {
        out.chunks_mut(BLOCK).enumerate().for_each(fill);
    } else {
        out.par_chunks_mut(BLOCK).enumerate().for_each(fill);
    }
}

/// A block of draws, one after the other.
pub(crate) fn one_by_one<L: Distribution<f64>>(law: &L, out: &mut [f64], lanes: &mut Lanes) {
    out.iter_mut().for_each(|x| *x = law.sample(lanes));
}
