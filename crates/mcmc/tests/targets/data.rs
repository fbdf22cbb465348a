//! Eight schools and the regressions: joint densities put together from laws of prob-core.

use mcmc::Error;
use mcmc::targets::{EightSchools, LinearRegression, LogisticRegression, Prior};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{
    Bernoulli, Cauchy, InverseGamma, LogDensity, Multivariate, MvNormal, Normal, Seed, Univariate,
};
use proptest::prelude::*;

use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, holds, negative_control, z};

use super::shapes::{draws, draws_check};
use super::{gradient_gap, own_gradient_gap, stands_any_point};

fn normal(mean: f64, sd: f64, x: f64) -> f64 {
    Normal::new(mean, sd).unwrap().log_prob(x)
}

fn cauchy(scale: f64, x: f64) -> f64 {
    Cauchy::new(0.0, scale).unwrap().log_prob(x)
}

/// `ln p(x)` of a prior.
fn log_prior(prior: Prior, x: f64) -> f64 {
    match prior {
        Prior::Flat => 0.0,
        Prior::Normal { scale } => normal(0.0, scale, x),
        Prior::Cauchy { scale } => cauchy(scale, x),
    }
}

/// `ln p(σ)` for σ > 0.
fn log_half_prior(prior: Prior, sigma: f64) -> f64 {
    let half = if prior == Prior::Flat { 0.0 } else { 2.0f64.ln() };
    half + log_prior(prior, sigma)
}

fn any_prior() -> impl Strategy<Value = Prior> {
    prop_oneof![
        Just(Prior::Flat),
        (0.1..20.0f64).prop_map(|scale| Prior::Normal { scale }),
        (0.1..20.0f64).prop_map(|scale| Prior::Cauchy { scale }),
    ]
}

/// A constant and two covariates.
fn design(rows: usize, values: &[f64]) -> DMatrix<f64> {
    DMatrix::from_fn(rows, 3, |i, j| if j == 0 { 1.0 } else { values[i * 2 + j - 1] })
}

fn numbers(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-3.0..3.0f64, n)
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-10 * (1.0 + expected.abs())
}

proptest! {
    #[test]
    fn schools_are_normal_around_a_normal_mean(
        theta in prop::collection::vec(-20.0..30.0f64, 8), mu in -10.0..10.0f64,
        log_tau in -2.0..3.0f64, a in 1.0..20.0f64, b in 1.0..20.0f64,
    ) {
        let effects = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
        let errors = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];
        let tau = log_tau.exp();
        let mut expected = normal(0.0, a, mu) + 2.0f64.ln() + cauchy(b, tau) + log_tau;
        for j in 0..8 {
            expected += normal(theta[j], errors[j], effects[j]) + normal(mu, tau, theta[j]);
        }
        let law = EightSchools::new(a, b).unwrap();
        let mut x = [theta.as_slice(), &[mu, log_tau]].concat();
        prop_assert!(close(law.log_density(&x), expected));
        prop_assert!(own_gradient_gap(&law, &x) < 1.0);

        // The other coordinates, over the volume τ⁸ of the map.
        let law = law.non_centred();
        let mut back = vec![0.0; 10];
        x[..8].iter_mut().for_each(|theta| *theta = (*theta - mu) / tau);
        law.centred_into(&x, &mut back);
        prop_assert!(theta.iter().zip(&back).all(|(a, b)| close(*a, *b)));
        prop_assert!(close(law.log_density(&x), expected + 8.0 * log_tau));
        prop_assert!(own_gradient_gap(&law, &x) < 1.0);
    }

    #[test]
    fn a_linear_regression_is_normal_around_its_line(
        values in numbers(14), response in numbers(7), beta in numbers(3), log_sigma in -1.5..2.0f64,
        coefficients in any_prior(), deviation in any_prior(),
    ) {
        let (design, sigma) = (design(7, &values), log_sigma.exp());
        let response = DVector::from_vec(response);
        let law = LinearRegression::new(&design, &response, coefficients, deviation).unwrap();
        let line = &design * DVector::from_column_slice(&beta);
        let mut expected = log_half_prior(deviation, sigma) + log_sigma;
        expected += beta.iter().map(|b| log_prior(coefficients, *b)).sum::<f64>();
        expected += line.iter().zip(&response).map(|(m, y)| normal(*m, sigma, *y)).sum::<f64>();
        let x = [beta.as_slice(), &[log_sigma]].concat();
        prop_assert!(close(law.log_density(&x), expected));
        prop_assert!(own_gradient_gap(&law, &x) < 1.0);
    }

    #[test]
    fn a_logistic_regression_is_bernoulli(
        values in numbers(12), outcomes in prop::collection::vec(any::<bool>(), 6),
        beta in numbers(3), prior in any_prior(),
    ) {
        let design = design(6, &values);
        let law = LogisticRegression::new(&design, &outcomes, prior).unwrap();
        let eta = &design * DVector::from_column_slice(&beta);
        let mut expected: f64 = beta.iter().map(|b| log_prior(prior, *b)).sum();
        for (eta, success) in eta.iter().zip(&outcomes) {
            let chance = Bernoulli::new(1.0 / (1.0 + (-eta).exp())).unwrap();
            expected += chance.log_prob(f64::from(u8::from(*success)));
        }
        prop_assert!((law.log_density(&beta) - expected).abs() < 1e-8 * (1.0 + expected.abs()));
        prop_assert!(own_gradient_gap(&law, &beta) < 1.0);
    }

    /// Rows that are equal may be counted.
    #[test]
    fn counts_are_trials_one_by_one(
        values in numbers(4), counts in prop::collection::vec((0..5u32, 0..5u32), 2), beta in numbers(3),
    ) {
        let covariates = design(2, &values);
        let (successes, failures): (Vec<u32>, Vec<u32>) = counts.into_iter().unzip();
        let trials: Vec<u32> = successes.iter().zip(&failures).map(|(s, f)| s + f).collect();
        let prior = Prior::Normal { scale: 2.0 };
        let counted =
            LogisticRegression::of_counts(&covariates, &successes, &trials, prior).unwrap();
        let row = |i: usize| std::iter::repeat_n(i, trials[i] as usize);
        let rows: Vec<usize> = (0..2).flat_map(row).collect();
        prop_assume!(!rows.is_empty());
        let outcomes: Vec<bool> = (0..2)
            .flat_map(|i| (0..trials[i]).map(move |t| (i, t)))
            .map(|(i, t)| t < successes[i])
            .collect();
        let one_by_one =
            LogisticRegression::new(&covariates.select_rows(&rows), &outcomes, prior).unwrap();
        prop_assert!(close(counted.log_density(&beta), one_by_one.log_density(&beta)));
        prop_assert!(own_gradient_gap(&counted, &beta) < 1.0);
    }
}

/// The average of the likelihood over draws of the prior is the evidence; posteriors/exact.py has it by
/// quadrature.
#[test]
fn the_density_of_eight_schools_integrates_to_the_evidence() {
    let law = EightSchools::default().non_centred();
    let (mean, spread) = (Normal::new(0.0, 5.0).unwrap(), Cauchy::new(0.0, 5.0).unwrap());
    let unit = Normal::new(0.0, 1.0).unwrap();
    let mut rng = Seed(7).stream("exact", 0);
    let weights: Vec<f64> = (0..200_000)
        .map(|_| {
            let mut x: [f64; 10] = std::array::from_fn(|_| unit.sample(&mut rng));
            let tau = spread.sample(&mut rng).abs();
            (x[8], x[9]) = (mean.sample(&mut rng), tau.ln());
            let prior: f64 = x[..8].iter().map(|z| unit.log_prob(*z)).sum();
            let prior = prior + mean.log_prob(x[8]) + 2.0f64.ln() + spread.log_prob(tau) + x[9];
            (law.log_density(&x) - prior + 31.311_347_352_293).exp()
        })
        .collect();
    let n = weights.len() as f64;
    let average = weights.iter().sum::<f64>() / n;
    let variance = weights.iter().map(|w| (w - average).powi(2)).sum::<f64>() / n;
    let error = (variance / n).sqrt();
    assert!(error < 0.01, "{error}");
    holds(&[z("evidence", average, 1.0, error).unwrap()], FalseAlarm::DEFAULT);
    // Without the second half of the prior of τ.
    negative_control(&[z("half", 0.5 * average, 1.0, error).unwrap()], FalseAlarm::DEFAULT);
}

fn example() -> (DMatrix<f64>, DVector<f64>) {
    let values = [0.3, -1.0, 2.0, 0.7, -0.4, 1.5, 1.1, 0.2, -2.0, -1.3, 0.9, 0.8, 1.7, -0.6];
    let more = [-0.5, 0.1, 0.6, 2.1, -1.2, -0.9, 0.4, 1.3, 2.2, 0.0, -0.8, -1.6];
    let response = [1.0, 2.5, -0.3, 0.8, 1.9, -1.1, 0.2, 3.0, 0.6, -0.7, 1.4, 0.9, 2.1];
    (design(13, &[values.as_slice(), &more].concat()), DVector::from_column_slice(&response))
}

/// `β` given `σ` is normal around the least squares, `σ²` inverse gamma; here by the normal equations.
#[test]
fn with_flat_priors_the_posterior_is_known() {
    let (x, y) = example();
    let regression = LinearRegression::new(&x, &y, Prior::Flat, Prior::Flat).unwrap();
    let exact = regression.exact().unwrap();
    let inverse = x.tr_mul(&x).try_inverse().unwrap();
    let least_squares = &inverse * x.tr_mul(&y);
    let rest = (&y - &x * &least_squares).norm_squared();
    let variance = InverseGamma::new(0.5 * (13.0 - 4.0), 0.5 * rest).unwrap();
    let mut rng = Seed(8).stream("exact", 0);
    for _ in 0..100 {
        let point = exact.sample(&mut rng);
        let (beta, squared) = (&point.as_slice()[..3], (2.0 * point[3]).exp());
        let covariance = (&inverse + inverse.transpose()) * (0.5 * squared);
        let expected = MvNormal::new(least_squares.clone(), covariance).unwrap().log_prob(beta)
            + variance.log_prob(squared)
            + (2.0 * squared).ln();
        assert!(close(exact.log_prob(point.as_slice()), expected));
        assert!(own_gradient_gap(&exact, point.as_slice()) < 1.0);
    }
    let covariance = exact.covariance();
    let expected = &inverse * (rest / (13.0 - 3.0 - 3.0));
    assert!((covariance.view((0, 0), (3, 3)) - expected).amax() < 1e-12);
    holds(&draws_check("exact", &draws(&exact, 9), &exact, None), FalseAlarm::DEFAULT);
    // One number off in the response.
    let mut wrong = y;
    wrong[0] += 0.5;
    let other = LinearRegression::new(&x, &wrong, Prior::Flat, Prior::Flat).unwrap();
    let found: Vec<Check> = draws_check("wrong", &draws(&other.exact().unwrap(), 9), &exact, None);
    negative_control(&found, FalseAlarm::DEFAULT);
    stands_any_point(&exact, 4);
}

#[test]
fn other_posteriors_are_not_known() {
    let (x, y) = example();
    let normal = Prior::Normal { scale: 1.0 };
    for (coefficients, deviation) in [(normal, Prior::Flat), (Prior::Flat, normal)] {
        let law = LinearRegression::new(&x, &y, coefficients, deviation).unwrap();
        assert!(law.exact().is_none());
    }
    // Six observations of three coefficients: no covariance.
    let (x, y) = (x.rows(0, 6).into_owned(), y.rows(0, 6).into_owned());
    let law = LinearRegression::new(&x, &y, Prior::Flat, Prior::Flat).unwrap();
    assert!(law.exact().is_none());
}

/// More rows than one product holds, with chances from certain to even.
#[test]
fn thousands_of_outcomes_are_added_up() {
    let rows = 5_000;
    let design = DMatrix::from_fn(rows, 2, |i, j| if j == 0 { 1.0 } else { (i % 100) as f64 });
    let outcomes: Vec<bool> = (0..rows).map(|i| i % 3 == 0).collect();
    let law = LogisticRegression::new(&design, &outcomes, Prior::Flat).unwrap();
    for beta in [[0.0, 0.0], [1e-3, -1e-4], [-40.0, 0.9], [30.0, -12.0]] {
        let term = |i: usize| {
            let eta = beta[0] + beta[1] * (i % 100) as f64;
            // ln of the chance of what happened, with its small part kept.
            let toward: f64 = if i.is_multiple_of(3) { eta } else { -eta };
            toward.min(0.0) - (-toward.abs()).exp().ln_1p()
        };
        let expected: f64 = (0..rows).map(term).sum();
        assert!(close(law.log_density(&beta), expected), "{beta:?}");
        assert!(own_gradient_gap(&law, &beta) < 1.0, "{beta:?}");
    }
}

/// A posterior with another prior has another gradient.
#[test]
fn the_check_of_gradients_sees_another_prior() {
    let (law, other) = (EightSchools::default(), EightSchools::new(5.0, 4.99).unwrap());
    let x = [6.0, 5.0, 4.0, 5.0, 4.0, 4.0, 6.0, 5.0, 4.0, 1.0];
    assert!(gradient_gap(|x| law.log_density(x), &law, &x) < 1.0);
    assert!(gradient_gap(|x| law.log_density(x), &other, &x) > 10.0);
}

#[test]
fn no_point_breaks_a_law() {
    stands_any_point(&EightSchools::default(), 10);
    stands_any_point(&EightSchools::default().non_centred(), 10);
    let design = dmatrix![1.0, 0.5; 1.0, -2.0; 1.0, 3.0; 1.0, 1.0];
    let response = dvector![1.0, 2.0, -1.0, 0.5];
    for prior in [Prior::Flat, Prior::Normal { scale: 1.0 }, Prior::Cauchy { scale: 1.0 }] {
        stands_any_point(&LinearRegression::new(&design, &response, prior, prior).unwrap(), 3);
        let outcomes = [true, false, false, true];
        stands_any_point(&LogisticRegression::new(&design, &outcomes, prior).unwrap(), 2);
    }
}

#[test]
fn bad_data_are_refused() {
    let (flat, normal) = (Prior::Flat, Prior::Normal { scale: 1.0 });
    let (x, y) = (dmatrix![1.0, 0.5; 1.0, -2.0; 1.0, 3.0; 1.0, 1.0], dvector![1.0, 2.0, -1.0, 0.5]);
    let linear = |x: &DMatrix<f64>, y: &DVector<f64>, prior| {
        LinearRegression::new(x, y, prior, flat).unwrap_err()
    };
    let nothing = DMatrix::zeros(0, 2);
    assert!(matches!(linear(&nothing, &DVector::zeros(0), flat), Error::Zero { .. }));
    assert!(matches!(linear(&DMatrix::zeros(4, 0), &y, flat), Error::Zero { .. }));
    assert!(matches!(linear(&x, &dvector![1.0], flat), Error::LengthMismatch { .. }));
    assert!(matches!(linear(&x.map(|_| f64::NAN), &y, flat), Error::NotFinite { .. }));
    assert!(matches!(linear(&x, &y.map(|_| f64::INFINITY), flat), Error::NotFinite { .. }));
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        for prior in [Prior::Normal { scale }, Prior::Cauchy { scale }] {
            assert!(matches!(linear(&x, &y, prior), Error::NotPositive { .. }));
        }
        assert!(matches!(EightSchools::new(scale, 5.0), Err(Error::NotPositive { .. })));
        assert!(matches!(EightSchools::new(5.0, scale), Err(Error::NotPositive { .. })));
    }

    // A column twice, up to a factor; more columns than rows. A prior makes either proper.
    let twice = DMatrix::from_fn(4, 3, |i, j| if j < 2 { x[(i, j)] } else { 0.3 * x[(i, 1)] });
    assert_eq!(linear(&twice, &y, flat), Error::RankDeficient { column: 2 });
    let wide = x.transpose();
    let short = dvector![1.0, 2.0];
    assert_eq!(linear(&wide, &short, flat), Error::RankDeficient { column: 2 });
    for (x, y) in [(&twice, &y), (&wide, &short)] {
        let law = LinearRegression::new(x, y, normal, normal).unwrap();
        let point = vec![0.1; law.dim()];
        let residuals = y - x * DVector::from_element(x.ncols(), 0.1);
        let fit: f64 = residuals.iter().map(|r| self::normal(0.0, 0.1f64.exp(), *r)).sum();
        let prior: f64 = x.ncols() as f64 * log_prior(normal, 0.1);
        let expected = fit + prior + log_half_prior(normal, 0.1f64.exp()) + 0.1;
        assert!(close(law.log_density(&point), expected));
        assert!(own_gradient_gap(&law, &point) < 1.0);
    }
    // Three points leave a line with one degree of freedom: σ has no proper posterior.
    let three = x.rows(0, 3).into_owned();
    let found = linear(&three, &dvector![1.0, 2.0, 0.0], flat);
    assert!(matches!(found, Error::TooFew { needed: 4, .. }));

    let logistic = |x, outcomes: &[bool], prior| LogisticRegression::new(x, outcomes, prior);
    let outcomes = [true, false, false, true];
    assert!(matches!(logistic(&x, &outcomes[..3], flat), Err(Error::LengthMismatch { .. })));
    let found = logistic(&twice, &outcomes, flat);
    assert_eq!(found.unwrap_err(), Error::RankDeficient { column: 2 });
    assert!(logistic(&twice, &outcomes, normal).is_ok());
    let one = dmatrix![1.0];
    let found = LogisticRegression::of_counts(&one, &[4], &[3], flat);
    assert!(matches!(found, Err(Error::OutOfRange { .. })));
    let found = LogisticRegression::of_counts(&one, &[4], &[3, 5], flat);
    assert!(matches!(found, Err(Error::LengthMismatch { .. })));
}
