//! `mle-demo`: maximum likelihood on data from a known law of two parameters: the likelihood surface,
//! and estimates against sample size beside the bound of Cramér and Rao.
//!
//! `config` → `study` (one fit looked at closely, and `replications` of it at many sample sizes, of a
//! law in `families`) → `picture` (figures and report).

mod config;
mod families;
mod picture;
mod replications;
mod study;
mod words;

use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
use config::{Choices, Config};

const EXAMPLES: &str = "Examples:
  cargo xtask mle-demo                         200 observations of a gamma law
  cargo xtask mle-demo --family weibull --size 50
  cargo xtask mle-demo --family normal --parameters 3,0.5 --replications 5000
  cargo xtask mle-demo --smoke                 fewer replications of smaller samples
  cargo xtask mle-demo --config runs/mle-demo/latest/config.toml
                                               the same run again, bit for bit

True parameters where none are chosen, and their ranges:
  normal    0,1    mean ±1e6, standard deviation 1e-6 to 1e6
  gamma     2,1    shape 0.2 to 100, rate 1e-6 to 1e6
  weibull   1.5,2  shape 0.2 to 100, scale 1e-6 to 1e6
  beta      2,5    alpha and beta 1 to 100
  logistic  0,1    location ±1e6, scale 1e-6 to 1e6
The mean and the location are at most 10,000 scales from 0.

The run folder has config.toml, data.csv, estimates.csv, sizes.csv, replications.csv, figures and
report.html.";

/// The arguments of `mle-demo`.
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
    demonstration::run(&args.options, "mle-demo", &config, |run| estimate(&config, run))
}

/// Draws data, fits, draws figures and writes; returns what is to be said.
fn estimate(config: &Config, run: &Run) -> anyhow::Result<Vec<String>> {
    let study = families::study(config)?;
    run.write("data.csv", words::data_csv(&study))?;
    run.write("estimates.csv", words::estimates_csv(&study))?;
    run.write("sizes.csv", words::sizes_csv(&study))?;
    run.write("replications.csv", words::replications_csv(&study))?;
    picture::draw(run, config, &study)?;
    let mut lines = vec![words::headline(config, &study)];
    lines.extend(table::lines(&words::HEADERS, &words::rows(&study)));
    lines.extend(table::lines(&words::SIZE_HEADERS, &words::size_rows(&study)));
    lines.extend(words::warning(&study));
    Ok(lines)
}
