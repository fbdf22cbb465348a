//! What a study says: a line, tables, files of numbers.

use std::fmt::Write;

use super::config::Config;
use super::study::Study;

/// The columns of the table of [`rows`].
pub const HEADERS: [&str; 6] =
    ["parameter", "truth", "estimate", "standard error", "Cramér–Rao bound", "z"];
/// The columns of the table of [`size_rows`].
pub const SIZE_HEADERS: [&str; 6] =
    ["parameter", "n", "root mean square error", "Cramér–Rao bound", "ratio", "coverage of 95 %"];

/// What was done, in a line.
pub fn headline(config: &Config, study: &Study) -> String {
    let [a, b] = study.names;
    let [x, y] = study.truth;
    format!(
        "maximum likelihood from {} observations of the {} law with {a} {x} and {b} {y}: \
         log-likelihood {:.3}, AIC {:.3}, BIC {:.3}",
        study.data.len(),
        config.family.name(),
        study.fit.log_likelihood,
        study.fit.aic,
        study.fit.bic
    )
}

/// The estimates as cells of a table with [`HEADERS`].
pub fn rows(study: &Study) -> Vec<Vec<String>> {
    let row = |i: usize| {
        let (value, error) = (study.fit.values[i], study.fit.error(i));
        // Rounded first: there is no −0.0.
        let z = (10.0 * (value - study.truth[i]) / error).round() / 10.0 + 0.0;
        vec![
            study.names[i].to_owned(),
            beside(study.truth[i], error),
            beside(value, error),
            digits(error),
            digits(study.bound(i, study.data.len())),
            format!("{z:+.1}"),
        ]
    };
    (0..2).map(row).collect()
}

/// The replications as cells of a table with [`SIZE_HEADERS`].
pub fn size_rows(study: &Study) -> Vec<Vec<String>> {
    let row = |(i, at): (usize, &super::replications::AtSize)| {
        let (summary, bound) = (&at.summaries[i], study.bound(i, at.n));
        vec![
            study.names[i].to_owned(),
            at.n.to_string(),
            digits(summary.rmse),
            digits(bound),
            format!("{:.3}", summary.rmse / bound),
            format!("{:.1} ± {:.1} %", 100.0 * summary.coverage, 100.0 * summary.coverage_error()),
        ]
    };
    (0..2).flat_map(|i| study.sizes.iter().map(move |at| (i, at))).map(row).collect()
}

/// How many replications could not be fitted, if any.
pub fn warning(study: &Study) -> Option<String> {
    let failed = study.sizes.iter().filter(|at| at.failed() > 0);
    let failed: Vec<String> = failed
        .map(|at| format!("{} of {} samples of {}", at.failed(), at.fits.len(), at.n))
        .collect();
    (!failed.is_empty())
        .then(|| format!("without an estimate, and left out: {}", failed.join(", ")))
}

/// The observations of the sample.
pub fn data_csv(study: &Study) -> String {
    let mut text = String::from("x\n");
    for x in &study.data {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{x}");
    }
    text
}

/// The estimates from the sample in full precision.
pub fn estimates_csv(study: &Study) -> String {
    let mut text = String::from("parameter,truth,estimate,standard_error,bound\n");
    for (i, name) in study.names.iter().enumerate() {
        let (value, error) = (study.fit.values[i], study.fit.error(i));
        let bound = study.bound(i, study.data.len());
        let _ = writeln!(text, "{name},{},{value},{error},{bound}", study.truth[i]);
    }
    text
}

/// What the replications say at each size.
pub fn sizes_csv(study: &Study) -> String {
    let mut text = String::from(
        "parameter,n,fits,bias,root_mean_square_error,mean_standard_error,bound,coverage,\
         coverage_standard_error\n",
    );
    for (i, name) in study.names.iter().enumerate() {
        for at in &study.sizes {
            let s = &at.summaries[i];
            let (bound, error) = (study.bound(i, at.n), s.coverage_error());
            let _ = writeln!(
                text,
                "{name},{},{},{},{},{},{bound},{},{error}",
                at.n, s.fits, s.bias, s.rmse, s.stated, s.coverage
            );
        }
    }
    text
}

/// Every replication; empty cells where a sample could not be fitted.
pub fn replications_csv(study: &Study) -> String {
    let [a, b] = study.names;
    let mut text = format!("n,replication,{a},{b},standard_error_{a},standard_error_{b}\n");
    for at in &study.sizes {
        for (index, fit) in at.fits.iter().enumerate() {
            let _ = match fit {
                Some(fit) => {
                    let ([x, y], [s, t]) = (fit.values, fit.errors);
                    writeln!(text, "{},{index},{x},{y},{s},{t}", at.n)
                }
                None => writeln!(text, "{},{index},,,,", at.n),
            };
        }
    }
    text
}

/// Four digits that matter, or two of the error where those would not reach it.
fn beside(x: f64, error: f64) -> String {
    if !(error > 0.0 && x.abs() > 100.0 * error && x.is_finite()) {
        return digits(x);
    }
    format!("{x:.*}", (1.0 - error.log10().floor()).max(0.0) as usize)
}

/// Four digits that matter.
pub fn digits(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    let lead = x.abs().log10().floor() as i32;
    if !(-5..6).contains(&lead) {
        return format!("{x:.3e}");
    }
    format!("{x:.*}", (3 - lead).max(0) as usize)
}

#[cfg(test)]
mod tests {
    use super::{beside, digits, replications_csv, rows, size_rows, sizes_csv, warning};
    use crate::mle_demo::config::Choices;
    use crate::mle_demo::families::study;

    #[test]
    fn numbers_have_four_digits() {
        for (x, text) in [
            (2.0, "2.000"),
            (-0.012_346, "-0.01235"),
            (12_345.6, "12346"),
            (1.5e-7, "1.500e-7"),
            (0.0, "0"),
        ] {
            assert_eq!(digits(x), text);
        }
    }

    /// A location of a million that is known to 20 has to show its difference from the truth.
    #[test]
    fn numbers_beside_an_error_have_the_digits_to_be_told_apart() {
        for (x, error, text) in [
            (2.025_931, 0.188_299, "2.026"),
            (1_000_028.92, 18.23, "1000029"),
            (-10_000.008_123, 0.010_01, "-10000.008"),
            (0.0, 0.07, "0"),
        ] {
            assert_eq!(beside(x, error), text);
        }
    }

    #[test]
    fn tables_and_files_have_a_row_for_each_thing() {
        let config = Choices::smoke().resolve().unwrap();
        let mut study = study(&config).unwrap();
        assert_eq!((rows(&study).len(), size_rows(&study).len()), (2, 10));
        assert_eq!(sizes_csv(&study).lines().count(), 11);
        assert_eq!(replications_csv(&study).lines().count(), 1 + 500);
        assert_eq!(warning(&study), None);
        study.sizes[0].fits[7] = None;
        assert!(warning(&study).is_some_and(|w| w.ends_with("1 of 100 samples of 10")));
        assert!(replications_csv(&study).contains("\n10,7,,,,\n"));
    }
}
