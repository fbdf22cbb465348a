//! The logistic law, by Newton's method.

use super::location_scale::{Shape, Standardised, derivatives};
use crate::mle::newton::{Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Logistic};

/// `h = −|z| − 2 ln(1 + e^−|z|)`, with the slope `−tanh(z/2)`.
fn shape(z: f64) -> Shape {
    let t = (0.5 * z).tanh();
    let tail = (-z.abs()).exp();
    // (1 − t²)/2 = 2 e^−|z| / (1 + e^−|z|)²: without the difference.
    let second = -2.0 * tail / (1.0 + tail).powi(2);
    // Far out z² may overflow; there e^−|z| is 0 and so is the product.
    let times = |power: f64| if second == 0.0 { 0.0 } else { power * second };
    Shape {
        h: -z.abs() - 2.0 * tail.ln_1p(),
        first: -t,
        z_first: -z * t,
        second,
        z_second: times(z),
        zz_second: times(z * z),
    }
}

/// Newton's method from the median and the mean distance from it; the likelihood has one maximum.
impl MaximumLikelihood for Logistic {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["location", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        let standard = Standardised::by_distance("logistic", data)?;
        let problem = Problem {
            law: "logistic",
            parameters: Self::PARAMETERS,
            scales: [Scale::Plain, Scale::Log],
            // At the maximum the mean of z tanh(z/2) is 1, so that the mean of |z| lies between 1 and
            // 1.6.
            start: [0.0, 1.0],
        };
        let ([location, scale], at) =
            problem.maximise(|at| derivatives(&standard.data, *at, shape))?;
        let unit = standard.unit;
        let values = [standard.centre + unit * location, unit * scale];
        let law = Self::new(values[0], values[1])?;
        Standardised::finish(law, Self::PARAMETERS, values, &at, [unit; 2], data)
            .of("logistic", data)
    }

    fn known(&self) {}
}
