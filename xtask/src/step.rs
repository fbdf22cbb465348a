//! A program to start: its arguments, environment and folder.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use terminal::Complaint;

/// A program with its arguments, not yet started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(&'static str, OsString)>,
    default_env: Vec<(&'static str, OsString)>,
    /// Where it starts; without one, in the caller's folder.
    folder: Option<PathBuf>,
}

/// How a program ended that had a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With success.
    Well,
    /// With another exit code, or by a signal.
    Badly,
    /// Not within its time: it was ended.
    Late,
}

impl Step {
    /// A program in the caller's folder.
    pub fn new(program: impl Into<OsString>) -> Self {
        let program = program.into();
        Self { program, args: vec![], env: vec![], default_env: vec![], folder: None }
    }

    /// `cargo` with these arguments, in the caller's folder.
    pub fn cargo(args: &[&str]) -> Self {
        Self::new("cargo").args(args)
    }

    /// More arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: &[S]) -> Self {
        self.args.extend(args.iter().map(|a| a.as_ref().to_owned()));
        self
    }

    /// A variable of the environment.
    pub fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// A variable of the environment, unless the caller has set it.
    pub fn default_env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.default_env.push((name, value.into()));
        self
    }

    /// What the caller gets who has not set this variable.
    #[cfg(test)]
    pub fn default_of(&self, name: &str) -> Option<&OsStr> {
        self.default_env.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_os_str())
    }

    /// Starts it in the root of the workspace in place of the caller's folder.
    pub fn in_root(self) -> Self {
        self.in_folder(crate::root())
    }

    /// Starts it in this folder.
    pub fn in_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()), ..self }
    }

    /// Runs it to its end.
    ///
    /// # Errors
    ///
    /// It cannot be started, or it fails: the complaint has its exit code.
    pub fn run(&self) -> anyhow::Result<()> {
        let status = self.command().status().with_context(|| self.unstartable())?;
        if status.success() { Ok(()) } else { Err(self.failed(status).into()) }
    }

    /// Runs it to its end, passes on what it writes to standard output, and returns that with
    /// the complaint, if it failed.
    ///
    /// # Errors
    ///
    /// It cannot be started, or our own output is closed: then it is ended too.
    pub fn tee(&self) -> anyhow::Result<(Vec<u8>, Option<Complaint>)> {
        let mut command = self.command();
        let mut child =
            command.stdout(Stdio::piped()).spawn().with_context(|| self.unstartable())?;
        let passed_on = child.stdout.take().map_or(Ok(vec![]), |mut from| pass_on(&mut from));
        if passed_on.is_err() {
            // It may have ended by itself; whatever happens, it is waited for.
            let _ = child.kill();
        }
        let status = child.wait().with_context(|| self.unstartable())?;
        let failure = (!status.success()).then(|| self.failed(status));
        Ok((passed_on?, failure))
    }

    /// Whether it runs and succeeds; its output is dropped.
    pub fn succeeds(&self) -> bool {
        self.command().output().is_ok_and(|o| o.status.success())
    }

    /// Runs it and returns what it wrote to standard output.
    ///
    /// # Errors
    ///
    /// It cannot be started, or it fails.
    pub fn output(&self) -> anyhow::Result<Vec<u8>> {
        let mut command = self.command();
        command.stderr(Stdio::inherit());
        let output = command.output().with_context(|| self.unstartable())?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(self.failed(output.status).into())
        }
    }

    /// Runs it for at most `limit`, and returns what it wrote to standard output and how it ended. What
    /// it writes to standard error is dropped.
    ///
    /// # Errors
    ///
    /// It cannot be started or waited for.
    pub fn run_within(&self, limit: Duration) -> anyhow::Result<(String, Ended)> {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let begun = Instant::now();
        let mut child = command.spawn().with_context(|| self.unstartable())?;
        let from = child.stdout.take();
        let reader = thread::spawn(move || {
            let mut bytes = Vec::new();
            // What was read before an error is all there is.
            from.map(|mut from| from.read_to_end(&mut bytes));
            bytes
        });
        let ended = loop {
            match child.try_wait().with_context(|| format!("`{self}` cannot be waited for"))? {
                Some(status) if status.success() => break Ended::Well,
                Some(_) => break Ended::Badly,
                None if begun.elapsed() > limit => {
                    // It may have ended by itself; whatever happens, it is waited for.
                    let _ = child.kill();
                    child.wait()?;
                    break Ended::Late;
                }
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        let output = reader.join().unwrap_or_default();
        Ok((String::from_utf8_lossy(&output).into_owned(), ended))
    }

    /// Becomes this program. On Unix the process itself is replaced, by cargo and then by the
    /// program that cargo builds: signals reach it and its exit code is ours. Elsewhere it is
    /// started and waited for.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    #[cfg(unix)]
    pub fn hand_over(&self) -> anyhow::Result<()> {
        use std::os::unix::process::CommandExt;
        Err(self.command().exec()).with_context(|| self.unstartable())
    }

    /// Becomes this program: starts it, waits for it and ends with its exit code.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    #[cfg(not(unix))]
    pub fn hand_over(&self) -> anyhow::Result<()> {
        let status = self.command().status().with_context(|| self.unstartable())?;
        std::process::exit(status.code().unwrap_or(1))
    }

    fn command(&self) -> Command {
        let cargo = env::var_os("CARGO").filter(|_| self.program == "cargo");
        let mut command = Command::new(cargo.as_ref().unwrap_or(&self.program));
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        let unset = self.default_env.iter().filter(|(name, _)| env::var_os(name).is_none());
        command.envs(unset.map(|(name, value)| (name, value)));
        for (name, _) in env::vars_os().filter(|(name, _)| is_of_this_package(name)) {
            command.env_remove(name);
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    fn unstartable(&self) -> String {
        format!("cannot start `{self}`")
    }

    fn failed(&self, status: ExitStatus) -> Complaint {
        let code = exit_code(status);
        let how =
            if status.code().is_some() { format!("exit code {code}") } else { status.to_string() };
        Complaint::new(format!("`{self}` failed ({how})")).code(code)
    }
}

/// Copies to standard output as it comes, and keeps all of it.
fn pass_on(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut all, mut chunk, mut out) = (Vec::new(), [0; 8192], io::stdout().lock());
    loop {
        let count = match from.read(&mut chunk) {
            Ok(0) => return Ok(all),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        out.write_all(&chunk[..count])?;
        out.flush()?;
        all.extend(&chunk[..count]);
    }
}

/// What the outer `cargo run` says about *this* package. A build script that asks cargo to run it
/// again when such a variable changes would be run again and again.
fn is_of_this_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&&*name)
}

/// The code of a program that ended; 128 + signal where one ended it, as in a shell.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|s| 128 + s);
    #[cfg(not(unix))]
    let signal = None;
    status.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.env {
            write!(f, "{name}={} ", quoted(&value.to_string_lossy()))?;
        }
        f.write_str(&quoted(&self.program.to_string_lossy()))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(&arg.to_string_lossy())))
    }
}

/// As one would type it into a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use terminal::Complaint;

    use std::time::Duration;

    use super::{Ended, Step, is_of_this_package, quoted};

    #[test]
    fn a_step_reads_as_one_would_type_it() {
        let step = Step::cargo(&["doc"]).args(&["a b", ""]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(step.to_string(), "RUSTDOCFLAGS='-D warnings' cargo doc 'a b' ''");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[cfg(unix)]
    #[test]
    fn exit_codes_and_signals_come_through() {
        let code = |script: &str| {
            let error = Step::new("sh").args(&["-c", script]).run().unwrap_err();
            error.downcast::<Complaint>().unwrap().code
        };
        assert_eq!((code("exit 3"), code("exit 130"), code("kill -TERM $$")), (3, 130, 143));
        assert!(Step::new("sh").args(&["-c", "exit 0"]).run().is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_passed_on_is_kept_with_the_failure() {
        let of = |script: &str| Step::new("sh").args(&["-c", script]).tee().unwrap();
        let (output, failure) = of("echo one; echo two; exit 3");
        assert_eq!((output.as_slice(), failure.unwrap().code), (&b"one\ntwo\n"[..], 3));
        assert_eq!(of("echo one"), (b"one\n".to_vec(), None));
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let of = |script: &str, seconds: f64| {
            let limit = Duration::from_secs_f64(seconds);
            Step::new("sh").args(&["-c", script]).run_within(limit).unwrap()
        };
        assert_eq!(of("echo one", 60.0), ("one\n".into(), Ended::Well));
        assert_eq!(of("echo one; exit 3", 60.0), ("one\n".into(), Ended::Badly));
        assert_eq!(of("echo one; exec sleep 60", 0.2), ("one\n".into(), Ended::Late));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Step::new("no-such-program").args(&["x"]).run().unwrap_err();
        assert_eq!(error.to_string(), "cannot start `no-such-program x`");
    }

    #[cfg(unix)]
    #[test]
    fn a_default_of_the_environment_gives_way_to_the_callers() {
        let value = |name: &'static str| {
            let step = Step::new("sh").args(&["-c", &format!("printf %s \"${name}\"")]);
            String::from_utf8(step.default_env(name, "ours").output().unwrap()).unwrap()
        };
        assert_eq!(value("XTASK_NOBODY_SETS_THIS"), "ours");
        assert_ne!(value("PATH"), "ours");
    }

    #[test]
    fn only_what_describes_this_package_is_kept_from_the_next_cargo() {
        let dropped = |name: &str| is_of_this_package(name.as_ref());
        assert!(dropped("CARGO_PKG_NAME") && dropped("CARGO_MANIFEST_DIR"));
        assert!(!dropped("CARGO_TARGET_DIR") && !dropped("CARGO_TERM_COLOR") && !dropped("PATH"));
    }
}
