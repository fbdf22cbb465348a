//! How far ours is from the reference, point by point.

use prob_core::Univariate;

use super::reference::{Exact, Point, Reference};

/// Up to this probability on either side a point is in the tails.
const TAIL: f64 = 1e-5;
/// Below this a probability is no full double: only its logarithm is compared.
const SMALLEST: f64 = 1e-307;
/// Roundings of a probability that a round trip is not charged with.
const ROUNDINGS: f64 = 4.0;
/// Where those roundings move `x` by more than this part of it, a round trip says nothing.
const BLURRED: f64 = 1e-3;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    LogProb,
    LogCdf,
    LogSf,
    Cdf,
    Sf,
    Quantile,
    UpperQuantile,
}

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    Bulk,
    Tails,
}

/// The largest error of a function of a law in a region.
#[derive(Debug, Clone)]
pub struct Figure {
    pub law: String,
    pub function: Function,
    pub region: Region,
    /// The largest error; 0 where all points are exact.
    pub error: f64,
    /// Points compared.
    pub points: usize,
    /// The law with its parameters, and the point, where the error is largest.
    pub place: (String, f64),
}

impl Function {
    pub const ALL: [Self; 7] = [
        Self::LogProb,
        Self::LogCdf,
        Self::LogSf,
        Self::Cdf,
        Self::Sf,
        Self::Quantile,
        Self::UpperQuantile,
    ];

    /// Its name in the library.
    pub fn name(self) -> &'static str {
        match self {
            Self::LogProb => "log_prob",
            Self::LogCdf => "log_cdf",
            Self::LogSf => "log_sf",
            Self::Cdf => "cdf",
            Self::Sf => "sf",
            Self::Quantile => "quantile",
            Self::UpperQuantile => "upper_quantile",
        }
    }

    /// The error that is wanted at most.
    pub fn limit(self, region: Region) -> f64 {
        match (self, region) {
            (Self::Quantile | Self::UpperQuantile, _) => 1e-11,
            (_, Region::Bulk) => 1e-13,
            (_, Region::Tails) => 1e-12,
        }
    }

    /// The error at a point; `None` where there is nothing to compare.
    fn error(self, law: &impl Univariate, point: &Point) -> Option<f64> {
        let x = point.x;
        match self {
            Self::LogProb => Some(point.log_prob.error(law.log_prob(x))),
            Self::LogCdf => Some(point.log_cdf.error(law.log_cdf(x))),
            Self::LogSf => Some(point.log_sf.error(law.log_sf(x))),
            Self::Cdf => relative(point.log_cdf, law.cdf(x)),
            Self::Sf => relative(point.log_sf, law.sf(x)),
            Self::Quantile => round_trip(law, point, point.log_cdf, Side::Lower),
            Self::UpperQuantile => round_trip(law, point, point.log_sf, Side::Upper),
        }
    }
}

impl Region {
    pub fn name(self) -> &'static str {
        match self {
            Self::Bulk => "bulk",
            Self::Tails => "tails",
        }
    }

    fn of(point: &Point) -> Self {
        let least = point.log_cdf.value().min(point.log_sf.value());
        if least < TAIL.ln() { Self::Tails } else { Self::Bulk }
    }
}

impl Figure {
    /// Whether the error is as small as wanted.
    pub fn holds(&self) -> bool {
        self.error <= self.function.limit(self.region)
    }
}

/// The figures of all laws, in the order of the file; none where a law has no point in a region.
pub fn figures(references: &[Reference]) -> Vec<Figure> {
    let mut all: Vec<Figure> = Vec::new();
    for reference in references {
        for function in Function::ALL {
            for point in &reference.points {
                if let Some(error) = function.error(&reference.law, point) {
                    let place = (reference, point.x);
                    enter(&mut all, function, Region::of(point), error, place);
                }
            }
        }
    }
    all
}

fn enter(
    all: &mut Vec<Figure>,
    function: Function,
    region: Region,
    error: f64,
    (reference, x): (&Reference, f64),
) {
    let same =
        |f: &&mut Figure| f.law == reference.name && f.function == function && f.region == region;
    let place = || (reference.text.clone(), x);
    match all.iter_mut().find(same) {
        Some(figure) => {
            figure.points += 1;
            if error > figure.error {
                (figure.error, figure.place) = (error, place());
            }
        }
        None => {
            let law = reference.name.clone();
            all.push(Figure { law, function, region, error, points: 1, place: place() });
        }
    }
}

/// The relative error of a probability.
fn relative(exact: Exact, ours: f64) -> Option<f64> {
    let probability = exact.exp();
    let error = match probability {
        0.0 if exact.value() == f64::NEG_INFINITY => ours.abs(),
        p if p < SMALLEST => return None,
        p => (ours - p).abs() / p,
    };
    Some(if error.is_nan() { f64::INFINITY } else { error })
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Lower,
    Upper,
}

/// How far the quantile of the probability at `x` is from `x`, in units of `x`, beyond what a few
/// roundings of that probability cost: `4 ε F / (f |x|)`. A count must come back exactly, unless the
/// count before has the same probability as a double.
fn round_trip(law: &impl Univariate, point: &Point, exact: Exact, side: Side) -> Option<f64> {
    let (x, density) = (point.x, point.log_prob.value());
    let tail = |x| if side == Side::Lower { law.cdf(x) } else { law.sf(x) };
    let (p, reference) = (tail(x), exact.exp());
    if reference < SMALLEST || p >= 1.0 || x.abs() < f64::MIN_POSITIVE || !density.is_finite() {
        return None;
    }
    let back = if side == Side::Lower { law.quantile(p) } else { law.upper_quantile(p) };
    let error = if law.support().discrete {
        if tail(x - 1.0) == p {
            return None;
        }
        (back - x).abs()
    } else {
        let rounding = ROUNDINGS * f64::EPSILON * (exact.value() - density).exp();
        if rounding > BLURRED * x.abs() {
            return None;
        }
        ((back - x).abs() - rounding).max(0.0) / x.abs()
    };
    Some(if error.is_nan() { f64::INFINITY } else { error })
}

#[cfg(test)]
mod tests {
    use prob_core::Normal;

    use super::{Figure, Function, Region, relative, round_trip};
    use crate::accuracy::measure::Side;
    use crate::accuracy::reference::tests_only::point;

    /// mpmath 1.3.0: -x**2/2 - log(2*pi)/2, log(ncdf(x)), log(ncdf(-x)) for x = 1.5.
    const AT: [&str; 3] =
        ["-2.0439385332046727418", "-0.069143455612233982993", "-2.705944400823889807"];

    #[test]
    fn the_normal_law_is_right_where_it_should_be_and_seen_where_it_is_not() {
        let point = point(1.5, AT);
        let (law, wrong) = (Normal::standard(), Normal::new(1e-9, 1.0).unwrap());
        for function in Function::ALL {
            let good = function.error(&law, &point).unwrap();
            assert!(good < 1e-14, "{function:?}: {good}");
            if !matches!(function, Function::Quantile | Function::UpperQuantile) {
                let bad = function.error(&wrong, &point).unwrap();
                assert!(bad > function.limit(Region::Bulk), "{function:?}: {bad}");
            }
        }
        assert_eq!(Region::of(&point), Region::Bulk);
    }

    #[test]
    fn what_is_no_full_double_is_compared_by_its_logarithm_only() {
        let point = point(-40.0, ["-800.9", "-804.6", "-1e-300"]);
        assert_eq!(relative(point.log_cdf, 0.0), None);
        assert_eq!(round_trip(&Normal::standard(), &point, point.log_cdf, Side::Lower), None);
        assert_eq!(Region::of(&point), Region::Tails);
    }

    #[test]
    fn nan_never_holds() {
        let figure = Figure {
            law: "normal".into(),
            function: Function::Cdf,
            region: Region::Bulk,
            error: f64::NAN,
            points: 1,
            place: (String::new(), 0.0),
        };
        assert!(!figure.holds());
    }
}
