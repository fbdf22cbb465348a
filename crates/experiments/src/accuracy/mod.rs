//! `accuracy`: how far the laws of `prob-core` are from exact values, as a table.
//!
//! `reference` (the exact values) → `measure` (errors) → `page` (the table) beside `reported`
//! (points where other libraries fail).

mod measure;
mod page;
mod reference;
mod reported;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use runs::{Environment, Report, Run, Status};
use terminal::{Complaint, out};

use crate::{folder, place, table};
use measure::Figure;
use reported::Reported;

const EXAMPLES: &str = "Examples:
  cargo xtask accuracy            measure, print the table and leave it in a run folder
  cargo xtask accuracy --write    write the page of the book too

The run folder has accuracy.csv and report.html. The reference values are in the source checkout.";

/// The arguments of `accuracy`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder of run folders
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Write docs/src/accuracy.md of the source checkout
    #[arg(long)]
    write: bool,
}

/// What was measured.
struct Measured {
    figures: Vec<Figure>,
    reported: Vec<Reported>,
    laws: usize,
    points: usize,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let measured = measure()?;
    let run = folder::create(&args.out, "accuracy")?;
    match keep(args, &measured, &run) {
        Ok(lines) => out::lines(&lines)?,
        Err(error) => return Err(folder::failed(&run, error, "make room, or name another --out")),
    }
    Ok(ExitCode::SUCCESS)
}

fn measure() -> anyhow::Result<Measured> {
    let references = reference::read(&place::root())?;
    Ok(Measured {
        figures: measure::figures(&references),
        reported: reported::reported(&references),
        laws: references.len(),
        points: references.iter().map(|r| r.points.len()).sum(),
    })
}

/// Writes what was measured; returns what is to be said.
fn keep(args: &Args, measured: &Measured, run: &Run) -> anyhow::Result<Vec<String>> {
    let threads = rayon::current_num_threads();
    run.write_json("environment.json", &Environment::capture(&[], &[], threads))?;
    run.write("accuracy.csv", page::csv(&measured.figures))?;
    let rows: Vec<Vec<String>> = measured.figures.iter().map(page::cells).collect();
    run.write("report.html", report(measured, &rows))?;
    let mut lines = table::lines(&page::HEADERS, &rows);
    lines.push(headline(measured));
    if args.write {
        let path = place::root().join(page::FILE);
        std::fs::write(&path, page::markdown(&measured.figures, &measured.reported))
            .with_context(|| Complaint::new(format!("{} cannot be written", path.display())))?;
        lines.push(format!("page: {}", place::typed(&path)));
    }
    run.status(&Status::Finished)?;
    lines.push(format!("report: {}", place::typed(&run.path("report.html"))));
    Ok(lines)
}

fn headline(measured: &Measured) -> String {
    let missed: Vec<String> = measured
        .figures
        .iter()
        .filter(|f| !f.holds())
        .map(|f| format!("{} {} {}", f.law, f.function.name(), f.region.name()))
        .collect();
    let total = format!(
        "{} figures from {} points of {} laws",
        measured.figures.len(),
        measured.points,
        measured.laws
    );
    match missed.is_empty() {
        true => format!("{total}: all are as wanted"),
        false => format!("{total}; {} miss their limit: {}", missed.len(), missed.join(", ")),
    }
}

fn report(measured: &Measured, rows: &[Vec<String>]) -> String {
    let reported: Vec<Vec<String>> = measured.reported.iter().map(Reported::cells).collect();
    Report::new("Accuracy of the laws", &headline(measured))
        .paragraph(
            "Largest errors against exact values of 25 digits. The error of a logarithm is \
             relative to the larger of 1 and the value, that of a probability is relative; for \
             quantiles it is the round trip from x over the probability back to x, beyond what \
             four roundings of the probability cost. Tails are where `cdf` or `sf` is below 1e-5.",
        )
        .heading("What other libraries are known to get wrong")
        .table(&Reported::HEADERS, &reported)
        .heading("All figures")
        .table(&page::HEADERS, rows)
        .render()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::measure::{Figure, Region, figures};
    use super::{page, reference, reported};

    /// Another libm may round otherwise: this is how far it may take a figure.
    const OTHER_LIBM: f64 = 4.0;
    /// Below this an error is a few roundings whatever it was elsewhere.
    const ROUNDINGS: f64 = 1e-15;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    /// The page of the book is true: it has all laws, its figures are still reached, and what is
    /// not as wanted is listed there.
    #[test]
    fn the_page_of_the_book_is_true() {
        let references = reference::read(root()).unwrap();
        let current = figures(&references);
        let page = std::fs::read_to_string(root().join(page::FILE)).unwrap();
        let stated = page::back::stated(&page);
        let laws: BTreeSet<&str> = references.iter().map(|r| r.name.as_str()).collect();
        let listed: BTreeSet<&str> = stated.iter().map(|s| s.law.as_str()).collect();
        assert_eq!(laws, listed);
        assert_eq!(current.len(), stated.len());
        let worse: Vec<&Figure> = current
            .iter()
            .zip(&stated)
            .filter(|(f, s)| {
                let known = (&f.law, f.function, f.region) == (&s.law, s.function, s.region);
                let listed = s.error > f.function.limit(f.region);
                let reached = f.error <= OTHER_LIBM * s.error.max(ROUNDINGS);
                !known || !reached || !(f.holds() || listed)
            })
            .map(|(f, _)| f)
            .collect();
        assert!(worse.is_empty(), "worse than the page says: {worse:#?}");
    }

    /// Every law is looked at in both regions where it has both, and on both sides.
    #[test]
    fn the_reference_reaches_far() {
        let references = reference::read(root()).unwrap();
        let current = figures(&references);
        for name in ["gamma", "beta", "student-t", "poisson", "binomial", "von-mises"] {
            let regions: BTreeSet<Region> =
                current.iter().filter(|f| f.law == name).map(|f| f.region).collect();
            assert_eq!(regions.len(), 2, "{name}");
        }
        let deepest = |name: &str| {
            let logs = references.iter().filter(|r| r.name == name).flat_map(|r| &r.points);
            logs.map(|p| p.log_sf.value()).filter(|v| v.is_finite()).fold(0.0, f64::min)
        };
        for name in ["normal", "gamma", "beta", "chi-square", "fisher-f", "poisson", "binomial"] {
            assert!(deepest(name) < -690.0, "{name}: {}", deepest(name));
        }
    }

    /// What others get wrong is looked at, and right.
    #[test]
    fn the_reported_failures_are_not_ours() {
        let rows = reported::reported(&reference::read(root()).unwrap());
        for part in ["cdf(0.5)", "Cauchy(0, 1).cdf(-1e16)", "sf(1e-300)"] {
            assert!(rows.iter().any(|r| r.what.contains(part)), "{part}");
        }
        for row in rows {
            assert!(row.error() < 1e-13, "{row:?}");
        }
    }
}
