//! Where everything goes: panels of equal size in rows and columns, with room for their labels.

use crate::axis::Extents;
use crate::cell::{Cell, Margins};
use crate::error::check_range;
use crate::font::Fonts;
use crate::frame::Rectangle;
use crate::{Error, Panel};

/// Smallest side of the area of data, pixels.
const SMALLEST: u32 = 60;
/// Distance of everything from the edge of the picture.
const EDGE: f64 = 10.0;
/// Distance between panels with axes of their own, margins not counted.
const BETWEEN: f64 = 14.0;

/// Size and arrangement of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    width: u32,
    height: u32,
    columns: usize,
    shared_axes: bool,
}

impl Layout {
    /// Smallest width and height of a figure, pixels.
    pub const MIN_SIDE: u32 = 100;
    /// Largest width and height of a figure, pixels.
    pub const MAX_SIDE: u32 = 3000;

    /// A figure of this size in pixels, with all panels in one row.
    ///
    /// Text has a fixed size that suits panels of about 500 × 450 pixels.
    pub fn row(width: u32, height: u32) -> Self {
        Self { width, height, columns: usize::MAX, shared_axes: false }
    }

    /// At most so many panels side by side; at least 1.
    pub fn columns(self, columns: usize) -> Self {
        Self { columns, ..self }
    }

    /// All panels show the same ranges, with numbers at the outer axes only.
    pub fn shared_axes(self) -> Self {
        Self { shared_axes: true, ..self }
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn check(&self) -> Result<(), Error> {
        let (min, max) = (Self::MIN_SIDE as usize, Self::MAX_SIDE as usize);
        check_range("the width of the figure", self.width as usize, min, max)?;
        check_range("the height of the figure", self.height as usize, min, max)?;
        check_range("the number of columns", self.columns, 1, usize::MAX)
    }
}

/// Finds the place of everything.
pub(crate) fn arrange(
    panels: &[Panel],
    layout: &Layout,
    fonts: &Fonts,
) -> Result<Vec<Cell>, Error> {
    layout.check()?;
    if panels.is_empty() {
        return Err(Error::NoPanels);
    }
    let grid = Grid::new(panels.len(), layout);
    let shared = layout.shared_axes.then(|| Extents::of(panels));
    let fit = |areas: Vec<Rectangle>| -> Vec<Cell> {
        let cell = |(i, (panel, area))| Cell::fit(panel, shared, grid.outer(i), area, fonts);
        panels.iter().zip(areas).enumerate().map(cell).collect()
    };
    let mut cells = fit(grid.areas(&vec![Margins::default(); panels.len()])?);
    // Ticks depend on the size of the areas and that on the width of the numbers: twice is enough.
    for _ in 0..2 {
        let margins: Vec<Margins> =
            cells.iter().zip(panels).map(|(cell, panel)| cell.margins(panel, fonts)).collect();
        cells = fit(grid.areas(&margins)?);
    }
    Ok(cells)
}

/// Rows and columns of panels.
struct Grid {
    panels: usize,
    columns: usize,
    rows: usize,
    layout: Layout,
}

impl Grid {
    fn new(panels: usize, layout: &Layout) -> Self {
        let columns = layout.columns.min(panels);
        Self { panels, columns, rows: panels.div_ceil(columns), layout: *layout }
    }

    /// Whether numbers and names are shown at the x and the y axis of a panel.
    fn outer(&self, index: usize) -> (bool, bool) {
        if !self.layout.shared_axes {
            return (true, true);
        }
        (index + self.columns >= self.panels, index.is_multiple_of(self.columns))
    }

    /// The areas of data, all of one size, that leave room for the margins of all panels.
    fn areas(&self, margins: &[Margins]) -> Result<Vec<Rectangle>, Error> {
        let widest = |of: fn(&Margins) -> f64, parts: usize, part: fn(usize, usize) -> usize| {
            let mut sizes = vec![0f64; parts];
            for (i, m) in margins.iter().enumerate() {
                let size = &mut sizes[part(i, self.columns)];
                *size = size.max(of(m));
            }
            sizes
        };
        let left = widest(|m| m.left, self.columns, |i, columns| i % columns);
        let right = widest(|m| m.right, self.columns, |i, columns| i % columns);
        let top = widest(|m| m.top, self.rows, |i, columns| i / columns);
        let bottom = widest(|m| m.bottom, self.rows, |i, columns| i / columns);
        let Layout { width, height, shared_axes, .. } = self.layout;
        let gap = if shared_axes { 0.0 } else { BETWEEN };
        let (across, width) = spread(width, gap, &left, &right).ok_or_else(|| self.no_room())?;
        let (down, height) = spread(height, gap, &top, &bottom).ok_or_else(|| self.no_room())?;
        let area = |i: usize| Rectangle {
            left: across[i % self.columns],
            top: down[i / self.columns],
            width,
            height,
        };
        Ok((0..self.panels).map(area).collect())
    }

    fn no_room(&self) -> Error {
        Error::NoRoom {
            columns: self.columns,
            rows: self.rows,
            width: self.layout.width,
            height: self.layout.height,
            needed: SMALLEST,
        }
    }
}

/// Starts and common length of the areas in one direction, in whole pixels.
fn spread(length: u32, gap: f64, before: &[f64], after: &[f64]) -> Option<(Vec<f64>, f64)> {
    let parts = before.len() as f64;
    let margins: f64 = before.iter().chain(after).map(|m| m.ceil()).sum();
    let free = f64::from(length) - 2.0 * EDGE - margins - gap * (parts - 1.0);
    let size = (free / parts).floor();
    if size < f64::from(SMALLEST) {
        return None;
    }
    let mut at = EDGE;
    let starts = before.iter().zip(after).map(|(before, after)| {
        let start = at + before.ceil();
        at = start + size + after.ceil() + gap;
        start
    });
    Some((starts.collect(), size))
}
