//! The legend: in the corner where it hides least.

use crate::canvas::{Anchor, Canvas, Place, Text};
use crate::font::{CAPITAL, Fonts};
use crate::frame::{Frame, Rectangle};
use crate::layer::{Layer, Shape};
use crate::paint::{self, Look};
use crate::{Colour, Error, Panel};

const SIZE: f64 = 16.0;
const ROW: f64 = 24.0;
const SAMPLE: f64 = 28.0;
const PADDING: f64 = 8.0;
const GAP: f64 = 8.0;
/// The smallest and the largest marker.
const MARKERS: (f64, f64) = (5.0, ROW - 6.0);
/// Distance to the frame.
const DISTANCE: f64 = 8.0;

/// The entries of a legend and the size of its box.
#[derive(Debug, Clone)]
pub(crate) struct Legend {
    /// Positions of layers in the panel, and their labels cut to fit.
    entries: Vec<(usize, String)>,
    width: f64,
    height: f64,
}

impl Legend {
    /// The legend of a panel whose frame has this size, if there is anything to say.
    pub fn of(panel: &Panel, width: f64, height: f64, fonts: &Fonts) -> Option<Self> {
        if panel.no_legend {
            return None;
        }
        let around = 2.0 * PADDING + SAMPLE + GAP;
        let room = width - around - 2.0 * DISTANCE;
        let rows = ((height - 2.0 * (DISTANCE + PADDING)) / ROW).max(0.0) as usize;
        let labelled = panel.layers.iter().enumerate().filter(|(_, layer)| !layer.label.is_empty());
        let entries: Vec<(usize, String)> = labelled
            .take(rows)
            .map(|(i, layer)| (i, fonts.fit(&layer.label, SIZE, false, room)))
            .collect();
        let widest =
            entries.iter().map(|(_, text)| fonts.width(text, SIZE, false)).reduce(f64::max)?;
        let height = entries.len() as f64 * ROW + 2.0 * PADDING - 4.0;
        (room > 20.0).then_some(Self { entries, width: around + widest, height })
    }

    /// Height that it takes from the data when nothing may lie beside it.
    pub fn strip(&self) -> f64 {
        self.height + 2.0 * DISTANCE
    }

    /// The corner that hides the fewest of the `places`, and how many it hides.
    pub fn corner(&self, area: &Rectangle, places: &[Place]) -> (Rectangle, usize) {
        let right = area.right() - DISTANCE - self.width;
        let left = area.left + DISTANCE;
        let top = area.top + DISTANCE;
        let bottom = area.bottom() - DISTANCE - self.height;
        let corners = [(right, top), (left, top), (right, bottom), (left, bottom)];
        let boxes = corners.map(|(left, top)| Rectangle {
            left,
            top,
            width: self.width,
            height: self.height,
        });
        let hidden = boxes.map(|b| {
            let near = b.grown(6.0);
            places.iter().filter(|place| near.contains(**place)).count()
        });
        let best = (0..4).min_by_key(|i| hidden[*i]).unwrap_or(0);
        (boxes[best], hidden[best])
    }

    /// Draws it into its box.
    pub fn draw(
        &self,
        canvas: &mut impl Canvas,
        panel: &Panel,
        place: &Rectangle,
    ) -> Result<(), Error> {
        let (start, end) = ((place.left, place.top), (place.right(), place.bottom()));
        canvas.rectangle(start, end, Colour::WHITE, 0.88)?;
        let outline = [start, (end.0, start.1), end, (start.0, end.1), start];
        canvas.polyline(&outline, 1.0, Colour::GRID)?;
        let looks = paint::looks(panel);
        for (row, (index, text)) in self.entries.iter().enumerate() {
            let middle = place.top + PADDING - 2.0 + (row as f64 + 0.5) * ROW;
            let left = place.left + PADDING;
            sample(canvas, &panel.layers[*index], &looks[*index], (left, middle))?;
            canvas.text(&Text {
                text: text.clone(),
                at: (left + SAMPLE + GAP, middle + CAPITAL * SIZE / 2.0),
                anchor: Anchor::Start,
                size: SIZE,
                bold: false,
                upwards: false,
            })?;
        }
        Ok(())
    }
}

/// A short piece of what a layer looks like.
fn sample(
    canvas: &mut impl Canvas,
    layer: &Layer,
    look: &Look,
    (left, middle): Place,
) -> Result<(), Error> {
    let centre = (left + SAMPLE / 2.0, middle);
    match layer.shape {
        Shape::Points(_) => {
            // Faint or tiny points could not be recognised, huge ones would hide each other.
            let size = look.size.clamp(MARKERS.0, MARKERS.1);
            let look = Look { opacity: look.opacity.max(0.6), size, ..*look };
            paint::marker(canvas, centre, &look)
        }
        Shape::Bars(_) | Shape::Band(_) | Shape::HeatMap(_) => canvas.rectangle(
            (left + 4.0, middle - 7.0),
            (left + SAMPLE - 4.0, middle + 7.0),
            look.colour,
            look.opacity,
        ),
        Shape::Stems(_) => {
            let (foot, head) = ((centre.0, middle + 8.0), (centre.0, middle - 4.0));
            canvas.polyline(&[foot, head], look.width, look.colour)?;
            paint::marker(canvas, head, look)
        }
        Shape::Intervals(_) => {
            let (foot, head) = ((centre.0, middle + 9.0), (centre.0, middle - 9.0));
            canvas.polyline(&[foot, head], look.width * 0.75, look.colour)?;
            paint::marker(canvas, centre, look)
        }
        Shape::Texts(_) => Ok(()),
        Shape::Line(_) | Shape::Horizontal(_) | Shape::Vertical(_) => {
            paint::stroke(canvas, &[(left, middle), (left + SAMPLE, middle)], look)?;
            if layer.dots { paint::marker(canvas, centre, look) } else { Ok(()) }
        }
    }
}

/// Places that a legend should not hide: every few pixels of all that is drawn.
pub(crate) fn places(panel: &Panel, frame: &Frame) -> Vec<Place> {
    const EVERY: f64 = 4.0;
    let mut places = Vec::new();
    let mut along = |a: Place, b: Place| {
        let steps = ((b.0 - a.0).hypot(b.1 - a.1) / EVERY).ceil().max(1.0);
        for i in 0..=steps as usize {
            let t = i as f64 / steps;
            places.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
        }
    };
    let area = &frame.area;
    for layer in &panel.layers {
        match &layer.shape {
            Shape::Points(points) => {
                points.iter().filter_map(|p| frame.inside(*p)).for_each(|p| along(p, p));
            }
            Shape::Line(points) => {
                let pieces = frame.clipped(points);
                pieces.iter().flat_map(|p| p.windows(2)).for_each(|w| along(w[0], w[1]));
            }
            Shape::Stems(points) => {
                let heads = points.iter().filter_map(|p| frame.inside(*p));
                heads.for_each(|p| along(p, (p.0, frame.base())));
            }
            Shape::Bars(bars) => {
                for bar in bars {
                    let Some((upper, lower)) = paint::bar(frame, bar) else { continue };
                    along((upper.0, upper.1), (upper.0, lower.1));
                    along((lower.0, upper.1), (lower.0, lower.1));
                    along(upper, (lower.0, upper.1));
                }
            }
            Shape::Horizontal(y) => {
                let y = frame.down(*y);
                if area.contains((area.left, y)) {
                    along((area.left, y), (area.right(), y));
                }
            }
            Shape::Vertical(x) => {
                let x = frame.across(*x);
                if area.contains((x, area.top)) {
                    along((x, area.top), (x, area.bottom()));
                }
            }
            Shape::Band(spans) => {
                for (upper, lower) in frame.banded(spans) {
                    upper.windows(2).chain(lower.windows(2)).for_each(|w| along(w[0], w[1]));
                }
            }
            Shape::Intervals(intervals) => {
                for (_, span) in intervals {
                    let ends = frame.clipped(&[(span.x, span.lower), (span.x, span.upper)]);
                    ends.iter().flat_map(|p| p.windows(2)).for_each(|w| along(w[0], w[1]));
                }
            }
            // It is everywhere, and a legend over it has to be somewhere.
            Shape::HeatMap(_) => {}
            Shape::Texts(texts) => {
                for (at, text) in texts {
                    let Some((x, y)) = frame.inside(*at) else { continue };
                    let half = 0.25 * paint::TEXT * text.chars().count() as f64;
                    for up in [paint::ABOVE, paint::ABOVE + paint::TEXT] {
                        along((x - half, y - up), (x + half, y - up));
                    }
                }
            }
        }
    }
    places
}
