//! Draws by the inverse of the distribution function.

use rand::{Rng, RngExt};
use rand_distr::OpenClosed01;

use super::Univariate;

/// The quantile of a uniform number, from the nearer end: the tails are as fine on both sides.
pub(crate) fn by_quantile<L: Univariate + ?Sized, R: Rng + ?Sized>(law: &L, rng: &mut R) -> f64 {
    let tail = half_open(rng);
    if rng.random::<bool>() { law.upper_quantile(tail) } else { law.quantile(tail) }
}

/// A uniform number from `(0, ½]`, at least 2⁻⁵⁴.
pub(crate) fn half_open<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    0.5 * rng.sample::<f64, _>(OpenClosed01)
}
