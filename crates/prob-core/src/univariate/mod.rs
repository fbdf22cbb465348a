//! Laws of one number: densities on the line and probabilities of counts.
//!
//! One trait, [`Univariate`], is the whole interface. A count is a whole `f64`, so that discrete and
//! continuous laws can be mixed, truncated, multiplied, fitted and tabulated by the same code; the
//! probability of a number that is not whole is zero.

mod any;
mod bernoulli;
mod beta_binomial;
mod categorical;
mod cauchy;
mod chi_square;
mod discrete_uniform;
mod draw;
mod exponential;
mod gamma;
mod geometric;
mod inverse_gamma;
mod laplace;
mod log_normal;
mod logistic;
mod lomax;
mod maxwell_boltzmann;
mod normal;
pub(crate) mod parameters;
mod pareto;
mod poisson;
pub(crate) mod quadrature;
mod scaled;
pub(crate) mod search;
mod truncated;
mod truncated_normal;
mod uniform;
mod unit_gamma;
mod weibull;
pub(crate) mod weights;

use crate::slices::{self, Lanes};

pub use any::AnyLaw;
pub use bernoulli::Bernoulli;
pub use beta_binomial::BetaBinomial;
pub use categorical::Categorical;
pub use cauchy::Cauchy;
pub use chi_square::ChiSquare;
pub use discrete_uniform::DiscreteUniform;
pub use exponential::Exponential;
pub use gamma::Gamma;
pub use geometric::Geometric;
pub use inverse_gamma::InverseGamma;
pub use laplace::Laplace;
pub use log_normal::LogNormal;
pub use logistic::Logistic;
pub use lomax::Lomax;
pub use maxwell_boltzmann::MaxwellBoltzmann;
pub use normal::Normal;
pub use pareto::Pareto;
pub use poisson::Poisson;
pub use truncated::Truncated;
pub use truncated_normal::TruncatedNormal;
pub use uniform::Uniform;
pub use weibull::Weibull;

mod beta;
mod binomial;
mod count_entropy;
mod fisher_f;
mod negative_binomial;
mod student_t;
mod von_mises;

pub use beta::Beta;
pub use binomial::Binomial;
pub use fisher_f::FisherF;
pub use negative_binomial::NegativeBinomial;
pub use student_t::StudentT;
pub use von_mises::VonMises;

/// The smallest closed interval that holds a law: no value outside has a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Support {
    /// The lower end, `−∞` where there is none.
    pub lower: f64,
    /// The upper end, `∞` where there is none.
    pub upper: f64,
    /// Whether only whole numbers have a probability.
    pub discrete: bool,
}

impl Support {
    /// All numbers from `lower` to `upper`.
    #[must_use]
    pub fn interval(lower: f64, upper: f64) -> Self {
        Self { lower, upper, discrete: false }
    }

    /// The whole numbers from `lower` to `upper`.
    #[must_use]
    pub fn whole(lower: f64, upper: f64) -> Self {
        Self { lower, upper, discrete: true }
    }

    /// Whether `x` can be drawn; an infinite or NaN `x` cannot.
    #[must_use]
    pub fn contains(&self, x: f64) -> bool {
        x.is_finite() && self.lower <= x && x <= self.upper && (!self.discrete || x == x.trunc())
    }
}

/// A law of one number, normalised.
///
/// Sampling is `rand`'s [`Distribution`](rand_distr::Distribution), which every law implements too.
///
/// No argument panics. NaN gives NaN. Outside the support `log_prob` is `−∞`, at `±∞` too; `cdf` and
/// `sf` are defined on the whole line, with the values 0 and 1 at the ends. Tails are exact in
/// relative terms: `sf` is not `1 − cdf`, and the logarithms go on where the probabilities are below
/// the smallest floating-point number. For a law of counts, `cdf(x)` is `P(X ≤ x)` for any real `x`.
///
/// Moments that do not exist are NaN (the mean of a Cauchy law), those that diverge are infinite:
/// where the mean is infinite the variance is too. A quantile beyond the largest number is infinite; a
/// draw is always a finite number of the support.
pub trait Univariate: Send + Sync {
    /// The values that can be drawn.
    fn support(&self) -> Support;

    /// `ln p(x)`: the logarithm of the density, or of the probability of a count.
    fn log_prob(&self, x: f64) -> f64;

    /// `p(x)`.
    fn prob(&self, x: f64) -> f64 {
        self.log_prob(x).exp()
    }

    /// `P(X ≤ x)`.
    fn cdf(&self, x: f64) -> f64 {
        self.log_cdf(x).exp()
    }

    /// `P(X > x)`, the survival function.
    fn sf(&self, x: f64) -> f64 {
        self.log_sf(x).exp()
    }

    /// `ln P(X ≤ x)`.
    fn log_cdf(&self, x: f64) -> f64;

    /// `ln P(X > x)`.
    fn log_sf(&self, x: f64) -> f64;

    /// The smallest `x` with `P(X ≤ x) ≥ p`: the inverse of `cdf`. The lower end of the support at
    /// `p = 0`, the upper end at `p = 1`, NaN outside `[0, 1]`.
    fn quantile(&self, p: f64) -> f64;

    /// The smallest `x` with `P(X > x) ≤ q`: the inverse of `sf`, for upper tails that `1 − q`
    /// cannot hold. The upper end of the support at `q = 0`, the lower end at `q = 1`, NaN outside
    /// `[0, 1]`.
    fn upper_quantile(&self, q: f64) -> f64;

    /// The expectation of `X`.
    fn mean(&self) -> f64;

    /// The expectation of `(X − mean)²`.
    fn variance(&self) -> f64;

    /// The square root of the variance.
    fn std_dev(&self) -> f64 {
        self.variance().sqrt()
    }

    /// A value of the largest probability or density; the smallest one where several are.
    fn mode(&self) -> f64;

    /// `−E[ln p(X)]` in nats: for densities the differential entropy, which can be negative.
    fn entropy(&self) -> f64;

    /// Writes `log_prob(x[i])` to `out[i]`, on all cores. Equal to `log_prob` within a few units in
    /// the last place: where a law has a form for many numbers at once, its logarithms are not the
    /// system's.
    ///
    /// # Panics
    /// If the slices differ in length.
    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::map(x, out, |x, out| {
            for (out, x) in out.iter_mut().zip(x) {
                *out = self.log_prob(*x);
            }
        });
    }

    /// Fills one block of draws: what [`sample_into`](crate::sample_into) shares out over the cores.
    ///
    /// Unless a law has a faster way, by the quantile of uniform numbers, from the nearer end.
    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        lanes.fill_tails(out);
        for tail in out {
            let x = if *tail > 0.0 { self.upper_quantile(*tail) } else { self.quantile(-*tail) };
            // Quantiles beyond the largest number are infinite, draws are not.
            *tail = x.clamp(f64::MIN, f64::MAX);
        }
    }
}
