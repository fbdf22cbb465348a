//! One variable of several chains: checks, splitting, ranks, and the sums all diagnostics share.

use prob_core::special::normal_quantile;

use crate::{Error, error::check_finite};

/// Fewer draws than this in a chain say nothing (each half needs two).
pub(super) const FEWEST_DRAWS: usize = 4;

/// Checked chains of one variable: equally long, long enough, finite, none constant.
#[derive(Debug, Clone)]
pub(super) struct Chains(Vec<Vec<f64>>);

impl Chains {
    /// Checks and copies the series that `what` is asked about.
    pub(super) fn new<C: AsRef<[f64]>>(
        what: &'static str,
        chains: &[C],
        needed: usize,
    ) -> Result<Self, Error> {
        let first = chains.first().ok_or(Error::Zero { what: "the number of chains" })?.as_ref();
        for (index, chain) in chains.iter().map(AsRef::as_ref).enumerate() {
            let (expected, found) = (first.len(), chain.len());
            if found != expected {
                return Err(Error::LengthMismatch { what: "a chain", expected, found });
            }
            if found < needed {
                return Err(Error::TooFewDraws { what, needed, found });
            }
            check_finite("draw", chain)?;
            if chain.iter().all(|x| *x == chain[0]) {
                return Err(Error::ConstantChain { chain: index, value: chain[0] });
            }
        }
        Ok(Self(chains.iter().map(|c| c.as_ref().to_vec()).collect()))
    }

    /// Number of chains.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Draws of each chain.
    pub(super) fn draws(&self) -> usize {
        self.0[0].len()
    }

    /// All draws of all chains.
    pub(super) fn pooled(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().flatten().copied()
    }

    /// The series, one a chain.
    pub(super) fn series(&self) -> &[Vec<f64>] {
        &self.0
    }

    /// The first and the second half of each chain as chains; the middle of an odd number is left
    /// out.
    pub(super) fn split(&self) -> Self {
        let half = self.draws() / 2;
        let first = self.0.iter().map(|c| c[..half].to_vec());
        let second = self.0.iter().map(|c| c[c.len() - half..].to_vec());
        Self(first.chain(second).collect())
    }

    /// Refuses chains that all stay at one value: nothing of what follows is a number then.
    pub(super) fn moving(self) -> Result<Self, Error> {
        let value = self.0[0][0];
        if self.pooled().all(|x| x == value) {
            return Err(Error::ConstantChain { chain: 0, value });
        }
        Ok(self)
    }

    /// A function of every draw.
    pub(super) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self(self.0.iter().map(|c| c.iter().map(|x| f(*x)).collect()).collect())
    }

    /// A function of every pair of draws of two variables of the same shape.
    pub(super) fn combine(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let pair =
            |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect();
        Self(self.0.iter().zip(&other.0).map(pair).collect())
    }

    /// Every draw replaced by the normal quantile of its rank among all draws (ties share their
    /// mean rank), with Blom's offset 3/8.
    pub(super) fn normal_scores(&self) -> Self {
        let pooled: Vec<f64> = self.pooled().collect();
        let mut order: Vec<usize> = (0..pooled.len()).collect();
        order.sort_by(|a, b| pooled[*a].total_cmp(&pooled[*b]));
        let mut scores = vec![0.0; pooled.len()];
        let mut from = 0;
        while from < order.len() {
            let value = pooled[order[from]];
            let ties = order[from..].iter().take_while(|i| pooled[**i] == value).count();
            let rank = from as f64 + 0.5 * (ties + 1) as f64;
            let score = normal_quantile((rank - 0.375) / (pooled.len() as f64 + 0.25));
            order[from..from + ties].iter().for_each(|i| scores[*i] = score);
            from += ties;
        }
        Self(scores.chunks_exact(self.draws()).map(<[f64]>::to_vec).collect())
    }

    /// The value that half of all draws stay below.
    pub(super) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The quantile of all draws at `p` in `[0, 1]`, linear between order statistics (Hyndman and
    /// Fan's type 7).
    pub(super) fn quantile(&self, p: f64) -> f64 {
        let mut sorted: Vec<f64> = self.pooled().collect();
        sorted.sort_by(f64::total_cmp);
        quantile_of_sorted(&sorted, p)
    }
}

/// The quantile at `p` in `[0, 1]` of at least one number in ascending order; see
/// [`Chains::quantile`].
pub(super) fn quantile_of_sorted(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The mean of a series.
pub(super) fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// The variance of a series with the divisor n − 1.
pub(super) fn variance(x: &[f64]) -> f64 {
    let m = mean(x);
    x.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (x.len() as f64 - 1.0)
}

/// Partial sums kept side by side, so that the compiler can use vector instructions; their number
/// is fixed, and so are the bits of the result.
const LANES: usize = 8;

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
