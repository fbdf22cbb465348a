//! Gamma and inverse gamma laws: one equation in the shape, by Newton's method.

use nalgebra::DMatrix;

use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Gamma, InverseGamma, special};

/// The shape a with `ln a − ψ(a) = s`, where `s = ln(mean) − mean of ln x > 0`.
fn shape(law: &'static str, s: f64) -> Result<f64, Error> {
    let problem = Problem {
        law,
        parameters: &["shape"],
        scales: [Scale::LogAnywhere],
        // Minka, Estimating a gamma distribution, 2002: within 1.5 % everywhere.
        start: [(3.0 - s + ((s - 3.0).powi(2) + 24.0 * s).sqrt()) / (12.0 * s)],
    };
    // The mean log-likelihood at the best rate for this shape, less what does not depend on it. For
    // large shapes it is made of small terms, so that nothing cancels.
    let ([shape], _) = problem.maximise(|&[a]| Derivatives {
        value: 0.5 * a.ln() - special::stirling_error(a) - a * s,
        gradient: [log_less_digamma(a) - s],
        hessian: [[-trigamma_excess(a) / a]],
    })?;
    Ok(shape)
}

/// `ln a − ψ(a)`, without cancellation: about `1/(2a)` for large a.
pub(super) fn log_less_digamma(a: f64) -> f64 {
    if a < 20.0 {
        return a.ln() - special::digamma(a);
    }
    let r = 1.0 / (a * a);
    // Abramowitz and Stegun 6.3.18.
    let series = 1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r / 132.0)));
    0.5 / a + r * series
}

/// `a ψ′(a) − 1`, without cancellation: about `1/(2a)` for large a.
pub(super) fn trigamma_excess(a: f64) -> f64 {
    if a < 20.0 {
        return a * special::trigamma(a) - 1.0;
    }
    let r = 1.0 / (a * a);
    // Abramowitz and Stegun 6.4.12.
    let series =
        1.0 / 6.0 - r * (1.0 / 30.0 - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * 5.0 / 66.0)));
    0.5 / a + r * series
}

/// The covariance of shape a and rate, in units of the rate: the inverse of `n [[ψ′(a), −1], [−1, a]]`.
fn covariance(a: f64, n: f64) -> DMatrix<f64> {
    let unit = 1.0 / (n * trigamma_excess(a));
    DMatrix::from_row_slice(2, 2, &[a, 1.0, 1.0, special::trigamma(a)]) * unit
}

/// `ln(mean) − mean of ln y`, accurate for data that hardly vary, too.
fn log_ratio(data: &Observations, mean: f64, y: impl Fn(f64) -> f64) -> f64 {
    data.average(|x| {
        let off = (y(x) - mean) / mean;
        // Far below the mean, 1 + off has lost what distinguishes y from 0.
        if off < -0.5 { off - (y(x) / mean).ln() } else { -special::log1pmx(off) }
    })
}

/// The rate is shape / mean; the shape solves `ln a − ψ(a) = ln(mean) − mean of ln x` (Newton).
impl MaximumLikelihood for Gamma {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["shape", "rate"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("gamma", "positive", |x| x > 0.0)?;
        data.several("gamma")?;
        let mean = data.mean();
        let shape = shape("gamma", log_ratio(data, mean, |x| x))?;
        let rate = shape / mean;
        let law = Self::new(shape, rate)?;
        let covariance = covariance(shape, data.total());
        Fitted::in_units(law, Self::PARAMETERS, &[shape, rate], covariance, &[1.0, rate])
            .of("gamma", data)
    }

    fn known(&self) {}
}

/// The gamma law's fit of `1/x`.
impl MaximumLikelihood for InverseGamma {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["shape", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("inverse gamma", "positive", |x| x > 0.0)?;
        data.several("inverse gamma")?;
        // 1/x may overflow, smallest/x does not.
        let (smallest, _) = data.range();
        let mean = data.average(|x| smallest / x);
        let shape = shape("inverse gamma", log_ratio(data, mean, |x| smallest / x))?;
        let scale = smallest * (shape / mean);
        let law = Self::new(shape, scale)?;
        let covariance = covariance(shape, data.total());
        Fitted::in_units(law, Self::PARAMETERS, &[shape, scale], covariance, &[1.0, scale])
            .of("inverse gamma", data)
    }

    fn known(&self) {}
}

#[cfg(test)]
mod tests {
    use super::{log_less_digamma, trigamma_excess};

    /// mpmath 1.3.0, 50 digits: `mp.log(a) - mp.digamma(a)` and `a * mp.psi(1, a) - 1`.
    #[test]
    fn differences_do_not_cancel() {
        let references = [
            (0.01, 95.95571527188058, 99.01621213528313),
            (0.7, 0.8633486097592022, 0.9838344096862275),
            (5.0, 0.1033202440022999, 0.10661477868557663),
            (19.999, 0.02520955219884158, 0.025417750394796632),
            (20.0, 0.025208281311841944, 0.025416458704062398),
            (35.0, 0.014353735945513781, 0.014421746507453566),
            (1000.0, 0.000500083333325, 0.0005001666666333334),
            (100000000.0, 5.0000000083333336e-9, 5.000000016666667e-9),
        ];
        for (a, difference, excess) in references {
            assert!((log_less_digamma(a) / difference - 1.0).abs() < 2e-14, "{a}");
            assert!((trigamma_excess(a) / excess - 1.0).abs() < 2e-13, "{a}");
        }
    }
}
