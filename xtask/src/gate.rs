//! The tests, and the whole gate: one check after the other, and a table of how they went.

use std::time::{Duration, Instant};

use anyhow::Context;
use clap::ValueEnum;
use terminal::{Complaint, out};

use crate::cli::Check;
use crate::step::Step;
use crate::{book, route, tidy};

/// Runs the tests, with their output as it comes, and says at the end what was run.
///
/// # Errors
///
/// A test fails, or they cannot be built or run.
pub fn test(step: &Step) -> anyhow::Result<()> {
    let begun = Instant::now();
    let (output, failure) = step.tee()?;
    let tally = Tally::of(&String::from_utf8_lossy(&output));
    out::line(&format!("\n`{step}`: {tally}, {}", seconds(begun.elapsed())))?;
    failure.map_or(Ok(()), |complaint| Err(complaint.into()))
}

/// Runs the named checks in their order, all of them if none is named.
///
/// # Errors
///
/// A check fails: the complaint names each that did.
pub fn ci(checks: &[Check], fail_fast: bool) -> anyhow::Result<()> {
    let checks = if checks.is_empty() { Check::value_variants() } else { checks };
    let mut rows = Vec::new();
    for &check in checks {
        out::line(&format!("\n== {}: {}", name(check), about(check)))?;
        let begun = Instant::now();
        let outcome = outcome(carry_out(check))?;
        let row = Row { check, outcome, took: begun.elapsed() };
        out::line(&row.to_string())?;
        let failed = row.outcome.is_failure();
        rows.push(row);
        if failed && fail_fast {
            break;
        }
    }
    let left = checks.len() - rows.len();
    out::lines(&table(&rows, left))?;
    verdict(&rows)
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    /// A tool that it needs is not installed.
    Skipped(String),
}

impl Outcome {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

struct Row {
    check: Check,
    outcome: Outcome,
    took: Duration,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (word, why) = match &self.outcome {
            Outcome::Passed => ("passed", ""),
            Outcome::Failed(why) => ("FAILED", why.as_str()),
            Outcome::Skipped(why) => ("skipped", why.as_str()),
        };
        let line = format!("{:8}{word:9}{:>8}  {why}", name(self.check), seconds(self.took));
        f.write_str(line.trim_end())
    }
}

/// Does the check. A tool that is missing is a reason to skip, not an error.
fn carry_out(check: Check) -> anyhow::Result<Option<String>> {
    match check {
        Check::Test => test(&tests())?,
        Check::Tidy => tidy::run(crate::root())?,
        Check::Book => match book::installed(crate::root()) {
            Some(mdbook) => mdbook.run()?,
            None => return Ok(Some("mdbook is not installed: `cargo xtask book` does it".into())),
        },
        Check::Deny if !Step::cargo(&["deny", "--version"]).in_root().succeeds() => {
            let reason = "cargo-deny is not installed: `cargo install cargo-deny --locked` does it";
            return Ok(Some(reason.into()));
        }
        Check::Fmt | Check::Clippy | Check::Doc | Check::Deny => {
            command(check).context("the check has no command")?.run()?;
        }
    }
    Ok(None)
}

/// All tests, as the gate runs them.
fn tests() -> Step {
    route::test(&["--locked".into()])
}

/// The command that a check is, where it is one. A Cargo.lock that is not up to date is a fault,
/// not to be mended silently.
///
/// Only clippy and rustdoc are told to deny warnings, each by a flag of its own: `RUSTFLAGS` would
/// have every dependency built once more.
fn command(check: Check) -> Option<Step> {
    let step = match check {
        Check::Fmt => Step::cargo(&["fmt", "--all", "--check"]),
        Check::Clippy => {
            let lints = ["--", "-D", "warnings"];
            Step::cargo(&["clippy", "--locked", "--workspace", "--all-targets"]).args(&lints)
        }
        Check::Doc => Step::cargo(&["doc", "--locked", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
        // Advisories come from the network and change by the day: no part of the gate.
        Check::Deny => Step::cargo(&["deny", "--locked", "--all-features", "check"])
            .args(&["bans", "licenses", "sources"]),
        Check::Test | Check::Tidy | Check::Book => return None,
    };
    Some(step.in_root())
}

fn outcome(result: anyhow::Result<Option<String>>) -> anyhow::Result<Outcome> {
    match result {
        Ok(None) => Ok(Outcome::Passed),
        Ok(Some(reason)) => Ok(Outcome::Skipped(reason)),
        // Whoever read our output has gone: that is no check's fault.
        Err(error) if terminal::is_closed_pipe(&error) => Err(error),
        Err(error) => Ok(Outcome::Failed(format!("{error:#}"))),
    }
}

fn table(rows: &[Row], left: usize) -> Vec<String> {
    let mut lines = vec![String::new(), "== the gate".to_owned()];
    lines.extend(rows.iter().map(ToString::to_string));
    if left > 0 {
        lines.push(format!("({left} not run)"));
    }
    lines
}

fn verdict(rows: &[Row]) -> anyhow::Result<()> {
    let failed = rows.iter().filter(|row| row.outcome.is_failure());
    let failed: Vec<_> = failed.map(|row| name(row.check)).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let message =
        format!("{} of {} checks failed: {}", failed.len(), rows.len(), failed.join(", "));
    let hint = format!("`cargo xtask ci {}` runs what failed again", failed.join(" "));
    Err(Complaint::new(message).hint(hint).into())
}

fn name(check: Check) -> String {
    check.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default()
}

fn about(check: Check) -> String {
    let help = check.to_possible_value().and_then(|v| v.get_help().map(ToString::to_string));
    help.unwrap_or_default()
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

/// What the programs of tests say at their ends, added up.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    programs: usize,
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Tally {
    /// Reads lines as `test result: ok. 31 passed; 0 failed; 0 ignored; …`.
    fn of(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines().filter_map(|line| line.strip_prefix("test result: ")) {
            let count = |word: &str| {
                let counts = line.split(['.', ';']).filter_map(|part| part.trim().split_once(' '));
                counts.filter(|(_, w)| *w == word).find_map(|(n, _)| n.parse::<usize>().ok())
            };
            tally.programs += 1;
            tally.passed += count("passed").unwrap_or(0);
            tally.failed += count("failed").unwrap_or(0);
            tally.ignored += count("ignored").unwrap_or(0);
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { programs, passed, failed, ignored } = self;
        write!(
            f,
            "{passed} tests passed, {failed} failed, {ignored} ignored in {programs} programs"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::ValueEnum;
    use terminal::Complaint;

    use super::{Outcome, Row, Tally, command, name, outcome, table, tests, verdict};
    use crate::cli::Check;

    fn rows() -> Vec<Row> {
        let took = Duration::from_millis(1250);
        vec![
            Row { check: Check::Fmt, outcome: Outcome::Passed, took },
            Row { check: Check::Clippy, outcome: Outcome::Failed("a lint".into()), took },
            Row { check: Check::Deny, outcome: Outcome::Skipped("no tool".into()), took },
        ]
    }

    #[test]
    fn the_table_has_a_line_for_each_check() {
        let expected = [
            "",
            "== the gate",
            "fmt     passed      1.2 s",
            "clippy  FAILED      1.2 s  a lint",
            "deny    skipped     1.2 s  no tool",
            "(4 not run)",
        ];
        assert_eq!(table(&rows(), 4), expected);
    }

    #[test]
    fn one_failure_fails_the_gate_and_a_skipped_check_does_not() {
        let complaint = verdict(&rows()).unwrap_err().downcast::<Complaint>().unwrap();
        assert_eq!(complaint.message, "1 of 3 checks failed: clippy");
        assert!(complaint.hint.unwrap().contains("cargo xtask ci clippy") && complaint.code != 0);
        let good: Vec<_> = rows().into_iter().filter(|r| !r.outcome.is_failure()).collect();
        assert!(verdict(&good).is_ok());
    }

    #[test]
    fn errors_are_failures_and_a_closed_pipe_is_none() {
        let failed = outcome(Err(anyhow::anyhow!("inner").context("outer"))).unwrap();
        assert_eq!(failed, Outcome::Failed("outer: inner".into()));
        let closed = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(outcome(Err(closed.into())).is_err());
    }

    #[test]
    fn every_check_that_is_a_command_denies_what_it_finds() {
        let text = |check| command(check).map(|step| step.to_string());
        assert_eq!(text(Check::Fmt).unwrap(), "cargo fmt --all --check");
        let clippy = "cargo clippy --locked --workspace --all-targets -- -D warnings";
        assert_eq!(text(Check::Clippy).unwrap(), clippy);
        let doc = "RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps";
        assert_eq!(text(Check::Doc).unwrap(), doc);
        let deny = "cargo deny --locked --all-features check bans licenses sources";
        assert_eq!(text(Check::Deny).unwrap(), deny);
        assert_eq!(tests().to_string(), "cargo test --workspace --locked");
        let order: Vec<_> = Check::value_variants().iter().map(|c| name(*c)).collect();
        assert_eq!(order, ["fmt", "clippy", "test", "doc", "tidy", "deny", "book"]);
    }

    #[test]
    fn the_results_of_test_programs_are_added_up() {
        let output = "running 2 tests\n\
            test result: ok. 31 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.13s\n\
            test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished\n";
        let expected = Tally { programs: 2, passed: 33, failed: 3, ignored: 1 };
        assert_eq!(Tally::of(output), expected);
        let text = "33 tests passed, 3 failed, 1 ignored in 2 programs";
        assert_eq!(expected.to_string(), text);
    }
}
