//! `random-walk-demo`: walkers on a lattice, the law of diffusion with its error, where they are in the
//! end, and when they come somewhere for the first time.
//!
//! `config` → `walked` (paths, spread, first passages and what is exact) → `words` (tables, files) and
//! `picture` (figures, report).

mod config;
mod picture;
mod walked;
mod words;

use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
use config::{Choices, Config};
use walked::Walked;

const EXAMPLES: &str = "Examples:
  cargo xtask random-walk-demo                 the lecture's walk: one step of ±1 with probability ½
  cargo xtask random-walk-demo --dimension 2
  cargo xtask random-walk-demo --dimension 3 --steps 10000
                                               one walker in three returns (Pólya)
  cargo xtask random-walk-demo --up 0.6 --stay 0.2 --target -5
                                               with drift and waiting, against the drift
  cargo xtask random-walk-demo --boundary reflecting --width 31
  cargo xtask random-walk-demo --smoke         fewer walkers and steps
  cargo xtask random-walk-demo --config runs/random-walk-demo/latest/config.toml
                                               the same run again, bit for bit

The run folder has config.toml, msd.csv, places.csv, passages.csv, figures and report.html.";

/// The arguments of `random-walk-demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, allow_negative_numbers = true)]
pub struct Args {
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    options: Options,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let choices = args.options.over(args.choices.clone(), Choices::smoke(), Choices::or)?;
    let config = choices.resolve()?;
    demonstration::run(&args.options, "random-walk-demo", &config, |run| walk(&config, run))
}

/// Walks, draws and writes; returns what is to be said.
fn walk(config: &Config, run: &Run) -> anyhow::Result<Vec<String>> {
    let walked = Walked::new(config)?;
    run.write("msd.csv", words::msd_csv(&walked))?;
    run.write("places.csv", words::places_csv(&walked))?;
    run.write("passages.csv", words::passages_csv(&walked))?;
    picture::draw(run, config, &walked)?;
    let mut lines = vec![words::headline(config)];
    lines.extend(table::lines(&words::HEADERS, &words::rows(config, &walked)));
    Ok(lines)
}
