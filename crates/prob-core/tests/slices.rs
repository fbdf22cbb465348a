//! Draws into slices follow the law and do not depend on the number of threads.

#![allow(clippy::unwrap_used)]

use prob_core::{AnyLaw, Normal, Seed, Support, Univariate, sample_into};
use rand::Rng;
use testkit::{FalseAlarm, holds, ks, negative_control};

fn draws(law: &impl Univariate, n: usize, seed: u64) -> Vec<f64> {
    let mut x = vec![f64::NAN; n];
    sample_into(law, &mut x, &mut Seed(seed).stream("draws", 0));
    x
}

#[test]
fn normal_draws_follow_the_law() {
    let law = Normal::new(-3.0, 2.0).unwrap();
    let x = draws(&law, 100_001, 1);
    holds(&[ks("normal", &x, |x| law.cdf(x)).unwrap()], FalseAlarm::DEFAULT);
    let wider = Normal::new(-3.0, 2.2).unwrap();
    negative_control(&[ks("wider", &x, |x| wider.cdf(x)).unwrap()], FalseAlarm::DEFAULT);
}

/// A law that has no fast way of its own.
struct ByQuantile(Normal);

impl Univariate for ByQuantile {
    fn support(&self) -> Support {
        self.0.support()
    }
    fn log_prob(&self, x: f64) -> f64 {
        self.0.log_prob(x)
    }
    fn log_cdf(&self, x: f64) -> f64 {
        self.0.log_cdf(x)
    }
    fn log_sf(&self, x: f64) -> f64 {
        self.0.log_sf(x)
    }
    fn quantile(&self, p: f64) -> f64 {
        self.0.quantile(p)
    }
    fn upper_quantile(&self, q: f64) -> f64 {
        self.0.upper_quantile(q)
    }
    fn mean(&self) -> f64 {
        self.0.mean()
    }
    fn variance(&self) -> f64 {
        self.0.variance()
    }
    fn mode(&self) -> f64 {
        self.0.mode()
    }
    fn entropy(&self) -> f64 {
        self.0.entropy()
    }
}

#[test]
fn draws_by_the_quantile_follow_the_law() {
    let law = ByQuantile(Normal::new(7.0, 0.5).unwrap());
    let x = draws(&law, 100_001, 4);
    holds(&[ks("by quantile", &x, |x| law.cdf(x)).unwrap()], FalseAlarm::DEFAULT);
}

/// Each law with parameters on either side of the borders of its fast form.
const LAWS: &str = r#"[
  {"law": "bernoulli", "probability": 0.3},
  {"law": "beta", "alpha": 2.5, "beta": 1.5}, {"law": "beta", "alpha": 0.02, "beta": 0.3},
  {"law": "beta", "alpha": 50.0, "beta": 700.0}, {"law": "beta", "alpha": 0.2, "beta": 5.0},
  {"law": "binomial", "trials": 100, "probability": 0.3}, {"law": "binomial", "trials": 5, "probability": 1.0},
  {"law": "binomial", "trials": 1000000000, "probability": 0.5},
  {"law": "categorical", "probabilities": [0.5, 0.25, 0.0, 0.25]},
  {"law": "cauchy", "location": 1.0, "scale": 3.0},
  {"law": "chi-square", "degrees": 3.0}, {"law": "chi-square", "degrees": 0.1},
  {"law": "discrete-uniform", "lower": -3, "upper": 9}, {"law": "discrete-uniform", "lower": 0, "upper": 100000},
  {"law": "exponential", "rate": 2.0},
  {"law": "fisher-f", "numerator": 3.0, "denominator": 7.5},
  {"law": "gamma", "shape": 2.5, "rate": 2.0}, {"law": "gamma", "shape": 0.3, "rate": 2.0},
  {"law": "gamma", "shape": 0.02, "rate": 2.0}, {"law": "gamma", "shape": 1e6, "rate": 2.0},
  {"law": "geometric", "probability": 0.2}, {"law": "geometric", "probability": 1e-5},
  {"law": "inverse-gamma", "shape": 2.5, "scale": 0.1}, {"law": "inverse-gamma", "shape": 0.05, "scale": 0.1},
  {"law": "laplace", "location": -1.0, "scale": 2.0},
  {"law": "log-normal", "mu": 0.5, "sigma": 0.8},
  {"law": "logistic", "location": -1.0, "scale": 2.0},
  {"law": "lomax", "shape": 2.0, "scale": 1.0},
  {"law": "maxwell-boltzmann", "scale": 3.0},
  {"law": "negative-binomial", "successes": 2.5, "probability": 0.3},
  {"law": "negative-binomial", "successes": 0.1, "probability": 0.001},
  {"law": "normal", "mean": 1.0, "std_dev": 2.0},
  {"law": "pareto", "shape": 3.0, "scale": 0.5}, {"law": "pareto", "shape": 0.05, "scale": 0.5},
  {"law": "poisson", "rate": 10.0}, {"law": "poisson", "rate": 0.001}, {"law": "poisson", "rate": 1e8},
  {"law": "student-t", "degrees": 4.0, "location": 1.0, "scale": 2.0},
  {"law": "student-t", "degrees": 0.2, "location": 1.0, "scale": 2.0},
  {"law": "student-t", "degrees": 1e7, "location": 1.0, "scale": 2.0},
  {"law": "truncated-normal", "location": 0.0, "scale": 1.0, "lower": 1.0, "upper": 2.5},
  {"law": "uniform", "lower": -1.0, "upper": 3.0},
  {"law": "von-mises", "direction": 2.0, "concentration": 2.0},
  {"law": "weibull", "shape": 1.7, "scale": 0.5}, {"law": "weibull", "shape": 0.05, "scale": 0.5},
  {"law": "weibull", "shape": 50.0, "scale": 0.5}
]"#;

fn laws() -> Vec<AnyLaw> {
    serde_json::from_str(LAWS).unwrap()
}

/// Within rounding of the terms, at draws, at the ends and at whatever else an `f64` can be.
#[test]
fn log_densities_of_a_slice_are_those_of_its_points() {
    let mut rng = Seed(5).stream("bits", 0);
    for law in laws() {
        let mut x = draws(&law, 20_000, 5);
        x.extend((0..2_000).map(|_| f64::from_bits(rng.next_u64())));
        let Support { lower, upper, .. } = law.support();
        x.extend([0.0, -0.0, 0.5, 1.0, 1e-310, 1e300, lower, upper, lower.next_down()]);
        x.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
        let mut ours = vec![f64::NAN; x.len()];
        law.log_prob_into(&x, &mut ours);
        for (x, ours) in x.iter().zip(ours) {
            let expected = law.log_prob(*x);
            let same = ours == expected || ours.is_nan() && expected.is_nan();
            let near = (ours - expected).abs() <= 1e-13 * expected.abs().max(1.0);
            assert!(same || near, "{law:?} at {x:e}: {ours:e}, not {expected:e}");
        }
    }
}

/// Continuous laws by Kolmogorov and Smirnov, counts by chi-square on their deciles.
#[test]
fn draws_into_a_slice_follow_each_law() {
    for law in laws() {
        let x = draws(&law, 50_000, 6);
        assert!(x.iter().all(|x| law.support().contains(*x)), "{law:?}");
        let check = if law.support().discrete {
            let cells: Vec<f64> = (1..10).map(|i| law.quantile(f64::from(i) / 10.0)).collect();
            let mut edges = cells;
            edges.dedup();
            let mut observed = vec![0u64; edges.len() + 1];
            for x in &x {
                observed[edges.partition_point(|edge| edge < x)] += 1;
            }
            let at: Vec<f64> = edges.iter().map(|edge| law.cdf(*edge)).chain([1.0]).collect();
            let expected: Vec<f64> =
                at.iter().scan(0.0, |last, p| Some(p - std::mem::replace(last, *p))).collect();
            let cells = observed.iter().zip(&expected).filter(|(_, p)| **p > 1e-4);
            let (observed, expected): (Vec<u64>, Vec<f64>) = cells.map(|(o, p)| (*o, *p)).unzip();
            if observed.len() < 2 {
                assert_eq!(observed, [50_000], "{law:?}");
                continue;
            }
            testkit::chi_square(format!("{law:?}"), &observed, &expected).unwrap()
        } else {
            ks(format!("{law:?}"), &x, |x| law.cdf(x)).unwrap()
        };
        holds(&[check], FalseAlarm::DEFAULT);
    }
}

/// The two halves of a pair, and neighbours in a lane, have nothing to do with each other.
#[test]
fn normal_draws_are_independent_of_their_neighbours() {
    let law = Normal::standard();
    let x = draws(&law, 1 << 18, 2);
    for lag in [1, 16, 256, 512, 4096] {
        let products: Vec<f64> = x.iter().zip(&x[lag..]).map(|(a, b)| a * b).collect();
        let n = products.len() as f64;
        let mean = products.iter().sum::<f64>() / n;
        let squares: f64 =
            x.iter().zip(&x[lag..]).map(|(a, b)| (a * a - 1.0) * (b * b - 1.0)).sum();
        holds(
            &[
                testkit::z(format!("products at lag {lag}"), mean, 0.0, n.sqrt().recip()).unwrap(),
                testkit::z(format!("squares at lag {lag}"), squares / n, 0.0, 2.0 / n.sqrt())
                    .unwrap(),
            ],
            FalseAlarm::DEFAULT,
        );
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let law = Normal::standard();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let expected = alone.install(|| draws(&law, 50_000, 3));
    for threads in [2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| draws(&law, 50_000, 3)), expected);
    }
    // A shorter slice has the same beginning, block by block.
    assert_eq!(draws(&law, 4096, 3), expected[..4096]);
}
