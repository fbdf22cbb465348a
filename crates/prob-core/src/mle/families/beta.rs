//! The beta law, by Newton's method on its mean and the sum of its shapes.

use nalgebra::DMatrix;

use super::gamma::{log_less_digamma, trigamma_excess};
use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Beta, Error, special};

const LAW: &str = "beta";

/// What the likelihood needs of the data, relative to their mean: nothing cancels in data that hardly
/// vary.
struct Summary {
    /// The mean, and 1 less the mean.
    mean: [f64; 2],
    /// The means of `ln(x/mean)` and `ln((1 − x)/(1 − mean))`.
    logs: [f64; 2],
}

impl Summary {
    fn of(data: &Observations) -> Self {
        let rest = data.average(|x| 1.0 - x);
        let mean = if rest > 0.5 { [data.mean(), 1.0 - data.mean()] } else { [1.0 - rest, rest] };
        let [m, q] = mean;
        let logs = data.averages(|x| {
            let above = if m <= 0.5 { x - m } else { q - (1.0 - x) };
            let log = |ratio: f64, far: f64| if ratio > -0.5 { ratio.ln_1p() } else { far };
            [log(above / m, x.ln() - m.ln()), log(-above / q, (-x).ln_1p() - q.ln())]
        });
        Self { mean, logs }
    }

    /// The shapes and their law's mean (and 1 less it) for the log odds of the mean, counted from
    /// those of the data's mean, and the sum of the shapes.
    fn shapes(&self, [odds, sum]: [f64; 2]) -> ([f64; 2], [f64; 2]) {
        let [m, q] = self.mean;
        let total = m * odds.exp() + q;
        let mean = [m * odds.exp() / total, q / total];
        (mean.map(|m| sum * m), mean)
    }

    fn log_likelihood(&self, &[odds, sum]: &[f64; 2]) -> Derivatives<2> {
        let ([a, b], [m, q]) = self.shapes([odds, sum]);
        let log_total = (self.mean[0] * odds.exp_m1()).ln_1p();
        // The means of ln(x/m) and ln((1 − x)/q).
        let (left, right) = (self.logs[0] - odds + log_total, self.logs[1] + log_total);
        let of_sum = log_less_digamma(sum);
        let by_a = left + log_less_digamma(a) - of_sum;
        let by_b = right + log_less_digamma(b) - of_sum;
        let [excess, excess_a, excess_b] = [sum, a, b].map(trigamma_excess);
        let (width, tilt) = (m * q, by_a - by_b);
        let cross = width * (tilt + excess_b - excess_a);
        Derivatives {
            value: a * left + b * right + 0.5 * (a.ln() + b.ln() - sum.ln())
                - special::stirling_error(a)
                - special::stirling_error(b)
                + special::stirling_error(sum),
            gradient: [sum * width * tilt, m * by_a + q * by_b],
            hessian: [
                [
                    sum * width * (q - m) * tilt
                        - sum * width * (q * (1.0 + excess_a) + m * (1.0 + excess_b)),
                    cross,
                ],
                [cross, (excess - m * excess_a - q * excess_b) / sum],
            ],
        }
    }
}

/// Newton's method from the shapes that have the data's mean and variance. The observations must
/// lie strictly between 0 and 1.
impl MaximumLikelihood for Beta {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["alpha", "beta"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all(LAW, "between 0 and 1, the ends excluded", |x| 0.0 < x && x < 1.0)?;
        data.several(LAW)?;
        let summary = Summary::of(data);
        let (_, sigma) = super::normal::moments(data);
        let together = (summary.mean[0] / sigma * (summary.mean[1] / sigma) - 1.0).max(1e-3);
        let problem = Problem {
            law: LAW,
            parameters: &["log odds of the mean", "sum of the shapes"],
            scales: [Scale::Plain, Scale::LogAnywhere],
            start: [0.0, together],
        };
        let (found, at) = problem.maximise(|place| summary.log_likelihood(place))?;
        let ([alpha, beta], [m, q]) = summary.shapes(found);
        let (law, values) = (Self::new(alpha, beta)?, [alpha, beta]);
        let Some(inner) = at.covariance(data.total()) else {
            return Fitted::with_errors(law, Self::PARAMETERS, &values, &[None, None])
                .of(LAW, data);
        };
        // Derivatives of the shapes by odds and sum, in units of the shapes.
        let jacobian = DMatrix::from_row_slice(2, 2, &[q, 1.0 / found[1], -m, 1.0 / found[1]]);
        let covariance = &jacobian * inner * jacobian.transpose();
        Fitted::in_units(law, Self::PARAMETERS, &values, covariance, &values).of(LAW, data)
    }

    fn known(&self) {}
}
