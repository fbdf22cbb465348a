//! The Wishart laws against SciPy, mpmath, their laws in one dimension and their moments.

// References stand here as they are printed.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]

use nalgebra::{DMatrix, dmatrix};
use prob_core::special::{gamma_q, ln_gamma, ln_gamma_multivariate};
use prob_core::{Error, InverseWishart, LogDensity, Seed, Wishart};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

fn close(what: &str, ours: f64, reference: f64, tolerance: f64) {
    let error = (ours - reference).abs() / reference.abs().max(1.0);
    assert!(error < tolerance, "{what}: {ours:?} and not {reference:?}, off by {error:e}");
}

fn three() -> DMatrix<f64> {
    dmatrix![4.0, 1.2, -0.8; 1.2, 2.0, 0.3; -0.8, 0.3, 1.5]
}

/// `scipy.stats.wishart(n, V)` and `scipy.stats.invwishart(n, V)`, `logpdf(X)` at two X, SciPy
/// 1.17.1. The entropies from mpmath 1.3, 60 digits, by
///
/// ```python
/// def entropy(n, V): # Wishart
///     d = V.rows; psi_d = sum(psi(0, (n - j) / 2) for j in range(d))
///     return (mpf(d+1)/2*log(det(V)) + mpf(d*(d+1))/2*log(2) + lgd(d, n/2) - (n-d-1)/2*psi_d + n*d/2)
/// entropy(n, V**-1) - (d + 1) * (psi_d + d * log(2) - log(det(V))) # inverse Wishart
/// ```
#[test]
fn densities_match_scipy_and_entropies_mpmath() {
    let near = dmatrix![5.0, 1.0, 0.0; 1.0, 3.0, 0.5; 0.0, 0.5, 2.0];
    let far = dmatrix![30.0, 9.0, -6.0; 9.0, 14.0, 2.0; -6.0, 2.0, 11.0];
    for (n, log_prob, entropy) in [
        (2.5, [-13.173450461938126, -25.08680648983638], 10.9260359246408815),
        (7.25, [-16.267193293618774, -17.060487657097006], 18.6672662757222969),
        (60.0, [-244.1922685947332, -121.49435184281012], 25.8057548924470405),
    ] {
        let law = Wishart::new(n, three()).unwrap();
        close(&format!("n = {n}, near"), law.log_density(&near), log_prob[0], 1e-13);
        close(&format!("n = {n}, far"), law.log_prob(&far), log_prob[1], 1e-13);
        close(&format!("n = {n}, entropy"), law.entropy(), entropy, 1e-13);
    }
    for (n, log_prob, entropy) in [
        (7.25, [-23.971191417755982, -49.45205288289462], -1.15965406481956783),
        (60.0, [-318.10982366259896, -467.0818962431389], -22.9189667567814049),
    ] {
        let law = InverseWishart::new(n, three()).unwrap();
        close(&format!("ν = {n}, near"), law.log_density(&near), log_prob[0], 1e-13);
        close(&format!("ν = {n}, far"), law.log_prob(&far), log_prob[1], 1e-13);
        close(&format!("ν = {n}, entropy"), law.entropy(), entropy, 1e-13);
    }
}

/// mpmath 1.3, 60 digits: the densities as they are written in the modules' headers.
#[test]
fn many_and_few_degrees_match_mpmath() {
    let v = dmatrix![2.0, 0.5; 0.5, 1.0];
    for (n, x, wishart, inverse) in [
        (1e8, dmatrix![2e8, 5e7; 5e7, 1e8], -31.9204075888389792, 23.3416346430181173),
        (1e8, dmatrix![2.0002e8, 5e7; 5e7, 1e8], -32.2470847434695458, 23.0151289071638071),
        (1.001, dmatrix![2.0, 1.0; 1.0, 1.0], -10.5754336913577908, -11.4148573732609249),
    ] {
        let law = Wishart::new(n, v.clone()).unwrap();
        close(&format!("Wishart, n = {n:e}"), law.log_prob(&x), wishart, 1e-12);
        let law = InverseWishart::new(n, x).unwrap();
        close(&format!("inverse, ν = {n:e}"), law.log_prob(&v), inverse, 1e-12);
    }
    let many = Wishart::new(1e8, v.clone()).unwrap();
    close("entropy", many.entropy(), 33.4204075546723123, 1e-13);
    close("E ln |X|", many.mean_log_det(), 37.4009772458401534, 1e-14);
    let few = Wishart::new(1.001, v).unwrap();
    close("entropy", few.entropy(), -1988.87194147765267, 1e-12);
    close("E ln |X|", few.mean_log_det(), -2000.59152807590545, 1e-12);
    for (d, a, reference) in
        [(3, 2.5, 1.8809954616117742), (4, 10.25, 50.260969628707961), (5, 1e6, 64077459.491840948)]
    {
        close(&format!("ln Γ_{d}({a})"), ln_gamma_multivariate(d, a), reference, 1e-13);
    }
    assert!(ln_gamma_multivariate(3, 1.0).is_nan() && ln_gamma_multivariate(2, f64::NAN).is_nan());
}

proptest! {
    /// In one dimension: gamma with shape n/2 and scale 2V, and inverse gamma with shape ν/2 and
    /// scale Ψ/2; their densities and entropies written out.
    #[test]
    fn one_dimension_is_gamma(n in 0.05f64..60.0, v in 0.01f64..20.0, x in 0.01f64..50.0) {
        let (a, b) = (0.5 * n, 0.5 / v);
        let gamma = a * b.ln() + (a - 1.0) * x.ln() - b * x - ln_gamma(a);
        let law = Wishart::new(n, dmatrix![v]).unwrap();
        let ours = law.log_prob(&dmatrix![x]);
        prop_assert!((ours - gamma).abs() < 1e-12 * gamma.abs().max(1.0), "{ours} {gamma}");

        let s = 0.5 * v;
        let inverse = a * s.ln() - (a + 1.0) * x.ln() - s / x - ln_gamma(a);
        let law = InverseWishart::new(n, dmatrix![v]).unwrap();
        let ours = law.log_prob(&dmatrix![x]);
        prop_assert!((ours - inverse).abs() < 1e-12 * inverse.abs().max(1.0), "{ours} {inverse}");
    }

    /// `p_IW(X) = p_W(X⁻¹) |X|^−(d+1)`.
    #[test]
    fn the_inverse_law_is_the_law_of_the_inverse(
        n in 2.1f64..50.0,
        a in prop::collection::vec(-2f64..2.0, 9),
        b in prop::collection::vec(-2f64..2.0, 9),
    ) {
        let positive = |a: Vec<f64>| {
            let a = DMatrix::from_vec(3, 3, a);
            &a * a.transpose() + 0.25 * DMatrix::identity(3, 3)
        };
        let (scale, x) = (positive(a), positive(b));
        let inverted = |m: &DMatrix<f64>| m.clone().cholesky().unwrap().inverse();
        let plain = Wishart::new(n, inverted(&scale)).unwrap().log_prob(&inverted(&x));
        let expected = plain - 4.0 * x.determinant().ln();
        let ours = InverseWishart::new(n, scale).unwrap().log_prob(&x);
        prop_assert!((ours - expected).abs() < 1e-9 * expected.abs().max(1.0));
    }

    /// No density is larger than at the mode.
    #[test]
    fn the_mode_is_the_top(n in 4.1f64..50.0, step in prop::collection::vec(-0.3f64..0.3, 9)) {
        let step = DMatrix::from_vec(3, 3, step);
        let moved = |m: &DMatrix<f64>| {
            let f = DMatrix::identity(3, 3) + &step;
            &f * m * f.transpose()
        };
        let law = Wishart::new(n, three()).unwrap();
        let mode = law.mode().unwrap();
        prop_assert!(law.log_prob(&moved(&mode)) <= law.log_prob(&mode) + 1e-10);
        let law = InverseWishart::new(n, three()).unwrap();
        prop_assert!(law.log_prob(&moved(&law.mode())) <= law.log_prob(&law.mode()) + 1e-10);
    }

    #[test]
    fn nothing_panics(bits in prop::collection::vec(any::<u64>(), 7)) {
        let v: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        for scale in [dmatrix![v[1], v[2]; v[2], v[3]], dmatrix![v[1].abs(), 0.0; 0.0, v[3].abs()]] {
            for degrees in [v[0], 1.0 + v[0].abs(), 1.5] {
                if let Ok(law) = Wishart::new(degrees, scale.clone()) {
                    prop_assert!(!law.log_prob(&dmatrix![2.0, 1e-9; 1e-9, 1e200]).is_nan());
                    let _ = law.log_prob(&dmatrix![v[4], v[5]; v[5], v[6]]);
                    let _ = (law.entropy(), law.mode(), law.variance());
                    let _ = law.sample(&mut Seed(1).stream("draws", 0));
                }
                if let Ok(law) = InverseWishart::new(degrees, scale.clone()) {
                    prop_assert!(!law.log_prob(&dmatrix![2.0, 1e-9; 1e-9, 1e200]).is_nan());
                    let _ = law.log_prob(&dmatrix![v[4], v[5]; v[5], v[6]]);
                    let _ = (law.entropy(), law.mode(), law.mean());
                    let _ = law.sample(&mut Seed(1).stream("draws", 0));
                }
            }
        }
    }
}

/// Over positive definite matrices `[x z; z y]`. With `z = r √xy` the element of volume is
/// `√xy dx dy dr`; with x and y as squares and r as a sine the integrand is smooth, and periodic in
/// the angle.
#[test]
fn the_density_integrates_to_one() {
    let law = Wishart::new(6.0, dmatrix![1.0, 0.3; 0.3, 0.5]).unwrap();
    let (h, step) = (0.1, std::f64::consts::PI / 40.0);
    let mut mass = 0.0;
    for i in 1..80 {
        for j in 1..60 {
            for k in 1..40 {
                let (a, b) = (h * f64::from(i), h * f64::from(j));
                let angle = -0.5 * std::f64::consts::PI + step * f64::from(k);
                let off = a * b * angle.sin();
                let p = law.log_prob(&dmatrix![a * a, off; off, b * b]).exp();
                mass += p * a * b * angle.cos() * 4.0 * a * b * h * h * step;
            }
        }
    }
    assert!((mass - 1.0).abs() < 1e-7, "mass {mass}");
}

#[test]
fn points_outside_the_support_and_bad_laws() {
    let inf = f64::INFINITY;
    let law = Wishart::new(3.0, dmatrix![1.0, 0.0; 0.0, 1.0]).unwrap();
    let inverse = InverseWishart::new(3.0, dmatrix![1.0, 0.0; 0.0, 1.0]).unwrap();
    for x in [
        dmatrix![1.0],
        dmatrix![1.0, 0.0],
        dmatrix![1.0, 0.5; 0.4, 1.0],
        dmatrix![1.0, 2.0; 2.0, 1.0],
        dmatrix![1.0, 1.0; 1.0, 1.0],
        dmatrix![-1.0, 0.0; 0.0, -1.0],
        dmatrix![inf, 0.0; 0.0, 1.0],
    ] {
        assert_eq!((law.log_prob(&x), inverse.log_prob(&x)), (-inf, -inf), "{x}");
    }
    let nan = dmatrix![1.0, f64::NAN; f64::NAN, 1.0];
    assert!(law.log_prob(&nan).is_nan() && inverse.log_prob(&nan).is_nan());

    for degrees in [1.0, 0.0, -3.0, f64::NAN, inf] {
        let scale = dmatrix![1.0, 0.0; 0.0, 1.0];
        assert!(matches!(Wishart::new(degrees, scale.clone()), Err(Error::Parameter { .. })));
        assert!(matches!(InverseWishart::new(degrees, scale), Err(Error::Parameter { .. })));
    }
    let bad = |scale| (Wishart::new(5.0, scale)).unwrap_err();
    assert!(matches!(bad(dmatrix![]), Error::Empty { .. }));
    assert!(matches!(bad(dmatrix![1.0, 0.0]), Error::NotSquare { .. }));
    assert!(matches!(bad(dmatrix![1.0, 0.5; 0.4, 1.0]), Error::NotSymmetric { .. }));
    assert!(matches!(bad(dmatrix![1.0, 1.0; 1.0, 1.0]), Error::NotPositiveDefinite { .. }));
    assert!(matches!(bad(nan), Error::NotFinite { .. }));
    let barely = InverseWishart::new(3.0, dmatrix![1.0, 0.0; 0.0, 1.0]).unwrap().mean();
    assert!(barely[(0, 0)] == inf && barely[(0, 1)].is_nan());
    assert_eq!(Wishart::new(3.0, dmatrix![1.0, 0.0; 0.0, 1.0]).unwrap().mode(), None);
}

const DRAWS: usize = 10_000;

fn draws(law: &impl Distribution<DMatrix<f64>>) -> Vec<DMatrix<f64>> {
    law.sample_iter(Seed(13).stream("draws", 0)).take(DRAWS).collect()
}

/// The averages of all elements, and of any number made of a draw, with the draws' own spread.
fn average(what: &str, values: &[f64], expected: f64) -> Check {
    let n = values.len() as f64;
    let average = values.iter().sum::<f64>() / n;
    let spread = values.iter().map(|v| (v - average).powi(2)).sum::<f64>() / n;
    z(what, average, expected, (spread / n).sqrt()).unwrap()
}

fn elements(draws: &[DMatrix<f64>], mean: &DMatrix<f64>) -> Vec<Check> {
    let pairs = (0..3).flat_map(|i| (0..=i).map(move |j| (i, j)));
    pairs
        .map(|(i, j)| {
            let values: Vec<f64> = draws.iter().map(|x| x[(i, j)]).collect();
            average(&format!("mean {i} {j}"), &values, mean[(i, j)])
        })
        .collect()
}

#[test]
fn draws_have_the_moments_of_the_law() {
    for n in [2.4, 3.4, 6.5] {
        let law = Wishart::new(n, three()).unwrap();
        let drawn = draws(&law);
        let mut checks = elements(&drawn, &law.mean());
        for i in 0..3 {
            for j in 0..=i {
                let squares: Vec<f64> =
                    drawn.iter().map(|x| (x[(i, j)] - law.mean()[(i, j)]).powi(2)).collect();
                checks.push(average("variance", &squares, law.variance()[(i, j)]));
            }
        }
        // With 2.4 degrees of freedom some draws are singular to rounding.
        if n > 3.0 {
            let logs: Vec<f64> = drawn.iter().map(|x| x.determinant().ln()).collect();
            checks.push(average("E ln |X|", &logs, law.mean_log_det()));
            let surprise: Vec<f64> = drawn.iter().map(|x| -law.log_prob(x)).collect();
            checks.push(average("entropy", &surprise, law.entropy()));
        }
        holds(&checks, FalseAlarm::DEFAULT);
        let other = Wishart::new(1.1 * n, three()).unwrap();
        negative_control(&elements(&drawn, &other.mean()), FalseAlarm::DEFAULT);
    }
}

#[test]
fn inverse_draws_have_the_moments_of_the_law() {
    let law = InverseWishart::new(12.5, three()).unwrap();
    let drawn = draws(&law);
    let mut checks = elements(&drawn, &law.mean());
    let logs: Vec<f64> = drawn.iter().map(|x| x.determinant().ln()).collect();
    checks.push(average("E ln |X|", &logs, law.mean_log_det()));
    let surprise: Vec<f64> = drawn.iter().map(|x| -law.log_prob(x)).collect();
    checks.push(average("entropy", &surprise, law.entropy()));
    holds(&checks, FalseAlarm::DEFAULT);
    let other = InverseWishart::new(13.5, three()).unwrap();
    negative_control(&elements(&drawn, &other.mean()), FalseAlarm::DEFAULT);
}

/// `wᵀ X w / wᵀ V w` is chi-square with n degrees of freedom for any w. Control: other degrees.
#[test]
fn every_projection_is_chi_square() {
    let law = Wishart::new(6.5, three()).unwrap();
    let drawn = draws(&law);
    let check = |w: DMatrix<f64>, n: f64| {
        let scale = (w.transpose() * law.scale() * &w)[0];
        let projected: Vec<f64> =
            drawn.iter().map(|x| (w.transpose() * x * &w)[0] / scale).collect();
        ks(format!("along {w:?}"), &projected, |x| 1.0 - gamma_q(0.5 * n, 0.5 * x)).unwrap()
    };
    let along = [dmatrix![1.0; 0.0; 0.0], dmatrix![0.0; 0.0; 1.0], dmatrix![1.0; -1.0; 2.0]];
    let checks: Vec<Check> = along.iter().map(|w| check(w.clone(), 6.5)).collect();
    holds(&checks, FalseAlarm::DEFAULT);
    negative_control(&[check(dmatrix![1.0; -1.0; 2.0], 6.9)], FalseAlarm::DEFAULT);
}
