//! Special functions against mpmath 1.4.1 with 60 digits.
//!
//! ```python
//! import mpmath as mp
//! mp.mp.dps = 60
//! mp.loggamma(mp.mpf(x)); mp.gammainc(mp.mpf(a), mp.mpf(x), regularized=True)
//! mp.erfc(mp.mpf(x)); mp.ncdf(mp.mpf(x)); mp.log(1 + mp.exp(mp.mpf(x)))
//! mp.findroot(lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2) - mp.log(p), start)  # p < 1/2
//! ```

#![allow(clippy::excessive_precision)] // mpmath's digits as printed.

use prob_core::{
    logspace::{sigmoid, softplus},
    special::{erfc, gamma_q, ln_gamma, normal_cdf, normal_quantile},
};
use proptest::prelude::*;

#[track_caller]
fn close(what: &str, ours: f64, exact: f64, tolerance: f64) {
    let error = (ours / exact - 1.0).abs();
    assert!(error < tolerance, "{what} = {ours:e}, mpmath has {exact:e}: off by {error:e}");
}

#[test]
fn ln_gamma_is_exact_to_13_digits() {
    for (x, exact) in [
        (1e-10, 23.025850929882735),
        (0.25, 1.2880225246980775),
        (0.75, 0.20328095143129537),
        (3.5, 1.2009736023470742),
        (7.0, 6.579251212010101),
        (30.25, 72.104204742008),
        (150.5, 602.5139548705854),
        (1e6, 12815504.569147611),
    ] {
        close(&format!("ln_gamma({x})"), ln_gamma(x), exact, 1e-13);
    }
    // Near its roots 1 and 2 the error is absolute.
    assert!((ln_gamma(1.0625) - -0.03295710029357782).abs() < 2e-15);
    assert!((ln_gamma(1.9375) - -0.02514761940298887).abs() < 2e-15);
}

#[test]
fn gamma_q_is_exact_to_13_digits() {
    for (a, x, exact) in [
        (0.5, 1e-12, 0.9999988716208329),
        (0.5, 0.01, 0.8875370839817151),
        (0.5, 1.25, 0.11384629800665805),
        (0.5, 700.0, 2.1010145162642175e-306),
        (1.5, 2.5, 0.17179714429673314),
        (3.0, 0.25, 0.9978385033102375),
        (3.0, 4.0, 0.23810330555354434),
        (3.0, 4.25, 0.20371109051289561),
        (20.0, 21.0, 0.38426277226434216),
        (20.0, 60.0, 6.351918340378976e-10),
        (100.0, 90.0, 0.8417790108135698),
        (100.0, 101.25, 0.4373112568644217),
        (100.0, 200.0, 1.8438936497115742e-15),
    ] {
        close(&format!("gamma_q({a}, {x})"), gamma_q(a, x), exact, 3e-13);
    }
}

#[test]
fn erfc_and_the_normal_distribution_keep_their_digits_in_the_tails() {
    for (x, exact) in [
        (-6.0, 2.0),
        (-1.5, 1.9661051464753108),
        (-0.125, 1.1403162048013338),
        (1e-8, 0.9999999887162083),
        (0.5, 0.4795001221869535),
        (1.2, 0.08968602177036463),
        (1.25, 0.07709987174354177),
        (3.0, 2.209049699858544e-05),
        (10.0, 2.088487583762545e-45),
        (26.0, 5.663192408856143e-296),
    ] {
        close(&format!("erfc({x})"), erfc(x), exact, 3e-13);
    }
    for (x, exact) in [
        (-37.5, 4.605353009581955e-308),
        (-20.0, 2.7536241186062337e-89),
        (-5.25, 7.604960516488714e-08),
        (-1.0, 0.15865525393145705),
        (-1e-6, 0.4999996010577196),
        (0.5, 0.6914624612740131),
        (2.0, 0.9772498680518208),
        (8.0, 0.9999999999999993),
    ] {
        close(&format!("normal_cdf({x})"), normal_cdf(x), exact, 3e-13);
    }
}

#[test]
fn the_normal_quantile_is_exact_to_15_digits() {
    for (p, exact) in [
        (1e-250, -33.799586172694837),
        (1e-30, -11.464024688443616),
        (1e-9, -5.997807015007687),
        (0.0009765625, -3.0972690781987845),
        (0.0625, -1.5341205443525463),
        (0.4375, -0.1573106846101707),
        (0.75, 0.6744897501960817),
        (0.984375, 2.1538746940614562),
        (0.9990234375, 3.0972690781987845),
    ] {
        close(&format!("normal_quantile({p})"), normal_quantile(p), exact, 2e-15);
    }
}

#[test]
fn softplus_is_exact_to_the_last_digits() {
    for (x, exact) in [(-20.0, 2.0611536203143807e-9), (0.5, 0.9740769841801067), (40.0, 40.0)] {
        close(&format!("softplus({x})"), softplus(x), exact, 4e-16);
    }
}

proptest! {
    #[test]
    fn the_quantile_inverts_the_distribution(z in -37.0f64..5.0) {
        let p = normal_cdf(z);
        // An error of p becomes one of z through the density: dz = dp / φ(z).
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let tolerance = 1e-12 * p / density + 1e-14 * z.abs();
        prop_assert!((normal_quantile(p) - z).abs() <= tolerance);
    }

    #[test]
    fn tails_fall_and_complement_each_other(z in 0.0f64..6.0, step in 1e-6f64..1.0) {
        prop_assert!((normal_cdf(z) + normal_cdf(-z) - 1.0).abs() < 1e-15);
        prop_assert!(normal_cdf(-z - step) < normal_cdf(-z));
    }

    /// d softplus = sigmoid, by central differences.
    #[test]
    fn the_derivative_of_softplus_is_sigmoid(x in -30f64..30.0) {
        let h = 1e-5;
        let difference = (softplus(x + h) - softplus(x - h)) / (2.0 * h);
        prop_assert!((difference - sigmoid(x)).abs() < 1e-9);
    }
}
