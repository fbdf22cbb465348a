//! What a run of `gibbs-demo` is: from flags over a file over the lecture's values.

use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_seed, refused};

/// Sweeps of a chain at most.
const MOST_SWEEPS: usize = 1_000_000;
/// Numbers in the file of all draws at most.
const MOST_NUMBERS: usize = 20 * MOST_SWEEPS;

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// Variables, 2 to 50, with variances 1 [default: 2]
    #[arg(long, value_name = "D")]
    pub dimension: Option<usize>,
    /// Correlation of neighbouring variables, above -1 and below 1; of variables i and j it is
    /// RHO^|i-j| [default: 0.5]
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    pub correlation: Option<f64>,
    /// Sweeps of each chain over all variables, 1,000 to 1,000,000 [default: 10000]
    #[arg(long, value_name = "N")]
    pub sweeps: Option<usize>,
    /// Sweeps at the beginning that the estimates leave out [default: 100]
    #[arg(long, value_name = "N")]
    pub burn_in: Option<usize>,
    /// Where each chain starts, D numbers [default: 3,-3 in turn]
    #[arg(
        long,
        value_name = "A,B,…",
        num_args = 1,
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub start: Option<Vec<f64>>,
    /// Independent chains, 1 to 64, fewer of many sweeps [default: 1]
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
    pub dimension: usize,
    pub correlation: f64,
    pub sweeps: usize,
    pub burn_in: usize,
    pub start: Vec<f64>,
    pub chains: usize,
    pub seed: u64,
}

impl Choices {
    /// Flags before the choices of a file. Its start is one of its dimension and of no other.
    pub fn or(self, file: Self) -> Self {
        let other = self.dimension.is_some_and(|ours| ours != file.dimension.unwrap_or(2));
        let start = if other { None } else { file.start };
        Self {
            dimension: self.dimension.or(file.dimension),
            correlation: self.correlation.or(file.correlation),
            sweeps: self.sweeps.or(file.sweeps),
            burn_in: self.burn_in.or(file.burn_in),
            start: self.start.or(start),
            chains: self.chains.or(file.chains),
            seed: self.seed.or(file.seed),
        }
    }

    /// Fewer sweeps.
    pub fn smoke() -> Self {
        Self { sweeps: Some(1_000), ..Self::default() }
    }

    /// The configuration, with the lecture's values where nothing is chosen.
    ///
    /// # Errors
    /// A value outside its range, with the range.
    pub fn resolve(self) -> Result<Config, Complaint> {
        let dimension = self.dimension.unwrap_or(2);
        let alternating = || (0..dimension).map(|i| if i % 2 == 0 { 3.0 } else { -3.0 }).collect();
        if !(2..=50).contains(&dimension) {
            let range = "from 2 to 50: one variable has no other to be drawn given";
            return Err(refused("dimension", dimension, range));
        }
        let config = Config {
            dimension,
            correlation: self.correlation.unwrap_or(0.5),
            sweeps: self.sweeps.unwrap_or(10_000),
            burn_in: self.burn_in.unwrap_or(100),
            start: self.start.unwrap_or_else(alternating),
            chains: self.chains.unwrap_or(1),
            seed: self.seed.unwrap_or(1),
        };
        config.check()?;
        Ok(config)
    }
}

impl Config {
    /// The names of the variables: the lecture's for two.
    pub fn names(&self) -> Vec<String> {
        match self.dimension {
            2 => vec!["a".to_owned(), "b".to_owned()],
            n => (1..=n).map(|i| format!("x{i}")).collect(),
        }
    }

    /// The start in words; of many variables the first three.
    pub fn start_in_words(&self) -> String {
        let shown = if self.start.len() > 4 { 3 } else { self.start.len() };
        let mut words: Vec<String> = self.start.iter().take(shown).map(f64::to_string).collect();
        if shown < self.start.len() {
            words.push("…".to_owned());
        }
        format!("({})", words.join(", "))
    }

    fn check(&self) -> Result<(), Complaint> {
        if !(-1.0 < self.correlation && self.correlation < 1.0) {
            return Err(refused("correlation", self.correlation, "above -1 and below 1"));
        }
        if !(1_000..=MOST_SWEEPS).contains(&self.sweeps) {
            return Err(refused("sweeps", self.sweeps, "from 1,000 to 1,000,000"));
        }
        if self.burn_in > self.sweeps / 2 {
            return Err(refused("burn-in", self.burn_in, "at most half of the sweeps"));
        }
        let bad = |x: &f64| x.is_nan() || x.abs() > 1e6;
        if self.start.len() != self.dimension || self.start.iter().any(bad) {
            let start = self.start.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
            let range = match self.dimension {
                2 => "two numbers of at most 1,000,000, as 3,-3".to_owned(),
                n => format!("{n} numbers of at most 1,000,000, one a variable"),
            };
            return Err(refused("start", start, &range));
        }
        // Every draw becomes a line of a file.
        let each = self.sweeps * self.dimension;
        if each > MOST_NUMBERS {
            let most = MOST_NUMBERS / self.dimension;
            let range = format!("at most {most} for so many variables");
            return Err(refused("sweeps", self.sweeps, &range));
        }
        let most = (MOST_NUMBERS / each).min(64);
        if !(1..=most).contains(&self.chains) {
            let range = format!("from 1 to {most} for so many sweeps");
            return Err(refused("chains", self.chains, &range));
        }
        check_seed(self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        let config = Choices { correlation: Some(0.1 + 0.2), ..Choices::default() };
        let config = config.resolve().unwrap();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
    }

    #[test]
    fn a_start_of_a_file_is_not_one_of_another_dimension() {
        let file = || parse::<Choices>("start = [1.0, 2.0]").unwrap();
        let flags = |dimension| Choices { dimension, ..Choices::default() };
        assert_eq!(flags(None).or(file()).resolve().unwrap().start, [1.0, 2.0]);
        assert_eq!(flags(Some(2)).or(file()).resolve().unwrap().start, [1.0, 2.0]);
        let config = flags(Some(3)).or(file()).resolve().unwrap();
        assert_eq!(config.start, [3.0, -3.0, 3.0]);
        assert_eq!(config.names(), ["x1", "x2", "x3"]);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("correlation = 1.0", "below 1"),
            ("correlation = nan", "below 1"),
            ("sweeps = 10", "1,000"),
            ("burn-in = 9000", "half"),
            ("start = [1.0]", "two numbers"),
            ("start = [1.0, inf]", "two numbers"),
            ("dimension = 1", "from 2 to 50"),
            ("dimension = 51", "from 2 to 50"),
            ("dimension = 3\nstart = [1.0, 2.0]", "3 numbers"),
            ("dimension = 50\nsweeps = 500000", "at most 400000"),
            ("chains = 0", "from 1 to 64"),
            ("chains = 11\nsweeps = 1000000", "from 1 to 10"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
        assert!(parse::<Choices>("sweep = 3").is_err());
    }
}
