//! The names of the experiments and where their arguments are.

use clap::{Parser, Subcommand};

use crate::{
    accuracy, bayes_demo, gibbs_demo, markov_demo, metropolis_demo, mle_demo, random_walk_demo,
    tempering_demo,
};
#[cfg(feature = "autoenc")]
use crate::{bench, train_ae};

/// Runs one experiment and leaves a folder with its configuration, numbers, figures and a report.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true,
    version,
    max_term_width = 100
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
#[cfg_attr(
    not(feature = "autoenc"),
    allow(clippy::enum_variant_names, reason = "without what learns, demonstrations are left")
)]
pub enum Command {
    /// How far the laws are from exact values, as a table
    Accuracy(accuracy::Args),
    /// Train an autoencoder: the stacked one on MNIST, or the linear one beside PCA
    #[cfg(feature = "autoenc")]
    TrainAe(train_ae::Args),
    /// Bayes' theorem on the lecture's mammography test: prior, likelihood, posterior
    BayesDemo(bayes_demo::Args),
    /// Gibbs sampling of the lecture's two-dimensional Gaussian, beside the exact values
    GibbsDemo(gibbs_demo::Args),
    /// A Markov chain: its law against time, its spectrum, its way to equilibrium
    MarkovDemo(markov_demo::Args),
    /// Random-walk Metropolis with steps that are too small, right and too large
    MetropolisDemo(metropolis_demo::Args),
    /// Maximum likelihood: the surface, confidence regions, errors against sample size
    MleDemo(mle_demo::Args),
    /// Random walks: paths, the law of diffusion with its error, first passages
    RandomWalkDemo(random_walk_demo::Args),
    /// Two modes far apart: a plain random walk is stuck, parallel tempering is not
    TemperingDemo(tempering_demo::Args),
    /// Measure throughput: each model and batch size, and peers in other languages
    #[cfg(feature = "autoenc")]
    Bench(bench::Args),
}

#[cfg(all(test, feature = "autoenc"))]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_list_of_experiments_is_true() {
        let listed: Vec<String> = include_str!("../experiments.txt")
            .lines()
            .map(|line| line.replace("+autoenc", ""))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let mut known: Vec<String> = Cli::command()
            .get_subcommands()
            .filter(|c| c.get_name() != "bench") // a command of the runner, not an experiment
            .map(|c| {
                format!("{} {}", c.get_name(), c.get_about().map(ToString::to_string).unwrap())
            })
            .collect();
        known.sort();
        assert_eq!(listed, known);
    }

    #[test]
    fn every_command_has_examples() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("cargo xtask {}", command.get_name())), "{help}");
        }
    }
}
