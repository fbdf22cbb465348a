//! What a run of `bayes-demo` is: from flags over a file over the lecture's values.

use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_seed, refused};

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// Share of the women who have cancer, 1e-12 to below 1 [default: 0.004]
    #[arg(long, value_name = "P")]
    pub prevalence: Option<f64>,
    /// Probability of a positive finding with cancer, 0 to 1 [default: 0.8]
    #[arg(long, value_name = "P")]
    pub sensitivity: Option<f64>,
    /// Probability of a positive finding without cancer, 0 to 1 [default: 0.1]
    #[arg(long, value_name = "P")]
    pub false_alarm: Option<f64>,
    /// Tests of one woman, independent of each other given her state, 1 to 30 [default: 3]
    #[arg(long, value_name = "N")]
    pub tests: Option<usize>,
    /// Women in the picture of natural frequencies, 100 to 10,000 [default: 1000]
    #[arg(long, value_name = "N")]
    pub women: Option<usize>,
    /// Women drawn one by one, 100 to 10,000,000 [default: 100000]
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// Master seed: the same seed gives the same bits [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    pub seed: Option<u64>,
}

/// A resolved configuration: `config.toml` of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub prevalence: f64,
    pub sensitivity: f64,
    pub false_alarm: f64,
    pub tests: usize,
    pub women: usize,
    pub sample: usize,
    pub seed: u64,
}

impl Choices {
    /// Flags before the choices of a file.
    pub fn or(self, file: Self) -> Self {
        Self {
            prevalence: self.prevalence.or(file.prevalence),
            sensitivity: self.sensitivity.or(file.sensitivity),
            false_alarm: self.false_alarm.or(file.false_alarm),
            tests: self.tests.or(file.tests),
            women: self.women.or(file.women),
            sample: self.sample.or(file.sample),
            seed: self.seed.or(file.seed),
        }
    }

    /// Fewer women are drawn.
    pub fn smoke() -> Self {
        Self { sample: Some(10_000), ..Self::default() }
    }

    /// The configuration, with the lecture's values where nothing is chosen.
    ///
    /// # Errors
    /// A value outside its range, with the range.
    pub fn resolve(self) -> Result<Config, Complaint> {
        let config = Config {
            prevalence: self.prevalence.unwrap_or(0.004),
            sensitivity: self.sensitivity.unwrap_or(0.8),
            false_alarm: self.false_alarm.unwrap_or(0.1),
            tests: self.tests.unwrap_or(3),
            women: self.women.unwrap_or(1_000),
            sample: self.sample.unwrap_or(100_000),
            seed: self.seed.unwrap_or(1),
        };
        config.check()?;
        Ok(config)
    }
}

impl Config {
    fn check(&self) -> Result<(), Complaint> {
        // Below, the posterior of a test that is not perfect is no longer a normal number.
        if !(1e-12..1.0).contains(&self.prevalence) {
            return Err(refused("prevalence", self.prevalence, "from 1e-12 to below 1"));
        }
        for (name, value) in [("sensitivity", self.sensitivity), ("false-alarm", self.false_alarm)]
        {
            if !(0.0..=1.0).contains(&value) {
                return Err(refused(name, value, "from 0 to 1"));
            }
        }
        if !(1..=30).contains(&self.tests) {
            return Err(refused("tests", self.tests, "from 1 to 30"));
        }
        if !(100..=10_000).contains(&self.women) {
            return Err(refused("women", self.women, "from 100 to 10,000"));
        }
        if !(100..=10_000_000).contains(&self.sample) {
            return Err(refused("sample", self.sample, "from 100 to 10,000,000"));
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
        let config = Choices { prevalence: Some(0.1 + 0.2), ..Choices::default() };
        let config = config.resolve().unwrap();
        let text = toml::to_string(&config).unwrap();
        assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
    }

    #[test]
    fn flags_come_before_the_file_and_the_lecture_last() {
        let flags = Choices { tests: Some(5), ..Choices::default() };
        let file = parse::<Choices>("tests = 7\nwomen = 500").unwrap();
        let config = flags.or(file).resolve().unwrap();
        assert_eq!((config.tests, config.women, config.prevalence), (5, 500, 0.004));
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("prevalence = 0.0", "below 1"),
            ("prevalence = 1.0", "below 1"),
            ("prevalence = nan", "below 1"),
            ("sensitivity = 1.1", "from 0 to 1"),
            ("false-alarm = -0.1", "from 0 to 1"),
            ("tests = 0", "from 1 to 30"),
            ("women = 20000", "10,000"),
            ("sample = 1", "from 100"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
        assert!(parse::<Choices>("prevalance = 0.1").is_err());
    }
}
