//! The program as a newcomer meets it: help, a short run, what it leaves, messages with a way out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::fs;
use std::process::Stdio;

use tests::{Program, status};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ergodic");

#[test]
fn every_command_explains_itself_with_examples() {
    let program = Program::new(PROGRAM).unwrap();
    for command in [
        "train-ae",
        "accuracy",
        "gibbs-demo",
        "metropolis-demo",
        "tempering-demo",
        "bayes-demo",
        "mle-demo",
        "markov-demo",
        "random-walk-demo",
        "bench",
    ] {
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
    for name in ["path.png", "panels.png", "trace.svg", "ranks.svg", "pairs.png", "listing.png"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let draws = fs::read_to_string(run.join("draws.csv")).unwrap();
    assert_eq!(draws.lines().count(), 1 + 9_900);
}

#[test]
fn metropolis_demo_has_the_expected_acceptance_and_tells_what_not_to_believe() {
    let program = Program::new(PROGRAM).unwrap();
    let out = program.run("metropolis-demo --smoke").unwrap().succeeded().unwrap().stdout();
    let row = out.lines().find(|l| l.trim_start().starts_with("1.7 ")).unwrap();
    assert!(row.contains("31.5 %") && row.trim_end().ends_with("right"), "{out}");
    assert!(out.contains("inconclusive at scale 0.1 and"), "{out}");
    let run = program.latest("metropolis-demo").unwrap();
    for name in ["traces.png", "paths.png", "autocorrelation.svg", "ranks.svg", "efficiency.svg"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let draws = fs::read_to_string(run.join("draws.csv")).unwrap();
    assert_eq!(draws.lines().count(), 1 + 3 * 4 * 1_000);
    assert_eq!(status(&run).unwrap(), "finished");
}

#[test]
fn tempering_demo_finds_the_mode_that_a_plain_chain_never_sees() {
    let program = Program::new(PROGRAM).unwrap();
    let out = program.run("tempering-demo --smoke").unwrap().succeeded().unwrap().stdout();
    let weight = |kind: &str| {
        let name = format!("weight of the right mode, {kind}");
        let row = out.lines().find(|l| l.trim_start().starts_with(&name)).unwrap();
        row.trim_start()[name.len()..].split_whitespace().next().unwrap().parse::<f64>().unwrap()
    };
    assert_eq!(weight("plain"), 0.0, "{out}");
    assert!((weight("tempered") - 0.7).abs() < 0.3, "{out}");
    assert!(out.contains("no diagnostic sees a mode that no chain has visited"), "{out}");
    let run = program.latest("tempering-demo").unwrap();
    for name in ["traces.png", "histograms.svg", "ladder.png", "exchanges.svg", "ranks.svg"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    assert_eq!(fs::read_to_string(run.join("ladder.csv")).unwrap().lines().count(), 1 + 5);
    assert_eq!(status(&run).unwrap(), "finished");
}

#[test]
fn bayes_demo_says_three_percent_and_leaves_what_it_promises() {
    let program = Program::new(PROGRAM).unwrap();
    let out = program.run("bayes-demo --smoke").unwrap().succeeded().unwrap().stdout();
    let row =
        out.lines().find(|l| l.trim_start().starts_with("posterior p(h | positive)")).unwrap();
    assert!(row.contains("3.11 %") && row.contains("96.89 %"), "{out}");
    assert!(out.contains("of 103 with a positive finding 3 have cancer"), "{out}");
    let run = program.latest("bayes-demo").unwrap();
    for name in ["bayes.svg", "frequencies.png", "prevalence.svg", "repeated.svg", "sample.png"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let numbers = fs::read_to_string(run.join("numbers.csv")).unwrap();
    let row = numbers.lines().find(|l| l.starts_with("posterior after positive")).unwrap();
    let cancer: f64 = row.split(',').nth(1).unwrap().parse().unwrap();
    assert!((cancer - 8.0 / 257.0).abs() < 1e-15, "{cancer}");
    assert_eq!(status(&run).unwrap(), "finished");
}

#[test]
fn mle_demo_puts_estimates_beside_the_truth_and_the_bound() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("mle-demo --smoke --family weibull").unwrap().succeeded().unwrap();
    let out = ran.stdout();
    let rows: Vec<&str> = out.lines().filter(|l| l.trim_start().starts_with("shape")).collect();
    // One of the sample, and one for each of the sizes 10, 32, 100, 316, 1000.
    assert_eq!(rows.len(), 1 + 5, "{out}");
    let z: f64 = rows[0].split_whitespace().last().unwrap().parse().unwrap();
    assert!(z.abs() <= 5.0, "{out}");
    let run = program.latest("mle-demo").unwrap();
    for name in ["likelihood.png", "data.svg", "sizes.svg", "coverage.svg"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let replications = fs::read_to_string(run.join("replications.csv")).unwrap();
    assert_eq!(replications.lines().count(), 1 + 500);
    assert_eq!(status(&run).unwrap(), "finished");
}

#[test]
fn markov_demo_shows_the_way_to_equilibrium_and_reads_matrices() {
    let program = Program::new(PROGRAM).unwrap();
    let out = program.run("markov-demo --smoke").unwrap().succeeded().unwrap().stdout();
    assert!(out.contains("irreducible and aperiodic") && out.contains("1.42 steps"), "{out}");
    let run = program.latest("markov-demo").unwrap();
    for name in ["matrix.svg", "law.svg", "spectrum.svg", "distance.svg", "stationary.svg"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let laws = fs::read_to_string(run.join("laws.csv")).unwrap();
    assert_eq!(laws.lines().count(), 1 + 13);
    fs::write(program.folder().join("turned.txt"), "0.9 0.5\n0.1 0.5\n").unwrap();
    let ran = program.run("markov-demo --matrix turned.txt").unwrap();
    assert_eq!(ran.code(), Some(2));
    assert!(ran.stderr().contains("transpose"), "{}", ran.stderr());
}

#[test]
fn random_walk_demo_finds_the_law_of_diffusion() {
    let program = Program::new(PROGRAM).unwrap();
    let out = program.run("random-walk-demo --smoke").unwrap().succeeded().unwrap().stdout();
    let row = out.lines().find(|l| l.trim_start().starts_with("diffusion constant D")).unwrap();
    let z: f64 = row.split_whitespace().last().unwrap().parse().unwrap();
    assert!(z.abs() <= 5.0, "{out}");
    let run = program.latest("random-walk-demo").unwrap();
    for name in ["paths.png", "diffusion.svg", "distribution.svg", "passage.svg"] {
        assert!(run.join("figures").join(name).exists(), "{name}");
    }
    let passages = fs::read_to_string(run.join("passages.csv")).unwrap();
    assert_eq!(passages.lines().count(), 1 + 200);
    assert_eq!(status(&run).unwrap(), "finished");
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
        ("gibbs-demo --dimension 1", "from 2 to 50"),
        ("gibbs-demo --sweeps 1000000 --chains 60", "from 1 to 10"),
        ("metropolis-demo --scales 0", "one to six"),
        ("metropolis-demo --target banana --correlation 0.5", "left out"),
        ("tempering-demo --levels 1", "from 2 to 20"),
        ("tempering-demo --start middle", "both"),
        ("bayes-demo --prevalence 0", "below 1"),
        ("bayes-demo --sensitivity 2", "from 0 to 1"),
        ("bayes-demo --tests 0", "from 1 to 30"),
        ("mle-demo --family cauchy", "weibull"),
        ("mle-demo --parameters 1", "two numbers"),
        ("mle-demo --family beta --parameters 0.5,1", "from 1 to 100"),
        ("mle-demo --size 1", "from 10"),
        ("markov-demo --start 3", "from 0 to 2"),
        ("markov-demo --chain file", "--matrix"),
        ("markov-demo --states 5", "left out"),
        ("random-walk-demo --dimension 4", "1, 2 or 3"),
        ("random-walk-demo --width 9", "--boundary"),
        ("random-walk-demo --target 0", "not 0"),
        ("random-walk-demo --steps 1000000", "from 100 to 2000"),
        ("bench --rounds 0", "from 1 to 100"),
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
