//! Gibbs sampling of a normal law in blocks of coordinates.
//!
//! Coordinates that hang together tightly hold each other back where they are renewed one by one.
//! [`GaussianBlocks`] renews whole blocks from their joint conditional law (`eq:mvn-conditional`). With the
//! Cholesky factor of the covariance in the order (others o, block b), `[L_oo 0; L_bo L_bb]`,
//!
//! ```text
//! x_b = μ_b + G (x_o − μ_o) + L_bb z,    G = L_bo L_oo⁻¹,    z standard normal
//! ```
//!
//! The mean of a sweep is the block Gauss–Seidel iteration on the precision `P = Σ⁻¹`
//! (`eq:gibbs-blocks`): with `P_L` its block-lower part, diagonal blocks included, deviations from the mean
//! shrink by `I − P_L⁻¹ P` in expectation, whose spectral radius is the rate of convergence (Roberts
//! and Sahu 1997). One block of all coordinates has rate 0: independent draws.

use nalgebra::DMatrix;
use prob_core::{GradLogDensity, LogDensity, MvNormal};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::mutants::planted;
use crate::{Conditionals, Error};

/// A normal law whose [`Conditionals`] are blocks of coordinates, each drawn jointly given the others.
///
/// Everything that does not depend on the point is computed once: to renew k of d coordinates costs k
/// normal numbers and k products of length d.
///
/// ```
/// use mcmc::{GaussianBlocks, Gibbs, Schedule, sample_chains};
/// use nalgebra::{DVector, dmatrix};
/// use prob_core::{MvNormal, Seed};
///
/// // The first two variables hardly move alone; as a block they do not notice.
/// let covariance = dmatrix![1.0, 0.999, 0.3; 0.999, 1.0, 0.3; 0.3, 0.3, 1.0];
/// let law = MvNormal::new(DVector::zeros(3), covariance).unwrap();
/// let target = GaussianBlocks::new(law, vec![vec![0, 1], vec![2]])?;
/// let trace = sample_chains(&Gibbs, &target, &[vec![0.0; 3]], Schedule::keep(10_000), Seed(1))?;
/// assert!(mcmc::diagnostics::ess_bulk(&trace.variable(0))? > 5_000.0);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianBlocks {
    law: MvNormal,
    blocks: Vec<Block>,
}

/// One block, ready to be renewed.
#[derive(Debug, Clone, PartialEq)]
struct Block {
    coordinates: Vec<usize>,
    /// For each coordinate of the block `μ_b − G μ_o`.
    intercepts: Vec<f64>,
    /// For each coordinate of the block a row of length d: `G` at the others, `L_bb` at the block.
    rows: Vec<f64>,
}

impl GaussianBlocks {
    /// The law with its coordinates in `blocks`, renewed in this order. A coordinate may be in several
    /// blocks, and must be in one.
    ///
    /// # Errors
    /// [`Error::Zero`] without blocks; [`Error::BadBlock`] for a block that is empty, names a coordinate
    /// that there is not, or one twice, or whose conditional law rounding errors swallow;
    /// [`Error::NotCovered`] for a coordinate in no block.
    pub fn new(law: MvNormal, blocks: Vec<Vec<usize>>) -> Result<Self, Error> {
        if blocks.is_empty() {
            return Err(Error::Zero { what: "the number of blocks" });
        }
        let mut covered = vec![false; law.dim()];
        let mut ready = Vec::with_capacity(blocks.len());
        for (index, coordinates) in blocks.into_iter().enumerate() {
            let bad = |source| Error::BadBlock { block: index, source };
            let block = Block::new(&law, coordinates).map_err(bad)?;
            block.coordinates.iter().for_each(|i| covered[*i] = true);
            ready.push(block);
        }
        match covered.iter().position(|covered| !covered) {
            Some(index) => Err(Error::NotCovered { index }),
            None => Ok(Self { law, blocks: ready }),
        }
    }

    /// The law.
    #[must_use]
    pub fn law(&self) -> &MvNormal {
        &self.law
    }

    /// The coordinates of a block, in the order of [`mean`](Self::mean).
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn coordinates(&self, block: usize) -> &[usize] {
        &self.blocks[block].coordinates
    }

    /// The mean of a block given the other coordinates of `x`; its own have no influence.
    ///
    /// # Panics
    /// If there is no such block, or `x` has not the dimension of the law.
    #[must_use]
    pub fn mean(&self, block: usize, x: &[f64]) -> Vec<f64> {
        let block = &self.blocks[block];
        let others: Vec<usize> =
            (0..self.law.dim()).filter(|i| !block.coordinates.contains(i)).collect();
        let rows = block.rows.chunks_exact(self.law.dim()).zip(&block.intercepts);
        rows.map(|(row, intercept)| intercept + others.iter().map(|j| row[*j] * x[*j]).sum::<f64>())
            .collect()
    }

    /// The covariance of a block given the other coordinates, whatever their values.
    ///
    /// # Panics
    /// If there is no such block.
    #[must_use]
    pub fn covariance(&self, block: usize) -> DMatrix<f64> {
        let (block, dim) = (&self.blocks[block], self.law.dim());
        let own = &block.coordinates;
        let factor = DMatrix::from_fn(own.len(), own.len(), |i, j| block.rows[i * dim + own[j]]);
        &factor * factor.transpose()
    }
}

impl Block {
    fn new(law: &MvNormal, coordinates: Vec<usize>) -> Result<Self, prob_core::Error> {
        // For its checks: of the list as it stands, so that the error names what the caller wrote.
        law.marginal(&coordinates)?;
        let (dim, mean) = (law.dim(), law.mean());
        let others = (0..dim).filter(|i| !coordinates.contains(i));
        let order: Vec<usize> = others.chain(coordinates.iter().copied()).collect();
        let given = dim - coordinates.len();
        let ordered = law.marginal(&order)?;
        let factor = ordered.cholesky();
        let mut rows = vec![0.0; coordinates.len() * dim];
        let mut intercepts = Vec::with_capacity(coordinates.len());
        for (i, row) in rows.chunks_exact_mut(dim).enumerate() {
            // g L_oo = (row i of L_bo), from the last element on.
            for j in (0..given).rev() {
                let known: f64 = (j + 1..given).map(|m| row[order[m]] * factor[(m, j)]).sum();
                row[order[j]] = (factor[(given + i, j)] - known) / factor[(j, j)];
            }
            let mut shift: f64 = order[..given].iter().map(|j| row[*j] * mean[*j]).sum();
            if planted("a-block-that-forgets-the-means-of-the-others") {
                shift = 0.0;
            }
            intercepts.push(mean[coordinates[i]] - shift);
            for j in 0..=i {
                row[coordinates[j]] = factor[(given + i, given + j)];
                if planted("variances-for-deviations-in-a-block") && i == j {
                    row[coordinates[j]] = factor[(given + i, given + j)].powi(2);
                }
            }
        }
        Ok(Self { coordinates, intercepts, rows })
    }
}

impl Conditionals<[f64]> for GaussianBlocks {
    fn blocks(&self) -> usize {
        self.blocks.len()
    }

    #[inline]
    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let Block { coordinates, intercepts, rows } = &self.blocks[block];
        for i in coordinates {
            x[*i] = StandardNormal.sample(rng);
        }
        // In place, from the last row on: row i has zeros at the coordinates after its own, so that each
        // normal number is read before it is overwritten.
        let rows = rows.chunks_exact(self.law.dim()).zip(intercepts);
        for (i, (row, intercept)) in coordinates.iter().zip(rows).rev() {
            x[*i] = intercept + row.iter().zip(&*x).map(|(w, x)| w * x).sum::<f64>();
        }
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        self.law.check(x)
    }
}

/// So that other kernels can move the same point, in a [`Cycle`](crate::Cycle) for one.
impl LogDensity<[f64]> for GaussianBlocks {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.law.log_density(x)
    }
}

impl GradLogDensity for GaussianBlocks {
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        self.law.log_density_and_grad(x, grad)
    }
}
