//! The multivariate normal law.

use nalgebra::{DMatrix, dmatrix, dvector};
use prob_core::mle::{MaximumLikelihood, Observations, fit_mv_normal};
use prob_core::{Error, MvNormal, Normal, Seed};
use rand_distr::Distribution;

fn draws(count: usize) -> (MvNormal, DMatrix<f64>) {
    let covariance = dmatrix![4.0, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5];
    let law = MvNormal::new(dvector![1.0, -2.0, 0.5], covariance).unwrap();
    let mut rng = Seed(3).stream("draws", 0);
    let columns: Vec<_> = (0..count).map(|_| law.sample(&mut rng)).collect();
    (law, DMatrix::from_columns(&columns))
}

/// NumPy 2.4.6: `x.mean(axis=1)` and `np.cov(x, bias=True)` of these five columns.
#[test]
fn moments_match_numpy() {
    let data = dmatrix![1.0, 4.0, 2.0, 0.5, 3.0; -1.0, 0.0, 2.5, 1.0, 0.25];
    let fitted = fit_mv_normal(&data, None).unwrap();
    let expected = [2.1, 0.55, 1.64, -0.105, 1.36];
    for (estimate, value) in fitted.estimates.iter().zip(expected) {
        assert!((estimate.value - value).abs() < 1e-14, "{estimate:?}");
    }
    assert_eq!(fitted.estimates[3].name, "covariance 1 0");
}

#[test]
fn one_variable_is_the_normal_law() {
    let values = [1.5, 2.5, 0.25, 7.0];
    let weights = [1.0, 0.0, 2.0, 0.5];
    let many = fit_mv_normal(&DMatrix::from_row_slice(1, 4, &values), Some(&weights)).unwrap();
    let data = Observations::new(&values).unwrap().weighted(&weights).unwrap();
    let one = Normal::fit(&data).unwrap();
    assert!((many.estimates[0].value - one.estimates[0].value).abs() < 1e-15);
    assert!((many.estimates[1].value.sqrt() - one.estimates[1].value).abs() < 1e-15);
    assert!((many.log_likelihood - one.log_likelihood).abs() < 1e-13);
    assert_eq!((many.observations, many.free_parameters), (3.5, 2));
    // d σ² = 2 σ dσ.
    let (a, b) = (many.estimates[1].standard_error, one.estimates[1].standard_error);
    assert!((a.unwrap() - 2.0 * one.estimates[1].value * b.unwrap()).abs() < 1e-14);
}

#[test]
fn parameters_are_recovered() {
    let (law, data) = draws(20_000);
    let fitted = fit_mv_normal(&data, None).unwrap();
    let mut truth: Vec<f64> = law.mean().iter().copied().collect();
    for i in 0..3 {
        truth.extend((0..=i).map(|j| law.covariance()[(i, j)]));
    }
    for (estimate, truth) in fitted.estimates.iter().zip(truth) {
        let z = (estimate.value - truth) / estimate.standard_error.unwrap();
        assert!(z.abs() < 5.0, "{estimate:?} {truth}");
    }
}

/// No law near by explains the data better.
#[test]
fn it_is_a_maximum() {
    let (_, data) = draws(50);
    let fitted = fit_mv_normal(&data, None).unwrap();
    let log_likelihood =
        |law: &MvNormal| -> f64 { data.column_iter().map(|x| law.log_prob(x.as_slice())).sum() };
    assert!((log_likelihood(&fitted.law) - fitted.log_likelihood).abs() < 1e-10);
    let (mean, covariance) = (fitted.law.mean(), fitted.law.covariance());
    for (i, j) in (0..3).flat_map(|i| (0..3).map(move |j| (i, j))) {
        for step in [-0.05, 0.05] {
            let (mut mean, mut covariance) = (mean.clone(), covariance.clone());
            mean[i] += step;
            let other = MvNormal::new(mean, covariance.clone()).unwrap();
            assert!(log_likelihood(&other) < fitted.log_likelihood);
            covariance[(i, j)] += step;
            covariance[(j, i)] = covariance[(i, j)];
            let other = MvNormal::new(fitted.law.mean().clone(), covariance).unwrap();
            assert!(log_likelihood(&other) < fitted.log_likelihood);
        }
    }
}

#[test]
fn flat_data_are_refused() {
    let flat = dmatrix![1.0, 2.0, 3.0; 2.0, 4.0, 6.0];
    let error = fit_mv_normal(&flat, None).unwrap_err();
    assert!(matches!(error, Error::NotPositiveDefinite { index: 1, .. }), "{error}");
    let nan = fit_mv_normal(&dmatrix![1.0, f64::NAN], None).unwrap_err();
    assert!(matches!(nan, Error::NotFinite { index: 1, .. }), "{nan}");
    let weights = fit_mv_normal(&dmatrix![1.0, 2.0], Some(&[1.0])).unwrap_err();
    assert!(matches!(weights, Error::LengthMismatch { .. }), "{weights}");
}
