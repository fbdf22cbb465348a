//! What a run of `markov-demo` is: from flags over a file over the defaults.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_seed, refused};

/// A chain to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// Sun, clouds and rain: three states, tomorrow given today
    Weather,
    /// A walk around a ring, more often one way than the other, sometimes waiting
    Ring,
    /// A walk between walls, more often to the left
    Walk,
    /// Metropolis on a line with two hills
    Metropolis,
    /// Rows drawn at random: no detailed balance
    Random,
    /// A matrix of one's own, from --matrix
    File,
}

impl Chain {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weather => "weather",
            Self::Ring => "ring",
            Self::Walk => "walk",
            Self::Metropolis => "metropolis",
            Self::Random => "random",
            Self::File => "file",
        }
    }
}

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// The chain [default: weather]
    #[arg(long, value_name = "NAME")]
    pub chain: Option<Chain>,
    /// States of all chains but the weather, 2 to 100 [default: 12]
    #[arg(long, value_name = "N")]
    pub states: Option<usize>,
    /// The state that the chain starts in, from 0 on [default: 0]
    #[arg(long, value_name = "I")]
    pub start: Option<usize>,
    /// Steps that are looked at, 1 to 10,000 [default: so many that the chain forgets its start]
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// Draws of each of four simulated chains, 100 to 1,000,000 [default: 10000]
    #[arg(long, value_name = "N")]
    pub draws: Option<usize>,
    /// Master seed: the same seed gives the same bits [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    pub seed: Option<u64>,
    /// The rows of a matrix, in a file of choices; on the command line it is --matrix FILE.
    #[arg(skip)]
    pub matrix: Option<Vec<Vec<f64>>>,
}

/// A resolved configuration: `config.toml` of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub chain: Chain,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<usize>,
    pub start: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    pub draws: usize,
    pub seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Vec<Vec<f64>>>,
}

impl Choices {
    /// Flags before the choices of a file. States, start and matrix of a file are those of its chain.
    pub fn or(self, file: Self) -> Self {
        let other = (self.chain.is_some() && self.chain != file.chain)
            || (self.matrix.is_some() && self.matrix != file.matrix);
        let of_chain = |value| if other { None } else { value };
        Self {
            chain: self.chain.or(if self.matrix.is_some() { None } else { file.chain }),
            states: self.states.or(of_chain(file.states)),
            start: self.start.or(of_chain(file.start)),
            steps: self.steps.or(file.steps),
            draws: self.draws.or(file.draws),
            seed: self.seed.or(file.seed),
            matrix: self.matrix.or(if other { None } else { file.matrix }),
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
        let without = if self.matrix.is_some() { Chain::File } else { Chain::Weather };
        let chain = self.chain.unwrap_or(without);
        match (chain, &self.matrix, self.states) {
            (Chain::File, None, _) => {
                return Err(Complaint::new("--chain file needs --matrix FILE").code(2));
            }
            (Chain::File, Some(_), None) | (Chain::Weather, None, None) => {}
            (Chain::File | Chain::Weather, _, Some(states)) => {
                return Err(refused("states", states, "left out for a chain that has its own"));
            }
            (_, Some(_), _) => {
                return Err(refused("chain", chain.name(), "left out, or file, beside --matrix"));
            }
            _ => {}
        }
        let config = Config {
            chain,
            states: match chain {
                Chain::File | Chain::Weather => None,
                _ => Some(self.states.unwrap_or(12)),
            },
            start: self.start.unwrap_or(0),
            steps: self.steps,
            draws: self.draws.unwrap_or(10_000),
            seed: self.seed.unwrap_or(1),
            matrix: self.matrix,
        };
        config.check()?;
        Ok(config)
    }
}

impl Config {
    /// The number of states.
    pub fn number(&self) -> usize {
        self.matrix.as_ref().map(Vec::len).or(self.states).unwrap_or(3)
    }

    fn check(&self) -> Result<(), Complaint> {
        if let Some(states) = self.states.filter(|n| !(2..=100).contains(n)) {
            return Err(refused("states", states, "from 2 to 100"));
        }
        if self.start >= self.number() {
            let range = format!("from 0 to {}: the chain has {}", self.number() - 1, self.number());
            return Err(refused("start", self.start, &range));
        }
        if let Some(steps) = self.steps.filter(|n| !(1..=10_000).contains(n)) {
            return Err(refused("steps", steps, "from 1 to 10,000"));
        }
        if !(100..=1_000_000).contains(&self.draws) {
            return Err(refused("draws", self.draws, "from 100 to 1,000,000"));
        }
        check_seed(self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, Choices};
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        let matrix = Some(vec![vec![0.1 + 0.2, 0.7], vec![1.0, 0.0]]);
        for choices in [
            Choices::default(),
            Choices { chain: Some(Chain::Ring), steps: Some(5), ..Choices::smoke() },
            Choices { matrix, ..Choices::smoke() },
        ] {
            let config = choices.resolve().unwrap();
            let text = toml::to_string(&config).unwrap();
            assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
        }
    }

    #[test]
    fn another_chain_leaves_what_belongs_to_that_of_the_file() {
        let file = || parse::<Choices>("chain = \"ring\"\nstates = 30\nstart = 29").unwrap();
        let flags = |chain| Choices { chain: Some(chain), ..Choices::default() };
        let config = flags(Chain::Walk).or(file()).resolve().unwrap();
        assert_eq!((config.number(), config.start), (12, 0));
        let config = Choices::default().or(file()).resolve().unwrap();
        assert_eq!((config.number(), config.start), (30, 29));
        let own = Choices { matrix: Some(vec![vec![1.0]]), ..Choices::default() };
        assert_eq!(own.or(file()).resolve().unwrap().chain, Chain::File);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("states = 5", "left out"),
            ("chain = \"ring\"\nstates = 1", "from 2"),
            ("chain = \"ring\"\nmatrix = [[1.0]]", "left out"),
            ("chain = \"file\"", "--matrix"),
            ("start = 3", "from 0 to 2"),
            ("steps = 0", "from 1"),
            ("draws = 5", "from 100"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
    }
}
