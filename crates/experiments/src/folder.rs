//! Run folders: made and opened with a way out where that fails, and left with a true status.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use runs::{Run, Status};
use terminal::{Complaint, is_closed_pipe};

use crate::place;

/// A new run folder below `out`.
///
/// # Errors
/// Where it cannot be made.
pub fn create(out: &Path, command: &str) -> anyhow::Result<Run> {
    Run::create(out, command).with_context(|| {
        Complaint::new(format!("no run folder can be made in {}", out.display()))
            .hint("name another folder with --out DIR")
    })
}

/// The folder of a run that is to go on.
///
/// # Errors
/// Where there is none, or another process writes it.
#[cfg(feature = "autoenc")]
pub fn open(folder: &Path, command: &str) -> anyhow::Result<Run> {
    let hint = format!("name a run folder that nothing writes, as --resume runs/{command}/latest");
    Run::open(folder).with_context(|| {
        Complaint::new(format!("there is no run to go on with in {}", folder.display())).hint(hint)
    })
}

/// Writes the error into the run's status, and a way out into the error where the disk is at fault.
pub fn failed(run: &Run, error: anyhow::Error, way_out: &str) -> anyhow::Error {
    // The error itself is what the user has to see, also where its trace cannot be left.
    let _ = run.status(&Status::Failed { error: format!("{error:#}") });
    let disk = error
        .chain()
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() != ErrorKind::BrokenPipe);
    if !disk || is_closed_pipe(&error) || error.downcast_ref::<Complaint>().is_some() {
        return error;
    }
    let folder = place::typed(run.dir());
    let complaint = Complaint::new(format!("the run in {folder} cannot be written"));
    error.context(complaint.hint(way_out))
}
