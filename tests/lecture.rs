//! Statements of the lecture, and where its text errs, across the crates.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use mcmc::{Acceptance, Gibbs, Schedule, TransitionMatrix, sample_chains};
use nalgebra::{DMatrix, dmatrix, dvector};
use prob_core::{MvNormal, Seed, bayes};

/// A positive mammography is a cancer in three of a hundred cases, not in eighty.
#[test]
fn a_positive_test_for_a_rare_disease_is_mostly_a_false_alarm() {
    let posterior = bayes(&[0.004, 0.996], &[0.8, 0.1]).unwrap();
    assert!((posterior[0] - 0.0032 / 0.1028).abs() < 1e-15);
    // A second, independent one is another matter: yesterday's posterior is today's prior.
    let again = bayes(&posterior, &[0.8, 0.1]).unwrap();
    assert!((again[0] - 0.00256 / (0.00256 + 0.00996)).abs() < 1e-15);
}

/// Erratum: the sum of W(j→i) that is one runs over the destinations.
#[test]
fn transition_probabilities_sum_to_one_over_destinations() {
    let rows = dmatrix![0.9, 0.1; 0.5, 0.5];
    assert!(TransitionMatrix::new(rows.clone()).is_ok());
    assert!(TransitionMatrix::new(rows.transpose()).is_err());
}

/// Metropolis' rule with a symmetric proposal on a ring gives detailed balance, and the law itself is
/// what p(t) = p(0) W^t tends to from any start.
#[test]
fn metropolis_on_a_ring_tends_to_its_law() {
    let log_f = [0.0, 1.0, -0.5, 2.0, 0.3];
    let n = log_f.len();
    let mut w = DMatrix::zeros(n, n);
    for i in 0..n {
        for j in [(i + 1) % n, (i + n - 1) % n] {
            w[(i, j)] = 0.5 * Acceptance::Metropolis.log_accept(log_f[i], log_f[j], 0.0).exp();
        }
        w[(i, i)] = 1.0 - w.row(i).sum();
    }
    let z: f64 = log_f.iter().map(|l: &f64| l.exp()).sum();
    let p: Vec<f64> = log_f.iter().map(|l| l.exp() / z).collect();
    for i in 0..n {
        for j in 0..n {
            assert!((p[i] * w[(i, j)] - p[j] * w[(j, i)]).abs() < 1e-16, "detailed balance");
        }
    }
    let chain = TransitionMatrix::new(w).unwrap();
    for start in 0..n {
        let mut at = vec![0.0; n];
        at[start] = 1.0;
        let later = chain.evolve(&at, 2_000).unwrap();
        assert!(later.iter().zip(&p).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

/// Erratum: `samples[-d]` for `samples[~d]` conditions each coordinate on itself. Means and variances
/// come out right; only the correlation, 0 for 0.5, gives it away.
#[test]
fn the_printed_gibbs_listing_loses_the_correlation() {
    use box_muller::normal;
    let (rho, n) = (0.5f64, 10_000);
    let mut rng = Seed(4).stream("listing", 0);
    let mut x = [3.0f64, -3.0];
    let mut draws = Vec::new();
    for _ in 0..n {
        for d in 0..2 {
            // As printed: index −d is d itself for d = 0, and for d = 1 in a list of two.
            let given = x[(2 - d) % 2];
            x[d] = rho * given + (1.0 - rho * rho).sqrt() * normal(&mut rng);
        }
        draws.push(x);
    }
    let kept = &draws[100..];
    let m = kept.len() as f64;
    let mean = |f: &dyn Fn(&[f64; 2]) -> f64| kept.iter().map(f).sum::<f64>() / m;
    let variances = [mean(&|x| x[0] * x[0]), mean(&|x| x[1] * x[1])];
    let correlation = mean(&|x| x[0] * x[1]) / (variances[0] * variances[1]).sqrt();
    // Two independent AR(1) series of coefficient 0.5: the squares have autocorrelation time
    // (1 + 0.25) / (1 − 0.25) = 5/3, the products too. Five standard errors: 6e-7.
    let tau = 5.0 / 3.0;
    assert!(variances.iter().all(|v| (v - 1.0).abs() < 5.0 * (2.0 * tau / m).sqrt()));
    assert!(correlation.abs() < 5.0 * (tau / m).sqrt(), "{correlation}");

    let law = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, rho; rho, 1.0]).unwrap();
    let schedule = Schedule { burn_in: 100, ..Schedule::keep(n - 100) };
    let right = sample_chains(&Gibbs, &law, &[vec![3.0, -3.0]], schedule, Seed(4)).unwrap();
    let right = right.correlation()[(0, 1)];
    assert!((right - rho).abs() < 5.0 * (1.0 - rho * rho) * (2.0 * tau / m).sqrt(), "{right}");
}

/// Erratum: ∇ ln Z is the expectation of ∇ ln f, not the logarithm of one. By enumeration of a small
/// machine against a difference quotient of its exact ln Z.
#[test]
fn the_gradient_of_log_z_is_an_expectation() {
    let weights = dmatrix![0.5, -1.0; 1.5, 0.3; -0.7, 0.9];
    let machine = |w: &DMatrix<f64>| {
        ebm::Rbm::new(w.clone(), dvector![0.1, -0.2, 0.3], dvector![0.4, -0.5]).unwrap()
    };
    let rbm = machine(&weights);
    let log_z = rbm.log_partition().unwrap();
    for (i, j) in [(0, 0), (1, 1), (2, 0)] {
        // ∂ ln f / ∂ W_ij = v_i h_j
        let mut expectation = 0.0;
        for state in 0..32u32 {
            let bit = |k: usize| f64::from(state >> k & 1);
            let (v, h) = ([bit(0), bit(1), bit(2)], [bit(3), bit(4)]);
            expectation += v[i] * h[j] * (-rbm.energy(&v, &h) - log_z).exp();
        }
        let mut shifted = weights.clone();
        let step = 1e-5;
        shifted[(i, j)] += step;
        let up = machine(&shifted).log_partition().unwrap();
        shifted[(i, j)] -= 2.0 * step;
        let down = machine(&shifted).log_partition().unwrap();
        assert!(((up - down) / (2.0 * step) - expectation).abs() < 1e-9);
    }
}

/// Standard normal numbers by Box and Muller: the listing is ours to the last line.
mod box_muller {
    use rand::{Rng, RngExt};

    pub fn normal(rng: &mut impl Rng) -> f64 {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}
