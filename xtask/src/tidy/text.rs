//! Rules about texts: length, links, labels, paths of somebody's machine.

use std::collections::BTreeSet;

use crate::tidy::tree::File;

/// Lines of a source file at most; 100 to 300 are easy to live in.
const LINES: usize = 500;

/// Source files that swallow too much.
pub fn too_long(files: &[File]) -> Vec<String> {
    let sources = files.iter().filter(|file| file.is("rs"));
    let counted = sources.map(|file| (&file.path, file.text.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > LINES);
    long.map(|(path, lines)| format!("{path}: has {lines} lines; at most {LINES}, split it"))
        .collect()
}

/// Relative links in Markdown that lead nowhere.
pub fn broken_links(files: &[File]) -> Vec<String> {
    let known: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.is("md")) {
        for (line, target) in links(&file.text) {
            if !leads_somewhere(&file.path, target, &known) {
                wrong.push(format!("{}:{line}: the link to {target} leads nowhere", file.path));
            }
        }
    }
    wrong
}

fn leads_somewhere(from: &str, target: &str, known: &BTreeSet<&str>) -> bool {
    let outside = target.contains("://") || target.starts_with("mailto:");
    let path = target.split('#').next().unwrap_or_default();
    if outside || path.is_empty() {
        return true;
    }
    let Some(path) = resolve(from, path) else { return false };
    // A folder is there if a file in it is.
    let folder = format!("{path}/");
    known.contains(path.as_str()) || known.iter().any(|name| name.starts_with(&folder))
}

/// The path from the root, with `/`; none where it leads out of the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The targets of `[text](target)` with their lines, outside of code.
fn links(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut fenced) = (Vec::new(), false);
    for (i, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            // Every second part stands between backticks.
            let prose = line.split('`').step_by(2);
            let targets = prose.flat_map(|part| part.split("](").skip(1));
            let targets = targets.filter_map(|rest| rest.split([')', ' ']).next());
            found.extend(targets.map(|target| (i + 1, target)));
        }
    }
    found
}

/// Labels of equations that are used and not in the registry.
pub fn unknown_labels(files: &[File], registry: &str) -> Vec<String> {
    let known: BTreeSet<&str> = registry.lines().flat_map(labels).collect();
    let mut wrong = Vec::new();
    let texts = files
        .iter()
        .filter(|file| (file.is("rs") || file.is("md")) && !file.path.starts_with("xtask/"));
    for file in texts {
        for (i, line) in file.text.lines().enumerate() {
            for label in labels(line).filter(|label| !known.contains(label)) {
                let place = format!("{}:{}", file.path, i + 1);
                wrong.push(format!("{place}: {label} is not in docs/src/equations.md"));
            }
        }
    }
    wrong
}

/// Every `eq:name` in a line; the name has small letters, digits and hyphens.
fn labels(line: &str) -> impl Iterator<Item = &str> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let starts = line.match_indices("eq:").map(|(at, _)| at);
    let whole = starts.filter(|at| !line[..*at].ends_with(|c: char| c.is_alphanumeric()));
    let label = move |at: usize| {
        let name = &line[at + 3..];
        let end = name.find(|c| !plain(c)).unwrap_or(name.len());
        line[at..at + 3 + end].trim_end_matches('-')
    };
    whole.map(label).filter(|label| label.len() > 3)
}

/// Absolute paths of the machine that somebody works on.
pub fn machine_paths(files: &[File]) -> Vec<String> {
    // Put together here, so that this file has none itself.
    let roots = ["work", "home", "root", "Users"].map(|name| format!("/{name}/"));
    let begins = |line: &str, root: &str| {
        let before = |at: usize| line[..at].chars().next_back();
        let within = |c: char| c.is_alphanumeric() || "_-.~}>*".contains(c);
        line.match_indices(root).any(|(at, _)| !before(at).is_some_and(within))
    };
    let mut wrong = Vec::new();
    for file in files {
        for (i, line) in file.text.lines().enumerate() {
            for root in roots.iter().filter(|root| begins(line, root)) {
                wrong.push(format!("{}:{}: has a path of a machine, {root}…", file.path, i + 1));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::{broken_links, labels, links, machine_paths, resolve, too_long, unknown_labels};
    use crate::tidy::tree::File;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn sources_have_five_hundred_lines_at_most() {
        let of = |path, lines| too_long(&[file(path, &"x\n".repeat(lines))]);
        assert!(of("a.rs", 500).is_empty() && of("a.md", 501).is_empty());
        assert_eq!(of("a.rs", 501), ["a.rs: has 501 lines; at most 500, split it"]);
    }

    #[test]
    fn links_inside_of_code_are_none() {
        let text = "[a](b.md) `[c](d)` ![e](f.png \"title\")\n```md\n[g](h)\n```\n[i](j#k)\n";
        assert_eq!(links(text), [(1, "b.md"), (1, "f.png"), (5, "j#k")]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let page = "[a](../x.md) [b](../src) [c](#here) [d](https://example.org/x)\n\n\
                    [e](gone.md) [f](../../out.md) [g](../x.md#part)\n";
        let files = [file("docs/a.md", page), file("x.md", ""), file("src/x.rs", "[no](link)")];
        let expected = [
            "docs/a.md:3: the link to gone.md leads nowhere",
            "docs/a.md:3: the link to ../../out.md leads nowhere",
        ];
        assert_eq!(broken_links(&files), expected);
        assert_eq!(resolve("a/b/c.md", "./../d/").as_deref(), Some("a/d"));
    }

    #[test]
    fn labels_are_in_the_registry() {
        let found = |line| labels(line).collect::<Vec<_>>();
        assert_eq!(
            found("`eq:bayes`, (eq:mh-accept). seq:no eq: none"),
            ["eq:bayes", "eq:mh-accept"]
        );
        let registry = "| `eq:bayes` | Bayes' rule |\n";
        let source = "// eq:bayes\n// and eq:bayes-2, eq:baye\n";
        let wrong = unknown_labels(&[file("a.rs", source)], registry);
        let expected = [
            "a.rs:2: eq:bayes-2 is not in docs/src/equations.md",
            "a.rs:2: eq:baye is not in docs/src/equations.md",
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn paths_of_a_machine_are_found_and_others_are_not() {
        let path = |root: &str| format!("see /{root}/somebody/x\n");
        for root in ["home", "root", "work", "Users"] {
            assert_eq!(machine_paths(&[file("a.md", &path(root))]).len(), 1, "{root}");
        }
        let quoted = format!("\"/{}/x\" and file:///{}/y", "home", "root");
        assert_eq!(machine_paths(&[file("a.toml", &quoted)]).len(), 2);
        let fine = format!("https://example.org/{0}/x a/{0}/b ${{root}}/{0}/c /{0}", "home");
        assert!(machine_paths(&[file("a.md", &fine)]).is_empty());
    }
}
