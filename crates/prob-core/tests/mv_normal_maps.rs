//! Affine maps, entropy and divergence of multivariate normal laws.

// References stand here as they are printed.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]

use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{Error, Multivariate, MvNormal, Seed, special::gamma_q};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{FalseAlarm, holds, ks, negative_control, z};

fn three() -> MvNormal {
    let covariance = dmatrix![4.0, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5];
    MvNormal::new(dvector![1.0, -2.0, 0.5], covariance).unwrap()
}

fn wide() -> MvNormal {
    let covariance = dmatrix![30.0, 9.0, -6.0; 9.0, 14.0, 2.0; -6.0, 2.0, 11.0];
    MvNormal::new(dvector![0.0, 0.0, 0.0], covariance).unwrap()
}

/// `scipy.stats.multivariate_normal(m, S).entropy()`, SciPy 1.17.1; the divergences from mpmath 1.3,
/// 60 digits: `(tr(S2⁻¹ S1) − d − log(det(S1)/det(S2)) + (m1 − m2)ᵀ S2⁻¹ (m1 − m2)) / 2`.
#[test]
fn entropy_and_divergence_match_references() {
    assert!((three().entropy() / 5.272466182789969 - 1.0).abs() < 1e-14);
    let (there, back) = (three().kl(&wide()).unwrap(), wide().kl(&three()).unwrap());
    assert!((there / 2.05422224628873514 - 1.0).abs() < 1e-14, "{there}");
    assert!((back / 9.04456537197746029 - 1.0).abs() < 1e-14, "{back}");
    assert_eq!(three().kl(&three()).unwrap(), 0.0);

    // Two laws that differ in the tenth digit: a difference of traces and logarithms would be noise.
    let step = 2f64.powi(-30);
    let covariance = dmatrix![4.0 + step, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5];
    let near = MvNormal::new(dvector![1.0 + step, -2.0, 0.5], covariance).unwrap();
    let kl = three().kl(&near).unwrap();
    assert!((kl / 1.97122180330337486e-19 - 1.0).abs() < 1e-5, "{kl:e}");
}

#[test]
fn distances_and_columns() {
    let law = three();
    let points = dmatrix![1.0, 3.0, f64::NAN; -2.0, -1.0, 0.0; 0.5, -2.0, 0.0];
    let mut out = [0.0; 3];
    law.log_prob_columns(&points, &mut out);
    for (j, value) in out.iter().take(2).enumerate() {
        let column: Vec<f64> = points.column(j).iter().copied().collect();
        assert_eq!(*value, law.log_prob(&column));
        let distance = law.mahalanobis(&column);
        assert!((law.log_prob(law.mean().as_slice()) - 0.5 * distance - value).abs() < 1e-14);
    }
    assert!(out[2].is_nan() && law.mahalanobis(&[f64::NAN, 0.0, 0.0]).is_nan());
    assert_eq!(law.mahalanobis(&[1.0, -2.0]), f64::INFINITY, "another dimension");
    assert_eq!(law.mahalanobis(&[f64::MAX, f64::MIN, f64::MAX]), f64::INFINITY);
    law.log_prob_columns(&dmatrix![1.0, 2.0, 3.0], &mut out);
    assert_eq!(out, [f64::NEG_INFINITY; 3], "columns of another dimension");
}

#[test]
fn bad_maps_are_refused_with_a_reason() {
    let law = three();
    let error = |a: DMatrix<f64>, b: DVector<f64>| law.affine(&a, &b).unwrap_err();
    assert!(matches!(error(DMatrix::zeros(0, 3), dvector![]), Error::Empty { .. }));
    assert!(matches!(
        error(dmatrix![1.0, 2.0], dvector![0.0]),
        Error::LengthMismatch { what: "a row of the map", expected: 3, found: 2 }
    ));
    assert!(matches!(
        error(dmatrix![1.0, 2.0, 3.0], dvector![0.0, 1.0]),
        Error::LengthMismatch { what: "the shift", expected: 1, found: 2 }
    ));
    assert!(matches!(error(dmatrix![1.0, f64::NAN, 3.0], dvector![0.0]), Error::NotFinite { .. }));
    assert!(matches!(
        error(dmatrix![1.0, 2.0, 3.0], dvector![f64::MAX * 2.0]),
        Error::NotFinite { .. }
    ));
    assert!(matches!(error(dmatrix![1e308, 1e308, 1e308], dvector![0.0]), Error::NotFinite { .. }));
    let dependent = dmatrix![1.0, 2.0, 3.0; 0.1, 0.7, -0.3; 1.1, 2.7, 2.7];
    assert!(matches!(
        error(dependent, dvector![0.0, 0.0, 0.0]),
        Error::NotPositiveDefinite { index: 2, .. }
    ));
    assert!(matches!(
        error(DMatrix::zeros(1, 3), dvector![0.0]),
        Error::NotPositiveDefinite { index: 0, .. }
    ));
    let tall = DMatrix::from_fn(4, 3, |i, j| f64::from(u8::from(i == j)) + 0.1 * (i * j) as f64);
    assert!(matches!(
        error(tall, DVector::zeros(4)),
        Error::NotPositiveDefinite { index: 3, pivot: 0.0, .. }
    ));
    let one = MvNormal::new(dvector![0.0], dmatrix![1.0]).unwrap();
    assert!(matches!(law.kl(&one), Err(Error::LengthMismatch { expected: 3, found: 1, .. })));
}

fn numbers(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-2f64..2.0, n)
}

/// A mean and a covariance `A Aᵀ + I / 4` for any A.
fn any_law(dim: usize) -> impl Strategy<Value = MvNormal> {
    (numbers(dim), numbers(dim * dim)).prop_map(move |(mean, a)| {
        let a = DMatrix::from_vec(dim, dim, a);
        let covariance = &a * a.transpose() + 0.25 * DMatrix::identity(dim, dim);
        MvNormal::new(DVector::from_vec(mean), covariance).unwrap()
    })
}

/// A map that is well away from singular.
fn any_map(rows: usize, columns: usize) -> impl Strategy<Value = DMatrix<f64>> {
    numbers(rows * columns).prop_map(move |a| {
        DMatrix::from_vec(rows, columns, a) + 6.0 * DMatrix::identity(rows, columns)
    })
}

proptest! {
    /// B (A x + b) + c = (B A) x + (B b + c), and the marginal is the map that selects.
    #[test]
    fn maps_compose(
        law in any_law(4), a in any_map(3, 4), b in numbers(3), second in any_map(2, 3), c in numbers(2),
    ) {
        let (b, c) = (DVector::from_vec(b), DVector::from_vec(c));
        let twice = law.affine(&a, &b).unwrap().affine(&second, &c).unwrap();
        let once = law.affine(&(&second * &a), &(&second * b + c)).unwrap();
        prop_assert!((twice.mean() - once.mean()).amax() < 1e-12 * once.mean().amax().max(1.0));
        let scale = once.covariance().amax();
        prop_assert!((twice.covariance() - once.covariance()).amax() < 1e-12 * scale);

        let select = dmatrix![0.0, 0.0, 1.0, 0.0; 1.0, 0.0, 0.0, 0.0];
        let image = law.affine(&select, &DVector::zeros(2)).unwrap();
        let marginal = law.marginal(&[2, 0]).unwrap();
        prop_assert_eq!(image.mean(), marginal.mean());
        prop_assert!((image.covariance() - marginal.covariance()).amax() < 1e-14 * scale);
    }

    /// Dependent rows are refused whatever they are, though rounding makes A Σ Aᵀ regular.
    #[test]
    fn dependent_rows_are_refused(law in any_law(4), a in any_map(2, 4), weights in numbers(2)) {
        let sum = a.row(0) * weights[0] + a.row(1) * weights[1];
        let rows = DMatrix::from_fn(3, 4, |i, j| if i < 2 { a[(i, j)] } else { sum[j] });
        let error = law.affine(&rows, &DVector::zeros(3)).unwrap_err();
        prop_assert!(matches!(error, Error::NotPositiveDefinite { index: 2, .. }), "{}", error);
    }

    /// At least 0; the same after a map of both laws; the closed form in one dimension.
    #[test]
    fn the_divergence_obeys_its_laws(
        p in any_law(3), q in any_law(3), a in any_map(3, 3), b in numbers(3),
    ) {
        let kl = p.kl(&q).unwrap();
        prop_assert!(kl >= 0.0);
        let b = DVector::from_vec(b);
        let mapped = p.affine(&a, &b).unwrap().kl(&q.affine(&a, &b).unwrap()).unwrap();
        prop_assert!((mapped - kl).abs() < 1e-10 * kl.max(1.0), "{kl} {mapped}");

        let (p, q) = (p.marginal(&[1]).unwrap(), q.marginal(&[1]).unwrap());
        let (s, t) = (p.covariance()[0], q.covariance()[0]);
        let closed = 0.5 * ((t / s).ln() + (s + (p.mean()[0] - q.mean()[0]).powi(2)) / t - 1.0);
        prop_assert!((p.kl(&q).unwrap() - closed).abs() < 1e-12 * closed.max(1.0));
        // Entropy under a map grows by ln |det A|.
        let line = p.affine(&dmatrix![-3.0], &dvector![1.0]).unwrap();
        prop_assert!((line.entropy() - p.entropy() - 3f64.ln()).abs() < 1e-14);
    }
}

/// The divergence is the average of `ln p − ln q` over draws of p, the entropy that of `−ln p`.
/// Control: q and p the other way round.
#[test]
fn divergence_and_entropy_are_averages() {
    let (p, q) = (three(), wide());
    let draws: Vec<DVector<f64>> =
        three().sample_iter(Seed(21).stream("draws", 0)).take(20_000).collect();
    let check = |what: &str, f: &dyn Fn(&[f64]) -> f64, expected: f64| {
        let values: Vec<f64> = draws.iter().map(|x| f(x.as_slice())).collect();
        let n = values.len() as f64;
        let average = values.iter().sum::<f64>() / n;
        let spread = values.iter().map(|v| (v - average).powi(2)).sum::<f64>() / n;
        z(what, average, expected, (spread / n).sqrt()).unwrap()
    };
    let ratio = |x: &[f64]| p.log_prob(x) - q.log_prob(x);
    let surprise = |x: &[f64]| -p.log_prob(x);
    holds(
        &[check("KL", &ratio, p.kl(&q).unwrap()), check("entropy", &surprise, p.entropy())],
        FalseAlarm::DEFAULT,
    );
    negative_control(&[check("KL", &ratio, q.kl(&p).unwrap())], FalseAlarm::DEFAULT);
}

/// The squared distance is chi-square with d degrees of freedom. Control: one more.
#[test]
fn the_distance_is_chi_square() {
    let law = three();
    let distances: Vec<f64> = three()
        .sample_iter(Seed(22).stream("draws", 0))
        .take(20_000)
        .map(|x: DVector<f64>| law.mahalanobis(x.as_slice()))
        .collect();
    let check = |d: f64| ks("distance", &distances, |x| 1.0 - gamma_q(0.5 * d, 0.5 * x)).unwrap();
    holds(&[check(3.0)], FalseAlarm::DEFAULT);
    negative_control(&[check(4.0)], FalseAlarm::DEFAULT);
}
