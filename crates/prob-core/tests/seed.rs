//! Seed streams: their numbers are a promise, and no two share theirs.

use std::collections::HashSet;

use prob_core::Seed;
use rand::{Rng, RngExt};
use testkit::{FalseAlarm, chi_square, holds, ks, negative_control, z};

/// Pinned: a change here changes every run of every program.
///
/// Made by another program, of SplitMix64 in Python and NumPy 2.4.6's `PCG64DXSM`:
///
/// ```python
/// import numpy as np
/// M, GOLDEN = (1 << 64) - 1, 0x9E3779B97F4A7C15
/// class Mix:
///     def __init__(s, seed): s.s = seed
///     def next(s):
///         s.s = (s.s + GOLDEN) & M
///         z = s.s
///         z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
///         z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
///         return z ^ (z >> 31)
///     def absorb(s, word):
///         s.s = s.next() ^ ((word * GOLDEN) & M)
///         s.s = s.next()
/// def stream(seed, purpose, index):
///     m, b = Mix(seed), purpose.encode()
///     m.absorb(len(b))
///     for i in range(0, len(b), 8): m.absorb(int.from_bytes(b[i:i + 8], "little"))
///     m.absorb(index)
///     state, inc = ((m.next() << 64) | m.next() for _ in range(2))
///     W = (1 << 128) - 1
///     inc = ((inc << 1) | 1) & W
///     state = ((state + inc) * 0xDA942042E4DD58B5 + inc) & W
///     g = np.random.PCG64DXSM()
///     g.state = {"bit_generator": "PCG64DXSM", "state": {"state": state, "inc": inc},
///                "has_uint32": 0, "uinteger": 0}
///     return g
/// print([hex(x) for x in stream(1, "chain", 0).random_raw(3)])
/// ```
#[test]
fn the_first_numbers_are_pinned() {
    for (seed, purpose, index, numbers) in [
        (0, "", 0, [0xd73a_543f_763f_d47d, 0x12cf_0fc9_9033_8780, 0x3fa2_ad6a_dfdf_37b0_u64]),
        (1, "chain", 0, [0x1c53_7825_9c22_d3ac, 0x93d4_2380_8cdb_87f1, 0xf34e_ea55_91c8_a527]),
        (1, "chain", 1, [0x6195_3f9c_f7e7_a54a, 0xdba5_55ce_30f2_4063, 0x41f0_d4c9_e2bb_7747]),
        (2, "chain", 0, [0xcc19_e726_01c7_adcf, 0x29b0_32d4_00b9_c96f, 0x7906_035c_e42f_c592]),
        (1, "shuffle", 0, [0xdc59_186c_d636_8eda, 0x64f8_5ddc_fe91_e6b0, 0xcead_53be_0803_4447]),
        (
            7,
            "encoder.0.weight",
            3,
            [0xfb00_9823_49f7_8a3d, 0x3f0d_a9fd_9c9b_a87e, 0x9861_5576_fdcd_1e0e],
        ),
        (
            u64::MAX,
            "éa",
            u64::MAX,
            [0x6eb9_ceb6_1f62_84dd, 0x3ec2_b7bd_e2a9_68cd, 0x76a3_d7c3_d412_284c],
        ),
    ] {
        let mut rng = Seed(seed).stream(purpose, index);
        assert_eq!([(); 3].map(|()| rng.next_u64()), numbers, "({seed}, {purpose:?}, {index})");
    }
}

#[test]
fn streams_are_distinct() {
    let purposes = ["", "a", "b", "ab", "ba", "a\0", "\0", "chain", "chains", "encoder.0.weight"];
    let mut first = HashSet::new();
    let mut streams = 0;
    for seed in [0, 1, 2, u64::MAX] {
        for purpose in purposes {
            for index in 0..500 {
                first.insert(Seed(seed).stream(purpose, index).next_u64());
                streams += 1;
            }
        }
    }
    assert_eq!(first.len(), streams); // by chance two of 20,000 agree once in 10^11 suites
}

/// Neighbouring streams, read across: the first number of each must be uniform, and uncorrelated
/// with the first of the next. Control: streams that differ only in the last bits of their state.
#[test]
fn numbers_across_streams_are_independent() {
    let checks = |first: &[f64]| {
        let n = first.len() as f64;
        let lagged: f64 = first.windows(2).map(|w| 12.0 * (w[0] - 0.5) * (w[1] - 0.5)).sum();
        [
            ks("uniform", first, |x| x.clamp(0.0, 1.0)).unwrap(),
            z("correlation of neighbours", lagged / n, 0.0, 1.0 / n.sqrt()).unwrap(),
        ]
    };
    let first: Vec<f64> = (0..20_000).map(|i| Seed(1).stream("chain", i).random()).collect();
    holds(&checks(&first), FalseAlarm::DEFAULT);

    let counted: Vec<f64> = (0..20_000).map(|i| f64::from(i) / 20_000.0).collect();
    negative_control(&checks(&counted), FalseAlarm::DEFAULT);
}

/// Each bit of a stream's first number is a fair coin, for consecutive indices. Control: a bit that
/// is the index's own.
#[test]
fn every_bit_of_the_first_number_is_fair() {
    let numbers: Vec<u64> = (0..4_096).map(|i| Seed(3).stream("batch", i).next_u64()).collect();
    let check = |numbers: &[u64], bit: u32| {
        let ones = numbers.iter().filter(|x| *x >> bit & 1 == 1).count() as u64;
        let counts = [ones, numbers.len() as u64 - ones];
        chi_square(format!("bit {bit}"), &counts, &[0.5; 2]).unwrap()
    };
    let all: Vec<_> = (0..64).map(|bit| check(&numbers, bit)).collect();
    holds(&all, FalseAlarm::DEFAULT);

    let indices: Vec<u64> = (0..4_096).collect();
    negative_control(&[check(&indices, 40)], FalseAlarm::DEFAULT);
}
