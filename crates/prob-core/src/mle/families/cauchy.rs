//! The Cauchy law, by Newton's method.

use super::location_scale::{Shape, Standardised, derivatives};
use super::student_t::power_law;
use crate::mle::newton::{Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Cauchy, Error};

/// Newton's method from the median and half the distance of the quartiles.
///
/// In location and scale together the likelihood has one maximum, unless half of the observations
/// are the same number (Copas, Biometrika 62, 1975): then it grows as the scale falls to 0, and the
/// data are refused.
impl MaximumLikelihood for Cauchy {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["location", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        let standard = Standardised::new("Cauchy", data)?;
        let most = data.sorted().iter().fold(0.0_f64, |most, (_, w)| most.max(*w));
        if most >= 0.5 * data.total() {
            return Err(Error::NoMaximum { law: "Cauchy", what: "scale", value: 0.0 });
        }
        let problem = Problem {
            law: "Cauchy",
            parameters: Self::PARAMETERS,
            scales: [Scale::Plain, Scale::Log],
            start: [0.0, 1.0],
        };
        let shape = |z: f64| -> Shape { power_law(1.0, z) };
        let ([location, scale], at) =
            problem.maximise(|at| derivatives(&standard.data, *at, shape))?;
        let unit = standard.unit;
        let values = [standard.centre + unit * location, unit * scale];
        let law = Self::new(values[0], values[1])?;
        Standardised::finish(law, Self::PARAMETERS, values, &at, [unit; 2], data).of("Cauchy", data)
    }

    fn known(&self) {}
}
