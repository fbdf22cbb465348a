//! An estimate in units of its standard error.

use crate::{Check, Error, special::normal_two_sided};

/// Checks an estimate that is normal around `expected` with a known standard error.
///
/// # Errors
/// [`Error::NotFinite`] or [`Error::BadStandardError`] for numbers that decide nothing.
pub fn z(
    what: impl Into<String>,
    estimate: f64,
    expected: f64,
    standard_error: f64,
) -> Result<Check, Error> {
    let what = what.into();
    for (name, value) in [
        ("the estimate", estimate),
        ("the expected value", expected),
        ("the standard error", standard_error),
    ] {
        if !value.is_finite() {
            return Err(Error::NotFinite { what, name, value });
        }
    }
    if standard_error <= 0.0 {
        return Err(Error::BadStandardError { what, value: standard_error });
    }
    let z = (estimate - expected) / standard_error;
    let details = format!("{estimate} where {expected} ± {standard_error} is right (z = {z:.2})");
    Ok(Check { what, statistic: z, p_value: normal_two_sided(z), details })
}
