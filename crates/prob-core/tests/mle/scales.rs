//! Data of any size: the estimates of laws with a scale go with the data, and so do their errors.

use prob_core::mle::{EmOptions, Fitted, MaximumLikelihood, Observations, fit_mixture};
use prob_core::{
    Beta, Cauchy, Exponential, FisherF, Gamma, InverseGamma, Laplace, LogNormal, Logistic,
    MaxwellBoltzmann, Normal, Pareto, Seed, StudentT, TruncatedNormal, Uniform, Univariate,
    VonMises, Weibull,
};

/// Observations of a law with heavy tails, all positive.
const DATA: [f64; 12] = [0.3, 0.9, 1.1, 1.3, 1.4, 1.6, 1.7, 2.0, 2.2, 2.9, 4.5, 9.0];

fn scaled(by: f64) -> Observations {
    Observations::new(&DATA.map(|x| x * by)).unwrap()
}

/// The estimates and standard errors of data times `by` are those of the data times the powers of
/// `by`; the log-likelihood falls by `n ln(by)`.
fn goes_with_the_data<L>(by: f64, powers: &[i32], fit: impl Fn(f64) -> Fitted<L>) {
    let (plain, large) = (fit(1.0), fit(by));
    for ((a, b), power) in plain.estimates.iter().zip(&large.estimates).zip(powers) {
        let unit = by.powi(*power);
        assert!((b.value / unit / a.value - 1.0).abs() < 1e-9, "{by} {}: {a:?} {b:?}", a.name);
        match (a.standard_error, b.standard_error) {
            (Some(a), Some(b)) => assert!((b / unit / a - 1.0).abs() < 1e-7, "{by}: {a} {b}"),
            (a, b) => assert_eq!(a, b),
        }
    }
    let fall = plain.log_likelihood - large.log_likelihood;
    let expected = DATA.len() as f64 * by.ln();
    assert!((fall - expected).abs() <= 1e-11 * expected.abs(), "{by}: {fall} {expected}");
}

fn family<L: MaximumLikelihood<Known = ()>>(powers: &[i32]) {
    for by in [1e-300, 1e-200, 1e-150, 1e150, 1e200, 1e300] {
        goes_with_the_data(by, powers, |by| L::fit(&scaled(by)).unwrap());
    }
}

#[test]
fn estimates_go_with_the_data() {
    family::<Uniform>(&[1, 1]);
    family::<Normal>(&[1, 1]);
    family::<Laplace>(&[1, 1]);
    family::<Cauchy>(&[1, 1]);
    family::<Logistic>(&[1, 1]);
    family::<StudentT>(&[0, 1, 1]);
    family::<Exponential>(&[-1]);
    family::<MaxwellBoltzmann>(&[1]);
    family::<Gamma>(&[0, -1]);
    family::<InverseGamma>(&[0, 1]);
    family::<Weibull>(&[0, 1]);
    family::<Pareto>(&[0, 1]);
    for by in [1e-200, 1e200] {
        goes_with_the_data(by, &[1, 1], |by| {
            TruncatedNormal::fit_given((-5.0 * by, 10.0 * by), &scaled(by)).unwrap()
        });
    }
    // The logarithms move.
    let (plain, large) = (LogNormal::fit(&scaled(1.0)).unwrap(), LogNormal::fit(&scaled(1e300)));
    let large = large.unwrap();
    assert!((large.estimates[0].value - plain.estimates[0].value - 1e300_f64.ln()).abs() < 1e-12);
    assert!((large.estimates[1].value - plain.estimates[1].value).abs() < 1e-13);
}

/// The largest floating-point numbers: their sum is none.
#[test]
fn the_mean_does_not_overflow() {
    let data = Observations::new(&[1e308, 1.5e308, 1.7e308]).unwrap();
    assert!((data.mean() / 1.4e308 - 1.0).abs() < 1e-15);
    let rate = Exponential::fit(&data).unwrap().estimates[0].value;
    assert!((rate * 1.4e308 - 1.0).abs() < 1e-15);
}

/// One observation far outside the others decides scale and location; the middle of the data says
/// nothing of either. At the maximum the means of `tanh(z/2)` and `z tanh(z/2)` are 0 and 1.
#[test]
fn a_logistic_law_reaches_a_far_outlier() {
    for far in [1e6, 1e12, 1e200] {
        let mut data = DATA.to_vec();
        data.push(far);
        let data = Observations::new(&data).unwrap();
        let fitted = Logistic::fit(&data).unwrap();
        let (location, scale) = (fitted.estimates[0].value, fitted.estimates[1].value);
        let z = |x: f64| (x - location) / scale;
        let slope = data.average(|x| (0.5 * z(x)).tanh());
        let other = data.average(|x| z(x) * (0.5 * z(x)).tanh());
        assert!(slope.abs() < 1e-8 && (other - 1.0).abs() < 1e-8, "{far}: {slope} {other}");
    }
}

/// Data that hardly vary have large shapes, not none: with the relative standard deviation c the
/// shape of both gamma laws is nearly 1/c², the concentration of directions 1/variance, the sum
/// of beta shapes around 1/2 also 1/c².
#[test]
fn nearly_constant_data_have_large_shapes() {
    let steps = [-1.5, -0.5, 0.0, 0.5, 1.5];
    for c in [1e-5, 1e-8] {
        let data = Observations::new(&steps.map(|s| 1.0 + c * s)).unwrap();
        let expected = 1.0 / (c * c);
        let gamma = Gamma::fit(&data).unwrap().estimates[0].value;
        let inverse = InverseGamma::fit(&data).unwrap().estimates[0].value;
        let around = Observations::new(&steps.map(|s| c * s)).unwrap();
        let directions = VonMises::fit(&around).unwrap().estimates[1].value;
        let shares = Observations::new(&steps.map(|s| 0.5 * (1.0 + c * s))).unwrap();
        let beta = 2.0 * Beta::fit(&shares).unwrap().estimates[0].value;
        for shape in [gamma, inverse, directions, beta] {
            assert!((shape / expected - 1.0).abs() < 1e-4, "{c}: {shape}");
        }
    }
}

/// Half of the data are one number: there the likelihood has a spike at small degrees, and the best
/// start leads into it; beside it lies the maximum that is meant.
///
/// SciPy 1.17.1: `scipy.optimize.minimize` of `-scipy.stats.t.logpdf(x, ...).sum()` by simplex, from
/// `scipy.stats.t.fit(x)`.
#[test]
fn student_t_passes_by_the_spike_over_ties() {
    let rest = [
        3.9, 3.8, 2.5, 5.7, 1.7, 5.0, 2.7, 6.8, 2.9, 3.0, 2.8, 4.2, 3.1, 3.5, 6.5, 3.5, 2.9, 3.5,
        1.7,
    ];
    let data: Vec<f64> = [1.0; 20].into_iter().chain(rest).collect();
    let fitted = StudentT::fit(&Observations::new(&data).unwrap()).unwrap();
    assert!((fitted.log_likelihood - -74.614_394_571_485_28).abs() < 1e-11);
    let expected = [8.047_495, 2.103_702_5, 1.442_631_5];
    for (estimate, value) in fitted.estimates.iter().zip(expected) {
        assert!((estimate.value / value - 1.0).abs() < 1e-6, "{estimate:?}");
    }
}

/// Both degrees are of any size where the data say so:
/// The slope by the logarithms of the degrees is 0, by differences of the law's own density.
#[test]
fn the_f_law_takes_many_degrees() {
    // The quantiles of F(4000, 1000).
    let law = FisherF::new(4000.0, 1000.0).unwrap();
    let data: Vec<f64> = (0..200).map(|i| law.quantile((f64::from(i) + 0.5) / 200.0)).collect();
    let fitted = FisherF::fit(&Observations::new(&data).unwrap()).unwrap();
    let degrees = [fitted.estimates[0].value, fitted.estimates[1].value];
    let log_likelihood = |by: [f64; 2]| -> f64 {
        let law = FisherF::new(degrees[0] * by[0].exp(), degrees[1] * by[1].exp()).unwrap();
        data.iter().map(|x| law.log_prob(*x)).sum()
    };
    let h = 1e-3;
    let slopes = [
        (log_likelihood([h, 0.0]) - log_likelihood([-h, 0.0])) / (2.0 * h),
        (log_likelihood([0.0, h]) - log_likelihood([0.0, -h])) / (2.0 * h),
    ];
    assert!(slopes.iter().all(|slope| slope.abs() < 1e-4), "{degrees:?} {slopes:?}");
    assert!(degrees.iter().all(|d| (500.0..8000.0).contains(d)), "{degrees:?}");
}

/// Newton's method settles for beta data of every concentration, however few digits a step leaves.
#[test]
fn concentrated_beta_data_converge() {
    for power in 3..14 {
        let sum = 10.0_f64.powi(power);
        let width = (0.25 / sum).sqrt();
        let data: Vec<f64> = (1..40).map(|i| 0.5 + width * (f64::from(i) / 10.0 - 2.1)).collect();
        let fitted = Beta::fit(&Observations::new(&data).unwrap()).unwrap();
        let [a, b] = [fitted.estimates[0].value, fitted.estimates[1].value];
        // The mean of the data is 1/2 − width/10; their variance (1.125833…) width².
        let mean = a / (a + b);
        assert!((mean - (0.5 - 0.1 * width)).abs() < 1e-3 * width, "{power}: {mean}");
        assert!(((a + b) * 380.0 / 300.0 / sum - 1.0).abs() < 0.02, "{power}: {}", a + b);
    }
}

/// Of ln x all digits near one number are those of the number itself; the spread must not be lost.
#[test]
fn logarithms_of_shifted_data_keep_their_spread() {
    // ln(1e9 + s) − ln(1e9) = s/1e9 − …: the standard deviation of s is 1.
    let data = Observations::new(&[-1.5, -0.5, 0.0, 0.5, 1.5].map(|s| 1e9 + s)).unwrap();
    let sigma = LogNormal::fit(&data).unwrap().estimates[1].value;
    assert!((sigma / 1e-9 - 1.0).abs() < 1e-8, "{sigma}");
}

/// Squared distances of the smallest numbers are 0, of the largest infinite; the centres that a
/// mixture starts from are far apart all the same.
#[test]
fn mixtures_go_with_the_data() {
    for by in [1.0, 1e-200, 1e200] {
        let data = Observations::new(&[1.0, 2.0, 3.0, 10.0, 11.0, 12.0].map(|x| x * by)).unwrap();
        let fit = fit_mixture::<Normal>((), 2, &data, &EmOptions::default(), Seed(3)).unwrap();
        let mut means = [fit.fitted.estimates[2].value / by, fit.fitted.estimates[4].value / by];
        means.sort_by(f64::total_cmp);
        assert!((means[0] - 2.0).abs() < 1e-6 && (means[1] - 11.0).abs() < 1e-6, "{by}: {means:?}");
    }
}
