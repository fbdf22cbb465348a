//! `gibbs-demo`: Gibbs sampling of the lecture's two-dimensional Gaussian, or one of more variables, from
//! its univariate conditionals, beside the exact values; and the lecture's listing as printed beside it.
//!
//! `config` → `chain` (what was sampled and measured: `estimates` beside `exact` values, and the
//! `listing`) → `picture` (figures and report).

mod chain;
mod config;
mod estimates;
mod exact;
mod listing;
mod picture;

use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
use chain::Sampled;
use config::{Choices, Config};

const EXAMPLES: &str = "Examples:
  cargo xtask gibbs-demo                       the lecture's example
  cargo xtask gibbs-demo --correlation 0.99    slower mixing, and error bars that say so
  cargo xtask gibbs-demo --dimension 10 --correlation 0.8 --chains 4
  cargo xtask gibbs-demo --start -5,5 --seed 7 --chains 4
  cargo xtask gibbs-demo --smoke               fewer sweeps
  cargo xtask gibbs-demo --config runs/gibbs-demo/latest/config.toml
                                               the same run again, bit for bit

The run folder has config.toml, draws.csv, summary.csv, figures and report.html, of two variables also
listing.csv.";

/// The arguments of `gibbs-demo`.
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
    demonstration::run(&args.options, "gibbs-demo", &config, |run| sample(&config, run))
}

/// Samples, draws and writes; returns what is to be said.
fn sample(config: &Config, run: &Run) -> anyhow::Result<Vec<String>> {
    let sampled = Sampled::new(config)?;
    run.write("draws.csv", sampled.draws_csv())?;
    run.write("summary.csv", sampled.summary_csv())?;
    if let Some(plane) = &sampled.plane {
        run.write("listing.csv", plane.listing.csv())?;
    }
    picture::draw(run, config, &sampled)?;
    let mut lines = vec![sampled.headline(config)];
    lines.extend(table::lines(&estimates::HEADERS, &sampled.rows()));
    lines.extend(sampled.others());
    if let Some(plane) = &sampled.plane {
        lines.extend(table::lines(&listing::HEADERS, &plane.listing.rows()));
    }
    lines.extend(sampled.warning());
    Ok(lines)
}
