//! What a checkpoint of a training run holds, and whether it is one of *this* run.
//!
//! `model.safetensors` (PyTorch's names), `optimizer.safetensors`, `progress.json` (the loop) and
//! `identity.json` (what the run is: choices and data).

use std::path::Path;

use anyhow::Context;
use autoenc::Trainer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use terminal::Complaint;
use train::{Progress, checkpoint};

use super::config::{Config, Schedule};

const MODEL: &str = "model.safetensors";
const OPTIMIZER: &str = "optimizer.safetensors";
const PROGRESS: &str = "progress.json";
const IDENTITY: &str = "identity.json";

/// What decides the bits of a run: a checkpoint goes on only under the same identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    config: Config,
    data: Vec<(String, String)>,
}

impl Identity {
    /// The identity of a run. Where and how long it runs is no part of it.
    pub fn new(config: &Config, data: &[(String, String)]) -> Self {
        let mut config = config.clone();
        config.threads = 0;
        config.patience = None;
        if config.schedule == Schedule::Constant {
            config.epochs = 0;
        }
        Self { config, data: data.to_vec() }
    }

    /// The differences, one a line: `seed is 1 there and 2 here`.
    fn differences(&self, there: &Self) -> anyhow::Result<Vec<String>> {
        let values = |i: &Self| serde_json::to_value(&i.config);
        let (here, other) = (values(self)?, values(there)?);
        let mut lines: Vec<String> = here
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| other.get(name) != Some(value))
            .map(|(name, value)| {
                let there = other.get(name).unwrap_or(&Value::Null);
                format!("{name} is {there} there and {value} here")
            })
            .collect();
        if self.data != there.data {
            lines.push("the data files have other contents".to_owned());
        }
        Ok(lines)
    }
}

/// The files of a checkpoint in memory.
#[derive(Debug)]
pub struct Snapshot {
    model: Vec<u8>,
    optimizer: Vec<u8>,
    progress: Vec<u8>,
    identity: Vec<u8>,
}

impl Snapshot {
    /// What the trainer and the loop are now.
    ///
    /// # Errors
    /// Where the weights cannot be fetched from the device.
    pub fn take(
        trainer: &Trainer,
        progress: &Progress,
        identity: &Identity,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            model: trainer.weights()?,
            optimizer: trainer.optimizer_state()?,
            progress: serde_json::to_vec_pretty(progress)?,
            identity: serde_json::to_vec_pretty(identity)?,
        })
    }

    /// Writes it to a folder, whole or not at all.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let files: [(&str, &[u8]); 4] = [
            (MODEL, &self.model),
            (OPTIMIZER, &self.optimizer),
            (PROGRESS, &self.progress),
            (IDENTITY, &self.identity),
        ];
        checkpoint::save(folder, &files)
            .with_context(|| format!("cannot write the checkpoint {}", folder.display()))
    }
}

/// Loads a checkpoint into a trainer and returns where the loop was.
///
/// # Errors
/// A missing, half-written or changed checkpoint, or one of another run: nothing is loaded then.
pub fn restore(
    folder: &Path,
    trainer: &mut Trainer,
    identity: &Identity,
) -> anyhow::Result<Progress> {
    let what = || format!("cannot go on from the checkpoint {}", folder.display());
    let files = checkpoint::load(folder).with_context(what)?;
    let file = |name: &str| {
        files
            .get(name)
            .ok_or_else(|| Complaint::new(format!("{name} is missing")))
            .with_context(what)
    };
    let there: Identity = serde_json::from_slice(file(IDENTITY)?).with_context(what)?;
    let differences = identity.differences(&there)?;
    if !differences.is_empty() {
        let message = format!("it belongs to another run: {}", differences.join("; "));
        let hint = "resume with the choices and the data of the run itself, or start a new one";
        return Err(anyhow::Error::new(Complaint::new(message).hint(hint))).with_context(what);
    }
    let progress = serde_json::from_slice(file(PROGRESS)?).with_context(what)?;
    trainer.load(file(MODEL)?, Some(file(OPTIMIZER)?)).with_context(what)?;
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use super::Identity;
    use crate::train_ae::config::Choices;

    #[test]
    fn an_identity_is_what_decides_the_bits() {
        let config = Choices::default().resolve().unwrap();
        let data = [("images".to_owned(), "ab".to_owned())];
        let here = Identity::new(&config, &data);
        let mut longer = config.clone();
        longer.epochs += 5;
        longer.threads = 3;
        assert_eq!(here, Identity::new(&longer, &data));

        let mut other = config;
        other.seed = 2;
        let there = Identity::new(&other, &[]);
        let lines = here.differences(&there).unwrap();
        assert_eq!(lines, ["seed is 2 there and 1 here", "the data files have other contents"]);
    }
}
