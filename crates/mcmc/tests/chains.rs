//! Many chains: the same bits for any number of threads, schedules, and traces.

#![allow(clippy::unwrap_used)]

use mcmc::{Error, Gibbs, MetropolisHastings, RandomWalk, Schedule, Trace, sample_chains, walk};
use nalgebra::{dmatrix, dvector};
use prob_core::{MvNormal, Seed};

fn target() -> MvNormal {
    MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap()
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads() {
    let (target, starts) = (target(), vec![vec![3.0, -3.0]; 7]);
    let schedule = Schedule { burn_in: 10, thin: 2, ..Schedule::keep(500) };
    let walk = MetropolisHastings(RandomWalk::new(1.7).unwrap());
    let run = |threads| {
        with_threads(threads, || {
            (
                sample_chains(&Gibbs, &target, &starts, schedule, Seed(1)).unwrap(),
                sample_chains(&walk, &target, &starts, schedule, Seed(1)).unwrap(),
            )
        })
    };
    let one = run(1);
    assert_eq!(run(2), one);
    assert_eq!(run(5), one);
    assert_ne!(one.0.chain(0), one.0.chain(1), "chains differ from each other");
    let other = sample_chains(&Gibbs, &target, &starts, schedule, Seed(2)).unwrap();
    assert_ne!(other, one.0, "and from seed to seed");
}

#[test]
fn a_chain_does_not_depend_on_the_number_of_chains() {
    let target = target();
    let run = |chains| {
        let starts = vec![vec![3.0, -3.0]; chains];
        sample_chains(&Gibbs, &target, &starts, Schedule::keep(100), Seed(1)).unwrap()
    };
    let (two, five) = (run(2), run(5));
    assert_eq!((two.chain(0), two.chain(1)), (five.chain(0), five.chain(1)));
}

/// The error is that of the first chain that cannot start, whichever thread is first.
#[test]
fn errors_do_not_depend_on_the_number_of_threads() {
    let law = |x: &[f64]| if x[0] < 0.0 { f64::NEG_INFINITY } else { -x[0] };
    let kernel = MetropolisHastings(RandomWalk::new(1.0).unwrap());
    let mut starts = vec![vec![1.0]; 40];
    starts[7] = vec![f64::NAN];
    starts[8] = vec![-1.0];
    for threads in [1, 2, 5] {
        let run = || sample_chains(&kernel, &law, &starts, Schedule::keep(2_000), Seed(1));
        let error = with_threads(threads, run).unwrap_err();
        assert!(matches!(error, Error::NotFinite { what: "start", index: 0, .. }), "{error}");
    }
}

#[test]
fn a_schedule_keeps_what_it_says() {
    let target = target();
    let draws = |schedule| {
        let mut kept = Vec::new();
        let mut rng = Seed(1).stream("chain", 0);
        walk(&Gibbs, &target, [3.0, -3.0].as_slice(), schedule, &mut rng, |i, x: &[f64]| {
            kept.push((i, x.to_vec()));
        })
        .unwrap();
        kept
    };
    let all = draws(Schedule::keep(100));
    let some = draws(Schedule { burn_in: 10, draws: 30, thin: 3 });
    assert_eq!(some.len(), 30);
    for (k, (index, x)) in some.iter().enumerate() {
        assert_eq!((*index, x), (k, &all[10 + 3 * (k + 1) - 1].1));
    }
}

#[test]
fn bad_runs_are_refused_with_a_reason() {
    let target = target();
    let start = vec![vec![0.0, 0.0]];
    let run = |starts: &[Vec<f64>], schedule| {
        sample_chains(&Gibbs, &target, starts, schedule, Seed(1)).unwrap_err()
    };
    assert_eq!(run(&start, Schedule::keep(0)), Error::Zero { what: "the number of draws" });
    let no_thinning = Schedule { thin: 0, ..Schedule::keep(1) };
    assert_eq!(run(&start, no_thinning), Error::Zero { what: "the thinning" });
    assert_eq!(run(&[], Schedule::keep(1)), Error::Zero { what: "the number of chains" });
    assert_eq!(run(&[vec![]], Schedule::keep(1)), Error::Zero { what: "the number of variables" });
    assert!(matches!(
        run(&[vec![0.0; 2], vec![0.0; 3]], Schedule::keep(1)),
        Error::LengthMismatch { what: "a start", expected: 2, found: 3 }
    ));
    assert!(matches!(run(&[vec![0.0; 3]], Schedule::keep(1)), Error::LengthMismatch { .. }));
    assert!(matches!(
        run(&[vec![0.0, f64::INFINITY]], Schedule::keep(1)),
        Error::NotFinite { index: 1, .. }
    ));
    assert!(matches!(run(&start, Schedule::keep(usize::MAX)), Error::TooLarge { .. }));
    assert!(matches!(run(&start, Schedule::keep(usize::MAX / 64)), Error::TooLarge { .. }));
}

#[test]
fn a_trace_has_three_axes() {
    // chain 0: (1, 2), (3, 5), (5, 11); chain 1: (7, 2), (9, 4), (11, 6)
    let values = vec![1.0, 2.0, 3.0, 5.0, 5.0, 11.0, 7.0, 2.0, 9.0, 4.0, 11.0, 6.0];
    let trace = Trace::new(2, 3, 2, values.clone()).unwrap();
    assert_eq!((trace.chains(), trace.draws(), trace.variables()), (2, 3, 2));
    assert_eq!(trace.values(), values);
    assert_eq!((trace.chain(1), trace.draw(1, 2)), (&values[6..], &[11.0, 6.0][..]));
    assert_eq!(trace.variable(1), [[2.0, 5.0, 11.0], [2.0, 4.0, 6.0]]);
    assert_eq!(trace.series(|x| x[0] - x[1]), [[-1.0, -2.0, -6.0], [5.0, 5.0, 5.0]]);
    assert_eq!(trace.iter().len(), 6);

    // By hand: means 6 and 5; deviations −5 −3 −1 1 3 5 and −3 0 6 −3 −1 1.
    assert_eq!(trace.mean().as_slice(), [6.0, 5.0]);
    let products = 15.0 - 6.0 - 3.0 - 3.0 + 5.0;
    let covariance = trace.covariance();
    assert!((covariance[(0, 0)] - 70.0 / 5.0).abs() < 1e-14);
    assert!((covariance[(1, 1)] - 56.0 / 5.0).abs() < 1e-14);
    assert!((covariance[(0, 1)] - products / 5.0).abs() < 1e-14);
    assert!((trace.correlation()[(1, 0)] - products / (70.0f64 * 56.0).sqrt()).abs() < 1e-15);

    assert!(matches!(Trace::new(2, 3, 2, vec![0.0]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(Trace::new(0, 3, 2, vec![]), Err(Error::Zero { .. })));
    assert!(matches!(Trace::new(usize::MAX, 3, 2, vec![]), Err(Error::TooLarge { .. })));
}
