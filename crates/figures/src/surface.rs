//! Numbers over a plane: their values between the points of a grid, and lines of equal height.

use std::collections::BTreeMap;

use crate::layer::{Xy, is_drawable};

/// Separates the pieces of a line: a line has a gap where a point is not finite.
const GAP: Xy = (f64::NAN, f64::NAN);

/// Numbers on the points of a grid, for [`Layer::heat_map`](crate::Layer::heat_map) and
/// [`Layer::contour`](crate::Layer::contour).
///
/// ```
/// use figures::{Layer, Panel, Surface};
///
/// let axis: Vec<f64> = (0..=20).map(|i| f64::from(i) / 10.0 - 1.0).collect();
/// let bowl = Surface::of(axis.clone(), axis, |x, y| x * x + y * y);
/// let panel = Panel::new("A bowl")
///     .with(Layer::heat_map("height", &bowl))
///     .with(Layer::contour("0.5", &bowl, 0.5));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Surface {
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
}

impl Surface {
    /// The numbers `z[j * x.len() + i]` at the points `(x[i], y[j])`.
    ///
    /// It is empty, and nothing of it is drawn, unless `x` and `y` are two or more finite ascending
    /// numbers each and there is one `z` for each point. Around a `z` that is not finite there is a
    /// hole.
    pub fn new(x: Vec<f64>, y: Vec<f64>, z: Vec<f64>) -> Self {
        let proper = |axis: &[f64]| {
            axis.len() > 1
                && axis.iter().all(|v| is_drawable(*v))
                && axis.windows(2).all(|w| w[0] < w[1])
        };
        if proper(&x) && proper(&y) && x.len().checked_mul(y.len()) == Some(z.len()) {
            Self { x, y, z }
        } else {
            Self::default()
        }
    }

    /// The values of a function at the points `(x[i], y[j])`, as [`new`](Self::new).
    pub fn of(x: Vec<f64>, y: Vec<f64>, value: impl Fn(f64, f64) -> f64) -> Self {
        let z = y.iter().flat_map(|y| x.iter().map(|x| value(*x, *y))).collect();
        Self::new(x, y, z)
    }

    /// All values, the rows one after the other.
    pub fn values(&self) -> &[f64] {
        &self.z
    }

    /// The corners of the grid, lower left and upper right; `None` if it is empty.
    pub fn corners(&self) -> Option<((f64, f64), (f64, f64))> {
        Some(((*self.x.first()?, *self.y.first()?), (*self.x.last()?, *self.y.last()?)))
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.z[j * self.x.len() + i]
    }

    /// The value at a place, linear in each direction between the points of the grid; not finite
    /// outside and in holes.
    pub(crate) fn value(&self, (x, y): Xy) -> f64 {
        let (Some((i, s)), Some((j, t))) = (piece(&self.x, x), piece(&self.y, y)) else {
            return f64::NAN;
        };
        let across = |j: usize| mix(self.at(i, j), self.at(i + 1, j), s);
        mix(across(j), across(j + 1), t)
    }

    /// The lines on which the value is `level`, by marching squares, with gaps between them.
    pub(crate) fn contour(&self, level: f64) -> Vec<Xy> {
        let mut pieces = Vec::new();
        for j in 1..self.y.len() {
            for i in 1..self.x.len() {
                self.cell(i - 1, j - 1, level, &mut pieces);
            }
        }
        let mut points = Vec::new();
        for line in joined(&pieces) {
            points.extend(line.into_iter().map(|edge| self.crossing(edge, level)));
            points.push(GAP);
        }
        points
    }

    /// The pieces of a contour within the cell whose lower left corner is point `(i, j)`.
    fn cell(&self, i: usize, j: usize, level: f64, pieces: &mut Vec<(Edge, Edge)>) {
        // Counter-clockwise from the lower left; edge k joins corner k with the next one.
        let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
        let heights = corners.map(|(i, j)| self.at(i, j));
        if !heights.iter().all(|z| is_drawable(*z)) {
            return;
        }
        let edges = [
            Edge { at: (i, j), upright: false },
            Edge { at: (i + 1, j), upright: true },
            Edge { at: (i, j + 1), upright: false },
            Edge { at: (i, j), upright: true },
        ];
        let above = heights.map(|z| z > level);
        let crossed: Vec<Edge> =
            (0..4).filter(|k| above[*k] != above[(k + 1) % 4]).map(|k| edges[k]).collect();
        match crossed[..] {
            [a, b] => pieces.push((a, b)),
            [a, b, c, d] => {
                // A saddle: the height in the middle says which corners belong together.
                let centre = heights.iter().map(|z| z / 4.0).sum::<f64>() > level;
                if centre == above[0] {
                    pieces.extend([(a, b), (c, d)]);
                } else {
                    pieces.extend([(d, a), (b, c)]);
                }
            }
            _ => {}
        }
    }

    /// Where a line of this level crosses an edge.
    fn crossing(&self, Edge { at: (i, j), upright }: Edge, level: f64) -> Xy {
        let (k, l) = if upright { (i, j + 1) } else { (i + 1, j) };
        let (a, b) = (self.at(i, j), self.at(k, l));
        // Halves, so that no difference is too large.
        let t = (level / 2.0 - a / 2.0) / (b / 2.0 - a / 2.0);
        (mix(self.x[i], self.x[k], t), mix(self.y[j], self.y[l], t))
    }
}

/// The edge of a grid that goes from a point to the next one, to the right or upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    at: (usize, usize),
    upright: bool,
}

fn mix(a: f64, b: f64, t: f64) -> f64 {
    a * (1.0 - t) + b * t
}

/// In which interval of ascending numbers a value lies, and at which part of it.
fn piece(axis: &[f64], value: f64) -> Option<(usize, f64)> {
    let last = axis.len().checked_sub(2)?;
    let (first, end) = (axis.first()?, axis.last()?);
    // Rounding at the border must not make a hole there.
    let slack = 1e-9 * (end - first);
    if !(value >= first - slack && value <= end + slack) {
        return None;
    }
    let i = axis.partition_point(|a| *a <= value).saturating_sub(1).min(last);
    Some((i, ((value - axis[i]) / (axis[i + 1] - axis[i])).clamp(0.0, 1.0)))
}

/// Puts pieces that meet at an edge together into lines; closed ones end where they begin.
fn joined(pieces: &[(Edge, Edge)]) -> Vec<Vec<Edge>> {
    let mut at: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (k, (a, b)) in pieces.iter().enumerate() {
        at.entry(*a).or_default().push(k);
        at.entry(*b).or_default().push(k);
    }
    let mut used = vec![false; pieces.len()];
    let ends = at.iter().filter(|(_, k)| k.len() == 1).map(|(edge, _)| *edge);
    // Lines with ends from their ends; what is left is closed and may begin anywhere.
    let starts: Vec<Edge> = ends.chain(pieces.iter().map(|(a, _)| *a)).collect();
    let mut lines = Vec::new();
    for start in starts {
        let mut line = vec![start];
        let mut here = start;
        while let Some(k) = at.get(&here).and_then(|ks| ks.iter().find(|k| !used[**k])) {
            used[*k] = true;
            let (a, b) = pieces[*k];
            here = if a == here { b } else { a };
            line.push(here);
        }
        if line.len() > 1 {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(n: usize, from: f64, to: f64) -> Vec<f64> {
        (0..=n).map(|i| from + (to - from) * i as f64 / n as f64).collect()
    }

    fn lines(points: &[Xy]) -> Vec<Vec<Xy>> {
        let pieces = points.split(|p| p.0.is_nan());
        pieces.filter(|line| !line.is_empty()).map(<[Xy]>::to_vec).collect()
    }

    #[test]
    fn the_contour_of_a_bowl_is_one_closed_circle() {
        let bowl = Surface::of(axis(60, -2.0, 2.0), axis(50, -2.0, 2.0), |x, y| x * x + y * y);
        let lines = lines(&bowl.contour(2.0));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        for (x, y) in &lines[0] {
            // Linear interpolation over h = 4/50 is off by h²/(8 r) of a quadratic at most.
            assert!((x.hypot(*y) - 2f64.sqrt()).abs() < 1e-3, "{x} {y}");
        }
    }

    #[test]
    fn a_contour_that_leaves_the_grid_has_ends_and_a_saddle_two_branches() {
        let grid = || axis(40, -1.0, 1.0);
        let plane = Surface::of(grid(), grid(), |x, y| x + 2.0 * y);
        let line = lines(&plane.contour(0.3));
        assert_eq!(line.len(), 1);
        assert!(line[0].iter().all(|(x, y)| (x + 2.0 * y - 0.3).abs() < 1e-12));
        assert!((line[0][0].0.abs() - 1.0).abs() < 1e-12, "it ends at the border");
        let saddle = Surface::of(grid(), grid(), |x, y| x * y);
        let branches = lines(&saddle.contour(0.11));
        assert_eq!(branches.len(), 2);
        for branch in &branches {
            let sign = branch[0].0.signum();
            assert!(branch.iter().all(|(x, y)| x.signum() == sign && y.signum() == sign));
        }
    }

    #[test]
    fn values_between_the_points_are_linear_and_holes_stay_holes() {
        let plane = Surface::of(vec![0.0, 1.0, 3.0], vec![0.0, 2.0], |x, y| 1.0 + x - 3.0 * y);
        assert!((plane.value((1.7, 0.9)) - (1.0 + 1.7 - 2.7)).abs() < 1e-15);
        assert_eq!(plane.value((3.0, 2.0)), -2.0);
        assert!(plane.value((3.1, 1.0)).is_nan());
        let hole = Surface::new(vec![0.0, 1.0], vec![0.0, 1.0], vec![0.0, 1.0, 2.0, f64::NAN]);
        assert!(hole.value((0.5, 0.5)).is_nan() && hole.contour(0.5).is_empty());
    }

    #[test]
    fn what_is_no_grid_is_empty() {
        for surface in [
            Surface::new(vec![0.0], vec![0.0, 1.0], vec![0.0, 1.0]),
            Surface::new(vec![0.0, 0.0], vec![0.0, 1.0], vec![0.0; 4]),
            Surface::new(vec![0.0, 1.0], vec![0.0, f64::NAN], vec![0.0; 4]),
            Surface::new(vec![0.0, 1.0], vec![0.0, 1.0], vec![0.0; 3]),
        ] {
            assert_eq!(surface, Surface::default());
            assert!(surface.contour(0.0).is_empty() && surface.value((0.5, 0.5)).is_nan());
        }
    }

    proptest! {
        #[test]
        fn each_crossing_lies_on_the_level(
            z in prop::collection::vec(-1.0..1.0f64, 30), level in -1.0..1.0f64,
        ) {
            let surface = Surface::new(axis(5, 0.0, 1.0), axis(4, 0.0, 1.0), z);
            for point in surface.contour(level).into_iter().filter(|p| !p.0.is_nan()) {
                prop_assert!((surface.value(point) - level).abs() < 1e-9);
            }
        }
    }
}
