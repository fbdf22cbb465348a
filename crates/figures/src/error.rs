//! What can be wrong with the layout of a figure or the images of a grid.

/// Why a figure could not be drawn.
///
/// Odd numbers among the data are no error: points that are not finite are left out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A figure without a panel.
    #[error("the figure has no panel; it needs at least one")]
    NoPanels,
    /// A width, a height or a number of columns is out of range.
    #[error("{what} is {value}; it must be between {min} and {max}")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: usize,
        /// The smallest value allowed.
        min: usize,
        /// The largest value allowed.
        max: usize,
    },
    /// Axes and labels leave no room for the data.
    #[error(
        "{columns} columns and {rows} rows of panels do not fit into {width} x {height} pixels; \
         each needs at least {needed} x {needed} pixels beside its labels"
    )]
    NoRoom {
        /// Panels side by side.
        columns: usize,
        /// Panels one above the other.
        rows: usize,
        /// Width of the figure, pixels.
        width: u32,
        /// Height of the figure, pixels.
        height: u32,
        /// Smallest side of the area of data, pixels.
        needed: u32,
    },
    /// An image grid without an image.
    #[error("the grid has no image; it needs at least one")]
    NoImages,
    /// An image has another number of pixels than the others.
    #[error("image {index} of row {row} has {found} values; {expected} are needed")]
    ImageSize {
        /// The row, counted from 0.
        row: usize,
        /// The image in the row, counted from 0.
        index: usize,
        /// The number of values it must have.
        expected: usize,
        /// The number of values it has.
        found: usize,
    },
    /// The whole picture would be too large.
    #[error("the picture would be {width} x {height} pixels; at most {side} a side are drawn")]
    TooLarge {
        /// Its width, pixels.
        width: usize,
        /// Its height, pixels.
        height: usize,
        /// The longest side allowed, pixels.
        side: usize,
    },
    /// The embedded font cannot be read.
    #[error("the embedded font cannot be read")]
    Font(#[from] ab_glyph::InvalidFont),
    /// The picture could not be written as PNG.
    #[error("the picture cannot be written as PNG")]
    Png(#[from] image::ImageError),
    /// The drawing library refused a shape.
    #[error("drawing failed: {0}")]
    Drawing(String),
}

/// Refuses a number outside `min..=max`.
pub(crate) fn check_range(
    what: &'static str,
    value: usize,
    min: usize,
    max: usize,
) -> Result<(), Error> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::OutOfRange { what, value, min, max })
}

/// An error of the drawing library.
pub(crate) fn refused(error: impl std::error::Error) -> Error {
    Error::Drawing(error.to_string())
}
