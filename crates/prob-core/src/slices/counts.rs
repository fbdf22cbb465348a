//! Laws of counts over a slice: what a count costs is paid once for all its occurrences.

use std::hint::select_unpredictable as select;

use super::{Lanes, dispatch, map};
use crate::Univariate;

/// Counts in a table at most.
const LARGEST_TABLE: usize = 1 << 16;
/// Counts in a table of draws at most: it is made anew for each block.
const WINDOW: usize = 256;

/// `out[i] = law.log_prob(x[i])`, from a table of all counts up to the largest where that is less
/// work.
pub(crate) fn log_prob_into<L: Univariate + ?Sized>(law: &L, x: &[f64], out: &mut [f64]) {
    let largest = largest_below(x, LARGEST_TABLE as f64);
    let counts = largest as usize + 1;
    if counts > x.len() / 4 {
        return map(x, out, |x, out| {
            out.iter_mut().zip(x).for_each(|(out, x)| *out = law.log_prob(*x));
        });
    }
    let table: Vec<f64> = (0..counts).map(|count| law.log_prob(count as f64)).collect();
    map(x, out, |x, out| {
        for (out, x) in out.iter_mut().zip(x) {
            // The conversion saturates: what is no count of the table differs from its own count.
            let count = *x as usize;
            *out = match table.get(count) {
                Some(value) if count as f64 == *x => *value,
                _ => law.log_prob(*x),
            };
        }
    });
}

/// The largest number below a limit, 0 where there is none.
fn largest_below(x: &[f64], limit: f64) -> f64 {
    let bits = dispatch(
        #[inline(always)]
        // Positive numbers are ordered as their bits are, and those compare without regard for NaN.
        || {
            let counted = |x: f64| select(0.0 <= x && x < limit, x, 0.0).to_bits();
            x.iter().fold(0, |largest, x| counted(*x).max(largest))
        },
    );
    f64::from_bits(bits)
}

/// A block of draws by inversion: a window of the commonest counts with their cumulated
/// probabilities, entered by a guide (Chen and Asau 1974); beyond it the law's own quantiles.
pub(crate) fn sample_block<L: Univariate + ?Sized>(law: &L, out: &mut [f64], lanes: &mut Lanes) {
    let window = Window::new(law, out.len());
    lanes.fill_tails(out);
    for tail in out {
        // Quantiles beyond the largest number are infinite, draws are not.
        *tail = window.invert(law, *tail).min(f64::MAX);
    }
}

struct Window {
    first: f64,
    /// `P(X < first)`.
    below: f64,
    /// `P(X ≤ first + i)`; empty where a window would hold too little of the law.
    cumulated: Vec<f64>,
    /// The count at which to begin for each slice of the probabilities.
    guide: Vec<u16>,
}

impl Window {
    fn new<L: Univariate + ?Sized>(law: &L, draws: usize) -> Self {
        let support = law.support();
        let first = law.quantile(1e-9).max(support.lower);
        let counts = law.upper_quantile(1e-9) - first + 1.0;
        if counts.is_nan() || counts > WINDOW.min(draws) as f64 {
            return Self { first, below: 0.0, cumulated: Vec::new(), guide: Vec::new() };
        }
        let below = if first > support.lower { law.cdf(first - 1.0) } else { 0.0 };
        let mut sum = below;
        let cumulated: Vec<f64> = (0..counts as usize)
            .map(|i| {
                sum += law.prob(first + i as f64);
                sum
            })
            .collect();
        let last = cumulated.len() - 1;
        let guide = (0..=WINDOW)
            .scan(0, |count, slice| {
                let p = below + (sum - below) * slice as f64 / WINDOW as f64;
                while *count < last && cumulated[*count] < p {
                    *count += 1;
                }
                Some(*count as u16)
            })
            .collect();
        Self { first, below, cumulated, guide }
    }

    /// The count at a tail probability, negative for the lower tail.
    fn invert<L: Univariate + ?Sized>(&self, law: &L, tail: f64) -> f64 {
        let p = if tail > 0.0 { 1.0 - tail } else { -tail };
        match self.cumulated.last() {
            Some(last) if self.below < p && p < *last => self.first + self.search(p, *last),
            _ if tail > 0.0 => law.upper_quantile(tail),
            _ => law.quantile(-tail),
        }
    }

    /// The first place whose cumulated probability is at least `p`, which lies inside.
    fn search(&self, p: f64, last: f64) -> f64 {
        let slice = (p - self.below) / (last - self.below) * WINDOW as f64;
        // One slice back: the guide's borders are rounded as `slice` is.
        let begin = self.guide.get((slice as usize).saturating_sub(1)).copied().unwrap_or(0);
        let steps = self.cumulated[usize::from(begin)..].iter().position(|c| *c >= p);
        (usize::from(begin) + steps.unwrap_or(0)) as f64
    }
}
