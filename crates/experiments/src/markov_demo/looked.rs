//! A chain looked at: its law against time, its spectrum, its way to equilibrium, and long runs of it.

use mcmc::{Error, TransitionMatrix, diagnostics};
use nalgebra::{DMatrix, Schur};
use prob_core::Seed;
use rand::RngExt;
use rayon::prelude::*;

use super::config::Config;

/// Chains that are simulated.
pub const CHAINS: usize = 4;
/// Steps that are looked at where none are chosen, at least and at most.
const USUAL: (usize, usize) = (10, 2_000);
/// Relaxation times that are looked at where no steps are chosen.
const TIMES: f64 = 8.0;
/// Sweeps in the search for eigenvalues at most.
const SWEEPS: usize = 10_000;
/// Flows smaller than this are rounding.
const BALANCED: f64 = 1e-12;

/// What was found out about a chain.
#[derive(Debug)]
pub struct Looked {
    pub w: TransitionMatrix,
    /// The law at the times 0, 1, …
    pub laws: Vec<Vec<f64>>,
    /// The eigenvalues, largest modulus first.
    pub eigenvalues: Vec<(f64, f64)>,
    /// What there is of a chain with a single stationary law; `None` for a reducible one.
    pub rest: Option<Rest>,
    /// The period; `None` for a reducible chain.
    pub period: Option<usize>,
}

/// The stationary law and the way to it.
#[derive(Debug)]
pub struct Rest {
    pub stationary: Vec<f64>,
    /// The total variation distance to it at each time.
    pub distances: Vec<f64>,
    /// With detailed balance: `½ √((1 − π_i) / π_i)`, which times `|λ|^t` bounds the distance.
    pub bound: Option<f64>,
    /// The largest `|π_i W(i→j) − π_j W(j→i)|`.
    pub balance_gap: f64,
    /// The share of each state in long runs, and its standard error where there is one.
    pub frequencies: Vec<(f64, Option<f64>)>,
}

impl Looked {
    /// Looks.
    ///
    /// # Errors
    /// None that a configuration which was checked can give.
    pub fn new(config: &Config, w: TransitionMatrix) -> Result<Self, Error> {
        let eigenvalues = eigenvalues(&w);
        let period = w.period().ok();
        let second = second(&eigenvalues);
        let steps = config.steps.unwrap_or_else(|| {
            let wanted = TIMES * relaxation(second).unwrap_or(0.0);
            // A periodic chain never forgets; a few rounds show it.
            let wanted =
                if period.is_some_and(|p| p > 1) { 4.0 * w.states() as f64 } else { wanted };
            (wanted.ceil() as usize).clamp(USUAL.0, USUAL.1)
        });
        let mut start = vec![0.0; w.states()];
        start[config.start] = 1.0;
        let mut laws = vec![start.clone()];
        for t in 0..steps {
            laws.push(w.evolve(&laws[t], 1)?);
        }
        let rest = match w.is_irreducible() {
            true => Some(Rest::new(config, &w, &start, steps)?),
            false => None,
        };
        Ok(Self { w, laws, eigenvalues, rest, period })
    }

    /// The modulus of the second eigenvalue.
    pub fn second(&self) -> f64 {
        second(&self.eigenvalues)
    }

    /// The relaxation time in steps, unless the chain never relaxes.
    pub fn relaxation_time(&self) -> Option<f64> {
        if self.period == Some(1) { relaxation(self.second()) } else { None }
    }
}

impl Rest {
    fn new(
        config: &Config,
        w: &TransitionMatrix,
        start: &[f64],
        steps: usize,
    ) -> Result<Self, Error> {
        let stationary = w.stationary()?;
        let balance_gap = w.balance_gap(&stationary)?;
        let pi = stationary[config.start];
        let bound = (balance_gap < BALANCED).then(|| 0.5 * ((1.0 - pi) / pi).sqrt());
        let distances = w.distance_to_equilibrium(start, steps)?;
        let frequencies = frequencies(config, w)?;
        Ok(Self { stationary, distances, bound, balance_gap, frequencies })
    }

    /// Whether there is detailed balance.
    pub fn is_balanced(&self) -> bool {
        self.bound.is_some()
    }
}

fn second(eigenvalues: &[(f64, f64)]) -> f64 {
    eigenvalues.get(1).map_or(0.0, |(re, im)| re.hypot(*im).min(1.0))
}

/// `−1 / ln |λ|`; 0 for independent draws, `None` where it does not end.
fn relaxation(second: f64) -> Option<f64> {
    let time = -1.0 / second.ln();
    if second < 1e-12 { Some(0.0) } else { Some(time).filter(|t| t.is_finite() && *t < 1e12) }
}

/// The eigenvalues by modulus; with detailed balance the exact real ones.
fn eigenvalues(w: &TransitionMatrix) -> Vec<(f64, f64)> {
    let mut values: Vec<(f64, f64)> = match w.spectrum() {
        Ok(spectrum) => spectrum.eigenvalues().iter().map(|value| (*value, 0.0)).collect(),
        Err(_) => complex(w.matrix()),
    };
    // Those of equal modulus in the order of their real and imaginary parts.
    let key = |v: &(f64, f64)| ((v.0.hypot(v.1) * 1e9).round(), v.0, v.1);
    values.sort_by(|a, b| {
        let ((ma, ra, ia), (mb, rb, ib)) = (key(a), key(b));
        mb.total_cmp(&ma).then(rb.total_cmp(&ra)).then(ib.total_cmp(&ia))
    });
    values
}

/// By the Schur form; around a cycle it may not be found, but that of a reflected matrix is, which has
/// the same eigenvalues.
fn complex(w: &DMatrix<f64>) -> Vec<(f64, f64)> {
    let n = w.nrows();
    let found = |w: DMatrix<f64>| Schur::try_new(w, f64::EPSILON, SWEEPS);
    let reflected = || {
        let v = DMatrix::from_fn(n, 1, |i, _| (1.0 + i as f64).sqrt());
        let reflection = DMatrix::identity(n, n) - &v * v.transpose() * (2.0 / v.norm_squared());
        found(&reflection * w * &reflection)
    };
    let schur = found(w.clone()).or_else(reflected);
    schur.map_or_else(Vec::new, |schur| {
        schur.complex_eigenvalues().iter().map(|value| (value.re, value.im)).collect()
    })
}

/// Shares of the states in long runs, after a tenth that is thrown away.
fn frequencies(config: &Config, w: &TransitionMatrix) -> Result<Vec<(f64, Option<f64>)>, Error> {
    let chains: Vec<Vec<usize>> =
        (0..CHAINS).into_par_iter().map(|chain| simulate(config, w, chain as u64)).collect();
    let share = |state: usize| {
        let here = |at: &usize| f64::from(u8::from(*at == state));
        let series: Vec<Vec<f64>> =
            chains.iter().map(|chain| chain.iter().map(here).collect()).collect();
        let total = (CHAINS * config.draws) as f64;
        let mean = series.iter().flatten().sum::<f64>() / total;
        // A state that is never seen has no error that can be believed.
        (mean, diagnostics::mcse_mean(&series).ok().filter(|error| *error > 0.0))
    };
    Ok((0..w.states()).map(share).collect())
}

/// The states of one chain.
fn simulate(config: &Config, w: &TransitionMatrix, chain: u64) -> Vec<usize> {
    let n = w.states();
    let mut rng = Seed(config.seed).stream("chain", chain);
    let mut cumulative = vec![0.0; n * n];
    for i in 0..n {
        let mut sum = 0.0;
        for j in 0..n {
            sum += w.matrix()[(i, j)];
            cumulative[i * n + j] = sum;
        }
    }
    let mut at = config.start;
    let burn_in = config.draws / 10;
    let mut states = Vec::with_capacity(config.draws);
    for t in 0..burn_in + config.draws {
        // In units of the sum of the row, which is 1 within rounding.
        let row = &cumulative[at * n..(at + 1) * n];
        let uniform: f64 = rng.random::<f64>() * row[n - 1];
        at = row.partition_point(|sum| *sum <= uniform).min(n - 1);
        if t >= burn_in {
            states.push(at);
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use nalgebra::DMatrix;

    use super::{Looked, complex};
    use crate::markov_demo::config::{Chain, Choices};
    use crate::markov_demo::matrices::matrix;

    fn looked(choices: Choices) -> Looked {
        let config = choices.resolve().unwrap();
        Looked::new(&config, matrix(&config).unwrap()).unwrap()
    }

    /// The bound holds at all times, and frequencies agree with π: |z| ≤ 5.33.
    #[test]
    fn the_chain_comes_to_its_law_as_it_should() {
        for chain in [Chain::Walk, Chain::Metropolis, Chain::Ring, Chain::Random] {
            let looked = looked(Choices { chain: Some(chain), ..Choices::smoke() });
            let rest = looked.rest.as_ref().unwrap();
            if let Some(bound) = rest.bound {
                for (t, d) in rest.distances.iter().enumerate() {
                    assert!(*d <= bound * looked.second().powi(t as i32) + 1e-12, "{chain:?} {t}");
                }
            }
            assert_eq!(rest.is_balanced(), matches!(chain, Chain::Walk | Chain::Metropolis));
            for ((share, error), pi) in rest.frequencies.iter().zip(&rest.stationary) {
                let error = error.unwrap_or(1e-2);
                assert!((share - pi).abs() < 5.33 * error, "{chain:?}: {share} and {pi}");
            }
            assert!(looked.relaxation_time().is_some_and(|time| time > 0.0));
        }
    }

    /// A cycle: the roots of one, all on the circle, where plain QR sweeps stand still.
    #[test]
    fn the_eigenvalues_of_a_cycle_are_roots_of_one() {
        for n in [2, 3, 4, 7, 12] {
            let cycle = DMatrix::from_fn(n, n, |i, j| f64::from(u8::from(j == (i + 1) % n)));
            let values = complex(&cycle);
            assert_eq!(values.len(), n);
            for k in 0..n {
                let angle = 2.0 * std::f64::consts::PI * k as f64 / n as f64;
                let near = |v: &(f64, f64)| (v.0 - angle.cos()).hypot(v.1 - angle.sin()) < 1e-10;
                assert!(values.iter().any(near), "{n} {k}");
            }
        }
    }

    #[test]
    fn chains_that_never_relax_are_shown_as_such() {
        let rows = |rows: &[&[f64]]| {
            let matrix = Some(rows.iter().map(|row| row.to_vec()).collect());
            looked(Choices { matrix, ..Choices::smoke() })
        };
        let swap = rows(&[&[0.0, 1.0], &[1.0, 0.0]]);
        assert_eq!((swap.period, swap.relaxation_time()), (Some(2), None));
        let apart = rows(&[&[1.0, 0.0], &[0.5, 0.5]]);
        assert!(apart.rest.is_none() && apart.relaxation_time().is_none());
        let single = rows(&[&[1.0]]);
        assert_eq!((single.relaxation_time(), single.laws.len()), (Some(0.0), 11));
    }
}
