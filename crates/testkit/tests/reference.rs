//! Tails and checks against SciPy.
//!
//! The references are from SciPy 1.17.1 with NumPy 2.4.6:
//!
//! ```python
//! from scipy import special, stats
//! for z in (0.1, 1, 1.96, 2.8, 2.9, 5, 10, 37): print(2 * stats.norm.sf(z))
//! for a in (0.5, 0.05, 1e-3, 1e-6, 1e-7, 1e-12, 1e-300): print(stats.norm.isf(a / 2))
//! for k, x in ((1, 0.01), (1, 3.84), ...): print(stats.chi2.sf(x, k))
//! for x in (0.2, 0.4, ...): print(special.kolmogorov(x))
//! for n, p in ((10, 0.5), ...): print(stats.kstwo.isf(p, n))
//! print(stats.chisquare([1009, 962, 1030, 1002, 968, 1029]))
//! print(stats.chisquare([43, 21, 30, 6], [40, 30, 20, 10]))
//! print(stats.ks_1samp([0.61, -0.29, 1.7, -1.1, 0.05, 0.83, -0.47, 2.4], stats.norm.cdf))
//! ```

use testkit::{
    FalseAlarm, chi_square, ks,
    special::{chi_square_tail, kolmogorov, normal_two_sided},
};

#[track_caller]
fn close(what: &str, ours: f64, reference: f64, tolerance: f64) {
    let error = (ours / reference - 1.0).abs();
    assert!(error < tolerance, "{what} = {ours:e}, SciPy has {reference:e}: off by {error:e}");
}

#[test]
fn the_normal_tails() {
    for (z, reference) in [
        (0.1, 0.920344325445942),
        (1.0, 0.31731050786291415),
        (1.96, 0.04999579029644087),
        (2.8, 0.005110260660855864), // the last before the continued fraction
        (2.9, 0.003731626600768075), // the first after
        (5.0, 5.733031437583866e-07),
        (10.0, 1.523970604832094e-23),
        (37.0, 1.1451142445047853e-299),
    ] {
        close(&format!("2 sf({z})"), normal_two_sided(z), reference, 1e-12);
        assert_eq!(normal_two_sided(-z), normal_two_sided(z));
    }
    assert_eq!((normal_two_sided(0.0), normal_two_sided(f64::INFINITY)), (1.0, 0.0));
}

#[test]
fn the_critical_z() {
    for (alpha, reference) in [
        (0.5, 0.6744897501960817),
        (0.05, 1.9599639845400545),
        (1e-3, 3.2905267314918945),
        (1e-6, 4.891638475698591),
        (1e-7, 5.326723886384496),
        (1e-12, 7.130506848171324),
        (1e-300, 37.06578788077213),
    ] {
        let z = FalseAlarm::new(alpha).unwrap().critical_z();
        close(&format!("isf({alpha} / 2)"), z, reference, 1e-13);
    }
}

#[test]
fn the_chi_square_tail() {
    for (degrees, x, reference) in [
        (1, 0.01, 0.920344325445942),
        (1, 3.84, 0.05004352124870519),
        (1, 60.0, 9.485737571073857e-15),
        (2, 5.0, 0.0820849986238988),
        (3, 0.5, 0.9188914116546758),
        (3, 30.0, 1.3800570312932553e-06),
        (4, 50.0, 3.610865404890647e-10),
        (7, 14.07, 0.049950250317479475),
        (10, 3.0, 0.9814240637778593),
        (31, 100.0, 3.4643702449416187e-09),
        (99, 150.0, 0.0007204453957169282),
        (100, 99.0, 0.5094721987983741),
        (1000, 1300.0, 3.8897364994868366e-10),
        (2001, 1900.0, 0.946698227661073),
    ] {
        close(&format!("chi2.sf({x}, {degrees})"), chi_square_tail(degrees, x), reference, 1e-11);
    }
    assert_eq!((chi_square_tail(3, 0.0), chi_square_tail(3, 1e9)), (1.0, 0.0));
}

#[test]
fn kolmogorovs_law() {
    for (x, reference) in [
        (0.2, 0.999999999999495),
        (0.4, 0.9971923267772983),
        (0.8, 0.5441424115741981),
        (0.99, 0.2808738392255489), // the last of one series
        (1.0, 0.26999967167735456), // the first of the other
        (1.36, 0.049485876755377876),
        (1.95, 0.00099591084288358),
        (2.7, 9.311431431566156e-07),
        (5.0, 3.8574996959278356e-22),
    ] {
        close(&format!("kolmogorov({x})"), kolmogorov(x), reference, 1e-12);
    }
    assert_eq!((kolmogorov(0.0), kolmogorov(40.0)), (1.0, 0.0));
}

/// Stephens' correction against the exact law of D: at a distance that n draws exceed with chance
/// p, the check must say p. The sample is the grid (i − ½) / n, whose D is 1 / 2n, moved by the rest.
#[test]
fn the_p_value_of_kolmogorov_and_smirnov_is_close_to_the_exact_one() {
    for (n, exact, distance) in [
        (100, 0.5, 0.08114721899006636),
        (100, 1e-3, 0.1926841642763391),
        (100, 1e-6, 0.26579884737853915),
        (1_000, 0.5, 0.026005301564520387),
        (1_000, 1e-3, 0.061462224771709525),
        (1_000, 1e-6, 0.08494641956334534),
        (10_000, 0.5, 0.008259125740924645),
        (10_000, 1e-3, 0.01947748045729969),
        (10_000, 1e-6, 0.026915328261813098),
    ] {
        let shift = distance - 0.5 / f64::from(n);
        let sample: Vec<f64> =
            (0..n).map(|i| (f64::from(i) + 0.5) / f64::from(n) + shift).collect();
        let check = ks("a shifted grid", &sample, |x| x.clamp(0.0, 1.0)).unwrap();
        close("D", check.statistic(), distance, 1e-12);
        close(&format!("p for {n} draws"), check.p_value(), exact, 0.05);
    }
}

#[test]
fn whole_checks() {
    let die = chi_square("die", &[1009, 962, 1030, 1002, 968, 1029], &[1.0 / 6.0; 6]).unwrap();
    close("statistic", die.statistic(), 4.294, 1e-12);
    close("p", die.p_value(), 0.5079089848828027, 1e-12);

    let four = chi_square("four", &[43, 21, 30, 6], &[0.4, 0.3, 0.2, 0.1]).unwrap();
    close("statistic", four.statistic(), 9.525, 1e-12);
    close("p", four.p_value(), 0.023066884300723234, 1e-12);

    let sample = [0.61, -0.29, 1.7, -1.1, 0.05, 0.83, -0.47, 2.4];
    let normal = |x: f64| {
        let outside = 0.5 * normal_two_sided(x);
        if x < 0.0 { outside } else { 1.0 - outside }
    };
    let normal = ks("normal", &sample, normal).unwrap();
    close("D", normal.statistic(), 0.22906909621699434, 1e-12);
    // SciPy's p-value is exact; eight draws are too few for more than two digits of the limit.
    close("p", normal.p_value(), 0.7154045302705045, 0.05);
}
