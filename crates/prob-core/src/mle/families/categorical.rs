//! The categorical law: the share of each category.

use nalgebra::DMatrix;

use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::univariate::parameters;
use crate::{Categorical, Error, Support};

/// Closed form for a known number of categories: the shares. Covariance `(diag(p) − p pᵀ)/n`; a
/// category that was never seen has probability 0, at the edge, and no standard error.
///
/// ```
/// use prob_core::mle::{MaximumLikelihood, Observations};
/// use prob_core::Categorical;
///
/// let fitted = Categorical::fit_given(3, &Observations::new(&[0.0, 2.0, 2.0, 1.0])?)?;
/// assert_eq!(fitted.estimates[2].value, 0.5);
/// assert_eq!(fitted.free_parameters, 2);
/// # Ok::<(), prob_core::Error>(())
/// ```
impl MaximumLikelihood for Categorical {
    /// The number of categories.
    type Known = usize;
    const PARAMETERS: &'static [&'static str] = &["probabilities"];

    fn fit_given(categories: usize, data: &Observations) -> Result<Fitted<Self>, Error> {
        if categories == 0 {
            return Err(Error::Empty { what: "categories" });
        }
        let support = Support::whole(0.0, categories as f64 - 1.0);
        data.within("categorical", "a whole number below the number of categories", support)?;
        let mut shares = Vec::new();
        if shares.try_reserve_exact(categories).is_err() {
            let (what, value) = ("number of categories", categories as f64);
            return parameters::refuse("categorical", what, value, "what memory can hold");
        }
        shares.resize(categories, 0.0);
        for (x, w) in data.iter() {
            if let Some(share) = shares.get_mut(x as usize) {
                *share += w;
            }
        }
        let n = data.total();
        shares.iter_mut().for_each(|share| *share /= n);
        let law = Self::new(shares.clone())?;
        let names: Vec<String> = (0..categories).map(|k| format!("probability {k}")).collect();
        let edge = |p: f64| p == 0.0 || p == 1.0;
        let mut fitted = if shares.iter().any(|p| edge(*p)) {
            let error = |p: &f64| (!edge(*p)).then(|| (p * (1.0 - p) / n).sqrt());
            let errors: Vec<Option<f64>> = shares.iter().map(error).collect();
            Fitted::with_errors(law, &names, &shares, &errors)
        } else {
            let covariance = DMatrix::from_fn(categories, categories, |i, j| {
                let (p, q) = (shares[i], shares[j]);
                (if i == j { p * (1.0 - p) } else { -p * q }) / n
            });
            Fitted::with_covariance(law, &names, &shares, covariance)
        };
        fitted.free_parameters = categories - 1;
        fitted.of("categorical", data)
    }

    fn known(&self) -> usize {
        self.probabilities().len()
    }
}
