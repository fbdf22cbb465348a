//! Laws of one number, measured: log densities of a slice and draws into a slice, and the draws of
//! `rand_distr` beside them.

use std::hint::black_box;
use std::time::Instant;

use anyhow::Context;
use prob_core::{AnyLaw, Seed, Univariate, sample_into};
use rand_distr::{
    Beta, Binomial, Cauchy, Distribution, Exp, Gamma, LogNormal, Normal, Pareto, Poisson, StudentT,
    Uniform, Weibull,
};
use serde::Deserialize;
use serde_json::Value;

use super::{Case, NAME, median};
use crate::place;

/// Numbers of a round.
const N: usize = 1_000_000;

/// A line of `laws.json`; what else it has is for peers.
#[derive(Debug, Deserialize)]
struct Entry {
    law: Value,
}

/// Measures each law of `tests/peers/laws.json`.
pub fn measure(rounds: u64) -> anyhow::Result<Vec<Case>> {
    let file = place::root().join("tests").join("peers").join("laws.json");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}", file.display()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text)?;
    let pool = rayon::ThreadPoolBuilder::new().build()?;
    let cases = entries.iter().map(|entry| pool.install(|| cases(&entry.law, rounds)));
    Ok(cases.collect::<Result<Vec<_>, _>>()?.concat())
}

fn cases(parameters: &Value, rounds: u64) -> anyhow::Result<Vec<Case>> {
    let law = AnyLaw::deserialize(parameters)?;
    let name = law.name();
    let mut rng = Seed(1).stream("bench", 0);
    let (mut x, mut out) = (vec![0.0; N], vec![0.0; N]);
    let draws = seconds(rounds, || sample_into(&law, &mut x, &mut rng));
    let log_prob = seconds(rounds, || law.log_prob_into(&x, &mut out));
    let mut cases = vec![
        case(format!("{name}, log_prob"), NAME, log_prob),
        case(format!("{name}, draws"), NAME, draws),
    ];
    if let Some(theirs) = theirs(name, parameters, rounds, &mut out) {
        cases.push(case(format!("{name}, draws"), "rand_distr 0.6, one by one", theirs));
    }
    Ok(cases)
}

fn case(what: String, who: &str, seconds: f64) -> Case {
    Case { what, who: who.to_owned(), seconds, items: N }
}

/// Median seconds of some rounds after a first one.
fn seconds(rounds: u64, mut work: impl FnMut()) -> f64 {
    let mut taken = Vec::new();
    for _ in 0..=rounds {
        let began = Instant::now();
        work();
        taken.push(began.elapsed().as_secs_f64());
    }
    median(taken.split_off(1))
}

/// Seconds of the same draws by `rand_distr`, where it has the law.
fn theirs(name: &str, parameters: &Value, rounds: u64, out: &mut [f64]) -> Option<f64> {
    let p = |name: &str| parameters[name].as_f64().unwrap_or(f64::NAN);
    Some(match name {
        "uniform" => one_by_one(Uniform::new(p("lower"), p("upper")).ok()?, rounds, out),
        "normal" => one_by_one(Normal::new(p("mean"), p("std_dev")).ok()?, rounds, out),
        "log-normal" => one_by_one(LogNormal::new(p("mu"), p("sigma")).ok()?, rounds, out),
        "exponential" => one_by_one(Exp::new(p("rate")).ok()?, rounds, out),
        "gamma" => one_by_one(Gamma::new(p("shape"), p("rate").recip()).ok()?, rounds, out),
        "beta" => one_by_one(Beta::new(p("alpha"), p("beta")).ok()?, rounds, out),
        "student-t" => one_by_one(StudentT::new(p("degrees")).ok()?, rounds, out),
        "cauchy" => one_by_one(Cauchy::new(p("location"), p("scale")).ok()?, rounds, out),
        "weibull" => one_by_one(Weibull::new(p("scale"), p("shape")).ok()?, rounds, out),
        "pareto" => one_by_one(Pareto::new(p("scale"), p("shape")).ok()?, rounds, out),
        "poisson" => one_by_one(Poisson::new(p("rate")).ok()?, rounds, out),
        "binomial" => {
            let law = Binomial::new(parameters["trials"].as_u64()?, p("probability")).ok()?;
            one_by_one(law.map(|count| count as f64), rounds, out)
        }
        _ => return None,
    })
}

fn one_by_one(law: impl Distribution<f64>, rounds: u64, out: &mut [f64]) -> f64 {
    let mut rng = Seed(1).stream("bench", 1);
    seconds(rounds, || black_box(&mut *out).iter_mut().for_each(|x| *x = law.sample(&mut rng)))
}
