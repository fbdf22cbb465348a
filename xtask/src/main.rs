//! The runner: `cargo xtask <name>`.
//!
//! It parses arguments and starts other programs; it links no numerics and compiles in seconds.
//! What to start is decided in [`route`], starting it is [`step`].

mod book;
mod catalogue;
mod cli;
mod device;
mod gate;
mod mutants;
mod route;
mod step;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

use terminal::out;

use crate::route::Plan;

/// The root of the workspace: the folder above this crate's.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn main() -> ExitCode {
    match route::route(std::env::args_os().skip(1).collect()).and_then(carry_out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => terminal::report(&error),
    }
}

fn carry_out(plan: Plan) -> anyhow::Result<()> {
    match plan {
        Plan::List => out::lines(&catalogue::list()),
        Plan::HandOver(step) => step.hand_over(),
        Plan::Test(step) => gate::test(&step),
        Plan::Ci { checks, fail_fast } => gate::ci(&checks, fail_fast),
        Plan::Mutants { only, write } => mutants::run(&only, write),
        Plan::Tidy => tidy::run(root()),
        Plan::Book { open } => book::build(root(), open),
    }
}
