//! Gauss and Legendre's rule, for integrals that have no better form.

// Coefficients stand here as they are printed.
#![allow(clippy::excessive_precision)]

/// `∫ f` over `[lower, lower + width]` by the rule of 16 points: exact for polynomials up to degree 31.
pub(crate) fn gauss_legendre(lower: f64, width: f64, f: impl Fn(f64) -> f64) -> f64 {
    let half = 0.5 * width;
    let sum: f64 = RULE
        .iter()
        .map(|(node, weight)| {
            weight * (f(lower + half * (1.0 - node)) + f(lower + half * (1.0 + node)))
        })
        .sum();
    half * sum
}

/// `∫ f` over `[0, width]` for an `f` that falls by some forty powers of e on the way, slowly or at
/// once: three panels, the first ones the narrowest.
pub(crate) fn falling(width: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (first, second) = (width / 8.0, width / 4.0);
    gauss_legendre(0.0, first, &f)
        + gauss_legendre(first, second, &f)
        + gauss_legendre(first + second, width - first - second, &f)
}

/// The positive nodes and their weights, from the roots of the Legendre polynomial (mpmath).
const RULE: [(f64, f64); 8] = [
    (0.095012509837637440185, 0.18945061045506849629),
    (0.28160355077925891323, 0.1826034150449235888),
    (0.45801677765722738634, 0.16915651939500253819),
    (0.61787624440264374845, 0.14959598881657673208),
    (0.75540440835500303390, 0.12462897125553387205),
    (0.86563120238783174388, 0.095158511682492784810),
    (0.94457502307323257608, 0.062253523938647892863),
    (0.98940093499164993260, 0.027152459411754094852),
];

#[cfg(test)]
mod tests {
    use super::gauss_legendre;

    #[test]
    fn powers_and_exponentials_are_exact() {
        for power in 0..32 {
            let exact = (2f64.powi(power + 1) - 1.0) / f64::from(power + 1);
            let ours = gauss_legendre(1.0, 1.0, |x| x.powi(power));
            assert!((ours / exact - 1.0).abs() < 1e-14, "x^{power}: {ours} for {exact}");
        }
        let ours = gauss_legendre(0.0, 8.0, |x| (-x).exp());
        assert!((ours / -(-8f64).exp_m1() - 1.0).abs() < 1e-14, "{ours}");
        // The test sees a rule that is not exact: for x^40 this one is not.
        assert!((gauss_legendre(-1.0, 2.0, |x| x.powi(40)) - 2.0 / 41.0).abs() > 1e-12);
    }
}
