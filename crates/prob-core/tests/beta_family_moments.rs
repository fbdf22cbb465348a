//! Moments, entropies and draws of the laws that rest on the incomplete beta function and of that of von
//! Mises.

#![allow(clippy::unwrap_used, clippy::excessive_precision, clippy::approx_constant)]

use prob_core::{
    Beta, Binomial, FisherF, NegativeBinomial, Seed, StudentT, Support, Univariate, VonMises,
};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, chi_square, holds, ks, negative_control};

const DRAWS: usize = 20_000;

fn close(what: String, ours: f64, reference: f64, tolerance: f64) {
    let error = (ours - reference).abs() / reference.abs().max(1.0);
    assert!(error <= tolerance, "{what} is {ours}, not {reference}: {error:e}");
}

/// mpmath 1.3.0 with 50 digits: the closed forms with `loggamma` and `psi`, which cancel by nine digits at
/// shapes of 1e8.
#[test]
fn entropies_of_densities_match_mpmath() {
    for (a, b, entropy) in [
        (1.0, 1.0, 0.0),
        (0.001, 2.0, -993.09060148726069),
        (0.5, 0.5, -0.24156447527049044),
        (2.0, 3.0, -0.23490664978800031),
        (40.0, 7.0, -1.5788160121066995),
        (10000.0, 3.0, -7.3631618182868371),
        (100000000.0, 100000000.0, -8.831122612111428),
        (0.001, 100000000.0, -1011.087498213462),
        (100000000.0, 0.5, -18.330070816538377),
    ] {
        close(format!("beta {a} {b}"), Beta::new(a, b).unwrap().entropy(), entropy, 1e-14);
    }
    for (degrees, entropy) in [
        (0.01, 103.31076107581876),
        (1.0, 2.5310242469692908),
        (2.5, 1.8477600705759215),
        (30.0, 1.4525433297872075),
        (100000.0, 1.4189485332296726),
        (10000000000.0, 1.4189385333046727),
    ] {
        let law = StudentT::standard(degrees).unwrap();
        close(format!("Student {degrees}"), law.entropy(), entropy, 1e-14);
        let scaled = StudentT::new(degrees, 3.0, 2.0).unwrap();
        close("scaled".into(), scaled.entropy(), entropy + 2f64.ln(), 1e-14);
    }
    // The first five by `quad` of -p ln p over ln f.
    for (m, n, entropy) in [
        (1.0, 1.0, 2.5310242469692908),
        (2.0, 4.0, 1.5),
        (5.0, 2.0, 2.128163147345242),
        (30.0, 7.5, 1.0216076787174131),
        (0.5, 40.0, -0.21475089296324176),
        (100000000.0, 100000000.0, -7.0982546532115647),
        (100000000.0, 3.0, 1.6934579405264777),
        (2.0, 100000000.0, 1.00000002),
    ] {
        close(format!("F {m} {n}"), FisherF::new(m, n).unwrap().entropy(), entropy, 1e-14);
    }
}

/// mpmath 1.3.0 with 30 digits: `-sum p ln p` from the mode outwards by the ratios of neighbours, down to
/// 1e-24.
#[test]
fn entropies_of_counts_match_sums() {
    for (n, p, entropy) in [
        (1, 0.3, 0.61086430205489345),
        (10, 0.5, 1.8759536052468005),
        (1_000, 0.013, 2.6884405836352331),
        (10_000, 0.3, 5.2437784935081807),
        (1_000_000, 0.999, 4.8722327974760595),
        (1_000_000_000, 1e-08, 2.5614099305350836),
        (100_000_000, 0.5, 9.9361317246209102),
    ] {
        close(format!("binomial {n} {p}"), Binomial::new(n, p).unwrap().entropy(), entropy, 1e-14);
    }
    for (r, p, entropy) in [
        (1.0, 0.5, 1.3862943611198906),
        (0.001, 0.01, 0.046151779163041908),
        (2.5, 0.3, 2.7411153640843011),
        (2.5, 0.0001, 10.940238277321324),
        (0.3, 0.0001, 8.2493956552447003),
        (60.0, 0.001, 10.367787087197857),
        (99.0, 0.01, 8.3132678722900903),
        (101.0, 0.01, 8.3233352147907086),
        (10000.0, 0.2, 7.5219411050520227),
        (100000000.0, 0.999, 7.1764009310183709),
        (100000000.0, 0.5, 10.975852491710828),
    ] {
        let law = NegativeBinomial::new(r, p).unwrap();
        close(format!("negative binomial {r} {p}"), law.entropy(), entropy, 1e-13);
    }
}

/// mpmath 1.3.0 with 30 digits, `quad` over `[-pi, pi]`: mean, variance and entropy of the number,
/// `1 - I1/I0`.
#[test]
fn moments_of_von_mises_match_quadrature() {
    for (mu, kappa, mean, variance, entropy, circular) in [
        (0.0, 0.0, 0.0, 3.2898681336964529, 1.8378770664093455, 1.0),
        (0.0, 0.5, 0.0, 2.3488033436687469, 1.7781769793044258, 0.75750038741919805),
        (
            1.0,
            2.0,
            0.9151298819770836,
            0.85589721439711981,
            1.2663212919642858,
            0.30222534203599202,
        ),
        (
            -2.5,
            3.0,
            -1.549983556051914,
            3.5659031022074662,
            0.99322880635325282,
            0.19001470604349547,
        ),
        (
            3.0,
            40.0,
            1.8299717540718482,
            5.4720440881669505,
            -0.41912972569232401,
            0.012580158663649342,
        ),
        (0.0, 1000.0, 0.0, 0.0010005005425435262, -2.03468891852547, 0.0005001251251957198),
        (
            3.14,
            50.0,
            0.026564597527576283,
            9.1770755867574073,
            -0.53199580064373756,
            0.010051032621502247,
        ),
    ] {
        let law = VonMises::new(mu, kappa).unwrap();
        close(format!("mean {mu} {kappa}"), law.mean(), mean, 1e-13);
        assert!((law.variance() / variance - 1.0).abs() < 1e-13, "{mu} {kappa}");
        close(format!("entropy {mu} {kappa}"), law.entropy(), entropy, 1e-14);
        close(format!("circular {mu} {kappa}"), law.circular_variance(), circular, 1e-14);
    }
    // Large concentrations are normal laws: 1/κ + 1/2κ² + ….
    let law = VonMises::new(0.0, 1e8).unwrap();
    assert!((law.variance() * 1e8 / (1.0 + 0.5e-8) - 1.0).abs() < 1e-13);
    assert_eq!(VonMises::new(7.0, 1.0).unwrap().direction(), 7.0 - std::f64::consts::TAU);
}

/// Textbook values, and where moments cease to exist.
#[test]
fn moments_are_those_of_the_textbooks() {
    let law = Beta::new(2.0, 3.0).unwrap();
    assert_eq!(law.mean(), 0.4);
    close("beta".into(), law.variance(), 0.04, 1e-15);
    close("huge beta".into(), Beta::new(1e300, 1e300).unwrap().variance() * 1e301, 1.25, 1e-14);
    let t = |degrees| StudentT::new(degrees, 1.0, 2.0).unwrap();
    assert_eq!((t(5.0).mean(), t(4.0).variance(), t(1.5).variance()), (1.0, 8.0, f64::INFINITY));
    assert!(t(1.0).mean().is_nan() && t(1.0).variance().is_nan());
    let f = |m, n| FisherF::new(m, n).unwrap();
    // 2 · 10² · 13 / (5 · 8² · 6)
    close("F".into(), f(5.0, 10.0).variance(), 2600.0 / 1920.0, 1e-15);
    assert_eq!((f(5.0, 10.0).mean(), f(5.0, 10.0).mode()), (1.25, 0.5));
    assert_eq!((f(3.0, 2.0).mean(), f(3.0, 4.0).variance()), (f64::INFINITY, f64::INFINITY));
    assert_eq!(f(3.0, 2.0).variance(), f64::INFINITY);
    let law = Binomial::new(40, 0.25).unwrap();
    assert_eq!((law.mean(), law.variance()), (10.0, 7.5));
    let law = NegativeBinomial::new(3.0, 0.25).unwrap();
    assert_eq!((law.mean(), law.variance()), (9.0, 36.0));
}

fn drawn<L: Univariate + Distribution<f64>>(law: &L, index: u64) -> Vec<f64> {
    law.sample_iter(Seed(31).stream("draws", index)).take(DRAWS).collect()
}

/// Draws in the scale of the cdf; where that is near 1 for all, the upper tail is taken.
fn by_cdf<L: Univariate + Distribution<f64>>(name: &str, law: &L, index: u64) -> Check {
    let draws = drawn(law, index);
    assert!(draws.iter().all(|x| law.support().contains(*x)), "{name}");
    ks(name, &draws, |x| law.cdf(x)).unwrap()
}

/// One in a million for all together. Control: another shape by a tenth.
#[test]
fn draws_follow_the_densities() {
    let beta = |a, b| Beta::new(a, b).unwrap();
    let student = |n| StudentT::new(n, 1.0, 2.0).unwrap();
    let f = |m, n| FisherF::new(m, n).unwrap();
    let circle = |m, k| VonMises::new(m, k).unwrap();
    holds(
        &[
            by_cdf("beta 0.5 0.5", &beta(0.5, 0.5), 0),
            by_cdf("beta 2 30", &beta(2.0, 30.0), 1),
            by_cdf("beta 0.05 3", &beta(0.05, 3.0), 2),
            by_cdf("beta 1e7 2e7", &beta(1e7, 2e7), 3),
            by_cdf("Student 0.3", &student(0.3), 4),
            by_cdf("Student 4", &student(4.0), 5),
            by_cdf("F 2 7", &f(2.0, 7.0), 6),
            by_cdf("F 0.2 0.3", &f(0.2, 0.3), 7),
            by_cdf("circle 0", &circle(0.0, 0.0), 8),
            by_cdf("circle 0.2", &circle(1.0, 0.2), 9),
            by_cdf("circle 3", &circle(-3.0, 3.0), 10),
            by_cdf("circle 1e8", &circle(0.5, 1e8), 11),
        ],
        FalseAlarm::DEFAULT,
    );
    let slipped =
        |name, draws: Vec<f64>, law: &dyn Univariate| ks(name, &draws, |x| law.cdf(x)).unwrap();
    for control in [
        slipped("beta", drawn(&beta(2.2, 30.0), 1), &beta(2.0, 30.0)),
        slipped("Student", drawn(&student(0.4), 4), &student(0.3)),
        slipped("F", drawn(&f(2.0, 7.0), 6), &f(2.4, 7.0)),
        slipped("circle", drawn(&circle(-3.0, 3.0), 10), &circle(-3.0, 3.6)),
    ] {
        negative_control(&[control], FalseAlarm::DEFAULT);
    }
}

/// Shapes so small that most draws are an end: the chance of the lower half, within 5 standard errors
/// (6e-7), and no NaN.
#[test]
fn the_smallest_shapes_are_drawn() {
    for (a, b) in [(1e-10, 1e-10), (1e-3, 1e-3), (1e-6, 3e-6)] {
        let law = Beta::new(a, b).unwrap();
        let draws = drawn(&law, 20);
        assert!(draws.iter().all(|x| (0.0..=1.0).contains(x)));
        let low = draws.iter().filter(|x| **x < 0.5).count() as f64;
        let (n, p) = (DRAWS as f64, law.cdf(0.5));
        assert!((low - n * p).abs() < 5.0 * (n * p * (1.0 - p)).sqrt(), "{a} {b}: {low}");
    }
    let far = drawn(&StudentT::standard(1e-3).unwrap(), 21);
    assert!(far.iter().all(|x| x.is_finite()));
}

fn by_cells<L: Univariate + Distribution<f64>>(name: &str, law: &L, drawn_from: &L) -> Check {
    let draws = drawn(drawn_from, 40);
    let (mut edges, mut last) = (vec![], f64::NEG_INFINITY);
    for i in 1..40 {
        let edge = law.quantile(f64::from(i) / 40.0);
        if edge > last {
            edges.push(edge);
            last = edge;
        }
    }
    let cell = |x: f64| edges.partition_point(|edge| *edge < x);
    let mut counts = vec![0; edges.len() + 1];
    for x in draws {
        assert!(law.support().contains(x), "{name}: {x}");
        counts[cell(x)] += 1;
    }
    let mut probabilities: Vec<f64> = edges.iter().map(|edge| law.cdf(*edge)).collect();
    probabilities.push(1.0);
    for i in (1..probabilities.len()).rev() {
        probabilities[i] -= probabilities[i - 1];
    }
    chi_square(name, &counts, &probabilities).unwrap()
}

/// Cells of about a fortieth each. Controls: parameters off by some parts in a hundred.
#[test]
fn draws_follow_the_counts() {
    let binomial = |n, p| Binomial::new(n, p).unwrap();
    let negative = |r, p| NegativeBinomial::new(r, p).unwrap();
    let mut checks = vec![];
    for law in [
        binomial(12, 0.3),
        binomial(1_000, 0.97),
        binomial(1_000_000, 0.4),
        binomial(1 << 30, 1e-8),
        binomial(1 << 50, 0.2),
    ] {
        checks.push(by_cells(&format!("{law:?}"), &law, &law));
    }
    for law in [negative(0.5, 0.1), negative(3.0, 0.7), negative(1e6, 0.01), negative(2.0, 1e-18)] {
        checks.push(by_cells(&format!("{law:?}"), &law, &law));
    }
    holds(&checks, FalseAlarm::DEFAULT);
    let control = by_cells("binomial", &binomial(12, 0.3), &binomial(12, 0.33));
    negative_control(&[control], FalseAlarm::DEFAULT);
    let control = by_cells("negative", &negative(0.5, 0.1), &negative(0.5, 0.11));
    negative_control(&[control], FalseAlarm::DEFAULT);
}

fn laws(p: [f64; 2], trials: u64) -> Vec<Box<dyn Univariate>> {
    let mut laws: Vec<Box<dyn Univariate>> = vec![];
    let [a, b] = p;
    let unit = if a.is_finite() { (a.abs().ln() / 750.0).rem_euclid(1.0) } else { a };
    laws.extend(Beta::new(a, b).map(|law| Box::new(law) as Box<dyn Univariate>));
    laws.extend(StudentT::new(a, b, a).map(|law| Box::new(law) as Box<dyn Univariate>));
    laws.extend(FisherF::new(a, b).map(|law| Box::new(law) as Box<dyn Univariate>));
    laws.extend(Binomial::new(trials >> 11, unit).map(|law| Box::new(law) as Box<dyn Univariate>));
    laws.extend(NegativeBinomial::new(b, unit).map(|law| Box::new(law) as Box<dyn Univariate>));
    laws.extend(VonMises::new(b, a).map(|law| Box::new(law) as Box<dyn Univariate>));
    laws
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    /// Any bits as parameters and arguments: an answer or NaN, in the range, never a panic or a loop.
    #[test]
    fn any_bits_have_an_answer(a in any::<u64>(), b in any::<u64>(), x in any::<u64>(), n in any::<u64>()) {
        let (a, b, x) = (f64::from_bits(a), f64::from_bits(b), f64::from_bits(x));
        for law in laws([a, b], n).iter().chain(&laws([a.abs(), b.abs()], n)) {
            for x in [x, x.abs(), x.abs().recip(), law.mean(), law.mode(), f64::NAN, f64::INFINITY] {
                prop_assert!(!(law.log_cdf(x) > 0.0 || law.log_sf(x) > 0.0));
                prop_assert!(!law.log_prob(x).is_nan() || x.is_nan() || law.mean().is_nan()
                    || a.abs().max(b.abs()) > 1e290 || a.abs().min(b.abs()) < 1e-290);
                let p = law.cdf(x);
                let back = law.quantile(p);
                let Support { lower, upper, .. } = law.support();
                prop_assert!(!(back < lower || back > upper));
                let back = law.upper_quantile(law.sf(x));
                prop_assert!(!(back < lower || back > upper));
            }
            let _ = (law.variance(), law.entropy());
        }
    }
}
