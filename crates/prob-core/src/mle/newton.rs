//! Newton's method on a log-likelihood of a few parameters, safeguarded.

use nalgebra::{Cholesky, DMatrix, SMatrix, SVector};

use crate::Error;

/// No fit of the families here needs more than a few dozen.
const MAX_ITERATIONS: usize = 200;

/// The slope below which a point is a maximum: an average over the observations, and where the bend
/// exceeds 1 in units of its root. What is left to go is then 1e-8 of one observation's standard error.
const FLAT: f64 = 1e-8;

/// A log-likelihood with its derivatives by the parameters, at one point; an average over the
/// observations, so that 1 is its scale.
#[derive(Debug, Clone)]
pub(crate) struct Derivatives<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    /// The second derivatives, symmetric.
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Derivatives<N> {
    /// The covariance of the estimates of `n` observations: `(−n H)⁻¹`. `None` at a point that is no
    /// strict maximum.
    pub(crate) fn covariance(&self, n: f64) -> Option<DMatrix<f64>> {
        // Scaled to a diagonal of ones first: parameters may differ by orders of magnitude.
        let scale: [f64; N] = std::array::from_fn(|i| (-n * self.hessian[i][i]).sqrt());
        let unit =
            SMatrix::<f64, N, N>::from_fn(|i, j| -n * self.hessian[i][j] / (scale[i] * scale[j]));
        let inverse = Cholesky::new(unit)?.inverse();
        Some(DMatrix::from_fn(N, N, |i, j| inverse[(i, j)] / (scale[i] * scale[j])))
    }
}

/// On which scale a parameter is searched, so that no step leaves its range.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scale {
    /// The parameter itself: any number.
    Plain,
    /// Its logarithm: positive numbers.
    Log,
    /// Its logarithm, of a parameter whose maximum is known to be there, however far out.
    LogAnywhere,
}

impl Scale {
    fn there(self, parameter: f64) -> f64 {
        match self {
            Self::Plain => parameter,
            Self::Log | Self::LogAnywhere => parameter.ln(),
        }
    }

    fn back(self, place: f64) -> f64 {
        match self {
            Self::Plain => place,
            Self::Log | Self::LogAnywhere => place.exp(),
        }
    }

    /// The parameter's first and second derivative by the place.
    fn slopes(self, parameter: f64) -> (f64, f64) {
        match self {
            Self::Plain => (1.0, 0.0),
            Self::Log | Self::LogAnywhere => (parameter, parameter),
        }
    }

    /// Beyond this a parameter of data scaled to 1 is taken to run to infinity (or zero).
    fn end(self) -> f64 {
        match self {
            Self::Plain => 1e9,
            Self::Log => 1e12_f64.ln(),
            Self::LogAnywhere => f64::MAX.ln(),
        }
    }

    /// How far one step may go.
    fn longest_step(self) -> f64 {
        match self {
            Self::Plain => 10.0,
            Self::Log | Self::LogAnywhere => 3.0,
        }
    }
}

/// What is maximised.
pub(crate) struct Problem<'a, const N: usize> {
    pub law: &'static str,
    pub parameters: &'a [&'static str],
    pub scales: [Scale; N],
    pub start: [f64; N],
}

/// A point on the search's scales, with the function to be *minimised* (the negative log).
struct Place<const N: usize> {
    at: SVector<f64, N>,
    plain: Derivatives<N>,
    value: f64,
    gradient: SVector<f64, N>,
    hessian: SMatrix<f64, N, N>,
}

impl<const N: usize> Problem<'_, N> {
    /// The parameters of the largest log-likelihood near the start, and its derivatives there.
    ///
    /// Newton's method on the negative log-likelihood: where its second derivatives are not positive
    /// definite, a multiple of the identity is added until they are; each step is halved until the
    /// function falls (Nocedal and Wright, Numerical Optimization, 2006, chapter 3).
    ///
    /// # Errors
    /// [`Error::NoMaximum`] when a parameter runs away, [`Error::NotConverged`] when the slope does
    /// not fall below 1e-8 in the units of [`FLAT`].
    pub(crate) fn maximise(
        &self,
        log_likelihood: impl Fn(&[f64; N]) -> Derivatives<N>,
    ) -> Result<([f64; N], Derivatives<N>), Error> {
        let start = SVector::from_fn(|i, _| self.scales[i].there(self.start[i]));
        let mut here = self.place(start, &log_likelihood);
        let mut iterations = 0;
        while iterations < MAX_ITERATIONS && here.value.is_finite() {
            iterations += 1;
            self.check_ends(&here)?;
            let step = self.step(&here);
            let Some(next) = self.search(&here, &step, &log_likelihood) else { break };
            let moved = (next.at - here.at).amax();
            here = next;
            if moved < 1e-15 {
                break;
            }
        }
        // In units of what one observation tells: the steeper the bend, the less a slope means.
        let bends = here.hessian.diagonal().map(|bend| bend.max(1.0).sqrt());
        let gradient = steepest(&here.gradient.component_div(&bends));
        if gradient <= FLAT && here.value.is_finite() {
            Ok((self.parameters_at(&here.at), here.plain))
        } else {
            Err(Error::NotConverged { law: self.law, iterations, gradient })
        }
    }

    fn parameters_at(&self, at: &SVector<f64, N>) -> [f64; N] {
        std::array::from_fn(|i| self.scales[i].back(at[i]))
    }

    fn place(
        &self,
        at: SVector<f64, N>,
        log_likelihood: &impl Fn(&[f64; N]) -> Derivatives<N>,
    ) -> Place<N> {
        let parameters = self.parameters_at(&at);
        let plain = log_likelihood(&parameters);
        let slopes: [(f64, f64); N] = std::array::from_fn(|i| self.scales[i].slopes(parameters[i]));
        let gradient = SVector::from_fn(|i, _| -plain.gradient[i] * slopes[i].0);
        let hessian = SMatrix::from_fn(|i, j| {
            let bend = if i == j { plain.gradient[i] * slopes[i].1 } else { 0.0 };
            -plain.hessian[i][j] * slopes[i].0 * slopes[j].0 - bend
        });
        Place { at, value: -plain.value, plain, gradient, hessian }
    }

    fn check_ends(&self, here: &Place<N>) -> Result<(), Error> {
        let beyond = |i: &usize| here.at[*i].abs() > self.scales[*i].end();
        match (0..N).find(beyond) {
            Some(i) => Err(Error::NoMaximum {
                law: self.law,
                what: self.parameters.get(i).copied().unwrap_or("parameter"),
                value: self.scales[i].back(here.at[i]),
            }),
            None => Ok(()),
        }
    }

    /// Newton's step, with a multiple of the identity added where it would not go down.
    fn step(&self, here: &Place<N>) -> SVector<f64, N> {
        let size = here.hessian.amax().max(1e-300);
        let mut added = 0.0;
        let mut step = -here.gradient / size;
        for _ in 0..60 {
            let shifted = here.hessian + SMatrix::<f64, N, N>::identity() * added;
            if let Some(factor) = Cholesky::new(shifted) {
                step = -factor.solve(&here.gradient);
                break;
            }
            added = if added == 0.0 { 1e-6 * size } else { added * 4.0 };
        }
        let too_long = (0..N).map(|i| step[i].abs() / self.scales[i].longest_step());
        let too_long = too_long.fold(1.0, f64::max);
        step / too_long
    }

    /// The first point along the step where the function has fallen enough; `None` where rounding
    /// errors end the search.
    fn search(
        &self,
        here: &Place<N>,
        step: &SVector<f64, N>,
        log_likelihood: &impl Fn(&[f64; N]) -> Derivatives<N>,
    ) -> Option<Place<N>> {
        let slope = here.gradient.dot(step);
        let usable =
            |next: &Place<N>| next.value.is_finite() && steepest(&next.gradient).is_finite();
        // So near the bottom the values differ by rounding errors only, and the slope decides.
        if slope.abs() > 1e-11 * (1.0 + here.value.abs()) {
            let mut length = 1.0;
            for _ in 0..50 {
                let next = self.place(here.at + step * length, log_likelihood);
                if next.value <= here.value + 1e-4 * length * slope && usable(&next) {
                    return Some(next);
                }
                length *= 0.5;
            }
        }
        let next = self.place(here.at + step, log_likelihood);
        (usable(&next) && steepest(&next.gradient) < steepest(&here.gradient)).then_some(next)
    }
}

/// The largest slope; NaN where one is.
fn steepest<const N: usize>(gradient: &SVector<f64, N>) -> f64 {
    gradient.iter().fold(0.0, |most, g| if g.abs() <= most { most } else { g.abs() })
}

#[cfg(test)]
mod tests {
    use super::{Derivatives, Problem, Scale};
    use crate::Error;

    const NAMES: &[&str] = &["a", "b"];

    fn problem(start: [f64; 2]) -> Problem<'static, 2> {
        let scales = [Scale::Plain, Scale::Log];
        Problem { law: "test", parameters: NAMES, scales, start }
    }

    /// Minus the banana of Rosenbrock (1960), `100 (b − a²)² + (1 − a)²`, largest at (1, 1): not
    /// concave on the way there.
    fn banana([a, b]: &[f64; 2]) -> Derivatives<2> {
        let u = b - a * a;
        Derivatives {
            value: -(100.0 * u * u + (1.0 - a).powi(2)),
            gradient: [400.0 * a * u + 2.0 * (1.0 - a), -200.0 * u],
            hessian: [[400.0 * u - 800.0 * a * a - 2.0, 400.0 * a], [400.0 * a, -200.0]],
        }
    }

    #[test]
    fn the_top_of_the_banana_is_found_from_afar() {
        for start in [[-1.2, 1.0], [3.0, 0.01], [-5.0, 30.0], [0.0, 1e-6]] {
            let (found, _) = problem(start).maximise(banana).unwrap();
            assert!((found[0] - 1.0).abs() < 1e-9 && (found[1] - 1.0).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn a_parameter_that_runs_away_is_named() {
        let rising = |p: &[f64; 2]| Derivatives {
            value: -p[0] * p[0] + p[1].ln(),
            gradient: [-2.0 * p[0], 1.0 / p[1]],
            hessian: [[-2.0, 0.0], [0.0, -1.0 / (p[1] * p[1])]],
        };
        let error = problem([0.0, 1.0]).maximise(rising).unwrap_err();
        assert!(matches!(error, Error::NoMaximum { what: "b", .. }), "{error}");
    }

    #[test]
    fn nothing_finite_at_the_start_is_an_error() {
        let broken = |_: &[f64; 2]| Derivatives {
            value: f64::NAN,
            gradient: [f64::NAN; 2],
            hessian: [[f64::NAN; 2]; 2],
        };
        let error = problem([0.0, 1.0]).maximise(broken).unwrap_err();
        assert!(matches!(error, Error::NotConverged { law: "test", .. }), "{error}");
    }
}
