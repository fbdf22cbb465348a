//! Ladders for tempering against the rates of exchange of normal laws, which have a closed form.
//!
//! Between `N(0, 1/β)` and `N(0, 1/(qβ))`, q > 1, the mean of `A` is twice the chance that the point of
//! the colder level lies further out, since an exchange turns one case into the other. In two
//! dimensions the squares are exponential and it is `2 / (1 + q)`, in one `2 − (4/π) atan √q`.

#![allow(clippy::unwrap_used)]

use std::f64::consts::PI;

use mcmc::diagnostics::mcse_mean;
use mcmc::{
    Error, Kernel, Ladder, MetropolisHastings, RandomWalk, Schedule, Tempering, Tuning,
    choose_ladder, equal_rejections, sample_chains,
};
use prob_core::{GeometricPath, LogDensity, Path, Seed, logspace::log_add_exp};
use proptest::prelude::*;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, holds, negative_control, z};

/// `N(0, 1/β)` in each coordinate.
#[derive(Clone, Copy)]
struct Scaled {
    beta: f64,
}

impl LogDensity<[f64]> for Scaled {
    fn log_density(&self, x: &[f64]) -> f64 {
        -0.5 * self.beta * x.iter().map(|x| x * x).sum::<f64>()
    }
}

struct Scaling;

impl Path for Scaling {
    type Law = Scaled;

    fn at(&self, beta: f64) -> Scaled {
        Scaled { beta }
    }
}

/// Forgets everything in a step: an independent draw.
#[derive(Clone)]
struct Exact;

impl Kernel<Scaled, [f64]> for Exact {
    type State = Vec<f64>;
    type Info = ();

    fn init(&self, _: &Scaled, x: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(x.to_vec())
    }

    fn position<'s>(&self, state: &'s Vec<f64>) -> &'s [f64] {
        state
    }

    fn step(&self, law: &Scaled, state: &mut Vec<f64>, rng: &mut impl Rng) -> Result<(), Error> {
        for x in state {
            let z: f64 = StandardNormal.sample(rng);
            *x = z / law.beta.sqrt();
        }
        Ok(())
    }
}

/// The chance of a refusal, from the ratio of the betas.
fn rejection(dimension: usize, q: f64) -> f64 {
    match dimension {
        1 => 4.0 / PI * q.sqrt().atan() - 1.0,
        _ => (q - 1.0) / (q + 1.0),
    }
}

fn rejections(dimension: usize, betas: &[f64]) -> Vec<f64> {
    betas.windows(2).map(|pair| rejection(dimension, pair[1] / pair[0])).collect()
}

/// Of `A` in two dimensions. The difference D of the halved squares is positive with chance `q/(1 + q)`
/// and then exponential with rate β, so that `E[A²; D > 0]` has a closed form as well.
fn variance(q: f64) -> f64 {
    let mean = 1.0 - rejection(2, q);
    q / (1.0 + q) / (2.0 * q - 1.0) + 1.0 / (1.0 + q) - mean * mean
}

fn geometric(first: f64, levels: usize) -> Vec<f64> {
    let last = levels - 1;
    (0..levels).map(|k| first.powf((last - k) as f64 / last as f64)).collect()
}

fn spread(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::MIN, f64::max);
    largest - x.iter().copied().fold(f64::MAX, f64::min)
}

fn chosen(betas: Vec<f64>, start: &[f64], tuning: Tuning, stream: u64) -> Ladder {
    let guess = Tempering::new(Exact, betas).unwrap();
    let mut rng = Seed(1).stream("ladder", stream);
    choose_ladder(&guess, &Scaling, start, tuning, &mut rng).unwrap()
}

fn close(ladder: &Ladder, steps: usize, exact: impl Fn(f64) -> f64) -> Vec<Check> {
    let check = |(k, measured): (usize, &f64)| {
        let q = ladder.betas()[k + 1] / ladder.betas()[k];
        let error = (variance(q) / (steps / 2) as f64).sqrt();
        z(format!("pair {k}"), *measured, exact(q), error).unwrap()
    };
    ladder.rejections().iter().enumerate().map(check).collect()
}

#[test]
fn measured_rejections_are_the_exact_ones() {
    let steps = 20_000;
    let only_measure = Tuning { rounds: 0, steps };
    let betas = vec![0.01, 0.015, 0.06, 0.3, 0.9, 1.0];
    let ladder = chosen(betas.clone(), &[0.0, 0.0], only_measure, 0);
    assert_eq!(ladder.betas(), betas);
    holds(&close(&ladder, steps, |q| rejection(2, q)), FalseAlarm::DEFAULT);
    negative_control(&close(&ladder, steps, |q| rejection(1, q)), FalseAlarm::DEFAULT);
    let barrier: f64 = rejections(2, &betas).iter().sum();
    assert!((ladder.barrier() - barrier).abs() < 0.03);
}

/// With exact rates the moves converge, from any ladder: to the geometric one, on which all are equal.
#[test]
fn equal_rejections_of_normal_laws_are_the_geometric_ladder() {
    for (dimension, levels) in [(1, 3), (1, 6), (2, 3), (2, 6), (2, 12)] {
        let exact = geometric(1e-3, levels);
        let kept = equal_rejections(&exact, &rejections(dimension, &exact), levels).unwrap();
        assert!(exact.iter().zip(&kept).all(|(a, b)| (a / b).ln().abs() < 1e-12));
        let last = (levels - 1) as f64;
        let mut betas: Vec<f64> = (0..levels).map(|k| 1e-3 + 0.999 * k as f64 / last).collect();
        for _ in 0..400 {
            betas = equal_rejections(&betas, &rejections(dimension, &betas), levels).unwrap();
        }
        let gap = exact.iter().zip(&betas).map(|(a, b)| (a / b).ln().abs()).fold(0.0, f64::max);
        assert!(gap < 1e-9, "{dimension} dimensions, {levels} levels: {gap:e}");
    }
}

/// From a fine ladder, at once, and with another number of levels; the barrier is the integral.
#[test]
fn a_fine_ladder_knows_the_barrier() {
    let fine: Vec<f64> =
        (0..=300).map(|k| 1e-3f64.powf((1.0 - k as f64 / 300.0).powi(2))).collect();
    for (dimension, barrier) in [(1, 1e3f64.ln() / PI), (2, 1e3f64.ln() / 2.0)] {
        let rates = rejections(dimension, &fine);
        let sum: f64 = rates.iter().sum();
        assert!((sum - barrier).abs() < 1e-3, "{sum} and {barrier}");
        let few = equal_rejections(&fine, &rates, 9).unwrap();
        let exact = geometric(1e-3, 9);
        assert!(exact.iter().zip(&few).all(|(a, b)| (a / b).ln().abs() < 1e-3), "{few:?}");
    }
}

proptest! {
    /// Any ladder and any rates give a ladder with the same ends.
    #[test]
    fn what_comes_out_is_a_ladder(
        steps in prop::collection::vec((1e-6f64..1.0, 0.0f64..=1.0, any::<bool>()), 1..20),
        first in prop_oneof![Just(0.0), 1e-6f64..0.5],
        levels in 2usize..40,
    ) {
        let total: f64 = steps.iter().map(|s| s.0).sum();
        let mut betas = vec![first];
        let mut sum = 0.0;
        for step in &steps[..steps.len() - 1] {
            sum += step.0;
            betas.push(first + (1.0 - first) * sum / total);
        }
        betas.push(1.0);
        prop_assume!(betas.windows(2).all(|pair| pair[0] < pair[1]));
        let rates: Vec<f64> = steps.iter().map(|s| if s.2 { s.1 } else { s.1.round() }).collect();
        let moved = equal_rejections(&betas, &rates, levels).unwrap();
        prop_assert_eq!((moved.len(), moved[0], moved[levels - 1]), (levels, first, 1.0));
        prop_assert!(moved.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

/// By measurement, from a ladder whose first pair hardly exchanges.
#[test]
fn the_chosen_ladder_exchanges_equally() {
    let guess = vec![1e-3, 0.25, 0.5, 0.75, 1.0];
    let before = rejections(2, &guess);
    assert!(spread(&before) > 0.8, "{before:?}");
    let ladder = chosen(guess, &[0.0, 0.0], Tuning { rounds: 7, steps: 250 }, 1);
    holds(&close(&ladder, 250 << 7, |q| rejection(2, q)), FalseAlarm::DEFAULT);
    let after = rejections(2, ladder.betas());
    assert!(spread(&after) < 0.03, "{after:?}");
    for (beta, exact) in ladder.betas().iter().zip(geometric(1e-3, 5)) {
        assert!((beta / exact).ln().abs() < 0.1, "{:?}", ladder.betas());
    }
    let again =
        chosen(vec![1e-3, 0.25, 0.5, 0.75, 1.0], &[0.0; 2], Tuning { rounds: 7, steps: 250 }, 1);
    assert_eq!(ladder, again, "the same numbers, the same ladder");
}

/// As many levels as a rate of exchange takes: close to those of the geometric ladder, and enough.
#[test]
fn a_rate_of_exchange_takes_its_levels() {
    let ladder = chosen(geometric(1e-3, 20), &[0.0; 2], Tuning { rounds: 1, steps: 10_000 }, 2);
    for rate in [0.3, 0.5, 0.8] {
        let betas = ladder.for_swap_rate(rate).unwrap();
        let pairs = (0.5 * 1e3f64.ln() / (1.0 - rate)).ceil() as usize;
        assert!(betas.len().abs_diff(pairs + 1) <= 1, "{rate}: {} and {pairs}", betas.len());
        let rates: Vec<f64> = rejections(2, &betas).iter().map(|r| 1.0 - r).collect();
        assert!(rates.iter().all(|r| (rate - 0.02..rate + 0.2).contains(r)), "{rate}: {rates:?}");
    }
}

/// `eq:round-trips`, for levels that forget in one step: the mean of long batches of one run.
#[test]
fn round_trips_are_as_many_as_the_rejections_promise() {
    let (batches, length) = (100, 2_000);
    let trips = |betas: Vec<f64>| {
        let tempering = Tempering::new(Exact, betas).unwrap();
        let mut rng = Seed(2).stream("trips", 0);
        let mut state = tempering.init(&Scaling, &[0.0, 0.0]).unwrap();
        let mut counts = Vec::with_capacity(batches);
        for _ in 0..batches {
            let before = state.round_trips();
            for _ in 0..length {
                tempering.step(&Scaling, &mut state, &mut rng).unwrap();
            }
            counts.push((state.round_trips() - before) as f64 / length as f64);
        }
        // The first batch begins with points that have not travelled.
        let kept = &counts[1..];
        let mean = kept.iter().sum::<f64>() / kept.len() as f64;
        let squares: f64 = kept.iter().map(|c| (c - mean).powi(2)).sum();
        (mean, (squares / (kept.len() * (kept.len() - 1)) as f64).sqrt())
    };
    let promised = |betas: &[f64]| {
        let r = rejections(2, betas);
        0.5 / (1.0 + r.iter().map(|r| r / (1.0 - r)).sum::<f64>())
    };
    let uneven = vec![1e-3, 0.05, 0.1, 0.5, 1.0];
    let mut checks = Vec::new();
    for betas in [uneven.clone(), geometric(1e-3, 5), geometric(1e-2, 12)] {
        let (mean, error) = trips(betas.clone());
        checks.push(z(format!("{betas:?}"), mean, promised(&betas), error).unwrap());
    }
    holds(&checks, FalseAlarm::DEFAULT);
    let (mean, error) = trips(uneven);
    let other = promised(&geometric(1e-3, 5));
    assert!(other > 2.0 * mean, "equal rejections make more round trips");
    negative_control(&[z("another ladder", mean, other, error).unwrap()], FalseAlarm::DEFAULT);
    let ladder = chosen(geometric(1e-3, 5), &[0.0; 2], Tuning { rounds: 2, steps: 10_000 }, 3);
    let (expected, found) = (ladder.expected_round_trip_rate(), ladder.round_trip_rate());
    assert!((expected / promised(ladder.betas()) - 1.0).abs() < 0.05);
    assert!((found / expected - 1.0).abs() < 0.1, "{found} and {expected}");
}

/// `0.3 N(−10, 1) + 0.7 N(10, 1)`.
fn modes(x: &[f64]) -> f64 {
    let bump = |weight: f64, m: f64| weight.ln() - 0.5 * (x[0] - m).powi(2);
    log_add_exp(bump(0.3, -10.0), bump(0.7, 10.0))
}

fn wide(x: &[f64]) -> f64 {
    -0.5 * (x[0] / 12.0).powi(2)
}

/// Modes far apart, by a kernel that forgets slowly: the ladder is even, more points come home than with
/// the guess, and the modes have their weights.
#[test]
fn modes_far_apart_are_visited_more_often_than_with_the_guess() {
    let path = GeometricPath { from: wide, to: modes };
    let walk = MetropolisHastings::new(RandomWalk::new(2.4).unwrap());
    let guess = Tempering::new(walk, vec![0.0, 0.7, 0.8, 0.9, 1.0]).unwrap();
    let choose = |tuning| {
        let mut rng = Seed(3).stream("modes", 0);
        choose_ladder(&guess, &&path, &[-10.0], tuning, &mut rng).unwrap()
    };
    let measured = choose(Tuning { rounds: 0, steps: 64_000 });
    let ladder = choose(Tuning { rounds: 7, steps: 500 });
    assert!(spread(measured.rejections()) > 0.4, "{measured:?}");
    assert!(spread(ladder.rejections()) < 0.05, "{ladder:?}");
    let (before, after) = (measured.round_trip_rate(), ladder.round_trip_rate());
    assert!(after > 1.3 * before, "{before} and {after}");

    let tempering = Tempering::new(walk, ladder.betas().to_vec()).unwrap();
    let schedule = Schedule { burn_in: 1_000, ..Schedule::keep(30_000) };
    let starts = vec![vec![-10.0]; 4];
    let trace = sample_chains(&tempering, &&path, &starts, schedule, Seed(4)).unwrap();
    let right = trace.series(|x| f64::from(u8::from(x[0] > 0.0)));
    let draws = right.iter().flatten();
    let mean = draws.sum::<f64>() / (right.len() * right[0].len()) as f64;
    let error = mcse_mean(&right).unwrap();
    holds(&[z("right mode", mean, 0.7, error).unwrap()], FalseAlarm::DEFAULT);
    negative_control(&[z("equal modes", mean, 0.5, error).unwrap()], FalseAlarm::DEFAULT);
}

/// Nothing to choose where all levels have one law.
#[test]
fn a_path_that_stands_still_keeps_its_ladder() {
    let path = GeometricPath { from: wide, to: wide };
    let walk = MetropolisHastings::new(RandomWalk::new(2.4).unwrap());
    let betas = [0.0, 0.1, 0.5, 1.0];
    let guess = Tempering::new(walk, betas.to_vec()).unwrap();
    let mut rng = Seed(5).stream("still", 0);
    let tuning = Tuning { rounds: 3, steps: 100 };
    let ladder = choose_ladder(&guess, &&path, &[0.0], tuning, &mut rng).unwrap();
    assert!(ladder.barrier() < 1e-12);
    assert!(ladder.betas().iter().zip(betas).all(|(a, b)| (a - b).abs() < 1e-12));
    assert!((ladder.expected_round_trip_rate() - 0.5).abs() < 1e-12);
    assert_eq!(ladder.for_swap_rate(0.5).unwrap(), [0.0, 1.0]);
}

#[test]
fn bad_ladders_tunings_and_laws_are_refused() {
    let walk = MetropolisHastings::new(RandomWalk::new(1.0).unwrap());
    let mut rng = Seed(6).stream("bad", 0);
    let mut choose = |betas: &[f64], steps: usize, start: f64| {
        let law = |x: &[f64]| if x[0] < 1.0 { 0.0 } else { f64::NAN };
        let path = GeometricPath { from: wide, to: law };
        let guess = Tempering::new(walk, betas.to_vec()).unwrap();
        choose_ladder(&guess, &&path, &[start], Tuning { rounds: 2, steps }, &mut rng)
    };
    assert!(matches!(choose(&[1.0], 10, 0.0), Err(Error::TooFew { needed: 2, found: 1, .. })));
    for steps in [0, 1] {
        let few = choose(&[0.0, 1.0], steps, 0.0);
        assert!(matches!(few, Err(Error::TooFew { needed: 2, .. })));
    }
    assert!(matches!(choose(&[0.0, 1.0], 10, 2.0), Err(Error::OutsideSupport { .. })));
    let stopped = choose(&[0.0, 1.0], 10_000, 0.0).unwrap_err();
    assert!(matches!(&stopped, Error::AtStep { source, .. }
        if matches!(**source, Error::BrokenLogDensity { .. })));

    let ladder = chosen(vec![0.1, 0.5, 1.0], &[0.0; 2], Tuning { rounds: 0, steps: 100 }, 4);
    for rate in [0.0, 1.0, -0.5, f64::NAN] {
        assert!(matches!(ladder.for_swap_rate(rate), Err(Error::NotBetween { .. })), "{rate}");
    }
    let beyond = ladder.for_swap_rate(1.0 - 1e-9);
    assert!(matches!(beyond, Err(Error::TooManyLevels { .. })));

    let move_to = |betas: &[f64], r: &[f64], levels| equal_rejections(betas, r, levels);
    assert!(matches!(move_to(&[0.0, 1.0], &[0.5], 1), Err(Error::TooFew { found: 1, .. })));
    assert!(matches!(move_to(&[1.0], &[], 3), Err(Error::TooFew { found: 1, .. })));
    assert!(matches!(move_to(&[0.5, 0.2], &[0.5], 3), Err(Error::NotALadder { .. })));
    let short = move_to(&[0.0, 0.5, 1.0], &[0.5], 3);
    assert!(matches!(short, Err(Error::LengthMismatch { expected: 2, found: 1, .. })));
    for value in [-0.1, 1.1, f64::NAN] {
        let bad = move_to(&[0.0, 0.5, 1.0], &[0.5, value], 3);
        assert!(matches!(bad, Err(Error::NotAProbability { index: 1, .. })));
    }
}
