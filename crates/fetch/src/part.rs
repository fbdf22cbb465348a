//! The unfinished file: it outlives an interruption, and gets its name only with the right content.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use datasets::manifest::SetFile;

use terminal::Complaint;

/// `<file>.part` in the target folder, locked against a second download.
pub struct Part<'a> {
    wanted: &'a SetFile,
    folder: &'a Path,
    path: PathBuf,
    file: File,
    length: u64,
}

impl<'a> Part<'a> {
    /// Opens or makes it, and the folder with it.
    ///
    /// # Errors
    /// The folder or the file cannot be made or written, or another download is at it.
    pub fn open(wanted: &'a SetFile, folder: &'a Path) -> anyhow::Result<Self> {
        let unwritable = || format!("cannot write to {}", folder.display());
        fs::create_dir_all(folder).with_context(unwritable)?;
        let path = folder.join(format!("{}.part", wanted.name));
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let file = options.open(&path).with_context(unwritable)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(in_use(&path).into());
            }
            // Some network file systems know no locks; the check of the content still holds.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let length = file.metadata().with_context(unwritable)?.len();
        Ok(Self { wanted, folder, path, file, length })
    }

    /// Bytes that are there.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Drops all bytes.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn clear(&mut self) -> anyhow::Result<()> {
        self.file.set_len(0).with_context(|| self.unwritable())?;
        self.length = 0;
        Ok(())
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// The file cannot be written, for example because the disk is full.
    pub fn add(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.file.write_all(bytes).with_context(|| self.unwritable())?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Whether the content is the one that is wanted.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&mut self) -> Result<(), datasets::Error> {
        // Through the handle that has the lock: some systems let no other one read.
        let rewound = self.file.seek(SeekFrom::Start(0));
        rewound
            .map_err(|source| datasets::Error::Unreadable { path: self.path.clone(), source })?;
        self.wanted.read_from(&self.file, &self.path).map(drop)
    }

    /// Gives the file its name: that of the gzip file, or that of the content where a mirror has
    /// unpacked it. What had the name before is replaced.
    ///
    /// # Errors
    /// The file cannot be written or renamed.
    pub fn keep(mut self) -> anyhow::Result<PathBuf> {
        let unwritable = self.unwritable();
        let mut magic = [0; 2];
        self.file.sync_all().with_context(|| unwritable.clone())?;
        self.file.seek(SeekFrom::Start(0)).with_context(|| unwritable.clone())?;
        let packed = self.file.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
        let packed_name = self.folder.join(&self.wanted.name);
        let plain_name = self.folder.join(self.wanted.payload_name());
        let name = if packed { &packed_name } else { &plain_name };
        fs::rename(&self.path, name).with_context(|| unwritable.clone())?;
        if !packed && packed_name.exists() {
            // It was wrong, and would be read before the plain one.
            fs::remove_file(&packed_name).with_context(|| unwritable.clone())?;
        }
        sync_folder(self.folder);
        Ok(name.clone())
    }

    /// Removes the file if it is empty: nothing would be gained by keeping it.
    pub fn leave(self) {
        if self.length == 0 {
            // An empty file that stays does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }

    fn unwritable(&self) -> String {
        format!("cannot write {}", self.path.display())
    }
}

fn in_use(path: &Path) -> Complaint {
    Complaint::new(format!("{} is being written by another download", path.display()))
        .hint("wait for its end, or name another folder with --to FOLDER")
}

/// Makes the new name durable. Not every system lets a folder be opened; the file itself is safe.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|f| f.sync_all());
}
