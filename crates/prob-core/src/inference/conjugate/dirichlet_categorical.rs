//! The probabilities of several categories, learnt from how often each was seen.

use super::terms::ln_rising;
use crate::univariate::parameters;
use crate::{Beta, Categorical, Dirichlet, Error};

/// The law Dirichlet(concentration) of the probabilities of categories.
///
/// ```
/// use prob_core::{Univariate, conjugate::DirichletCategorical};
///
/// let die = DirichletCategorical::new(vec![1.0; 6])?;
/// let seen = die.update(&[5, 5, 2, 5])?;
/// assert!((seen.predictive()?.prob(5.0) - 0.4).abs() < 1e-15); // (1 + 3) / (6 + 4)
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DirichletCategorical {
    concentration: Vec<f64>,
    total: f64,
}

impl DirichletCategorical {
    /// The prior Dirichlet(concentration), one number for each category: by one more than the
    /// observations of it that the prior is worth.
    ///
    /// # Errors
    /// [`Error::Empty`]; [`Error::Parameter`] unless all are positive and finite, and their sum too.
    pub fn new(concentration: Vec<f64>) -> Result<Self, Error> {
        let law = "Dirichlet-categorical prior";
        if concentration.is_empty() {
            return Err(Error::Empty { what: "the concentration" });
        }
        for value in &concentration {
            parameters::positive(law, "concentration", *value)?;
        }
        let total = concentration.iter().sum();
        let total = parameters::positive(law, "sum of the concentration", total)?;
        Ok(Self { concentration, total })
    }

    /// The parameter of each category.
    #[must_use]
    pub fn concentration(&self) -> &[f64] {
        &self.concentration
    }

    /// The law of all probabilities.
    ///
    /// # Errors
    /// As [`Dirichlet::new`], which needs two categories at least.
    pub fn probabilities(&self) -> Result<Dirichlet, Error> {
        Dirichlet::new(self.concentration.clone())
    }

    /// The law of the probability of one category.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`]; [`Error::NothingLeft`] if there is no other category.
    pub fn probability(&self, category: usize) -> Result<Beta, Error> {
        let dim = self.concentration.len();
        let own = *self
            .concentration
            .get(category)
            .ok_or(Error::IndexOutOfRange { index: category, dim })?;
        if dim == 1 {
            return Err(Error::NothingLeft { dim });
        }
        let others = self.concentration.iter().enumerate().filter(|(i, _)| *i != category);
        Beta::new(own, others.map(|(_, c)| c).sum())
    }

    /// The posterior after observations, each the number of a category.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`] for a category that there is not.
    pub fn update(&self, data: &[usize]) -> Result<Self, Error> {
        self.update_counts(&self.count(data)?)
    }

    /// The posterior after each category was seen so many times.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of categories.
    pub fn update_counts(&self, counts: &[u64]) -> Result<Self, Error> {
        self.check(counts)?;
        Self::new(self.concentration.iter().zip(counts).map(|(c, n)| c + *n as f64).collect())
    }

    /// The law of the next observation.
    ///
    /// # Errors
    /// As [`Categorical::new`], never with the parameters of a valid prior.
    pub fn predictive(&self) -> Result<Categorical, Error> {
        Categorical::new(self.concentration.iter().map(|c| c / self.total).collect())
    }

    /// `ln p(data)` of observations in their order.
    ///
    /// # Errors
    /// [`Error::IndexOutOfRange`] for a category that there is not.
    pub fn log_evidence(&self, data: &[usize]) -> Result<f64, Error> {
        let counts = self.count(data)?;
        let rising = self.concentration.iter().zip(&counts).map(|(c, n)| ln_rising(*c, *n as f64));
        Ok(rising.sum::<f64>() - ln_rising(self.total, data.len() as f64))
    }

    fn count(&self, data: &[usize]) -> Result<Vec<u64>, Error> {
        let dim = self.concentration.len();
        let mut counts = vec![0; dim];
        for index in data.iter().copied() {
            *counts.get_mut(index).ok_or(Error::IndexOutOfRange { index, dim })? += 1;
        }
        Ok(counts)
    }

    fn check(&self, counts: &[u64]) -> Result<(), Error> {
        let (expected, found) = (self.concentration.len(), counts.len());
        if found == expected {
            return Ok(());
        }
        Err(Error::LengthMismatch { what: "the list of counts", expected, found })
    }
}
