#![doc = include_str!("../README.md")]

mod density;
mod error;
mod finite;
mod inference;
mod mixture;
pub mod mle;
mod multivariate;
mod path;
mod product;
mod rng;
mod slices;
mod univariate;

pub mod logspace;
pub mod special;

pub use density::{GradLogDensity, LogDensity};
pub use error::Error;
pub use finite::{Axis, Beliefs, Conditional, Joint};
pub use finite::{bayes, evidence, information};
pub use inference::conjugate;
pub use inference::{Grid, GridAxis, GridWarning};
pub use inference::{Likelihood, Posterior, family_likelihood};
pub use mle::{Estimate, Fitted, MaximumLikelihood, Observations};
pub use multivariate::{FullConditionals, Multivariate, MvNormal};
pub use path::{Bridge, GeometricPath, Path};
pub use rng::Seed;
pub use slices::{Lanes, sample_into};
pub use univariate::{Support, Univariate};

pub use mixture::{Component, Line, Mixture, Vectors};
pub use product::Product;
pub use univariate::AnyLaw;
pub use univariate::Bernoulli;
pub use univariate::BetaBinomial;
pub use univariate::Categorical;
pub use univariate::Cauchy;
pub use univariate::ChiSquare;
pub use univariate::DiscreteUniform;
pub use univariate::Exponential;
pub use univariate::Gamma;
pub use univariate::Geometric;
pub use univariate::InverseGamma;
pub use univariate::Laplace;
pub use univariate::LogNormal;
pub use univariate::Logistic;
pub use univariate::Lomax;
pub use univariate::MaxwellBoltzmann;
pub use univariate::Normal;
pub use univariate::Pareto;
pub use univariate::Poisson;
pub use univariate::Truncated;
pub use univariate::TruncatedNormal;
pub use univariate::Uniform;
pub use univariate::Weibull;

pub use univariate::Beta;
pub use univariate::Binomial;
pub use univariate::FisherF;
pub use univariate::NegativeBinomial;
pub use univariate::StudentT;
pub use univariate::VonMises;

pub use multivariate::Dirichlet;
pub use multivariate::InverseWishart;
pub use multivariate::Multinomial;
pub use multivariate::MvStudentT;
pub use multivariate::Wishart;
