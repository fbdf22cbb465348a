//! The cargo feature that the device of a run needs, which is known only from its arguments.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// The cargo feature for the arguments of an experiment, if it needs one. Files are looked for
/// where the experiment will: in the caller's folder.
pub fn feature(args: &[OsString]) -> Option<&'static str> {
    feature_with(args, |file| fs::read_to_string(file).ok())
}

/// The same with the files as `read` has them. A file that is missing or no TOML needs no feature:
/// the experiment itself says what is wrong with it.
fn feature_with(args: &[OsString], read: impl Fn(&Path) -> Option<String>) -> Option<&'static str> {
    let from_file = |file: PathBuf| device_in(&read(&file)?);
    let device = match source(args) {
        Source::None => None,
        Source::Flag(device) => Some(device),
        Source::Config(file) => from_file(file),
        Source::Run(run) => {
            let config = |run: &Path| from_file(run.join("config.toml"));
            // Where there are no links, `latest` is a text file with the name of its sibling.
            config(&run).or_else(|| config(&run.with_file_name(read(&run)?.trim())))
        }
    };
    match device?.as_str() {
        "cuda" => Some("cuda"),
        "metal" => Some("metal"),
        _ => None,
    }
}

/// What says which device it is.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// Nothing: the default needs no feature. Help needs none either, and builds without drivers.
    None,
    /// `--device DEVICE`, which comes before any file.
    Flag(String),
    /// `--config FILE`
    Config(PathBuf),
    /// `--resume RUN`
    Run(PathBuf),
}

fn source(args: &[OsString]) -> Source {
    let words: Vec<&OsStr> =
        args.iter().map(OsString::as_os_str).take_while(|word| *word != "--").collect();
    if words.iter().any(|word| *word == "--help" || *word == "-h") {
        return Source::None;
    }
    if let Some(device) = value(&words, "--device") {
        return Source::Flag(device.to_string_lossy().into_owned());
    }
    if let Some(file) = value(&words, "--config") {
        return Source::Config(file.into());
    }
    value(&words, "--resume").map_or(Source::None, |run| Source::Run(run.into()))
}

/// The value of an option, as `--name value` or `--name=value`.
fn value<'a>(words: &[&'a OsStr], name: &str) -> Option<&'a OsStr> {
    let separate = || words.windows(2).find(|pair| pair[0] == name).map(|pair| pair[1]);
    let joined = |word: &&'a OsStr| {
        let value = word.to_str()?.strip_prefix(name)?.strip_prefix('=')?;
        Some(OsStr::new(value))
    };
    separate().or_else(|| words.iter().find_map(joined))
}

/// The device that the text of a configuration names.
fn device_in(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    Some(table.get("device")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::Path;

    use super::{device_in, feature, feature_with};

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(Into::into).collect()
    }

    /// The feature where there are these files.
    fn with(files: &[(&str, &str)], line: &str) -> Option<&'static str> {
        let read = |wanted: &Path| {
            files.iter().find(|(name, _)| Path::new(name) == wanted).map(|f| f.1.to_owned())
        };
        feature_with(&words(line), read)
    }

    #[test]
    fn a_flag_names_the_feature() {
        let of = |line: &str| with(&[], line);
        assert_eq!(of("--device cuda"), Some("cuda"));
        assert_eq!(of("--device=metal"), Some("metal"));
        assert_eq!(of("--seed 1 --device metal --smoke"), Some("metal"));
        for none in ["", "--device cpu", "--device", "--device=", "--out cuda", "-- --device cuda"]
        {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(of("--device cuda:1"), None, "no device of ours");
        assert_eq!(of("--devices=cuda"), None);
        assert_eq!((of("--device cuda --help"), of("-h --device=cuda")), (None, None));
    }

    #[test]
    fn a_configuration_names_the_feature_where_no_flag_does() {
        let files = [("a/b.toml", "seed = 1\ndevice = \"cuda\"\n"), ("cpu.toml", "device = 'cpu'")];
        let of = |line: &str| with(&files, line);
        assert_eq!(of("--config a/b.toml --seed 2"), Some("cuda"));
        assert_eq!(of("--config=a/b.toml"), Some("cuda"));
        assert_eq!(of("--config a/b.toml --device cpu"), None);
        assert_eq!(of("--device=metal --config a/b.toml"), Some("metal"));
        assert_eq!(
            (of("--config cpu.toml"), of("--config none.toml"), of("--config")),
            (None, None, None)
        );
        assert_eq!(of("--config a/b.toml --help"), None);
    }

    #[test]
    fn a_run_that_goes_on_names_the_feature() {
        let files = [
            ("r/latest", "20260102T030405Z-1f3a\n"),
            ("r/20260102T030405Z-1f3a/config.toml", "device = 'cuda'"),
        ];
        let of = |line: &str| with(&files, line);
        for run in ["r/20260102T030405Z-1f3a", "r/20260102T030405Z-1f3a/", "r/latest", "r/latest/"]
        {
            assert_eq!(of(&format!("--resume {run}")), Some("cuda"), "{run}");
            assert_eq!(of(&format!("--resume={run} --epochs 40")), Some("cuda"), "{run}");
        }
        assert_eq!(of("--resume r/latest --device cpu"), None);
        assert_eq!((of("--resume r/none"), of("--resume r")), (None, None));
    }

    #[test]
    fn only_a_text_under_device_is_a_device() {
        assert_eq!(device_in("device = 'metal' # here").as_deref(), Some("metal"));
        for none in
            ["", "device = 1", "[device]\nname = 'cuda'", "device = cuda", "[x]\ndevice = 'cuda'"]
        {
            assert_eq!(device_in(none), None, "{none}");
        }
    }

    #[test]
    fn files_are_read() {
        let run = tempfile::tempdir().unwrap();
        let config = run.path().join("config.toml");
        fs::write(&config, "device = \"metal\"\n").unwrap();
        let of = |option: &str, path: &Path| feature(&[option.into(), path.into()]);
        assert_eq!(of("--config", &config), Some("metal"));
        assert_eq!(of("--resume", run.path()), Some("metal"));
        fs::write(&config, b"device = \"metal\" # \xff\n").unwrap();
        assert_eq!(of("--config", &config), None);
    }
}
