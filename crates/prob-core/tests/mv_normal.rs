//! The multivariate normal law against SciPy, the block formulas, quadrature and finite differences.

#![allow(clippy::unwrap_used)]

use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{Error, GradLogDensity, MvNormal, Normal, Univariate};
use proptest::prelude::*;

fn three() -> MvNormal {
    let covariance = dmatrix![4.0, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5];
    MvNormal::new(dvector![1.0, -2.0, 0.5], covariance).unwrap()
}

/// SciPy 1.17.1:
///
/// ```python
/// from scipy.stats import multivariate_normal as mvn, norm
/// S = [[4.0, 1.2, -0.8], [1.2, 2.0, 0.3], [-0.8, 0.3, 1.5]]
/// mvn([1, -2, 0.5], S).logpdf([1, -2, 0.5])
/// mvn([0, 0], [[1, .999], [.999, 1]]).logpdf([1, -1])
/// norm(-1.5, 0.3).logpdf(2); norm(-1.5, 0.3).cdf(-2); norm(-1.5, 0.3).ppf(0.9)
/// ```
#[test]
fn log_prob_matches_scipy() {
    let law = three();
    for (x, reference) in [
        ([1.0, -2.0, 0.5], -3.7724661827899686),
        ([0.0, 0.0, 0.0], -6.423961460859227),
        ([3.0, -1.0, -2.0], -6.4639667074489395),
        ([-40.0, 25.0, 7.0], -776.9905931502619),
    ] {
        assert!((law.log_prob(&x) / reference - 1.0).abs() < 1e-14, "{}", law.log_prob(&x));
    }
    let narrow = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.999; 0.999, 1.0]).unwrap();
    assert!((narrow.log_prob(&[1.0, -1.0]) / -998.7303229547318 - 1.0).abs() < 1e-12);

    let normal = Normal::new(-1.5, 0.3).unwrap();
    assert!((normal.log_prob(2.0) / -67.7705212844343 - 1.0).abs() < 1e-14);
    assert!((normal.cdf(-2.0) / 0.0477903522728147 - 1.0).abs() < 1e-13);
    assert!((normal.quantile(0.9) / -1.11553453033662 - 1.0).abs() < 1e-14);
}

#[test]
fn far_points_have_density_zero_and_never_nan() {
    let law = three();
    for x in [[1e200, -1e200, 1e200], [f64::MAX, f64::MAX, f64::MAX], [f64::MIN, f64::MAX, 0.0]] {
        assert_eq!(law.log_prob(&x), f64::NEG_INFINITY, "{x:?}");
    }
    assert_eq!(law.log_prob(&[0.0, 0.0]), f64::NEG_INFINITY, "a point of another dimension");
}

#[test]
fn bad_laws_are_refused_with_a_reason() {
    let new = |mean: DVector<f64>, covariance| MvNormal::new(mean, covariance).unwrap_err();
    let two = || dvector![0.0, 0.0];
    assert_eq!(new(dvector![], dmatrix![]), Error::Empty { what: "the mean" });
    assert!(matches!(new(two(), dmatrix![1.0, 0.0]), Error::NotSquare { rows: 1, columns: 2 }));
    assert!(matches!(
        new(dvector![0.0], dmatrix![1.0, 0.0; 0.0, 1.0]),
        Error::LengthMismatch { expected: 1, found: 2, .. }
    ));
    assert!(matches!(
        new(dvector![0.0, f64::NAN], dmatrix![1.0, 0.0; 0.0, 1.0]),
        Error::NotFinite { what: "mean", index: 1, .. }
    ));
    assert!(matches!(
        new(two(), dmatrix![1.0, f64::INFINITY; 0.0, 1.0]),
        Error::NotFinite { what: "covariance", index: 2, .. }
    ));
    assert!(matches!(
        new(two(), dmatrix![1.0, 0.5; 0.4, 1.0]),
        Error::NotSymmetric { row: 1, column: 0, .. }
    ));
    assert!(matches!(
        new(two(), dmatrix![1e300, 5e299; -5e299, 1e300]),
        Error::NotSymmetric { .. }
    ));
    for bad in [
        dmatrix![1.0, 1.0; 1.0, 1.0],    // one variable determines the other
        dmatrix![1.0, 2.0; 2.0, 1.0],    // a correlation of 2
        dmatrix![1.0, 0.0; 0.0, -1.0],   // a negative variance
        dmatrix![1.0, 0.0; 0.0, 0.0],    // none
        dmatrix![1.0, 0.0; 0.0, 1e-320], // none that could be inverted
        dmatrix![1.0, 1.0 - 1e-16; 1.0 - 1e-16, 1.0], // lost to rounding
    ] {
        assert!(matches!(new(two(), bad), Error::NotPositiveDefinite { index: 1, .. }));
    }
    assert!(matches!(
        new(dvector![0.0], dmatrix![-2.0]),
        Error::NotPositiveDefinite { index: 0, .. }
    ));
}

#[test]
fn bad_index_sets_are_refused_with_a_reason() {
    let law = three();
    assert_eq!(law.marginal(&[]).unwrap_err(), Error::Empty { what: "the set of variables" });
    assert_eq!(law.marginal(&[3]).unwrap_err(), Error::IndexOutOfRange { index: 3, dim: 3 });
    assert_eq!(law.marginal(&[1, 1]).unwrap_err(), Error::DuplicateIndex { index: 1 });
    assert!(matches!(law.conditional(&[0], &[]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(law.conditional(&[0], &[f64::NAN]), Err(Error::NotFinite { .. })));
    assert!(matches!(law.conditional(&[7], &[0.0]), Err(Error::IndexOutOfRange { .. })));
    assert_eq!(law.conditional(&[2, 0, 1], &[0.0; 3]).unwrap_err(), Error::NothingLeft { dim: 3 });
    assert_eq!(law.conditional(&[], &[]).unwrap().mean(), law.mean());
}

/// The mean and the variance of x_0 given x_1 and x_2 from the joint density alone: trapezoids on a
/// smooth function that vanishes at both ends converge faster than any power of the step.
#[test]
fn the_conditional_is_the_joint_density_cut_and_normalised() {
    let law = three();
    let (x1, x2) = (-0.7, 2.0);
    let grid: Vec<f64> = (-4_000..=4_000).map(|i| 0.01 * f64::from(i)).collect();
    let density = |x: &f64| law.log_prob(&[*x, x1, x2]).exp();
    let mass: f64 = grid.iter().map(density).sum();
    let mean = grid.iter().map(|x| x * density(x)).sum::<f64>() / mass;
    let variance = grid.iter().map(|x| (x - mean).powi(2) * density(x)).sum::<f64>() / mass;

    let given = law.conditional(&[2, 1], &[x2, x1]).unwrap();
    assert!((given.mean()[0] - mean).abs() < 1e-12, "{} and {mean}", given.mean()[0]);
    assert!((given.covariance()[(0, 0)] - variance).abs() < 1e-12);
    // The mass is the density of the variables that are given, and the ratio the conditional one.
    let marginal = law.marginal(&[2, 1]).unwrap();
    assert!(((0.01 * mass).ln() - marginal.log_prob(&[x2, x1])).abs() < 1e-12);
    let chain = marginal.log_prob(&[x2, x1]) + given.log_prob(&[0.3]);
    assert!((chain - law.log_prob(&[0.3, x1, x2])).abs() < 1e-13);
}

/// A mean and a covariance `A Aᵀ + I / 4` for any A.
fn any_law(dim: usize) -> impl Strategy<Value = MvNormal> {
    (prop::collection::vec(-3f64..3.0, dim), prop::collection::vec(-2f64..2.0, dim * dim)).prop_map(
        move |(mean, a)| {
            let a = DMatrix::from_vec(dim, dim, a);
            let covariance = &a * a.transpose() + 0.25 * DMatrix::identity(dim, dim);
            MvNormal::new(DVector::from_vec(mean), covariance).unwrap()
        },
    )
}

fn block(m: &DMatrix<f64>, rows: &[usize], columns: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), columns.len(), |i, j| m[(rows[i], columns[j])])
}

fn pick(v: &DVector<f64>, indices: &[usize]) -> DVector<f64> {
    DVector::from_fn(indices.len(), |i, _| v[indices[i]])
}

proptest! {
    #[test]
    fn the_factor_and_the_precision_are_those_of_the_covariance(law in any_law(5)) {
        let (l, scale) = (law.cholesky(), law.covariance().amax());
        prop_assert!((l * l.transpose() - law.covariance()).amax() < 1e-14 * scale);
        prop_assert!((0..5).all(|i| l[(i, i)] > 0.0 && (i + 1..5).all(|j| l[(i, j)] == 0.0)));
        let identity = law.precision() * law.covariance();
        prop_assert!((identity - DMatrix::<f64>::identity(5, 5)).amax() < 1e-11);
    }

    /// Σ_{a|b} = Σ_aa − Σ_ab Σ_bb⁻¹ Σ_ba and μ_{a|b} = μ_a + Σ_ab Σ_bb⁻¹ (x_b − μ_b), with the
    /// inverse by LU, for every set of given variables in both orders.
    #[test]
    fn marginals_and_conditionals_are_the_block_formulas(
        law in any_law(4), x in prop::collection::vec(-5f64..5.0, 4),
    ) {
        let (x, sigma) = (DVector::from_vec(x), law.covariance());
        for set in 1..15u32 {
            let mut given: Vec<usize> = (0..4).filter(|i| set >> i & 1 == 1).collect();
            let rest: Vec<usize> = (0..4).filter(|i| set >> i & 1 == 0).collect();
            if set % 2 == 0 {
                given.reverse();
            }
            let marginal = law.marginal(&given).unwrap();
            prop_assert_eq!(marginal.covariance(), &block(sigma, &given, &given));
            prop_assert_eq!(marginal.mean(), &pick(law.mean(), &given));

            let inverse = block(sigma, &given, &given).lu().try_inverse().unwrap();
            let gain = block(sigma, &rest, &given) * inverse;
            let values = pick(&x, &given);
            let mean = pick(law.mean(), &rest) + &gain * (&values - marginal.mean());
            let covariance = block(sigma, &rest, &rest) - gain * block(sigma, &given, &rest);
            let conditional = law.conditional(&given, values.as_slice()).unwrap();
            prop_assert!((conditional.mean() - mean).amax() < 1e-10);
            prop_assert!((conditional.covariance() - covariance).amax() < 1e-11);

            // Chain rule: p(x) = p(x_b) p(x_a | x_b).
            let split = marginal.log_prob(values.as_slice())
                + conditional.log_prob(pick(&x, &rest).as_slice());
            let joint = law.log_prob(x.as_slice());
            prop_assert!((split - joint).abs() < 1e-9 * joint.abs().max(1.0));
        }
    }

    #[test]
    fn full_conditionals_are_conditionals_on_all_others(
        law in any_law(4), x in prop::collection::vec(-5f64..5.0, 4),
    ) {
        for i in 0..4 {
            let others: Vec<usize> = (0..4).filter(|j| *j != i).collect();
            let values: Vec<f64> = others.iter().map(|j| x[*j]).collect();
            let one = law.conditional(&others, &values).unwrap();
            let full = law.full_conditionals();
            prop_assert!((full.mean(i, &x) - one.mean()[0]).abs() < 1e-9);
            prop_assert!((full.std_dev(i) - one.covariance()[(0, 0)].sqrt()).abs() < 1e-12);
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_log_density(
        law in any_law(3), x in prop::collection::vec(-5f64..5.0, 3),
    ) {
        let mut gradient = [0.0; 3];
        let value = law.log_density_and_grad(&x, &mut gradient);
        prop_assert!((value - law.log_prob(&x)).abs() < 1e-12 * value.abs().max(1.0));
        // Central differences are exact on a square, but for rounding.
        let h = 1e-2;
        for i in 0..3 {
            let at = |step: f64| {
                let mut y = x.clone();
                y[i] += step;
                law.log_prob(&y)
            };
            let difference = (at(h) - at(-h)) / (2.0 * h);
            let tolerance = 1e-10 * value.abs().max(1.0);
            prop_assert!((difference - gradient[i]).abs() < tolerance, "{difference} {gradient:?}");
        }
    }
}
