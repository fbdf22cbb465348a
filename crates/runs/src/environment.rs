//! What a run was made with: program, compiler, machine and data.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde::{Deserialize, Serialize};

/// What a run was made with, for `environment.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Version of the program.
    pub version: String,
    /// State of the source tree; none where there is no git or no repository.
    pub git: Option<Git>,
    /// Version of the compiler that built the program.
    pub rustc: String,
    /// Name of the processor, where the system tells it.
    pub processor: Option<String>,
    /// Processors that the program may use.
    pub logical_cores: usize,
    /// Threads that it computes with.
    pub threads: usize,
    /// Operating system, as `linux`.
    pub os: String,
    /// Architecture, as `x86_64`.
    pub architecture: String,
    /// Cargo features that were switched on.
    pub features: Vec<String>,
    /// SHA-256 of each data file.
    pub data: BTreeMap<String, String>,
}

/// The state of a source tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The commit that is checked out.
    pub revision: String,
    /// Whether files differ from it or are unknown to it.
    pub dirty: bool,
}

impl Environment {
    /// Looks around. `data` pairs the name of each data file with its SHA-256, `features` are the
    /// cargo features of the program, `threads` those that it computes with.
    ///
    /// The source tree is the one that `ERGODIC_ROOT` names in the environment. Nothing here
    /// fails: what cannot be found out is left out.
    pub fn capture(data: &[(String, String)], features: &[&str], threads: usize) -> Self {
        let root = env::var_os("ERGODIC_ROOT").map(PathBuf::from);
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            git: root.and_then(|root| git(&root)),
            rustc: env!("RUNS_RUSTC").to_owned(),
            processor: processor(),
            logical_cores: thread::available_parallelism().map_or(1, usize::from),
            threads,
            os: env::consts::OS.to_owned(),
            architecture: env::consts::ARCH.to_owned(),
            features: features.iter().map(ToString::to_string).collect(),
            data: data.iter().cloned().collect(),
        }
    }
}

/// The state of the repository whose root this is. A folder inside another one's repository, as
/// an unpacked archive may be, has none.
fn git(root: &Path) -> Option<Git> {
    let ask = |args: &[&str]| {
        let answer = git_in(root).args(args).output().ok()?;
        answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    };
    ask(&["rev-parse", "--show-prefix"]).filter(String::is_empty)?;
    let revision = ask(&["rev-parse", "--verify", "HEAD"])?;
    let dirty = !ask(&["status", "--porcelain"])?.is_empty();
    Some(Git { revision, dirty })
}

/// git, to be asked about this folder. A git hook that runs us names its own repository in these
/// variables.
fn git_in(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    git.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    git
}

/// The processor's name: Linux and macOS tell it in one place each, Windows in a variable.
fn processor() -> Option<String> {
    match env::consts::OS {
        "linux" => model_name(&fs::read_to_string("/proc/cpuinfo").ok()?),
        "macos" => {
            let mut sysctl = Command::new("sysctl");
            let answer = sysctl.args(["-n", "machdep.cpu.brand_string"]).output().ok()?;
            Some(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
        }
        _ => env::var("PROCESSOR_IDENTIFIER").ok(),
    }
    .filter(|name| !name.is_empty())
}

/// The first processor's name in `/proc/cpuinfo`, under one of the keys of the architectures.
fn model_name(cpuinfo: &str) -> Option<String> {
    let pairs = || cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let keys = ["model name", "Model", "cpu model", "uarch"];
    let named = |key| pairs().find(|(k, _)| k.trim() == key).map(|(_, v)| v.trim().to_owned());
    keys.into_iter().find_map(named)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Environment, git, git_in, model_name};

    /// Whether git is there and does this.
    fn did(root: &Path, args: &[&str]) -> bool {
        let identity = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let answer = git_in(root).args(identity).args(args).output();
        answer.is_ok_and(|o| o.status.success())
    }

    #[test]
    fn a_source_tree_is_clean_then_dirty_and_its_folders_have_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(git(root), None);
        if !did(root, &["init"]) {
            // No git here: that there is no revision then was just seen.
            return;
        }
        assert_eq!(git(root), None, "no commit yet");
        let below = root.join("below");
        fs::create_dir(&below).unwrap();
        fs::write(root.join("a"), "1").unwrap();
        assert!(did(root, &["add", "."]) && did(root, &["commit", "-m", "a"]));
        let clean = git(root).unwrap();
        assert!(!clean.dirty && clean.revision.len() >= 40, "{clean:?}");
        assert_eq!(git(&below), None);
        fs::write(root.join("b"), "2").unwrap();
        assert_eq!(git(root).map(|g| (g.revision, g.dirty)), Some((clean.revision, true)));
    }

    #[test]
    fn the_processor_is_read_for_each_architecture() {
        let intel = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Xeon: fast\n\nprocessor\t: 1\n";
        assert_eq!(model_name(intel).as_deref(), Some("Xeon: fast"));
        let arm = "processor\t: 0\nBogoMIPS\t: 108.00\n\nModel\t\t: Raspberry Pi 4\n";
        assert_eq!(model_name(arm).as_deref(), Some("Raspberry Pi 4"));
        assert_eq!(model_name("nothing"), None);
    }

    #[test]
    fn what_was_captured_goes_through_json() {
        let data = [("b.gz".to_owned(), "02".to_owned()), ("a.gz".to_owned(), "01".to_owned())];
        let environment = Environment::capture(&data, &["cuda"], 3);
        assert!(environment.rustc.starts_with("rustc 1."), "{}", environment.rustc);
        assert!(environment.logical_cores >= 1);
        let text = serde_json::to_string(&environment).unwrap();
        assert_eq!(serde_json::from_str::<Environment>(&text).unwrap(), environment);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&json["threads"], &json["data"]["a.gz"]), (&3.into(), &"01".into()));
        assert_eq!(
            (&json["features"][0], &json["version"]),
            (&"cuda".into(), &env!("CARGO_PKG_VERSION").into())
        );
    }
}
