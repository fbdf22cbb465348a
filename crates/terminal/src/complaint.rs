//! What goes wrong, and how it is told: `error:`, `caused by:`, `hint:`. Never a backtrace.

use std::fmt;
use std::io::{ErrorKind, Write, stderr};
use std::process::ExitCode;

/// An error with what led to it, a way out and an exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong.
    pub message: String,
    /// What led to it, where it is more than one error's chain of sources.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The exit code of the program, 1 to 255.
    pub code: u8,
}

impl Complaint {
    /// A complaint with exit code 1 and no hint.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), causes: Vec::new(), hint: None, code: 1 }
    }

    /// The same with what led to it, in order.
    #[must_use]
    pub fn causes(self, causes: Vec<String>) -> Self {
        Self { causes, ..self }
    }

    /// The same with a way out.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn code(self, code: u8) -> Self {
        Self { code, ..self }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Complaint {}

/// Prints the error and says with which code to end. A closed pipe is success; clap's own errors
/// (and its `--help`) are printed by clap.
pub fn report(error: &anyhow::Error) -> ExitCode {
    if let Some(error) = error.downcast_ref::<clap::Error>() {
        // A reader that went away cannot be told so.
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    if is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let _ = stderr().write_all(text(error).as_bytes());
    ExitCode::from(complaint(error).map_or(1, |c| c.code))
}

/// The complaint in an error: a context of it, or one of its sources.
fn complaint(error: &anyhow::Error) -> Option<&Complaint> {
    let context = error.downcast_ref::<Complaint>();
    context.or_else(|| error.chain().find_map(|e| e.downcast_ref::<Complaint>()))
}

/// Whether the reader of a pipe went away (`| head`): no fault of anybody's.
#[must_use]
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == ErrorKind::BrokenPipe)
}

fn text(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for (depth, cause) in error.chain().enumerate() {
        let label = if depth == 0 { "error" } else { "caused by" };
        text += &format!("{label}: {cause}\n");
    }
    if let Some(complaint) = complaint(error) {
        for cause in &complaint.causes {
            text += &format!("caused by: {cause}\n");
        }
        if let Some(hint) = &complaint.hint {
            text += &format!("hint: {hint}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Complaint, complaint, is_closed_pipe, text};
    use std::io::{Error, ErrorKind};

    #[test]
    fn the_chain_is_told_from_the_outside_in_and_the_hint_comes_last() {
        let inner = Complaint::new("no such file").hint("write it");
        let error = anyhow::Error::new(inner).context("cannot read the list");
        let expected = "error: cannot read the list\ncaused by: no such file\nhint: write it\n";
        assert_eq!(text(&error), expected);
    }

    #[test]
    fn a_complaint_may_be_the_context_of_another_error() {
        let outer = Complaint::new("no data").hint("fetch them").code(3);
        let error = anyhow::Error::new(Error::from(ErrorKind::NotFound)).context(outer);
        let expected = "error: no data\ncaused by: entity not found\nhint: fetch them\n";
        assert_eq!(text(&error), expected);
        assert_eq!(complaint(&error.context("more")).map(|c| c.code), Some(3));
    }

    #[test]
    fn several_causes_follow_their_error() {
        let causes = vec!["the first".to_owned(), "the second".to_owned()];
        let complaint = Complaint::new("no").causes(causes).hint("try");
        let told = "error: no\ncaused by: the first\ncaused by: the second\nhint: try\n";
        assert_eq!(text(&complaint.into()), told);
    }

    #[test]
    fn only_a_closed_pipe_is_a_success() {
        assert!(is_closed_pipe(&Error::from(ErrorKind::BrokenPipe).into()));
        assert!(!is_closed_pipe(&Error::from(ErrorKind::StorageFull).into()));
    }
}
