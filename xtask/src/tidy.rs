//! What the compiler does not check: dependency directions, files, links, labels.
//!
//! Each rule is a pure function from what was read to what is wrong; reading is done here, once.

mod crates;
mod graph;
mod text;
mod tree;

use std::path::Path;

use anyhow::Context;
use terminal::{Complaint, out};

use crate::step::Step;
use crate::tidy::tree::File;

/// Checks every rule and prints what is wrong, a line each.
///
/// # Errors
///
/// Something is wrong, or the workspace cannot be read.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let files = tree::read(root)?;
    let metadata = Step::cargo(&["metadata", "--locked", "--format-version", "1", "--no-deps"]);
    let metadata = metadata.in_root().output()?;
    let members = graph::members(&serde_json::from_slice(&metadata)?)?;

    let wrong = findings(&files, &members)?;
    out::lines(&wrong)?;
    if wrong.is_empty() {
        let sizes = format!("{} files, {} crates", files.len(), members.len());
        return out::line(&format!("tidy: nothing to complain about in {sizes}"));
    }
    let things =
        if wrong.len() == 1 { "1 thing is".into() } else { format!("{} things are", wrong.len()) };
    let complaint = Complaint::new(format!("{things} untidy"));
    Err(complaint.hint("the lines above name each; ARCHITECTURE.md has the reasons").into())
}

/// Everything that is wrong.
fn findings(files: &[File], members: &[graph::Member]) -> anyhow::Result<Vec<String>> {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|f| f.text.as_str());
    let needed = |path: &str| text(path).with_context(|| format!("{path} is missing"));

    let lock = graph::lock(needed("Cargo.lock")?).context("cannot read Cargo.lock")?;
    let bans = graph::bans(needed("deny.toml")?).context("cannot read deny.toml")?;
    let version =
        crates::workspace_version(needed("Cargo.toml")?).context("cannot read Cargo.toml")?;

    let mut wrong = graph::wrong_directions(members);
    wrong.extend(graph::banned(&bans, &lock));
    wrong.extend(crates::without_readme(members, files));
    wrong.extend(crates::without_lints(members, files));
    wrong.extend(crates::unsafe_allowed(files));
    wrong.extend(text::too_long(files));
    wrong.extend(text::broken_links(files));
    wrong.extend(text::machine_paths(files));
    if let Some(registry) = text("docs/src/equations.md") {
        wrong.extend(text::unknown_labels(files, registry));
    }
    if let Some(changelog) = text("CHANGELOG.md") {
        wrong.extend(crates::unlisted_version(&version, changelog));
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::tree::File;
    use super::{findings, graph};

    fn workspace(source: &str) -> Vec<File> {
        let file = |path: &str, text: &str| File { path: path.into(), text: text.into() };
        vec![
            file("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n"),
            file("Cargo.lock", "[[package]]\nname = \"mcmc\"\nversion = \"0.1.0\"\n"),
            file("deny.toml", "[bans]\ndeny = []\n"),
            file("crates/mcmc/Cargo.toml", "[lints]\nworkspace = true\n"),
            file("crates/mcmc/README.md", "# mcmc\n"),
            file("crates/mcmc/src/lib.rs", source),
            file("docs/src/equations.md", "| `eq:bayes` | Bayes |\n"),
            file("CHANGELOG.md", "## 0.1.0\n"),
        ]
    }

    fn wrong(source: &str) -> Vec<String> {
        let member = graph::Member {
            name: "mcmc".into(),
            folder: "crates/mcmc".into(),
            library: true,
            ..Default::default()
        };
        findings(&workspace(source), &[member]).unwrap()
    }

    #[test]
    fn a_tidy_workspace_has_no_findings_and_every_rule_of_texts_is_asked() {
        let head = "#![doc = include_str!(\"../README.md\")]\n";
        assert_eq!(wrong(head), [""; 0]);
        let path = format!("/{}/x", "home");
        let source = format!("#![allow(unsafe_code)]\n// eq:nothing {path}\n{}", "\n".repeat(500));
        assert_eq!(wrong(&source).len(), 5, "{:#?}", wrong(&source));
    }
}
