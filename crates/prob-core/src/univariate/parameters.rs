//! What every law does with its parameters: check them, write them and read them back.

use crate::Error;

/// A parameter that must be finite.
pub(crate) fn finite(law: &'static str, what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() { Ok(value) } else { refuse(law, what, value, "finite") }
}

/// A parameter that must be positive and finite.
pub(crate) fn positive(law: &'static str, what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        refuse(law, what, value, "positive and finite")
    }
}

/// A number of degrees of freedom: positive and finite, and so is its half, by which laws compute.
pub(crate) fn degrees(law: &'static str, what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() && 0.5 * value > 0.0 {
        Ok(value)
    } else {
        refuse(law, what, value, "positive (1e-323 or more) and finite")
    }
}

/// A parameter that must be a probability.
pub(crate) fn probability(law: &'static str, what: &'static str, value: f64) -> Result<f64, Error> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { refuse(law, what, value, "from 0 to 1") }
}

/// The error that names a parameter, its value and what it must be.
pub(crate) fn refuse<T>(
    law: &'static str,
    what: &'static str,
    value: f64,
    needed: &'static str,
) -> Result<T, Error> {
    Err(Error::Parameter { law, what, value, needed })
}

/// Makes a law readable and writable by its parameters, in the order of its `new`, and a
/// [`LogDensity`](crate::LogDensity).
///
/// What is read goes through `new`, so that no law with bad parameters exists. The struct says
/// `#[serde(try_from = "Parameters", into = "Parameters")]` and has a field of each name.
macro_rules! law_of_parameters {
    ($law:ident { $($parameter:ident : $type:ty),+ $(,)? }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parameters { $($parameter: $type),+ }

        impl TryFrom<Parameters> for $law {
            type Error = crate::Error;
            fn try_from(p: Parameters) -> Result<Self, crate::Error> { Self::new($(p.$parameter),+) }
        }

        impl From<$law> for Parameters {
            fn from(law: $law) -> Self { Self { $($parameter: law.$parameter),+ } }
        }

        impl crate::LogDensity<f64> for $law {
            fn log_density(&self, x: &f64) -> f64 { crate::Univariate::log_prob(self, *x) }
        }
    };
}
pub(crate) use law_of_parameters;
