//! How a run stands.

use serde::{Deserialize, Serialize};

/// How a run stands: the file `status.json` says it, in these words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// It runs, or it was killed without being able to say so.
    Running,
    /// It came to its end.
    Finished,
    /// It was stopped and can be continued.
    Interrupted {
        /// The command that continues it.
        resume: String,
    },
    /// It stopped with an error.
    Failed {
        /// What went wrong.
        error: String,
    },
}

/// What `status.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub command: String,
    #[serde(flatten)]
    pub status: Status,
    /// UTC, RFC 3339.
    pub started: String,
    /// UTC, RFC 3339: when the status was written.
    pub updated: String,
}
