//! What a fit gives back: the law, how sure its parameters are, and how well it explains the data.

use nalgebra::DMatrix;

use super::Observations;
use crate::{Error, Univariate, special};

/// The estimate of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The name of the parameter.
    pub name: String,
    /// Its value of the largest likelihood.
    pub value: f64,
    /// Its standard error, from the observed information. `None` where the estimate lies at the
    /// edge of what the parameter may be, or the likelihood has no derivative there.
    pub standard_error: Option<f64>,
}

impl Estimate {
    /// Wald's interval, `value ± z · standard_error`: it holds the parameter in the fraction `level`
    /// of many repetitions when the observations are many. `None` without a standard error, or where
    /// `level` is not between 0 and 1.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let reach = -special::normal_quantile(0.5 * (1.0 - level)) * self.standard_error?;
        Some((self.value - reach, self.value + reach))
    }
}

/// A law of the largest likelihood.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fitted<L> {
    /// The law.
    pub law: L,
    /// Its parameters, in the order of the law's `new`.
    pub estimates: Vec<Estimate>,
    /// The covariance of the estimates: the inverse of the observed information (of the expected one
    /// where the law's page says so). `None` where one of the standard errors is, or where their
    /// squares are no floating-point numbers (standard errors beyond about 1e±154).
    pub covariance: Option<DMatrix<f64>>,
    /// `Σ wᵢ ln p(xᵢ)`.
    pub log_likelihood: f64,
    /// The number of observations: the sum of the weights.
    pub observations: f64,
    /// How many numbers the data decided: the estimates less the equations between them.
    pub free_parameters: usize,
}

impl<L> Fitted<L> {
    /// Akaike's criterion, `2 k − 2 ln L` with the number of free parameters k: smaller is better.
    #[must_use]
    pub fn aic(&self) -> f64 {
        2.0 * self.free_parameters as f64 - 2.0 * self.log_likelihood
    }

    /// Schwarz's criterion, `k ln n − 2 ln L`: smaller is better.
    #[must_use]
    pub fn bic(&self) -> f64 {
        self.free_parameters as f64 * self.observations.ln() - 2.0 * self.log_likelihood
    }

    /// [`Estimate::interval`] of each estimate.
    #[must_use]
    pub fn interval(&self, level: f64) -> Vec<Option<(f64, f64)>> {
        self.estimates.iter().map(|estimate| estimate.interval(level)).collect()
    }

    /// A regular fit: each standard error is the root of the covariance's diagonal.
    pub(crate) fn with_covariance(
        law: L,
        names: &[impl AsRef<str>],
        values: &[f64],
        covariance: DMatrix<f64>,
    ) -> Self {
        let units = vec![1.0; values.len()];
        Self::in_units(law, names, values, covariance, &units)
    }

    /// A regular fit, the covariance being that of the estimates divided by `units`: a standard error
    /// may be a floating-point number where its square is none.
    pub(crate) fn in_units(
        law: L,
        names: &[impl AsRef<str>],
        values: &[f64],
        covariance: DMatrix<f64>,
        units: &[f64],
    ) -> Self {
        let diagonal = covariance.diagonal();
        let errors =
            diagonal.iter().zip(units).map(|(v, unit)| (*v >= 0.0).then(|| v.sqrt() * unit));
        let errors: Vec<Option<f64>> = errors.collect();
        let mut fitted = Self::with_errors(law, names, values, &errors);
        let (rows, columns) = covariance.shape();
        let scaled =
            DMatrix::from_fn(rows, columns, |i, j| covariance[(i, j)] * units[i] * units[j]);
        // A variance that underflows is not 0.
        let there = |(v, unit_v): (&f64, &f64)| v.is_finite() && (*v > 0.0 || *unit_v == 0.0);
        fitted.covariance = scaled.diagonal().iter().zip(&diagonal).all(there).then_some(scaled);
        fitted
    }

    /// A fit with these standard errors and no covariance.
    pub(crate) fn with_errors(
        law: L,
        names: &[impl AsRef<str>],
        values: &[f64],
        errors: &[Option<f64>],
    ) -> Self {
        let estimates = names.iter().zip(values).zip(errors);
        let estimates: Vec<Estimate> = estimates
            .map(|((name, value), error)| Estimate {
                name: name.as_ref().to_owned(),
                value: *value,
                standard_error: error.filter(|e| e.is_finite()),
            })
            .collect();
        let free_parameters = estimates.len();
        Self {
            law,
            estimates,
            covariance: None,
            log_likelihood: f64::NAN,
            observations: 0.0,
            free_parameters,
        }
    }
}

impl<L: Univariate> Fitted<L> {
    /// Fills in how well the law explains the data.
    ///
    /// # Errors
    /// [`Error::NoMaximum`] where the largest likelihood is not a finite number.
    pub(crate) fn of(mut self, name: &'static str, data: &Observations) -> Result<Self, Error> {
        self.observations = data.total();
        self.log_likelihood = data.total() * data.average(|x| self.law.log_prob(x));
        if self.log_likelihood.is_finite() {
            Ok(self)
        } else {
            Err(Error::NoMaximum { law: name, what: "log-likelihood", value: self.log_likelihood })
        }
    }
}
