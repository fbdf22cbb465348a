//! Synthetic sets against their closed forms.

#![allow(clippy::unwrap_used)] // A test may panic, its helpers too.

use std::f64::consts::PI;

use datasets::synthetic::{
    ARC_M, ARC_NOISE, ARC_W1, ARC_W2, Uniform, arc, bars_and_stripes, blobs, xor,
};
use datasets::{Dataset, Error};
use nalgebra::dmatrix;
use prob_core::Seed;
use testkit::{Check, FalseAlarm, holds, negative_control, z};

/// The mean of `f` over the observations, in units of its standard error from `expected`.
fn mean(what: &str, data: &Dataset, f: impl Fn(&[f32]) -> f64, expected: f64) -> Check {
    let values: Vec<f64> = (0..data.len()).map(|i| f(data.observation(i))).collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    z(what, mean, expected, (variance / n).sqrt()).unwrap()
}

/// Means and second moments of the arc, from the integrals of sines and cosines over an angle that
/// is uniform on [−0.5, 3π/2 − 0.5].
fn arc_moments(data: &Dataset, w1: f64, w2: f64, noise: f64) -> Vec<Check> {
    let (l, r) = (-0.5, 1.5 * PI - 0.5);
    let width = r - l;
    let cos = (f64::sin(r) - f64::sin(l)) / width;
    let sin = (f64::cos(l) - f64::cos(r)) / width;
    let wave = (f64::sin(2.0 * r) - f64::sin(2.0 * l)) / (4.0 * width);
    let (cos2, sin2) = (0.5 + wave, 0.5 - wave);
    let sin_cos = (f64::sin(r).powi(2) - f64::sin(l).powi(2)) / (2.0 * width);

    let (m0, m1) = (cos + sin / 2.0, 0.7 * sin);
    let v00 = cos2 + sin_cos + sin2 / 4.0 + noise * noise / 4.0;
    let v11 = 0.49 * sin2 + noise * noise / 4.0;
    let v01 = 0.7 * (sin_cos + sin2 / 2.0);
    let v22 = w1 * w1 * v00 + 2.0 * w1 * w2 * v01 + w2 * w2 * v11 + noise * noise;
    let product = |i: usize, j: usize| move |x: &[f32]| f64::from(x[i]) * f64::from(x[j]);
    let one = |i: usize| move |x: &[f32]| f64::from(x[i]);
    vec![
        mean("E x0", data, one(0), m0),
        mean("E x1", data, one(1), m1),
        mean("E x2", data, one(2), w1 * m0 + w2 * m1),
        mean("E x0 x0", data, product(0, 0), v00),
        mean("E x1 x1", data, product(1, 1), v11),
        mean("E x0 x1", data, product(0, 1), v01),
        mean("E x2 x2", data, product(2, 2), v22),
        mean("E x0 x2", data, product(0, 2), w1 * v00 + w2 * v01),
        mean("E x1 x2", data, product(1, 2), w1 * v01 + w2 * v11),
    ]
}

/// Alpha 1e-6 over nine moments. Negative controls: the noise of x0 and x1 not halved, and weights
/// exchanged.
#[test]
fn the_arc_has_the_moments_of_its_law() {
    let (w1, w2, noise) = (ARC_W1, ARC_W2, 0.4);
    let draw = |w1, w2| arc(200_000, w1, w2, noise, Seed(11)).unwrap();
    holds(&arc_moments(&draw(w1, w2), w1, w2, noise), FalseAlarm::DEFAULT);
    negative_control(&arc_moments(&draw(w2, w1), w1, w2, noise), FalseAlarm::DEFAULT);
    let doubled = arc(200_000, w1, w2, 2.0 * noise, Seed(11)).unwrap();
    negative_control(&arc_moments(&doubled, w1, w2, noise)[..6], FalseAlarm::DEFAULT);
}

#[test]
fn without_noise_the_arc_is_a_curve_in_a_plane() {
    let data = arc(500, 0.1, 0.3, 0.0, Seed(2)).unwrap();
    for i in 0..data.len() {
        let x: Vec<f64> = data.observation(i).iter().map(|v| f64::from(*v)).collect();
        let sin = x[1] / 0.7;
        let cos = x[0] - sin / 2.0;
        assert!((sin * sin + cos * cos - 1.0).abs() < 1e-6);
        assert!((x[2] - 0.1 * x[0] - 0.3 * x[1]).abs() < 1e-7);
        // A quarter of the turn is left out: angles run from −0.5 to 3π/2 − 0.5.
        let angle = f64::atan2(sin, cos).rem_euclid(2.0 * PI);
        assert!(angle <= 1.5 * PI - 0.5 + 1e-6 || angle >= 2.0 * PI - 0.5 - 1e-6, "{angle}");
    }
}

#[test]
fn the_lectures_arc_depends_on_the_seed_alone() {
    let lecture = |seed| arc(ARC_M, ARC_W1, ARC_W2, ARC_NOISE, Seed(seed)).unwrap();
    assert_eq!((lecture(1).len(), lecture(1).shape()), (200, &[3][..]));
    assert_eq!(lecture(1), lecture(1));
    assert_ne!(lecture(1), lecture(2));
}

/// Alpha 1e-6 over all moments of both blobs; the negative control takes the deviation for the
/// variance.
#[test]
fn blobs_have_their_centres_and_deviation() {
    let centres = dmatrix![1.0, -2.0; 0.5, 3.0];
    let data = blobs(100_000, &centres, 0.5, Seed(3)).unwrap();
    let labels = data.labels().unwrap();
    assert!(labels.iter().enumerate().all(|(i, l)| usize::from(*l) == i % 2));
    let moments = |variance: f64| {
        let mut checks = Vec::new();
        for class in 0..2 {
            let own: Vec<u32> = (0..data.len() as u32).filter(|i| *i % 2 == class).collect();
            let mut values = Vec::new();
            data.batch(&own).copy_into(&mut values);
            let own = nalgebra::DMatrix::from_vec(2, own.len(), values);
            let own = Dataset::new(own, vec![2]).unwrap();
            let centre = centres.column(class as usize);
            let off = |f: usize| move |x: &[f32]| f64::from(x[f]) - centre[f];
            for f in 0..2 {
                checks.push(mean("centre", &own, off(f), 0.0));
                checks.push(mean("variance", &own, |x| off(f)(x).powi(2), variance));
            }
            checks.push(mean("covariance", &own, |x| off(0)(x) * off(1)(x), 0.0));
        }
        checks
    };
    holds(&moments(0.25), FalseAlarm::DEFAULT);
    negative_control(&moments(0.5), FalseAlarm::DEFAULT);
}

/// The 3×3 set against brute force over all 512 patterns.
#[test]
fn bars_and_stripes_are_all_patterns_of_full_lines() {
    let data = bars_and_stripes(3, Uniform::Twice).unwrap();
    let labels = data.labels().unwrap();
    let count = |pattern: &[f32], label: u8| {
        (0..data.len()).filter(|i| data.observation(*i) == pattern && labels[*i] == label).count()
    };
    let (mut bars, mut stripes) = (0, 0);
    for bits in 0..512 {
        let p: Vec<f32> = (0..9).map(|pixel| (bits >> pixel & 1) as f32).collect();
        let is_bars = (0..3).all(|c| p[c] == p[c + 3] && p[c] == p[c + 6]);
        let is_stripes = (0..3).all(|r| p[3 * r] == p[3 * r + 1] && p[3 * r] == p[3 * r + 2]);
        assert_eq!(count(&p, 0), usize::from(is_bars), "{p:?}");
        assert_eq!(count(&p, 1), usize::from(is_stripes), "{p:?}");
        bars += usize::from(is_bars);
        stripes += usize::from(is_stripes);
    }
    assert_eq!((bars, stripes, data.len(), data.shape()), (8, 8, 16, &[3, 3][..]));
}

#[test]
fn uniform_patterns_appear_once_if_asked() {
    for n in 1..=6 {
        let data = bars_and_stripes(n, Uniform::Once).unwrap();
        let mut patterns: Vec<Vec<u8>> = (0..data.len())
            .map(|i| data.observation(i).iter().map(|v| *v as u8).collect())
            .collect();
        patterns.sort();
        patterns.dedup();
        assert_eq!((patterns.len(), data.len()), ((2 << n) - 2, (2 << n) - 2));
        assert_eq!(bars_and_stripes(n, Uniform::Twice).unwrap().len(), 2 << n);
    }
}

/// Alpha 1e-6 over the corners' coordinates; the negative control has the wrong corner.
#[test]
fn noisy_corners_of_xor_are_where_they_belong() {
    let data = xor(80_000, 0.2, Seed(4)).unwrap();
    let labels = data.labels().unwrap();
    let corner = |c: usize, expected: [f64; 2]| {
        let values = (c..data.len()).step_by(4).flat_map(|i| data.observation(i).to_vec());
        let own = nalgebra::DMatrix::from_iterator(2, data.len() / 4, values);
        let own = Dataset::new(own, vec![2]).unwrap();
        let off = |f: usize| move |x: &[f32]| f64::from(x[f]) - expected[f];
        vec![
            mean("first", &own, off(0), 0.0),
            mean("second", &own, off(1), 0.0),
            mean("variance", &own, |x| off(0)(x).powi(2), 0.04),
        ]
    };
    let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let checks: Vec<Check> = (0..4).flat_map(|c| corner(c, corners[c])).collect();
    holds(&checks, FalseAlarm::DEFAULT);
    negative_control(&corner(1, corners[2]), FalseAlarm::DEFAULT);
    assert!(labels.chunks(4).all(|l| l == [0, 1, 1, 0]));
}

#[test]
fn numbers_out_of_range_are_named() {
    let seed = Seed(1);
    let one = dmatrix![0.0];
    let told = [
        (arc(0, 0.1, 0.3, 0.1, seed), "the number of observations is 0"),
        (
            arc(usize::MAX, 0.1, 0.3, 0.1, seed),
            "the number of observations is 18446744073709552000",
        ),
        (arc(1, f64::NAN, 0.3, 0.1, seed), "w1 is NaN"),
        (arc(1, 0.1, f64::INFINITY, 0.1, seed), "w2 is inf"),
        (arc(1, 0.1, 0.3, -0.1, seed), "the noise is -0.1; it must be at least 0"),
        (blobs(0, &one, 1.0, seed), "the number of observations is 0"),
        (blobs(1, &nalgebra::DMatrix::zeros(2, 0), 1.0, seed), "the number of centres is 0"),
        (blobs(1, &nalgebra::DMatrix::zeros(1, 256), 1.0, seed), "the number of centres is 256"),
        (blobs(1, &dmatrix![f64::NAN], 1.0, seed), "a coordinate of a centre is NaN"),
        (blobs(1, &one, f64::NAN, seed), "the noise is NaN"),
        (
            bars_and_stripes(0, Uniform::Twice),
            "the width of the grid is 0; it must be from 1 to 10",
        ),
        (bars_and_stripes(11, Uniform::Once), "the width of the grid is 11"),
        (xor(0, 0.0, seed), "the number of observations is 0"),
        (xor(4, -1.0, seed), "the noise is -1"),
    ];
    for (result, start) in told {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::OutOfRange { .. }), "{error}");
        assert!(error.to_string().starts_with(start), "{error}");
    }
    let no_features = blobs(3, &nalgebra::DMatrix::zeros(0, 1), 1.0, seed);
    assert!(matches!(no_features, Err(Error::NoFeatures)));
    // The largest numbers that are allowed stay finite.
    assert!(arc(100, 1e30, -1e30, 0.0, seed).is_ok());
}
