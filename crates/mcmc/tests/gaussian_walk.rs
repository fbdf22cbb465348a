//! A random walk with a covariance, and proposals that do not look where the chain is, on the normal
//! law of three correlated variables.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Error, GaussianWalk, Independence, Kernel, MetropolisHastings, Proposal, Schedule,
    sample_chains,
};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{ChiSquare, MvNormal, MvStudentT, Normal, Seed, Univariate};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, holds, ks, negative_control};

const DRAWS: u64 = 10_000;

fn covariance() -> DMatrix<f64> {
    dmatrix![4.0, 1.6, -0.3; 1.6, 1.0, 0.0; -0.3, 0.0, 0.25]
}

/// Three-dimensional points against `N(0, Σ)`: each variable, a sum, and the squared distance, which
/// is chi-square with three degrees of freedom.
fn checks(what: &str, points: &[[f64; 3]], sigma: &DMatrix<f64>) -> Vec<Check> {
    let (standard, distance) = (Normal::new(0.0, 1.0).unwrap(), ChiSquare::new(3.0).unwrap());
    let along = |direction: [f64; 3]| {
        let u = DVector::from_row_slice(&direction);
        let sd = u.dot(&(sigma * &u)).sqrt();
        let draws: Vec<f64> =
            points.iter().map(|x| u.dot(&DVector::from_row_slice(x)) / sd).collect();
        ks(format!("{what} along {direction:?}"), &draws, |x| standard.cdf(x)).unwrap()
    };
    let inverse = sigma.clone().try_inverse().unwrap();
    let square = |x: &[f64; 3]| {
        let x = DVector::from_row_slice(x);
        x.dot(&(&inverse * &x))
    };
    let squares: Vec<f64> = points.iter().map(square).collect();
    let directions = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, -1.0, 1.0]];
    let mut checks = directions.map(along).to_vec();
    checks.push(ks(format!("{what}: distances"), &squares, |x| distance.cdf(x)).unwrap());
    checks
}

#[test]
fn steps_have_the_covariance() {
    let from = [1e3, -2.0, 0.5];
    let steps = |walk: &GaussianWalk| -> Vec<[f64; 3]> {
        let mut rng = Seed(1).stream("step", 0);
        let mut to = [0.0; 3];
        let mut step = || {
            assert_eq!(walk.propose(&from, &mut to, &mut rng), 0.0, "symmetric");
            [0, 1, 2].map(|i| to[i] - from[i])
        };
        (0..DRAWS).map(|_| step()).collect()
    };
    let sigma = covariance();
    let walk = GaussianWalk::new(sigma.clone()).unwrap();
    holds(&checks("steps", &steps(&walk), &sigma), FalseAlarm::DEFAULT);
    let uncorrelated = GaussianWalk::new(DMatrix::from_diagonal(&sigma.diagonal())).unwrap();
    negative_control(&checks("steps", &steps(&uncorrelated), &sigma), FalseAlarm::DEFAULT);
}

/// In place is as in two buffers, in any dimension.
#[test]
fn a_step_is_the_factor_times_normal_numbers() {
    for dim in 1..14 {
        let factor = DMatrix::from_fn(dim, dim, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 1.0 + i as f64,
            std::cmp::Ordering::Greater => (i as f64 - 2.7 * j as f64).sin(),
        });
        let walk = GaussianWalk::from_factor(&factor).unwrap();
        assert_eq!((walk.dim(), &walk.factor()), (dim, &factor));
        let from = DVector::from_fn(dim, |i, _| i as f64 - 1.0);
        let mut to = vec![f64::NAN; dim];
        walk.propose(from.as_slice(), &mut to, &mut Seed(2).stream("step", dim as u64));
        let mut rng = Seed(2).stream("step", dim as u64);
        let z = DVector::from_fn(dim, |_, _| -> f64 { StandardNormal.sample(&mut rng) });
        let expected = from + factor * z;
        let worst = expected.iter().zip(&to).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-14, "{worst:e}");
    }
}

#[test]
fn covariance_and_factor_are_two_ways_to_say_it() {
    let (sigma, walk) = (covariance(), GaussianWalk::new(covariance()).unwrap());
    let factor = sigma.clone().cholesky().unwrap().l();
    assert!((walk.factor() - &factor).amax() < 1e-15);
    assert!((walk.covariance() - &sigma).amax() < 1e-15);
    assert_eq!(GaussianWalk::from_factor(&walk.factor()).unwrap(), walk);
}

/// An independence proposal that forgets its ratio: it would be right for a symmetric proposal only.
struct Forgetful(Independence<MvNormal>);

impl Proposal for Forgetful {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        self.0.propose(from, to, rng);
        0.0
    }
}

/// Where independent chains are after three steps from exact draws.
fn after_three_steps<P: Proposal>(proposal: P) -> Vec<[f64; 3]> {
    let target = MvNormal::new(dvector![0.0, 0.0, 0.0], covariance()).unwrap();
    let kernel = MetropolisHastings::new(proposal);
    let run = |chain| {
        let mut rng = Seed(3).stream("chain", chain);
        let mut x = [0.0; 3];
        target.sample_into(&mut x, &mut Seed(3).stream("exact", chain));
        let mut state = kernel.init(&target, &x).unwrap();
        for _ in 0..3 {
            kernel.step(&target, &mut state, &mut rng).unwrap();
        }
        [0, 1, 2].map(|i| state.position()[i])
    };
    (0..DRAWS).map(run).collect()
}

#[test]
fn a_step_keeps_the_law() {
    let (sigma, centre) = (covariance(), dvector![0.5, 0.0, 0.2]);
    let walk = GaussianWalk::new(1.9 * &sigma).unwrap();
    let normal = MvNormal::new(centre.clone(), 1.5 * &sigma).unwrap();
    let student = MvStudentT::new(4.0, centre, DMatrix::identity(3, 3)).unwrap();
    for (what, ends) in [
        ("walk", after_three_steps(walk)),
        ("normal proposals", after_three_steps(Independence::new(normal.clone()))),
        ("Student proposals", after_three_steps(Independence::new(student))),
    ] {
        holds(&checks(what, &ends, &sigma), FalseAlarm::DEFAULT);
    }
    let ends = after_three_steps(Forgetful(Independence::new(normal)));
    negative_control(&checks("forgotten ratio", &ends, &sigma), FalseAlarm::DEFAULT);
}

#[test]
fn bad_matrices_are_refused() {
    use prob_core::Error as Law;
    let law = |sigma| match GaussianWalk::new(sigma) {
        Err(Error::Law(law)) => law,
        other => unreachable!("{other:?}"),
    };
    assert!(matches!(law(dmatrix![1.0, 0.5; 0.4, 1.0]), Law::NotSymmetric { .. }));
    assert!(matches!(law(dmatrix![1.0, 1.0; 1.0, 1.0]), Law::NotPositiveDefinite { .. }));
    assert!(matches!(law(dmatrix![1.0, 2.0; 2.0, 1.0]), Law::NotPositiveDefinite { .. }));
    assert!(matches!(law(dmatrix![0.0]), Law::NotPositiveDefinite { .. }));
    assert!(matches!(law(dmatrix![1.0, 0.0]), Law::NotSquare { .. }));
    assert!(matches!(law(dmatrix![f64::NAN]), Law::NotFinite { .. }));
    assert!(matches!(law(dmatrix![f64::INFINITY]), Law::NotFinite { .. }));
    let none = DMatrix::zeros(0, 0);
    assert!(matches!(GaussianWalk::new(none.clone()), Err(Error::Zero { .. })));
    assert!(matches!(GaussianWalk::from_factor(&none), Err(Error::Zero { .. })));
    let wide = GaussianWalk::from_factor(&dmatrix![1.0, 0.0]);
    assert!(matches!(wide, Err(Error::LengthMismatch { expected: 1, found: 2, .. })));
    for (factor, at) in [
        (dmatrix![1.0, 0.5; 0.0, 1.0], (0, 1)),
        (dmatrix![1.0, 0.0; 0.5, -1.0], (1, 1)),
        (dmatrix![0.0, 0.0; 0.5, 1.0], (0, 0)),
        (dmatrix![1.0, 0.0; f64::NAN, 1.0], (1, 0)),
        (dmatrix![1.0, 0.0; 0.0, f64::INFINITY], (1, 1)),
        (dmatrix![1.0, f64::NAN; 0.0, 1.0], (0, 1)),
    ] {
        let Err(Error::NotAFactor { row, column, .. }) = GaussianWalk::from_factor(&factor) else {
            unreachable!("{factor} is taken for a factor")
        };
        assert_eq!((row, column), at);
    }
}

#[test]
fn other_dimensions_are_refused() {
    let target = |x: &[f64]| -x[0].abs();
    let q = MvNormal::new(dvector![0.0, 0.0, 0.0], covariance()).unwrap();
    let walk = MetropolisHastings::new(GaussianWalk::new(covariance()).unwrap());
    let jump = MetropolisHastings::new(Independence::new(q));
    for start in [vec![0.0; 2], vec![0.0; 4]] {
        let starts = [start];
        for run in [
            sample_chains(&walk, &target, &starts, Schedule::keep(1), Seed(1)),
            sample_chains(&jump, &target, &starts, Schedule::keep(1), Seed(1)),
        ] {
            let Err(Error::BadStart { chain: 0, source }) = run else { unreachable!("{run:?}") };
            assert!(matches!(*source, Error::LengthMismatch { expected: 3, .. }), "{source}");
        }
    }
}
