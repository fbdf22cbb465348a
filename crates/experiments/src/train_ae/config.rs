//! What a training run is: every choice on one screen, from flags over a file over the defaults.

use autoenc::{DeviceKind, OptimizerKind};
use clap::ValueEnum;
use prob_core::Seed;
use serde::{Deserialize, Serialize};
use terminal::Complaint;
use train::{EarlyStopping, LearningRate, Plan};

use crate::choices::{LARGEST_SEED, check_seed, refused};

/// Which autoencoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// 784-100-30-100-784, SELU, binary cross-entropy
    Stacked,
    /// 3-2-3 without activations, mean squared error: principal component analysis
    Linear,
}

/// What it is trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// Handwritten digits, in the program
    Mnist,
    /// Pieces of clothing (first: cargo xtask fetch-data fashion-mnist)
    FashionMnist,
    /// The lecture's 200 points near a plane in three dimensions
    Arc,
}

/// How steps follow from gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimizer {
    /// Stochastic gradient descent, with `--momentum`
    Sgd,
    /// Adam (β₁ 0.9, β₂ 0.999)
    Adam,
}

/// How the learning rate goes over the epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// The same all the time
    Constant,
    /// Along half a cosine down to 1 % at the last epoch
    Cosine,
}

/// The choices that a user may make, as flags or in a file; what is left out has a default that
/// depends on the model.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// The autoencoder [default: stacked]
    #[arg(long, value_enum)]
    pub model: Option<Model>,
    /// The data set [default: mnist; arc for the linear model]
    #[arg(long, value_enum)]
    pub data: Option<Data>,
    /// Master seed: the same seed gives the same bits [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    pub seed: Option<u64>,
    /// Passes over the training data, 1 to 1,000,000 [default: 20; 5000 for the linear model]
    #[arg(long, value_name = "N")]
    pub epochs: Option<u64>,
    /// Observations a step, 1 to all [default: 32; 200 for the linear model]
    #[arg(long, value_name = "N")]
    pub batch_size: Option<usize>,
    /// Learning rate, above 0 [default: 1.5; 0.4 for the linear model]
    #[arg(long, value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// Course of the learning rate [default: constant]
    #[arg(long, value_enum)]
    pub schedule: Option<Schedule>,
    /// Rule of the steps [default: sgd]
    #[arg(long, value_enum)]
    pub optimizer: Option<Optimizer>,
    /// Momentum of `sgd`, in [0, 1) [default: 0; 0.5 for the linear model]
    #[arg(long, value_name = "MU")]
    pub momentum: Option<f64>,
    /// Stop after this many epochs without a better validation loss (training loss without
    /// validation) [default: never]
    #[arg(long, value_name = "EPOCHS")]
    pub patience: Option<u64>,
    /// Images at the end of the training set held out for validation [default: 5000; 0 for the linear model]
    #[arg(long, value_name = "N")]
    pub validation: Option<usize>,
    /// Use only the first N of the observations that are left for training [default: all]
    #[arg(long, value_name = "N")]
    pub observations: Option<usize>,
    /// Where tensors live: cpu, cuda or metal [default: cpu]
    #[arg(long, value_name = "DEVICE")]
    pub device: Option<DeviceKind>,
    /// Threads; results do not depend on them [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// A resolved configuration: `config.toml` of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub model: Model,
    pub data: Data,
    pub seed: u64,
    pub epochs: u64,
    pub batch_size: usize,
    pub learning_rate: f64,
    pub schedule: Schedule,
    pub optimizer: Optimizer,
    pub momentum: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<u64>,
    pub validation: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observations: Option<usize>,
    pub device: DeviceKind,
    /// 0: one a core.
    pub threads: usize,
}

impl Choices {
    /// Flags before the choices of a file.
    pub fn or(self, file: Self) -> Self {
        Self {
            model: self.model.or(file.model),
            data: self.data.or(file.data),
            seed: self.seed.or(file.seed),
            epochs: self.epochs.or(file.epochs),
            batch_size: self.batch_size.or(file.batch_size),
            learning_rate: self.learning_rate.or(file.learning_rate),
            schedule: self.schedule.or(file.schedule),
            optimizer: self.optimizer.or(file.optimizer),
            momentum: self.momentum.or(file.momentum),
            patience: self.patience.or(file.patience),
            validation: self.validation.or(file.validation),
            observations: self.observations.or(file.observations),
            device: self.device.or(file.device),
            threads: self.threads.or(file.threads),
        }
    }

    /// Seconds in place of minutes.
    pub fn smoke(model: Model) -> Self {
        match model {
            Model::Stacked => Self {
                epochs: Some(2),
                observations: Some(2_000),
                validation: Some(500),
                ..Self::default()
            },
            Model::Linear => Self { epochs: Some(50), ..Self::default() },
        }
    }

    /// The configuration, with the lecture's values where nothing is chosen.
    ///
    /// # Errors
    /// A value outside its range, with the range.
    pub fn resolve(self) -> Result<Config, Complaint> {
        let model = self.model.unwrap_or(Model::Stacked);
        let linear = model == Model::Linear;
        let optimizer = self.optimizer.unwrap_or(Optimizer::Sgd);
        let sgd = optimizer == Optimizer::Sgd;
        let config = Config {
            model,
            data: self.data.unwrap_or(if linear { Data::Arc } else { Data::Mnist }),
            seed: self.seed.unwrap_or(1),
            epochs: self.epochs.unwrap_or(if linear { 5_000 } else { 20 }),
            batch_size: self.batch_size.unwrap_or(if linear { 200 } else { 32 }),
            learning_rate: self.learning_rate.unwrap_or(if linear { 0.4 } else { 1.5 }),
            schedule: self.schedule.unwrap_or(Schedule::Constant),
            optimizer,
            // The lecture's 1.5 without momentum diverges on the arc for one seed in ten.
            momentum: self.momentum.unwrap_or(if linear && sgd { 0.5 } else { 0.0 }),
            patience: self.patience,
            validation: self.validation.unwrap_or(if linear { 0 } else { 5_000 }),
            observations: self.observations,
            device: self.device.unwrap_or_default(),
            threads: self.threads.unwrap_or(0),
        };
        config.check()?;
        Ok(config)
    }
}

impl Config {
    fn check(&self) -> Result<(), Complaint> {
        check_seed(self.seed)?;
        if !(1..=1_000_000).contains(&self.epochs) {
            return Err(refused("epochs", self.epochs, "from 1 to 1,000,000"));
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(refused("learning-rate", self.learning_rate, "above 0 and finite"));
        }
        if !(0.0..1.0).contains(&self.momentum) {
            return Err(refused("momentum", self.momentum, "in [0, 1)"));
        }
        if self.momentum > 0.0 && self.optimizer == Optimizer::Adam {
            return Err(refused("momentum", self.momentum, "left out with --optimizer adam"));
        }
        if self.patience == Some(0) {
            return Err(refused("patience", 0, "1 or more"));
        }
        if self.batch_size == 0 {
            return Err(refused("batch-size", 0, "1 or more"));
        }
        if self.threads > 1_024 {
            return Err(refused("threads", self.threads, "at most 1,024"));
        }
        let fits = match self.model {
            Model::Stacked => self.data != Data::Arc,
            Model::Linear => self.data == Data::Arc,
        };
        if !fits {
            return Err(Complaint::new(format!(
                "the {} model has {} inputs and cannot be trained on {}",
                name(self.model),
                if self.model == Model::Linear { 3 } else { 784 },
                name(self.data)
            ))
            .hint(
                "the stacked model takes --data mnist or fashion-mnist, the linear one --data arc",
            )
            .code(2));
        }
        Ok(())
    }

    /// The plan of the training loop.
    pub fn plan(&self) -> Plan {
        Plan {
            epochs: self.epochs,
            seed: Seed(self.seed),
            rate: match self.schedule {
                Schedule::Constant => LearningRate::Constant { rate: self.learning_rate },
                Schedule::Cosine => LearningRate::Cosine {
                    rate: self.learning_rate,
                    last: 0.01 * self.learning_rate,
                    epochs: self.epochs,
                },
            },
            early_stopping: self
                .patience
                .map(|patience| EarlyStopping { patience, min_improvement: 0.0 }),
        }
    }

    /// The optimiser.
    pub fn optimizer(&self) -> OptimizerKind {
        match self.optimizer {
            Optimizer::Sgd => OptimizerKind::Sgd { momentum: self.momentum },
            Optimizer::Adam => OptimizerKind::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        }
    }
}

/// A choice as it is typed.
pub fn name(choice: impl ValueEnum) -> String {
    choice.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        for model in [Model::Stacked, Model::Linear] {
            let choices = Choices {
                model: Some(model),
                learning_rate: Some(0.1 + 0.2),
                patience: Some(3),
                ..Choices::default()
            };
            let config = choices.resolve().unwrap();
            let text = toml::to_string(&config).unwrap();
            assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
        }
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_the_defaults() {
        let file = parse::<Choices>("epochs = 7\nseed = 5").unwrap();
        let flags = Choices { seed: Some(9), ..Choices::default() };
        let config = flags.or(file).resolve().unwrap();
        assert_eq!((config.seed, config.epochs, config.batch_size), (9, 7, 32));
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        let refused = |text: &str| {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert_eq!(complaint.code, 2);
            complaint.message
        };
        for (text, range) in [
            ("epochs = 0", "from 1 to 1,000,000"),
            ("batch-size = 0", "1 or more"),
            ("learning-rate = -1.0", "above 0"),
            ("learning-rate = nan", "above 0"),
            ("learning-rate = inf", "above 0"),
            ("momentum = 1.0", "[0, 1)"),
            ("momentum = 0.5\noptimizer = 'adam'", "left out"),
            ("patience = 0", "1 or more"),
            ("threads = 5000", "1,024"),
            ("data = 'arc'", "784 inputs"),
            ("model = 'linear'\ndata = 'mnist'", "3 inputs"),
        ] {
            let message = refused(text);
            assert!(message.contains(range), "{text}: {message}");
        }
        assert!(parse::<Choices>("epoch = 3").unwrap_err().message.contains("epoch"));
        assert!(parse::<Choices>("epochs = -3").is_err());
    }

    #[test]
    fn a_smoke_run_is_short_gives_way_to_flags_and_comes_before_the_file() {
        let smoke = Choices::smoke(Model::Stacked);
        let file = parse::<Choices>("epochs = 20\nobservations = 55000").unwrap();
        let config = smoke.clone().or(file).resolve().unwrap();
        assert_eq!((config.epochs, config.observations), (2, Some(2_000)));
        let flags = Choices { epochs: Some(5), ..Choices::default() };
        assert_eq!(flags.or(smoke).resolve().unwrap().epochs, 5);
    }
}
