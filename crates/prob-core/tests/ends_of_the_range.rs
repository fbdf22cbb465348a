//! Extreme parameters and probabilities: what overflows, underflows or has no digits left in a careless
//! formula.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use prob_core::{
    AnyLaw, Beta, Cauchy, ChiSquare, DiscreteUniform, FisherF, Gamma, Geometric, InverseGamma,
    LogNormal, Lomax, MaxwellBoltzmann, NegativeBinomial, Normal, Pareto, Poisson, Seed, StudentT,
    Truncated, Univariate, VonMises, Weibull, sample_into,
};
use rand_distr::Distribution;

/// mpmath 1.3, 50 digits: findroot of `log(gammainc(a, x, inf, regularized=True)) - log(q)`, where
/// `q = 5e-324` is 2^-1074.
#[test]
fn subnormal_tails_have_quantiles() {
    for (shape, x) in GAMMA_TAIL {
        let law = Gamma::new(shape, 1.0).unwrap();
        let ours = law.upper_quantile(5e-324);
        assert!((ours / x - 1.0).abs() < 1e-13, "shape {shape}: {ours}, not {x}");
        let inverse = InverseGamma::new(shape, 1.0).unwrap().quantile(5e-324);
        assert!((inverse * x - 1.0).abs() < 1e-13, "shape {shape}: {inverse}");
    }
}

const GAMMA_TAIL: [(f64, f64); 3] =
    [(1e-3, 730.943_786_881_290_6), (0.25, 738.197_876_359_159_7), (0.9, 743.712_395_970_815_3)];

/// For few degrees `P(|T| > t)` is a power of `t` up to rounding, `(c / t)^ν`, and the quantiles of
/// ordinary probabilities lie far out; from mpmath 1.3 at 60 digits.
#[test]
fn few_degrees_have_far_quartiles() {
    for (degrees, log10_t) in STUDENT_QUARTILE {
        let ours = StudentT::standard(degrees).unwrap().upper_quantile(0.25).log10();
        assert!((ours / log10_t - 1.0).abs() < 1e-12, "{degrees}: {ours}, not {log10_t}");
    }
}

const STUDENT_QUARTILE: [(f64, f64); 2] =
    [(0.0018, 165.565_813_788_222_94), (0.005, 58.755_343_871_544_22)];

#[test]
fn the_ends_are_quantiles_of_zero_and_one() {
    let laws: [AnyLaw; 4] = [
        Cauchy::new(0.1, 2.0).unwrap().into(),
        Normal::new(-3.0, 2.0).unwrap().into(),
        DiscreteUniform::new(-9_000_000_000_000_000, 9_000_000_000_000_000).unwrap().into(),
        Lomax::new(2.0, 1e300).unwrap().into(),
    ];
    for law in laws {
        let (lower, upper) = (law.support().lower, law.support().upper);
        for zero in [0.0, -0.0] {
            assert_eq!((law.quantile(zero), law.upper_quantile(zero)), (lower, upper), "{law:?}");
        }
        assert_eq!((law.quantile(1.0), law.upper_quantile(1.0)), (upper, lower), "{law:?}");
    }
}

/// Where the mean is infinite the variance is too; where numbers overflow it is infinite, not NaN.
#[test]
fn moments_are_infinite_together() {
    let laws: [AnyLaw; 6] = [
        InverseGamma::new(0.7, 2.0).unwrap().into(),
        Pareto::new(0.7, 2.0).unwrap().into(),
        Lomax::new(0.7, 2.0).unwrap().into(),
        FisherF::new(3.0, 1.5).unwrap().into(),
        LogNormal::new(1e5, 1e-200).unwrap().into(),
        Weibull::new(5e-324, 1.0).unwrap().into(),
    ];
    for law in laws {
        let moments = [law.mean(), law.variance(), law.std_dev()];
        assert_eq!(moments, [f64::INFINITY; 3], "{law:?}");
    }
    // A tail that is kept diverges as before; one that is cut off does not.
    let kept = Truncated::new(Pareto::new(0.7, 2.0).unwrap(), 3.0, f64::INFINITY).unwrap();
    assert_eq!((kept.mean(), kept.variance()), (f64::INFINITY, f64::INFINITY));
    let kept = Truncated::new(StudentT::standard(1.5).unwrap(), 0.0, f64::INFINITY).unwrap();
    assert!(kept.mean().is_finite() && kept.variance() == f64::INFINITY, "{}", kept.mean());
    let cut = Truncated::new(Pareto::new(0.7, 2.0).unwrap(), 3.0, 4.0).unwrap();
    assert!((3.0..4.0).contains(&cut.mean()) && cut.variance() < 1.0);
    // The square of sigma is below all numbers.
    let narrow = LogNormal::new(2.0, 1e-200).unwrap();
    assert!((narrow.std_dev() / 1e-200 / 2f64.exp() - 1.0).abs() < 1e-14);
    let heavy = Lomax::new(3.0, 1e200).unwrap();
    assert!((heavy.std_dev() / (0.5e200 * 3f64.sqrt()) - 1.0).abs() < 1e-14);
}

#[test]
fn every_draw_is_a_number_of_the_support() {
    let laws: [AnyLaw; 19] = [
        Beta::new(1e-310, 1e-310).unwrap().into(),
        NegativeBinomial::new(1e290, 0.5).unwrap().into(),
        StudentT::new(1e-308, 0.0, 5e-324).unwrap().into(),
        Cauchy::new(1e308, 1e308).unwrap().into(),
        ChiSquare::new(1e-3).unwrap().into(),
        Gamma::new(2.0, 1e-310).unwrap().into(),
        Geometric::new(5e-324).unwrap().into(),
        InverseGamma::new(1e-3, 2.0).unwrap().into(),
        InverseGamma::new(2.0, 5e-324).unwrap().into(),
        LogNormal::new(0.0, 400.0).unwrap().into(),
        LogNormal::new(-700.0, 40.0).unwrap().into(),
        Lomax::new(1e-3, 2.0).unwrap().into(),
        MaxwellBoltzmann::new(1e308).unwrap().into(),
        Normal::new(0.1, f64::MAX).unwrap().into(),
        Pareto::new(1e-3, 2.0).unwrap().into(),
        Poisson::new(f64::MAX).unwrap().into(),
        StudentT::new(0.6, 0.0, 1e300).unwrap().into(),
        VonMises::new(0.3, f64::MAX).unwrap().into(),
        VonMises::new(-3.0, 1e17).unwrap().into(),
    ];
    for law in laws {
        let mut block = vec![0.0; 200];
        sample_into(&law, &mut block, &mut Seed(1).stream("block", 0));
        block.extend((&law).sample_iter(Seed(1).stream("draws", 0)).take(200));
        for x in block {
            assert!(
                law.support().contains(x) && law.log_prob(x) > f64::NEG_INFINITY,
                "{law:?}: {x}"
            );
        }
    }
}

#[test]
fn the_fast_form_keeps_the_digits_of_the_plain_one() {
    let laws: [AnyLaw; 4] = [
        LogNormal::new(0.15, 2e-9).unwrap().into(),
        LogNormal::new(3.0, 1e-4).unwrap().into(),
        Cauchy::new(1e308, 1e308).unwrap().into(),
        StudentT::new(1.5, 1e308, 1e300).unwrap().into(),
    ];
    for law in laws {
        let mut x: Vec<f64> = [1e-300, 1e-9, 0.2, 0.5, 0.9].map(|p| law.quantile(p)).to_vec();
        x.extend([f64::MIN, -1.0, 1.0, f64::MAX]);
        let mut fast = vec![0.0; x.len()];
        law.log_prob_into(&x, &mut fast);
        for (x, fast) in x.iter().zip(fast) {
            let plain = law.log_prob(*x);
            let same = fast == plain || (fast - plain).abs() <= 1e-14 * plain.abs().max(1.0);
            assert!(same, "{law:?} at {x}: {fast} and {plain}");
        }
    }
}

/// mpmath 1.3: `x^a / (a B(a, b)) = p` for shapes so small that x leaves the range of numbers.
#[test]
fn quantiles_below_all_numbers_are_zero() {
    let law = Beta::new(0.007, 617.0).unwrap();
    assert_eq!(
        (law.quantile(5e-324), law.quantile(1e-10), law.upper_quantile(0.9999)),
        (0.0, 0.0, 0.0)
    );
    let (tiny, p) = (1e-310, law.cdf(1e-310));
    assert!((law.quantile(p) / tiny - 1.0).abs() < 1e-9 && law.quantile(0.9) > 0.0);
}

/// Half the degrees, or the sum of the shapes, would not be a positive, finite number.
#[test]
fn what_has_no_digits_is_refused() {
    assert!(Beta::new(f64::MAX, f64::MAX).is_err() && Beta::new(f64::MAX, 1.0).is_ok());
    assert!(NegativeBinomial::new(1e291, 0.5).is_err());
    assert!(StudentT::standard(5e-324).is_err() && StudentT::standard(1e-320).is_ok());
    assert!(FisherF::new(5e-324, 1.0).is_err() && FisherF::new(1.0, 5e-324).is_err());
}

/// The quotient of the degrees is below all numbers.
#[test]
fn far_apart_degrees_keep_their_order() {
    let law = FisherF::new(1e-170, 1e240).unwrap();
    let (near, far) = (law.log_sf(1e40), law.log_sf(1e232));
    assert!(far < near && law.cdf(1e232) > 1.0 - 1e-15, "{near} {far}");
}
