//! Bayes' theorem on cases with an exact answer.

use prob_core::{bayes, evidence};
use proptest::prelude::*;

/// Of 10,000 women 40 have cancer, 32 of them with a positive finding; of the 9,960 healthy ones 996
/// have one too: 32 / (32 + 996) = 8 / 257 = 0.0311284...
#[test]
fn three_of_a_hundred_positive_mammographies_are_cancer() {
    let posterior = bayes(&[0.004, 0.996], &[0.8, 0.1]).unwrap();
    assert!((posterior[0] - 8.0 / 257.0).abs() < 1e-17, "{}", posterior[0]);
    assert!((posterior[1] - 249.0 / 257.0).abs() < 2e-16);
}

proptest! {
    /// p(h | x) p(x) = p(x | h) p(h), and the posteriors sum to one.
    #[test]
    fn the_joint_probability_factors_both_ways(
        weights in prop::collection::vec(0.01f64..1.0, 2..8),
        likelihoods in prop::collection::vec(0.0f64..3.0, 8),
    ) {
        let total: f64 = weights.iter().sum();
        let prior: Vec<f64> = weights.iter().map(|w| w / total).collect();
        let likelihood = &likelihoods[..prior.len()];
        prop_assume!(likelihood.iter().any(|l| *l > 1e-3));
        let posterior = bayes(&prior, likelihood).unwrap();
        let evidence = evidence(&prior, likelihood).unwrap();
        prop_assert!((posterior.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        for h in 0..prior.len() {
            prop_assert!((posterior[h] * evidence - likelihood[h] * prior[h]).abs() < 1e-14);
        }
    }
}
