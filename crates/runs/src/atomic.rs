//! Files that are either as they were or as they shall be, whenever the power fails.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::error::Error;

/// Temporary files are hidden and end with this.
const SUFFIX: &str = ".tmp";

/// Writes a file in one piece: into a temporary sibling, to the disk, then over the old one.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(SUFFIX);
    // Readable as any other file of the user's: the default is for secrets.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(Error::io("write", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.as_file().sync_all().map_err(Error::io("write", path))?;
    file.persist(path).map_err(|e| Error::io("write", path)(e.error))?;
    sync_folder(folder).map_err(Error::io("write", path))
}

/// Makes `link` lead to its sibling `target`, in one piece. `unique` tells writers apart.
#[cfg(unix)]
pub fn point_at(link: &Path, target: &str, unique: &str) -> Result<(), Error> {
    let temporary = link.with_file_name(format!(".latest-{unique}{SUFFIX}"));
    let refused = || Error::io("point at the newest run with", link);
    std::os::unix::fs::symlink(target, &temporary).map_err(refused())?;
    fs::rename(&temporary, link).map_err(|error| {
        // The link is of no use any more; that it cannot be removed either is no news.
        let _ = fs::remove_file(&temporary);
        refused()(error)
    })
}

/// Makes the text file `link` name its sibling `target`: links take special rights here.
#[cfg(not(unix))]
pub fn point_at(link: &Path, target: &str, _unique: &str) -> Result<(), Error> {
    write(link, target.as_bytes())
}

/// Removes what killed writers left in a folder and below it, where it is at least `age` old.
pub fn sweep(folder: &Path, age: Duration, depth: usize) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    for entry in entries {
        let entry = entry.map_err(Error::io("read", folder))?;
        let path = entry.path();
        let metadata = match fs::symlink_metadata(&path) {
            // Another process sweeps too, or its writer was alive and is done.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            metadata => metadata.map_err(Error::io("read", &path))?,
        };
        if metadata.is_dir() {
            if depth > 0 {
                sweep(&path, age, depth - 1)?;
            }
        } else if is_temporary(&entry.file_name().to_string_lossy()) {
            let changed = metadata.modified().map_err(Error::io("read", &path))?;
            if SystemTime::now().duration_since(changed).is_ok_and(|found| found >= age) {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(Error::io("remove", path)),
    }
}

fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(SUFFIX)
}

/// Makes the new name durable. Only Unix lets a folder be opened for that.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::{sweep, write};
    use crate::error::Error;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_the_umask_lets_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"").unwrap();
        fs::write(&plain, b"").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(ours), mode(plain));
    }

    #[test]
    fn a_failed_write_keeps_the_old_file_and_names_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        let error = write(&path, b"x").unwrap_err();
        assert!(matches!(&error, Error::Io { path: p, .. } if *p == path), "{error:?}");
        assert!(path.is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the temporary is gone");
    }

    #[test]
    fn only_old_temporaries_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("figures");
        fs::create_dir(&below).unwrap();
        let left = [folder.path().join(".x1.tmp"), below.join(".x2.tmp")];
        let kept = [folder.path().join("notes.tmp"), folder.path().join(".hidden")];
        for path in left.iter().chain(&kept) {
            fs::write(path, b"").unwrap();
        }
        sweep(folder.path(), Duration::from_secs(3600), 3).unwrap();
        assert!(left.iter().all(|path| path.exists()), "too young");
        sweep(folder.path(), Duration::ZERO, 0).unwrap();
        assert!(!left[0].exists() && left[1].exists(), "depth 0 stays in the folder");
        sweep(folder.path(), Duration::ZERO, 3).unwrap();
        assert!(!left[1].exists() && kept.iter().all(|path| path.exists()));
    }
}
