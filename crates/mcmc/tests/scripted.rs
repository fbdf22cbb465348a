//! The code of a step with all its coins enumerated, for any densities and any proposals.
//!
//! A kernel takes its chances from a generator. Here the generator reads from a script: one number
//! leads to a wanted proposal, and the coin after it is turned over all its 2⁵³ values by bisection.
//! What comes out is the matrix of the running code, exact to the last bits, with stale densities, if
//! there were any.

#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use mcmc::{
    Acceptance, Choice, ChoiceInfo, Cycle, Discrete, Kernel, MetropolisHastings, Proposal,
    Tempering, TransitionMatrix, gibbs_block_matrix, metropolis_matrix,
};
use nalgebra::DMatrix;
use prob_core::{GeometricPath, LogDensity};
use proptest::prelude::*;
use rand::{Rng, RngExt, TryRng};

const RULES: [Acceptance; 2] = [Acceptance::Metropolis, Acceptance::Barker];
const STATES: usize = 4;

/// The number of different coins.
const COINS: u64 = 1 << 53;

/// A generator that returns what it is told, and no more of it.
struct Script {
    coins: Vec<u64>,
    read: usize,
}

impl Script {
    /// Coins in units of 2⁻⁵³, as `rng.random::<f64>()` makes them.
    fn new(coins: &[u64]) -> Self {
        Self { coins: coins.to_vec(), read: 0 }
    }

    /// One step by this script, to its last coin: the coin is always tossed.
    fn step<D, K: Kernel<D, [f64]>>(
        coins: &[u64],
        kernel: &K,
        target: &D,
        state: &mut K::State,
    ) -> K::Info {
        let mut script = Self::new(coins);
        let info = kernel.step(target, state, &mut script).unwrap();
        assert_eq!(script.read, coins.len(), "a step reads all of its coins");
        info
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next_u64() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.read += 1;
        Ok(self.coins[self.read - 1] << 11)
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        into.fill(0);
        Ok(())
    }
}

/// The share of coins for which `accepts` holds: all below some number.
fn share(accepts: impl Fn(u64) -> bool) -> f64 {
    let (mut below, mut above) = (0, COINS);
    while below < above {
        let middle = below + (above - below) / 2;
        if accepts(middle) { below = middle + 1 } else { above = middle }
    }
    below as f64 / COINS as f64
}

/// States on a line with these weights.
#[derive(Debug, Clone)]
struct Line(Vec<f64>);

impl LogDensity<[f64]> for Line {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.0[x[0] as usize].ln()
    }
}

/// Proposals by the rows of a matrix.
#[derive(Debug, Clone)]
struct Rows(TransitionMatrix);

impl Rows {
    fn chance(&self, from: usize, to: usize) -> f64 {
        self.0.matrix()[(from, to)]
    }

    /// A coin that leads from one state to another: the middle of those that do.
    fn coin(&self, from: usize, to: usize) -> u64 {
        let before: f64 = (0..to).map(|k| self.chance(from, k)).sum();
        ((before + 0.5 * self.chance(from, to)) * COINS as f64) as u64
    }
}

impl Proposal for Rows {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        let from = from[0] as usize;
        let mut left: f64 = rng.random();
        let found = (0..STATES).find(|k| {
            left -= self.chance(from, *k);
            left < 0.0
        });
        let found = found.unwrap_or(STATES - 1);
        to[0] = found as f64;
        self.chance(found, from).ln() - self.chance(from, found).ln()
    }
}

fn distribution(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

/// Weights of very different size, some of them 0, but not all.
fn weights(n: usize) -> impl Strategy<Value = Vec<f64>> {
    let weight = prop_oneof![4 => (-20f64..0.0).prop_map(f64::exp), 1 => Just(0.0)];
    prop::collection::vec(weight, n)
        .prop_filter("all zero", |w| w.iter().any(|w| *w > 0.0))
        .prop_map(|w| distribution(&w))
}

/// Weights without a 0.
fn positive(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-20f64..0.0).prop_map(f64::exp), n).prop_map(|w| distribution(&w))
}

/// Proposals, some of them impossible: then the way back is, too, or is not.
fn sparse() -> impl Strategy<Value = Rows> {
    let element = prop_oneof![3 => 0.01f64..1.0, 1 => Just(0.0)];
    proposals(prop::collection::vec(element, STATES * STATES))
}

fn dense() -> impl Strategy<Value = Rows> {
    proposals(prop::collection::vec(0.01f64..1.0, STATES * STATES))
}

fn proposals(elements: impl Strategy<Value = Vec<f64>>) -> impl Strategy<Value = Rows> {
    elements.prop_map(|elements| {
        let row = |(from, row): (usize, &[f64])| {
            let sum: f64 = row.iter().sum();
            // A row without anything stays.
            let stay = move |to| if to == from { 1.0 } else { 0.0 };
            let share = |(to, x): (usize, &f64)| if sum > 0.0 { x / sum } else { stay(to) };
            row.iter().enumerate().map(share).collect::<Vec<f64>>()
        };
        let rows: Vec<f64> = elements.chunks(STATES).enumerate().flat_map(row).collect();
        Rows(TransitionMatrix::new(DMatrix::from_row_slice(STATES, STATES, &rows)).unwrap())
    })
}

fn pairs(pi: &[f64]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let possible = |from: &usize| pi[*from] > 0.0;
    (0..STATES).filter(possible).flat_map(|from| (0..STATES).map(move |to| (from, to)))
}

/// `π W = π` and `W` is the known one, for the states where a chain can be.
fn is_right(w: &DMatrix<f64>, known: &TransitionMatrix, pi: &[f64]) -> Result<(), TestCaseError> {
    for (from, to) in pairs(pi) {
        let (ours, known) = (w[(from, to)], known.matrix()[(from, to)]);
        prop_assert!((ours - known).abs() < 1e-13, "{from} to {to}: {ours} in place of {known}");
    }
    for to in 0..STATES {
        let arrives: f64 = (0..STATES).map(|from| pi[from] * w[(from, to)]).sum();
        prop_assert!((arrives - pi[to]).abs() < 1e-13, "at {to}: {arrives}, not {}", pi[to]);
    }
    Ok(())
}

proptest! {
    #[test]
    fn metropolis_hastings(pi in weights(STATES), t in sparse()) {
        for rule in RULES {
            let (line, kernel) = (Line(pi.clone()), MetropolisHastings::new(t.clone()).accepting(rule));
            let mut w = DMatrix::zeros(STATES, STATES);
            for (from, to) in pairs(&pi).filter(|(from, to)| t.chance(*from, *to) > 0.0) {
                let start = kernel.init(&line, &[from as f64]).unwrap();
                let accepts = |coin| {
                    let mut state = start.clone();
                    let script = [t.coin(from, to), coin];
                    let info = Script::step(&script, &kernel, &line, &mut state);
                    let arrived = if info.accepted { to } else { from };
                    assert_eq!(state.position(), [arrived as f64]);
                    assert_eq!(state.log_density(), pi[arrived].ln());
                    info.accepted
                };
                let accepted = share(accepts);
                w[(from, to)] += t.chance(from, to) * accepted;
                w[(from, from)] += t.chance(from, to) * (1.0 - accepted);
            }
            is_right(&w, &metropolis_matrix(&pi, &t.0, rule).unwrap(), &pi)?;
        }
    }

    /// Two kernels one after the other: both coins, for every pair of proposals.
    #[test]
    fn cycle(pi in weights(STATES), a in sparse(), b in dense()) {
        let first = MetropolisHastings::new(a.clone());
        let second = MetropolisHastings::new(b.clone()).accepting(Acceptance::Barker);
        let (line, kernel) = (Line(pi.clone()), Cycle::new(first, second));
        let mut w = DMatrix::zeros(STATES, STATES);
        for (from, via) in pairs(&pi).filter(|(from, to)| a.chance(*from, *to) > 0.0) {
            let start = kernel.init(&line, &[from as f64]).unwrap();
            let step = |script: &[u64]| {
                let mut state = start.clone();
                let info = Script::step(script, &kernel, &line, &mut state);
                let at = Kernel::<Line, [f64]>::position(&kernel, &state)[0] as usize;
                (info.first.accepted, info.second.accepted, at)
            };
            let there = a.coin(from, via);
            let accepted = share(|coin| step(&[there, coin, 0, 0]).0);
            let moved = (via, 0, accepted);
            let stayed = (from, COINS - 1, 1.0 - accepted);
            for (at, coin, chance) in [moved, stayed].into_iter().filter(|way| way.2 > 0.0) {
                let chance = a.chance(from, via) * chance;
                for to in 0..STATES {
                    let script = |last| [there, coin, b.coin(at, to), last];
                    let second = share(|coin| step(&script(coin)).1);
                    w[(from, step(&script(0)).2)] += chance * b.chance(at, to) * second;
                    w[(from, at)] += chance * b.chance(at, to) * (1.0 - second);
                }
            }
        }
        let matrix = |t: &Rows, rule| metropolis_matrix(&pi, &t.0, rule).unwrap();
        let [one, two] = [matrix(&a, Acceptance::Metropolis), matrix(&b, Acceptance::Barker)];
        is_right(&w, &one.then(&two).unwrap(), &pi)?;
    }

    /// One of two kernels, after either of them has moved from anywhere.
    #[test]
    fn choice(pi in positive(STATES), a in dense(), b in dense(), p in 0.1f64..0.9, other in 0..STATES) {
        let [one, two] = [a.clone(), b.clone()].map(MetropolisHastings::new);
        let (line, kernel) = (Line(pi.clone()), Choice::new(p, one, two).unwrap());
        // A coin that chooses the first kernel, and one that chooses the second.
        let choose = [0, COINS - 1];
        for (before, proposals) in [&a, &b].into_iter().enumerate() {
            let mut w = DMatrix::zeros(STATES, STATES);
            for (from, to) in pairs(&pi) {
                let mut start = kernel.init(&line, &[other as f64]).unwrap();
                let script = [choose[before], proposals.coin(other, from), 0];
                Script::step(&script, &kernel, &line, &mut start);
                prop_assert_eq!(Kernel::<Line, [f64]>::position(&kernel, &start), [from as f64]);
                let step = |script: &[u64]| {
                    Script::step(script, &kernel, &line, &mut start.clone())
                };
                let first = |coin| matches!(step(&[coin, 0, 0]), ChoiceInfo::First(_));
                let chance = share(first);
                prop_assert!((chance - p).abs() < 1e-15);
                for (chosen, (t, chance)) in [(&a, chance), (&b, 1.0 - chance)].into_iter().enumerate() {
                    let accepts = |coin| match step(&[choose[chosen], t.coin(from, to), coin]) {
                        ChoiceInfo::First(info) | ChoiceInfo::Second(info) => info.accepted,
                    };
                    let accepted = share(accepts);
                    w[(from, to)] += chance * t.chance(from, to) * accepted;
                    w[(from, from)] += chance * t.chance(from, to) * (1.0 - accepted);
                }
            }
            let [one, two] = [&a, &b].map(|t| metropolis_matrix(&pi, &t.0, Acceptance::Metropolis));
            let known = one.unwrap().matrix() * p + two.unwrap().matrix() * (1.0 - p);
            is_right(&w, &TransitionMatrix::new(known).unwrap(), &pi)?;
        }
    }

    /// Exchanges between two levels, detailed balance of the product of their laws.
    #[test]
    fn tempering(pi in positive(STATES), t in dense(), beta in 0f64..0.99) {
        let path = GeometricPath { from: |_: &[f64]| 0.0, to: Line(pi.clone()) };
        let kernel = Tempering::new(MetropolisHastings::new(t.clone()), vec![beta, 1.0]).unwrap();
        // The chance that a hot point x and a cold one y are exchanged, with both at rest before.
        let exchanged = |x: usize, y: usize| {
            let mut start = kernel.init(&&path, &[x as f64]).unwrap();
            kernel.place(&&path, &mut start, &[y as f64]).unwrap();
            share(|coin| {
                let mut state = start.clone();
                let script = [t.coin(x, x), 0, t.coin(y, y), 0, coin];
                let swaps = Script::step(&script, &kernel, &&path, &mut state).swaps;
                let levels: Vec<f64> = state.levels().iter().map(|l| l.position()[0]).collect();
                let expected = if swaps == 1 { [y, x] } else { [x, y] };
                assert_eq!(levels, expected.map(|x| x as f64));
                let densities = [beta * pi[expected[0]].ln(), pi[expected[1]].ln()];
                let kept: Vec<f64> = state.levels().iter().map(|l| l.log_density()).collect();
                assert_eq!(kept, densities);
                swaps == 1
            })
        };
        for (x, y) in pairs(&pi) {
            let weight = |x: usize, y: usize| pi[x].powf(beta) * pi[y];
            let (there, back) = (weight(x, y) * exchanged(x, y), weight(y, x) * exchanged(y, x));
            prop_assert!((there - back).abs() < 1e-13, "{there} and {back}");
            prop_assert!(exchanged(x, y).max(exchanged(y, x)) == 1.0, "the largest that may be");
        }
    }

    /// The conditionals that are found from a log density are those of the table.
    #[test]
    fn discrete_conditionals(pi in weights(12), block in 0usize..3) {
        let shape = [2, 3, 2];
        let known = gibbs_block_matrix(&pi, &shape, block).unwrap();
        let place = |x: &[f64]| (x[0] as usize * 3 + x[1] as usize) * 2 + x[2] as usize;
        let law = Discrete::new(|x: &[f64]| pi[place(x)].ln(), shape.to_vec()).unwrap();
        for from in (0..12).filter(|from| pi[*from] > 0.0) {
            let mut x = [(from / 6) as f64, (from / 2 % 3) as f64, (from % 2) as f64];
            let conditional = law.conditional(block, &x).unwrap();
            for (k, p) in conditional.iter().enumerate() {
                x[block] = k as f64;
                prop_assert!((p - known.matrix()[(from, place(&x))]).abs() < 1e-13);
            }
        }
    }
}

/// A kernel that forgets the ratio of its proposals is off by far more than the tolerance.
#[test]
fn a_broken_kernel_is_seen() {
    struct Forgetful(Rows);

    impl Proposal for Forgetful {
        fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
            self.0.propose(from, to, rng);
            0.0
        }
    }

    let t = DMatrix::from_fn(STATES, STATES, |_, to| (to + 1) as f64 / 10.0);
    let (t, line) = (Rows(TransitionMatrix::new(t).unwrap()), Line(vec![0.25; 4]));
    let kernel = MetropolisHastings::new(Forgetful(t.clone()));
    let start = kernel.init(&line, &[3.0]).unwrap();
    let accepts =
        |coin| Script::step(&[t.coin(3, 0), coin], &kernel, &line, &mut start.clone()).accepted;
    // T(0→3) / T(3→0) is 4 and accepted; the way back would be 1/4 of the time, and is always.
    assert_eq!(share(accepts), 1.0);
    let start = kernel.init(&line, &[0.0]).unwrap();
    let accepts =
        |coin| Script::step(&[t.coin(0, 3), coin], &kernel, &line, &mut start.clone()).accepted;
    assert!(share(accepts) - 0.25 > 0.7, "the right kernel accepts a quarter");
}
