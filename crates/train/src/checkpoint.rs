//! A checkpoint is a folder that is replaced as a whole: at any moment a whole one can be loaded.
//!
//! The new folder is written beside the old one as `<dir>.new`, with the SHA-256 of each file in
//! `SHA256SUMS`, and brought to the disk. Then the old folder steps aside to `<dir>.old`, the new
//! one takes its place, and the old one is removed. Whoever is killed in between leaves either the
//! old folder in place, or none in place and the old one aside (where [`load`] finds it), or the new
//! one in place. One process at a time may write a folder.
//!
//! ```
//! use train::checkpoint;
//! # let parent = tempfile::tempdir()?;
//! let dir = parent.path().join("last");
//! checkpoint::save(&dir, &[("progress.json", b"{}"), ("weights", &[1, 2, 3])])?;
//! let files = checkpoint::load(&dir)?;
//! assert_eq!(files["weights"], [1, 2, 3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::CheckpointError as Error;

/// The list of the files and their sums, as the program `sha256sum` writes and checks it.
const SUMS: &str = "SHA256SUMS";

/// Replaces the folder `dir` by one that holds `files` (name and content); missing folders above it
/// are made.
///
/// # Errors
/// [`Error::Name`] for a name that is no plain file name, [`Error::Io`] where the file system
/// refuses. The old folder is then still there.
pub fn save(dir: &Path, files: &[(&str, &[u8])]) -> Result<(), Error> {
    if let Err(error) = write_new(dir, files) {
        // The first error is the one to tell; a full disk gets its room back where that is possible.
        let _ = remove(&sibling(dir, ".new"));
        return Err(error);
    }
    step_aside(dir)?;
    move_in(dir)?;
    clean_up(dir)
}

/// The files of the checkpoint `dir`, each checked against its sum; from `<dir>.old` where `dir` is
/// missing.
///
/// # Errors
/// [`Error::Missing`] without either folder, [`Error::Incomplete`], [`Error::Corrupt`],
/// [`Error::Unlisted`] or [`Error::Sums`] where what lies there is not what was written,
/// [`Error::Io`] where it cannot be read.
pub fn load(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let old = sibling(dir, ".old");
    let place = [dir, &old].into_iter().find(|place| exists(place));
    let Some(place) = place else { return Err(Error::Missing(dir.to_owned())) };
    let sums = String::from_utf8_lossy(&read(place, SUMS)?).into_owned();
    let mut files = BTreeMap::new();
    for (index, line) in sums.lines().enumerate() {
        let entry = line.split_once("  ").filter(|(sum, name)| sum.len() == 64 && is_plain(name));
        let Some((sum, name)) = entry else {
            return Err(Error::Sums { dir: place.to_owned(), line: index + 1 });
        };
        let content = read(place, name)?;
        if sha256(&content) != sum {
            return Err(Error::Corrupt { dir: place.to_owned(), name: name.to_owned() });
        }
        files.insert(name.to_owned(), content);
    }
    if files.is_empty() {
        return Err(Error::Sums { dir: place.to_owned(), line: 1 });
    }
    refuse_unlisted(place, &files)?;
    Ok(files)
}

/// A list that lost its last lines is whole to look at: the files that it lost give it away.
fn refuse_unlisted(dir: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    for entry in fs::read_dir(dir).map_err(io("read", dir))? {
        let name = entry.map_err(io("read", dir))?.file_name().to_string_lossy().into_owned();
        // Desktop programs leave hidden files of their own.
        if name != SUMS && !name.starts_with('.') && !files.contains_key(&name) {
            return Err(Error::Unlisted { dir: dir.to_owned(), name });
        }
    }
    Ok(())
}

/// First stage: the new folder beside the old one, whole and on the disk.
fn write_new(dir: &Path, files: &[(&str, &[u8])]) -> Result<(), Error> {
    if files.is_empty() {
        return Err(Error::Name(String::new()));
    }
    let new = sibling(dir, ".new");
    remove(&new)?;
    fs::create_dir_all(&new).map_err(io("create", &new))?;
    let mut sums = String::new();
    for (name, content) in files {
        if !is_plain(name) {
            return Err(Error::Name((*name).to_owned()));
        }
        write(&new.join(name), content)?;
        sums += &format!("{}  {name}\n", sha256(content));
    }
    write(&new.join(SUMS), sums.as_bytes())?;
    sync_folder(&new)
}

/// Second stage: the old folder, where there is one, makes room.
fn step_aside(dir: &Path) -> Result<(), Error> {
    if !exists(dir) {
        return Ok(());
    }
    let old = sibling(dir, ".old");
    remove(&old)?;
    fs::rename(dir, &old).map_err(io("move aside", dir))
}

/// Third stage: the new folder takes its place.
fn move_in(dir: &Path) -> Result<(), Error> {
    let new = sibling(dir, ".new");
    fs::rename(&new, dir).map_err(io("move into place", &new))?;
    match dir.parent() {
        Some(parent) if parent != Path::new("") => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

/// Last stage: the old folder goes.
fn clean_up(dir: &Path) -> Result<(), Error> {
    remove(&sibling(dir, ".old"))
}

fn sibling(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(dir);
    name.push(suffix);
    name.into()
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn is_plain(name: &str) -> bool {
    let special = name.is_empty() || name == "." || name == ".." || name == SUMS;
    !special && !name.contains(['/', '\\', ':', '\n', '\r', '\0'])
}

fn remove(dir: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(io("remove", dir)(e)),
        _ => Ok(()),
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut file = File::create(path).map_err(io("create", path))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(io("write", path))
}

fn read(dir: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let path = dir.join(name);
    fs::read(&path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => Error::Incomplete { dir: dir.to_owned(), name: name.to_owned() },
        _ => io("read", &path)(e),
    })
}

/// Brings the names in a folder to the disk, where the system has a way to do so.
fn sync_folder(dir: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        File::open(dir).and_then(|f| f.sync_all()).map_err(io("write", dir))?;
    }
    Ok(())
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { what, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [(&str, &[u8]); 2] = [("a", b"old a"), ("b", b"old b")];
    const NEW: [(&str, &[u8]); 2] = [("a", b"new a"), ("c", b"new c")];

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("checkpoints").join("last");
        (parent, dir)
    }

    fn holds(dir: &Path, files: &[(&str, &[u8])]) -> bool {
        let loaded = load(dir).unwrap();
        let expected: BTreeMap<_, _> =
            files.iter().map(|(n, c)| ((*n).to_owned(), c.to_vec())).collect();
        loaded == expected
    }

    #[test]
    fn a_saved_checkpoint_replaces_the_one_before_and_leaves_nothing_beside_it() {
        let (_parent, dir) = folder();
        assert!(matches!(load(&dir), Err(Error::Missing(_))));
        for files in [&OLD, &NEW] {
            save(&dir, files).unwrap();
            assert!(holds(&dir, files));
            assert_eq!(fs::read_dir(dir.parent().unwrap()).unwrap().count(), 1);
        }
    }

    /// The stages of a replacement in order, as far as a killed process came.
    #[test]
    fn a_kill_at_any_stage_leaves_a_whole_checkpoint_and_the_next_save_heals() {
        type Stage = fn(&Path) -> Result<(), Error>;
        let half_written: Stage = |dir| {
            let new = sibling(dir, ".new");
            fs::create_dir_all(&new).unwrap();
            write(&new.join("a"), b"ne")
        };
        let written: Stage = |dir| write_new(dir, &NEW);
        let half_removed: Stage = |dir| {
            fs::remove_file(sibling(dir, ".old").join("a")).unwrap();
            Ok(())
        };
        let cases: [(&[Stage], bool); 6] = [
            (&[half_written], false),
            (&[half_written, written], false),
            (&[written, step_aside], false),
            (&[written, step_aside, move_in], true),
            (&[written, step_aside, move_in, half_removed], true),
            (&[written, step_aside, move_in, clean_up], true),
        ];
        for (number, (stages, is_new)) in cases.into_iter().enumerate() {
            let (_parent, dir) = folder();
            save(&dir, &OLD).unwrap();
            stages.iter().for_each(|stage| stage(&dir).unwrap());
            assert!(holds(&dir, if is_new { &NEW } else { &OLD }), "case {number}");
            save(&dir, &NEW).unwrap();
            assert!(holds(&dir, &NEW), "case {number}");
            assert_eq!(fs::read_dir(dir.parent().unwrap()).unwrap().count(), 1, "case {number}");
        }
    }

    /// A second kill between the same two renames must not cost the folder that stepped aside.
    #[test]
    fn two_kills_in_a_row_leave_a_whole_checkpoint() {
        let (_parent, dir) = folder();
        save(&dir, &OLD).unwrap();
        for _ in 0..2 {
            write_new(&dir, &NEW).unwrap();
            step_aside(&dir).unwrap();
            assert!(holds(&dir, &OLD));
        }
    }

    #[test]
    fn any_changed_missing_or_shortened_file_is_named() {
        type Damage = (&'static str, fn(&Path));
        let damage: [Damage; 3] = [
            ("corrupt", |path| {
                let mut content = fs::read(path).unwrap();
                content[2] ^= 1;
                fs::write(path, content).unwrap();
            }),
            ("missing", |path| fs::remove_file(path).unwrap()),
            ("truncated", |path| {
                let content = fs::read(path).unwrap();
                fs::write(path, &content[..content.len() - 1]).unwrap();
            }),
        ];
        for (kind, damage) in damage {
            for name in ["a", "b", SUMS] {
                let (_parent, dir) = folder();
                save(&dir, &OLD).unwrap();
                damage(&dir.join(name));
                // A list of sums without its last line break says the same as with it.
                if (kind, name) == ("truncated", SUMS) {
                    assert!(holds(&dir, &OLD));
                    continue;
                }
                let message = load(&dir).unwrap_err().to_string();
                let expected = if name == SUMS && kind == "corrupt" { "a does not" } else { name };
                assert!(message.contains(expected), "{kind} {name}: {message}");
            }
        }
    }

    #[test]
    fn a_list_of_sums_cut_anywhere_is_noticed() {
        let (_parent, dir) = folder();
        save(&dir, &OLD).unwrap();
        let whole = fs::read(dir.join(SUMS)).unwrap();
        for length in 0..whole.len() - 1 {
            fs::write(dir.join(SUMS), &whole[..length]).unwrap();
            assert!(load(&dir).is_err(), "cut to {length} bytes");
        }
    }

    #[test]
    fn an_empty_list_of_sums_is_not_an_empty_checkpoint() {
        let (_parent, dir) = folder();
        save(&dir, &OLD).unwrap();
        fs::write(dir.join(SUMS), "").unwrap();
        assert!(matches!(load(&dir), Err(Error::Sums { line: 1, .. })));
        fs::write(dir.join(SUMS), format!("{}  ../a\n", "0".repeat(64))).unwrap();
        assert!(matches!(load(&dir), Err(Error::Sums { line: 1, .. })));
    }

    #[test]
    fn names_that_leave_the_folder_are_refused_and_the_old_checkpoint_stays() {
        let (_parent, dir) = folder();
        save(&dir, &OLD).unwrap();
        for name in ["", ".", "..", "a/b", "..\\a", "c:", SUMS, "a\nb"] {
            assert!(matches!(save(&dir, &[(name, b"x")]), Err(Error::Name(_))), "{name}");
        }
        assert!(save(&dir, &[]).is_err());
        assert!(holds(&dir, &OLD));
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let (parent, _) = folder();
        let file = parent.path().join("file");
        fs::write(&file, "in the way").unwrap();
        let message = save(&file.join("last"), &OLD).unwrap_err().to_string();
        assert!(message.contains("last.new"), "{message}");
    }
}
