//! The same estimate from many samples: how far it is off at each size, and how often its interval
//! holds the truth.

use prob_core::Seed;
use prob_core::mle::Observations;
use rayon::prelude::*;

use super::config::Config;
use super::families::TwoParameters;
use super::study::Fit;

/// The half width of a 95 % interval in standard errors.
const WIDE: f64 = 1.959_963_984_540_054;

/// One replication at one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replication {
    pub values: [f64; 2],
    pub errors: [f64; 2],
}

/// The replications at one size.
#[derive(Debug, Clone, PartialEq)]
pub struct AtSize {
    /// Observations of each sample.
    pub n: usize,
    /// In their order; `None` where a sample could not be fitted.
    pub fits: Vec<Option<Replication>>,
    /// For each parameter.
    pub summaries: [Summary; 2],
}

/// What the replications say about one parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Mean estimate less truth.
    pub bias: f64,
    /// Root of the mean square of estimate less truth.
    pub rmse: f64,
    /// Mean of the standard errors that the fits state.
    pub stated: f64,
    /// The part of the 95 % intervals that hold the truth.
    pub coverage: f64,
    /// How many fits that is of.
    pub fits: usize,
}

impl AtSize {
    /// How many samples could not be fitted.
    pub fn failed(&self) -> usize {
        self.fits.iter().filter(|fit| fit.is_none()).count()
    }

    fn new(n: usize, fits: Vec<Option<Replication>>, truth: [f64; 2]) -> Self {
        let summaries = [0, 1].map(|i| Summary::of(&fits, i, truth[i]));
        Self { n, fits, summaries }
    }
}

impl Summary {
    fn of(fits: &[Option<Replication>], i: usize, truth: f64) -> Self {
        let fits: Vec<(f64, f64)> =
            fits.iter().flatten().map(|fit| (fit.values[i] - truth, fit.errors[i])).collect();
        let mean = |of: &dyn Fn(f64, f64) -> f64| {
            fits.iter().map(|(off, error)| of(*off, *error)).sum::<f64>() / fits.len() as f64
        };
        Self {
            bias: mean(&|off, _| off),
            rmse: mean(&|off, _| off * off).sqrt(),
            stated: mean(&|_, error| error),
            coverage: mean(&|off, error| f64::from(u8::from(off.abs() <= WIDE * error))),
            fits: fits.len(),
        }
    }

    /// The standard error of the coverage, a share of independent intervals: by the share that two
    /// more that hold and two more that do not would make (Agresti and Coull), which is not 0 where
    /// all of them hold.
    pub fn coverage_error(&self) -> f64 {
        let fits = self.fits as f64;
        let share = (self.coverage * fits + 2.0) / (fits + 4.0);
        (share * (1.0 - share) / (fits + 4.0)).sqrt()
    }
}

/// Draws and fits the replications of a configuration. Each has a stream of its own; its sample of a
/// size begins with that of the size before.
///
/// # Errors
/// Where the family refuses the parameters.
pub fn replicate<L: TwoParameters>(config: &Config) -> anyhow::Result<Vec<AtSize>> {
    let law = L::with(config.truth())?;
    let sizes = config.sizes();
    let columns: Vec<Vec<Option<Replication>>> = (0..config.replications)
        .into_par_iter()
        .map(|index| {
            let mut rng = Seed(config.seed).stream("replication", index as u64);
            let mut data = Vec::with_capacity(config.largest);
            let mut fit = |n: usize| {
                data.extend((data.len()..n).map(|_| law.sample(&mut rng)));
                estimate::<L>(&data)
            };
            sizes.iter().map(|n| fit(*n)).collect()
        })
        .collect();
    let at = |(k, n): (usize, &usize)| {
        let fits = columns.iter().map(|column| column[k]).collect();
        AtSize::new(*n, fits, config.truth())
    };
    Ok(sizes.iter().enumerate().map(at).collect())
}

fn estimate<L: TwoParameters>(data: &[f64]) -> Option<Replication> {
    let fit = Fit::of(&L::fit(&Observations::new(data).ok()?).ok()?)?;
    let errors = [fit.error(0), fit.error(1)];
    let fine = fit.values.iter().chain(&errors).all(|x| x.is_finite());
    fine.then_some(Replication { values: fit.values, errors })
}

#[cfg(test)]
mod tests {
    use prob_core::{Gamma, Normal};

    use super::{AtSize, Replication, replicate};
    use crate::mle_demo::config::{Choices, Config, Family};

    fn config(family: Family, replications: usize) -> Config {
        let choices = Choices {
            family: Some(family),
            replications: Some(replications),
            largest: Some(1_000),
            ..Choices::default()
        };
        choices.resolve().unwrap()
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let config = config(Family::Gamma, 40);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| replicate::<Gamma>(&config)).unwrap()
        };
        assert_eq!(with(1), with(3));
    }

    /// Of the normal law everything is known: the mean of n has the error σ/√n, the estimate of σ
    /// (n in the denominator) the bias and error of the chi law.
    #[test]
    fn the_normal_law_is_off_as_it_must_be() {
        let study = replicate::<Normal>(&config(Family::Normal, 2_000)).unwrap();
        for AtSize { n, summaries: [mean, sigma], .. } in &study {
            let n = *n as f64;
            // A root mean square of 2,000 is known to 1.6 %; five times that.
            assert!((mean.rmse * n.sqrt() - 1.0).abs() < 0.08, "{n}: {}", mean.rmse);
            let known = (2.0 * n - 1.0).sqrt() / (2.0 * n);
            assert!((sigma.rmse / known - 1.0).abs() < 0.1, "{n}: {} and {known}", sigma.rmse);
            assert!((sigma.bias + 0.75 / n).abs() < 5.0 * known / 2_000f64.sqrt() + 0.2 / (n * n));
        }
        // Student's law says how often ±1.96 σ̂/√n holds the mean of ten: with s² = n σ̂²/(n − 1),
        // |t₉| ≤ 1.96 · √(9/10). scipy 1.17: 2 * stats.t.cdf(1.959964 * 0.9 ** 0.5, 9) - 1
        let ten = study[0].summaries[0];
        assert!((ten.coverage - 0.904_093).abs() < 5.0 * ten.coverage_error(), "{}", ten.coverage);
    }

    #[test]
    fn a_summary_counts_what_could_be_fitted() {
        let fit = |value| Some(Replication { values: [value, 1.0], errors: [1.0, 0.1] });
        let at = AtSize::new(10, vec![fit(1.0), None, fit(4.0)], [2.0, 1.5]);
        assert_eq!(at.failed(), 1);
        let [first, second] = at.summaries;
        assert_eq!((first.bias, first.coverage, first.fits), (0.5, 0.5, 2));
        assert!((first.rmse - 2.5f64.sqrt()).abs() < 1e-15);
        assert_eq!((second.bias, second.rmse, second.coverage), (-0.5, 0.5, 0.0));
        // Of 2 intervals none holds: 2 of 6, √(1/3 · 2/3 / 6).
        assert!((second.coverage_error() - (1.0f64 / 27.0).sqrt()).abs() < 1e-15);
    }
}
