//! The runner's own commands. Experiments have names of their own and pass through.

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

/// Runs experiments, tests and checks of the workspace.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true,
    allow_external_subcommands = true,
    arg_required_else_help = true,
    override_usage = "cargo xtask <EXPERIMENT> [ARGS]...\n       cargo xtask <COMMAND> [ARGS]...",
    after_help = "Examples:\n  \
        cargo xtask list                    every experiment and command, a line each\n  \
        cargo xtask gibbs-demo              an experiment by its name\n  \
        cargo xtask train-ae --smoke        an experiment with its options\n  \
        cargo xtask train-ae --device cuda  built with the cargo feature that it needs\n  \
        cargo xtask train-ae --help         its options, with examples\n  \
        cargo xtask bench --micro           the benchmarks of single functions\n  \
        cargo xtask test                    all tests\n\n\
        Paths are relative to where you call it; runs are left in ./runs there."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Name every experiment and command, a line each
    #[command(after_help = "Examples:\n  cargo xtask list\n  cargo xtask list | grep gibbs")]
    List,

    /// Run the tests: `cargo test`, of the whole workspace unless a package is named
    #[command(after_help = "Examples:\n  \
        cargo xtask test                        everything\n  \
        cargo xtask test -p mcmc                one crate\n  \
        cargo xtask test -p mcmc gibbs          the tests whose name contains `gibbs`\n  \
        cargo xtask test -- --nocapture         options of the test program")]
    Test {
        /// Passed on to `cargo test`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },

    /// Run the whole gate: format, lints, tests, documentation, tidiness, bans, book
    #[command(after_help = "Examples:\n  \
        cargo xtask ci                  every check, in order\n  \
        cargo xtask ci fmt clippy tidy  only these, in this order\n  \
        cargo xtask ci --fail-fast      stop at the first that fails")]
    Ci {
        /// Only these checks, in this order
        #[arg(value_enum)]
        checks: Vec<Check>,
        /// Stop at the first check that fails
        #[arg(long)]
        fail_fast: bool,
    },

    /// Check what the compiler does not: dependency directions, files, links, labels
    #[command(after_help = "It reads files and `cargo metadata`, and builds nothing.\n\n\
        Examples:\n  cargo xtask tidy")]
    Tidy,

    /// Plant bugs in the samplers, one at a time, and see whether the tests catch each
    #[command(
        after_help = "The bugs are listed in crates/mcmc/mutants.txt. It takes some minutes.\n\n\
        Examples:\n  \
        cargo xtask mutants                   all of them\n  \
        cargo xtask mutants no-hastings-term  one of them\n  \
        cargo xtask mutants --write           all, and the page of the book"
    )]
    Mutants {
        /// Write the table into the book: docs/src/planted-bugs.md
        #[arg(long, conflicts_with = "only")]
        write: bool,
        /// Only these bugs
        #[arg(value_name = "BUG")]
        only: Vec<String>,
    },

    /// Build the book into docs/book (installs mdbook into .tools on first use)
    #[command(after_help = "Examples:\n  cargo xtask book\n  cargo xtask book --open")]
    Book {
        /// Open it in the browser afterwards
        #[arg(long)]
        open: bool,
    },

    /// Download a data set from its mirrors, with SHA-256 checks
    // Help is the program's: it has the options.
    #[command(disable_help_flag = true)]
    FetchData {
        /// The data set's name and options, passed on
        #[arg(
            value_name = "NAME",
            required = true,
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        args: Vec<OsString>,
    },

    /// Measure throughput: each model and batch size, and peers in other languages
    // Help is the program's: it has the options. With `--micro` it is this one.
    #[command(
        disable_help_flag = true,
        override_usage = "cargo xtask bench [OPTIONS]\n       cargo xtask bench --micro [ARGS]...",
        after_help = "Examples:\n  \
        cargo xtask bench --micro       the benchmarks of single functions\n  \
        cargo xtask bench --micro gemm  those of them whose name contains `gemm`\n  \
        cargo xtask bench --help        the options without `--micro`"
    )]
    Bench {
        /// Run the benchmarks of single functions (`cargo bench`) in place of whole models
        #[arg(long)]
        micro: bool,
        /// With `--micro`, passed on to the programs of the benchmarks
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },

    /// The name of an experiment and its arguments
    #[command(external_subcommand)]
    Experiment(Vec<OsString>),
}

/// The checks of the gate, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Check {
    /// Formatting: `cargo fmt --all --check`
    Fmt,
    /// Lints: `cargo clippy --workspace --all-targets`, warnings denied
    Clippy,
    /// Tests: `cargo test --workspace`
    Test,
    /// Documentation of every public item: `cargo doc`, warnings denied
    Doc,
    /// What the compiler does not check: `cargo xtask tidy`
    Tidy,
    /// Banned crates, licences, sources: `cargo deny check`, where cargo-deny is installed
    Deny,
    /// The book: `mdbook build docs`, where mdbook is installed
    Book,
}
