//! From data to places in the picture, cut at the edges of the frame.

use crate::axis::Axis;
use crate::canvas::Place;
use crate::layer::{Span, Xy};

/// A rectangle in the picture, pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rectangle {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Rectangle {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub fn contains(&self, (x, y): Place) -> bool {
        x >= self.left && x <= self.right() && y >= self.top && y <= self.bottom()
    }

    /// The same centre with `by` pixels more on each side.
    pub fn grown(&self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            width: self.width + 2.0 * by,
            height: self.height + 2.0 * by,
        }
    }

    /// The part of the piece from `a` to `b` within (Liang and Barsky's way).
    fn clip(&self, a: Place, b: Place) -> Option<(Place, Place)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let edges = [
            (-dx, a.0 - self.left),
            (dx, self.right() - a.0),
            (-dy, a.1 - self.top),
            (dy, self.bottom() - a.1),
        ];
        let (mut enter, mut leave) = (0f64, 1f64);
        for (slope, distance) in edges {
            if slope == 0.0 {
                if distance < 0.0 {
                    return None;
                }
            } else if slope < 0.0 {
                enter = enter.max(distance / slope);
            } else {
                leave = leave.min(distance / slope);
            }
        }
        let on = |t: f64| {
            if t == 0.0 {
                a
            } else if t == 1.0 {
                b
            } else {
                (a.0 + t * dx, a.1 + t * dy)
            }
        };
        (enter <= leave).then(|| (on(enter), on(leave)))
    }
}

/// The rectangle of the data with both axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub area: Rectangle,
    pub x: Axis,
    pub y: Axis,
}

impl Frame {
    pub fn across(&self, x: f64) -> f64 {
        self.area.left + self.area.width * self.x.place(x)
    }

    pub fn down(&self, y: f64) -> f64 {
        self.area.bottom() - self.area.height * self.y.place(y)
    }

    /// Where a point lies; also outside of the frame, but nowhere if it has no place at all.
    fn at(&self, (x, y): Xy) -> Option<Place> {
        let place = (self.across(x), self.down(y));
        // Far beyond, clipping would lose all digits.
        (place.0.abs() < 1e9 && place.1.abs() < 1e9).then_some(place)
    }

    /// Where a point lies within the frame.
    pub fn inside(&self, point: Xy) -> Option<Place> {
        self.at(point).filter(|place| self.area.grown(1e-6).contains(*place))
    }

    /// Where stems and bars begin: at 0, or at the edge that is nearer to it.
    pub fn base(&self) -> f64 {
        let zero = self.down(0.0);
        if zero.is_finite() {
            zero.clamp(self.area.top, self.area.bottom())
        } else {
            self.area.bottom()
        }
    }

    /// The pieces of a line within the frame, with gaps where points cannot be shown.
    pub fn clipped(&self, points: &[Xy]) -> Vec<Vec<Place>> {
        let mut pieces: Vec<Vec<Place>> = Vec::new();
        let mut joined = false;
        for pair in points.windows(2) {
            let piece = self.at(pair[0]).zip(self.at(pair[1]));
            let Some((a, b)) = piece.and_then(|(a, b)| self.area.clip(a, b)) else {
                joined = false;
                continue;
            };
            match pieces.last_mut() {
                Some(last) if joined && last.last() == Some(&a) => last.push(b),
                _ => pieces.push(vec![a, b]),
            }
            joined = true;
        }
        pieces
    }
}

/// Upper and lower line of a band, places above each other in pairs.
pub(crate) type Band = (Vec<Place>, Vec<Place>);

impl Frame {
    /// The pieces of a band within the frame, with gaps where spans cannot be shown.
    pub fn banded(&self, spans: &[Span]) -> Vec<Band> {
        let mut pieces: Vec<Band> = Vec::new();
        let mut joined = false;
        for pair in spans.windows(2) {
            let ends =
                [pair[0], pair[1]].map(|s| self.at((s.x, s.upper)).zip(self.at((s.x, s.lower))));
            let [Some(a), Some(b)] = ends else {
                joined = false;
                continue;
            };
            let (upper, lower) = self.within(a, b);
            match pieces.last_mut() {
                Some(last) if joined => {
                    last.0.extend(upper);
                    last.1.extend(lower);
                }
                _ => pieces.push((upper, lower)),
            }
            joined = true;
        }
        pieces.retain(|(upper, _)| upper.len() > 1);
        pieces
    }

    /// The part within the frame of the band between two spans, each its upper and lower place.
    fn within(&self, a: (Place, Place), b: (Place, Place)) -> Band {
        let Rectangle { left, top, .. } = self.area;
        let (right, bottom) = (self.area.right(), self.area.bottom());
        let crossing = |from: f64, to: f64, at: f64| (at - from) / (to - from);
        // Where a line crosses an edge there is a corner: between corners, cutting is exact.
        let mut parts = vec![0.0, 1.0];
        parts.extend([left, right].map(|x| crossing(a.0.0, b.0.0, x)));
        parts.extend([top, bottom].map(|y| crossing(a.0.1, b.0.1, y)));
        parts.extend([top, bottom].map(|y| crossing(a.1.1, b.1.1, y)));
        parts.retain(|t| (0.0..=1.0).contains(t));
        parts.sort_by(f64::total_cmp);
        let on = |a: Place, b: Place, t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        let inside = |(x, _): Place| x >= left - 1e-6 && x <= right + 1e-6;
        let cut = |(x, y): Place| (x, y.clamp(top, bottom));
        let line = |a: Place, b: Place| {
            parts.iter().map(|t| on(a, b, *t)).filter(|p| inside(*p)).map(cut).collect()
        };
        (line(a.0, b.0), line(a.1, b.1))
    }
}

/// Cuts a line into dashes of length `on` with gaps of length `off`, pixels.
pub(crate) fn dashes(places: &[Place], on: f64, off: f64) -> Vec<Vec<Place>> {
    let mut pieces = Vec::new();
    let mut dash: Vec<Place> = places.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in places.windows(2) {
        let (mut a, b) = (pair[0], pair[1]);
        let mut length = (b.0 - a.0).hypot(b.1 - a.1);
        while length > left {
            let t = left / length;
            a = (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
            length -= left;
            if drawing {
                dash.push(a);
                pieces.push(std::mem::take(&mut dash));
            } else {
                dash = vec![a];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length;
        if drawing {
            dash.push(b);
        }
    }
    if dash.len() > 1 {
        pieces.push(dash);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        let axis = Axis { min: 0.0, max: 10.0, log: false };
        let area = Rectangle { left: 100.0, top: 50.0, width: 200.0, height: 100.0 };
        Frame { area, x: axis, y: axis }
    }

    #[test]
    fn points_have_their_places() {
        let frame = frame();
        assert_eq!(frame.inside((0.0, 0.0)), Some((100.0, 150.0)));
        assert_eq!(frame.inside((10.0, 5.0)), Some((300.0, 100.0)));
        assert_eq!(frame.inside((10.1, 5.0)), None);
        assert_eq!(frame.inside((f64::NAN, 5.0)), None);
    }

    #[test]
    fn a_line_is_cut_at_the_edges_and_has_gaps() {
        let frame = frame();
        let pieces =
            frame.clipped(&[(-5.0, 5.0), (5.0, 5.0), (5.0, 15.0), (7.0, 15.0), (7.0, 5.0)]);
        assert_eq!(
            pieces,
            [
                vec![(100.0, 100.0), (200.0, 100.0), (200.0, 50.0)],
                vec![(240.0, 50.0), (240.0, 100.0)],
            ]
        );
        let gap = frame.clipped(&[(1.0, 1.0), (2.0, 1.0), (3.0, f64::NAN), (4.0, 1.0), (5.0, 1.0)]);
        assert_eq!(gap.len(), 2);
        assert!(frame.clipped(&[(11.0, 0.0), (12.0, 10.0)]).is_empty());
    }

    #[test]
    fn a_band_is_cut_at_the_edges_and_has_gaps() {
        let frame = frame();
        let span = |x, lower, upper| Span { x, lower, upper };
        let pieces = frame.banded(&[span(-5.0, 5.0, 7.5), span(5.0, 5.0, 12.5)]);
        // The upper line leaves the frame at its top half way through: at (2.5 + 2.5/2, 10).
        let upper = vec![(100.0, 50.0), (100.0, 50.0), (200.0, 50.0)];
        let lower = vec![(100.0, 100.0), (100.0, 100.0), (200.0, 100.0)];
        assert_eq!(pieces, [(upper, lower)]);
        let nan = span(2.0, f64::NAN, 1.0);
        let gap = [span(0.0, 0.0, 1.0), span(1.0, 0.0, 1.0), nan, span(3.0, 0.0, 1.0)];
        assert_eq!(frame.banded(&gap).len(), 1);
        assert!(frame.banded(&[span(11.0, 0.0, 1.0), span(12.0, 0.0, 1.0)]).is_empty());
    }

    #[test]
    fn dashes_keep_their_length_around_corners() {
        let pieces = dashes(&[(0.0, 0.0), (5.0, 0.0), (5.0, 20.0)], 8.0, 4.0);
        assert_eq!(
            pieces,
            [
                vec![(0.0, 0.0), (5.0, 0.0), (5.0, 3.0)],
                vec![(5.0, 7.0), (5.0, 15.0)],
                vec![(5.0, 19.0), (5.0, 20.0)],
            ]
        );
    }
}
