//! The negative binomial law: one equation in the number of successes, by Newton's method.

use super::location_scale::Standardised;
use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, NegativeBinomial, Support, special};

const LAW: &str = "negative binomial";

/// `ln[Γ(r + x) / (Γ(r) rˣ)]` with its first derivative by r *plus x/r* (that of `ln Γ(r+x) − ln Γ(r)`)
/// and its second likewise.
fn rising(r: f64, x: f64) -> [f64; 3] {
    // Small counts as the sums that they are: exact, where large r would cancel.
    if x <= 60.0 {
        let mut sums = [0.0; 3];
        for j in 0..x as u64 {
            let (j, one) = (j as f64, 1.0 / (r + j as f64));
            sums[0] += (j / r).ln_1p();
            sums[1] += one;
            sums[2] -= one * one;
        }
        return sums;
    }
    [
        special::ln_gamma(r + x) - special::ln_gamma(r) - x * r.ln(),
        special::digamma(r + x) - special::digamma(r),
        special::trigamma(r + x) - special::trigamma(r),
    ]
}

/// The probability is `r/(r + mean)`; the number of successes r comes from Newton's method.
///
/// A maximum exists where the variance (divided by n) exceeds the mean; else the likelihood grows
/// towards the Poisson law, at infinitely many successes (Aragón, Eberly and Eberly, Statistics and
/// Probability Letters 15, 1992), which is [`Error::NoMaximum`].
impl MaximumLikelihood for NegativeBinomial {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["successes", "probability"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.within(LAW, "a whole number, at least 0", Support::whole(0.0, f64::INFINITY))?;
        let (mean, sigma) = super::normal::moments(data);
        let excess = sigma * sigma - mean;
        if excess <= 1e-12 * mean || mean == 0.0 {
            return Err(Error::NoMaximum { law: LAW, what: "successes", value: f64::INFINITY });
        }
        // Each distinct count once.
        let (values, weights): (Vec<f64>, Vec<f64>) = data.sorted().into_iter().unzip();
        let distinct = Observations::new(&values)?.weighted(&weights)?;
        let problem = Problem {
            law: LAW,
            parameters: Self::PARAMETERS,
            scales: [Scale::Log],
            start: [mean * mean / excess],
        };
        let ([r], at) = problem.maximise(|&[r]| {
            let [value, first, second] = distinct.averages(|x| rising(r, x));
            Derivatives {
                value: value - (r + mean) * (mean / r).ln_1p(),
                gradient: [first - (mean / r).ln_1p()],
                hessian: [[second + mean / (r * (r + mean))]],
            }
        })?;
        let p = r / (r + mean);
        let law = Self::new(r, p)?;
        let curvature = at.hessian[0][0] - mean / (r * (r + mean));
        let at = Derivatives {
            value: at.value,
            gradient: [0.0; 2],
            // 1 − p = mean/(r + mean).
            hessian: [[curvature, 1.0 / p], [1.0 / p, -r / (p * p) - (r + mean).powi(2) / mean]],
        };
        Standardised::finish(law, Self::PARAMETERS, [r, p], &at, [1.0; 2], data).of(LAW, data)
    }

    fn known(&self) {}
}
