//! The gamma function of matrices.

use std::f64::consts::PI;

use super::ln_gamma;

/// `ln Γ_d(a)` for the multivariate gamma function of d×d matrices (`eq:gamma-multivariate`),
///
/// ```text
/// Γ_d(a) = ∫_{X > 0} |X|^{a − (d+1)/2} e^{−tr X} dX = π^{d(d−1)/4} Π_{j=1}^d Γ(a − (j − 1)/2),
/// ```
///
/// for `a > (d − 1)/2`; NaN outside. `Γ_1 = Γ`, and `Γ_0 = 1`. As accurate as [`ln_gamma`] for each
/// factor (James 1964).
///
/// ```
/// use prob_core::special::ln_gamma_multivariate;
///
/// // scipy.special.multigammaln(2.5, 3), SciPy 1.17.1
/// assert!((ln_gamma_multivariate(3, 2.5) - 1.880_995_461_611_774_3).abs() < 1e-14);
/// ```
#[must_use]
pub fn ln_gamma_multivariate(d: usize, a: f64) -> f64 {
    let pairs = d as f64 * (d as f64 - 1.0) / 4.0;
    pairs * PI.ln() + (0..d).map(|j| ln_gamma(a - 0.5 * j as f64)).sum::<f64>()
}
