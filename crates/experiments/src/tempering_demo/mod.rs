//! `tempering-demo`: two modes far apart, by a plain random walk and by parallel tempering.
//!
//! `config` → `ladders` (what was sampled and measured, on the law of `modes`) → `picture` (figures and
//! report).

mod config;
mod ladders;
mod modes;
mod picture;

use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
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
    #[command(flatten)]
    options: Options,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let choices = args.options.over(args.choices.clone(), Choices::smoke(), Choices::or)?;
    let config = choices.resolve()?;
    demonstration::run(&args.options, "tempering-demo", &config, |run| sample(&config, run))
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
