//! Special functions behind tail probabilities: error function, normal distribution, gamma function,
//! incomplete gamma function and their inverses.
//!
//! Each function states its error, measured against mpmath with 50 digits. Tails keep their relative
//! accuracy, and the functions named `log_…` go on where the value itself is below the smallest
//! floating-point number. Outside its domain every function is NaN; none panics or fails to end.

mod double_double;
mod erf;
mod gamma;
mod incomplete_gamma;
mod incomplete_gamma_inverse;
mod log_root;
mod normal;

pub(crate) use double_double::ln_minus;
pub(crate) use gamma::log_poisson_scale;
pub(crate) use log_root::{At, Tail, log_root};

pub use erf::{erf, erfc, erfcx};
pub use gamma::{
    deviance, digamma, ln_gamma, ln_gamma_1p, ln_minus_digamma, log_poisson, log1pmx,
    stirling_error, trigamma,
};
pub use incomplete_gamma::{gamma_p, gamma_q, log_gamma_p, log_gamma_pq, log_gamma_q};
pub use incomplete_gamma_inverse::{gamma_p_inverse, gamma_q_inverse};
pub use normal::{log_normal_cdf, normal_cdf, normal_quantile, normal_quantile_of_log};

mod multivariate_gamma;
pub use multivariate_gamma::ln_gamma_multivariate;

mod bessel;
mod beta;
mod incomplete_beta;
mod quadrature;

pub(crate) use beta::{Point, digamma_error, log_peak};
pub(crate) use incomplete_beta::{log_first_term, log_tails};
pub(crate) use quadrature::{falling, gauss_legendre};

pub use bessel::{bessel_i1_i0_ratio, bessel_i1_i0_rest, log_bessel_i0, log_bessel_i0_scaled};
pub use beta::{ln_beta, log_beta_power};
pub use incomplete_beta::{beta_inc, beta_inc_inverse, log_beta_inc, log_beta_inc_inverse};

/// `Σ c[k] x^k` by Horner's rule.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use super::{erfc, gamma_q, ln_gamma, normal_cdf, normal_quantile};

    fn close(what: &str, ours: f64, reference: f64, tolerance: f64) {
        let error = (ours - reference).abs() / reference.abs().max(1e-300);
        assert!(error < tolerance, "{what} = {ours:e}, SciPy has {reference:e}");
    }

    // References: SciPy 1.17.1, scipy.special.gammaln, gammaincc, ndtri and scipy.stats.norm.cdf.

    #[test]
    fn ln_gamma_matches_scipy() {
        for (x, reference) in [
            (1e-3, 6.907178885383853),
            (0.1, 2.252712651734206),
            (0.5, 0.5723649429247),
            (1.5, -0.12078223763524526),
            (2.5, 0.2846828704729192),
            (10.0, 12.801827480081469),
            (171.3, 708.1149470389971),
            (1e4, 82099.71749644238),
        ] {
            close(&format!("ln_gamma({x})"), ln_gamma(x), reference, 1e-13);
        }
        assert!(ln_gamma(0.0).is_nan() && ln_gamma(-1.5).is_nan());
    }

    #[test]
    fn gamma_q_matches_scipy() {
        for (a, x, reference) in [
            (0.5, 0.1, 0.6547208460185768),
            (0.5, 30.0, 9.485737571073857e-15),
            (1.0, 5.0, 0.006737946999085468),
            (2.5, 1.0, 0.8491450360846096),
            (10.0, 12.0, 0.24239216167051245),
            (50.0, 120.0, 1.6008226793344963e-13),
            (500.0, 430.0, 0.9994711779748078),
            (1000.0, 1300.0, 1.8736155715785688e-18),
        ] {
            close(&format!("gamma_q({a}, {x})"), gamma_q(a, x), reference, 2e-12);
        }
        assert_eq!((gamma_q(2.0, 0.0), gamma_q(2.0, f64::INFINITY)), (1.0, 0.0));
        assert!(gamma_q(0.0, 1.0).is_nan() && gamma_q(1.0, -1.0).is_nan());
        assert!(gamma_q(f64::INFINITY, 1.0).is_nan() && gamma_q(1.0, f64::NAN).is_nan());
    }

    #[test]
    fn normal_cdf_matches_scipy() {
        for (x, reference) in [
            (-8.0, 6.22096057427174e-16),
            (-1.96, 0.024997895148220435),
            (-0.1, 0.460172162722971),
            (0.0, 0.5),
            (1.0, 0.8413447460685429),
            (3.0, 0.9986501019683699),
            (5.0, 0.9999997133484281),
        ] {
            close(&format!("normal_cdf({x})"), normal_cdf(x), reference, 1e-13);
        }
        assert_eq!((normal_cdf(f64::NEG_INFINITY), normal_cdf(f64::INFINITY)), (0.0, 1.0));
        assert_eq!((erfc(0.0), erfc(-40.0)), (1.0, 2.0));
    }

    #[test]
    fn normal_quantile_matches_scipy() {
        for (p, reference) in [
            (1e-300, -37.0470962993612),
            (1e-20, -9.262340089798409),
            (1e-6, -4.753424308822899),
            (0.025, -1.9599639845400545),
            (0.3, -0.5244005127080409),
            (0.9, 1.2815515655446004),
            (0.99999, 4.264890793923841),
        ] {
            close(&format!("normal_quantile({p})"), normal_quantile(p), reference, 2e-15);
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.1).is_nan() && normal_quantile(f64::NAN).is_nan());
    }
}
