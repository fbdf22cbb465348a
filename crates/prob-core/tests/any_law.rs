//! Every law of one number, read from a file of reference values: densities, tails, quantiles and
//! moments, what is drawn, and what is written.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use prob_core::{
    AnyLaw, Bernoulli, Categorical, Cauchy, DiscreteUniform, Exponential, Geometric, Laplace,
    LogDensity, Logistic, Normal, Pareto, Seed, Uniform, Univariate, Weibull, sample_into,
};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{FalseAlarm, chi_square, holds, ks, negative_control};

const DRAWS: usize = 20_000;

fn reference(name: &str) -> Vec<(AnyLaw, Vec<f64>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/");
    let text = std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let row = |line: &str| {
        let (law, cells) = line.split_once(';').unwrap();
        let law = serde_json::from_str(law).unwrap_or_else(|e| panic!("{law}: {e}"));
        // An empty cell: there is no reference value.
        let number = |cell: &str| if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() };
        (law, cells.split(';').map(number).collect())
    };
    text.lines().skip(1).map(row).collect()
}

/// `|ours − exact| / max(1, |exact|)`, 0 for equal infinities and where there is no reference value.
fn error(ours: f64, exact: f64) -> f64 {
    if ours == exact || exact.is_nan() {
        return 0.0;
    }
    let error = (ours - exact).abs() / exact.abs().max(1.0);
    if error.is_nan() { f64::INFINITY } else { error }
}

/// The largest error of each law, with where it is.
#[derive(Default)]
struct Worst(BTreeMap<&'static str, (f64, String)>);

impl Worst {
    fn add(&mut self, law: &AnyLaw, error: f64, place: impl Fn() -> String) {
        let worst = self.0.entry(law.name()).or_default();
        if error > worst.0 {
            *worst = (error, format!("{law:?} {}", place()));
        }
    }

    fn within(self, limit: f64) {
        let beyond: Vec<_> = self.0.into_iter().filter(|(_, (error, _))| *error > limit).collect();
        assert!(beyond.is_empty(), "beyond {limit}: {beyond:#?}");
    }
}

#[test]
fn densities_and_tails_meet_the_reference() {
    let mut worst = Worst::default();
    for (law, row) in reference("laws.csv") {
        let x = row[0];
        let ours = [law.log_prob(x), law.log_cdf(x), law.log_sf(x)];
        for ((what, ours), exact) in
            ["log_prob", "log_cdf", "log_sf"].iter().zip(ours).zip(&row[1..])
        {
            worst.add(&law, error(ours, *exact), || format!("{what}({x}) = {ours}, not {exact}"));
        }
    }
    worst.within(1e-12);
}

#[test]
fn probabilities_are_the_exponentials() {
    let mut worst = Worst::default();
    for (law, row) in reference("laws.csv") {
        let x = row[0];
        let ours = [law.prob(x), law.cdf(x), law.sf(x)];
        for ((what, ours), log) in ["prob", "cdf", "sf"].iter().zip(ours).zip(&row[1..]) {
            // Rounding the logarithm costs its size; below 1e-300 digits are missing.
            let exact = log.exp();
            let error =
                if exact > 1e-300 { (ours / exact - 1.0).abs() } else { (ours - exact).abs() };
            worst.add(&law, error, || format!("{what}({x}) = {ours}, not {exact}"));
        }
        assert!((law.cdf(x) + law.sf(x) - 1.0).abs() < 1e-15, "{law:?} at {x}");
    }
    worst.within(1e-11);
}

/// From the tail that holds the digits: what one rounding of the probability costs is allowed on top
/// (the probability over the density).
#[test]
fn quantiles_undo_the_distribution_function() {
    let mut worst = Worst::default();
    for (law, row) in reference("laws.csv") {
        let x = row[0];
        let (cdf, sf) = (law.cdf(x), law.sf(x));
        if cdf.min(sf) < 1e-300 || !(law.support().contains(x)) {
            continue;
        }
        let back = if cdf <= sf { law.quantile(cdf) } else { law.upper_quantile(sf) };
        let rounding = if law.support().discrete {
            0.0
        } else {
            16.0 * f64::EPSILON * cdf.min(sf) / law.prob(x)
        };
        let error = ((back - x).abs() - rounding) / x.abs().max(f64::MIN_POSITIVE);
        worst.add(&law, error, || format!("{x} came back as {back}"));
    }
    worst.within(1e-11);
}

#[test]
fn moments_meet_the_reference() {
    let mut worst = Worst::default();
    for (law, row) in reference("moments.csv") {
        let ours = [law.mean(), law.variance(), law.entropy()];
        for ((what, ours), exact) in ["mean", "variance", "entropy"].iter().zip(ours).zip(&row) {
            if *what == "variance" && law.mean().is_infinite() {
                assert_eq!(ours, f64::INFINITY, "{law:?}: variance around an infinite mean");
                continue;
            }
            worst.add(&law, error(ours, *exact), || format!("{what} = {ours}, not {exact}"));
        }
    }
    worst.within(1e-11);
}

#[test]
fn what_is_written_is_read_and_bad_parameters_are_not() {
    let mut names = std::collections::BTreeSet::new();
    for (law, _) in reference("moments.csv") {
        let text = serde_json::to_string(&law).unwrap();
        assert!(text.starts_with(&format!("{{\"law\":\"{}\",", law.name())), "{text}");
        assert_eq!(serde_json::from_str::<AnyLaw>(&text).unwrap(), law, "{text}");
        names.insert(law.name());
    }
    assert_eq!(names.len(), 26, "{names:?}");
    for (text, complaint) in [
        (r#"{"law":"exponential","rate":-1.0}"#, "positive"),
        (r#"{"law":"exponential","rate":1.0,"shape":2.0}"#, "shape"),
        (r#"{"law":"exponential"}"#, "rate"),
        (r#"{"law":"exponentials","rate":1.0}"#, "exponentials"),
        (r#"{"law":"categorical","probabilities":[0.5,0.4]}"#, "sum to 0.9"),
    ] {
        let error = serde_json::from_str::<AnyLaw>(text).unwrap_err().to_string();
        assert!(error.contains(complaint), "{text}: {error}");
    }
}

#[test]
fn bad_parameters_are_refused() {
    const INF: f64 = f64::INFINITY;
    for bad in [f64::NAN, INF, -INF] {
        assert!(Uniform::new(bad, 1.0).is_err() && Uniform::new(0.0, bad).is_err());
        assert!(Cauchy::new(bad, 1.0).is_err() && Laplace::new(bad, 1.0).is_err());
        assert!(Logistic::new(bad, 1.0).is_err());
    }
    for bad in [f64::NAN, INF, -INF, 0.0, -0.0, -1.0] {
        assert!(Exponential::new(bad).is_err() && Cauchy::new(0.0, bad).is_err());
        assert!(Laplace::new(0.0, bad).is_err() && Logistic::new(0.0, bad).is_err());
        assert!(Weibull::new(bad, 1.0).is_err() && Weibull::new(1.0, bad).is_err());
        assert!(Pareto::new(bad, 1.0).is_err() && Pareto::new(1.0, bad).is_err());
        assert!(Geometric::new(bad).is_err());
    }
    for bad in [f64::NAN, INF, -0.1, 1.1] {
        assert!(Bernoulli::new(bad).is_err() && Geometric::new(bad).is_err());
        assert!(Categorical::new(vec![bad, 1.0 - bad]).is_err());
    }
    assert!(Uniform::new(1.0, 1.0).is_err() && Uniform::new(2.0, 1.0).is_err());
    assert!(DiscreteUniform::new(2, 1).is_err() && DiscreteUniform::new(0, i64::MAX).is_err());
    assert!(DiscreteUniform::new(i64::MIN, 0).is_err() && DiscreteUniform::new(-3, -3).is_ok());
}

fn continuous() -> Vec<AnyLaw> {
    vec![
        Uniform::new(-3.0, 1e3).unwrap().into(),
        Exponential::new(0.01).unwrap().into(),
        Cauchy::new(-2.0, 3.0).unwrap().into(),
        Laplace::new(5.0, 0.2).unwrap().into(),
        Logistic::new(-1.0, 2.0).unwrap().into(),
        Weibull::new(0.7, 2.0).unwrap().into(),
        Weibull::new(40.0, 2.0).unwrap().into(),
        Pareto::new(1.5, 2.0).unwrap().into(),
    ]
}

fn counts() -> Vec<AnyLaw> {
    vec![
        Bernoulli::new(0.3).unwrap().into(),
        Categorical::new(vec![0.1, 0.0, 0.6, 0.3]).unwrap().into(),
        Geometric::new(0.4).unwrap().into(),
        DiscreteUniform::new(-2, 4).unwrap().into(),
    ]
}

/// Draws one by one and in a slice.
fn both_ways(law: &AnyLaw) -> [Vec<f64>; 2] {
    let mut block = vec![0.0; DRAWS];
    sample_into(law, &mut block, &mut Seed(8).stream("block", 0));
    [law.sample_iter(Seed(7).stream("draws", 0)).take(DRAWS).collect(), block]
}

/// Kolmogorov–Smirnov; control: the draws moved by a twentieth of the distance of the quartiles.
#[test]
fn draws_follow_the_densities() {
    let alarm = FalseAlarm::DEFAULT;
    let mut checks = Vec::new();
    for law in continuous() {
        for drawn in both_ways(&law) {
            checks.push(ks(law.name(), &drawn, |x| law.cdf(x)).unwrap());
            let shift = (law.quantile(0.75) - law.quantile(0.25)) / 20.0;
            let moved = ks("moved", &drawn, |x| law.cdf(x + shift)).unwrap();
            negative_control(&[moved], alarm);
        }
    }
    holds(&checks, alarm);
}

/// Pearson's chi-square over −2 … 10 (the last class holds the rest); control: one count further.
#[test]
fn draws_follow_the_probabilities() {
    let alarm = FalseAlarm::DEFAULT;
    let classes: Vec<f64> = (-2..=10).map(f64::from).collect();
    let mut checks = Vec::new();
    for law in counts() {
        for drawn in both_ways(&law) {
            let check = |what: &str, shift: f64| {
                let mut observed = vec![0u64; classes.len()];
                for x in &drawn {
                    observed[(x + shift + 2.0).clamp(0.0, 12.0) as usize] += 1;
                }
                let expected: Vec<f64> = classes
                    .iter()
                    .map(|k| if *k < 10.0 { law.prob(*k) } else { law.sf(9.0) })
                    .collect();
                chi_square(what, &observed, &expected).unwrap()
            };
            checks.push(check(law.name(), 0.0));
            negative_control(&[check("moved", 1.0)], alarm);
        }
    }
    holds(&checks, alarm);
}

/// Numbers that a careless formula overflows on.
#[test]
fn the_ends_of_the_range_are_survived() {
    let wide = Uniform::new(-1e308, 1e308).unwrap();
    assert_eq!((wide.cdf(0.0), wide.quantile(0.25), wide.mean()), (0.5, -5e307, 0.0));
    assert!((wide.log_prob(1.0) + 308.0 * 10f64.ln() + 2f64.ln()).abs() < 1e-12);
    assert!((wide.std_dev() / 1e308 - 2.0 / 12f64.sqrt()).abs() < 1e-15);
    let thin = Uniform::new(0.0, 5e-324).unwrap();
    assert_eq!((thin.cdf(0.0), thin.cdf(5e-324)), (0.0, 1.0));
    let cauchy = Cauchy::new(-1e308, 1e-300).unwrap();
    let far = -608.0 * 10f64.ln() - (2.0 * std::f64::consts::PI).ln();
    assert!((cauchy.log_sf(1e308) / far - 1.0).abs() < 1e-15 && cauchy.log_prob(1e308).is_finite());
    let rare = Geometric::new(1e-300).unwrap();
    assert!((rare.cdf(1e300) - (1.0 - (-1f64).exp())).abs() < 1e-15);
    let median = rare.quantile(0.5);
    assert!((median / 1e300 / 2f64.ln() - 1.0).abs() < 1e-14, "{median}");
    let law = Weibull::new(1e8, 1.0).unwrap();
    assert!(
        (law.log_sf(1.0 + 2f64.powi(-30)) + (1e8 * 2f64.powi(-30).ln_1p()).exp()).abs() < 1e-15
    );
    assert!((law.std_dev() * 1e8 / (std::f64::consts::PI / 6f64.sqrt()) - 1.0).abs() < 1e-7);
}

#[test]
fn quantiles_of_counts_come_back() {
    for p in [1e-9, 1e-3, 0.1, 0.5, 0.9, 1.0] {
        let law = Geometric::new(p).unwrap();
        for k in [0.0, 1.0, 2.0, 7.0, 100.0, 12_345.0] {
            if law.sf(k) > 1e-300 && law.support().contains(k) {
                assert_eq!(law.upper_quantile(law.sf(k)), k, "p = {p}");
            }
            if law.sf(k) > 1e-12 && law.support().contains(k) {
                assert_eq!(law.quantile(law.cdf(k)), k, "p = {p}");
            }
        }
    }
    let law = DiscreteUniform::new(-5, 1_000_000).unwrap();
    for k in [-5.0, -4.0, 0.0, 77.0, 499_999.0, 1_000_000.0] {
        assert_eq!((law.quantile(law.cdf(k)), law.upper_quantile(law.sf(k))), (k, k));
    }
    let law = Categorical::new(vec![0.0, 0.2, 0.0, 0.3, 0.5, 0.0]).unwrap();
    for k in [1.0, 3.0, 4.0] {
        assert_eq!((law.quantile(law.cdf(k)), law.upper_quantile(law.sf(k))), (k, k));
    }
    assert_eq!((law.quantile(0.0), law.quantile(1.0)), (1.0, 4.0));
    assert_eq!((law.upper_quantile(0.0), law.upper_quantile(1.0)), (4.0, 1.0));
}

proptest! {
    /// Any bits as an argument and as parameters: no panic, NaN in and out, ordered tails.
    #[test]
    fn no_bits_panic(bits in any::<u64>(), a in any::<u64>(), b in any::<u64>(), p in 0f64..=1.0) {
        let (x, a, b) = (f64::from_bits(bits), f64::from_bits(a), f64::from_bits(b));
        let mut laws = [continuous(), counts()].concat();
        laws.push(Normal::standard().into());
        laws.extend(Uniform::new(a, b).ok().map(AnyLaw::from));
        laws.extend(Exponential::new(a.abs()).ok().map(AnyLaw::from));
        laws.extend(Cauchy::new(a, b.abs()).ok().map(AnyLaw::from));
        laws.extend(Laplace::new(a, b.abs()).ok().map(AnyLaw::from));
        laws.extend(Logistic::new(a, b.abs()).ok().map(AnyLaw::from));
        laws.extend(Weibull::new(a.abs(), b.abs()).ok().map(AnyLaw::from));
        laws.extend(Pareto::new(a.abs(), b.abs()).ok().map(AnyLaw::from));
        laws.extend(Geometric::new(p).ok().map(AnyLaw::from));
        for law in laws {
            let values = [law.log_prob(x), law.cdf(x), law.sf(x), law.log_cdf(x), law.log_sf(x)];
            if x.is_nan() {
                prop_assert!(values.iter().all(|v| v.is_nan()), "{law:?}");
                continue;
            }
            prop_assert!(values.iter().all(|v| !v.is_nan()), "{law:?} at {x}: {values:?}");
            prop_assert!((values[1] + values[2] - 1.0).abs() < 1e-15, "{law:?} at {x}");
            prop_assert!(values[3] <= 0.0 && values[4] <= 0.0, "{law:?} at {x}: {values:?}");
            prop_assert_eq!(law.log_density(&x), values[0]);
            prop_assert!(x.is_finite() || values[0] == f64::NEG_INFINITY);
            let (low, high) = (law.quantile(p), law.upper_quantile(p));
            prop_assert!(!low.is_nan() && !high.is_nan(), "{law:?} at {p}");
            prop_assert!(law.quantile(-1.0).is_nan() && law.upper_quantile(f64::NAN).is_nan());
            let _ = (law.mode(), law.mean(), law.variance(), law.entropy());
            let drawn = law.sample(&mut Seed(bits).stream("draw", 0));
            prop_assert!(law.support().contains(drawn), "{law:?} drew {drawn}");
        }
    }

    /// The derivative of the distribution function is the density.
    #[test]
    fn the_density_is_the_slope(p in 0.001f64..0.999) {
        for law in continuous() {
            let x = law.quantile(p);
            let h = 1e-3 * p.min(1.0 - p) / law.prob(x);
            let slope = (law.cdf(x + h) - law.cdf(x - h)) / (2.0 * h);
            // The Laplace density has a corner.
            if matches!(law, AnyLaw::Laplace(_)) && (x - 5.0).abs() < 2.0 * h { continue; }
            prop_assert!((slope / law.prob(x) - 1.0).abs() < 1e-4, "{law:?} at {x}");
        }
    }
}
