//! Banana, funnel and far modes: normalised, with the moments and the draws that they claim.

use mcmc::Error;
use mcmc::targets::{Banana, FarModes, Funnel};
use nalgebra::{DMatrix, DVector};
use prob_core::{Mixture, Multivariate, MvNormal, Normal, Seed, Univariate};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, holds, negative_control, z};

use super::{gradient_gap, own_gradient_gap, stands_any_point};

fn normal(mean: f64, sd: f64, x: f64) -> f64 {
    Normal::new(mean, sd).unwrap().log_prob(x)
}

/// The mixture of prob-core.
fn mixture(dim: usize, distance: f64, weight: f64) -> Mixture<MvNormal> {
    let at = |mode: f64| {
        let mean = DVector::from_element(dim, mode / (dim as f64).sqrt());
        MvNormal::new(mean, DMatrix::identity(dim, dim)).unwrap()
    };
    Mixture::new(vec![1.0 - weight, weight], vec![at(-distance), at(distance)]).unwrap()
}

proptest! {
    #[test]
    fn a_banana_is_normal_along_and_across(
        scale in 0.1..20.0f64, bend in -0.5..0.5f64, x in prop::collection::vec(-5.0..5.0f64, 4),
    ) {
        let law = Banana::new(4, scale, bend).unwrap();
        let ridge = bend * (scale * scale - x[0] * x[0]);
        let parts = normal(0.0, scale, x[0]) + normal(ridge, 1.0, x[1])
            + normal(0.0, 1.0, x[2]) + normal(0.0, 1.0, x[3]);
        prop_assert!((law.log_prob(&x) - parts).abs() < 1e-11 * (1.0 + parts.abs()));
        prop_assert!(own_gradient_gap(&law, &x) < 1.0);
    }

    #[test]
    fn a_funnel_is_normal_given_its_width(
        scale in 0.5..4.0f64, v in -3.0..6.0f64, x in prop::collection::vec(-5.0..5.0f64, 3),
    ) {
        let law = Funnel::new(4, scale).unwrap();
        let width = (0.5 * v).exp();
        let parts = normal(0.0, scale, v) + x.iter().map(|x| normal(0.0, width, *x)).sum::<f64>();
        let point = [v, x[0], x[1], x[2]];
        prop_assert!((law.log_prob(&point) - parts).abs() < 1e-11 * (1.0 + parts.abs()));
        prop_assert!(own_gradient_gap(&law, &point) < 1.0);
    }

    /// The density of the funnel is that of the other coordinates over the volume of the map.
    #[test]
    fn both_coordinates_are_of_one_funnel(
        scale in 0.5..4.0f64, z in prop::collection::vec(-3.0..3.0f64, 5),
    ) {
        let law = Funnel::new(5, scale).unwrap().non_centred();
        let mut x = [0.0; 5];
        law.centred_into(&z, &mut x);
        let volume = scale.ln() + 4.0 * 0.5 * scale * z[0];
        let gap = law.log_prob(&z) - volume - law.funnel().log_prob(&x);
        prop_assert!(gap.abs() < 1e-11, "{gap}");
        prop_assert!(own_gradient_gap(&law, &z) < 1.0);
    }

    #[test]
    fn far_modes_are_a_mixture(
        distance in 0.1..30.0f64, weight in 0.01..0.99f64,
        x in prop::collection::vec(-20.0..20.0f64, 3),
    ) {
        let (law, mixture) = (FarModes::new(3, distance, weight).unwrap(), mixture(3, distance, weight));
        let expected = mixture.log_prob(&x);
        prop_assert!((law.log_prob(&x) - expected).abs() < 1e-11 * (1.0 + expected.abs()));
        prop_assert!((law.mean() - Multivariate::mean(&mixture)).amax() < 1e-11);
        let gap = law.covariance() - Multivariate::covariance(&mixture);
        prop_assert!(gap.amax() < 1e-11 * (1.0 + distance * distance));
        prop_assert!(own_gradient_gap(&law, &x) < 1.0);
    }
}

/// A gradient of a law that is a little different is seen.
#[test]
fn the_check_of_gradients_sees_a_wrong_one() {
    let (law, other) = (Banana::new(2, 3.0, 0.1).unwrap(), Banana::new(2, 3.0, 0.1001).unwrap());
    assert!(gradient_gap(|x| law.log_prob(x), &law, &[1.0, 2.0]) < 1.0);
    assert!(gradient_gap(|x| law.log_prob(x), &other, &[1.0, 2.0]) > 10.0);
}

/// Total, means and second moments of a law in the plane, summed over a grid along the first variable
/// and a grid of its own for the second at each; such sums converge exponentially.
fn moments(
    law: &impl Multivariate,
    (low, high): (f64, f64),
    across: impl Fn(f64) -> (f64, f64),
) -> [f64; 6] {
    const STEPS: usize = 1_200;
    let mut sums = [0.0; 6];
    let first_step = (high - low) / STEPS as f64;
    for i in 0..=STEPS {
        let a = low + first_step * i as f64;
        let (from, to) = across(a);
        let step = (to - from) / STEPS as f64;
        for j in 0..=STEPS {
            let b = from + step * j as f64;
            let p = law.log_prob(&[a, b]).exp() * step * first_step;
            let terms = [1.0, a, b, a * a, a * b, b * b];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += p * term);
        }
    }
    sums
}

#[test]
fn totals_and_moments_are_those_of_quadrature() {
    fn check(what: &str, law: &impl Multivariate, found: [f64; 6]) {
        let (mean, covariance) = (law.mean(), law.covariance());
        let square = |i: usize, j: usize| covariance[(i, j)] + mean[i] * mean[j];
        let expected = [1.0, mean[0], mean[1], square(0, 0), square(0, 1), square(1, 1)];
        for (found, expected) in found.iter().zip(expected) {
            let gap = (found - expected).abs();
            assert!(gap < 1e-10 * (1.0 + expected.abs()), "{what}: {found} for {expected}");
        }
    }
    let law = Banana::new(2, 2.0, 0.3).unwrap();
    let ridge = |x: f64| 0.3 * (4.0 - x * x);
    check("banana", &law, moments(&law, (-18.0, 18.0), |x| (ridge(x) - 9.0, ridge(x) + 9.0)));
    let law = Funnel::new(2, 1.5).unwrap();
    let width = |v: f64| 9.0 * (0.5 * v).exp();
    check("funnel", &law, moments(&law, (-14.0, 16.0), |v| (-width(v), width(v))));
    let law = FarModes::new(2, 5.0, 0.3).unwrap();
    check("modes", &law, moments(&law, (-13.0, 13.0), |_| (-13.0, 13.0)));
}

/// Draws have the means and second moments that the law claims, and the mean log density that its
/// entropy says.
pub(super) fn draws_check(
    what: &str,
    draws: &[DVector<f64>],
    law: &impl Multivariate,
    entropy: Option<f64>,
) -> Vec<Check> {
    let (dim, mean, covariance) = (law.dim(), law.mean(), law.covariance());
    let averages = |f: &dyn Fn(&DVector<f64>) -> f64| {
        let values: Vec<f64> = draws.iter().map(f).collect();
        let n = values.len() as f64;
        let average = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - average).powi(2)).sum::<f64>() / (n - 1.0);
        (average, (variance / n).sqrt())
    };
    let check = |name: String, f: &dyn Fn(&DVector<f64>) -> f64, expected: f64| {
        let (average, error) = averages(f);
        z(format!("{what}: {name}"), average, expected, error).unwrap()
    };
    let mut checks = Vec::new();
    for i in 0..dim {
        checks.push(check(format!("mean {i}"), &|x| x[i], mean[i]));
        for j in 0..=i {
            let product = |x: &DVector<f64>| (x[i] - mean[i]) * (x[j] - mean[j]);
            checks.push(check(format!("covariance {i} {j}"), &product, covariance[(i, j)]));
        }
    }
    if let Some(entropy) = entropy {
        checks.push(check("entropy".into(), &|x| -law.log_prob(x.as_slice()), entropy));
    }
    checks
}

pub(super) fn draws<L: Distribution<DVector<f64>>>(law: &L, seed: u64) -> Vec<DVector<f64>> {
    let mut rng = Seed(seed).stream("exact", 0);
    (0..20_000).map(|_| law.sample(&mut rng)).collect()
}

#[test]
fn draws_follow_the_law() {
    let gaussian = 0.5 * (1.0 + (2.0 * std::f64::consts::PI).ln());
    let banana = Banana::new(3, 4.0, 0.05).unwrap();
    let funnel = Funnel::new(3, 0.7).unwrap();
    let modes = FarModes::new(3, 7.0, 0.3).unwrap();
    let entropy = 3.0 * gaussian + 4.0f64.ln();
    let mut checks = draws_check("banana", &draws(&banana, 1), &banana, Some(entropy));
    let entropy = 3.0 * gaussian + 0.7f64.ln();
    checks.extend(draws_check("funnel", &draws(&funnel, 2), &funnel, Some(entropy)));
    // At this distance the modes do not overlap: the coin's entropy comes on top.
    let entropy = 3.0 * gaussian - 0.3 * 0.3f64.ln() - 0.7 * 0.7f64.ln();
    checks.extend(draws_check("modes", &draws(&modes, 3), &modes, Some(entropy)));
    holds(&checks, FalseAlarm::DEFAULT);
    // Weights the wrong way round.
    let other = FarModes::new(3, 7.0, 0.7).unwrap();
    negative_control(&draws_check("wrong", &draws(&other, 4), &modes, None), FalseAlarm::DEFAULT);
}

/// Neal's funnel: the width is log-normal, so that ln |x| has mean −(γ + ln 2)/2 and variance
/// s²/4 + π²/8.
#[test]
fn the_funnel_of_neal_has_its_tails() {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let draws = draws(&Funnel::new(10, 3.0).unwrap(), 5);
    let logs: Vec<f64> = draws.iter().map(|x| x[1].abs().ln()).collect();
    let (mean, n) = (-0.5 * (EULER + 2.0f64.ln()), logs.len() as f64);
    let variance = 9.0 / 4.0 + std::f64::consts::PI.powi(2) / 8.0;
    let average = logs.iter().sum::<f64>() / n;
    holds(&[z("ln |x|", average, mean, (variance / n).sqrt()).unwrap()], FalseAlarm::DEFAULT);
    let spread = logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    assert!((spread / variance - 1.0).abs() < 0.1, "{spread} for {variance}");
}

#[test]
fn no_point_breaks_a_law() {
    stands_any_point(&Banana::new(3, 10.0, 0.1).unwrap(), 3);
    stands_any_point(&Banana::new(2, 1e-3, -5.0).unwrap(), 2);
    stands_any_point(&Funnel::new(4, 3.0).unwrap(), 4);
    stands_any_point(&Funnel::new(4, 3.0).unwrap().non_centred(), 4);
    stands_any_point(&FarModes::new(3, 1e6, 0.5).unwrap(), 3);
}

#[test]
fn bad_parameters_are_refused() {
    for dim in [0, 1] {
        assert!(matches!(Banana::new(dim, 1.0, 0.1), Err(Error::TooFew { .. })));
        assert!(matches!(Funnel::new(dim, 1.0), Err(Error::TooFew { .. })));
    }
    assert!(matches!(FarModes::new(0, 1.0, 0.5), Err(Error::Zero { .. })));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Banana::new(2, bad, 0.1), Err(Error::NotPositive { .. })));
        assert!(matches!(Funnel::new(2, bad), Err(Error::NotPositive { .. })));
        assert!(matches!(FarModes::new(2, bad, 0.5), Err(Error::NotPositive { .. })));
    }
    for bad in [0.0, 1.0, -0.5, f64::NAN] {
        assert!(matches!(FarModes::new(2, 1.0, bad), Err(Error::NotBetween { .. })));
    }
    assert!(matches!(Banana::new(2, 1.0, f64::NAN), Err(Error::NotFinite { .. })));
    assert!(matches!(Banana::new(2, 1e100, 1.0), Err(Error::NotFinite { .. })));
    assert!(matches!(Funnel::new(2, 40.0), Err(Error::NotFinite { .. })));
    assert!(matches!(FarModes::new(2, 1e200, 0.5), Err(Error::NotFinite { .. })));
}
