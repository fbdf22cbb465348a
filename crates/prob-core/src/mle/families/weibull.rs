//! The Weibull law: one equation in the shape, by Newton's method.

use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Weibull};

/// Means under the weights `e^(kt)`: their own logarithm, and the first two moments of t.
fn tilted(logs: &Observations, k: f64, largest: f64) -> (f64, f64, f64) {
    let [total, first, second] = logs.averages(|t| {
        let weight = (k * (t - largest)).exp();
        [weight, weight * t, weight * t * t]
    });
    (k * largest + total.ln(), first / total, second / total)
}

/// For a shape k the best scale is the k-th root of the mean of `x^k`; the shape that is best with
/// it comes from Newton's method on the logarithms.
impl MaximumLikelihood for Weibull {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["shape", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("Weibull", "positive", |x| x > 0.0)?;
        data.several("Weibull")?;
        let (log_unit, logs) = super::log_normal::relative_logs(data);
        let (centre, spread) = super::normal::moments(&logs);
        let logs = logs.map(|t| (t - centre) / spread);
        let (_, largest) = logs.range();
        let problem = Problem {
            law: "Weibull",
            parameters: &["shape"],
            scales: [Scale::Log],
            start: [1.282], // π/√6, by the standard deviation of ln x
        };
        let ([k], _) = problem.maximise(|&[k]| {
            let (log_total, first, second) = tilted(&logs, k, largest);
            Derivatives {
                value: k.ln() - log_total,
                gradient: [1.0 / k - first],
                hessian: [[-1.0 / (k * k) - (second - first * first)]],
            }
        })?;
        let (log_total, ..) = tilted(&logs, k, largest);
        let offset = log_total / k;
        let (shape, scale) = (k / spread, (log_unit + centre + spread * offset).exp());
        let law = Self::new(shape, scale)?;
        // With u = (x/scale)^shape and v = ln(x/scale), at the maximum.
        let [uv, uvv] = logs.averages(|t| {
            let v = t - offset;
            let u = (k * v).exp();
            [u * v * spread, u * (v * spread).powi(2)]
        });
        // By the scale in units of itself.
        let cross = shape * uv;
        let at = Derivatives {
            value: 0.0,
            gradient: [0.0; 2],
            hessian: [[-1.0 / (shape * shape) - uvv, cross], [cross, -shape * shape]],
        };
        super::location_scale::Standardised::finish(
            law,
            Self::PARAMETERS,
            [shape, scale],
            &at,
            [1.0, scale],
            data,
        )
        .of("Weibull", data)
    }

    fn known(&self) {}
}
