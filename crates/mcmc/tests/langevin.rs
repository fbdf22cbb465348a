//! The Langevin kernel against the closed form of its proposal, and laws with a known distribution.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;

use mcmc::{Acceptance, Error, Kernel, Langevin, Tempering};
use nalgebra::{dmatrix, dvector};
use prob_core::{ChiSquare, GradLogDensity, LogDensity, MvNormal, Normal, Path, Seed, Univariate};
use proptest::prelude::*;
use rand::distr::Distribution;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use testkit::{Check, FalseAlarm, holds, ks, negative_control};

const CHAINS: u64 = 4_000;
const RULES: [Acceptance; 2] = [Acceptance::Metropolis, Acceptance::Barker];

/// The logistic law to the power `beta`: its slope is not linear, so that the drift is no exact one.
struct Logistic {
    beta: f64,
}

impl LogDensity<[f64]> for Logistic {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.beta * x.iter().map(|x| -x.abs() - 2.0 * (-x.abs()).exp().ln_1p()).sum::<f64>()
    }
}

impl GradLogDensity for Logistic {
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        grad.iter_mut().zip(x).for_each(|(g, x)| *g = -self.beta * (0.5 * x).tanh());
        self.log_density(x)
    }
}

fn logistic_cdf(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn normal_law() -> MvNormal {
    let covariance = dmatrix![1.0, 0.6, -0.2; 0.6, 2.0, 0.3; -0.2, 0.3, 0.5];
    MvNormal::new(dvector![1.0, -2.0, 0.5], covariance).unwrap()
}

/// `ln T(x→y)` from the normal law of each coordinate.
fn log_proposal(epsilon: f64, x: &[f64], grad_x: &[f64], y: &[f64]) -> f64 {
    let coordinate = |i: usize| {
        let mean = x[i] + 0.5 * epsilon * epsilon * grad_x[i];
        Normal::new(mean, epsilon).unwrap().log_prob(y[i])
    };
    (0..x.len()).map(coordinate).sum()
}

fn vectors() -> impl Strategy<Value = Vec<[f64; 4]>> {
    prop::collection::vec(prop::array::uniform4(-3.0f64..3.0), 1..5)
}

proptest! {
    /// `eq:mh-balance` with the normal densities of the proposals, for any points and any slopes.
    #[test]
    fn detailed_balance(
        rows in vectors(),
        epsilon in 0.05f64..3.0,
        (log_fx, log_fy) in (-30f64..30.0, -30f64..30.0),
    ) {
        let [x, grad_x, y, grad_y] =
            [0, 1, 2, 3].map(|k| rows.iter().map(|row| row[k]).collect::<Vec<f64>>());
        let kernel = Langevin::new(epsilon).unwrap();
        let (there, back) =
            (log_proposal(epsilon, &x, &grad_x, &y), log_proposal(epsilon, &y, &grad_y, &x));
        let log_ratio = kernel.log_ratio(&x, &grad_x, &y, &grad_y);
        let size = there.abs().max(back.abs()).max(1.0);
        prop_assert!((log_ratio - (back - there)).abs() < 1e-13 * size);
        prop_assert_eq!(kernel.log_ratio(&y, &grad_y, &x, &grad_x), -log_ratio);
        for rule in RULES {
            let flow = log_fx + there + rule.log_accept(log_fx, log_fy, log_ratio);
            let reverse = log_fy + back + rule.log_accept(log_fy, log_fx, -log_ratio);
            prop_assert!((flow - reverse).abs() < 1e-13 * (size + 60.0));
        }
    }
}

#[test]
fn slopes_are_those_of_finite_differences() {
    let agree = |law: &dyn GradLogDensity, x: &[f64]| {
        let (mut grad, step) = (vec![0.0; x.len()], 1e-5);
        assert_eq!(law.log_density_and_grad(x, &mut grad), law.log_density(x));
        for i in 0..x.len() {
            let at = |shift: f64| {
                let mut x = x.to_vec();
                x[i] += shift;
                law.log_density(&x)
            };
            let slope = (at(step) - at(-step)) / (2.0 * step);
            assert!((grad[i] - slope).abs() < 1e-8, "{} and {slope}", grad[i]);
        }
    };
    for x in [-2.5, -0.3, 0.7, 4.0] {
        agree(&Logistic { beta: 0.7 }, &[x]);
        agree(&normal_law(), &[x, 1.0 - x, 0.5 * x]);
    }
}

/// A step written out with the two densities of the proposal; without `hastings` it forgets them.
fn by_hand(
    law: &dyn GradLogDensity,
    epsilon: f64,
    hastings: bool,
    x: &mut [f64],
    rng: &mut impl Rng,
) {
    let (mut grad_x, mut grad_y) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let log_fx = law.log_density_and_grad(x, &mut grad_x);
    let step = |(x, g): (&f64, &f64), z: f64| x + 0.5 * epsilon.powi(2) * g + epsilon * z;
    let y: Vec<f64> =
        x.iter().zip(&grad_x).map(|at| step(at, StandardNormal.sample(rng))).collect();
    let log_fy = law.log_density_and_grad(&y, &mut grad_y);
    let ratio = log_proposal(epsilon, &y, &grad_y, x) - log_proposal(epsilon, x, &grad_x, &y);
    let log_r = log_fy - log_fx + if hastings { ratio } else { 0.0 };
    if rng.random::<f64>() < log_r.exp() {
        x.copy_from_slice(&y);
    }
}

#[test]
fn a_step_is_the_one_written_out() {
    let law = normal_law();
    let kernel = Langevin::new(0.9).unwrap();
    let (mut rng, mut same) = (Seed(1).stream("step", 0), Seed(1).stream("step", 0));
    let mut state = kernel.init(&law, &[0.0, 0.0, 0.0]).unwrap();
    let (mut x, mut accepted) = ([0.0; 3], 0);
    for _ in 0..2_000 {
        accepted += u32::from(kernel.step(&law, &mut state, &mut rng).unwrap().accepted);
        by_hand(&law, 0.9, true, &mut x, &mut same);
        assert!(x.iter().zip(state.position()).all(|(a, b)| (a - b).abs() < 1e-12));
        x.copy_from_slice(state.position());
    }
    assert!((400..1_900).contains(&accepted), "{accepted}: both outcomes were compared");
}

/// Where chains are after `steps` steps from an exact draw of the logistic law.
fn logistic_ends(steps: usize, step: impl Fn(&Logistic, f64, &mut dyn Rng, usize) -> f64) -> Check {
    let law = Logistic { beta: 1.0 };
    let end = |chain| {
        let mut rng = Seed(2).stream("chain", chain);
        let u: f64 = rng.random();
        step(&law, (u / (1.0 - u)).ln(), &mut rng, steps)
    };
    let sample: Vec<f64> = (0..CHAINS).map(end).collect();
    ks("logistic", &sample, logistic_cdf).unwrap()
}

fn kernel_ends(kernel: Langevin, steps: usize) -> Check {
    logistic_ends(steps, |law, x, mut rng, steps| {
        let mut state = kernel.init(law, &[x]).unwrap();
        for _ in 0..steps {
            kernel.step(law, &mut state, &mut rng).unwrap();
        }
        state.position()[0]
    })
}

fn forgetful_ends(epsilon: f64, steps: usize) -> Check {
    logistic_ends(steps, |law, x, mut rng, steps| {
        let mut x = [x];
        (0..steps).for_each(|_| by_hand(law, epsilon, false, &mut x, &mut rng));
        x[0]
    })
}

/// From a draw of the law every step is one, in one dimension; control: without the ratio of the
/// proposals it is not.
#[test]
fn a_step_keeps_the_logistic_law() {
    let kernels = [0.5, 2.0, 4.0]
        .into_iter()
        .flat_map(|epsilon| RULES.map(|rule| Langevin::new(epsilon).unwrap().accepting(rule)));
    let checks: Vec<Check> = kernels.map(|kernel| kernel_ends(kernel, 8)).collect();
    holds(&checks, FalseAlarm::DEFAULT);
    negative_control(&[forgetful_ends(2.0, 8)], FalseAlarm::DEFAULT);
}

/// In three dimensions: each coordinate, and the distance from the mean, which sees all of them.
fn normal_ends(step: impl Fn(&MvNormal, Vec<f64>, &mut dyn Rng) -> Vec<f64>) -> Vec<Check> {
    let law = normal_law();
    let end = |chain| {
        let mut rng = Seed(3).stream("chain", chain);
        let x = law.sample(&mut rng);
        step(&law, x.as_slice().to_vec(), &mut rng)
    };
    let ends: Vec<Vec<f64>> = (0..CHAINS).map(end).collect();
    let coordinate = |i: usize| {
        let marginal = Normal::new(law.mean()[i], law.covariance()[(i, i)].sqrt()).unwrap();
        let sample: Vec<f64> = ends.iter().map(|x| x[i]).collect();
        ks(format!("x[{i}]"), &sample, |x| marginal.cdf(x)).unwrap()
    };
    let distances: Vec<f64> = ends.iter().map(|x| law.mahalanobis(x)).collect();
    let chi_square = ChiSquare::new(3.0).unwrap();
    let distance = ks("distance", &distances, |x| chi_square.cdf(x)).unwrap();
    (0..3).map(coordinate).chain([distance]).collect()
}

#[test]
fn steps_keep_a_normal_law_of_three_variables() {
    for rule in RULES {
        let kernel = Langevin::new(0.8).unwrap().accepting(rule);
        let checks = normal_ends(|law, x, mut rng| {
            let mut state = kernel.init(law, &x).unwrap();
            for _ in 0..8 {
                kernel.step(law, &mut state, &mut rng).unwrap();
            }
            state.position().to_vec()
        });
        holds(&checks, FalseAlarm::DEFAULT);
    }
    let forgetful = normal_ends(|law, mut x, mut rng| {
        (0..8).for_each(|_| by_hand(law, 0.8, false, &mut x, &mut rng));
        x
    });
    negative_control(&forgetful, FalseAlarm::DEFAULT);
}

/// Counts how often the law is asked.
struct Counted<'a>(&'a Cell<u32>);

impl LogDensity<[f64]> for Counted<'_> {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.0.set(self.0.get() + 1);
        Logistic { beta: 1.0 }.log_density(x)
    }
}

impl GradLogDensity for Counted<'_> {
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        self.0.set(self.0.get() + 1);
        Logistic { beta: 1.0 }.log_density_and_grad(x, grad)
    }
}

#[test]
fn a_step_takes_one_gradient() {
    let calls = Cell::new(0);
    let law = Counted(&calls);
    let kernel = Langevin::new(1.5).unwrap();
    let mut rng = Seed(4).stream("calls", 0);
    let mut state = kernel.init(&law, &[0.3]).unwrap();
    for step in 1..100 {
        kernel.step(&law, &mut state, &mut rng).unwrap();
        assert_eq!(calls.get(), 1 + step);
    }
}

/// A point that is placed under another law has that law's slope, and goes on as one that starts there.
#[test]
fn a_slope_is_never_stale() {
    let (law, other) = (Logistic { beta: 1.0 }, Logistic { beta: 0.2 });
    let kernel = Langevin::new(1.5).unwrap();
    let mut state = kernel.init(&law, &[0.3, -1.0]).unwrap();
    let mut rng = Seed(5).stream("stale", 0);
    for _ in 0..10 {
        kernel.step(&law, &mut state, &mut rng).unwrap();
    }
    let x = state.position().to_vec();
    for x in [x, vec![2.0, 0.5]] {
        kernel.place(&other, &mut state, &x).unwrap();
        let mut fresh = kernel.init(&other, &x).unwrap();
        let (mut a, mut b) = (Seed(5).stream("on", 0), Seed(5).stream("on", 0));
        for _ in 0..20 {
            assert_eq!(
                (state.position(), state.log_density(), state.gradient()),
                (fresh.position(), fresh.log_density(), fresh.gradient())
            );
            let one = kernel.step(&other, &mut state, &mut a).unwrap();
            assert_eq!(one, kernel.step(&other, &mut fresh, &mut b).unwrap());
        }
        kernel.place(&law, &mut state, &x).unwrap();
    }
}

struct Cooling;

impl Path for Cooling {
    type Law = Logistic;

    fn at(&self, beta: f64) -> Logistic {
        Logistic { beta }
    }
}

/// Exchanges put points under other laws: each level has the slope of its own.
#[test]
fn a_slope_is_never_stale_in_tempering() {
    let betas = [0.2, 0.5, 1.0];
    let tempering = Tempering::new(Langevin::new(1.5).unwrap(), betas.to_vec()).unwrap();
    let mut rng = Seed(6).stream("stale", 0);
    let mut state = tempering.init(&Cooling, &[1.0]).unwrap();
    for _ in 0..500 {
        tempering.step(&Cooling, &mut state, &mut rng).unwrap();
        for (level, beta) in state.levels().iter().zip(betas) {
            let mut grad = [0.0];
            let log_f = Cooling.at(beta).log_density_and_grad(level.position(), &mut grad);
            assert_eq!((level.log_density(), level.gradient()), (log_f, grad.as_slice()));
        }
    }
    assert!(state.accepted().iter().all(|n| *n > 50));
}

/// A slope that is `slope` beyond 0, and a density that is `density` there.
struct Faulty {
    density: f64,
    slope: f64,
}

impl LogDensity<[f64]> for Faulty {
    fn log_density(&self, x: &[f64]) -> f64 {
        if x[1] > 0.0 { self.density } else { 0.0 }
    }
}

impl GradLogDensity for Faulty {
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        grad.copy_from_slice(&[0.0, if x[1] > 0.0 { self.slope } else { 0.0 }]);
        self.log_density(x)
    }
}

/// What stops a chain that starts within, with the state that it leaves.
fn stopped(law: &Faulty) -> Error {
    let kernel = Langevin::new(1.0).unwrap();
    let mut rng = Seed(7).stream("faulty", 0);
    let mut state = kernel.init(law, &[0.0, -0.1]).unwrap();
    loop {
        let before = (state.position().to_vec(), state.gradient().to_vec(), state.log_density());
        if let Err(error) = kernel.step(law, &mut state, &mut rng) {
            let after = (state.position().to_vec(), state.gradient().to_vec(), state.log_density());
            assert_eq!(before, after, "an error leaves the state");
            return error;
        }
    }
}

#[test]
fn a_broken_slope_or_density_is_an_error_that_names_the_point() {
    for slope in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let law = Faulty { density: 0.0, slope };
        match stopped(&law) {
            Error::BrokenGradient { index: 1, value, point } => {
                assert_eq!((value.is_nan(), value == slope), (slope.is_nan(), !slope.is_nan()));
                assert!(point[1] > 0.0);
            }
            other => panic!("{other}"),
        }
        let start = Langevin::new(1.0).unwrap().init(&law, &[0.0, 2.0]).unwrap_err();
        assert!(matches!(start, Error::BrokenGradient { index: 1, .. }));
    }
    for density in [f64::NAN, f64::INFINITY] {
        let law = Faulty { density, slope: 0.0 };
        assert!(matches!(stopped(&law), Error::BrokenLogDensity { .. }));
        let start = Langevin::new(1.0).unwrap().init(&law, &[0.0, 2.0]).unwrap_err();
        assert!(matches!(start, Error::OutsideSupport { .. }));
    }
}

/// No density, and no slope that means anything: a rejection. So is a proposal beyond all numbers.
#[test]
fn what_lies_off_the_support_is_rejected() {
    let kernel = Langevin::new(1.0).unwrap();
    let law = Faulty { density: f64::NEG_INFINITY, slope: f64::NAN };
    let mut rng = Seed(8).stream("off", 0);
    let mut accepted = 0;
    for _ in 0..200 {
        let mut state = kernel.init(&law, &[0.0, -0.1]).unwrap();
        accepted += u32::from(kernel.step(&law, &mut state, &mut rng).unwrap().accepted);
        assert!(state.position()[1] <= 0.0);
    }
    assert!((50..150).contains(&accepted), "{accepted}");
    let steep = Langevin::new(1e200).unwrap();
    let law = Logistic { beta: 1e10 };
    let mut state = steep.init(&law, &[1.0]).unwrap();
    let info = steep.step(&law, &mut state, &mut rng).unwrap();
    assert_eq!((info.accepted, info.log_accept), (false, f64::NEG_INFINITY));
}

#[test]
fn bad_steps_and_points_are_refused() {
    for epsilon in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(Langevin::new(epsilon), Err(Error::NotPositive { .. })), "{epsilon}");
    }
    let (kernel, law) = (Langevin::new(1.0).unwrap(), Logistic { beta: 1.0 });
    assert!(matches!(kernel.init(&law, &[]), Err(Error::Zero { .. })));
    assert!(matches!(kernel.init(&law, &[f64::NAN]), Err(Error::NotFinite { .. })));
    let mut state = kernel.init(&law, &[1.0]).unwrap();
    let longer = kernel.place(&law, &mut state, &[1.0, 2.0]);
    assert!(matches!(longer, Err(Error::LengthMismatch { expected: 1, found: 2, .. })));
    assert!(matches!(kernel.place(&law, &mut state, &[f64::NAN]), Err(Error::NotFinite { .. })));
    assert_eq!(state, kernel.init(&law, &[1.0]).unwrap());
}
