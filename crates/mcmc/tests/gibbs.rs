//! Gibbs sampling of the two-dimensional normal law against its exact autoregression.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Conditionals, Error, Gibbs, Kernel, Schedule, Trace, diagnostics as d, gibbs_path,
    sample_chains,
};
use nalgebra::{dmatrix, dvector};
use prob_core::{MvNormal, Normal, Seed, Univariate};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

const CHAINS: usize = 4;
const DRAWS: usize = 10_000;
const N: f64 = (CHAINS * DRAWS) as f64;

fn law(rho: f64) -> MvNormal {
    MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, rho; rho, 1.0]).unwrap()
}

fn sample<D: Conditionals<[f64]> + Sync>(target: &D, thin: usize, seed: Seed) -> Trace {
    let schedule = Schedule { burn_in: 100, thin, ..Schedule::keep(DRAWS) };
    sample_chains(&Gibbs, target, &vec![vec![3.0, -3.0]; CHAINS], schedule, seed).unwrap()
}

/// Each coordinate, seen once a sweep, is an autoregression with coefficient φ = ρ². The standard
/// error of its autocorrelations is Bartlett's, that of the autocorrelation time Sokal's
/// `τ √(2 (2M + 1) / n)` for a window of M lags, here that of the estimate, 5 τ.
fn dynamics(trace: &Trace, rho: f64) -> Vec<Check> {
    let phi = rho * rho;
    let tau = (1.0 + phi) / (1.0 - phi);
    let tau_error = tau * (2.0 * (10.0 * tau + 1.0) / N).sqrt();
    let mut checks = Vec::new();
    for variable in [0, 1] {
        let x = trace.variable(variable);
        for k in 1..=2 {
            let exact = phi.powi(k);
            let bartlett = (1.0 + phi.powi(2)) * (1.0 - phi.powi(2 * k)) / (1.0 - phi.powi(2))
                - 2.0 * f64::from(k) * phi.powi(2 * k);
            let r = d::autocorrelation(&x, k as usize).unwrap();
            checks.push(z(format!("lag {k}"), r, exact, (bartlett / N).sqrt()).unwrap());
        }
        let estimate = d::autocorrelation_time(&x).unwrap();
        checks.push(z("autocorrelation time", estimate, tau, tau_error).unwrap());
        for (what, ess) in [("ess", d::ess_mean(&x)), ("bulk ess", d::ess_bulk(&x))] {
            checks.push(z(what, N / ess.unwrap(), tau, tau_error).unwrap());
        }
    }
    checks
}

#[test]
fn autocorrelations_and_effective_sizes_are_the_exact_ones() {
    for rho in [0.5, 0.9, -0.7] {
        holds(&dynamics(&sample(&law(rho), 1, Seed(1)), rho), FalseAlarm::DEFAULT);
    }
    // Control: half the moves thrown away is another dynamics of the same law.
    negative_control(&dynamics(&sample(&law(0.5), 2, Seed(1)), 0.5), FalseAlarm::DEFAULT);
}

/// Means, variances and the correlation in units of their Monte Carlo standard errors.
fn mean_and_variance(trace: &Trace) -> Vec<Check> {
    let mut checks = Vec::new();
    for i in [0, 1] {
        let x = trace.variable(i);
        let (mean, variance) = (trace.mean()[i], trace.covariance()[(i, i)]);
        checks.push(z(format!("mean {i}"), mean, 0.0, d::mcse_mean(&x).unwrap()).unwrap());
        let error = d::mcse_covariance(&x, &x).unwrap();
        checks.push(z(format!("variance {i}"), variance, 1.0, error).unwrap());
        let sd = variance.sqrt();
        checks.push(z(format!("sd {i}"), sd, 1.0, d::mcse_sd(&x).unwrap()).unwrap());
    }
    checks
}

fn correlation(trace: &Trace, rho: f64) -> Vec<Check> {
    let (a, b) = (trace.variable(0), trace.variable(1));
    let error = d::mcse_correlation(&a, &b).unwrap();
    let covariance = d::mcse_covariance(&a, &b).unwrap();
    vec![
        z("correlation", trace.correlation()[(0, 1)], rho, error).unwrap(),
        z("covariance", trace.covariance()[(0, 1)], rho, covariance).unwrap(),
    ]
}

#[track_caller]
fn converged(trace: &Trace) {
    for i in [0, 1] {
        let x = trace.variable(i);
        let (rhat, ess) = (d::rhat(&x).unwrap(), d::ess_bulk(&x).unwrap());
        assert!(rhat < 1.01 && ess > 400.0, "inconclusive: rhat {rhat}, ess {ess}");
    }
}

#[test]
fn moments_are_those_of_the_law() {
    for rho in [0.5, 0.9, -0.7] {
        let trace = sample(&law(rho), 1, Seed(1));
        converged(&trace);
        let checks = [mean_and_variance(&trace), correlation(&trace, rho)].concat();
        holds(&checks, FalseAlarm::DEFAULT);
    }
}

/// The lecture's listing, which has `samples[-d]` for `samples[~d]` and so conditions each
/// coordinate on itself.
struct Slip {
    rho: f64,
}

impl Conditionals<[f64]> for Slip {
    fn blocks(&self) -> usize {
        2
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let noise: f64 = StandardNormal.sample(rng);
        x[block] = self.rho * x[block] + (1.0 - self.rho * self.rho).sqrt() * noise;
        Ok(())
    }

    fn check(&self, _: &[f64]) -> Result<(), Error> {
        Ok(())
    }
}

/// Means, variances and R-hat of the slip are right: only the correlation gives it away.
#[test]
fn the_slip_of_the_printed_listing_is_seen_by_the_correlation_alone() {
    let trace = sample(&Slip { rho: 0.5 }, 1, Seed(1));
    converged(&trace);
    holds(&mean_and_variance(&trace), FalseAlarm::DEFAULT);
    holds(&correlation(&trace, 0.0), FalseAlarm::DEFAULT);
    negative_control(&correlation(&trace, 0.5), FalseAlarm::DEFAULT);
}

/// Thinned until they are as good as independent (ρ^2k below 1e-12), draws follow the law along
/// every direction.
#[test]
fn thinned_draws_are_normal_along_every_direction() {
    let rho = 0.5;
    let standard = Normal::new(0.0, 1.0).unwrap();
    let along = |trace: &Trace| {
        let pooled = |f: fn(&[f64]) -> f64, variance: f64| -> Vec<f64> {
            trace.series(f).concat().iter().map(|x| x / variance.sqrt()).collect()
        };
        let cdf = |x| standard.cdf(x);
        [
            ks("a", &pooled(|x| x[0], 1.0), cdf).unwrap(),
            ks("b", &pooled(|x| x[1], 1.0), cdf).unwrap(),
            ks("a + b", &pooled(|x| x[0] + x[1], 2.0 + 2.0 * rho), cdf).unwrap(),
            ks("a - b", &pooled(|x| x[0] - x[1], 2.0 - 2.0 * rho), cdf).unwrap(),
        ]
    };
    holds(&along(&sample(&law(rho), 20, Seed(2))), FalseAlarm::DEFAULT);
    negative_control(&along(&sample(&Slip { rho }, 20, Seed(2))), FalseAlarm::DEFAULT);
}

/// Of 400 short runs each, the error of an estimate in units of its standard error is itself a
/// standard normal number. Control: the standard error of independent draws.
#[test]
fn standard_errors_are_as_large_as_the_errors() {
    let (rho, runs, draws) = (0.7, 400, 2_000);
    let target = law(rho);
    let standard = Normal::new(0.0, 1.0).unwrap();
    let mut errors = [const { Vec::new() }; 4];
    for run in 0..runs {
        let schedule = Schedule { burn_in: 50, ..Schedule::keep(draws) };
        let starts = vec![vec![0.0, 0.0]; 2];
        let trace = sample_chains(&Gibbs, &target, &starts, schedule, Seed(run)).unwrap();
        let (a, b) = (trace.variable(0), trace.variable(1));
        let r = trace.correlation()[(0, 1)];
        errors[0].push(trace.mean()[0] / d::mcse_mean(&a).unwrap());
        errors[1].push((trace.covariance()[(0, 0)].sqrt() - 1.0) / d::mcse_sd(&a).unwrap());
        errors[2].push((r - rho) / d::mcse_correlation(&a, &b).unwrap());
        errors[3].push(trace.mean()[0] * (2.0 * draws as f64).sqrt());
    }
    let check = |what, errors: &[f64]| ks(what, errors, |x| standard.cdf(x)).unwrap();
    holds(
        &[check("mean", &errors[0]), check("sd", &errors[1]), check("correlation", &errors[2])],
        FalseAlarm::DEFAULT,
    );
    negative_control(&[check("mean, as if independent", &errors[3])], FalseAlarm::DEFAULT);
}

/// The path goes parallel to the axes and passes through every sweep.
#[test]
fn the_path_within_sweeps_is_the_chain_itself() {
    let target = law(0.5);
    let path =
        gibbs_path(&target, [3.0, -3.0].as_slice(), 50, &mut Seed(1).stream("chain", 0)).unwrap();
    assert_eq!(path.len(), 1 + 2 * 50);
    for (i, pair) in path.windows(2).enumerate() {
        let (moved, kept) = (i % 2, 1 - i % 2);
        assert_eq!(pair[0][kept], pair[1][kept], "piece {i}");
        assert_ne!(pair[0][moved], pair[1][moved], "piece {i}");
    }
    let mut rng = Seed(1).stream("chain", 0);
    let mut state = Gibbs.init(&target, [3.0, -3.0].as_slice()).unwrap();
    for sweep in path.iter().step_by(2).skip(1) {
        Gibbs.step(&target, &mut state, &mut rng).unwrap();
        assert_eq!(&state, sweep);
    }
    let short = gibbs_path(&target, [3.0].as_slice(), 1, &mut rng);
    assert!(matches!(short, Err(Error::LengthMismatch { expected: 2, found: 1, .. })));
}
