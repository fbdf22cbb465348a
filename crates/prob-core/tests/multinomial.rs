//! The multinomial law against mpmath, enumeration and the laws of its sums.

// References stand here as they are printed.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]

use nalgebra::DVector;
use prob_core::{Error, LogDensity, Multinomial, Multivariate, Seed, Univariate};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control, z};

fn law(trials: u64, probabilities: &[f64]) -> Multinomial {
    Multinomial::new(trials, probabilities.to_vec()).unwrap()
}

/// mpmath 1.3, 60 digits:
///
/// ```python
/// def log_prob(n, p, x):
///     s = sum(mpf(q) for q in p)
///     return loggamma(mpf(n) + 1) + sum(
///         mpf(k) * log(mpf(q) / s) - loggamma(mpf(k) + 1) for q, k in zip(p, x) if k)
/// ```
///
/// SciPy 1.17.1's `multinomial.logpmf` prints the same digits for the first four.
#[test]
fn log_prob_matches_mpmath() {
    let quarter = 2f64.powi(51);
    let cases: [(u64, &[f64], &[f64], f64); 7] = [
        (10, &[0.2, 0.3, 0.5], &[2.0, 3.0, 5.0], -2.46451596014026628),
        (10, &[0.2, 0.3, 0.5], &[10.0, 0.0, 0.0], -16.0943791243410032),
        (1000, &[0.1, 0.2, 0.3, 0.4], &[90.0, 210.0, 310.0, 390.0], -11.1338660127386319),
        (5, &[0.999, 0.001], &[0.0, 5.0], -34.5387763949106852),
        (
            1_000_000_000_000,
            &[0.2, 0.3, 0.5],
            &[200_000_000_000.0, 300_000_100_000.0, 499_999_900_000.0],
            -27.7422859658304921,
        ),
        (1 << 53, &[0.25, 0.25, 0.5], &[quarter, quarter, 2.0 * quarter], -36.8418096846865837),
        (
            1_000_000_000_000_000,
            &[1e-15, 1e-14, 1.0 - 1.1e-14],
            &[3.0, 8.0, 999_999_999_999_989.0],
            -4.9756816280209341,
        ),
    ];
    for (n, p, x, reference) in cases {
        let ours = law(n, p).log_density(x);
        let error = (ours - reference).abs() / reference.abs();
        assert!(error < 1e-13, "{n} of {p:?} at {x:?}: {ours} and not {reference}, {error:e}");
    }
}

#[test]
fn points_outside_the_support_and_bad_laws() {
    let inf = f64::INFINITY;
    let three = law(4, &[0.5, 0.5, 0.0]);
    for x in [
        [2.0, 1.0, 0.0],
        [1.5, 2.5, 0.0],
        [5.0, -1.0, 0.0],
        [2.0, 1.0, 1.0], // of probability 0
        [inf, 0.0, 0.0],
        [inf, -inf, 0.0],
    ] {
        assert_eq!(three.log_prob(&x), -inf, "{x:?}");
    }
    assert_eq!(three.log_prob(&[2.0, 2.0]), -inf);
    assert!(three.log_prob(&[2.0, f64::NAN, 2.0]).is_nan());
    assert!((three.log_prob(&[2.0, 2.0, 0.0]) - 0.375f64.ln()).abs() < 1e-15);
    assert_eq!(law(0, &[0.3, 0.7]).log_prob(&[0.0, 0.0]), 0.0);

    let bad = |n, p: &[f64]| Multinomial::new(n, p.to_vec()).unwrap_err();
    assert!(matches!(bad(1, &[]), Error::Empty { .. }));
    assert!(matches!(bad(1, &[0.5, 0.4]), Error::NotNormalised { .. }));
    assert!(matches!(bad(1, &[1.5, -0.5]), Error::NotAProbability { index: 1, .. }));
    assert!(matches!(bad(1, &[f64::NAN, 0.5]), Error::NotAProbability { index: 0, .. }));
    assert!(matches!(bad((1 << 53) + 1, &[1.0]), Error::Parameter { .. }));
    assert!(matches!(three.marginal(3), Err(Error::IndexOutOfRange { .. })));
    assert!(matches!(three.aggregate(&[&[0], &[2]]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(three.aggregate(&[&[0, 0], &[2]]), Err(Error::DuplicateIndex { .. })));
}

/// All points with the sum n.
fn points(n: u64, k: usize) -> Vec<Vec<f64>> {
    if k == 1 {
        return vec![vec![n as f64]];
    }
    let with = |first: u64| {
        points(n - first, k - 1).into_iter().map(move |rest| {
            let mut x = vec![first as f64];
            x.extend(rest);
            x
        })
    };
    (0..=n).flat_map(with).collect()
}

fn normalised(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

proptest! {
    /// Probabilities sum to one, with the mean and the covariance, and sums over groups of categories
    /// have the aggregated law: by enumeration.
    #[test]
    fn enumeration_agrees(n in 0u64..8, w in prop::collection::vec(0f64..1.0, 4)) {
        prop_assume!(w.iter().sum::<f64>() > 0.1);
        let law = law(n, &normalised(&w));
        let sums = law.aggregate(&[&[2, 0], &[1, 3]]).unwrap();
        let mut mean = DVector::zeros(4);
        let mut second = law.covariance() * 0.0;
        let mut left = vec![0.0; n as usize + 1];
        for x in points(n, 4) {
            let p = law.log_prob(&x).exp();
            left[(x[0] + x[2]) as usize] += p;
            let x = DVector::from_vec(x);
            second += p * &x * x.transpose();
            mean += p * x;
        }
        prop_assert!((&mean - law.mean()).amax() < 1e-12);
        let covariance = second - &mean * mean.transpose();
        prop_assert!((covariance - law.covariance()).amax() < 1e-11);
        for (x, p) in left.iter().enumerate() {
            let ours = sums.log_prob(&[x as f64, n as f64 - x as f64]).exp();
            prop_assert!((ours - p).abs() < 1e-13, "{ours} {p}");
            let one = sums.marginal(0).unwrap().prob(x as f64);
            prop_assert!((one - p).abs() < 1e-13, "{one} {p}");
        }
    }

    #[test]
    fn nothing_panics(n in any::<u64>(), bits in prop::collection::vec(any::<u64>(), 4)) {
        let v: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        let _ = Multinomial::new(n, v.clone());
        let law = law(n >> 11, &[0.5, 1e-300, 0.5]);
        let _ = law.log_prob(&v[..3]);
        let x = law.sample(&mut Seed(n).stream("draws", 0));
        prop_assert_eq!(x.sum(), law.trials() as f64);
        prop_assert!(law.log_prob(x.as_slice()).is_finite());
    }
}

const DRAWS: usize = 20_000;

fn draws(law: &Multinomial) -> Vec<DVector<f64>> {
    law.sample_iter(Seed(14).stream("draws", 0)).take(DRAWS).collect()
}

#[test]
fn small_draws_follow_the_law() {
    let law = law(3, &[0.2, 0.5, 0.3]);
    let drawn = draws(&law);
    let points = points(3, 3);
    let counts: Vec<u64> =
        points.iter().map(|p| drawn.iter().filter(|x| x.as_slice() == p).count() as u64).collect();
    let check = |law: &Multinomial| {
        let p: Vec<f64> = points.iter().map(|x| law.log_prob(x).exp()).collect();
        chi_square("points", &counts, &p).unwrap()
    };
    holds(&[check(&law)], FalseAlarm::DEFAULT);
    let other = Multinomial::new(3, vec![0.2, 0.47, 0.33]).unwrap();
    negative_control(&[check(&other)], FalseAlarm::DEFAULT);
}

fn moments(draws: &[DVector<f64>], law: &Multinomial) -> Vec<Check> {
    let n = draws.len() as f64;
    let (mean, covariance) = (law.mean(), law.covariance());
    let mut checks = Vec::new();
    for i in 0..law.dim() {
        let average = draws.iter().map(|x| x[i]).sum::<f64>() / n;
        checks.push(z("mean", average, mean[i], (covariance[(i, i)] / n).sqrt()).unwrap());
        for j in 0..=i {
            let products: Vec<f64> =
                draws.iter().map(|x| (x[i] - mean[i]) * (x[j] - mean[j])).collect();
            let average = products.iter().sum::<f64>() / n;
            let spread = products.iter().map(|p| (p - average).powi(2)).sum::<f64>() / n;
            let error = (spread / n).sqrt();
            checks.push(z("covariance", average, covariance[(i, j)], error).unwrap());
        }
    }
    checks
}

#[test]
fn draws_have_the_moments_of_the_law() {
    for (n, p) in
        [(40, [0.1, 0.6, 0.3]), (1_000_000, [0.3, 1e-3, 0.699]), (1 << 50, [0.2, 0.3, 0.5])]
    {
        let law = law(n, &p);
        let drawn = draws(&law);
        assert!(drawn.iter().all(|x| x.sum() == n as f64));
        holds(&moments(&drawn, &law), FalseAlarm::DEFAULT);
    }
    let (one, other) = (law(40, &[0.1, 0.6, 0.3]), law(40, &[0.11, 0.59, 0.3]));
    negative_control(&moments(&draws(&one), &other), FalseAlarm::DEFAULT);
}
