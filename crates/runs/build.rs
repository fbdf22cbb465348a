//! Asks the compiler for its version, so that a run can say what built it.

use std::env;
use std::io::{Write, stdout};
use std::process::Command;

fn main() -> std::io::Result<()> {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = match Command::new(compiler).arg("--version").output() {
        Ok(answer) if answer.status.success() => answer.stdout,
        _ => b"unknown".to_vec(),
    };
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    let mut cargo = stdout();
    writeln!(cargo, "cargo:rerun-if-changed=build.rs")?;
    writeln!(cargo, "cargo:rerun-if-env-changed=RUSTC")?;
    writeln!(cargo, "cargo:rustc-env=RUNS_RUSTC={version}")
}
