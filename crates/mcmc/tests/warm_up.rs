//! Warm-up: it finds the scale and the shape of a law, and then learns no more.

#![allow(clippy::unwrap_used, clippy::panic)]

use mcmc::{
    Adapted, Error, GaussianWalk, MetropolisHastings, Reason, RobustAdaptive, Schedule, Trace,
    WarmUp, diagnostics as d, sample_adapted, walk,
};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{MvNormal, Normal, Seed, Univariate};
use testkit::{Check, FalseAlarm, holds, ks, negative_control};

type Walk = MetropolisHastings<GaussianWalk>;

/// Ten variables with correlations of 0.9^|i−j|, and standard deviations from 10⁻³ to 10³.
fn ten() -> MvNormal {
    let sd = |i: usize| 10f64.powf((i as f64 - 4.5) / 1.5);
    let covariance =
        DMatrix::from_fn(10, 10, |i, j| sd(i) * sd(j) * 0.9f64.powi(i.abs_diff(j) as i32));
    MvNormal::new(DVector::zeros(10), covariance).unwrap()
}

/// How far the covariance of the steps is from proportional to that of the law: the largest
/// eigenvalue of `L⁻¹ Σ L⁻ᵀ` over the smallest.
fn distortion(law: &MvNormal, steps: &DMatrix<f64>) -> f64 {
    let l = law.cholesky();
    let half = l.solve_lower_triangular(steps).unwrap();
    let whitened = l.solve_lower_triangular(&half.transpose()).unwrap();
    let eigenvalues = whitened.symmetric_eigenvalues();
    eigenvalues.max() / eigenvalues.min()
}

fn run<D>(law: &D, starts: &[Vec<f64>], steps: usize, draws: usize) -> Adapted<Walk>
where
    D: prob_core::LogDensity<[f64]> + Sync + ?Sized,
{
    let schedule = Schedule::keep(draws);
    sample_adapted(&RobustAdaptive::new(), law, starts, steps, schedule, Seed(1)).unwrap()
}

/// In ten dimensions: the rate of acceptance and the shape of the law, from steps that are a million
/// times too long in one variable and far too short in another.
#[test]
fn it_finds_the_rate_and_the_shape_in_ten_dimensions() {
    let law = ten();
    let before = distortion(&law, &DMatrix::identity(10, 10));
    let adapted = run(&law, &[vec![0.0; 10], vec![1e-3; 10]], 100_000, 20_000);
    for (kernel, rate) in adapted.kernels.iter().zip(adapted.trace.acceptance().unwrap()) {
        let after = distortion(&law, &kernel.proposal().covariance());
        assert!(before > 1e10 && after < 2.0, "the shape: {before:e}, then {after}");
        assert!((rate - 0.234).abs() < 0.02, "the rate: {rate}");
        // Roberts and Rosenthal (2001): 2.38²/d is the best, where the rate is 0.234.
        let size = (kernel.proposal().covariance().determinant() / law.covariance().determinant())
            .powf(0.1);
        assert!((size / (2.38f64.powi(2) / 10.0) - 1.0).abs() < 0.2, "the size: {size}");
    }
}

/// In thirty dimensions the noise of the updates must not spoil a shape that was right at the start, as
/// it does (beyond 10⁶) where η does not fall with the dimension.
#[test]
fn a_good_start_is_not_spoilt_in_thirty_dimensions() {
    let law = MvNormal::new(DVector::zeros(30), DMatrix::identity(30, 30)).unwrap();
    let walk = GaussianWalk::new(DMatrix::identity(30, 30) * (2.38f64.powi(2) / 30.0)).unwrap();
    let warm_up = RobustAdaptive::new().from_walk(walk);
    let mut rng = Seed(7).stream("warm-up", 0);
    let (kernel, _) = warm_up.warm_up(&law, &[0.0; 30], 40_000, &mut rng).unwrap();
    let after = distortion(&law, &kernel.proposal().covariance());
    assert!(after < 40.0, "{after}");
}

/// One dimension, where the best rate is 0.44, from scales far off on either side.
#[test]
fn it_finds_the_scale_in_one_dimension() {
    for sd in [1e-8, 1.0, 1e8] {
        let law = |x: &[f64]| -0.5 * (x[0] / sd).powi(2);
        let adapted = run(&law, &[vec![0.0]], 20_000, 20_000);
        let rate = adapted.trace.acceptance().unwrap()[0];
        assert!((rate - 0.44).abs() < 0.02, "{sd:e}: {rate}");
        // On N(0, 1) the rate of scale s is 2/π · arctan(2/s).
        let scale = adapted.kernels[0].proposal().covariance()[(0, 0)].sqrt() / sd;
        let best = 2.0 / (0.44 * std::f64::consts::FRAC_PI_2).tan();
        assert!((scale / best - 1.0).abs() < 0.1, "{sd:e}: {scale} where {best} is best");
    }
}

#[test]
fn it_aims_at_the_rate_that_is_wanted() {
    let law = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.9; 0.9, 1.0]).unwrap();
    for rate in [0.1, 0.5, 0.8] {
        let warm_up = RobustAdaptive::new().aiming_at(rate).unwrap();
        assert_eq!((warm_up.rate(1), warm_up.rate(2)), (rate, rate));
        let schedule = Schedule::keep(20_000);
        let starts = [vec![0.0, 0.0]];
        let adapted = sample_adapted(&warm_up, &law, &starts, 20_000, schedule, Seed(2)).unwrap();
        let found = adapted.trace.acceptance().unwrap()[0];
        assert!((found - rate).abs() < 0.03, "{found} for {rate}");
    }
}

/// The draws of the frozen kernel, and nothing else: chain i is that kernel with its own stream, from
/// where warm-up arrived, bit by bit.
#[test]
fn nothing_is_learnt_after_warm_up() {
    let law = ten();
    let starts = [vec![0.0; 10], vec![1e-3; 10]];
    let schedule = Schedule { burn_in: 5, thin: 2, ..Schedule::keep(300) };
    let adapted = sample_adapted(&RobustAdaptive::new(), &law, &starts, 400, schedule, Seed(3));
    let adapted = adapted.unwrap();
    for (i, start) in starts.iter().enumerate() {
        let mut rng = Seed(3).stream("warm-up", i as u64);
        let (kernel, arrived) = RobustAdaptive::new().warm_up(&law, start, 400, &mut rng).unwrap();
        assert_eq!(kernel, adapted.kernels[i]);
        let mut replay = Vec::new();
        let mut rng = Seed(3).stream("chain", i as u64);
        walk(&kernel, &law, arrived.as_slice(), schedule, &mut rng, |_, x: &[f64]| {
            replay.extend_from_slice(x);
        })
        .unwrap();
        assert_eq!(replay, adapted.trace.chain(i));
    }
    // More steps of warm-up are another kernel: the comparison above could fail.
    let longer = run(&law, &starts, 401, 1);
    assert_ne!(longer.kernels[0], adapted.kernels[0]);
}

/// Draws far enough apart, against the law; the first steps of warm-up would not follow it.
#[test]
fn the_draws_follow_the_law() {
    let sigma = dmatrix![1e4, 90.0, 0.0; 90.0, 1.0, 1e-3; 0.0, 1e-3, 1e-4];
    let law = MvNormal::new(dvector![0.0, 0.0, 0.0], sigma).unwrap();
    let starts = vec![vec![0.0; 3]; 4];
    let schedule = Schedule { burn_in: 300, thin: 60, ..Schedule::keep(1_500) };
    let warm_up = RobustAdaptive::new();
    let adapted = sample_adapted(&warm_up, &law, &starts, 3_000, schedule, Seed(4)).unwrap();
    let checks = |trace: &Trace| -> Vec<Check> {
        let standard = Normal::new(0.0, 1.0).unwrap();
        let check = |i: usize| {
            let draws = trace.variable(i);
            assert!(d::ess_bulk(&draws).unwrap() > 0.8 * (4 * 1_500) as f64);
            let sd = law.covariance()[(i, i)].sqrt();
            let scaled: Vec<f64> = draws.concat().iter().map(|x| x / sd).collect();
            ks(format!("variable {i}"), &scaled, |x| standard.cdf(x)).unwrap()
        };
        (0..3).map(check).collect()
    };
    holds(&checks(&adapted.trace), FalseAlarm::DEFAULT);
    let flatter = |x: &[f64]| 0.7 * law.log_prob(x);
    let wrong = sample_adapted(&warm_up, &flatter, &starts, 3_000, schedule, Seed(4)).unwrap();
    negative_control(&checks(&wrong.trace), FalseAlarm::DEFAULT);
}

/// e^−x on x > 0, drawn by a kernel that aims at many acceptances; and by one that goes on learning, at
/// the full rate: what `sample_adapted` must not do.
#[test]
fn to_learn_for_ever_would_be_seen() {
    let law = |x: &[f64]| if x[0] > 0.0 { -x[0] } else { f64::NEG_INFINITY };
    let warm_up = RobustAdaptive::new().aiming_at(0.8).unwrap();
    let check = |draws: &[f64]| [ks("exponential", draws, |x| -(-x).exp_m1()).unwrap()];
    let (draws, thin) = (1_500, 200);
    let schedule = Schedule { thin, ..Schedule::keep(draws) };
    let frozen = sample_adapted(&warm_up, &law, &[vec![1.0]], 2_000, schedule, Seed(8)).unwrap();
    assert!(d::ess_bulk(&frozen.trace.variable(0)).unwrap() > 0.8 * draws as f64);
    holds(&check(frozen.trace.values()), FalseAlarm::DEFAULT);

    let mut rng = Seed(8).stream("chain", 0);
    let (mut learning, mut x) = (warm_up, vec![1.0]);
    let mut draw = || {
        for _ in 0..thin {
            let (kernel, arrived) = learning.warm_up(&law, &x, 1, &mut rng).unwrap();
            learning =
                RobustAdaptive::new().aiming_at(0.8).unwrap().from_walk(kernel.proposal().clone());
            x = arrived;
        }
        x[0]
    };
    let learnt: Vec<f64> = (0..draws).map(|_| draw()).collect();
    negative_control(&check(&learnt), FalseAlarm::DEFAULT);
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let (law, starts) = (ten(), vec![vec![0.0; 10]; 7]);
    let one = with_threads(1, || run(&law, &starts, 300, 200));
    for threads in [2, 5] {
        assert_eq!(with_threads(threads, || run(&law, &starts, 300, 200)), one);
    }
    assert_ne!(one.kernels[0], one.kernels[1], "each chain learns its own");
    // Nor on the number of chains.
    let two = run(&law, &starts[..2], 300, 200);
    assert_eq!(two.kernels, one.kernels[..2]);
    assert_eq!(two.trace.chain(1), one.trace.chain(1));
}

#[test]
fn nothing_to_do_and_bad_starts_are_refused() {
    let law = |x: &[f64]| if x[0] < 0.0 { f64::NEG_INFINITY } else { -x[0] };
    let warm_up = RobustAdaptive::new();
    let sample = |warm_up: &RobustAdaptive, starts: &[Vec<f64>], steps, schedule| {
        sample_adapted(warm_up, &law, starts, steps, schedule, Seed(1)).unwrap_err()
    };
    let one = [vec![1.0]];
    assert!(matches!(sample(&warm_up, &one, 0, Schedule::keep(1)), Error::Zero { .. }));
    assert!(matches!(sample(&warm_up, &one, 1, Schedule::keep(0)), Error::Zero { .. }));
    assert!(matches!(sample(&warm_up, &[], 1, Schedule::keep(1)), Error::Zero { .. }));
    let thin = Schedule { thin: 0, ..Schedule::keep(1) };
    assert!(matches!(sample(&warm_up, &one, 1, thin), Error::Zero { .. }));
    let uneven = [vec![1.0], vec![1.0, 2.0]];
    let error = sample(&warm_up, &uneven, 1, Schedule::keep(1));
    assert!(matches!(error, Error::LengthMismatch { .. }));
    let enormous = Schedule::keep(usize::MAX / 2);
    assert!(matches!(sample(&warm_up, &one, 1, enormous), Error::TooLarge { .. }));
    let mut rng = Seed(1).stream("warm-up", 0);
    assert!(matches!(warm_up.warm_up(&law, &[1.0], 0, &mut rng), Err(Error::Zero { .. })));
    for rate in [0.0, 1.0, -0.1, f64::NAN] {
        let error = RobustAdaptive::new().aiming_at(rate).unwrap_err();
        assert!(matches!(error, Error::NotBetween { .. }), "{error}");
    }

    let mut starts = vec![vec![1.0]; 40];
    starts[7] = vec![f64::NAN];
    starts[8] = vec![-1.0];
    for threads in [1, 2, 5] {
        let error = with_threads(threads, || sample(&warm_up, &starts, 500, Schedule::keep(1)));
        let Error::BadStart { chain: 7, source } = error else { panic!("{error}") };
        assert!(matches!(*source, Error::NotFinite { .. }), "{source}");
    }
    let plane = warm_up.from_walk(GaussianWalk::new(DMatrix::identity(2, 2)).unwrap());
    let error = sample(&plane, &one, 1, Schedule::keep(1));
    let Error::BadStart { chain: 0, source } = error else { panic!("{error}") };
    assert!(matches!(*source, Error::LengthMismatch { expected: 2, found: 1, .. }), "{source}");
}

/// A chain that breaks in warm-up does not take the others with it.
#[test]
fn a_chain_that_breaks_in_warm_up_is_named_and_the_others_are_kept() {
    // Two separate wells; the right one has a hole, or a trap.
    let well = |bad: fn() -> f64| {
        move |x: &[f64]| match x[0] {
            x if x.abs() < 1.0 => -x * x,
            x if (x - 100.0).abs() < 0.5 => -(x - 100.0) * (x - 100.0),
            x if (x - 100.0).abs() < 1.0 => bad(),
            _ => f64::NEG_INFINITY,
        }
    };
    let starts = [vec![0.0], vec![100.0], vec![0.1]];
    let warm_up = RobustAdaptive::new().from_walk(GaussianWalk::new(dmatrix![0.09]).unwrap());
    let fails = |law: &(dyn Fn(&[f64]) -> f64 + Sync)| {
        let law = |x: &[f64]| law(x);
        sample_adapted(&warm_up, &law, &starts, 2_000, Schedule::keep(50), Seed(5)).unwrap_err()
    };
    let Error::ChainsFailed(failed) = fails(&well(|| f64::NAN)) else { panic!("no failure") };
    assert_eq!(failed.kept_chains, [0, 2]);
    let kept = failed.kept.as_ref().unwrap();
    assert_eq!((kept.chains(), kept.draws()), (2, 50));
    let [failure] = failed.failures.as_slice() else { panic!("{failed}") };
    assert_eq!((failure.chain, failure.step), (1, 0));
    let Reason::Error(error) = &failure.reason else { panic!("{failed}") };
    let Error::InWarmUp(source) = &**error else { panic!("{failed}") };
    let Error::AtStep { source, .. } = &**source else { panic!("{failed}") };
    assert!(matches!(**source, Error::BrokenLogDensity { .. }), "{source}");
    assert!(failed.to_string().contains("in warm-up: at step"), "{failed}");

    let Error::ChainsFailed(failed) = fails(&well(|| panic!("a trap"))) else { panic!() };
    assert_eq!(failed.kept_chains, [0, 2]);
    assert_eq!(failed.failures[0].reason, Reason::Panic("a trap".into()));
    assert_eq!(failed.kept.as_ref(), Some(kept), "the others draw the same");
}

/// A density that is no law lets the steps grow beyond all numbers.
#[test]
fn steps_beyond_all_numbers_are_an_error() {
    let flat = |_: &[f64]| 0.0;
    let first = GaussianWalk::from_factor(&dmatrix![1e308]).unwrap();
    let warm_up = RobustAdaptive::new().aiming_at(0.1).unwrap().from_walk(first);
    let mut rng = Seed(6).stream("warm-up", 0);
    let error = warm_up.warm_up(&flat, &[0.0], 100, &mut rng).unwrap_err();
    let Error::AtStep { source, .. } = error else { panic!("{error}") };
    assert!(matches!(*source, Error::NotAFactor { row: 0, column: 0, .. }), "{source}");
}
