//! Drawing SVG: whole units of a tenth of a pixel, since plotters knows whole coordinates only.

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, ShapeStyle, TextStyle,
};

use crate::bitmap::paint;
use crate::canvas::{Anchor, Canvas, Place, Text};
use crate::error::refused;
use crate::{Colour, Error};

/// Units a pixel.
const UNITS: f64 = 10.0;
/// The font of the bitmaps where the reader has it, else what comes nearest.
const FAMILY: &str = "Inter, 'Source Sans 3', 'Open Sans', Helvetica, Arial, sans-serif";
/// A vertically centred text has its base line half an ex below: so much of the font size in Inter.
const HALF_EX: f64 = 0.5 * 1118.0 / 2048.0;

/// A canvas that writes SVG.
pub(crate) struct Vector<'a> {
    backend: SVGBackend<'a>,
}

/// Draws on white and returns the SVG document, to stand alone or within a page.
pub(crate) fn svg(
    (width, height): (u32, u32),
    draw: impl FnOnce(&mut Vector<'_>) -> Result<(), Error>,
) -> Result<String, Error> {
    let size = (width * UNITS as u32, height * UNITS as u32);
    let mut document = String::new();
    let mut vector = Vector { backend: SVGBackend::with_string(&mut document, size) };
    vector.rectangle((0.0, 0.0), (f64::from(width), f64::from(height)), Colour::WHITE, 1.0)?;
    draw(&mut vector)?;
    vector.backend.present().map_err(refused)?;
    drop(vector);
    // plotters' own opening tag has the size in units.
    let body = document.split_once('>').map_or("", |(_, body)| body);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" stroke-linejoin=\"round\">{body}",
        size.0, size.1
    ))
}

fn units((x, y): Place) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn length(pixels: f64) -> u32 {
    (pixels * UNITS).round().max(1.0) as u32
}

fn style(colour: Colour, opacity: f64, width: f64) -> ShapeStyle {
    ShapeStyle { color: paint(colour, opacity), filled: true, stroke_width: length(width) }
}

impl Canvas for Vector<'_> {
    fn polyline(&mut self, places: &[Place], width: f64, colour: Colour) -> Result<(), Error> {
        let places = places.iter().copied().map(units);
        self.backend.draw_path(places, &style(colour, 1.0, width)).map_err(refused)
    }

    fn polygon(&mut self, corners: &[Place], colour: Colour, opacity: f64) -> Result<(), Error> {
        let corners = corners.iter().copied().map(units);
        self.backend.fill_polygon(corners, &style(colour, opacity, 0.0)).map_err(refused)
    }

    /// In one piece: between neighbours a viewer would show seams.
    fn band(
        &mut self,
        upper: &[Place],
        lower: &[Place],
        colour: Colour,
        opacity: f64,
    ) -> Result<(), Error> {
        let around: Vec<Place> = upper.iter().chain(lower.iter().rev()).copied().collect();
        self.polygon(&around, colour, opacity)
    }

    fn disc(
        &mut self,
        centre: Place,
        radius: f64,
        colour: Colour,
        opacity: f64,
    ) -> Result<(), Error> {
        let style = style(colour, opacity, 0.0);
        self.backend.draw_circle(units(centre), length(radius), &style, true).map_err(refused)
    }

    fn text(&mut self, text: &Text) -> Result<(), Error> {
        let h_pos = match text.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if text.bold { FontStyle::Bold } else { FontStyle::Normal };
        // plotters writes 1/1.24 of the size that it is given.
        let font = FontDesc::new(FontFamily::Name(FAMILY), text.size * UNITS * 1.24, weight);
        let rise = HALF_EX * text.size;
        let (at, turn) = if text.upwards {
            ((text.at.0 - rise, text.at.1), FontTransform::Rotate270)
        } else {
            ((text.at.0, text.at.1 - rise), FontTransform::None)
        };
        let style = TextStyle {
            font: font.transform(turn),
            color: paint(Colour::INK, 1.0).to_backend_color(),
            pos: Pos { h_pos, v_pos: VPos::Center },
        };
        self.backend.draw_text(&text.text, &style, units(at)).map_err(refused)
    }
}
