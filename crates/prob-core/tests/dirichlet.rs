//! The Dirichlet law against SciPy, mpmath, quadrature and the laws of its sums.

// References stand here as they are printed.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]

use std::f64::consts::LN_2;

use nalgebra::DVector;
use prob_core::{Dirichlet, Error, LogDensity, Multivariate, Seed, Univariate};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

fn law(concentration: &[f64]) -> Dirichlet {
    Dirichlet::new(concentration.to_vec()).unwrap()
}

fn close(what: &str, ours: f64, reference: f64, tolerance: f64) {
    let error = (ours - reference).abs() / reference.abs().max(1.0);
    assert!(error < tolerance, "{what}: {ours:?} and not {reference:?}, off by {error:e}");
}

/// SciPy 1.17.1: `d = scipy.stats.dirichlet(a); d.logpdf(x), d.entropy()`.
#[test]
fn log_prob_and_entropy_match_scipy() {
    let cases: [(&[f64], &[f64], f64, f64); 5] = [
        (&[2.0, 3.0, 5.0], &[0.2, 0.3, 0.5], 2.1406542258478254, -1.4611820247291334),
        (&[0.5, 0.1, 2.5], &[0.001, 0.009, 0.99], 5.355894385334179, -8.999331394003553),
        (&[1.0, 1.0, 1.0], &[0.25, 0.25, 0.5], LN_2, -LN_2),
        (&[1e-3, 1e-3], &[1e-10, 1.0 - 1e-10], 15.401924262102067, -991.4023785712345),
        (&[40.0, 60.0, 100.0, 0.7], &[0.1, 0.3, 0.5, 0.1], -17.68470400983483, -8.937568094588528),
    ];
    for (a, x, log_prob, entropy) in cases {
        close(&format!("ln p of {a:?} at {x:?}"), law(a).log_prob(x), log_prob, 1e-13);
        close(&format!("entropy of {a:?}"), law(a).entropy(), entropy, 1e-13);
    }
}

/// Where differences of `ln Γ` would lose everything. mpmath 1.3, 60 digits:
///
/// ```python
/// def log_prob(a, x):
///     a = [mpf(v) for v in a]; x = [mpf(v) for v in x]; s = sum(x)
///     return loggamma(sum(a)) - sum(map(loggamma, a)) + sum((v - 1) * log(y / s) for v, y in zip(a, x))
/// def entropy(a):
///     a = [mpf(v) for v in a]; t = sum(a)
///     return (sum(map(loggamma, a)) - loggamma(t) + (t - len(a)) * psi(0, t)
///             - sum((v - 1) * psi(0, v) for v in a))
/// ```
#[test]
fn extreme_concentrations_match_mpmath() {
    let cases: [(&[f64], &[f64], f64, f64); 8] = [
        (
            &[1e8, 2e8, 3e8],
            &[0.16666666666666666, 0.3333333333333333, 0.5],
            20.1663226146102411,
            -19.1663226198880189,
        ),
        (&[1e8, 2e8, 3e8], &[0.16667, 0.3333, 0.50003], 18.6062978156340236, -19.1663226198880189),
        (&[1e8, 1e-3], &[0.999999999999, 1e-12], 20.7145318901687234, -1011.08749821346198),
        (
            &[1e-3, 1e-3, 1e-3],
            &[1e-300, 0.9999999999, 1e-10],
            698.173459528000325,
            -1983.09571307694367,
        ),
        (&[1e4, 3.0], &[0.9999, 1e-4], 7.51754316808598704, -7.36316181828683715),
        (&[1e12, 1e12], &[0.5, 0.5], 13.9362927955993943, -13.4362927955997693),
        (&[0.25, 7.0, 1e3], &[0.1, 0.2, 0.7], -322.011400169885859, -13.1226020286097201),
        (&[1e-5, 1e-300], &[0.5, 0.5], -689.38924046856562, -1e300),
    ];
    for (a, x, log_prob, entropy) in cases {
        close(&format!("ln p of {a:?} at {x:?}"), law(a).log_prob(x), log_prob, 1e-13);
        close(&format!("entropy of {a:?}"), law(a).entropy(), entropy, 1e-13);
    }
}

#[test]
fn points_off_the_simplex_and_on_its_boundary() {
    let inf = f64::INFINITY;
    let mixed = law(&[0.5, 1.0, 2.0]);
    assert_eq!(mixed.log_prob(&[0.5, 0.5]), -inf, "another dimension");
    assert_eq!(mixed.log_prob(&[-0.1, 0.6, 0.5]), -inf);
    assert_eq!(mixed.log_prob(&[0.2, 0.3, 0.5 + 1e-8]), -inf);
    assert_eq!(mixed.log_prob(&[inf, 0.0, -inf]), -inf);
    assert!(mixed.log_prob(&[0.2, f64::NAN, 0.5]).is_nan());
    assert!(mixed.log_prob(&[0.2, 0.3, 0.5 + 1e-11]).is_finite());
    assert_eq!(mixed.log_prob(&[0.0, 0.5, 0.5]), inf, "α < 1");
    assert_eq!(mixed.log_prob(&[0.5, 0.5, 0.0]), -inf, "α > 1");
    assert_eq!(mixed.log_prob(&[0.0, 1.0, 0.0]), -inf, "both");
    // At α = 1 the density goes on: Γ(3.5) / (Γ(½) Γ(1) Γ(2)) · 0.5^−½ · 0.5, where Γ(3.5) / Γ(½) is
    // 1.875.
    close("at x_1 = 0", mixed.log_prob(&[0.5, 0.0, 0.5]), (1.875f64 * 0.5f64.sqrt()).ln(), 1e-14);
    // The constant density is 2 everywhere, corners too.
    for x in [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.2, 0.3, 0.5]] {
        close("constant", law(&[1.0; 3]).log_prob(&x), 2f64.ln(), 1e-15);
    }
    close("one category", law(&[3.0]).log_prob(&[1.0]), 0.0, 1e-15);
}

#[test]
fn bad_laws_are_refused_with_a_reason() {
    assert!(matches!(Dirichlet::new(vec![]), Err(Error::Empty { .. })));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = Dirichlet::new(vec![1.0, bad]).unwrap_err();
        assert!(matches!(error, Error::Parameter { law: "Dirichlet", .. }), "{error}");
    }
    assert!(matches!(Dirichlet::new(vec![f64::MAX; 2]), Err(Error::Parameter { .. })));
    assert!(matches!(law(&[3.0]).marginal(0), Err(Error::Parameter { .. })));
    let law = law(&[1.0, 2.0, 3.0]);
    assert!(matches!(law.marginal(3), Err(Error::IndexOutOfRange { index: 3, dim: 3 })));
    assert!(matches!(law.aggregate(&[]), Err(Error::Empty { .. })));
    assert!(matches!(law.aggregate(&[&[0, 1, 2], &[]]), Err(Error::Empty { .. })));
    assert!(matches!(law.aggregate(&[&[0], &[1]]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(law.aggregate(&[&[0, 1], &[1, 2]]), Err(Error::DuplicateIndex { index: 1 })));
    assert!(matches!(law.subcomposition(&[3]), Err(Error::IndexOutOfRange { index: 3, dim: 3 })));
    assert!(matches!(law.subcomposition(&[]), Err(Error::Empty { .. })));
}

/// The density sums to one, its mean is the mean and its entropy the entropy: midpoints on the
/// triangle, whose error for a cubic density that vanishes at the edges falls as h².
#[test]
fn the_density_integrates_to_one() {
    let law = law(&[4.0, 3.0, 5.0]);
    let n = 800;
    let h = 1.0 / f64::from(n);
    let (mut mass, mut mean, mut entropy, mut cross) = (0.0, 0.0, 0.0, 0.0);
    for i in 0..n {
        for j in 0..n {
            let (x, y) = ((f64::from(i) + 0.5) * h, (f64::from(j) + 0.5) * h);
            if x + y < 1.0 - 0.25 * h {
                let log = law.log_prob(&[x, y, 1.0 - x - y]);
                let p = log.exp() * h * h;
                mass += p;
                mean += p * x;
                cross += p * x * y;
                entropy -= p * log;
            }
        }
    }
    assert!((mass - 1.0).abs() < 1e-6, "mass {mass}");
    assert!((mean - law.mean()[0]).abs() < 1e-6, "mean {mean}");
    let covariance = cross - law.mean()[0] * law.mean()[1];
    assert!((covariance - law.covariance()[(0, 1)]).abs() < 1e-6, "covariance {covariance}");
    assert!((entropy - law.entropy()).abs() < 1e-5, "entropy {entropy}");
}

proptest! {
    /// The sums over groups have the aggregated law: mean and covariance by summing blocks.
    #[test]
    fn aggregation_sums_moments(a in prop::collection::vec(1e-3f64..50.0, 5)) {
        let law = law(&a);
        let groups: [&[usize]; 3] = [&[3, 0], &[4], &[1, 2]];
        let sums = law.aggregate(&groups).unwrap();
        for (p, left) in groups.iter().enumerate() {
            let mean: f64 = left.iter().map(|i| law.mean()[*i]).sum();
            prop_assert!((sums.mean()[p] - mean).abs() < 1e-14);
            for (q, right) in groups.iter().enumerate() {
                let pairs = left.iter().flat_map(|i| right.iter().map(move |j| (*i, *j)));
                let covariance: f64 = pairs.map(|pair| law.covariance()[pair]).sum();
                prop_assert!((sums.covariance()[(p, q)] - covariance).abs() < 1e-14);
            }
        }
    }

    /// `p(x) = p(sums) p(x_0/(x_0+x_1) …) (x_0+x_1)^−1`: sums and proportions within are independent.
    #[test]
    fn the_density_is_that_of_the_sums_times_that_of_the_proportions(
        a in prop::collection::vec(0.05f64..40.0, 4),
        weights in prop::collection::vec(0.01f64..1.0, 4),
    ) {
        let sum: f64 = weights.iter().sum();
        let x: Vec<f64> = weights.iter().map(|w| w / sum).collect();
        let law = law(&a);
        let (left, right) = (x[0] + x[1], x[2] + x[3]);
        let sums = law.aggregate(&[&[0, 1], &[2, 3]]).unwrap();
        let (first, second) = (law.subcomposition(&[0, 1]).unwrap(), law.subcomposition(&[3, 2]).unwrap());
        let split = sums.log_prob(&[left, right])
            + first.log_prob(&[x[0] / left, x[1] / left])
            + second.log_prob(&[x[3] / right, x[2] / right])
            - left.ln() - right.ln();
        prop_assert!((split - law.log_density(&x)).abs() < 1e-11 * split.abs().max(1.0));
    }

    /// One number against the rest: Beta, with the moments of the joint law.
    #[test]
    fn the_marginal_is_beta(a in prop::collection::vec(0.05f64..40.0, 4), x in 0.001f64..0.999) {
        let law = law(&a);
        let one = law.marginal(2).unwrap();
        prop_assert!((one.mean() - law.mean()[2]).abs() < 1e-14);
        prop_assert!((one.variance() - law.covariance()[(2, 2)]).abs() < 1e-14);
        let pair = law.aggregate(&[&[2], &[0, 1, 3]]).unwrap().log_prob(&[x, 1.0 - x]);
        prop_assert!((one.log_prob(x) - pair).abs() < 1e-11 * pair.abs().max(1.0));
    }

    /// No density is larger than at the mode.
    #[test]
    fn the_mode_is_the_top(
        a in prop::collection::vec(1f64..40.0, 3), w in prop::collection::vec(0.01f64..1.0, 3),
    ) {
        let law = law(&a);
        let sum: f64 = w.iter().sum();
        let x: Vec<f64> = w.iter().map(|w| w / sum).collect();
        let top = law.log_prob(law.mode().unwrap().as_slice());
        prop_assert!(law.log_prob(&x) <= top + 1e-12 * top.abs().max(1.0));
    }

    #[test]
    fn nothing_panics(bits in prop::collection::vec(any::<u64>(), 6)) {
        let values: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        for a in [values[..3].to_vec(), values[..3].iter().map(|a| a.abs()).collect()] {
            if let Ok(law) = Dirichlet::new(a) {
                prop_assert!(!law.entropy().is_nan());
                prop_assert!(!law.log_prob(&[0.2, 0.3, 0.5]).is_nan());
                let _ = law.log_prob(&values[3..]);
                let x = law.sample(&mut Seed(1).stream("draws", 0));
                prop_assert!((x.sum() - 1.0).abs() < 1e-12 && x.iter().all(|x| *x >= 0.0));
            }
        }
    }
}

const DRAWS: usize = 20_000;

fn draws(law: &Dirichlet) -> Vec<DVector<f64>> {
    law.sample_iter(Seed(11).stream("draws", 0)).take(DRAWS).collect()
}

/// Averages of `x_i` and, by fourth moments of the draws themselves, of the products.
fn moments(draws: &[DVector<f64>], law: &Dirichlet) -> Vec<Check> {
    let n = draws.len() as f64;
    let (mean, covariance) = (law.mean(), law.covariance());
    let mut checks = Vec::new();
    for i in 0..law.dim() {
        let average = draws.iter().map(|x| x[i]).sum::<f64>() / n;
        let error = (covariance[(i, i)] / n).sqrt();
        checks.push(z(format!("mean {i}"), average, mean[i], error).unwrap());
        for j in 0..=i {
            let products: Vec<f64> =
                draws.iter().map(|x| (x[i] - mean[i]) * (x[j] - mean[j])).collect();
            let average = products.iter().sum::<f64>() / n;
            let spread = products.iter().map(|p| (p - average).powi(2)).sum::<f64>() / n;
            let what = format!("covariance {i} {j}");
            checks.push(z(what, average, covariance[(i, j)], (spread / n).sqrt()).unwrap());
        }
    }
    checks
}

#[test]
fn draws_have_the_moments_of_the_law() {
    for a in [[2.0, 0.5, 4.0], [0.02, 0.03, 0.05], [300.0, 1.0, 20.0]] {
        let law = law(&a);
        let drawn = draws(&law);
        assert!(drawn.iter().all(|x| (x.sum() - 1.0).abs() < 1e-14));
        holds(&moments(&drawn, &law), FalseAlarm::DEFAULT);
    }
    let other = law(&[2.0, 0.6, 4.0]);
    negative_control(&moments(&draws(&law(&[2.0, 0.5, 4.0])), &other), FalseAlarm::DEFAULT);
}

/// Each number follows its marginal law, `x_0 ~ Beta(1, b)` also by its distribution function
/// `1 − (1 − x)^b`, whatever b is split into. Control: another b.
#[test]
fn one_number_follows_its_beta_law() {
    let law = law(&[1.0, 0.4, 2.1]);
    let drawn = draws(&law);
    let number = |i: usize| -> Vec<f64> { drawn.iter().map(|x| x[i]).collect() };
    let closed = |b: f64| ks("x_0", &number(0), |x| -(b * (-x).ln_1p()).exp_m1()).unwrap();
    let marginal = |i: usize| {
        let law = law.marginal(i).unwrap();
        ks(format!("x_{i}"), &number(i), |x| law.cdf(x)).unwrap()
    };
    holds(&[closed(2.5), marginal(0), marginal(1), marginal(2)], FalseAlarm::DEFAULT);
    negative_control(&[closed(2.7)], FalseAlarm::DEFAULT);
}

/// With concentrations of 1e-3 a draw is next to a corner, and each corner has its probability;
/// never NaN.
#[test]
fn tiny_concentrations_draw_corners() {
    for scale in [1e-3, 1e-200, 1e-310] {
        let law = law(&[scale, 2.0 * scale, 5.0 * scale]);
        let drawn = draws(&law);
        let share = |i: usize| drawn.iter().map(|x| x[i]).sum::<f64>() / DRAWS as f64;
        let check = |i: usize, p: f64| {
            let error = (p * (1.0 - p) / DRAWS as f64).sqrt();
            z(format!("corner {i}, scale {scale:e}"), share(i), p, error).unwrap()
        };
        holds(&[check(0, 0.125), check(1, 0.25), check(2, 0.625)], FalseAlarm::DEFAULT);
        negative_control(&[check(2, 0.6)], FalseAlarm::DEFAULT);
    }
}
