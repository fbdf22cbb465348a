//! The program of the experiments under a name that the tests can start.

use std::process::ExitCode;

fn main() -> ExitCode {
    experiments::main()
}
