//! Credible intervals of one parameter on a grid.

use super::Grid;
use crate::Error;

impl Grid {
    /// The equal-tailed interval of one parameter: as much probability lies below its lower end as
    /// above its upper end.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`] for an axis that there is not, [`Error::Parameter`] for a
    /// probability outside `[0, 1]`.
    pub fn interval(&self, axis: usize, probability: f64) -> Result<(f64, f64), Error> {
        check(probability)?;
        let marginal = self.marginal(axis)?;
        let range = self.axis(axis)?;
        let tail = 0.5 * (1.0 - probability);
        let upper = quantile(marginal.probabilities().iter().rev(), tail);
        let lower = quantile(marginal.probabilities().iter(), tail);
        Ok((range.at(lower), range.at(range.len() as f64 - upper)))
    }

    /// The highest-density region of one parameter: the shortest set that holds the probability, as
    /// intervals in rising order. Several where the law has several modes.
    ///
    /// # Errors
    /// As [`interval`](Self::interval).
    pub fn highest_density(&self, axis: usize, probability: f64) -> Result<Vec<(f64, f64)>, Error> {
        check(probability)?;
        let marginal = self.marginal(axis)?;
        let range = self.axis(axis)?;
        let heights = Polygon::of(marginal.probabilities());
        let level = heights.level(probability);
        Ok(heights.above(level).iter().map(|(a, b)| (range.at(*a), range.at(*b))).collect())
    }
}

pub(super) fn check(probability: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&probability) {
        return Ok(());
    }
    let (what, needed) = ("probability", "from 0 to 1");
    Err(Error::Parameter { law: "credible region", what, value: probability, needed })
}

/// How many cells from the start hold `p`, the density taken as even within each cell.
fn quantile<'a>(cells: impl Iterator<Item = &'a f64>, p: f64) -> f64 {
    let (mut below, mut position) = (0.0, 0.0);
    for cell in cells {
        if *cell > 0.0 && below + cell >= p {
            return position + ((p - below) / cell).clamp(0.0, 1.0);
        }
        below += cell;
        position += 1.0;
    }
    position
}

/// The density as straight lines between the centres of cells, level in the outer half cells; in
/// units of a cell, from the lower end.
struct Polygon {
    corners: Vec<(f64, f64)>,
}

impl Polygon {
    fn of(heights: &[f64]) -> Self {
        let first = heights.first().map(|h| (0.0, *h));
        let last = heights.last().map(|h| (heights.len() as f64, *h));
        let centres = heights.iter().enumerate().map(|(i, h)| (i as f64 + 0.5, *h));
        Self { corners: first.into_iter().chain(centres).chain(last).collect() }
    }

    /// The height above which the polygon holds `probability`, by bisection.
    fn level(&self, probability: f64) -> f64 {
        let top = self.corners.iter().map(|(_, h)| *h).fold(0.0, f64::max);
        let wanted = probability * self.mass_above(0.0);
        let (mut low, mut high) = (0.0, top);
        // 1,100 halvings pass all floating-point numbers; no number between the ends is the end.
        for _ in 0..1100 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if self.mass_above(middle) >= wanted { low = middle } else { high = middle }
        }
        low
    }

    fn sides(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> {
        self.corners.iter().copied().zip(self.corners.iter().copied().skip(1))
    }

    /// The area under the parts of the polygon that are at least `level` high.
    fn mass_above(&self, level: f64) -> f64 {
        let area = |(a, b)| {
            let part: Option<(Corner, Corner)> = cut(a, b, level);
            part.map_or(0.0, |((xa, ya), (xb, yb))| 0.5 * (ya + yb) * (xb - xa))
        };
        self.sides().map(area).sum()
    }

    /// The intervals on which the polygon is at least `level` high.
    fn above(&self, level: f64) -> Vec<(f64, f64)> {
        let mut intervals: Vec<(f64, f64)> = Vec::new();
        for ((from, _), (to, _)) in self.sides().filter_map(|(a, b)| cut(a, b, level)) {
            match intervals.last_mut() {
                Some((_, end)) if *end == from => *end = to,
                _ => intervals.push((from, to)),
            }
        }
        intervals
    }
}

type Corner = (f64, f64);

/// The part of a side that is at least `level` high.
fn cut(a: Corner, b: Corner, level: f64) -> Option<(Corner, Corner)> {
    let crossing = || (a.0 + (b.0 - a.0) * ((level - a.1) / (b.1 - a.1)), level);
    match (a.1 >= level, b.1 >= level) {
        (true, true) => Some((a, b)),
        (true, false) => Some((a, crossing())),
        (false, true) => Some((crossing(), b)),
        (false, false) => None,
    }
}
