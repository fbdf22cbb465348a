//! Peers in Python: their scripts and pinned requirements lie in `tests/peers`.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context;
use clap::ValueEnum;
use serde::Deserialize;
use terminal::{Complaint, out};

use super::{Case, median};
use crate::place;

/// Somebody to be measured beside us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Peer {
    /// `MLPRegressor` of the same layers (ReLU in place of SELU, squared loss)
    #[value(name = "scikit-learn")]
    ScikitLearn,
    /// Eager PyTorch on the processor
    Pytorch,
    /// `scipy.stats`: log densities and draws
    Scipy,
}

const ALL: [Peer; 3] = [Peer::ScikitLearn, Peer::Pytorch, Peer::Scipy];

/// The named peers, or all of them.
pub fn chosen(named: &[Peer]) -> &[Peer] {
    if named.is_empty() { &ALL } else { named }
}

/// A peer whose virtual environment is there.
#[derive(Debug)]
pub struct Ready {
    pub peer: Peer,
    python: PathBuf,
    script: PathBuf,
}

/// A line that a peer's script prints for each case.
#[derive(Debug, Deserialize)]
struct Printed {
    what: String,
    version: String,
    seconds: Vec<f64>,
    items: usize,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::ScikitLearn => "scikit-learn",
            Self::Pytorch => "pytorch",
            Self::Scipy => "scipy",
        }
    }

    /// None is called as its package: Python would import the script in its place.
    fn script(self) -> &'static str {
        match self {
            Self::ScikitLearn => "scikit_learn.py",
            Self::Pytorch => "pytorch.py",
            Self::Scipy => "scipy_stats.py",
        }
    }

    /// Whether it trains autoencoders; one that does not has laws.
    pub fn trains(self) -> bool {
        self != Self::Scipy
    }

    /// What to know before its packages are fetched.
    fn size(self) -> &'static str {
        match self {
            Self::ScikitLearn | Self::Scipy => "about 0.2 GB",
            Self::Pytorch => {
                "about 7 GB, most of it GPU libraries that this measurement leaves idle"
            }
        }
    }
}

/// Makes the virtual environment of a peer where it is not there yet.
///
/// # Errors
/// Without python3, or where a package cannot be fetched.
pub fn prepare(peer: Peer) -> anyhow::Result<Ready> {
    let scripts = place::root().join("tests").join("peers");
    let folder = place::root().join("target").join("peers").join(peer.name());
    let requirements = scripts.join(format!("requirements-{}.txt", peer.name()));
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let pins = std::fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    // Written last, with what was asked for: an environment without it was left half-made, one with
    // other pins is old.
    let complete = folder.join("complete");
    if std::fs::read_to_string(&complete).ok().as_ref() != Some(&pins) {
        let (name, size) = (peer.name(), peer.size());
        out::line(&format!("fetching {name} ({size}) into {}", place::typed(&folder)))?;
        let system = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        succeed(Command::new(system).arg("-m").arg("venv").arg("--clear").arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        succeed(Command::new(&python).args(pip).arg(&requirements))?;
        std::fs::write(&complete, &pins).context("cannot finish the virtual environment")?;
    }
    let script = scripts.join(peer.script());
    Ok(Ready { peer, python, script })
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{command:?}");
    let hint = "peers need python3 with venv (set PYTHON to another one) and a package index";
    let failed =
        |why: String| anyhow::Error::new(Complaint::new(format!("`{shown}` {why}")).hint(hint));
    let status = command.status().map_err(|e| failed(format!("cannot be started: {e}")))?;
    if status.success() { Ok(()) } else { Err(failed(format!("failed ({status})"))) }
}

impl Ready {
    /// Runs the peer's script.
    ///
    /// # Errors
    /// Where it fails or prints something else than its lines.
    pub fn measure(&self, rounds: u64) -> anyhow::Result<Vec<Case>> {
        let name = self.peer.name();
        let mut command = Command::new(&self.python);
        command.arg(&self.script).arg("--rounds").arg(rounds.to_string());
        if self.peer.trains() {
            command.arg("--data").arg(place::data_set("mnist"));
        }
        command.stderr(Stdio::inherit());
        let output = command.output().with_context(|| format!("cannot start {name}"))?;
        if !output.status.success() {
            let message = format!("the script of {name} failed ({})", output.status);
            return Err(Complaint::new(message).into());
        }
        cases(&String::from_utf8_lossy(&output.stdout))
            .with_context(|| format!("the script of {name} printed something unexpected"))
    }
}

fn cases(text: &str) -> anyhow::Result<Vec<Case>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let printed: Printed = serde_json::from_str(line)?;
            Ok(Case {
                what: printed.what,
                who: printed.version,
                seconds: median(printed.seconds),
                items: printed.items,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{cases, chosen};

    #[test]
    fn a_script_prints_a_line_a_case() {
        let line = r#"{"what": "stacked, batch 32", "version": "torch 2.9",
            "seconds": [2.0, 3.0, 1.0], "items": 55000}"#
            .replace('\n', "");
        let read = cases(&line).unwrap();
        assert_eq!((read[0].what.as_str(), read[0].seconds), ("stacked, batch 32", 2.0));
        assert_eq!((read[0].who.as_str(), read[0].items), ("torch 2.9", 55_000));
        assert!(cases("Traceback").is_err());
        assert_eq!(chosen(&[]).len(), 3);
    }
}
