//! What must hold for every family, by differences of the law's own density.

use nalgebra::DMatrix;
use prob_core::Observations;

use crate::families::{Family, Numbers, irregular, regular};

fn observations(family: &Family) -> Observations {
    Observations::new(&family.data).unwrap()
}

/// The information that the covariance claims, and for each parameter the step over which the
/// log-likelihood falls by ½ when the others stay: the natural unit for differences.
fn claimed(fit: &Numbers) -> (DMatrix<f64>, Vec<f64>) {
    let covariance = fit.covariance.clone().unwrap();
    // Scaled to correlations before the inverse: parameters differ by orders of magnitude.
    let root: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
    let n = root.len();
    let correlation = DMatrix::from_fn(n, n, |i, j| covariance[(i, j)] / (root[i] * root[j]));
    let inverse = correlation.try_inverse().unwrap();
    let information = DMatrix::from_fn(n, n, |i, j| inverse[(i, j)] / (root[i] * root[j]));
    let units = information.diagonal().iter().map(|v| 1.0 / v.sqrt()).collect();
    (information, units)
}

/// The log-likelihood as the parameters move by these numbers of units.
fn moved(family: &Family, data: &Observations, values: &[f64], errors: &[f64], by: &[f64]) -> f64 {
    let parameters: Vec<f64> =
        values.iter().zip(errors).zip(by).map(|((v, e), by)| v + e * by).collect();
    (family.log_likelihood)(&parameters, data)
}

/// In these units the second derivatives are 1, so that a slope s says that the estimate is off by s
/// units: of 400 observations, so that 1e-8 is far below 1e-8 for each.
#[test]
fn the_slope_at_the_estimate_is_zero() {
    for family in regular(400) {
        let data = observations(&family);
        let fit = (family.fit)(&data).unwrap();
        let (_, errors) = claimed(&fit);
        for i in 0..fit.values.len() {
            // Five points, so that the third derivative drops out.
            let at = |h: f64| {
                let mut by = vec![0.0; errors.len()];
                by[i] = h;
                moved(&family, &data, &fit.values, &errors, &by)
            };
            let h = 0.02;
            let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
            assert!(slope.abs() < 1e-8, "{} {i}: {slope:e}", family.name);
        }
    }
}

#[test]
fn the_covariance_is_the_inverse_of_the_second_differences() {
    for family in regular(400) {
        let data = observations(&family);
        let fit = (family.fit)(&data).unwrap();
        let (information, errors) = claimed(&fit);
        let n = errors.len();
        let at = |i: usize, j: usize, a: f64, b: f64| {
            let mut by = vec![0.0; n];
            by[i] += a;
            by[j] += b;
            moved(&family, &data, &fit.values, &errors, &by)
        };
        let h = 0.05;
        let second = |i, j, h: f64| {
            (at(i, j, h, h) - at(i, j, h, -h) - at(i, j, -h, h) + at(i, j, -h, -h)) / (4.0 * h * h)
        };
        let differences =
            DMatrix::from_fn(n, n, |i, j| -(4.0 * second(i, j, h) - second(i, j, 2.0 * h)) / 3.0);
        let scaled = DMatrix::from_fn(n, n, |i, j| information[(i, j)] * errors[i] * errors[j]);
        let off = (differences - scaled).amax();
        assert!(off < 1e-6, "{}: {off:e}", family.name);
    }
}

/// No neighbour within two standard errors is more likely: the maximum is one, also where the
/// likelihood has kinks.
#[test]
fn no_neighbour_is_more_likely() {
    for family in regular(400).into_iter().chain(irregular(400)) {
        let data = observations(&family);
        let fit = (family.fit)(&data).unwrap();
        let rounding = 1e-10 * fit.log_likelihood.abs();
        let largest = (family.log_likelihood)(&fit.values, &data);
        assert!((largest - fit.log_likelihood).abs() <= rounding, "{}", family.name);
        for i in 0..fit.values.len() {
            for step in [-2.0, -0.5, -0.01, 0.01, 0.5, 2.0] {
                let mut values = fit.values.clone();
                values[i] += step * fit.errors[i].unwrap_or(0.01 * values[i]);
                let other = (family.log_likelihood)(&values, &data);
                assert!(other <= largest + rounding, "{} {i} {step}", family.name);
            }
        }
    }
}

/// The estimates lie within 5 standard errors of the truth: for 60 parameters, all normal, a false
/// alarm once in 30,000 sets of data, and the data are always the same.
#[test]
fn known_parameters_are_recovered() {
    for family in regular(20_000).into_iter().chain(irregular(20_000)) {
        let fit = (family.fit)(&observations(&family)).unwrap();
        for ((value, error), truth) in fit.values.iter().zip(&fit.errors).zip(&family.truth) {
            let error = error.unwrap_or(truth / 1e3);
            assert!((value - truth).abs() < 5.0 * error, "{}: {value} {truth}", family.name);
            assert!(error < 0.3 * truth.abs(), "{}: {error}", family.name);
        }
    }
}

#[test]
fn a_weight_is_a_repetition() {
    for family in regular(60).into_iter().chain(irregular(60)) {
        let weights: Vec<f64> = (0..60).map(|i| f64::from(i % 4)).collect();
        let mut repeated = Vec::new();
        for (x, w) in family.data.iter().zip(&weights) {
            repeated.extend(std::iter::repeat_n(*x, *w as usize));
        }
        let weighted = observations(&family).weighted(&weights).unwrap();
        let (a, b) =
            ((family.fit)(&weighted), (family.fit)(&Observations::new(&repeated).unwrap()));
        let (Ok(a), Ok(b)) = (&a, &b) else {
            // Few observations may have no maximum; then neither way.
            assert!(a.is_err() && b.is_err(), "{}", family.name);
            continue;
        };
        let pairs = a.values.iter().zip(&b.values).chain([(&a.log_likelihood, &b.log_likelihood)]);
        for (x, y) in pairs {
            assert!((x - y).abs() <= 2e-9 * x.abs().max(1e-3), "{}: {x} {y}", family.name);
        }
        for (x, y) in a.errors.iter().zip(&b.errors) {
            let (x, y) = (x.unwrap_or(0.0), y.unwrap_or(0.0));
            assert!((x - y).abs() <= 1e-8 * x, "{}: {x} {y}", family.name);
        }
    }
}
