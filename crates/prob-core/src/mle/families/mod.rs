//! How each family is fitted.

mod beta;
mod categorical;
mod cauchy;
mod ends;
mod fisher_f;
mod gamma;
mod laplace;
mod location_scale;
mod log_normal;
mod logistic;
mod mv_normal;
mod negative_binomial;
mod normal;
mod one_parameter;
mod student_t;
mod truncated_normal;
mod von_mises;
mod weibull;

pub use mv_normal::fit_mv_normal;
