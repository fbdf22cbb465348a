//! The posterior of a linear regression with unknown noise.

use nalgebra::{DMatrix, DVector};
use prob_core::{GradLogDensity, LogDensity};

use super::{FlatPosterior, LOG_NORM, Normalised, Prior, design, settled, settled_with};
use crate::{Error, error::check_finite};

/// Normal linear regression, `y = X β + ε` with `ε_i ~ N(0, σ²)`: the law of the coefficients and of the
/// noise given `n` observations of `k` covariates. A point is `(β_1, …, β_k, ln σ)`:
///
/// ```text
/// ln p(y, β, ln σ) = −n ln σ − |y − X β|²/2σ² − (n/2) ln 2π + Σ_j ln p(β_j) + ln p(σ) + ln σ
/// ```
///
/// The last term is the Jacobian of `σ ↦ ln σ`. With proper priors this is the logarithm of the joint
/// density of data and parameters: it integrates to the evidence. `X` is factored once, `X = Q R`, so that a
/// density costs `k²` and not `n k` operations: `|y − X β|² = |Qᵀy − R β|² + |y − Q Qᵀy|²`.
///
/// With flat priors the posterior is known in closed form: see [`exact`](Self::exact).
///
/// ```
/// use mcmc::targets::{LinearRegression, Prior};
/// use nalgebra::{dmatrix, dvector};
/// use prob_core::LogDensity;
///
/// // A constant and a slope: the least squares of these four points are y = 1 + 2 x.
/// let design = dmatrix![1.0, 0.0; 1.0, 1.0; 1.0, 2.0; 1.0, 3.0];
/// let response = dvector![1.1, 2.9, 4.9, 7.1];
/// let law = LinearRegression::new(&design, &response, Prior::Flat, Prior::Flat)?;
/// let best = law.log_density(&[1.0, 2.0, -2.0]);
/// assert!(best > law.log_density(&[1.1, 2.0, -2.0]) && best > law.log_density(&[1.0, 1.9, -2.0]));
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LinearRegression {
    pub(super) observations: usize,
    /// Column i holds row i of R, which is contiguous so: `k × min(n, k)`.
    pub(super) factor: DMatrix<f64>,
    /// `Qᵀy`.
    pub(super) projected: DVector<f64>,
    /// `|y − Q Qᵀy|²`.
    pub(super) rest: f64,
    coefficients: Normalised,
    deviation: Normalised,
}

impl LinearRegression {
    /// The posterior for the `n × k` matrix `design` of covariates (a column of ones for an intercept)
    /// and the n values of `response`, with a prior of each coefficient and one of σ.
    ///
    /// # Errors
    /// [`Error::Zero`] for no observation or no column, [`Error::LengthMismatch`] for another number of
    /// values, [`Error::NotFinite`] for data that are not, [`Error::NotPositive`] for the scale of a prior;
    /// [`Error::RankDeficient`] and [`Error::TooFew`] where a flat prior leaves the posterior improper: a
    /// column that the ones before it determine, or fewer than `k + 2` observations.
    pub fn new(
        design: &DMatrix<f64>,
        response: &DVector<f64>,
        coefficients: Prior,
        deviation: Prior,
    ) -> Result<Self, Error> {
        let (n, k) = design.shape();
        design::check(design, response.len())?;
        check_finite("response", response.as_slice())?;
        let coefficients = coefficients.check("the scale of the coefficients' prior")?;
        let deviation = deviation.check("the scale of the deviation's prior")?;
        let (q, r) = design.clone().qr().unpack();
        if coefficients.is_flat() {
            design::check_rank(design, &r)?;
        }
        if coefficients.is_flat() && deviation.is_flat() && n < k + 2 {
            let what = "the number of observations";
            return Err(Error::TooFew { what, found: n, needed: k + 2 });
        }
        let projected = q.tr_mul(response);
        let rest = (response - &q * &projected).norm_squared();
        let factor = r.transpose();
        Ok(Self { observations: n, factor, projected, rest, coefficients, deviation })
    }

    /// `k + 1`: the coefficients and `ln σ`.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.factor.nrows() + 1
    }

    /// `n`.
    #[must_use]
    pub fn observations(&self) -> usize {
        self.observations
    }

    /// The posterior itself, normalised and ready to draw from, if both priors are flat. `None` for other
    /// priors, for fewer than `k + 4` observations, whose posterior has no covariance, and for a line
    /// through all of them.
    #[must_use]
    pub fn exact(&self) -> Option<FlatPosterior> {
        let flat = self.coefficients.is_flat() && self.deviation.is_flat();
        let enough = self.observations >= self.factor.nrows() + 4;
        if flat && enough { FlatPosterior::new(self) } else { None }
    }

    /// `(Qᵀy − R β)_i` with row i of R.
    #[inline]
    fn residual(&self, i: usize, beta: &[f64]) -> (f64, &[f64]) {
        let rows = self.factor.nrows();
        let row = &self.factor.as_slice()[i * rows..(i + 1) * rows];
        let fitted: f64 = row.iter().zip(beta).map(|(r, b)| r * b).sum();
        (self.projected[i] - fitted, row)
    }

    /// The log density from `|y − X β|²` and the point.
    #[inline]
    fn joint(&self, squares: f64, beta: &[f64], log_sigma: f64) -> f64 {
        let n = self.observations as f64;
        let likelihood = n * (LOG_NORM - log_sigma) - 0.5 * squares * (-2.0 * log_sigma).exp();
        let coefficients: f64 = beta.iter().map(|b| self.coefficients.log_density(*b)).sum();
        let deviation = self.deviation.log_half_density(log_sigma.exp());
        likelihood + coefficients + deviation + log_sigma
    }
}

impl LogDensity<[f64]> for LinearRegression {
    fn log_density(&self, x: &[f64]) -> f64 {
        let [beta @ .., log_sigma] = x else { return f64::NEG_INFINITY };
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let residuals = (0..self.factor.ncols()).map(|i| self.residual(i, beta).0);
        let squares = self.rest + residuals.map(|r| r * r).sum::<f64>();
        settled(self.joint(squares, beta, *log_sigma), x)
    }
}

impl GradLogDensity for LinearRegression {
    /// `∂_β = Xᵀ(y − X β)/σ²` and the prior's slope, `∂_{ln σ} = |y − X β|²/σ² − n + 1` and the prior's.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        grad.fill(0.0);
        let ([beta @ .., log_sigma], [slopes @ .., noise]) = (x, &mut *grad) else {
            return f64::NEG_INFINITY;
        };
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let precision = (-2.0 * log_sigma).exp();
        let mut squares = self.rest;
        for i in 0..self.factor.ncols() {
            let (residual, row) = self.residual(i, beta);
            squares += residual * residual;
            slopes.iter_mut().zip(row).for_each(|(s, r)| *s += r * residual * precision);
        }
        for (slope, beta) in slopes.iter_mut().zip(beta) {
            *slope += self.coefficients.slope(*beta);
        }
        *noise = squares * precision - self.observations as f64
            + 1.0
            + self.deviation.log_slope(log_sigma.exp());
        settled_with(self.joint(squares, beta, *log_sigma), x, grad)
    }
}
