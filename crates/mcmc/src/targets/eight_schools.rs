//! Rubin's eight schools.

use prob_core::{GradLogDensity, LogDensity};

use super::{LOG_NORM, Normalised, Prior, settled, settled_with};
use crate::Error;
use crate::mutants::planted;

/// Schools.
const J: usize = 8;

/// The effects of coaching in eight schools (Rubin 1981, <https://doi.org/10.3102/10769986006004377>)
/// with their standard errors.
const EFFECTS: [f64; J] = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0];
const ERRORS: [f64; J] = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0];

/// Eight schools (Rubin 1981; Gelman and others, *Bayesian Data Analysis*, section 5.5), centred: a point
/// is `(θ_1, …, θ_8, μ, ln τ)`:
///
/// ```text
/// y_j ~ N(θ_j, σ_j²),   θ_j ~ N(μ, τ²),   μ ~ N(0, a²),   τ ~ half-Cauchy(0, b)
///
/// ln p(y, θ, μ, ln τ) = Σ_j (ln N(y_j; θ_j, σ_j²) + ln N(θ_j; μ, τ²)) + ln N(μ; 0, a²)
///                       + ln 2/(π b) − ln(1 + τ²/b²) + ln τ
/// ```
///
/// The last term is the Jacobian of `τ ↦ ln τ`. It is the logarithm of the joint density of data and
/// parameters, and integrates to the evidence. Its default has the priors of posteriordb, `a = b = 5`;
/// then, by quadrature, `E μ = 4.3968207`, `E τ = 3.5977055`, their standard deviations are 3.3177045 and
/// 3.2199584, and the logarithm of the evidence is −31.3113474.
///
/// Small `τ` make a funnel of `θ`, as in [`Funnel`](super::Funnel); [`non_centred`](Self::non_centred)
/// is the way out.
///
/// ```
/// use mcmc::targets::EightSchools;
/// use prob_core::LogDensity;
///
/// let law = EightSchools::default();
/// let pooled = law.log_density(&[8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 0.0]);
/// let apart = law.log_density(&[28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0, 8.0, 0.0]);
/// assert!(pooled > apart); // τ = 1 is too small for effects as far apart as the data
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EightSchools {
    mean: Normalised,
    spread: Normalised,
    /// The logarithms of the constants of all 16 normal laws but `τ^−8`.
    log_norm: f64,
}

impl Default for EightSchools {
    fn default() -> Self {
        let (mean, spread) = (Prior::Normal { scale: 5.0 }, Prior::Cauchy { scale: 5.0 });
        Self::of(mean.normalised(), spread.normalised())
    }
}

impl EightSchools {
    /// The posterior with the scale `a` of the prior of `μ` and the scale `b` of that of `τ`.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless both are positive and finite.
    pub fn new(mean_scale: f64, spread_scale: f64) -> Result<Self, Error> {
        let mean = Prior::Normal { scale: mean_scale }.check("the scale of the mean's prior")?;
        let spread =
            Prior::Cauchy { scale: spread_scale }.check("the scale of the spread's prior")?;
        Ok(Self::of(mean, spread))
    }

    fn of(mean: Normalised, spread: Normalised) -> Self {
        let log_errors: f64 = ERRORS.iter().map(|sigma| sigma.ln()).sum();
        Self { mean, spread, log_norm: 2.0 * J as f64 * LOG_NORM - log_errors }
    }

    /// The same posterior in the coordinates `((θ − μ)/τ, μ, ln τ)`.
    #[must_use]
    pub fn non_centred(self) -> NonCentredEightSchools {
        NonCentredEightSchools { centred: self }
    }

    /// `ln p(μ) + ln p(ln τ)` and all constants.
    #[inline]
    fn log_hyperprior(&self, mu: f64, tau: f64, log_tau: f64) -> f64 {
        let jacobian = if planted("a-log-scale-without-its-jacobian") { 0.0 } else { log_tau };
        self.log_norm + self.mean.log_density(mu) + self.spread.log_half_density(tau) + jacobian
    }

    /// Its two slopes.
    #[inline]
    fn hyperslopes(&self, mu: f64, tau: f64) -> [f64; 2] {
        [self.mean.slope(mu), 1.0 + self.spread.log_slope(tau)]
    }
}

/// `ln N(y_j; θ, σ_j²)` without its constant, and its slope in `θ`.
#[inline]
fn log_likelihood(j: usize, theta: f64) -> (f64, f64) {
    let z = (EFFECTS[j] - theta) / ERRORS[j];
    (-0.5 * z * z, z / ERRORS[j])
}

/// A point in its parts: eight effects, `μ`, `ln τ`.
#[inline]
fn parts(x: &[f64]) -> Option<([f64; J], f64, f64)> {
    let [effects @ .., mu, log_tau] = x else { return None };
    Some((effects.try_into().ok()?, *mu, *log_tau))
}

impl LogDensity<[f64]> for EightSchools {
    fn log_density(&self, x: &[f64]) -> f64 {
        let Some((theta, mu, log_tau)) = parts(x) else { return f64::NEG_INFINITY };
        let narrow = (-log_tau).exp();
        let mut sum = self.log_hyperprior(mu, log_tau.exp(), log_tau) - J as f64 * log_tau;
        for (j, theta) in theta.into_iter().enumerate() {
            let z = (theta - mu) * narrow;
            sum += log_likelihood(j, theta).0 - 0.5 * z * z;
        }
        settled(sum, x)
    }
}

impl GradLogDensity for EightSchools {
    /// With `z_j = (θ_j − μ)/τ`: `∂_{θ_j} = (y_j − θ_j)/σ_j² − z_j/τ`, `∂_μ = Σ_j z_j/τ − μ/a²`,
    /// `∂_{ln τ} = Σ_j (z_j² − 1) + 1 − 2 τ²/(b² + τ²)`.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        grad.fill(0.0);
        let Some((theta, mu, log_tau)) = parts(x) else { return f64::NEG_INFINITY };
        let (tau, narrow) = (log_tau.exp(), (-log_tau).exp());
        let mut sum = self.log_hyperprior(mu, tau, log_tau) - J as f64 * log_tau;
        grad[J..].copy_from_slice(&self.hyperslopes(mu, tau));
        for (j, theta) in theta.into_iter().enumerate() {
            let z = (theta - mu) * narrow;
            let (likelihood, slope) = log_likelihood(j, theta);
            sum += likelihood - 0.5 * z * z;
            grad[j] = slope - z * narrow;
            grad[J] += z * narrow;
            grad[J + 1] += z * z - 1.0;
        }
        settled_with(sum, x, grad)
    }
}

/// [`EightSchools`] in the coordinates `z_j = (θ_j − μ)/τ`: a point is `(z_1, …, z_8, μ, ln τ)`, and
/// `z_j ~ N(0, 1)` before the data.
///
/// ```
/// use mcmc::targets::EightSchools;
/// use prob_core::LogDensity;
///
/// let law = EightSchools::default().non_centred();
/// let z = [1.0, 0.0, -1.0, 0.0, -1.0, 0.0, 1.0, 0.5, 4.0, 2.0f64.ln()];
/// let mut x = [0.0; 10];
/// law.centred_into(&z, &mut x);
/// assert_eq!(x[..3], [6.0, 4.0, 2.0]);
///
/// // The same law: the densities differ by the volume of the map, τ⁸.
/// let difference = law.log_density(&z) - law.centred().log_density(&x);
/// assert!((difference - 8.0 * 2.0f64.ln()).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NonCentredEightSchools {
    centred: EightSchools,
}

impl NonCentredEightSchools {
    /// The posterior in its own coordinates.
    #[must_use]
    pub fn centred(&self) -> &EightSchools {
        &self.centred
    }

    /// Writes the point `(θ, μ, ln τ)` that `z` stands for to `out`; both have 10 elements.
    ///
    /// # Panics
    /// If `out` has another length than `z`.
    pub fn centred_into(&self, z: &[f64], out: &mut [f64]) {
        out.copy_from_slice(z);
        if let Some((_, mu, log_tau)) = parts(z) {
            out[..J].iter_mut().for_each(|z| *z = mu + log_tau.exp() * *z);
        }
    }
}

impl LogDensity<[f64]> for NonCentredEightSchools {
    fn log_density(&self, x: &[f64]) -> f64 {
        let Some((z, mu, log_tau)) = parts(x) else { return f64::NEG_INFINITY };
        let tau = log_tau.exp();
        let mut sum = self.centred.log_hyperprior(mu, tau, log_tau);
        for (j, z) in z.into_iter().enumerate() {
            sum += log_likelihood(j, mu + tau * z).0 - 0.5 * z * z;
        }
        settled(sum, x)
    }
}

impl GradLogDensity for NonCentredEightSchools {
    /// With `g_j = (y_j − θ_j)/σ_j²`: `∂_{z_j} = τ g_j − z_j`, `∂_μ = Σ_j g_j − μ/a²`,
    /// `∂_{ln τ} = τ Σ_j g_j z_j + 1 − 2 τ²/(b² + τ²)`.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        grad.fill(0.0);
        let Some((z, mu, log_tau)) = parts(x) else { return f64::NEG_INFINITY };
        let tau = log_tau.exp();
        let mut sum = self.centred.log_hyperprior(mu, tau, log_tau);
        grad[J..].copy_from_slice(&self.centred.hyperslopes(mu, tau));
        for (j, z) in z.into_iter().enumerate() {
            let (likelihood, slope) = log_likelihood(j, mu + tau * z);
            sum += likelihood - 0.5 * z * z;
            grad[j] = tau * slope - z;
            grad[J] += slope;
            grad[J + 1] += tau * slope * z;
        }
        settled_with(sum, x, grad)
    }
}
