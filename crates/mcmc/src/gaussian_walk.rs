//! A random walk whose steps have a covariance.

use nalgebra::{DMatrix, DVector};
use prob_core::MvNormal;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::mutants::planted;
use crate::{Error, Proposal};

/// A symmetric random walk: a step is a draw of `N(0, Σ)`, made as `L z` with `Σ = L Lᵀ` and z
/// standard normal.
///
/// On a law with covariance C in d dimensions, `Σ = 2.38²/d · C` is close to the best (Roberts and
/// Rosenthal 2001). Where C is not known, [`RobustAdaptive`](crate::RobustAdaptive) learns a Σ.
///
/// ```
/// use mcmc::{GaussianWalk, MetropolisHastings, Schedule, sample_chains};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::{MvNormal, Seed};
///
/// let covariance = dmatrix![1.0, 0.95; 0.95, 1.0];
/// let kernel = MetropolisHastings::new(GaussianWalk::new(2.38f64.powi(2) / 2.0 * &covariance)?);
/// let target = MvNormal::new(dvector![0.0, 0.0], covariance)?;
/// let trace = sample_chains(&kernel, &target, &[vec![0.0, 0.0]], Schedule::keep(1_000), Seed(1))?;
/// assert!((0.25..0.45).contains(&trace.acceptance().unwrap()[0]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianWalk {
    dim: usize,
    /// Four rows of L after another, and of each four their columns, up to the last that is not 0: a step
    /// reads them in order, and four rows at once. Rows beyond the last are 0.
    columns: Vec<[f64; 4]>,
}

impl GaussianWalk {
    /// A random walk whose steps have the covariance Σ (d×d, d at least 1).
    ///
    /// # Errors
    /// [`Error::Zero`] for an empty matrix; [`Error::Law`] unless the covariance is square, finite,
    /// symmetric and positive definite, as [`MvNormal::new`] checks it.
    pub fn new(covariance: DMatrix<f64>) -> Result<Self, Error> {
        let dim = nonempty(&covariance)?;
        let law = MvNormal::new(DVector::zeros(dim), covariance).map_err(Error::Law)?;
        Ok(Self::packed(dim, |i, j| law.cholesky()[(i, j)]))
    }

    /// A random walk by the lower triangular factor L of its covariance `L Lᵀ`.
    ///
    /// # Errors
    /// [`Error::Zero`] for an empty matrix, [`Error::LengthMismatch`] unless it is square,
    /// [`Error::NotAFactor`] unless it is finite, positive on its diagonal and 0 above.
    pub fn from_factor(factor: &DMatrix<f64>) -> Result<Self, Error> {
        let (expected, found) = (nonempty(factor)?, factor.ncols());
        if expected != found {
            return Err(Error::LengthMismatch { what: "a row of the factor", expected, found });
        }
        for (column, row) in (0..found).flat_map(|column| (0..found).map(move |row| (column, row)))
        {
            let value = factor[(row, column)];
            let right = match row.cmp(&column) {
                std::cmp::Ordering::Less => value == 0.0,
                std::cmp::Ordering::Equal => value.is_finite() && value > 0.0,
                std::cmp::Ordering::Greater => value.is_finite(),
            };
            if !right {
                return Err(Error::NotAFactor { row, column, value });
            }
        }
        Ok(Self::packed(found, |i, j| factor[(i, j)]))
    }

    /// The dimension d.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The lower triangular factor L, d×d.
    #[must_use]
    pub fn factor(&self) -> DMatrix<f64> {
        let element = |i: usize, j: usize| self.columns[first_column(i / 4) + j][i % 4];
        DMatrix::from_fn(self.dim, self.dim, |i, j| if j <= i { element(i, j) } else { 0.0 })
    }

    /// The covariance Σ of a step, d×d.
    #[must_use]
    pub fn covariance(&self) -> DMatrix<f64> {
        let factor = self.factor();
        &factor * factor.transpose()
    }

    /// Standard normal steps.
    pub(crate) fn standard(dim: usize) -> Self {
        Self::packed(dim, |i, j| f64::from(u8::from(i == j)))
    }

    /// From the elements of L, of which those above the diagonal are 0.
    fn packed(dim: usize, element: impl Fn(usize, usize) -> f64) -> Self {
        let column = |rows: usize, j: usize| {
            [0, 1, 2, 3].map(|i| if rows + i < dim { element(rows + i, j) } else { 0.0 })
        };
        let four = |rows: usize| (0..dim.min(rows + 4)).map(move |j| (rows, j));
        let columns = (0..dim).step_by(4).flat_map(four).map(|(rows, j)| column(rows, j));
        Self { dim, columns: columns.collect() }
    }

    /// Makes of z the point `from + L z`, in place.
    #[inline]
    pub(crate) fn move_from(&self, from: &[f64], z: &mut [f64]) {
        // From the last four rows up: row i reads z_0 to z_i, and they are still there.
        let count = self.dim.min(z.len()).div_ceil(4);
        for four in (0..count).rev() {
            let four = if planted("rows-from-the-first-down") { count - 1 - four } else { four };
            let mut sums = [0.0; 4];
            let columns = &self.columns[first_column(four)..];
            for (column, z) in columns.iter().zip(&z[..z.len().min(4 * four + 4)]) {
                sums.iter_mut().zip(column).for_each(|(sum, l)| *sum += l * z);
            }
            let points = z.iter_mut().zip(from).skip(4 * four);
            points.zip(sums).for_each(|((z, from), sum)| *z = from + sum);
        }
    }

    /// Makes of the covariance `L Lᵀ` the covariance `L (I + c u uᵀ / |u|²) Lᵀ`, `c > −1`: steps along
    /// `L u` become longer by the factor √(1 + c). `columns` is room for d pairs.
    ///
    /// The new factor is `L M`, where M, the factor of the matrix in the middle, is known in closed form
    /// (Gill, Golub, Murray and Saunders 1974, method C1): nothing can cancel, whatever the sign of c.
    ///
    /// # Errors
    /// [`Error::NotAFactor`] if the diagonal overflows or underflows.
    pub(crate) fn stretch(
        &mut self,
        u: &[f64],
        c: f64,
        columns: &mut [(f64, f64)],
    ) -> Result<(), Error> {
        let norm: f64 = u.iter().map(|u| u * u).sum();
        if norm == 0.0 {
            return Ok(());
        }
        // M_jj = √(t_j / t_{j−1}) and M_ij = u_i · c u_j / (|u|² √(t_j t_{j−1})) for i > j, with
        // t_j = 1 + c Σ_{i≤j} u_i² / |u|².
        let mut t = 1.0f64;
        for (u, column) in u.iter().zip(&mut *columns) {
            let before = t;
            t += c * (u * u / norm);
            *column = ((t / before).sqrt(), c * u / (norm * (t * before).sqrt()));
        }
        for rows in (0..self.dim).step_by(4) {
            let from = first_column(rows / 4);
            let four = self.columns[from..].iter_mut().zip(u).zip(&*columns).take(rows + 4);
            // Σ_{k>j} L_ik u_k for four rows, from the diagonal to the left.
            let mut sums = [0.0; 4];
            for ((l, u), (diagonal, below)) in four.rev() {
                for (l, sum) in l.iter_mut().zip(&mut sums) {
                    let old = *l;
                    *l = diagonal * old + below * *sum;
                    *sum += u * old;
                }
            }
            for (i, value) in
                (rows..self.dim.min(rows + 4)).map(|i| (i, self.columns[from + i][i % 4]))
            {
                if !(value > 0.0 && value.is_finite()) {
                    return Err(Error::NotAFactor { row: i, column: i, value });
                }
            }
        }
        Ok(())
    }
}

impl Proposal for GaussianWalk {
    #[inline]
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        to.iter_mut().for_each(|z| *z = StandardNormal.sample(rng));
        self.move_from(from, to);
        0.0
    }

    fn check(&self, dimension: usize) -> Result<(), Error> {
        if dimension == self.dim {
            Ok(())
        } else {
            let (expected, found) = (self.dim, dimension);
            Err(Error::LengthMismatch { what: "the start", expected, found })
        }
    }
}

/// The number of rows, at least 1.
fn nonempty(matrix: &DMatrix<f64>) -> Result<usize, Error> {
    if matrix.is_empty() {
        return Err(Error::Zero { what: "the dimension of the random walk" });
    }
    Ok(matrix.nrows())
}

/// Where the columns of the rows 4k to 4k + 3 begin: those above have 4, 8, …, 4k columns.
fn first_column(k: usize) -> usize {
    2 * k * (k + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::GaussianWalk;
    use nalgebra::{DMatrix, DVector};
    use proptest::prelude::*;

    proptest! {
        /// Against the matrix written out and factored anew.
        #[test]
        fn a_stretched_factor_is_the_factor(
            (dim, numbers) in (1usize..14).prop_flat_map(|d| {
                (Just(d), prop::collection::vec(-2f64..2.0, d * d + d))
            }),
            c in -0.95f64..1.0,
        ) {
            let factor = DMatrix::from_fn(dim, dim, |i, j| match i.cmp(&j) {
                std::cmp::Ordering::Less => 0.0,
                std::cmp::Ordering::Equal => 0.5 + numbers[i * dim + j].abs(),
                std::cmp::Ordering::Greater => numbers[i * dim + j],
            });
            let u = DVector::from_column_slice(&numbers[dim * dim..]);
            prop_assume!(u.norm() > 1e-3);
            let middle = DMatrix::identity(dim, dim) + c * &u * u.transpose() / u.norm_squared();
            let mut walk = GaussianWalk::from_factor(&factor).unwrap();
            walk.stretch(u.as_slice(), c, &mut vec![(0.0, 0.0); dim]).unwrap();
            let wanted = &factor * &middle * factor.transpose();
            prop_assert!((walk.covariance() - &wanted).amax() < 1e-12 * wanted.amax());
            // The factor of the middle is well conditioned, as that of the whole need not be.
            let expected = &factor * middle.cholesky().unwrap().l();
            prop_assert!((walk.factor() - &expected).amax() < 1e-12 * expected.amax());
        }
    }

    #[test]
    fn nothing_to_stretch_along_leaves_all_as_it_was() {
        let mut walk = GaussianWalk::standard(3);
        walk.stretch(&[0.0; 3], 0.5, &mut [(0.0, 0.0); 3]).unwrap();
        assert_eq!(walk.factor(), DMatrix::identity(3, 3));
    }
}
