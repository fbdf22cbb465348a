//! Truncated laws, mixtures and products: against closed forms, sums, quadrature and references.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use nalgebra::{DVector, dmatrix, dvector};
use prob_core::{
    AnyLaw, Cauchy, DiscreteUniform, Error, Exponential, Geometric, LogDensity, Mixture,
    Multivariate, MvNormal, Normal, Pareto, Poisson, Product, Seed, Truncated, TruncatedNormal,
    Uniform, Univariate, sample_into,
};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{FalseAlarm, holds, ks, negative_control, z};

const INF: f64 = f64::INFINITY;
const DRAWS: usize = 20_000;

fn close(ours: f64, exact: f64, tolerance: f64) {
    let error = (ours - exact).abs() / exact.abs().max(1.0);
    assert!(ours == exact || error <= tolerance, "{ours} should be {exact}, error {error:e}");
}

fn two_normals() -> Mixture<Normal> {
    let components = vec![Normal::new(-2.0, 1.0).unwrap(), Normal::new(3.0, 0.5).unwrap()];
    Mixture::new(vec![0.4, 0.6], components).unwrap()
}

fn normal_and_cauchy() -> Mixture<AnyLaw> {
    let components =
        vec![Normal::new(0.0, 1.0).unwrap().into(), Cauchy::new(1.0, 2.0).unwrap().into()];
    Mixture::new(vec![0.7, 0.3], components).unwrap()
}

fn zero_inflated() -> Mixture<AnyLaw> {
    let components =
        vec![DiscreteUniform::new(0, 0).unwrap().into(), Poisson::new(3.0).unwrap().into()];
    Mixture::new(vec![0.2, 0.8], components).unwrap()
}

/// An exponential law has no memory: beyond `a` it is itself, moved by `a`.
#[test]
fn a_truncated_exponential_law_is_a_moved_one() {
    let law = Exponential::new(2.0).unwrap();
    for a in [0.0, 1.5, 1e3] {
        let tail = Truncated::new(law, a, INF).unwrap();
        for x in [0.1, 1.0, 10.0, 500.0] {
            let rounding = 1e-15 * (1.0 + a);
            close(tail.log_prob(a + x), law.log_prob(x), 4.0 * rounding);
            close(tail.log_sf(a + x), law.log_sf(x), 4.0 * rounding);
            close(tail.log_cdf(a + x), law.log_cdf(x), 4.0 * rounding);
        }
        for p in [1e-10, 0.1, 0.5, 0.99] {
            close(tail.quantile(p) - a, law.quantile(p), 1e-14 * (1.0 + a));
            close(tail.upper_quantile(p) - a, law.upper_quantile(p), 1e-14 * (1.0 + a));
        }
        close(tail.mean() - a, 0.5, 1e-11 * (1.0 + a));
        close(tail.variance(), 0.25, 1e-10);
        close(tail.entropy(), law.entropy(), 1e-10);
        assert_eq!(tail.mode(), a);
    }
    // So far out that the probability of the interval underflows.
    let far = Truncated::new(law, 1e5, INF).unwrap();
    assert_eq!(far.log_mass(), -2e5);
    close(far.quantile(0.5) - 1e5, law.quantile(0.5), 1e-9);
    close(far.mean() - 1e5, 0.5, 1e-9);
    // mpmath 1.3, 50 digits: pdf(40) / sf(40) of N(0, 1).
    let far = Truncated::new(Normal::standard(), 40.0, INF).unwrap();
    close(far.mean(), 40.024_968_847_207_26, 1e-12);
    assert_eq!((far.cdf(1e300), far.sf(1e300), far.log_sf(1e300)), (1.0, 0.0, -INF));
}

/// mpmath 1.3, 50 digits: mean, variance and entropy of N(0, 1) given 1 <= x <= 2.5.
#[test]
fn a_truncated_normal_law_meets_its_reference() {
    let law = Truncated::new(Normal::standard(), 1.0, 2.5).unwrap();
    close(law.mean(), 1.472_278_903_433_030_8, 1e-12);
    close(law.variance(), 0.132_202_683_901_915_9, 1e-11);
    close(law.entropy(), 0.187_894_917_272_774_27, 1e-11);
}

#[test]
fn truncating_a_normal_law_gives_the_truncated_normal_law() {
    // The last ones are narrow: differences of the distribution function would cancel.
    let intervals =
        [(-1.0, 2.0), (-INF, -3.0), (3.0, 4.0), (0.5, INF), (1.0, 1.0 + 1e-6), (0.3, 0.3 + 1e-5)];
    for (lower, upper) in intervals {
        let ours = Truncated::new(Normal::new(0.3, 1.2).unwrap(), lower, upper).unwrap();
        let other = TruncatedNormal::new(0.3, 1.2, lower, upper).unwrap();
        for p in [1e-6, 0.1, 0.5, 0.9, 0.999] {
            let x = other.quantile(p);
            close(ours.quantile(p), x, 1e-12);
            close(ours.log_prob(x), other.log_prob(x), 1e-12);
            close(ours.log_cdf(x), other.log_cdf(x), 1e-11);
            close(ours.log_sf(x), other.log_sf(x), 1e-11);
        }
        close(ours.mean(), other.mean(), 1e-10);
        close(ours.variance(), other.variance(), 1e-9);
        close(ours.entropy(), other.entropy(), 1e-9);
        assert_eq!(ours.mode(), other.mode());
    }
}

#[test]
fn a_truncated_count_includes_both_ends() {
    let law = Poisson::new(4.0).unwrap();
    let some = Truncated::new(law, 1.5, 6.0).unwrap();
    let weights: Vec<f64> = (2..=6).map(|k| law.prob(f64::from(k))).collect();
    let sum: f64 = weights.iter().sum();
    let mut below = 0.0;
    for (k, weight) in (2..=6).map(f64::from).zip(&weights) {
        close(some.prob(k), weight / sum, 1e-14);
        below += weight / sum;
        close(some.cdf(k), below, 1e-14);
        close(some.cdf(k + 0.5), below, 1e-14);
        assert_eq!((some.quantile(some.cdf(k)), some.upper_quantile(some.sf(k))), (k, k));
    }
    assert_eq!((some.prob(1.0), some.prob(7.0), some.prob(2.5)), (0.0, 0.0, 0.0));
    assert_eq!((some.quantile(0.0), some.quantile(1.0)), (2.0, 6.0));
    let mean: f64 = (2..=6).map(f64::from).zip(&weights).map(|(k, w)| k * w / sum).sum();
    close(some.mean(), mean, 1e-13);
    let one = Truncated::new(law, 3.0, 3.0).unwrap();
    close(one.prob(3.0), 1.0, 1e-14);
    assert_eq!((one.quantile(0.3), one.mode()), (3.0, 3.0));
    // A geometric law has no memory either.
    let law = Geometric::new(0.01).unwrap();
    let tail = Truncated::new(law, 50.0, INF).unwrap();
    close(tail.mean(), 50.0 + law.mean(), 1e-11);
    close(tail.variance(), law.variance(), 1e-10);
    assert_eq!(tail.quantile(0.7), 50.0 + law.quantile(0.7));
}

#[test]
fn what_cannot_be_truncated_is_refused() {
    let law = Normal::standard();
    assert!(matches!(Truncated::new(law, 2.0, 1.0), Err(Error::Parameter { .. })));
    assert!(matches!(Truncated::new(law, f64::NAN, 1.0), Err(Error::Parameter { .. })));
    assert!(matches!(Truncated::new(law, 1.0, 1.0), Err(Error::NothingBetween { .. })));
    assert!(matches!(Truncated::new(law, INF, INF), Err(Error::NothingBetween { .. })));
    let law = Uniform::new(0.0, 1.0).unwrap();
    assert!(matches!(Truncated::new(law, 2.0, 3.0), Err(Error::NothingBetween { .. })));
    let law = Poisson::new(1.0).unwrap();
    assert!(matches!(Truncated::new(law, 0.2, 0.8), Err(Error::NothingBetween { .. })));
    assert!(matches!(Truncated::new(law, -5.0, -1.0), Err(Error::NothingBetween { .. })));
}

#[test]
fn moments_that_do_not_converge_are_nan() {
    let half = Truncated::new(Cauchy::new(0.0, 1.0).unwrap(), 0.0, INF).unwrap();
    assert!(half.mean().is_nan() && half.variance().is_nan());
    // Given |x| <= 1: 4 / π − 1 (by hand).
    let middle = Truncated::new(Cauchy::new(0.0, 1.0).unwrap(), -1.0, 1.0).unwrap();
    close(middle.mean(), 0.0, 1e-13);
    close(middle.variance(), 4.0 / std::f64::consts::PI - 1.0, 1e-11);
    // A Pareto law beyond a is one with the scale a.
    let law = Truncated::new(Pareto::new(3.0, 1.0).unwrap(), 10.0, INF).unwrap();
    close(law.mean(), 15.0, 1e-10);
    close(law.variance(), 75.0, 1e-8);
}

#[test]
fn a_mixture_is_the_weighted_sum() {
    for law in [normal_and_cauchy(), zero_inflated()] {
        let sum = |f: &dyn Fn(&AnyLaw) -> f64| -> f64 {
            law.weights().iter().zip(law.components()).map(|(w, c)| w * f(c)).sum()
        };
        for x in [-1e10, -3.0, 0.0, 0.5, 2.0, 40.0, 1e10, 1e300] {
            if law.prob(x) > 0.0 {
                close(law.log_prob(x), sum(&|c| c.prob(x)).ln(), 1e-13);
            }
            close(law.cdf(x), sum(&|c| c.cdf(x)), 1e-15);
            close(law.sf(x), sum(&|c| c.sf(x)), 1e-15);
            if law.sf(x) > 0.0 {
                close(law.log_sf(x), sum(&|c| c.sf(x)).ln(), 1e-13);
            }
            assert_eq!(law.log_density(&x), law.log_prob(x));
        }
    }
    // Where all components underflow, logarithms do not.
    let law = two_normals();
    close(
        law.log_prob(1e3),
        0.6f64.ln()
            + Normal::new(3.0, 0.5)
                .unwrap()
                .log_prob(1e3)
                .max(0.4f64.ln() - 0.6f64.ln() + Normal::new(-2.0, 1.0).unwrap().log_prob(1e3)),
        1e-14,
    );
    assert!(law.log_sf(1e3).is_finite() && law.log_cdf(-1e3).is_finite());
}

#[test]
fn quantiles_of_mixtures_undo_their_distribution_function() {
    let (a, b) = (two_normals(), normal_and_cauchy());
    let laws: [&dyn Univariate; 2] = [&a, &b];
    for law in laws {
        for x in [-30.0, -5.0, -2.0, 0.0, 0.7, 2.9, 3.3, 5.0, 7.0] {
            let (cdf, sf) = (law.cdf(x), law.sf(x));
            let rounding = 8.0 * f64::EPSILON * cdf.min(sf) / law.prob(x);
            let back = if cdf <= sf { law.quantile(cdf) } else { law.upper_quantile(sf) };
            assert!((back - x).abs() <= 1e-11 * x.abs() + rounding, "{x} came back as {back}");
        }
        assert_eq!((law.quantile(0.0), law.quantile(1.0)), (-INF, INF));
        assert!(law.quantile(f64::NAN).is_nan() && law.upper_quantile(2.0).is_nan());
    }
    let law = zero_inflated();
    for k in [0.0, 1.0, 2.0, 5.0, 12.0, 30.0] {
        assert_eq!(law.upper_quantile(law.sf(k)), k);
        if law.sf(k) > 1e-12 {
            assert_eq!(law.quantile(law.cdf(k)), k);
        }
    }
    assert_eq!((law.quantile(0.0), law.quantile(0.1), law.quantile(1.0)), (0.0, 0.0, INF));
}

#[test]
fn moments_of_mixtures_are_those_of_sums_and_references() {
    // By hand: 0.4 (−2) + 0.6 · 3 and 0.4 (1 + 9) + 0.6 (0.25 + 4).
    let law = two_normals();
    close(law.mean(), 1.0, 1e-15);
    close(law.variance(), 6.55, 1e-15);
    // mpmath 1.3, 50 digits: the integral of -p ln p, and the root of p'(x) near 3.
    close(law.entropy(), 1.674_846_557_677_684_3, 1e-11);
    close(law.mode(), 2.999_998_447_216_271_3, 1e-8);
    // Counts: by summing 60 of them.
    let law = zero_inflated();
    let sum = |f: &dyn Fn(f64) -> f64| -> f64 { (0..60).map(|k| f(f64::from(k))).sum() };
    close(sum(&|k| law.prob(k)), 1.0, 1e-14);
    close(law.mean(), sum(&|k| k * law.prob(k)), 1e-14);
    close(law.variance(), sum(&|k| (k - law.mean()).powi(2) * law.prob(k)), 1e-13);
    close(law.entropy(), sum(&|k| -law.prob(k) * law.log_prob(k)), 1e-13);
    assert_eq!(law.mode(), 0.0);
    assert!(normal_and_cauchy().mean().is_nan() && normal_and_cauchy().variance().is_nan());
    assert!(normal_and_cauchy().entropy().is_finite());
}

#[test]
fn responsibilities_are_bayes_theorem() {
    let law = two_normals();
    for x in [-1e3, -2.0, 0.9, 1e3] {
        let mut r = [0.0; 2];
        law.responsibilities(&x, &mut r);
        close(r[0] + r[1], 1.0, 1e-15);
        let odds =
            (0.4f64 / 0.6).ln() + law.components()[0].log_prob(x) - law.components()[1].log_prob(x);
        close(r[0], 1.0 / (1.0 + (-odds).exp()), 1e-12);
    }
}

#[test]
fn bad_mixtures_are_named() {
    let n = Normal::standard();
    assert!(matches!(Mixture::<Normal>::new(vec![], vec![]), Err(Error::Empty { .. })));
    assert!(matches!(Mixture::new(vec![1.0], vec![n, n]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(Mixture::new(vec![0.5, 0.4], vec![n, n]), Err(Error::NotNormalised { .. })));
    let bad = Mixture::new(vec![1.5, -0.5], vec![n, n]);
    assert!(matches!(bad, Err(Error::NotAProbability { index: 1, .. })));
    let mixed = vec![AnyLaw::from(n), Poisson::new(1.0).unwrap().into()];
    let error = Mixture::new(vec![0.5, 0.5], mixed).unwrap_err();
    assert_eq!(error, Error::CountsAndDensities { index: 1 });
    let plane = |d: usize| MvNormal::new(DVector::zeros(d), nalgebra::DMatrix::identity(d, d));
    let error = Mixture::new(vec![0.5, 0.5], vec![plane(2).unwrap(), plane(3).unwrap()]);
    assert!(matches!(error, Err(Error::LengthMismatch { expected: 2, found: 3, .. })));
}

#[test]
fn a_component_of_weight_zero_has_no_part() {
    let components = vec![Normal::standard().into(), AnyLaw::from(Cauchy::new(0.0, 1.0).unwrap())];
    let law = Mixture::new(vec![1.0, 0.0], components).unwrap();
    for x in [-3.0, 0.0, 1e200] {
        assert_eq!(law.log_prob(x), Normal::standard().log_prob(x));
        close(law.log_sf(x), Normal::standard().log_sf(x), 1e-15);
    }
    assert_eq!((law.mean(), law.variance()), (0.0, 1.0));
}

#[test]
fn slices_agree_with_single_numbers() {
    let x: Vec<f64> = (0..9_000).map(|i| f64::from(i - 4_500) * 0.01).collect();
    let mut out = vec![0.0; x.len()];
    for law in [normal_and_cauchy(), zero_inflated()] {
        law.log_prob_into(&x, &mut out);
        for (x, out) in x.iter().zip(&out) {
            close(*out, law.log_prob(*x), 1e-14);
        }
    }
}

/// One by one and in slices; control: the weights exchanged.
#[test]
fn draws_follow_the_compositions() {
    let alarm = FalseAlarm::DEFAULT;
    let mixture = two_normals();
    let swapped = Mixture::new(vec![0.45, 0.55], mixture.components().to_vec()).unwrap();
    let truncated = Truncated::new(mixture.clone(), -2.5, 3.1).unwrap();
    let mut block = vec![0.0; DRAWS];
    sample_into(&mixture, &mut block, &mut Seed(5).stream("block", 0));
    let single: Vec<f64> = (&mixture).sample_iter(Seed(6).stream("draws", 0)).take(DRAWS).collect();
    let cut: Vec<f64> =
        (&truncated).sample_iter(Seed(7).stream("draws", 0)).take(DRAWS / 4).collect();
    holds(
        &[
            ks("a block", &block, |x| mixture.cdf(x)).unwrap(),
            ks("one by one", &single, |x| mixture.cdf(x)).unwrap(),
            ks("truncated", &cut, |x| truncated.cdf(x)).unwrap(),
        ],
        alarm,
    );
    for drawn in [&block, &single] {
        negative_control(&[ks("weights", drawn, |x| swapped.cdf(x)).unwrap()], alarm);
    }
    negative_control(&[ks("not truncated", &cut, |x| mixture.cdf(x)).unwrap()], alarm);
}

#[test]
fn products_multiply() {
    let laws: Vec<AnyLaw> =
        vec![Normal::new(1.0, 2.0).unwrap().into(), Exponential::new(3.0).unwrap().into()];
    let law = Product::new(laws.clone()).unwrap();
    close(law.log_prob(&[0.5, 0.2]), laws[0].log_prob(0.5) + laws[1].log_prob(0.2), 1e-15);
    assert_eq!(law.log_prob(&[0.5, -0.2]), -INF);
    assert_eq!(law.log_prob(&[0.5]), -INF);
    assert_eq!((law.dim(), law.mean()), (2, dvector![1.0, 1.0 / 3.0]));
    assert_eq!(law.covariance()[(0, 1)], 0.0);
    close(law.covariance()[(1, 1)], 1.0 / 9.0, 1e-15);
    assert!(matches!(Product::<Normal>::new(vec![]), Err(Error::Empty { .. })));
    let drawn: Vec<DVector<f64>> =
        (&law).sample_iter(Seed(3).stream("draws", 0)).take(DRAWS).collect();
    let column = |i: usize| drawn.iter().map(|x| x[i]).collect::<Vec<f64>>();
    let check = |i: usize, of: usize| ks("a column", &column(i), |x| laws[of].cdf(x)).unwrap();
    holds(&[check(0, 0), check(1, 1)], FalseAlarm::DEFAULT);
    negative_control(&[check(0, 1)], FalseAlarm::DEFAULT);
}

#[test]
fn a_mixture_of_vectors_has_the_total_covariance() {
    let components = vec![
        MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.0; 0.0, 1.0]).unwrap(),
        MvNormal::new(dvector![2.0, -2.0], dmatrix![2.0, 0.5; 0.5, 1.0]).unwrap(),
    ];
    let law = Mixture::new(vec![0.5, 0.5], components).unwrap();
    assert_eq!((law.dim(), law.mean()), (2, dvector![1.0, -1.0]));
    // By hand: half of each covariance, and ±(1, −1) around the mean.
    assert!((law.covariance() - dmatrix![2.5, -0.75; -0.75, 2.0]).amax() < 1e-15);
    let point = [0.3, 0.4];
    let sum: f64 = law.components().iter().map(|c| 0.5 * c.log_prob(&point).exp()).sum();
    close(law.log_prob(&point), sum.ln(), 1e-14);
    let mut r = [0.0; 2];
    law.responsibilities(&point[..], &mut r);
    close(r[0], 0.5 * law.components()[0].log_prob(&point).exp() / sum, 1e-14);
    let drawn: Vec<DVector<f64>> =
        (&law).sample_iter(Seed(4).stream("draws", 0)).take(DRAWS).collect();
    let average = drawn.iter().map(|x| x[0]).sum::<f64>() / DRAWS as f64;
    let check = |mean: f64| z("mean", average, mean, (2.5 / DRAWS as f64).sqrt()).unwrap();
    holds(&[check(1.0)], FalseAlarm::DEFAULT);
    negative_control(&[check(1.1)], FalseAlarm::DEFAULT);
}

#[test]
fn what_is_written_is_read() {
    let mixture = zero_inflated();
    let text = serde_json::to_string(&mixture).unwrap();
    assert_eq!(serde_json::from_str::<Mixture<AnyLaw>>(&text).unwrap(), mixture);
    let product = Product::new(mixture.components().to_vec()).unwrap();
    let text = serde_json::to_string(&product).unwrap();
    assert_eq!(serde_json::from_str::<Product<AnyLaw>>(&text).unwrap(), product);
    for (lower, upper) in [(-1.0, INF), (-INF, 2.0), (0.0, 1.0), (-INF, INF)] {
        let law = Truncated::new(AnyLaw::from(Normal::standard()), lower, upper).unwrap();
        let text = serde_json::to_string(&law).unwrap();
        assert_eq!(serde_json::from_str::<Truncated<AnyLaw>>(&text).unwrap(), law, "{text}");
    }
    for bad in [
        r#"{"weights":[0.5],"components":[{"mean":0.0,"std_dev":1.0}]}"#,
        r#"{"weights":[1.0],"components":[{"mean":0.0,"std_dev":-1.0}]}"#,
        r#"{"weights":[1.0],"components":[]}"#,
    ] {
        assert!(serde_json::from_str::<Mixture<Normal>>(bad).is_err(), "{bad}");
    }
    let bad = r#"{"law":{"mean":0.0,"std_dev":1.0},"lower":2.0,"upper":1.0}"#;
    assert!(serde_json::from_str::<Truncated<Normal>>(bad).is_err());
    let open = r#"{"law":{"mean":0.0,"std_dev":1.0},"lower":2.0}"#;
    assert_eq!(serde_json::from_str::<Truncated<Normal>>(open).unwrap().upper(), INF);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_bits_panic(x in any::<u64>(), a in any::<u64>(), b in any::<u64>(), p in 0f64..=1.0) {
        let (x, a, b) = (f64::from_bits(x), f64::from_bits(a), f64::from_bits(b));
        let (a, b) = if a > b { (b, a) } else { (a, b) };
        let mixture = normal_and_cauchy();
        let mut laws: Vec<Box<dyn Univariate>> =
            vec![Box::new(mixture.clone()), Box::new(zero_inflated())];
        if let Ok(law) = Truncated::new(mixture, a, b) { laws.push(Box::new(law)); }
        if let Ok(law) = Truncated::new(zero_inflated(), a, b) { laws.push(Box::new(law)); }
        for law in laws {
            let values = [law.log_prob(x), law.cdf(x), law.sf(x), law.log_cdf(x), law.log_sf(x)];
            prop_assert!(values.iter().all(|v| v.is_nan() == x.is_nan()), "at {x}: {values:?}");
            if !x.is_nan() {
                prop_assert!((values[1] + values[2] - 1.0).abs() < 1e-14, "at {x}: {values:?}");
            }
            let (low, high) = (law.quantile(p), law.upper_quantile(p));
            prop_assert!(!low.is_nan() && !high.is_nan());
            let _ = (law.mode(), law.mean(), law.variance(), law.entropy());
        }
    }
}
