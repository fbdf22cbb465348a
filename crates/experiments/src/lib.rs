#![doc = include_str!("../README.md")]

mod accuracy;
mod bayes_demo;
#[cfg(feature = "autoenc")]
mod bench;
mod chain_panels;
mod choices;
mod cli;
mod demonstration;
mod drawn;
mod folder;
mod gibbs_demo;
#[cfg(feature = "autoenc")]
mod interrupt;
mod markov_demo;
mod metropolis_demo;
mod mle_demo;
mod place;
#[cfg(feature = "autoenc")]
mod progress;
mod random_walk_demo;
mod table;
mod tempering_demo;
#[cfg(feature = "autoenc")]
mod train_ae;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

/// The whole program: reads the arguments of the process, runs the experiment that they name, and
/// says with which code to end.
#[must_use]
pub fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => terminal::report(&error),
    }
}

fn run() -> anyhow::Result<ExitCode> {
    match Cli::try_parse()?.command {
        Command::Accuracy(args) => accuracy::run(&args),
        Command::BayesDemo(args) => bayes_demo::run(&args),
        Command::GibbsDemo(args) => gibbs_demo::run(&args),
        Command::MarkovDemo(args) => markov_demo::run(&args),
        Command::MetropolisDemo(args) => metropolis_demo::run(&args),
        Command::MleDemo(args) => mle_demo::run(&args),
        Command::RandomWalkDemo(args) => random_walk_demo::run(&args),
        Command::TemperingDemo(args) => tempering_demo::run(&args),
        #[cfg(feature = "autoenc")]
        Command::TrainAe(args) => train_ae::run(&args),
        #[cfg(feature = "autoenc")]
        Command::Bench(args) => bench::run(&args),
    }
}
