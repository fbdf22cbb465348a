//! Choices from a file: the same names as the flags.

use std::fmt::Display;
use std::path::Path;

use anyhow::Context;
use serde::de::DeserializeOwned;
use terminal::Complaint;

/// The largest master seed: TOML knows signed integers only.
pub const LARGEST_SEED: u64 = i64::MAX as u64;
/// Draws of all chains together at most, where a demonstration keeps them.
const MOST_DRAWS: usize = 2_000_000;

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

/// Refuses a seed of a file that no configuration could hold.
///
/// # Errors
/// Beyond [`LARGEST_SEED`].
pub fn check_seed(seed: u64) -> Result<(), Complaint> {
    if seed > LARGEST_SEED {
        return Err(refused("seed", seed, "at most 9,223,372,036,854,775,807"));
    }
    Ok(())
}

/// Refuses chains that are too short or too many to be kept and drawn.
///
/// # Errors
/// Out of range, with the range.
pub fn check_chains(draws: usize, burn_in: usize, chains: usize) -> Result<(), Complaint> {
    if !(1_000..=1_000_000).contains(&draws) {
        return Err(refused("draws", draws, "from 1,000 to 1,000,000"));
    }
    if burn_in > draws {
        return Err(refused("burn-in", burn_in, "at most the draws that are kept"));
    }
    let most = (MOST_DRAWS / draws).min(64);
    if !(1..=most).contains(&chains) {
        let range = format!("from 1 to {most} for so many draws");
        return Err(refused("chains", chains, &range));
    }
    Ok(())
}
