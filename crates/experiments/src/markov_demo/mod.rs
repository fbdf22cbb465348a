//! `markov-demo`: a chain on a few states, looked at: its law against time, its spectrum, its way to
//! equilibrium, and long runs of it.
//!
//! `config` → `matrices` (the chain) → `looked` (numbers) → `words` (tables, files) and `picture`
//! (figures, report).

mod config;
mod looked;
mod matrices;
mod picture;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use runs::Run;

use crate::demonstration::{self, Options};
use crate::table;
use config::{Choices, Config};
use looked::Looked;

const EXAMPLES: &str = "Examples:
  cargo xtask markov-demo                      the weather: three states
  cargo xtask markov-demo --chain ring --states 20
                                               complex eigenvalues, no detailed balance
  cargo xtask markov-demo --chain metropolis --states 30
                                               two hills: a slow mode between them
  cargo xtask markov-demo --matrix mine.txt    a matrix of one's own
  cargo xtask markov-demo --smoke              shorter runs
  cargo xtask markov-demo --config runs/markov-demo/latest/config.toml
                                               the same run again, bit for bit

A file for --matrix has a line for each state to leave, with the probabilities of all destinations:
  # sun, clouds, rain
  0.7  0.2  0.1
  1/3  1/3  1/3
  0.2  0.4  0.4

The run folder has config.toml, laws.csv, spectrum.csv, states.csv, figures and report.html.";

/// The arguments of `markov-demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    choices: Choices,
    /// A transition matrix in a text file, a line for each row
    #[arg(long, value_name = "FILE")]
    matrix: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let matrix = args.matrix.as_deref().map(matrices::read).transpose()?;
    let flags = Choices { matrix, ..args.choices.clone() };
    let config = args.options.over(flags, Choices::smoke(), Choices::or)?.resolve()?;
    // Refused before anything is written.
    let w = matrices::matrix(&config)?;
    demonstration::run(&args.options, "markov-demo", &config, |run| {
        let looked = Looked::new(&config, w)?;
        told(&config, &looked, run)
    })
}

/// Draws and writes; returns what is to be said.
fn told(config: &Config, looked: &Looked, run: &Run) -> anyhow::Result<Vec<String>> {
    run.write("laws.csv", words::laws_csv(config, looked))?;
    run.write("spectrum.csv", words::spectrum_csv(looked))?;
    run.write("states.csv", words::states_csv(config, looked))?;
    picture::draw(run, config, looked)?;
    let mut lines = vec![words::headline(config, looked)];
    let facts: Vec<Vec<String>> =
        words::facts(looked).into_iter().map(|(name, value)| vec![name, value]).collect();
    lines.extend(table::lines(&["", ""], &facts).into_iter().skip(1));
    if looked.rest.is_some() && config.number() <= 20 {
        lines.extend(table::lines(&words::HEADERS, &words::rows(config, looked)));
    }
    Ok(lines)
}
