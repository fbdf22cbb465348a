//! Where things are: data sets and run folders.

use std::env;
use std::path::Path;

/// The root of the workspace: `ERGODIC_ROOT`, which the runner sets, else the current folder.
pub fn root() -> std::path::PathBuf {
    env::var_os("ERGODIC_ROOT").unwrap_or_else(|| ".".into()).into()
}

/// The folder of a data set.
#[cfg(feature = "autoenc")]
pub fn data_set(name: &str) -> std::path::PathBuf {
    root().join("datasets").join(name)
}

/// The path as one would type it: relative to the current folder where it lies below.
pub fn typed(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
