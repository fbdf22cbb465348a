//! The book: `docs/` made into pages by mdbook.

use std::path::{Path, PathBuf};

use anyhow::Context;
use terminal::{Complaint, out};

use crate::step::Step;

/// The version that was tried.
const MDBOOK: &str = "mdbook@0.5.4";

/// Builds the book into `docs/book`; installs mdbook into `.tools` first, where it is not there.
///
/// # Errors
///
/// There is no book, mdbook cannot be installed, or it finds fault with the pages.
pub fn build(root: &Path, open: bool) -> anyhow::Result<()> {
    if !root.join("docs").join("book.toml").is_file() {
        let missing = Complaint::new("there is no book: docs/book.toml is missing");
        return Err(missing.hint("it belongs to the repository: check it out again").into());
    }
    let step = match installed(root) {
        Some(step) => step,
        None => {
            out::line("mdbook is not installed. Installing it into .tools takes some minutes.")?;
            install().run().context("cannot install mdbook")?;
            installed(root).context("mdbook was installed and does not run")?
        }
    };
    let flag: &[&str] = if open { &["--open"] } else { &[] };
    step.args(flag).run()?;
    out::line("the book is docs/book/index.html")
}

/// What is built on the way stays below `target`.
fn install() -> Step {
    let step = Step::cargo(&["install", MDBOOK, "--locked", "--root", ".tools"]).in_root();
    step.default_env("CARGO_TARGET_DIR", "target/tools")
}

/// The command that builds the book, if there is an mdbook: ours, or one on the `PATH`.
pub fn installed(root: &Path) -> Option<Step> {
    let works = |program: &Path| Step::new(program).args(&["--version"]).in_root().succeeds();
    choose(root, works).map(|program| command(&program))
}

/// Our own mdbook goes before the caller's: its version is the one that was tried.
fn choose(root: &Path, works: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    [own(root), "mdbook".into()].into_iter().find(|program| works(program))
}

fn command(program: &Path) -> Step {
    Step::new(program).args(&["build", "docs"]).in_root()
}

fn own(root: &Path) -> PathBuf {
    let name = format!("mdbook{}", std::env::consts::EXE_SUFFIX);
    root.join(".tools").join("bin").join(name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use terminal::Complaint;

    use super::{build, choose, command, install, own};

    #[test]
    fn the_book_is_built_from_the_folder_docs() {
        assert_eq!(command(Path::new("mdbook")).to_string(), "mdbook build docs");
    }

    #[test]
    fn the_gate_installs_the_same_mdbook() {
        let gate = include_str!("../../.ci/run");
        assert!(gate.contains(&install().to_string()), "{}", install());
        let folder = install().default_of("CARGO_TARGET_DIR").unwrap().to_str().unwrap().to_owned();
        assert!(gate.contains(&format!("${{CARGO_TARGET_DIR:-{folder}}}")), "{folder}");
    }

    #[test]
    fn a_workspace_without_a_book_is_told_so_before_anything_is_installed() {
        let root = tempfile::tempdir().unwrap();
        let complaint = build(root.path(), false).unwrap_err().downcast::<Complaint>().unwrap();
        assert!(complaint.message.contains("docs/book.toml"));
    }

    #[test]
    fn our_own_mdbook_goes_before_others_if_it_runs() {
        let root = Path::new("root");
        assert_eq!(choose(root, |_| true), Some(own(root)));
        assert_eq!(choose(root, |program| program != own(root)), Some("mdbook".into()));
        assert_eq!(choose(root, |_| false), None);
    }
}
