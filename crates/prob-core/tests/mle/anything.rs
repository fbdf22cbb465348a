//! Numbers of any bits: an answer or an error, never a panic, and an answer is finite.

use nalgebra::DMatrix;
use prob_core::mle::goodness::{
    anderson_darling, chi_square, chi_square_of_law, kolmogorov_smirnov,
};
use prob_core::mle::{
    EmOptions, MaximumLikelihood, Observations, fit_mixture, fit_mv_normal, fit_mv_normal_mixture,
};
use prob_core::{Categorical, DiscreteUniform, Normal, Seed, Uniform};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_oneof, proptest};
use proptest::strategy::Strategy;

use crate::families::{irregular, regular};

/// Any bits, or numbers that most laws can have produced.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        (0_u8..20).prop_map(f64::from),
        0.0..1.0_f64,
        (-300.0..300.0_f64).prop_map(|e| 10.0_f64.powf(e)),
    ]
}

/// A few of them, of one kind or mixed.
fn numbers() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        vec(number(), 1..7),
        vec((0_u8..20).prop_map(f64::from), 1..7),
        vec(0.0..1.0_f64, 1..7),
        vec((-300.0..300.0_f64).prop_map(|e| 10.0_f64.powf(e)), 1..7),
        vec((-3.0..3.0_f64).prop_map(|e| 10.0_f64.powf(e)), 1..7),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_family_answers(values in numbers(), weights in vec(0.0..3.0_f64, 6)) {
        let Ok(data) = Observations::new(&values) else { return Ok(()) };
        let Ok(data) = data.weighted(&weights[..values.len()]) else { return Ok(()) };
        for family in regular(1).into_iter().chain(irregular(1)) {
            if let Ok(fit) = (family.fit)(&data) {
                let finite = fit.values.iter().all(|v| v.is_finite());
                prop_assert!(finite && fit.log_likelihood.is_finite(), "{}", family.name);
                prop_assert!(fit.errors.iter().flatten().all(|e| *e >= 0.0), "{}", family.name);
            }
        }
        let _ = (Uniform::fit(&data), DiscreteUniform::fit(&data));
        let _ = (Categorical::fit_given(20, &data), Categorical::fit_given(usize::MAX, &data));
        let _ = fit_mv_normal(&DMatrix::from_row_slice(1, values.len(), &values), None);
    }

    #[test]
    fn every_mixture_answers(values in numbers(), components in 0_usize..4) {
        let options = EmOptions { restarts: 2, max_iterations: 50, tolerance: 1e-8 };
        let two = values.len() / 2;
        let _ = fit_mv_normal_mixture(
            components, &DMatrix::from_row_slice(2, two, &values[..2 * two]), None, &options, Seed(1),
        );
        let Ok(data) = Observations::new(&values) else { return Ok(()) };
        if let Ok(fit) = fit_mixture::<Normal>((), components, &data, &options, Seed(1)) {
            prop_assert!(fit.fitted.log_likelihood.is_finite());
        }
    }

    #[test]
    fn every_test_answers(values in vec(number(), 0..30), classes in any::<usize>()) {
        let law = Normal::standard();
        for fit in [
            kolmogorov_smirnov(&values, &law),
            anderson_darling(&values, &law),
            chi_square_of_law(&values, &law, classes, classes % 3),
            chi_square(&values, &vec![1.0 / values.len() as f64; values.len()], classes % 3),
        ].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&fit.p_value), "{fit:?}");
            prop_assert!(fit.statistic >= 0.0, "{fit:?}");
        }
    }
}
