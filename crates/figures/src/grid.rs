//! Rows of grey images: originals above their reconstructions, weights, samples.

use image::{Rgb, RgbImage};

use crate::error::check_range;
use crate::font::{CAPITAL, Fonts};
use crate::{Colour, Error, Rendered, bitmap};

/// Longest side of the picture, pixels.
const MAX_SIDE: usize = 8192;
/// Largest size that images are enlarged to, pixels.
const IMAGE_SIDE: usize = 84;
/// Size that the picture keeps below where enlarging less allows it, pixels.
const PICTURE_SIDE: usize = 1600;
const LABEL: f64 = 18.0;
const MAX_LABEL: f64 = 300.0;
const EDGE: usize = 12;

/// A row of images with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRow<'a> {
    /// What the row shows; may be empty.
    pub label: String,
    /// The images, from left to right: each `height · width` values, row by row, 0 black to 1 white.
    pub images: Vec<&'a [f32]>,
}

impl<'a> ImageRow<'a> {
    /// A row.
    pub fn new(label: impl Into<String>, images: impl IntoIterator<Item = &'a [f32]>) -> Self {
        Self { label: label.into(), images: images.into_iter().collect() }
    }
}

/// Sizes of everything, whole pixels.
struct Sizes {
    zoom: usize,
    padding: usize,
    label: usize,
    cell: (usize, usize),
    picture: (usize, usize),
}

/// Draws rows of images of `height × width` values: enlarged without smoothing, two pixels of the
/// images apart, labels to the left. Rows may differ in length.
///
/// Values outside 0 to 1 are taken as the nearer end, NaN as 0.
///
/// ```
/// use figures::{ImageRow, image_grid};
///
/// let (original, reconstruction) = ([0.0, 1.0, 1.0, 0.0], [0.1, 0.8, 0.9, 0.2]);
/// let rows = [
///     ImageRow::new("original", [original.as_slice()]),
///     ImageRow::new("reconstruction", [reconstruction.as_slice()]),
/// ];
/// assert!(image_grid(&rows, 2, 2)?.svg.is_none());
/// # Ok::<(), figures::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] unless height and width are 1 to 4,096, [`Error::ImageSize`] for an image
/// of another size, [`Error::NoImages`], and [`Error::TooLarge`] for too many images.
pub fn image_grid(rows: &[ImageRow<'_>], height: usize, width: usize) -> Result<Rendered, Error> {
    check_range("the height of the images", height, 1, 4096)?;
    check_range("the width of the images", width, 1, 4096)?;
    check_images(rows, height * width)?;
    let fonts = Fonts::load()?;
    let labels: Vec<String> =
        rows.iter().map(|row| fonts.fit(&row.label, LABEL, false, MAX_LABEL)).collect();
    let widest = labels.iter().map(|l| fonts.width(l, LABEL, false)).fold(0.0, f64::max);
    let sizes = sizes(rows, height, width, widest)?;
    let (w, h) = (sizes.picture.0 as u32, sizes.picture.1 as u32);
    let mut picture = RgbImage::from_pixel(w, h, Rgb([255; 3]));
    for (i, (row, label)) in rows.iter().zip(&labels).enumerate() {
        let top = EDGE + i * (sizes.cell.1 + sizes.padding);
        let middle = top as f64 + sizes.cell.1 as f64 / 2.0;
        write(&mut picture, &fonts, label, middle + CAPITAL * LABEL / 2.0)?;
        for (j, image) in row.images.iter().enumerate() {
            let left = EDGE + sizes.label + j * (sizes.cell.0 + sizes.padding);
            place(&mut picture, image, width, sizes.zoom, (left, top));
        }
    }
    Ok(Rendered { png: bitmap::encode(&picture)?, svg: None })
}

fn check_images(rows: &[ImageRow<'_>], expected: usize) -> Result<(), Error> {
    for (row, images) in rows.iter().map(|row| &row.images).enumerate() {
        if let Some(index) = images.iter().position(|image| image.len() != expected) {
            let found = images[index].len();
            return Err(Error::ImageSize { row, index, expected, found });
        }
    }
    if rows.iter().all(|row| row.images.is_empty()) {
        return Err(Error::NoImages);
    }
    Ok(())
}

fn sizes(rows: &[ImageRow<'_>], height: usize, width: usize, widest: f64) -> Result<Sizes, Error> {
    let columns = rows.iter().map(|row| row.images.len()).max().unwrap_or(0);
    let label = if widest > 0.0 { widest.ceil() as usize + EDGE } else { 0 };
    let at = |zoom: usize| {
        // The gap grows with the images, but not beyond reason for tiny ones.
        let padding = 2 * zoom.min(3);
        let cell = (width * zoom, height * zoom);
        let picture = (
            2 * EDGE + label + columns * (cell.0 + padding) - padding,
            2 * EDGE + rows.len() * (cell.1 + padding) - padding,
        );
        Sizes { zoom, padding, label, cell, picture }
    };
    let mut sizes = at((IMAGE_SIDE / height.max(width)).max(1));
    while sizes.zoom > 1 && sizes.picture.0.max(sizes.picture.1) > PICTURE_SIDE {
        sizes = at(sizes.zoom - 1);
    }
    let (width, height) = sizes.picture;
    if width.max(height) > MAX_SIDE {
        return Err(Error::TooLarge { width, height, side: MAX_SIDE });
    }
    Ok(sizes)
}

/// Writes a label at the left edge, its base line at this height.
fn write(picture: &mut RgbImage, fonts: &Fonts, label: &str, base: f64) -> Result<(), Error> {
    let Colour(r, g, b) = Colour::INK;
    fonts.pixels(label, LABEL, false, |u, v, coverage| {
        let (x, y) = (u + EDGE as i32, v + base.round() as i32);
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return Ok(()) };
        if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
            for (channel, ink) in pixel.0.iter_mut().zip([r, g, b]) {
                let paper = f64::from(*channel);
                *channel = (paper + coverage * (f64::from(ink) - paper)).round() as u8;
            }
        }
        Ok(())
    })
}

/// Puts an image with its upper left corner at a place.
fn place(
    picture: &mut RgbImage,
    image: &[f32],
    width: usize,
    zoom: usize,
    (left, top): (usize, usize),
) {
    for (y, row) in image.chunks(width).enumerate() {
        for (x, value) in row.iter().enumerate() {
            // A cast turns NaN into 0.
            let grey = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            for (v, u) in (0..zoom).flat_map(|v| (0..zoom).map(move |u| (v, u))) {
                let (x, y) = ((left + x * zoom + u) as u32, (top + y * zoom + v) as u32);
                picture.put_pixel(x, y, Rgb([grey; 3]));
            }
        }
    }
}
