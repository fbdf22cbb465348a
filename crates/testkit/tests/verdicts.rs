//! What checks conclude, and what they refuse to conclude.

#![allow(clippy::unwrap_used)]

use testkit::{Error, FalseAlarm, Verdict, chi_square, holds, ks, negative_control, z};

fn at(p: f64) -> testkit::Check {
    z("a number", FalseAlarm::new(p).unwrap().critical_z(), 0.0, 1.0).unwrap()
}

#[test]
fn a_verdict_has_two_thresholds() {
    for (p, verdict) in [
        (1.1e-3, Verdict::Pass),
        (0.9e-3, Verdict::Notice),
        (1.1e-6, Verdict::Notice),
        (0.9e-6, Verdict::Fail),
    ] {
        assert_eq!(at(p).verdict(FalseAlarm::DEFAULT), verdict, "{p}");
    }
}

#[test]
fn many_checks_share_the_rate() {
    let suspicious = at(0.5e-6);
    let fine = at(0.5);
    holds(&[suspicious.clone(), fine.clone()], FalseAlarm::DEFAULT); // 5e-7 each
    negative_control(std::slice::from_ref(&suspicious), FalseAlarm::DEFAULT);
    let three = [at(0.3e-6), fine.clone(), fine];
    assert_eq!(three[0].verdict(FalseAlarm::DEFAULT.over(3)), Verdict::Fail);
    negative_control(&three, FalseAlarm::DEFAULT);
}

#[test]
#[should_panic(expected = "at a false-alarm rate of 5e-7 a check:\na number: p = 1.000e-7")]
fn a_failure_is_named() {
    holds(&[at(1e-7), at(0.5)], FalseAlarm::DEFAULT);
}

#[test]
#[should_panic(expected = "inconclusive")]
fn no_check_is_no_pass() {
    holds(&[], FalseAlarm::DEFAULT);
}

#[test]
#[should_panic(expected = "the negative control was not rejected")]
fn a_control_that_passes_fails() {
    negative_control(&[at(0.01), at(2e-6)], FalseAlarm::DEFAULT);
}

#[test]
#[should_panic(expected = "the negative control was not rejected")]
fn a_control_without_checks_fails() {
    negative_control(&[], FalseAlarm::DEFAULT);
}

#[test]
fn a_wrong_sample_is_rejected_and_a_right_one_is_not() {
    let grid: Vec<f64> = (0..400).map(|i| (f64::from(i) + 0.5) / 400.0).collect();
    holds(&[ks("uniform", &grid, |x| x).unwrap()], FalseAlarm::DEFAULT);
    negative_control(&[ks("square root", &grid, f64::sqrt).unwrap()], FalseAlarm::DEFAULT);
    negative_control(&[ks("square", &grid, |x| x * x).unwrap()], FalseAlarm::DEFAULT);
}

#[test]
fn an_impossible_observation_is_a_failure() {
    let check = chi_square("cells", &[500, 499, 1], &[0.5, 0.5, 0.0]).unwrap();
    assert_eq!(check.p_value(), 0.0);
    assert!(check.to_string().ends_with("1 observations in cell 2, which is impossible"));
    negative_control(&[check], FalseAlarm::DEFAULT);
}

#[test]
fn small_cells_are_pooled() {
    // Expectations 90, 4, 3, 3: the three small ones make one of 10.
    let check = chi_square("cells", &[87, 5, 3, 5], &[0.90, 0.04, 0.03, 0.03]).unwrap();
    assert!((check.statistic() - (9.0 / 90.0 + 9.0 / 10.0)).abs() < 1e-12);
    // 60, 38, 2: too small even together, so it goes to the 38.
    let check = chi_square("cells", &[58, 39, 3], &[0.60, 0.38, 0.02]).unwrap();
    assert!((check.statistic() - (4.0 / 60.0 + 4.0 / 40.0)).abs() < 1e-12);
    // An impossible and empty cell counts for nothing.
    let check = chi_square("cells", &[60, 40, 0], &[0.5, 0.5, 0.0]).unwrap();
    assert!((check.statistic() - 4.0).abs() < 1e-12);
    assert!((check.p_value() - 0.045_500_263_896_358_4).abs() < 1e-12); // 2 standard deviations
}

#[test]
fn what_says_nothing_is_an_error() {
    let nan = f64::NAN;
    assert!(matches!(FalseAlarm::new(0.0), Err(Error::BadRate { .. })));
    assert!(matches!(FalseAlarm::new(nan), Err(Error::BadRate { .. })));
    assert!(matches!(z("z", nan, 0.0, 1.0), Err(Error::NotFinite { name: "the estimate", .. })));
    assert!(matches!(z("z", 0.0, 0.0, f64::INFINITY), Err(Error::NotFinite { .. })));
    assert!(matches!(z("z", 0.0, 0.0, 0.0), Err(Error::BadStandardError { value: 0.0, .. })));
    assert!(matches!(ks("ks", &[], |x| x), Err(Error::Empty { .. })));
    assert!(matches!(ks("ks", &[nan], |x| x), Err(Error::NotFinite { name: "a draw", .. })));
    assert!(matches!(
        ks("ks", &[0.1, 0.2], |x| 1.0 - x),
        Err(Error::NotADistributionFunction { at: 0.2, value: 0.8, .. })
    ));
    assert!(matches!(ks("ks", &[2.0], |x| x), Err(Error::NotADistributionFunction { .. })));
    assert!(matches!(ks("ks", &[2.0], |_| nan), Err(Error::NotADistributionFunction { .. })));
    let half = [0.5; 2];
    assert!(matches!(
        chi_square("x", &[1], &half),
        Err(Error::LengthMismatch { counts: 1, probabilities: 2, .. })
    ));
    assert!(matches!(chi_square("x", &[9, 9], &[0.5, 0.6]), Err(Error::NotADistribution { .. })));
    assert!(matches!(chi_square("x", &[9, 9], &[-0.5, 1.5]), Err(Error::NotADistribution { .. })));
    assert!(matches!(chi_square("x", &[9, 9], &[nan, 1.0]), Err(Error::NotADistribution { .. })));
    assert!(matches!(chi_square("x", &[0, 0], &half), Err(Error::Empty { .. })));
    assert!(matches!(chi_square("x", &[2, 2], &half), Err(Error::TooFewCells { cells: 0, .. })));
    assert!(matches!(chi_square("x", &[9], &[1.0]), Err(Error::TooFewCells { cells: 1, .. })));
}
