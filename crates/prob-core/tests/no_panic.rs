//! No number makes a law panic, hang or leave its promises: parameters and arguments are any 64 bits.

#![allow(clippy::unwrap_used, clippy::panic)]

mod any;

use std::time::{Duration, Instant};

use any::{Numbers, laws};
use prob_core::{AnyLaw, Seed, Univariate, special};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand_distr::Distribution;

/// Any double: any bits, with the awkward ones and the usual ones often enough.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => any::<u64>().prop_map(f64::from_bits),
        3 => (-330.0..310.0f64, any::<bool>()).prop_map(|(e, minus)| {
            let x = 10f64.powf(e);
            if minus { -x } else { x }
        }),
        2 => -3.0..3.0f64,
        2 => (0.0..12.0f64).prop_map(|e| 10f64.powf(e)),
        1 => (-60i32..60).prop_map(f64::from),
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, 0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN,
            f64::MIN_POSITIVE, 5e-324, -5e-324, 1.0 - f64::EPSILON / 2.0, 1.0 + f64::EPSILON,
            9_007_199_254_740_992.0, 1e16, -1e16, 1e300, 1e-300,
        ]),
    ]
}

fn positive() -> impl Strategy<Value = f64> {
    number().prop_map(f64::abs)
}

fn chance() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => 0.0..=1.0f64,
        2 => (-320.0..0.0f64).prop_map(|e| 10f64.powf(e)),
        2 => (-16.0..0.0f64).prop_map(|e| 1.0 - 10f64.powf(e)),
        1 => number(),
    ]
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let whole = (any::<i64>(), any::<i64>(), -9i64..9, 0i64..9, any::<bool>());
    let trials = prop_oneof![any::<u64>(), 0u64..100, (0.0..63.0f64).prop_map(|e| e.exp2() as u64)];
    let reals = (number(), positive(), positive(), positive(), chance(), number());
    (reals, trials, whole).prop_map(|((location, scale, a, b, probability, upper), trials, w)| {
        Numbers {
            location,
            scale,
            shapes: [a, b],
            probability,
            upper,
            trials,
            whole: if w.4 { [w.0.min(w.1), w.0.max(w.1)] } else { [w.2, w.2 + w.3] },
        }
    })
}

/// Everything a law can be asked, with what it promises for any argument.
fn ask(law: &AnyLaw, x: f64, p: f64) -> Result<(), TestCaseError> {
    let began = Instant::now();
    let support = law.support();
    let moments = [law.mean(), law.variance(), law.std_dev(), law.mode(), law.entropy()];
    prop_assert!(moments[1] >= 0.0 || moments[1].is_nan(), "{law:?}: variance {}", moments[1]);
    for x in [x, moments[0], moments[3], support.lower, support.upper] {
        let (log, prob) = (law.log_prob(x), law.prob(x));
        let (log_cdf, log_sf, cdf, sf) = (law.log_cdf(x), law.log_sf(x), law.cdf(x), law.sf(x));
        let all = [log, prob, log_cdf, log_sf, cdf, sf];
        if x.is_nan() {
            prop_assert!(all.iter().all(|y| y.is_nan()), "{law:?} at NaN: {all:?}");
            continue;
        }
        prop_assert!(!all.iter().any(|y| y.is_nan()), "{law:?} at {x:e}: {all:?}");
        prop_assert!((0.0..=1.0).contains(&cdf), "{law:?}: cdf({x:e}) = {cdf:e}");
        prop_assert!((0.0..=1.0).contains(&sf), "{law:?}: sf({x:e}) = {sf:e}");
        prop_assert!(log_cdf <= 0.0 && log_sf <= 0.0, "{law:?} at {x:e}: {log_cdf:e} {log_sf:e}");
        prop_assert!((cdf + sf - 1.0).abs() < 1e-9, "{law:?} at {x:e}: {cdf:e} + {sf:e}");
        if !support.contains(x) {
            prop_assert_eq!(log, f64::NEG_INFINITY, "{:?} at {:e}", law, x);
        }
    }
    for p in [p, 0.0, 1.0] {
        for q in [law.quantile(p), law.upper_quantile(p)] {
            if (0.0..=1.0).contains(&p) {
                let inside = support.lower <= q && q <= support.upper;
                prop_assert!(inside, "{law:?}: the quantile of {p:e} is {q:e}");
            } else {
                prop_assert!(q.is_nan(), "{law:?}: the quantile of {p:e} is {q:e}");
            }
        }
    }
    let mut rng = Seed(1).stream("draws", 0);
    for _ in 0..3 {
        let draw = law.sample(&mut rng);
        prop_assert!(!draw.is_nan(), "{law:?} drew {draw}");
    }
    let took = began.elapsed();
    prop_assert!(took < Duration::from_secs(20), "{law:?} at {x:e} and {p:e} took {took:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None,
        rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn laws_answer_any_number(numbers in numbers(), x in number(), p in chance()) {
        for law in laws(&numbers) {
            ask(&law, x, p)?;
        }
    }

    #[test]
    fn special_functions_answer_any_number(a in number(), b in number(), x in number(), y in number()) {
        let began = Instant::now();
        let all = [
            special::erf(x), special::erfc(x), special::erfcx(x), special::normal_cdf(x),
            special::log_normal_cdf(x), special::normal_quantile(x), special::ln_gamma(x),
            special::digamma(x), special::trigamma(x), special::stirling_error(x),
            special::log1pmx(x), special::log_bessel_i0(x), special::ln_beta(a, b),
            special::gamma_p(a, x), special::gamma_q(a, x), special::log_gamma_p(a, x),
            special::log_gamma_q(a, x), special::gamma_p_inverse(a, x),
            special::gamma_q_inverse(a, x), special::beta_inc(a, b, x),
            special::log_beta_inc(a, b, x, y).0, special::beta_inc_inverse(a, b, x).0,
        ];
        for probability in [all[3], all[13], all[14], all[19]] {
            prop_assert!(probability.is_nan() || (0.0..=1.0).contains(&probability), "{all:?}");
        }
        prop_assert!(began.elapsed() < Duration::from_secs(20), "{a:e} {b:e} {x:e} {y:e}");
    }
}
