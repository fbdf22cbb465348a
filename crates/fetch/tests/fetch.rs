//! The program against servers on this machine, good and bad. The files are MNIST's.

#![allow(clippy::unwrap_used)] // A test may panic, its helpers too.

mod server;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use datasets::manifest;
use flate2::Compression;
use flate2::write::GzEncoder;
use server::{Manner, Server};
use tempfile::TempDir;

const LABELS: &str = "train-labels-idx1-ubyte.gz";
const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    LABELS,
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

fn original(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/mnist");
    fs::read(folder.join(name)).unwrap()
}

fn all() -> Vec<(&'static str, Vec<u8>)> {
    NAMES.iter().map(|name| (*name, original(name))).collect()
}

/// A folder in which only the training labels are missing.
fn all_but_labels() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in NAMES.iter().filter(|n| **n != LABELS) {
        fs::write(folder.path().join(name), original(name)).unwrap();
    }
    folder
}

fn server(manner: Manner, labels: Vec<u8>) -> Server {
    Server::new(manner, &[(LABELS, labels)])
}

fn command(folder: &Path, mirrors: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fetch"));
    command.arg("mnist").arg("--to").arg(folder).env("RUST_BACKTRACE", "1");
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    for mirror in mirrors {
        command.args(["--mirror", mirror]);
    }
    command
}

fn run(folder: &Path, mirrors: &[&str]) -> Output {
    command(folder, mirrors).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Ended well, with the four right files and nothing else in the folder.
fn assert_complete(folder: &Path, output: &Output) {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut expected = NAMES.map(str::to_owned);
    expected.sort();
    assert_eq!(names(folder), expected);
    for name in NAMES {
        assert_eq!(fs::read(folder.join(name)).unwrap(), original(name), "{name}");
    }
}

/// Failed with a message in our manner; returns it.
fn refusal(output: &Output) -> String {
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.starts_with("error: ") && told.contains("\nhint: "), "{told}");
    assert!(!told.contains("backtrace"), "{told}");
    told
}

fn part(folder: &Path) -> PathBuf {
    folder.join(format!("{LABELS}.part"))
}

#[test]
fn all_files_are_fetched_once() {
    let server = Server::new(Manner::Good, &all());
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("new/mnist");
    assert_complete(&to, &run(&to, &[&server.url]));
    let expected = NAMES.map(|n| format!("/{n}"));
    assert_eq!(server.log(), expected);

    let again = run(&to, &[&server.url]);
    assert_complete(&to, &again);
    assert_eq!(server.log().len(), 4);
    assert_eq!(text(&again.stdout).matches("already there").count(), 4);

    let forced = command(&to, &[&server.url]).arg("--force").output().unwrap();
    assert_complete(&to, &forced);
    assert_eq!(server.log().len(), 8);
}

#[test]
fn the_default_folder_is_that_of_the_workspace() {
    let server = Server::new(Manner::Good, &all());
    let root = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fetch"));
    command.args(["mnist", "--mirror", server.url.trim_end_matches('/')]);
    let output = command.env("ERGODIC_ROOT", root.path()).output().unwrap();
    assert_complete(&root.path().join("datasets/mnist"), &output);
}

#[test]
fn a_started_download_is_continued() {
    let folder = all_but_labels();
    let labels = original(LABELS);
    fs::write(part(folder.path()), &labels[..10_000]).unwrap();
    let server = server(Manner::Good, labels);
    assert_complete(folder.path(), &run(folder.path(), &[&server.url]));
    assert_eq!(server.log(), [format!("/{LABELS} from 10000")]);
}

#[test]
fn a_finished_download_only_gets_its_name() {
    let folder = all_but_labels();
    fs::write(part(folder.path()), original(LABELS)).unwrap();
    let server = server(Manner::Good, original(LABELS));
    assert_complete(folder.path(), &run(folder.path(), &[&server.url]));
}

#[test]
fn a_server_without_ranges_starts_anew() {
    for manner in [Manner::NoRanges, Manner::WrongRange] {
        let folder = all_but_labels();
        fs::write(part(folder.path()), &original(LABELS)[..10_000]).unwrap();
        let server = server(manner, original(LABELS));
        assert_complete(folder.path(), &run(folder.path(), &[&server.url]));
    }
}

#[test]
fn a_wrong_beginning_is_thrown_away() {
    for wrong in [vec![7; 10_000], vec![7; 50_000], vec![7; 1_000_000]] {
        let folder = all_but_labels();
        fs::write(part(folder.path()), wrong).unwrap();
        let server = server(Manner::Good, original(LABELS));
        assert_complete(folder.path(), &run(folder.path(), &[&server.url]));
        assert_eq!(server.log().len(), 2);
    }
}

#[test]
fn a_corrupt_file_is_refused_and_the_next_mirror_asked() {
    let mut corrupt = original(LABELS);
    corrupt[20_000] ^= 1;
    let (bad, good) = (server(Manner::Good, corrupt), server(Manner::Good, original(LABELS)));
    let folder = all_but_labels();
    assert_complete(folder.path(), &run(folder.path(), &[&bad.url, &good.url]));
    assert_eq!((bad.log().len(), good.log()), (1, vec![format!("/{LABELS}")]));

    let folder = all_but_labels();
    let told = refusal(&run(folder.path(), &[&bad.url]));
    assert!(told.contains("gzip stream is corrupt"), "{told}");
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn a_file_with_another_content_is_refused() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&[0, 0, 8, 1, 0, 0, 0xea, 0x60]).unwrap();
    encoder.write_all(&[3; 60_000]).unwrap();
    let other = server(Manner::Good, encoder.finish().unwrap());
    let page = server(Manner::Good, b"<html>please log in</html>".to_vec());
    let folder = all_but_labels();
    let told = refusal(&run(folder.path(), &[&other.url, &page.url]));
    assert!(told.contains("is another file: its SHA-256 is"), "{told}");
    assert!(told.contains("an IDX file starts with"), "{told}");
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn what_is_there_but_wrong_is_replaced() {
    let folder = all_but_labels();
    fs::write(folder.path().join(LABELS), &original(LABELS)[..9_000]).unwrap();
    let server = server(Manner::Good, original(LABELS));
    let output = run(folder.path(), &[&server.url]);
    assert_complete(folder.path(), &output);
    assert!(text(&output.stdout).contains("truncated: to be replaced"), "{output:?}");
}

#[test]
fn what_is_there_but_wrong_stays_if_nothing_better_is_found() {
    let folder = all_but_labels();
    fs::write(folder.path().join(LABELS), b"mine").unwrap();
    refusal(&run(folder.path(), &[&Server::closed_port()]));
    assert_eq!(fs::read(folder.path().join(LABELS)).unwrap(), b"mine");
}

#[test]
fn a_file_that_a_mirror_has_unpacked_gets_the_name_of_its_content() {
    let set = manifest::find("mnist").unwrap();
    let file = set.files.iter().find(|f| f.name == LABELS).unwrap();
    let plain = file.read_from(&original(LABELS)[..], Path::new("original")).unwrap().to_bytes();
    let server = server(Manner::Good, plain.clone());
    let folder = all_but_labels();
    fs::write(folder.path().join(LABELS), b"wrong").unwrap();
    let output = run(folder.path(), &[&server.url]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read(folder.path().join(file.payload_name())).unwrap(), plain);
    assert!(!folder.path().join(LABELS).exists());
    assert!(datasets::images_from("mnist", folder.path()).is_ok());
}

#[test]
fn a_cut_off_answer_is_continued_at_once() {
    let folder = all_but_labels();
    let server = server(Manner::CutsOff(10_000), original(LABELS));
    assert_complete(folder.path(), &run(folder.path(), &[&server.url]));
    let name = format!("/{LABELS}");
    assert_eq!(
        server.log(),
        [name.clone(), format!("{name} from 10000"), format!("{name} from 20000")]
    );
}

#[test]
fn what_one_mirror_began_another_ends() {
    let folder = all_but_labels();
    let (first, second) =
        (server(Manner::CutsOff(5000), original(LABELS)), server(Manner::Good, original(LABELS)));
    assert_complete(folder.path(), &run(folder.path(), &[&first.url, &second.url]));
    assert_eq!((first.log().len(), second.log()), (4, vec![format!("/{LABELS} from 20000")]));
}

#[test]
fn what_was_cut_off_for_good_stays_for_the_next_time() {
    let folder = all_but_labels();
    let slow = server(Manner::CutsOff(1000), original(LABELS));
    let told = refusal(&run(folder.path(), &[&slow.url]));
    assert!(told.contains("cut off after 4000 bytes"), "{told}");
    assert_eq!(fs::read(part(folder.path())).unwrap(), &original(LABELS)[..4000]);
    let good = server(Manner::Good, original(LABELS));
    assert_complete(folder.path(), &run(folder.path(), &[&good.url]));
    assert_eq!(good.log(), [format!("/{LABELS} from 4000")]);
}

#[test]
fn a_mirror_that_falls_silent_is_left_for_the_next() {
    let folder = all_but_labels();
    let silent = server(Manner::Stalls(12_000), original(LABELS));
    let good = server(Manner::Good, original(LABELS));
    let mut command = command(folder.path(), &[&silent.url, &good.url]);
    // Long enough for the good one on a machine that is busy.
    assert_complete(folder.path(), &command.args(["--timeout", "5"]).output().unwrap());
    assert_eq!((silent.log().len(), good.log()), (1, vec![format!("/{LABELS} from 12000")]));
}

#[test]
fn a_mirror_that_never_answers_is_told_of() {
    let folder = all_but_labels();
    // The system accepts connections for it; nobody ever reads them.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let told = refusal(&command(folder.path(), &[&url]).args(["--timeout", "1"]).output().unwrap());
    assert!(told.contains("cannot connect: nothing came in time"), "{told}");
}

#[test]
fn a_killed_download_leaves_only_its_part() {
    let folder = all_but_labels();
    let stalling = server(Manner::Stalls(12_000), original(LABELS));
    let mut child = command(folder.path(), &[&stalling.url]).stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while fs::metadata(part(folder.path())).map_or(0, |m| m.len()) < 12_000 {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing comes");
        thread::sleep(Duration::from_millis(10));
    }
    let second = run(folder.path(), &[&stalling.url]);
    assert!(refusal(&second).contains("being written by another download"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path().join(LABELS).exists());
    assert_eq!(names(folder.path()).len(), 4);
    let good = server(Manner::Good, original(LABELS));
    assert_complete(folder.path(), &run(folder.path(), &[&good.url]));
    assert_eq!(good.log(), [format!("/{LABELS} from 12000")]);
}

#[test]
fn sizes_are_bounded() {
    for manner in [Manner::Huge, Manner::Endless] {
        let folder = all_but_labels();
        let server = server(manner, original(LABELS));
        let told = refusal(&run(folder.path(), &[&server.url]));
        assert!(told.contains("more than 125544 bytes: not the file"), "{told}");
        assert_eq!(names(folder.path()).len(), 3);
    }
}

#[test]
fn no_mirror_is_one_message_with_all_that_is_needed() {
    let empty = Server::new(Manner::Good, &[]);
    let closed = Server::closed_port();
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &[&closed, &empty.url]);
    let told = refusal(&output);
    let first =
        "error: 4 of the 4 files of MNIST database of handwritten digits could not be downloaded\n";
    assert!(told.starts_with(first), "{told}");
    // The closed port is tried once, the server that lacks the files for each of them.
    assert_eq!(told.matches("\ncaused by: ").count(), 5, "{told}");
    assert_eq!(told.matches("cannot connect: ").count(), 1, "{told}");
    assert_eq!(told.matches("HTTP status 404 Not Found").count(), 4, "{told}");
    for file in manifest::find("mnist").unwrap().files {
        for wanted in [&file.name, &file.sha256, &file.payload_sha256] {
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
    }
    for wanted in [&closed, &empty.url, &folder.path().display().to_string()] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn an_address_that_is_none_is_named() {
    let folder = all_but_labels();
    for bad in ["not an address", "ftp://example.org/"] {
        let told = refusal(&run(folder.path(), &[bad]));
        assert!(told.contains(bad), "{told}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let told = refusal(&run(&file, &[&Server::closed_port()]));
    assert!(told.starts_with(&format!("error: cannot write to {}", file.display())), "{told}");
    assert!(told.contains("--to FOLDER"), "{told}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let server = Server::new(Manner::Good, &all());
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path(), &[&server.url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn help_shows_the_command_as_it_is_called() {
    let output = Command::new(env!("CARGO_BIN_EXE_fetch")).arg("--help").output().unwrap();
    let told = text(&output.stdout);
    assert!(output.status.success());
    assert!(
        told.contains("cargo xtask fetch-data fashion-mnist") && told.contains("--mirror"),
        "{told}"
    );
    let unknown = Command::new(env!("CARGO_BIN_EXE_fetch")).arg("imagenet").output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("fashion-mnist"), "{unknown:?}");
}
