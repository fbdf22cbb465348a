//! The normal, truncated normal, log-normal, gamma, inverse gamma, chi-square, Maxwell–Boltzmann and
//! Poisson laws against mpmath 1.3 with 60 digits and more.
//!
//! Densities by their definitions with `loggamma`; tails of the gamma family by the power series of
//! `P(a, x)` as in `special_gamma.rs`, those of the normal family by `erfc` and its differences with
//! 120 digits; moments and entropies by `quad`, those of counts by their sums.

#![allow(clippy::unwrap_used, clippy::excessive_precision, clippy::approx_constant, clippy::panic)]

mod references;

use prob_core::{
    ChiSquare, Gamma, InverseGamma, LogNormal, MaxwellBoltzmann, Normal, Poisson, Seed,
    TruncatedNormal, Univariate,
};
use proptest::prelude::*;
use rand_distr::Distribution;
use references::{MOMENTS, POINTS};
use testkit::{Check, FalseAlarm, chi_square, holds, ks, negative_control};

const INF: f64 = f64::INFINITY;

fn law(name: &str, p: &[f64]) -> Box<dyn Univariate> {
    match (name, p) {
        ("normal", [a, b]) => Box::new(Normal::new(*a, *b).unwrap()),
        ("log-normal", [a, b]) => Box::new(LogNormal::new(*a, *b).unwrap()),
        ("truncated-normal", [a, b, c, d]) => {
            Box::new(TruncatedNormal::new(*a, *b, *c, *d).unwrap())
        }
        ("gamma", [a, b]) => Box::new(Gamma::new(*a, *b).unwrap()),
        ("inverse-gamma", [a, b]) => Box::new(InverseGamma::new(*a, *b).unwrap()),
        ("chi-square", [a]) => Box::new(ChiSquare::new(*a).unwrap()),
        ("maxwell-boltzmann", [a]) => Box::new(MaxwellBoltzmann::new(*a).unwrap()),
        ("poisson", [a]) => Box::new(Poisson::new(*a).unwrap()),
        _ => panic!("no law {name} with {} parameters", p.len()),
    }
}

#[test]
fn densities_and_tails_match_mpmath() {
    for (name, parameters, x, exact) in POINTS {
        let law = law(name, parameters);
        let ours = [law.log_prob(*x), law.log_cdf(*x), law.log_sf(*x)];
        for (what, (ours, exact)) in
            ["log_prob", "log_cdf", "log_sf"].iter().zip(ours.iter().zip(exact))
        {
            let error = (ours - exact).abs() / exact.abs().max(1.0);
            assert!(error < 5e-15, "{name} {parameters:?} {what}({x:e}) = {ours:e}, not {exact:e}");
        }
    }
}

/// Back to `x`, but for what one rounding of the probability costs: `ε P / p(x)`. Counts exactly.
#[test]
fn quantiles_invert_both_tails() {
    let mut inverted = 0;
    for (name, parameters, x, [log_prob, ..]) in POINTS {
        let law = law(name, parameters);
        let discrete = law.support().discrete;
        let (p, q) = (law.cdf(*x), law.sf(*x));
        for (tail, back) in [(p, law.quantile(p)), (q, law.upper_quantile(q))] {
            let rounding = f64::EPSILON * tail / log_prob.exp();
            if !(tail > 1e-305 && tail < 1.0 && rounding < 1e-4 * x.abs()) {
                continue;
            }
            inverted += 1;
            let error = (back - x).abs();
            if discrete {
                assert_eq!(back, *x, "{name} {parameters:?} from {tail:e}");
            } else {
                let allowed = 1e-12 * x.abs() + 1.1 * rounding;
                assert!(
                    error <= allowed,
                    "{name} {parameters:?} from {tail:e}: {back:e}, not {x:e}"
                );
            }
        }
    }
    assert!(inverted > 80, "only {inverted} points can be inverted");
}

#[test]
fn moments_and_entropies_match_mpmath() {
    for (name, parameters, what, exact) in MOMENTS {
        let law = law(name, parameters);
        let ours = match *what {
            "mean" => law.mean(),
            "variance" => law.variance(),
            _ => law.entropy(),
        };
        let scale = if *what == "entropy" { exact.abs().max(1.0) } else { exact.abs() };
        let error = (ours - exact).abs() / scale;
        assert!(error < 3e-14, "{name} {parameters:?}: {what} = {ours:e}, not {exact:e}");
        if law.variance().is_finite() {
            assert!((law.std_dev() / law.variance().sqrt() - 1.0).abs() < 1e-15);
        }
    }
}

#[test]
fn modes_are_where_the_density_is_largest() {
    for (name, parameters) in LAWS {
        let law = law(name, parameters);
        let mode = law.mode();
        let step = if law.support().discrete { 1.0 } else { 1e-4 * law.std_dev() };
        for next in [mode - step, mode + step] {
            assert!(law.log_prob(next) <= law.log_prob(mode), "{name} {parameters:?}");
        }
    }
    // Two largest probabilities: the smaller count.
    assert_eq!(law("poisson", &[3.0]).mode(), 2.0);
    assert_eq!(law("gamma", &[0.5, 1.0]).mode(), 0.0);
}

#[test]
fn moments_that_do_not_exist_are_nan_or_infinite() {
    let heavy = |shape| InverseGamma::new(shape, 1.0).unwrap();
    assert_eq!((heavy(1.0).mean(), heavy(2.0).variance()), (INF, INF));
    assert_eq!(heavy(0.5).variance(), INF);
}

#[test]
fn ends_of_the_line_and_of_the_support() {
    for (name, parameters) in LAWS {
        let law = law(name, parameters);
        let support = law.support();
        assert_eq!((law.cdf(-INF), law.sf(-INF), law.cdf(INF), law.sf(INF)), (0.0, 1.0, 1.0, 0.0));
        assert_eq!((law.log_prob(-INF), law.log_prob(INF)), (-INF, -INF), "{name}");
        assert_eq!((law.quantile(0.0), law.quantile(1.0)), (support.lower, support.upper));
        assert_eq!(
            (law.upper_quantile(1.0), law.upper_quantile(0.0)),
            (support.lower, support.upper)
        );
        assert!(law.quantile(-0.1).is_nan() && law.upper_quantile(1.1).is_nan(), "{name}");
        assert!(
            [law.log_prob(f64::NAN), law.cdf(f64::NAN), law.sf(f64::NAN)]
                .iter()
                .all(|v| v.is_nan())
        );
        assert!(law.quantile(f64::NAN).is_nan() && law.upper_quantile(f64::NAN).is_nan());
    }
    let gamma = |shape| Gamma::new(shape, 2.0).unwrap().log_prob(0.0);
    assert_eq!((gamma(0.5), gamma(1.0), gamma(1.5)), (INF, 2f64.ln(), -INF));
}

#[test]
fn bad_parameters_are_refused_by_name() {
    for bad in [0.0, -1.0, f64::NAN, INF] {
        let errors = [
            Gamma::new(bad, 1.0).unwrap_err(),
            Gamma::new(1.0, bad).unwrap_err(),
            InverseGamma::new(bad, 1.0).unwrap_err(),
            ChiSquare::new(bad).unwrap_err(),
            MaxwellBoltzmann::new(bad).unwrap_err(),
            Poisson::new(bad).unwrap_err(),
            LogNormal::new(0.0, bad).unwrap_err(),
            TruncatedNormal::new(0.0, bad, 0.0, 1.0).unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().contains(&bad.to_string()), "{error}");
        }
    }
    for (lower, upper) in [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.0, f64::NAN), (INF, INF)] {
        assert!(TruncatedNormal::new(0.0, 1.0, lower, upper).is_err(), "[{lower}, {upper}]");
    }
    assert!(TruncatedNormal::new(0.0, 1e-300, 1e10, 2e10).is_err());
}

/// The Poisson quantile is the smallest count that has the probability, also between its steps.
#[test]
fn poisson_quantiles_are_the_smallest_counts() {
    for rate in [1e-3, 0.5, 7.0, 250.0, 1e6] {
        let law = Poisson::new(rate).unwrap();
        for p in [1e-300, 1e-20, 1e-3, 0.3, 0.5, 0.77, 0.999, 1.0 - 1e-15] {
            let k = law.quantile(p);
            assert!(law.cdf(k) >= p && law.cdf(k - 1.0) < p, "rate {rate}, p {p}: {k}");
            let k = law.upper_quantile(p);
            assert!(law.sf(k) <= p && law.sf(k - 1.0) > p, "rate {rate}, q {p}: {k}");
        }
    }
}

/// Draws of `sample`, those of `sample_block`, and a control: draws from a law a tenth away.
fn drawn<L: Univariate + Distribution<f64>>(right: &L, wrong: &L) -> (Vec<Check>, Vec<Check>) {
    let mut rng = Seed(11).stream("draws", 0);
    let mut check = |law: &L| {
        let mut block = vec![0.0; 5_000];
        prob_core::sample_into(law, &mut block, &mut rng);
        let single: Vec<f64> = law.sample_iter(&mut rng).take(5_000).collect();
        vec![
            ks("draws", &single, |x| right.cdf(x)).unwrap(),
            ks("a block of draws", &block, |x| right.cdf(x)).unwrap(),
        ]
    };
    (check(right), check(wrong))
}

#[test]
fn draws_follow_the_laws() {
    let gamma = |a, b| Gamma::new(a, b).unwrap();
    let cut = |a, b, c, d| TruncatedNormal::new(a, b, c, d).unwrap();
    let pairs = [
        drawn(&gamma(0.3, 2.0), &gamma(0.36, 2.0)),
        drawn(&gamma(1.0, 2.0), &gamma(1.2, 2.0)),
        drawn(&gamma(40.0, 0.1), &gamma(42.0, 0.1)),
        drawn(&InverseGamma::new(3.0, 2.0).unwrap(), &InverseGamma::new(3.0, 2.4).unwrap()),
        drawn(&ChiSquare::new(5.0).unwrap(), &ChiSquare::new(5.6).unwrap()),
        drawn(&MaxwellBoltzmann::new(2.0).unwrap(), &MaxwellBoltzmann::new(2.15).unwrap()),
        drawn(&LogNormal::new(1.0, 0.5).unwrap(), &LogNormal::new(1.1, 0.5).unwrap()),
        drawn(&cut(0.0, 1.0, -0.5, 2.0), &cut(0.2, 1.0, -0.5, 2.0)),
        drawn(&cut(1.0, 2.0, 61.0, INF), &cut(1.0, 2.2, 61.0, INF)),
        // A law of a continuum of counts: the steps are far below what the test resolves.
        drawn(&Poisson::new(1e12).unwrap(), &Poisson::new(1e12 + 2e5).unwrap()),
    ];
    for (right, wrong) in pairs {
        holds(&right, FalseAlarm::DEFAULT);
        negative_control(&wrong, FalseAlarm::DEFAULT);
    }
}

#[test]
fn poisson_draws_follow_the_probabilities() {
    for (rate, wrong) in [(0.7, 0.85), (4.0, 4.4), (30.0, 31.5)] {
        let law = Poisson::new(rate).unwrap();
        let mut rng = Seed(12).stream("draws", 0);
        let last = law.quantile(0.999) as usize;
        // Counts up to `last`, and all above together.
        let probabilities: Vec<f64> =
            (0..last).map(|k| law.prob(k as f64)).chain([law.sf(last as f64 - 1.0)]).collect();
        let mut check = |law: &Poisson| {
            let mut counts = vec![0u64; last + 1];
            for k in law.sample_iter(&mut rng).take(20_000) {
                counts[(k as usize).min(last)] += 1;
            }
            [chi_square("counts", &counts, &probabilities).unwrap()]
        };
        holds(&check(&law), FalseAlarm::DEFAULT);
        negative_control(&check(&Poisson::new(wrong).unwrap()), FalseAlarm::DEFAULT);
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<u64>().prop_map(f64::from_bits), -50f64..50.0, -1f64..1.0]
}

proptest! {
    /// Any numbers as parameters and arguments: no panic, and no NaN that was not put in.
    #[test]
    fn any_numbers_give_probabilities(
        which in 0usize..8, p in any_number(), q in any_number(), r in any_number(),
        s in any_number(), x in any_number(),
    ) {
        let law: Option<Box<dyn Univariate>> = match which {
            0 => Normal::new(p, q).ok().map(|l| Box::new(l) as _),
            1 => LogNormal::new(p, q).ok().map(|l| Box::new(l) as _),
            2 => TruncatedNormal::new(p, q, r, s).ok().map(|l| Box::new(l) as _),
            3 => Gamma::new(p, q).ok().map(|l| Box::new(l) as _),
            4 => InverseGamma::new(p, q).ok().map(|l| Box::new(l) as _),
            5 => ChiSquare::new(p).ok().map(|l| Box::new(l) as _),
            6 => MaxwellBoltzmann::new(p).ok().map(|l| Box::new(l) as _),
            _ => Poisson::new(p).ok().map(|l| Box::new(l) as _),
        };
        if let Some(law) = law {
            let _ = [law.mean(), law.variance(), law.mode(), law.entropy(), law.std_dev()];
            let (cdf, sf) = (law.cdf(x), law.sf(x));
            if x.is_nan() {
                prop_assert!(law.log_prob(x).is_nan() && cdf.is_nan() && sf.is_nan());
            } else {
                prop_assert!(!law.log_prob(x).is_nan());
                prop_assert!((0.0..=1.0).contains(&cdf) && (0.0..=1.0).contains(&sf), "{cdf} {sf}");
                prop_assert!((cdf + sf - 1.0).abs() < 1e-13, "{cdf} + {sf}");
                for p in [x, x.abs().fract(), 0.5, 1e-300] {
                    let inside = (0.0..=1.0).contains(&p);
                    prop_assert_eq!(law.quantile(p).is_nan(), !inside);
                    prop_assert_eq!(law.upper_quantile(p).is_nan(), !inside);
                }
            }
        }
    }

    /// The slope of the distribution function is the density, and it never falls.
    #[test]
    fn the_density_is_the_slope_of_the_distribution_function(
        which in 0usize..LAWS.len(), p in 0.01f64..0.99,
    ) {
        let (name, parameters) = LAWS[which];
        let law = law(name, parameters);
        let x = law.quantile(p);
        if law.support().discrete {
            let step = law.cdf(x) - law.cdf(x - 1.0);
            prop_assert!((step - law.prob(x)).abs() < 1e-15);
        } else {
            // Richardson's two central differences.
            let h = 1e-3 * (law.quantile(0.9 * p + 0.1) - law.quantile(0.9 * p));
            let slope = |h: f64| (law.cdf(x + h) - law.cdf(x - h)) / (2.0 * h);
            let slope = (4.0 * slope(0.5 * h) - slope(h)) / 3.0;
            prop_assert!((slope / law.prob(x) - 1.0).abs() < 1e-8, "{} {:?} at {}", name, parameters, x);
        }
    }
}

const LAWS: &[(&str, &[f64])] = &[
    ("normal", &[-3.0, 0.5]),
    ("log-normal", &[1.0, 0.7]),
    ("truncated-normal", &[0.0, 1.0, -1.0, 2.0]),
    ("truncated-normal", &[0.0, 1.0, 30.0, 31.0]),
    ("truncated-normal", &[2.0, 0.5, -INF, 1.0]),
    ("gamma", &[3.5, 0.2]),
    ("gamma", &[1e8, 3.0]),
    ("inverse-gamma", &[4.5, 2.0]),
    ("chi-square", &[7.0]),
    ("maxwell-boltzmann", &[250.0]),
    ("poisson", &[0.3]),
    ("poisson", &[4.5]),
    ("poisson", &[1e4]),
];
