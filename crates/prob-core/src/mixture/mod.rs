//! Mixtures: `p(x) = Σ_j w_j p_j(x)`, a component chosen by its weight and then drawn from.

mod line;
mod space;

use rand::{Rng, RngExt};
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use crate::univariate::weights;
use crate::{Error, LogDensity, Multivariate, Univariate};

/// A mixture of laws of one kind: of numbers ([`Univariate`]) or of vectors ([`Multivariate`]).
///
/// Laws of different families mix as [`AnyLaw`](crate::AnyLaw).
///
/// ```
/// use prob_core::{Mixture, Normal, Univariate};
///
/// let law = Mixture::new(vec![0.25, 0.75], vec![Normal::new(-2.0, 1.0)?, Normal::new(2.0, 1.0)?])?;
/// assert_eq!(law.mean(), 1.0);
/// assert_eq!(law.variance(), 4.0); // 1 within, 3 between the components
///
/// let mut responsibilities = [0.0; 2];
/// law.responsibilities(&0.0, &mut responsibilities);
/// assert!((responsibilities[1] - 0.75).abs() < 1e-15);
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "Parameters<L>",
    into = "Parameters<L>",
    bound(serialize = "L: Clone + Serialize", deserialize = "L: Univariate + Deserialize<'de>")
)]
pub struct Mixture<L> {
    weights: Vec<f64>,
    log_weights: Vec<f64>,
    components: Vec<L>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters<L> {
    weights: Vec<f64>,
    components: Vec<L>,
}

impl<L: Univariate> TryFrom<Parameters<L>> for Mixture<L> {
    type Error = Error;

    fn try_from(p: Parameters<L>) -> Result<Self, Error> {
        Self::new(p.weights, p.components)
    }
}

impl<L> From<Mixture<L>> for Parameters<L> {
    fn from(law: Mixture<L>) -> Self {
        Self { weights: law.weights, components: law.components }
    }
}

/// What can be mixed: every [`Univariate`] law (`Space` is [`Line`]) and every [`Multivariate`] law
/// (`Space` is [`Vectors`]).
///
/// There is nothing to implement. The parameter tells the compiler that the two cannot be confused.
pub trait Component<Space>: Sized {
    /// Whether the laws have values of one kind.
    ///
    /// # Errors
    /// [`Error::CountsAndDensities`], [`Error::LengthMismatch`].
    fn agree(components: &[Self]) -> Result<(), Error>;
}

/// Marks laws of numbers.
#[derive(Debug)]
pub enum Line {}

/// Marks laws of vectors.
#[derive(Debug)]
pub enum Vectors {}

impl<L: Univariate> Component<Line> for L {
    fn agree(components: &[L]) -> Result<(), Error> {
        let mut kinds = components.iter().map(|c| c.support().discrete);
        let first = kinds.next();
        match kinds.position(|kind| Some(kind) != first) {
            Some(after) => Err(Error::CountsAndDensities { index: after + 1 }),
            None => Ok(()),
        }
    }
}

impl<L: Multivariate> Component<Vectors> for L {
    fn agree(components: &[L]) -> Result<(), Error> {
        let expected = components.first().map_or(0, Multivariate::dim);
        match components.iter().map(Multivariate::dim).find(|dim| *dim != expected) {
            Some(found) => {
                Err(Error::LengthMismatch { what: "a component's point", expected, found })
            }
            None => Ok(()),
        }
    }
}

impl<L> Mixture<L> {
    /// The mixture of the components with the weights; a rounding error of their sum is divided out.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] (weights and components, or components of
    /// different dimensions), [`Error::NotAProbability`], [`Error::NotNormalised`] unless the
    /// weights sum to one within 1e-9, and [`Error::CountsAndDensities`] if some components are laws
    /// of counts and others have densities.
    pub fn new<Space>(weights: Vec<f64>, components: Vec<L>) -> Result<Self, Error>
    where
        L: Component<Space>,
    {
        let weights = weights::normalised("the weights of a mixture", weights)?;
        if weights.len() != components.len() {
            let (expected, found) = (weights.len(), components.len());
            return Err(Error::LengthMismatch { what: "the components", expected, found });
        }
        L::agree(&components)?;
        let log_weights = weights.iter().map(|w| w.ln()).collect();
        Ok(Self { weights, log_weights, components })
    }

    /// The weights, which sum to one.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The components.
    #[must_use]
    pub fn components(&self) -> &[L] {
        &self.components
    }

    /// Writes to `out[j]` the probability that `x` came from component `j`:
    /// `w_j p_j(x) / Σ_i w_i p_i(x)`. NaN where no component explains `x`.
    ///
    /// # Panics
    /// If `out` is not as long as there are components.
    pub fn responsibilities<X: ?Sized>(&self, x: &X, out: &mut [f64])
    where
        L: LogDensity<X>,
    {
        assert_eq!(out.len(), self.components.len(), "as many places as components");
        for ((out, log_weight), law) in out.iter_mut().zip(&self.log_weights).zip(&self.components)
        {
            *out = weighted(*log_weight, || law.log_density(x));
        }
        let sum = log_sum(out.iter().copied());
        out.iter_mut().for_each(|log| *log = (*log - sum).exp());
    }

    /// The components that can occur, with their weights.
    fn parts(&self) -> impl Iterator<Item = (f64, &L)> + Clone {
        self.weights.iter().copied().zip(&self.components).filter(|(w, _)| *w > 0.0)
    }

    /// The logarithm of the weighted sum of what `log` is the logarithm of.
    fn log_average(&self, log: impl Fn(&L) -> f64) -> f64 {
        let pairs = self.log_weights.iter().zip(&self.components);
        log_sum(pairs.map(|(log_weight, law)| weighted(*log_weight, || log(law))))
    }

    /// A component by its weight.
    fn pick<R: Rng + ?Sized>(&self, rng: &mut R) -> usize {
        let mut left: f64 = rng.random();
        let mut last = 0;
        for (index, weight) in self.weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
            last = index;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

/// A component of weight 0 has no part in it, whatever its density.
fn weighted(log_weight: f64, log: impl FnOnce() -> f64) -> f64 {
    if log_weight == f64::NEG_INFINITY { log_weight } else { log_weight + log() }
}

/// `ln Σ e^v` in one pass.
fn log_sum(logs: impl Iterator<Item = f64>) -> f64 {
    let (mut max, mut sum) = (f64::NEG_INFINITY, 0.0);
    for log in logs {
        if log.is_nan() {
            return f64::NAN;
        } else if log > max {
            // At first max is −∞ and the sum stays 0.
            sum = if log == f64::INFINITY { 1.0 } else { sum * (max - log).exp() + 1.0 };
            max = log;
        } else if max.is_finite() {
            sum += (log - max).exp();
        }
    }
    if sum == 0.0 { f64::NEG_INFINITY } else { max + sum.ln() }
}

impl<X: ?Sized, L: LogDensity<X>> LogDensity<X> for Mixture<L> {
    fn log_density(&self, x: &X) -> f64 {
        self.log_average(|law| law.log_density(x))
    }
}

impl<X, L: Distribution<X>> Distribution<X> for Mixture<L> {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> X {
        // `pick` returns an index of a component.
        self.components[self.pick(rng)].sample(rng)
    }
}

#[cfg(test)]
mod tests {
    use super::log_sum;
    use crate::logspace::log_sum_exp;

    #[test]
    fn one_pass_gives_the_sum_of_two() {
        const INF: f64 = f64::INFINITY;
        let lists: [&[f64]; 8] = [
            &[],
            &[-INF, -INF],
            &[1.0, 2.0, -INF, 700.0, 3.0],
            &[-1000.0, -1001.0, -999.0],
            &[0.0, INF, 1.0],
            &[INF, INF],
            &[-INF, 2.0],
            &[5.0],
        ];
        for list in lists {
            let (one, two) = (log_sum(list.iter().copied()), log_sum_exp(list));
            assert!(one == two || (one - two).abs() < 1e-12, "{list:?}: {one} and {two}");
        }
        assert!(log_sum([1.0, f64::NAN, INF].into_iter()).is_nan());
    }
}
