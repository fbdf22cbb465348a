//! Block Gibbs sampling of normal laws: its linear maps exactly, its draws against the law.

#![allow(clippy::unwrap_used)]

use mcmc::{
    Conditionals, Cycle, Error, GaussianBlocks, Gibbs, Kernel, Langevin, Schedule,
    diagnostics::autocorrelation, sample_chains,
};
use nalgebra::{DMatrix, DVector};
use prob_core::{ChiSquare, LogDensity, MvNormal, Normal, Seed, Univariate};
use proptest::prelude::*;
use rand::Rng;
use rand::distr::Distribution;
use rand_distr::StandardNormal;
use testkit::{Check, FalseAlarm, holds, ks, negative_control, z};

const DIM: usize = 6;

/// A covariance without any pattern: `A Aᵀ + c 1` with A from a fixed stream.
fn law_of(seed: u64) -> MvNormal {
    let mut rng = Seed(seed).stream("law", 0);
    let a = DMatrix::from_fn(DIM, DIM, |_, _| -> f64 { StandardNormal.sample(&mut rng) });
    let mean = DVector::from_fn(DIM, |i, _| i as f64 - 2.5);
    MvNormal::new(mean, &a * a.transpose() + 0.3 * DMatrix::identity(DIM, DIM)).unwrap()
}

fn partitions() -> [Vec<Vec<usize>>; 5] {
    [
        (0..DIM).map(|i| vec![i]).collect(),
        vec![vec![0, 1], vec![2, 3, 4], vec![5]],
        vec![vec![4, 0, 2], vec![3, 5, 1]],
        vec![vec![3], vec![5, 4, 1, 0, 2]],
        vec![vec![2, 0, 1, 5, 4, 3]],
    ]
}

/// Blocks that overlap, beside the partitions.
fn all_blocks() -> Vec<Vec<Vec<usize>>> {
    let overlapping = vec![vec![0, 1, 2], vec![2, 3, 4], vec![5, 0], vec![1]];
    partitions().into_iter().chain([overlapping]).collect()
}

/// The rows and columns of a matrix.
fn part(m: &DMatrix<f64>, rows: &[usize], columns: &[usize]) -> DMatrix<f64> {
    DMatrix::from_fn(rows.len(), columns.len(), |i, j| m[(rows[i], columns[j])])
}

fn worst(m: &DMatrix<f64>) -> f64 {
    m.iter().fold(0.0, |worst: f64, x| worst.max(x.abs()))
}

/// What a block makes of deviations from the mean: `x ↦ M x + noise`. Returns M and the covariance of
/// the noise, from what the type says about itself.
fn block_map(target: &GaussianBlocks, block: usize) -> (DMatrix<f64>, DMatrix<f64>) {
    let own = target.coordinates(block);
    let (mut map, mut noise) = (DMatrix::identity(DIM, DIM), DMatrix::zeros(DIM, DIM));
    let mean = target.law().mean();
    for j in 0..DIM {
        let mut x = mean.clone();
        x[j] += 1.0;
        for (i, m) in own.iter().zip(target.mean(block, x.as_slice())) {
            map[(*i, j)] = m - mean[*i];
        }
    }
    let covariance = target.covariance(block);
    for (i, a) in own.iter().enumerate() {
        for (j, b) in own.iter().enumerate() {
            noise[(*a, *b)] = covariance[(i, j)];
        }
    }
    (map, noise)
}

fn sweep_map(target: &GaussianBlocks) -> DMatrix<f64> {
    (0..target.blocks()).fold(DMatrix::identity(DIM, DIM), |map, b| block_map(target, b).0 * map)
}

#[test]
fn the_conditional_laws_are_those_of_bishop() {
    for (seed, blocks) in (1..4).flat_map(|s| all_blocks().into_iter().map(move |b| (s, b))) {
        let target = GaussianBlocks::new(law_of(seed), blocks.clone()).unwrap();
        let (sigma, mean) = (target.law().covariance(), target.law().mean());
        let x: Vec<f64> = (0..DIM).map(|i| (i as f64).sin() * 2.0).collect();
        for (b, own) in blocks.iter().enumerate() {
            let others: Vec<usize> = (0..DIM).filter(|i| !own.contains(i)).collect();
            let (bb, bo) = (part(sigma, own, own), part(sigma, own, &others));
            let gain = match others.len() {
                0 => DMatrix::zeros(own.len(), 0),
                _ => &bo * part(sigma, &others, &others).try_inverse().unwrap(),
            };
            let away = DVector::from_fn(others.len(), |j, _| x[others[j]] - mean[others[j]]);
            let shift = &gain * away;
            for (i, m) in target.mean(b, &x).iter().enumerate() {
                assert!((m - mean[own[i]] - shift[i]).abs() < 1e-11);
            }
            let covariance = bb - &gain * bo.transpose();
            assert!(worst(&(target.covariance(b) - covariance)) < 1e-12);
        }
    }
}

/// `eq:gibbs-blocks`: the mean of a sweep is block Gauss–Seidel on the precision, `1 − P_L⁻¹ P`.
#[test]
fn the_mean_of_a_sweep_is_block_gauss_seidel() {
    for (seed, blocks) in (1..4).flat_map(|s| partitions().into_iter().map(move |b| (s, b))) {
        let target = GaussianBlocks::new(law_of(seed), blocks.clone()).unwrap();
        let precision = target.law().precision();
        let block_of = |i: usize| blocks.iter().position(|b| b.contains(&i)).unwrap();
        let lower = DMatrix::from_fn(DIM, DIM, |i, j| {
            if block_of(i) >= block_of(j) { precision[(i, j)] } else { 0.0 }
        });
        let exact = DMatrix::identity(DIM, DIM) - lower.try_inverse().unwrap() * precision;
        let gap = worst(&(sweep_map(&target) - exact));
        assert!(gap < 1e-12, "{blocks:?}: {gap:e}");
    }
}

/// The covariance of the law goes through every block unchanged, whatever the blocks.
#[test]
fn the_covariance_is_stationary() {
    for (seed, blocks) in (1..4).flat_map(|s| all_blocks().into_iter().map(move |b| (s, b))) {
        let target = GaussianBlocks::new(law_of(seed), blocks.clone()).unwrap();
        let sigma = target.law().covariance();
        for b in 0..blocks.len() {
            let (map, noise) = block_map(&target, b);
            let gap = worst(&(&map * sigma * map.transpose() + noise - sigma));
            assert!(gap < 1e-12, "{blocks:?}, block {b}: {gap:e}");
        }
    }
}

/// Blocks that hold tightly bound coordinates together forget faster, as the spectral radius says.
#[test]
fn the_rate_of_convergence_is_that_of_the_blocks() {
    let covariance = DMatrix::from_fn(DIM, DIM, |i, j| {
        if i == j {
            1.0
        } else if i / 2 == j / 2 {
            0.98
        } else {
            0.1
        }
    });
    let law = MvNormal::new(DVector::zeros(DIM), covariance).unwrap();
    let radius = |blocks: Vec<Vec<usize>>| {
        let map = sweep_map(&GaussianBlocks::new(law.clone(), blocks).unwrap());
        map.complex_eigenvalues().iter().map(|l| l.norm()).fold(0.0, f64::max)
    };
    assert!(radius(partitions()[0].clone()) > 0.9);
    assert!(radius(vec![vec![0, 1], vec![2, 3], vec![4, 5]]) < 0.1);
    assert!(radius(vec![(0..DIM).collect()]) < 1e-14);
}

proptest! {
    /// A draw is the conditional mean and the factor times the same normal numbers, and leaves the
    /// others.
    #[test]
    fn a_draw_is_mean_and_factor(
        stream in 0u64..1_000,
        which in 0usize..6,
        x in prop::collection::vec(-5.0f64..5.0, DIM),
    ) {
        let blocks = all_blocks()[which].clone();
        let target = GaussianBlocks::new(law_of(1), blocks).unwrap();
        for b in 0..target.blocks() {
            let own = target.coordinates(b);
            let (mut rng, mut same) = (Seed(1).stream("draw", stream), Seed(1).stream("draw", stream));
            let mut drawn = x.clone();
            target.resample(b, &mut drawn, &mut rng).unwrap();
            let z = DVector::from_fn(own.len(), |_, _| StandardNormal.sample(&mut same));
            let factor = target.covariance(b).cholesky().unwrap().l();
            let expected = DVector::from_vec(target.mean(b, &x)) + factor * z;
            for (i, e) in own.iter().zip(&expected) {
                prop_assert!((drawn[*i] - e).abs() < 1e-11);
            }
            prop_assert!((0..DIM).filter(|i| !own.contains(i)).all(|i| drawn[i] == x[i]));
        }
    }
}

/// Single coordinates in order are what the normal law itself does.
#[test]
fn blocks_of_one_are_the_full_conditionals() {
    let law = law_of(2);
    let target = GaussianBlocks::new(law.clone(), partitions()[0].clone()).unwrap();
    let (mut rng, mut same) = (Seed(2).stream("one", 0), Seed(2).stream("one", 0));
    let (mut x, mut y) = (vec![0.0; DIM], vec![0.0; DIM]);
    for _ in 0..1_000 {
        Gibbs.step(&target, &mut x, &mut rng).unwrap();
        Gibbs.step(&law, &mut y, &mut same).unwrap();
        assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-10));
    }
}

/// Each coordinate, and the distance from the mean, which sees all covariances.
fn law_checks(law: &MvNormal, points: &[Vec<f64>]) -> Vec<Check> {
    let coordinate = |i: usize| {
        let marginal = Normal::new(law.mean()[i], law.covariance()[(i, i)].sqrt()).unwrap();
        let sample: Vec<f64> = points.iter().map(|x| x[i]).collect();
        ks(format!("x[{i}]"), &sample, |x| marginal.cdf(x)).unwrap()
    };
    let distances: Vec<f64> = points.iter().map(|x| law.mahalanobis(x)).collect();
    let chi_square = ChiSquare::new(DIM as f64).unwrap();
    let distance = ks("distance", &distances, |x| chi_square.cdf(x)).unwrap();
    (0..DIM).map(coordinate).chain([distance]).collect()
}

/// One block of all coordinates: independent draws, from far out at once.
#[test]
fn one_block_draws_independently() {
    let law = law_of(3);
    let target = GaussianBlocks::new(law.clone(), vec![vec![3, 0, 5, 1, 2, 4]]).unwrap();
    let starts = [vec![1e3; DIM], vec![-1e3; DIM]];
    let trace = sample_chains(&Gibbs, &target, &starts, Schedule::keep(5_000), Seed(3)).unwrap();
    let points: Vec<Vec<f64>> = trace.iter().map(<[f64]>::to_vec).collect();
    let mut checks = law_checks(&law, &points);
    let error = (1.0 / points.len() as f64).sqrt();
    for i in 0..DIM {
        for lag in 1..=3 {
            let r = autocorrelation(&trace.variable(i), lag).unwrap();
            checks.push(z(format!("x[{i}], lag {lag}"), r, 0.0, error).unwrap());
        }
    }
    holds(&checks, FalseAlarm::DEFAULT);
    // The coordinates in order: the numbers of a plain draw, one for one.
    let target = GaussianBlocks::new(law.clone(), vec![(0..DIM).collect()]).unwrap();
    let (mut rng, mut same) = (Seed(3).stream("plain", 0), Seed(3).stream("plain", 0));
    let (mut x, mut y) = (vec![0.0; DIM], vec![0.0; DIM]);
    for _ in 0..100 {
        Gibbs.step(&target, &mut x, &mut rng).unwrap();
        law.sample_into(&mut y, &mut same);
        assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-12));
    }
}

/// Renews each coordinate of a block from its mean in the block and its own noise: the correlations
/// within a block are forgotten.
struct Loose<'a>(&'a GaussianBlocks);

impl Conditionals<[f64]> for Loose<'_> {
    fn blocks(&self) -> usize {
        self.0.blocks()
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let (mean, covariance) = (self.0.mean(block, x), self.0.covariance(block));
        for (k, i) in self.0.coordinates(block).iter().enumerate() {
            let z: f64 = StandardNormal.sample(rng);
            x[*i] = mean[k] + covariance[(k, k)].sqrt() * z;
        }
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        self.0.check(x)
    }
}

fn ends<D: Conditionals<[f64]>>(law: &MvNormal, target: &D) -> Vec<Check> {
    let end = |chain| {
        let mut rng = Seed(4).stream("chain", chain);
        let mut x = vec![0.0; DIM];
        law.sample_into(&mut x, &mut rng);
        (0..3).for_each(|_| Gibbs.step(target, &mut x, &mut rng).unwrap());
        x
    };
    law_checks(law, &(0..4_000).map(end).collect::<Vec<_>>())
}

/// From a draw of the law every sweep is one, with every kind of blocks.
#[test]
fn sweeps_keep_the_law() {
    let law = law_of(1);
    for blocks in all_blocks() {
        let target = GaussianBlocks::new(law.clone(), blocks).unwrap();
        holds(&ends(&law, &target), FalseAlarm::DEFAULT);
    }
    let target = GaussianBlocks::new(law.clone(), partitions()[2].clone()).unwrap();
    negative_control(&ends(&law, &Loose(&target)), FalseAlarm::DEFAULT);
}

/// The same law for a kernel that wants a density.
#[test]
fn other_kernels_may_move_the_same_point() {
    let law = law_of(1);
    let target = GaussianBlocks::new(law.clone(), partitions()[1].clone()).unwrap();
    let x = [0.5; DIM];
    assert_eq!(target.log_density(&x), law.log_density(&x));
    let kernel = Cycle::new(Gibbs, Langevin::new(0.3).unwrap());
    let mut state = kernel.init(&target, &x).unwrap();
    assert!(kernel.step(&target, &mut state, &mut Seed(5).stream("both", 0)).is_ok());
}

#[test]
fn bad_blocks_and_starts_are_refused() {
    let new = |blocks: &[&[usize]]| {
        GaussianBlocks::new(law_of(1), blocks.iter().map(|b| b.to_vec()).collect())
    };
    assert!(matches!(new(&[]), Err(Error::Zero { .. })));
    let text = |blocks: &[&[usize]]| new(blocks).unwrap_err().to_string();
    assert!(
        text(&[&[0, 1], &[]]).starts_with("block 1 of coordinates: the set of variables is empty")
    );
    assert!(text(&[&[0, 6]]).starts_with("block 0 of coordinates: index 6"));
    assert!(text(&[&[0], &[1, 2, 1]]).starts_with("block 1 of coordinates: index 1 is given more"));
    let uncovered = new(&[&[0, 1, 2], &[2, 5, 4]]);
    assert!(matches!(uncovered, Err(Error::NotCovered { index: 3 })));
    let target = new(&[&[0, 1, 2, 3, 4, 5]]).unwrap();
    assert!(matches!(
        Gibbs.init(&target, [0.0].as_slice()),
        Err(Error::LengthMismatch { expected: 6, found: 1, .. })
    ));
    let bad = Gibbs.init(&target, [f64::NAN; DIM].as_slice());
    assert!(matches!(bad, Err(Error::NotFinite { .. })));
}
