//! What is true of every law, whatever its parameters.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod any;

use std::f64::consts::PI;

use any::{Numbers, laws};
use prob_core::{AnyLaw, Seed, Univariate};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, chi_square, holds, ks, negative_control};

/// Probabilities at whose quantiles a law is looked at.
const LEVELS: [f64; 9] = [1e-12, 1e-4, 0.02, 0.2, 0.45, 0.7, 0.95, 0.999, 0.999_999];

fn numbers() -> impl Strategy<Value = Numbers> {
    let shape = || (-1.5..2.5f64).prop_map(|e| 10f64.powf(e));
    let reals =
        (-3.0..3.0f64, (-2.0..1.0f64).prop_map(|e| 10f64.powf(e)), shape(), shape(), 0.01..0.99f64);
    (reals, 0.1..9.0f64, 1u64..200, -20i64..20, 0i64..40).prop_map(
        |((location, scale, a, b, probability), width, trials, first, count)| Numbers {
            location,
            scale,
            shapes: [a, b],
            probability,
            upper: location + width * scale,
            trials,
            whole: [first, first + count],
        },
    )
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// Quantiles of a law that are representable, each once and in order.
fn points(law: &AnyLaw) -> Vec<f64> {
    let mut points: Vec<f64> = LEVELS.iter().map(|p| law.quantile(*p)).collect();
    points.extend(LEVELS.iter().map(|q| law.upper_quantile(*q)));
    points.sort_by(f64::total_cmp);
    points.dedup();
    points.retain(|x| *x == 0.0 || representable(*x));
    points
}

/// The two sides are one law: `cdf + sf = 1`, rising, and the logarithms are theirs.
fn tails(law: &AnyLaw) -> Result<(), TestCaseError> {
    let mut before = (f64::NEG_INFINITY, 0.0, 1.0);
    for x in points(law) {
        let (cdf, sf) = (law.cdf(x), law.sf(x));
        prop_assert!(close(cdf + sf, 1.0, 1e-13), "{law:?} at {x:e}: {cdf:e} + {sf:e}");
        prop_assert!(cdf >= before.1 && sf <= before.2, "{law:?} from {:e} to {x:e}", before.0);
        before = (x, cdf, sf);
        for (log, p) in [(law.log_cdf(x), cdf), (law.log_sf(x), sf), (law.log_prob(x), law.prob(x))]
        {
            // Below it a probability has not all its digits.
            if p < f64::MIN_POSITIVE {
                prop_assert!(log < -700.0, "{law:?} at {x:e}: {log:e}, {p:e}");
                continue;
            }
            let near = (log - p.ln()).abs() <= 1e-12 * log.abs().max(1.0);
            prop_assert!(log == p.ln() || near, "{law:?} at {x:e}: {log:e}, ln {p:e}");
        }
    }
    Ok(())
}

/// Nothing outside the support, everything within.
fn support(law: &AnyLaw) -> Result<(), TestCaseError> {
    let support = law.support();
    let outside = [
        (support.lower.next_down(), 0.0),
        (support.upper.next_up(), 1.0),
        (f64::NEG_INFINITY, 0.0),
        (f64::INFINITY, 1.0),
    ];
    for (x, cdf) in outside.into_iter().filter(|(x, _)| !support.contains(*x)) {
        prop_assert_eq!(law.log_prob(x), f64::NEG_INFINITY, "{:?} at {}", law, x);
        prop_assert_eq!((law.cdf(x), law.sf(x)), (cdf, 1.0 - cdf), "{:?} at {}", law, x);
    }
    prop_assert_eq!(law.quantile(0.0), support.lower, "{:?}", law);
    prop_assert_eq!(law.upper_quantile(0.0), support.upper, "{:?}", law);
    if support.discrete {
        let x = law.quantile(0.5) + 0.5;
        prop_assert_eq!(law.log_prob(x), f64::NEG_INFINITY, "{:?} at {}", law, x);
        prop_assert_eq!(law.cdf(x), law.cdf(x - 0.5), "{:?} at {}", law, x);
    }
    Ok(())
}

/// The density is the slope of the distribution function (central differences, twice
/// extrapolated), the probability of a count its step.
fn slope(law: &AnyLaw) -> Result<(), TestCaseError> {
    let support = law.support();
    for x in points(law) {
        let lower = law.cdf(x) < 0.5;
        let log = |x| if lower { law.log_cdf(x) } else { -law.log_sf(x) };
        let tail = if lower { law.cdf(x) } else { law.sf(x) };
        if support.discrete {
            let step =
                if lower { law.cdf(x) - law.cdf(x - 1.0) } else { law.sf(x - 1.0) - law.sf(x) };
            let error = (law.prob(x) - step).abs();
            prop_assert!(error <= 1e-12 * (tail + step), "{law:?} at {x}: {step:e}");
            continue;
        }
        // How far the logarithm of the tail takes to change by one, and what room there is.
        let reach = (law.log_prob(x) - tail.ln()).exp().recip();
        let room = (x - support.lower).min(support.upper - x).min(reach);
        let mut h = 0.02 * room.min((x - law.mode()).abs().max(1.0 / law.prob(law.mode())));
        // Where the density changes much faster than the tail (a second peak's), closer still.
        for _ in 0..20 {
            let change = (law.log_prob(x + h) - law.log_prob(x - h)).abs();
            h *= if change > 0.1 { 0.5 } else { 1.0 };
        }
        if !(h > 1e-9 * x.abs() && h > 1e-290) {
            continue;
        }
        let central = |h: f64| (log(x + h) - log(x - h)) / ((x + h) - (x - h));
        let (coarse, middle, fine) = (central(h), central(0.5 * h), central(0.25 * h));
        let (better, best) = ((4.0 * middle - coarse) / 3.0, (4.0 * fine - middle) / 3.0);
        let slope = (16.0 * best - better) / 15.0;
        let noise = 1e-13 * log(x).abs().max(1.0) / (h * slope);
        let exact = 1.0 / reach;
        prop_assert!(
            close(slope, exact, 1e-6 + 9.0 * noise),
            "{law:?} at {x:e}: {slope:e} {exact:e}"
        );
    }
    Ok(())
}

/// No point has a larger density than the mode.
fn mode(law: &AnyLaw) -> Result<(), TestCaseError> {
    let mode = law.mode();
    let most = law.log_prob(mode);
    let step = if law.support().discrete { 1.0 } else { 1e-3 * mode.abs().max(1e-3) };
    for x in points(law).into_iter().chain([mode - step, mode + step]) {
        let here = law.log_prob(x);
        prop_assert!(here <= most + 1e-12 * most.abs().max(1.0), "{law:?}: mode {mode:e}, {x:e}");
    }
    Ok(())
}

/// Whether a quantile is a number with all its digits, and its neighbours too.
fn representable(x: f64) -> bool {
    (1e-290..1e290).contains(&x.abs())
}

/// The quantile is the smallest number whose distribution function reaches a probability.
fn quantiles(law: &AnyLaw) -> Result<(), TestCaseError> {
    for p in LEVELS {
        let (x, y) = (law.quantile(p), law.upper_quantile(p));
        if law.support().discrete {
            prop_assert!(law.cdf(x) >= p && law.cdf(x - 1.0) < p, "{law:?}: {x} for {p}");
            prop_assert!(law.sf(y) <= p && law.sf(y - 1.0) > p, "{law:?}: {y} for upper {p}");
            continue;
        }
        // A rounding of x changes the tail by this part.
        let blur = |x: f64, p: f64| 1e-11 + 4.0 * f64::EPSILON * x.abs() * law.prob(x) / p;
        if representable(x) {
            prop_assert!(close(law.cdf(x), p, blur(x, p)), "{law:?}: cdf({x:e}) is not {p}");
        }
        if representable(y) {
            prop_assert!(close(law.sf(y), p, blur(y, p)), "{law:?}: sf({y:e}) is not {p}");
        }
    }
    Ok(())
}

/// Written and read back it is the same to the bit, and a slice at a time too.
fn copies(law: &AnyLaw) -> Result<(), TestCaseError> {
    let points = points(law);
    let mut slice = vec![0.0; points.len()];
    law.log_prob_into(&points, &mut slice);
    let infinite = !law.support().lower.is_finite() || !law.support().upper.is_finite();
    let text = serde_json::to_string(law).unwrap();
    // JSON has no infinite numbers: an infinite end is the one thing that it cannot hold.
    let back = match serde_json::from_str::<AnyLaw>(&text) {
        Err(_) if infinite && law.name() == "truncated-normal" => law.clone(),
        back => back.unwrap(),
    };
    prop_assert_eq!(&back, law);
    for (x, from_slice) in points.iter().zip(slice) {
        let alone = law.log_prob(*x);
        prop_assert_eq!(back.log_prob(*x).to_bits(), alone.to_bits(), "{:?} at {:e}", law, x);
        let near =
            alone == from_slice || (alone - from_slice).abs() <= 1e-13 * alone.abs().max(1.0);
        prop_assert!(near, "{law:?} at {x:e}: {alone:e} {from_slice:e}");
    }
    Ok(())
}

/// The nodes and weights of Gauss's rule with 5 points on [0, 1].
const GAUSS: [(f64, f64); 5] = [
    (0.046_910_077_030_668_004, 0.118_463_442_528_094_54),
    (0.230_765_344_947_158_45, 0.239_314_335_249_683_24),
    (0.5, 0.284_444_444_444_444_44),
    (0.769_234_655_052_841_5, 0.239_314_335_249_683_24),
    (0.953_089_922_969_332, 0.118_463_442_528_094_54),
];

/// `E[g(X)]`: a sum over counts or around the circle, else the integral of `g` over the quantiles of `e^−t / 2` on either
/// side. `None` where a tail still counts at the end.
fn expectation(law: &AnyLaw, g: impl Fn(f64) -> f64) -> Option<f64> {
    if law.support().discrete {
        let (first, last) = (law.quantile(1e-20), law.upper_quantile(1e-20));
        let count = (last - first) as u64;
        return (count < 100_000)
            .then(|| (0..=count).map(|i| first + i as f64).map(|x| law.prob(x) * g(x)).sum());
    }
    if law.name() == "von-mises" {
        // Equal steps around the circle: for a smooth periodic function no rule is better.
        let step = 2.0 * PI / 4096.0;
        let on_circle = (0..4096).map(|i| -PI + step * (f64::from(i) + 0.5));
        return Some(on_circle.map(|x| step * law.prob(x) * g(x)).sum());
    }
    let (mut sum, mut size, mut last) = (0.0, 0.0, 0.0);
    for panel in 0..240 {
        last = 0.0;
        for (node, weight) in GAUSS {
            let t = 0.25 * (f64::from(panel) + node);
            let p = 0.5 * (-t).exp();
            let part = 0.25 * weight * p * (g(law.quantile(p)) + g(law.upper_quantile(p)));
            sum += part;
            last += part.abs();
        }
        size += last;
    }
    (last < 1e-13 * size).then_some(sum)
}

/// Mean, variance and entropy are expectations, and the probabilities sum to one.
fn moments(law: &AnyLaw) -> Result<(), TestCaseError> {
    if let Some(one) = expectation(law, |_| 1.0) {
        prop_assert!(close(one, 1.0, 1e-9), "{law:?}: {one}");
    }
    let mean = law.mean();
    let entropy = law.entropy();
    // Near an end with an infinite density an integral over a few thousand points is rough.
    let tolerance = 1e-6;
    if let Some(found) = expectation(law, |x| -law.log_prob(x)) {
        let error = (found - entropy).abs() / entropy.abs().max(1.0);
        prop_assert!(error < tolerance, "{law:?}: entropy {entropy}, found {found}");
    }
    // On the circle mean and variance are the circle's, not those of a number.
    if law.name() == "von-mises" {
        return Ok(());
    }
    let spread = law.std_dev();
    if let Some(found) = expectation(law, |x| x).filter(|_| mean.is_finite()) {
        let error =
            (found - mean).abs() / (mean.abs() + if spread.is_finite() { spread } else { 0.0 });
        prop_assert!(error < tolerance || found == mean, "{law:?}: mean {mean}, found {found}");
    }
    if let Some(found) = expectation(law, |x| (x - mean).powi(2)).filter(|_| spread.is_finite()) {
        prop_assert!(
            close(found, spread * spread, tolerance),
            "{law:?}: {} {found}",
            spread * spread
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None,
        rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn every_law_keeps_its_word(numbers in numbers()) {
        for law in laws(&numbers) {
            tails(&law)?;
            support(&law)?;
            slope(&law)?;
            mode(&law)?;
            quantiles(&law)?;
            copies(&law)?;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None,
        rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn moments_are_expectations(numbers in numbers()) {
        for law in laws(&numbers) {
            moments(&law)?;
        }
    }
}

const DRAWS: usize = 4_000;

/// Draws against the law: Kolmogorov and Smirnov, or counts between quantiles.
fn follows(law: &AnyLaw, draws: &[f64]) -> Option<Check> {
    let what = format!("{law:?}");
    if !law.support().discrete {
        return Some(ks(what, draws, |x| law.cdf(x)).unwrap());
    }
    let mut ends: Vec<f64> = (1..20).map(|i| law.quantile(f64::from(i) / 20.0)).collect();
    ends.dedup();
    let mut cdf: Vec<f64> = ends.iter().map(|x| law.cdf(*x)).collect();
    cdf.push(1.0);
    let mut before = 0.0;
    let cells: Vec<f64> = cdf.iter().map(|c| c - std::mem::replace(&mut before, *c)).collect();
    let mut counts = vec![0; cells.len()];
    for draw in draws {
        counts[ends.partition_point(|end| end < draw)] += 1;
    }
    // Nearly always the same number: nothing to compare.
    chi_square(what, &counts, &cells).ok()
}

fn drawn() -> Vec<(AnyLaw, Vec<f64>)> {
    let of = |shapes, scale, probability, trials| Numbers {
        location: 0.7,
        scale,
        shapes,
        probability,
        upper: 0.7 + 2.0 * scale,
        trials,
        whole: [-3, 12],
    };
    let all = [
        of([0.05, 0.3], 0.02, 0.02, 7),
        of([0.6, 3.0], 1.5, 0.3, 40),
        of([45.0, 4.0], 3.0, 0.85, 100_000),
        of([1e7, 3e6], 0.5, 1e-6, 10_000_000),
    ];
    let laws = all.iter().flat_map(laws);
    laws.enumerate()
        .map(|(i, law)| {
            let mut rng = Seed(3).stream("draws", i as u64);
            let draws = (0..DRAWS).map(|_| law.sample(&mut rng)).collect();
            (law, draws)
        })
        .collect()
}

#[test]
fn draws_follow_the_distribution_functions() {
    let checks: Vec<Check> =
        drawn().iter().filter_map(|(law, draws)| follows(law, draws)).collect();
    assert!(checks.len() > 90, "{}", checks.len());
    holds(&checks, FalseAlarm::DEFAULT);
}

/// Control: the larger of two draws in place of one, which every single law has to refuse.
#[test]
fn the_larger_of_two_draws_would_be_seen() {
    for (law, draws) in drawn() {
        let wrong: Vec<f64> = draws.chunks(2).map(|two| two[0].max(two[1])).collect();
        if let Some(check) = follows(&law, &wrong) {
            let lopsided = law.support().discrete && law.prob(law.mode()) > 0.95;
            if !lopsided {
                negative_control(&[check], FalseAlarm::DEFAULT.over(100));
            }
        }
    }
}
