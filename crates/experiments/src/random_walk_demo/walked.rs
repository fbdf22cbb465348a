//! The walkers: their paths, spread, last places and first passages, beside what is exact.

use mcmc::{FirstPassages, LatticeWalk, Spreading};
use prob_core::Seed;

use super::config::{Config, Ends};

/// Times at which the spread is measured at most.
const TIMES: usize = 24;
/// Multiplications that an exact law may cost: beyond there is none.
const COST: f64 = 2e9;
/// Steps of a walk that waits up to which the law of its first passage is made.
const LAZY: usize = 4_000;
/// Bars of the distribution at most.
const BARS: i64 = 60;

/// What was walked and measured.
#[derive(Debug)]
pub struct Walked {
    pub walk: LatticeWalk,
    /// The first walkers' sites, step by step, seen from the start.
    pub paths: Vec<Vec<i64>>,
    pub spreading: Spreading,
    /// `⟨|x − v t|²⟩` at the times of `spreading`, where it is known.
    pub exact_msd: Option<Vec<f64>>,
    /// How the last places are spread along the first axis.
    pub places: Vec<Bar>,
    pub passages: FirstPassages,
    /// The chance of a first passage at each step, where it is known.
    pub law: Option<Vec<f64>>,
    /// The last places along the first axis: their chances site by site, where ends leave them known.
    pub exact_places: Option<Vec<(i64, f64)>>,
}

/// How many walkers are at some neighbouring sites.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    pub first: i64,
    pub sites: i64,
    pub count: usize,
}

impl Bar {
    /// The middle of the sites.
    pub fn centre(&self) -> f64 {
        self.first as f64 + 0.5 * (self.sites - 1) as f64
    }

    /// The share of `walkers` per site.
    pub fn density(&self, walkers: usize) -> f64 {
        self.count as f64 / (walkers as f64 * self.sites as f64)
    }
}

impl Walked {
    /// Walks.
    ///
    /// # Errors
    /// Where the walkers do not fit into memory.
    pub fn new(config: &Config) -> Result<Self, mcmc::Error> {
        let (walk, seed) = (config.walk()?, Seed(config.seed));
        let (d, steps, walkers) = (config.dimension, config.steps, config.walkers);
        let start = vec![config.start(); d];
        let drawn = if d == 1 { 10 } else { 3 };
        let seen = |path: Vec<i64>| path.into_iter().map(|x| x - config.start()).collect();
        let path = |i| walk.path(&start, steps, &mut seed.stream("walker", i)).map(seen);
        let paths: Vec<Vec<i64>> = (0..drawn).map(path).collect::<Result<_, _>>()?;
        let spreading = walk.spread(&start, &times(steps), walkers, seed)?;
        let ends = walk.ends(&start, steps as u64, walkers, seed)?;
        let ends: Vec<i64> = ends.chunks(d).map(|x| x[0] - config.start()).collect();
        let mut target = start.clone();
        target[0] += config.target.unwrap_or(0);
        // On a ring the numbers of the sites end.
        if let (Ends::Ring, Some(width)) = (config.boundary, config.width) {
            target[0] = target[0].rem_euclid(width as i64);
        }
        let passages = walk.first_passages(&start, &target, steps as u64, walkers, seed)?;
        let exact = Exact::new(config, &walk, &spreading, &target)?;
        let paired = config.stay == 0.0 && d == 1 && config.boundary == Ends::Free;
        Ok(Self {
            paths,
            exact_msd: exact.msd,
            places: bars(&ends, paired),
            passages,
            law: exact.law,
            exact_places: exact.places,
            spreading,
            walk,
        })
    }
}

/// What is known without walking.
struct Exact {
    msd: Option<Vec<f64>>,
    places: Option<Vec<(i64, f64)>>,
    law: Option<Vec<f64>>,
}

impl Exact {
    fn new(
        config: &Config,
        walk: &LatticeWalk,
        spreading: &Spreading,
        target: &[i64],
    ) -> Result<Self, mcmc::Error> {
        let total = |steps: u64| -> Result<f64, mcmc::Error> {
            Ok(walk.displacement_variance(steps)?.iter().sum())
        };
        let by_moments = || -> Result<Vec<f64>, mcmc::Error> {
            spreading.at.iter().map(|spread| total(spread.steps)).collect()
        };
        let cost = config.width.map_or(0.0, |width| (config.steps * width * width) as f64);
        let walls = matches!(config.boundary, Ends::Reflecting | Ends::Absorbing);
        if config.dimension > 1 || cost > COST {
            let msd = if walls { None } else { Some(by_moments()?) };
            return Ok(Self { msd, places: None, law: None });
        }
        let displacement = config.target.unwrap_or(0);
        if config.boundary == Ends::Free {
            let known = config.stay == 0.0 || config.steps <= LAZY;
            let law = known.then(|| walk.first_passage_law(displacement, config.steps));
            return Ok(Self { msd: Some(by_moments()?), places: None, law: law.transpose()? });
        }
        let w = walk.transition_matrix()?;
        let start = walk.state(&[config.start()])?;
        let mut p = vec![0.0; w.states()];
        p[start] = 1.0;
        let (mut msd, mut walked) = (Vec::new(), 0);
        let site = |state: usize| state as i64 - start as i64;
        for spread in &spreading.at {
            p = w.evolve(&p, (spread.steps - walked) as usize)?;
            walked = spread.steps;
            msd.push(p.iter().enumerate().map(|(i, p)| (site(i) as f64).powi(2) * p).sum());
        }
        let law = w.first_passage_law(start, &[walk.state(target)?], config.steps)?;
        let places = p.into_iter().enumerate().map(|(i, p)| (site(i), p)).collect();
        // On a ring the way around counts.
        let msd = if walls { msd } else { by_moments()? };
        Ok(Self { msd: Some(msd), places: Some(places), law: Some(law) })
    }
}

/// Times from 1 to the last one, evenly on a logarithmic axis.
fn times(last: usize) -> Vec<u64> {
    let at = |k: usize| (last as f64).powf(k as f64 / (TIMES - 1) as f64).round() as u64;
    let mut times: Vec<u64> = (0..TIMES).map(at).collect();
    times.dedup();
    times
}

/// Walkers by sites: so many sites a bar that there are not too many bars. `paired`: only every other
/// site can be reached at this time, and a bar holds an even number.
fn bars(ends: &[i64], paired: bool) -> Vec<Bar> {
    let least = ends.iter().copied().min().unwrap_or(0);
    let most = ends.iter().copied().max().unwrap_or(0);
    let per_bar = (most - least + 1).div_euclid(BARS) + 1;
    let sites = if paired { 2 * per_bar.div_euclid(2).max(1) } else { per_bar };
    let number = (most - least).div_euclid(sites) + 1;
    let mut bars: Vec<Bar> =
        (0..number).map(|k| Bar { first: least + k * sites, sites, count: 0 }).collect();
    ends.iter().for_each(|x| bars[((x - least) / sites) as usize].count += 1);
    bars
}

#[cfg(test)]
mod tests {
    use super::{Walked, bars, times};
    use crate::random_walk_demo::config::{Choices, Ends};

    #[test]
    fn times_increase_to_the_last() {
        assert_eq!(times(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(times(1_000_000).last(), Some(&1_000_000));
    }

    #[test]
    fn bars_hold_everybody() {
        let ends = [-4, -2, 0, 0, 2, 90];
        for paired in [false, true] {
            let bars = bars(&ends, paired);
            assert_eq!(bars.iter().map(|bar| bar.count).sum::<usize>(), 6);
            assert!(bars.len() <= 61 && (!paired || bars[0].sites % 2 == 0));
        }
        assert_eq!(bars(&[3], false).len(), 1);
    }

    /// Every kind of walk, against what is exact: |z| ≤ 5.33 for each of some hundred numbers.
    #[test]
    fn the_law_of_diffusion_is_within_its_error() {
        for boundary in [Ends::Free, Ends::Ring, Ends::Reflecting, Ends::Absorbing] {
            let choices = Choices { boundary: Some(boundary), up: Some(0.6), ..Choices::smoke() };
            let config = Choices { stay: Some(0.2), ..choices }.resolve().unwrap();
            let walked = Walked::new(&config).unwrap();
            let exact = walked.exact_msd.as_ref().unwrap();
            for (spread, exact) in walked.spreading.at.iter().zip(exact) {
                assert!((spread.msd - exact).abs() < 5.33 * spread.msd_error, "{boundary:?}");
            }
            let (share, error) = walked.passages.share();
            let exact: f64 = walked.law.as_ref().unwrap().iter().sum();
            assert!((share - exact).abs() < 5.33 * error.max(1e-3), "{boundary:?}");
        }
    }
}
