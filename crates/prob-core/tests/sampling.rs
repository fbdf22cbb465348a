//! Draws follow the laws: moments and distribution functions, with controls that do not.

#![allow(clippy::unwrap_used)]

use nalgebra::{DVector, dmatrix, dvector};
use prob_core::{MvNormal, Normal, Seed, Univariate};
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

const DRAWS: usize = 20_000;

fn three() -> MvNormal {
    let covariance = dmatrix![4.0, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5];
    MvNormal::new(dvector![1.0, -2.0, 0.5], covariance).unwrap()
}

fn draws(law: &MvNormal) -> Vec<DVector<f64>> {
    let mut rng = Seed(1).stream("draws", 0);
    law.sample_iter(&mut rng).take(DRAWS).collect()
}

/// Means within `√(Σ_ii / n)` and covariances within `√((Σ_ii Σ_jj + Σ_ij²) / n)`, which are their
/// exact standard errors (Isserlis).
fn moments(draws: &[DVector<f64>], law: &MvNormal) -> Vec<Check> {
    let (n, d) = (draws.len() as f64, law.dim());
    let (mean, sigma) = (law.mean(), law.covariance());
    let mut checks = Vec::new();
    for i in 0..d {
        let average = draws.iter().map(|x| x[i]).sum::<f64>() / n;
        let error = (sigma[(i, i)] / n).sqrt();
        checks.push(z(format!("mean {i}"), average, mean[i], error).unwrap());
        for j in 0..=i {
            let products = draws.iter().map(|x| (x[i] - mean[i]) * (x[j] - mean[j]));
            let average = products.sum::<f64>() / n;
            let square = sigma[(i, j)].powi(2);
            let error = ((sigma[(i, i)] * sigma[(j, j)] + square) / n).sqrt();
            checks.push(z(format!("covariance {i} {j}"), average, sigma[(i, j)], error).unwrap());
        }
    }
    checks
}

#[test]
fn draws_have_the_means_and_covariances_of_the_law() {
    let law = three();
    holds(&moments(&draws(&law), &law), FalseAlarm::DEFAULT);
}

/// Exactly: a draw is `μ + L z` with the normal numbers z of the same stream, in order.
#[test]
fn a_draw_is_the_mean_plus_the_factor_times_normal_numbers() {
    let law = three();
    let (mut rng, mut twin) = (Seed(4).stream("draws", 0), Seed(4).stream("draws", 0));
    for _ in 0..100 {
        let x = law.sample(&mut rng);
        let z = DVector::from_fn(3, |_, _| StandardNormal.sample(&mut twin));
        assert!((x - (law.mean() + law.cholesky() * z)).amax() < 1e-14);
    }
}

/// x = μ + Lᵀ z in place of μ + L z: the classical slip. The means and the determinant are right.
#[test]
fn the_transposed_factor_would_be_seen() {
    let law = three();
    let inverse = law.cholesky().clone().try_inverse().unwrap();
    let slipped: Vec<DVector<f64>> = draws(&law)
        .iter()
        .map(|x| law.mean() + law.cholesky().transpose() * (&inverse * (x - law.mean())))
        .collect();
    negative_control(&moments(&slipped, &law), FalseAlarm::DEFAULT);
}

/// Any direction: `w · (x − μ) / √(wᵀ Σ w)` is a standard normal number. Control: the variances
/// without the covariances.
#[test]
fn every_projection_is_normal() {
    let law = three();
    let draws = draws(&law);
    let standard = Normal::new(0.0, 1.0).unwrap();
    let check = |w: &DVector<f64>, variance: f64| {
        let projected: Vec<f64> =
            draws.iter().map(|x| w.dot(&(x - law.mean())) / variance.sqrt()).collect();
        ks(format!("along {w:?}"), &projected, |x| standard.cdf(x)).unwrap()
    };
    let directions = [dvector![1.0, 0.0, 0.0], dvector![0.0, 0.0, 1.0], dvector![1.0, -1.0, 2.0]];
    let checks: Vec<Check> =
        directions.iter().map(|w| check(w, (w.transpose() * law.covariance() * w)[0])).collect();
    holds(&checks, FalseAlarm::DEFAULT);

    let w = &directions[2];
    let diagonal: f64 = (0..3).map(|i| w[i].powi(2) * law.covariance()[(i, i)]).sum();
    negative_control(&[check(w, diagonal)], FalseAlarm::DEFAULT);
}

/// Full conditionals draw what they say. Control: another standard deviation by 10 %.
#[test]
fn a_resampled_coordinate_follows_its_conditional() {
    let law = three();
    let full = law.full_conditionals();
    let mut rng = Seed(2).stream("draws", 0);
    let mut x = [0.3, -1.0, 2.0];
    let drawn: Vec<f64> = (0..DRAWS)
        .map(|_| {
            full.resample(1, &mut x, &mut rng);
            x[1]
        })
        .collect();
    assert_eq!((x[0], x[2]), (0.3, 2.0), "the others stay");
    let given = law.conditional(&[0, 2], &[0.3, 2.0]).unwrap();
    let check = |factor: f64| {
        let sd = factor * given.covariance()[(0, 0)].sqrt();
        let law = Normal::new(given.mean()[0], sd).unwrap();
        ks("x_1 given x_0 and x_2", &drawn, |x| law.cdf(x)).unwrap()
    };
    holds(&[check(1.0)], FalseAlarm::DEFAULT);
    negative_control(&[check(1.1)], FalseAlarm::DEFAULT);
}

#[test]
fn the_normal_law_draws_itself() {
    let law = Normal::new(-1.5, 0.3).unwrap();
    let drawn: Vec<f64> = law.sample_iter(Seed(3).stream("draws", 0)).take(DRAWS).collect();
    holds(&[ks("N(-1.5, 0.09)", &drawn, |x| law.cdf(x)).unwrap()], FalseAlarm::DEFAULT);
    let shifted = Normal::new(-1.48, 0.3).unwrap();
    negative_control(&[ks("shifted", &drawn, |x| shifted.cdf(x)).unwrap()], FalseAlarm::DEFAULT);
}
