//! The names that the runner knows: the experiments (one text file, read here and by the
//! `experiments` program) and its own commands.

use clap::CommandFactory;

use crate::cli::Cli;

/// `name`, two spaces or a tab, one line about it. Sorted. `name+autoenc` needs that feature of the
/// program, which brings candle and minutes of building.
const EXPERIMENTS: &str = include_str!("../../crates/experiments/experiments.txt");

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// The feature that it needs of the program behind it.
    pub feature: Option<String>,
    pub about: String,
}

/// Every experiment.
pub fn experiments() -> Vec<Entry> {
    parse(EXPERIMENTS)
}

/// Reads the list: empty lines are skipped.
pub fn parse(text: &str) -> Vec<Entry> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (name, about) = line.split_once(['\t', ' ']).unwrap_or((line, ""));
            let (name, feature) = match name.split_once('+') {
                Some((name, feature)) => (name, Some(feature.to_owned())),
                None => (name, None),
            };
            Entry { name: name.to_owned(), feature, about: about.trim().to_owned() }
        })
        .collect()
}

/// The runner's own commands.
pub fn commands() -> Vec<Entry> {
    Cli::command()
        .get_subcommands()
        .map(|c| Entry {
            name: c.get_name().to_owned(),
            feature: None,
            about: c.get_about().map(ToString::to_string).unwrap_or_default(),
        })
        .collect()
}

/// What `cargo xtask list` prints.
pub fn list() -> Vec<String> {
    let (experiments, commands) = (experiments(), commands());
    let width = experiments.iter().chain(&commands).map(|e| e.name.len()).max().unwrap_or(0);
    let row = |e: &Entry| format!("  {:width$}  {}", e.name, e.about);
    let mut lines = vec!["experiments:".to_owned()];
    lines.extend(experiments.iter().map(row));
    lines.push("commands:".to_owned());
    lines.extend(commands.iter().map(row));
    lines.push("`cargo xtask NAME --help` has the options of each, with examples.".to_owned());
    lines.push("`cargo xtask bench --micro` runs the benchmarks of single functions.".to_owned());
    lines
}

/// The known name nearest to a mistyped one, if any is near.
pub fn nearest(typed: &str) -> Option<String> {
    let names = experiments().into_iter().chain(commands()).map(|e| e.name);
    names
        .map(|name| (distance(typed, &name), name))
        .filter(|(distance, name)| *distance <= 3 && distance * 2 <= name.len())
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance: insertions, deletions and replacements from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{Entry, distance, experiments, list, nearest, parse};

    #[test]
    fn a_line_is_split_at_two_spaces_or_a_tab() {
        let of = |feature: Option<&str>| {
            let (name, about) = ("walk".to_owned(), "A random walk, drawn".to_owned());
            [Entry { name, feature: feature.map(str::to_owned), about }]
        };
        assert_eq!(parse("walk  A random walk, drawn\n\n"), of(None));
        assert_eq!(parse("walk\tA random walk, drawn"), of(None));
        assert_eq!(parse("walk+autoenc  A random walk, drawn"), of(Some("autoenc")));
    }

    #[test]
    fn the_list_names_every_experiment_and_every_command() {
        let text = list().join("\n");
        let commands = ["list", "test", "ci", "tidy", "mutants", "book", "fetch-data", "bench"];
        let names = experiments().into_iter().map(|e| e.name);
        for name in names.chain(commands.map(String::from)) {
            let line = text.lines().find(|l| l.split_whitespace().next() == Some(&name));
            assert!(line.is_some_and(|l| l.split_whitespace().count() > 2), "{name}: {line:?}");
        }
    }

    #[test]
    fn distances_are_those_of_the_textbook() {
        let of = |a, b| distance(a, b);
        assert_eq!((of("kitten", "sitting"), of("", "abc"), of("same", "same")), (3, 3, 0));
    }

    #[test]
    fn a_slip_finds_its_name_and_nonsense_finds_none() {
        assert_eq!(nearest("trainae").as_deref(), Some("train-ae"));
        assert_eq!(nearest("gibs-demo").as_deref(), Some("gibbs-demo"));
        assert_eq!(nearest("tets").as_deref(), Some("test"));
        assert_eq!(nearest("xy"), None, "two letters are not a slip of `ci`");
        assert_eq!(nearest("quantum"), None);
    }
}
