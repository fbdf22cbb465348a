//! Matrices as people write them: a list of rows.

use nalgebra::DMatrix;

use crate::Error;

/// The rows of a matrix.
pub(super) fn of(matrix: &DMatrix<f64>) -> Vec<Vec<f64>> {
    matrix.row_iter().map(|row| row.iter().copied().collect()).collect()
}

/// The matrix with these rows; refuses rows of different lengths.
pub(super) fn matrix(what: &'static str, rows: &[Vec<f64>]) -> Result<DMatrix<f64>, Error> {
    let expected = rows.first().map_or(0, Vec::len);
    match rows.iter().find(|row| row.len() != expected) {
        Some(row) => Err(Error::LengthMismatch { what, expected, found: row.len() }),
        None => Ok(DMatrix::from_fn(rows.len(), expected, |i, j| rows[i][j])),
    }
}
