//! The multivariate normal law: the mean and the mean of the squared deviations.

use nalgebra::{DMatrix, DVector};

use crate::mle::Fitted;
use crate::mle::observations::check_weights;
use crate::{Error, MvNormal};

/// The multivariate normal law of the largest likelihood; each column of `data` is one observation,
/// `weights` says how often it was seen (1 each where `None`).
///
/// Closed form: the weighted mean and the weighted mean of `(x − μ)(x − μ)ᵀ` (divided by n). The
/// estimates are the means, named `mean i`, then the covariances `covariance i j` with j ≤ i, row by
/// row; standard errors `√(Σᵢᵢ/n)` and `√((Σᵢᵢ Σⱼⱼ + Σᵢⱼ²)/n)`. The covariance of all estimates, which
/// has of the order of d⁴ elements, is not made.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`] (position column by column), [`Error::LengthMismatch`] and
/// [`Error::Weight`] for bad weights; [`Error::NotPositiveDefinite`] where the observations lie in
/// a plane, as d or fewer always do.
///
/// ```
/// use nalgebra::dmatrix;
/// use prob_core::mle::fit_mv_normal;
///
/// let data = dmatrix![0.0, 2.0, 1.0; 0.0, 0.0, 3.0];
/// let fitted = fit_mv_normal(&data, None)?;
/// assert_eq!(fitted.law.mean().as_slice(), [1.0, 1.0]);
/// assert_eq!(fitted.law.covariance()[(1, 1)], 2.0);
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn fit_mv_normal(
    data: &DMatrix<f64>,
    weights: Option<&[f64]>,
) -> Result<Fitted<MvNormal>, Error> {
    if data.is_empty() {
        return Err(Error::Empty { what: "observations" });
    }
    if let Some((index, value)) = data.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        return Err(Error::NotFinite { what: "observations", index, value: *value });
    }
    let ones;
    let weights = match weights {
        Some(weights) => weights,
        None => {
            ones = vec![1.0; data.ncols()];
            &ones
        }
    };
    let n = check_weights(weights, data.ncols())?;
    let mut mean = weighted_mean(data, weights, n);
    // Once more on the deviations: what rounding left in the mean.
    let off = weighted_mean(&deviations(data, &mean), weights, n);
    mean += off;
    let centred = deviations(data, &mean);
    let mut scaled = centred.clone();
    scaled.column_iter_mut().zip(weights).for_each(|(mut x, w)| x *= *w / n);
    let product = scaled * centred.transpose();
    let covariance = (&product + product.transpose()) * 0.5;
    let law = MvNormal::new(mean.clone(), covariance.clone())?;
    Ok(with_errors(law, &mean, &covariance, data, weights, n))
}

fn weighted_mean(data: &DMatrix<f64>, weights: &[f64], n: f64) -> DVector<f64> {
    let mut mean = DVector::zeros(data.nrows());
    for (x, w) in data.column_iter().zip(weights) {
        mean.axpy(*w / n, &x, 1.0);
    }
    mean
}

fn deviations(data: &DMatrix<f64>, mean: &DVector<f64>) -> DMatrix<f64> {
    let mut centred = data.clone();
    centred.column_iter_mut().for_each(|mut x| x -= mean);
    centred
}

fn with_errors(
    law: MvNormal,
    mean: &DVector<f64>,
    sigma: &DMatrix<f64>,
    data: &DMatrix<f64>,
    weights: &[f64],
    n: f64,
) -> Fitted<MvNormal> {
    let d = mean.len();
    let mut names: Vec<String> = (0..d).map(|i| format!("mean {i}")).collect();
    let mut values: Vec<f64> = mean.iter().copied().collect();
    let mut errors: Vec<Option<f64>> = (0..d).map(|i| Some((sigma[(i, i)] / n).sqrt())).collect();
    for (i, j) in (0..d).flat_map(|i| (0..=i).map(move |j| (i, j))) {
        let square = sigma[(i, i)] * sigma[(j, j)] + sigma[(i, j)].powi(2);
        names.push(format!("covariance {i} {j}"));
        values.push(sigma[(i, j)]);
        errors.push(Some((square / n).sqrt()));
    }
    let seen = data.column_iter().zip(weights).filter(|(_, w)| **w > 0.0);
    let log_likelihood = seen.map(|(x, w)| w * law.log_prob(x.as_slice())).sum();
    let mut fitted = Fitted::with_errors(law, &names, &values, &errors);
    fitted.log_likelihood = log_likelihood;
    fitted.observations = n;
    fitted
}
