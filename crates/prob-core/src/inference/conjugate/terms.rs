//! What the closed forms have in common.

use crate::univariate::parameters;
use crate::{Error, special};

/// `ln (Γ(a + n) / Γ(a))` for `a > 0`, `n ≥ 0`: the rising factorial.
///
/// Stirling's formula for both, so that nothing of the size of `a` cancels:
/// `a (ln(1 + n/a) − n/a) − ½ ln(1 + n/a) + n ln(a + n) + δ(a + n) − δ(a)`.
pub(super) fn ln_rising(a: f64, n: f64) -> f64 {
    if n == 0.0 {
        return 0.0;
    }
    let ratio = n / a;
    let steps = special::stirling_error(a + n) - special::stirling_error(a);
    a * special::log1pmx(ratio) - 0.5 * ratio.ln_1p() + n * (a + n).ln() + steps
}

/// Number, mean and sum of squared deviations from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summary {
    pub(super) n: f64,
    pub(super) mean: f64,
    pub(super) squares: f64,
}

impl Summary {
    /// In two passes, with deviations from `origin`: no square of a large offset is formed.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for an observation that is NaN or infinite, [`Error::Parameter`] if a
    /// sum leaves the range of floating-point numbers.
    pub(super) fn of(data: &[f64], origin: f64) -> Result<Self, Error> {
        check_finite(data)?;
        let n = data.len() as f64;
        if data.is_empty() {
            return Ok(Self { n, mean: origin, squares: 0.0 });
        }
        let shift = data.iter().map(|x| x - origin).sum::<f64>() / n;
        let mean = origin + shift;
        let squares: f64 = data.iter().map(|x| (x - origin - shift).powi(2)).sum();
        parameters::finite("data", "sum of squared deviations", squares)?;
        Ok(Self { n, mean, squares })
    }
}

/// Refuses NaN and infinities, and names the observation.
pub(super) fn check_finite(data: &[f64]) -> Result<(), Error> {
    match data.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(Error::NotFinite { what: "data", index, value: data[index] }),
        None => Ok(()),
    }
}
