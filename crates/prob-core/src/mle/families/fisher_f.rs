//! The F law, by Newton's method on both degrees of freedom.

use super::gamma::{log_less_digamma, trigamma_excess};
use super::location_scale::Standardised;
use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, FisherF, special};

const LAW: &str = "F";

/// Half degrees of freedom that the search may start from.
const GRID: [f64; 5] = [0.5, 2.0, 8.0, 32.0, 128.0];

/// The mean log-likelihood of half the degrees, a and b, less what does not depend on them.
///
/// With p = a/(a + b), q = 1 − p, h = (x − 1)/(q + p x) and φ(t) = ln(1 + t) − t it is
/// `½ ln(a b/(a + b)) − δ(a) − δ(b) + δ(a + b) + a φ(q h) + b φ(−p h)`, δ being the error of
/// Stirling's formula; the derivatives are likewise free of differences of large numbers.
fn log_likelihood(data: &Observations, &[a, b]: &[f64; 2]) -> Derivatives<2> {
    let sum = a + b;
    let (p, q) = (a / sum, b / sum);
    let [left, right, square] = data.averages(|x| {
        let d = q + p * x;
        let h = (x - 1.0) / d;
        // Far below 0 the 1 + t has lost what distinguishes x/d, or 1/d, from 0.
        let phi = |t: f64, one: f64| if t < -0.5 { one.ln() - t } else { special::log1pmx(t) };
        [phi(q * h, x / d), phi(-p * h, 1.0 / d), h * h]
    });
    let (of_sum, of_a, of_b) = (log_less_digamma(sum), log_less_digamma(a), log_less_digamma(b));
    let [bend, bend_a, bend_b] = [sum, a, b].map(|x| trigamma_excess(x) / x);
    let cross = bend - p * q * square / sum;
    Derivatives {
        value: a * left + b * right + 0.5 * (a.ln() + b.ln() - sum.ln())
            - special::stirling_error(a)
            - special::stirling_error(b)
            + special::stirling_error(sum),
        gradient: [left + of_a - of_sum, right + of_b - of_sum],
        hessian: [
            [q * q * square / sum - bend_a + bend, cross],
            [cross, p * p * square / sum - bend_b + bend],
        ],
    }
}

/// Newton's method from the best of a few pairs of degrees. The law has no scale: data whose spread
/// or mean no F law has drive a degree to infinity, which is [`Error::NoMaximum`].
impl MaximumLikelihood for FisherF {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["numerator", "denominator"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all(LAW, "positive", |x| x > 0.0)?;
        data.several(LAW)?;
        let mut best = (f64::NEG_INFINITY, [2.0, 2.0]);
        // Many degrees on both sides have the variance 1/a + 1/b.
        let narrow = 2.0 / data.average(|x| (x - 1.0).powi(2));
        let pairs = GRID.iter().flat_map(|a| GRID.map(|b| [*a, b])).chain([[narrow; 2]]);
        for pair in pairs {
            let value = log_likelihood(data, &pair).value;
            if value > best.0 {
                best = (value, pair);
            }
        }
        let problem = Problem {
            law: LAW,
            parameters: Self::PARAMETERS,
            scales: [Scale::Log; 2],
            start: best.1,
        };
        let (halves, at) = problem.maximise(|pair| log_likelihood(data, pair))?;
        // On the way to infinity the likelihood flattens out like 1/a; a maximum bends.
        let flat = |i: usize| halves[i] > 1e6 && -at.hessian[i][i] * halves[i].powi(2) < 1e-6;
        if let Some(i) = (0..2).find(|i| flat(*i)) {
            let what = Self::PARAMETERS[i];
            return Err(Error::NoMaximum { law: LAW, what, value: f64::INFINITY });
        }
        let degrees = halves.map(|half| 2.0 * half);
        let law = Self::new(degrees[0], degrees[1])?;
        Standardised::finish(law, Self::PARAMETERS, degrees, &at, [2.0; 2], data).of(LAW, data)
    }

    fn known(&self) {}
}
