//! From the arguments to what is to be done; nothing is started here.

use std::ffi::{OsStr, OsString};

use clap::{CommandFactory, Parser};
use terminal::Complaint;

use crate::catalogue;
use crate::cli::{Check, Cli, Command};
use crate::device;
use crate::step::Step;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// Print the list of names.
    List,
    /// Become this program: its exit code is ours and signals reach it.
    HandOver(Step),
    /// Run the tests and say at the end what was run.
    Test(Step),
    /// Run these checks; all of them if none is named.
    Ci { checks: Vec<Check>, fail_fast: bool },
    /// Plant bugs, all or those named, and see whether the tests catch them.
    Mutants { only: Vec<String>, write: bool },
    /// Run the workspace's own checks.
    Tidy,
    /// Build the book.
    Book { open: bool },
}

/// What the arguments (without the program's name) ask for.
///
/// # Errors
///
/// An unknown name, wrong options, or clap's way of asking for the help text to be printed.
pub fn route(args: Vec<OsString>) -> anyhow::Result<Plan> {
    let program = OsString::from("cargo xtask");
    let parsed = Cli::try_parse_from(std::iter::once(program).chain(help_last(args)))?;
    Ok(match parsed.command {
        Command::List => Plan::List,
        Command::Test { args } => Plan::Test(test(&args)),
        Command::Ci { checks, fail_fast } => Plan::Ci { checks, fail_fast },
        Command::Mutants { only, write } => Plan::Mutants { only, write },
        Command::Tidy => Plan::Tidy,
        Command::Book { open } => Plan::Book { open },
        Command::FetchData { args } => Plan::HandOver(fetch_data(&args)),
        Command::Bench { micro: true, args } => Plan::HandOver(micro_benchmarks(&args)?),
        Command::Bench { micro: false, args } => Plan::HandOver(experiments("bench", true, &args)),
        Command::Experiment(words) => match words.split_first() {
            Some((name, args)) => Plan::HandOver(experiment(name, args)?),
            None => {
                return Err(Cli::command()
                    .error(clap::error::ErrorKind::MissingSubcommand, "no name")
                    .into());
            }
        },
    })
}

/// `help NAME` is `NAME --help`.
fn help_last(mut args: Vec<OsString>) -> Vec<OsString> {
    if args.first().is_some_and(|a| a == "help") {
        args.rotate_left(1);
        if let Some(last) = args.last_mut() {
            *last = "--help".into();
        }
    }
    args
}

/// All tests, of the whole workspace unless the arguments name a package.
pub fn test(args: &[OsString]) -> Step {
    let selects = |a: &OsString| {
        let a = a.to_string_lossy();
        a == "--package" || a.starts_with("--package=") || (a.starts_with("-p") && a != "-")
    };
    let own = args.iter().take_while(|a| *a != "--").any(selects);
    let workspace: &[&str] = if own { &[] } else { &["--workspace"] };
    Step::cargo(&["test"]).args(workspace).args(args).in_root()
}

/// The program that downloads.
fn fetch_data(args: &[OsString]) -> Step {
    let build = ["run", "--quiet", "--release", "--package", "fetch", "--"];
    at_home(Step::cargo(&build).args(args))
}

/// The programs look for data sets, and ask for the revision, in the root of the workspace.
fn at_home(step: Step) -> Step {
    step.default_env("ERGODIC_ROOT", crate::root())
}

/// The benchmarks of single functions, in every crate that has some. Their help is the runner's:
/// each of the programs would be built first, and print its own.
fn micro_benchmarks(args: &[OsString]) -> Result<Step, clap::Error> {
    if args.iter().any(|a| a == "--help" || a == "-h") {
        let cli = Cli::command().mut_subcommand("bench", |bench| bench.disable_help_flag(false));
        cli.try_get_matches_from(["cargo xtask", "bench", "--help"])?;
    }
    let build = ["bench", "--workspace", "--bench", "*", "--"];
    Ok(Step::cargo(&build).args(args).in_root())
}

/// An experiment that the list names.
fn experiment(name: &OsStr, args: &[OsString]) -> anyhow::Result<Step> {
    let known = catalogue::experiments().into_iter().find(|e| name == e.name.as_str());
    match known {
        Some(entry) => Ok(experiments(&entry.name, entry.feature.is_some(), args)),
        None => Err(unknown(&name.to_string_lossy()).into()),
    }
}

fn unknown(name: &str) -> Complaint {
    let list = "`cargo xtask list` names every experiment and command";
    let hint = match catalogue::nearest(name) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list.to_owned(),
    };
    Complaint::new(format!("no experiment or command is called `{name}`")).hint(hint).code(2)
}

/// The `experiments` program with one of its commands. One that learns nothing is built without what
/// learning needs: in a minute, not in several.
fn experiments(name: &str, learns: bool, args: &[OsString]) -> Step {
    let mut build = vec!["run", "--release", "--package", "experiments"];
    if !learns {
        build.push("--no-default-features");
    }
    if let Some(feature) = device::feature(args) {
        build.extend(["--features", feature]);
    }
    build.extend(["--", name]);
    // candle's elementwise work would go to a spinning pool of its own beside rayon's.
    at_home(Step::cargo(&build).args(args)).default_env("CANDLE_NUM_THREADS", "1")
}

#[cfg(test)]
mod tests {
    use terminal::Complaint;

    use super::{Plan, route};
    use crate::cli::Check;

    fn plan(line: &str) -> Plan {
        route(words(line)).unwrap()
    }

    fn words(line: &str) -> Vec<std::ffi::OsString> {
        line.split_whitespace().map(Into::into).collect()
    }

    /// The command line that is handed over to.
    fn handed(line: &str) -> String {
        match plan(line) {
            Plan::HandOver(step) => step.to_string(),
            other => panic!("{line}: {other:?}"),
        }
    }

    fn tested(line: &str) -> String {
        match plan(line) {
            Plan::Test(step) => step.to_string(),
            other => panic!("{line}: {other:?}"),
        }
    }

    fn complaint(line: &str) -> Complaint {
        route(words(line)).unwrap_err().downcast().unwrap()
    }

    fn clap_error(line: &str) -> clap::Error {
        route(words(line)).unwrap_err().downcast().unwrap()
    }

    #[test]
    fn an_experiment_gets_its_arguments_as_they_stand() {
        assert_eq!(
            handed("train-ae --model linear --seed 7 -- x"),
            "cargo run --release --package experiments -- train-ae --model linear --seed 7 -- x"
        );
        assert_eq!(
            handed("gibbs-demo"),
            "cargo run --release --package experiments --no-default-features -- gibbs-demo"
        );
    }

    #[test]
    fn a_device_switches_its_feature_on() {
        assert_eq!(
            handed("train-ae --seed 1 --device cuda"),
            "cargo run --release --package experiments --features cuda \
             -- train-ae --seed 1 --device cuda"
        );
    }

    #[test]
    fn help_of_an_experiment_reaches_the_experiment() {
        let expected = "cargo run --release --package experiments -- train-ae --help";
        assert_eq!(handed("train-ae --help"), expected);
        assert_eq!(handed("help train-ae"), expected);
    }

    #[test]
    fn help_of_a_command_has_examples() {
        for name in ["list", "test", "ci", "tidy", "mutants", "book"] {
            let error = clap_error(&format!("{name} --help"));
            assert_eq!(error.exit_code(), 0, "{name}");
            assert!(error.to_string().contains(&format!("cargo xtask {name}")), "{name}: {error}");
            assert_eq!(error.to_string(), clap_error(&format!("help {name}")).to_string());
        }
        assert!(clap_error("--help").to_string().contains("Examples:"));
        assert_eq!(clap_error("help").to_string(), clap_error("--help").to_string());
    }

    #[test]
    fn help_of_a_program_behind_a_command_is_the_programs() {
        let bench = "cargo run --release --package experiments -- bench";
        let fetch = "cargo run --quiet --release --package fetch --";
        for (name, program) in [("bench", bench), ("fetch-data", fetch)] {
            assert_eq!(handed(&format!("{name} --help")), format!("{program} --help"));
            assert_eq!(handed(&format!("{name} -h")), format!("{program} -h"));
            assert_eq!(handed(&format!("help {name}")), format!("{program} --help"));
        }
        assert_eq!(handed("bench --only stacked --help"), format!("{bench} --only stacked --help"));
        assert_eq!(handed("fetch-data mnist --help"), format!("{fetch} mnist --help"));
    }

    #[test]
    fn help_of_the_benchmarks_of_functions_is_the_runners() {
        let help = clap_error("bench --micro --help");
        assert_eq!(help.exit_code(), 0);
        let text = help.to_string();
        assert!(
            text.contains("cargo xtask bench --micro gemm") && !text.contains("error"),
            "{text}"
        );
        for line in ["bench --micro -h", "bench --micro gemm --help", "help bench --micro"] {
            assert_eq!(clap_error(line).to_string(), text, "{line}");
        }
    }

    #[test]
    fn tests_are_those_of_the_workspace_unless_a_package_is_named() {
        assert_eq!(tested("test"), "cargo test --workspace");
        assert_eq!(tested("test gibbs"), "cargo test --workspace gibbs");
        assert_eq!(tested("test -p mcmc gibbs"), "cargo test -p mcmc gibbs");
        assert_eq!(tested("test --package=mcmc"), "cargo test --package=mcmc");
        assert_eq!(tested("test --release -- -p"), "cargo test --workspace --release -- -p");
    }

    #[test]
    fn data_and_benchmarks_go_to_their_programs() {
        assert_eq!(
            handed("fetch-data fashion-mnist --force"),
            "cargo run --quiet --release --package fetch -- fashion-mnist --force"
        );
        assert_eq!(
            handed("bench --peers --only stacked"),
            "cargo run --release --package experiments -- bench --peers --only stacked"
        );
        assert_eq!(handed("bench --micro gemm"), "cargo bench --workspace --bench '*' -- gemm");
        assert_eq!(handed("bench --micro --list"), "cargo bench --workspace --bench '*' -- --list");
        assert_eq!(clap_error("fetch-data").exit_code(), 2);
    }

    #[test]
    fn the_gate_takes_names_of_checks() {
        assert_eq!(plan("ci"), Plan::Ci { checks: vec![], fail_fast: false });
        let checks = vec![Check::Tidy, Check::Fmt];
        assert_eq!(plan("ci tidy fmt --fail-fast"), Plan::Ci { checks, fail_fast: true });
        assert_eq!(clap_error("ci everything").exit_code(), 2);
    }

    #[test]
    fn the_programs_are_told_where_the_workspace_is() {
        for line in ["gibbs-demo", "train-ae --smoke", "bench", "fetch-data mnist"] {
            let Plan::HandOver(step) = plan(line) else { panic!("{line}") };
            let root = step.default_of("ERGODIC_ROOT").map(std::path::Path::new).unwrap();
            assert!(root.join("xtask/Cargo.toml").is_file(), "{line}: {root:?}");
        }
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_one() {
        let near = complaint("trian-ae --seed 1");
        assert!(near.message.contains("`trian-ae`") && near.code == 2, "{near:?}");
        assert!(near.hint.unwrap().contains("did you mean `train-ae`?"));
        let far = complaint("quantum").hint.unwrap();
        assert!(far.contains("cargo xtask list") && !far.contains("did you mean"), "{far}");
    }
}
