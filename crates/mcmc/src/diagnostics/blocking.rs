//! The standard error of a mean by blocking.

use prob_core::special::gamma_q;

use super::chains::{Chains, mean};
use crate::{Error, error::check_finite};

/// From this many blocks on an error is given: it is itself known to `1 / √(2 · 31)`, or 13 %, then.
const FEWEST_BLOCKS: usize = 32;

/// The rate at which uncorrelated blocks are merged nevertheless, Jonsson's.
const LEVEL: f64 = 0.01;

/// What [`blocking`] found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocking {
    /// The standard error of the mean of the chain.
    pub standard_error: f64,
    /// Draws of each block, a power of two.
    pub block_size: usize,
    /// Blocks of that size, at least 32. The relative error of the standard error is about
    /// `1 / √(2 (blocks − 1))`.
    pub blocks: usize,
}

/// The standard error of the mean of one chain from the means of blocks (Flyvbjerg and Petersen
/// 1989, <https://doi.org/10.1063/1.457480>), with the block size found by Jonsson's test (2018,
/// <https://doi.org/10.1103/PhysRevE.98.043304>).
///
/// At level `k` the chain is `n_k` means of blocks of `2^k` draws; an odd block at the start is left
/// out at the next level. With `c_k` and `γ_k` their variance and autocovariance at lag 1 (divisor
/// `n_k`), the error of the mean is `√(c_k / (n_k − 1))` if the blocks of this and all longer sizes
/// do not correlate. Then
///
/// ```text
/// M_k = Σ_{j ≥ k} n_j [(n_j − 1) c_j / n_j² + γ_j]² / c_j²
/// ```
///
/// follows chi-square with as many degrees of freedom as there are terms; the first level where
/// `M_k` is below the quantile 0.99 is taken. Levels of fewer than 32 blocks are left out of the
/// sum, as the law of their terms is another one and no error would be based on them.
///
/// What correlation the test does not see is missing in the error, for any such test. For AR(1) with
/// `φ = 0.5` the squared error is too small by 13 % with 8,192 draws and by 4 % with 262,144 (all
/// levels in the sum: 15 % and 5 %), with `φ = 0.9` and 65,536 draws by 11 %; with `φ = −0.5` and
/// 16,384 draws it is too large by 12 %.
///
/// ```
/// use mcmc::diagnostics::blocking;
/// use prob_core::Seed;
/// use rand::RngExt;
///
/// // 4,096 uniform numbers, each four times: the error is that of the 4,096.
/// let mut rng = Seed(1).stream("draws", 0);
/// let chain: Vec<f64> = (0..4_096).flat_map(|_| [rng.random::<f64>(); 4]).collect();
/// let found = blocking(&chain)?;
/// let exact = (1.0 / 12.0 / 4_096.0_f64).sqrt();
/// assert!(found.block_size >= 4 && (found.standard_error / exact - 1.0).abs() < 0.2);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::CorrelatedBlocks`] if the test is passed at no level; [`Error::TooFewDraws`] below 32,
/// [`Error::BrokenDraw`], [`Error::NotFinite`] if a variance overflows, [`Error::ConstantChain`] if the
/// draws, or the means of blocks of one of the sizes, are all equal.
pub fn blocking(chain: &[f64]) -> Result<Blocking, Error> {
    let chains = Chains::moving("blocking", &[chain], FEWEST_BLOCKS)?;
    let mut x = chains.centred().values().to_vec();
    let largest = chain.iter().map(|x| x.abs()).fold(0.0, f64::max);
    let mut levels = Vec::new();
    while x.len() >= FEWEST_BLOCKS {
        let level = Level::new(&x);
        if level.still(largest) {
            return Err(Error::ConstantChain { chain: 0, value: chain[0] });
        }
        check_finite("the variance of the blocks", &[level.variance, level.term()])?;
        levels.push(level);
        x = x[x.len() % 2..].chunks_exact(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
    }
    let mut statistic = 0.0;
    let mut found = None;
    // From the longest blocks to the shortest: the last level to pass is the first one of all.
    for (above, (k, level)) in levels.iter().enumerate().rev().enumerate() {
        statistic += level.term();
        if gamma_q(0.5 * (above + 1) as f64, 0.5 * statistic) > LEVEL {
            found = Some((k, level));
        }
    }
    let longest = 1 << (levels.len() - 1);
    let (k, level) =
        found.ok_or(Error::CorrelatedBlocks { block_size: longest, draws: chain.len() })?;
    Ok(Blocking {
        standard_error: (level.variance / (level.blocks as f64 - 1.0)).sqrt(),
        block_size: 1 << k,
        blocks: level.blocks,
    })
}

/// The means of the blocks of one size.
struct Level {
    blocks: usize,
    variance: f64,
    lag_one: f64,
}

impl Level {
    fn new(x: &[f64]) -> Self {
        let (n, m) = (x.len() as f64, mean(x));
        let variance = x.iter().map(|x| (x - m).powi(2)).sum::<f64>() / n;
        let lag_one = x.windows(2).map(|pair| (pair[0] - m) * (pair[1] - m)).sum::<f64>() / n;
        Self { blocks: x.len(), variance, lag_one }
    }

    /// Whether the blocks differ by no more than rounding.
    fn still(&self, largest: f64) -> bool {
        self.variance.sqrt() <= 1e-14 * largest
    }

    /// What this level adds to Jonsson's statistic: chi-square with one degree of freedom where the
    /// blocks are independent. The first summand undoes the bias of `γ` from centring.
    fn term(&self) -> f64 {
        let n = self.blocks as f64;
        n * ((n - 1.0) / (n * n) + self.lag_one / self.variance).powi(2)
    }
}
