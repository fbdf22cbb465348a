//! What a run of `tempering-demo` is: from flags over a file over the defaults.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_chains, check_seed, refused};

/// Where chains start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// All in the left mode
    Left,
    /// In the left and the right mode by turns
    Both,
}

impl Start {
    /// The mode in words.
    pub fn mode(self) -> &'static str {
        match self {
            Self::Left => "the left mode",
            Self::Both => "both modes by turns",
        }
    }
}

/// How the inverse temperatures are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ladder {
    /// So that all pairs of levels exchange equally often, by measured rates
    Measured,
    /// In a geometric sequence
    Geometric,
}

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// The modes are at -D and D, with standard deviation 1: 1 to 30 [default: 10]
    #[arg(long, value_name = "D")]
    pub distance: Option<f64>,
    /// Weight of the left mode, 0.01 to 0.99 [default: 0.3]
    #[arg(long, value_name = "W")]
    pub weight: Option<f64>,
    /// Levels of the ladder, the law itself among them, 2 to 20 [default: 6]
    #[arg(long, value_name = "N")]
    pub levels: Option<usize>,
    /// How the levels are chosen [default: measured]
    #[arg(long, value_name = "HOW")]
    pub ladder: Option<Ladder>,
    /// Standard deviation of the random walk at all levels, 0.01 to 100 [default: 2.4]
    #[arg(long, value_name = "S")]
    pub scale: Option<f64>,
    /// Where the chains start [default: left]
    #[arg(long, value_name = "WHERE")]
    pub start: Option<Start>,
    /// Draws kept of each chain, 1,000 to 1,000,000 [default: 10000]
    #[arg(long, value_name = "N")]
    pub draws: Option<usize>,
    /// Steps at the beginning that the estimates leave out, at most as many [default: 500]
    #[arg(long, value_name = "N")]
    pub burn_in: Option<usize>,
    /// Chains, and ladders, 1 to 64 [default: 4]
    #[arg(long, value_name = "N")]
    pub chains: Option<usize>,
    /// Master seed: the same seed gives the same bits [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    pub seed: Option<u64>,
}

/// A resolved configuration: `config.toml` of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub distance: f64,
    pub weight: f64,
    pub levels: usize,
    pub ladder: Ladder,
    pub scale: f64,
    pub start: Start,
    pub draws: usize,
    pub burn_in: usize,
    pub chains: usize,
    pub seed: u64,
}

impl Choices {
    /// Flags before the choices of a file.
    pub fn or(self, file: Self) -> Self {
        Self {
            distance: self.distance.or(file.distance),
            weight: self.weight.or(file.weight),
            levels: self.levels.or(file.levels),
            ladder: self.ladder.or(file.ladder),
            scale: self.scale.or(file.scale),
            start: self.start.or(file.start),
            draws: self.draws.or(file.draws),
            burn_in: self.burn_in.or(file.burn_in),
            chains: self.chains.or(file.chains),
            seed: self.seed.or(file.seed),
        }
    }

    /// Fewer draws.
    pub fn smoke() -> Self {
        Self { draws: Some(1_000), ..Self::default() }
    }

    /// The configuration, with the defaults where nothing is chosen.
    ///
    /// # Errors
    /// A value outside its range, with the range.
    pub fn resolve(self) -> Result<Config, Complaint> {
        let config = Config {
            distance: self.distance.unwrap_or(10.0),
            weight: self.weight.unwrap_or(0.3),
            levels: self.levels.unwrap_or(6),
            ladder: self.ladder.unwrap_or(Ladder::Measured),
            scale: self.scale.unwrap_or(2.4),
            start: self.start.unwrap_or(Start::Left),
            draws: self.draws.unwrap_or(10_000),
            burn_in: self.burn_in.unwrap_or(500),
            chains: self.chains.unwrap_or(4),
            seed: self.seed.unwrap_or(1),
        };
        config.check()?;
        Ok(config)
    }
}

impl Config {
    /// A geometric ladder of inverse temperatures: 0, and then a geometric sequence up to 1. It begins where the barrier
    /// between the modes, `β D²/2`, is as high as one unit of the log density.
    pub fn geometric(&self) -> Vec<f64> {
        let first = (2.0 / (self.distance * self.distance)).min(0.5);
        let steps = self.levels - 2;
        let at = |i: usize| first.powf((steps - i) as f64 / steps.max(1) as f64);
        let inner = (0..steps).map(at);
        std::iter::once(0.0).chain(inner).chain([1.0]).collect()
    }

    /// Where each chain starts.
    pub fn starts(&self) -> Vec<Vec<f64>> {
        let right = |i: usize| self.start == Start::Both && i % 2 == 1;
        let at = |i: usize| if right(i) { self.distance } else { -self.distance };
        (0..self.chains).map(|i| vec![at(i)]).collect()
    }

    fn check(&self) -> Result<(), Complaint> {
        if !(1.0..=30.0).contains(&self.distance) {
            return Err(refused("distance", self.distance, "from 1 to 30"));
        }
        if !(0.01..=0.99).contains(&self.weight) {
            return Err(refused("weight", self.weight, "from 0.01 to 0.99"));
        }
        if !(2..=20).contains(&self.levels) {
            return Err(refused("levels", self.levels, "from 2 to 20"));
        }
        if !(0.01..=100.0).contains(&self.scale) {
            return Err(refused("scale", self.scale, "from 0.01 to 100"));
        }
        check_chains(self.draws, self.burn_in, self.chains)?;
        check_seed(self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Choices, Start};
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        let choices =
            Choices { weight: Some(0.1 + 0.2), start: Some(Start::Both), ..Choices::default() };
        let config = choices.resolve().unwrap();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
        assert_eq!(config.starts(), [[-10.0], [10.0], [-10.0], [10.0]]);
    }

    #[test]
    fn the_ladder_goes_from_nothing_to_the_law() {
        let ladder = |levels| {
            Choices { levels: Some(levels), ..Choices::default() }.resolve().unwrap().geometric()
        };
        assert_eq!(ladder(2), [0.0, 1.0]);
        assert_eq!(ladder(3), [0.0, 0.02, 1.0]);
        let betas = ladder(6);
        assert_eq!((betas.len(), betas[0], betas[5]), (6, 0.0, 1.0));
        assert!((betas[1] - 0.02).abs() < 1e-15);
        let ratio = betas[2] / betas[1];
        assert!(betas[1..].windows(2).all(|w| (w[1] / w[0] / ratio - 1.0).abs() < 1e-12));
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("distance = 0.0", "from 1 to 30"),
            ("distance = nan", "from 1 to 30"),
            ("weight = 1.0", "0.99"),
            ("levels = 1", "from 2 to 20"),
            ("scale = 0.0", "0.01"),
            ("draws = 1", "1,000"),
            ("burn-in = 20000", "at most"),
            ("chains = 65", "from 1 to 64"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
        assert!(parse::<Choices>("start = \"right\"").is_err());
    }
}
