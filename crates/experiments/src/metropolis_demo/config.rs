//! What a run of `metropolis-demo` is: from flags over a file over the defaults.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_chains, check_seed, refused};

/// The law that is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Two variables of variance 1 with a correlation
    #[default]
    Gaussian,
    /// Two uncorrelated variables, of which the second is bent along the first
    Banana,
}

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// The law that is sampled [default: gaussian]
    #[arg(long, value_name = "NAME")]
    pub target: Option<Target>,
    /// Correlation of the Gaussian, whose variances are 1: -0.999 to 0.999 [default: 0.5]
    #[arg(long, value_name = "RHO", allow_negative_numbers = true)]
    pub correlation: Option<f64>,
    /// Standard deviations of the proposal in each variable, one to six from 0.001 to 1,000
    /// [default: 0.1,1.7,20]
    #[arg(long, value_name = "S,S,…", num_args = 1, value_delimiter = ',')]
    pub scales: Option<Vec<f64>>,
    /// Draws kept of each chain, 1,000 to 1,000,000 [default: 10000]
    #[arg(long, value_name = "N")]
    pub draws: Option<usize>,
    /// Steps at the beginning that the estimates leave out, at most as many [default: 500]
    #[arg(long, value_name = "N")]
    pub burn_in: Option<usize>,
    /// Chains of each scale, from starts 4 away from the centre, 1 to 64 [default: 4]
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
    pub target: Target,
    /// Of the Gaussian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    pub scales: Vec<f64>,
    pub draws: usize,
    pub burn_in: usize,
    pub chains: usize,
    pub seed: u64,
}

impl Choices {
    /// Flags before the choices of a file. Its correlation is that of its law and of no other.
    pub fn or(self, file: Self) -> Self {
        let other = self.target.is_some_and(|ours| ours != file.target.unwrap_or_default());
        let correlation = if other { None } else { file.correlation };
        Self {
            target: self.target.or(file.target),
            correlation: self.correlation.or(correlation),
            scales: self.scales.or(file.scales),
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
        let target = self.target.unwrap_or_default();
        let correlation = match (target, self.correlation) {
            (Target::Gaussian, correlation) => Some(correlation.unwrap_or(0.5)),
            (Target::Banana, None) => None,
            (Target::Banana, Some(rho)) => {
                return Err(refused("correlation", rho, "left out: the banana has none"));
            }
        };
        let config = Config {
            target,
            correlation,
            // 2.4 / √2 is near the best scale for two variables of variance 1.
            scales: self.scales.unwrap_or_else(|| vec![0.1, 1.7, 20.0]),
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
    fn check(&self) -> Result<(), Complaint> {
        if let Some(rho) = self.correlation.filter(|rho| !(-0.999..=0.999).contains(rho)) {
            return Err(refused("correlation", rho, "from -0.999 to 0.999"));
        }
        let bad = |s: &f64| !(1e-3..=1e3).contains(s);
        if !(1..=6).contains(&self.scales.len()) || self.scales.iter().any(bad) {
            let scales = self.scales.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
            let range = "one to six numbers from 0.001 to 1,000, as 0.1,1.7,20";
            return Err(refused("scales", scales, range));
        }
        check_chains(self.draws, self.burn_in, self.chains)?;
        check_seed(self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Choices, Target};
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        let config = Choices { correlation: Some(0.1 + 0.2), ..Choices::default() };
        let config = config.resolve().unwrap();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
    }

    #[test]
    fn a_correlation_of_a_file_is_not_one_of_another_law() {
        let file = || parse::<Choices>("correlation = 0.9").unwrap();
        let flags = |target| Choices { target, ..Choices::default() };
        assert_eq!(flags(None).or(file()).resolve().unwrap().correlation, Some(0.9));
        let config = flags(Some(Target::Banana)).or(file()).resolve().unwrap();
        assert_eq!((config.target, config.correlation), (Target::Banana, None));
        let text = toml::to_string(&config).unwrap();
        assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("correlation = 1.0", "0.999"),
            ("correlation = nan", "0.999"),
            ("target = \"banana\"\ncorrelation = 0.5", "left out"),
            ("scales = []", "one to six"),
            ("scales = [0.0]", "one to six"),
            ("scales = [1.0, inf]", "one to six"),
            ("scales = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]", "one to six"),
            ("draws = 10", "1,000"),
            ("burn-in = 20000", "at most"),
            ("chains = 0", "from 1 to 64"),
            ("chains = 3\ndraws = 1000000", "from 1 to 2"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
        assert!(parse::<Choices>("scale = 3").is_err());
    }
}
