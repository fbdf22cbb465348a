//! Many chains: the same bits for any number of threads, schedules, and traces.

#![allow(clippy::unwrap_used, clippy::panic)]

use mcmc::{
    Choice, Cycle, Error, Gibbs, Kernel, MetropolisHastings, RandomWalk, Reason, Schedule, Slice,
    Statistics, Trace, sample_chains, walk,
};
use nalgebra::{dmatrix, dvector};
use prob_core::{MvNormal, Seed};
use rand::Rng;

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
    let walk = MetropolisHastings::new(RandomWalk::new(1.7).unwrap());
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
    let kernel = MetropolisHastings::new(RandomWalk::new(1.0).unwrap());
    let mut starts = vec![vec![1.0]; 40];
    starts[7] = vec![f64::NAN];
    starts[8] = vec![-1.0];
    for threads in [1, 2, 5] {
        let run = || sample_chains(&kernel, &law, &starts, Schedule::keep(2_000), Seed(1));
        let error = with_threads(threads, run).unwrap_err();
        let Error::BadStart { chain: 7, source } = &error else { panic!("{error}") };
        assert!(matches!(**source, Error::NotFinite { what: "start", index: 0, .. }), "{error}");
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
    for (start, reason) in [
        (vec![0.0; 3], "the start has 3 elements; 2 are needed"),
        (vec![0.0, f64::INFINITY], "start[1] is inf; it must be finite"),
    ] {
        let error = run(&[vec![0.0; 2], start][1..], Schedule::keep(1)).to_string();
        assert_eq!(error, format!("chain 0 cannot start: {reason}"));
    }
    assert!(matches!(run(&start, Schedule::keep(usize::MAX)), Error::TooLarge { .. }));
    assert!(matches!(run(&start, Schedule::keep(usize::MAX / 64)), Error::TooLarge { .. }));
}

/// A bell whose log density is spoilt beyond `edge`, as a user's own may be.
fn spoilt(edge: f64, what: fn(f64) -> f64) -> impl Fn(&[f64]) -> f64 {
    move |x: &[f64]| if x[0] > edge { what(x[0]) } else { -0.5 * x[0] * x[0] }
}

/// Chain 1 starts near the edge, the others far from it, and steps are small.
fn near_the_edge(law: &(impl Fn(&[f64]) -> f64 + Sync)) -> Result<Trace, Error> {
    let kernel = MetropolisHastings::new(RandomWalk::new(0.01).unwrap());
    let starts = [vec![-9.0], vec![5.0], vec![-9.0]];
    let schedule = Schedule { burn_in: 5, ..Schedule::keep(20) };
    sample_chains(&kernel, law, &starts, schedule, Seed(5))
}

#[test]
fn a_broken_density_stops_its_chain_by_name_and_keeps_the_others() {
    let whole = near_the_edge(&spoilt(f64::INFINITY, |_| 0.0)).unwrap();
    for what in [|_: f64| f64::NAN, |_: f64| f64::INFINITY, |x: f64| panic!("no density at {x:.0}")]
    {
        let error = near_the_edge(&spoilt(5.0, what)).unwrap_err();
        let Error::ChainsFailed(failed) = &error else { panic!("{error}") };
        let [failure] = failed.failures.as_slice() else { panic!("{error}") };
        assert_eq!((failure.chain, failed.kept_chains.as_slice()), (1, &[0, 2][..]));
        match &failure.reason {
            Reason::Error(source) => {
                let Error::BrokenLogDensity { point, .. } = &**source else { panic!("{error}") };
                assert!(point[0] > 5.0 && point[0] < 5.1, "{error}");
            }
            Reason::Panic(text) => assert_eq!(text, "no density at 5"),
        }
        assert!(error.to_string().starts_with("chain 1 stopped at step "), "{error}");
        let kept = failed.kept.as_ref().unwrap();
        assert_eq!((kept.chain(0), kept.chain(1)), (whole.chain(0), whole.chain(2)));
        assert_eq!(kept.acceptance().unwrap()[1], whole.acceptance().unwrap()[2]);
    }
    // Where the density is zero a proposal is rejected, and nothing is wrong.
    let trace = near_the_edge(&spoilt(5.0, |_| f64::NEG_INFINITY)).unwrap();
    assert!(trace.variable(0)[1].iter().all(|x| *x <= 5.0));
    // A panic already at the start leaves the other chains whole, too.
    let error = near_the_edge(&spoilt(4.0, |x| panic!("none at {x}"))).unwrap_err();
    let Error::ChainsFailed(failed) = &error else { panic!("{error}") };
    assert_eq!((failed.failures[0].chain, failed.failures[0].step), (1, 0));
}

/// The share of accepted steps of a draw is what comparing positions says.
#[test]
fn a_trace_tells_which_steps_were_accepted() {
    let kernel = MetropolisHastings::new(RandomWalk::new(2.0).unwrap());
    let law = |x: &[f64]| -0.5 * x[0] * x[0];
    let run = |thin, draws| {
        let schedule = Schedule { thin, ..Schedule::keep(draws) };
        sample_chains(&kernel, &law, &[vec![0.0], vec![1.0]], schedule, Seed(6)).unwrap()
    };
    let (all, some) = (run(1, 300), run(3, 100));
    let accepted = all.statistic("accepted").unwrap();
    for (chain, start) in [(0, 0.0), (1, 1.0)] {
        let mut before = start;
        for (x, moved) in all.chain(chain).iter().zip(&accepted[chain]) {
            assert_eq!(*moved, f64::from(u8::from(*x != before)));
            before = *x;
        }
        let means = accepted[chain].chunks(3).map(|a| a.iter().sum::<f64>() / 3.0);
        assert!(means.eq(some.statistic("accepted").unwrap()[chain].iter().copied()));
    }
    assert_eq!((all.statistic_names(), all.statistic("other")), (&["accepted"][..], None));
}

#[test]
fn variables_have_names() {
    let trace = Trace::new(1, 1, 2, vec![1.0, 2.0]).unwrap();
    assert_eq!(trace.names(), ["x[0]", "x[1]"]);
    assert_eq!(trace.clone().with_names(["a", "b"]).unwrap().names(), ["a", "b"]);
    assert!(matches!(trace.with_names(["a"]), Err(Error::LengthMismatch { .. })));
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

/// A state that was put elsewhere, under another law, goes on as one that started there.
#[test]
fn a_placed_state_has_nothing_stale() {
    let (wide, narrow) = (|x: &[f64]| -0.5 * x[0] * x[0], |x: &[f64]| -8.0 * (x[0] - 2.0).powi(2));
    let kernel = MetropolisHastings::new(RandomWalk::new(1.0).unwrap());
    let mut placed = kernel.init(&wide, &[-3.0]).unwrap();
    let mut rng = Seed(7).stream("chain", 0);
    for _ in 0..20 {
        kernel.step(&wide, &mut placed, &mut rng).unwrap();
    }
    Kernel::<_, [f64]>::place(&kernel, &narrow, &mut placed, &[1.5]).unwrap();
    assert_eq!(placed.log_density(), -2.0);
    let mut fresh = kernel.init(&narrow, &[1.5]).unwrap();
    let (mut one, mut two) = (Seed(8).stream("chain", 0), Seed(8).stream("chain", 0));
    for _ in 0..200 {
        let a = kernel.step(&narrow, &mut placed, &mut one).unwrap();
        assert_eq!(a, kernel.step(&narrow, &mut fresh, &mut two).unwrap());
        assert_eq!(placed.position(), fresh.position());
    }
    let before = placed.clone();
    for (x, refused) in [(vec![1.0, 2.0], "length"), (vec![f64::NAN], "NaN")] {
        assert!(Kernel::<_, [f64]>::place(&kernel, &narrow, &mut placed, &x).is_err(), "{refused}");
    }
    let nowhere = |_: &[f64]| f64::NEG_INFINITY;
    assert!(matches!(
        Kernel::<_, [f64]>::place(&kernel, &nowhere, &mut placed, &[0.0]),
        Err(Error::OutsideSupport { .. })
    ));
    assert_eq!(placed.position(), before.position());
}

/// A walk that tells `N` numbers of each step, and has names for two.
struct Talkative<const N: usize>;

struct Told<const N: usize>;

impl<const N: usize> Statistics for Told<N> {
    const COUNT: usize = N;

    fn names() -> Vec<&'static str> {
        vec!["one", "two"]
    }

    fn add_to(&self, sums: &mut [f64]) {
        sums.iter_mut().for_each(|sum| *sum += 1.0);
    }
}

impl<const N: usize> Kernel<MvNormal, [f64]> for Talkative<N> {
    type State = Vec<f64>;
    type Info = Told<N>;

    fn init(&self, _: &MvNormal, x: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(x.to_vec())
    }

    fn position<'s>(&self, state: &'s Vec<f64>) -> &'s [f64] {
        state
    }

    fn step(&self, _: &MvNormal, _: &mut Vec<f64>, _: &mut impl Rng) -> Result<Told<N>, Error> {
        Ok(Told)
    }
}

/// Otherwise numbers would stand under the names of others.
#[test]
fn a_kernel_with_as_many_names_as_statistics_is_asked_for() {
    let (target, starts) = (target(), [vec![0.0, 0.0]]);
    let two = sample_chains(&Talkative::<2>, &target, &starts, Schedule::keep(3), Seed(1)).unwrap();
    assert_eq!(two.statistic("two"), Some(vec![vec![1.0; 3]]));
    let one = sample_chains(&Talkative::<1>, &target, &starts, Schedule::keep(3), Seed(1));
    let three = sample_chains(&Talkative::<3>, &target, &starts, Schedule::keep(3), Seed(1));
    for (refused, count) in [(one, 1), (three, 3)] {
        let what = "the list of names of statistics";
        assert_eq!(refused, Err(Error::LengthMismatch { what, expected: count, found: 2 }));
    }
}

/// A kernel of several parts has no one rate of acceptance.
#[test]
fn acceptance_is_that_of_one_kernel_alone() {
    let (walk, slice) =
        (MetropolisHastings::new(RandomWalk::new(2.0).unwrap()), Slice::new(1.0).unwrap());
    let law = |x: &[f64]| -0.5 * x[0] * x[0];
    let starts = [vec![0.0]];
    let schedule = Schedule::keep(50);
    let one = sample_chains(&Cycle::new(walk, slice), &law, &starts, schedule, Seed(1)).unwrap();
    assert_eq!(one.acceptance().map(|a| a.len()), Some(1));
    let two = sample_chains(&Cycle::new(walk, walk), &law, &starts, schedule, Seed(1)).unwrap();
    assert_eq!(two.acceptance(), None, "which of the two?");
    // Here the steps of the other kernel count as rejected: the column is no rate.
    let mixed = Choice::new(0.5, walk, slice).unwrap();
    let mixed = sample_chains(&mixed, &law, &starts, schedule, Seed(1)).unwrap();
    assert!(mixed.statistic("accepted").is_some());
    assert_eq!(mixed.acceptance(), None);
}
