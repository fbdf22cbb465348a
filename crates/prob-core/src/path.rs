//! Families of laws from an easy one (`beta = 0`) to the wanted one (`beta = 1`).
//!
//! The geometric path is `f_beta(x) = f_0(x)^(1−beta) f_1(x)^beta` (Gelman and Meng 1998). With a
//! constant `f_0` it is tempering: `beta` is then the inverse temperature.

use crate::LogDensity;

/// A family of laws, indexed by the inverse temperature `beta` in `[0, 1]`.
pub trait Path {
    /// The law at one `beta`.
    type Law;

    /// The law at `beta`.
    fn at(&self, beta: f64) -> Self::Law;
}

/// The geometric path between two laws.
///
/// ```
/// use prob_core::{GeometricPath, LogDensity, Path};
///
/// let path = GeometricPath { from: |x: &[f64]| -x[0].abs(), to: |x: &[f64]| -x[0] * x[0] };
/// assert_eq!((&path).at(0.0).log_density(&[3.0]), -3.0);
/// assert_eq!((&path).at(0.5).log_density(&[3.0]), -6.0);
/// assert_eq!((&path).at(1.0).log_density(&[3.0]), -9.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeometricPath<A, B> {
    /// The law at `beta = 0`, easy to sample.
    pub from: A,
    /// The law at `beta = 1`, the wanted one.
    pub to: B,
}

/// The law of a [`GeometricPath`] at one `beta`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bridge<'a, A, B> {
    from: &'a A,
    to: &'a B,
    beta: f64,
}

impl<'a, A, B> Path for &'a GeometricPath<A, B> {
    type Law = Bridge<'a, A, B>;

    fn at(&self, beta: f64) -> Bridge<'a, A, B> {
        Bridge { from: &self.from, to: &self.to, beta }
    }
}

impl<X: ?Sized, A: LogDensity<X>, B: LogDensity<X>> LogDensity<X> for Bridge<'_, A, B> {
    fn log_density(&self, x: &X) -> f64 {
        let from = weighted(1.0 - self.beta, || self.from.log_density(x));
        let to = weighted(self.beta, || self.to.log_density(x));
        from + to
    }
}

/// A law with weight 0 has no say, even where its density is 0: 0 · (−∞) is not NaN here.
fn weighted(weight: f64, log_density: impl FnOnce() -> f64) -> f64 {
    if weight == 0.0 { 0.0 } else { weight * log_density() }
}

#[cfg(test)]
mod tests {
    use super::{GeometricPath, Path};
    use crate::LogDensity;

    #[test]
    fn the_ends_ignore_the_support_of_the_other_law() {
        let path = GeometricPath { from: |_: &[f64]| f64::NEG_INFINITY, to: |x: &[f64]| x[0] };
        assert_eq!((&path).at(1.0).log_density(&[0.25]), 0.25);
        assert_eq!((&path).at(0.0).log_density(&[0.25]), f64::NEG_INFINITY);
        assert_eq!((&path).at(0.5).log_density(&[0.25]), f64::NEG_INFINITY);
    }
}
