//! Where things are: data sets and run folders.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the workspace: `ERGODIC_ROOT`, which the runner sets, else the current folder.
pub fn root() -> PathBuf {
    env::var_os("ERGODIC_ROOT").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The folder of a data set.
pub fn data_set(name: &str) -> PathBuf {
    root().join("datasets").join(name)
}

/// The path as one would type it: relative to the current folder where it lies below.
pub fn typed(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
