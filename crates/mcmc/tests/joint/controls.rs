//! Kernels broken on purpose: each must be seen by both tests, or by the one that says so, far beyond the
//! rate of false alarms.

use mcmc::{
    Conditionals, Cycle, Error, Gibbs, Kernel, MetropolisHastings, MhInfo, Penalty, Point,
    Proposal, RandomScan, RandomWalk,
};
use prob_core::{GradLogDensity, LogDensity};
use rand::{Rng, RngExt};
use testkit::Check;

use crate::harness::{Posterior, as_it_is, calibration, geweke};
use crate::models::{Mean, MeanAndPrecision, Proportion, normal};
use crate::noisy::hushed;
use crate::{reversible, walk};

/// Seen by one of the checks with less than 1e-12.
#[track_caller]
fn seen(checks: &[Check]) {
    let smallest = checks.iter().map(Check::p_value).fold(1.0, f64::min);
    assert!(smallest < 1e-12, "the smallest p-value of the broken kernel is {smallest:e}");
}

#[track_caller]
fn unseen(checks: &[Check]) {
    let smallest = checks.iter().map(Check::p_value).fold(1.0, f64::min);
    assert!(smallest > 1e-6, "this is seen: {smallest:e}");
}

/// A step that draws the point half-way to the origin, and reports a multiple of the right ratio.
#[derive(Clone, Copy)]
struct Homewards {
    reported: f64,
}

impl Proposal for Homewards {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        let mut log_ratio = 0.0;
        for (to, from) in to.iter_mut().zip(from) {
            *to = 0.5 * from + 0.7 * normal(rng);
            let log_t = |from: f64, to: f64| -(to - 0.5 * from).powi(2) / (2.0 * 0.49);
            log_ratio += log_t(*to, *from) - log_t(*from, *to);
        }
        self.reported * log_ratio
    }
}

#[test]
fn a_missing_hastings_ratio() {
    let kernel = |reported| MetropolisHastings::new(Homewards { reported });
    reversible(Mean, as_it_is, &kernel(1.0));
    reversible(MeanAndPrecision, as_it_is, &kernel(1.0));
    for reported in [0.0, -1.0] {
        seen(&geweke(Mean, as_it_is, &kernel(reported)));
        seen(&calibration(Mean, as_it_is, &kernel(reported)));
    }
}

/// A random-walk Metropolis kernel of its own, with a fault.
struct Faulty {
    fault: Fault,
}

#[derive(PartialEq)]
enum Fault {
    None,
    /// Whatever is proposed is accepted.
    AcceptsAll,
    /// Accepts where it should reject, and the other way round.
    TurnedOver,
    /// Goes on with the log density under the old data.
    Stale,
    /// Takes the log density of the old point for that of the new one.
    OldDensity,
}

impl<D: LogDensity<[f64]>> Kernel<D, [f64]> for Faulty {
    /// The position and its log density.
    type State = (Vec<f64>, f64);
    type Info = ();

    fn init(&self, target: &D, x: &[f64]) -> Result<Self::State, Error> {
        Ok((x.to_vec(), target.log_density(x)))
    }

    fn position<'s>(&self, state: &'s Self::State) -> &'s [f64] {
        &state.0
    }

    fn place(&self, target: &D, state: &mut Self::State, x: &[f64]) -> Result<(), Error> {
        state.0.copy_from_slice(x);
        if self.fault != Fault::Stale {
            state.1 = target.log_density(x);
        }
        Ok(())
    }

    fn step(&self, target: &D, state: &mut Self::State, rng: &mut impl Rng) -> Result<(), Error> {
        let to: Vec<f64> = state.0.iter().map(|x| x + 1.5 * normal(rng)).collect();
        let log_f = target.log_density(&to);
        let rises = log_f - state.1;
        let log_accept = match self.fault {
            Fault::AcceptsAll => 0.0,
            Fault::TurnedOver => -rises,
            _ => rises,
        };
        if rng.random::<f64>().ln() < log_accept {
            state.0 = to;
            if self.fault != Fault::OldDensity {
                state.1 = log_f;
            }
        }
        Ok(())
    }
}

#[test]
fn faults_of_acceptance() {
    reversible(Mean, as_it_is, &Faulty { fault: Fault::None });
    for fault in [Fault::AcceptsAll, Fault::TurnedOver] {
        let kernel = Faulty { fault };
        seen(&geweke(Mean, as_it_is, &kernel));
        seen(&calibration(Mean, as_it_is, &kernel));
    }
}

/// A right chain of ranks needs many steps under the same data: there the old density does harm. New
/// data every second step repair it.
#[test]
fn an_old_density() {
    let kernel = Faulty { fault: Fault::OldDensity };
    seen(&calibration(Mean, as_it_is, &kernel));
    seen(&calibration(Proportion, as_it_is, &kernel));
    unseen(&geweke(Mean, as_it_is, &kernel));
}

/// The other way round: only the joint test changes the data under a running chain.
#[test]
fn a_stale_density() {
    let kernel = Faulty { fault: Fault::Stale };
    seen(&geweke(Proportion, as_it_is, &kernel));
    unseen(&calibration(Proportion, as_it_is, &kernel));
}

/// Knows the prior and does not look at the data: it keeps the law of parameters alone and of
/// data alone, so that only functions of both show it.
struct Blind;

impl Kernel<Posterior<Mean>, [f64]> for Blind {
    type State = Vec<f64>;
    type Info = ();

    fn init(&self, _: &Posterior<Mean>, x: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(x.to_vec())
    }

    fn position<'s>(&self, state: &'s Vec<f64>) -> &'s [f64] {
        state
    }

    fn step(
        &self,
        _: &Posterior<Mean>,
        state: &mut Vec<f64>,
        rng: &mut impl Rng,
    ) -> Result<(), Error> {
        state[0] = 2.0 * normal(rng);
        Ok(())
    }
}

#[test]
fn a_kernel_that_samples_the_prior() {
    let (joint, ranks) = (geweke(Mean, as_it_is, &Blind), calibration(Mean, as_it_is, &Blind));
    seen(&joint);
    seen(&ranks);
    unseen(&joint[..2]); // θ and θ²
    unseen(&ranks[..2]); // θ and its prior density
}

/// The conditionals of [`MeanAndPrecision`] with a slip.
#[derive(Clone, Copy)]
struct Slip {
    posterior: Posterior<MeanAndPrecision>,
    slip: Wrong,
}

#[derive(Clone, Copy)]
enum Wrong {
    /// The variance of μ where its standard deviation belongs.
    Variance,
    /// A shape of a + n/2 − 1/2, as if a degree of freedom had gone.
    Shape,
    /// The squares around the mean of the data, and not around μ.
    Centre,
    /// The precision as it was before, one sweep late.
    Rate,
}

impl Conditionals<[f64]> for Slip {
    fn blocks(&self) -> usize {
        2
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let data = &self.posterior.data;
        let (n, sum) = (data.len() as f64, data.iter().sum::<f64>());
        if block == 0 {
            let tau = x[1].exp();
            let precision = 1.0 + n * tau;
            let deviation = match self.slip {
                Wrong::Variance => 1.0 / precision,
                _ => 1.0 / precision.sqrt(),
            };
            x[0] = tau * sum / precision + deviation * normal(rng);
        } else {
            let centre = if matches!(self.slip, Wrong::Centre) { sum / n } else { x[0] };
            let squares: f64 = data.iter().map(|y| (y - centre).powi(2)).sum();
            let half = if matches!(self.slip, Wrong::Rate) { 1.0 } else { 0.5 };
            let missing = if matches!(self.slip, Wrong::Shape) { 0.5 } else { 0.0 };
            let shape = MeanAndPrecision::SHAPE + 0.5 * n - missing;
            let rate = MeanAndPrecision::RATE + half * squares;
            x[1] = crate::conditionals::log_gamma(shape, rate, rng);
        }
        Ok(())
    }

    fn check(&self, _: &[f64]) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn wrong_conditionals() {
    for slip in [Wrong::Variance, Wrong::Shape, Wrong::Centre, Wrong::Rate] {
        let view = |p: &Posterior<MeanAndPrecision>, _: &mut dyn Rng| Slip { posterior: *p, slip };
        seen(&geweke(MeanAndPrecision, view, &Gibbs));
        seen(&geweke(MeanAndPrecision, view, &RandomScan));
        seen(&calibration(MeanAndPrecision, view, &RandomScan));
    }
}

/// Metropolis on noisy differences, without the penalty: it samples a flatter law.
#[test]
fn a_missing_penalty() {
    let kernel = Penalty::new(RandomWalk::new(1.5).unwrap());
    seen(&geweke(Mean, hushed, &kernel));
    seen(&calibration(Mean, hushed, &kernel));
}

/// A Langevin step that is accepted always: the diffusion in steps that are not small.
struct Unadjusted;

impl Kernel<Posterior<Mean>, [f64]> for Unadjusted {
    type State = Vec<f64>;
    type Info = ();

    fn init(&self, _: &Posterior<Mean>, x: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(x.to_vec())
    }

    fn position<'s>(&self, state: &'s Vec<f64>) -> &'s [f64] {
        state
    }

    fn step(
        &self,
        target: &Posterior<Mean>,
        state: &mut Vec<f64>,
        rng: &mut impl Rng,
    ) -> Result<(), Error> {
        let mut slope = [0.0];
        target.log_density_and_grad(state, &mut slope);
        state[0] += 0.5 * 0.36 * slope[0] + 0.6 * normal(rng);
        Ok(())
    }
}

#[test]
fn a_langevin_step_without_its_acceptance() {
    seen(&geweke(Mean, as_it_is, &Unadjusted));
    seen(&calibration(Mean, as_it_is, &Unadjusted));
}

/// A right kernel, but the second of two does not hear that the first has moved.
struct Deaf(MetropolisHastings<RandomWalk>);

impl<D: LogDensity<[f64]>> Kernel<D, [f64]> for Deaf {
    type State = Point;
    type Info = MhInfo;

    fn init(&self, target: &D, x: &[f64]) -> Result<Point, Error> {
        self.0.init(target, x)
    }

    fn position<'s>(&self, state: &'s Point) -> &'s [f64] {
        state.position()
    }

    fn place(&self, _: &D, _: &mut Point, _: &[f64]) -> Result<(), Error> {
        Ok(())
    }

    fn step(&self, target: &D, state: &mut Point, rng: &mut impl Rng) -> Result<MhInfo, Error> {
        self.0.step(target, state, rng)
    }
}

#[test]
fn a_cycle_that_does_not_hand_over() {
    seen(&geweke(Proportion, as_it_is, &Deaf(walk(1.5))));
    seen(&geweke(MeanAndPrecision, as_it_is, &Cycle::new(Gibbs, Deaf(walk(0.8)))));
}
