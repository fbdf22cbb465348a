//! R-hat, effective sample sizes and standard errors are those of ArviZ for series of every awkward
//! shape, or are refused where ArviZ has no number, or none that could be believed.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../series/mod.rs"]
mod series;

use mcmc::{Error, diagnostics as d};
use series::{ar, cauchy};

/// Written by `reference.py`, which tells the format, and the versions in the first line.
const REFERENCE: &str = include_str!("reference.txt");

type Chains = Vec<Vec<f64>>;

fn map(x: Chains, f: impl Fn(f64) -> f64) -> Chains {
    x.into_iter().map(|c| c.into_iter().map(&f).collect()).collect()
}

fn with_chain(mut x: Chains, chain: usize, value: f64) -> Chains {
    x[chain].fill(value);
    x
}

fn stuck_from(mut x: Chains, chain: usize, draw: usize) -> Chains {
    let value = x[chain][draw];
    x[chain][draw..].fill(value);
    x
}

/// The series as `CASES` in `reference.py` has them.
fn chains(case: &str) -> Chains {
    let rounded = |x: f64, steps: f64| (x * steps).round_ties_even();
    let alternating = |c: usize| (0..200).map(|t| ((t + c) % 2) as f64).collect();
    let drift = |c: Vec<f64>| c.into_iter().enumerate().map(|(t, x)| x + 0.01 * t as f64).collect();
    let one = |value, count| vec![value; count];
    match case {
        "mixed" => ar(0.5, 0.0, 1000, 4),
        "independent" => ar(0.0, 0.0, 10_000, 4),
        "apart" => ar(0.3, 0.5, 400, 3),
        "two places" => ar(0.5, 100.0, 300, 2),
        "slow, odd" => ar(0.95, 0.0, 501, 2),
        "very slow" => ar(0.999, 0.0, 6000, 4),
        "slow and long" => ar(0.98, 0.0, 20_001, 4),
        "antithetic" => ar(-0.9, 0.0, 300, 4),
        "antithetic, odd" => ar(-0.7, 0.0, 301, 3),
        "alternating" => (0..2).map(alternating).collect(),
        "drifting" => ar(0.2, 0.0, 400, 4).into_iter().map(drift).collect(),
        "single" => ar(0.2, 0.0, 257, 1),
        "single, ten draws" => ar(0.2, 0.0, 10, 1),
        "four draws" => ar(0.0, 0.0, 4, 4),
        "five draws" => ar(0.0, 0.0, 5, 2),
        "nine draws" => ar(0.0, 0.0, 9, 2),
        "ten draws" => ar(0.0, 0.0, 10, 2),
        "eleven draws" => ar(0.4, 0.0, 11, 3),
        "rounded" => map(ar(0.5, 0.0, 200, 2), |x| rounded(x, 2.0)),
        "rounded, odd" => map(ar(0.8, 0.0, 1001, 3), |x| rounded(x, 4.0)),
        "zeros and ones" => map(ar(0.5, 0.0, 250, 4), |x| f64::from(u8::from(x > 0.3))),
        "rare ones" => map(ar(0.5, 0.0, 1000, 4), |x| f64::from(u8::from(x > 1.2))),
        "cauchy" => cauchy(500, 4),
        "cauchy, odd" => cauchy(333, 2),
        "stuck from draw 200" => stuck_from(ar(0.5, 0.0, 500, 4), 1, 200),
        "stuck from its middle" => stuck_from(ar(0.5, 0.0, 500, 4), 2, 250),
        "one constant chain" => with_chain(ar(0.5, 0.0, 400, 4), 2, 0.25),
        "one constant chain far away" => with_chain(ar(0.5, 0.0, 400, 4), 0, 9.0),
        "all constant" => vec![one(7.0, 100); 3],
        "constant at two places" => vec![one(7.0, 100), one(3.0, 100)],
        "jump in the middle" => vec![[one(1.0, 50), one(2.0, 50)].concat()],
        "moves only in the middle" => vec![[one(1.0, 10), one(2.0, 1), one(1.0, 10)].concat()],
        "offset of 2^30" => map(ar(0.5, 0.0, 500, 4), |x| x + 2f64.powi(30)),
        "offset of -2^40" => map(ar(0.9, 0.1, 301, 2), |x| x - 2f64.powi(40)),
        "tiny" => map(ar(0.5, 0.0, 500, 4), |x| x * 2f64.powi(-200)),
        "huge" => map(ar(0.5, 0.0, 500, 4), |x| x * 2f64.powi(200)),
        _ => panic!("no series {case}"),
    }
}

fn diagnostic(name: &str, x: &Chains) -> Result<f64, Error> {
    if let Some(p) = name.strip_prefix("ess_quantile_") {
        return d::ess_quantile(x, p.parse().unwrap());
    }
    if let Some(p) = name.strip_prefix("mcse_quantile_") {
        return d::mcse_quantile(x, p.parse().unwrap());
    }
    match name {
        "rhat" => d::rhat(x),
        "rhat_split" => d::rhat_split(x),
        "rhat_bulk" => d::rhat_bulk(x),
        "rhat_folded" => d::rhat_folded(x),
        "nested_rhat" => d::nested_rhat(x, &(0..x.len()).map(|c| c / 2).collect::<Vec<_>>()),
        "ess_bulk" => d::ess_bulk(x),
        "ess_tail" => d::ess_tail(x),
        "ess_mean" => d::ess_mean(x),
        "ess_sd" => d::ess_sd(x),
        "mcse_mean" => d::mcse_mean(x),
        "mcse_sd" => d::mcse_sd(x),
        _ => panic!("no diagnostic {name}"),
    }
}

fn reason(error: &Error) -> &'static str {
    match error {
        Error::ConstantChain { .. } => "constant-chain",
        Error::NothingVaries { .. } => "nothing-varies",
        Error::TooFewDraws { .. } => "too-few-draws",
        Error::QuantileBeyondDraws { .. } => "beyond-draws",
        _ => "another",
    }
}

/// What is wrong with our answer, if anything.
fn complaint(found: &Result<f64, Error>, expected: &str) -> Option<String> {
    let expected = expected.split('#').next().unwrap().trim();
    match (found, expected.strip_prefix("refused ")) {
        (Err(error), Some(why)) if reason(error) == why => None,
        (Ok(x), None) => {
            let reference: f64 = expected.parse().unwrap();
            let close = (x - reference).abs() <= 1e-9 * reference.abs();
            (!close).then(|| format!("{x}, ArviZ has {reference}"))
        }
        _ => Some(format!("{found:?}, not {expected}")),
    }
}

#[test]
fn all_digits_are_those_of_arviz() {
    let (mut case, mut x) = ("", Vec::new());
    let (mut numbers, mut complaints) = (0, Vec::new());
    for line in REFERENCE.lines().filter(|line| !line.starts_with('#')) {
        if let Some(title) = line.strip_prefix("case ") {
            let (name, shape) = title.split_once(" | ").unwrap();
            (case, x) = (name, chains(name));
            let last = *x.last().unwrap().last().unwrap();
            let ours = format!("{} {} {last}", x.len(), x[0].len());
            let read: Vec<f64> = shape.split(' ').map(|n| n.parse().unwrap()).collect();
            assert_eq!(read, [x.len() as f64, x[0].len() as f64, last], "{case}: {ours}");
            continue;
        }
        let (name, expected) = line.split_once(' ').unwrap();
        numbers += 1;
        if let Some(wrong) = complaint(&diagnostic(name, &x), expected) {
            complaints.push(format!("{case}, {name}: {wrong}"));
        }
    }
    assert!(complaints.is_empty(), "{} of {numbers}:\n{}", complaints.len(), complaints.join("\n"));
    assert!(numbers > 600, "{numbers}");
}

/// The comparison sees an error in the ninth digit, and a number in place of an error.
#[test]
fn the_comparison_can_fail() {
    assert_eq!(complaint(&Ok(1.0), "1.0"), None);
    assert!(complaint(&Ok(1.0), "1.000000002").is_some());
    assert!(complaint(&Ok(f64::NAN), "1.0").is_some());
    assert!(complaint(&Ok(1.0), "refused constant-chain # 1.0").is_some());
    let constant = Err(Error::ConstantChain { chain: 0, value: 1.0 });
    assert_eq!(complaint(&constant, "refused constant-chain # 1.0"), None);
    assert!(complaint(&constant, "refused too-few-draws # 1.0").is_some());
    assert!(complaint(&constant, "1.0").is_some());
}
