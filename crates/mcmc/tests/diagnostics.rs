//! Diagnostics by hand, in their bounds, and what they refuse.

#![allow(clippy::unwrap_used, clippy::panic)]

mod series;

use mcmc::{Error, diagnostics as d};
use proptest::prelude::*;
use series::ar;

/// By hand: 1, 3, 2, 4 has the deviations −1.5, 0.5, −0.5, 1.5, whose squares sum to 5.
#[test]
fn autocorrelations_by_hand() {
    let rho = d::autocorrelations(&[[1.0, 3.0, 2.0, 4.0]], 3).unwrap();
    let by_hand = [1.0, (-0.75 - 0.25 - 0.75) / 5.0, (0.75 + 0.75) / 5.0, -2.25 / 5.0];
    assert!(rho.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-15), "{rho:?}");
    assert_eq!(d::autocorrelation(&[[1.0, 3.0, 2.0, 4.0]], 3).unwrap(), rho[3]);
}

/// The covariance of a variable with itself is its variance, whose error by the delta method is
/// twice the standard deviation times the error of that.
#[test]
fn errors_of_variance_and_standard_deviation_agree() {
    let x = ar(0.5, 0.0, 1000, 4);
    let all: Vec<f64> = x.iter().flatten().copied().collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let sd = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
    let of_variance = d::mcse_covariance(&x, &x).unwrap();
    assert!((of_variance / (2.0 * sd * d::mcse_sd(&x).unwrap()) - 1.0).abs() < 1e-12);
}

#[test]
fn what_cannot_be_believed_is_an_error() {
    let none: [&[f64]; 0] = [];
    assert_eq!(d::rhat(&none), Err(Error::Zero { what: "the number of chains" }));
    let draws = [[1.0, 2.0, 1.0, 3.0, 2.0, 5.0, 4.0, 2.5, 0.0, 1.0]];
    for p in [0.0, 1.0, f64::NAN] {
        assert!(matches!(d::ess_quantile(&draws, p), Err(Error::NotBetween { .. })));
    }
    assert!(matches!(
        d::autocorrelation(&draws, 10),
        Err(Error::OutOfRange { index: 10, limit: 10, .. })
    ));
    // A variable is not correlated with itself by chance.
    assert!(matches!(d::mcse_correlation(&draws, &draws), Err(Error::NothingVaries { .. })));
    // Two values at equal distances from their mean: the deviations do not vary.
    let two = [[1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0]];
    assert!(matches!(d::mcse_sd(&two), Err(Error::NothingVaries { .. })));
    assert!(matches!(d::ess_sd(&two), Err(Error::NothingVaries { .. })));
    assert!(matches!(d::rhat_folded(&two), Err(Error::NothingVaries { .. })));
    assert!(d::rhat(&two).unwrap() < 1.1);
}

type OfChains = fn(&[&[f64]]) -> Result<f64, Error>;

/// Every diagnostic of chains, by its name.
fn all() -> [(&'static str, OfChains); 16] {
    [
        ("rhat", |x| d::rhat(x)),
        ("rhat_bulk", |x| d::rhat_bulk(x)),
        ("rhat_folded", |x| d::rhat_folded(x)),
        ("rhat_split", |x| d::rhat_split(x)),
        ("nested_rhat", |x| d::nested_rhat(x, &(0..x.len()).collect::<Vec<_>>())),
        ("ess_bulk", |x| d::ess_bulk(x)),
        ("ess_tail", |x| d::ess_tail(x)),
        ("ess_mean", |x| d::ess_mean(x)),
        ("ess_sd", |x| d::ess_sd(x)),
        ("ess_quantile", |x| d::ess_quantile(x, 0.5)),
        ("mcse_mean", |x| d::mcse_mean(x)),
        ("mcse_sd", |x| d::mcse_sd(x)),
        ("mcse_quantile", |x| d::mcse_quantile(x, 0.5)),
        ("mcse_covariance", |x| d::mcse_covariance(x, x)),
        ("autocorrelation", |x| d::autocorrelation(x, 1)),
        ("autocorrelation_time", |x| d::autocorrelation_time(x)),
    ]
}

#[test]
fn every_diagnostic_names_the_chain_and_the_draw_that_are_wrong() {
    let x = ar(0.3, 0.0, 5_000, 2);
    for (name, f) in all() {
        assert!(f(&[&x[0], &x[1]]).is_ok(), "{name}");
        assert_eq!(f(&[]), Err(Error::Zero { what: "the number of chains" }), "{name}");
        let none = f(&[&[], &[]]);
        assert!(matches!(none, Err(Error::TooFewDraws { found: 0, .. })), "{name}: {none:?}");
        if name != "nested_rhat" {
            let one = f(&[&[1.0], &[2.0]]);
            assert!(matches!(one, Err(Error::TooFewDraws { found: 1, .. })), "{name}: {one:?}");
        }
        let unequal = f(&[&x[0], &x[1][..4_999]]);
        let expected = Error::ChainLength { chain: 1, expected: 5_000, found: 4_999 };
        assert_eq!(unequal, Err(expected), "{name}");
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut broken = x[1].clone();
            broken[77] = value;
            let error = f(&[&x[0], &broken]).unwrap_err();
            let Error::BrokenDraw { chain: 1, draw: 77, value: found } = error else {
                panic!("{name}: {error:?}");
            };
            assert_eq!(found.to_bits(), value.to_bits(), "{name}");
        }
        let still = f(&[&[0.1; 5_000], &[0.1; 5_000]]);
        assert_eq!(still, Err(Error::ConstantChain { chain: 0, value: 0.1 }), "{name}");
        // One chain alone is constant: R-hat is there to show it, the others have no idea of it.
        let stuck = f(&[&x[0], &[0.1; 5_000]]);
        if name.contains("rhat") {
            assert!(stuck.clone().unwrap() > if name == "rhat" { 1.3 } else { 1.0 }, "{name}");
        } else {
            assert_eq!(stuck, Err(Error::ConstantChain { chain: 1, value: 0.1 }), "{name}");
        }
    }
}

/// Squares overflow, or are zero: ranks do not mind, and no other diagnostic makes a number of it.
#[test]
fn variances_beyond_the_numbers_there_are_make_no_diagnostic() {
    for scale in [1e200, 1e-200, f64::MAX / 4.0, f64::MIN_POSITIVE / 4.0] {
        let scaled = |c: Vec<f64>| c.into_iter().map(|x| x * scale).collect();
        let plain = ar(0.3, 0.0, 5_000, 2);
        let x: Vec<Vec<f64>> = plain.clone().into_iter().map(scaled).collect();
        for (name, f) in all() {
            let found = f(&[&x[0], &x[1]]);
            let of_ranks = ["rhat", "rhat_bulk", "rhat_folded", "ess_bulk"].contains(&name)
                || name.contains("quantile")
                || name == "ess_tail";
            if of_ranks {
                let same = f(&[&plain[0], &plain[1]]).unwrap();
                let ours = found.unwrap() / if name == "mcse_quantile" { scale } else { 1.0 };
                // The smallest numbers have few digits.
                assert!(scale < 1e-300 || (ours / same - 1.0).abs() < 1e-9, "{name}: {ours}");
            } else if let Ok(number) = found {
                panic!("{name} of draws of size {scale}: {number}");
            }
        }
    }
}

/// Splitting leaves out the middle draw; where only that one differs, nothing is left to judge.
#[test]
fn a_chain_that_only_moves_in_its_middle_is_an_error() {
    let mut blip = [[1.0; 21]];
    blip[0][10] = 2.0;
    for (name, f) in all() {
        if !name.contains("nested") && !name.contains("autocorrelation") {
            let found = f(&[&blip[0]]);
            assert!(matches!(found, Err(Error::NothingVaries { .. })), "{name}: {found:?}");
        }
    }
}

#[test]
fn a_chain_shorter_than_fifty_of_its_autocorrelation_times_is_an_error() {
    let slow = ar(0.95, 0.0, 501, 2);
    let error = d::autocorrelation_time(&slow).unwrap_err();
    assert!(matches!(error, Error::ShorterThanItsMemory { found: 501, .. }), "{error}");
    // Of 100,000 draws it is believed: (1 + φ) / (1 − φ) = 39.
    let tau = d::autocorrelation_time(&ar(0.95, 0.0, 100_000, 2)).unwrap();
    assert!((tau / 39.0 - 1.0).abs() < 0.1, "{tau}");
}

proptest! {
    /// No diagnostic depends on the unit of the variable, but errors are in that unit. Powers of two
    /// are exact: the two draws next to the median are equally far from it in any unit.
    #[test]
    fn units_do_not_matter(phi in -0.9f64..0.9, exponent in -20i32..20) {
        let scale = 2f64.powi(exponent);
        let x = ar(phi, 0.0, 120, 2);
        let y: Vec<Vec<f64>> = x.iter().map(|c| c.iter().map(|x| scale * x).collect()).collect();
        prop_assert_eq!(d::rhat(&x), d::rhat(&y));
        prop_assert_eq!(d::ess_bulk(&x), d::ess_bulk(&y));
        prop_assert_eq!(d::ess_tail(&x), d::ess_tail(&y));
        prop_assert_eq!(d::ess_mean(&x), d::ess_mean(&y));
        prop_assert_eq!(d::ess_sd(&x), d::ess_sd(&y));
        prop_assert_eq!(d::autocorrelations(&x, 9), d::autocorrelations(&y, 9));
        prop_assert_eq!(d::mcse_mean(&x).unwrap() * scale, d::mcse_mean(&y).unwrap());
    }

    /// ESS is positive and at most n log10 n, whatever the numbers.
    #[test]
    fn ess_stays_in_its_bounds(x in prop::collection::vec(-1f64..1.0, 8..60)) {
        let n = x.len() as f64;
        if let Ok(ess) = d::ess_mean(&[x]) {
            prop_assert!(ess > 0.0 && ess <= n * n.log10() * (1.0 + 1e-12), "{ess} of {n}");
        }
    }
}
