//! Laws of several numbers.

mod cholesky;
mod deviance;
mod dirichlet;
mod gamma_terms;
mod indices;
mod inverse_wishart;
mod multinomial;
mod mv_normal;
mod mv_student_t;
mod rows;
mod wishart;

pub use dirichlet::Dirichlet;
pub use inverse_wishart::InverseWishart;
pub use multinomial::Multinomial;
pub use mv_normal::{FullConditionals, MvNormal};
pub use mv_student_t::MvStudentT;
pub use wishart::Wishart;

/// A normalised law of `dim` numbers.
///
/// Sampling is `rand`'s [`Distribution`](rand_distr::Distribution) over `DVector<f64>`, or
/// [`sample_into`](Self::sample_into) where a draw must not allocate.
pub trait Multivariate: crate::LogDensity<[f64]> + Send + Sync {
    /// How many numbers.
    fn dim(&self) -> usize;

    /// `ln p(x)`, normalised; `−∞` outside the support, and for a point of another dimension. NaN
    /// where `x` has a NaN.
    fn log_prob(&self, x: &[f64]) -> f64;

    /// Writes a draw to `out`, `dim` numbers. Allocates nothing.
    ///
    /// # Panics
    /// If `out` has another length.
    fn sample_into<R: rand::Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R)
    where
        Self: Sized;

    /// The expectation, `dim` numbers: NaN where it does not exist.
    fn mean(&self) -> nalgebra::DVector<f64>;

    /// The covariance, `dim` × `dim`: NaN where it does not exist, infinite where it diverges.
    fn covariance(&self) -> nalgebra::DMatrix<f64>;

    /// Writes the `log_prob` of each column of `points` to `out`.
    ///
    /// # Panics
    /// If `out` has not as many elements as `points` has columns.
    fn log_prob_columns(&self, points: &nalgebra::DMatrix<f64>, out: &mut [f64]) {
        assert_eq!(points.ncols(), out.len(), "as many places as points");
        let rows = points.nrows();
        for (j, out) in out.iter_mut().enumerate() {
            *out = self.log_prob(&points.as_slice()[j * rows..(j + 1) * rows]);
        }
    }
}
