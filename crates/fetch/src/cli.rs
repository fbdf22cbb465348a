//! The options.

use std::env;
use std::path::PathBuf;

use clap::Parser;

/// Downloads a data set from its mirrors and checks every file's SHA-256
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask fetch-data",
    bin_name = "cargo xtask fetch-data",
    after_help = "A download that was cut off is continued by the next call. Files that are already \
        right are left alone.\n\n\
        Examples:\n  \
        cargo xtask fetch-data fashion-mnist\n  \
        cargo xtask fetch-data mnist --to /tmp/mnist     into another folder\n  \
        cargo xtask fetch-data fashion-mnist --force     once more, whatever is there\n  \
        cargo xtask fetch-data fashion-mnist --mirror https://example.org/data/"
)]
pub struct Cli {
    /// The data set
    #[arg(value_parser = ["mnist", "fashion-mnist"])]
    pub name: String,
    /// The folder to put the files in (by default `datasets/NAME` in the workspace)
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
    /// Fetch files anew that are already there
    #[arg(long)]
    pub force: bool,
    /// An address that holds the files by their names, in place of the known ones; may be repeated
    #[arg(long = "mirror", value_name = "URL")]
    pub mirrors: Vec<String>,
    /// Go to the next address where nothing comes for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
}

impl Cli {
    /// The folder to put the files in.
    pub fn folder(&self) -> PathBuf {
        let root = || env::var_os("ERGODIC_ROOT").map_or_else(|| PathBuf::from("."), PathBuf::from);
        self.to.clone().unwrap_or_else(|| root().join("datasets").join(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{CommandFactory, Parser};

    #[test]
    fn every_known_set_can_be_asked_for() {
        Cli::command().debug_assert();
        for set in datasets::manifest::sets().unwrap() {
            let cli = Cli::try_parse_from(["fetch", &set.name]).unwrap();
            assert!(cli.folder().ends_with(format!("datasets/{}", set.name)));
        }
        assert_eq!(Cli::try_parse_from(["fetch", "imagenet"]).unwrap_err().exit_code(), 2);
    }
}
