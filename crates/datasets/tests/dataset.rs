//! Splits, centring, binarisation and batches.

#![allow(clippy::unwrap_used)] // A test may panic, its helpers too.

use std::collections::HashMap;

use datasets::{Dataset, Error, shuffled};
use nalgebra::{DMatrix, dmatrix};
use prob_core::Seed;
use proptest::prelude::*;
use testkit::{FalseAlarm, chi_square, holds, negative_control, z};

/// Observation i is (i, 10 i), its label i mod 3.
fn numbered(n: usize) -> Dataset {
    let values = DMatrix::from_fn(2, n, |f, i| i as f32 * [1.0, 10.0][f]);
    let labels = (0..n).map(|i| (i % 3) as u8).collect();
    Dataset::new(values, vec![2]).unwrap().with_labels(labels, 3).unwrap()
}

#[test]
fn memory_is_row_major_by_observation() {
    let data = numbered(3);
    assert_eq!(data.values(), [0.0, 0.0, 1.0, 10.0, 2.0, 20.0]);
    assert_eq!(data.observation(1), [1.0, 10.0]);
    assert_eq!(data.matrix()[(1, 2)], 20.0);
    assert_eq!((data.len(), data.features(), data.shape()), (3, 2, &[2][..]));
}

#[test]
fn what_is_no_data_set_is_refused() {
    let new = |values, shape| Dataset::new(values, shape).unwrap_err().to_string();
    assert_eq!(
        new(DMatrix::zeros(6, 1), vec![2, 2]),
        "the shape [2, 2] holds 4 numbers; an observation has 6"
    );
    assert!(new(DMatrix::zeros(1, 1), vec![usize::MAX, 2]).contains("holds 18446744073709551615"));
    assert_eq!(
        new(DMatrix::zeros(0, 3), vec![0]),
        "an observation has no features; at least one is needed"
    );
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let told = format!("feature 1 of observation 2 is {bad}; it must be finite");
        assert_eq!(new(dmatrix![0.0, 0.0, 0.0; 0.0, 0.0, bad], vec![2]), told);
    }
    let labels = |labels: &[u8]| {
        let data = Dataset::new(DMatrix::zeros(1, 2), vec![1]).unwrap();
        data.with_labels(labels.to_vec(), 2).unwrap_err()
    };
    assert!(matches!(labels(&[0]), Error::LabelCount { labels: 1, observations: 2 }));
    assert!(matches!(labels(&[1, 2]), Error::LabelOutOfRange { index: 1, label: 2, classes: 2 }));
    assert!(Dataset::new(DMatrix::zeros(3, 0), vec![3]).unwrap().is_empty());
}

#[test]
fn the_last_are_held_out_with_their_labels() {
    let (kept, held_out) = numbered(7).split_last(2).unwrap();
    assert_eq!((kept.len(), held_out.len()), (5, 2));
    assert_eq!(
        (kept.observation(4), held_out.observation(0)),
        (&[4.0, 40.0][..], &[5.0, 50.0][..])
    );
    assert_eq!(kept.labels(), Some(&[0, 1, 2, 0, 1][..]));
    assert_eq!((held_out.labels(), held_out.classes()), (Some(&[2, 0][..]), Some(3)));
    for n in [0, 7, 8, usize::MAX] {
        let told = numbered(7).split_last(n).unwrap_err().to_string();
        assert_eq!(
            told,
            format!("{n} of 7 observations cannot be held out; it must be from 1 to 6")
        );
    }
}

#[test]
fn the_first_are_copied_with_their_labels() {
    let first = numbered(5).first(2);
    assert_eq!((first.values(), first.labels()), (&[0.0, 0.0, 1.0, 10.0][..], Some(&[0, 1][..])));
    assert_eq!(numbered(5).first(9), numbered(5));
    assert!(numbered(5).first(0).is_empty());
}

#[test]
fn centring_is_exact_where_f32_sums_are_not() {
    // 2^24 + 1 is no f32: a sum in f32 would stick at 2^24.
    let n = 20_000_000;
    let ones = Dataset::new(DMatrix::from_element(1, n, 1.0), vec![1]).unwrap();
    let (centred, means) = ones.centred();
    assert_eq!(means, [1.0]);
    assert!(centred.values().iter().all(|v| *v == 0.0));
    let none = Dataset::new(DMatrix::zeros(2, 0), vec![2]).unwrap();
    let (centred, means) = none.centred();
    assert_eq!((centred, means), (none, vec![0.0, 0.0]));
}

#[test]
fn a_threshold_is_strict() {
    let data = Dataset::new(dmatrix![0.0, 0.5, 0.6, 1.0], vec![1]).unwrap();
    assert_eq!(data.threshold(0.5).values(), [0.0, 0.0, 1.0, 1.0]);
}

/// Grey values as chances: the mean of many draws, and certainty at 0 and 1.
/// Alpha 1e-6 over the four grey values.
#[test]
fn binarisation_draws_the_value_as_a_chance() {
    let n = 100_000;
    let chances = [0.0f32, 1e-3, 0.25, 0.5, 0.9, 1.0];
    let grey = Dataset::new(DMatrix::from_fn(6, n, |f, _| chances[f]), vec![6]).unwrap();
    let drawn = grey.binarise(Seed(5), 0).unwrap();
    assert!(drawn.values().iter().all(|v| *v == 0.0 || *v == 1.0));
    let rate =
        |f: usize| (0..n).map(|i| f64::from(drawn.observation(i)[f])).sum::<f64>() / n as f64;
    assert_eq!((rate(0), rate(5)), (0.0, 1.0));
    let against = |shift: f64| -> Vec<_> {
        (1..5)
            .map(|f| {
                let p = f64::from(chances[f]) + shift;
                z(format!("chance {p}"), rate(f), p, (p * (1.0 - p) / n as f64).sqrt()).unwrap()
            })
            .collect()
    };
    holds(&against(0.0), FalseAlarm::DEFAULT);
    // As if a chance of 1/128 were lost on the way, as by drawing with bytes.
    negative_control(&against(1.0 / 128.0), FalseAlarm::DEFAULT);
}

#[test]
fn binarisation_depends_on_seed_and_index_alone() {
    let grey = Dataset::new(DMatrix::from_element(4, 50, 0.5), vec![2, 2]).unwrap();
    let draw = |seed, index| grey.binarise(Seed(seed), index).unwrap();
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0), draw(1, 1));
    assert_ne!(draw(1, 0), draw(2, 0));
    for bad in [-0.1, 1.1] {
        let data = Dataset::new(dmatrix![0.5, bad], vec![1]).unwrap();
        let told = data.binarise(Seed(1), 0).unwrap_err().to_string();
        assert_eq!(
            told,
            format!("feature 0 of observation 1 is {bad}; it must be between 0 and 1")
        );
    }
}

/// All 24 orders of four are equally frequent over epochs. Alpha 1e-6. The negative control is the
/// well-known false shuffle that swaps each place with any place.
#[test]
fn every_order_is_as_likely_as_any_other() {
    let count = |order: &dyn Fn(u64) -> Vec<u32>| {
        let mut counts: HashMap<Vec<u32>, u64> = HashMap::new();
        for epoch in 0..24_000 {
            *counts.entry(order(epoch)).or_default() += 1;
        }
        assert_eq!(counts.len(), 24);
        let counts: Vec<u64> = counts.into_values().collect();
        [chi_square("orders", &counts, &[1.0 / 24.0; 24]).unwrap()]
    };
    holds(&count(&|epoch| shuffled(4, Seed(3), epoch)), FalseAlarm::DEFAULT);
    let swapped_anywhere = |epoch| {
        use rand::RngExt;
        let mut rng = Seed(3).stream("control", epoch);
        let mut order = vec![0, 1, 2, 3];
        (0..4).for_each(|i| order.swap(i, rng.random_range(0..4)));
        order
    };
    negative_control(&count(&swapped_anywhere), FalseAlarm::DEFAULT);
}

#[test]
fn impossible_batches_are_refused() {
    let data = numbered(4);
    let refused = |order: &[u32], size| data.batches(order, size).err().unwrap().to_string();
    assert_eq!(refused(&[0, 1], 0), "the batch size is 0; it must be at least 1");
    assert_eq!(refused(&[0, 4], 2), "the order names observation 4; there are 4");
    assert_eq!(data.batches(&[], 2).unwrap().len(), 0);
}

#[test]
#[should_panic(expected = "index 4 of 4 observations")]
fn a_batch_of_what_does_not_exist_panics_at_once() {
    let _ = numbered(4).batch(&[3, 4]);
}

proptest! {
    #[test]
    fn an_epoch_visits_every_observation_once(n in 0usize..200, size in 1usize..40, seed: u64, epoch: u64) {
        let data = numbered(n);
        let order = shuffled(n, Seed(seed), epoch);
        let mut seen = vec![0; n];
        let mut values = vec![1.0; 5];
        let batches = data.batches(&order, size).unwrap();
        prop_assert_eq!(batches.len(), n.div_ceil(size));
        for (b, batch) in batches.enumerate() {
            prop_assert_eq!(batch.len(), size.min(n - b * size));
            batch.copy_into(&mut values);
            prop_assert_eq!(values.len(), batch.len() * batch.features());
            let labels = batch.labels().unwrap();
            for (k, i) in batch.indices().iter().enumerate() {
                let i = *i as usize;
                seen[i] += 1;
                prop_assert_eq!(&values[2 * k..2 * k + 2], data.observation(i));
                prop_assert_eq!(labels[k], (i % 3) as u8);
            }
        }
        prop_assert!(seen.iter().all(|times| *times == 1));
    }

    #[test]
    fn parts_make_the_whole(n in 2usize..50, cut in any::<prop::sample::Index>()) {
        let held_out = 1 + cut.index(n - 1);
        let whole = numbered(n);
        let (kept, last) = whole.clone().split_last(held_out).unwrap();
        let labels = |data: &Dataset| data.labels().unwrap().to_vec();
        prop_assert_eq!([kept.values(), last.values()].concat(), whole.values());
        prop_assert_eq!([labels(&kept), labels(&last)].concat(), labels(&whole));
        prop_assert_eq!(whole.first(n - held_out), kept);
    }

    #[test]
    fn centred_features_have_mean_zero(
        values in prop::collection::vec(-1e3f32..1e3, 3..60),
    ) {
        let n = values.len() / 3;
        let data = Dataset::new(DMatrix::from_iterator(3, n, values.into_iter().take(3 * n)), vec![3]).unwrap();
        let (centred, means) = data.centred();
        for (f, mean) in means.iter().enumerate() {
            let sum: f64 = (0..n).map(|i| f64::from(centred.observation(i)[f])).sum();
            // A rounding error of the mean and one of each difference, of numbers up to 2e3.
            prop_assert!((sum / n as f64).abs() < 4e-4, "{}", sum);
            for i in 0..n {
                let (c, x) = (centred.observation(i)[f], data.observation(i)[f]);
                prop_assert!((c + mean - x).abs() < 4e-4);
            }
        }
    }
}
