//! The truncated normal law with known ends, by Newton's method.

use nalgebra::DMatrix;

use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Support, TruncatedNormal, special};

const LAW: &str = "truncated normal";

/// Newton's method on `a = location/scale²` and `b = 1/scale²`, in which the log-likelihood is
/// concave; the moments of the law come from quadrature, without differences of tails.
///
/// The normal law that is cut is not always there: data that crowd at both ends, or fall off from
/// an end more slowly than the exponential law, are best explained by a bell of negative or zero
/// curvature, [`Error::NoMaximum`] (the scale runs to infinity).
///
/// ```
/// use prob_core::TruncatedNormal;
/// use prob_core::mle::{MaximumLikelihood, Observations};
///
/// let data = Observations::new(&[0.1, 0.4, 0.5, 0.3, 0.9, 0.6])?;
/// let fitted = TruncatedNormal::fit_given((0.0, 1.0), &data)?;
/// assert!((fitted.estimates[0].value - 0.45).abs() < 0.02);
/// # Ok::<(), prob_core::Error>(())
/// ```
impl MaximumLikelihood for TruncatedNormal {
    /// The ends, lower and upper; may be infinite.
    type Known = (f64, f64);
    const PARAMETERS: &'static [&'static str] = &["location", "scale"];

    fn fit_given((lower, upper): (f64, f64), data: &Observations) -> Result<Fitted<Self>, Error> {
        Self::new(0.0, 1.0, lower, upper)?;
        data.within(LAW, "between the ends", Support::interval(lower, upper))?;
        data.several(LAW)?;
        let (mean, sigma) = super::normal::moments(data);
        if !(sigma > 0.0 && sigma.is_finite()) {
            // Subnormal.
            return Err(Error::NoMaximum { law: LAW, what: "scale", value: sigma });
        }
        let ends = [(lower - mean) / sigma, (upper - mean) / sigma];
        if !bell_shaped(ends) {
            return Err(Error::NoMaximum { law: LAW, what: "scale", value: f64::INFINITY });
        }
        let problem = Problem {
            law: LAW,
            parameters: &["location", "scale"],
            scales: [Scale::Plain, Scale::Log],
            start: [0.0, 1.0],
        };
        let ([a, b], at) = problem.maximise(|&[a, b]| log_likelihood(ends, a, b))?;
        let root = b.sqrt();
        let (location, scale) = (mean + sigma * (a / b), sigma / root);
        let law = Self::new(location, scale, lower, upper)?;
        let values = [location, scale];
        let Some(inner) = at.covariance(data.total()) else {
            return Fitted::with_errors(law, Self::PARAMETERS, &values, &[None, None])
                .of(LAW, data);
        };
        // Derivatives of location and scale by a and b, in units of sigma.
        let jacobian =
            DMatrix::from_row_slice(2, 2, &[1.0 / b, -a / (b * b), 0.0, -0.5 / (b * root)]);
        let covariance = &jacobian * inner * jacobian.transpose();
        Fitted::in_units(law, Self::PARAMETERS, &values, covariance, &[sigma; 2]).of(LAW, data)
    }

    fn known(&self) -> (f64, f64) {
        let support = crate::Univariate::support(self);
        (support.lower, support.upper)
    }
}

/// The mean log-likelihood of data of mean 0 and variance 1 under `exp(a y − b y²/2)` between the
/// ends, with its derivatives: those of the normaliser are the moments of the law.
fn log_likelihood(ends: [f64; 2], a: f64, b: f64) -> Derivatives<2> {
    let (log_norm, [m1, m2, m3, m4]) = moments(ends, a, b);
    let cross = 0.5 * (m3 - m1 * m2);
    Derivatives {
        value: -0.5 * b - log_norm,
        gradient: [-m1, 0.5 * (m2 - 1.0)],
        hessian: [[m1 * m1 - m2, cross], [cross, 0.25 * (m2 * m2 - m4)]],
    }
}

/// Into how many panels an integral is cut.
const PANELS: usize = 12;

/// `ln ∫ exp(a y − b y²/2) dy` between the ends, and the first four moments.
fn moments([lower, upper]: [f64; 2], a: f64, b: f64) -> (f64, [f64; 4]) {
    let peak = (a / b).clamp(lower, upper);
    let slope = (a - b * peak).abs();
    // From here on less than e^−45 of the peak's height: d with slope d + b d²/2 = 45.
    let reach = 90.0 / (slope + (slope * slope + 90.0 * b).sqrt());
    let (from, to) = ((peak - reach).max(lower), (peak + reach).min(upper));
    let width = (to - from) / PANELS as f64;
    let density = |y: f64| {
        let d = y - peak;
        ((a - b * peak) * d - 0.5 * b * d * d).exp()
    };
    let integral = |power: i32| -> f64 {
        let panel = |k: usize| {
            let lower = from + k as f64 * width;
            special::gauss_legendre(lower, width, |y| density(y) * y.powi(power))
        };
        (0..PANELS).map(panel).sum()
    };
    let total = integral(0);
    let log_norm = total.ln() + a * peak - 0.5 * b * peak * peak;
    (log_norm, [1, 2, 3, 4].map(|power| integral(power) / total))
}

/// Whether the best curvature b is positive: whether data of mean 0 and variance 1 vary less than
/// the law `exp(a y)` of the same mean between the ends (the log-likelihood is concave in a and b).
fn bell_shaped([lower, upper]: [f64; 2]) -> bool {
    match (lower.is_finite(), upper.is_finite()) {
        (false, false) => true,
        // The exponential law from the end: its standard deviation is the mean's distance.
        (true, false) => 1.0 < -lower,
        (false, true) => 1.0 < upper,
        (true, true) => {
            let width = upper - lower;
            1.0 < width * width * variance_of_exponential(-lower / width)
        }
    }
}

/// The variance of `exp(t y)` on [0, 1] with this mean: t by halving, as the mean rises with t.
fn variance_of_exponential(mean: f64) -> f64 {
    let (mut low, mut high) = (-1e6_f64, 1e6_f64);
    for _ in 0..200 {
        let t = 0.5 * (low + high);
        if mean_of_exponential(t) < mean { low = t } else { high = t }
    }
    let t = 0.5 * (low + high);
    if t.abs() < 0.02 {
        return 1.0 / 12.0 - t * t / 240.0 + t.powi(4) / 6048.0;
    }
    1.0 / (t * t) - 0.25 / (0.5 * t).sinh().powi(2)
}

fn mean_of_exponential(t: f64) -> f64 {
    if t.abs() < 0.02 {
        return 0.5 + t / 12.0 - t.powi(3) / 720.0;
    }
    -1.0 / (-t).exp_m1() - 1.0 / t
}

#[cfg(test)]
mod tests {
    use super::moments;

    /// The normal law between −1 and 2, by mpmath 1.3.0:
    /// `[mp.quad(lambda y: y**k * mp.exp(y/2 - y*y/2), [-1, 0, 1, 2]) for k in range(5)]`
    #[test]
    fn moments_match_quadrature() {
        let (log_norm, found) = moments([-1.0, 2.0], 0.5, 1.0);
        assert!((log_norm - 0.9005133263434957).abs() < 1e-14);
        let expected = [0.5, 0.8015244157615513, 0.952286623642327, 1.5352898063904714];
        for (m, e) in found.iter().zip(expected) {
            assert!((m - e).abs() < 1e-14, "{m} {e}");
        }
    }
}
