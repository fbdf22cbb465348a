//! Choices from a file: the same names as the flags.

use std::fmt::Display;
use std::path::Path;

use anyhow::Context;
use serde::de::DeserializeOwned;
use terminal::Complaint;

/// The largest master seed: TOML knows signed integers only.
pub const LARGEST_SEED: u64 = i64::MAX as u64;

/// The choices in a file.
///
/// # Errors
/// As [`parse`], or where the file cannot be read.
pub fn read<C: DeserializeOwned>(file: &Path) -> anyhow::Result<C> {
    let read = || format!("cannot read the configuration {}", file.display());
    let text = std::fs::read_to_string(file).with_context(read)?;
    parse(&text).with_context(read)
}

/// The choices in the text of a file.
///
/// # Errors
/// Where it is no TOML, or a name in it is unknown: the line is named.
pub fn parse<C: DeserializeOwned>(text: &str) -> Result<C, Complaint> {
    toml::from_str(text).map_err(|e: toml::de::Error| {
        Complaint::new(e.to_string().trim_end().to_owned())
            .hint("the config.toml of any run shows the names; `--help` has their ranges")
    })
}

/// A value outside its range.
pub fn refused(name: &str, value: impl Display, range: &str) -> Complaint {
    Complaint::new(format!("--{name} is {value}: it must be {range}")).code(2)
}
