//! The log-normal law: the normal law of the logarithms.

use super::normal::{covariance, moments};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, LogNormal};

/// The logarithm of the smallest observation c, and `ln(x/c)` of each: with all their digits for
/// observations that hardly differ.
pub(super) fn relative_logs(data: &Observations) -> (f64, Observations) {
    let (smallest, _) = data.range();
    let logs = data.map(|x| {
        let beyond = (x - smallest) / smallest;
        if beyond < 1.0 { beyond.ln_1p() } else { x.ln() - smallest.ln() }
    });
    (smallest.ln(), logs)
}

/// Closed form: the normal law's for `ln x`.
impl MaximumLikelihood for LogNormal {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["mu", "sigma"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("log-normal", "positive", |x| x > 0.0)?;
        data.several("log-normal")?;
        let (log_unit, logs) = relative_logs(data);
        let (mean, sigma) = moments(&logs);
        let mu = log_unit + mean;
        let law = Self::new(mu, sigma)?;
        Fitted::in_units(law, Self::PARAMETERS, &[mu, sigma], covariance(data), &[sigma; 2])
            .of("log-normal", data)
    }

    fn known(&self) {}
}
