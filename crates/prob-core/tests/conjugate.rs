//! Conjugate priors: the evidence by three other ways, and numbers from textbooks.
//!
//! For any data and any parameter, `p(data) = p(θ) p(data | θ) / p(θ | data)`; and the evidence is
//! the product of the predictions of each observation by those before it.

#![allow(clippy::unwrap_used)]

use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::conjugate::{
    BetaBernoulli, DirichletCategorical, GammaExponential, GammaPoisson, NormalInverseGamma,
    NormalInverseWishart, NormalKnownVariance,
};
use prob_core::{
    Error, Exponential, Grid, GridAxis, Multivariate, MvNormal, Normal, Poisson, Posterior, Seed,
    StudentT, Univariate, family_likelihood,
};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{FalseAlarm, holds, ks, negative_control};

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

/// Gelman et al. (2013), section 2.4: 437 girls among 980 births; posterior mean 0.446, standard
/// deviation 0.016, median 0.446, central 95 % from 0.415 to 0.477.
#[test]
fn placenta_praevia() {
    let posterior = BetaBernoulli::new(1.0, 1.0).unwrap().update_counts(437, 980).unwrap();
    assert_eq!((posterior.alpha(), posterior.beta()), (438.0, 544.0));
    let girl = posterior.chance();
    for (ours, printed) in [
        (girl.mean(), 0.446),
        (girl.std_dev(), 0.016),
        (girl.quantile(0.5), 0.446),
        (girl.quantile(0.025), 0.415),
        (girl.quantile(0.975), 0.477),
    ] {
        assert!((ours - printed).abs() < 5e-4, "{ours} where {printed} is printed");
    }
}

/// Gelman et al. (2013), section 2.6: 3 deaths of asthma in a city of 200,000, prior Gamma(3, 5) on
/// the rate per 100,000: posterior Gamma(6, 7), mean 0.86. (Two counts of half the exposure.)
#[test]
fn asthma_mortality() {
    let posterior = GammaPoisson::new(3.0, 5.0).unwrap().update(&[1, 2]).unwrap();
    assert_eq!((posterior.shape(), posterior.rate()), (6.0, 7.0));
    let rate = posterior.mean_count().unwrap();
    assert!((rate.mean() - 0.86).abs() < 5e-3);
}

/// The evidence of mean and variance by quadrature over both.
#[test]
fn the_grid_agrees_with_the_closed_form() {
    let data = [1.2, -0.4, 2.2, 0.9, 1.7];
    let prior = NormalInverseGamma::new(0.5, 2.0, 3.0, 2.5).unwrap();
    let likelihood = family_likelihood(&data, |t: &[f64]| Normal::new(t[0], t[1].sqrt())).unwrap();
    let posterior = Posterior::new(prior, likelihood);
    let axes = [GridAxis::new(-4.0, 6.0, 500).unwrap(), GridAxis::new(0.0, 15.0, 3000).unwrap()];
    let grid = Grid::new(&posterior, &axes).unwrap();
    let exact = prior.log_evidence(&data).unwrap();
    assert!((grid.log_evidence() - exact).abs() < 1e-4, "{} {exact}", grid.log_evidence());
    let after = prior.update(&data).unwrap();
    assert!((grid.mean()[0] - after.mean()).abs() < 1e-6);
    assert!((grid.mean()[1] - after.variance().unwrap().mean()).abs() < 1e-3);
    let (lower, upper) = grid.interval(0, 0.95).unwrap();
    let location = after.location().unwrap();
    assert!((lower - location.quantile(0.025)).abs() < 1e-3);
    assert!((upper - location.quantile(0.975)).abs() < 1e-3);
}

#[test]
fn bad_priors_and_bad_data_are_named() {
    for (a, b) in [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
        assert!(matches!(BetaBernoulli::new(a, b), Err(Error::Parameter { .. })));
        assert!(matches!(GammaPoisson::new(a, b), Err(Error::Parameter { .. })));
        assert!(matches!(GammaExponential::new(a, b), Err(Error::Parameter { .. })));
        assert!(matches!(DirichletCategorical::new(vec![a, b]), Err(Error::Parameter { .. })));
        assert!(matches!(NormalKnownVariance::new(0.0, a, b), Err(Error::Parameter { .. })));
        assert!(matches!(NormalInverseGamma::new(0.0, a, b, 1.0), Err(Error::Parameter { .. })));
        assert!(matches!(NormalInverseGamma::new(0.0, 1.0, a, b), Err(Error::Parameter { .. })));
    }
    assert!(matches!(DirichletCategorical::new(vec![]), Err(Error::Empty { .. })));
    let beta = BetaBernoulli::new(1.0, 1.0).unwrap();
    assert!(beta.update_counts(3, 2).is_err() && beta.log_evidence_counts(3, 2).is_err());
    let die = DirichletCategorical::new(vec![1.0; 6]).unwrap();
    assert_eq!(die.update(&[0, 6]), Err(Error::IndexOutOfRange { index: 6, dim: 6 }));
    assert!(die.log_evidence(&[7]).is_err() && die.probability(6).is_err());
    assert!(matches!(die.update_counts(&[1; 5]), Err(Error::LengthMismatch { found: 5, .. })));
    let waiting = GammaExponential::new(1.0, 1.0).unwrap();
    let error = waiting.update(&[1.0, -0.5]).unwrap_err();
    assert!(matches!(error, Error::Observation { index: 1, value: -0.5, .. }));
    assert!(waiting.log_evidence(&[f64::NAN]).is_err());
    let data = [1.0, f64::NAN];
    let normal = NormalKnownVariance::new(0.0, 1.0, 1.0).unwrap();
    let both = NormalInverseGamma::new(0.0, 1.0, 1.0, 1.0).unwrap();
    for error in [normal.update(&data).unwrap_err(), both.update(&data).unwrap_err()] {
        assert!(matches!(error, Error::NotFinite { what: "data", index: 1, .. }));
    }
    assert!(normal.log_evidence(&data).is_err() && both.log_evidence(&data).is_err());
    assert!(both.log_evidence(&[1e300]).is_err() && normal.log_evidence(&[1e308, -1e308]).is_err());
    // Too far out to square: an error, not an infinite parameter.
    assert!(matches!(both.update(&[1e300]), Err(Error::Parameter { what: "scale", .. })));

    let identity = DMatrix::identity(2, 2);
    let wishart = |strength, degrees, scale: &DMatrix<f64>| {
        NormalInverseWishart::new(dvector![0.0, 0.0], strength, degrees, scale.clone())
    };
    assert!(matches!(wishart(0.0, 3.0, &identity), Err(Error::Parameter { .. })));
    assert!(matches!(wishart(1.0, 1.0, &identity), Err(Error::Parameter { .. })));
    let flat = dmatrix![1.0, 1.0; 1.0, 1.0];
    assert!(matches!(wishart(1.0, 3.0, &flat), Err(Error::NotPositiveDefinite { .. })));
    let prior = wishart(1.0, 3.0, &identity).unwrap();
    let three = DMatrix::zeros(3, 1);
    assert!(matches!(prior.update(&three), Err(Error::LengthMismatch { found: 3, .. })));
    let nan = dmatrix![0.0, 1.0; f64::NAN, 2.0];
    assert!(matches!(prior.update(&nan), Err(Error::NotFinite { index: 1, .. })));
    assert_eq!(prior.log_prob(&[0.0, 0.0], &flat), f64::NEG_INFINITY);
    assert_eq!(both.log_prob(0.0, 0.0), f64::NEG_INFINITY);
}

#[test]
fn no_data_teach_nothing() {
    let beta = BetaBernoulli::new(0.5, 2.0).unwrap();
    assert_eq!((beta.update(&[]).unwrap(), beta.log_evidence(&[])), (beta, 0.0));
    let die = DirichletCategorical::new(vec![0.5; 3]).unwrap();
    assert_eq!((die.update(&[]).unwrap(), die.log_evidence(&[]).unwrap()), (die, 0.0));
    let counts = GammaPoisson::new(0.5, 2.0).unwrap();
    assert_eq!((counts.update(&[]).unwrap(), counts.log_evidence(&[])), (counts, 0.0));
    let times = GammaExponential::new(0.5, 2.0).unwrap();
    assert_eq!((times.update(&[]).unwrap(), times.log_evidence(&[]).unwrap()), (times, 0.0));
    let mean = NormalKnownVariance::new(0.3, 2.0, 1.5).unwrap();
    assert_eq!((mean.update(&[]).unwrap(), mean.log_evidence(&[]).unwrap()), (mean, 0.0));
    let both = NormalInverseGamma::new(0.3, 2.0, 1.5, 0.7).unwrap();
    assert_eq!((both.update(&[]).unwrap(), both.log_evidence(&[]).unwrap()), (both, 0.0));
    let identity = DMatrix::identity(2, 2);
    let vectors = NormalInverseWishart::new(dvector![0.3, 0.1], 2.0, 3.5, identity).unwrap();
    let none = DMatrix::zeros(2, 0);
    assert_eq!(vectors.log_evidence(&none).unwrap(), 0.0);
    assert_eq!(vectors.update(&none).unwrap(), vectors);
}

/// Draws of mean and variance against their marginal laws. Control: the mean with the spread of an
/// observation.
#[test]
fn draws_follow_the_marginals() {
    let law = NormalInverseGamma::new(0.5, 2.0, 3.0, 2.5).unwrap();
    let draws: Vec<[f64; 2]> = law.sample_iter(Seed(1).stream("draws", 0)).take(20_000).collect();
    let [means, variances] = [0, 1].map(|i| draws.iter().map(|x| x[i]).collect::<Vec<f64>>());
    let mean = |of: StudentT| ks("mean", &means, |x| of.cdf(x)).unwrap();
    let of = law.variance().unwrap();
    let variance = ks("variance", &variances, |x| of.cdf(x)).unwrap();
    holds(&[mean(law.location().unwrap()), variance], FalseAlarm::DEFAULT);
    negative_control(&[mean(law.predictive().unwrap())], FalseAlarm::DEFAULT);
}

/// Positive numbers over several powers of ten.
fn positive() -> impl Strategy<Value = f64> {
    (-4f64..6.0).prop_map(f64::exp)
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-20f64..20.0, 0..12)
}

proptest! {
    #[test]
    fn beta_bernoulli(
        a in positive(), b in positive(), data in prop::collection::vec(any::<bool>(), 0..40),
        p in 0.01f64..0.99,
    ) {
        let prior = BetaBernoulli::new(a, b).unwrap();
        let evidence = prior.log_evidence(&data);
        let (mut now, mut chain) = (prior, 0.0);
        for x in &data {
            chain += now.predictive().unwrap().log_prob(f64::from(u8::from(*x)));
            now = now.update(&[*x]).unwrap();
        }
        prop_assert!(same(evidence, chain), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        prop_assert!(same(after.alpha(), now.alpha()) && same(after.beta(), now.beta()));
        let (k, n) = (data.iter().filter(|x| **x).count() as f64, data.len() as f64);
        let likelihood = k * p.ln() + (n - k) * (-p).ln_1p();
        let ratio = prior.chance().log_prob(p) + likelihood - after.chance().log_prob(p);
        prop_assert!(same(evidence, ratio), "{} {}", evidence, ratio);

        // The number of successes: as many sequences as there are orders.
        let orders: f64 = (0..k as u32).map(|i| ((n - f64::from(i)) / (f64::from(i) + 1.0)).ln()).sum();
        let counted = prior.log_evidence_counts(k as u64, n as u64).unwrap();
        prop_assert!(same(counted, evidence + orders), "{} {}", counted, evidence + orders);
    }

    #[test]
    fn dirichlet_categorical(
        a in prop::collection::vec(positive(), 4), data in prop::collection::vec(0usize..4, 0..40),
        weights in prop::collection::vec(0.1f64..1.0, 4),
    ) {
        let prior = DirichletCategorical::new(a).unwrap();
        let evidence = prior.log_evidence(&data).unwrap();
        let (mut now, mut chain) = (prior.clone(), 0.0);
        for x in &data {
            chain += now.predictive().unwrap().log_prob(*x as f64);
            now = now.update(&[*x]).unwrap();
        }
        prop_assert!(same(evidence, chain), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        let total: f64 = weights.iter().sum();
        // The last one takes what rounding leaves.
        let mut p: Vec<f64> = weights[..3].iter().map(|w| w / total).collect();
        p.push(1.0 - p.iter().sum::<f64>());
        let likelihood: f64 = data.iter().map(|x| p[*x].ln()).sum();
        let [before, behind] = [&prior, &after].map(|law| law.probabilities().unwrap().log_prob(&p));
        prop_assert!(same(evidence, before + likelihood - behind));
        let mean = after.probabilities().unwrap().mean();
        for (i, mean) in mean.iter().enumerate() {
            prop_assert!(same(after.probability(i).unwrap().mean(), *mean));
        }
    }

    #[test]
    fn gamma_poisson(
        shape in positive(), rate in positive(), data in prop::collection::vec(0u64..50, 0..12),
        mean in 0.1f64..30.0,
    ) {
        let prior = GammaPoisson::new(shape, rate).unwrap();
        let evidence = prior.log_evidence(&data);
        let (mut now, mut chain) = (prior, 0.0);
        for x in &data {
            chain += now.predictive().unwrap().log_prob(*x as f64);
            now = now.update(&[*x]).unwrap();
        }
        prop_assert!(same(evidence, chain), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        let law = Poisson::new(mean).unwrap();
        let likelihood: f64 = data.iter().map(|x| law.log_prob(*x as f64)).sum();
        let [before, behind] = [prior, after].map(|law| law.mean_count().unwrap().log_prob(mean));
        prop_assert!(same(evidence, before + likelihood - behind));
    }

    #[test]
    fn gamma_exponential(
        shape in positive(), rate in positive(), data in prop::collection::vec(0f64..50.0, 0..12),
        events in 0.05f64..5.0,
    ) {
        let prior = GammaExponential::new(shape, rate).unwrap();
        let evidence = prior.log_evidence(&data).unwrap();
        let (mut now, mut chain) = (prior, 0.0);
        for x in &data {
            chain += now.predictive().unwrap().log_prob(*x);
            now = now.update(&[*x]).unwrap();
        }
        prop_assert!(same(evidence, chain), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        let law = Exponential::new(events).unwrap();
        let likelihood: f64 = data.iter().map(|x| law.log_prob(*x)).sum();
        let [before, behind] = [prior, after].map(|law| law.event_rate().unwrap().log_prob(events));
        prop_assert!(same(evidence, before + likelihood - behind));
    }

    #[test]
    fn normal_known_variance(
        m in -10f64..10.0, sd in positive(), noise in 0.5f64..20.0, data in numbers(),
        mean in -5f64..5.0,
    ) {
        let prior = NormalKnownVariance::new(m, sd, noise).unwrap();
        let evidence = prior.log_evidence(&data).unwrap();
        let (mut now, mut chain) = (prior, 0.0);
        for x in &data {
            chain += now.predictive().unwrap().log_prob(*x);
            now = now.update(&[*x]).unwrap();
        }
        prop_assert!(same(evidence, chain), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        // Murphy (2007), equations 20 to 24: precisions add.
        let precision = 1.0 / (sd * sd) + data.len() as f64 / (noise * noise);
        prop_assert!(same(after.mean().variance() * precision, 1.0));
        let sum = m / (sd * sd) + data.iter().sum::<f64>() / (noise * noise);
        prop_assert!((after.mean().mean() - sum / precision).abs() < 1e-11);
        // At a place where the two densities are not so small that they lose digits.
        let place = after.mean().mean() + mean * after.mean().std_dev();
        let law = Normal::new(place, noise).unwrap();
        let likelihood: f64 = data.iter().map(|x| law.log_prob(*x)).sum();
        let [before, behind] = [prior, after].map(|law| law.mean().log_prob(place));
        prop_assert!(same(evidence, before + likelihood - behind));
    }

    #[test]
    fn normal_inverse_gamma(
        m in -10f64..10.0, strength in positive(), shape in positive(), scale in positive(),
        data in numbers(), mean in -5f64..5.0, variance in 0.2f64..5.0,
    ) {
        let prior = NormalInverseGamma::new(m, strength, shape, scale).unwrap();
        let evidence = prior.log_evidence(&data).unwrap();
        let (mut now, mut chain) = (prior, 0.0);
        for x in &data {
            chain += now.predictive().unwrap().log_prob(*x);
            now = now.update(&[*x]).unwrap();
        }
        prop_assert!((evidence - chain).abs() < 1e-11 * (1.0 + evidence.abs()), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        prop_assert!(same(after.scale(), now.scale()) && same(after.shape(), now.shape()));
        let variance = variance * after.scale() / (after.shape() + 1.0);
        let mean = after.mean() + mean * (variance / after.strength()).sqrt();
        let law = Normal::new(mean, variance.sqrt()).unwrap();
        let likelihood: f64 = data.iter().map(|x| law.log_prob(*x)).sum();
        let ratio = prior.log_prob(mean, variance) + likelihood - after.log_prob(mean, variance);
        let size = prior.log_prob(mean, variance).abs() + likelihood.abs();
        prop_assert!((evidence - ratio).abs() < 1e-12 * (1.0 + size), "{} {}", evidence, ratio);
    }

    #[test]
    fn normal_inverse_wishart(
        strength in 0.1f64..20.0, more in 0.1f64..20.0, l in prop::collection::vec(0.3f64..2.0, 3),
        data in prop::collection::vec(-5f64..5.0, 0..8), place in prop::collection::vec(-2f64..2.0, 2),
        s in prop::collection::vec(0.5f64..2.0, 3),
    ) {
        let factor = |l: &[f64]| {
            let l = dmatrix![l[0], 0.0; l[1], l[2]];
            &l * l.transpose()
        };
        let prior =
            NormalInverseWishart::new(dvector![0.5, -1.0], strength, 1.0 + more, factor(&l)).unwrap();
        let columns = data.len() / 2;
        let data = DMatrix::from_column_slice(2, columns, &data[..2 * columns]);
        let evidence = prior.log_evidence(&data).unwrap();
        let (mut now, mut chain) = (prior.clone(), 0.0);
        for x in data.column_iter() {
            chain += now.predictive().unwrap().log_prob(x.as_slice());
            now = now.update(&DMatrix::from_column_slice(2, 1, x.as_slice())).unwrap();
        }
        prop_assert!((evidence - chain).abs() < 1e-11 * (1.0 + evidence.abs()), "{} {}", evidence, chain);
        let after = prior.update(&data).unwrap();
        prop_assert!((after.scale() - now.scale()).amax() < 1e-11);
        let sigma = factor(&s);
        let mean = DVector::from_vec(place);
        let law = MvNormal::new(mean.clone(), sigma.clone()).unwrap();
        let likelihood: f64 = data.column_iter().map(|x| law.log_prob(x.as_slice())).sum();
        let [before, behind] =
            [&prior, &after].map(|law| law.log_prob(mean.as_slice(), &sigma));
        let size = before.abs() + behind.abs() + likelihood.abs();
        let ratio = before + likelihood - behind;
        prop_assert!((evidence - ratio).abs() < 1e-12 * (1.0 + size), "{} {}", evidence, ratio);
    }

    /// In one dimension the inverse Wishart law is the inverse gamma law.
    #[test]
    fn one_dimension_is_the_scalar_case(
        m in -5f64..5.0, strength in positive(), degrees in positive(), scale in positive(),
        data in numbers(),
    ) {
        let vector =
            NormalInverseWishart::new(dvector![m], strength, degrees, dmatrix![scale]).unwrap();
        let scalar = NormalInverseGamma::new(m, strength, 0.5 * degrees, 0.5 * scale).unwrap();
        let row = DMatrix::from_row_slice(1, data.len(), &data);
        let (a, b) = (vector.log_evidence(&row).unwrap(), scalar.log_evidence(&data).unwrap());
        prop_assert!(same(a, b), "{} {}", a, b);
        let (a, b) = (vector.predictive().unwrap(), scalar.predictive().unwrap());
        prop_assert!(same(a.log_prob(&[1.5]), b.log_prob(1.5)));
    }

    /// Whatever the bits of prior and data: an error or a law, never a panic.
    #[test]
    fn no_bits_panic(bits in prop::collection::vec(any::<u64>(), 6)) {
        let x: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        if let Ok(prior) = NormalInverseGamma::new(x[0], x[1], x[2], x[3]) {
            let _ = (prior.update(&x[4..]), prior.log_evidence(&x[4..]), prior.predictive());
            let _ = (prior.location(), prior.variance(), prior.log_prob(x[4], x[5]));
        }
        if let Ok(prior) = NormalKnownVariance::new(x[0], x[1], x[2]) {
            let _ = (prior.update(&x[3..]), prior.log_evidence(&x[3..]), prior.predictive());
        }
        if let Ok(prior) = GammaExponential::new(x[0], x[1]) {
            let _ = (prior.update(&x[2..]), prior.log_evidence(&x[2..]), prior.predictive());
        }
        if let Ok(prior) = GammaPoisson::new(x[0], x[1]) {
            let _ = (prior.update(&bits), prior.log_evidence(&bits), prior.predictive());
        }
        if let Ok(prior) = BetaBernoulli::new(x[0], x[1]) {
            let _ = (prior.update_counts(bits[2], bits[3]), prior.predictive());
            let _ = (prior.log_evidence_counts(bits[2], bits[3]), prior.log_evidence(&[true]));
        }
        if let Ok(prior) = DirichletCategorical::new(x[..2].to_vec()) {
            let _ = (prior.update_counts(&bits[2..4]), prior.log_evidence(&[0, 1]));
        }
        let scale = DMatrix::from_element(1, 1, x[0]);
        if let Ok(prior) = NormalInverseWishart::new(DVector::from_element(1, x[1]), x[2], x[3], scale) {
            let data = DMatrix::from_row_slice(1, 2, &x[4..]);
            let _ = (prior.update(&data), prior.log_evidence(&data), prior.predictive());
        }
    }
}
