//! Rules about each crate: its front page, its lints, its version.

use serde_json::Value;

use crate::tidy::graph::Member;
use crate::tidy::tree::File;

/// The one crate that may be unsafe; it has lints of its own.
const UNSAFE: &str = "crates/kernels/";

/// Libraries without a front page, or whose documentation does not begin with it.
pub fn without_readme(members: &[Member], files: &[File]) -> Vec<String> {
    let text = |path: &str| files.iter().find(|f| f.path == path).map(|f| f.text.as_str());
    let mut wrong = Vec::new();
    for Member { folder, .. } in libraries(members) {
        let (readme, lib) = (format!("{folder}/README.md"), format!("{folder}/src/lib.rs"));
        if text(&readme).is_none() {
            wrong.push(format!("{readme}: is missing; a crate has a front page with an example"));
        }
        let included = "#![doc = include_str!(\"../README.md\")]";
        if text(&lib).is_some_and(|lib| !lib.contains(included)) {
            wrong.push(format!("{lib}: does not include the front page: {included}"));
        }
    }
    wrong
}

/// Programs are explained by their `--help`.
fn libraries(members: &[Member]) -> impl Iterator<Item = &Member> {
    let library = |m: &&Member| m.library && !m.program && m.folder.starts_with("crates/");
    members.iter().filter(library)
}

/// Members that do not take over the lints of the workspace.
pub fn without_lints(members: &[Member], files: &[File]) -> Vec<String> {
    let takes_over = |text: &str| {
        let manifest = toml::from_str::<Value>(text).unwrap_or_default();
        manifest.pointer("/lints/workspace") == Some(&Value::Bool(true))
    };
    let manifests = members.iter().map(|m| format!("{}/Cargo.toml", m.folder));
    let bound = manifests.filter(|path| !path.starts_with(UNSAFE));
    let free = bound.filter(|path| !files.iter().any(|f| f.path == *path && takes_over(&f.text)));
    free.map(|path| format!("{path}: needs `[lints]` with `workspace = true`")).collect()
}

/// Sources that lift the ban on unsafe code, which the lints of the workspace set.
pub fn unsafe_allowed(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    let lifts = |line: &str| {
        let line = line.trim_start();
        let attribute = line.starts_with("#[") || line.starts_with("#![");
        attribute && line.contains("unsafe_code") && !line.contains("forbid(")
    };
    for file in files.iter().filter(|f| f.is("rs") && !f.path.starts_with(UNSAFE)) {
        for (i, _) in file.text.lines().enumerate().filter(|(_, line)| lifts(line)) {
            wrong.push(format!("{}:{}: only crates/kernels may be unsafe", file.path, i + 1));
        }
    }
    wrong
}

/// The version that all crates share.
pub fn workspace_version(manifest: &str) -> anyhow::Result<String> {
    let manifest: Value = toml::from_str(manifest)?;
    let version = manifest.pointer("/workspace/package/version").and_then(Value::as_str);
    version.map(str::to_owned).ok_or_else(|| anyhow::anyhow!("it has no workspace.package.version"))
}

/// A version that the changelog has no heading for.
pub fn unlisted_version(version: &str, changelog: &str) -> Option<String> {
    let names_it = |line: &str| {
        let mut words =
            line.trim_start_matches('#').split(|c: char| c == ' ' || "[](),".contains(c));
        line.starts_with("## ") && words.any(|word| word.trim_start_matches('v') == version)
    };
    let listed = changelog.lines().any(names_it);
    (!listed).then(|| format!("CHANGELOG.md: has no heading `## {version}`"))
}

#[cfg(test)]
mod tests {
    use super::{
        unlisted_version, unsafe_allowed, without_lints, without_readme, workspace_version,
    };
    use crate::tidy::graph::Member;
    use crate::tidy::tree::File;

    fn member(folder: &str, program: bool) -> Member {
        let (name, folder) = (folder.into(), folder.into());
        Member { name, folder, library: true, program, ..Member::default() }
    }

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn a_library_begins_with_its_front_page() {
        let members =
            [member("crates/a", false), member("crates/app", true), member("tests", false)];
        let lib = file("crates/a/src/lib.rs", "//! A crate.\n");
        let wrong = without_readme(&members, std::slice::from_ref(&lib));
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("crates/a/README.md") && wrong[1].starts_with(&lib.path));
        let lib = file(&lib.path, "#![doc = include_str!(\"../README.md\")]\n");
        assert!(without_readme(&members, &[lib, file("crates/a/README.md", "# a")]).is_empty());
    }

    #[test]
    fn the_lints_of_the_workspace_hold_everywhere_but_in_kernels() {
        let members = [member("crates/a", false), member("crates/kernels", false)];
        let manifest = |text| [file("crates/a/Cargo.toml", text)];
        assert_eq!(
            without_lints(&members, &manifest("[lints.rust]\nunsafe_code = \"warn\"")).len(),
            1
        );
        assert_eq!(without_lints(&members, &manifest("[package]")).len(), 1);
        assert_eq!(without_lints(&members, &manifest("[lints]\nworkspace = false")).len(), 1);
        assert!(without_lints(&members, &manifest("[lints]\nworkspace = true")).is_empty());
    }

    #[test]
    fn unsafe_is_let_in_nowhere_but_in_kernels() {
        let source = "fn f() {}\n    #[allow(unsafe_code)]\n// unsafe_code is denied\n";
        let wrong = unsafe_allowed(&[file("crates/a/src/x.rs", source)]);
        assert_eq!(wrong, ["crates/a/src/x.rs:2: only crates/kernels may be unsafe"]);
        let fine = [
            file("crates/kernels/src/x.rs", source),
            file("crates/a/src/y.rs", "#![forbid(unsafe_code)]"),
        ];
        assert!(unsafe_allowed(&fine).is_empty());
    }

    #[test]
    fn the_changelog_names_the_version_in_a_heading() {
        let version = workspace_version("[workspace.package]\nversion = \"0.2.0\"").unwrap();
        for good in ["## 0.2.0", "# Changes\n\n## [0.2.0] - 2026-01-02", "## v0.2.0 (first)"] {
            assert_eq!(unlisted_version(&version, good), None, "{good}");
        }
        for bad in ["", "## 0.2.01", "0.2.0", "## 0.1.0\nas in 0.2.0"] {
            assert!(unlisted_version(&version, bad).is_some(), "{bad}");
        }
        assert!(workspace_version("[package]\nversion = \"0.2.0\"").is_err());
    }
}
