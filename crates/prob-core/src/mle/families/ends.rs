//! Laws whose ends are estimated: uniform, discrete uniform and Pareto.
//!
//! The likelihood jumps to 0 when an end passes the outermost observation. The estimate is that
//! observation, its error falls like 1/n and not 1/√n, and Wald's interval makes no sense: ends have
//! no standard error.

use super::log_normal::relative_logs;
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{DiscreteUniform, Error, Pareto, Uniform};

/// The smallest and the largest observation; no standard errors.
impl MaximumLikelihood for Uniform {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["lower", "upper"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.several("uniform")?;
        let (lower, upper) = data.range();
        let law = Self::new(lower, upper)?;
        Fitted::with_errors(law, Self::PARAMETERS, &[lower, upper], &[None, None])
            .of("uniform", data)
    }

    fn known(&self) {}
}

/// The smallest and the largest observation; no standard errors. The same number throughout is the
/// law of that one number.
impl MaximumLikelihood for DiscreteUniform {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["lower", "upper"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        // Beyond 2^53 neighbouring whole numbers are one f64.
        let whole = |x: f64| x == x.trunc() && x.abs() <= 9_007_199_254_740_992.0;
        data.all("discrete uniform", "a whole number, at most 2^53 in size", whole)?;
        let (lower, upper) = data.range();
        let law = Self::new(lower as i64, upper as i64)?;
        Fitted::with_errors(law, Self::PARAMETERS, &[lower, upper], &[None, None])
            .of("discrete uniform", data)
    }

    fn known(&self) {}
}

/// Closed form: the scale is the smallest observation (without a standard error), the shape
/// `1 / mean of ln(x/scale)` with standard error `shape/√n`.
impl MaximumLikelihood for Pareto {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["shape", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("Pareto", "positive", |x| x > 0.0)?;
        data.several("Pareto")?;
        let (scale, _) = data.range();
        let (_, excess) = relative_logs(data);
        let shape = 1.0 / excess.mean();
        let law = Self::new(shape, scale)?;
        let errors = [Some(shape / data.total().sqrt()), None];
        Fitted::with_errors(law, Self::PARAMETERS, &[shape, scale], &errors).of("Pareto", data)
    }

    fn known(&self) {}
}
