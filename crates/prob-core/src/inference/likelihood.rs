//! Likelihoods of independent observations: `ln p(x_1, …, x_n | θ) = Σ ln p(x_i | θ)`.

use crate::{Error, LogDensity, Univariate};

/// The likelihood of observations that are independent given the parameters.
///
/// Straight-line regression with errors of standard deviation 0.5, as a function of slope and
/// intercept:
///
/// ```
/// use prob_core::{Likelihood, LogDensity};
///
/// let data = [(0.0, 1.1), (1.0, 2.9), (2.0, 5.2)];
/// let likelihood = Likelihood::new(data, |line: &[f64], (x, y): &(f64, f64)| {
///     let z = (y - line[0] * x - line[1]) / 0.5;
///     -0.5 * z * z
/// });
/// assert!((likelihood.log_density(&[2.0, 1.0][..]) - -0.12).abs() < 1e-14);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Likelihood<D, F> {
    data: Vec<D>,
    log_prob: F,
}

impl<D, F> Likelihood<D, F> {
    /// From the observations and a function of parameters and observation that returns
    /// `ln p(x_i | θ)`, up to what does not depend on θ.
    pub fn new<X: ?Sized>(data: impl Into<Vec<D>>, log_prob: F) -> Self
    where
        F: Fn(&X, &D) -> f64,
    {
        Self { data: data.into(), log_prob }
    }

    /// The observations.
    pub fn data(&self) -> &[D] {
        &self.data
    }
}

impl<X: ?Sized, D, F: Fn(&X, &D) -> f64> LogDensity<X> for Likelihood<D, F> {
    fn log_density(&self, parameters: &X) -> f64 {
        sum(self.data.iter().map(|x| (self.log_prob)(parameters, x)))
    }
}

/// The likelihood of independent numbers from a family of laws: `family` makes the law from the
/// parameters, once for all observations. Parameters that it refuses have likelihood 0.
///
/// ```
/// use prob_core::{Error, LogDensity, Normal, family_likelihood};
///
/// let heights = [1.62, 1.75, 1.80];
/// let likelihood =
///     family_likelihood(&heights, |theta: &[f64]| Normal::new(theta[0], theta[1]))?;
/// assert!(likelihood.log_density(&[1.7, 0.1][..]) > likelihood.log_density(&[1.7, 1.0][..]));
/// assert_eq!(likelihood.log_density(&[1.7, -1.0][..]), f64::NEG_INFINITY);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// [`Error::NotFinite`] for an observation that is NaN or infinite.
pub fn family_likelihood<X: ?Sized, L: Univariate>(
    data: &[f64],
    family: impl Fn(&X) -> Result<L, Error>,
) -> Result<impl Fn(&X) -> f64, Error> {
    if let Some(index) = data.iter().position(|x| !x.is_finite()) {
        return Err(Error::NotFinite { what: "data", index, value: data[index] });
    }
    let data = data.to_vec();
    Ok(move |parameters: &X| match family(parameters) {
        Ok(law) => sum(data.iter().map(|x| law.log_prob(*x))),
        Err(_) => f64::NEG_INFINITY,
    })
}

/// A sum of logarithms that is `−∞` as soon as one of them is: with an infinite density elsewhere it
/// would be NaN.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let mut total = 0.0;
    for term in terms {
        if term == f64::NEG_INFINITY {
            return term;
        }
        total += term;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::{Likelihood, family_likelihood};
    use crate::{Error, LogDensity, Normal};

    #[test]
    fn both_forms_agree_with_the_sum_by_hand() {
        let data = [0.3, -1.2, 2.5];
        let family = family_likelihood(&data, |t: &[f64]| Normal::new(t[0], t[1])).unwrap();
        let terms = Likelihood::new(data, |t: &[f64], x: &f64| {
            -0.5 * ((x - t[0]) / t[1]).powi(2) - t[1].ln() - 0.918_938_533_204_672_7
        });
        // Σ (x − 0.5)² = 0.04 + 2.89 + 4, over 2 · 1.5².
        let exact = -6.93 / 4.5 - 3.0 * (1.5f64.ln() + 0.918_938_533_204_672_7);
        assert!((family.log_density(&[0.5, 1.5][..]) - exact).abs() < 1e-14);
        assert!((terms.log_density(&[0.5, 1.5][..]) - exact).abs() < 1e-14);
    }

    #[test]
    fn one_impossible_observation_makes_all_impossible() {
        let poles = [f64::INFINITY, f64::NEG_INFINITY];
        let likelihood = Likelihood::new(poles, |_: &f64, x: &f64| *x);
        assert_eq!(likelihood.log_density(&0.0), f64::NEG_INFINITY);
        let bad = family_likelihood(&[1.0, f64::NAN], |t: &f64| Normal::new(*t, 1.0)).err();
        assert!(matches!(bad, Some(Error::NotFinite { what: "data", index: 1, .. })));
    }
}
