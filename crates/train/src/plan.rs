//! What is to be done: epochs, seed, learning rate, when to give up.

use std::f64::consts::PI;

use prob_core::Seed;
use serde::{Deserialize, Serialize};

use crate::Error;

/// The learning rate as a function of the epoch.
///
/// ```
/// use train::LearningRate;
///
/// let rate = LearningRate::Cosine { rate: 1.0, last: 0.0, epochs: 10 };
/// assert_eq!(rate.at(0.0), 1.0);
/// assert!((rate.at(5.0) - 0.5).abs() < 1e-15);
/// assert_eq!(rate.at(20.0), 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LearningRate {
    /// The same at all times.
    Constant {
        /// The rate, above 0.
        rate: f64,
    },
    /// `rate · decay^epoch`.
    Exponential {
        /// The rate at the start, above 0.
        rate: f64,
        /// The factor per epoch, in (0, 1].
        decay: f64,
    },
    /// Half a wave of a cosine from `rate` down to `last` after `epochs`, constant from there on
    /// (Loshchilov and Hutter 2017).
    Cosine {
        /// The rate at the start, above 0.
        rate: f64,
        /// The rate at the end, from 0 to `rate`.
        last: f64,
        /// Epochs from the one to the other, at least 1.
        epochs: u64,
    },
}

impl LearningRate {
    /// The rate at a time in epochs; 2.5 is the middle of the third epoch.
    #[must_use]
    pub fn at(self, epoch: f64) -> f64 {
        match self {
            Self::Constant { rate } => rate,
            Self::Exponential { rate, decay } => rate * decay.powf(epoch),
            Self::Cosine { rate, last, epochs } => {
                let part = (epoch / epochs as f64).min(1.0);
                last + (rate - last) * 0.5 * (1.0 + (PI * part).cos())
            }
        }
    }

    /// Refuses values outside their ranges.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], with the range.
    pub fn check(self) -> Result<(), Error> {
        let (Self::Constant { rate } | Self::Exponential { rate, .. } | Self::Cosine { rate, .. }) =
            self;
        within("learning rate", rate, rate > 0.0 && rate.is_finite(), "above 0 and finite")?;
        match self {
            Self::Constant { .. } => Ok(()),
            Self::Exponential { decay, .. } => {
                let fits = decay > 0.0 && decay <= 1.0;
                within("decay of the learning rate", decay, fits, "above 0 and at most 1")
            }
            Self::Cosine { last, epochs, .. } => {
                let fits = (0.0..=rate).contains(&last);
                within("last learning rate", last, fits, "from 0 to the first one")?;
                let name = "number of epochs of the learning rate";
                within(name, epochs as f64, epochs > 0, "at least 1")
            }
        }
    }
}

/// Ends training when the loss stops falling: the validation loss, or the training loss without
/// validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs in a row without improvement that end training, at least 1.
    pub patience: u64,
    /// What the loss has to fall by to count as improved, at least 0.
    #[serde(default)]
    pub min_improvement: f64,
}

/// What [`fit`](crate::fit) is to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plan {
    /// Passes over the training data, 1 to [`Plan::MOST_EPOCHS`].
    pub epochs: u64,
    /// The generator of step `s` (from 0) is `seed.stream("batch", s)`.
    pub seed: Seed,
    /// The learning rate.
    pub rate: LearningRate,
    /// When to give up before the last epoch.
    #[serde(default)]
    pub early_stopping: Option<EarlyStopping>,
}

impl Plan {
    /// The largest number of epochs that is taken for meant.
    pub const MOST_EPOCHS: u64 = 1_000_000;

    /// Refuses values outside their ranges.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], with the range.
    pub fn check(&self) -> Result<(), Error> {
        let fits = (1..=Self::MOST_EPOCHS).contains(&self.epochs);
        within("number of epochs", self.epochs as f64, fits, "from 1 to 1000000")?;
        self.rate.check()?;
        let Some(EarlyStopping { patience, min_improvement }) = self.early_stopping else {
            return Ok(());
        };
        within("patience", patience as f64, patience > 0, "at least 1")?;
        let fits = min_improvement >= 0.0 && min_improvement.is_finite();
        within("smallest improvement", min_improvement, fits, "at least 0 and finite")
    }
}

fn within(name: &'static str, value: f64, fits: bool, range: &'static str) -> Result<(), Error> {
    if fits { Ok(()) } else { Err(Error::OutOfRange { name, value, range }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_follow_their_formulas() {
        assert_eq!(LearningRate::Constant { rate: 1.5 }.at(7.25), 1.5);
        let falling = LearningRate::Exponential { rate: 0.8, decay: 0.5 };
        assert!((falling.at(0.5) - 0.8 * 0.5f64.sqrt()).abs() < 1e-15);
        assert!((falling.at(3.0) - 0.1).abs() < 1e-15);
        let wave = LearningRate::Cosine { rate: 1.0, last: 0.2, epochs: 3 };
        // 0.2 + 0.8 (1 + cos(π/3)) / 2 = 0.8
        assert!((wave.at(1.0) - 0.8).abs() < 1e-15);
        assert_eq!((wave.at(3.0), wave.at(9.0)), (0.2, 0.2));
    }

    #[test]
    fn values_outside_their_ranges_are_named() {
        let plan = |rate| Plan { epochs: 1, seed: Seed(0), rate, early_stopping: None };
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(plan(LearningRate::Constant { rate: bad }).check().is_err());
        }
        let bad = [
            LearningRate::Exponential { rate: 1.0, decay: 1.5 },
            LearningRate::Exponential { rate: 1.0, decay: f64::NAN },
            LearningRate::Cosine { rate: 1.0, last: 2.0, epochs: 1 },
            LearningRate::Cosine { rate: 1.0, last: 0.0, epochs: 0 },
        ];
        assert!(bad.iter().all(|rate| plan(*rate).check().is_err()));
        let good = plan(LearningRate::Constant { rate: 1e6 });
        assert!(good.check().is_ok());
        for epochs in [0, Plan::MOST_EPOCHS + 1] {
            let message = Plan { epochs, ..good }.check().unwrap_err().to_string();
            assert!(message.contains("from 1 to 1000000"), "{message}");
        }
        for (patience, min_improvement) in [(0, 0.0), (1, -1.0), (1, f64::NAN)] {
            let early_stopping = Some(EarlyStopping { patience, min_improvement });
            assert!(Plan { early_stopping, ..good }.check().is_err());
        }
    }

    #[test]
    fn plans_are_written_and_read_back() {
        let plan = Plan {
            epochs: 3,
            seed: Seed(7),
            rate: LearningRate::Cosine { rate: 0.1, last: 0.01, epochs: 3 },
            early_stopping: Some(EarlyStopping { patience: 2, min_improvement: 1e-3 }),
        };
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
        assert!(text.contains(r#""name":"cosine""#), "{text}");
    }
}
