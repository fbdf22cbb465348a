//! Points where other libraries are known to fail.

use prob_core::Univariate;

use super::reference::{Point, Reference};

/// A probability at such a point.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The probability asked for.
    pub what: String,
    /// Ours.
    pub ours: f64,
    /// The exact one, rounded.
    pub exact: f64,
}

impl Reported {
    /// The columns of [`Reported::cells`].
    pub const HEADERS: [&str; 4] = ["probability", "ours", "exact", "relative error"];

    /// The relative error.
    pub fn error(&self) -> f64 {
        (self.ours - self.exact).abs() / self.exact
    }

    /// The row of a table.
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.what.clone(),
            format!("{:e}", self.ours),
            format!("{:e}", self.exact),
            format!("{:.1e}", self.error()),
        ]
    }
}

/// The centre of symmetric beta laws, the far tail of the Cauchy law, the other side of the beta
/// law at tiny numbers.
pub fn reported(references: &[Reference]) -> Vec<Reported> {
    let mut rows = Vec::new();
    for reference in references {
        for point in &reference.points {
            rows.extend(row(reference, point));
        }
    }
    rows
}

fn row(reference: &Reference, point: &Point) -> Option<Reported> {
    let (law, x) = (&reference.law, point.x);
    let number = |name| parameter(&reference.text, name);
    let cdf = |what| Reported { what, ours: law.cdf(x), exact: point.log_cdf.exp() };
    match reference.name.as_str() {
        "beta" => {
            let (a, b) = (number("alpha")?, number("beta")?);
            let what = format!("Beta({a}, {b})");
            match x {
                0.5 if a == b && a >= 1e4 => Some(cdf(format!("{what}.cdf(0.5)"))),
                x if (x == 1e-20 || x == 1e-300) && (0.5..10.0).contains(&a) => Some(Reported {
                    what: format!("{what}.sf({x:e})"),
                    ours: law.sf(x),
                    exact: point.log_sf.exp(),
                }),
                _ => None,
            }
        }
        "cauchy" if [-1e16, -1e20, -1e300].contains(&x) => {
            let (location, scale) = (number("location")?, number("scale")?);
            (location == 0.0).then(|| cdf(format!("Cauchy({location}, {scale}).cdf({x:e})")))
        }
        _ => None,
    }
}

/// A parameter in a law's text.
fn parameter(text: &str, name: &str) -> Option<f64> {
    let (_, rest) = text.split_once(&format!("\"{name}\":"))?;
    rest.split([',', '}']).next()?.parse().ok()
}
