//! Plain chains and ladders of tempered ones on the same law, and what they are worth.

use std::fmt::Write;

use anyhow::Context;
use mcmc::{
    Error, Kernel, MetropolisHastings, RandomWalk, Schedule, Tempering, Trace, Tuning,
    choose_ladder, diagnostics, sample_chains,
};
use prob_core::{LogDensity, Path, Seed};
use rayon::prelude::*;

use super::config::{self, Config};
use super::modes::Modes;

/// How long a ladder is measured and moved: 63 times so many steps in all.
const TUNING: Tuning = Tuning { rounds: 5, steps: 500 };

/// The columns of the table of [`Study::rows`].
pub const HEADERS: [&str; 6] = ["", "estimate", "standard error", "exact", "z", "R-hat"];
/// The columns of the table of [`Study::pair_rows`].
pub const PAIR_HEADERS: [&str; 4] = ["pair of levels", "β", "exchanges", "exact"];

/// Both kinds of chains.
#[derive(Debug)]
pub struct Study {
    /// The law.
    pub modes: Modes,
    /// The inverse temperatures.
    pub betas: Vec<f64>,
    /// The geometric ladder with as many levels, and what its pairs are expected to exchange.
    pub guess: (Vec<f64>, Vec<f64>),
    /// A random walk on the law itself.
    pub plain: Sampled,
    /// The same random walk with parallel tempering.
    pub tempered: Sampled,
    /// Of each pair of neighbours: the share of exchanges, and what it is expected to be.
    pub swaps: Vec<(f64, f64)>,
    /// Round trips of all ladders.
    pub round_trips: u64,
    /// The level of the point that began at β = 1 in the first ladder, after each step from the start.
    pub travels: Vec<usize>,
}

/// The draws of one kind of chains.
#[derive(Debug)]
pub struct Sampled {
    /// The draws at β = 1 after burn-in.
    pub trace: Trace,
    /// How often a chain changes the mode from one draw to the next, all chains together.
    pub crossings: usize,
    /// R-hat of x, where the diagnostics give one.
    pub rhat: Option<f64>,
    /// The effective sample size for the weight of the right mode; none where no chain leaves its mode.
    pub ess: Option<f64>,
    /// Estimates: name, value, standard error, exact value.
    pub estimates: Vec<(&'static str, f64, Option<f64>, f64)>,
}

/// What one ladder leaves.
struct Ladder {
    draws: Vec<f64>,
    proposed: Vec<u64>,
    accepted: Vec<u64>,
    round_trips: u64,
    travels: Vec<usize>,
}

impl Study {
    /// Runs the chains of a configuration. A draw of the plain chains takes as many steps as there are
    /// levels, so that both kinds cost the same.
    ///
    /// # Errors
    /// Where the draws do not fit into memory.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let modes = Modes::new(config);
        let kernel = MetropolisHastings::new(RandomWalk::new(config.scale)?);
        let law = move |x: &[f64]| modes.log_density(x[0]);
        let schedule =
            Schedule { burn_in: config.burn_in, draws: config.draws, thin: config.levels };
        let seed = Seed(config.seed);
        let plain = sample_chains(&kernel, &law, &config.starts(), schedule, seed)?;
        let path = modes.path();
        let starts = config.starts();
        let guess = config.geometric();
        let mut tempering = Tempering::new(kernel, guess.clone())?;
        if config.ladder == config::Ladder::Measured {
            let mut rng = seed.stream("ladder", 0);
            let chosen = choose_ladder(&tempering, &&path, &starts[0], TUNING, &mut rng)?;
            tempering = Tempering::new(kernel, chosen.betas().to_vec())?;
        }
        let betas = tempering.betas().to_vec();
        let ladder = |i: usize| climb(&tempering, &&path, &starts[i], config, seed, i);
        let ladders: Vec<Ladder> =
            (0..config.chains).into_par_iter().map(ladder).collect::<Result<_, Error>>()?;
        let values = ladders.iter().flat_map(|l| l.draws.iter().copied()).collect();
        let tempered = Trace::new(config.chains, config.draws, 1, values)?;
        let sum = |of: fn(&Ladder) -> &Vec<u64>, k: usize| -> u64 {
            ladders.iter().map(|l| of(l)[k]).sum()
        };
        let exact = modes.swap_rates(&betas);
        let share = |(k, exact): (usize, f64)| {
            (sum(|l| &l.accepted, k) as f64 / sum(|l| &l.proposed, k) as f64, exact)
        };
        Ok(Self {
            swaps: exact.into_iter().enumerate().map(share).collect(),
            round_trips: ladders.iter().map(|l| l.round_trips).sum(),
            travels: ladders.into_iter().next().context("no ladder")?.travels,
            plain: Sampled::new(plain, modes),
            tempered: Sampled::new(tempered, modes),
            guess: (guess.clone(), modes.swap_rates(&guess)),
            modes,
            betas,
        })
    }

    /// How far from 0 there is anything to see.
    pub fn reach(&self) -> f64 {
        let draws = self.plain.trace.values().iter().chain(self.tempered.trace.values());
        1.0 + draws.fold(0.0f64, |most, x| most.max(x.abs()))
    }

    /// Estimates beside exact values, as cells of a table with [`HEADERS`].
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (kind, sampled) in [("plain", &self.plain), ("tempered", &self.tempered)] {
            for (i, (name, value, error, exact)) in sampled.estimates.iter().enumerate() {
                let z = error.map(|e| in_errors((value - exact) / e));
                let rhat = sampled.rhat.map_or_else(|| "–".to_owned(), |r| format!("{r:.3}"));
                rows.push(vec![
                    format!("{name}, {kind}"),
                    format!("{value:.4}"),
                    error.map_or_else(|| "–".to_owned(), |e| format!("{e:.4}")),
                    format!("{exact:.4}"),
                    z.unwrap_or_else(|| "–".to_owned()),
                    if i == 0 { rhat } else { String::new() },
                ]);
            }
        }
        rows
    }

    /// The pairs of levels as cells of a table with [`PAIR_HEADERS`].
    pub fn pair_rows(&self) -> Vec<Vec<String>> {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let row = |(k, (found, exact)): (usize, &(f64, f64))| {
            vec![
                format!("{} and {}", k + 1, k + 2),
                format!("{:.3} ↔ {:.3}", self.betas[k], self.betas[k + 1]),
                percent(*found),
                percent(*exact),
            ]
        };
        self.swaps.iter().enumerate().map(row).collect()
    }

    /// What the chains did, in a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let ess = |s: &Sampled| match s.ess {
            Some(ess) => format!("{ess:.0} effective draws of the weights"),
            None => "no effective draw of the weights".to_owned(),
        };
        let mut sentences = vec![
            format!("plain: {} changes of the mode, {}", self.plain.crossings, ess(&self.plain)),
            format!(
                "tempered: {} changes of the mode, {} round trips along the ladder, {}",
                self.tempered.crossings,
                self.round_trips,
                ess(&self.tempered)
            ),
        ];
        if self.plain.ess.is_none() && self.plain.rhat.is_some_and(|r| r < 1.01) {
            sentences.push(
                "R-hat of the plain chains is fine: no diagnostic sees a mode that no chain has visited \
                 (--start both lets it see)"
                    .to_owned(),
            );
        }
        let [rhat, ess] = [self.tempered.rhat, self.tempered.ess];
        if rhat.is_none_or(|r| r >= 1.01) || ess.is_none_or(|e| e < 400.0) {
            sentences.push(
                "inconclusive with tempering: R-hat of 1.01 or more, or fewer than 400 effective draws; \
                 more --draws help, or --levels where a pair hardly exchanges"
                    .to_owned(),
            );
        }
        sentences
    }

    /// All draws as lines: chain, draw, plain, tempered.
    pub fn draws_csv(&self) -> String {
        let mut text = String::from("chain,draw,plain,tempered\n");
        let draws = self.plain.trace.draws();
        for (i, (x, y)) in self.plain.trace.iter().zip(self.tempered.trace.iter()).enumerate() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{},{},{},{}", i / draws, i % draws, x[0], y[0]);
        }
        text
    }

    /// The ladder as lines: the pair, its inverse temperatures, the share of exchanges, its expectation.
    pub fn ladder_csv(&self) -> String {
        let mut text = String::from("pair,beta,next_beta,exchanges,expected\n");
        for (k, (found, exact)) in self.swaps.iter().enumerate() {
            let _ = writeln!(text, "{k},{},{},{found},{exact}", self.betas[k], self.betas[k + 1]);
        }
        text
    }
}

impl Sampled {
    /// Bins of a histogram of all draws: as narrow whether there is one mode in them or two.
    pub fn bins(&self) -> usize {
        let values = self.trace.values();
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        ((most - least) / 0.4).clamp(8.0, 300.0) as usize
    }

    fn new(trace: Trace, modes: Modes) -> Self {
        let x = trace.variable(0);
        let right = trace.series(|x| f64::from(u8::from(x[0] > 0.0)));
        let draws = (trace.chains() * trace.draws()) as f64;
        let share = right.iter().flatten().sum::<f64>() / draws;
        let changes = |c: &Vec<f64>| c.windows(2).filter(|w| w[0] != w[1]).count();
        let [weight, mean, variance] = modes.moments();
        Self {
            crossings: right.iter().map(changes).sum(),
            rhat: diagnostics::rhat(&x).ok(),
            ess: diagnostics::ess_mean(&right).ok(),
            estimates: vec![
                ("weight of the right mode", share, diagnostics::mcse_mean(&right).ok(), weight),
                ("mean", trace.mean()[0], diagnostics::mcse_mean(&x).ok(), mean),
                (
                    "variance",
                    trace.covariance()[(0, 0)],
                    diagnostics::mcse_covariance(&x, &x).ok(),
                    variance,
                ),
            ],
            trace,
        }
    }
}

/// A distance in standard errors.
fn in_errors(z: f64) -> String {
    if z.abs() < 100.0 { format!("{z:+.1}") } else { format!("{z:+.0}") }
}

/// One ladder, step by step: what [`sample_chains`] does with stream `("chain", index)`, and who stands
/// where besides.
fn climb<P, K>(
    tempering: &Tempering<K>,
    path: &P,
    start: &[f64],
    config: &Config,
    seed: Seed,
    index: usize,
) -> Result<Ladder, Error>
where
    P: Path<Law: LogDensity<[f64]>>,
    K: Kernel<P::Law, [f64]>,
{
    let mut rng = seed.stream("chain", index as u64);
    let mut state = tempering.init(path, start)?;
    let cold = tempering.betas().len() - 1;
    // The traveller at each level, and the exchanges that were counted so far.
    let mut travellers: Vec<usize> = (0..=cold).collect();
    let mut counted = vec![0; cold];
    let mut ladder = Ladder {
        draws: Vec::with_capacity(config.draws),
        proposed: Vec::new(),
        accepted: Vec::new(),
        round_trips: 0,
        travels: vec![cold],
    };
    for step in 0..config.burn_in + config.draws {
        tempering.step(path, &mut state, &mut rng)?;
        for (pair, (now, before)) in state.accepted().iter().zip(&mut counted).enumerate() {
            if *now > *before {
                travellers.swap(pair, pair + 1);
                *before = *now;
            }
        }
        ladder.travels.extend(travellers.iter().position(|t| *t == cold));
        if step >= config.burn_in {
            ladder.draws.push(Kernel::<P, [f64]>::position(tempering, &state)[0]);
        }
    }
    ladder.proposed = state.proposed().to_vec();
    ladder.accepted = state.accepted().to_vec();
    ladder.round_trips = state.round_trips();
    Ok(ladder)
}

#[cfg(test)]
mod tests {
    use super::Study;
    use crate::tempering_demo::config::{Choices, Config};
    use mcmc::{MetropolisHastings, RandomWalk, Schedule, Tempering, sample_chains};
    use prob_core::Seed;

    fn config(text: &str) -> Config {
        crate::choices::parse::<Choices>(text).unwrap().resolve().unwrap()
    }

    /// All three moments within 5.33 standard errors (5e-7 together), and each pair exchanges as often
    /// as expected, within 5.5 binomial errors of 20,000 proposals, widened for their correlation.
    #[test]
    fn tempering_agrees_with_exact_values() {
        let study = Study::new(&config("")).unwrap();
        for (name, value, error, exact) in &study.tempered.estimates {
            assert!(((value - exact) / error.unwrap()).abs() < 5.33, "{name} {value} {error:?}");
        }
        for (found, exact) in &study.swaps {
            let error = (exact * (1.0 - exact) * 50.0 / 20_000.0).sqrt();
            assert!((found - exact).abs() < 5.5 * error, "{found} {exact}");
        }
        assert!(study.round_trips > 100 && study.tempered.crossings > 100);
        assert_eq!(study.sentences().len(), 3);
    }

    #[test]
    fn plain_chains_stay_where_they_begin_and_r_hat_sees_it_only_from_both_modes() {
        let study = Study::new(&config("draws = 1000")).unwrap();
        assert_eq!((study.plain.crossings, study.plain.ess), (0, None));
        assert_eq!(study.plain.estimates[0].1, 0.0);
        assert!(study.plain.rhat.unwrap() < 1.01);
        assert!(study.sentences()[2].contains("no diagnostic sees"));
        let study = Study::new(&config("draws = 1000\nstart = \"both\"")).unwrap();
        assert!(study.plain.rhat.unwrap() > 1.5);
        assert!(!study.sentences().iter().any(|s| s.contains("no diagnostic sees")));
    }

    /// The loop that watches the travellers makes the draws of `sample_chains`, and the round trips of
    /// the traveller that it watches are no more than those of all.
    #[test]
    fn a_watched_ladder_is_the_same_ladder() {
        let config = config("draws = 1000\nburn-in = 10\nchains = 2");
        let study = Study::new(&config).unwrap();
        let kernel = MetropolisHastings::new(RandomWalk::new(2.4).unwrap());
        let tempering = Tempering::new(kernel, study.betas.clone()).unwrap();
        let path = study.modes.path();
        let schedule = Schedule { burn_in: 10, ..Schedule::keep(1_000) };
        let trace = sample_chains(&tempering, &&path, &config.starts(), schedule, Seed(1)).unwrap();
        assert_eq!(trace.values(), study.tempered.trace.values());
        assert_eq!((study.travels.len(), study.travels[0]), (1_011, 5));
        assert!(study.travels.windows(2).all(|w| w[0].abs_diff(w[1]) <= 1));
        let ends: Vec<usize> =
            study.travels.iter().copied().filter(|l| [0, 5].contains(l)).collect();
        let returns = ends.windows(2).filter(|w| *w == [0, 5]).count() as u64;
        assert!(returns > 0 && returns <= study.round_trips, "{returns} {}", study.round_trips);
    }
}
