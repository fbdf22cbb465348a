//! One side of a grid.

use crate::Error;

/// A range that is cut into cells of equal width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridAxis {
    lower: f64,
    upper: f64,
    cells: usize,
}

impl GridAxis {
    /// The range from `lower` to `upper`, in at least three cells.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both ends are finite, their distance positive and finite, and
    /// there are at least three cells, of a width that moves the ends in floating-point numbers.
    pub fn new(lower: f64, upper: f64, cells: usize) -> Result<Self, Error> {
        let refuse =
            |what, value, needed| Err(Error::Parameter { law: "grid axis", what, value, needed });
        if !lower.is_finite() {
            return refuse("lower end", lower, "finite");
        }
        if !upper.is_finite() || upper <= lower || !(upper - lower).is_finite() {
            return refuse("upper end", upper, "above the lower end, at a finite distance");
        }
        let axis = Self { lower, upper, cells };
        if cells < 3 || lower + axis.width() == lower || upper - axis.width() == upper {
            return refuse("number of cells", cells as f64, "3 or more, of distinct points");
        }
        Ok(axis)
    }

    /// The lower end.
    #[must_use]
    pub fn lower(&self) -> f64 {
        self.lower
    }

    /// The upper end.
    #[must_use]
    pub fn upper(&self) -> f64 {
        self.upper
    }

    /// The number of cells, at least three.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // It never is.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// The width of a cell.
    #[must_use]
    pub fn width(&self) -> f64 {
        (self.upper - self.lower) / self.cells as f64
    }

    /// The centres of the cells.
    pub fn points(&self) -> impl Iterator<Item = f64> + use<> {
        let axis = *self;
        (0..axis.cells).map(move |i| axis.point(i))
    }

    /// The centre of cell `index`.
    pub(super) fn point(&self, index: usize) -> f64 {
        self.at(index as f64 + 0.5)
    }

    /// The place that is `cells` cells above the lower end.
    pub(super) fn at(&self, cells: f64) -> f64 {
        // From the nearer end: symmetric ranges have symmetric points.
        let n = self.cells as f64;
        if cells <= 0.5 * n {
            self.lower + cells * self.width()
        } else {
            self.upper - (n - cells) * self.width()
        }
    }
}
