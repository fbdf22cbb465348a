//! What a law is fitted to: finite numbers, each with the number of times that it was seen.

use crate::{Error, Support};

/// Observations, each with a weight: how often it was seen (1 where nothing else is said).
///
/// A weight of 3 is the same as writing the observation three times, a weight of 0 as leaving it
/// out. Weights need not be whole.
///
/// ```
/// use prob_core::mle::Observations;
///
/// let data = Observations::new(&[1.0, 5.0])?.weighted(&[3.0, 1.0])?;
/// assert_eq!(data.total(), 4.0);
/// assert_eq!(data.mean(), 2.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Observations {
    values: Vec<f64>,
    weights: Vec<f64>,
    total: f64,
}

impl Observations {
    /// The numbers, each with weight 1.
    ///
    /// # Errors
    /// [`Error::Empty`] without numbers, [`Error::NotFinite`] with the first NaN or infinite one.
    pub fn new(values: &[f64]) -> Result<Self, Error> {
        if values.is_empty() {
            return Err(Error::Empty { what: "observations" });
        }
        if let Some((index, value)) = values.iter().enumerate().find(|(_, x)| !x.is_finite()) {
            return Err(Error::NotFinite { what: "observations", index, value: *value });
        }
        let weights = vec![1.0; values.len()];
        Ok(Self { values: values.to_vec(), weights, total: values.len() as f64 })
    }

    /// The same numbers with these weights.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there are as many weights as numbers, [`Error::Weight`] with
    /// the first one that is negative, NaN or infinite, [`Error::Empty`] where all are 0.
    pub fn weighted(mut self, weights: &[f64]) -> Result<Self, Error> {
        self.total = check_weights(weights, self.values.len())?;
        self.weights.clear();
        self.weights.extend_from_slice(weights);
        Ok(self)
    }

    /// The numbers, those of weight 0 too.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The weight of each number.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The sum of the weights: the number of observations.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.total
    }

    /// The mean of the observations.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let unit = self.unit();
        self.average(|x| x / unit) * unit
    }

    /// A power of two near the largest observation: divided by it, which costs no digit, sums and
    /// squares neither overflow nor underflow.
    pub(crate) fn unit(&self) -> f64 {
        let (lower, upper) = self.range();
        power_of_two(lower.abs().max(upper.abs()))
    }

    /// The mean distance from `centre`.
    pub(crate) fn mean_distance(&self, centre: f64) -> f64 {
        let unit = self.unit();
        self.average(|x| (x / unit - centre / unit).abs()) * unit
    }

    /// The mean of `f` over the observations.
    pub fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.averages(|x| [f(x)])[0]
    }

    /// The means of several numbers over the observations.
    ///
    /// The sums carry their rounding errors along (Neumaier 1974), so that the number of observations
    /// does not cost digits.
    pub(crate) fn averages<const K: usize>(&self, f: impl Fn(f64) -> [f64; K]) -> [f64; K] {
        let (mut sums, mut lost) = ([0.0_f64; K], [0.0_f64; K]);
        for (x, w) in self.iter() {
            let terms = f(x);
            for ((sum, lost), term) in sums.iter_mut().zip(&mut lost).zip(terms) {
                let term = term * w;
                let next = *sum + term;
                let swap = sum.abs() < term.abs();
                let (large, small) = if swap { (term, *sum) } else { (*sum, term) };
                *lost += (large - next) + small;
                *sum = next;
            }
        }
        std::array::from_fn(|k| {
            let whole = sums[k] + lost[k];
            (if whole.is_nan() { sums[k] } else { whole }) / self.total
        })
    }

    /// Each number with its weight, where that is positive.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.values.iter().zip(&self.weights).map(|(x, w)| (*x, *w)).filter(|(_, w)| *w > 0.0)
    }

    /// Each number as `f` maps it, with the same weights.
    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        let values = self.values.iter().map(|x| f(*x)).collect();
        Self { values, weights: self.weights.clone(), total: self.total }
    }

    /// The smallest and the largest observation.
    pub(crate) fn range(&self) -> (f64, f64) {
        self.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lower, upper), (x, _)| {
            (lower.min(x), upper.max(x))
        })
    }

    /// Refuses an observation that `fine` does not hold for.
    pub(crate) fn all(
        &self,
        law: &'static str,
        needed: &'static str,
        fine: impl Fn(f64) -> bool,
    ) -> Result<(), Error> {
        let mut pairs = self.values.iter().zip(&self.weights).enumerate();
        match pairs.find(|(_, (x, w))| **w > 0.0 && !fine(**x)) {
            Some((index, (value, _))) => {
                Err(Error::Observation { law, index, value: *value, needed })
            }
            None => Ok(()),
        }
    }

    /// Refuses an observation outside the support.
    pub(crate) fn within(
        &self,
        law: &'static str,
        needed: &'static str,
        support: Support,
    ) -> Result<(), Error> {
        self.all(law, needed, |x| support.contains(x))
    }

    /// Refuses observations that are all the same number, which no law of `law` explains best.
    pub(crate) fn several(&self, law: &'static str) -> Result<(), Error> {
        let (lower, upper) = self.range();
        if lower < upper { Ok(()) } else { Err(Error::AllTheSame { law, value: lower }) }
    }

    /// Each number once, in increasing order, with the sum of its weights.
    pub(crate) fn sorted(&self) -> Vec<(f64, f64)> {
        let mut pairs: Vec<(f64, f64)> = self.iter().collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut distinct: Vec<(f64, f64)> = Vec::with_capacity(pairs.len());
        for (x, w) in pairs {
            match distinct.last_mut() {
                // By value, so that −0 and 0 are one number.
                Some(last) if last.0 == x => last.1 += w,
                _ => distinct.push((x, w)),
            }
        }
        distinct
    }
}

/// The number below which the fraction `p` of the observations lies; midway where two numbers
/// qualify. `sorted` comes from [`Observations::sorted`].
pub(crate) fn quantile(sorted: &[(f64, f64)], p: f64) -> f64 {
    let total: f64 = sorted.iter().map(|(_, w)| w).sum();
    let mut below = 0.0;
    let mut steps = sorted.iter().peekable();
    while let Some((x, w)) = steps.next() {
        below += w;
        match steps.peek() {
            Some((next, _)) if below == p * total => return x + 0.5 * (next - x),
            Some(_) if below < p * total => {}
            _ => return *x,
        }
    }
    f64::NAN
}

/// The largest power of two (of those that are not subnormal) up to x; 1 for 0.
pub(crate) fn power_of_two(x: f64) -> f64 {
    let power = f64::from_bits(x.to_bits() & f64::INFINITY.to_bits());
    if x == 0.0 { 1.0 } else { power.max(f64::MIN_POSITIVE) }
}

/// The sum of weights, which must be as many as the observations and none of them negative.
pub(crate) fn check_weights(weights: &[f64], expected: usize) -> Result<f64, Error> {
    if weights.len() != expected {
        return Err(Error::LengthMismatch { what: "weights", expected, found: weights.len() });
    }
    let bad = |w: &f64| !w.is_finite() || *w < 0.0;
    if let Some((index, value)) = weights.iter().enumerate().find(|(_, w)| bad(w)) {
        return Err(Error::Weight { index, value: *value });
    }
    let total: f64 = weights.iter().sum();
    if total > 0.0 && total.is_finite() {
        Ok(total)
    } else {
        Err(Error::Empty { what: "observations of positive (and finite) weight" })
    }
}
