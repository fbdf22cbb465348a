//! `metropolis-demo`: random-walk Metropolis on a two-dimensional Gaussian, or a banana, with steps that
//! are too small, right and too large.
//!
//! `config` → `chains` (what was sampled from the `law` and measured) → `picture` (figures and report).

mod chains;
mod config;
mod law;
mod picture;

use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
use chains::Study;
use config::{Choices, Config};

const EXAMPLES: &str = "Examples:
  cargo xtask metropolis-demo                  steps that are too small, right and too large
  cargo xtask metropolis-demo --scales 0.3,1,3
  cargo xtask metropolis-demo --correlation 0.95 --draws 100000
  cargo xtask metropolis-demo --target banana --draws 100000
  cargo xtask metropolis-demo --smoke          fewer draws
  cargo xtask metropolis-demo --config runs/metropolis-demo/latest/config.toml
                                               the same run again, bit for bit

The run folder has config.toml, draws.csv, sweep.csv, figures and report.html. Times, and what is
measured a second, depend on the machine; nothing else does.";

/// The arguments of `metropolis-demo`.
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
    demonstration::run(&args.options, "metropolis-demo", &config, |run| sample(&config, run))
}

/// Samples, draws and writes; returns what is to be said.
fn sample(config: &Config, run: &Run) -> anyhow::Result<Vec<String>> {
    let study = Study::new(config)?;
    run.write("draws.csv", study.draws_csv())?;
    run.write("sweep.csv", study.sweep_csv())?;
    picture::draw(run, config, &study)?;
    let mut lines = vec![format!(
        "random-walk Metropolis on {}: chains: {}, draws of each: {}, burn-in {}",
        study.law.words(),
        config.chains,
        config.draws,
        config.burn_in
    )];
    lines.extend(table::lines(&chains::HEADERS, &study.rows()));
    lines.extend(table::lines(&chains::ESTIMATE_HEADERS, &study.estimate_rows()));
    lines.push(conclusion(&study));
    lines.extend(study.warning());
    Ok(lines)
}

/// Which scale is best, in a sentence.
fn conclusion(study: &Study) -> String {
    match study.best() {
        Some((scale, worth)) => format!(
            "of {} scales from 0.01 to 100 the best is {scale:.2}: 1,000 steps are worth {worth:.0} \
             independent draws",
            study.sweep.len()
        ),
        None => "no chain moved at any scale".to_owned(),
    }
}
