//! EM for mixtures of any univariate law that can be fitted, and of multivariate normal laws.

use nalgebra::DMatrix;

use super::{EmFit, EmOptions, Task, starts};
use crate::mle::observations::check_weights;
use crate::mle::{MaximumLikelihood, Observations, fit_mv_normal};
use crate::{Error, Mixture, MvNormal, Seed};

/// The mixture of `components` laws of the family L of the largest likelihood found.
///
/// The likelihood of a mixture of laws with a scale is unbounded: a component may shrink onto one
/// observation. Such a run is given up when all but a share of 1e-9 of a component lies on one
/// observation, or the family refuses what the component was given; where every run ends so,
/// [`Error::Collapsed`] names the component and the reason. Start i comes from the stream ("em", i).
///
/// # Errors
/// [`Error::Empty`] for no components, [`Error::LengthMismatch`] for more of them than observations,
/// [`Error::Collapsed`].
///
/// ```
/// use prob_core::mle::{EmOptions, Observations, fit_mixture};
/// use prob_core::{Normal, Seed};
///
/// let data = [-5.2, -4.9, -5.0, -4.6, -5.3, 4.8, 5.1, 5.3, 4.9];
/// let data = Observations::new(&data)?;
/// let fit = fit_mixture::<Normal>((), 2, &data, &EmOptions::default(), Seed(1))?;
/// assert!(fit.converged);
/// assert!((fit.fitted.estimates[0].value - 5.0 / 9.0).abs() < 1e-6); // the larger weight
/// assert!((fit.fitted.estimates[2].value - -5.0).abs() < 1e-6); // the mean of that component
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn fit_mixture<L: MaximumLikelihood>(
    known: L::Known,
    components: usize,
    data: &Observations,
    options: &EmOptions,
    seed: Seed,
) -> Result<EmFit<Mixture<L>>, Error> {
    let values = data.values();
    let task = Task {
        weights: data.weights(),
        components,
        fit: |weights: &[f64]| L::fit_given(known.clone(), &data.clone().weighted(weights)?),
        log_prob: |law: &L, out: &mut [f64]| law.log_prob_into(values, out),
    };
    let unit = data.unit();
    let squared = |i: usize, j: usize| (values[i] / unit - values[j] / unit).powi(2);
    let (run, collapsed) = task
        .best(options, seed, |rng| starts::far_apart(data.weights(), components, squared, rng))?;
    run.finish(data.total(), collapsed, Mixture::new)
}

/// The mixture of `components` multivariate normal laws of the largest likelihood found; each column
/// of `data` is one observation, seen `weights` times (once where `None`).
///
/// As [`fit_mixture`]; a component that shrinks into a plane is collapsed, too. Distances between
/// observations at the start are in standard deviations of each variable.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::LengthMismatch`], [`Error::Weight`],
/// [`Error::Collapsed`].
pub fn fit_mv_normal_mixture(
    components: usize,
    data: &DMatrix<f64>,
    weights: Option<&[f64]>,
    options: &EmOptions,
    seed: Seed,
) -> Result<EmFit<Mixture<MvNormal>>, Error> {
    if data.is_empty() {
        return Err(Error::Empty { what: "observations" });
    }
    if let Some((index, value)) = data.iter().enumerate().find(|(_, x)| !x.is_finite()) {
        return Err(Error::NotFinite { what: "observations", index, value: *value });
    }
    let ones = vec![1.0; data.ncols()];
    let weights = weights.unwrap_or(&ones);
    let n = check_weights(weights, data.ncols())?;
    let task = Task {
        weights,
        components,
        fit: |weights: &[f64]| fit_mv_normal(data, Some(weights)),
        log_prob: |law: &MvNormal, out: &mut [f64]| {
            for (out, x) in out.iter_mut().zip(data.column_iter()) {
                *out = law.log_prob(x.as_slice());
            }
        },
    };
    let units: Vec<f64> = data.row_iter().map(|row| 1.0 / row.variance().max(1e-300)).collect();
    let squared = |i: usize, j: usize| {
        let difference = data.column(i) - data.column(j);
        difference.iter().zip(&units).map(|(x, unit)| x * x * unit).sum()
    };
    let (run, collapsed) =
        task.best(options, seed, |rng| starts::far_apart(weights, components, squared, rng))?;
    run.finish(n, collapsed, Mixture::new)
}
