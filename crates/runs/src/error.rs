//! What can go wrong with a run folder.

use std::io;
use std::path::{Path, PathBuf};

/// Why a run folder or a file in it could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused: no permission, no space, no such folder.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, as `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A value has no form in the file's format.
    #[error("{} cannot be written as {format}", path.display())]
    Format {
        /// The file that was to be written.
        path: PathBuf,
        /// JSON or TOML.
        format: &'static str,
        /// What the format's writer says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// `status.json` cannot be understood.
    #[error("{} is no status of a run", path.display())]
    Status {
        /// The file.
        path: PathBuf,
        /// Where and why reading it stopped.
        source: serde_json::Error,
    },
    /// A folder is no run folder.
    #[error("{} is no run folder: it has no status.json", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
    },
    /// A run is held by another [`Run`](crate::Run), here or in another process.
    #[error("another process is writing this run: {}", path.display())]
    InUse {
        /// The run folder.
        path: PathBuf,
    },
    /// The name of a command is no safe name of a folder.
    #[error(
        "the command is called {command:?}; small letters, digits and hyphens make a folder's name"
    )]
    Command {
        /// The name.
        command: String,
    },
    /// The name of a file leads out of the run folder.
    #[error("{name:?} is no name of a file inside a run folder: it must be relative, without `..`")]
    Name {
        /// The name.
        name: String,
    },
    /// A column of the metrics cannot be told from another one or breaks the table.
    #[error(
        "the metric's name {name:?} cannot be a column: it must differ from the others and from \
         `epoch` and `step`, and have letters, digits, `_`, `-`, `.` and `/` only"
    )]
    Column {
        /// The name.
        name: String,
    },
    /// A row of metrics has another number of values than the table has columns.
    #[error("epoch {epoch} has {found} metrics; there are {expected} columns")]
    Row {
        /// The epoch of the row.
        epoch: u64,
        /// Columns of the table.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
}

impl Error {
    /// For `map_err`: the operating system's complaint with what was tried and where.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
