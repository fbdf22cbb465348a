//! `latest`: the way to the newest run of a command, a link or a text file.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// In the folder of a command: leads to its newest run.
pub const LATEST: &str = "latest";
/// Links that are followed to a run: more of them lead in a circle.
const LINKS: usize = 8;

/// The folder that a path means: links, and `latest` where it is a text file, are followed. Where
/// that leads nowhere, reading the folder tells.
pub fn resolve(path: &Path) -> PathBuf {
    // The components are without the slash at the end, which would follow the link unseen.
    let mut path: PathBuf = path.components().collect();
    for _ in 0..LINKS {
        let Some(target) = target(&path) else { break };
        path = path.with_file_name(target).components().collect();
    }
    path
}

/// Where a link, or `latest` as a text file with the name of its sibling, leads.
fn target(path: &Path) -> Option<PathBuf> {
    if let Ok(target) = fs::read_link(path) {
        return Some(target);
    }
    if path.file_name() != Some(OsStr::new(LATEST)) || !path.is_file() {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let name = PathBuf::from(text.trim());
    let mut components = name.components();
    let sibling =
        matches!((components.next(), components.next()), (Some(Component::Normal(_)), None));
    sibling.then_some(name)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::LATEST;
    use crate::{Error, Run};

    /// Where `Run::open` ends up, or what it says.
    fn opened(path: &Path) -> Result<PathBuf, Error> {
        Run::open(path).map(|run| run.dir().to_owned())
    }

    /// A folder of runs, and the folder of one that is over.
    fn finished() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let dir = Run::create(root.path(), "walk").unwrap().dir().to_owned();
        (root, dir)
    }

    #[test]
    fn a_slash_at_the_end_changes_nothing() {
        let (root, dir) = finished();
        let with = |path: &Path, end: &str| PathBuf::from(format!("{}{end}", path.display()));
        let latest = root.path().join("walk").join(LATEST);
        for end in ["", "/", "//", "/."] {
            assert_eq!(opened(&with(&latest, end)).unwrap(), dir, "latest{end}");
            // As text: paths are equal whatever is at their end.
            let plain = opened(&with(&dir, end)).unwrap();
            assert_eq!(plain.as_os_str(), dir.as_os_str(), "{end}");
        }
    }

    #[test]
    fn latest_may_be_a_text_file() {
        let (_root, dir) = finished();
        let latest = dir.with_file_name(LATEST);
        fs::remove_file(&latest).unwrap();
        let name = dir.file_name().unwrap().to_str().unwrap();
        for text in [name.to_owned(), format!("{name}\n")] {
            fs::write(&latest, text).unwrap();
            for end in ["", "/"] {
                let path = format!("{}{end}", latest.display());
                assert_eq!(opened(Path::new(&path)).unwrap(), dir);
            }
        }
        // Neither its own folder nor one elsewhere.
        for text in ["", ".", "..", "../walk", "/", "no-such-run"] {
            fs::write(&latest, text).unwrap();
            assert!(matches!(opened(&latest), Err(Error::Io { .. })), "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_to_the_end_and_circles_are_errors() {
        use std::os::unix::fs::symlink;
        let (root, dir) = finished();
        let mine = root.path().join("mine");
        symlink("walk/latest", &mine).unwrap();
        assert_eq!(opened(&mine).unwrap(), dir);
        symlink(&dir, root.path().join("absolute")).unwrap();
        assert_eq!(opened(&root.path().join("absolute/")).unwrap(), dir);
        symlink("b", root.path().join("a")).unwrap();
        symlink("a", root.path().join("b")).unwrap();
        assert!(matches!(opened(&root.path().join("a")), Err(Error::Io { .. })));
    }
}
