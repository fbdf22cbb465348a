//! The posterior of a logistic regression.

use nalgebra::DMatrix;
use prob_core::{GradLogDensity, LogDensity};

use super::{Normalised, Prior, design, settled, settled_with};
use crate::Error;

/// Logistic regression: the law of `k` coefficients given trials whose chance of success is
/// `1 / (1 + e^{−η})`, with `η = X β`. A point is `β`:
///
/// ```text
/// ln p(y, β) = Σ_i (s_i η_i − n_i ln(1 + e^{η_i})) + Σ_j ln p(β_j),   η_i = Σ_j X_ij β_j
/// ```
///
/// Row i of `X` holds the covariates of `n_i` trials, `s_i` of them successes; `n_i = 1` for
/// observations one by one. With a proper prior this is the logarithm of the joint density of the
/// sequence of outcomes and the parameters: it integrates to the evidence.
///
/// With a flat prior the posterior is improper also where a plane separates successes from failures.
/// This is not checked.
///
/// ```
/// use mcmc::targets::{LogisticRegression, Prior};
/// use nalgebra::dmatrix;
/// use prob_core::LogDensity;
///
/// // Two successes in three trials: without covariates the mode is at ln 2.
/// let law = LogisticRegression::new(&dmatrix![1.0; 1.0; 1.0], &[true, false, true], Prior::Flat)?;
/// assert!((law.log_density(&[2.0f64.ln()]) - (4.0f64 / 27.0).ln()).abs() < 1e-15);
/// let counted = LogisticRegression::of_counts(&dmatrix![1.0], &[2], &[3], Prior::Flat)?;
/// assert!((counted.log_density(&[0.3]) - law.log_density(&[0.3])).abs() < 1e-15);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticRegression {
    /// Column i holds row i of X, which is contiguous so: `k × n`.
    covariates: DMatrix<f64>,
    /// `s_i` and `n_i`.
    counts: Vec<[f64; 2]>,
    prior: Normalised,
}

impl LogisticRegression {
    /// The posterior for the `n × k` matrix `design` of covariates (a column of ones for an intercept),
    /// n outcomes, and a prior of each coefficient.
    ///
    /// # Errors
    /// [`Error::Zero`] for no observation or no column, [`Error::LengthMismatch`] for another number of
    /// outcomes, [`Error::NotFinite`] for covariates that are not, [`Error::NotPositive`] for the scale of
    /// the prior, [`Error::RankDeficient`] if the prior is flat and a column is determined by the ones
    /// before it.
    pub fn new(design: &DMatrix<f64>, outcomes: &[bool], prior: Prior) -> Result<Self, Error> {
        let counts = outcomes.iter().map(|success| [f64::from(u8::from(*success)), 1.0]).collect();
        Self::checked(design, counts, prior)
    }

    /// The posterior for `successes[i]` successes in `trials[i]` trials with the covariates of row i.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::LengthMismatch`] for another number of trials than of successes,
    /// [`Error::OutOfRange`] for more successes than trials.
    pub fn of_counts(
        design: &DMatrix<f64>,
        successes: &[u32],
        trials: &[u32],
        prior: Prior,
    ) -> Result<Self, Error> {
        let (expected, found) = (successes.len(), trials.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the list of trials", expected, found });
        }
        let pairs = || successes.iter().zip(trials);
        if let Some((s, n)) = pairs().find(|(s, n)| s > n) {
            let (what, index) = ("a number of successes", *s as usize);
            return Err(Error::OutOfRange { what, index, limit: *n as usize + 1 });
        }
        let counts = pairs().map(|(s, n)| [f64::from(*s), f64::from(*n)]).collect();
        Self::checked(design, counts, prior)
    }

    fn checked(design: &DMatrix<f64>, counts: Vec<[f64; 2]>, prior: Prior) -> Result<Self, Error> {
        design::check(design, counts.len())?;
        let prior = prior.check("the scale of the coefficients' prior")?;
        if prior.is_flat() {
            design::check_rank(design, &design.clone().qr().unpack_r())?;
        }
        Ok(Self { covariates: design.transpose(), counts, prior })
    }

    /// `k`, the number of coefficients.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.covariates.nrows()
    }

    /// The covariates and the counts of each row.
    #[inline]
    fn rows(&self) -> impl Iterator<Item = (&[f64], [f64; 2])> {
        self.covariates.as_slice().chunks_exact(self.dim()).zip(self.counts.iter().copied())
    }

    fn log_prior(&self, beta: &[f64]) -> f64 {
        beta.iter().map(|b| self.prior.log_density(*b)).sum()
    }
}

/// A sum of `s η − n ln(1 + e^η)`. Most rows are one trial: their `1 + e^{−|η|}`, at most 2, are multiplied,
/// and one logarithm is taken of hundreds.
struct Sum {
    terms: f64,
    product: f64,
}

impl Sum {
    const EMPTY: Self = Self { terms: 0.0, product: 1.0 };

    /// Adds a row; returns `s − n / (1 + e^{−η})`, its slope in `η`.
    #[inline]
    fn add(&mut self, eta: f64, [successes, trials]: [f64; 2]) -> f64 {
        let small = (-eta.abs()).exp();
        self.terms += successes * eta - trials * eta.max(0.0);
        if trials == 1.0 {
            self.product *= 1.0 + small;
            if self.product > 1e300 {
                self.terms -= self.product.ln();
                self.product = 1.0;
            }
        } else {
            self.terms -= trials * small.ln_1p();
        }
        let chance = if eta > 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
        successes - trials * chance
    }

    fn total(self) -> f64 {
        self.terms - self.product.ln()
    }
}

#[inline]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl LogDensity<[f64]> for LogisticRegression {
    fn log_density(&self, x: &[f64]) -> f64 {
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let mut sum = Sum::EMPTY;
        for (row, counts) in self.rows() {
            sum.add(dot(row, x), counts);
        }
        settled(sum.total() + self.log_prior(x), x)
    }
}

impl GradLogDensity for LogisticRegression {
    /// `Σ_i X_ij (s_i − n_i / (1 + e^{−η_i}))` and the prior's slope.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        grad.fill(0.0);
        if x.len() != self.dim() {
            return f64::NEG_INFINITY;
        }
        let mut sum = Sum::EMPTY;
        for (row, counts) in self.rows() {
            let slope = sum.add(dot(row, x), counts);
            grad.iter_mut().zip(row).for_each(|(g, covariate)| *g += covariate * slope);
        }
        grad.iter_mut().zip(x).for_each(|(g, beta)| *g += self.prior.slope(*beta));
        settled_with(sum.total() + self.log_prior(x), x, grad)
    }
}
