//! Checks of a covariance and its factor: Σ = L Lᵀ with L lower triangular; triangular systems.

use nalgebra::{DMatrix, DVector};

use crate::Error;

/// How far a covariance may be from symmetric, in units of the two standard deviations.
const SYMMETRY_TOLERANCE: f64 = 1e-12;

/// No conditional variance may be smaller: its inverse, and sums of a few, must stay finite.
const SMALLEST_PIVOT: f64 = 1e-290;

/// Refuses what is no covariance for `mean`; returns it exactly symmetric.
pub(super) fn checked_covariance(
    mean: &DVector<f64>,
    covariance: DMatrix<f64>,
) -> Result<DMatrix<f64>, Error> {
    if mean.is_empty() {
        return Err(Error::Empty { what: "the mean" });
    }
    let rows = square(&covariance)?;
    if rows != mean.len() {
        let expected = mean.len();
        return Err(Error::LengthMismatch {
            what: "a row of the covariance",
            expected,
            found: rows,
        });
    }
    check_finite("mean", mean.as_slice())?;
    check_finite("covariance", covariance.as_slice())?;
    symmetric(covariance)
}

/// Refuses what is no scale matrix; returns it exactly symmetric, and its factor.
pub(super) fn checked_scale(scale: DMatrix<f64>) -> Result<(DMatrix<f64>, DMatrix<f64>), Error> {
    if scale.is_empty() {
        return Err(Error::Empty { what: "the scale matrix" });
    }
    square(&scale)?;
    check_finite("scale", scale.as_slice())?;
    let scale = symmetric(scale)?;
    let factor = cholesky(scale.clone())?;
    Ok((scale, factor))
}

/// The number of rows, and of columns.
fn square(matrix: &DMatrix<f64>) -> Result<usize, Error> {
    let (rows, columns) = matrix.shape();
    if rows == columns { Ok(rows) } else { Err(Error::NotSquare { rows, columns }) }
}

/// Refuses NaN and infinities.
pub(super) fn check_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}

/// Refuses a square matrix that differs from its transpose; returns it exactly symmetric.
pub(super) fn symmetric(mut covariance: DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    for column in 0..covariance.ncols() {
        for row in column + 1..covariance.nrows() {
            let (value, mirrored) = (covariance[(row, column)], covariance[(column, row)]);
            // Two roots: the product of two variances may overflow.
            let sd = |i: usize| covariance[(i, i)].abs().sqrt();
            let scale = sd(row) * sd(column);
            if (value - mirrored).abs() > SYMMETRY_TOLERANCE * scale {
                return Err(Error::NotSymmetric { row, column, value, mirrored });
            }
            let both = 0.5 * value + 0.5 * mirrored;
            covariance[(row, column)] = both;
            covariance[(column, row)] = both;
        }
    }
    Ok(covariance)
}

/// The factor L of `a` = L Lᵀ; reads the lower triangle.
///
/// Written out for its pivots: pivot j is the variance of variable j given the ones before it, and
/// the error names the first that rounding errors cannot tell from zero.
pub(super) fn cholesky(mut a: DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    let n = a.nrows();
    let variances = a.diagonal();
    let data = a.as_mut_slice();
    for j in 0..n {
        let (done, rest) = data.split_at_mut((j + 1) * n);
        let column = &mut done[j * n..];
        let needed = (n as f64 * f64::EPSILON * variances[j]).max(SMALLEST_PIVOT);
        let pivot = column[j];
        if pivot <= needed || !pivot.is_finite() {
            return Err(Error::NotPositiveDefinite { index: j, pivot, needed });
        }
        let root = pivot.sqrt();
        column[..j].fill(0.0);
        column[j..].iter_mut().for_each(|l| *l /= root);
        for (k, later) in (j + 1..n).zip(rest.chunks_exact_mut(n)) {
            let factor = column[k];
            for (x, l) in later[k..].iter_mut().zip(&column[k..]) {
                *x -= factor * l;
            }
        }
    }
    Ok(a)
}

/// `L⁻ᵀ`, upper triangular, for a lower triangular L with a positive diagonal.
pub(super) fn inverse_transpose(l: &DMatrix<f64>) -> DMatrix<f64> {
    let n = l.nrows();
    // Row i of L⁻¹ is (e_i − Σ_{k<i} L_ik · row k) / L_ii; column i of the result holds it.
    let mut inverse = DMatrix::zeros(n, n);
    for i in 0..n {
        let (done, rest) = inverse.as_mut_slice().split_at_mut(i * n);
        let row = &mut rest[..n];
        row[i] = 1.0;
        for (k, earlier) in done.chunks_exact(n).enumerate() {
            for (x, e) in row[..=k].iter_mut().zip(earlier) {
                *x -= l[(i, k)] * e;
            }
        }
        row[..=i].iter_mut().for_each(|x| *x /= l[(i, i)]);
    }
    inverse
}

/// Solves L z = x in place for the leading block of L that `x` fills.
pub(super) fn forward_substitution(l: &DMatrix<f64>, x: &mut [f64]) {
    for i in 0..x.len() {
        let known: f64 = (0..i).map(|k| l[(i, k)] * x[k]).sum();
        x[i] = (x[i] - known) / l[(i, i)];
    }
}

/// `L⁻¹ M`, lower triangular, for lower triangular L and M of one size.
pub(super) fn relative_factor(l: &DMatrix<f64>, mut m: DMatrix<f64>) -> DMatrix<f64> {
    for mut column in m.column_iter_mut() {
        forward_substitution(l, column.as_mut_slice());
    }
    m
}
