//! `gibbs-demo`: Gibbs sampling of the lecture's two-dimensional Gaussian from its univariate
//! conditionals, beside the exact values.
//!
//! `config` → `chain` (what was sampled and measured) → `picture` (figures and report).

mod chain;
mod config;
mod picture;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use runs::{Environment, Run, Status};
use terminal::out;

use crate::{place, table};
use chain::Sampled;
use config::{Choices, Config};

const EXAMPLES: &str = "Examples:
  cargo xtask gibbs-demo                       the lecture's example
  cargo xtask gibbs-demo --correlation 0.99    slower mixing, and error bars that say so
  cargo xtask gibbs-demo --start -5,5 --seed 7 --chains 4
  cargo xtask gibbs-demo --smoke               fewer sweeps
  cargo xtask gibbs-demo --config runs/gibbs-demo/latest/config.toml
                                               the same run again, bit for bit

The run folder has config.toml, draws.csv, summary.csv, figures and report.html.";

/// The arguments of `gibbs-demo`.
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
    /// Fewer sweeps
    #[arg(long)]
    smoke: bool,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let file = match &args.config {
        Some(path) => {
            let read = || format!("cannot read the configuration {}", path.display());
            let text = std::fs::read_to_string(path).with_context(read)?;
            config::choices(&text).with_context(read)?
        }
        None => Choices::default(),
    };
    let choices = args.choices.clone().or(file);
    let config = if args.smoke { choices.smoke() } else { choices }.resolve()?;
    let run = Run::create(&args.out, "gibbs-demo")?;
    let result = sample(&config, &run);
    if let Err(error) = &result {
        // The error itself is what the user has to see, also where its trace cannot be left.
        let _ = run.status(&Status::Failed { error: format!("{error:#}") });
    }
    result
}

fn sample(config: &Config, run: &Run) -> anyhow::Result<ExitCode> {
    run.write_toml("config.toml", config)?;
    let threads = rayon::current_num_threads();
    run.write_json("environment.json", &Environment::capture(&[], &[], threads))?;
    let sampled = Sampled::new(config)?;
    run.write("draws.csv", sampled.draws_csv())?;
    run.write("summary.csv", sampled.summary_csv())?;
    picture::draw(run, config, &sampled)?;
    run.status(&Status::Finished)?;
    let mut lines = vec![sampled.headline(config)];
    lines.extend(table::text(&chain::HEADERS, &sampled.rows()).lines().map(str::to_owned));
    lines.extend(sampled.warning());
    lines.push(format!("report: {}", place::typed(&run.path("report.html"))));
    out::lines(&lines)?;
    Ok(ExitCode::SUCCESS)
}
