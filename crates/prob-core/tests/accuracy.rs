//! Special functions and moments against reference values of 25 digits (`reference/generate.py`,
//! `reference/special.py`; mpmath 1.3.0). Densities and tails are measured by `cargo xtask accuracy`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use prob_core::logspace::{log_add_exp, log_diff_exp, log_sigmoid, log1mexp, softplus};
use prob_core::special::{
    digamma, erf, erfc, erfcx, ln_beta, ln_gamma, log_bessel_i0, log_beta_inc, log_gamma_p,
    log_gamma_q, log_normal_cdf, log1pmx, normal_cdf, stirling_error, trigamma,
};
use prob_core::{AnyLaw, Univariate};

fn reference(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// How an error is measured.
#[derive(Clone, Copy)]
enum Error {
    /// `|ours − exact| / |exact|`.
    Relative,
    /// `|ours − exact| / max(1, |exact|)`.
    OfALogarithm,
}
use Error::{OfALogarithm, Relative};

impl Error {
    fn between(self, ours: f64, exact: f64) -> f64 {
        let unit = match self {
            Relative => exact.abs(),
            OfALogarithm => exact.abs().max(1.0),
        };
        let error = if ours == exact { 0.0 } else { (ours - exact).abs() / unit };
        if error.is_nan() { f64::INFINITY } else { error }
    }
}

/// Ours, how the error is measured and what it may be: a few roundings, more where the value is a
/// difference of larger numbers.
fn ours(name: &str, x: &[f64]) -> (f64, Error, f64) {
    match name {
        "ln_gamma" => (ln_gamma(x[0]), OfALogarithm, 2e-15),
        "digamma" => (digamma(x[0]), OfALogarithm, 2e-15),
        "trigamma" => (trigamma(x[0]), Relative, 4e-15),
        "stirling_error" => (stirling_error(x[0]), Relative, 2e-14),
        "log1pmx" => (log1pmx(x[0]), Relative, 2e-15),
        "erf" => (erf(x[0]), Relative, 2e-15),
        "erfc" => (erfc(x[0]), Relative, 4e-15),
        "erfcx" => (erfcx(x[0]), Relative, 2e-15),
        "normal_cdf" => (normal_cdf(x[0]), Relative, 4e-15),
        "log_normal_cdf" => (log_normal_cdf(x[0]), OfALogarithm, 2e-15),
        "log_bessel_i0" => (log_bessel_i0(x[0]), OfALogarithm, 2e-15),
        "log1mexp" => (log1mexp(x[0]), Relative, 2e-15),
        "softplus" => (softplus(x[0]), Relative, 2e-15),
        "log_sigmoid" => (log_sigmoid(x[0]), Relative, 2e-15),
        "ln_beta" => (ln_beta(x[0], x[1]), OfALogarithm, 4e-15),
        "log_diff_exp" => (log_diff_exp(x[0], x[1]), OfALogarithm, 2e-15),
        "log_add_exp" => (log_add_exp(x[0], x[1]), OfALogarithm, 2e-15),
        "log_gamma_p" => (log_gamma_p(x[0], x[1]), OfALogarithm, 1e-13),
        "log_gamma_q" => (log_gamma_q(x[0], x[1]), OfALogarithm, 1e-13),
        "log_beta_inc.0" => (log_beta_inc(x[0], x[1], x[2], x[3]).0, OfALogarithm, 1e-13),
        "log_beta_inc.1" => (log_beta_inc(x[0], x[1], x[2], x[3]).1, OfALogarithm, 1e-13),
        other => panic!("no function {other}"),
    }
}

#[test]
fn special_functions() {
    let text = reference("special.csv");
    let mut worst: BTreeMap<&str, (f64, f64, &str)> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(';').collect();
        let arguments: Vec<f64> = cells[1].split(',').map(|x| x.parse().unwrap()).collect();
        let (value, measure, limit) = ours(cells[0], &arguments);
        let error = measure.between(value, cells[2].parse().unwrap());
        let entry = worst.entry(cells[0]).or_insert((0.0, limit, line));
        if error > entry.0 {
            *entry = (error, limit, line);
        }
    }
    assert_eq!(worst.len(), 21, "{:?}", worst.keys());
    let bad: Vec<_> = worst.iter().filter(|(_, (error, limit, _))| error > limit).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Mean and variance in relative terms, the entropy as a logarithm; what does not exist is NaN and
/// what diverges infinite there as here. The two sums that ask for most are the entropies of counts.
#[test]
fn moments() {
    let mut bad = Vec::new();
    let mut compared = 0;
    for line in reference("moments.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(';').collect();
        let law: AnyLaw = serde_json::from_str(cells[0]).unwrap();
        let found = [
            ("mean", law.mean(), cells[1], Relative, 1e-14),
            ("variance", law.variance(), cells[2], Relative, 1e-13),
            ("entropy", law.entropy(), cells[3], OfALogarithm, 1e-13),
        ];
        for (what, ours, exact, measure, limit) in found {
            // Sums over very many counts have no reference.
            let Ok(exact) = exact.parse::<f64>() else { continue };
            compared += 1;
            let same = exact.is_nan() && ours.is_nan();
            let error = measure.between(ours, exact);
            if !same && error > limit {
                bad.push(format!("{what} of {}: {ours:e}, exact {exact:e}: {error:.1e}", cells[0]));
            }
        }
    }
    assert!(compared > 450, "{compared}");
    assert!(bad.is_empty(), "{bad:#?}");
}
