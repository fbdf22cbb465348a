//! Random walks on a lattice against binomial laws, powers of their exact matrices and the law of
//! diffusion.

#![allow(clippy::unwrap_used)]

use std::f64::consts::PI;

use mcmc::{Boundary, Error, LatticeWalk, TransitionMatrix};
use prob_core::Seed;
use testkit::{Check, FalseAlarm, chi_square, holds, negative_control, z};

const WALKERS: usize = 20_000;

fn simple(dimension: usize) -> LatticeWalk {
    LatticeWalk::simple(dimension).unwrap()
}

fn line(down: f64, stay: f64) -> LatticeWalk {
    let walk = simple(1).biased(&[[down, 1.0 - down]]).unwrap();
    if stay > 0.0 { walk.lazy(stay).unwrap() } else { walk }
}

/// `C(n, k) p^k q^(n − k)` by a product that only multiplies.
fn binomial(n: u64, k: u64, p: f64) -> f64 {
    let chosen = (1..=k).map(|i| (n - k + i) as f64 / i as f64 * p).product::<f64>();
    chosen * (1.0 - p).powi((n - k) as i32)
}

#[test]
fn without_waiting_the_steps_up_are_binomial() {
    let counts = |down: f64, steps: u64| {
        let ends = line(down, 0.0).ends(&[0], steps, WALKERS, Seed(1)).unwrap();
        let mut counts = vec![0; steps as usize + 1];
        ends.iter().for_each(|x| counts[((x + steps as i64) / 2) as usize] += 1);
        counts
    };
    let check = |down: f64, claimed: f64, steps: u64| {
        let law: Vec<f64> = (0..=steps).map(|k| binomial(steps, k, 1.0 - claimed)).collect();
        chi_square(format!("{down} after {steps}"), &counts(down, steps), &law).unwrap()
    };
    // Less than a word of steps, a word, and words with a rest.
    let cases = [(0.5, 1), (0.5, 37), (0.5, 64), (0.5, 200), (0.3, 65), (0.9, 130), (0.75, 63)];
    let checks: Vec<Check> = cases.map(|(down, steps)| check(down, down, steps)).into();
    holds(&checks, FalseAlarm::DEFAULT);
    negative_control(&[check(0.5, 0.51, 200)], FalseAlarm::DEFAULT);
}

/// Walls that nobody reaches leave the free walk, whose law is then a power of a matrix.
#[test]
fn the_law_of_the_site_is_a_power_of_the_matrix() {
    for (down, stay) in [(0.5, 0.0), (0.5, 0.5), (0.3, 0.2), (0.85, 0.01), (0.0, 0.3)] {
        let walk = line(down, stay);
        let walls = Boundary::Absorbing { lower: -31, upper: 31 };
        let walled = walk.clone().bounded(0, walls).unwrap();
        let w = walled.transition_matrix().unwrap();
        let mut start = vec![0.0; 63];
        start[walled.state(&[0]).unwrap()] = 1.0;
        for steps in [0, 1, 2, 29, 30] {
            let p = w.evolve(&start, steps).unwrap();
            for (x, exact) in (-31..=31).zip(p) {
                let ours = walk.site_probability(x, steps as u64).unwrap();
                assert!((ours - exact).abs() < 1e-14, "{ours} and {exact} at {x} after {steps}");
            }
        }
        let moments = |power: i32| {
            let p = w.evolve(&start, 30).unwrap();
            (-31..=31).zip(p).map(|(x, p)| f64::from(x).powi(power) * p).sum::<f64>()
        };
        let (mean, variance) = (moments(1), moments(2) - moments(1).powi(2));
        assert!((walk.mean_displacement(30).unwrap()[0] - mean).abs() < 1e-12);
        assert!((walk.displacement_variance(30).unwrap()[0] - variance).abs() < 1e-11);
    }
}

/// Walks with ends of all kinds, with a start and a number of steps.
fn bounded_walks() -> Vec<(LatticeWalk, Vec<i64>, u64)> {
    let ring = |sites| Boundary::Ring { sites };
    let mirror = |lower, upper| Boundary::Reflecting { lower, upper };
    let trap = |lower, upper| Boundary::Absorbing { lower, upper };
    let bias = [[0.1, 0.2], [0.4, 0.3]];
    let plane = |a, b| {
        let walk = simple(2).biased(&bias).unwrap().lazy(0.1).unwrap();
        walk.bounded(0, a).unwrap().bounded(1, b).unwrap()
    };
    let both = |a, b| {
        let walk = LatticeWalk::every_axis(2).unwrap().biased(&[[0.4, 0.6], [0.7, 0.3]]).unwrap();
        walk.bounded(0, a).unwrap().bounded(1, b).unwrap()
    };
    let cube = (0..3).fold(simple(3), |cube, axis| cube.bounded(axis, ring(3)).unwrap());
    let solid = LatticeWalk::every_axis(3).unwrap().lazy(0.3).unwrap();
    let solid = solid.bounded(0, ring(2)).unwrap().bounded(1, mirror(-1, 1)).unwrap();
    let solid = solid.bounded(2, trap(-3, 3)).unwrap();
    vec![
        (line(0.3, 0.1).bounded(0, ring(40)).unwrap(), vec![7], 150),
        (line(0.3, 0.1).bounded(0, ring(2)).unwrap(), vec![1], 3),
        (line(0.4, 0.0).bounded(0, mirror(-3, 8)).unwrap(), vec![-3], 21),
        (line(0.5, 0.0).bounded(0, mirror(0, 149)).unwrap(), vec![75], 2_000),
        (line(0.55, 0.0).bounded(0, trap(0, 10)).unwrap(), vec![4], 30),
        (line(0.45, 0.0).bounded(0, trap(-70, 90)).unwrap(), vec![0], 700),
        (plane(ring(4), ring(5)), vec![0, 4], 4),
        (plane(ring(6), mirror(0, 3)), vec![5, 2], 12),
        (plane(trap(-3, 3), mirror(0, 3)), vec![0, 0], 25),
        (both(ring(5), mirror(0, 3)), vec![0, 2], 5),
        (both(trap(0, 6), trap(0, 7)), vec![2, 3], 6),
        (cube, vec![0, 1, 2], 5),
        (solid, vec![1, 0, 0], 11),
    ]
}

fn against_the_matrix(
    walk: &LatticeWalk,
    w: &TransitionMatrix,
    start: &[i64],
    steps: u64,
) -> Check {
    let mut p = vec![0.0; w.states()];
    p[walk.state(start).unwrap()] = 1.0;
    let law = w.evolve(&p, steps as usize).unwrap();
    let mut counts = vec![0; w.states()];
    let ends = walk.ends(start, steps, WALKERS, Seed(2)).unwrap();
    ends.chunks(walk.dimension()).for_each(|end| counts[walk.state(end).unwrap()] += 1);
    chi_square("ends", &counts, &law).unwrap()
}

#[test]
fn walkers_between_ends_follow_the_exact_matrix() {
    let mut checks = Vec::new();
    for (walk, start, steps) in bounded_walks() {
        let w = walk.transition_matrix().unwrap();
        checks.push(against_the_matrix(&walk, &w, &start, steps));
        // Twice as many steps would be seen, for every one of them.
        let twice = against_the_matrix(&walk, &w.then(&w).unwrap(), &start, steps);
        negative_control(&[twice], FalseAlarm::DEFAULT);
    }
    holds(&checks, FalseAlarm::DEFAULT);
}

#[test]
fn stationary_laws_and_spectra_are_the_known_ones() {
    let n = 15;
    let ring = line(0.5, 0.2).bounded(0, Boundary::Ring { sites: n }).unwrap();
    let w = ring.transition_matrix().unwrap();
    assert!(w.stationary().unwrap().iter().all(|p| (p * f64::from(n) - 1.0).abs() < 1e-13));
    // λ_k = s + (1 − s) cos(2πk/n), each of them twice but the first.
    let mut exact: Vec<f64> =
        (0..n).map(|k| 0.2 + 0.8 * (2.0 * PI * f64::from(k) / f64::from(n)).cos()).collect();
    exact.sort_by(|a, b| b.total_cmp(a));
    let spectrum = w.spectrum().unwrap();
    assert!(spectrum.eigenvalues().iter().zip(&exact).all(|(a, b)| (a - b).abs() < 1e-14));
    // With a bias it stays uniform, by a current.
    let turning = line(0.2, 0.0).bounded(0, Boundary::Ring { sites: n }).unwrap();
    let w = turning.transition_matrix().unwrap();
    let pi = w.stationary().unwrap();
    assert!(pi.iter().all(|p| (p * f64::from(n) - 1.0).abs() < 1e-13));
    assert!((w.balance_gap(&pi).unwrap() - 0.6 / f64::from(n)).abs() < 1e-15);
    // Between walls: π_k ∝ (p / q)^k, in detailed balance; uniform in the plane without bias.
    let walls = Boundary::Reflecting { lower: 3, upper: 12 };
    let w = line(0.75, 0.0).bounded(0, walls).unwrap().transition_matrix().unwrap();
    let pi = w.stationary().unwrap();
    assert!(pi.windows(2).all(|two| (two[1] / two[0] * 3.0 - 1.0).abs() < 1e-13));
    assert!(w.balance_gap(&pi).unwrap() < 1e-16);
    let plane = simple(2).bounded(0, walls).unwrap().bounded(1, walls).unwrap();
    let pi = plane.transition_matrix().unwrap().stationary().unwrap();
    assert!(pi.iter().all(|p| (100.0 * p - 1.0).abs() < 1e-12));
}

/// Free walks and one on a torus, for which the same law holds.
fn free_walks() -> Vec<LatticeWalk> {
    let ring = Boundary::Ring { sites: 3 };
    let torus = simple(2).bounded(0, ring).unwrap().bounded(1, ring).unwrap();
    let drift = [[0.1, 0.3], [0.2, 0.05], [0.15, 0.2]];
    vec![
        simple(1),
        simple(2),
        simple(3),
        LatticeWalk::every_axis(3).unwrap(),
        line(0.2, 0.0).with_units(0.5, 0.1).unwrap(),
        line(0.6, 0.4),
        simple(3).biased(&drift).unwrap().lazy(0.2).unwrap().with_units(2.0, 3.0).unwrap(),
        LatticeWalk::every_axis(2).unwrap().biased(&[[0.9, 0.1], [0.5, 0.5]]).unwrap(),
        torus,
    ]
}

#[test]
fn the_law_of_diffusion_holds() {
    let times = [1, 3, 10, 64, 100, 333];
    let (mut checks, mut wrong) = (Vec::new(), Vec::new());
    for walk in free_walks() {
        let start = vec![0; walk.dimension()];
        let spreading = walk.spread(&start, &times, WALKERS, Seed(3)).unwrap();
        let (d, error) = (walk.diffusion(), spreading.diffusion_error);
        if error > 0.0 {
            checks.push(z("D", spreading.diffusion, d, error).unwrap());
            // A quarter more of one step in a hundred would be seen.
            wrong.push(z("D", spreading.diffusion, 1.05 * d, error).unwrap());
        }
        for spread in &spreading.at {
            let v = walk.velocity();
            for (axis, mean) in spread.mean.iter().enumerate() {
                let expected = v[axis] * spread.time;
                checks.push(z("mean", *mean, expected, spread.mean_error[axis]).unwrap());
            }
            let expected = 2.0 * walk.dimension() as f64 * d * spread.time;
            // One step of a walk without bias or waiting always has the same length.
            if spread.msd_error > 1e-12 {
                checks.push(z("msd", spread.msd, expected, spread.msd_error).unwrap());
            } else {
                assert!((spread.msd / expected - 1.0).abs() < 1e-12);
            }
            let variance = walk.displacement_variance(spread.steps).unwrap();
            assert!((variance.iter().sum::<f64>() / expected - 1.0).abs() < 1e-12);
        }
    }
    holds(&checks, FalseAlarm::DEFAULT);
    wrong.into_iter().for_each(|check| negative_control(&[check], FalseAlarm::DEFAULT));
}

/// For the simple walk on the line, `var |Δ|² = 2 n² − 2 n` over n steps.
#[test]
fn the_error_of_the_diffusion_constant_is_the_right_one() {
    let (times, n) = ([100, 200, 300, 400], 100.0);
    let spreading = simple(1).spread(&[0], &times, WALKERS, Seed(4)).unwrap();
    let exact = 0.5 * ((2.0 - 2.0 / n) / 4.0 / WALKERS as f64).sqrt();
    assert!((spreading.diffusion_error / exact - 1.0).abs() < 0.05);
    for spread in &spreading.at {
        let exact = (2.0 * (spread.time * spread.time - spread.time) / WALKERS as f64).sqrt();
        assert!((spread.msd_error / exact - 1.0).abs() < 0.1);
    }
}

/// Steps counted in words and steps walked one by one are the same steps.
#[test]
fn a_path_ends_where_the_walker_does() {
    let mut walks: Vec<_> = bounded_walks().into_iter().map(|(w, s, _)| (w, s)).collect();
    walks.extend(free_walks().into_iter().map(|w| (w.clone(), vec![0; w.dimension()])));
    for (walk, start) in walks {
        let (d, walkers, steps) = (walk.dimension(), 40, 500);
        let ends: Vec<Vec<i64>> = [1, 64, 191, 500]
            .map(|steps| walk.ends(&start, steps, walkers, Seed(5)).unwrap())
            .into();
        for i in 0..walkers {
            let mut rng = Seed(5).stream("walker", i as u64);
            let path = walk.path(&start, steps, &mut rng).unwrap();
            assert_eq!(path.len(), (steps + 1) * d);
            for (ends, steps) in ends.iter().zip([1, 64, 191, 500]) {
                assert_eq!(path[steps * d..(steps + 1) * d], ends[i * d..(i + 1) * d]);
            }
        }
    }
}

#[test]
fn threads_change_nothing() {
    let walk = simple(2).biased(&[[0.2, 0.3], [0.1, 0.4]]).unwrap();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            (
                walk.spread(&[1, 2], &[7, 100], 3_000, Seed(6)).unwrap(),
                walk.ends(&[1, 2], 100, 3_000, Seed(6)).unwrap(),
                walk.first_passages(&[0, 0], &[1, 1], 300, 3_000, Seed(6)).unwrap(),
            )
        })
    };
    assert_eq!(run(1), run(3));
    // And walker i does not depend on how many there are.
    assert_eq!(walk.ends(&[1, 2], 100, 9, Seed(6)).unwrap(), run(1).1[..18]);
}

#[test]
fn what_is_no_walk_is_an_error() {
    assert!(matches!(LatticeWalk::simple(0), Err(Error::Zero { .. })));
    assert!(matches!(LatticeWalk::every_axis(4), Err(Error::OutOfRange { index: 4, .. })));
    for bad in [[0.5, 0.6], [1.5, -0.5], [f64::NAN, 0.5], [0.2, 0.2], [f64::INFINITY, 0.0]] {
        assert!(matches!(simple(1).biased(&[bad]), Err(Error::BadDirections { .. })), "{bad:?}");
    }
    let pair = [[0.5, 0.5]; 2];
    assert!(matches!(simple(2).biased(&pair), Err(Error::BadDirections { .. })));
    assert!(LatticeWalk::every_axis(2).unwrap().biased(&pair).is_ok());
    assert!(matches!(simple(3).biased(&pair), Err(Error::LengthMismatch { .. })));
    for stay in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(matches!(simple(1).lazy(stay), Err(Error::NotBetween { .. })), "{stay}");
    }
    for unit in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(simple(1).with_units(unit, 1.0), Err(Error::NotPositive { .. })));
        assert!(matches!(simple(1).with_units(1.0, unit), Err(Error::NotPositive { .. })));
    }
    let walls = |lower, upper| Boundary::Reflecting { lower, upper };
    let ring = |sites| Boundary::Ring { sites };
    assert!(matches!(simple(1).bounded(1, ring(3)), Err(Error::OutOfRange { .. })));
    assert!(matches!(simple(1).bounded(0, ring(0)), Err(Error::Zero { .. })));
    for (lower, upper) in [(1, 0), (i64::MIN, 0), (0, i64::MAX)] {
        let refused = simple(1).bounded(0, walls(lower, upper));
        assert!(matches!(refused, Err(Error::OffLattice { .. })), "{lower} {upper}");
    }
    let ends = |boundary, start| {
        let walk = simple(1).bounded(0, boundary).unwrap();
        walk.ends(&[start], 5, 1, Seed(7))
    };
    for (boundary, start) in [(walls(0, 5), 6), (walls(0, 5), -1), (ring(5), 5)] {
        assert!(matches!(ends(boundary, start), Err(Error::OffLattice { .. })));
    }
    assert!(matches!(ends(Boundary::Free, i64::MAX), Err(Error::OffLattice { .. })));
    // A single site, and a ring of one, are walks nevertheless.
    assert_eq!(ends(walls(3, 3), 3), Ok(vec![3]));
    assert_eq!(ends(ring(1), 0), Ok(vec![0]));
}

#[test]
fn what_cannot_be_asked_is_an_error() {
    let walk = simple(2);
    let seed = Seed(8);
    assert!(matches!(walk.ends(&[0, 0], 5, 0, seed), Err(Error::Zero { .. })));
    assert!(matches!(walk.ends(&[0], 5, 1, seed), Err(Error::LengthMismatch { .. })));
    assert!(matches!(walk.ends(&[0, 0], 5, usize::MAX, seed), Err(Error::TooLarge { .. })));
    let mut rng = seed.stream("path", 0);
    assert!(matches!(walk.path(&[0, 0], usize::MAX, &mut rng), Err(Error::TooLarge { .. })));
    assert_eq!(walk.path(&[1, 2], 0, &mut rng), Ok(vec![1, 2]));
    assert_eq!(walk.ends(&[1, 2], 0, 1, seed), Ok(vec![1, 2]));
    let spread = |times: &[u64], walkers| walk.spread(&[0, 0], times, walkers, seed);
    assert!(matches!(spread(&[1], 1), Err(Error::TooFew { found: 1, .. })));
    assert!(matches!(spread(&[], 5), Err(Error::Zero { .. })));
    assert!(matches!(spread(&[0, 1], 5), Err(Error::Zero { .. })));
    assert!(matches!(spread(&[2, 2], 5), Err(Error::NotIncreasing { index: 1, .. })));
    assert!(matches!(walk.transition_matrix(), Err(Error::WrongWalk { .. })));
    assert!(matches!(walk.state(&[0, 0]), Err(Error::WrongWalk { .. })));
    assert!(matches!(walk.site_probability(0, 1), Err(Error::WrongWalk { .. })));
    let far = u64::MAX;
    assert!(matches!(simple(1).site_probability(0, far), Err(Error::OutOfRange { .. })));
    assert_eq!(simple(1).site_probability(i64::MIN, 5), Ok(0.0));
    let large = simple(1).bounded(0, Boundary::Ring { sites: u32::MAX }).unwrap();
    assert!(matches!(large.transition_matrix(), Err(Error::OutOfRange { .. })));
    let walls = Boundary::Reflecting { lower: 0, upper: 1 };
    let walled = simple(1).bounded(0, walls).unwrap();
    assert!(matches!(walled.mean_displacement(1), Err(Error::WrongWalk { .. })));
    assert!(matches!(walled.displacement_variance(1), Err(Error::WrongWalk { .. })));
    assert!(walled.mean_displacement(1).unwrap_err().to_string().contains("without walls"));
}
