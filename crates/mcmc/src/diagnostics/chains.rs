//! One variable of several chains: checks, splitting, ranks, and the sums all diagnostics share.

use prob_core::special::normal_quantile;

use crate::Error;

/// Fewer draws than this in a chain say nothing (each half needs two).
pub(super) const FEWEST_DRAWS: usize = 4;

/// Checked chains of one variable: at least one, equally long, long enough, finite.
#[derive(Debug, Clone)]
pub(super) struct Chains {
    draws: usize,
    /// Chain after chain.
    values: Vec<f64>,
}

impl Chains {
    /// Checks and copies the series that `what` is asked about.
    pub(super) fn new<C: AsRef<[f64]>>(
        what: &'static str,
        chains: &[C],
        needed: usize,
    ) -> Result<Self, Error> {
        let first = chains.first().ok_or(Error::Zero { what: "the number of chains" })?.as_ref();
        for (index, chain) in chains.iter().map(AsRef::as_ref).enumerate() {
            check_length(index, chain, first.len())?;
            if chain.len() < needed {
                return Err(Error::TooFewDraws { what, needed, found: chain.len() });
            }
            check_draws(index, chain)?;
        }
        let values = chains.iter().flat_map(AsRef::as_ref).copied().collect();
        Ok(Self { draws: first.len(), values })
    }

    /// As [`new`](Self::new), and none of the chains is constant.
    pub(super) fn moving<C: AsRef<[f64]>>(
        what: &'static str,
        chains: &[C],
        needed: usize,
    ) -> Result<Self, Error> {
        let chains = Self::new(what, chains, needed)?;
        let constant = chains.rows().position(constant);
        match constant {
            Some(chain) => Err(Error::ConstantChain { chain, value: chains.row(chain)[0] }),
            None => Ok(chains),
        }
    }

    /// Number of chains.
    pub(super) fn count(&self) -> usize {
        self.values.len() / self.draws
    }

    /// Draws of each chain.
    pub(super) fn draws(&self) -> usize {
        self.draws
    }

    /// All draws, chain after chain.
    pub(super) fn values(&self) -> &[f64] {
        &self.values
    }

    /// The chains.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.draws)
    }

    fn row(&self, chain: usize) -> &[f64] {
        &self.values[chain * self.draws..(chain + 1) * self.draws]
    }

    /// The first and the second half of each chain as chains; the middle of an odd number is left
    /// out.
    pub(super) fn split(&self) -> Self {
        let half = self.draws / 2;
        let halves = |c| [&self.row(c)[..half], &self.row(c)[self.draws - half..]].concat();
        Self { draws: half, values: (0..self.count()).flat_map(halves).collect() }
    }

    /// Refuses chains, or what was made of them, that are all one value: nothing can be said then.
    pub(super) fn varying(self, what: &'static str) -> Result<Self, Error> {
        if constant(&self.values) { Err(Error::NothingVaries { what }) } else { Ok(self) }
    }

    /// Draws less their mean, which is rounded. Where they are far from zero nothing is lost by that,
    /// and means of what is left have all their digits: for what does not depend on an offset.
    pub(super) fn centred(&self) -> Self {
        let centre = mean(&self.values);
        self.map(|x| x - centre)
    }

    /// A function of every draw.
    pub(super) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self { draws: self.draws, values: self.values.iter().map(|x| f(*x)).collect() }
    }

    /// A function of every pair of draws of two variables of the same shape.
    pub(super) fn combine(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.values.iter().zip(&other.values);
        Self { draws: self.draws, values: pairs.map(|(a, b)| f(*a, *b)).collect() }
    }

    /// Every draw replaced by the normal quantile of its rank among all draws (ties share their
    /// mean rank), with Blom's offset 3/8.
    pub(super) fn normal_scores(&self) -> Self {
        let pooled = &self.values;
        let mut order: Vec<usize> = (0..pooled.len()).collect();
        order.sort_by(|a, b| pooled[*a].total_cmp(&pooled[*b]));
        let mut values = vec![0.0; pooled.len()];
        let mut from = 0;
        while from < order.len() {
            let value = pooled[order[from]];
            let ties = order[from..].iter().take_while(|i| pooled[**i] == value).count();
            let rank = from as f64 + 0.5 * (ties + 1) as f64;
            let score = normal_quantile((rank - 0.375) / (pooled.len() as f64 + 0.25));
            order[from..from + ties].iter().for_each(|i| values[*i] = score);
            from += ties;
        }
        Self { draws: self.draws, values }
    }

    /// All draws in ascending order.
    pub(super) fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    }
}

/// Refuses a chain that is not as long as the first one.
pub(super) fn check_length(chain: usize, draws: &[f64], expected: usize) -> Result<(), Error> {
    let found = draws.len();
    if found == expected { Ok(()) } else { Err(Error::ChainLength { chain, expected, found }) }
}

/// Refuses draws that are no numbers.
pub(super) fn check_draws(chain: usize, draws: &[f64]) -> Result<(), Error> {
    match draws.iter().position(|x| !x.is_finite()) {
        Some(draw) => Err(Error::BrokenDraw { chain, draw, value: draws[draw] }),
        None => Ok(()),
    }
}

/// Whether all numbers are the same; compared one by one, as a variance would have rounding in it.
pub(super) fn constant(x: &[f64]) -> bool {
    x.iter().all(|y| *y == x[0])
}

/// The quantile at `p` in `[0, 1]` of at least one number in ascending order, linear between order
/// statistics (Hyndman and Fan's type 7).
pub(super) fn quantile_of_sorted(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let (share, step) = (place - below as f64, sorted[above] - sorted[below]);
    // From the nearer end: where an indicator asks which draws are not above the quantile, the last
    // bit decides, and this is how others round it.
    if share < 0.5 { sorted[below] + share * step } else { sorted[above] - (1.0 - share) * step }
}

/// The median of at least one number in ascending order. Not by [`quantile_of_sorted`]: both middle
/// draws have the same distance from it if they can.
pub(super) fn median_of_sorted(sorted: &[f64]) -> f64 {
    let (below, above) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    let sum = below + above;
    if sum.is_finite() { 0.5 * sum } else { 0.5 * below + 0.5 * above }
}

/// The mean of a series; the second sum takes back what the first one rounded, which matters where
/// the numbers are far from zero.
pub(super) fn mean(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let rough = lanes(x, |x| x) / n;
    rough + lanes(x, |x| x - rough) / n
}

/// The variance of a series with the divisor n − 1.
pub(super) fn variance(x: &[f64]) -> f64 {
    squares(x) / (x.len() as f64 - 1.0)
}

/// The sum of the squared deviations from the mean.
pub(super) fn squares(x: &[f64]) -> f64 {
    let m = mean(x);
    lanes(x, |x| (x - m) * (x - m))
}

/// Partial sums kept side by side, so that the compiler can use vector instructions; their number
/// is fixed, and so are the bits of the result.
const LANES: usize = 8;

/// `Σ f(x_i)`.
fn lanes(x: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let blocks = x.chunks_exact(LANES);
    let rest: f64 = blocks.remainder().iter().map(|x| f(*x)).sum();
    for block in blocks {
        lanes.iter_mut().zip(block).for_each(|(lane, x)| *lane += f(*x));
    }
    lanes.iter().sum::<f64>() + rest
}

/// `Σ a_i b_i` for slices of equal length.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f64>() + rest
}
