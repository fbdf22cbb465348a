//! What a run of `mle-demo` is: from flags over a file over the defaults.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_seed, refused};

/// A family of laws with two parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Mean and standard deviation
    Normal,
    /// Shape and rate
    Gamma,
    /// Shape and scale
    Weibull,
    /// The two shapes
    Beta,
    /// Location and scale
    Logistic,
}

/// How far a location may be from 0, in units of the scale.
const FURTHEST: f64 = 1e4;

/// What the true parameters of a family may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranges {
    /// The parameters where none are chosen.
    pub usual: [f64; 2],
    /// The smallest and the largest value of each.
    pub within: [(f64, f64); 2],
}

impl Family {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Gamma => "gamma",
            Self::Weibull => "weibull",
            Self::Beta => "beta",
            Self::Logistic => "logistic",
        }
    }

    /// Shapes for which neither sampling nor fitting runs out of floating-point numbers.
    pub fn ranges(self) -> Ranges {
        const ANY: (f64, f64) = (-1e6, 1e6);
        const SCALE: (f64, f64) = (1e-6, 1e6);
        const SHAPE: (f64, f64) = (0.2, 100.0);
        let (usual, within) = match self {
            Self::Normal => ([0.0, 1.0], [ANY, SCALE]),
            Self::Gamma => ([2.0, 1.0], [SHAPE, SCALE]),
            Self::Weibull => ([1.5, 2.0], [SHAPE, SCALE]),
            // Below a shape of 1, draws next to 1 are rounded to 1 itself.
            Self::Beta => ([2.0, 5.0], [(1.0, 100.0); 2]),
            Self::Logistic => ([0.0, 1.0], [ANY, SCALE]),
        };
        Ranges { usual, within }
    }
}

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// The law that the data come from and that is fitted [default: gamma]
    #[arg(long, value_name = "NAME")]
    pub family: Option<Family>,
    /// Its two true parameters, in the order of the family [default: see below]
    #[arg(
        long,
        value_name = "A,B",
        num_args = 1,
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub parameters: Option<Vec<f64>>,
    /// Observations of the sample that is looked at closely, 10 to 10,000 [default: 200]
    #[arg(long, value_name = "N")]
    pub size: Option<usize>,
    /// Samples that are drawn and fitted at each size, 20 to 20,000 [default: 1000]
    #[arg(long, value_name = "N")]
    pub replications: Option<usize>,
    /// The largest size of those samples, 100 to 100,000 [default: 10000]
    #[arg(long, value_name = "N")]
    pub largest: Option<usize>,
    /// Master seed: the same seed gives the same bits [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    pub seed: Option<u64>,
}

/// A resolved configuration: `config.toml` of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub family: Family,
    pub parameters: Vec<f64>,
    pub size: usize,
    pub replications: usize,
    pub largest: usize,
    pub seed: u64,
}

impl Choices {
    /// Flags before the choices of a file. Its parameters are those of its family and of no other.
    pub fn or(self, file: Self) -> Self {
        let other = self.family.zip(file.family).is_some_and(|(ours, other)| ours != other);
        let parameters = if other { None } else { file.parameters };
        Self {
            family: self.family.or(file.family),
            parameters: self.parameters.or(parameters),
            size: self.size.or(file.size),
            replications: self.replications.or(file.replications),
            largest: self.largest.or(file.largest),
            seed: self.seed.or(file.seed),
        }
    }

    /// Fewer replications of smaller samples.
    pub fn smoke() -> Self {
        Self { replications: Some(100), largest: Some(1_000), ..Self::default() }
    }

    /// The configuration, with the defaults where nothing is chosen.
    ///
    /// # Errors
    /// A value outside its range, with the range.
    pub fn resolve(self) -> Result<Config, Complaint> {
        let family = self.family.unwrap_or(Family::Gamma);
        let config = Config {
            family,
            parameters: self.parameters.unwrap_or_else(|| family.ranges().usual.to_vec()),
            size: self.size.unwrap_or(200),
            replications: self.replications.unwrap_or(1_000),
            largest: self.largest.unwrap_or(10_000),
            seed: self.seed.unwrap_or(1),
        };
        config.check()?;
        Ok(config)
    }
}

impl Config {
    /// The true parameters.
    pub fn truth(&self) -> [f64; 2] {
        self.parameters.first_chunk().copied().unwrap_or(self.family.ranges().usual)
    }

    /// The sizes of the replicated samples: two in each decade, and the largest.
    pub fn sizes(&self) -> Vec<usize> {
        let half = |i: i32| 10f64.powf(1.0 + f64::from(i) / 2.0).round() as usize;
        let mut sizes: Vec<usize> = (0..).map(half).take_while(|n| *n < self.largest).collect();
        sizes.push(self.largest);
        sizes
    }

    fn check(&self) -> Result<(), Complaint> {
        let given = self.parameters.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        if self.parameters.len() != 2 {
            return Err(refused("parameters", given, "two numbers, as 2,1"));
        }
        let within = self.family.ranges().within;
        let bad =
            self.parameters.iter().zip(within).any(|(p, (min, max))| !(min..=max).contains(p));
        if bad {
            let [(a, b), (c, d)] = within;
            let family = self.family.name();
            let range = format!("from {a} to {b} and from {c} to {d} for the {family} law");
            return Err(refused("parameters", given, &range));
        }
        // A location far from 0 in units of the scale leaves an axis no digits to tell apart.
        let [location, scale] = self.truth();
        let located = matches!(self.family, Family::Normal | Family::Logistic);
        if located && location.abs() > FURTHEST * scale {
            let range = "with a location of at most 10,000 times the scale";
            return Err(refused("parameters", given, range));
        }
        if !(10..=10_000).contains(&self.size) {
            return Err(refused("size", self.size, "from 10 to 10,000"));
        }
        if !(20..=20_000).contains(&self.replications) {
            return Err(refused("replications", self.replications, "from 20 to 20,000"));
        }
        if !(100..=100_000).contains(&self.largest) {
            return Err(refused("largest", self.largest, "from 100 to 100,000"));
        }
        check_seed(self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Choices, Family};
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        for family in [Family::Normal, Family::Gamma, Family::Weibull, Family::Beta] {
            let config = Choices { family: Some(family), ..Choices::smoke() }.resolve().unwrap();
            let text = toml::to_string(&config).unwrap();
            assert!(text.contains(family.name()), "{text}");
            assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
        }
    }

    #[test]
    fn parameters_of_a_file_are_not_those_of_another_family() {
        let file = || parse::<Choices>("family = \"gamma\"\nparameters = [3.0, 4.0]").unwrap();
        let flags = |family| Choices { family: Some(family), ..Choices::default() };
        let config = flags(Family::Weibull).or(file()).resolve().unwrap();
        assert_eq!(config.parameters, [1.5, 2.0]);
        let config = flags(Family::Gamma).or(file()).resolve().unwrap();
        assert_eq!(config.parameters, [3.0, 4.0]);
    }

    #[test]
    fn sizes_are_half_decades_up_to_the_largest() {
        let sizes = |largest| {
            Choices { largest: Some(largest), ..Choices::default() }.resolve().unwrap().sizes()
        };
        assert_eq!(sizes(10_000), [10, 32, 100, 316, 1_000, 3_162, 10_000]);
        assert_eq!(sizes(400), [10, 32, 100, 316, 400]);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("parameters = [1.0]", "two numbers"),
            ("parameters = [1.0, nan]", "gamma"),
            ("parameters = [0.01, 1.0]", "from 0.2 to 100"),
            ("family = \"beta\"\nparameters = [0.5, 1.0]", "from 1 to 100"),
            ("family = \"normal\"\nparameters = [0.0, 0.0]", "normal"),
            ("family = \"normal\"\nparameters = [-1e6, 1e-6]", "10,000 times the scale"),
            ("size = 9", "from 10"),
            ("replications = 1", "from 20"),
            ("largest = 10", "from 100"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
        assert!(parse::<Choices>("family = \"cauchy\"").is_err());
    }
}
