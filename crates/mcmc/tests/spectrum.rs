//! Spectra, periods and exact sampler matrices against closed forms and enumeration.

#![allow(clippy::unwrap_used)]

use std::f64::consts::PI;

use mcmc::{
    Acceptance, Error, TransitionMatrix, gibbs_block_matrix, gibbs_matrix, metropolis_matrix,
};
use nalgebra::{DMatrix, dmatrix};
use proptest::prelude::*;

const RULES: [Acceptance; 2] = [Acceptance::Metropolis, Acceptance::Barker];

fn chain(matrix: DMatrix<f64>) -> TransitionMatrix {
    TransitionMatrix::new(matrix).unwrap()
}

/// On a ring of n states, to each neighbour with chance ½.
fn ring(n: usize) -> TransitionMatrix {
    let mut w = DMatrix::zeros(n, n);
    for i in 0..n {
        w[(i, (i + 1) % n)] += 0.5;
        w[(i, (i + n - 1) % n)] += 0.5;
    }
    chain(w)
}

fn worst(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn descending(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// Each row made to sum to one; a row of zeros stays where it is.
fn normalised(mut matrix: DMatrix<f64>) -> TransitionMatrix {
    for i in 0..matrix.nrows() {
        let sum = matrix.row(i).sum();
        if sum > 0.0 {
            matrix.row_mut(i).scale_mut(1.0 / sum);
        } else {
            matrix[(i, i)] = 1.0;
        }
    }
    chain(matrix)
}

fn distribution(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

/// W = [1−a, a; b, 1−b]: λ = 1 − a − b, and the distance from π falls as |λ|^t.
#[test]
fn two_states_have_one_mode() {
    for (a, b) in [(0.3, 0.1), (0.9, 0.8), (0.25, 0.75)] {
        let w = chain(dmatrix![1.0 - a, a; b, 1.0 - b]);
        let (spectrum, lambda, pi) = (w.spectrum().unwrap(), 1.0 - a - b, b / (a + b));
        assert!((spectrum.second().unwrap() - lambda).abs() < 1e-15);
        assert!((spectrum.gap() - (1.0 - lambda.abs())).abs() < 1e-15);
        let distances = w.distance_to_equilibrium(&[1.0, 0.0], 20).unwrap();
        let exact: Vec<f64> = (0..=20).map(|t| lambda.abs().powi(t) * (1.0 - pi)).collect();
        assert!(worst(&distances, &exact) < 1e-15);
        if lambda != 0.0 {
            let time = spectrum.relaxation_time().unwrap();
            assert!(((-1.0 / time).exp() - lambda.abs()).abs() < 1e-15);
        }
    }
    let draws = chain(dmatrix![0.5, 0.5; 0.5, 0.5]).spectrum().unwrap();
    assert!(draws.relaxation_time().unwrap() < 0.03 && (draws.gap() - 1.0).abs() < 1e-15);
}

/// Eigenvalues cos(2πk/n). An even ring alternates; an odd one nearly does.
#[test]
fn a_ring_has_cosines() {
    for n in [3, 4, 7, 12, 25] {
        let spectrum = ring(n).spectrum().unwrap();
        let exact = descending((0..n).map(|k| (2.0 * PI * k as f64 / n as f64).cos()).collect());
        assert!(worst(spectrum.eigenvalues(), &exact) < 1e-14, "{n} states");
        if n % 2 == 0 {
            assert_eq!(spectrum.relaxation_time(), Err(Error::Periodic { period: 2 }));
            assert!(spectrum.gap().abs() < 1e-14);
        } else {
            let lambda = (PI / n as f64).cos();
            assert!((spectrum.second().unwrap() + lambda).abs() < 1e-14);
            let time = spectrum.relaxation_time().unwrap();
            assert!((time * -lambda.ln() - 1.0).abs() < 1e-12);
        }
    }
}

/// Up with p, down with q, waiting at the ends: 1 and `2 √(pq) cos(πk/n)` (Feller 1968, XVI.3), where
/// π spans sixty orders of magnitude.
#[test]
fn drift_against_walls_has_the_spectrum_of_feller() {
    let (n, p) = (31, 0.01);
    let w = chain(DMatrix::from_fn(n, n, |i, j| {
        let up = if (i + 1).min(n - 1) == j { p } else { 0.0 };
        up + if i.saturating_sub(1) == j { 1.0 - p } else { 0.0 }
    }));
    let mode = |k: usize| 2.0 * (p * (1.0 - p)).sqrt() * (PI * k as f64 / n as f64).cos();
    let exact = descending(std::iter::once(1.0).chain((1..n).map(mode)).collect());
    assert!(worst(w.spectrum().unwrap().eigenvalues(), &exact) < 1e-14);
}

/// Metropolis with proposals q that ignore the state: with `w = p/q` in descending order the
/// eigenvalues are 1 and `λ_k = Σ_{i ≥ k} (q_i − p_i / w_k)`, k below n (Liu 1996, theorem 2.1).
#[test]
fn independent_proposals_have_the_spectrum_of_liu() {
    let (p, q) = ([0.4, 0.3, 0.15, 0.1, 0.05], [0.1, 0.2, 0.15, 0.25, 0.3]);
    let t = chain(DMatrix::from_fn(5, 5, |_, j| q[j]));
    let w = metropolis_matrix(&p, &t, Acceptance::Metropolis).unwrap();
    let mode = |k: usize| (k..5).map(|i| q[i] - p[i] * q[k] / p[k]).sum::<f64>();
    let exact = descending(std::iter::once(1.0).chain((0..4).map(mode)).collect());
    assert!(worst(w.spectrum().unwrap().eigenvalues(), &exact) < 1e-14);
    // Peskun (1973): Barker's rule stays more often, and each of its eigenvalues is larger.
    let barker = metropolis_matrix(&p, &t, Acceptance::Barker).unwrap().spectrum().unwrap();
    assert!(barker.eigenvalues().iter().zip(&exact).skip(1).all(|(b, m)| b > m));
}

/// Two binary variables: the conditional mean is linear, so that a sweep is an autoregression with
/// coefficient ρ² on the last variable (`eq:gibbs-ar1`).
#[test]
fn a_sweep_over_two_bits_forgets_by_the_squared_correlation() {
    let pi: [f64; 4] = [0.4, 0.15, 0.05, 0.4];
    let (x, y) = (pi[2] + pi[3], pi[1] + pi[3]);
    let rho = (pi[3] - x * y) / (x * (1.0 - x) * y * (1.0 - y)).sqrt();
    let w = gibbs_matrix(&pi, &[2, 2]).unwrap();
    let mean_next = |from: usize| w.matrix()[(from, 1)] + w.matrix()[(from, 3)];
    let product = pi[1] * mean_next(1) + pi[3] * mean_next(3);
    assert!(((product - y * y) / (y * (1.0 - y)) - rho * rho).abs() < 1e-15);
}

/// Each block of a 2 × 3 × 2 table against `p(y_b | x_{−b})` from its definition, digit by digit.
#[test]
fn gibbs_blocks_are_conditional_laws_in_row_major_order() {
    let shape = [2, 3, 2];
    let pi = distribution(&[3., 1., 4., 1., 5., 9., 2., 6., 5., 3., 5., 8.]);
    let digits = |s: usize| [s / 6, s / 2 % 3, s % 2];
    for block in 0..3 {
        let agrees =
            |a: usize, b: usize| (0..3).all(|v| v == block || digits(a)[v] == digits(b)[v]);
        let exact = DMatrix::from_fn(12, 12, |i, j| {
            let total: f64 = (0..12).filter(|k| agrees(i, *k)).map(|k| pi[k]).sum();
            if agrees(i, j) { pi[j] / total } else { 0.0 }
        });
        let w = gibbs_block_matrix(&pi, &shape, block).unwrap();
        assert!((w.matrix() - exact).amax() < 1e-15);
        // A projection: renewing twice is renewing once.
        assert!((w.then(&w).unwrap().matrix() - w.matrix()).amax() < 1e-15);
    }
    let by_hand = (1..3).fold(gibbs_block_matrix(&pi, &shape, 0).unwrap(), |sweep, b| {
        sweep.then(&gibbs_block_matrix(&pi, &shape, b).unwrap()).unwrap()
    });
    assert_eq!(gibbs_matrix(&pi, &shape).unwrap(), by_hand);
    assert!(!by_hand.is_reversible(1e-3).unwrap(), "a systematic sweep is not reversible");
}

#[test]
fn periods_of_known_graphs() {
    let around = |n: usize| DMatrix::from_fn(n, n, |i, j| f64::from(u8::from((i + 1) % n == j)));
    for n in 1..8 {
        assert_eq!(chain(around(n)).period(), Ok(n));
    }
    // Closed ways of 6 and 4 moves have period 2, of 6 and 5 none.
    for (back_to, period) in [(2, 2), (1, 1)] {
        let mut w = around(6);
        w.row_mut(5).scale_mut(0.5);
        w[(5, back_to)] = 0.5;
        assert_eq!(chain(w).period(), Ok(period));
    }
}

#[test]
fn questions_without_an_answer_are_errors() {
    let absorbing = chain(dmatrix![1.0, 0.0; 0.5, 0.5]);
    assert_eq!(absorbing.period(), Err(Error::Unreachable { from: 0, to: 1 }));
    assert_eq!(absorbing.spectrum(), Err(Error::Unreachable { from: 0, to: 1 }));
    let leaving = chain(dmatrix![0.5, 0.5; 0.0, 1.0]);
    assert_eq!(leaving.is_aperiodic(), Err(Error::Unreachable { from: 1, to: 0 }));
    let cycle = chain(dmatrix![0.1, 0.7, 0.2; 0.2, 0.1, 0.7; 0.7, 0.2, 0.1]);
    assert!(
        matches!(cycle.spectrum(), Err(Error::NotReversible { gap }) if (gap - 0.5).abs() < 1e-15)
    );
    assert!(!cycle.is_reversible(0.16).unwrap() && cycle.is_reversible(0.17).unwrap());
    for tolerance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(cycle.is_reversible(tolerance), Err(Error::NotPositive { .. })));
    }
    assert!(matches!(
        cycle.distance_to_equilibrium(&[1.0], 1),
        Err(Error::LengthMismatch { expected: 3, found: 1, .. })
    ));
    let never = chain(dmatrix![1.0, 1e-17; 1e-17, 1.0]).spectrum().unwrap();
    assert!(never.relaxation_time().unwrap() > 1e14, "5e16, beyond what rounding can tell");
    let alone = chain(dmatrix![1.0]).spectrum().unwrap();
    assert_eq!((alone.second(), alone.gap(), alone.relaxation_time()), (None, 1.0, Ok(0.0)));
    // π falls, or grows, by 1e20 a state: over 19 of them by more than a float can hold.
    let steep = DMatrix::from_fn(20, 20, |i, j| match j as isize - i as isize {
        1 => 1e-20,
        -1 => 1.0,
        0 if i == 0 => 1.0,
        _ => 0.0,
    });
    let mirrored = DMatrix::from_fn(20, 20, |i, j| steep[(19 - i, 19 - j)]);
    for w in [chain(steep), chain(mirrored)] {
        let pi = w.stationary().unwrap();
        assert!((pi.iter().sum::<f64>() - 1.0).abs() < 1e-15 && pi.contains(&0.0));
        assert!(matches!(w.spectrum(), Err(Error::NotPositive { value: 0.0, .. })));
    }

    let rule = Acceptance::Metropolis;
    assert!(matches!(metropolis_matrix(&[1.0], &cycle, rule), Err(Error::LengthMismatch { .. })));
    assert!(matches!(
        metropolis_matrix(&[0.5, 0.6, 0.0], &cycle, rule),
        Err(Error::NotADistribution { .. })
    ));
    assert!(matches!(gibbs_matrix(&[1.0], &[]), Err(Error::Zero { .. })));
    assert!(matches!(gibbs_matrix(&[1.0], &[1, 0]), Err(Error::Zero { .. })));
    assert!(matches!(
        gibbs_matrix(&[1.0], &[2, usize::MAX]),
        Err(Error::LengthMismatch { found: 1, .. })
    ));
    assert!(matches!(gibbs_matrix(&[f64::NAN], &[1]), Err(Error::NotADistribution { .. })));
    assert!(matches!(
        gibbs_block_matrix(&[1.0], &[1], 1),
        Err(Error::OutOfRange { index: 1, limit: 1, .. })
    ));
}

/// Weights, some of them 0, but not all.
fn weights(n: usize) -> impl Strategy<Value = Vec<f64>> {
    let weight = prop_oneof![3 => 1e-6f64..1.0, 1 => Just(0.0)];
    prop::collection::vec(weight, n).prop_filter("all zero", |w| w.iter().any(|w| *w > 0.0))
}

proptest! {
    /// Sparse proposals and targets with holes included.
    #[test]
    fn metropolis_keeps_any_target_in_balance(
        target in weights(6),
        proposal in prop::collection::vec(prop_oneof![0.0f64..1.0, Just(0.0)], 36),
    ) {
        let pi = distribution(&target);
        let proposal = normalised(DMatrix::from_vec(6, 6, proposal));
        for rule in RULES {
            let w = metropolis_matrix(&pi, &proposal, rule).unwrap();
            prop_assert!(worst(&w.evolve(&pi, 1).unwrap(), &pi) < 1e-13);
            prop_assert!(w.balance_gap(&pi).unwrap() < 1e-15);
        }
    }

    /// What would be wrong is seen: targets far from what a forgotten ratio of proposals leaves.
    #[test]
    fn a_lopsided_proposal_alone_is_off_balance(up in 0.6f64..0.9) {
        let t = chain(dmatrix![1.0 - up, up; 1.0 - up, up]);
        prop_assert!(t.balance_gap(&[0.5, 0.5]).unwrap() > 0.09);
        for rule in RULES {
            let w = metropolis_matrix(&[0.5, 0.5], &t, rule).unwrap();
            prop_assert!(w.balance_gap(&[0.5, 0.5]).unwrap() < 1e-16);
        }
    }

    #[test]
    fn gibbs_keeps_any_table(target in weights(12)) {
        let pi = distribution(&target);
        let sweep = gibbs_matrix(&pi, &[2, 3, 2]).unwrap();
        prop_assert!(worst(&sweep.evolve(&pi, 1).unwrap(), &pi) < 1e-13);
        for block in 0..3 {
            let w = gibbs_block_matrix(&pi, &[2, 3, 2], block).unwrap();
            prop_assert!(worst(&w.evolve(&pi, 1).unwrap(), &pi) < 1e-13);
            prop_assert!(w.balance_gap(&pi).unwrap() < 1e-15);
        }
    }

    #[test]
    fn the_modes_rebuild_the_chain(
        target in prop::collection::vec(0.01f64..1.0, 7),
        proposal in prop::collection::vec(0.01f64..1.0, 49),
    ) {
        let pi = distribution(&target);
        let proposal = normalised(DMatrix::from_vec(7, 7, proposal));
        for rule in RULES {
            let w = metropolis_matrix(&pi, &proposal, rule).unwrap();
            prop_assert!(w.is_reversible(1e-14).unwrap() && w.is_aperiodic().unwrap());
            let s = w.spectrum().unwrap();
            let values = DMatrix::from_diagonal(&s.eigenvalues().to_vec().into());
            prop_assert!(s.eigenvalues().is_sorted_by(|a, b| a >= b));
            prop_assert!((s.left() * s.right() - DMatrix::identity(7, 7)).amax() < 1e-13);
            prop_assert!((w.matrix() * s.right() - s.right() * &values).amax() < 1e-12);
            prop_assert!((s.left() * w.matrix() - &values * s.left()).amax() < 1e-13);
            let start = [0.0, 0.5, 0.0, 0.0, 0.2, 0.3, 0.0];
            for t in [0, 1, 2, 3, 10, 101] {
                let (modes, steps) = (s.evolve(&start, t).unwrap(), w.evolve(&start, t).unwrap());
                prop_assert!(worst(&modes, &steps) < 1e-13, "after {} steps", t);
            }
            let distances = w.distance_to_equilibrium(&start, 30).unwrap();
            prop_assert!(distances.windows(2).all(|d| d[1] <= d[0] + 1e-15));
        }
    }

    /// By powers of the graph: i reaches j within n moves, and the times of return to state 0, up to
    /// twice n², where every multiple of the period is a time of return (Wielandt 1950: (n−1)² + 1).
    #[test]
    fn classes_and_periods_by_enumeration(edges in prop::collection::vec(0u8..3, 25)) {
        let graph = DMatrix::from_fn(5, 5, |i, j| f64::from(u8::from(edges[5 * i + j] == 0)));
        let w = normalised(graph);
        let step = w.matrix().map(|w| w > 0.0);
        let mut power = DMatrix::from_fn(5, 5, |i, j| i == j);
        let (mut reached, mut period) = (power.clone(), 0);
        for t in 1..=50 {
            power = DMatrix::from_fn(5, 5, |i, j| (0..5).any(|k| power[(i, k)] && step[(k, j)]));
            reached.zip_apply(&power, |reached, now| *reached |= now);
            if power[(0, 0)] {
                period = (1..=t).rev().find(|d| t % d == 0 && period % d == 0).unwrap();
            }
        }
        let irreducible = reached.iter().all(|reached| *reached);
        prop_assert_eq!(w.is_irreducible(), irreducible);
        match w.period() {
            Ok(found) => prop_assert!(irreducible && found == period),
            Err(Error::Unreachable { from, to }) => prop_assert!(!reached[(from, to)]),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
