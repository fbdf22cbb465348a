//! Figures: panels drawn as PNG and as SVG.

use crate::canvas::Canvas;
use crate::cell::Cell;
use crate::font::Fonts;
use crate::layout::arrange;
use crate::{Error, Layer, Layout, Panel, bitmap, vector};

/// With more marks than this an SVG file is slow to show and larger than the pixels.
const MAX_MARKS: usize = 2000;

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The PNG file.
    pub png: Vec<u8>,
    /// The SVG document, to stand alone or within an HTML page. Missing where it would be no better
    /// than the pixels: of image grids, and of more than 2,000 points.
    pub svg: Option<String>,
}

/// Draws panels. The same input gives the same bytes.
///
/// ```
/// use figures::{Layout, Panel, figure};
///
/// let panel = Panel::new("A parabola").x("x").y("x²");
/// let panel = panel.line("", (-10..=10).map(|i| (f64::from(i), f64::from(i * i))));
/// let picture = figure(&[panel], Layout::row(600, 450))?;
/// assert!(picture.png.starts_with(b"\x89PNG"));
/// assert!(picture.svg.is_some_and(|svg| svg.starts_with("<svg")));
/// # Ok::<(), figures::Error>(())
/// ```
///
/// # Errors
/// [`Error::NoPanels`], [`Error::OutOfRange`] for a size or number of columns, and
/// [`Error::NoRoom`] where the panels do not fit.
pub fn figure(panels: &[Panel], layout: Layout) -> Result<Rendered, Error> {
    let fonts = Fonts::load()?;
    let cells = arrange(panels, &layout, &fonts)?;
    let png = bitmap::png(layout.size(), &fonts, |canvas| draw(canvas, panels, &cells, &fonts))?;
    let marks: usize = panels.iter().flat_map(|panel| &panel.layers).map(Layer::marks).sum();
    let svg = if marks > MAX_MARKS {
        None
    } else {
        Some(vector::svg(layout.size(), |canvas| draw(canvas, panels, &cells, &fonts))?)
    };
    Ok(Rendered { png, svg })
}

fn draw(
    canvas: &mut impl Canvas,
    panels: &[Panel],
    cells: &[Cell],
    fonts: &Fonts,
) -> Result<(), Error> {
    for (panel, cell) in panels.iter().zip(cells) {
        cell.draw(canvas, panel, fonts)?;
    }
    Ok(())
}
