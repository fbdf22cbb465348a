//! What a matrix of covariates must be.

use nalgebra::DMatrix;

use crate::{Error, error::check_finite};

/// At least one observation and one column, all finite, as many rows as responses.
pub(super) fn check(design: &DMatrix<f64>, responses: usize) -> Result<(), Error> {
    let (rows, columns) = design.shape();
    if rows == 0 {
        return Err(Error::Zero { what: "the number of observations" });
    }
    if columns == 0 {
        return Err(Error::Zero { what: "the number of columns of the design" });
    }
    if rows != responses {
        return Err(Error::LengthMismatch {
            what: "the response",
            expected: rows,
            found: responses,
        });
    }
    check_finite("design", design.as_slice())
}

/// No column is a linear combination of the ones before it; `r` is the triangular factor of the design.
pub(super) fn check_rank(design: &DMatrix<f64>, r: &DMatrix<f64>) -> Result<(), Error> {
    let rounding = design.nrows().max(design.ncols()) as f64 * f64::EPSILON;
    let determined = |column: &usize| {
        let left = if *column < r.nrows() { r[(*column, *column)].abs() } else { 0.0 };
        left <= rounding * design.column(*column).norm()
    };
    match (0..design.ncols()).find(determined) {
        Some(column) => Err(Error::RankDeficient { column }),
        None => Ok(()),
    }
}
