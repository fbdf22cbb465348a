//! The program as a newcomer meets it: help, a short run, what it leaves, messages with a way out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::fs;
use std::process::Stdio;

use tests::{Program, status};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ergodic");

#[test]
fn every_command_explains_itself_with_examples() {
    let program = Program::new(PROGRAM).unwrap();
    for command in ["train-ae", "gibbs-demo", "bench"] {
        let help = program.run(&format!("{command} --help")).unwrap().succeeded().unwrap();
        assert!(help.stdout().contains("Examples:"), "{}", help.stdout());
        assert!(help.stdout().contains(&format!("cargo xtask {command}")));
    }
    let unknown = program.run("trian-ae").unwrap();
    assert_eq!(unknown.code(), Some(2));
    assert!(unknown.stderr().contains("train-ae"), "{}", unknown.stderr());
}

#[test]
fn a_short_training_run_leaves_everything_it_promises() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("train-ae --smoke").unwrap().succeeded().unwrap();
    let lines: Vec<String> = ran.stdout().lines().map(str::to_owned).collect();
    assert_eq!(lines.iter().filter(|l| l.starts_with("epoch ")).count(), 2, "{lines:?}");
    assert!(lines.last().unwrap().starts_with("report: runs/train-ae/"), "{lines:?}");
    let run = program.latest("train-ae").unwrap();
    for name in [
        "config.toml",
        "environment.json",
        "metrics.jsonl",
        "checkpoints/last/model.safetensors",
        "checkpoints/last/optimizer.safetensors",
        "checkpoints/best/model.safetensors",
        "figures/curves.png",
        "figures/curves.svg",
        "figures/reconstructions.png",
        "report.html",
    ] {
        assert!(run.join(name).metadata().is_ok_and(|m| m.len() > 0), "{name} is missing");
    }
    assert_eq!(status(&run).unwrap(), "finished");
    let metrics = fs::read_to_string(run.join("metrics.csv")).unwrap();
    let head = metrics.lines().next().unwrap();
    assert_eq!(head, "epoch,step,loss,accuracy,val_loss,val_accuracy");
    assert_eq!(metrics.lines().count(), 3);
    let events = fs::read_dir(&run).unwrap().filter_map(Result::ok);
    assert!(events.map(|e| e.file_name()).any(|n| n.to_string_lossy().contains("tfevents")));
    let report = fs::read_to_string(run.join("report.html")).unwrap();
    assert!(!report.contains("http://") && !report.contains("src=\"figures"), "self-contained");
}

/// For several seeds: each draws its points and its first weights.
#[test]
fn the_linear_model_reaches_principal_component_analysis() {
    let program = Program::new(PROGRAM).unwrap();
    for seed in [1, 4, 20, 22] {
        let line = format!("train-ae --model linear --seed {seed}");
        let out = program.run(&line).unwrap().succeeded().unwrap().stdout();
        let value = |name: &str| -> f64 {
            let line = out.lines().find(|l| l.starts_with(name)).unwrap();
            line.split_whitespace().last().unwrap().parse().unwrap()
        };
        let (loss, residual) = (value("mean squared error"), value("PCA residual"));
        assert!((loss - residual).abs() < 1e-4 * residual, "{out}");
        assert!(value("largest principal angle") < 1e-3, "{out}");
    }
    assert!(program.latest("train-ae").unwrap().join("figures/codings.png").exists());
}

#[test]
fn gibbs_demo_prints_estimates_beside_exact_values() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("gibbs-demo").unwrap().succeeded().unwrap();
    let out = ran.stdout();
    let row = out.lines().find(|l| l.trim_start().starts_with("correlation")).unwrap();
    let cells: Vec<f64> = row.split_whitespace().skip(1).map(|c| c.parse().unwrap()).collect();
    let [estimate, error, exact, z] = cells[..] else { panic!("{row}") };
    assert_eq!(exact, 0.5);
    // Rounded to four digits; |z| ≤ 5 has a false-alarm rate of 6e-7.
    assert!((estimate - exact).abs() < 5.0 * error + 1e-4 && z.abs() <= 5.0, "{row}");
    let run = program.latest("gibbs-demo").unwrap();
    for name in ["path.png", "panels.png", "trace.svg"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let draws = fs::read_to_string(run.join("draws.csv")).unwrap();
    assert_eq!(draws.lines().count(), 1 + 9_900);
}

#[test]
fn values_that_cannot_be_are_refused_with_their_range() {
    let program = Program::new(PROGRAM).unwrap();
    for (line, word) in [
        ("train-ae --epochs 0", "1,000,000"),
        ("train-ae --epochs -3", "--epochs"),
        ("train-ae --batch-size 0", "1 or more"),
        ("train-ae --batch-size 99999999", "55000"),
        ("train-ae --learning-rate -1", "above 0"),
        ("train-ae --learning-rate nan", "above 0"),
        ("train-ae --validation 60000", "60000"),
        ("train-ae --model resnet", "stacked"),
        ("train-ae --data arc", "784"),
        ("train-ae --device tpu", "cuda"),
        ("gibbs-demo --correlation 1", "below 1"),
        ("gibbs-demo --start 1", "two numbers"),
        ("gibbs-demo --sweeps 1000000 --chains 60", "from 1 to 10"),
        ("bench --epochs 0", "from 1 to 100"),
    ] {
        let ran = program.run(line).unwrap();
        assert_eq!(ran.code(), Some(2), "{line}: {}", ran.stderr());
        let message = ran.stderr();
        assert!(message.contains(word) && message.starts_with("error: "), "{line}: {message}");
        assert!(!message.contains("panicked"), "{line}: {message}");
    }
    assert!(!program.folder().join("runs").exists(), "nothing was begun");
}

#[test]
fn a_device_that_was_not_compiled_in_says_how_to_get_it() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("train-ae --smoke --device metal").unwrap();
    assert_eq!(ran.code(), Some(1));
    assert!(ran.stderr().contains("--device cpu"), "{}", ran.stderr());
}

#[test]
fn a_data_set_that_is_not_there_says_how_to_get_it() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("train-ae --data fashion-mnist --smoke").unwrap();
    assert_eq!(ran.code(), Some(1));
    assert!(ran.stderr().contains("cargo xtask fetch-data fashion-mnist"), "{}", ran.stderr());
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::io::{BufRead, BufReader, Read};
    let program = Program::new(PROGRAM).unwrap();
    let args = ["train-ae", "--smoke", "--epochs", "400"];
    let mut command = program.command(args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap(); // and drops it
    let mut message = String::new();
    child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert!(child.wait().unwrap().success(), "{message}");
    assert!(message.is_empty(), "{message}");
    assert_eq!(status(&program.latest("train-ae").unwrap()).unwrap(), "interrupted");
}
