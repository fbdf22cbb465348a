//! A program to start: its arguments, environment and folder.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::Context;
use terminal::Complaint;

/// A program with its arguments, not yet started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(&'static str, &'static str)>,
    default_env: Vec<(&'static str, OsString)>,
    in_root: bool,
}

impl Step {
    /// A program in the caller's folder.
    pub fn new(program: impl Into<OsString>) -> Self {
        let program = program.into();
        Self { program, args: vec![], env: vec![], default_env: vec![], in_root: false }
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
    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
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
        Self { in_root: true, ..self }
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
        command.args(&self.args).envs(self.env.iter().copied());
        let unset = self.default_env.iter().filter(|(name, _)| env::var_os(name).is_none());
        command.envs(unset.map(|(name, value)| (name, value)));
        for (name, _) in env::vars_os().filter(|(name, _)| is_of_this_package(name)) {
            command.env_remove(name);
        }
        if self.in_root {
            command.current_dir(crate::root());
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
            write!(f, "{name}={} ", quoted(value))?;
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

    use super::{Step, is_of_this_package, quoted};

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
