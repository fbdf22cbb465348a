//! Who may depend on whom: our crates by the table below, others' by the bans of `deny.toml`.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// Our crates and those of ours that each may use: the picture in ARCHITECTURE.md, line by line.
const DIRECTIONS: [(&str, &[&str]); 15] = [
    ("prob-core", &[]),
    ("kernels", &[]),
    ("figures", &[]),
    ("runs", &[]),
    ("testkit", &[]),
    ("terminal", &[]),
    ("mcmc", &["prob-core"]),
    ("train", &["prob-core"]),
    ("datasets", &["prob-core"]),
    ("ebm", &["prob-core", "mcmc", "kernels", "train"]),
    ("autoenc", &["prob-core", "kernels", "train"]),
    (
        "experiments",
        &[
            "autoenc",
            "datasets",
            "ebm",
            "figures",
            "mcmc",
            "prob-core",
            "runs",
            "terminal",
            "train",
        ],
    ),
    ("fetch", &["datasets", "terminal"]),
    ("xtask", &["terminal"]),
    (
        "tests",
        &[
            "autoenc",
            "datasets",
            "ebm",
            "experiments",
            "figures",
            "kernels",
            "mcmc",
            "prob-core",
            "runs",
            "train",
        ],
    ),
];

/// What tests and examples may use everywhere, on top: statistics, and seeds for what they draw.
const FOR_TESTS: &[&str] = &["testkit", "prob-core"];

/// A crate of the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// From the root, with `/`.
    pub folder: String,
    pub library: bool,
    pub program: bool,
    /// The crates of the workspace that it names as dependencies.
    pub ours: Vec<Dependency>,
}

/// One crate of ours that another names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    /// For tests and benchmarks only.
    pub for_tests: bool,
}

/// The members that `cargo metadata --no-deps` tells of.
pub fn members(metadata: &Value) -> anyhow::Result<Vec<Member>> {
    let root = metadata["workspace_root"].as_str().context("cargo names no root")?;
    let packages = metadata["packages"].as_array().context("cargo names no packages")?;
    packages.iter().map(|package| member(package, Path::new(root))).collect()
}

fn member(package: &Value, root: &Path) -> anyhow::Result<Member> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = text(&package["name"]);
    let manifest = text(&package["manifest_path"]);
    let folder = Path::new(&manifest).parent().and_then(|folder| folder.strip_prefix(root).ok());
    let folder = folder.with_context(|| format!("{name} lies outside of the workspace"))?;
    let has = |kind: &str| {
        let targets = package["targets"].as_array().into_iter().flatten();
        targets.filter_map(|t| t["kind"].as_array()).flatten().any(|k| k == kind)
    };
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let ours = dependencies.filter(|d| d["path"].is_string());
    Ok(Member {
        folder: folder.to_string_lossy().replace('\\', "/"),
        library: has("lib"),
        program: has("bin"),
        ours: ours
            .map(|d| Dependency { name: text(&d["name"]), for_tests: d["kind"] == "dev" })
            .collect(),
        name,
    })
}

/// Dependencies between our crates that the table does not have.
pub fn wrong_directions(members: &[Member]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Member { name, folder, ours, .. } in members {
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(member, _)| member == name) else {
            wrong.push(format!("{folder}: {name} has no line in xtask's table of directions"));
            continue;
        };
        let fits = |d: &&Dependency| {
            let name = d.name.as_str();
            allowed.contains(&name) || (d.for_tests && FOR_TESTS.contains(&name))
        };
        for Dependency { name: other, .. } in ours.iter().filter(|d| !fits(d)) {
            wrong.push(format!("{folder}/Cargo.toml: {name} must not depend on {other}"));
        }
    }
    wrong
}

/// A crate that only some may use.
#[derive(Debug, PartialEq, Eq)]
pub struct Ban {
    pub name: String,
    pub wrappers: Vec<String>,
}

/// A package of `Cargo.lock` and the names of those that it uses, on any platform.
#[derive(Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub uses: Vec<String>,
}

/// The bans of `deny.toml`: `[bans] deny = [{ crate = "…", wrappers = ["…"] }]`. They are checked
/// here too, so that the gate needs no cargo-deny for them.
pub fn bans(deny: &str) -> anyhow::Result<Vec<Ban>> {
    let deny: Value = toml::from_str(deny)?;
    let entries = deny.pointer("/bans/deny").and_then(Value::as_array);
    let entries = entries.context("it has no list `deny` under [bans]")?;
    let ban = |entry: &Value| {
        let name = entry["crate"].as_str().context("a ban names no crate")?.to_owned();
        Ok(Ban { name, wrappers: words(&entry["wrappers"]) })
    };
    entries.iter().map(ban).collect()
}

/// The packages of `Cargo.lock`.
pub fn lock(text: &str) -> anyhow::Result<Vec<Package>> {
    let lock: Value = toml::from_str(text)?;
    let packages = lock["package"].as_array().context("it has no packages")?;
    let package = |package: &Value| {
        let name = package["name"].as_str().context("a package has no name")?.to_owned();
        // `name`, or `name version` where there are several versions.
        let uses = words(&package["dependencies"]);
        let first = |word: &String| word.split(' ').next().map(str::to_owned);
        Ok(Package { name, uses: uses.iter().filter_map(first).collect() })
    };
    packages.iter().map(package).collect()
}

fn words(list: &Value) -> Vec<String> {
    let words = list.as_array().into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Packages that use a banned one and are not among those that may.
pub fn banned(bans: &[Ban], lock: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Ban { name, wrappers } in bans {
        let users = lock.iter().filter(|p| p.uses.contains(name) && !wrappers.contains(&p.name));
        for user in users {
            let may = if wrappers.is_empty() { "nobody".into() } else { wrappers.join(", ") };
            wrong.push(format!("Cargo.lock: {} uses {name}; deny.toml lets {may}", user.name));
        }
        // Without wrappers the crate must not be there at all.
        if wrappers.is_empty() && lock.iter().any(|p| p.name == *name) {
            wrong.push(format!("Cargo.lock: has {name}, which deny.toml bans"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::{Ban, DIRECTIONS, Dependency, Member, Package};
    use super::{banned, bans, lock, members, wrong_directions};

    fn member(name: &str, ours: &[(&str, bool)]) -> Member {
        let dependency = |(name, for_tests): &(&str, bool)| Dependency {
            name: (*name).to_owned(),
            for_tests: *for_tests,
        };
        let ours = ours.iter().map(dependency).collect();
        Member { name: name.into(), folder: name.into(), ours, ..Member::default() }
    }

    #[test]
    fn an_arrow_against_the_picture_is_found() {
        let fine = [member("mcmc", &[("prob-core", false), ("testkit", true)])];
        assert!(wrong_directions(&fine).is_empty());
        let wrong = wrong_directions(&[
            member("mcmc", &[("autoenc", false)]),
            member("prob-core", &[("testkit", false)]),
            member("figures", &[("runs", true)]),
            member("newcomer", &[]),
        ]);
        assert_eq!(
            wrong,
            [
                "mcmc/Cargo.toml: mcmc must not depend on autoenc",
                "prob-core/Cargo.toml: prob-core must not depend on testkit",
                "figures/Cargo.toml: figures must not depend on runs",
                "newcomer: newcomer has no line in xtask's table of directions",
            ]
        );
    }

    #[test]
    fn the_table_itself_has_no_circle() {
        // Take away crates that use nothing any more until none is left.
        let mut left: Vec<_> = DIRECTIONS.to_vec();
        while !left.is_empty() {
            let names: Vec<_> = left.iter().map(|(name, _)| *name).collect();
            let before = left.len();
            left.retain(|(_, uses)| uses.iter().any(|used| names.contains(used)));
            assert!(left.len() < before, "a circle among {names:?}");
        }
    }

    #[test]
    fn a_way_round_a_wrapper_is_found() {
        let deny = "[bans]\ndeny = [\n\
            { crate = \"clap\", wrappers = [\"xtask\"], reason = \"programs only\" },\n\
            { crate = \"openssl-sys\" },\n]\n";
        let bans = bans(deny).unwrap();
        let clap = Ban { name: "clap".into(), wrappers: vec!["xtask".into()] };
        assert_eq!(bans[0], clap);

        let text =
            "[[package]]\nname = \"xtask\"\nversion = \"1.0.0\"\ndependencies = [\"clap 4.0.0\"]\n";
        let mut packages = lock(text).unwrap();
        assert_eq!(packages, [Package { name: "xtask".into(), uses: vec!["clap".into()] }]);
        assert!(banned(&bans, &packages).is_empty());

        packages.push(Package { name: "mcmc".into(), uses: vec!["clap".into()] });
        packages.push(Package { name: "openssl-sys".into(), uses: vec![] });
        let expected = [
            "Cargo.lock: mcmc uses clap; deny.toml lets xtask",
            "Cargo.lock: has openssl-sys, which deny.toml bans",
        ];
        assert_eq!(banned(&bans, &packages), expected);
    }

    #[test]
    fn members_are_read_from_what_cargo_says() {
        let metadata = serde_json::json!({
            "workspace_root": "/w",
            "packages": [{
                "name": "mcmc",
                "manifest_path": "/w/crates/mcmc/Cargo.toml",
                "targets": [{ "kind": ["lib"] }, { "kind": ["bench"] }],
                "dependencies": [
                    { "name": "rand", "kind": null },
                    { "name": "prob-core", "kind": null, "path": "/w/crates/prob-core" },
                    { "name": "testkit", "kind": "dev", "path": "/w/crates/testkit" },
                ],
            }],
        });
        let expected = Member {
            folder: "crates/mcmc".into(),
            library: true,
            ..member("mcmc", &[("prob-core", false), ("testkit", true)])
        };
        assert_eq!(members(&metadata).unwrap(), [expected]);
    }
}
