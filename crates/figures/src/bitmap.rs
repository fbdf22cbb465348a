//! Drawing pixels: everything three times as large, then reduced, which smooths all edges.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage, imageops};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBAColor, RGBColor};

use crate::canvas::{Anchor, Canvas, Place, Text};
use crate::error::refused;
use crate::font::Fonts;
use crate::{Colour, Error};

/// How many times larger everything is drawn.
const SCALE: u32 = 3;

/// A canvas of pixels.
pub(crate) struct Bitmap<'a> {
    backend: BitMapBackend<'a>,
    fonts: &'a Fonts,
    size: (i32, i32),
}

/// Draws on white and returns the PNG file.
pub(crate) fn png(
    (width, height): (u32, u32),
    fonts: &Fonts,
    draw: impl FnOnce(&mut Bitmap<'_>) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let (w, h) = (width * SCALE, height * SCALE);
    let mut large = RgbImage::from_pixel(w, h, image::Rgb([255; 3]));
    let backend = BitMapBackend::with_buffer(&mut large, (w, h));
    draw(&mut Bitmap { backend, fonts, size: (w as i32, h as i32) })?;
    encode(&imageops::thumbnail(&large, width, height))
}

/// The PNG file of a picture.
pub(crate) fn encode(picture: &RgbImage) -> Result<Vec<u8>, Error> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive)
        .write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)?;
    Ok(png)
}

pub(crate) fn paint(Colour(r, g, b): Colour, opacity: f64) -> RGBAColor {
    RGBColor(r, g, b).mix(opacity)
}

fn enlarge((x, y): Place) -> Place {
    (x * f64::from(SCALE), y * f64::from(SCALE))
}

impl Bitmap<'_> {
    /// Fills the pixels of row `y` whose centres lie within `left..right`.
    fn span(&mut self, y: i32, left: f64, right: f64, paint: &RGBAColor) -> Result<(), Error> {
        // Casting saturates, so that no coordinate is too large.
        let first = ((left - 0.5).ceil() as i32).max(0);
        let end = ((right - 0.5).ceil() as i32).min(self.size.0);
        if first >= end {
            return Ok(());
        }
        self.backend.draw_rect((first, y), (end, y + 1), &paint.filled(), true).map_err(refused)
    }

    /// The rows whose centres lie within `top..bottom`.
    fn rows(&self, top: f64, bottom: f64) -> std::ops::Range<i32> {
        let first = ((top - 0.5).ceil() as i32).max(0);
        first..((bottom - 0.5).ceil() as i32).min(self.size.1)
    }

    /// Fills a convex polygon given in large pixels.
    fn fill(&mut self, corners: &[Place], paint: &RGBAColor) -> Result<(), Error> {
        let top = corners.iter().map(|c| c.1).fold(f64::INFINITY, f64::min);
        let bottom = corners.iter().map(|c| c.1).fold(f64::NEG_INFINITY, f64::max);
        for y in self.rows(top, bottom) {
            let (left, right) = crossings(corners, f64::from(y) + 0.5);
            self.span(y, left, right, paint)?;
        }
        Ok(())
    }

    /// Fills a disc given in large pixels.
    fn fill_disc(&mut self, (x, y): Place, radius: f64, paint: &RGBAColor) -> Result<(), Error> {
        for row in self.rows(y - radius, y + radius) {
            let rise = f64::from(row) + 0.5 - y;
            let half = (radius * radius - rise * rise).max(0.0).sqrt();
            self.span(row, x - half, x + half, paint)?;
        }
        Ok(())
    }
}

/// Where the line at height `y` enters and leaves a convex polygon.
fn crossings(corners: &[Place], y: f64) -> Place {
    let ends = corners.iter().cycle().skip(1);
    corners.iter().zip(ends).fold((f64::INFINITY, f64::NEG_INFINITY), |(left, right), (a, b)| {
        if (a.1 <= y) == (b.1 <= y) {
            return (left, right);
        }
        let x = a.0 + (b.0 - a.0) * ((y - a.1) / (b.1 - a.1));
        (left.min(x), right.max(x))
    })
}

impl Canvas for Bitmap<'_> {
    fn polyline(&mut self, places: &[Place], width: f64, colour: Colour) -> Result<(), Error> {
        let paint = paint(colour, 1.0);
        let half = width * f64::from(SCALE) / 2.0;
        for (i, piece) in places.windows(2).enumerate() {
            let (a, b) = (enlarge(piece[0]), enlarge(piece[1]));
            let length = (b.0 - a.0).hypot(b.1 - a.1);
            if i > 0 {
                self.fill_disc(a, half, &paint)?;
            }
            if length > 0.0 {
                let (u, v) = ((b.1 - a.1) / length * half, (a.0 - b.0) / length * half);
                let corners = [
                    (a.0 + u, a.1 + v),
                    (b.0 + u, b.1 + v),
                    (b.0 - u, b.1 - v),
                    (a.0 - u, a.1 - v),
                ];
                self.fill(&corners, &paint)?;
            }
        }
        Ok(())
    }

    fn polygon(&mut self, corners: &[Place], colour: Colour, opacity: f64) -> Result<(), Error> {
        let corners: Vec<Place> = corners.iter().copied().map(enlarge).collect();
        self.fill(&corners, &paint(colour, opacity))
    }

    fn disc(
        &mut self,
        centre: Place,
        radius: f64,
        colour: Colour,
        opacity: f64,
    ) -> Result<(), Error> {
        self.fill_disc(enlarge(centre), radius * f64::from(SCALE), &paint(colour, opacity))
    }

    fn text(&mut self, text: &Text) -> Result<(), Error> {
        let size = text.size * f64::from(SCALE);
        let back = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => self.fonts.width(&text.text, size, text.bold) / 2.0,
            Anchor::End => self.fonts.width(&text.text, size, text.bold),
        };
        let (x, y) = enlarge(text.at);
        let (x, y) = if text.upwards { (x, y + back) } else { (x - back, y) };
        let (x, y) = (x.round() as i32, y.round() as i32);
        let (fonts, backend) = (self.fonts, &mut self.backend);
        fonts.pixels(&text.text, size, text.bold, |u, v, coverage| {
            let at = if text.upwards {
                (x.saturating_add(v), y.saturating_sub(u + 1))
            } else {
                (x.saturating_add(u), y.saturating_add(v))
            };
            let colour = paint(Colour::INK, coverage).to_backend_color();
            backend.draw_pixel(at, colour).map_err(refused)
        })
    }
}
