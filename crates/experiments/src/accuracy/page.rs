//! The table as text: for the book, for the run folder, and read back from the book.

use std::fmt::Write;

use super::measure::Figure;
use super::reported::Reported;

/// The columns of the table.
pub const HEADERS: [&str; 6] =
    ["law", "function", "region", "error", "limit", "where it is largest"];

/// The page below the root of the workspace.
pub const FILE: &str = "docs/src/accuracy.md";

/// What stands above the table of the book.
const HEAD: &str = "# Accuracy

<!-- Written by `cargo xtask accuracy --write`. -->

How far the laws of `prob-core` are from the exact values. The exact values have 25 digits; a program
beside them (`crates/prob-core/tests/reference/`) computes them with 50 and more by mpmath, for shapes
from 0.001 to 10¹⁰ and at points where a tail is about 10⁻⁶⁰⁰, 10⁻³⁰⁰, 10⁻¹⁰⁰, 10⁻²⁰, 10⁻⁵, 0.05, 0.3
and 0.5, and proves a sample of them a second way.

- The error of a logarithm is `|ours − exact| / max(1, |exact|)`, that of a probability is relative.
- `quantile` is the round trip: how far `quantile(cdf(x))` is from `x`, relative to `x`, beyond what
  four roundings of the probability cost (`4 ε F(x) / (f(x) |x|)`; where that is over 0.001, as on
  the other side's far tail, nothing is asked); a count must come back exactly. `upper_quantile` is
  the same with `sf`.
- *Tails* are the points where `cdf` or `sf` is below 10⁻⁵, *bulk* is the rest.
- Wanted are errors of at most 10⁻¹³ in the bulk, 10⁻¹² in the tails and 10⁻¹¹ for quantiles.

The largest error of each function is listed with the place where it occurs.
";

/// The page of the book.
pub fn markdown(figures: &[Figure], reported: &[Reported]) -> String {
    let mut text = String::from(HEAD);
    let missed: Vec<&Figure> = figures.iter().filter(|f| !f.holds()).collect();
    // Writing to a string cannot fail.
    let _ = match missed.len() {
        0 => writeln!(text, "\nAll {} figures are as wanted.", figures.len()),
        n => writeln!(text, "\n## What misses its limit: {n} of {} figures\n", figures.len()),
    };
    if !missed.is_empty() {
        text += &table(&HEADERS, &missed.iter().map(|f| cells(f)).collect::<Vec<_>>());
    }
    text += "\n## What other libraries are known to get wrong\n\n";
    text += "Reported against widely used libraries: a distribution function of the symmetric beta \
             law far outside [0, 1] at its centre, a Cauchy tail that is 0, a survival function of \
             the beta law that loses its value at tiny numbers.\n\n";
    let rows: Vec<Vec<String>> = reported.iter().map(Reported::cells).collect();
    text += &table(&Reported::HEADERS, &rows);
    text += "\n## All figures\n\n";
    text + &table(&HEADERS, &figures.iter().map(cells).collect::<Vec<_>>())
}

/// A figure as cells of a table with [`HEADERS`].
pub fn cells(figure: &Figure) -> Vec<String> {
    let (law, x) = &figure.place;
    vec![
        figure.law.clone(),
        figure.function.name().to_owned(),
        figure.region.name().to_owned(),
        format!("{:.1e}", figure.error),
        format!("{:.0e}", figure.function.limit(figure.region)),
        if figure.error == 0.0 { String::new() } else { format!("{} at {x:e}", parameters(law)) },
    ]
}

/// The parameters of a law without its name.
fn parameters(law: &str) -> String {
    let list = law.trim_matches(['{', '}']).split_once(',').map_or("", |(_, list)| list);
    list.replace('"', "").replace(':', " ").replace(",", ", ")
}

fn table<S: AsRef<str>>(headers: &[S], rows: &[Vec<String>]) -> String {
    let row = |cells: &mut dyn Iterator<Item = &str>| {
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut text = row(&mut headers.iter().map(AsRef::as_ref));
    text += &row(&mut headers.iter().map(|_| "---"));
    for cells in rows {
        text += &row(&mut cells.iter().map(String::as_str));
    }
    text
}

/// All figures in full, as `law,function,region,points,error,limit,holds,parameters,x` lines.
pub fn csv(figures: &[Figure]) -> String {
    let mut text = String::from("law,function,region,points,error,limit,holds,x,parameters\n");
    for f in figures {
        let (law, x) = &f.place;
        let _ = writeln!(
            text,
            "{},{},{},{},{:e},{:e},{},{x:e},\"{}\"",
            f.law,
            f.function.name(),
            f.region.name(),
            f.points,
            f.error,
            f.function.limit(f.region),
            f.holds(),
            parameters(law)
        );
    }
    text
}

#[cfg(test)]
pub mod back {
    //! The page read back.

    use crate::accuracy::measure::{Function, Region};

    /// An error that a page states.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Stated {
        pub law: String,
        pub function: Function,
        pub region: Region,
        pub error: f64,
    }

    /// The errors that a page states: the rows of its last table.
    pub fn stated(page: &str) -> Vec<Stated> {
        let all = page.rsplit_once("## All figures").map_or("", |(_, table)| table);
        all.lines().filter_map(row).collect()
    }

    fn row(line: &str) -> Option<Stated> {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [law, function, region, error, ..] = cells[..] else { return None };
        Some(Stated {
            law: law.to_owned(),
            function: Function::ALL.into_iter().find(|f| f.name() == function)?,
            region: [Region::Bulk, Region::Tails].into_iter().find(|r| r.name() == region)?,
            error: error.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::back::stated;
    use super::{csv, markdown};
    use crate::accuracy::measure::{Figure, Function, Region};

    fn figure(error: f64) -> Figure {
        Figure {
            law: "gamma".into(),
            function: Function::LogSf,
            region: Region::Tails,
            error,
            points: 12,
            place: (r#"{"law":"gamma","shape":0.5,"rate":2.0}"#.into(), 3e-5),
        }
    }

    #[test]
    fn the_page_states_every_figure_and_lists_what_misses() {
        let page = markdown(&[figure(2e-11), figure(3e-16)], &[]);
        let read: Vec<f64> = stated(&page).iter().map(|s| s.error).collect();
        assert_eq!(read, [2e-11, 3e-16]);
        assert!(page.contains("misses its limit: 1 of 2"), "{page}");
        assert!(page.contains("shape 0.5, rate 2.0 at 3e-5"), "{page}");
        assert!(markdown(&[figure(3e-16)], &[]).contains("All 1 figures are as wanted"));
    }

    #[test]
    fn the_csv_has_all_digits() {
        let text = csv(&[figure(2.125e-11)]);
        assert!(text.contains("gamma,log_sf,tails,12,2.125e-11,1e-12,false,3e-5,"), "{text}");
    }
}
