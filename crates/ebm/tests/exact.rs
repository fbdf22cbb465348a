//! Everything exact against brute force over all configurations, closed forms and finite differences.

#![allow(clippy::unwrap_used)]

use ebm::{Error, MOST_ENUMERATED, Rbm};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use prob_core::{
    LogDensity,
    logspace::{log_sum_exp, softplus},
};
use proptest::prelude::*;

/// All binary vectors of a length.
fn configurations(units: usize) -> Vec<Vec<f64>> {
    let bit = |n: u32, k: usize| f64::from(n >> k & 1);
    (0..1u32 << units).map(|n| (0..units).map(|k| bit(n, k)).collect()).collect()
}

/// The energy from its definition.
fn energy(rbm: &Rbm, v: &[f64], h: &[f64]) -> f64 {
    let (v, h) = (DVector::from_column_slice(v), DVector::from_column_slice(h));
    -rbm.visible_bias().dot(&v) - rbm.hidden_bias().dot(&h) - v.dot(&(rbm.weights() * &h))
}

/// All (v, h) with their `−E`.
fn joint(rbm: &Rbm) -> Vec<(Vec<f64>, Vec<f64>, f64)> {
    let (visible, hidden) = (rbm.visible_units(), rbm.hidden_units());
    let pairs = configurations(visible)
        .into_iter()
        .flat_map(|v| configurations(hidden).into_iter().map(move |h| (v.clone(), h)));
    pairs.map(|(v, h)| (v.clone(), h.clone(), -energy(rbm, &v, &h))).collect()
}

fn brute_log_partition(rbm: &Rbm) -> f64 {
    log_sum_exp(&joint(rbm).iter().map(|(_, _, log)| *log).collect::<Vec<_>>())
}

fn machine(visible: usize, hidden: usize, parameters: &[f64]) -> Rbm {
    let (weights, biases) = parameters.split_at(visible * hidden);
    let (a, b) = (&biases[..visible], &biases[visible..visible + hidden]);
    Rbm::new(
        DMatrix::from_column_slice(visible, hidden, weights),
        DVector::from_column_slice(a),
        DVector::from_column_slice(b),
    )
    .unwrap()
}

/// Machines with a smaller hidden layer, a smaller visible layer, or none.
fn any_machine() -> impl Strategy<Value = Rbm> {
    (1usize..5, 1usize..5, prop::collection::vec(-4f64..4.0, 16 + 8))
        .prop_map(|(visible, hidden, parameters)| machine(visible, hidden, &parameters))
}

proptest! {
    #[test]
    fn the_free_energy_is_the_energy_with_the_hidden_units_summed_out(rbm in any_machine()) {
        for v in configurations(rbm.visible_units()) {
            let terms: Vec<f64> = configurations(rbm.hidden_units())
                .iter()
                .map(|h| -energy(&rbm, &v, h))
                .collect();
            prop_assert!((rbm.free_energy(&v) + log_sum_exp(&terms)).abs() < 1e-12);
            prop_assert_eq!(rbm.log_density(&v), -rbm.free_energy(&v));
            for h in configurations(rbm.hidden_units()) {
                prop_assert!((rbm.energy(&v, &h) - energy(&rbm, &v, &h)).abs() < 1e-13);
            }
        }
    }

    /// `p(h_j = 1 | v) = e^−E(v, h with h_j = 1) / Σ over h_j`, and the same for v.
    #[test]
    fn conditionals_are_ratios_of_joint_probabilities(rbm in any_machine()) {
        for (v, h, log) in joint(&rbm) {
            for j in 0..h.len() {
                let mut flipped = h.clone();
                flipped[j] = 1.0 - h[j];
                let here = 1.0 / (1.0 + (-energy(&rbm, &v, &flipped) - log).exp());
                let p = rbm.hidden_prob(j, &v);
                let ours = if h[j] == 1.0 { p } else { 1.0 - p };
                prop_assert!((ours - here).abs() < 1e-14);
            }
            for i in 0..v.len() {
                let mut flipped = v.clone();
                flipped[i] = 1.0 - v[i];
                let here = 1.0 / (1.0 + (-energy(&rbm, &flipped, &h) - log).exp());
                let p = rbm.visible_prob(i, &h);
                let ours = if v[i] == 1.0 { p } else { 1.0 - p };
                prop_assert!((ours - here).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn log_partition_is_the_sum_over_all_configurations(rbm in any_machine()) {
        let log_partition = rbm.log_partition().unwrap();
        prop_assert!((log_partition - brute_log_partition(&rbm)).abs() < 1e-12);
        let log_probs: Vec<f64> = configurations(rbm.visible_units())
            .iter()
            .map(|v| rbm.log_prob(v, log_partition))
            .collect();
        prop_assert!(log_sum_exp(&log_probs).abs() < 1e-12, "probabilities sum to one");
    }

    #[test]
    fn the_negative_phase_is_the_mean_over_all_configurations(rbm in any_machine()) {
        let log_partition = brute_log_partition(&rbm);
        let (visible, hidden) = (rbm.visible_units(), rbm.hidden_units());
        let (mut ev, mut eh) = (DVector::zeros(visible), DVector::zeros(hidden));
        let mut evh = DMatrix::zeros(visible, hidden);
        for (v, h, log) in joint(&rbm) {
            let p = (log - log_partition).exp();
            let (v, h) = (DVector::from_vec(v), DVector::from_vec(h));
            evh += p * &v * h.transpose();
            ev += p * v;
            eh += p * h;
        }
        let moments = rbm.negative_phase().unwrap();
        prop_assert!((moments.visible - ev).amax() < 1e-13);
        prop_assert!((moments.hidden - eh).amax() < 1e-13);
        prop_assert!((moments.products - evh).amax() < 1e-13);
    }

    /// Central differences of the mean log likelihood, in every parameter.
    #[test]
    fn the_gradient_is_that_of_the_mean_log_likelihood(
        rbm in any_machine(), bits in prop::collection::vec(0u8..2, 4 * 5),
    ) {
        let (visible, hidden) = (rbm.visible_units(), rbm.hidden_units());
        let data = DMatrix::from_fn(visible, 5, |i, n| f64::from(bits[5 * i + n]));
        let gradient = rbm.log_likelihood_gradient(&data).unwrap();
        let flat: Vec<f64> = [
            gradient.products.as_slice(), gradient.visible.as_slice(), gradient.hidden.as_slice(),
        ].concat();
        let parameters: Vec<f64> = [
            rbm.weights().as_slice(), rbm.visible_bias().as_slice(), rbm.hidden_bias().as_slice(),
        ].concat();
        let h = 1e-4;
        for k in 0..parameters.len() {
            let at = |step: f64| {
                let mut moved = parameters.clone();
                moved[k] += step;
                let moved = machine(visible, hidden, &moved);
                moved.mean_log_prob(&data, moved.log_partition().unwrap()).unwrap()
            };
            let difference = (at(h) - at(-h)) / (2.0 * h);
            prop_assert!((difference - flat[k]).abs() < 1e-8, "{difference} {} at {k}", flat[k]);
        }
    }
}

/// Without weights all units are independent coins: `ln Z = Σ softplus(a_i) + Σ softplus(b_j)`. With
/// twelve units in the smaller layer the enumeration takes four blocks.
#[test]
fn without_weights_the_units_are_independent() {
    for (visible, hidden) in [(12, 15), (15, 12), (1, 40), (40, 1)] {
        let bias = |units: usize, step: f64| {
            DVector::from_fn(units, |k, _| 2.0 * (step * (k + 1) as f64).sin())
        };
        let (a, b) = (bias(visible, 0.9), bias(hidden, 1.7));
        let rbm = Rbm::new(DMatrix::zeros(visible, hidden), a.clone(), b.clone()).unwrap();
        let exact: f64 = a.iter().chain(b.iter()).map(|x| softplus(*x)).sum();
        assert!((rbm.log_partition().unwrap() - exact).abs() < 1e-12, "{visible} x {hidden}");
        let moments = rbm.negative_phase().unwrap();
        for (i, a) in a.iter().enumerate() {
            for (j, b) in b.iter().enumerate() {
                let (p, q) = (1.0 / (1.0 + (-a).exp()), 1.0 / (1.0 + (-b).exp()));
                assert!((moments.visible[i] - p).abs() < 1e-13);
                assert!((moments.hidden[j] - q).abs() < 1e-13);
                assert!((moments.products[(i, j)] - p * q).abs() < 1e-13);
            }
        }
    }
}

/// The same machine with its layers exchanged has the same Z, by the other layer where both are
/// large; and the sum over visible configurations of e^−F is Z, by a third way.
#[test]
fn the_sum_over_either_layer_is_the_same() {
    let (visible, hidden) = (14, 12);
    let weights = DMatrix::from_fn(visible, hidden, |i, j| ((i * 7 + j * 3) as f64).sin());
    let a = DVector::from_fn(visible, |i, _| (i as f64).cos());
    let b = DVector::from_fn(hidden, |j, _| (2.0 * j as f64).cos());
    let rbm = Rbm::new(weights.clone(), a.clone(), b.clone()).unwrap();
    let exchanged = Rbm::new(weights.transpose(), b, a).unwrap();
    let log_partition = rbm.log_partition().unwrap();
    let terms: Vec<f64> = configurations(visible).iter().map(|v| -rbm.free_energy(v)).collect();
    assert!((log_partition - log_sum_exp(&terms)).abs() < 1e-12);
    assert!((log_partition - exchanged.log_partition().unwrap()).abs() < 1e-12);
    let (one, other) = (rbm.negative_phase().unwrap(), exchanged.negative_phase().unwrap());
    assert!((one.products - other.products.transpose()).amax() < 1e-13);
}

/// Weights so strong that e^−E overflows: the units are all on, or all off.
#[test]
fn strong_weights_do_not_overflow() {
    let rbm = Rbm::new(dmatrix![2_000.0], dvector![-1_000.0], dvector![-1_000.0]).unwrap();
    // E(1, 1) = 0 = E(0, 0), E(1, 0) = E(0, 1) = 1000.
    assert!((rbm.log_partition().unwrap() - 2f64.ln()).abs() < 1e-15);
    assert_eq!(rbm.negative_phase().unwrap().products[(0, 0)], 0.5);
    let huge = Rbm::new(dmatrix![1e300], dvector![1e300], dvector![1e300]).unwrap();
    assert!(huge.log_partition().unwrap().is_finite() && huge.free_energy(&[1.0]).is_finite());
}

#[test]
fn the_positive_phase_by_hand() {
    let rbm = Rbm::new(dmatrix![0.0; 0.0], dvector![9.0, 9.0], dvector![3f64.ln()]).unwrap();
    let data = dmatrix![1.0, 1.0, 0.0, 1.0; 0.0, 1.0, 0.0, 0.0];
    let moments = rbm.positive_phase(&data).unwrap();
    assert_eq!(moments.visible, dvector![0.75, 0.25]);
    assert!((moments.hidden[0] - 0.75).abs() < 1e-15); // sigmoid(ln 3) = 3/4
    assert!((moments.products - dmatrix![0.75 * 0.75; 0.25 * 0.75]).amax() < 1e-15);
}

#[test]
fn what_is_not_binary_has_no_probability() {
    let rbm = Rbm::new(dmatrix![1.0; 1.0], dvector![0.0, 0.0], dvector![0.0]).unwrap();
    for v in [&[0.5, 1.0][..], &[2.0, 0.0], &[f64::NAN, 0.0], &[1.0], &[1.0, 0.0, 1.0]] {
        assert_eq!(rbm.log_density(v), f64::NEG_INFINITY, "{v:?}");
        assert_eq!(rbm.log_prob(v, 3.0), f64::NEG_INFINITY);
    }
}

#[test]
fn bad_machines_and_data_are_refused_with_a_reason() {
    let new = |w: DMatrix<f64>, a: DVector<f64>, b| Rbm::new(w, a, b).unwrap_err();
    let one = || dvector![0.0];
    assert_eq!(
        new(DMatrix::zeros(0, 1), dvector![], one()),
        Error::Empty { what: "visible units" }
    );
    assert_eq!(new(DMatrix::zeros(1, 0), one(), dvector![]), Error::Empty { what: "hidden units" });
    assert_eq!(
        new(DMatrix::zeros(2, 1), one(), one()),
        Error::LengthMismatch { what: "the visible bias", expected: 2, found: 1 }
    );
    assert_eq!(
        new(DMatrix::zeros(1, 2), one(), one()),
        Error::LengthMismatch { what: "the hidden bias", expected: 2, found: 1 }
    );
    assert!(matches!(
        new(dmatrix![f64::NAN], one(), one()),
        Error::NotFinite { what: "weights", index: 0, .. }
    ));
    assert!(matches!(
        new(dmatrix![0.0], dvector![f64::INFINITY], one()),
        Error::NotFinite { what: "visible bias", .. }
    ));
    assert!(matches!(
        new(dmatrix![0.0], one(), dvector![f64::NEG_INFINITY]),
        Error::NotFinite { what: "hidden bias", .. }
    ));
    assert!(matches!(new(dmatrix![1e308], dvector![1e308], one()), Error::TooLarge { .. }));

    let n = MOST_ENUMERATED + 1;
    let large = Rbm::new(DMatrix::zeros(n, n), DVector::zeros(n), DVector::zeros(n)).unwrap();
    let too_many = Error::TooManyUnits { visible: n, hidden: n, limit: MOST_ENUMERATED };
    assert_eq!(large.log_partition(), Err(too_many.clone()));
    assert_eq!(large.negative_phase().unwrap_err(), too_many);

    let rbm = Rbm::new(dmatrix![1.0; 1.0], dvector![0.0, 0.0], one()).unwrap();
    assert_eq!(
        rbm.positive_phase(&DMatrix::zeros(2, 0)).unwrap_err(),
        Error::Empty { what: "observations" }
    );
    assert!(matches!(
        rbm.mean_log_prob(&DMatrix::zeros(3, 1), 0.0),
        Err(Error::LengthMismatch { expected: 2, found: 3, .. })
    ));
    assert_eq!(
        rbm.log_likelihood_gradient(&dmatrix![0.0, 1.0; 1.0, 0.5]).unwrap_err(),
        Error::NotBinary { observation: 1, unit: 1, value: 0.5 }
    );
}
