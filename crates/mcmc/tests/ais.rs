//! Annealed importance sampling against partition functions that are enumerated.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Annealed, Error, Kernel, MetropolisHastings, MhInfo, Point, Proposal, RandomWalk, Reason, ais,
    bracket, reverse_ais,
};
use prob_core::{Bridge, GeometricPath, LogDensity, Path, Seed, logspace::log_sum_exp};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use testkit::{Check, FalseAlarm, holds, negative_control, z};

/// A law on bits, each 0.0 or 1.0: fields and couplings of either sign.
#[derive(Clone)]
struct Ising {
    fields: Vec<f64>,
    /// Of bits `i < j` at `i · n + j`.
    couplings: Vec<f64>,
}

impl Ising {
    fn random(bits: usize, scale: f64, rng: &mut impl Rng) -> Self {
        let mut normal = |scale: f64| {
            let z: f64 = StandardNormal.sample(rng);
            scale * z
        };
        let fields = (0..bits).map(|_| normal(0.5)).collect();
        let couplings = (0..bits * bits).map(|_| normal(scale)).collect();
        Self { fields, couplings }
    }

    fn points(&self) -> Vec<Vec<f64>> {
        let bits = self.fields.len();
        (0..1usize << bits).map(|s| (0..bits).map(|i| (s >> i & 1) as f64).collect()).collect()
    }

    fn log_z(&self) -> f64 {
        let all: Vec<f64> = self.points().iter().map(|x| self.log_density(x)).collect();
        log_sum_exp(&all)
    }

    /// An exact draw, by the table of all points.
    fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<f64> {
        let (points, log_z) = (self.points(), self.log_z());
        let mut left: f64 = rng.random();
        let drawn = points.iter().find(|x| {
            left -= (self.log_density(x) - log_z).exp();
            left < 0.0
        });
        drawn.unwrap_or(&points[0]).clone()
    }
}

impl LogDensity<[f64]> for Ising {
    fn log_density(&self, x: &[f64]) -> f64 {
        let n = self.fields.len();
        let field: f64 = self.fields.iter().zip(x).map(|(h, x)| h * x).sum();
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
        field + pairs.map(|(i, j)| self.couplings[i * n + j] * x[i] * x[j]).sum::<f64>()
    }
}

/// Chooses a bit and turns it over: always up, but down only with chance 0.3.
struct Flip {
    /// What is reported of the ratio: 0 forgets it.
    reported: f64,
}

const HONEST: MetropolisHastings<Flip> = MetropolisHastings::new(Flip { reported: 1.0 });
const FORGETFUL: MetropolisHastings<Flip> = MetropolisHastings::new(Flip { reported: 0.0 });

impl Proposal for Flip {
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        to.copy_from_slice(from);
        let bit = rng.random_range(0..from.len());
        let coin: f64 = rng.random();
        if from[bit] == 0.0 {
            to[bit] = 1.0;
            self.reported * 0.3f64.ln()
        } else if coin < 0.3 {
            to[bit] = 0.0;
            -self.reported * 0.3f64.ln()
        } else {
            0.0
        }
    }
}

/// 50 pairs of laws on 4 to 6 bits: independent bits, and strongly coupled ones.
fn models(scale: f64) -> Vec<GeometricPath<Ising, Ising>> {
    let model = |i: u64| {
        let mut rng = Seed(1).stream("model", i);
        let bits = 4 + i as usize % 3;
        let from = Ising::random(bits, 0.0, &mut rng);
        GeometricPath { from, to: Ising::random(bits, scale, &mut rng) }
    };
    (0..50).map(model).collect()
}

fn exact(path: &GeometricPath<Ising, Ising>) -> f64 {
    path.to.log_z() - path.from.log_z()
}

fn even(steps: usize) -> Vec<f64> {
    (0..=steps).map(|k| k as f64 / steps as f64).collect()
}

fn forward<K>(
    path: &GeometricPath<Ising, Ising>,
    kernel: &K,
    betas: &[f64],
    particles: usize,
) -> Annealed
where
    K: for<'a> Kernel<Bridge<'a, Ising, Ising>, [f64]> + Sync,
{
    ais(path, kernel, betas, particles, |rng| path.from.draw(rng), Seed(2)).unwrap()
}

/// With starts that are drawn from `law`, which is `path.to` if all is right.
fn reverse<K>(
    path: &GeometricPath<Ising, Ising>,
    law: &Ising,
    kernel: &K,
    betas: &[f64],
    particles: usize,
) -> Annealed
where
    K: for<'a> Kernel<Bridge<'a, Ising, Ising>, [f64]> + Sync,
{
    let mut rng = Seed(3).stream("starts", 0);
    let starts: Vec<_> = (0..particles).map(|_| law.draw(&mut rng)).collect();
    reverse_ais(path, kernel, betas, &starts, Seed(3)).unwrap()
}

/// `E[w] Z_start / Z_end = 1`, in units of the standard error of the mean.
fn mean_weight(annealed: &Annealed, log_ratio: f64, what: String) -> Check {
    let weights: Vec<f64> = annealed.log_weights().iter().map(|w| (w - log_ratio).exp()).collect();
    let n = weights.len() as f64;
    let mean = weights.iter().sum::<f64>() / n;
    let variance = weights.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / (n - 1.0);
    z(what, mean, 1.0, (variance / n).sqrt()).unwrap()
}

fn mean_weights<K>(kernel: &K) -> Vec<Check>
where
    K: for<'a> Kernel<Bridge<'a, Ising, Ising>, [f64]> + Sync,
{
    let (betas, models) = ([0.0, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0], models(0.7));
    let both = |(i, path): (usize, &GeometricPath<Ising, Ising>)| {
        let forward = forward(path, kernel, &betas, 2_000);
        let reverse = reverse(path, &path.to, kernel, &betas, 2_000);
        [
            mean_weight(&forward, exact(path), format!("model {i}, forward")),
            mean_weight(&reverse, -exact(path), format!("model {i}, reverse")),
        ]
    };
    models.iter().enumerate().flat_map(both).collect()
}

/// Keeps the log density that it knew from the law before.
struct Stale(MetropolisHastings<Flip>);

impl<D: LogDensity<[f64]>> Kernel<D, [f64]> for Stale {
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
fn the_mean_weight_is_the_exact_ratio_on_fifty_models() {
    holds(&mean_weights(&HONEST), FalseAlarm::DEFAULT);
    negative_control(&mean_weights(&FORGETFUL), FalseAlarm::DEFAULT);
}

/// One bit and one level between: a single move, whose mistakes no fine path hides.
fn one_move<K>(kernel: &K) -> Vec<Check>
where
    K: for<'a> Kernel<Bridge<'a, Ising, Ising>, [f64]> + Sync,
{
    let bit = |field: f64| Ising { fields: vec![field], couplings: vec![0.0] };
    let path = GeometricPath { from: bit(0.2), to: bit(1.7) };
    let forward = forward(&path, kernel, &[0.0, 0.5, 1.0], 20_000);
    let reverse = reverse(&path, &path.to, kernel, &[0.0, 0.5, 1.0], 20_000);
    vec![
        mean_weight(&forward, exact(&path), "forward".into()),
        mean_weight(&reverse, -exact(&path), "reverse".into()),
    ]
}

#[test]
fn each_move_is_made_under_the_law_of_its_level() {
    holds(&one_move(&HONEST), FalseAlarm::DEFAULT);
    negative_control(&one_move(&FORGETFUL), FalseAlarm::DEFAULT);
    negative_control(&one_move(&Stale(HONEST)), FalseAlarm::DEFAULT);
}

/// How many of the 50 brackets at 95 % miss the truth.
fn misses(starts: impl Fn(&GeometricPath<Ising, Ising>) -> Ising) -> usize {
    let betas = even(4);
    let missed = |path: &&GeometricPath<Ising, Ising>| {
        let forward = forward(path, &HONEST, &betas, 100);
        let reverse = reverse(path, &starts(path), &HONEST, &betas, 100);
        let (lower, upper) = bracket(&forward, &reverse, 0.95).unwrap();
        !(lower..=upper).contains(&exact(path))
    };
    models(3.0).iter().filter(missed).count()
}

/// 13 or more misses of at most 5 % each have a chance below 1e-6.
const TOO_MANY: usize = 13;

#[test]
fn brackets_hold_the_exact_ratio_as_often_as_they_say() {
    assert!(misses(|path| path.to.clone()) < TOO_MANY);
    let control = misses(|path| path.from.clone());
    assert!(control >= TOO_MANY, "starts of the wrong law were seen {control} times only");
}

#[test]
fn bounds_close_in_on_the_ratio_as_the_path_gets_finer() {
    let path = &models(1.5)[5];
    let gap = |steps: usize| {
        let betas = even(steps);
        let forward = forward(path, &HONEST, &betas, 2_000).log_weights().to_vec();
        let reverse = reverse(path, &path.to, &HONEST, &betas, 2_000).log_weights().to_vec();
        // The mean of ln w, not the logarithm of the mean: Jensen's gap, which is not a matter of luck.
        let mean = |w: &[f64]| w.iter().sum::<f64>() / w.len() as f64;
        let (lower, upper) = (mean(&forward), -mean(&reverse));
        assert!(lower < exact(path) && exact(path) < upper, "{lower} {} {upper}", exact(path));
        upper - lower
    };
    let (coarse, fine) = (gap(4), gap(256));
    assert!(fine < 0.2 * coarse, "the gap goes from {coarse} to {fine}");
}

#[test]
fn weights_are_constant_where_the_ends_coincide() {
    let law = models(2.0)[2].to.clone();
    let starts = vec![law.points()[5].clone(); 20];
    let shift = 2.5;
    let shifted = |x: &[f64]| law.log_density(x) + shift;
    let path = GeometricPath { from: &|x: &[f64]| law.log_density(x), to: &shifted };
    let there = ais(&path, &HONEST, &even(30), 20, |rng| law.draw(rng), Seed(4)).unwrap();
    let back = reverse_ais(&path, &HONEST, &even(30), &starts, Seed(4)).unwrap();
    assert!(there.log_weights().iter().all(|w| (w - shift).abs() < 1e-12));
    assert!(back.log_weights().iter().all(|w| (w + shift).abs() < 1e-12));
    assert!((there.log_ratio() - shift).abs() < 1e-12);
    assert!((there.ess() - 20.0).abs() < 1e-9);
}

/// One law at every `beta`: nothing is rounded, and the weight is 1 to the last bit.
#[derive(Clone)]
struct Still(Ising);

impl Path for Still {
    type Law = Ising;

    fn at(&self, _: f64) -> Ising {
        self.0.clone()
    }
}

#[test]
fn a_path_that_stands_still_has_weights_of_one() {
    let law = models(2.0)[1].to.clone();
    let path = Still(law.clone());
    let annealed = ais(path, &HONEST, &even(10), 5, |rng| law.draw(rng), Seed(5)).unwrap();
    assert_eq!(annealed.log_weights(), [0.0; 5]);
    assert_eq!(annealed.ess(), 5.0);
}

#[test]
fn one_jump_is_importance_sampling() {
    let path = &models(1.0)[0];
    let annealed = forward(path, &HONEST, &[0.0, 1.0], 9);
    for (i, w) in annealed.log_weights().iter().enumerate() {
        let x = path.from.draw(&mut Seed(2).stream("ais", i as u64));
        assert_eq!(*w, path.to.log_density(&x) - path.from.log_density(&x));
    }
}

#[test]
fn bits_do_not_depend_on_the_number_of_threads_or_particles() {
    let path = &models(1.0)[3];
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            (forward(path, &HONEST, &even(10), 50), reverse(path, &path.to, &HONEST, &even(10), 50))
        })
    };
    let one = with_threads(1);
    assert_eq!(with_threads(2), one);
    assert_eq!(with_threads(5), one);
    let fewer = forward(path, &HONEST, &even(10), 7);
    assert_eq!(fewer.log_weights(), &one.0.log_weights()[..7]);
}

#[test]
fn a_particle_off_the_support_of_the_next_law_has_weight_zero() {
    let to = |x: &[f64]| if x[0] > 0.0 { 0.0 } else { f64::NEG_INFINITY };
    let path = GeometricPath { from: |_: &[f64]| 0.0, to };
    let kernel = MetropolisHastings::new(RandomWalk::new(0.5).unwrap());
    let sign = |rng: &mut dyn Rng| vec![if rng.random::<bool>() { 1.0 } else { -1.0 }];
    let annealed = ais(&path, &kernel, &even(4), 200, sign, Seed(6)).unwrap();
    let alive = annealed.log_weights().iter().filter(|w| **w == 0.0).count();
    let dead = annealed.log_weights().iter().filter(|w| **w == f64::NEG_INFINITY).count();
    assert!(alive > 60 && alive + dead == 200);
    assert!((annealed.log_ratio() - (alive as f64 / 200.0).ln()).abs() < 1e-12);
    assert!((annealed.ess() - alive as f64).abs() < 1e-9);
    let none = ais(&path, &kernel, &even(4), 3, |_| vec![-1.0], Seed(6)).unwrap();
    assert_eq!((none.log_ratio(), none.ess()), (f64::NEG_INFINITY, 0.0));
}

#[test]
fn what_cannot_be_annealed_is_refused() {
    let path = GeometricPath { from: |_: &[f64]| 0.0, to: |x: &[f64]| -x[0].abs() };
    let kernel = MetropolisHastings::new(RandomWalk::new(1.0).unwrap());
    let run = |betas: &[f64], n| ais(&path, &kernel, betas, n, |_| vec![0.0], Seed(1));
    for (betas, wrong) in [
        (&[0.1, 1.0][..], 0),
        (&[0.0, 0.5], 1),
        (&[0.0], 0),
        (&[1.0], 0),
        (&[0.0, 0.5, 0.5, 1.0], 2),
        (&[0.0, 0.6, 0.5, 1.0], 2),
        (&[0.0, f64::NAN, 1.0], 1),
        (&[f64::NAN, 1.0], 0),
        (&[0.0, 1.0, 1.0], 1),
        (&[0.0, 1.0, 2.0], 1),
    ] {
        let error = run(betas, 3).unwrap_err();
        assert!(matches!(error, Error::NotALadder { index, .. } if index == wrong), "{betas:?}");
    }
    assert!(matches!(run(&[], 3), Err(Error::Zero { .. })));
    assert!(matches!(run(&[0.0, 1.0], 0), Err(Error::Zero { .. })));
    for particles in [usize::MAX, usize::MAX / 64] {
        let refused = run(&[0.0, 1.0], particles);
        assert_eq!(refused, Err(Error::TooMany { what: "particles", count: particles }));
    }
    let backward = |starts: &[Vec<f64>]| reverse_ais(&path, &kernel, &even(2), starts, Seed(1));
    assert!(matches!(backward(&[]), Err(Error::Zero { .. })));
    let lengths = backward(&[vec![0.0], vec![0.0, 1.0]]);
    assert!(matches!(lengths, Err(Error::LengthMismatch { .. })));
    let lost = backward(&[vec![0.0], vec![f64::NAN], vec![f64::NAN]]).unwrap_err();
    let Error::ParticleFailed { particle: 1, reason: Reason::Error(source) } = lost else {
        panic!("{lost}");
    };
    assert!(matches!(*source, Error::NotFinite { .. }));
    let annealed = run(&even(2), 3).unwrap();
    for level in [0.0, 1.0, f64::NAN, -1.0] {
        let refused = bracket(&annealed, &annealed, level);
        assert!(matches!(refused, Err(Error::NotBetween { .. })), "{level}");
    }
}

#[test]
fn a_broken_law_and_a_panic_name_the_particle() {
    let kernel = MetropolisHastings::new(RandomWalk::new(1.0).unwrap());
    let infinite = GeometricPath { from: |_: &[f64]| 0.0, to: |_: &[f64]| f64::INFINITY };
    let error = ais(&infinite, &kernel, &even(2), 3, |_| vec![0.0], Seed(1)).unwrap_err();
    let Error::ParticleFailed { particle: 0, reason: Reason::Error(source) } = error else {
        panic!("{error}");
    };
    assert!(matches!(*source, Error::BrokenLogDensity { .. }));
    let panics = GeometricPath { from: |_: &[f64]| 0.0, to: |_: &[f64]| panic!("no such law") };
    let error = ais(&panics, &kernel, &even(2), 3, |_| vec![0.0], Seed(1)).unwrap_err();
    assert!(error.to_string().contains("no such law"), "{error}");
}
