//! The penalty method: its acceptance averaged over the noise exactly, and its chains against the law.
//!
//! With noise of variance σ² and a penalty u the mean of `min(1, e^(δ − u))` over `δ ~ N(Δ, σ²)` is
//! `Φ((Δ − u)/σ) + e^(Δ + σ²/2 − u) Φ((u − Δ − σ²)/σ)`.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Difference, Error, Kernel, Noise, NoisyDifference, Penalty, Proposal, RandomWalk, Schedule,
    TransitionMatrix, sample_chains,
};
use nalgebra::DMatrix;
use prob_core::{ChiSquare, Normal, Seed, Univariate};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, chi_square, holds, ks, negative_control};

const DRAWS: usize = 20_000;

/// Simpson's rule with `n` pieces.
fn simpson(f: impl Fn(f64) -> f64, from: f64, to: f64, n: usize) -> f64 {
    let h = (to - from) / n as f64;
    let piece = |k: usize| {
        let x = from + k as f64 * h;
        f(x) + 4.0 * f(x + 0.5 * h) + f(x + h)
    };
    (0..n).map(piece).sum::<f64>() * h / 6.0
}

/// The mean acceptance with a fixed penalty, in closed form.
fn mean_accept(delta: f64, sigma: f64, penalty: f64) -> f64 {
    let standard = Normal::new(0.0, 1.0).unwrap();
    let below = (penalty - delta - sigma * sigma) / sigma;
    standard.cdf((delta - penalty) / sigma)
        + (delta + 0.5 * sigma * sigma - penalty).exp() * standard.cdf(below)
}

/// The mean of the rule itself over the noise, by quadrature on both sides of its kink.
fn mean_of_rule(delta: f64, sigma: f64) -> f64 {
    let law = Normal::new(delta, sigma).unwrap();
    let noise = Noise::Known { variance: sigma * sigma };
    let f =
        |value: f64| Difference { value, noise }.log_accept(0.0).exp() * law.log_prob(value).exp();
    let (low, high) = (delta - 14.0 * sigma, delta + 14.0 * sigma);
    // Below the kink the mass is around δ − σ² of the tilted law.
    let low = low - sigma * sigma;
    let kink = noise.penalty().clamp(low, high);
    simpson(f, low, kink, 8_000) + simpson(f, kink, high, 8_000)
}

/// `A(Δ) = e^Δ A(−Δ)`: detailed balance on average over the noise.
#[test]
fn the_mean_acceptance_is_in_detailed_balance() {
    for sigma in [0.05, 0.3, 1.0, 2.0, 3.5] {
        for delta in [0.0, 0.01, 0.4, 1.0, 2.7, 6.0, 12.0] {
            let (there, back) = (mean_of_rule(delta, sigma), mean_of_rule(-delta, sigma));
            let gap = (there / back).ln() - delta;
            assert!(gap.abs() < 1e-12, "σ = {sigma}, Δ = {delta}: {gap:e} by quadrature");
            let penalty = 0.5 * sigma * sigma;
            let exact = [delta, -delta].map(|d| mean_accept(d, sigma, penalty));
            assert!(
                (there / exact[0] - 1.0).abs() < 1e-12 && (back / exact[1] - 1.0).abs() < 1e-12
            );
            let gap = (exact[0] / exact[1]).ln() - delta;
            assert!(gap.abs() < 1e-12, "σ = {sigma}, Δ = {delta}: {gap:e} in closed form");
        }
    }
    // Control: without the penalty, by as much as one would see.
    let naive = (mean_accept(1.0, 1.0, 0.0) / mean_accept(-1.0, 1.0, 0.0)).ln() - 1.0;
    assert!(naive < -0.25, "{naive}");
}

/// The mean over an estimated variance too: `χ² = σ² χ²_ν / ν` with `ν = n − 1`, independent of δ.
fn mean_estimated(delta: f64, sigma: f64, n: u64, penalty: impl Fn(f64) -> f64) -> f64 {
    let degrees = (n - 1) as f64;
    let law = ChiSquare::new(degrees).unwrap();
    let scale = sigma * sigma / degrees;
    // In the root of the variable, in which the density is smooth at 0.
    let f = |root: f64| {
        let x = root * root;
        mean_accept(delta, sigma, penalty(scale * x)) * law.log_prob(x).exp() * 2.0 * root
    };
    simpson(f, 1e-9, (degrees + 20.0 * degrees.sqrt() + 60.0).sqrt(), 2_000)
}

/// How far the logarithm of the ratio of both directions is from Δ.
fn bias(delta: f64, sigma: f64, n: u64, penalty: impl Fn(f64) -> f64) -> f64 {
    let mean = |d| mean_estimated(d, sigma, n, &penalty);
    (mean(delta) / mean(-delta)).ln() - delta
}

fn corrected(n: u64) -> impl Fn(f64) -> f64 {
    move |variance| Noise::Estimated { variance, samples: n }.penalty()
}

fn half(variance: f64) -> f64 {
    0.5 * variance
}

/// With the variance from samples the terms of higher order take away most of the bias.
#[test]
fn the_correction_for_an_estimated_variance_takes_away_most_of_the_bias() {
    for (n, sigma, share) in
        [(5, 0.7, 0.3), (10, 1.0, 0.2), (10, 1.4, 0.35), (20, 1.4, 0.12), (40, 2.0, 0.1)]
    {
        for delta in [0.5, 1.0, 2.0, 4.0] {
            let (plain, better) =
                (bias(delta, sigma, n, half), bias(delta, sigma, n, corrected(n)));
            assert!(
                better.abs() < share * plain.abs(),
                "n = {n}, σ = {sigma}, Δ = {delta}: {better:e} of {plain:e}"
            );
        }
    }
    let none = bias(1.0, 1.0, 10, |_| 0.0);
    assert!(bias(1.0, 1.0, 10, half).abs() < 0.1 * none.abs(), "any penalty is better than none");
}

/// The series is the logarithm of the unbiased one: `E[e^−u] = e^(−σ²/2)` to the order that is kept.
#[test]
fn the_penalty_is_unbiased_to_third_order() {
    let (n, degrees) = (12u64, 11.0);
    let law = ChiSquare::new(degrees).unwrap();
    let gap = |variance: f64| {
        let f = |root: f64| {
            let x = root * root;
            let u = corrected(n)(variance / degrees * x);
            (-u).exp() * law.log_prob(x).exp() * 2.0 * root
        };
        simpson(f, 1e-9, 14.0, 4_000).ln() + 0.5 * variance
    };
    // Halving the variance divides what is left, of fourth order, by about 16.
    let (one, half) = (gap(1.0), gap(0.5));
    assert!(one.abs() < 5e-4, "{one:e}");
    assert!((12.0..20.0).contains(&(one / half)), "{one:e} and {half:e}");
}

/// Six states on a line with unequal weights.
const WEIGHTS: [f64; 6] = [0.05, 0.4, 0.1, 0.02, 0.3, 0.13];
const STATES: usize = WEIGHTS.len();

/// The line, seen through noise whose size depends on the pair of points; it may be told wrongly.
struct Line {
    samples: Option<u64>,
    told: f64,
}

const KNOWN: Line = Line { samples: None, told: 1.0 };

fn sigma(from: usize, to: usize) -> f64 {
    0.4 + 0.2 * from.max(to) as f64
}

impl NoisyDifference<[f64]> for Line {
    fn difference(&self, from: &[f64], to: &[f64], rng: &mut impl Rng) -> Difference {
        let index = |x: &[f64]| (0..STATES).find(|k| *k as f64 == x[0]);
        let (Some(i), Some(j)) = (index(from), index(to)) else {
            return Difference { value: f64::NEG_INFINITY, noise: Noise::Known { variance: 0.0 } };
        };
        let (exact, sigma) = ((WEIGHTS[j] / WEIGHTS[i]).ln(), sigma(i, j));
        let mut normal = || -> f64 { StandardNormal.sample(rng) };
        match self.samples {
            None => {
                let variance = self.told * sigma * sigma;
                Difference { value: exact + sigma * normal(), noise: Noise::Known { variance } }
            }
            Some(n) => {
                let each = sigma * (n as f64).sqrt();
                let samples: Vec<f64> = (0..n).map(|_| exact + each * normal()).collect();
                Difference::of(&samples).unwrap()
            }
        }
    }
}

/// A step up with chance `UP`, else a step down.
struct Biased;

const UP: f64 = 0.4;

impl Biased {
    fn chance(step: isize) -> f64 {
        if step > 0 { UP } else { 1.0 - UP }
    }
}

impl Proposal for Biased {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        let step = if rng.random::<f64>() < UP { 1 } else { -1 };
        to[0] = from[0] + step as f64;
        (Self::chance(-step) / Self::chance(step)).ln()
    }
}

/// The matrix of the chain, from the mean acceptance as a function of the difference and σ.
fn matrix(accept: impl Fn(f64, f64) -> f64) -> TransitionMatrix {
    let mut w = DMatrix::zeros(STATES, STATES);
    for from in 0..STATES {
        for step in [-1, 1] {
            let chance = Biased::chance(step);
            let to = from.checked_add_signed(step).filter(|to| *to < STATES);
            let accepted = to.map_or(0.0, |to| {
                let log_t_ratio = (Biased::chance(-step) / chance).ln();
                accept((WEIGHTS[to] / WEIGHTS[from]).ln() + log_t_ratio, sigma(from, to))
            });
            w[(from, to.unwrap_or(from))] += chance * accepted;
            w[(from, from)] += chance * (1.0 - accepted);
        }
    }
    TransitionMatrix::new(w).unwrap()
}

fn known() -> TransitionMatrix {
    matrix(|delta, sigma| mean_accept(delta, sigma, 0.5 * sigma * sigma))
}

fn naive() -> TransitionMatrix {
    matrix(|delta, sigma| mean_accept(delta, sigma, 0.0))
}

/// Half of the sum of the differences of the stationary law from the weights.
fn off(w: &TransitionMatrix) -> f64 {
    let pi = w.stationary().unwrap();
    0.5 * pi.iter().zip(WEIGHTS).map(|(p, q)| (p - q).abs()).sum::<f64>()
}

#[test]
fn the_law_is_stationary_in_detailed_balance_and_not_without_the_penalty() {
    let w = known();
    let next = w.evolve(&WEIGHTS, 1).unwrap();
    assert!(next.iter().zip(WEIGHTS).all(|(a, b)| (a - b).abs() < 1e-14));
    assert!(w.balance_gap(&WEIGHTS).unwrap() < 1e-15);
    assert!(off(&w) < 1e-13 && off(&naive()) > 0.04, "{:e}, {}", off(&w), off(&naive()));
    // With estimated variances nearly so, and nearer with the terms of higher order.
    for n in [8, 16] {
        let plain = off(&matrix(|d, s| mean_estimated(d, s, n, half)));
        let better = off(&matrix(|d, s| mean_estimated(d, s, n, corrected(n))));
        assert!(better < 0.2 * plain && plain < 0.02, "n = {n}: {better:e} of {plain:e}");
    }
}

/// Independent single steps from each state, counted by where they lead.
fn steps(law: &Line, exact: &TransitionMatrix) -> Vec<Check> {
    let kernel = Penalty::new(Biased);
    let check = |from: usize| {
        let mut rng = Seed(1).stream("step", from as u64);
        let start = kernel.init(law, &[from as f64]).unwrap();
        let mut counts = vec![0; STATES];
        for _ in 0..DRAWS {
            let mut state = start.clone();
            kernel.step(law, &mut state, &mut rng).unwrap();
            counts[state.position()[0] as usize] += 1;
        }
        let row: Vec<f64> = exact.matrix().row(from).iter().copied().collect();
        chi_square(format!("steps from {from}"), &counts, &row).unwrap()
    };
    (0..STATES).map(check).collect()
}

#[test]
fn steps_follow_the_exact_matrix() {
    holds(&steps(&KNOWN, &known()), FalseAlarm::DEFAULT);
    let estimated = matrix(|d, s| mean_estimated(d, s, 6, corrected(6)));
    let sampled = Line { samples: Some(6), told: 1.0 };
    holds(&steps(&sampled, &estimated), FalseAlarm::DEFAULT);
    let untold = Line { samples: None, told: 0.0 };
    holds(&steps(&untold, &naive()), FalseAlarm::DEFAULT);
    negative_control(&steps(&untold, &known()), FalseAlarm::DEFAULT);
}

/// `N(0, 1)` through noise of standard deviation 1.2: where chains are after `steps` steps from a draw.
fn ends(told: f64, steps: usize) -> Check {
    let law = move |x: &[f64], y: &[f64], rng: &mut dyn Rng| {
        let z: f64 = StandardNormal.sample(rng);
        let value = 0.5 * (x[0] * x[0] - y[0] * y[0]) + 1.2 * z;
        Difference { value, noise: Noise::Known { variance: told * 1.44 } }
    };
    let kernel = Penalty::new(RandomWalk::new(2.0).unwrap());
    let end = |chain| {
        let mut rng = Seed(2).stream("chain", chain);
        let mut state = kernel.init(&law, &[StandardNormal.sample(&mut rng)]).unwrap();
        for _ in 0..steps {
            kernel.step(&law, &mut state, &mut rng).unwrap();
        }
        state.position()[0]
    };
    let sample: Vec<f64> = (0..4_000).map(end).collect();
    let standard = Normal::new(0.0, 1.0).unwrap();
    ks(format!("{steps} steps, told {told}"), &sample, |x| standard.cdf(x)).unwrap()
}

#[test]
fn steps_keep_a_normal_law_seen_through_noise() {
    holds(&[ends(1.0, 1), ends(1.0, 5), ends(1.0, 30)], FalseAlarm::DEFAULT);
    negative_control(&[ends(0.0, 30)], FalseAlarm::DEFAULT);
}

#[test]
fn samples_make_a_difference_with_its_variance() {
    let difference = Difference::of(&[1.0, 2.0, 6.0]).unwrap();
    assert_eq!(difference.value, 3.0);
    // Squares 4 + 1 + 9, over n (n − 1) = 6.
    let Noise::Estimated { variance, samples: 3 } = difference.noise else {
        panic!("{difference:?}");
    };
    assert!((variance - 14.0 / 6.0).abs() < 1e-15);
    for few in [&[][..], &[1.0]] {
        assert!(matches!(Difference::of(few), Err(Error::TooFew { needed: 2, .. })));
    }
}

#[test]
fn the_trace_tells_acceptance_and_noise() {
    let schedule = Schedule { thin: 3, ..Schedule::keep(200) };
    let trace = sample_chains(&Penalty::new(Biased), &KNOWN, &[vec![1.0]], schedule, Seed(3));
    let trace = trace.unwrap();
    assert_eq!(trace.statistic_names(), ["accepted", "variance"]);
    let share = trace.acceptance().unwrap()[0];
    assert!(share > 0.05 && share < 0.9);
    let variances = trace.statistic("variance").unwrap();
    assert!(variances[0].iter().all(|v| (0.0..2.0).contains(v)));
}

#[test]
fn broken_differences_and_starts_are_refused() {
    let kernel = Penalty::new(RandomWalk::new(1.0).unwrap());
    let mut rng = Seed(4).stream("broken", 0);
    let mut ends = |value: f64, variance: f64| {
        let noise = Noise::Known { variance };
        let law = move |_: &[f64], _: &[f64], _: &mut dyn Rng| Difference { value, noise };
        let mut state = kernel.init(&law, &[0.5]).unwrap();
        let end = kernel.step(&law, &mut state, &mut rng);
        if !matches!(end, Ok(info) if info.accepted) {
            assert_eq!(state.position(), [0.5]);
        }
        end
    };
    for (value, variance) in
        [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (0.0, f64::NAN), (0.0, -1.0), (0.0, f64::INFINITY)]
    {
        match ends(value, variance) {
            Err(Error::BrokenDifference { from, to, .. }) => assert!(from == [0.5] && to != from),
            other => panic!("{value}, {variance}: {other:?}"),
        }
    }
    let off = ends(f64::NEG_INFINITY, f64::NAN).unwrap();
    assert_eq!((off.accepted, off.log_accept, off.variance), (false, f64::NEG_INFINITY, 0.0));
    assert!(ends(5.0, 1.0).unwrap().accepted);

    assert!(matches!(kernel.init(&KNOWN, &[]), Err(Error::Zero { .. })));
    assert!(matches!(kernel.init(&KNOWN, &[f64::NAN]), Err(Error::NotFinite { .. })));
    let mut state = kernel.init(&KNOWN, &[1.0]).unwrap();
    let longer = kernel.place(&KNOWN, &mut state, &[1.0, 2.0]);
    assert!(matches!(longer, Err(Error::LengthMismatch { expected: 1, found: 2, .. })));
    kernel.place(&KNOWN, &mut state, &[2.0]).unwrap();
    assert_eq!(state.position(), [2.0]);
}
