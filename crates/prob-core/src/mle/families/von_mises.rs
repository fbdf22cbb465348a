//! The von Mises law: the mean direction, and one equation in the concentration.

use nalgebra::DMatrix;

use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Support, VonMises, special};

const LAW: &str = "von Mises";

/// The direction is that of the sum of the unit vectors `(cos x, sin x)`; the concentration κ solves
/// `I₁(κ)/I₀(κ) = R`, the length of their mean (Newton). Standard errors `1/√(n κ R)` of the direction
/// and `1/√(n (1 − R² − R/κ))` of the concentration.
///
/// Observations whose vectors cancel have no direction, [`Error::NoMaximum`].
impl MaximumLikelihood for VonMises {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["direction", "concentration"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        let (lower, upper) = (-std::f64::consts::PI, std::f64::consts::PI);
        data.within(LAW, "from -pi to pi", Support::interval(lower, upper))?;
        data.several(LAW)?;
        let [cos, sin] = data.averages(|x| [x.cos(), x.sin()]);
        let direction = sin.atan2(cos);
        let length = cos.hypot(sin);
        if length < 1e-12 {
            return Err(Error::NoMaximum { law: LAW, what: "direction", value: f64::NAN });
        }
        // 1 − R, for directions that hardly vary.
        let rest = data.average(|x| 2.0 * (0.5 * (x - direction)).sin().powi(2));
        let problem = Problem {
            law: LAW,
            parameters: &["concentration"],
            scales: [Scale::LogAnywhere],
            start: [if rest < 0.5 { 0.5 / rest } else { 2.0 * length }],
        };
        let ([kappa], at) = problem.maximise(|&[kappa]| {
            let left = special::bessel_i1_i0_rest(kappa);
            Derivatives {
                // With what the normaliser would cancel taken out: ln I₀(κ) − κ.
                value: -kappa * rest - special::log_bessel_i0_scaled(kappa),
                gradient: [left - rest],
                hessian: [[-slope(kappa)]],
            }
        })?;
        let law = Self::new(direction, kappa)?;
        let n = data.total();
        let of_direction = 1.0 / (n * kappa * length);
        let of_kappa = -1.0 / (n * at.hessian[0][0]);
        let covariance = DMatrix::from_row_slice(2, 2, &[of_direction, 0.0, 0.0, of_kappa]);
        Fitted::with_covariance(law, Self::PARAMETERS, &[direction, kappa], covariance)
            .of(LAW, data)
    }

    fn known(&self) {}
}

/// The derivative of `A = I₁/I₀`: `1 − A² − A/κ`.
fn slope(kappa: f64) -> f64 {
    if kappa < 1e-4 {
        return 0.5 - 3.0 / 16.0 * kappa * kappa;
    }
    // With A = 1 − q, so that 1 − A² keeps its digits.
    let rest = special::bessel_i1_i0_rest(kappa);
    if kappa < 1e4 {
        return rest * (2.0 - rest) - (1.0 - rest) / kappa;
    }
    // Where the terms cancel: the derivative of 1 − 1/(2κ) − 1/(8κ²) − 1/(8κ³).
    let r = 1.0 / kappa;
    r * r * (0.5 + r * (0.25 + r * 0.375))
}
