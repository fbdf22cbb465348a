//! `tempering-demo`: two modes far apart, by a plain random walk and by parallel tempering.
//!
//! `config` → `ladders` (what was sampled and measured, on the law of `modes`) → `picture` (figures and
//! report).

mod config;
mod ladders;
mod modes;
mod picture;

use std::path::PathBuf;
use std::process::ExitCode;

use runs::Run;

use crate::{choices, demonstration, table};
use config::{Choices, Config};
use ladders::Study;

const EXAMPLES: &str = "Examples:
  cargo xtask tempering-demo                   modes at ±10, chains that all start in the left one
  cargo xtask tempering-demo --start both      chains in both modes, so that R-hat sees it
  cargo xtask tempering-demo --levels 3        a ladder with a gap
  cargo xtask tempering-demo --distance 25 --levels 12 --ladder geometric
  cargo xtask tempering-demo --smoke           fewer draws
  cargo xtask tempering-demo --config runs/tempering-demo/latest/config.toml
                                               the same run again, bit for bit

The run folder has config.toml, draws.csv, ladder.csv, figures and report.html.";

/// The arguments of `tempering-demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, allow_negative_numbers = true)]
pub struct Args {
    #[command(flatten)]
    choices: Choices,
    /// Choices from a file, for example the config.toml of a run; flags come first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of run folders
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Fewer draws
    #[arg(long)]
    smoke: bool,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let file = args.config.as_deref().map(choices::read).transpose()?.unwrap_or_default();
    let smoke = if args.smoke { Choices::smoke() } else { Choices::default() };
    let config = args.choices.clone().or(smoke).or(file).resolve()?;
    demonstration::run(&args.out, "tempering-demo", &config, |run| sample(&config, run))
}

/// Samples, draws and writes; returns what is to be said.
fn sample(config: &Config, run: &Run) -> anyhow::Result<Vec<String>> {
    let study = Study::new(config)?;
    run.write("draws.csv", study.draws_csv())?;
    run.write("ladder.csv", study.ladder_csv())?;
    picture::draw(run, config, &study)?;
    let mut lines = vec![format!(
        "two modes at ±{}, weight of the left one {}, chains that start in {}: chains: {}, draws of each: \
         {}, plain and with {} levels",
        config.distance,
        config.weight,
        config.start.mode(),
        config.chains,
        config.draws,
        config.levels
    )];
    lines.extend(table::lines(&ladders::HEADERS, &study.rows()));
    lines.extend(table::lines(&ladders::PAIR_HEADERS, &study.pair_rows()));
    lines.extend(study.sentences());
    Ok(lines)
}
