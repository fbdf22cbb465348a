//! Data that a family cannot be fitted to are refused, and the observation is named.

use prob_core::mle::{MaximumLikelihood, Observations};
use prob_core::{
    Bernoulli, Beta, Binomial, Categorical, Cauchy, DiscreteUniform, Error, Exponential, FisherF,
    Gamma, Geometric, LogNormal, NegativeBinomial, Normal, Pareto, Poisson, StudentT,
    TruncatedNormal, Uniform, VonMises, Weibull,
};

use crate::families::{irregular, regular};

fn data(values: &[f64]) -> Observations {
    Observations::new(values).unwrap()
}

#[test]
fn numbers_that_are_none_are_refused_at_once() {
    assert_eq!(Observations::new(&[]), Err(Error::Empty { what: "observations" }));
    let infinite = Observations::new(&[1.0, f64::NEG_INFINITY]).unwrap_err();
    let value = f64::NEG_INFINITY;
    assert_eq!(infinite, Error::NotFinite { what: "observations", index: 1, value });
    let nan = Observations::new(&[1.0, 2.0, f64::NAN]).unwrap_err();
    assert!(matches!(nan, Error::NotFinite { index: 2, value, .. } if value.is_nan()), "{nan}");
}

#[test]
fn bad_weights_are_named() {
    let two = data(&[1.0, 2.0]);
    let error = two.clone().weighted(&[1.0]).unwrap_err();
    assert_eq!(error, Error::LengthMismatch { what: "weights", expected: 2, found: 1 });
    assert_eq!(
        two.clone().weighted(&[1.0, -0.5]).unwrap_err(),
        Error::Weight { index: 1, value: -0.5 }
    );
    assert!(matches!(two.clone().weighted(&[f64::NAN, 1.0]), Err(Error::Weight { index: 0, .. })));
    assert!(matches!(two.weighted(&[0.0, 0.0]), Err(Error::Empty { .. })));
}

#[test]
fn the_first_observation_outside_the_support_is_named() {
    fn outside<L: MaximumLikelihood>(known: L::Known, values: &[f64], bad: usize) {
        let error = L::fit_given(known, &data(values)).map(|_| ()).unwrap_err();
        let at = values[bad];
        let named = matches!(error, Error::Observation { index, value, .. }
            if index == bad && value == at);
        assert!(named, "{error}");
    }
    outside::<Exponential>((), &[1.0, -1e-9], 1);
    outside::<Gamma>((), &[1.0, 0.0, -1.0], 1);
    outside::<LogNormal>((), &[0.0, 1.0], 0);
    outside::<Weibull>((), &[1.0, 2.0, -3.0], 2);
    outside::<Pareto>((), &[1.0, -2.0], 1);
    outside::<FisherF>((), &[1.0, -2.0], 1);
    outside::<Beta>((), &[0.5, 1.0], 1);
    outside::<Poisson>((), &[1.0, 0.5], 1);
    outside::<Geometric>((), &[-1.0], 0);
    outside::<NegativeBinomial>((), &[1.0, 7.25], 1);
    outside::<Bernoulli>((), &[1.0, 2.0], 1);
    outside::<Binomial>(5, &[1.0, 6.0], 1);
    outside::<Categorical>(3, &[2.0, 3.0], 1);
    outside::<DiscreteUniform>((), &[2.0, 2.5], 1);
    outside::<TruncatedNormal>((0.0, 1.0), &[0.5, 1.5], 1);
    outside::<VonMises>((), &[0.5, 4.0], 1);
    // Without weight it is not there.
    let weighted = data(&[1.0, -1.0, 2.0]).weighted(&[1.0, 0.0, 1.0]).unwrap();
    assert!(Exponential::fit(&weighted).is_ok());
}

/// One number, repeated, is refused by each family where a narrower law is always likelier.
#[test]
fn data_without_spread_are_refused() {
    let spreadless = [
        "exponential",
        "maxwell-boltzmann",
        "chi-square",
        "small chi-square",
        "poisson",
        "geometric",
        "bernoulli",
        "binomial",
    ];
    for family in regular(2).into_iter().chain(irregular(2)) {
        let one = if family.name.contains("beta") { 0.25 } else { 1.0 };
        let same = (family.fit)(&data(&[one; 5]));
        match same.map(|_| ()) {
            Ok(()) => assert!(spreadless.contains(&family.name), "{}", family.name),
            Err(Error::AllTheSame { value, .. }) => assert_eq!(value, one, "{}", family.name),
            Err(Error::NoMaximum { .. }) => assert!(family.name.contains("negative binomial")),
            Err(error) => panic!("{}: {error}", family.name),
        }
    }
    assert!(matches!(Uniform::fit(&data(&[2.0, 2.0])), Err(Error::AllTheSame { .. })));
}

#[test]
fn estimates_at_the_edge_have_no_standard_error() {
    let zeros = data(&[0.0; 4]);
    for (value, error) in [
        Bernoulli::fit(&zeros)
            .map(|f| (f.estimates[0].value, f.estimates[0].standard_error))
            .unwrap(),
        Binomial::fit_given(9, &zeros)
            .map(|f| (f.estimates[0].value, f.estimates[0].standard_error))
            .unwrap(),
    ] {
        assert_eq!((value, error), (0.0, None));
    }
    let geometric = Geometric::fit(&zeros).unwrap();
    assert_eq!((geometric.estimates[0].value, geometric.covariance), (1.0, None));
    let shares = Categorical::fit_given(3, &data(&[0.0, 0.0, 1.0])).unwrap();
    assert!(shares.estimates[0].standard_error.is_some());
    assert_eq!(shares.estimates[2].standard_error, None);
    assert_eq!(shares.covariance, None);
    let ends = Uniform::fit(&data(&[3.0, 1.0])).unwrap();
    assert_eq!(ends.interval(0.95), [None, None]);
}

#[test]
fn a_parameter_that_runs_to_its_end_is_named() {
    let runs = |error: Error, name: &str| {
        assert!(matches!(error, Error::NoMaximum { what, .. } if what == name), "{error}");
    };
    runs(Poisson::fit(&data(&[0.0, 0.0])).unwrap_err(), "rate");
    runs(Exponential::fit(&data(&[0.0, 0.0])).unwrap_err(), "rate");
    // Less spread than Poisson's.
    runs(NegativeBinomial::fit(&data(&[3.0, 4.0, 5.0])).unwrap_err(), "successes");
    // Evenly spread: lighter tails than the normal law's.
    let even: Vec<f64> = (0..50).map(f64::from).collect();
    runs(StudentT::fit(&data(&even)).unwrap_err(), "degrees");
    // Half of the observations are one number.
    runs(Cauchy::fit(&data(&[1.0, 1.0, 2.0, 3.0])).unwrap_err(), "scale");
    // Both ends crowded: no bell.
    let crowded = data(&[0.01, 0.02, 0.05, 0.95, 0.98, 0.99]);
    runs(TruncatedNormal::fit_given((0.0, 1.0), &crowded).unwrap_err(), "scale");
    // A longer tail than the exponential law's.
    let long = data(&[0.1, 0.1, 0.2, 0.3, 9.0]);
    runs(TruncatedNormal::fit_given((0.0, f64::INFINITY), &long).unwrap_err(), "scale");
    // Opposite directions.
    let half = std::f64::consts::FRAC_PI_2;
    runs(VonMises::fit(&data(&[half, -half])).unwrap_err(), "direction");
}

/// Any finite numbers, however large, small or few: an answer or an error, and an answer is finite.
#[test]
fn no_data_bring_a_fit_down() {
    let awkward = [
        vec![0.0],
        vec![f64::MAX, -f64::MAX],
        vec![f64::MAX, f64::MIN_POSITIVE],
        vec![5e-324, 1e-323, 1.0],
        vec![1.0, 1.0 + f64::EPSILON],
        vec![-0.0, 0.0],
        vec![1e300, 1e-300, 1.0, 2.0],
        vec![0.0, 1.0, 1e15],
        vec![1e8, 1e8 + 1.0, 1e8 + 2.0, 1e8 + 5.0],
        vec![0.5, 0.5, 0.5, 0.5 + 1e-16 * 3.0],
        vec![1e-320, 0.999_999_999_999_999_9],
        vec![3.0, 3.0, 3.0, 3.0, 3.0, 1e9],
    ];
    for family in regular(2).into_iter().chain(irregular(2)) {
        for values in &awkward {
            if let Ok(fit) = (family.fit)(&data(values)) {
                let finite = fit.values.iter().all(|v| v.is_finite());
                assert!(finite && fit.log_likelihood.is_finite(), "{} {values:?}", family.name);
            }
        }
    }
    let fitted = Normal::fit(&data(&[1e8, 1e8 + 1.0, 1e8 + 2.0, 1e8 + 5.0])).unwrap();
    assert!((fitted.estimates[1].value - 3.5_f64.sqrt()).abs() < 1e-15);
}
