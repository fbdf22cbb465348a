//! Tests of the tests: bugs planted in `mcmc`, and whether its tests catch each of them.
//!
//! The bugs are named in one text file. With the cargo feature `mutants` the environment variable
//! `ERGODIC_MUTANT` switches one of them on, so that the test programs are built once and run with
//! each bug until one of them fails. What was found is a page of the book, too.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;
use terminal::{Complaint, out};

use crate::catalogue::{Entry, parse};
use crate::step::{Ended, Step};

/// A name, then what is wrong, a line each.
const BUGS: &str = include_str!("../../crates/mcmc/mutants.txt");
/// The crate with the bugs, below the root.
const CRATE: &str = "crates/mcmc";
/// A program that takes longer is caught in a loop that a bug made.
const LIMIT: Duration = Duration::from_secs(120);

/// The page of the book, below the root.
const PAGE: &str = "docs/src/planted-bugs.md";
/// How the page begins.
const HEAD: &str = "# Planted bugs\n\n\
    A test suite that passes says nothing until one has seen it fail. The bugs of this page are in the\n\
    source of `mcmc`, switched off by the compiler but for a build with the cargo feature `mutants`. The\n\
    command\n\n\
    ```sh\n\
    cargo xtask mutants --write\n\
    ```\n\n\
    switches on one after the other, runs the tests of the crate with each, and has written this page. The\n\
    last column names the first test that fails; there may be more.\n\n\
    ";
const TABLE: &str = "| bug | what is wrong | caught by |\n|---|---|---|\n";

/// A test program.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    name: String,
    path: PathBuf,
}

/// Plants every bug, or only those named, runs the tests with each, and says which were caught; `write`
/// leaves that in the book.
///
/// # Errors
///
/// An unknown name; tests that fail without any bug; a bug that no test catches.
pub fn run(only: &[String], write: bool) -> anyhow::Result<()> {
    let bugs = chosen(only)?;
    let programs = build()?;
    if let Some(failure) = first_failure(&programs, "")? {
        let message = format!("the tests fail with no bug planted: {failure}");
        return Err(Complaint::new(message).hint("`cargo xtask test -p mcmc` shows it").into());
    }
    let width = bugs.iter().map(|b| b.name.len()).max().unwrap_or(0);
    let (mut survivors, mut rows) = (Vec::new(), String::new());
    let begun = Instant::now();
    for bug in &bugs {
        let caught = first_failure(&programs, &bug.name)?;
        let by = caught.as_deref().unwrap_or("NOT CAUGHT");
        rows += &format!("| `{}` | {} | {by} |\n", bug.name, bug.about);
        out::line(&format!("{:width$}  {by}", bug.name))?;
        if caught.is_none() {
            survivors.push(bug.name.as_str());
        }
    }
    let score = format!("{} of {} planted bugs caught", bugs.len() - survivors.len(), bugs.len());
    if write {
        let page = crate::root().join(PAGE);
        std::fs::write(&page, format!("{HEAD}{score}.\n\n{TABLE}{rows}"))
            .with_context(|| format!("cannot write {}", page.display()))?;
    }
    out::line(&format!("\n{score} in {:.0} s", begun.elapsed().as_secs_f64()))?;
    if survivors.is_empty() {
        return Ok(());
    }
    let message = format!("{score}; not caught: {}", survivors.join(", "));
    Err(Complaint::new(message).hint("a test is missing that would fail with each of them").into())
}

/// The bugs with these names, all of them without any.
fn chosen(only: &[String]) -> Result<Vec<Entry>, Complaint> {
    let bugs = parse(BUGS);
    if let Some(name) = only.iter().find(|name| !bugs.iter().any(|b| b.name == **name)) {
        let names: Vec<_> = bugs.iter().map(|b| b.name.as_str()).collect();
        let complaint = Complaint::new(format!("no planted bug is called `{name}`"));
        return Err(complaint.hint(format!("they are: {}", names.join(", "))).code(2));
    }
    Ok(bugs.into_iter().filter(|b| only.is_empty() || only.contains(&b.name)).collect())
}

/// Builds the test programs with all bugs in them, switched off.
fn build() -> anyhow::Result<Vec<Program>> {
    let arguments = ["test", "--package", "mcmc", "--features", "mutants", "--lib", "--tests"];
    let report = ["--no-run", "--message-format=json-render-diagnostics"];
    let messages = Step::cargo(&arguments).args(&report).in_root().output()?;
    let mut programs: Vec<Program> =
        String::from_utf8_lossy(&messages).lines().filter_map(program).collect();
    programs.sort_by(|a, b| a.name.cmp(&b.name)); // cargo names them in the order of their end
    anyhow::ensure!(!programs.is_empty(), "cargo built no test program of {CRATE}");
    Ok(programs)
}

/// The test program that a message of cargo announces.
fn program(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    let path = message.get("executable")?.as_str()?.into();
    let name = message.get("target")?.get("name")?.as_str()?.to_owned();
    Some(Program { name, path })
}

/// The first test that fails with this bug planted, as `program: test`, or how the program ended.
fn first_failure(programs: &[Program], bug: &str) -> anyhow::Result<Option<String>> {
    for Program { name, path } in programs {
        let step = Step::new(path)
            .env("ERGODIC_MUTANT", bug)
            // What a property test finds with a bug planted is nothing to remember.
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .in_folder(crate::root().join(CRATE));
        let (output, ended) = step.run_within(LIMIT).with_context(|| format!("running {name}"))?;
        match ended {
            Ended::Well => {}
            Ended::Badly => {
                let test = failed_test(&output).unwrap_or("the program ended early");
                return Ok(Some(format!("{name}: {test}")));
            }
            Ended::Late => return Ok(Some(format!("{name}: no end in {} s", LIMIT.as_secs()))),
        }
    }
    Ok(None)
}

/// The first test that a test program's output calls failed.
fn failed_test(output: &str) -> Option<&str> {
    output.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{BUGS, CRATE, HEAD, PAGE, Program, chosen, failed_test, program};
    use crate::catalogue::parse;

    /// The names in the source files below a folder.
    fn planted(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                planted(&path, names);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                let calls = text.split("planted(").skip(1).filter_map(|rest| {
                    rest.trim_start().strip_prefix('"')?.split_once('"').map(|(name, _)| name)
                });
                names.extend(calls.map(str::to_owned));
            }
        }
    }

    #[test]
    fn the_list_has_every_bug_that_is_planted_and_no_other() {
        let mut names = BTreeSet::new();
        planted(&crate::root().join(CRATE).join("src"), &mut names);
        let listed: BTreeSet<String> = parse(BUGS).into_iter().map(|b| b.name).collect();
        assert_eq!(listed, names);
        assert!(listed.len() >= 30);
    }

    #[test]
    fn the_page_has_every_bug() {
        let page = std::fs::read_to_string(crate::root().join(PAGE)).unwrap();
        assert!(page.starts_with(HEAD), "`cargo xtask mutants --write` writes the page anew");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let names: Vec<&str> = rows.map(|(name, _)| name).collect();
        let listed = parse(BUGS);
        assert_eq!(names, listed.iter().map(|b| b.name.as_str()).collect::<Vec<_>>());
    }

    #[test]
    fn bugs_are_chosen_by_name_and_unknown_names_refused() {
        assert_eq!(chosen(&[]).unwrap().len(), parse(BUGS).len());
        let one = chosen(&["accept-always".into()]).unwrap();
        assert_eq!(one.iter().map(|b| b.name.as_str()).collect::<Vec<_>>(), ["accept-always"]);
        let refused = chosen(&["no-such-bug".into()]).unwrap_err();
        assert!(refused.message.contains("no-such-bug") && refused.code == 2);
    }

    #[test]
    fn programs_are_read_from_the_messages_of_cargo() {
        let message =
            r#"{"reason":"compiler-artifact","target":{"name":"gibbs"},"executable":"/t/g"}"#;
        let expected = Program { name: "gibbs".into(), path: "/t/g".into() };
        assert_eq!(program(message), Some(expected));
        assert_eq!(program(r#"{"target":{"name":"lib"},"executable":null}"#), None);
        assert_eq!(program("warning: text"), None);
    }

    #[test]
    fn the_failed_test_is_named() {
        let output = "running 2 tests\ntest a ... ok\ntest b::c ... FAILED\n";
        assert_eq!(failed_test(output), Some("b::c"));
        assert_eq!(failed_test("test a ... ok\n"), None);
    }
}
