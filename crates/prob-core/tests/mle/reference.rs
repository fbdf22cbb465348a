//! The same sixteen numbers fitted by SciPy.

use prob_core::mle::{MaximumLikelihood, Observations};
use prob_core::{
    Beta, Cauchy, ChiSquare, FisherF, Fitted, Gamma, InverseGamma, LogNormal, Logistic,
    NegativeBinomial, StudentT, TruncatedNormal, VonMises, Weibull,
};

const X: [f64; 16] = [
    0.42, 1.31, 0.77, 2.68, 0.19, 1.05, 3.94, 0.58, 1.73, 0.95, 2.21, 0.33, 1.48, 0.86, 5.12, 1.16,
];

const K: [f64; 16] =
    [0.0, 3.0, 1.0, 7.0, 2.0, 2.0, 0.0, 5.0, 11.0, 1.0, 4.0, 0.0, 2.0, 6.0, 1.0, 3.0];

/// Estimates to eight digits (the search there has no derivatives), the maximum itself to twelve.
fn same<L>(fitted: Fitted<L>, values: &[f64], log_likelihood: f64) {
    for (estimate, value) in fitted.estimates.iter().zip(values) {
        let error = (estimate.value - value).abs();
        assert!(error < 2e-7 * value.abs(), "{}: {} {value}", estimate.name, estimate.value);
    }
    let error = (fitted.log_likelihood - log_likelihood).abs();
    assert!(error < 1e-12 * log_likelihood.abs(), "{} {log_likelihood}", fitted.log_likelihood);
}

/// SciPy 1.17.1, the maximum searched by simplex, for the gamma law and so on for the others:
///
/// ```python
/// def best(nll, start):
///     options = dict(xatol=1e-13, fatol=1e-15, maxiter=100000, maxfev=100000)
///     for _ in range(2):
///         r = optimize.minimize(nll, start, method='Nelder-Mead', options=options)
///         start = r.x
///     return r.x, -r.fun
/// best(lambda p: -stats.gamma.logpdf(x, p[0], scale=1 / p[1]).sum(), [1, 1])
/// ```
#[test]
fn fits_match_scipy() {
    let x = Observations::new(&X).unwrap();
    let shares = Observations::new(&X.map(|x| x / 6.0)).unwrap();
    let angles = Observations::new(&X.map(|x| x - 2.0).map(|x| x.min(3.1))).unwrap();
    let counts = Observations::new(&K).unwrap();
    same(Gamma::fit(&x).unwrap(), &[1.61339155, 1.0417379], -22.037515002630073);
    same(Weibull::fit(&x).unwrap(), &[1.26774542, 1.67833607], -22.293449193819804);
    same(InverseGamma::fit(&x).unwrap(), &[1.49832344, 1.14055129], -22.7479635672631);
    same(Beta::fit(&shares).unwrap(), &[1.05463143, 2.7677481], 5.63407760053976);
    same(ChiSquare::fit(&x).unwrap(), &[1.97668448], -23.478545915493847);
    same(Logistic::fit(&x).unwrap(), &[1.32146746, 0.67516779], -26.300598414123236);
    same(Cauchy::fit(&x).unwrap(), &[1.00614284, 0.48718492], -25.666637994009136);
    same(StudentT::fit(&x).unwrap(), &[1.68351484, 1.05895668, 0.61401489], -25.266259712116828);
    same(VonMises::fit(&angles).unwrap(), &VON_MISES.0, VON_MISES.1);
    same(FisherF::fit(&x).unwrap(), &[7.13989661, 5.60250549], -21.91140444875859);
    let cut = TruncatedNormal::fit_given((0.0, 6.0), &x).unwrap();
    same(cut, &[-12.27908949, 5.04788012], -22.572964719791578);
    let negative = NegativeBinomial::fit(&counts).unwrap();
    same(negative, &[1.54681636, 0.34019767], -35.6898878935053);
    // stats.lognorm.fit(x, floc=0) gives sigma and exp(mu).
    let fitted = LogNormal::fit(&x).unwrap();
    assert!((fitted.estimates[0].value - 1.101408892940098_f64.ln()).abs() < 1e-14);
    assert!((fitted.estimates[1].value - 0.8544121144618821).abs() < 1e-14);
}

/// `y = np.minimum(x - 2, 3.1)`,
/// `best(lambda p: -stats.vonmises.logpdf(y, p[1], loc=p[0]).sum(), [-0.8, 1])`
const VON_MISES: ([f64; 2], f64) = ([-0.9750132970216374, 1.477511521187374], -23.213028114948635);
