//! Same seed, same bits: whatever the number of threads, in a repeated run, and in a run that was
//! killed and went on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use prob_core::Seed;
use rand::RngExt;
use tests::{Program, results, status};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ergodic");

/// Large enough for every product to be cut in two, small enough for seconds.
const SHORT: &str = "train-ae --observations 3000 --validation 1000 --epochs 3 --momentum 0.5 \
                     --learning-rate 0.5 --seed 11";

/// Long enough to be killed in the middle.
const LONG: &str = "train-ae --observations 2000 --validation 500 --epochs 80 --seed 5 \
                    --optimizer adam --learning-rate 0.001";

#[test]
fn threads_do_not_change_a_bit() {
    let program = Program::new(PROGRAM).unwrap();
    let mut seen = Vec::new();
    for threads in [1, 2, 5] {
        program.run(&format!("{SHORT} --threads {threads}")).unwrap().succeeded().unwrap();
        seen.push(results(&program.latest("train-ae").unwrap()).unwrap());
    }
    assert!(seen.iter().all(|r| *r == seen[0]));
}

#[test]
fn another_seed_is_another_run() {
    let program = Program::new(PROGRAM).unwrap();
    let mut seen = Vec::new();
    for seed in [1, 2] {
        let line = format!("train-ae --smoke --epochs 1 --seed {seed}");
        program.run(&line).unwrap().succeeded().unwrap();
        seen.push(results(&program.latest("train-ae").unwrap()).unwrap());
    }
    assert!(seen[0].iter().zip(&seen[1]).all(|(a, b)| a != b));
}

#[test]
fn the_configuration_of_a_run_repeats_it() {
    let program = Program::new(PROGRAM).unwrap();
    let demos = [
        ("gibbs-demo", "gibbs-demo --smoke --seed 3", "draws.csv"),
        ("metropolis-demo", "metropolis-demo --smoke --seed 3", "draws.csv"),
        ("tempering-demo", "tempering-demo --smoke --seed 3", "draws.csv"),
        ("bayes-demo", "bayes-demo --smoke --seed 3", "sample.csv"),
        ("mle-demo", "mle-demo --smoke --seed 3", "replications.csv"),
        ("markov-demo", "markov-demo --smoke --seed 3", "states.csv"),
        ("random-walk-demo", "random-walk-demo --smoke --seed 3", "msd.csv"),
    ];
    for (command, line, file) in demos.into_iter().chain([("train-ae", SHORT, "")]) {
        program.run(line).unwrap().succeeded().unwrap();
        let first = program.latest(command).unwrap();
        let again = format!("{command} --config {}", first.join("config.toml").display());
        program.run(&again).unwrap().succeeded().unwrap();
        let second = program.latest(command).unwrap();
        assert_ne!(first, second);
        if command == "train-ae" {
            assert_eq!(results(&first).unwrap(), results(&second).unwrap());
        } else {
            let numbers = |run: &Path| fs::read(run.join(file)).unwrap();
            assert_eq!(numbers(&first), numbers(&second));
        }
    }
}

/// Killed again and again, each time after another random while: in an epoch, in validation, while a
/// checkpoint is written. What is left is always enough to go on from.
#[test]
fn a_run_killed_at_random_steps_goes_on_as_if_nothing_had_happened() {
    let program = Program::new(PROGRAM).unwrap();
    program.run(LONG).unwrap().succeeded().unwrap();
    let whole = results(&program.latest("train-ae").unwrap()).unwrap();

    let mut random = Seed(6).stream("kill", 0);
    let mut child = start(&program, LONG);
    wait_for_epochs(&mut child, &program, 1);
    let mut kills = 0;
    let run = program.latest("train-ae").unwrap();
    let resume = format!("train-ae --resume {}", run.display());
    while kills < 6 {
        sleep(Duration::from_micros(random.random_range(0..150_000)));
        if child.try_wait().unwrap().is_some() {
            break; // It was faster than we: the kills so far have to do.
        }
        child.kill().unwrap(); // SIGKILL: nothing can be saved now
        child.wait().unwrap();
        if status(&run).unwrap() == "finished" {
            break;
        }
        assert_eq!(status(&run).unwrap(), "running", "nobody could say that it was killed");
        kills += 1;
        child = start(&program, &resume);
        wait_until_running(&mut child);
    }
    assert!(kills > 0, "it ended before it could be killed");
    let _ = child.kill();
    child.wait().unwrap();
    if status(&run).unwrap() != "finished" {
        program.run(&format!("{resume} --threads 3")).unwrap().succeeded().unwrap();
    }
    assert_eq!(results(&run).unwrap(), whole);
    assert_eq!(status(&run).unwrap(), "finished");
}

/// Between the last epoch and the report there is a moment too: the report is left to do.
#[test]
fn a_run_killed_before_its_report_gets_it_on_resuming() {
    let program = Program::new(PROGRAM).unwrap();
    program.run("train-ae --smoke").unwrap().succeeded().unwrap();
    let run = program.latest("train-ae").unwrap();
    let before = results(&run).unwrap();
    fs::remove_file(run.join("report.html")).unwrap();
    let text = fs::read_to_string(run.join("status.json")).unwrap();
    fs::write(run.join("status.json"), text.replace("finished", "running")).unwrap();
    let resume = format!("train-ae --resume {}", run.display());
    program.run(&resume).unwrap().succeeded().unwrap();
    assert!(run.join("report.html").exists());
    assert_eq!((results(&run).unwrap(), status(&run).unwrap().as_str()), (before, "finished"));
}

#[test]
fn a_run_that_stopped_early_goes_on_with_more_patience() {
    let program = Program::new(PROGRAM).unwrap();
    // Without much of a rate the loss hardly moves and with a large one it jumps: it soon stops.
    let line = "train-ae --smoke --epochs 60 --learning-rate 6 --patience";
    program.run(&format!("{line} 8")).unwrap().succeeded().unwrap();
    let patient = program.latest("train-ae").unwrap();
    program.run(&format!("{line} 1")).unwrap().succeeded().unwrap();
    let run = program.latest("train-ae").unwrap();
    let epochs =
        |run: &Path| fs::read_to_string(run.join("metrics.csv")).unwrap().lines().count() - 1;
    assert!(epochs(&run) < 60 && epochs(&run) < epochs(&patient), "it did not stop early");
    let resume = format!("train-ae --resume {} --patience 8", run.display());
    program.run(&resume).unwrap().succeeded().unwrap();
    assert_eq!(results(&run).unwrap(), results(&patient).unwrap());
}

#[test]
fn a_run_that_is_still_going_on_is_left_alone() {
    let program = Program::new(PROGRAM).unwrap();
    let mut child = start(&program, &format!("{LONG} --epochs 2000").replace("--epochs 80 ", ""));
    wait_for_epochs(&mut child, &program, 1);
    let run = program.latest("train-ae").unwrap();
    let ran = program.run(&format!("train-ae --resume {}", run.display())).unwrap();
    assert!(ran.code() == Some(1) && ran.stderr().contains("another process"), "{ran:?}");
    assert!(child.try_wait().unwrap().is_none(), "the refusal has ended the run");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_goes_on_from_the_middle_of_its_epoch() {
    use std::process::Command;
    let program = Program::new(PROGRAM).unwrap();
    program.run(LONG).unwrap().succeeded().unwrap();
    let whole = results(&program.latest("train-ae").unwrap()).unwrap();

    for (signal, epochs) in [("-INT", 1), ("-TERM", 4)] {
        let mut child = start(&program, LONG);
        wait_for_epochs(&mut child, &program, epochs);
        let kill = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let output = child.wait_with_output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(130), "{out}");
        let run = program.latest("train-ae").unwrap();
        assert_eq!(status(&run).unwrap(), "interrupted");
        let last = out.lines().last().unwrap();
        let resume = last.split('`').nth(1).unwrap().strip_prefix("cargo xtask ").unwrap();
        program.run(resume).unwrap().succeeded().unwrap();
        assert_eq!(results(&run).unwrap(), whole, "{signal}");
    }
}

#[test]
fn a_finished_run_can_be_made_longer() {
    let program = Program::new(PROGRAM).unwrap();
    let run = |epochs: u64| format!("train-ae --smoke --epochs {epochs}");
    program.run(&run(4)).unwrap().succeeded().unwrap();
    let whole = results(&program.latest("train-ae").unwrap()).unwrap();
    program.run(&run(2)).unwrap().succeeded().unwrap();
    let short = program.latest("train-ae").unwrap();
    let resume = format!("train-ae --resume {}", short.display());
    let refused = program.run(&resume).unwrap();
    assert!(refused.code() == Some(1) && refused.stderr().contains("--epochs 4"), "{refused:?}");
    assert_eq!(status(&short).unwrap(), "finished", "a refusal changes nothing");
    program.run(&format!("{resume} --epochs 4")).unwrap().succeeded().unwrap();
    assert_eq!(results(&short).unwrap(), whole);
}

fn start(program: &Program, line: &str) -> Child {
    let mut command = program.command(line.split_whitespace());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until a resumed run has said its first line: it has loaded its checkpoint then.
fn wait_until_running(child: &mut Child) {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
}

/// Waits until the run of `child` has more than `epochs` epochs in its metrics.
fn wait_for_epochs(child: &mut Child, program: &Program, epochs: usize) {
    let began = Instant::now();
    let before = program.latest("train-ae").ok();
    let resumed = before.as_ref().is_some_and(|run| status(run).is_ok_and(|s| s == "running"));
    loop {
        let run =
            program.latest("train-ae").ok().filter(|run| resumed || before.as_ref() != Some(run));
        let metrics = run.and_then(|run| fs::read_to_string(run.join("metrics.csv")).ok());
        if metrics.is_some_and(|m| m.lines().count() > epochs + 1) {
            return;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be stopped");
        assert!(began.elapsed() < Duration::from_secs(120), "it does not come forward");
        sleep(Duration::from_millis(2));
    }
}
