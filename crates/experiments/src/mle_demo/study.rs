//! One sample and its fit, looked at closely: estimates, likelihood around them, densities.

use anyhow::Context;
use figures::Surface;
use prob_core::Seed;
use prob_core::mle::{Fitted, Observations};
use rayon::prelude::*;
use terminal::Complaint;

use super::config::Config;
use super::families::TwoParameters;
use super::replications::{AtSize, replicate};

/// Points of the likelihood surface in each direction, of small samples and of large ones.
const POINTS: [usize; 2] = [121, 61];
/// Observations of a small sample at most.
const SMALL: usize = 2_000;
/// How far the surface reaches from the estimate, in standard errors, where the likelihood is a
/// paraboloid.
const REACH: f64 = 3.7;
/// Where the log-likelihood has fallen by so much, the region of 95 % confidence has ended.
const ENDED: f64 = -3.3;
/// Looks at the rim of the surface, and points of each side, while the region reaches over it.
const LOOKS: usize = 5;
const RIM: usize = 25;
/// Where the surface is cut: what lies lower is not worth a colour.
const FLOOR: f64 = -10.0;
/// Points of a density.
const CURVE: usize = 300;

/// All that is computed.
#[derive(Debug, Clone)]
pub struct Study {
    /// The names of the parameters.
    pub names: [&'static str; 2],
    /// Their true values.
    pub truth: [f64; 2],
    /// The observations of the sample.
    pub data: Vec<f64>,
    /// What was estimated from it.
    pub fit: Fit,
    /// `F⁻¹`: the bound of Cramér and Rao for the covariance, times the number of observations.
    pub bound: [[f64; 2]; 2],
    /// The log-likelihood of the sample, less its largest value.
    pub surface: Surface,
    /// `x`, density of the fitted law, density of the true one.
    pub densities: Vec<[f64; 3]>,
    /// The replications at each size.
    pub sizes: Vec<AtSize>,
}

/// The estimates from one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub values: [f64; 2],
    pub covariance: [[f64; 2]; 2],
    pub log_likelihood: f64,
    pub aic: f64,
    pub bic: f64,
}

impl Fit {
    /// From a fit with a covariance; `None` of one that has none.
    pub fn of<L>(fitted: &Fitted<L>) -> Option<Self> {
        let covariance = fitted.covariance.as_ref().filter(|c| c.shape() == (2, 2))?;
        let [a, b] = &fitted.estimates[..] else { return None };
        Some(Self {
            values: [a.value, b.value],
            covariance: [0, 1].map(|i| [0, 1].map(|j| covariance[(i, j)])),
            log_likelihood: fitted.log_likelihood,
            aic: fitted.aic(),
            bic: fitted.bic(),
        })
    }

    /// The standard error of a parameter.
    pub fn error(&self, i: usize) -> f64 {
        self.covariance[i][i].sqrt()
    }
}

impl Study {
    /// The smallest standard deviation that an unbiased estimate of a parameter from `n` observations
    /// can have (`eq:cramer-rao`).
    pub fn bound(&self, i: usize, n: usize) -> f64 {
        (self.bound[i][i] / n as f64).sqrt()
    }
}

/// Draws and fits the sample of a configuration, and its replications.
///
/// # Errors
/// Where the family refuses the parameters, or the sample cannot be fitted.
pub fn study<L: TwoParameters>(config: &Config) -> anyhow::Result<Study> {
    let truth = config.truth();
    let law = L::with(truth)?;
    let mut rng = Seed(config.seed).stream("data", 0);
    let data: Vec<f64> = (0..config.size).map(|_| law.sample(&mut rng)).collect();
    let refused = || {
        Complaint::new(format!("the {} law cannot be fitted to this sample", config.family.name()))
            .hint("more observations with --size N, or another --seed")
    };
    let fitted = L::fit(&Observations::new(&data)?).with_context(refused)?;
    let fit = Fit::of(&fitted).with_context(refused)?;
    let [first, second, ..] = L::PARAMETERS else { anyhow::bail!("a law without two parameters") };
    Ok(Study {
        names: [first, second],
        truth,
        surface: surface::<L>(&data, &fit, truth)?,
        densities: densities(&law, &fitted.law, &data),
        bound: inverse(L::information(truth)),
        sizes: replicate::<L>(config)?,
        data,
        fit,
    })
}

/// The inverse of a symmetric matrix.
fn inverse([[a, b], [_, d]]: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let determinant = a * d - b * b;
    [[d / determinant, -b / determinant], [-b / determinant, a / determinant]]
}

/// The log-likelihood around the estimate, less its value there.
fn surface<L: TwoParameters>(data: &[f64], fit: &Fit, truth: [f64; 2]) -> anyhow::Result<Surface> {
    let points = POINTS[usize::from(data.len() > SMALL)];
    let [x, y] = sides::<L>(data, fit, truth)?.map(|side| spread(side, points));
    let rows: Result<Vec<Vec<f64>>, prob_core::Error> = y
        .par_iter()
        .map(|b| {
            let mut each = vec![0.0; data.len()];
            x.iter().map(|a| drop::<L>([*a, *b], data, fit, &mut each)).collect()
        })
        .collect();
    let z = rows?.concat();
    Ok(Surface::new(x, y, z))
}

/// The log-likelihood of parameters, less that of the estimate.
fn drop<L: TwoParameters>(
    parameters: [f64; 2],
    data: &[f64],
    fit: &Fit,
    each: &mut [f64],
) -> Result<f64, prob_core::Error> {
    L::with(parameters)?.log_prob_into(data, each);
    Ok((each.iter().sum::<f64>() - fit.log_likelihood).max(FLOOR))
}

fn spread([lower, upper]: [f64; 2], points: usize) -> Vec<f64> {
    let part = |k: usize| k as f64 / (points - 1) as f64;
    (0..points).map(|k| lower + (upper - lower) * part(k)).collect()
}

/// The range of each parameter that shows the region of 95 % confidence and the truth: of a few
/// observations of a skew law it reaches further than the standard errors say.
fn sides<L: TwoParameters>(
    data: &[f64],
    fit: &Fit,
    truth: [f64; 2],
) -> Result<[[f64; 2]; 2], prob_core::Error> {
    let least = [0, 1].map(|i| match L::POSITIVE[i] {
        true => 0.02 * fit.values[i].min(truth[i]),
        false => f64::NEG_INFINITY,
    });
    let mut sides = [0, 1].map(|i| {
        let (centre, error) = (fit.values[i], fit.error(i));
        let lower = (centre - REACH * error).min(truth[i] - error).max(least[i]);
        [lower, (centre + REACH * error).max(truth[i] + error)]
    });
    let mut each = vec![0.0; data.len()];
    for _ in 0..LOOKS {
        let mut grown = sides;
        for (i, end) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let mut highest = f64::NEG_INFINITY;
            for other in spread(sides[1 - i], RIM) {
                let mut at = [other; 2];
                at[i] = sides[i][end];
                highest = highest.max(drop::<L>(at, data, fit, &mut each)?);
            }
            if highest > ENDED {
                let more = 0.3 * (sides[i][1] - sides[i][0]);
                let moved = if end == 0 { sides[i][0] - more } else { sides[i][1] + more };
                grown[i][end] = moved.max(least[i]);
            }
        }
        if grown == sides {
            break;
        }
        sides = grown;
    }
    Ok(sides)
}

/// Both densities where there are data or could be.
fn densities<L: TwoParameters>(law: &L, fitted: &L, data: &[f64]) -> Vec<[f64; 3]> {
    let (mut lower, mut upper) = (law.quantile(0.001), law.upper_quantile(0.001));
    for x in data {
        (lower, upper) = (lower.min(*x), upper.max(*x));
    }
    let x = |i: usize| lower + (upper - lower) * i as f64 / (CURVE - 1) as f64;
    (0..CURVE).map(x).map(|x| [x, fitted.prob(x), law.prob(x)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{POINTS, REACH, inverse};
    use crate::mle_demo::config::{Choices, Config, Family};
    use crate::mle_demo::families::study;

    fn config(family: Family) -> Config {
        Choices { family: Some(family), ..Choices::smoke() }.resolve().unwrap()
    }

    #[test]
    fn the_surface_is_highest_at_the_estimate_and_falls_as_the_information_says() {
        for family in [Family::Normal, Family::Gamma, Family::Beta, Family::Weibull] {
            let study = study(&Config { size: 5_000, ..config(family) }).unwrap();
            let highest = study.surface.values().iter().copied().fold(f64::NEG_INFINITY, f64::max);
            assert!(highest <= 1e-9 && highest > -0.01, "{family:?}: {highest}");
            // Many observations make it a paraboloid, whose 95 % region is an ellipse of the area
            // 5.99 π √det: in standard errors, counted in cells of the grid.
            let [[v, c], [_, w]] = study.fit.covariance;
            let ellipse = 5.991_464_547 * std::f64::consts::PI * (1.0 - c * c / (v * w)).sqrt();
            let above = study.surface.values().iter().filter(|z| **z > -5.991_464_547 / 2.0);
            let cell = 2.0 * REACH / (POINTS[1] - 1) as f64;
            let area = above.count() as f64 * cell * cell;
            assert!((area / ellipse - 1.0).abs() < 0.05, "{family:?}: {area} and {ellipse}");
        }
    }

    /// Ten observations of a skew law: the region of 95 % confidence reaches over 3.7 standard errors,
    /// and the surface over the region.
    #[test]
    fn the_surface_shows_the_whole_region_of_a_small_sample() {
        let parameters = vec![0.2, 1.0];
        let config = Config { size: 10, parameters, ..config(Family::Gamma) };
        let study = study(&config).unwrap();
        let ((_, _), (_, top)) = study.surface.corners().unwrap();
        assert!(top > study.fit.values[1] + 1.3 * REACH * study.fit.error(1), "{top}");
        let values = study.surface.values();
        let upper = &values[values.len() - POINTS[0]..];
        assert!(upper.iter().all(|z| *z < -5.991_464_547 / 2.0));
    }

    #[test]
    fn the_same_seed_gives_the_same_study_and_another_one_another() {
        let config = config(Family::Gamma);
        let first = study(&config).unwrap();
        let again = study(&config).unwrap();
        assert_eq!((&again.data, again.fit), (&first.data, first.fit));
        assert_ne!(study(&Config { seed: 2, ..config }).unwrap().fit, first.fit);
    }

    /// |z| ≤ 5.3 for two parameters of five families: a false-alarm rate of 1e-6.
    #[test]
    fn estimates_lie_within_their_errors_of_the_truth() {
        let families =
            [Family::Normal, Family::Gamma, Family::Weibull, Family::Beta, Family::Logistic];
        for family in families {
            let study = study(&Config { size: 2_000, ..config(family) }).unwrap();
            for i in 0..2 {
                let z = (study.fit.values[i] - study.truth[i]) / study.fit.error(i);
                assert!(z.abs() < 5.3, "{family:?} {}: {z}", study.names[i]);
                let ratio = study.fit.error(i) / study.bound(i, 2_000);
                assert!((0.8..1.25).contains(&ratio), "{family:?} {}: {ratio}", study.names[i]);
            }
        }
    }

    #[test]
    fn an_inverse_times_its_matrix_is_one() {
        let (m, n) = ([[2.0, 0.5], [0.5, 1.0]], inverse([[2.0, 0.5], [0.5, 1.0]]));
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let product: f64 = (0..2).map(|k| m[i][k] * n[k][j]).sum();
            assert!((product - f64::from(u8::from(i == j))).abs() < 1e-15);
        }
    }
}
