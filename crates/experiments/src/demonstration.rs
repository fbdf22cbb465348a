//! What all demonstrations do alike: flags, then a folder with the configuration, numbers, figures and
//! a report, and then lines that say what was found and where it is.

use std::path::Path;
use std::process::ExitCode;

use runs::{Environment, Report, Run, Status};
use serde::Serialize;
use terminal::out;

use crate::{folder, place};

/// A run of `command` below `out`: `work` writes its numbers, figures and report, and returns the lines
/// to be said.
///
/// # Errors
/// Where the folder cannot be made or written, and what `work` says; the run's status tells it, too.
pub fn run(
    out: &Path,
    command: &str,
    config: &impl Serialize,
    work: impl FnOnce(&Run) -> anyhow::Result<Vec<String>>,
) -> anyhow::Result<ExitCode> {
    let run = folder::create(out, command)?;
    match finished(&run, config, work) {
        Ok(lines) => out::lines(&lines)?,
        Err(error) => return Err(folder::failed(&run, error, "make room, or name another --out")),
    }
    Ok(ExitCode::SUCCESS)
}

fn finished(
    run: &Run,
    config: &impl Serialize,
    work: impl FnOnce(&Run) -> anyhow::Result<Vec<String>>,
) -> anyhow::Result<Vec<String>> {
    run.write_toml("config.toml", config)?;
    let threads = rayon::current_num_threads();
    run.write_json("environment.json", &Environment::capture(&[], &[], threads))?;
    let mut lines = work(run)?;
    run.status(&Status::Finished)?;
    lines.push(format!("report: {}", place::typed(&run.path("report.html"))));
    Ok(lines)
}

/// Ends the report with how to have the run again, and writes it.
///
/// # Errors
/// Where the folder cannot be written.
pub fn report(
    run: &Run,
    command: &str,
    config: &impl Serialize,
    report: Report,
) -> anyhow::Result<()> {
    let again = format!("`cargo xtask {command} --config config.toml` with this `config.toml`:");
    let html =
        report.heading("Again").paragraph(&again).code(&toml::to_string_pretty(config)?).render();
    run.write("report.html", html)?;
    Ok(())
}
