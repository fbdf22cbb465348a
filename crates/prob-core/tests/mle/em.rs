//! Mixtures by the EM algorithm.

use nalgebra::{DMatrix, dmatrix, dvector};
use prob_core::mle::{
    EmFit, EmOptions, MaximumLikelihood, Observations, fit_mixture, fit_mv_normal_mixture,
};
use prob_core::{Error, Gamma, Mixture, MvNormal, Normal, Poisson, Seed, Univariate};
use rand_distr::Distribution;

use crate::families::draws;

fn normals() -> Mixture<Normal> {
    let parts = vec![Normal::new(-2.0, 0.5).unwrap(), Normal::new(1.0, 1.0).unwrap()];
    Mixture::new(vec![0.3, 0.7], parts).unwrap()
}

fn observations(values: &[f64]) -> Observations {
    Observations::new(values).unwrap()
}

/// No step lowers the log-likelihood by more than rounding.
fn rises<M>(fit: &EmFit<M>) {
    assert!(fit.converged && fit.history.len() > 2);
    for pair in fit.history.windows(2) {
        assert!(pair[1] >= pair[0] - 1e-11 * pair[0].abs(), "{pair:?}");
    }
    assert_eq!(fit.history.last(), Some(&fit.fitted.log_likelihood));
}

#[test]
fn every_step_is_uphill() {
    let options = EmOptions { restarts: 3, ..EmOptions::default() };
    let data = observations(&draws(&normals(), 500, "mixture"));
    rises(&fit_mixture::<Normal>((), 2, &data, &options, Seed(1)).unwrap());
    rises(&fit_mixture::<Normal>((), 3, &data, &options, Seed(1)).unwrap());
    let gammas = vec![Gamma::new(2.0, 4.0).unwrap(), Gamma::new(30.0, 5.0).unwrap()];
    let gammas = Mixture::new(vec![0.5, 0.5], gammas).unwrap();
    let data = observations(&draws(&gammas, 500, "gammas"));
    rises(&fit_mixture::<Gamma>((), 2, &data, &options, Seed(1)).unwrap());
    let counts = vec![Poisson::new(2.0).unwrap(), Poisson::new(15.0).unwrap()];
    let counts = Mixture::new(vec![0.6, 0.4], counts).unwrap();
    let data = observations(&draws(&counts, 500, "counts"));
    rises(&fit_mixture::<Poisson>((), 2, &data, &options, Seed(1)).unwrap());
}

#[test]
fn the_components_are_recovered() {
    let data = observations(&draws(&normals(), 20_000, "mixture"));
    let options = EmOptions { restarts: 2, ..EmOptions::default() };
    let fit = fit_mixture::<Normal>((), 2, &data, &options, Seed(1)).unwrap();
    // By falling weight. The standard errors are about 0.005, 0.01 and 0.01.
    let truth = [0.7, 0.3, 1.0, 1.0, -2.0, 0.5];
    for (estimate, truth) in fit.fitted.estimates.iter().zip(truth) {
        assert!((estimate.value - truth).abs() < 0.06, "{estimate:?} {truth}");
    }
    assert_eq!(fit.fitted.free_parameters, 5);
    assert_eq!(fit.fitted.estimates[4].name, "mean of 1");
    // The better of the two models by both criteria.
    let one = Normal::fit(&data).unwrap();
    assert!(fit.fitted.aic() < one.aic() && fit.fitted.bic() < one.bic());
}

/// The end of EM is a maximum of the mixture's own density: the slope by each parameter is 0.
#[test]
fn the_end_is_a_maximum() {
    let values = draws(&normals(), 400, "mixture");
    let options = EmOptions { restarts: 2, tolerance: 1e-14, ..EmOptions::default() };
    let fit = fit_mixture::<Normal>((), 2, &observations(&values), &options, Seed(1)).unwrap();
    let p: Vec<f64> = fit.fitted.estimates.iter().map(|e| e.value).collect();
    let log_likelihood = |p: &[f64]| -> f64 {
        let parts = vec![Normal::new(p[2], p[3]).unwrap(), Normal::new(p[4], p[5]).unwrap()];
        let law = Mixture::new(vec![p[0], 1.0 - p[0]], parts).unwrap();
        values.iter().map(|x| law.log_prob(*x)).sum()
    };
    assert!((log_likelihood(&p) - fit.fitted.log_likelihood).abs() < 1e-10);
    for i in [0, 2, 3, 4, 5] {
        let at = |h: f64| {
            let mut moved = p.clone();
            moved[i] += h;
            log_likelihood(&moved)
        };
        let slope = (at(1e-4) - at(-1e-4)) / 2e-4;
        assert!(slope.abs() < 1e-3, "{i}: {slope}"); // for 400 observations
    }
}

#[test]
fn a_weight_is_a_repetition() {
    let values = draws(&normals(), 100, "mixture");
    let weights: Vec<f64> = (0..100).map(|i| f64::from(i % 3)).collect();
    let mut repeated = Vec::new();
    for (x, w) in values.iter().zip(&weights) {
        repeated.extend(std::iter::repeat_n(*x, *w as usize));
    }
    let options = EmOptions { tolerance: 1e-13, ..EmOptions::default() };
    let fit = |data: &Observations| fit_mixture::<Normal>((), 2, data, &options, Seed(1)).unwrap();
    let a = fit(&observations(&values).weighted(&weights).unwrap()).fitted;
    let b = fit(&observations(&repeated)).fitted;
    assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-8);
    for (x, y) in a.estimates.iter().zip(&b.estimates) {
        assert!((x.value - y.value).abs() < 1e-4, "{x:?} {y:?}");
    }
}

#[test]
fn same_seed_same_mixture() {
    let options = EmOptions { restarts: 2, max_iterations: 200, ..EmOptions::default() };
    let data = observations(&draws(&normals(), 200, "mixture"));
    let run = |seed| fit_mixture::<Normal>((), 3, &data, &options, seed);
    assert_eq!(run(Seed(5)), run(Seed(5)));
}

#[test]
fn one_component_is_the_family_itself() {
    let data = observations(&draws(&normals(), 200, "mixture"));
    let one = fit_mixture::<Normal>((), 1, &data, &EmOptions::default(), Seed(1)).unwrap();
    let family = Normal::fit(&data).unwrap();
    assert_eq!(one.fitted.law.components(), [family.law]);
    assert!((one.fitted.log_likelihood - family.log_likelihood).abs() < 1e-9);
}

#[test]
fn a_component_without_spread_is_an_error() {
    let data = observations(&[1.0, 1.0, 1.0, 50.0]);
    let error = fit_mixture::<Normal>((), 2, &data, &EmOptions::default(), Seed(1)).unwrap_err();
    assert!(matches!(error, Error::Collapsed { .. }), "{error}");
    let none = fit_mixture::<Normal>((), 0, &data, &EmOptions::default(), Seed(1)).unwrap_err();
    assert!(matches!(none, Error::Empty { .. }), "{none}");
}

fn clouds() -> (Vec<MvNormal>, DMatrix<f64>) {
    let laws = vec![
        MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.6; 0.6, 1.0]).unwrap(),
        MvNormal::new(dvector![4.0, -3.0], dmatrix![0.5, -0.3; -0.3, 2.0]).unwrap(),
    ];
    let mut rng = Seed(4).stream("clouds", 0);
    // Three to two.
    let columns: Vec<_> =
        (0..5_000).map(|i| laws[usize::from(i % 5 > 2)].sample(&mut rng)).collect();
    (laws, DMatrix::from_columns(&columns))
}

#[test]
fn clouds_are_told_apart() {
    let (laws, data) = clouds();
    let options = EmOptions { restarts: 3, ..EmOptions::default() };
    let fit = fit_mv_normal_mixture(2, &data, None, &options, Seed(1)).unwrap();
    rises(&fit);
    assert!((fit.fitted.law.weights()[0] - 0.6).abs() < 0.02);
    for (found, truth) in fit.fitted.law.components().iter().zip(&laws) {
        assert!((found.mean() - truth.mean()).amax() < 0.15);
        assert!((found.covariance() - truth.covariance()).amax() < 0.2);
    }
    assert_eq!(fit.fitted.free_parameters, 11);
}

#[test]
fn clouds_in_a_plane_are_an_error() {
    let flat = dmatrix![1.0, 2.0, 3.0, 9.0; 2.0, 4.0, 6.0, 18.0];
    let error = fit_mv_normal_mixture(2, &flat, None, &EmOptions::default(), Seed(1)).unwrap_err();
    let flat = matches!(&error, Error::Collapsed { why, .. }
        if matches!(**why, Error::NotPositiveDefinite { .. }));
    assert!(flat, "{error}");
}
