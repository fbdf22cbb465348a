//! The two tests, for any model and any kernel.

use mcmc::Kernel;
use prob_core::{GradLogDensity, LogDensity, Seed};
use rand::{Rng, RngExt};
use rayon::prelude::*;
use testkit::{Check, chi_square, ks_two_sample};

use crate::mirror::{Mirror, turned};

/// Replicas of the joint test, its rounds in each, and the steps of the kernel before new data. Several
/// steps, so that what one leaves behind for the next is tested; an even number, since tempering
/// exchanges each pair in every second one.
const REPLICAS: u64 = 20_000;
const ROUNDS: usize = 10;
const STEPS: usize = 2;

/// Replicas of the calibration, and the places in a chain of each, [`STEPS`] apart.
const CHAINS: u64 = 4_000;
const PLACES: usize = 16;

const SEED: Seed = Seed(20_040_901);

/// A prior and a law of data given parameters, both as something to draw from and as a density.
pub trait Model: Copy + Send + Sync {
    /// The observations, of a fixed number.
    type Data: Copy + Send + Sync;

    /// A draw of the parameters.
    fn draw(self, rng: &mut impl Rng) -> Vec<f64>;

    /// A draw of the data given the parameters.
    fn observe(self, theta: &[f64], rng: &mut impl Rng) -> Self::Data;

    /// `ln p(θ)` up to a constant.
    fn log_prior(self, theta: &[f64]) -> f64;

    /// `ln p(y | θ)` up to a function of the data.
    fn log_likelihood(self, theta: &[f64], data: &Self::Data) -> f64;

    /// A number that sums the data up.
    fn statistic(self, data: &Self::Data) -> f64;
}

/// The law of the parameters of a model given data: what kernels are to keep.
#[derive(Clone, Copy)]
pub struct Posterior<M: Model> {
    pub model: M,
    pub data: M::Data,
}

impl<M: Model> LogDensity<[f64]> for Posterior<M> {
    fn log_density(&self, theta: &[f64]) -> f64 {
        self.model.log_prior(theta) + self.model.log_likelihood(theta, &self.data)
    }
}

/// A model with slopes.
pub trait Smooth: Model {
    /// The gradient of `ln p(θ) + ln p(y | θ)` by θ.
    fn slope(self, theta: &[f64], data: &Self::Data, slope: &mut [f64]);
}

impl<M: Smooth> GradLogDensity for Posterior<M> {
    fn log_density_and_grad(&self, theta: &[f64], slope: &mut [f64]) -> f64 {
        self.model.slope(theta, &self.data, slope);
        self.log_density(theta)
    }
}

/// The posterior itself, for kernels that take it as it is.
pub fn as_it_is<M: Model>(posterior: &Posterior<M>, _: &mut dyn Rng) -> Posterior<M> {
    *posterior
}

/// The name of a test, with the model's.
fn named<M>(test: &str) -> String {
    let path = std::any::type_name::<M>();
    format!("{test} of {}", path.rsplit("::").next().unwrap_or(path))
}

/// The numbers whose joint law both simulators of Geweke must share. Most of them are functions of
/// parameters *and* data: a kernel that samples the prior whatever the data keeps the law of the
/// parameters alone.
fn summaries<M: Model>(theta: &[f64], posterior: &Posterior<M>, rng: &mut impl Rng) -> Vec<f64> {
    let Posterior { model, data } = posterior;
    let statistic = model.statistic(data);
    let mut all = theta.to_vec();
    all.extend(theta.iter().map(|t| t * t));
    all.extend(theta.iter().map(|t| t * statistic));
    all.extend(theta.windows(2).map(|t| t[0] * t[1]));
    all.extend([statistic, model.log_prior(theta), model.log_likelihood(theta, data)]);
    // Breaks ties, which laws of whole numbers have, and does nothing else.
    all.iter_mut().for_each(|x| *x += 1e-9 * rng.random::<f64>());
    all
}

/// Not generic in what runs, so that the loop over threads is compiled once and not for every kernel.
fn in_parallel<T: Send>(times: u64, run: &(dyn Fn(u64) -> Vec<T> + Sync)) -> Vec<Vec<T>> {
    (0..times).into_par_iter().map(run).collect()
}

/// The two samples of each summary against each other.
fn compare(what: &str, a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Check> {
    let column = |sample: &[Vec<f64>], i: usize| -> Vec<f64> {
        sample.iter().map(|summaries| summaries[i]).collect()
    };
    let check = |i| ks_two_sample(format!("{what}, {i}"), &column(a, i), &column(b, i)).unwrap();
    (0..a[0].len()).into_par_iter().map(check).collect()
}

/// Geweke's test: the marginal-conditional simulator against the successive-conditional one.
///
/// `view` makes the kernel's target from the posterior of the data. The state goes through
/// [`Kernel::place`] when the data are new.
pub fn geweke<M: Model, T, K: Kernel<T, [f64]> + Sync>(
    model: M,
    view: impl Fn(&Posterior<M>, &mut dyn Rng) -> T + Sync,
    kernel: &K,
) -> Vec<Check> {
    let marginal = |replica: u64| {
        let mut rng = SEED.stream("marginal-conditional", replica);
        let theta = model.draw(&mut rng);
        let data = model.observe(&theta, &mut rng);
        summaries(&theta, &Posterior { model, data }, &mut rng)
    };
    let successive = |replica: u64| {
        let mut rng = SEED.stream("successive-conditional", replica);
        let mut theta = model.draw(&mut rng);
        let data = model.observe(&theta, &mut rng);
        let mut posterior = Posterior { model, data };
        let mut target = view(&posterior, &mut rng);
        let mut state = kernel.init(&target, &theta).unwrap();
        for round in 0..ROUNDS {
            if round > 0 {
                posterior.data = model.observe(&theta, &mut rng);
                target = view(&posterior, &mut rng);
                kernel.place(&target, &mut state, &theta).unwrap();
            }
            for _ in 0..STEPS {
                kernel.step(&target, &mut state, &mut rng).unwrap();
            }
            theta.copy_from_slice(kernel.position(&state));
        }
        // Ends with the step, not with new data: then the pair shows how the step used the data.
        summaries(&theta, &posterior, &mut rng)
    };
    let (a, b) = (in_parallel(REPLICAS, &marginal), in_parallel(REPLICAS, &successive));
    compare(&named::<M>("joint"), &a, &b)
}

/// Simulation-based calibration of a kernel that is reversible: its own way back.
pub fn calibration<M: Model, T, K: Kernel<T, [f64]> + Sync>(
    model: M,
    view: impl Fn(&Posterior<M>, &mut dyn Rng) -> T + Sync,
    kernel: &K,
) -> Vec<Check> {
    ranks(model, |posterior, theta, back, rng, ranking| {
        let target = view(posterior, rng);
        let start = kernel.init(&target, theta).unwrap();
        visit(kernel, &target, start.clone(), PLACES - 1 - back, rng, |x| ranking.add(x));
        visit(kernel, &target, start, back, rng, |x| ranking.add(x));
    })
}

/// Simulation-based calibration of a kernel that is not: `backward` is the time reversal of
/// `forward`, on the [`Mirror`] of the target. What goes through coordinates in order, goes through
/// them in the reverse order there.
pub fn calibration_of_sweep<M, T, F, B>(
    model: M,
    view: impl Fn(&Posterior<M>, &mut dyn Rng) -> T + Sync,
    forward: &F,
    backward: &B,
) -> Vec<Check>
where
    M: Model,
    F: Kernel<T, [f64]> + Sync,
    B: Kernel<Mirror<T>, [f64]> + Sync,
{
    ranks(model, |posterior, theta, back, rng, ranking| {
        let target = view(posterior, rng);
        let start = forward.init(&target, theta).unwrap();
        visit(forward, &target, start, PLACES - 1 - back, rng, |x| ranking.add(x));
        let mirror = Mirror(target);
        let start = backward.init(&mirror, &turned(theta)).unwrap();
        visit(backward, &mirror, start, back, rng, |x| ranking.add(&turned(x)));
    })
}

/// Goes on from a state and shows every [`STEPS`]-th position.
fn visit<T, K: Kernel<T, [f64]>>(
    kernel: &K,
    target: &T,
    mut state: K::State,
    times: usize,
    mut rng: &mut dyn Rng,
    mut see: impl FnMut(&[f64]),
) {
    for _ in 0..times {
        for _ in 0..STEPS {
            kernel.step(target, &mut state, &mut rng).unwrap();
        }
        see(kernel.position(&state));
    }
}

/// Counts, for some functions of parameters and data, what lies below the value at the true
/// parameters, and what equals it.
pub struct Ranking<'a, M: Model> {
    posterior: &'a Posterior<M>,
    truth: Vec<f64>,
    below: Vec<usize>,
    equal: Vec<usize>,
}

impl<'a, M: Model> Ranking<'a, M> {
    fn new(posterior: &'a Posterior<M>, theta: &[f64]) -> Self {
        let truth = Self::functions(posterior, theta);
        let zeros = vec![0; truth.len()];
        Self { posterior, truth, below: zeros.clone(), equal: zeros }
    }

    /// The coordinates alone do not see everything: a walk that accepts all it proposes has
    /// calibrated ranks of coordinates, and so has one that knows the prior alone. The density of
    /// prior and data sees both (Modrák et al. 2023).
    fn functions(posterior: &Posterior<M>, theta: &[f64]) -> Vec<f64> {
        let Posterior { model, data } = posterior;
        let mut all = theta.to_vec();
        all.extend([model.log_prior(theta), model.log_likelihood(theta, data)]);
        all
    }

    fn add(&mut self, theta: &[f64]) {
        let functions = Self::functions(self.posterior, theta);
        for (i, (x, truth)) in functions.iter().zip(&self.truth).enumerate() {
            self.below[i] += usize::from(x < truth);
            self.equal[i] += usize::from(x == truth);
        }
    }

    /// The ranks, ties broken by chance.
    fn ranks(&self, rng: &mut impl Rng) -> Vec<usize> {
        let each = self.below.iter().zip(&self.equal);
        each.map(|(below, equal)| below + rng.random_range(0..=*equal)).collect()
    }
}

/// The ranks of the true parameters at a random place of a chain, of which `walk` shows the other
/// places: `back` of them before it.
fn ranks<M: Model>(
    model: M,
    walk: impl Fn(&Posterior<M>, &[f64], usize, &mut dyn Rng, &mut Ranking<'_, M>) + Sync,
) -> Vec<Check> {
    let run = |chain: u64| {
        let mut rng = SEED.stream("calibration", chain);
        let theta = model.draw(&mut rng);
        let data = model.observe(&theta, &mut rng);
        let posterior = Posterior { model, data };
        let back = rng.random_range(0..PLACES);
        let mut ranking = Ranking::new(&posterior, &theta);
        walk(&posterior, &theta, back, &mut rng, &mut ranking);
        ranking.ranks(&mut rng)
    };
    let all: Vec<Vec<usize>> = in_parallel(CHAINS, &run);
    let check = |i: usize| {
        let mut counts = [0; PLACES];
        all.iter().for_each(|ranks| counts[ranks[i]] += 1);
        chi_square(format!("{}, {i}", named::<M>("ranks")), &counts, &[1.0 / PLACES as f64; PLACES])
            .unwrap()
    };
    (0..all[0].len()).map(check).collect()
}
