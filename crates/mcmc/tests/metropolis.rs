//! Metropolis–Hastings on laws with a known distribution function and a known acceptance.

#![allow(clippy::unwrap_used)]

use std::f64::consts::PI;

use mcmc::{
    Kernel, MetropolisHastings, Proposal, RandomWalk, Schedule, diagnostics as d, sample_chains,
};
use nalgebra::{dmatrix, dvector};
use prob_core::{MvNormal, Normal, Seed, Univariate};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

const DRAWS: usize = 5_000;

/// `f = e^−x²/2`, unnormalised.
fn bell(x: &[f64]) -> f64 {
    -0.5 * x[0] * x[0]
}

fn normal(what: &str, draws: &[f64]) -> Check {
    let standard = Normal::new(0.0, 1.0).unwrap();
    ks(what, draws, |x| standard.cdf(x)).unwrap()
}

/// Two dimensions, correlated: the marginals and a direction across.
#[test]
fn a_random_walk_samples_a_correlated_normal_law() {
    let target = MvNormal::new(dvector![1.0, -2.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
    let kernel = MetropolisHastings::new(RandomWalk::new(1.7).unwrap());
    let schedule = Schedule { burn_in: 500, thin: 60, ..Schedule::keep(DRAWS / 2) };
    let trace =
        sample_chains(&kernel, &target, &[vec![0.0, 0.0], vec![3.0, 3.0]], schedule, Seed(1));
    let trace = trace.unwrap();
    for i in [0, 1] {
        let x = trace.variable(i);
        assert!(d::rhat(&x).unwrap() < 1.01 && d::ess_bulk(&x).unwrap() > 0.8 * DRAWS as f64);
    }
    holds(
        &[
            normal("a", &trace.series(|x| x[0] - 1.0).concat()),
            normal("b", &trace.series(|x| x[1] + 2.0).concat()),
            normal("a - b", &trace.series(|x| x[0] - x[1] - 3.0).concat()),
        ],
        FalseAlarm::DEFAULT,
    );
    negative_control(
        &[normal(
            "a + b, as if independent",
            &trace.series(|x| (x[0] + x[1] + 1.0) / 2f64.sqrt()).concat(),
        )],
        FalseAlarm::DEFAULT,
    );
}

/// Draws of the walk on the line, `thin` steps apart. Where `rejections` do not count, a step is
/// repeated until it is accepted: the slip of recording only what was accepted.
fn on_the_line(scale: f64, thin: usize, rejections: bool) -> Vec<f64> {
    let kernel = MetropolisHastings::new(RandomWalk::new(scale).unwrap());
    let mut rng = Seed(2).stream("chain", 0);
    let mut state = kernel.init(&bell, &[0.0]).unwrap();
    let mut draw = || {
        for _ in 0..thin {
            while !kernel.step(&bell, &mut state, &mut rng).unwrap().accepted && !rejections {}
        }
        state.position()[0]
    };
    (0..DRAWS).map(|_| draw()).collect()
}

#[test]
fn rejected_proposals_count_as_draws() {
    holds(&[normal("all draws", &on_the_line(4.0, 60, true))], FalseAlarm::DEFAULT);
    negative_control(&[normal("accepted only", &on_the_line(4.0, 60, false))], FalseAlarm::DEFAULT);
}

/// On N(0, 1) a random walk with scale s accepts a share of `2/π · arctan(2/s)` of its proposals.
#[test]
fn the_acceptance_is_the_exact_one() {
    for (index, scale) in [0.5, 2.4, 10.0].into_iter().enumerate() {
        let kernel = MetropolisHastings::new(RandomWalk::new(scale).unwrap());
        let mut rng = Seed(3).stream("chain", index as u64);
        let mut state = kernel.init(&bell, &[0.5]).unwrap();
        let mut accepted = Vec::new();
        let mut chances = Vec::new();
        for _ in 0..50_000 {
            let info = kernel.step(&bell, &mut state, &mut rng).unwrap();
            accepted.push(f64::from(u8::from(info.accepted)));
            chances.push(info.log_accept.exp());
        }
        let check = |what: &str, series: &[f64], exact: f64| {
            let mean = series.iter().sum::<f64>() / series.len() as f64;
            z(what, mean, exact, d::mcse_mean(&[series]).unwrap()).unwrap()
        };
        let exact = 2.0 / PI * (2.0 / scale).atan();
        holds(
            &[check("accepted", &accepted, exact), check("chance", &chances, exact)],
            FalseAlarm::DEFAULT,
        );
        negative_control(&[check("off by a tenth", &accepted, 1.1 * exact)], FalseAlarm::DEFAULT);
    }
}

/// `to = from · e^(s z)`: symmetric in ln x, so that T(to→from) / T(from→to) = to / from.
struct Multiplicative {
    scale: f64,
    /// Whether the ratio is reported.
    honest: bool,
}

impl Proposal for Multiplicative {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        let noise: f64 = StandardNormal.sample(rng);
        to[0] = from[0] * (self.scale * noise).exp();
        if self.honest { self.scale * noise } else { 0.0 }
    }
}

/// Γ(2): `f = x e^−x` on x > 0, `F = 1 − (1 + x) e^−x`.
fn gamma_draws(honest: bool) -> Check {
    let target = |x: &[f64]| if x[0] > 0.0 { x[0].ln() - x[0] } else { f64::NEG_INFINITY };
    let kernel = MetropolisHastings::new(Multiplicative { scale: 1.5, honest });
    let schedule = Schedule { burn_in: 200, thin: 40, ..Schedule::keep(DRAWS) };
    let trace = sample_chains(&kernel, &target, &[vec![1.0]], schedule, Seed(4)).unwrap();
    ks("Gamma(2)", trace.values(), |x| 1.0 - (1.0 + x) * (-x).exp()).unwrap()
}

#[test]
fn an_asymmetric_proposal_is_corrected() {
    holds(&[gamma_draws(true)], FalseAlarm::DEFAULT);
    negative_control(&[gamma_draws(false)], FalseAlarm::DEFAULT);
}
