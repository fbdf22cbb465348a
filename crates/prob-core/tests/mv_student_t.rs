//! The multivariate Student t law against SciPy, mpmath, ratios of joint densities and quadrature.

// References stand here as they are printed.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]

use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{Error, LogDensity, Multivariate, MvNormal, MvStudentT, Normal, Seed, Univariate};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

fn three(degrees: f64) -> MvStudentT {
    let scale = dmatrix![4.0, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5];
    MvStudentT::new(degrees, dvector![1.0, -2.0, 0.5], scale).unwrap()
}

fn standard(degrees: f64, dim: usize) -> MvStudentT {
    MvStudentT::new(degrees, DVector::zeros(dim), DMatrix::identity(dim, dim)).unwrap()
}

fn close(what: &str, ours: f64, reference: f64, tolerance: f64) {
    let error = (ours - reference).abs() / reference.abs().max(1.0);
    assert!(error < tolerance, "{what}: {ours:?} and not {reference:?}, off by {error:e}");
}

/// SciPy 1.17.1:
///
/// ```python
/// S = [[4.0, 1.2, -0.8], [1.2, 2.0, 0.3], [-0.8, 0.3, 1.5]]
/// law = scipy.stats.multivariate_t([1, -2, 0.5], S, nu); law.logpdf(x); law.entropy()
/// ```
#[test]
fn log_prob_and_entropy_match_scipy() {
    let points = [[1.0, -2.0, 0.5], [0.0; 3], [-40.0, 25.0, 7.0]];
    for (degrees, references, entropy) in [
        (0.5, [-3.065448286828696, -7.355609298953229, -17.130511228892395], 10.89656876),
        (1.0, [-3.305110354874751, -6.9871587793101515, -17.993819976427748], 8.07769908),
        (4.5, [-3.6269176434134414, -6.5467055226825295, -25.53643013933157], 5.9143836),
        (30.0, [-3.7480081521411526, -6.433718052524169, -69.11646506397123], 5.37168587),
    ] {
        let law = three(degrees);
        for (x, reference) in points.iter().zip(references) {
            close(&format!("ν = {degrees} at {x:?}"), law.log_density(x), reference, 1e-14);
        }
        close(&format!("entropy, ν = {degrees}"), law.entropy(), entropy, 1e-8); // as printed
    }
    let mut out = [0.0; 3];
    three(4.5).log_prob_columns(&DMatrix::from_fn(3, 3, |i, j| points[j][i]), &mut out);
    assert_eq!(out, points.map(|x| three(4.5).log_prob(&x)));
}

/// With the identity as the scale, at `(x, …, x)`. mpmath 1.3, 60 digits:
///
/// ```python
/// def log_prob(nu, d, x):
///     nu = mpf(nu); m = d * mpf(x)**2
///     return loggamma((nu+d)/2) - loggamma(nu/2) - d/mpf(2)*log(nu*pi) - (nu+d)/2*log1p(m/nu)
/// def entropy(nu, d):
///     nu = mpf(nu)
///     return -log_prob(nu, d, 0) + (nu+d)/2*(psi(0, (nu+d)/2) - psi(0, nu/2))
/// ```
#[test]
fn extreme_degrees_and_far_points_match_mpmath() {
    for (degrees, d, x, log_prob, entropy) in [
        (1e8, 1, 3.0, -5.41893837820468287, 1.41893854320467277),
        (1e8, 2, 3.0, -10.8378764364094265, 2.83787708640934548),
        (1e12, 3, 2.0, -8.75681559959526823, 4.25681559961701823),
        (0.001, 3, 1000.0, -31.8205679713772148, 3000.99717267341086),
        (3.0, 2, 1e200, -2303.40930729018462, 3.50454373307601215),
        (29.5, 5, 1e-3, -4.47298229898018869, 7.26031640433030719),
        (1e-300, 2, 1.0, -693.306552145182996, 2e300),
    ] {
        let law = standard(degrees, d);
        close(&format!("ln p, ν = {degrees:e}"), law.log_prob(&vec![x; d]), log_prob, 1e-13);
        close(&format!("entropy, ν = {degrees:e}"), law.entropy(), entropy, 1e-13);
    }
}

#[test]
fn far_points_have_a_density_and_never_nan() {
    for x in [[1e200, -1e200, 1e200], [f64::MAX, f64::MAX, f64::MAX], [f64::MIN, f64::MAX, 0.0]] {
        let value = three(2.0).log_prob(&x);
        assert!(value.is_finite() && value < -2000.0, "{value}");
    }
    // A power law: 10 times as far costs (ν + d) ln 10 = 5 ln 10, across the overflow too.
    let step = |far: f64| {
        let at = |r: f64| three(2.0).log_prob(&[r, 0.3 * r, -0.2 * r]);
        at(far) - at(10.0 * far)
    };
    for far in [1e100, 1e153, 1e154, 1e200, 1e305] {
        close("a decade", step(far), 5.0 * 10f64.ln(), 1e-11);
    }
    let inf = f64::INFINITY;
    assert_eq!(three(2.0).log_prob(&[inf, 0.0, 0.0]), -inf);
    assert_eq!(three(2.0).log_prob(&[0.0, 0.0]), -inf, "another dimension");
    assert!(three(2.0).log_prob(&[0.0, inf, f64::NAN]).is_nan());
}

#[test]
fn moments_exist_where_they_should() {
    let nan = |m: DMatrix<f64>| m.iter().all(|v| v.is_nan());
    assert!(three(1.0).mean().iter().all(|m| m.is_nan()) && nan(three(1.0).covariance()));
    assert_eq!(three(1.5).mean(), dvector![1.0, -2.0, 0.5]);
    let between = three(2.0).covariance();
    assert!(between[(1, 1)] == f64::INFINITY && between[(0, 1)].is_nan());
    assert_eq!(three(4.0).covariance(), three(4.0).scale() * 2.0);
}

#[test]
fn bad_laws_are_refused_with_a_reason() {
    let one = || (dvector![0.0], dmatrix![1.0]);
    for degrees in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = MvStudentT::new(degrees, one().0, one().1).unwrap_err();
        assert!(matches!(error, Error::Parameter { .. }), "{error}");
    }
    let bad = |scale| MvStudentT::new(3.0, dvector![0.0, 0.0], scale).unwrap_err();
    assert!(matches!(bad(dmatrix![1.0, 0.5; 0.4, 1.0]), Error::NotSymmetric { .. }));
    assert!(matches!(bad(dmatrix![1.0, 2.0; 2.0, 1.0]), Error::NotPositiveDefinite { .. }));
    assert!(matches!(bad(dmatrix![1.0]), Error::LengthMismatch { .. }));
    let law = three(3.0);
    assert!(matches!(law.marginal(&[]), Err(Error::Empty { .. })));
    assert!(matches!(law.conditional(&[0, 0], &[1.0; 2]), Err(Error::DuplicateIndex { .. })));
    assert!(matches!(law.conditional(&[0], &[f64::NAN]), Err(Error::NotFinite { .. })));
    assert!(matches!(law.conditional(&[0], &[1e200]), Err(Error::NotFinite { .. })));
    assert!(matches!(law.conditional(&[0, 1, 2], &[0.0; 3]), Err(Error::NothingLeft { dim: 3 })));
    assert_eq!(law.conditional(&[], &[]).unwrap().location(), law.location());
}

/// The sum over a plane is 1. In polar coordinates about the location, and with `r = t / (1 − t)`
/// for the power-law tail, trapezoids over t: the integrand is smooth and 0 at both ends.
#[test]
fn the_density_integrates_to_one() {
    let scale = dmatrix![2.0, 0.7; 0.7, 1.0];
    let law = MvStudentT::new(3.0, dvector![0.5, -1.0], scale).unwrap();
    let (n, turns) = (2_000, 64);
    let mut mass = 0.0;
    for i in 1..n {
        let t = f64::from(i) / f64::from(n);
        let (r, stretch) = (t / (1.0 - t), (1.0 - t).powi(-2));
        for k in 0..turns {
            let angle = f64::from(k) / f64::from(turns) * std::f64::consts::TAU;
            let x = [0.5 + r * angle.cos(), -1.0 + r * angle.sin()];
            mass += law.log_prob(&x).exp() * r * stretch;
        }
    }
    mass *= std::f64::consts::TAU / f64::from(turns) / f64::from(n);
    assert!((mass - 1.0).abs() < 1e-6, "mass {mass}");
}

fn any_law(dim: usize) -> impl Strategy<Value = MvStudentT> {
    let numbers = |range, n| prop::collection::vec(range, n);
    (0.3f64..40.0, numbers(-3f64..3.0, dim), numbers(-2f64..2.0, dim * dim)).prop_map(
        move |(degrees, location, a)| {
            let a = DMatrix::from_vec(dim, dim, a);
            let scale = &a * a.transpose() + 0.25 * DMatrix::identity(dim, dim);
            MvStudentT::new(degrees, DVector::from_vec(location), scale).unwrap()
        },
    )
}

fn pick(x: &[f64], indices: &[usize]) -> Vec<f64> {
    indices.iter().map(|i| x[*i]).collect()
}

proptest! {
    /// p(x) = p(x_b) p(x_a | x_b) for every set of given variables in both orders.
    #[test]
    fn the_conditional_is_the_ratio_of_joint_densities(
        law in any_law(4), x in prop::collection::vec(-9f64..9.0, 4),
    ) {
        for set in 1..15u32 {
            let mut given: Vec<usize> = (0..4).filter(|i| set >> i & 1 == 1).collect();
            let rest: Vec<usize> = (0..4).filter(|i| set >> i & 1 == 0).collect();
            if set % 2 == 0 {
                given.reverse();
            }
            let values = pick(&x, &given);
            let marginal = law.marginal(&given).unwrap();
            let conditional = law.conditional(&given, &values).unwrap();
            let split = marginal.log_prob(&values) + conditional.log_prob(&pick(&x, &rest));
            let joint = law.log_prob(&x);
            prop_assert!((split - joint).abs() < 1e-11 * joint.abs().max(1.0), "{split} {joint}");
            // And the marginal is the affine image that selects.
            let select = DMatrix::from_fn(given.len(), 4, |k, i| f64::from(u8::from(given[k] == i)));
            let image = law.affine(&select, &DVector::zeros(given.len())).unwrap();
            prop_assert!((image.scale() - marginal.scale()).amax() < 1e-12);
        }
    }

    #[test]
    fn many_degrees_are_the_normal_law(
        law in any_law(3), x in prop::collection::vec(-5f64..5.0, 3),
    ) {
        let normal = MvNormal::new(law.location().clone(), law.scale().clone()).unwrap();
        let (exact, delta) = (normal.log_prob(&x), normal.mahalanobis(&x));
        // The first term of the expansion in 1/ν is (Δ² − 2dΔ + d² − 2d) / 4ν.
        let first = (delta * delta - 6.0 * delta + 3.0) / 4.0;
        for degrees in [1e9, 1e12] {
            let t = MvStudentT::new(degrees, law.location().clone(), law.scale().clone()).unwrap();
            let off = t.log_prob(&x) - exact - first / degrees;
            prop_assert!(off.abs() < 1e-13 * exact.abs().max(1.0), "{off:e}");
        }
    }

    #[test]
    fn nothing_panics(bits in prop::collection::vec(any::<u64>(), 6)) {
        let v: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        let scale = dmatrix![v[3].abs(), 0.0; 0.0, v[4].abs()];
        for location in [dvector![v[1], v[2]], dvector![0.0, 1.0]] {
            if let Ok(law) = MvStudentT::new(v[0].abs(), location, scale.clone()) {
                let finite = law.log_prob(&[1.0, -1e300]);
                prop_assert!(!finite.is_nan(), "{law:?}");
                let _ = (law.log_prob(&[v[5], v[0]]), law.entropy(), law.covariance());
                let _ = law.conditional(&[1], &[v[5]]);
                let x = law.sample(&mut Seed(1).stream("draws", 0));
                prop_assert!(x.iter().all(|x| !x.is_nan()));
            }
        }
    }
}

const DRAWS: usize = 20_000;

fn draws(law: &MvStudentT) -> Vec<DVector<f64>> {
    law.sample_iter(Seed(12).stream("draws", 0)).take(DRAWS).collect()
}

/// Means, and covariances with the error that the draws' own products have.
fn moments(draws: &[DVector<f64>], law: &MvStudentT) -> Vec<Check> {
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
            let what = format!("covariance {i} {j}");
            checks.push(z(what, average, covariance[(i, j)], (spread / n).sqrt()).unwrap());
        }
    }
    checks
}

#[test]
fn draws_have_the_moments_of_the_law() {
    let law = three(12.0);
    holds(&moments(&draws(&law), &law), FalseAlarm::DEFAULT);
    let slipped = three(8.0); // variances larger by a ninth
    negative_control(&moments(&draws(&law), &slipped), FalseAlarm::DEFAULT);
}

/// Any direction is Student t in one dimension; with 2 degrees of freedom its distribution function
/// is `½ + t / (2 √(2 + t²))`. Control: the normal law, and another scale.
#[test]
fn every_projection_is_student_t() {
    let law = three(2.0);
    let drawn = draws(&law);
    let cdf = |t: f64| 0.5 + 0.5 * t / (2.0 + t * t).sqrt();
    let check = |w: &DVector<f64>, factor: f64, cdf: &dyn Fn(f64) -> f64| {
        let scale = factor * (w.transpose() * law.scale() * w)[0].sqrt();
        let projected: Vec<f64> =
            drawn.iter().map(|x| w.dot(&(x - law.location())) / scale).collect();
        ks(format!("along {w:?}"), &projected, cdf).unwrap()
    };
    let directions = [dvector![1.0, 0.0, 0.0], dvector![0.0, 0.0, 1.0], dvector![1.0, -1.0, 2.0]];
    let checks: Vec<Check> = directions.iter().map(|w| check(w, 1.0, &cdf)).collect();
    holds(&checks, FalseAlarm::DEFAULT);
    let normal = Normal::standard();
    negative_control(&[check(&directions[2], 1.0, &|x| normal.cdf(x))], FalseAlarm::DEFAULT);
    negative_control(&[check(&directions[2], 1.1, &cdf)], FalseAlarm::DEFAULT);
}

/// Coordinates share one stretch: in two dimensions `Δ` has `P(Δ > s) = (1 + s/ν)^{−ν/2}`.
/// Control: coordinates stretched each by its own.
#[test]
fn the_distance_follows_its_law() {
    let law = standard(3.0, 2);
    let cdf = |s: f64| -(-1.5 * (s / 3.0).ln_1p()).exp_m1();
    let drawn = draws(&law);
    let distances: Vec<f64> = drawn.iter().map(|x| law.mahalanobis(x.as_slice())).collect();
    holds(&[ks("Δ", &distances, cdf).unwrap()], FalseAlarm::DEFAULT);
    let mixed: Vec<f64> = drawn
        .iter()
        .zip(drawn.iter().skip(1))
        .map(|(x, y)| law.mahalanobis(&[x[0], y[1]]))
        .collect();
    negative_control(&[ks("two stretches", &mixed, cdf).unwrap()], FalseAlarm::DEFAULT);
}
