//! The two-sample check against enumeration and whole-number arithmetic.

#![allow(clippy::unwrap_used)]

use testkit::{Error, FalseAlarm, holds, ks_two_sample, negative_control};

/// Two samples of `n`, the first with `h` of its draws moved below all others: `D = h / n`.
fn apart(n: u32, h: u32) -> (Vec<f64>, Vec<f64>) {
    let place = |i: u32| f64::from(i) - f64::from(if i < h { 2 * n } else { 0 });
    ((0..n).map(place).collect(), (0..n).map(|i| f64::from(i) + 0.5 - f64::from(h)).collect())
}

/// The sum over binomial coefficients, in Python's whole numbers and fractions:
///
/// ```python
/// s = sum((-1)**(k-1) * comb(2*n, n-k*h) for k in range(1, n//h+1))
/// print(float(Fraction(2*s, comb(2*n, n))))
/// ```
#[test]
fn the_p_value_is_exact() {
    for (n, h, reference) in [
        (10, 4, 0.4175236528177705),
        (10, 7, 0.012340600575894693),
        (100, 12, 0.46950644850377776),
        (100, 40, 1.555079037134569e-07),
        (1_000, 60, 0.05462666510701525),
        (1_000, 121, 8.513708327314539e-07),
        (10_000, 83, 0.8811642663237632),
        (10_000, 380, 1.0681231049445922e-06),
        (10_000, 2_000, 2.6004324121284255e-175),
    ] {
        let (a, b) = apart(n, h);
        for check in [ks_two_sample("a, b", &a, &b), ks_two_sample("b, a", &b, &a)] {
            let check = check.unwrap();
            assert_eq!(check.statistic(), f64::from(h) / f64::from(n));
            let error = (check.p_value() / reference - 1.0).abs();
            assert!(error < 1e-11, "{check}: exact is {reference:e}, off by {error:e}");
        }
    }
}

/// All 924 ways to deal twelve places to two samples: the share of them with at least this distance.
#[test]
fn the_p_value_is_what_counting_says() {
    let deal = |hand: u32| {
        let places = |mine: bool| {
            let of = move |i: &u32| (hand >> i & 1 == 1) == mine;
            (0..12).filter(of).map(f64::from).collect::<Vec<f64>>()
        };
        ks_two_sample("a deal", &places(true), &places(false)).unwrap()
    };
    let checks: Vec<_> = (0..1 << 12).filter(|h: &u32| h.count_ones() == 6).map(deal).collect();
    assert_eq!(checks.len(), 924);
    for check in &checks {
        let as_far = checks.iter().filter(|c| c.statistic() >= check.statistic()).count();
        assert!((check.p_value() - as_far as f64 / 924.0).abs() < 1e-13, "{check}");
    }
}

#[test]
fn equal_draws_are_no_evidence() {
    let steps: Vec<f64> = (0..500).map(|i| f64::from(i % 3)).collect();
    let same = ks_two_sample("steps", &steps, &steps).unwrap();
    assert_eq!((same.statistic(), same.p_value()), (0.0, 1.0));
    holds(&[same], FalseAlarm::DEFAULT);
    let zeros = ks_two_sample("zeros", &[0.0, 0.0], &[-0.0, -0.0]).unwrap();
    assert_eq!(zeros.p_value(), 1.0);
    let more_twos: Vec<f64> = (0..500).map(|i| f64::from(i % 4 % 3)).collect();
    negative_control(&[ks_two_sample("steps", &steps, &more_twos).unwrap()], FalseAlarm::NOTICE);
}

#[test]
fn bad_samples_are_refused() {
    assert!(matches!(ks_two_sample("x", &[], &[]), Err(Error::Empty { .. })));
    let unequal = ks_two_sample("x", &[1.0], &[1.0, 2.0]);
    assert!(matches!(unequal, Err(Error::UnequalSamples { first: 1, second: 2, .. })));
    for bad in [f64::NAN, f64::INFINITY] {
        assert!(matches!(ks_two_sample("x", &[1.0], &[bad]), Err(Error::NotFinite { .. })));
    }
}
