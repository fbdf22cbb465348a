//! The Student t law with location and scale: a few steps of the EM algorithm, then Newton's method.

use super::location_scale::{Shape, Standardised, derivatives};
use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, StudentT, special};

const LAW: &str = "Student t";

/// Degrees of freedom that the search may start from.
const GRID: [f64; 7] = [0.7, 1.5, 3.0, 6.0, 15.0, 60.0, 400.0];

/// The logarithm of `(1 + z²/ν)^(−(ν+1)/2)`, and its derivatives.
pub(super) fn power_law(degrees: f64, z: f64) -> Shape {
    let rest = 1.0 / (1.0 + z * z / degrees); // ν/(ν + z²)
    let share = share(degrees, z);
    let power = (degrees + 1.0) / degrees;
    Shape {
        h: -0.5 * (degrees + 1.0) * log_one_plus(degrees, z),
        first: -power * z * rest,
        z_first: -(degrees + 1.0) * share,
        second: -power * rest * (2.0 * rest - 1.0),
        z_second: -power * z * rest * (2.0 * rest - 1.0),
        zz_second: -(degrees + 1.0) * share * (2.0 * rest - 1.0),
    }
}

/// `z²/(ν + z²)`.
fn share(degrees: f64, z: f64) -> f64 {
    let square = z * z / degrees;
    if square.is_finite() { square / (1.0 + square) } else { 1.0 }
}

/// `ln(1 + z²/ν)`, where z² may overflow.
fn log_one_plus(degrees: f64, z: f64) -> f64 {
    let square = z * z / degrees;
    if square < 1e16 { square.ln_1p() } else { 2.0 * z.abs().ln() - degrees.ln() }
}

/// The mean log-likelihood of (degrees, location, scale) and its derivatives.
fn all_three(data: &Observations, &[degrees, location, scale]: &[f64; 3]) -> Derivatives<3> {
    let two = derivatives(data, [location, scale], |z| power_law(degrees, z));
    let power = (degrees + 1.0) / degrees;
    // Derivatives by the degrees of the law's h: first, second, and those of its slope by z.
    let [by, by_twice, slope_by, z_slope_by] = data.averages(|x| {
        let z = (x - location) / scale;
        let (u, r) = (share(degrees, z), 1.0 / (1.0 + z * z / degrees));
        [
            0.5 * (power * u - log_one_plus(degrees, z)),
            u * (1.0 - 1.0 / degrees - power * r) / (2.0 * degrees),
            z * r * (power * r - 1.0) / degrees,
            u * (power * r - 1.0),
        ]
    });
    let (half, next) = (0.5 * degrees, 0.5 * (degrees + 1.0));
    let norm = special::ln_gamma(next)
        - special::ln_gamma(half)
        - 0.5 * (degrees * std::f64::consts::PI).ln();
    let norm_by = 0.5 * (special::digamma(next) - special::digamma(half) - 1.0 / degrees);
    let norm_by_twice =
        0.25 * (special::trigamma(next) - special::trigamma(half)) + 0.5 / (degrees * degrees);
    let (cross_location, cross_scale) = (-slope_by / scale, -z_slope_by / scale);
    let [[ll, ls], [_, ss]] = two.hessian;
    Derivatives {
        value: norm + two.value,
        gradient: [norm_by + by, two.gradient[0], two.gradient[1]],
        hessian: [
            [norm_by_twice + by_twice, cross_location, cross_scale],
            [cross_location, ll, ls],
            [cross_scale, ls, ss],
        ],
    }
}

/// Location and scale for given degrees, nearly: twenty steps of the EM algorithm, where the weight
/// of an observation is `(ν + 1)/(ν + z²)` (Lange, Little and Taylor, JASA 84, 1989).
fn roughly(data: &Observations, degrees: f64) -> [f64; 3] {
    let (mut location, mut scale) = (0.0, 1.0);
    for _ in 0..20 {
        let weight =
            |x: f64| (degrees + 1.0) / degrees * (1.0 - share(degrees, (x - location) / scale));
        let [total, sum] = data.averages(|x| [weight(x), weight(x) * x]);
        let centre = sum / total;
        let square = data.average(|x| weight(x) * (x - centre).powi(2));
        (location, scale) = (centre, (square / total).sqrt());
    }
    [degrees, location, scale]
}

/// Whether the normal law, where the degrees are infinite, is a maximum of its own: so it is when
/// the fourth moment does not exceed the normal law's.
fn normal_is_a_maximum(data: &Observations) -> bool {
    let (mean, sigma) = super::normal::moments(data);
    data.average(|x| ((x - mean) / sigma).powi(4)) <= 3.0
}

/// Newton's method on degrees, location and scale together, from the best of several degrees that
/// leads to a maximum.
///
/// Data without heavier tails than the normal law's have their largest likelihood at infinite
/// degrees, the normal law itself: [`Error::NoMaximum`] says so. Strictly, the likelihood is unbounded
/// for every data set, in a spike at degrees below 1/(n − 1) over one observation (Fernández and
/// Steel, Biometrika 86, 1999); the maximum meant here is the interior one.
impl MaximumLikelihood for StudentT {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["degrees", "location", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        let standard = Standardised::new(LAW, data)?;
        let mut starts = GRID.map(|degrees| {
            let place = roughly(&standard.data, degrees);
            (all_three(&standard.data, &place).value, place)
        });
        starts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let best = starts[0].1;
        let to_infinity = Error::NoMaximum { law: LAW, what: "degrees", value: f64::INFINITY };
        let flat = normal_is_a_maximum(&standard.data);
        if flat && best[0] == GRID[GRID.len() - 1] {
            return Err(to_infinity);
        }
        let from = |(_, start): (f64, [f64; 3])| {
            let scales = [Scale::Log, Scale::Plain, Scale::Log];
            let problem = Problem { law: LAW, parameters: Self::PARAMETERS, scales, start };
            problem.maximise(|at| all_three(&standard.data, at))
        };
        // The best start may lead into a spike over observations that are one number; the others need
        // not.
        let found = starts.into_iter().skip(1).fold(from(starts[0]), |found, start| {
            found.or_else(|error| from(start).map_err(|_| error))
        });
        let ([degrees, location, scale], at) = found?;
        // On the way to infinity the likelihood flattens out; a maximum bends.
        if degrees > 1e7 || degrees > 1e5 && -at.hessian[0][0] * degrees.powi(2) < 1e-6 {
            return Err(to_infinity);
        }
        let unit = standard.unit;
        let values = [degrees, standard.centre + unit * location, unit * scale];
        let law = Self::new(values[0], values[1], values[2])?;
        Standardised::finish(law, Self::PARAMETERS, values, &at, [1.0, unit, unit], data)
            .of(LAW, data)
    }

    fn known(&self) {}
}
