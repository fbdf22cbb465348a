//! One panel in its place: axes with their ticks, legend, colour bar, and the margins it needs.

use crate::axis::{Axis, Extents};
use crate::canvas::{Anchor, Canvas, Place, Text};
use crate::font::{CAPITAL, Fonts};
use crate::frame::{Frame, Rectangle};
use crate::legend::{Legend, places};
use crate::paint::{self, colour_range};
use crate::ticks::{self, Ticks};
use crate::{Colour, Error, Panel};

/// Font sizes of numbers, names and titles.
const TICK: f64 = 16.0;
const LABEL: f64 = 18.0;
const TITLE: f64 = 20.0;
/// Length of a tick mark, and distance from there to its number.
const MARK: f64 = 5.0;
/// Distance between a number and a name, or a name and the next panel.
const GAP: f64 = 9.0;
/// Width of a colour bar and its distance from the frame.
const BAR: f64 = 16.0;

/// Room around a frame, pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Margins {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// The scale beside a panel whose points are coloured by value.
#[derive(Debug, Clone)]
struct ColourBar {
    name: String,
    axis: Axis,
    ticks: Ticks,
}

/// One panel in its place.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    frame: Frame,
    x_ticks: Ticks,
    y_ticks: Ticks,
    /// Numbers and names are shown at the x and the y axis.
    outer: (bool, bool),
    legend: Option<(Legend, Rectangle)>,
    bar: Option<ColourBar>,
}

impl Cell {
    /// Fits ranges, ticks and legend of a panel into an area.
    pub fn fit(
        panel: &Panel,
        shared: Option<Extents>,
        outer: (bool, bool),
        area: Rectangle,
        fonts: &Fonts,
    ) -> Self {
        let extents = shared.unwrap_or_else(|| Extents::of([panel]));
        let mut frame = Frame {
            area,
            x: extents.x.axis(panel.x_range, panel.log_x),
            y: extents.y.axis(panel.y_range, panel.log_y),
        };
        if panel.equal_aspect && !panel.log_x && !panel.log_y {
            frame = equal_aspect(frame);
        }
        let fixed = shared.is_some() || panel.y_range.is_some() || panel.equal_aspect;
        let legend = Legend::of(panel, area.width, area.height, fonts).map(|legend| {
            if !fixed {
                frame = headroom(panel, frame, &legend);
            }
            let (place, _) = legend.corner(&area, &places(panel, &frame));
            (legend, place)
        });
        let bar = colour_range(panel).map(|(name, axis)| {
            let ticks = ticks::linear(axis.min, axis.max, count(area.height, 60.0), false);
            ColourBar { name: name.to_owned(), axis, ticks }
        });
        let x_ticks = match &panel.x_marks {
            Some(marks) => named(&frame, marks),
            None => x_ticks(&frame, extents.x.whole, fonts),
        };
        let y_ticks = y_ticks(&frame);
        Self { frame, x_ticks, y_ticks, outer, legend, bar }
    }

    /// The room that titles, names and numbers need around the frame.
    pub fn margins(&self, panel: &Panel, fonts: &Fonts) -> Margins {
        let top = if panel.title.is_empty() { GAP } else { TITLE + GAP };
        if panel.bare {
            return Margins { left: GAP, right: GAP, top, bottom: GAP };
        }
        let number = |text: &String| fonts.width(text, TICK, false);
        let widest = |ticks: &Ticks| ticks.labels.iter().map(number).fold(0.0, f64::max);
        let name = |label: &str| if label.is_empty() { 0.0 } else { LABEL + GAP };
        let overhang = self.x_ticks.labels.last().map_or(0.0, number) / 2.0;
        let right = match &self.bar {
            Some(bar) => 2.0 * BAR + 2.0 * MARK + widest(&bar.ticks) + name(&bar.name) + 2.0,
            None if self.outer.0 => overhang.max(GAP),
            None => GAP,
        };
        Margins {
            left: if self.outer.1 {
                name(&panel.y_label) + widest(&self.y_ticks) + 2.0 * MARK
            } else {
                GAP
            },
            right,
            top,
            bottom: if self.outer.0 { name(&panel.x_label) + TICK + 2.0 * MARK } else { GAP },
        }
    }

    /// Draws everything.
    pub fn draw(
        &self,
        canvas: &mut impl Canvas,
        panel: &Panel,
        fonts: &Fonts,
    ) -> Result<(), Error> {
        if panel.bare {
            paint::layers(canvas, panel, &self.frame)?;
        } else {
            self.draw_grid(canvas, panel.x_marks.is_none())?;
            paint::layers(canvas, panel, &self.frame)?;
            self.draw_axes(canvas)?;
        }
        self.draw_names(canvas, panel, fonts)?;
        if let Some((legend, place)) = &self.legend {
            legend.draw(canvas, panel, place)?;
        }
        match &self.bar {
            Some(bar) => bar.draw(canvas, &self.frame.area, fonts),
            None => Ok(()),
        }
    }

    fn draw_grid(&self, canvas: &mut impl Canvas, upright: bool) -> Result<(), Error> {
        let area = &self.frame.area;
        let shown = if upright { self.x_ticks.values.as_slice() } else { &[] };
        for x in shown.iter().map(|v| crisp(self.frame.across(*v))) {
            canvas.polyline(&[(x, area.top), (x, area.bottom())], 1.0, Colour::GRID)?;
        }
        for y in self.y_ticks.values.iter().map(|v| crisp(self.frame.down(*v))) {
            canvas.polyline(&[(area.left, y), (area.right(), y)], 1.0, Colour::GRID)?;
        }
        Ok(())
    }

    fn draw_axes(&self, canvas: &mut impl Canvas) -> Result<(), Error> {
        let area = &self.frame.area;
        let bottom = area.bottom();
        outline(canvas, area)?;
        for (value, label) in self.x_ticks.values.iter().zip(&self.x_ticks.labels) {
            let x = self.frame.across(*value);
            canvas.polyline(
                &[(crisp(x), bottom), (crisp(x), bottom + MARK)],
                1.0,
                Colour::FRAME,
            )?;
            if self.outer.0 {
                let at = (x, bottom + 2.0 * MARK + CAPITAL * TICK);
                canvas.text(&text(label, at, Anchor::Middle, TICK))?;
            }
        }
        for (value, label) in self.y_ticks.values.iter().zip(&self.y_ticks.labels) {
            let y = self.frame.down(*value);
            canvas.polyline(
                &[(area.left - MARK, crisp(y)), (area.left, crisp(y))],
                1.0,
                Colour::FRAME,
            )?;
            if self.outer.1 {
                let at = (area.left - 2.0 * MARK, y + CAPITAL * TICK / 2.0);
                canvas.text(&text(label, at, Anchor::End, TICK))?;
            }
        }
        Ok(())
    }

    fn draw_names(
        &self,
        canvas: &mut impl Canvas,
        panel: &Panel,
        fonts: &Fonts,
    ) -> Result<(), Error> {
        let area = &self.frame.area;
        let margins = self.margins(panel, fonts);
        let (centre, middle) = (area.left + area.width / 2.0, area.top + area.height / 2.0);
        let across = area.width + 2.0 * margins.left.min(margins.right);
        let down = area.height + 2.0 * margins.top.min(margins.bottom);
        let title = fonts.fit(&panel.title, TITLE, true, across);
        let title = text(&title, (centre, area.top - GAP), Anchor::Middle, TITLE);
        canvas.text(&Text { bold: true, ..title })?;
        if panel.bare {
            return Ok(());
        }
        if self.outer.0 {
            let name = fonts.fit(&panel.x_label, LABEL, false, across);
            let base = area.bottom() + margins.bottom - LABEL / 4.0;
            canvas.text(&text(&name, (centre, base), Anchor::Middle, LABEL))?;
        }
        if self.outer.1 {
            let name = fonts.fit(&panel.y_label, LABEL, false, down);
            let base = area.left - margins.left + CAPITAL * LABEL;
            let name = text(&name, (base, middle), Anchor::Middle, LABEL);
            canvas.text(&Text { upwards: true, ..name })?;
        }
        Ok(())
    }
}

impl ColourBar {
    fn draw(&self, canvas: &mut impl Canvas, area: &Rectangle, fonts: &Fonts) -> Result<(), Error> {
        const SLICES: u32 = 64;
        let bar = Rectangle { left: area.right() + BAR, width: BAR, ..*area };
        let level = |t: f64| bar.bottom() - bar.height * t;
        for i in 0..SLICES {
            let (lower, upper) = (f64::from(i), f64::from(i + 1));
            let of = |i: f64| i / f64::from(SLICES);
            // Each slice reaches below the next one, so that no seam shows.
            let top = level(of((upper + 0.5).min(f64::from(SLICES))));
            let colour = Colour::viridis(lower / f64::from(SLICES - 1));
            canvas.rectangle((bar.left, top), (bar.right(), level(of(lower))), colour, 1.0)?;
        }
        outline(canvas, &bar)?;
        let mut widest = 0f64;
        for (value, label) in self.ticks.values.iter().zip(&self.ticks.labels) {
            let y = level(self.axis.place(*value));
            let mark = [(bar.right(), crisp(y)), (bar.right() + MARK, crisp(y))];
            canvas.polyline(&mark, 1.0, Colour::FRAME)?;
            let at = (bar.right() + 2.0 * MARK, y + CAPITAL * TICK / 2.0);
            canvas.text(&text(label, at, Anchor::Start, TICK))?;
            widest = widest.max(fonts.width(label, TICK, false));
        }
        let name = fonts.fit(&self.name, LABEL, false, bar.height);
        let at =
            (bar.right() + 2.0 * MARK + widest + GAP + CAPITAL * LABEL, bar.top + bar.height / 2.0);
        canvas.text(&Text { upwards: true, ..text(&name, at, Anchor::Middle, LABEL) })
    }
}

fn text(text: &str, at: Place, anchor: Anchor, size: f64) -> Text {
    Text { text: text.to_owned(), at, anchor, size, bold: false, upwards: false }
}

fn outline(canvas: &mut impl Canvas, area: &Rectangle) -> Result<(), Error> {
    let (left, top) = (crisp(area.left), crisp(area.top));
    let (right, bottom) = (crisp(area.right()), crisp(area.bottom()));
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    canvas.polyline(&corners, 1.0, Colour::FRAME)
}

/// The centre of a pixel: there a line one pixel wide is sharp.
fn crisp(place: f64) -> f64 {
    place.floor() + 0.5
}

/// How many ticks suit a length, with about so many pixels each.
fn count(length: f64, each: f64) -> usize {
    ((length / each) as usize).max(2)
}

/// As many ticks as have room for their numbers.
fn x_ticks(frame: &Frame, whole: bool, fonts: &Fonts) -> Ticks {
    let Frame { area, x, .. } = frame;
    for n in (1..=count(area.width, 45.0)).rev() {
        let ticks = match x.log {
            true => ticks::logarithmic(x.min, x.max, n),
            false => ticks::linear(x.min, x.max, n, whole),
        };
        let widths: Vec<f64> = ticks.labels.iter().map(|l| fonts.width(l, TICK, false)).collect();
        let fits = ticks.values.windows(2).zip(widths.windows(2)).all(|(v, w)| {
            frame.across(v[1]) - frame.across(v[0]) > (w[0] + w[1]) / 2.0 + 1.2 * TICK
        });
        if fits {
            return ticks;
        }
    }
    Ticks::default()
}

/// The given texts at those places that can be seen.
fn named(frame: &Frame, marks: &[(f64, String)]) -> Ticks {
    let seen = |x: f64| (-1e-9..=1.0 + 1e-9).contains(&frame.x.place(x));
    let (values, labels) = marks.iter().filter(|(x, _)| seen(*x)).cloned().unzip();
    Ticks { values, labels }
}

fn y_ticks(frame: &Frame) -> Ticks {
    let Frame { area, y, .. } = frame;
    if y.log {
        return ticks::logarithmic(y.min, y.max, count(area.height, 45.0));
    }
    ticks::linear(y.min, y.max, count(area.height, 50.0), false)
}

/// Widens one of the ranges until a unit is as long on both axes.
fn equal_aspect(frame: Frame) -> Frame {
    let Frame { area, x, y } = frame;
    let across = (x.max - x.min) / area.width;
    let down = (y.max - y.min) / area.height;
    Frame {
        x: x.widened((down / across).max(1.0)),
        y: y.widened((across / down).max(1.0)),
        ..frame
    }
}

/// Widens the y axis upwards where the legend would hide data in every corner.
fn headroom(panel: &Panel, frame: Frame, legend: &Legend) -> Frame {
    let Frame { area, y, .. } = frame;
    let free = (area.height - legend.strip()) / area.height;
    let (_, hidden) = legend.corner(&area, &places(panel, &frame));
    if hidden == 0 || free < 0.4 {
        return frame;
    }
    let max = if y.log {
        (y.min.ln() + (y.max.ln() - y.min.ln()) / free).exp()
    } else {
        y.min + (y.max - y.min) / free
    };
    if max < 1e300 { Frame { y: Axis { max, ..y }, ..frame } } else { frame }
}
