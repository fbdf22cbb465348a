//! Three kernels on three posteriors of posteriordb, against its reference draws and against exact values.
//!
//! The published values are means and mean squares of 10,000 reference draws of Stan each, with their Monte
//! Carlo standard errors, from <https://github.com/stan-dev/posteriordb> (BSD 3-clause). They say that model
//! and data are those of posteriordb. The exact values, by quadrature and closed forms, leave nothing to
//! chance in the reference. All are rounded to eight digits or so, errors to five; `posteriors/README.md`
//! says where each number and the data come from.

#![allow(clippy::unwrap_used)]

use mcmc::targets::{EightSchools, LinearRegression, LogisticRegression, Prior};
use mcmc::{
    Langevin, RobustAdaptive, Schedule, Slice, Trace, diagnostics as d, sample_adapted,
    sample_chains,
};
use nalgebra::{DMatrix, DVector};
use prob_core::{GradLogDensity, Seed};

/// A parameter: its exact mean and standard deviation; the published mean with its standard error, and
/// mean square with its.
struct Reference(&'static str, f64, f64, [f64; 2], [f64; 2]);

const EIGHT_SCHOOLS: [Reference; 10] = [
    Reference("theta[1]", 6.2118842, 5.5931262, [6.1505023, 0.055738], [69.36345, 1.1692]),
    Reference("theta[2]", 4.94017842, 4.67426846, [4.9395811, 0.046229], [45.9787, 0.63465]),
    Reference("theta[3]", 3.9270044, 5.26261511, [3.9059061, 0.054231], [43.13923, 0.65394]),
    Reference("theta[4]", 4.75709829, 4.78029734, [4.7960168, 0.047494], [45.76135, 0.61937]),
    Reference("theta[5]", 3.61547702, 4.65745259, [3.6144363, 0.046145], [34.35767, 0.45505]),
    Reference("theta[6]", 4.04261264, 4.82686559, [4.0511476, 0.04852], [39.4135, 0.53902]),
    Reference("theta[7]", 6.29672413, 5.07784876, [6.3171698, 0.049877], [64.93269, 0.92161]),
    Reference("theta[8]", 4.85425332, 5.29080106, [4.8839969, 0.054251], [52.12845, 0.90247]),
    Reference("mu", 4.39682071, 3.31770446, [4.4105183, 0.033037], [30.40302, 0.33514]),
    Reference("tau", 3.59770548, 3.21995841, [3.6020595, 0.031862], [23.20407, 0.48489]),
];

/// `mesquite-logmesquite_logvolume`.
const MESQUITE: [Reference; 3] = [
    Reference("beta[1]", 5.16965856, 0.0862864949, [5.1708476, 0.00087317], [26.745133, 0.0090581]),
    Reference(
        "beta[2]",
        0.722375716,
        0.0565480187,
        [0.72200852, 0.00056365],
        [0.5244543, 0.00081469],
    ),
    Reference("sigma", 0.426318473, 0.0472205447, [0.42667031, 0.0004801], [0.184331, 0.00042762]),
];

/// `nes_logit_data-nes_logit_model`.
const NES: [Reference; 2] = [
    Reference("alpha", -1.40632466, 0.189771767, [-1.4078558, 0.0019191], [2.0181231, 0.0054368]),
    Reference(
        "beta[1]",
        0.327082597,
        0.0569702071,
        [0.32776446, 0.00057358],
        [0.11065946, 0.00037879],
    ),
];

/// A kernel on trial, with its scale.
#[derive(Debug, Clone, Copy)]
enum Trial {
    /// Robust adaptive Metropolis, which finds its own.
    Adaptive,
    /// The width of slice sampling.
    Slice(f64),
    /// The step of the Langevin kernel.
    Langevin(f64),
}

/// Where a posterior is, for starts around it, and the seed.
struct Place<'a>(&'a [f64], f64, Seed);

/// Four chains from starts apart.
fn draws<T: GradLogDensity + Sync>(
    target: &T,
    trial: Trial,
    Place(at, spread, seed): Place,
) -> Trace {
    let offsets = [-1.0, -0.4, 0.4, 1.0].map(|offset| spread * offset);
    let starts = offsets.map(|offset| at.iter().map(|x| x + offset).collect());
    let keep = |burn_in, thin| Schedule { burn_in, thin, ..Schedule::keep(8_000) };
    match trial {
        Trial::Adaptive => {
            let (warm_up, schedule) = (RobustAdaptive::new(), keep(0, 5 * at.len()));
            sample_adapted(&warm_up, target, &starts, 30_000, schedule, seed).unwrap().trace
        }
        Trial::Slice(width) => {
            let kernel = Slice::new(width).unwrap();
            sample_chains(&kernel, target, &starts, keep(500, 3), seed).unwrap()
        }
        Trial::Langevin(step) => {
            let kernel = Langevin::new(step).unwrap();
            sample_chains(&kernel, target, &starts, keep(5_000, 20), seed).unwrap()
        }
    }
}

/// What is wrong with draws of parameters: R-hat of 1.01 or more, or a mean, standard deviation or mean
/// square more than four standard errors from the reference's.
fn faults(references: &[Reference], parameters: &[Vec<Vec<f64>>]) -> Vec<String> {
    assert_eq!(references.len(), parameters.len());
    let mut faults = Vec::new();
    for (Reference(name, mean, sd, published, square), x) in references.iter().zip(parameters) {
        let mut compare = |what: &str, found: f64, expected: f64, error: f64| {
            let z = (found - expected) / error;
            if z.is_nan() || z.abs() > 4.0 {
                faults.push(format!("{name}: {what} is {found} for {expected} (z = {z:.1})"));
            }
        };
        let average = |x: &[Vec<f64>]| {
            x.iter().flatten().sum::<f64>() / x.iter().map(Vec::len).sum::<usize>() as f64
        };
        let squares: Vec<Vec<f64>> =
            x.iter().map(|chain| chain.iter().map(|x| x * x).collect()).collect();
        let (found, found_square) = (average(x), average(&squares));
        let (error, square_error) = (d::mcse_mean(x).unwrap(), d::mcse_mean(&squares).unwrap());
        let deviation = (found_square - found * found).sqrt();
        compare("mean", found, *mean, error);
        compare("sd", deviation, *sd, d::mcse_sd(x).unwrap());
        compare("published mean", found, published[0], error.hypot(published[1]));
        compare("published square", found_square, square[0], square_error.hypot(square[1]));
        let rhat = d::rhat(x).unwrap();
        if rhat.is_nan() || rhat >= 1.01 {
            faults.push(format!("{name}: R-hat is {rhat}"));
        }
    }
    faults
}

/// The exact values and the published ones are of one posterior.
#[test]
fn the_references_agree() {
    for Reference(name, mean, sd, published, square) in
        EIGHT_SCHOOLS.iter().chain(&MESQUITE).chain(&NES)
    {
        let apart =
            [(mean - published[0]) / published[1], (mean * mean + sd * sd - square[0]) / square[1]];
        assert!(apart.iter().all(|z| z.abs() < 4.0), "{name}: {apart:?}");
    }
}

fn eight_schools(law: EightSchools, trial: Trial) -> Vec<String> {
    let law = law.non_centred();
    let at = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0, 1.0];
    let trace = draws(&law, trial, Place(&at, 1.0, Seed(1)));
    let theta = |j: usize| trace.series(|z| z[8] + z[9].exp() * z[j]);
    let mut parameters: Vec<_> = (0..8).map(theta).collect();
    parameters.extend([trace.variable(8), trace.series(|z| z[9].exp())]);
    faults(&EIGHT_SCHOOLS, &parameters)
}

#[test]
fn eight_schools_without_centres() {
    for trial in [Trial::Adaptive, Trial::Slice(3.0), Trial::Langevin(0.9)] {
        right(trial, &eight_schools(EightSchools::default(), trial));
    }
    // The prior of τ half as wide.
    wrong(&eight_schools(EightSchools::new(5.0, 2.5).unwrap(), Trial::Adaptive));
}

#[track_caller]
fn right(trial: Trial, faults: &[String]) {
    assert!(faults.is_empty(), "{trial:?}: {faults:#?}");
}

/// The negative control: not by R-hat alone.
#[track_caller]
fn wrong(faults: &[String]) {
    assert!(faults.iter().any(|fault| fault.contains("mean is")), "{faults:#?}");
}

/// The numbers of a file under `posteriors`, without its header.
fn columns(file: &str) -> DMatrix<f64> {
    let rows: Vec<Vec<f64>> = file
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|number| number.parse().unwrap()).collect())
        .collect();
    DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j])
}

/// A column of ones and `covariate`.
fn line(covariate: &DVector<f64>) -> DMatrix<f64> {
    DMatrix::from_columns(&[DVector::repeat(covariate.len(), 1.0), covariate.clone()])
}

fn mesquite(coefficients: Prior, trial: Trial) -> Vec<String> {
    let data = columns(include_str!("posteriors/mesquite.csv"));
    let volume = DVector::from_iterator(46, data.row_iter().map(|x| (x[0] * x[1] * x[2]).ln()));
    let weight = data.column(3).map(f64::ln);
    let law = LinearRegression::new(&line(&volume), &weight, coefficients, Prior::Flat).unwrap();
    let trace = draws(&law, trial, Place(&[5.0, 0.7, -0.8], 0.2, Seed(2)));
    let sigma = trace.series(|x| x[2].exp());
    faults(&MESQUITE, &[trace.variable(0), trace.variable(1), sigma])
}

#[test]
fn the_weight_of_mesquite_leaves() {
    for trial in [Trial::Adaptive, Trial::Slice(0.2), Trial::Langevin(0.06)] {
        right(trial, &mesquite(Prior::Flat, trial));
    }
    wrong(&mesquite(Prior::Normal { scale: 1.0 }, Trial::Adaptive));
}

fn nes(prior: Prior, trial: Trial) -> Vec<String> {
    let data = columns(include_str!("posteriors/nes1992.csv"));
    let count = |column: usize| data.column(column).iter().map(|x| *x as u32).collect::<Vec<_>>();
    let income = line(&data.column(0).into_owned());
    let law = LogisticRegression::of_counts(&income, &count(1), &count(2), prior).unwrap();
    let trace = draws(&law, trial, Place(&[-1.4, 0.3], 0.2, Seed(3)));
    faults(&NES, &[trace.variable(0), trace.variable(1)])
}

#[test]
fn the_vote_of_1992_by_income() {
    for trial in [Trial::Adaptive, Trial::Slice(0.3), Trial::Langevin(0.03)] {
        right(trial, &nes(Prior::Flat, trial));
    }
    wrong(&nes(Prior::Normal { scale: 1.0 }, Trial::Adaptive));
}
