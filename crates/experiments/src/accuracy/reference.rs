//! The reference values: `laws.csv` as `crates/prob-core/tests/reference/generate.py` wrote it.

use std::path::Path;

use anyhow::Context;
use prob_core::AnyLaw;
use terminal::Complaint;

/// The file below the root of the workspace.
pub const FILE: &str = "crates/prob-core/tests/reference/laws.csv";

/// A point of a law with the exact logarithms there.
#[derive(Debug)]
pub struct Point {
    /// The number, a double exactly.
    pub x: f64,
    /// `ln p(x)`.
    pub log_prob: Exact,
    /// `ln P(X ≤ x)`.
    pub log_cdf: Exact,
    /// `ln P(X > x)`.
    pub log_sf: Exact,
}

/// A law with all its points, from left to right.
#[derive(Debug)]
pub struct Reference {
    /// The law as it stands in the file.
    pub text: String,
    /// Its name.
    pub name: String,
    /// The law.
    pub law: AnyLaw,
    /// The points.
    pub points: Vec<Point>,
}

/// A decimal of 25 digits: its whole part and the rest, which together hold more than a double.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    whole: f64,
    rest: f64,
}

impl Exact {
    /// Reads a decimal.
    fn parse(text: &str) -> Option<Self> {
        let value: f64 = text.parse().ok()?;
        let whole = value.trunc();
        let split = text.split_once('.').filter(|_| value.is_finite() && !text.contains('e'));
        let rest = match split {
            Some((_, digits)) => format!("0.{digits}").parse::<f64>().ok()?.copysign(value),
            None => return Some(Self { whole: value, rest: 0.0 }),
        };
        // The whole part of what rounds up to a whole number is the one below.
        let whole = if text.starts_with(&format!("{whole:.0}.")) || whole == 0.0 {
            whole
        } else {
            whole - 1.0f64.copysign(value)
        };
        Some(Self { whole, rest })
    }

    /// The nearest double.
    pub fn value(self) -> f64 {
        self.whole + self.rest
    }

    /// `e` to this power, right to a few units in the last place however large the number is.
    pub fn exp(self) -> f64 {
        if self.rest == 0.0 { self.whole.exp() } else { self.whole.exp() * self.rest.exp() }
    }

    /// `|ours − this| / max(1, |this|)`; the same infinity is no error, NaN is an infinite one.
    pub fn error(self, ours: f64) -> f64 {
        if ours == self.whole && self.rest == 0.0 {
            return 0.0;
        }
        let error = ((ours - self.whole) - self.rest).abs() / self.value().abs().max(1.0);
        if error.is_nan() { f64::INFINITY } else { error }
    }
}

/// Reads the reference values below the root of the workspace.
///
/// # Errors
/// Where the file is missing or a line of it cannot be read.
pub fn read(root: &Path) -> anyhow::Result<Vec<Reference>> {
    let path = root.join(FILE);
    let text = std::fs::read_to_string(&path).with_context(|| {
        Complaint::new(format!("the reference values are not in {}", path.display()))
            .hint("run this in the root of a source checkout, or set ERGODIC_ROOT to it")
    })?;
    parse(&text)
}

fn parse(text: &str) -> anyhow::Result<Vec<Reference>> {
    let mut all: Vec<Reference> = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let place = || format!("line {} of {FILE}: {line}", number + 1);
        let cells: Vec<&str> = line.split(';').collect();
        let [law, x, log_prob, log_cdf, log_sf] = cells[..] else {
            return Err(anyhow::anyhow!("five cells are needed").context(place()));
        };
        if all.last().is_none_or(|last| last.text != law) {
            let name = serde_json::from_str::<Tag>(law).with_context(place)?.law;
            let text = law.to_owned();
            let law = serde_json::from_str(law).with_context(place)?;
            all.push(Reference { text, name, law, points: Vec::new() });
        }
        let exact = |text| Exact::parse(text).with_context(place);
        let point = Point {
            x: x.parse().with_context(place)?,
            log_prob: exact(log_prob)?,
            log_cdf: exact(log_cdf)?,
            log_sf: exact(log_sf)?,
        };
        if let Some(last) = all.last_mut() {
            last.points.push(point);
        }
    }
    Ok(all)
}

/// The name in a law's text.
#[derive(serde::Deserialize)]
struct Tag {
    law: String,
}

#[cfg(test)]
pub mod tests_only {
    use super::{Exact, Point};

    /// A point with `ln p`, `ln cdf` and `ln sf` as decimals.
    pub fn point(x: f64, logs: [&str; 3]) -> Point {
        let [log_prob, log_cdf, log_sf] = logs.map(|text| Exact::parse(text).unwrap());
        Point { x, log_prob, log_cdf, log_sf }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exact, parse};

    #[test]
    fn a_decimal_keeps_the_digits_that_a_double_has_no_place_for() {
        let exact = Exact::parse("-690.7755278982137052053974364").unwrap();
        assert_eq!((exact.whole, exact.rest), (-690.0, -0.775_527_898_213_705_2));
        // exp(-690.7755…) is 1e-300 by the choice of the digits.
        assert!((exact.exp() / 1e-300 - 1.0).abs() < 1e-15);
        let below = Exact::parse("2.9999999999999999999999999").unwrap();
        assert_eq!((below.whole, below.rest), (2.0, 1.0));
        let zero = Exact::parse("-0.25").unwrap();
        assert_eq!((zero.whole, zero.rest), (0.0, -0.25));
        assert_eq!(Exact::parse("-1.5e-300").unwrap().value(), -1.5e-300);
    }

    #[test]
    fn errors_are_relative_to_the_larger_of_one_and_the_value() {
        let error = |text: &str, ours: f64| Exact::parse(text).unwrap().error(ours);
        assert_eq!(error("-inf", f64::NEG_INFINITY), 0.0);
        assert_eq!(error("-inf", -700.0), f64::INFINITY);
        assert_eq!(error("-1.0", f64::NAN), f64::INFINITY);
        assert_eq!(error("-4.0", -5.0), 0.25);
        assert_eq!(error("1.0e-30", 0.5), 0.5);
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = parse("head\n{\"law\":\"normal\"};1;2;3;4\n").unwrap_err();
        assert!(format!("{error:#}").contains("line 2"), "{error:#}");
    }
}
