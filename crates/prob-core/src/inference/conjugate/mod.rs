//! Conjugate priors: posteriors of the same family as the prior, in closed form.
//!
//! Each type is the law of the parameters of a sampling law. `update(data)` is the law after the
//! data, `predictive()` that of the next observation with the parameters integrated out,
//! `log_evidence(data)` is `ln p(data)`, with which models are compared. The order of learning does
//! not matter: all data at once or one after another give the same posterior, and the evidence is
//! the product of the predictives on the way (`eq:evidence`).
//!
//! | prior | observations | unknown |
//! |---|---|---|
//! | [`BetaBernoulli`] | successes and failures | chance of success |
//! | [`DirichletCategorical`] | one of several categories | their probabilities |
//! | [`GammaPoisson`] | counts | rate |
//! | [`GammaExponential`] | waiting times | rate |
//! | [`NormalKnownVariance`] | numbers with a known spread | mean |
//! | [`NormalInverseGamma`] | numbers | mean and variance |
//! | [`NormalInverseWishart`] | vectors | mean and covariance |
//!
//! The formulas are those of Murphy, "Conjugate Bayesian analysis of the Gaussian distribution"
//! (2007), and Gelman et al., "Bayesian Data Analysis" (2013), chapters 2 and 3.

mod beta_bernoulli;
mod dirichlet_categorical;
mod gamma_exponential;
mod gamma_poisson;
mod normal_inverse_gamma;
mod normal_inverse_wishart;
mod normal_known_variance;
mod terms;

pub use beta_bernoulli::BetaBernoulli;
pub use dirichlet_categorical::DirichletCategorical;
pub use gamma_exponential::GammaExponential;
pub use gamma_poisson::GammaPoisson;
pub use normal_inverse_gamma::NormalInverseGamma;
pub use normal_inverse_wishart::NormalInverseWishart;
pub use normal_known_variance::NormalKnownVariance;
