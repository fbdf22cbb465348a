//! First passages: simulated, in closed form, and by linear systems.

#![allow(clippy::unwrap_used)]

use mcmc::{Boundary, Error, FirstPassages, LatticeWalk, TransitionMatrix};
use nalgebra::{DMatrix, dmatrix};
use prob_core::Seed;
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control, z};

fn line(down: f64, stay: f64) -> LatticeWalk {
    let walk = LatticeWalk::simple(1).unwrap().biased(&[[down, 1.0 - down]]).unwrap();
    if stay > 0.0 { walk.lazy(stay).unwrap() } else { walk }
}

fn walled(down: f64, stay: f64, boundary: Boundary) -> (LatticeWalk, TransitionMatrix) {
    let walk = line(down, stay).bounded(0, boundary).unwrap();
    let w = walk.transition_matrix().unwrap();
    (walk, w)
}

/// `C(n, k)` in whole numbers, for n up to 120.
fn choose(n: u64, k: u64) -> u128 {
    (1..=u128::from(k)).fold(1, |c, i| c * (u128::from(n - k) + i) / i)
}

#[test]
fn the_closed_form_is_the_count_of_paths() {
    for (down, x) in [(0.5, 1), (0.5, 4), (0.5, -7), (0.25, 3), (0.25, -3), (0.9, 2)] {
        let f = line(down, 0.0).first_passage_law(x, 80).unwrap();
        for (t, f) in f.iter().enumerate().skip(1) {
            let (t, distance) = (t as u64, x.unsigned_abs());
            let exact = if t < distance || (t - distance) % 2 == 1 {
                0.0
            } else {
                let up = ((t as i64 + x) / 2) as u64;
                // All paths of t steps to x, of which the share |x| / t has not been there before.
                let paths = choose(t, up) as f64 * distance as f64 / t as f64;
                paths * (1.0 - down).powi(up as i32) * down.powi((t - up) as i32)
            };
            assert!((f - exact).abs() <= 1e-13 * exact, "{f:e} and {exact:e} at {t}");
        }
    }
}

#[test]
fn the_closed_form_is_that_of_a_line_with_far_walls() {
    for (down, stay) in [(0.5, 0.0), (0.5, 0.5), (0.3, 0.25), (0.8, 0.01)] {
        let walls = Boundary::Reflecting { lower: -70, upper: 70 };
        let (walled, w) = walled(down, stay, walls);
        for x in [1, -2, 9] {
            let ours = line(down, stay).first_passage_law(x, 60).unwrap();
            let (from, to) = (walled.state(&[0]).unwrap(), walled.state(&[x]).unwrap());
            let exact = w.first_passage_law(from, &[to], 60).unwrap();
            assert!(ours.iter().zip(&exact).all(|(a, b)| (a - b).abs() < 1e-14));
        }
    }
}

#[test]
fn the_chances_sum_to_that_of_a_passage() {
    for (down, x) in [(0.3, 2), (0.7, 2), (0.7, -1), (0.8, 3)] {
        let walk = line(down, 0.0);
        let sum: f64 = walk.first_passage_law(x, 3_000).unwrap().iter().sum();
        let chance = walk.passage_chance(x).unwrap();
        assert!((sum - chance).abs() < 1e-12, "{sum} and {chance}");
    }
    assert_eq!(line(0.5, 0.0).passage_chance(-9), Ok(1.0));
    assert_eq!(line(1.0, 0.0).passage_chance(1), Ok(0.0));
}

/// Against the law of the times within the cap, with those that did not come as a cell of their own.
fn against(law: &[f64], passages: &FirstPassages) -> Check {
    let mut counts = vec![0; law.len() + 1];
    passages.times().iter().for_each(|time| counts[time.map_or(law.len(), |t| t as usize)] += 1);
    let rest = 1.0 - law.iter().sum::<f64>();
    let law: Vec<f64> = law.iter().copied().chain([rest.max(0.0)]).collect();
    chi_square("passages", &counts, &law).unwrap()
}

#[test]
fn walkers_on_a_line_come_when_they_should() {
    let run = |down, stay, x: i64, cap: u64| {
        let walk = line(down, stay);
        let passages = walk.first_passages(&[10], &[10 + x], cap, 20_000, Seed(1)).unwrap();
        against(&walk.first_passage_law(x, cap as usize).unwrap(), &passages)
    };
    let checks = [
        run(0.5, 0.0, 1, 50),
        run(0.5, 0.0, -3, 200),
        run(0.3, 0.0, 5, 101),
        run(0.5, 0.4, 2, 100),
        run(0.2, 0.0, 100, 400), // farther than a word of steps
        run(0.5, 0.0, -70, 3_000),
    ];
    holds(&checks, FalseAlarm::DEFAULT);
    let walk = line(0.5, 0.0);
    let late = walk.first_passages(&[0], &[3], 200, 20_000, Seed(1)).unwrap();
    let law = line(0.49, 0.0).first_passage_law(3, 200).unwrap();
    negative_control(&[against(&law, &late)], FalseAlarm::DEFAULT);
    assert_eq!((late.cap(), late.arrived()), (200, late.times().iter().flatten().count()));
}

#[test]
fn walkers_between_ends_come_when_they_should() {
    let check = |walk: LatticeWalk, start: &[i64], target: &[i64], cap: u64| {
        let w = walk.transition_matrix().unwrap();
        let (from, to) = (walk.state(start).unwrap(), walk.state(target).unwrap());
        let law = w.first_passage_law(from, &[to], cap as usize).unwrap();
        against(&law, &walk.first_passages(start, target, cap, 10_000, Seed(2)).unwrap())
    };
    let ring = |sites| Boundary::Ring { sites };
    let mirror = Boundary::Reflecting { lower: 0, upper: 4 };
    let trap = |lower, upper| Boundary::Absorbing { lower, upper };
    let on = |walk: LatticeWalk, ends: &[Boundary]| {
        ends.iter().enumerate().fold(walk, |walk, (axis, end)| walk.bounded(axis, *end).unwrap())
    };
    let both = LatticeWalk::every_axis(2).unwrap();
    let plane = LatticeWalk::simple(2).unwrap();
    let checks = [
        check(on(line(0.4, 0.1), &[ring(7)]), &[1], &[5], 60),
        check(on(line(0.4, 0.1), &[ring(7)]), &[1], &[1], 60), // a return
        check(on(line(0.5, 0.0), &[mirror]), &[2], &[4], 80),
        check(on(line(0.5, 0.0), &[trap(0, 9)]), &[3], &[9], 90), // the ruin of one of two
        check(on(line(0.5, 0.0), &[trap(0, 200)]), &[100], &[200], 30_000),
        check(on(plane.clone(), &[ring(5), mirror]), &[0, 0], &[2, 2], 90),
        check(on(plane, &[trap(-4, 4), mirror]), &[0, 0], &[4, 0], 90),
        check(on(both.clone(), &[ring(5), mirror]), &[0, 0], &[2, 2], 90),
        check(on(both, &[trap(0, 6), trap(0, 6)]), &[2, 2], &[6, 6], 90),
    ];
    holds(&checks, FalseAlarm::DEFAULT);
}

/// Who starts on a site that keeps is there again at step 1, and nowhere else ever.
#[test]
fn a_trap_keeps_its_walkers() {
    let trap = line(0.5, 0.0).bounded(0, Boundary::Absorbing { lower: 0, upper: 5 }).unwrap();
    let times =
        |start, target| trap.first_passages(&[start], &[target], 9, 1, Seed(3)).unwrap().times()[0];
    assert_eq!(
        (times(0, 0), times(5, 5), times(0, 5), times(5, 2)),
        (Some(1), Some(1), None, None)
    );
}

/// A first passage is the first time that the path of the same walker is there.
#[test]
fn a_passage_is_the_first_visit_of_the_path() {
    let cube = LatticeWalk::simple(3).unwrap().lazy(0.1).unwrap();
    let ring = line(0.45, 0.0).bounded(0, Boundary::Ring { sites: 150 }).unwrap();
    let plane = LatticeWalk::every_axis(2).unwrap();
    for (walk, target) in [(cube, vec![1, 1, 0]), (ring, vec![80]), (plane, vec![-3, 5])] {
        let (d, cap) = (walk.dimension(), 2_000);
        let start = vec![0; d];
        let passages = walk.first_passages(&start, &target, cap, 60, Seed(4)).unwrap();
        for (i, time) in passages.times().iter().enumerate() {
            let mut rng = Seed(4).stream("walker", i as u64);
            let path = walk.path(&start, cap as usize, &mut rng).unwrap();
            let first = path.chunks(d).skip(1).position(|site| site == target);
            assert_eq!(*time, first.map(|k| k as u64 + 1));
        }
    }
}

/// Two players with i and n − i coins (Feller 1968, chapter XIV).
#[test]
fn the_ruin_of_a_gambler_is_the_known_one() {
    let n = 31;
    for p in [0.5, 0.3, 0.51, 0.99, 0.01] {
        let q: f64 = 1.0 - p;
        let (walk, w) = walled(q, 0.0, Boundary::Absorbing { lower: 0, upper: n });
        let rich = walk.state(&[n]).unwrap();
        let wins = w.hitting_chances(&[rich]).unwrap();
        let ruins = w.hitting_chances(&[0]).unwrap();
        let ends = w.hitting_times(&[0, rich]).unwrap();
        let r = q / p;
        // 1 − r^k, in a form that keeps its digits.
        let gap = |k: i64| -(k as f64 * r.ln()).exp_m1();
        for i in 1..n {
            let (x, all) = (i as f64, n as f64);
            let (win, time) = if p == 0.5 {
                (x / all, x * (all - x))
            } else {
                let win = gap(i) / gap(n);
                (win, (x - all * win) / (q - p))
            };
            let k = i as usize;
            assert!((wins[k] / win - 1.0).abs() < 1e-11, "{} and {win} from {i}", wins[k]);
            assert!((wins[k] + ruins[k] - 1.0).abs() < 1e-13);
            assert!((ends[k] / time - 1.0).abs() < 1e-11, "{} and {time} from {i}", ends[k]);
        }
        assert_eq!((wins[0], wins[rich], ends[0], ends[rich]), (0.0, 1.0, 0.0, 0.0));
        let short = walk.first_passages(&[10], &[n], 20_000, 4_000, Seed(5)).unwrap();
        let (share, error) = short.share();
        if error > 0.0 {
            holds(&[z("wins", share, wins[10], error).unwrap()], FalseAlarm::DEFAULT);
        }
    }
}

#[test]
fn mean_hitting_times_are_the_known_ones() {
    // Around a ring, from k to 0: k (n − k).
    let n = 24;
    let (_, w) = walled(0.5, 0.0, Boundary::Ring { sites: n });
    for (k, time) in w.hitting_times(&[0]).unwrap().iter().enumerate() {
        assert!((time - k as f64 * (f64::from(n) - k as f64)).abs() < 1e-11);
    }
    // A wall at 0 that makes wait: to m in m (m + 1) steps. Waiting half of all steps doubles it.
    for (stay, factor) in [(0.0, 1.0), (0.5, 2.0)] {
        let (walk, w) = walled(0.5, stay, Boundary::Reflecting { lower: 0, upper: 40 });
        let time = w.hitting_times(&[walk.state(&[40]).unwrap()]).unwrap()[0];
        assert!((time / (factor * 40.0 * 41.0) - 1.0).abs() < 1e-12);
    }
    // The mean return time is 1 / π.
    let weights = DMatrix::from_fn(6, 6, |i, j| 1.0 + ((3 * i + 5 * j) % 7) as f64);
    let sums = weights.column_sum();
    let w =
        TransitionMatrix::new(DMatrix::from_fn(6, 6, |i, j| weights[(i, j)] / sums[i])).unwrap();
    let pi = w.stationary().unwrap();
    for (target, pi) in pi.iter().enumerate() {
        let h = w.hitting_times(&[target]).unwrap();
        let back = 1.0 + (0..6).map(|j| w.matrix()[(target, j)] * h[j]).sum::<f64>();
        assert!((back * pi - 1.0).abs() < 1e-13);
        // The law of the first return has this mean.
        let law = w.first_passage_law(target, &[target], 3_000).unwrap();
        let mean: f64 = law.iter().enumerate().map(|(t, f)| t as f64 * f).sum();
        assert!((mean / back - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_state_without_a_way_waits_for_ever() {
    // 0 and 3 keep; 1 may go to both; 4 leads to 3 alone, and nothing leads to 4.
    let w = TransitionMatrix::new(dmatrix![
        1.0, 0.0, 0.0, 0.0, 0.0;
        0.5, 0.0, 0.5, 0.0, 0.0;
        0.0, 0.5, 0.0, 0.5, 0.0;
        0.0, 0.0, 0.0, 1.0, 0.0;
        0.0, 0.0, 0.0, 0.5, 0.5
    ])
    .unwrap();
    let inf = f64::INFINITY;
    assert_eq!(w.hitting_times(&[3]).unwrap(), [inf, inf, inf, 0.0, 2.0]);
    assert_eq!(w.hitting_times(&[4]).unwrap(), [inf, inf, inf, inf, 0.0]);
    assert_eq!(w.hitting_times(&[0, 3]).unwrap()[..4], [0.0, 2.0, 2.0, 0.0]);
    assert_eq!(w.hitting_chances(&[4]).unwrap(), [0.0, 0.0, 0.0, 0.0, 1.0]);
    let chances = w.hitting_chances(&[3, 3]).unwrap();
    assert!((chances[1] - 1.0 / 3.0).abs() < 1e-15 && chances[4] == 1.0);
    // A way through a target does not count as one past it.
    let line = dmatrix![1.0, 0.0, 0.0; 0.5, 0.0, 0.5; 0.0, 1.0, 0.0];
    assert_eq!(TransitionMatrix::new(line).unwrap().hitting_times(&[1]).unwrap(), [inf, 0.0, 1.0]);
}

#[test]
fn bad_questions_are_errors() {
    let w = TransitionMatrix::new(dmatrix![0.5, 0.5; 0.5, 0.5]).unwrap();
    assert!(matches!(w.hitting_times(&[]), Err(Error::Zero { .. })));
    assert!(matches!(w.hitting_chances(&[2]), Err(Error::OutOfRange { index: 2, limit: 2, .. })));
    assert!(matches!(w.first_passage_law(2, &[0], 1), Err(Error::OutOfRange { .. })));
    assert_eq!(w.first_passage_law(0, &[0], 0), Ok(vec![0.0]));
    let walk = line(0.5, 0.0);
    assert!(matches!(walk.first_passage_law(0, 9), Err(Error::Zero { .. })));
    let passages =
        |start: &[i64], cap, walkers| walk.first_passages(start, &[1], cap, walkers, Seed(6));
    assert!(matches!(passages(&[0], 9, 0), Err(Error::Zero { .. })));
    assert!(matches!(passages(&[0], 0, 9), Err(Error::Zero { .. })));
    assert!(matches!(passages(&[0, 0], 9, 9), Err(Error::LengthMismatch { .. })));
    assert!(matches!(passages(&[0], 9, usize::MAX), Err(Error::TooLarge { .. })));
    let plane = LatticeWalk::simple(2).unwrap();
    assert!(matches!(plane.first_passage_law(1, 9), Err(Error::WrongWalk { .. })));
    assert!(matches!(plane.passage_chance(1), Err(Error::WrongWalk { .. })));
}

/// The chance that the simple walk in three dimensions has returned by time 2n, from the chances to be
/// there, `u_0 = 1` and `u_2n = C(2n, n) / 2^2n · Σ_{j+k≤n} (n! / (3^n j! k! (n − j − k)!))²`, by
/// `u_2n = Σ_k f_2k u_2(n−k)`.
fn returned(n: usize) -> (f64, f64) {
    let mut log_factorial = vec![0.0];
    (1..=2 * n).for_each(|k| log_factorial.push(log_factorial[k - 1] + (k as f64).ln()));
    let chance = |m: usize| {
        let lf = &log_factorial;
        let all = lf[m] - m as f64 * 3f64.ln();
        let ways = (0..=m).flat_map(|j| (0..=m - j).map(move |k| (j, k)));
        let sum: f64 = ways.map(|(j, k)| (2.0 * (all - lf[j] - lf[k] - lf[m - j - k])).exp()).sum();
        (lf[2 * m] - 2.0 * lf[m] - 2.0 * m as f64 * 2f64.ln()).exp() * sum
    };
    let u: Vec<f64> = (0..=n).map(chance).collect();
    let mut f = vec![0.0; n + 1];
    for m in 1..=n {
        f[m] = u[m] - (1..m).map(|k| f[k] * u[m - k]).sum::<f64>();
    }
    (f.iter().sum(), u.iter().sum())
}

#[test]
fn in_three_dimensions_a_walker_returns_one_time_in_three() {
    let n = 150;
    let (share, visits) = returned(n);
    // Pólya's constant from Watson's integral: the mean number of visits is 1.516386059….
    let polya: f64 = 0.340_537_329_550_999;
    // u_2m ≈ 2 (3 / 4πm)^(3/2) is summed beyond n by an integral.
    let tail = 4.0 * (3.0 / (4.0 * std::f64::consts::PI)).powf(1.5) / (n as f64 + 0.5).sqrt();
    assert!((1.0 - 1.0 / (visits + tail) - polya).abs() < 1e-4);
    let cube = LatticeWalk::simple(3).unwrap();
    let run = |walk: &LatticeWalk| {
        let passages =
            walk.first_passages(&[0; 3], &[0; 3], 2 * n as u64, 60_000, Seed(7)).unwrap();
        let (found, error) = passages.share();
        z("returns", found, share, error).unwrap()
    };
    holds(&[run(&cube)], FalseAlarm::DEFAULT);
    // On the corners of cubes (every axis at once) it is 0.2822.
    negative_control(&[run(&LatticeWalk::every_axis(3).unwrap())], FalseAlarm::DEFAULT);
}
