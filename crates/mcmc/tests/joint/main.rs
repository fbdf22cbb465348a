//! Every kernel on models whose parameters and data can be drawn: Geweke's joint distribution test and
//! simulation-based calibration.
//!
//! # The joint distribution test (Geweke 2004, "Getting it right")
//!
//! A prior `p(θ)` and a law of data `p(y | θ)` make a joint law, and there are two ways to draw from
//! it. The *marginal-conditional* simulator draws θ, then y. The *successive-conditional* one starts
//! there and goes on in turn: a step of the kernel, which is to keep `p(θ | y)`, and new data
//! from `p(y | θ)`. Each of the two keeps the joint law, and so does any number of rounds.
//!
//! So the end of a chain of rounds has exactly the law of its start, however badly the kernel mixes. Here
//! are many short chains, independent of each other, in place of a long one: their ends are independent
//! draws of the joint law, no autocorrelation is to be estimated, and for each summary the check of the
//! two samples against each other (`ks_two_sample`) has an exact p-value. A kernel that keeps
//! another law than the posterior moves away from the joint law with every round.
//!
//! # Simulation-based calibration (Cook, Gelman and Rubin 2006; Talts et al. 2018)
//!
//! If θ is drawn from the prior and y given θ, θ is a draw of the posterior given y. It is put at a
//! place of a chain that is chosen by chance, and the chain is run from there, forwards and, by the
//! time-reversed kernel, backwards (Besag and Clifford 1989; Gandy and Scott 2021). Then the whole chain
//! is a stationary one whatever the place was, and the rank of any function of θ among its values along the
//! chain is uniform: again exactly, for a chain that hardly moves as well, without burn-in and with no
//! claim about its mixing. Ties are broken by chance. What is left is the limit law of chi-square, for
//! cells with 250 expected observations.
//!
//! The checks of one kernel on one model together sound falsely at most once in a million.
//!
//! The two see different faults (`controls`): new data are a new law under a running chain, which shows what
//! is stale, and long chains under one law show what goes wrong in a few steps too little to be seen.
//!
//! # The table
//!
//! One line a kernel and a model, below. A new kernel is a new test function: [`reversible`] for a
//! kernel in detailed balance, [`sweep`] for one that goes through its coordinates in order. That broken
//! kernels are seen is in `controls`.

#![allow(clippy::unwrap_used)]

mod conditionals;
mod controls;
mod discrete;
mod gaussian;
mod harness;
mod ladder;
mod mirror;
mod models;
mod noisy;

use mcmc::{
    Acceptance, Choice, Cycle, GaussianWalk, Gibbs, Independence, Kernel, Langevin,
    MetropolisHastings, Penalty, RandomScan, RandomWalk, RobustAdaptive, Slice, Tempering, WarmUp,
};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{MvNormal, MvStudentT, Seed};
use rand::Rng;
use testkit::{FalseAlarm, holds};

use conditionals::Pumps;
use discrete::{ChangePoint, Labels, Symptoms, on_grid};
use gaussian::{Level, as_normal, in_blocks};
use harness::{Model, Posterior, as_it_is, calibration, calibration_of_sweep, geweke};
use ladder::{FromExactStart, ladder};
use mirror::Mirror;
use models::{Mean, MeanAndPrecision, Proportion, Rate, Regression};
use noisy::noisy;

/// Both tests of a kernel in detailed balance with its law.
#[track_caller]
fn reversible<M: Model, T>(
    model: M,
    view: impl Fn(&Posterior<M>, &mut dyn Rng) -> T + Sync,
    kernel: &(impl Kernel<T, [f64]> + Sync),
) {
    let checks = [geweke(model, &view, kernel), calibration(model, &view, kernel)].concat();
    holds(&checks, FalseAlarm::DEFAULT);
}

/// Both tests of a kernel that is not, given its time reversal on the mirror of the law.
#[track_caller]
fn sweep<M: Model, T>(
    model: M,
    view: impl Fn(&Posterior<M>, &mut dyn Rng) -> T + Sync,
    forward: &(impl Kernel<T, [f64]> + Sync),
    backward: &(impl Kernel<Mirror<T>, [f64]> + Sync),
) {
    let ranks = calibration_of_sweep(model, &view, forward, backward);
    holds(&[geweke(model, &view, forward), ranks].concat(), FalseAlarm::DEFAULT);
}

fn walk(scale: f64) -> MetropolisHastings<RandomWalk> {
    MetropolisHastings::new(RandomWalk::new(scale).unwrap())
}

#[test]
fn metropolis() {
    reversible(Mean, as_it_is, &walk(1.5));
    reversible(MeanAndPrecision, as_it_is, &walk(0.8));
    reversible(Proportion, as_it_is, &walk(1.5));
    reversible(Rate, as_it_is, &walk(1.0));
    reversible(Regression, as_it_is, &walk(0.7));
}

#[test]
fn barker() {
    let barker = |scale| walk(scale).accepting(Acceptance::Barker);
    reversible(Mean, as_it_is, &barker(1.5));
    reversible(MeanAndPrecision, as_it_is, &barker(0.8));
    reversible(Proportion, as_it_is, &barker(1.5));
    reversible(Regression, as_it_is, &barker(0.7));
}

fn gaussian(covariance: DMatrix<f64>) -> MetropolisHastings<GaussianWalk> {
    MetropolisHastings::new(GaussianWalk::new(covariance).unwrap())
}

#[test]
fn gaussian_walk() {
    reversible(Mean, as_it_is, &gaussian(dmatrix![2.0]));
    let tilted = gaussian(dmatrix![0.9, -0.5; -0.5, 0.8]);
    reversible(MeanAndPrecision, as_it_is, &tilted);
    reversible(MeanAndPrecision, as_it_is, &tilted.accepting(Acceptance::Barker));
    let three = dmatrix![1.0, 0.3, -0.2; 0.3, 0.5, 0.1; -0.2, 0.1, 0.4];
    reversible(Regression, as_it_is, &gaussian(three));
}

/// Warmed up on data of its own, then frozen: a kernel like any other.
#[test]
fn robust_adaptive() {
    fn warmed_up<M: Model>(model: M) -> MetropolisHastings<GaussianWalk> {
        let mut rng = Seed(8).stream("warm-up", 0);
        let theta = model.draw(&mut rng);
        let posterior = Posterior { model, data: model.observe(&theta, &mut rng) };
        RobustAdaptive::new().warm_up(&posterior, &theta, 2_000, &mut rng).unwrap().0
    }
    reversible(Mean, as_it_is, &warmed_up(Mean));
    reversible(Proportion, as_it_is, &warmed_up(Proportion));
    reversible(MeanAndPrecision, as_it_is, &warmed_up(MeanAndPrecision));
    reversible(Regression, as_it_is, &warmed_up(Regression));
}

#[test]
fn independence() {
    let normal = MvNormal::new(dvector![0.5], dmatrix![4.0]).unwrap();
    let kernel = MetropolisHastings::new(Independence::new(normal));
    reversible(Mean, as_it_is, &kernel);
    reversible(Proportion, as_it_is, &kernel.accepting(Acceptance::Barker));
    let student = |centre: DVector<f64>, scale| {
        let law = MvStudentT::new(4.0, centre, scale).unwrap();
        MetropolisHastings::new(Independence::new(law))
    };
    let two = student(dvector![0.3, 0.1], dmatrix![0.8, 0.2; 0.2, 0.6]);
    reversible(MeanAndPrecision, as_it_is, &two);
    let three = student(dvector![0.0, 0.2, -0.2], DMatrix::identity(3, 3));
    reversible(Regression, as_it_is, &three);
}

#[test]
fn langevin() {
    let langevin = |step| Langevin::new(step).unwrap();
    reversible(Mean, as_it_is, &langevin(1.0));
    reversible(Proportion, as_it_is, &langevin(1.3));
    reversible(MeanAndPrecision, as_it_is, &langevin(0.5));
    reversible(Regression, as_it_is, &langevin(0.7));
    reversible(Regression, as_it_is, &langevin(0.7).accepting(Acceptance::Barker));
}

#[test]
fn penalty() {
    let penalty = |scale| Penalty::new(RandomWalk::new(scale).unwrap());
    reversible(Mean, noisy, &penalty(1.5));
    reversible(Proportion, noisy, &penalty(1.5));
    reversible(MeanAndPrecision, noisy, &penalty(0.8));
    reversible(Regression, noisy, &penalty(0.7));
}

#[test]
fn slice() {
    let wide = Slice::new(2.0).unwrap();
    let narrow = Slice::new(0.3).unwrap().limited_to(3).unwrap();
    reversible(Mean, as_it_is, &wide);
    reversible(Proportion, as_it_is, &narrow);
    reversible(Rate, as_it_is, &wide);
    sweep(MeanAndPrecision, as_it_is, &wide, &wide);
    sweep(Regression, as_it_is, &narrow, &narrow);
}

#[test]
fn gibbs() {
    sweep(MeanAndPrecision, as_it_is, &Gibbs, &Gibbs);
    sweep(Regression, as_it_is, &Gibbs, &Gibbs);
    sweep(Pumps, as_it_is, &Gibbs, &Gibbs);
}

/// A normal law one coordinate at a time, and in blocks, of which some overlap.
#[test]
fn gibbs_of_a_normal_law() {
    reversible(Mean, as_normal(Mean), &Gibbs);
    sweep(Regression, as_normal(Regression), &Gibbs, &Gibbs);
    reversible(Mean, in_blocks(Mean, &[&[0]]), &Gibbs);
    sweep(Regression, in_blocks(Regression, &[&[2, 0], &[1]]), &Gibbs, &Gibbs);
    sweep(Level, in_blocks(Level, &[&[0, 1], &[1, 2], &[3]]), &Gibbs, &Gibbs);
    reversible(Level, in_blocks(Level, &[&[0, 1, 2], &[2, 3]]), &RandomScan);
}

#[test]
fn random_scan() {
    reversible(MeanAndPrecision, as_it_is, &RandomScan);
    reversible(Regression, as_it_is, &RandomScan);
    reversible(Pumps, as_it_is, &RandomScan);
}

#[test]
fn discrete_sweeps() {
    reversible(ChangePoint, on_grid(&ChangePoint::GRID), &Gibbs);
    sweep(Labels, on_grid(&Labels::GRID), &Gibbs, &Gibbs);
    sweep(Symptoms, on_grid(&Symptoms::GRID), &Gibbs, &Gibbs);
}

#[test]
fn discrete_random_scan() {
    reversible(ChangePoint, on_grid(&ChangePoint::GRID), &RandomScan);
    reversible(Labels, on_grid(&Labels::GRID), &RandomScan);
    reversible(Symptoms, on_grid(&Symptoms::GRID), &RandomScan);
}

#[test]
fn cycle() {
    let slice = Slice::new(1.0).unwrap();
    let (forward, backward) = (Cycle::new(walk(1.0), slice), Cycle::new(slice, walk(1.0)));
    sweep(Mean, as_it_is, &forward, &backward);
    sweep(MeanAndPrecision, as_it_is, &forward, &backward);
    sweep(Regression, as_it_is, &forward, &backward);
    let (forward, backward) = (Cycle::new(Gibbs, walk(0.5)), Cycle::new(walk(0.5), Gibbs));
    sweep(Pumps, as_it_is, &forward, &backward);
}

#[test]
fn choice() {
    let slice = Slice::new(1.0).unwrap();
    let mixed = Choice::new(0.7, walk(1.0), slice).unwrap();
    reversible(Mean, as_it_is, &mixed);
    reversible(Proportion, as_it_is, &mixed);
    let mixed = Choice::new(0.4, walk(0.7), RandomScan).unwrap();
    reversible(MeanAndPrecision, as_it_is, &mixed);
    reversible(Regression, as_it_is, &mixed);
}

/// Two levels: two steps are a move of both, an exchange, and a move of both, the same forwards and
/// backwards.
#[test]
fn tempering() {
    let tempering = |scale| FromExactStart(Tempering::new(walk(scale), vec![0.0, 1.0]).unwrap());
    reversible(Mean, ladder, &tempering(1.5));
    reversible(Proportion, ladder, &tempering(1.5));
    reversible(MeanAndPrecision, ladder, &tempering(0.8));
    reversible(Regression, ladder, &tempering(0.7));
}
