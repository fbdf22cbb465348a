//! Products: independent numbers, each with its own law, `p(x) = Π_i p_i(x_i)`.

use nalgebra::{DMatrix, DVector};
use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use crate::{Error, LogDensity, Multivariate, Univariate};

/// The law of independent numbers `x_0, x_1, …`.
///
/// ```
/// use prob_core::{AnyLaw, Exponential, LogDensity, Normal, Product};
///
/// let prior = Product::new(vec![
///     AnyLaw::from(Normal::new(0.0, 10.0)?),
///     AnyLaw::from(Exponential::new(1.0)?),
/// ])?;
/// assert_eq!(prior.log_density(&[0.0, -1.0]), f64::NEG_INFINITY); // no negative waiting time
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "Parameters<L>",
    into = "Parameters<L>",
    bound(serialize = "L: Clone + Serialize", deserialize = "L: Deserialize<'de>")
)]
pub struct Product<L> {
    laws: Vec<L>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters<L> {
    laws: Vec<L>,
}

impl<L> TryFrom<Parameters<L>> for Product<L> {
    type Error = Error;

    fn try_from(p: Parameters<L>) -> Result<Self, Error> {
        Self::new(p.laws)
    }
}

impl<L> From<Product<L>> for Parameters<L> {
    fn from(product: Product<L>) -> Self {
        Self { laws: product.laws }
    }
}

impl<L> Product<L> {
    /// The law of independent numbers with the laws, in order.
    ///
    /// # Errors
    /// [`Error::Empty`] without a law.
    pub fn new(laws: Vec<L>) -> Result<Self, Error> {
        if laws.is_empty() { Err(Error::Empty { what: "the product" }) } else { Ok(Self { laws }) }
    }

    /// The laws of the numbers.
    #[must_use]
    pub fn laws(&self) -> &[L] {
        &self.laws
    }

    /// Writes a draw to `out`, which has an element for each law. Allocates nothing.
    ///
    /// # Panics
    /// If `out` has another length.
    pub fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R)
    where
        L: Distribution<f64>,
    {
        assert_eq!(out.len(), self.laws.len(), "the buffer must have one element per law");
        out.iter_mut().zip(&self.laws).for_each(|(x, law)| *x = law.sample(rng));
    }
}

impl<L: Univariate> LogDensity<[f64]> for Product<L> {
    /// `−∞` for a point of another dimension.
    fn log_density(&self, x: &[f64]) -> f64 {
        if x.len() != self.laws.len() {
            return f64::NEG_INFINITY;
        }
        let mut sum = 0.0;
        for (law, x) in self.laws.iter().zip(x) {
            let log = law.log_prob(*x);
            if log == f64::NEG_INFINITY {
                // Impossible, even where another density is infinite.
                return log;
            }
            sum += log;
        }
        sum
    }
}

impl<L: Univariate + Distribution<f64>> Multivariate for Product<L> {
    fn dim(&self) -> usize {
        self.laws.len()
    }

    fn log_prob(&self, x: &[f64]) -> f64 {
        self.log_density(x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        Self::sample_into(self, out, rng);
    }

    fn mean(&self) -> DVector<f64> {
        DVector::from_iterator(self.laws.len(), self.laws.iter().map(Univariate::mean))
    }

    /// Diagonal: independent numbers do not vary together.
    fn covariance(&self) -> DMatrix<f64> {
        let variances = self.laws.iter().map(Univariate::variance);
        DMatrix::from_diagonal(&DVector::from_iterator(self.laws.len(), variances))
    }
}

impl<L: Distribution<f64>> Distribution<DVector<f64>> for Product<L> {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        DVector::from_iterator(self.laws.len(), self.laws.iter().map(|law| law.sample(rng)))
    }
}
