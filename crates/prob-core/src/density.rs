//! Laws by the logarithm of an unnormalised density, `ln f(x)`.
//!
//! Sampling and fitting need `f` only up to a factor: `p(x) = f(x) / Z` with `Z = ∫ f(x) dx`, and
//! `Z` is what one usually cannot compute. Everything is kept as a logarithm.

/// A law on points of type `X`, known up to normalisation.
///
/// The result is `−∞` off the support and never NaN for a finite `x`. Any function of a reference
/// to a point is a law:
///
/// ```
/// use prob_core::LogDensity;
///
/// let standard_normal = |x: &[f64]| -0.5 * x[0] * x[0];
/// assert_eq!(standard_normal.log_density(&[2.0]), -2.0);
/// ```
pub trait LogDensity<X: ?Sized> {
    /// `ln f(x)`, normalisation not needed.
    fn log_density(&self, x: &X) -> f64;
}

impl<X: ?Sized, F: Fn(&X) -> f64> LogDensity<X> for F {
    fn log_density(&self, x: &X) -> f64 {
        self(x)
    }
}

/// A law on real vectors whose log density can be differentiated.
pub trait GradLogDensity: LogDensity<[f64]> {
    /// Returns `ln f(x)` and writes `∇ ln f(x)` to `grad`, which has the length of `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64;
}
