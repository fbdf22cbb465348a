//! What breaks around the program: checkpoints, data, folders, learning rates. One message with a way
//! out, an exit code that is not 0, nothing half-written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::fs;
use std::path::Path;

use tests::{Program, Ran, status};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ergodic");

fn trained() -> (Program, std::path::PathBuf) {
    let program = Program::new(PROGRAM).unwrap();
    program.run("train-ae --smoke --epochs 1").unwrap().succeeded().unwrap();
    let run = program.latest("train-ae").unwrap();
    (program, run)
}

/// A refusal: exit code 1 or 2, one message, no panic, no backtrace.
fn refused(ran: &Ran, word: &str) {
    let message = ran.stderr();
    assert!(matches!(ran.code(), Some(1 | 2)), "{:?}: {message}", ran.code());
    assert!(message.contains(word), "{word}: {message}");
    assert!(message.starts_with("error: ") && !message.contains("panicked"), "{message}");
    assert!(!message.contains("stack backtrace"), "{message}");
}

#[test]
fn a_loss_that_is_no_number_stops_with_its_place_and_the_last_good_checkpoint() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("train-ae --smoke --learning-rate 1e6").unwrap();
    refused(&ran, "loss");
    let message = ran.stderr();
    for word in ["epoch 1", "step", "--learning-rate", "checkpoints/last"] {
        assert!(message.contains(word), "{word}: {message}");
    }
    let run = program.latest("train-ae").unwrap();
    assert_eq!(status(&run).unwrap(), "failed");
    assert!(run.join("checkpoints/last/model.safetensors").exists());
}

#[test]
fn a_checkpoint_of_another_configuration_is_refused_by_the_difference() {
    let (program, run) = trained();
    let resume = format!("train-ae --epochs 3 --resume {}", run.display());
    let ran = program.run(&format!("{resume} --seed 2 --batch-size 16")).unwrap();
    refused(&ran, "seed is 1 there and 2 here");
    assert!(ran.stderr().contains("batch-size"), "{}", ran.stderr());
    let linear = format!("{resume} --model linear --data arc --validation 0 --observations 100");
    refused(&program.run(&linear).unwrap(), "model");
    // The refusals have changed nothing: the run itself goes on.
    program.run(&resume).unwrap().succeeded().unwrap();
}

#[test]
fn a_checkpoint_on_other_data_is_refused() {
    let (program, run) = trained();
    let file = run.join("checkpoints/last/identity.json");
    let text = fs::read_to_string(&file).unwrap();
    let sum = text.split('"').find(|w| w.len() == 64).unwrap().to_owned();
    rewrite(
        &run,
        "identity.json",
        text.replace(&sum, &sum.replace(char::is_numeric, "0")).as_bytes(),
    );
    let ran = program.run(&format!("train-ae --epochs 3 --resume {}", run.display())).unwrap();
    refused(&ran, "data");
}

#[test]
fn a_broken_checkpoint_is_found_out() {
    let (program, run) = trained();
    let last = run.join("checkpoints/last");
    let resume = format!("train-ae --epochs 3 --resume {}", run.display());
    for name in ["model.safetensors", "optimizer.safetensors", "progress.json"] {
        let whole = fs::read(last.join(name)).unwrap();
        let mut flipped = whole.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        for broken in [&whole[..whole.len() / 2], &flipped] {
            fs::write(last.join(name), broken).unwrap();
            refused(&program.run(&resume).unwrap(), name);
        }
        fs::remove_file(last.join(name)).unwrap();
        refused(&program.run(&resume).unwrap(), name);
        fs::write(last.join(name), &whole).unwrap();
    }
    program.run(&resume).unwrap().succeeded().unwrap();
}

#[test]
fn weights_of_another_model_under_a_right_sum_are_refused() {
    let (program, run) = trained();
    let weights = fs::read(run.join("checkpoints/last/optimizer.safetensors")).unwrap();
    rewrite(&run, "model.safetensors", &weights);
    let ran = program.run(&format!("train-ae --epochs 3 --resume {}", run.display())).unwrap();
    refused(&ran, "not those of this model");
}

/// Replaces a file of the last checkpoint as a program that knows its format would.
fn rewrite(run: &Path, name: &str, bytes: &[u8]) {
    let last = run.join("checkpoints/last");
    let mut files = train::checkpoint::load(&last).unwrap();
    files.insert(name.to_owned(), bytes.to_vec());
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    train::checkpoint::save(&last, &files).unwrap();
}

#[test]
fn a_folder_that_is_no_run_is_refused() {
    let program = Program::new(PROGRAM).unwrap();
    fs::create_dir(program.folder().join("empty")).unwrap();
    refused(&program.run("train-ae --resume empty").unwrap(), "empty");
    refused(&program.run("train-ae --resume nowhere").unwrap(), "nowhere");
}

#[test]
fn a_configuration_file_that_cannot_be_read_is_named() {
    let program = Program::new(PROGRAM).unwrap();
    refused(&program.run("train-ae --config none.toml").unwrap(), "none.toml");
    for (text, word) in [
        ("epochz = 3", "epochz"),
        ("epochs = \"many\"", "epochs"),
        ("epochs = 3\nepochs = 4", "epochs"),
        ("model = \"resnet\"", "stacked"),
        ("\u{0}", "bad.toml"),
    ] {
        fs::write(program.folder().join("bad.toml"), text).unwrap();
        refused(&program.run("train-ae --config bad.toml").unwrap(), word);
    }
}

#[test]
fn an_output_folder_that_cannot_be_made_is_named() {
    let program = Program::new(PROGRAM).unwrap();
    fs::write(program.folder().join("taken"), "").unwrap();
    for command in [
        "train-ae --smoke",
        "gibbs-demo --smoke",
        "bayes-demo --smoke",
        "mle-demo --smoke",
        "random-walk-demo --smoke",
        "markov-demo --smoke",
    ] {
        refused(&program.run(&format!("{command} --out taken")).unwrap(), "taken");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_told_and_the_run_is_not_lost() {
    let program = Program::new(PROGRAM).unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program.command(["gibbs-demo", "--smoke"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("No space left"), "{message}");
    let run = program.latest("gibbs-demo").unwrap();
    assert!(run.join("report.html").exists());
    assert_eq!(status(&run).unwrap(), "finished");
}

/// A limit on the size of files stands for a disk that fills up: it lets the weights be written, and
/// not the state of the optimiser, which is twice as large.
#[cfg(unix)]
#[test]
fn a_checkpoint_that_does_not_fit_is_told_and_leaves_nothing_half_written() {
    use std::process::Command;
    let program = Program::new(PROGRAM).unwrap();
    let script = format!(
        "trap '' XFSZ; ulimit -f 1600; exec {PROGRAM} train-ae --smoke --optimizer adam \
         --learning-rate 0.001"
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).current_dir(program.folder()).env_remove("RUST_BACKTRACE");
    let output = command.output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    for word in ["error: ", "checkpoint", "hint: ", "--out"] {
        assert!(message.contains(word), "{word}: {message}");
    }
    let run = program.latest("train-ae").unwrap();
    assert_eq!(status(&run).unwrap(), "failed");
    assert!(!run.join("checkpoints/last").exists(), "a half-written checkpoint");
}

/// Nothing measures the model after its last step but the report.
#[test]
fn a_model_that_breaks_in_its_last_step_is_no_success() {
    let program = Program::new(PROGRAM).unwrap();
    let ran = program.run("train-ae --model linear --epochs 1 --learning-rate 1e25").unwrap();
    refused(&ran, "not finite");
    assert!(ran.stderr().contains("--learning-rate"), "{}", ran.stderr());
    assert_eq!(status(&program.latest("train-ae").unwrap()).unwrap(), "failed");
}

#[test]
fn broken_data_files_are_named() {
    let program = Program::new(PROGRAM).unwrap();
    let folder = program.folder().join("datasets/fashion-mnist");
    fs::create_dir_all(&folder).unwrap();
    for name in [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ] {
        fs::write(folder.join(format!("{name}.gz")), b"not gzip").unwrap();
    }
    let ran = program.run("train-ae --data fashion-mnist --smoke").unwrap();
    refused(&ran, "train-images");
    assert!(!program.folder().join("runs").exists(), "nothing was begun");
}
