//! The lecture's statistics from end to end, each step against its closed form: union, product rule,
//! marginal, conditional, Bayes' theorem; then likelihood, prior, posterior, evidence, and maximum
//! likelihood through the negative logarithm.

#![allow(clippy::unwrap_used)]

use prob_core::conjugate::BetaBernoulli;
use prob_core::mle::{MaximumLikelihood, Observations};
use prob_core::{
    Axis, Bernoulli, Beta, Conditional, Grid, GridAxis, Joint, LogDensity, Posterior, bayes,
    evidence, family_likelihood,
};

fn close(ours: f64, exact: f64, tolerance: f64) {
    assert!((ours - exact).abs() <= tolerance * exact.abs(), "{ours} {exact}");
}

/// A mammography: 4 of 1,000 women have cancer; the test finds 8 of 10, and is wrong in 1 of 10 of
/// the others.
#[test]
fn from_the_union_to_bayes() {
    let cancer = Axis::new("cancer", ["yes", "no"]).unwrap();
    let test = Axis::new("test", ["positive", "negative"]).unwrap();
    let prior = Joint::new([cancer.clone()], vec![0.004, 0.996]).unwrap();
    let likelihood =
        Conditional::new([test.clone()], [cancer.clone()], vec![0.8, 0.2, 0.1, 0.9]).unwrap();
    // Product rule: p(cancer, test) = p(test | cancer) p(cancer), in either order.
    let joint = Joint::from_conditional(&prior, &likelihood).unwrap();
    let both = joint.probability(&[("cancer", "yes"), ("test", "positive")]).unwrap();
    close(both, 0.8 * 0.004, 1e-15);
    let positive = joint.marginal(&["test"]).unwrap();
    close(positive.probability(&[("test", "positive")]).unwrap(), 0.0032 + 0.0996, 1e-15);
    // Union: p(a or b) = p(a) + p(b) − p(a and b).
    let either = joint.union(&[("cancer", "yes")], &[("test", "positive")]).unwrap();
    close(either, 0.004 + 0.1028 - 0.0032, 1e-15);
    // Bayes' theorem is the conditional the other way round, by three ways.
    let posterior = joint.conditional(&["cancer"], &[("test", "positive")]).unwrap();
    close(posterior.probabilities()[0], 8.0 / 257.0, 1e-15);
    let reversed = likelihood.reversed(&prior).unwrap();
    let given = reversed.probability(&[("cancer", "yes")], &[("test", "positive")]).unwrap();
    close(given, 8.0 / 257.0, 1e-15);
    close(bayes(&[0.004, 0.996], &[0.8, 0.1]).unwrap()[0], 8.0 / 257.0, 1e-15);
    close(evidence(&[0.004, 0.996], &[0.8, 0.1]).unwrap(), 0.1028, 1e-15);
    // Counted in 10,000 women it is the same table.
    let counts = [32, 8, 996, 8964];
    let counted = Joint::from_counts([cancer, test], &counts, 0.0).unwrap();
    for (ours, exact) in counted.probabilities().iter().zip(joint.probabilities()) {
        close(*ours, *exact, 1e-15);
    }
}

/// Seven heads in ten: the posterior of an even prior is Beta(8, 4), the evidence B(8, 4), and the
/// likelihood is largest at 7/10.
#[test]
fn from_the_likelihood_to_its_maximum() {
    let flips = [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0];
    let prior = Beta::new(1.0, 1.0).unwrap();
    let likelihood = family_likelihood(&flips, |p: &[f64]| Bernoulli::new(p[0])).unwrap();
    let negative_log = |p: f64| -likelihood.log_density(&[p][..]);
    let prior = move |p: &[f64]| prior.log_density(&p[0]);
    let posterior = Posterior::new(prior, &likelihood);
    let exact = |p: f64| 7.0 * p.ln() + 3.0 * (1.0 - p).ln();
    close(posterior.log_density(&[0.3][..]), exact(0.3), 1e-14);
    // On a grid, and in closed form.
    let grid = Grid::new(&posterior, &[GridAxis::new(0.0, 1.0, 2000).unwrap()]).unwrap();
    close(grid.mean()[0], 8.0 / 12.0, 1e-6);
    close(grid.log_evidence(), -1320.0_f64.ln(), 1e-6);
    let conjugate = BetaBernoulli::new(1.0, 1.0).unwrap();
    close(conjugate.log_evidence_counts(7, 10).unwrap(), (1.0_f64 / 11.0).ln(), 1e-14);
    let closed = conjugate.update(&flips.map(|x| x == 1.0)).unwrap();
    assert_eq!((closed.alpha(), closed.beta()), (8.0, 4.0));
    // The estimate: the negative logarithm is least there, with slope 0 and the curvature
    // n/(p (1 − p)), whose inverse root is the standard error.
    let fitted = Bernoulli::fit(&Observations::new(&flips).unwrap()).unwrap();
    let (p, error) = (fitted.estimates[0].value, fitted.estimates[0].standard_error.unwrap());
    close(p, 0.7, 1e-15);
    close(fitted.log_likelihood, -negative_log(p), 1e-15);
    assert!((0..=100).all(|k| negative_log(f64::from(k) / 100.0) >= negative_log(p)));
    let h = 1e-3;
    let bend = (negative_log(p + h) - 2.0 * negative_log(p) + negative_log(p - h)) / (h * h);
    close(1.0 / bend.sqrt(), error, 1e-4);
    close(error, (0.021_f64).sqrt(), 1e-15);
}
