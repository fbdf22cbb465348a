//! The numbers of `random-walk-demo` as sentences, tables and files.

use std::fmt::Write;

use super::config::{Config, Ends};
use super::walked::Walked;

/// The columns of [`rows`].
pub const HEADERS: [&str; 5] = ["", "estimate", "standard error", "exact", "z"];

/// What was done, in a line.
pub fn headline(config: &Config) -> String {
    let lattice = ["a line", "a square lattice", "a cubic lattice"][config.dimension - 1];
    let ends = match (config.boundary, config.width) {
        (Ends::Free, _) | (_, None) => String::new(),
        (Ends::Ring, Some(width)) => format!(", a ring of {width} sites on each axis"),
        (Ends::Reflecting, Some(width)) => format!(", reflecting walls around {width} sites"),
        (Ends::Absorbing, Some(width)) => format!(", {width} sites with absorbing ends"),
    };
    let up = if config.up == 0.5 { String::new() } else { format!(", up with {}", config.up) };
    let stay =
        if config.stay == 0.0 { String::new() } else { format!(", staying with {}", config.stay) };
    format!("{} walkers of {} steps on {lattice}{ends}{up}{stay}", config.walkers, config.steps)
}

/// A number that was estimated.
struct Estimate {
    name: String,
    value: f64,
    error: f64,
    exact: Option<f64>,
}

fn estimates(config: &Config, walked: &Walked) -> Vec<Estimate> {
    let spreading = &walked.spreading;
    let walls = matches!(config.boundary, Ends::Reflecting | Ends::Absorbing);
    let with = |name: String, value, error, exact| Estimate { name, value, error, exact };
    let mut all = Vec::new();
    if !walls {
        let exact = Some(walked.walk.diffusion());
        let (d, error) = (spreading.diffusion, spreading.diffusion_error);
        all.push(with("diffusion constant D".to_owned(), d, error, exact));
    }
    if let Some(last) = spreading.at.last() {
        let t = last.steps;
        let mean = walked.walk.mean_displacement(t).ok().map(|mean| mean[0]);
        all.push(with(format!("mean of x at t = {t}"), last.mean[0], last.mean_error[0], mean));
        let exact = walked.exact_msd.as_ref().and_then(|msd| msd.last().copied());
        all.push(with(format!("{} at t = {t}", msd_name(config)), last.msd, last.msd_error, exact));
    }
    let (share, error) = walked.passages.share();
    let exact = walked.law.as_ref().map(|law| law.iter().sum());
    all.push(with(
        format!("{} by t = {}", passage_name(config), config.steps),
        share,
        error,
        exact,
    ));
    all
}

/// What the mean squared displacement is of, in letters that figures have.
pub fn msd_name(config: &Config) -> &'static str {
    let walls = matches!(config.boundary, Ends::Reflecting | Ends::Absorbing);
    match (config.dimension, config.up == 0.5 || walls) {
        (1, true) => "mean of x²",
        (1, false) => "mean of (x − vt)²",
        (_, true) => "mean of |x|²",
        (_, false) => "mean of |x − vt|²",
    }
}

/// What is passed for the first time.
pub fn passage_name(config: &Config) -> String {
    match config.target {
        Some(target) => format!("reached site {target}"),
        None => "returned to the start".to_owned(),
    }
}

/// The estimates as cells of a table with [`HEADERS`].
pub fn rows(config: &Config, walked: &Walked) -> Vec<Vec<String>> {
    let cells = |e: Estimate| {
        let exact = e.exact.map_or_else(|| "–".to_owned(), rounded);
        let z = e.exact.filter(|_| e.error > 0.0).map(|exact| (e.value - exact) / e.error);
        let z = z.map_or_else(String::new, |z| format!("{z:+.1}"));
        vec![e.name, rounded(e.value), rounded(e.error), exact, z]
    };
    estimates(config, walked).into_iter().map(cells).collect()
}

/// Five digits, for numbers of any size.
fn rounded(x: f64) -> String {
    let digits = match x.abs() {
        0.0 => 1,
        size => (4 - size.log10().floor() as i32).clamp(0, 8) as usize,
    };
    format!("{x:.digits$}")
}

/// The spread at each time.
pub fn msd_csv(walked: &Walked) -> String {
    let mut text = String::from("steps,mean_x,mean_x_error,msd,msd_error,exact_msd\n");
    for (k, s) in walked.spreading.at.iter().enumerate() {
        let exact = walked.exact_msd.as_ref().map_or_else(String::new, |msd| msd[k].to_string());
        let (mean, error) = (s.mean[0], s.mean_error[0]);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{},{mean},{error},{},{},{exact}", s.steps, s.msd, s.msd_error);
    }
    text
}

/// How many walkers are where at the end, along the first axis.
pub fn places_csv(walked: &Walked) -> String {
    let mut text = String::from("first_site,sites,walkers\n");
    for bar in &walked.places {
        let _ = writeln!(text, "{},{},{}", bar.first, bar.sites, bar.count);
    }
    text
}

/// How many walkers came at each step.
pub fn passages_csv(walked: &Walked) -> String {
    let mut counts = vec![0; walked.passages.cap() as usize + 1];
    walked.passages.times().iter().flatten().for_each(|t| counts[*t as usize] += 1);
    let mut text = String::from("step,walkers,probability\n");
    for (t, count) in counts.iter().enumerate().skip(1) {
        let law = walked.law.as_ref().map_or_else(String::new, |law| law[t].to_string());
        let _ = writeln!(text, "{t},{count},{law}");
    }
    text
}
