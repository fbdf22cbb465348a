//! The laws that only predictions need, Lomax and beta-binomial, against mpmath with 50 digits.
//!
//! ```python
//! import mpmath as mp; mp.mp.dps = 50
//! ln_beta = lambda x, y: mp.loggamma(x) + mp.loggamma(y) - mp.loggamma(x + y)
//! beta_binomial = lambda n, a, b, k: (
//!     mp.log(mp.binomial(n, k)) + ln_beta(k + a, n - k + b) - ln_beta(a, b))  # summed for the tails
//! lomax_sf = lambda a, s, x: -a * mp.log1p(x / s)
//! lomax = lambda a, s, x: mp.log(a / s) - (a + 1) * mp.log1p(x / s)
//! ```

#![allow(clippy::excessive_precision)] // mpmath's digits as printed.

use prob_core::{BetaBinomial, Lomax, Seed, Univariate};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{FalseAlarm, chi_square, holds, ks, negative_control};

const INF: f64 = f64::INFINITY;

/// The error of a logarithm: relative above 1, absolute below.
#[track_caller]
fn close(what: &str, ours: f64, exact: f64, tolerance: f64) {
    let error = (ours - exact).abs() / exact.abs().max(1.0);
    assert!(ours == exact || error < tolerance, "{what} = {ours:e}, {exact:e} is right: {error:e}");
}

#[test]
fn lomax_is_exact_in_both_tails() {
    for (shape, scale, x, log_prob, log_cdf, log_sf) in [
        (3.0, 6.0, 6.0, -3.4657359027997265, -0.13353139262452262, -2.0794415416798359),
        (0.5, 1e-3, 1e10, -38.685801214961849, -3.1622781601683267e-7, -14.966803104461347),
        (1e8, 1e8, 2.0, -2.0000000000000001, -0.14541346099921191, -1.9999999800000003),
        (1e8, 1.0, 1e-3, -99931.613627109699, 0.0, -99950.033308353319),
        (2.0, 1.0, 1e-300, std::f64::consts::LN_2, -690.08238071765376, -2e-300),
        (1e-3, 1e-300, 1e300, -699.06483423299227, -0.28926818720160769, -1.3815510557964274),
        (2.5, 4.0, 0.0, -0.47000362924573555, -INF, 0.0),
    ] {
        let law = Lomax::new(shape, scale).unwrap();
        close("log_prob", law.log_prob(x), log_prob, 1e-15);
        close("log_cdf", law.log_cdf(x), log_cdf, 1e-15);
        close("log_sf", law.log_sf(x), log_sf, 1e-15);
    }
    let law = Lomax::new(3.0, 6.0).unwrap();
    assert_eq!((law.quantile(0.0), law.quantile(1.0)), (0.0, INF));
    assert_eq!((law.upper_quantile(0.0), law.upper_quantile(1.0)), (INF, 0.0));
    assert!(law.quantile(1.5).is_nan() && law.upper_quantile(f64::NAN).is_nan());
    assert_eq!((law.log_prob(-1.0), law.log_prob(INF), law.cdf(INF)), (-INF, -INF, 1.0));
    assert!(law.log_prob(f64::NAN).is_nan() && law.cdf(f64::NAN).is_nan());
    assert_eq!((law.mean(), law.variance()), (3.0, 27.0));
    // h = ln(λ/α) + 1/α + 1.
    assert!((law.entropy() - (2f64.ln() + 4.0 / 3.0)).abs() < 1e-15);
    for (shape, scale) in [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, INF)] {
        assert!(Lomax::new(shape, scale).is_err());
    }
}

#[test]
fn beta_binomial_is_exact_for_any_size() {
    for (n, alpha, beta, k, log_prob, log_cdf, log_sf) in [
        (10, 2.5, 0.75, 0.0, -5.3692022379636803, -5.3692022379636803, -0.0046687272470621821),
        (10, 2.5, 0.75, 7.0, -2.2097165913243863, -0.97368679769834585, -0.47431371844042851),
        (10, 2.5, 0.75, 10.0, -1.2357288701293767, 0.0, -INF),
        (100, 0.25, 0.125, 50.0, -5.9249751364890607, -1.1114345407400779, -0.39911511345365716),
        (1000, 30.0, 70.0, 300.0, -4.7946032466807723, -0.66208633621796471, -0.72520381361328248),
        (
            1000,
            30.0,
            70.0,
            900.0,
            -91.529215942958918,
            -2.7408825003226178e-40,
            -91.095123786314646,
        ),
        (50, 1e-5, 1e-3, 3.0, -12.559704974013611, -0.0099761487950106372, -4.612542083004434),
        (20, 1e8, 1e-3, 19.0, -22.332703939580493, -22.332703844485504, -1.9999998099900247e-10),
    ] {
        let law = BetaBinomial::new(n, alpha, beta).unwrap();
        let what = format!("BetaBinomial({n}, {alpha}, {beta}) at {k}");
        close(&format!("log_prob of {what}"), law.log_prob(k), log_prob, 1e-14);
        close(&format!("log_cdf of {what}"), law.log_cdf(k), log_cdf, 1e-14);
        close(&format!("log_sf of {what}"), law.log_sf(k), log_sf, 1e-14);
    }
    for (n, alpha, beta, k, log_prob) in [
        (1_000_000, 1e6, 3e6, 250_000.0, -7.1012777502247456),
        (1_000_000, 1e6, 3e6, 251_000.0, -9.2339363889991231),
        (1_000_000, 1e8, 1e8, 500_100.0, -7.155941130033892),
        (1 << 24, 2.0, 5.0, 4e6, -15.757495347710542),
    ] {
        let law = BetaBinomial::new(n, alpha, beta).unwrap();
        close(&format!("log_prob {n} {alpha} {beta} {k}"), law.log_prob(k), log_prob, 1e-14);
    }
}

#[test]
fn beta_binomial_has_the_ends_of_its_support() {
    let law = BetaBinomial::new(3, 2.0, 2.0).unwrap();
    assert_eq!((law.log_prob(-1.0), law.log_prob(1.5), law.log_prob(4.0)), (-INF, -INF, -INF));
    assert_eq!((law.cdf(-0.5), law.cdf(3.0), law.cdf(INF), law.sf(-INF)), (0.0, 1.0, 1.0, 1.0));
    assert!(law.log_prob(f64::NAN).is_nan() && law.cdf(f64::NAN).is_nan());
    assert_eq!((law.quantile(0.0), law.quantile(1.0)), (0.0, 3.0));
    assert_eq!((law.upper_quantile(0.0), law.upper_quantile(1.0)), (3.0, 0.0));
    assert!(law.quantile(-0.1).is_nan() && law.upper_quantile(2.0).is_nan());
    let none = BetaBinomial::new(0, 0.5, 1e300).unwrap();
    assert_eq!((none.prob(0.0), none.cdf(0.0), none.mean(), none.entropy()), (1.0, 1.0, 0.0, 0.0));
    for (trials, alpha, beta) in
        [(1 << 25, 1.0, 1.0), (1, 0.0, 1.0), (1, 1.0, f64::NAN), (1, f64::MAX, f64::MAX)]
    {
        assert!(BetaBinomial::new(trials, alpha, beta).is_err(), "{trials} {alpha} {beta}");
    }
}

/// Controls: another shape, another beta.
#[test]
fn draws_follow_their_laws() {
    let law = Lomax::new(2.5, 4.0).unwrap();
    let drawn: Vec<f64> = law.sample_iter(Seed(1).stream("draws", 0)).take(20_000).collect();
    holds(&[ks("Lomax", &drawn, |x| law.cdf(x)).unwrap()], FalseAlarm::DEFAULT);
    let other = Lomax::new(2.3, 4.0).unwrap();
    negative_control(&[ks("other", &drawn, |x| other.cdf(x)).unwrap()], FalseAlarm::DEFAULT);

    let law = BetaBinomial::new(6, 0.5, 1.5).unwrap();
    let mut counts = [0u64; 7];
    for k in law.sample_iter(Seed(2).stream("draws", 0)).take(20_000) {
        counts[k as usize] += 1;
    }
    let check = |law: BetaBinomial| {
        let expected: Vec<f64> = (0..7).map(|k| law.prob(f64::from(k))).collect();
        [chi_square("counts", &counts, &expected).unwrap()]
    };
    holds(&check(law), FalseAlarm::DEFAULT);
    negative_control(&check(BetaBinomial::new(6, 0.5, 1.7).unwrap()), FalseAlarm::DEFAULT);
}

proptest! {
    /// Sums over all counts: 1, both tails, mean, variance, entropy; quantiles invert; the mode.
    #[test]
    fn beta_binomial_is_the_sum_of_its_probabilities(
        n in 0u64..60, log_a in -3f64..6.0, log_b in -3f64..6.0, p in 0f64..1.0,
    ) {
        let law = BetaBinomial::new(n, log_a.exp(), log_b.exp()).unwrap();
        let probs: Vec<f64> = (0..=n).map(|k| law.prob(k as f64)).collect();
        prop_assert!((probs.iter().sum::<f64>() - 1.0).abs() < 1e-13);
        let moment = |f: &dyn Fn(f64) -> f64| -> f64 {
            probs.iter().enumerate().map(|(k, p)| p * f(k as f64)).sum()
        };
        let mean = moment(&|k| k);
        prop_assert!((law.mean() - mean).abs() < 1e-11);
        let variance = moment(&|k| (k - mean).powi(2));
        prop_assert!((law.variance() - variance).abs() < 1e-10 * variance.max(1.0));
        prop_assert!((law.entropy() - moment(&|k| -law.log_prob(k))).abs() < 1e-12);
        let mut below = 0.0;
        for (k, p) in probs.iter().enumerate() {
            below += p;
            let above: f64 = probs[k + 1..].iter().sum();
            prop_assert!((law.cdf(k as f64) - below).abs() < 1e-13);
            prop_assert!((law.sf(k as f64 + 0.5) - above).abs() <= 1e-12 * above);
        }
        let x = law.quantile(p);
        prop_assert!(law.cdf(x) >= p && (x == 0.0 || law.cdf(x - 1.0) < p));
        let x = law.upper_quantile(p);
        prop_assert!(law.sf(x) <= p && (x == 0.0 || law.sf(x - 1.0) > p));
        let largest = probs.iter().copied().fold(0.0, f64::max);
        prop_assert!(law.prob(law.mode()) >= largest * (1.0 - 1e-12));
    }

    #[test]
    fn lomax_quantiles_invert(log_shape in -5f64..18.0, log_scale in -200f64..200.0, p in 1e-12f64..0.999) {
        let law = Lomax::new(log_shape.exp(), log_scale.exp()).unwrap();
        let x = law.quantile(p);
        if x.is_finite() {
            prop_assert!((law.cdf(x) / p - 1.0).abs() < 1e-12, "{}", law.cdf(x));
            prop_assert!((law.cdf(x) + law.sf(x) - 1.0).abs() < 1e-15);
        }
        let x = law.upper_quantile(p);
        if x.is_finite() {
            prop_assert!((law.sf(x) / p - 1.0).abs() < 1e-12, "{}", law.sf(x));
        }
    }

    /// Whatever the bits: an error or a number, never a panic.
    #[test]
    fn no_bits_panic(trials in 0u64..1000, a: u64, b: u64, x: u64) {
        let [a, b, x] = [a, b, x].map(f64::from_bits);
        if let Ok(law) = BetaBinomial::new(trials, a, b) {
            let _ = (law.log_prob(x), law.cdf(x), law.sf(x), law.quantile(x), law.mode());
            let _ = (law.mean(), law.variance(), law.entropy(), law.upper_quantile(x));
            prop_assert!(law.cdf(0.5 * trials as f64) >= 0.0);
        }
        if let Ok(law) = Lomax::new(a, b) {
            let _ = (law.log_prob(x), law.log_cdf(x), law.log_sf(x), law.quantile(x));
            let _ = (law.mean(), law.variance(), law.entropy(), law.upper_quantile(x));
        }
    }
}
