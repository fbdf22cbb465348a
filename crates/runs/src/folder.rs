//! The folder of a run: `<root>/<command>/<UTC time>-<4 hex>/`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::atomic;
use crate::error::Error;
use crate::latest::{self, LATEST};
use crate::lock::Lock;
use crate::status::{Record, Status};

const STATUS: &str = "status.json";
/// A temporary file beside other runs may belong to one that is starting now.
const STALE: Duration = Duration::from_secs(3600);
/// The runs of one second share 65,536 names: a taken one is tried again a nanosecond later.
const ATTEMPTS: u32 = 10;

/// A run folder: a place for everything that a run leaves behind.
///
/// Every file is written in one piece: it is there as a whole or not at all, even after `kill -9`.
///
/// Nobody else can open the run while this value or a clone of it lives: it holds a lock on the
/// file `.lock` in the folder. The lock goes with the process, however that ends; the empty file
/// stays.
#[derive(Debug, Clone)]
pub struct Run {
    dir: PathBuf,
    command: String,
    started: String,
    _lock: Arc<Lock>,
}

impl Run {
    /// Makes the folder `<root>/<command>/<yyyymmddThhmmssZ>-<4 hex>/` with the status
    /// [`Status::Running`], and points `<root>/<command>/latest` at it: a relative symbolic link
    /// on Unix, elsewhere a text file with the folder's name. Temporary files that killed runs
    /// left in `<root>/<command>/` more than an hour ago are removed.
    ///
    /// # Errors
    ///
    /// The command is no name of a folder, or the file system refuses; the error names the path.
    pub fn create(root: &Path, command: &str) -> Result<Self, Error> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !command.starts_with(|c: char| c.is_ascii_lowercase()) || !command.chars().all(plain) {
            return Err(Error::Command { command: command.to_owned() });
        }
        let parent = root.join(command);
        fs::create_dir_all(&parent).map_err(Error::io("create the folder", &parent))?;
        atomic::sweep(&parent, STALE, 0)?;
        let (name, now) = new_folder(&parent, command)?;
        let dir = parent.join(&name);
        let begun = Self::begin(dir.clone(), command, now).and_then(|run| {
            atomic::point_at(&parent.join(LATEST), &name, &name)?;
            Ok(run)
        });
        if begun.is_err() {
            // A folder without a status is no run. That it cannot be removed adds nothing.
            let _ = fs::remove_dir_all(&dir);
        }
        begun
    }

    /// Takes a new folder: locked first, then a run.
    fn begin(dir: PathBuf, command: &str, now: Timestamp) -> Result<Self, Error> {
        let lock = Arc::new(Lock::take(&dir)?);
        let run = Self { dir, command: command.to_owned(), started: utc(now), _lock: lock };
        run.status(&Status::Running)?;
        Ok(run)
    }

    /// An existing run folder, or `latest`, to go on in: what a killed process left half-written
    /// is removed. The status stays as it is.
    ///
    /// `latest` is followed once, here: [`Run::dir`] is the folder itself, and stays it when a
    /// newer run begins.
    ///
    /// # Errors
    ///
    /// There is no such folder, it is no run folder, or it cannot be read; or another [`Run`],
    /// in this process or another one, has it ([`Error::InUse`]): nothing is changed then.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        let dir = latest::resolve(dir);
        // What is no run gets no lock file. Command and start never change: the lock can wait.
        let Record { command, started, .. } = read(&dir)?;
        let lock = Arc::new(Lock::take(&dir)?);
        atomic::sweep(&dir, Duration::ZERO, 3)?;
        Ok(Self { dir, command, started, _lock: lock })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The name of the command that it is a run of.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// Where a file of this name (as `figures/loss.png`) is or would be.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file in one piece; the sub-folders in its name are made.
    ///
    /// # Errors
    ///
    /// The name leads out of the folder, or the file system refuses.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let inside = |c: Component<'_>| matches!(c, Component::Normal(_));
        if name.is_empty() || name.ends_with('/') || !Path::new(name).components().all(inside) {
            return Err(Error::Name { name: name.to_owned() });
        }
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::io("create the folder", folder))?;
        }
        atomic::write(&path, bytes.as_ref())
    }

    /// Writes a value as indented JSON with a newline at the end.
    ///
    /// # Errors
    ///
    /// As [`Run::write`], or the value has no form in JSON.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let mut text =
            serde_json::to_string_pretty(value).map_err(|e| self.format(name, "JSON", e))?;
        text.push('\n');
        self.write(name, text)
    }

    /// Writes a value as TOML.
    ///
    /// # Errors
    ///
    /// As [`Run::write`], or the value has no form in TOML.
    pub fn write_toml(&self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let text = toml::to_string_pretty(value).map_err(|e| self.format(name, "TOML", e))?;
        self.write(name, text)
    }

    /// Says how the run stands, with the time, in `status.json`.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn status(&self, status: &Status) -> Result<(), Error> {
        let record = Record {
            command: self.command.clone(),
            status: status.clone(),
            started: self.started.clone(),
            updated: utc(Timestamp::now()),
        };
        self.write_json(STATUS, &record)
    }

    /// How the run stands, as `status.json` says.
    ///
    /// # Errors
    ///
    /// The file is missing or cannot be understood.
    pub fn read_status(&self) -> Result<Status, Error> {
        read(&self.dir).map(|record| record.status)
    }

    fn format(
        &self,
        name: &str,
        format: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Error {
        Error::Format { path: self.path(name), format, source: Box::new(source) }
    }
}

/// Makes a new folder and returns its name and time.
fn new_folder(parent: &Path, command: &str) -> Result<(String, Timestamp), Error> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let now = Timestamp::now();
        let name = folder_name(now, std::process::id(), command);
        let dir = parent.join(&name);
        match fs::create_dir(&dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < ATTEMPTS => {}
            made => break made.map(|()| (name, now)).map_err(Error::io("create the folder", &dir)),
        }
    }
}

/// The second, readable, and four hex digits that tell the runs of one second apart.
fn folder_name(now: Timestamp, process: u32, command: &str) -> String {
    let time = now.strftime("%Y%m%dT%H%M%SZ");
    let hash = Sha256::digest(format!("{} {process} {command}", now.as_nanosecond()));
    format!("{time}-{:02x}{:02x}", hash[0], hash[1])
}

/// RFC 3339 to the second.
fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn read(dir: &Path) -> Result<Record, Error> {
    let path = dir.join(STATUS);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound && dir.is_dir() => {
            return Err(Error::NotARun { path: dir.to_owned() });
        }
        bytes => bytes.map_err(Error::io("read", &path))?,
    };
    serde_json::from_slice(&bytes).map_err(|source| Error::Status { path, source })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use jiff::Timestamp;

    use super::{LATEST, Run, folder_name};
    use crate::{Error, Status};

    fn root() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn the_folder_is_named_by_its_second_and_four_hex_digits() {
        // python3 -c "import hashlib; print(hashlib.sha256(
        //     b'1000000000123000000 7 train-ae').hexdigest()[:4])"
        let now: Timestamp = "2001-09-09T01:46:40.123Z".parse().unwrap();
        assert_eq!(folder_name(now, 7, "train-ae"), "20010909T014640Z-f952");
    }

    #[test]
    fn a_hundred_runs_at_once_have_a_hundred_folders() {
        let root = root();
        let mut names: Vec<_> =
            (0..100).map(|_| Run::create(root.path(), "walk").unwrap().dir().to_owned()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 100);
    }

    /// Where `Run::open` ends up, or what it says.
    fn opened(path: &Path) -> Result<PathBuf, Error> {
        Run::open(path).map(|run| run.dir().to_owned())
    }

    /// The folder of a run that is over.
    fn finished(root: &Path) -> PathBuf {
        Run::create(root, "walk").unwrap().dir().to_owned()
    }

    #[test]
    fn latest_leads_to_the_newest_and_open_follows_it() {
        let root = root();
        let latest = root.path().join("walk").join(LATEST);
        for _ in 0..2 {
            let dir = finished(root.path());
            assert_eq!(opened(&latest).unwrap(), dir);
            #[cfg(unix)]
            assert!(fs::read_link(&latest).unwrap().is_relative());
        }
        let hidden = |e: fs::DirEntry| e.file_name().to_string_lossy().starts_with('.');
        let mut entries = fs::read_dir(root.path().join("walk")).unwrap();
        assert!(!entries.any(|e| hidden(e.unwrap())), "no temporary is left");
    }

    #[test]
    fn a_run_that_was_opened_by_latest_stays_itself_when_a_newer_one_begins() {
        let root = root();
        let dir = finished(root.path());
        let run = Run::open(&root.path().join("walk/latest")).unwrap();
        let newer = Run::create(root.path(), "walk").unwrap();
        run.write("a", "old").unwrap();
        assert!(dir.join("a").exists() && !newer.path("a").exists());
    }

    #[test]
    fn a_run_that_is_being_written_cannot_be_opened_and_takes_no_harm() {
        let root = root();
        let created = Run::create(root.path(), "walk").unwrap();
        let dir = created.dir().to_owned();
        // As if it were in the middle of writing a file.
        let temporary = dir.join(".half.tmp");
        fs::write(&temporary, "half").unwrap();
        let refused = |path: &Path| match Run::open(path) {
            Err(error @ Error::InUse { .. }) => error.to_string(),
            other => panic!("{other:?}"),
        };
        for path in [dir.clone(), dir.with_file_name(LATEST)] {
            let told = refused(&path);
            assert!(told.contains(dir.to_str().unwrap()), "{told}");
        }
        assert!(temporary.exists(), "the file of the one who writes is left alone");

        let clone = created.clone();
        drop(created);
        refused(&dir);
        drop(clone);
        let first = Run::open(&dir).unwrap();
        assert!(!temporary.exists(), "it was left behind, and is swept");
        refused(&dir);
        first.status(&Status::Finished).unwrap();
        drop(first);
        assert_eq!(Run::open(&dir).unwrap().read_status().unwrap(), Status::Finished);
    }

    #[test]
    fn the_status_is_kept_with_the_time_of_the_start() {
        let root = root();
        let dir = finished(root.path());
        let run = Run::open(&dir).unwrap();
        assert_eq!(run.read_status().unwrap(), Status::Running);
        drop(run);
        let resume = "cargo xtask walk --resume x".to_owned();
        let statuses = [
            Status::Interrupted { resume },
            Status::Failed { error: "loss is \"NaN\"".into() },
            Status::Finished,
        ];
        for status in statuses {
            Run::open(&dir).unwrap().status(&status).unwrap();
            assert_eq!(Run::open(&dir).unwrap().read_status().unwrap(), status);
        }
        let text = fs::read_to_string(dir.join("status.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&json["status"], &json["command"]), (&"finished".into(), &"walk".into()));
        let started: Timestamp = json["started"].as_str().unwrap().parse().unwrap();
        let updated: Timestamp = json["updated"].as_str().unwrap().parse().unwrap();
        assert!(started <= updated && updated <= Timestamp::now());
    }

    #[test]
    fn files_land_in_sub_folders_and_never_outside() {
        let root = root();
        let run = Run::create(root.path(), "walk").unwrap();
        run.write("figures/deep/loss.svg", "<svg/>").unwrap();
        assert_eq!(fs::read(run.path("figures/deep/loss.svg")).unwrap(), b"<svg/>");
        for name in ["", "../x", "a/../../x", "/x", "figures/", "."] {
            let error = run.write(name, b"x").unwrap_err();
            assert!(matches!(error, Error::Name { .. }), "{name:?}: {error:?}");
        }
    }

    #[test]
    fn json_and_toml_can_be_read_back() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Config {
            rate: f64,
            model: String,
        }
        let root = root();
        let run = Run::create(root.path(), "walk").unwrap();
        let config = Config { rate: 0.1 + 0.2, model: "a \"b\"".into() };
        run.write_toml("config.toml", &config).unwrap();
        run.write_json("config.json", &config).unwrap();
        let text = |name| fs::read_to_string(run.path(name)).unwrap();
        assert_eq!(toml::from_str::<Config>(&text("config.toml")).unwrap(), config);
        assert_eq!(serde_json::from_str::<Config>(&text("config.json")).unwrap(), config);
        let error = run.write_toml("n.toml", &17).unwrap_err();
        assert!(matches!(error, Error::Format { format: "TOML", .. }), "{error:?}");
    }

    #[test]
    fn a_root_that_cannot_be_a_folder_is_named() {
        let root = root();
        let file = root.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = Run::create(&file, "walk").unwrap_err();
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
        assert!(matches!(error, Error::Io { .. }));
    }

    #[test]
    fn a_latest_that_is_in_the_way_leaves_no_folder_behind() {
        let root = root();
        let in_the_way = root.path().join("walk/latest/x");
        fs::create_dir_all(&in_the_way).unwrap();
        assert!(matches!(Run::create(root.path(), "walk"), Err(Error::Io { .. })));
        let left = fs::read_dir(root.path().join("walk")).unwrap().count();
        assert_eq!(left, 1, "only `latest` itself");
    }

    #[test]
    fn only_run_folders_can_be_opened() {
        let root = root();
        assert!(matches!(Run::open(root.path()), Err(Error::NotARun { .. })));
        assert!(matches!(Run::open(&root.path().join("none")), Err(Error::Io { .. })));
        assert!(!root.path().join(".lock").exists(), "what is no run is left as it is");
        fs::write(root.path().join("status.json"), b"{\"status\": \"dancing\"}").unwrap();
        assert!(matches!(Run::open(root.path()), Err(Error::Status { .. })));
    }

    #[test]
    fn commands_are_safe_names_of_folders() {
        let root = root();
        for command in ["", "..", "a/b", "Walk", "a b", "-a", "latest\0"] {
            let error = Run::create(root.path(), command).unwrap_err();
            assert!(matches!(error, Error::Command { .. }), "{command:?}");
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
