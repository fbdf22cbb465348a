//! What the tests share: starting the program in a folder of its own and looking at what it leaves.

use std::ffi::OsStr;
use std::fs;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program in a temporary folder.
#[derive(Debug)]
pub struct Program {
    path: &'static str,
    folder: tempfile::TempDir,
}

impl Program {
    /// The program at `path`, in a folder of its own that goes away with the value.
    ///
    /// # Errors
    /// Where no folder can be made.
    pub fn new(path: &'static str) -> Result<Self> {
        Ok(Self { path, folder: tempfile::tempdir()? })
    }

    /// The folder in which the program runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with arguments, not yet started.
    #[must_use]
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(self.path);
        command.args(args).current_dir(self.folder()).stdin(Stdio::null());
        command.env("ERGODIC_ROOT", self.folder()).env_remove("RUST_BACKTRACE");
        command
    }

    /// Runs it on a line of arguments to its end.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn run(&self, line: &str) -> Result<Ran> {
        self.command(line.split_whitespace()).output().map(Ran)
    }

    /// The newest run folder of a command.
    ///
    /// # Errors
    /// Where there is none.
    pub fn latest(&self, command: &str) -> Result<PathBuf> {
        fs::canonicalize(self.folder().join("runs").join(command).join("latest"))
    }
}

/// A program that ended.
#[derive(Debug)]
pub struct Ran(Output);

impl Ran {
    /// What it wrote to standard output.
    #[must_use]
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// What it wrote to standard error.
    #[must_use]
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Its exit code; `None` where a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    /// Itself, if it succeeded.
    ///
    /// # Errors
    /// What it wrote, if it did not.
    pub fn succeeded(self) -> Result<Self> {
        if self.0.status.success() {
            Ok(self)
        } else {
            Err(Error::other(format!("{}: {}{}", self.0.status, self.stdout(), self.stderr())))
        }
    }
}

/// The bytes that have to be the same where two runs are the same run: metrics and weights.
///
/// # Errors
/// Where a file is missing.
pub fn results(run: &Path) -> Result<Vec<Vec<u8>>> {
    ["metrics.csv", "checkpoints/last/model.safetensors", "checkpoints/best/model.safetensors"]
        .iter()
        .map(|name| fs::read(run.join(name)))
        .collect()
}

/// The word under `status` in a run's `status.json`.
///
/// # Errors
/// Where the file is missing or not JSON.
pub fn status(run: &Path) -> Result<String> {
    let text = fs::read_to_string(run.join("status.json"))?;
    let json: serde_json::Value = serde_json::from_str(&text)?;
    Ok(json["status"].as_str().unwrap_or_default().to_owned())
}
