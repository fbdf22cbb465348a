//! Which files are wanted, from which mirror, and what to say if that fails.

use std::fmt::Write;
use std::path::Path;

use datasets::manifest::{Set, SetFile};
use terminal::{Complaint, is_closed_pipe, out};
use ureq::Agent;

use crate::part::Part;
use crate::progress::Progress;
use crate::transfer::{Failure, transfer};

/// Tries of one file at one mirror, as long as each brings something.
const TRIES: usize = 4;
/// What a file may have more than is known of it, so that another way of packing passes.
const SLACK: u64 = 1 << 16;

/// Brings the files of `set` into `folder`. `mirrors` replace the known ones if there are any.
///
/// # Errors
/// No mirror has a file, or the folder cannot be written: a [`Complaint`] says all of it.
pub fn run(
    agent: &Agent,
    set: &Set,
    folder: &Path,
    mirrors: &[String],
    force: bool,
) -> anyhow::Result<()> {
    let mirrors = if mirrors.is_empty() { &set.mirrors } else { mirrors };
    let mut mirrors: Vec<Mirror> = mirrors.iter().map(|m| Mirror::new(m)).collect();
    let (mut missing, mut causes) = (Vec::new(), Vec::new());
    for file in &set.files {
        if !force && is_there(file, folder)? {
            continue;
        }
        let fetched = fetch(agent, file, &mut mirrors, folder, force, &mut causes);
        if !fetched.map_err(|error| unwritable(set, folder, error))? {
            missing.push(file);
        }
    }
    if missing.is_empty() {
        return out::line(&format!("{} is complete in {}", set.name, folder.display()));
    }
    Err(no_mirror(set, folder, &mirrors, &missing, causes).into())
}

/// An address that holds files by their names.
struct Mirror {
    url: String,
    reachable: bool,
}

impl Mirror {
    fn new(url: &str) -> Self {
        let slash = if url.ends_with('/') { "" } else { "/" };
        Self { url: format!("{url}{slash}"), reachable: true }
    }
}

/// Whether the file is there and right. A wrong one is told of: it will be replaced.
fn is_there(file: &SetFile, folder: &Path) -> anyhow::Result<bool> {
    let Some(path) = file.locate(folder) else { return Ok(false) };
    match file.read(&path) {
        Ok(_) => {
            out::line(&format!("{} is already there", file.name))?;
            Ok(true)
        }
        Err(error) => {
            out::line(&format!("{}: to be replaced", chain(&error)))?;
            Ok(false)
        }
    }
}

/// Brings one file from the first mirror that has it; whether one had it.
fn fetch(
    agent: &Agent,
    file: &SetFile,
    mirrors: &mut [Mirror],
    folder: &Path,
    force: bool,
    causes: &mut Vec<String>,
) -> anyhow::Result<bool> {
    let mut part = Part::open(file, folder)?;
    if force {
        part.clear()?;
    }
    for mirror in mirrors.iter_mut().filter(|m| m.reachable) {
        let url = format!("{}{}", mirror.url, file.name);
        out::line(&format!("{} from {}", file.name, mirror.url))?;
        let right = from_mirror(agent, &url, &mut part, file, |failure| {
            if let Failure::Unreachable(_) = failure {
                mirror.reachable = false;
            }
            causes.push(format!("{url}: {}", reason(&failure)));
        })?;
        if right {
            let path = part.keep()?;
            out::line(&format!("  {}: SHA-256 is right", path.display()))?;
            return Ok(true);
        }
    }
    part.leave();
    Ok(false)
}

/// Tries one mirror until it has brought the right file or fails for good; whether it has.
fn from_mirror(
    agent: &Agent,
    url: &str,
    part: &mut Part<'_>,
    file: &SetFile,
    mut failed: impl FnMut(Failure),
) -> anyhow::Result<bool> {
    let limit = file.bytes.max(file.payload_bytes) + SLACK;
    let progress = Progress::new(&file.name, file.bytes);
    for _ in 0..TRIES {
        let continued = part.length() > 0;
        if continued {
            progress.at(part.length());
        }
        match transfer(agent, url, part, limit, &progress) {
            Ok(()) => match part.check() {
                Ok(()) => return Ok(true),
                Err(error) => {
                    part.clear()?;
                    failed(Failure::Refused(chain(&error)));
                    // Its beginning may have come from elsewhere: once more, from the start.
                    if !continued {
                        return Ok(false);
                    }
                }
            },
            Err(Failure::Local(error)) => return Err(error),
            Err(failure @ Failure::CutOff(_)) => failed(failure),
            Err(failure) => {
                failed(failure);
                return Ok(false);
            }
        }
    }
    Ok(false)
}

fn reason(failure: &Failure) -> String {
    match failure {
        Failure::Unreachable(told) | Failure::Refused(told) | Failure::CutOff(told) => told.clone(),
        Failure::Local(error) => error.to_string(),
    }
}

/// An error with what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {cause}");
        next = cause.source();
    }
    text
}

/// What stopped us here and not at a mirror.
fn unwritable(set: &Set, folder: &Path, error: anyhow::Error) -> anyhow::Error {
    if is_closed_pipe(&error) || error.is::<Complaint>() {
        return error;
    }
    let causes = error.chain().skip(1).map(ToString::to_string).collect();
    let hint = format!(
        "what was fetched so far stays; make room or let {} be written, or name another folder: \
         `cargo xtask fetch-data {} --to FOLDER`",
        folder.display(),
        set.name
    );
    Complaint::new(error.to_string()).causes(causes).hint(hint).into()
}

/// One message with all that is needed to bring the files in another way.
fn no_mirror(
    set: &Set,
    folder: &Path,
    mirrors: &[Mirror],
    missing: &[&SetFile],
    causes: Vec<String>,
) -> Complaint {
    let (n, all) = (missing.len(), set.files.len());
    let message = format!("{n} of the {all} files of {} could not be downloaded", set.title);
    let mut hint = format!(
        "get them in another way and put them, gzipped or not, into\n    {}\n  They are\n",
        folder.display()
    );
    for file in missing {
        let unpacked = file.payload_name();
        hint += &format!(
            "    {}  {} bytes, SHA-256\n      {}\n    or {unpacked}  {} bytes, SHA-256\n      {}\n",
            file.name, file.bytes, file.sha256, file.payload_bytes, file.payload_sha256
        );
    }
    hint += "  and can be had by their names from\n";
    for mirror in mirrors {
        hint += &format!("    {}\n", mirror.url);
    }
    hint += &format!("  Then `cargo xtask fetch-data {}` checks them. ", set.name);
    hint += "It also continues what was cut off.";
    Complaint::new(message).causes(causes).hint(hint)
}
