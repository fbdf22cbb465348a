//! Two modes far apart: what a walk sees of them, what R-hat can and cannot tell, and tempering.

#![allow(clippy::unwrap_used)]

use mcmc::targets::FarModes;
use mcmc::{
    MetropolisHastings, RandomWalk, RobustAdaptive, Schedule, Tempering, diagnostics as d,
    sample_adapted, sample_chains,
};
use prob_core::{GeometricPath, Multivariate, Seed};

const DIM: usize = 5;

/// Modes 12 apart in five dimensions; the upper one has three tenths of the probability.
fn law() -> FarModes {
    FarModes::new(DIM, 6.0, 0.3).unwrap()
}

/// Chains of robust adaptive Metropolis, one from each of these modes (`±1`).
fn walks(modes: [f64; 4]) -> Vec<Vec<f64>> {
    let starts = modes.map(|mode| vec![mode * 6.0 / (DIM as f64).sqrt(); DIM]);
    let (warm_up, schedule) =
        (RobustAdaptive::new(), Schedule { thin: 10, ..Schedule::keep(4_000) });
    let adapted = sample_adapted(&warm_up, &law(), &starts, 5_000, schedule, Seed(1)).unwrap();
    adapted.trace.variable(0)
}

/// Chains in both modes disagree, and R-hat says so. Chains that all start in one agree on what is wrong:
/// no diagnostic of draws sees what no draw has seen. Starts must be spread wider than the law.
#[test]
fn only_starts_in_both_modes_tell_of_them() {
    assert!(d::rhat(&walks([-1.0, 1.0, -1.0, 1.0])).unwrap() > 1.5);
    let unaware = walks([1.0; 4]);
    assert!(d::rhat(&unaware).unwrap() < 1.01);
    let mean = unaware.concat().iter().sum::<f64>() / unaware.concat().len() as f64;
    assert!((mean - law().mean()[0]).abs() > 100.0 * d::mcse_mean(&unaware).unwrap());
}

/// From one mode alone: means and covariances are those of both.
#[test]
fn tempering_finds_the_other_mode_and_its_weight() {
    let law = law();
    let wide = |x: &[f64]| -0.5 * x.iter().map(|x| (x / 3.0).powi(2)).sum::<f64>();
    let path = GeometricPath { from: wide, to: law };
    let walk = MetropolisHastings::new(RandomWalk::new(1.2).unwrap());
    let betas = vec![0.0, 0.06, 0.18, 0.42, 1.0];
    let tempering = Tempering::new(walk, betas).unwrap();
    let starts = vec![vec![6.0 / (DIM as f64).sqrt(); DIM]; 4];
    let schedule = Schedule { burn_in: 2_000, thin: 10, ..Schedule::keep(5_000) };
    let trace = sample_chains(&tempering, &&path, &starts, schedule, Seed(2)).unwrap();
    let (mean, covariance) = (trace.mean(), trace.covariance());
    for i in 0..DIM {
        let x = trace.variable(i);
        assert!(d::rhat(&x).unwrap() < 1.01);
        let z = (mean[i] - law.mean()[i]) / d::mcse_mean(&x).unwrap();
        assert!(z.abs() < 4.0, "mean {i}: z = {z}");
        for j in 0..=i {
            let error = d::mcse_covariance(&x, &trace.variable(j)).unwrap();
            let z = (covariance[(i, j)] - law.covariance()[(i, j)]) / error;
            assert!(z.abs() < 4.0, "covariance {i} {j}: z = {z}");
        }
    }
}
