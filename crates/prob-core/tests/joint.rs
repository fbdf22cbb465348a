//! Tables of probabilities: the rules of probability, and information against 50 digits.

#![allow(clippy::unwrap_used, clippy::excessive_precision)]

use prob_core::information::{entropy, js, kl, mutual_information};
use prob_core::{Axis, Conditional, Error, Joint, Seed};
use proptest::prelude::*;
use rand_distr::Distribution;
use testkit::{FalseAlarm, chi_square, holds, negative_control, z};

fn axis(name: &str, values: usize) -> Axis {
    Axis::new(name, (0..values).map(|v| v.to_string())).unwrap()
}

/// Axes x, y, z with 3, 2 and 4 values; some cells are zero.
fn table() -> impl Strategy<Value = Joint> {
    prop::collection::vec(prop_oneof![1 => Just(0u64), 4 => 1u64..1000], 24)
        .prop_filter("something counted", |counts| counts.iter().any(|n| *n > 0))
        .prop_map(|counts| {
            Joint::from_counts([axis("x", 3), axis("y", 2), axis("z", 4)], &counts, 0.0).unwrap()
        })
}

fn same(a: &Joint, b: &Joint, tolerance: f64) -> bool {
    a.axes() == b.axes()
        && a.probabilities()
            .iter()
            .zip(b.probabilities())
            .all(|(a, b)| (a - b).abs() <= tolerance * a.abs().max(b.abs()))
}

/// The mammography: 4 of 1000, 8 of 10, 1 of 10.
fn mammography() -> Joint {
    let (cancer, test) = (["yes", "no"], ["positive", "negative"]);
    let cancer = Axis::new("cancer", cancer).unwrap();
    let prior = Joint::new([cancer.clone()], vec![0.004, 0.996]).unwrap();
    let test = Axis::new("test", test).unwrap();
    let likelihood = Conditional::new([test], [cancer], vec![0.8, 0.2, 0.1, 0.9]).unwrap();
    Joint::from_conditional(&prior, &likelihood).unwrap()
}

#[test]
fn three_of_a_hundred_positive_mammographies_are_cancer() {
    let joint = mammography();
    let posterior = joint.conditional(&["cancer"], &[("test", "positive")]).unwrap();
    assert!((posterior.probabilities()[0] - 8.0 / 257.0).abs() < 1e-17);
    assert!((joint.probability(&[("test", "positive")]).unwrap() - 0.1028).abs() < 1e-16);
    let missed = joint.given(&["test"]).unwrap();
    let missed = missed.probability(&[("cancer", "yes")], &[("test", "negative")]).unwrap();
    assert!((missed - 0.0008 / 0.8972).abs() < 1e-18);
}

/// ```python
/// import mpmath as mp; mp.mp.dps = 50
/// kl = lambda p, q: sum(mp.mpf(a) * mp.log(mp.mpf(a) / mp.mpf(b)) for a, b in zip(p, q))
/// def js(p, q):
///     m = [(mp.mpf(a) + mp.mpf(b)) / 2 for a, b in zip(p, q)]
///     return (kl(p, m) + kl(q, m)) / 2
/// ```
#[test]
fn divergences_are_exact_however_small() {
    let (near, nearer) = (2f64.powi(-20), 2f64.powi(-30));
    let tiny = 2f64.powi(-1000);
    let half = [0.5, 0.25, 0.25];
    let cases: [(&[f64], &[f64], f64, f64); 5] = [
        (
            &half,
            &[0.5 + near, 0.25 - near, 0.25],
            2.728_487_574_780_626e-12,
            6.821_216_768_531_71e-13,
        ),
        (
            &half,
            &[0.5 + nearer, 0.25 - nearer, 0.25],
            2.602_085_217_196_384_9e-18,
            6.505_213_040_971_478_4e-19,
        ),
        (&half, &[0.25, 0.25, 0.5], 0.173_286_795_139_986_33, 0.042_474_759_198_849_368),
        (&[0.5, 0.5], &[tiny, 1.0], 345.880_443_099_412_71, 0.215_761_554_338_835_7),
        (
            &[0.125, 0.375, 0.5],
            &[0.625, 0.25, 0.125],
            0.644_016_857_046_244_41,
            0.157_494_823_939_004_7,
        ),
    ];
    for (p, q, exact_kl, exact_js) in cases {
        let (kl, js) = (kl(p, q).unwrap(), js(p, q).unwrap());
        assert!((kl / exact_kl - 1.0).abs() < 4e-16, "KL({p:?}, {q:?}) = {kl:e}");
        assert!((js / exact_js - 1.0).abs() < 8e-16, "JS({p:?}, {q:?}) = {js:e}");
    }
}

#[test]
fn the_ends_of_divergence_and_entropy_are_exact() {
    assert_eq!(kl(&[1.0, 0.0], &[0.0, 1.0]).unwrap(), f64::INFINITY);
    assert_eq!(kl(&[0.0, 1.0], &[0.0, 1.0]).unwrap(), 0.0);
    assert!((kl(&[0.0, 1.0], &[0.75, 0.25]).unwrap() - 4f64.ln()).abs() < 1e-15);
    assert_eq!(js(&[0.0, 1.0], &[1.0, 0.0]).unwrap(), 2f64.ln());
    assert_eq!(entropy(&[0.0, 1.0]).unwrap().to_bits(), 0);
    assert!((entropy(&[0.125; 8]).unwrap() - 8f64.ln()).abs() < 1e-15);
    // A fair die, and whether it is even: ln 2 nats.
    let table: Vec<f64> =
        (0..12).map(|i| if i / 2 % 2 == i % 2 { 1.0 / 6.0 } else { 0.0 }).collect();
    assert!((mutual_information(&table, 2).unwrap() - 2f64.ln()).abs() < 1e-15);
    for bad in [&[0.5, 0.6][..], &[f64::NAN, 1.0], &[-0.5, 1.5], &[]] {
        assert!(entropy(bad).is_err() && kl(bad, bad).is_err() && js(bad, bad).is_err());
        assert!(mutual_information(bad, 1).is_err());
    }
    assert!(kl(&[1.0], &[0.5, 0.5]).is_err() && mutual_information(&[0.5, 0.5], 0).is_err());
    assert!(mutual_information(&[0.25; 4], 3).is_err());
}

/// The mean of ln(p/q) over draws of p, whose standard deviation is enumerated, not estimated.
/// Control: the divergence the other way round.
#[test]
fn kl_is_the_expected_logarithm_of_the_ratio() {
    let axes = [axis("x", 3), axis("y", 2)];
    let p = Joint::new(axes.clone(), vec![0.1, 0.2, 0.05, 0.25, 0.3, 0.1]).unwrap();
    let q = Joint::new(axes, vec![0.3, 0.1, 0.15, 0.05, 0.2, 0.2]).unwrap();
    let ratio = |cell: usize| (p.probabilities()[cell] / q.probabilities()[cell]).ln();
    let n = 100_000;
    let draws = (&p).sample_iter(Seed(1).stream("draws", 0)).take(n);
    let mean = draws.map(|v| ratio(2 * v[0] + v[1])).sum::<f64>() / n as f64;
    let moment = |k: i32| -> f64 {
        p.probabilities().iter().enumerate().map(|(c, p)| p * ratio(c).powi(k)).sum()
    };
    let error = ((moment(2) - moment(1).powi(2)) / n as f64).sqrt();
    let check = |kl: f64| [z("mean of ln(p/q)", mean, kl, error).unwrap()];
    holds(&check(p.kl(&q).unwrap()), FalseAlarm::DEFAULT);
    negative_control(&check(q.kl(&p).unwrap()), FalseAlarm::DEFAULT);
}

/// Control: the same counts against the table with two cells exchanged.
#[test]
fn draws_follow_the_table() {
    let cells = [0.1, 0.2, 0.0, 0.25, 0.35, 0.1];
    let joint = Joint::new([axis("x", 3), axis("y", 2)], cells.to_vec()).unwrap();
    let mut counts = [0u64; 6];
    for v in joint.sample_iter(Seed(2).stream("draws", 0)).take(20_000) {
        counts[2 * v[0] + v[1]] += 1;
    }
    assert_eq!(counts[2], 0, "what is impossible is never drawn");
    let possible = |table: &[f64; 6]| -> Vec<f64> { [0, 1, 3, 4, 5].map(|i| table[i]).to_vec() };
    let seen = [0, 1, 3, 4, 5].map(|i| counts[i]);
    let check = |table| [chi_square("cells", &seen, &possible(table)).unwrap()];
    holds(&check(&cells), FalseAlarm::DEFAULT);
    negative_control(&check(&[0.2, 0.1, 0.0, 0.25, 0.35, 0.1]), FalseAlarm::DEFAULT);
}

#[test]
fn what_is_wrong_is_named() {
    let joint = mammography();
    let error = joint.marginal(&["age"]).unwrap_err();
    assert_eq!(error.to_string(), "there is no axis \"age\"; the table has cancer, test");
    let error = joint.probability(&[("test", "maybe")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "axis \"test\" has no value \"maybe\"; it has positive, negative"
    );
    assert!(matches!(joint.marginal(&["test", "test"]), Err(Error::DuplicateAxis { .. })));
    assert!(matches!(joint.marginal(&[]), Err(Error::Empty { .. })));
    let both = joint.conditional(&["test"], &[("test", "positive")]);
    assert!(matches!(both, Err(Error::DuplicateAxis { .. })));
    assert_eq!(joint.given(&["cancer", "test"]), Err(Error::NothingLeft { dim: 2 }));

    let certain = Joint::new([axis("x", 2), axis("y", 2)], vec![0.0, 0.0, 0.5, 0.5]).unwrap();
    let error = certain.conditional(&["y"], &[("x", "0")]).unwrap_err();
    assert_eq!(error.to_string(), "the condition x = 0 has probability 0");
    let given = certain.given(&["x"]).unwrap();
    assert!(matches!(given.row(&[("x", "0")]), Err(Error::ImpossibleCondition { .. })));
    assert!(matches!(given.row(&[]), Err(Error::LengthMismatch { expected: 1, .. })));
    let prior = Joint::new([axis("x", 2)], vec![0.5, 0.5]).unwrap();
    let error = Joint::from_conditional(&prior, &given).unwrap_err();
    assert_eq!(error, Error::ImpossibleCondition { condition: "x = 0".to_owned() });
    let error = Joint::from_conditional(&joint, &given).unwrap_err();
    assert!(matches!(error, Error::AxesDiffer { .. }));
    assert!(matches!(joint.kl(&certain), Err(Error::AxesDiffer { .. })));
    assert!(matches!(joint.js(&certain), Err(Error::AxesDiffer { .. })));
}

#[test]
fn bad_tables_are_refused() {
    let axes = || [axis("x", 2), axis("y", 2)];
    let new = |cells: &[f64]| Joint::new(axes(), cells.to_vec());
    assert!(matches!(new(&[0.5; 3]), Err(Error::LengthMismatch { expected: 4, found: 3, .. })));
    assert!(matches!(new(&[0.3; 4]), Err(Error::NotNormalised { .. })));
    for bad in [f64::NAN, f64::INFINITY, -0.25] {
        let error = new(&[0.5, 0.5, bad, 0.25]).unwrap_err();
        assert!(matches!(error, Error::NotAProbability { index: 2, .. }), "{error}");
    }
    assert!(matches!(Joint::new([], vec![1.0]), Err(Error::Empty { .. })));
    let twice = Joint::new([axis("x", 1), axis("x", 1)], vec![1.0]);
    assert!(matches!(twice, Err(Error::DuplicateAxis { .. })));
    let counts = |n, pseudo| Joint::from_counts(axes(), &[n; 4], pseudo);
    assert!(matches!(counts(0, 0.0), Err(Error::NotPositive { .. })));
    assert!(matches!(counts(1, -0.5), Err(Error::Parameter { .. })));
    assert!(matches!(counts(1, f64::NAN), Err(Error::Parameter { .. })));
    assert!(matches!(counts(1, f64::MAX), Err(Error::NotPositive { .. })));
    assert_eq!(counts(u64::MAX, 0.0).unwrap().probabilities(), [0.25; 4]);
    let row = Conditional::new([axis("y", 2)], [axis("x", 2)], vec![0.5, 0.5, 0.5, 0.4]);
    let error = row.unwrap_err();
    assert!(matches!(&error, Error::RowNotNormalised { condition, .. } if condition == "x = 1"));
}

/// One variable is a list, three are a list of cells.
#[test]
fn other_tables_are_lists() {
    let coin = Joint::new([Axis::new("coin", ["heads", "tails"]).unwrap()], vec![0.25, 0.75]);
    assert_eq!(coin.unwrap().to_string(), "coin = heads  0.25\ncoin = tails  0.75\n");
    let tiny = Joint::new([axis("x", 2)], vec![1e-12, 1.0 - 1e-12]).unwrap();
    assert_eq!(tiny.to_string(), "x = 0  1.00000e-12\nx = 1            1\n");
}

/// Written and read back it is the same table to the bit; what is no table is not read.
#[test]
fn tables_are_written_and_read() {
    let joint = mammography();
    let text = serde_json::to_string(&joint).unwrap();
    assert_eq!(serde_json::from_str::<Joint>(&text).unwrap(), joint);
    let broken = text.replace("0.0032", "0.5");
    let error = serde_json::from_str::<Joint>(&broken).unwrap_err();
    assert!(error.to_string().contains("must sum to 1"), "{error}");
    let twice = r#"{"name": "coin", "values": ["heads", "heads"]}"#;
    assert!(serde_json::from_str::<Axis>(twice).is_err());
}

proptest! {
    /// p(x) = Σ_y p(x | y) p(y), cells as ratios, and the product rule back to the joint table.
    #[test]
    fn the_parts_make_the_whole(joint in table()) {
        let prior = joint.marginal(&["y"]).unwrap();
        let given = joint.given(&["y"]).unwrap();
        let product = Joint::from_conditional(&prior, &given).unwrap();
        prop_assert!(same(&product, &joint.marginal(&["y", "x", "z"]).unwrap(), 1e-15));

        let mut mixed = [0.0; 3];
        for (y, p_y) in ["0", "1"].into_iter().zip(prior.probabilities()) {
            let Ok(row) = joint.conditional(&["x"], &[("y", y)]) else {
                prop_assert_eq!(*p_y, 0.0);
                continue;
            };
            for (x, p) in row.probabilities().iter().enumerate() {
                mixed[x] += p * p_y;
                let both = [("x", ["0", "1", "2"][x]), ("y", y)];
                prop_assert!((joint.probability(&both).unwrap() - p * p_y).abs() < 1e-15);
            }
        }
        let marginal = joint.marginal(&["x"]).unwrap();
        for (a, b) in mixed.iter().zip(marginal.probabilities()) {
            prop_assert!((a - b).abs() < 4e-16);
        }
    }

    /// Bayes' theorem there and back is where one was.
    #[test]
    fn bayes_is_its_own_inverse(joint in table()) {
        let y_of_x = joint.marginal(&["x", "y"]).unwrap().given(&["x"]).unwrap();
        let x_of_y = y_of_x.reversed(&joint.marginal(&["x"]).unwrap()).unwrap();
        prop_assert_eq!(x_of_y.given(), &[axis("y", 2)][..]);
        let back = x_of_y.reversed(&joint.marginal(&["y"]).unwrap()).unwrap();
        for x in ["0", "1", "2"] {
            match (y_of_x.row(&[("x", x)]), back.row(&[("x", x)])) {
                (Ok(a), Ok(b)) => prop_assert!(same(&a, &b, 1e-14)),
                (a, b) => prop_assert!(a.is_err() && b.is_err()),
            }
        }
    }

    #[test]
    fn the_union_rule_holds(joint in table(), x in 0usize..3, z in 0usize..4, z2 in 0usize..4) {
        let name = |v: usize| v.to_string();
        let (x, z, z2) = (name(x), name(z), name(z2));
        let (a, b) = ([("x", x.as_str()), ("z", &z)], [("z", z2.as_str())]);
        let p = |event| joint.probability(event).unwrap();
        let both = joint.probability_where(|v| v[0] == x && v[2] == z && v[2] == z2);
        let union = joint.union(&a, &b).unwrap();
        prop_assert!((union - (p(&a) + p(&b) - both)).abs() < 4e-16);
        prop_assert!((p(&[]) - 1.0).abs() < 1e-15);
    }

    /// Chain rule, bounds, and mutual information by three ways.
    #[test]
    fn entropies_add_up(joint in table()) {
        let h = |of: &[&str]| joint.marginal(of).unwrap().entropy();
        let given = |of: &[&str], given: &[&str]| joint.conditional_entropy(of, given).unwrap();
        prop_assert!((h(&["x", "y"]) - h(&["y"]) - given(&["x"], &["y"])).abs() < 2e-15);
        let steps = h(&["z"]) + given(&["y"], &["z"]) + given(&["x"], &["y", "z"]);
        prop_assert!((joint.entropy() - steps).abs() < 4e-15);
        prop_assert!(given(&["x"], &["y", "z"]) <= given(&["x"], &["y"]) + 1e-15);
        prop_assert!(h(&["x"]) <= 3f64.ln() + 1e-15);

        let information = joint.mutual_information(&["x"], &["y"]).unwrap();
        prop_assert!(information >= 0.0);
        prop_assert!((information - (h(&["x"]) - given(&["x"], &["y"]))).abs() < 2e-15);
        let backwards = joint.mutual_information(&["y"], &["x"]).unwrap();
        prop_assert!((information - backwards).abs() < 1e-15);
        let product: Vec<f64> = {
            let (x, y) = (joint.marginal(&["x"]).unwrap(), joint.marginal(&["y"]).unwrap());
            let ys = y.probabilities().to_vec();
            x.probabilities().iter().flat_map(|p| ys.iter().map(move |q| p * q)).collect()
        };
        let both = joint.marginal(&["x", "y"]).unwrap();
        let divergence = kl(both.probabilities(), &product).unwrap();
        prop_assert!((information - divergence).abs() < 1e-15);
        let plain = mutual_information(both.probabilities(), 2).unwrap();
        prop_assert!((information - plain).abs() < 1e-15);
        // I(x; y, z) = I(x; z) + I(x; y | z).
        let all = joint.mutual_information(&["x"], &["y", "z"]).unwrap();
        let z = joint.mutual_information(&["x"], &["z"]).unwrap();
        let y = joint.conditional_mutual_information(&["x"], &["y"], &["z"]).unwrap();
        prop_assert!((all - z - y).abs() < 4e-15);
    }

    /// A product of its marginals is independent, and a slight tie is seen.
    #[test]
    fn independence_is_seen(p in 0.05f64..0.95, q in 0.05f64..0.95, tie in 1e-6f64..1e-3) {
        let cells = [p * q, p * (1.0 - q), (1.0 - p) * q, (1.0 - p) * (1.0 - q)];
        let axes = || [axis("x", 2), axis("y", 2)];
        let free = Joint::new(axes(), cells.to_vec()).unwrap();
        prop_assert!(free.independent(&["x"], &["y"], 1e-15).unwrap());
        prop_assert!(free.mutual_information(&["x"], &["y"]).unwrap() < 1e-30);
        let tied: Vec<f64> =
            cells.iter().zip([1.0, -1.0, -1.0, 1.0]).map(|(c, s)| c + s * tie).collect();
        let tied = Joint::new(axes(), tied).unwrap();
        prop_assert!(!tied.independent(&["x"], &["y"], 1e-7).unwrap());
        // I ≈ ½ Σ tie²/cell for a small tie.
        let information = tied.mutual_information(&["x"], &["y"]).unwrap();
        let expected: f64 = cells.iter().map(|c| 0.5 * tie * tie / c).sum();
        prop_assert!((information / expected - 1.0).abs() < 0.3 * tie / 1e-3 + 1e-9);
    }

    #[test]
    fn divergences_are_distances_of_a_kind(a in table(), b in table()) {
        let (kl, js) = (a.kl(&b).unwrap(), a.js(&b).unwrap());
        prop_assert!(kl >= 0.0 && a.kl(&a).unwrap() == 0.0 && a.js(&a).unwrap() == 0.0);
        prop_assert!((0.0..=2f64.ln()).contains(&js));
        prop_assert_eq!(js, b.js(&a).unwrap());
        let plain: f64 = a
            .probabilities()
            .iter()
            .zip(b.probabilities())
            .filter(|(p, _)| **p > 0.0)
            .map(|(p, q)| p * (p / q).ln())
            .sum();
        prop_assert!(kl == plain || (kl - plain).abs() < 1e-14, "{} and {}", kl, plain);
    }

    /// Whatever the bits: an error or a number, never a panic.
    #[test]
    fn no_bits_panic(bits in prop::collection::vec(any::<u64>(), 4)) {
        let cells: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        if let Ok(joint) = Joint::new([axis("x", 2), axis("y", 2)], cells.clone()) {
            prop_assert!(joint.entropy() >= 0.0);
        }
        let _ = (Conditional::new([axis("y", 2)], [axis("x", 2)], cells.clone()), entropy(&cells));
        let _ = (kl(&cells[..2], &cells[2..]), js(&cells[..2], &cells[2..]));
    }
}
