//! Drawing the layers of a panel.

use crate::axis::Axis;
use crate::canvas::{Anchor, Canvas, Place, Text};
use crate::frame::{Frame, dashes};
use crate::layer::{Bar, Layer, Marker, Shape, Span, Xy, is_drawable};
use crate::{Colour, Error, Panel, Surface};

/// Font size of texts among the data, and how far above their points they stand.
pub(crate) const TEXT: f64 = 16.0;
pub(crate) const ABOVE: f64 = 7.0;
/// Half the length of the ends of error bars.
const CAP: f64 = 4.0;

/// How a layer is drawn, with its colour settled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub colour: Colour,
    pub size: f64,
    pub width: f64,
    pub opacity: f64,
    pub marker: Marker,
    pub dashed: bool,
}

/// The looks of all layers: those that chose no colour take the next one of the cycle.
pub(crate) fn looks(panel: &Panel) -> Vec<Look> {
    let mut next = 0;
    let mut look = |layer: &Layer| {
        let colour = layer.colour.unwrap_or_else(|| {
            next += 1;
            Colour::cycle(next - 1)
        });
        Look {
            colour,
            size: layer.size,
            width: layer.width,
            opacity: layer.opacity,
            marker: layer.marker,
            dashed: layer.dashed,
        }
    };
    panel.layers.iter().map(&mut look).collect()
}

/// Name and range of the first layer that is coloured by value: points or a heat map.
pub(crate) fn colour_range(panel: &Panel) -> Option<(&str, Axis)> {
    let coloured = |layer: &&Layer| {
        matches!(layer.shape, Shape::Points(_) | Shape::HeatMap(_)) && layer.values.is_some()
    };
    let (name, values) = panel.layers.iter().find(coloured)?.values.as_ref()?;
    let finite = values.iter().copied().filter(|v| is_drawable(*v));
    let (min, max) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    (min <= max).then(|| (name.as_str(), Axis::new(min, max, false)))
}

/// All layers in their order.
pub(crate) fn layers(canvas: &mut impl Canvas, panel: &Panel, frame: &Frame) -> Result<(), Error> {
    let range = colour_range(panel).map(|(_, axis)| axis);
    for (layer, look) in panel.layers.iter().zip(looks(panel)) {
        draw(canvas, layer, &look, frame, range)?;
    }
    Ok(())
}

fn draw(
    canvas: &mut impl Canvas,
    layer: &Layer,
    look: &Look,
    frame: &Frame,
    range: Option<Axis>,
) -> Result<(), Error> {
    let area = &frame.area;
    match &layer.shape {
        Shape::Points(points) => {
            for (i, point) in points.iter().enumerate() {
                let Some(place) = frame.inside(*point) else { continue };
                let Some(colour) = point_colour(layer, look, i, range) else { continue };
                marker(canvas, place, &Look { colour, ..*look })?;
            }
        }
        Shape::Line(points) => {
            for piece in frame.clipped(points) {
                stroke(canvas, &piece, look)?;
            }
            if layer.dots {
                for place in points.iter().filter_map(|p| frame.inside(*p)) {
                    marker(canvas, place, look)?;
                }
            }
        }
        Shape::Stems(points) => {
            for head in points.iter().filter_map(|p| frame.inside(*p)) {
                canvas.polyline(&[(head.0, frame.base()), head], look.width, look.colour)?;
                marker(canvas, head, look)?;
            }
        }
        Shape::Bars(bars) => {
            for (upper, lower) in bars.iter().filter_map(|b| bar(frame, b)) {
                // A white hair between neighbours, where there is room for one.
                let inset = if lower.0 - upper.0 > 5.0 { 0.5 } else { 0.0 };
                let (upper, lower) = ((upper.0 + inset, upper.1), (lower.0 - inset, lower.1));
                canvas.rectangle(upper, lower, look.colour, look.opacity)?;
            }
        }
        Shape::Horizontal(y) => {
            let y = frame.down(*y);
            if area.contains((area.left, y)) {
                stroke(canvas, &[(area.left, y), (area.right(), y)], look)?;
            }
        }
        Shape::Vertical(x) => {
            let x = frame.across(*x);
            if area.contains((x, area.top)) {
                stroke(canvas, &[(x, area.bottom()), (x, area.top)], look)?;
            }
        }
        Shape::Band(spans) => {
            for (upper, lower) in frame.banded(spans) {
                canvas.band(&upper, &lower, look.colour, look.opacity)?;
            }
        }
        Shape::Intervals(intervals) => {
            for (y, span) in intervals {
                interval(canvas, frame, (span.x, *y), span, look)?;
            }
        }
        Shape::HeatMap(surface) => {
            if let Some(range) = range {
                heat_map(canvas, surface, frame, range)?;
            }
        }
        Shape::Texts(texts) => {
            for (at, text) in texts {
                let Some((x, y)) = frame.inside(*at) else { continue };
                canvas.text(&Text {
                    text: text.clone(),
                    at: (x, y - ABOVE),
                    anchor: Anchor::Middle,
                    size: TEXT,
                    bold: false,
                    upwards: false,
                })?;
            }
        }
    }
    Ok(())
}

/// A point with its error bar: a line with short ends across.
fn interval(
    canvas: &mut impl Canvas,
    frame: &Frame,
    point: Xy,
    span: &Span,
    look: &Look,
) -> Result<(), Error> {
    let width = (look.width * 0.75).max(1.0);
    for piece in frame.clipped(&[(span.x, span.lower), (span.x, span.upper)]) {
        canvas.polyline(&piece, width, look.colour)?;
    }
    for (x, y) in [span.lower, span.upper].iter().filter_map(|y| frame.inside((span.x, *y))) {
        canvas.polyline(&[(x - CAP, y), (x + CAP, y)], width, look.colour)?;
    }
    match frame.inside(point) {
        Some(place) => marker(canvas, place, look),
        None => Ok(()),
    }
}

/// Small squares in the colours of the heights in their middles.
fn heat_map(
    canvas: &mut impl Canvas,
    surface: &Surface,
    frame: &Frame,
    range: Axis,
) -> Result<(), Error> {
    const SIDE: usize = 2;
    let area = &frame.area;
    let (columns, rows) = (area.width as usize, area.height as usize);
    for (v, u) in
        (0..rows).step_by(SIDE).flat_map(|v| (0..columns).step_by(SIDE).map(move |u| (v, u)))
    {
        let end = ((u + SIDE).min(columns) as f64, (v + SIDE).min(rows) as f64);
        let (u, v) = (u as f64, v as f64);
        let x = frame.x.value((u + end.0) / 2.0 / area.width);
        let y = frame.y.value(1.0 - (v + end.1) / 2.0 / area.height);
        let place = range.place(surface.value((x, y)));
        if place.is_finite() {
            let (start, end) =
                ((area.left + u, area.top + v), (area.left + end.0, area.top + end.1));
            canvas.rectangle(start, end, Colour::viridis(place), 1.0)?;
        }
    }
    Ok(())
}

fn point_colour(layer: &Layer, look: &Look, index: usize, range: Option<Axis>) -> Option<Colour> {
    if layer.values.is_none() {
        return Some(look.colour);
    }
    let value = layer.value(index)?;
    Some(Colour::viridis(range?.place(value)))
}

/// Upper left and lower right corner of a bar within the frame.
pub(crate) fn bar(frame: &Frame, bar: &Bar) -> Option<(Place, Place)> {
    let area = &frame.area;
    let (left, right) = (frame.across(bar.left), frame.across(bar.right));
    let (base, head) = (frame.base(), frame.down(bar.height));
    if !(left.is_finite() && right.is_finite() && head.is_finite()) {
        return None;
    }
    let (left, right) = (left.max(area.left), right.min(area.right()));
    let head = head.clamp(area.top, area.bottom());
    (left < right && head != base).then(|| ((left, head.min(base)), (right, head.max(base))))
}

/// A line, dashed or not.
pub(crate) fn stroke(canvas: &mut impl Canvas, places: &[Place], look: &Look) -> Result<(), Error> {
    if !look.dashed {
        return canvas.polyline(places, look.width, look.colour);
    }
    let unit = look.width.max(1.5);
    for dash in dashes(places, 4.0 * unit, 2.5 * unit) {
        canvas.polyline(&dash, look.width, look.colour)?;
    }
    Ok(())
}

/// A single point.
pub(crate) fn marker(canvas: &mut impl Canvas, place: Place, look: &Look) -> Result<(), Error> {
    let radius = look.size / 2.0;
    match look.marker {
        Marker::Disc => canvas.disc(place, radius, look.colour, look.opacity),
        Marker::Diamond => {
            canvas.polygon(&diamond(place, radius + 2.0), Colour::WHITE, 1.0)?;
            canvas.polygon(&diamond(place, radius), look.colour, look.opacity)
        }
    }
}

fn diamond((x, y): Place, radius: f64) -> [Place; 4] {
    [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
}
