//! The posterior of a linear regression with flat priors, in closed form.

use std::f64::consts::{LN_2, PI};

use nalgebra::{DMatrix, DVector};
use prob_core::special::{digamma, ln_gamma, trigamma};
use prob_core::{GradLogDensity, InverseGamma, LogDensity, Multivariate, Univariate};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::LinearRegression;

/// What [`LinearRegression`] is with flat priors of `β` and of `σ` (Gelman and others, *Bayesian Data
/// Analysis*, section 14.2, for another power of `σ`). With the least squares `b`, what they leave,
/// `r = |y − X b|²`, and `a = (n − k − 1)/2`:
///
/// ```text
/// σ² ~ inverse gamma (a, r/2),   β | σ ~ N(b, σ² (XᵀX)⁻¹)
///
/// E β = b,   cov β = r/(n − k − 3) (XᵀX)⁻¹,   E ln σ = ½ (ln(r/2) − ψ(a)),   var ln σ = ¼ ψ′(a)
/// ```
///
/// `β` and `ln σ` are uncorrelated. A point is `(β_1, …, β_k, ln σ)`, as there.
///
/// ```
/// use mcmc::targets::{LinearRegression, Prior};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::Multivariate;
///
/// // Six numbers with mean 3 and squares around it of 10 in all.
/// let (ones, numbers) = (dmatrix![1.0; 1.0; 1.0; 1.0; 1.0; 1.0], dvector![1., 2., 3., 3., 4., 5.]);
/// let law = LinearRegression::new(&ones, &numbers, Prior::Flat, Prior::Flat)?;
/// let exact = law.exact().unwrap();
/// assert!((exact.mean()[0] - 3.0).abs() < 1e-14);
/// assert!((exact.covariance()[(0, 0)] - 10.0 / (6.0 - 4.0) / 6.0).abs() < 1e-14);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FlatPosterior {
    regression: LinearRegression,
    least_squares: DVector<f64>,
    /// `R⁻¹` with `X = Q R`: upper triangular, and `(XᵀX)⁻¹ = R⁻¹ R⁻ᵀ`.
    spread: DMatrix<f64>,
    /// The law of `σ²`.
    variance: InverseGamma,
    log_evidence: f64,
}

impl FlatPosterior {
    /// `None` where the data leave no law of `σ`, or none that can be written down.
    pub(super) fn new(regression: &LinearRegression) -> Option<Self> {
        let r = regression.factor.transpose();
        let (n, k) = (regression.observations as f64, r.ncols());
        let spread = r.solve_upper_triangular(&DMatrix::identity(k, k))?;
        let least_squares = &spread * &regression.projected;
        let (shape, scale) = (0.5 * (n - k as f64 - 1.0), 0.5 * regression.rest);
        let variance = InverseGamma::new(shape, scale).ok()?;
        // ∫ dβ is a normal integral, ∫ d ln σ one of the gamma function.
        let log_determinant: f64 = r.diagonal().iter().map(|r| r.abs().ln()).sum();
        let log_evidence = -0.5 * (n - k as f64) * (2.0 * PI).ln() - log_determinant - LN_2
            + ln_gamma(shape)
            - shape * scale.ln();
        let regression = regression.clone();
        Some(Self { regression, least_squares, spread, variance, log_evidence })
    }

    /// The law of `σ²`.
    #[must_use]
    pub fn variance(&self) -> &InverseGamma {
        &self.variance
    }
}

impl Multivariate for FlatPosterior {
    fn dim(&self) -> usize {
        self.regression.dim()
    }

    fn log_prob(&self, x: &[f64]) -> f64 {
        self.regression.log_density(x) - self.log_evidence
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim(), "the buffer must have one element per variable");
        let [beta @ .., log_sigma] = out else { return };
        *log_sigma = 0.5 * self.variance.sample(rng).ln();
        let sigma = log_sigma.exp();
        beta.iter_mut().for_each(|z| *z = StandardNormal.sample(rng));
        // R⁻¹ z in place: from the first row on, z_i is read before it is overwritten.
        for i in 0..beta.len() {
            let step: f64 = (i..beta.len()).map(|j| self.spread[(i, j)] * beta[j]).sum();
            beta[i] = self.least_squares[i] + sigma * step;
        }
    }

    fn mean(&self) -> DVector<f64> {
        let (a, b) = (self.variance.shape(), self.variance.scale());
        self.least_squares.push(0.5 * (b.ln() - digamma(a)))
    }

    fn covariance(&self) -> DMatrix<f64> {
        let k = self.least_squares.len();
        let mut covariance = DMatrix::zeros(k + 1, k + 1);
        let of_beta = &self.spread * self.spread.transpose() * self.variance.mean();
        covariance.view_mut((0, 0), (k, k)).copy_from(&of_beta);
        covariance[(k, k)] = 0.25 * trigamma(self.variance.shape());
        covariance
    }
}

impl LogDensity<[f64]> for FlatPosterior {
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl GradLogDensity for FlatPosterior {
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        self.regression.log_density_and_grad(x, grad) - self.log_evidence
    }
}

impl Distribution<DVector<f64>> for FlatPosterior {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim());
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}
