//! Random scan, discrete Gibbs and kernels put together, against matrices by enumeration.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Acceptance, Choice, Cycle, Discrete, Error, Gibbs, Kernel, MetropolisHastings, Point, Proposal,
    RandomScan, RandomWalk, Schedule, TransitionMatrix, walk,
};
use nalgebra::DMatrix;
use prob_core::{LogDensity, Seed};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, chi_square, holds, ks, negative_control, special};

const DRAWS: usize = 10_000;

/// Two variables with 3 and 4 values, no symmetry, one impossible pair.
const TABLE: [[f64; 4]; 3] =
    [[0.10, 0.02, 0.13, 0.07], [0.05, 0.20, 0.03, 0.0], [0.15, 0.12, 0.05, 0.08]];

/// The law of the table, its logarithm multiplied by `beta`.
struct Table {
    beta: f64,
}

impl LogDensity<[f64]> for Table {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.beta * TABLE[x[0] as usize][x[1] as usize].ln()
    }
}

fn law(beta: f64) -> Discrete<Table> {
    Discrete::new(Table { beta }, vec![3, 4]).unwrap()
}

fn pi() -> Vec<f64> {
    TABLE.iter().flatten().copied().collect()
}

fn point(state: usize) -> [f64; 2] {
    [(state / 4) as f64, (state % 4) as f64]
}

fn index(x: &[f64]) -> usize {
    4 * x[0] as usize + x[1] as usize
}

/// The renewal of one block, from the pure conditionals.
fn block_matrix(block: usize) -> TransitionMatrix {
    let law = law(1.0);
    let w = DMatrix::from_fn(12, 12, |from, to| {
        let (x, y) = (point(from), point(to));
        let stays = x[1 - block] == y[1 - block];
        if stays { law.conditional(block, &x).unwrap()[y[block] as usize] } else { 0.0 }
    });
    TransitionMatrix::new(w).unwrap()
}

fn mixture(p: f64, a: &TransitionMatrix, b: &TransitionMatrix) -> TransitionMatrix {
    TransitionMatrix::new(a.matrix() * p + b.matrix() * (1.0 - p)).unwrap()
}

fn random_scan() -> TransitionMatrix {
    mixture(0.5, &block_matrix(0), &block_matrix(1))
}

fn sweep() -> TransitionMatrix {
    block_matrix(0).then(&block_matrix(1)).unwrap()
}

/// The first variable up or down by one, also off the grid.
#[derive(Clone, Copy)]
struct UpOrDown;

impl Proposal for UpOrDown {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        to.copy_from_slice(from);
        to[0] += if rng.random::<bool>() { 1.0 } else { -1.0 };
        0.0
    }
}

fn metropolis() -> TransitionMatrix {
    let mut w = DMatrix::zeros(12, 12);
    for from in 0..12 {
        for step in [-4, 4] {
            let to = from_signed(from, step);
            let log_to = to.map_or(f64::NEG_INFINITY, |to| pi()[to].ln());
            // From the impossible pair, where no chain can be, everything is accepted.
            let log_from = pi()[from].max(f64::MIN_POSITIVE).ln();
            let accept = Acceptance::Metropolis.log_accept(log_from, log_to, 0.0).exp();
            if let Some(to) = to {
                w[(from, to)] += 0.5 * accept;
            }
            w[(from, from)] += 0.5 * (1.0 - accept);
        }
    }
    TransitionMatrix::new(w).unwrap()
}

fn from_signed(from: usize, step: isize) -> Option<usize> {
    from.checked_add_signed(step).filter(|to| *to < 12)
}

#[track_caller]
fn is_stationary(w: &TransitionMatrix) {
    let next = w.evolve(&pi(), 1).unwrap();
    let worst = pi().iter().zip(&next).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-13, "π W differs from π by {worst:e}");
}

/// `steps` steps from each possible state, counted by where they lead.
fn steps<K: Kernel<Discrete<Table>, [f64]>>(
    kernel: &K,
    target: &Discrete<Table>,
    exact: &TransitionMatrix,
    steps: usize,
) -> Vec<Check> {
    let check = |from: usize| {
        let mut rng = Seed(3).stream("step", from as u64);
        let start = kernel.init(target, &point(from)).unwrap();
        let mut counts = vec![0; 12];
        for _ in 0..DRAWS {
            let mut state = start.clone();
            for _ in 0..steps {
                kernel.step(target, &mut state, &mut rng).unwrap();
            }
            counts[index(kernel.position(&state))] += 1;
        }
        let mut row = vec![0.0; 12];
        row[from] = 1.0;
        let row = exact.evolve(&row, steps).unwrap();
        chi_square(format!("from {from}"), &counts, &row).unwrap()
    };
    (0..12).filter(|from| pi()[*from] > 0.0).map(check).collect()
}

#[test]
fn scans_cycles_and_choices_leave_the_law_invariant() {
    is_stationary(&sweep());
    is_stationary(&random_scan());
    assert!(random_scan().balance_gap(&pi()).unwrap() < 1e-15, "a random scan is reversible");
    assert!(sweep().balance_gap(&pi()).unwrap() > 1e-3, "a sweep is not");
    is_stationary(&sweep().then(&metropolis()).unwrap());
    is_stationary(&mixture(0.3, &metropolis(), &sweep()));
}

#[test]
fn scans_follow_the_exact_matrices() {
    holds(&steps(&Gibbs, &law(1.0), &sweep(), 1), FalseAlarm::DEFAULT);
    holds(&steps(&RandomScan, &law(1.0), &random_scan(), 1), FalseAlarm::DEFAULT);
    negative_control(&steps(&Gibbs, &law(0.8), &sweep(), 1), FalseAlarm::DEFAULT);
    negative_control(&steps(&RandomScan, &law(0.8), &random_scan(), 1), FalseAlarm::DEFAULT);
    negative_control(&steps(&Gibbs, &law(1.0), &random_scan(), 1), FalseAlarm::DEFAULT);
}

/// Metropolis that keeps, when it is placed elsewhere, the log density of where it was.
struct Stale(MetropolisHastings<UpOrDown>);

impl<D: LogDensity<[f64]>> Kernel<D, [f64]> for Stale {
    type State = Point;
    type Info = mcmc::MhInfo;

    fn init(&self, target: &D, x: &[f64]) -> Result<Point, Error> {
        self.0.init(target, x)
    }

    fn position<'s>(&self, state: &'s Point) -> &'s [f64] {
        state.position()
    }

    fn place(&self, _: &D, state: &mut Point, x: &[f64]) -> Result<(), Error> {
        let cached = state.log_density();
        state.place(&|_: &[f64]| cached, x)
    }

    fn step(&self, target: &D, state: &mut Point, rng: &mut impl Rng) -> Result<Self::Info, Error> {
        self.0.step(target, state, rng)
    }
}

#[test]
fn a_cycle_hands_over_and_a_stale_density_would_be_seen() {
    let (metropolis, law) = (MetropolisHastings::new(UpOrDown), law(1.0));
    let exact = sweep().then(&self::metropolis()).unwrap();
    let kernel = Cycle::new(Gibbs, metropolis);
    holds(&steps(&kernel, &law, &exact, 1), FalseAlarm::DEFAULT);
    holds(&steps(&kernel, &law, &exact, 2), FalseAlarm::DEFAULT);
    let stale = Cycle::new(Gibbs, Stale(metropolis));
    negative_control(&steps(&stale, &law, &exact, 1), FalseAlarm::DEFAULT);
    // The other order: here the first kernel has to be told of the step before.
    let exact = self::metropolis().then(&block_matrix(0)).unwrap();
    let exact = exact.then(&block_matrix(1)).unwrap();
    holds(&steps(&Cycle::new(metropolis, Gibbs), &law, &exact, 2), FalseAlarm::DEFAULT);
}

#[test]
fn a_choice_hands_over_and_a_stale_density_would_be_seen() {
    let (metropolis, law) = (MetropolisHastings::new(UpOrDown), law(1.0));
    let exact = mixture(0.6, &self::metropolis(), &sweep());
    let kernel = Choice::new(0.6, metropolis, Gibbs).unwrap();
    holds(&steps(&kernel, &law, &exact, 3), FalseAlarm::DEFAULT);
    let stale = Choice::new(0.6, Stale(metropolis), Gibbs).unwrap();
    negative_control(&steps(&stale, &law, &exact, 3), FalseAlarm::DEFAULT);
    for chance in [0.0, 1.0, -1.0, f64::NAN] {
        assert!(matches!(Choice::new(chance, Gibbs, Gibbs), Err(Error::NotBetween { .. })));
    }
}

/// A walk of the last coordinate alone.
struct WalkLast;

impl Proposal for WalkLast {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        to.copy_from_slice(from);
        let z: f64 = StandardNormal.sample(rng);
        to[1] += 2.0 * z;
        0.0
    }
}

/// `k` is 1 with probability 0.3, and `x` is `N(2k, 1)` given `k`.
#[test]
fn discrete_and_continuous_variables_live_in_one_chain() {
    let log_f = |x: &[f64]| [0.7f64, 0.3][x[0] as usize].ln() - 0.5 * (x[1] - 2.0 * x[0]).powi(2);
    let law = Discrete::new(log_f, vec![2]).unwrap().beside(1);
    let kernel = Cycle::new(Gibbs, MetropolisHastings::new(WalkLast));
    let (mut counts, mut sample) = ([0, 0], Vec::new());
    for chain in 0..2_000 {
        let mut rng = Seed(4).stream("chain", chain);
        let schedule = Schedule { burn_in: 59, ..Schedule::keep(1) };
        walk(&kernel, &law, [1.0, 5.0].as_slice(), schedule, &mut rng, |_, x| {
            counts[x[0] as usize] += 1;
            sample.push(x[1]);
        })
        .unwrap();
    }
    let check = |p: f64| {
        let cdf = |x: f64| (1.0 - p) * normal_cdf(x) + p * normal_cdf(x - 2.0);
        vec![chi_square("k", &counts, &[1.0 - p, p]).unwrap(), ks("x", &sample, cdf).unwrap()]
    };
    holds(&check(0.3), FalseAlarm::DEFAULT);
    negative_control(&check(0.5), FalseAlarm::DEFAULT);
}

fn normal_cdf(x: f64) -> f64 {
    let tail = 0.5 * special::normal_two_sided(x.abs());
    if x > 0.0 { 1.0 - tail } else { tail }
}

#[test]
fn what_is_no_grid_is_refused() {
    let flat = |_: &[f64]| 0.0;
    assert!(matches!(Discrete::new(flat, vec![]), Err(Error::Zero { .. })));
    assert!(matches!(Discrete::new(flat, vec![2, 0]), Err(Error::Zero { .. })));
    let init = |x: &[f64]| RandomScan.init(&law(1.0), x);
    for bad in [0.5, -1.0, 3.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(init(&[bad, 0.0]), Err(Error::OffGrid { index: 0, .. })), "{bad}");
    }
    assert!(matches!(init(&[0.0]), Err(Error::LengthMismatch { .. })));
    assert!(matches!(init(&[1.0, 3.0]), Err(Error::OutsideSupport { .. })));
    assert!(matches!(law(1.0).conditional(2, &[0.0, 0.0]), Err(Error::OutOfRange { .. })));
}

#[test]
fn a_broken_density_is_an_error_and_the_state_stays() {
    for broken in [f64::NAN, f64::INFINITY] {
        let log_f = |x: &[f64]| if x[0] == 1.0 { broken } else { 0.0 };
        let law = Discrete::new(log_f, vec![2]).unwrap();
        let mut rng = Seed(5).stream("broken", 0);
        let mut state = vec![0.0];
        let ends = RandomScan.step(&law, &mut state, &mut rng);
        assert!(matches!(ends, Err(Error::BrokenLogDensity { .. })), "{ends:?}");
        assert_eq!(state, [0.0]);
        assert!(matches!(law.conditional(0, &[0.0]), Err(Error::BrokenLogDensity { .. })));
    }
}

/// Each kernel goes on from where the other has left the chain, also after many steps of that one: a walk
/// that went on from its own old place would jump.
#[test]
fn a_choice_of_small_steps_makes_no_jump() {
    let small = || MetropolisHastings::new(RandomWalk::new(1e-3).unwrap());
    let target = |x: &[f64]| -0.5 * x[0] * x[0];
    for chance in [0.02, 0.98] {
        let kernel = Choice::new(chance, small(), small()).unwrap();
        let mut before = 0.5;
        let schedule = Schedule::keep(4_000);
        walk(
            &kernel,
            &target,
            [before].as_slice(),
            schedule,
            &mut Seed(8).stream("chain", 0),
            |step, x| {
                // Eight standard deviations: 5e-12 for all steps together.
                assert!(
                    (x[0] - before).abs() < 8e-3,
                    "step {step} jumped from {before} to {}",
                    x[0]
                );
                before = x[0];
            },
        )
        .unwrap();
    }
}
