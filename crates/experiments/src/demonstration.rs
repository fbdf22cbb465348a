//! What all demonstrations do alike: flags, then a folder with the configuration, numbers, figures and
//! a report, and then lines that say what was found and where it is.

use std::path::PathBuf;
use std::process::ExitCode;

use runs::{Environment, Report, Run, Status};
use serde::{Serialize, de::DeserializeOwned};
use terminal::out;

use crate::{choices, folder, place};

/// The options of every demonstration.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Choices from a file, for example the config.toml of a run; flags come first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of run folders
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// A run of seconds: fewer draws, steps or replications
    #[arg(long)]
    smoke: bool,
}

impl Options {
    /// The flags over those of a smoke run, if it is one, over the choices of the file, if there is one.
    ///
    /// # Errors
    /// As [`choices::read`].
    pub fn over<C: Default + DeserializeOwned>(
        &self,
        flags: C,
        smoke: C,
        or: fn(C, C) -> C,
    ) -> anyhow::Result<C> {
        let file = self.config.as_deref().map(choices::read).transpose()?.unwrap_or_default();
        let smoke = if self.smoke { smoke } else { C::default() };
        Ok(or(or(flags, smoke), file))
    }
}

/// A run of `command` below the folder of `options`: `work` writes its numbers, figures and report, and returns the lines
/// to be said.
///
/// # Errors
/// Where the folder cannot be made or written, and what `work` says; the run's status tells it, too.
pub fn run(
    options: &Options,
    command: &str,
    config: &impl Serialize,
    work: impl FnOnce(&Run) -> anyhow::Result<Vec<String>>,
) -> anyhow::Result<ExitCode> {
    let run = folder::create(&options.out, command)?;
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
