//! Downloads data sets: the program behind `cargo xtask fetch-data`.

mod cli;
mod job;
mod part;
mod progress;
mod transfer;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

fn main() -> ExitCode {
    let done = cli::Cli::try_parse().map_err(Into::into).and_then(|cli| {
        let set = datasets::manifest::find(&cli.name)?;
        let agent = transfer::agent(Duration::from_secs(cli.timeout));
        job::run(&agent, &set, &cli.folder(), &cli.mirrors, cli.force)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => terminal::report(&error),
    }
}
