//! Diagnostics against ArviZ, and what they refuse.

#![allow(clippy::unwrap_used)]

mod series;

use mcmc::{Error, diagnostics as d};
use proptest::prelude::*;
use series::chains;

/// What ArviZ says: R-hat, ESS bulk, tail, mean, sd and of the quantile 0.3, MCSE of mean and sd.
struct Reference {
    what: &'static str,
    chains: Vec<Vec<f64>>,
    rhat: Option<f64>,
    ess: [f64; 5],
    mcse: [f64; 2],
}

/// ArviZ 0.23.4 with NumPy 2.4.6:
///
/// ```python
/// import numpy as np, arviz as az
/// def lcg(x):
///     while True:
///         x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
///         yield (x >> 11) * 2.0**-53
/// def chains(phi, shift, n, m):
///     out = []
///     for c in range(m):
///         u, x, s = lcg(c + 1), 0.0, []
///         for t in range(n):
///             x = phi * x + (next(u) + next(u) + next(u) - 1.5)
///             s.append(x + shift * c)
///         out.append(s)
///     return np.array(out)
/// def report(x):
///     print(az.rhat(x), [az.ess(x, method=m) for m in ("bulk", "tail", "mean", "sd")],
///           az.ess(x, method="quantile", prob=0.3), az.mcse(x, method="mean"), az.mcse(x, method="sd"))
/// report(chains(0.5, 0.0, 1000, 4)); report(chains(0.3, 0.5, 400, 3)); ...
/// report(np.round(chains(0.5, 0.0, 200, 2) * 2))  # ties
/// ```
fn references() -> Vec<Reference> {
    let rounded = |x: Vec<f64>| x.into_iter().map(|x| (2.0 * x).round_ties_even()).collect();
    vec![
        Reference {
            what: "mixed",
            chains: chains(0.5, 0.0, 1000, 4),
            rhat: Some(1.0002219141919169),
            ess: [
                1271.0895717445715,
                2213.529450337018,
                1271.5524610999987,
                2306.09762129137,
                1699.4433112829174,
            ],
            mcse: [0.016148175501470588, 0.007974490429512478],
        },
        Reference {
            what: "apart",
            chains: chains(0.3, 0.5, 400, 3),
            rhat: Some(1.3020696497429813),
            ess: [
                7.976827033698757,
                57.29936053325675,
                7.886362414698064,
                491.5075807225873,
                12.90122978485056,
            ],
            mcse: [0.236128182140512, 0.019001021130509013],
        },
        Reference {
            what: "slow, an odd number of draws",
            chains: chains(0.95, 0.0, 501, 2),
            rhat: Some(1.0879192181954562),
            ess: [
                43.534170378990936,
                107.7674928925012,
                43.0450520162702,
                101.17161404607299,
                60.57074395954449,
            ],
            mcse: [0.209193850113441, 0.08741819675685583],
        },
        Reference {
            what: "alternating",
            chains: chains(-0.7, 0.0, 300, 4),
            rhat: Some(0.9985270343618192),
            ess: [
                3695.0174952571497,
                884.9923858375109,
                3695.0174952571497,
                423.2563525754672,
                1619.4856942231763,
            ],
            mcse: [0.011266772569547117, 0.02260322208761904],
        },
        Reference {
            what: "single",
            chains: chains(0.2, 0.0, 257, 1),
            rhat: None, // ArviZ wants two chains
            ess: [
                182.11843191053393,
                182.551102684507,
                183.44151185327647,
                223.91012096475538,
                167.91168721084992,
            ],
            mcse: [0.03604242810092517, 0.020425455316317412],
        },
        Reference {
            what: "short",
            chains: chains(0.0, 0.0, 9, 2),
            rhat: Some(1.9048275273012645),
            ess: [19.265919722494797; 5],
            mcse: [0.1327723138258333, 0.07774212297451924],
        },
        Reference {
            what: "ties",
            chains: chains(0.5, 0.0, 200, 2).into_iter().map(rounded).collect(),
            rhat: Some(1.0152328231757874),
            ess: [
                164.20568615120845,
                243.54588185131416,
                164.28713110936542,
                282.57036252222366,
                184.03540688714278,
            ],
            mcse: [0.09069549474867908, 0.04636546411968641],
        },
    ]
}

#[test]
fn all_digits_are_those_of_arviz() {
    for Reference { what, chains: x, rhat, ess, mcse } in references() {
        let close = |name: &str, ours: f64, reference: f64| {
            let error = (ours / reference - 1.0).abs();
            assert!(error < 1e-9, "{what}, {name}: {ours}, ArviZ has {reference}");
        };
        if let Some(rhat) = rhat {
            close("rhat", d::rhat(&x).unwrap(), rhat);
        }
        close("ess bulk", d::ess_bulk(&x).unwrap(), ess[0]);
        close("ess tail", d::ess_tail(&x).unwrap(), ess[1]);
        close("ess mean", d::ess_mean(&x).unwrap(), ess[2]);
        close("ess sd", d::ess_sd(&x).unwrap(), ess[3]);
        close("ess quantile", d::ess_quantile(&x, 0.3).unwrap(), ess[4]);
        close("mcse mean", d::mcse_mean(&x).unwrap(), mcse[0]);
        // ArviZ divides a variance by n here, and by n − 1 in the line above.
        let n = (x.len() * x[0].len()) as f64;
        close("mcse sd", d::mcse_sd(&x).unwrap() * ((n - 1.0) / n).sqrt(), mcse[1]);
    }
}

/// By hand: 1, 3, 2, 4 has the deviations −1.5, 0.5, −0.5, 1.5, whose squares sum to 5.
#[test]
fn autocorrelations_by_hand() {
    let rho = d::autocorrelations(&[[1.0, 3.0, 2.0, 4.0]], 3).unwrap();
    let by_hand = [1.0, (-0.75 - 0.25 - 0.75) / 5.0, (0.75 + 0.75) / 5.0, -2.25 / 5.0];
    assert!(rho.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-15), "{rho:?}");
    assert_eq!(d::autocorrelation(&[[1.0, 3.0, 2.0, 4.0]], 3).unwrap(), rho[3]);
}

/// The covariance of a variable with itself is its variance, whose error by the delta method is
/// twice the standard deviation times the error of that.
#[test]
fn errors_of_variance_and_standard_deviation_agree() {
    let x = chains(0.5, 0.0, 1000, 4);
    let all: Vec<f64> = x.iter().flatten().copied().collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let sd = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
    let of_variance = d::mcse_covariance(&x, &x).unwrap();
    assert!((of_variance / (2.0 * sd * d::mcse_sd(&x).unwrap()) - 1.0).abs() < 1e-12);
}

#[test]
fn what_cannot_be_believed_is_an_error() {
    let none: [&[f64]; 0] = [];
    assert_eq!(d::rhat(&none), Err(Error::Zero { what: "the number of chains" }));
    assert!(matches!(d::ess_mean(&[[1.0, 2.0, 3.0]]), Err(Error::TooFewDraws { found: 3, .. })));
    let unequal: [&[f64]; 2] = [&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0, 5.0]];
    assert!(matches!(d::ess_bulk(&unequal), Err(Error::LengthMismatch { found: 5, .. })));
    let infinite = [[1.0, f64::INFINITY, 2.0, 3.0]];
    assert!(matches!(d::rhat(&infinite), Err(Error::NotFinite { index: 1, .. })));
    let constant = [[1.0, 2.0, 1.0, 3.0], [7.0; 4]];
    assert_eq!(d::rhat(&constant), Err(Error::ConstantChain { chain: 1, value: 7.0 }));
    let draws = [[1.0, 2.0, 1.0, 3.0]];
    for p in [0.0, 1.0, f64::NAN] {
        assert!(matches!(d::ess_quantile(&draws, p), Err(Error::NotBetween { .. })));
    }
    assert!(matches!(
        d::autocorrelation(&draws, 4),
        Err(Error::OutOfRange { index: 4, limit: 4, .. })
    ));
    // A variable is not correlated with itself by chance.
    assert!(matches!(d::mcse_correlation(&draws, &draws), Err(Error::ConstantChain { .. })));
    // Two values at equal distances from their mean: the deviations do not vary.
    let two = [[1.0, -1.0, 1.0, -1.0, -1.0, 1.0]];
    assert!(matches!(d::mcse_sd(&two), Err(Error::ConstantChain { .. })));
    assert!(matches!(d::ess_sd(&two), Err(Error::ConstantChain { .. })));
}

/// Splitting leaves out the middle draw; where only that one differs, nothing is left to judge.
#[test]
fn a_chain_that_only_moves_in_its_middle_is_an_error() {
    let blip = [[1.0, 1.0, 2.0, 1.0, 1.0]];
    let constant = Err(Error::ConstantChain { chain: 0, value: 1.0 });
    assert_eq!(d::rhat(&blip), constant);
    assert_eq!(d::ess_mean(&blip), constant);
    assert_eq!(d::ess_bulk(&blip), constant);
    assert_eq!(d::mcse_mean(&blip), constant);
    assert_eq!(d::ess_tail(&blip), constant);
    let peak_in_the_middle = [[1.0, 2.0, 9.0, 3.0, 1.5]];
    assert!(matches!(d::ess_quantile(&peak_in_the_middle, 0.95), Err(Error::ConstantChain { .. })));
}

#[test]
fn a_chain_shorter_than_fifty_of_its_autocorrelation_times_is_an_error() {
    let slow = chains(0.95, 0.0, 501, 2);
    let error = d::autocorrelation_time(&slow).unwrap_err();
    assert!(matches!(error, Error::ShorterThanItsMemory { found: 501, .. }), "{error}");
    // Of 100,000 draws it is believed: (1 + φ) / (1 − φ) = 39.
    let tau = d::autocorrelation_time(&chains(0.95, 0.0, 100_000, 2)).unwrap();
    assert!((tau / 39.0 - 1.0).abs() < 0.1, "{tau}");
}

proptest! {
    /// No diagnostic depends on the unit of the variable, but errors are in that unit. Powers of two
    /// are exact: the two draws next to the median are equally far from it in any unit.
    #[test]
    fn units_do_not_matter(phi in -0.9f64..0.9, exponent in -20i32..20) {
        let scale = 2f64.powi(exponent);
        let x = chains(phi, 0.0, 120, 2);
        let y: Vec<Vec<f64>> = x.iter().map(|c| c.iter().map(|x| scale * x).collect()).collect();
        prop_assert_eq!(d::rhat(&x), d::rhat(&y));
        prop_assert_eq!(d::ess_bulk(&x), d::ess_bulk(&y));
        prop_assert_eq!(d::ess_tail(&x), d::ess_tail(&y));
        prop_assert_eq!(d::ess_mean(&x), d::ess_mean(&y));
        prop_assert_eq!(d::ess_sd(&x), d::ess_sd(&y));
        prop_assert_eq!(d::autocorrelations(&x, 9), d::autocorrelations(&y, 9));
        prop_assert_eq!(d::mcse_mean(&x).unwrap() * scale, d::mcse_mean(&y).unwrap());
    }

    /// ESS is positive and at most n log10 n, whatever the numbers.
    #[test]
    fn ess_stays_in_its_bounds(x in prop::collection::vec(-1f64..1.0, 8..60)) {
        let n = x.len() as f64;
        if let Ok(ess) = d::ess_mean(&[x]) {
            prop_assert!(ess > 0.0 && ess <= n * n.log10() * (1.0 + 1e-12), "{ess} of {n}");
        }
    }
}
