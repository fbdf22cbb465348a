//! One writer a run: a lock on a file in its folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::Error;

/// In the run folder. It is never removed: who comes next must lock the same file.
const LOCK: &str = ".lock";

/// A locked run folder, until this is dropped; the system frees it when the process ends.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Locks a run folder.
    ///
    /// # Errors
    ///
    /// Somebody has it, or the file cannot be made.
    pub fn take(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(LOCK);
        let mut options = OpenOptions::new();
        let file =
            options.append(true).create(true).open(&path).map_err(Error::io("lock", &path))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::InUse { path: dir.to_owned() }),
            // Some network file systems know no locks: a run there is as safe as its user is
            // careful.
            Err(TryLockError::Error(_)) | Ok(()) => Ok(Self(file)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would not do while a child process that is just being started has the
        // handle too. Where there was no lock, there is none to free.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{LOCK, Lock};
    use crate::Error;

    #[test]
    fn a_lock_is_for_one_and_goes_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        // As a child that is being started has it.
        let inherited = first.0.try_clone().unwrap();
        let error = Lock::take(folder.path()).unwrap_err();
        assert!(matches!(&error, Error::InUse { path } if path == folder.path()), "{error:?}");
        drop(first);
        drop(Lock::take(folder.path()).unwrap());
        drop(inherited);
        assert!(fs::read(folder.path().join(LOCK)).unwrap().is_empty());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let error = Lock::take(&folder.path().join("none")).unwrap_err();
        assert!(matches!(error, Error::Io { action: "lock", .. }), "{error:?}");
    }
}
