//! Goodness of fit: digits of SciPy, and p-values that are uniform when the law is right.

#![allow(clippy::unwrap_used)]

use prob_core::mle::goodness::{
    Distance, anderson_darling, bootstrap_p_value, chi_square, chi_square_of_law,
    kolmogorov_smirnov,
};
use prob_core::mle::{MaximumLikelihood, Observations};
use prob_core::{Error, Normal, Seed};
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, holds, ks, negative_control};

fn normal(mean: f64, std_dev: f64) -> Normal {
    Normal::new(mean, std_dev).unwrap()
}

/// `np.sin(np.arange(1, 31) * 1.7) * 1.5 + 0.3`
fn wave() -> Vec<f64> {
    (1..=30).map(|i| (f64::from(i) * 1.7).sin() * 1.5 + 0.3).collect()
}

/// SciPy 1.17.1, `y` being the wave:
/// `kstest(y, 'norm', mode='exact')` and
/// `goodness_of_fit(norm, y, known_params={'loc': 0, 'scale': 1}, statistic='ad').statistic`
#[test]
fn distances_match_scipy() {
    let fit = kolmogorov_smirnov(&wave(), &Normal::standard()).unwrap();
    assert!((fit.statistic - 0.232482928270751).abs() < 1e-14, "{fit:?}");
    assert!((fit.p_value - 0.06573242984898486).abs() < 1e-12, "{fit:?}");
    let fit = anderson_darling(&wave(), &Normal::standard()).unwrap();
    assert!((fit.statistic - 2.773667242025134).abs() < 1e-12, "{fit:?}");
}

/// `scipy.stats.chisquare([43, 52, 54, 40], np.array([.25, .25, .3, .2]) * 189, ddof=fitted)`
#[test]
fn chi_square_matches_scipy() {
    let (observed, shares) = ([43.0, 52.0, 54.0, 40.0], [0.25, 0.25, 0.3, 0.2]);
    for (fitted, p_value) in [(0, 0.7731160957060226), (1, 0.5722375605351792)] {
        let fit = chi_square(&observed, &shares, fitted).unwrap();
        assert!((fit.statistic - 1.1164021164021154).abs() < 1e-13, "{fit:?}");
        assert!((fit.p_value - p_value).abs() < 1e-13, "{fit:?}");
    }
}

#[test]
fn questions_without_an_answer_are_refused() {
    let law = Normal::standard();
    assert!(matches!(kolmogorov_smirnov(&[], &law), Err(Error::Empty { .. })));
    let nan = anderson_darling(&[0.0, f64::NAN], &law);
    assert!(matches!(nan, Err(Error::NotFinite { index: 1, .. })), "{nan:?}");
    let none_left = chi_square(&[5.0, 5.0], &[0.5, 0.5], 1);
    assert_eq!(none_left, Err(Error::NoDegrees { classes: 2, fitted: 1 }));
    let few = chi_square_of_law(&[0.0, 1.0], &law, 10, 0);
    assert_eq!(few, Err(Error::NoDegrees { classes: 1, fitted: 0 }));
    let sum = chi_square(&[5.0, 5.0], &[0.5, 0.4], 0);
    assert!(matches!(sum, Err(Error::NotNormalised { .. })), "{sum:?}");
    let negative = chi_square(&[5.0, -5.0], &[0.5, 0.5], 0);
    assert!(matches!(negative, Err(Error::NotAProbability { index: 1, .. })), "{negative:?}");
}

/// A class that the law says is impossible, and an observation in it.
#[test]
fn the_impossible_has_p_value_0() {
    let fit = chi_square(&[5.0, 5.0, 1.0], &[0.5, 0.5, 0.0], 0).unwrap();
    assert_eq!((fit.statistic, fit.p_value), (f64::INFINITY, 0.0));
    let without = chi_square(&[6.0, 5.0, 0.0], &[0.5, 0.5, 0.0], 0).unwrap();
    let two = chi_square(&[6.0, 5.0], &[0.5, 0.5], 0).unwrap();
    assert_eq!(without, two);
}

const SAMPLES: usize = 2_000;

/// p-values of samples of `law`, tested against the standard normal law.
fn p_values(law: &Normal, size: usize, test: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let sample = |i: usize| -> Vec<f64> {
        let mut rng = Seed(11).stream("p-values", i as u64);
        (0..size).map(|_| law.sample(&mut rng)).collect()
    };
    (0..SAMPLES).map(|i| test(&sample(i))).collect()
}

fn uniform(name: &str, p_values: &[f64]) -> Check {
    ks(name, p_values, |p| p.clamp(0.0, 1.0)).unwrap()
}

fn three_tests(law: &Normal) -> Vec<Check> {
    let standard = Normal::standard();
    let ks = |x: &[f64]| kolmogorov_smirnov(x, &standard).unwrap().p_value;
    let ad = |x: &[f64]| anderson_darling(x, &standard).unwrap().p_value;
    // With few expected in a class the p-value takes few values: many, and many observations.
    let chi = |x: &[f64]| chi_square_of_law(x, &standard, 20, 0).unwrap().p_value;
    vec![
        uniform("Kolmogorov-Smirnov, 12", &p_values(law, 12, ks)),
        uniform("Kolmogorov-Smirnov, 1,500", &p_values(law, 1_500, ks)),
        uniform("Anderson-Darling, 12", &p_values(law, 12, ad)),
        uniform("Anderson-Darling, 200", &p_values(law, 200, ad)),
        uniform("chi-square, 1,000", &p_values(law, 1_000, chi)),
    ]
}

#[test]
fn p_values_are_uniform_when_the_law_is_right() {
    holds(&three_tests(&Normal::standard()), FalseAlarm::DEFAULT);
}

#[test]
fn p_values_are_not_uniform_for_another_law() {
    for check in three_tests(&normal(0.3, 1.1)) {
        negative_control(&[check], FalseAlarm::DEFAULT);
    }
}

/// Fitted parameters: the p-value of a fixed law is far too large, the bootstrap's is uniform (in
/// steps of 1/40, and so the distances are spread within a step by the sample's number).
#[test]
fn the_bootstrap_is_right_for_fitted_parameters() {
    let (mut fixed, mut bootstrap) = (Vec::new(), Vec::new());
    for i in 0..400 {
        let mut rng = Seed(12).stream("p-values", i);
        let law = normal(4.0, 3.0);
        let sample: Vec<f64> = (0..20).map(|_| law.sample(&mut rng)).collect();
        let fitted = Normal::fit(&Observations::new(&sample).unwrap()).unwrap();
        fixed.push(kolmogorov_smirnov(&sample, &fitted.law).unwrap().p_value);
        let distance = Distance::KolmogorovSmirnov;
        let fit = bootstrap_p_value(&fitted, &sample, distance, 39, Seed(i)).unwrap();
        let step = (i as f64 * 0.618_033_988_749_895).fract() / 40.0;
        bootstrap.push(fit.p_value - step);
    }
    holds(&[uniform("bootstrap", &bootstrap)], FalseAlarm::DEFAULT);
    negative_control(&[uniform("as if fixed", &fixed)], FalseAlarm::DEFAULT);
}

#[test]
fn the_bootstrap_is_the_same_again() {
    let fitted = Normal::fit(&Observations::new(&wave()).unwrap()).unwrap();
    let run = |seed| bootstrap_p_value(&fitted, &wave(), Distance::AndersonDarling, 199, seed);
    assert_eq!(run(Seed(1)), run(Seed(1)));
    // Evenly filled like a sine: flatter than any normal law.
    assert!(run(Seed(2)).unwrap().p_value < 0.1);
}
