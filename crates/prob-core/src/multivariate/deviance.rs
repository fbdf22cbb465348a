//! How far a triangular factor is from the identity.

use nalgebra::DMatrix;

use crate::special::log1pmx;

/// `tr M Mᵀ − d − ln |M Mᵀ|` for a lower triangular M with a positive diagonal: at least 0, and 0
/// for the identity only. Every term of the sum is at least 0.
pub(super) fn square_deviance(m: &DMatrix<f64>) -> f64 {
    let diagonal: f64 = m.diagonal().iter().map(|l| -log_square_excess(*l)).sum();
    let below: f64 =
        (0..m.ncols()).flat_map(|j| (j + 1..m.nrows()).map(move |i| m[(i, j)].powi(2))).sum();
    diagonal + below
}

/// `ln l² − l² + 1 ≤ 0` for `l > 0`.
fn log_square_excess(l: f64) -> f64 {
    if (0.5..2.0).contains(&l) {
        log1pmx((l - 1.0) * (l + 1.0))
    } else {
        2.0 * l.ln() - l * l + 1.0
    }
}
