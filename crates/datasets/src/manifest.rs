//! The known data sets: names, files, sizes, check sums, mirrors and licences, from
//! `datasets/manifest.toml`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::idx::{self, Idx};
use crate::{Error, IdxError};

const TEXT: &str = include_str!("../../../datasets/manifest.toml");

/// A known data set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// The name by which it is asked for, and that of its folder.
    pub name: String,
    /// Its name in running text.
    pub title: String,
    /// Whose it is and under which licence.
    pub licence: String,
    /// The publication to cite.
    pub cite: String,
    /// What the classes are called, in the order of the labels.
    pub classes: Vec<String>,
    /// Addresses that end in `/` and hold the files by their names, in the order to be tried.
    pub mirrors: Vec<String>,
    /// Its files, one for each [`Part`].
    pub files: Vec<SetFile>,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The images to train with.
    TrainImages,
    /// Their labels.
    TrainLabels,
    /// The images to test with.
    TestImages,
    /// Their labels.
    TestLabels,
}

/// A file of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetFile {
    /// What it holds.
    pub part: Part,
    /// Its name as mirrors have it, with `.gz`.
    pub name: String,
    /// Bytes of the usual gzip file. Others may pack the same payload differently.
    pub bytes: u64,
    /// SHA-256 of the usual gzip file. The payload's sum is what counts.
    pub sha256: String,
    /// Bytes of the file, unpacked.
    pub payload_bytes: u64,
    /// SHA-256 of the file, unpacked.
    pub payload_sha256: String,
}

/// All known data sets.
///
/// # Errors
/// The embedded list is malformed.
pub fn sets() -> Result<Vec<Set>, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sets {
        set: Vec<Set>,
    }
    let parsed: Result<Sets, _> = toml::from_str(TEXT);
    parsed.map(|sets| sets.set).map_err(|e| Error::Manifest { reason: e.to_string() })
}

/// The data set of this name.
///
/// ```
/// let set = datasets::manifest::find("fashion-mnist")?;
/// assert_eq!(set.classes[9], "ankle boot");
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnknownSet`], which lists the names there are.
pub fn find(name: &str) -> Result<Set, Error> {
    let sets = sets()?;
    let names: Vec<&str> = sets.iter().map(|s| s.name.as_str()).collect();
    let known = names.join(", ");
    let found = sets.into_iter().find(|s| s.name == name);
    found.ok_or_else(|| Error::UnknownSet { name: name.to_owned(), known })
}

impl Set {
    /// The file that holds `part`.
    ///
    /// # Errors
    /// The list does not name it.
    pub fn file(&self, part: Part) -> Result<&SetFile, Error> {
        self.files
            .iter()
            .find(|f| f.part == part)
            .ok_or_else(|| Error::Manifest { reason: format!("{} has no {part:?}", self.name) })
    }
}

impl SetFile {
    /// The name of the unpacked file.
    #[must_use]
    pub fn payload_name(&self) -> &str {
        self.name.strip_suffix(".gz").unwrap_or(&self.name)
    }

    /// Where the file lies in `folder`: packed if it is there, else plain, else nowhere.
    #[must_use]
    pub fn locate(&self, folder: &Path) -> Option<PathBuf> {
        [&self.name, self.payload_name()].map(|n| folder.join(n)).into_iter().find(|p| p.exists())
    }

    /// Reads the file at `path`, plain or gzipped, and checks that it is the known one.
    ///
    /// # Errors
    /// It cannot be read, is not an IDX file or is another one: [`Error::Unreadable`],
    /// [`Error::Malformed`], [`Error::Checksum`].
    pub fn read(&self, path: &Path) -> Result<Idx, Error> {
        match File::open(path) {
            Ok(file) => self.read_from(file, path),
            Err(source) => Err(Error::Unreadable { path: path.to_owned(), source }),
        }
    }

    /// The same from an open file, whose path serves for messages only.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(&self, from: impl Read, path: &Path) -> Result<Idx, Error> {
        let limit = usize::try_from(self.payload_bytes).unwrap_or(usize::MAX);
        let file = path.display().to_string();
        let idx = idx::read(from, limit).map_err(|source| match source {
            IdxError::Io(source) => Error::Unreadable { path: path.to_owned(), source },
            source => Error::Malformed { file: file.clone(), source },
        })?;
        let found = payload_sha256(&idx);
        if found != self.payload_sha256 {
            return Err(Error::Checksum { file, expected: self.payload_sha256.clone(), found });
        }
        Ok(idx)
    }
}

/// SHA-256 of the unpacked file, in hexadecimal.
#[must_use]
pub fn payload_sha256(idx: &Idx) -> String {
    let mut hash = Sha256::new();
    hash.update(idx.header());
    hash.update(idx.values());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [Part; 4] =
        [Part::TrainImages, Part::TrainLabels, Part::TestImages, Part::TestLabels];

    #[test]
    fn every_set_is_complete() {
        let sets = sets().unwrap();
        assert_eq!(sets.iter().map(|s| &s.name).collect::<Vec<_>>(), ["mnist", "fashion-mnist"]);
        for set in sets {
            assert_eq!((set.files.len(), set.classes.len()), (4, 10));
            for part in PARTS {
                let file = set.file(part).unwrap();
                for sum in [&file.sha256, &file.payload_sha256] {
                    let lower_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
                    assert!(sum.len() == 64 && sum.bytes().all(lower_hex), "{sum}");
                }
                assert!(file.bytes < file.payload_bytes && file.name.ends_with("-ubyte.gz"));
            }
            for mirror in set.mirrors {
                assert!(mirror.starts_with("http") && mirror.ends_with('/'), "{mirror}");
            }
        }
    }

    #[test]
    fn an_unknown_set_is_told_the_known_ones() {
        let error = find("imagenet").unwrap_err().to_string();
        assert_eq!(error, "no data set is called `imagenet`; known are mnist, fashion-mnist");
    }

    #[test]
    fn the_sum_is_that_of_the_unpacked_file() {
        // printf '\0\0\10\1\0\0\0\2\1\2' | sha256sum
        let idx = Idx::new(vec![2], vec![1, 2]).unwrap();
        let sum = "7d8d5bbc33d5b40c823ac6678cbbc756ecb1462a2b5bb7feefb0e7a953dbb0f9";
        assert_eq!(payload_sha256(&idx), sum);
    }
}
