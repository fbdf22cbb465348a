//! Posteriors on a grid against closed forms. Intervals are SciPy 1.17.1's.

#![allow(clippy::unwrap_used)]

use nalgebra::{dmatrix, dvector};
use prob_core::{
    Error, Grid, GridAxis, GridWarning, LogDensity, MvNormal, Normal, Posterior, family_likelihood,
};
use proptest::prelude::*;

fn axis(lower: f64, upper: f64, cells: usize) -> GridAxis {
    GridAxis::new(lower, upper, cells).unwrap()
}

/// A coin with `heads` and `tails` on top of the uniform law: Beta(heads + 1, tails + 1).
fn coin(heads: f64, tails: f64) -> impl Fn(&[f64]) -> f64 {
    move |p: &[f64]| heads * p[0].ln() + tails * (1.0 - p[0]).ln()
}

#[track_caller]
fn close(what: &str, ours: f64, exact: f64, tolerance: f64) {
    assert!((ours - exact).abs() < tolerance, "{what} = {ours}, {exact} is right");
}

#[test]
fn a_coin_has_a_beta_posterior() {
    let grid = Grid::new(&coin(7.0, 3.0), &[axis(0.0, 1.0, 2000)]).unwrap();
    close("mean", grid.mean()[0], 8.0 / 12.0, 1e-7);
    close("variance", grid.covariance()[(0, 0)], 32.0 / (144.0 * 13.0), 1e-7);
    close("log evidence", grid.log_evidence(), -1320f64.ln(), 1e-6);
    close("mode", grid.mode()[0], 0.7, 0.5 * 5e-4 + 1e-12);
    let (lower, upper) = grid.interval(0, 0.95).unwrap();
    close("2.5 %", lower, 0.390_257_44, 1e-6);
    close("97.5 %", upper, 0.890_736_56, 1e-6);
    for (probability, ends) in [
        (0.95, (0.412_047_441_093_156, 0.906_627_667_218_244)),
        (0.5, (0.603_880_311_019_958, 0.785_577_019_774_128)),
    ] {
        let region = grid.highest_density(0, probability).unwrap();
        assert_eq!(region.len(), 1);
        close("lower end", region[0].0, ends.0, 1e-5);
        close("upper end", region[0].1, ends.1, 1e-5);
    }
    assert_eq!(grid.warnings(), []);
    assert!(grid.edge_mass() < 1e-9);
    close("density at 0.3", grid.density()[599], 1320.0 * 0.3f64.powi(7) * 0.7f64.powi(3), 1e-2);
}

/// Halving the cells quarters the error.
#[test]
fn the_error_falls_as_the_square_of_the_cells() {
    let error = |cells| {
        let grid = Grid::new(&coin(0.0, 1.0), &[axis(0.0, 1.0, cells)]).unwrap();
        grid.covariance()[(0, 0)] - 1.0 / 18.0
    };
    close("ratio", error(100) / error(200), 4.0, 0.01);
}

/// Prior 1/σ: the mean has a t law with 9 degrees, σ² is 9 · 0.544 over a chi-square number.
#[test]
fn a_normal_sample_has_the_classical_posterior() {
    let data = [4.1, 5.3, 3.9, 6.2, 5.0, 4.4, 5.8, 4.9, 5.5, 4.7];
    let prior = |theta: &[f64]| -theta[1].ln();
    let likelihood = family_likelihood(&data, |t: &[f64]| Normal::new(t[0], t[1])).unwrap();
    let posterior = Posterior::new(prior, likelihood);
    let grid = Grid::new(&posterior, &[axis(0.98, 8.98, 800), axis(0.2, 6.0, 600)]).unwrap();
    close("log evidence", grid.log_evidence(), -11.689_871_095_981_939, 1e-4);
    close("mean", grid.mean()[0], 4.98, 1e-9);
    close("sigma", grid.mean()[1], 0.807_072_787_760_598_9, 1e-4);
    close("deviation of the mean", grid.std_dev()[0], 0.264_467_119_209_283_1, 2e-4);
    close("covariance", grid.covariance()[(0, 1)], 0.0, 1e-12);
    let (lower, upper) = grid.interval(0, 0.95).unwrap();
    close("mean, 2.5 %", lower, 4.452_378_82, 1e-4);
    close("mean, 97.5 %", upper, 5.507_621_18, 1e-4);
    let (lower, upper) = grid.interval(1, 0.95).unwrap();
    close("sigma, 2.5 %", lower, 0.507_322_18, 1e-4);
    close("sigma, 97.5 %", upper, 1.346_503_54, 1e-4);
    assert_eq!(grid.warnings(), []);
    let marginal = grid.marginal(1).unwrap();
    close("marginal mean", marginal.mean()[0], grid.mean()[1], 1e-14);
    assert_eq!(marginal.log_evidence(), grid.log_evidence());
}

/// The contour of a bivariate normal law that holds p has the density (1 − p) / (2π √|Σ|).
#[test]
fn contours_hold_what_they_say() {
    let law = MvNormal::new(dvector![1.0, -2.0], dmatrix![1.0, 0.9; 0.9, 2.0]).unwrap();
    let grid = Grid::new(&law, &[axis(-6.0, 8.0, 300), axis(-12.0, 8.0, 300)]).unwrap();
    close("log evidence", grid.log_evidence(), 0.0, 1e-9);
    close("covariance", grid.covariance()[(0, 1)], 0.9, 1e-8);
    close("variance", grid.covariance()[(1, 1)], 2.0, 1e-8);
    let top = 1.0 / (2.0 * std::f64::consts::PI * (2.0f64 - 0.81).sqrt());
    for p in [0.1, 0.5, 0.683, 0.95, 0.99] {
        close("level", grid.level(p).unwrap() / (top * (1.0 - p)), 1.0, 0.02);
    }
    let largest = grid.density().into_iter().fold(0.0, f64::max);
    close("level of nothing", grid.level(0.0).unwrap(), largest, 1e-15);
}

#[test]
fn two_modes_have_two_intervals() {
    let law = |x: &[f64]| {
        let bell = |m: f64| (-0.5 * (x[0] - m).powi(2)).exp();
        (bell(-3.0) + bell(3.0)).ln()
    };
    let grid = Grid::new(&law, &[axis(-9.0, 9.0, 1800)]).unwrap();
    let region = grid.highest_density(0, 0.8).unwrap();
    let exact = [(-4.281_535_197, -1.718_438_837), (1.718_438_837, 4.281_535_197)];
    assert_eq!(region.len(), 2);
    for ((lower, upper), exact) in region.into_iter().zip(exact) {
        close("lower end", lower, exact.0, 2e-5);
        close("upper end", upper, exact.1, 2e-5);
    }
    assert_eq!(grid.highest_density(0, 1.0).unwrap(), [(-9.0, 9.0)]);
    assert_eq!(grid.interval(0, 1.0).unwrap(), (-9.0, 9.0));
}

#[test]
fn a_grid_that_misses_the_law_says_so() {
    let law = Normal::new(0.0, 1.0).unwrap();
    let law = |x: &[f64]| law.log_density(&x[0]);
    let cut = Grid::new(&law, &[axis(-8.0, 1.0, 90)]).unwrap();
    let warnings = cut.warnings();
    assert!(
        matches!(warnings[..], [GridWarning::Edge { axis: 0, upper: true, .. }]),
        "{warnings:?}"
    );
    assert!(cut.edge_mass() > 0.01);
    let coarse = Grid::new(&law, &[axis(-80.0, 80.0, 9)]).unwrap();
    assert!(matches!(coarse.warnings()[..], [GridWarning::Coarse { axis: 0, .. }]));
    let beside = Grid::new(&law, &[axis(30.0, 50.0, 100)]).unwrap();
    let edge = GridWarning::Edge { axis: 0, upper: false, mass: beside.probabilities()[0] };
    assert!(beside.warnings().contains(&edge) && edge.to_string().contains("lower end of axis 0"));
}

#[test]
fn what_is_wrong_is_named() {
    let nan = |x: &[f64]| if x[1] > 0.5 { f64::NAN } else { 0.0 };
    let error = Grid::new(&nan, &[axis(0.0, 1.0, 4), axis(0.0, 1.0, 4)]).unwrap_err();
    let message = "the log density at [0.125, 0.625] is NaN; it must be a number or -inf";
    assert_eq!(error.to_string(), message);
    let nothing = |_: &[f64]| f64::NEG_INFINITY;
    let line = [axis(0.0, 1.0, 4)];
    assert_eq!(Grid::new(&nothing, &line), Err(Error::NoEvidence));
    let flat = |_: &[f64]| 0.0;
    assert!(matches!(Grid::new(&flat, &[]), Err(Error::LengthMismatch { .. })));
    let three = [axis(0.0, 1.0, 4); 3];
    assert!(matches!(Grid::new(&flat, &three), Err(Error::LengthMismatch { .. })));
    let huge = [axis(0.0, 1.0, 1 << 20); 2];
    assert!(matches!(Grid::new(&flat, &huge), Err(Error::Parameter { .. })));
    let grid = Grid::new(&flat, &line).unwrap();
    assert!(matches!(grid.marginal(1), Err(Error::IndexOutOfRange { index: 1, dim: 1 })));
    for p in [-0.1, 1.1, f64::NAN] {
        assert!(grid.interval(0, p).is_err() && grid.level(p).is_err());
        assert!(grid.highest_density(0, p).is_err());
    }
    for (lower, upper, cells) in [
        (f64::NAN, 1.0, 9),
        (0.0, f64::INFINITY, 9),
        (1.0, 1.0, 9),
        (2.0, 1.0, 9),
        (f64::MIN, f64::MAX, 9),
        (0.0, 1.0, 2),
        (1.0, 1.0 + 1e-15, 100),
    ] {
        assert!(GridAxis::new(lower, upper, cells).is_err(), "{lower} {upper} {cells}");
    }
}

proptest! {
    /// Regions hold what they say, and the shortest is not longer than the equal-tailed.
    #[test]
    fn intervals_hold_their_probability(
        heads in 0.5f64..40.0, tails in 0.5f64..40.0, p in 0.01f64..0.99,
    ) {
        let grid = Grid::new(&coin(heads, tails), &[axis(0.0, 1.0, 500)]).unwrap();
        let inside = |lower: f64, upper: f64| {
            let cells = grid.probabilities().iter().enumerate();
            cells.map(|(i, p)| {
                let (a, b) = (i as f64 / 500.0, (i + 1) as f64 / 500.0);
                p * ((upper.min(b) - lower.max(a)) * 500.0).clamp(0.0, 1.0)
            }).sum::<f64>()
        };
        let (lower, upper) = grid.interval(0, p).unwrap();
        prop_assert!((inside(lower, upper) - p).abs() < 1e-9);
        let shortest = grid.highest_density(0, p).unwrap();
        let [(from, to)] = shortest[..] else { panic!("{shortest:?}") };
        prop_assert!((inside(from, to) - p).abs() < 2e-3);
        prop_assert!(to - from <= upper - lower + 2e-3);
    }

    /// Any bits as ends, any bits as densities: an error or a law, never a panic.
    #[test]
    fn no_bits_panic(lower: u64, upper: u64, cells in 0usize..50, bits in prop::collection::vec(any::<u64>(), 50)) {
        let Ok(range) = GridAxis::new(f64::from_bits(lower), f64::from_bits(upper), cells) else {
            return Ok(());
        };
        let law = |x: &[f64]| {
            let place = (x[0] - range.lower()) / range.width();
            f64::from_bits(bits[place as usize % 50])
        };
        if let Ok(grid) = Grid::new(&law, &[range]) {
            let _ = (grid.covariance(), grid.interval(0, 0.9), grid.highest_density(0, 0.9));
            let _ = (grid.level(0.5), grid.warnings(), grid.edge_mass(), grid.mode());
        }
    }
}

/// Two spikes far apart have a wide law; each is still narrower than its cell, and the evidence wrong.
#[test]
fn narrow_peaks_of_a_wide_law_are_reported() {
    let two = |deviation: f64| {
        let law = move |x: &[f64]| {
            let z = |centre: f64| -0.5 * ((x[0] - centre) / deviation).powi(2);
            prob_core::logspace::log_sum_exp(&[z(0.2), z(0.8)])
        };
        Grid::new(&law, &[axis(0.0, 1.0, 101)]).unwrap()
    };
    assert!(two(0.02).warnings().is_empty());
    let narrow = two(1e-3);
    assert!(narrow.std_dev()[0] > 0.2);
    let warnings = narrow.warnings();
    assert!(
        matches!(warnings[..], [GridWarning::Coarse { axis: 0, cells }] if cells < 0.2),
        "{warnings:?}"
    );
}
