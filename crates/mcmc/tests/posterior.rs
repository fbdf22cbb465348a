//! A posterior is a law like any other: Metropolis draws from it follow the conjugate answer.

#![allow(clippy::unwrap_used)]

use mcmc::{MetropolisHastings, RandomWalk, Schedule, diagnostics as d, sample_chains};
use prob_core::{
    Bernoulli, Beta, LogDensity, Posterior, Seed, Univariate, conjugate::BetaBernoulli,
    family_likelihood,
};
use testkit::{FalseAlarm, holds, ks, negative_control};

const OBSERVED: [bool; 10] = [true, false, false, true, false, false, false, true, false, false];

fn draws(target: &(impl LogDensity<[f64]> + Sync)) -> Vec<f64> {
    let kernel = MetropolisHastings::new(RandomWalk::new(0.3).unwrap());
    let schedule = Schedule { burn_in: 200, thin: 30, ..Schedule::keep(2_500) };
    let starts = [vec![0.2], vec![0.8]];
    let trace = sample_chains(&kernel, target, &starts, schedule, Seed(3)).unwrap();
    let x = trace.variable(0);
    assert!(d::rhat(&x).unwrap() < 1.01 && d::ess_bulk(&x).unwrap() > 4_000.0);
    trace.series(|x| x[0]).concat()
}

#[test]
fn metropolis_on_a_posterior_follows_the_conjugate_one() {
    let law = Beta::new(4.0, 8.0).unwrap();
    let data = OBSERVED.map(|success| f64::from(u8::from(success)));
    let likelihood = family_likelihood(&data, |chance: &[f64]| Bernoulli::new(chance[0])).unwrap();
    let exact = BetaBernoulli::new(4.0, 8.0).unwrap().update(&OBSERVED).unwrap().chance();
    let check = |what: &str, draws: &[f64]| [ks(what, draws, |x| exact.cdf(x)).unwrap()];

    let posterior = Posterior::new(|chance: &[f64]| law.log_prob(chance[0]), &likelihood);
    holds(&check("posterior", &draws(&posterior)), FalseAlarm::DEFAULT);
    // A flat prior in place of the one that was stated.
    let flat = |chance: &[f64]| {
        if (0.0..=1.0).contains(&chance[0]) { 0.0 } else { f64::NEG_INFINITY }
    };
    negative_control(
        &check("flat", &draws(&Posterior::new(flat, likelihood))),
        FalseAlarm::DEFAULT,
    );
}
