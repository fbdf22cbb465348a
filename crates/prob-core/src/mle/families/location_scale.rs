//! What the Cauchy, logistic and Student t laws share: the data brought to location 0 and scale 1,
//! and the derivatives by location and scale.

use crate::mle::newton::Derivatives;
use crate::mle::observations::{power_of_two, quantile};
use crate::mle::{Fitted, Observations};
use crate::{Error, Univariate};

/// Data as `(x − centre) / unit`: the median, and a power of two (by which division is exact) near
/// half the distance of the quartiles.
pub(super) struct Standardised {
    pub data: Observations,
    pub centre: f64,
    pub unit: f64,
}

impl Standardised {
    pub(super) fn new(law: &'static str, data: &Observations) -> Result<Self, Error> {
        let sorted = data.sorted();
        let half = 0.5 * quantile(&sorted, 0.75) - 0.5 * quantile(&sorted, 0.25);
        // Half of the data may be one number.
        if half > 0.0 { Self::with(law, data, half) } else { Self::by_distance(law, data) }
    }

    /// The unit near the mean distance from the median instead, which goes with the outermost
    /// observations.
    pub(super) fn by_distance(law: &'static str, data: &Observations) -> Result<Self, Error> {
        Self::with(law, data, data.mean_distance(quantile(&data.sorted(), 0.5)))
    }

    fn with(law: &'static str, data: &Observations, size: f64) -> Result<Self, Error> {
        data.several(law)?;
        let centre = quantile(&data.sorted(), 0.5);
        // A power of two cannot follow subnormal numbers.
        let unit = if size < f64::MIN_POSITIVE { size } else { power_of_two(size) };
        Ok(Self { data: data.map(|x| x / unit - centre / unit), centre, unit })
    }

    /// The fit of the original data from that of the standardised ones. `units` says which powers
    /// of the unit the estimates carry: 1 or the unit itself.
    pub(super) fn finish<L: Univariate, const N: usize>(
        law: L,
        names: &[&str],
        values: [f64; N],
        at: &Derivatives<N>,
        units: [f64; N],
        data: &Observations,
    ) -> Fitted<L> {
        match at.covariance(data.total()) {
            Some(covariance) => Fitted::in_units(law, names, &values, covariance, &units),
            None => Fitted::with_errors(law, names, &values, &[None; N]),
        }
    }
}

/// The logarithm h of a standard density at z, with its derivatives times the powers of z that are
/// needed (z itself may be so large that its square overflows).
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub h: f64,
    pub first: f64,
    pub z_first: f64,
    pub second: f64,
    pub z_second: f64,
    pub zz_second: f64,
}

/// The mean of `h((x − location)/scale) − ln(scale)` with its derivatives by location and scale.
pub(super) fn derivatives(
    data: &Observations,
    [location, scale]: [f64; 2],
    shape: impl Fn(f64) -> Shape,
) -> Derivatives<2> {
    let [h, first, z_first, second, z_second, zz_second] = data.averages(|x| {
        let s = shape((x - location) / scale);
        [s.h, s.first, s.z_first, s.second, s.z_second, s.zz_second]
    });
    let square = scale * scale;
    let cross = (first + z_second) / square;
    Derivatives {
        value: h - scale.ln(),
        gradient: [-first / scale, -(1.0 + z_first) / scale],
        hessian: [[second / square, cross], [cross, (1.0 + 2.0 * z_first + zz_second) / square]],
    }
}
