//! `bayes-demo`: prior, likelihood and posterior of the lecture's mammography test.
//!
//! `config` → `findings` (Bayes' theorem on the test) and `sample` (women drawn one by one) → `picture`
//! (figures and report).

mod config;
mod findings;
mod picture;
mod sample;
mod words;

use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
use config::{Choices, Config};
use findings::Findings;
use sample::Sample;

const EXAMPLES: &str = "Examples:
  cargo xtask bayes-demo                       the lecture's mammography test
  cargo xtask bayes-demo --prevalence 0.05     where one woman in twenty has cancer
  cargo xtask bayes-demo --sensitivity 0.99 --false-alarm 0.01 --tests 5
  cargo xtask bayes-demo --smoke               fewer women are drawn
  cargo xtask bayes-demo --config runs/bayes-demo/latest/config.toml
                                               the same run again, bit for bit

The run folder has config.toml, numbers.csv, repeated.csv, prevalence.csv, sample.csv, figures and
report.html.";

/// The arguments of `bayes-demo`.
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
    demonstration::run(&args.options, "bayes-demo", &config, |run| work_out(&config, run))
}

/// Computes, draws and writes; returns what is to be said.
fn work_out(config: &Config, run: &Run) -> anyhow::Result<Vec<String>> {
    let findings = Findings::new(config)?;
    let sample = Sample::draw(config, findings.positive.cancer());
    run.write("numbers.csv", findings.numbers_csv())?;
    run.write("repeated.csv", findings.repeated_csv())?;
    run.write("prevalence.csv", findings.prevalence_csv())?;
    run.write("sample.csv", sample.csv())?;
    picture::draw(run, config, &findings, &sample)?;
    let mut lines = vec![findings.headline()];
    lines.extend(table::lines(&findings::HEADERS, &findings.rows()));
    lines.extend(table::lines(&findings::REPEATED_HEADERS, &findings.repeated_rows()));
    lines.push(findings.sentence());
    lines.push(sample.sentence());
    Ok(lines)
}
