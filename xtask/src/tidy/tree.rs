//! The files of the repository.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::step::Step;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// What it says; nothing where it is no text, as an image.
    pub text: String,
}

impl File {
    /// Whether its name ends so.
    pub fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// Every file that git knows or would take; without git every one outside of what is built.
pub fn read(root: &Path) -> anyhow::Result<Vec<File>> {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let git = Step::new("git").args(&listed).in_root();
    let mut paths = match git.succeeds() {
        true => git.output()?.split(|b| *b == 0).map(text_of).collect(),
        false => walk(root)?,
    };
    paths.retain(|path: &String| root.join(path).is_file());
    paths.sort();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        let bytes = fs::read(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
        files.push(File { path, text: text.unwrap_or_default() });
    }
    Ok(files)
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What is built or left by runs, as in `.gitignore`.
const BUILT: [&str; 6] =
    ["target", "runs", "docs/book", ".tools", ".git", "datasets/fashion-mnist"];

fn walk(root: &Path) -> anyhow::Result<Vec<String>> {
    let (mut paths, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(folder) = folders.pop() {
        let here = root.join(&folder);
        for entry in
            fs::read_dir(&here).with_context(|| format!("cannot read {}", here.display()))?
        {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if !entry.file_type()?.is_dir() {
                paths.push(path);
            } else if !BUILT.contains(&path.as_str()) {
                folders.push(path);
            }
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{File, read, walk};

    #[test]
    fn files_are_found_below_and_not_where_things_are_built() {
        let root = tempfile::tempdir().unwrap();
        for path in ["a/b/c.rs", "top.md", "target/x.rs", "docs/book/index.html", "docs/src/x.md"] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let mut found = walk(root.path()).unwrap();
        found.sort();
        assert_eq!(found, ["a/b/c.rs", "docs/src/x.md", "top.md"]);
    }

    #[test]
    fn this_workspace_is_read_and_what_is_no_text_says_nothing() {
        let files = read(crate::root()).unwrap();
        let this = files.iter().find(|f| f.path == "xtask/src/tidy/tree.rs").unwrap();
        assert!(this.is("rs") && this.text.contains("fn this_workspace_is_read"));
        assert!(files.iter().filter(|f| f.is("gz")).all(|f| f.text.is_empty()));
        assert!(!files.iter().any(|f| f.path.starts_with("target/")));
    }

    #[test]
    fn the_extension_is_what_follows_the_last_dot() {
        let file = File { path: "a.rs/b.md".into(), text: String::new() };
        assert!(file.is("md") && !file.is("rs"));
    }
}
