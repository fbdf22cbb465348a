//! Chains on finitely many states against closed forms.

#![allow(clippy::unwrap_used)]

use mcmc::{Error, TransitionMatrix};
use nalgebra::{DMatrix, dmatrix};
use proptest::prelude::*;

/// Birth and death: up with chance p, down with chance q = 1 − p, waiting at the ends. Detailed
/// balance gives `π_k ∝ (p / q)^k`, here over sixty orders of magnitude.
#[test]
fn a_random_walk_with_drift_has_a_geometric_law() {
    let (n, p) = (31, 0.01);
    let walk = DMatrix::from_fn(n, n, |i, j| {
        let up = if (i + 1).min(n - 1) == j { p } else { 0.0 };
        let down = if i.saturating_sub(1) == j { 1.0 - p } else { 0.0 };
        up + down
    });
    let walk = TransitionMatrix::new(walk).unwrap();
    let pi = walk.stationary().unwrap();
    let ratio: f64 = p / (1.0 - p);
    let total: f64 = (0..n).map(|k| ratio.powi(k as i32)).sum();
    for (k, pi) in pi.iter().enumerate() {
        let exact = ratio.powi(k as i32) / total;
        assert!((pi / exact - 1.0).abs() < 1e-13, "{pi:e} and {exact:e} at {k}");
    }
    assert!(walk.balance_gap(&pi).unwrap() < 1e-17);
}

/// A cycle with a preferred direction: uniform, and as far from detailed balance as its currents.
#[test]
fn a_cycle_with_a_current_is_stationary_without_balance() {
    let cycle =
        TransitionMatrix::new(dmatrix![0.1, 0.7, 0.2; 0.2, 0.1, 0.7; 0.7, 0.2, 0.1]).unwrap();
    let pi = cycle.stationary().unwrap();
    assert!(pi.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-16));
    assert!((cycle.balance_gap(&pi).unwrap() - 0.5 / 3.0).abs() < 1e-16);
}

/// W = [1−a, a; b, 1−b]: `p_t = π + (1 − a − b)^t (p_0 − π)` with `π = (b, a) / (a + b)`.
#[test]
fn two_states_relax_exponentially() {
    let (a, b) = (0.3, 0.1);
    let w = TransitionMatrix::new(dmatrix![1.0 - a, a; b, 1.0 - b]).unwrap();
    let pi = b / (a + b);
    for t in [0, 1, 2, 10, 50] {
        let p = w.evolve(&[1.0, 0.0], t).unwrap();
        let exact = pi + (1.0 - a - b).powi(t as i32) * (1.0 - pi);
        assert!((p[0] - exact).abs() < 1e-15, "after {t} steps");
    }
    let twice = w.then(&w).unwrap();
    let (once, both) = (w.evolve(&[0.2, 0.8], 2).unwrap(), twice.evolve(&[0.2, 0.8], 1).unwrap());
    assert!(once.iter().zip(&both).all(|(p, q)| (p - q).abs() < 1e-15));
}

#[test]
fn what_is_no_chain_is_an_error() {
    assert!(matches!(TransitionMatrix::new(dmatrix![]), Err(Error::Zero { .. })));
    assert!(matches!(
        TransitionMatrix::new(dmatrix![0.5, 0.5]),
        Err(Error::LengthMismatch { expected: 1, found: 2, .. })
    ));
    for bad in [
        dmatrix![1.0, 0.0; 0.5, 0.6],
        dmatrix![1.0, 0.0; -0.5, 1.5],
        dmatrix![1.0, 0.0; f64::NAN, 1.0],
    ] {
        assert!(matches!(TransitionMatrix::new(bad), Err(Error::NotStochastic { row: 1, .. })));
    }
    let stuck = TransitionMatrix::new(DMatrix::identity(3, 3)).unwrap();
    assert_eq!(stuck.stationary(), Err(Error::Reducible { state: 2 }));
    assert!(matches!(stuck.evolve(&[1.0], 1), Err(Error::LengthMismatch { .. })));
    assert!(matches!(stuck.evolve(&[0.5, 0.6, 0.0], 1), Err(Error::NotADistribution { .. })));
    assert!(matches!(stuck.balance_gap(&[1.5, -0.5, 0.0]), Err(Error::NotADistribution { .. })));
    let two = TransitionMatrix::new(DMatrix::identity(2, 2)).unwrap();
    assert!(matches!(stuck.then(&two), Err(Error::LengthMismatch { expected: 3, found: 2, .. })));
}

proptest! {
    #[test]
    fn the_stationary_law_stays(weights in prop::collection::vec(0.01f64..1.0, 25)) {
        let mut matrix = DMatrix::from_vec(5, 5, weights);
        for mut row in matrix.row_iter_mut() {
            let sum = row.sum();
            row /= sum;
        }
        let w = TransitionMatrix::new(matrix).unwrap();
        let pi = w.stationary().unwrap();
        let next = w.evolve(&pi, 1).unwrap();
        prop_assert!(pi.iter().zip(&next).all(|(p, q)| (p - q).abs() < 1e-15));
        // From anywhere the chain goes there.
        let late = w.evolve(&[0.0, 0.0, 1.0, 0.0, 0.0], 2_000).unwrap();
        prop_assert!(pi.iter().zip(&late).all(|(p, q)| (p - q).abs() < 1e-11));
    }
}
