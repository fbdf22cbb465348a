//! The chains, the exact samples beside them, and what they are worth.

use std::fmt::Write;

use mcmc::{Gibbs, Schedule, Trace, diagnostics, gibbs_path, sample_chains};
use prob_core::{MvNormal, Seed};
use rand::distr::Distribution;

use super::config::Config;
use super::estimates::{self, Estimate};
use super::exact::Exact;
use super::listing::{Comparison, Printed};

/// Sweeps whose path is drawn.
const PATH_SWEEPS: usize = 100;
/// From this R-hat on, and below this effective sample size, nothing is concluded.
const CONCLUSIVE: (f64, f64) = (1.01, 400.0);

/// What was sampled and measured.
#[derive(Debug)]
pub struct Sampled {
    /// The draws after burn-in.
    pub trace: Trace,
    /// The law, and what is known of its sweeps.
    pub exact: Exact,
    /// Of each variable, in sweeps, exact.
    pub times: Vec<f64>,
    /// Estimates beside exact values, of all variables.
    pub estimates: Vec<Estimate>,
    /// Two neighbours of which one is the slowest variable: the others are shown less closely.
    pub shown: [usize; 2],
    /// What there is for two variables alone.
    pub plane: Option<Plane>,
    /// The larger R-hat and the smaller effective sample size of all variables; none where the
    /// diagnostics refuse.
    worst: Option<(f64, f64)>,
}

/// What can be drawn in a plane.
#[derive(Debug)]
pub struct Plane {
    /// The path within the first sweeps of the first chain: start, then a point after each update.
    pub path: Vec<[f64; 2]>,
    /// Independent draws of the same law.
    pub independent: Vec<[f64; 2]>,
    /// The lecture's listing as printed, with the same random numbers.
    pub listing: Comparison,
}

impl Sampled {
    /// Runs the chains of a configuration.
    ///
    /// # Errors
    /// Where the draws do not fit into memory, or the law is singular in floating-point numbers.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let exact = Exact::new(config.dimension, config.correlation)?;
        let times = exact.times()?;
        let starts = vec![config.start.clone(); config.chains];
        let draws = config.sweeps - config.burn_in;
        let schedule = Schedule { burn_in: config.burn_in, ..Schedule::keep(draws) };
        let trace = sample_chains(&Gibbs, &exact.law, &starts, schedule, Seed(config.seed))?;
        let trace = trace.with_names(config.names())?;
        let plane = match config.dimension {
            2 => Some(Plane::new(config, &exact.law, &starts, schedule)?),
            _ => None,
        };
        Ok(Self {
            shown: slowest(&times),
            estimates: estimates::all(&trace, &exact, &times),
            worst: worst(&trace),
            plane,
            times,
            exact,
            trace,
        })
    }

    /// The names of the two variables that are shown.
    pub fn names(&self) -> [&str; 2] {
        self.shown.map(|v| self.trace.names()[v].as_str())
    }

    /// What was done, in a line.
    pub fn headline(&self, config: &Config) -> String {
        let chains = match self.trace.chains() {
            1 => "one chain".to_owned(),
            n => format!("{n} chains"),
        };
        let law = match config.dimension {
            2 => format!("a two-dimensional Gaussian with correlation {}", config.correlation),
            n => format!(
                "{n} Gaussian variables, neighbours with correlation {}",
                config.correlation
            ),
        };
        format!(
            "Gibbs sampling of {law}: {chains} of {} sweeps from {}, {} of them burn-in",
            config.sweeps,
            config.start_in_words(),
            config.burn_in
        )
    }

    /// The estimates of the variables that are shown, as cells of a table with
    /// [`HEADERS`](estimates::HEADERS).
    pub fn rows(&self) -> Vec<Vec<String>> {
        self.estimates.iter().filter(|e| e.is_of(self.shown)).map(Estimate::cells).collect()
    }

    /// Of more than two variables: which ones are shown, and how far off all estimates are.
    pub fn others(&self) -> Option<String> {
        if self.trace.variables() == 2 {
            return None;
        }
        let z: Vec<f64> = self.estimates.iter().filter_map(|e| Some(e.z()?.abs())).collect();
        let [a, b] = self.names();
        Some(format!(
            "{a} and {b} are the slowest; of all {} estimates with a standard error the largest |z| is \
             {:.1}",
            z.len(),
            z.iter().copied().fold(0.0, f64::max)
        ))
    }

    /// Why nothing should be concluded from this run, if so.
    pub fn warning(&self) -> Option<String> {
        let Some((rhat, ess)) = self.worst else {
            return Some("inconclusive: no R-hat for a chain that stands still".to_owned());
        };
        (rhat >= CONCLUSIVE.0 || ess < CONCLUSIVE.1).then(|| {
            format!(
                "inconclusive: R-hat is {rhat:.3} (wanted below {}) and the effective sample size \
                 {ess:.0} (wanted {} or more); more --sweeps help",
                CONCLUSIVE.0, CONCLUSIVE.1
            )
        })
    }

    /// The largest R-hat of the variables, in words.
    pub fn rhat(&self) -> String {
        self.worst.map_or_else(|| "none".to_owned(), |(rhat, _)| format!("{rhat:.4}"))
    }

    /// All draws as lines: chain, draw, variables.
    pub fn draws_csv(&self) -> String {
        draws_csv(&self.trace)
    }

    /// The estimates in full precision.
    pub fn summary_csv(&self) -> String {
        let mut text = String::from("quantity,estimate,standard_error,exact\n");
        let cell = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
        for e in &self.estimates {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{},{},{},{}", e.name, cell(e.value), cell(e.error), e.exact);
        }
        text
    }
}

impl Plane {
    fn new(
        config: &Config,
        law: &MvNormal,
        starts: &[Vec<f64>],
        schedule: Schedule,
    ) -> anyhow::Result<Self> {
        let seed = Seed(config.seed);
        // The stream of the first chain: the drawn path is the path of its first sweeps.
        let mut rng = seed.stream("chain", 0);
        let path = gibbs_path(law, config.start.as_slice(), PATH_SWEEPS, &mut rng)?;
        let mut rng = seed.stream("exact", 0);
        let independent = (0..config.sweeps).map(|_| law.sample(&mut rng)).map(|x| [x[0], x[1]]);
        let printed = Printed { rho: config.correlation };
        let printed = sample_chains(&Gibbs, &printed, starts, schedule, seed)?;
        Ok(Self {
            path: path.iter().map(|x| [x[0], x[1]]).collect(),
            independent: independent.collect(),
            listing: Comparison::new(printed, config.correlation),
        })
    }

    /// The first sweeps of the first chain, one point a sweep.
    pub fn first_sweeps(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        self.path.iter().copied().step_by(2)
    }
}

/// All draws of a trace as lines: chain, draw, variables.
fn draws_csv(trace: &Trace) -> String {
    let mut text = format!("chain,draw,{}\n", trace.names().join(","));
    for (i, x) in trace.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{},{}", i / trace.draws(), i % trace.draws());
        x.iter().for_each(|x| {
            let _ = write!(text, ",{x}");
        });
        text.push('\n');
    }
    text
}

/// The variable of the longest autocorrelation time and a neighbour, in their order.
fn slowest(times: &[f64]) -> [usize; 2] {
    let slowest = (1..times.len()).fold(0, |best, v| if times[v] > times[best] { v } else { best });
    let first = slowest.min(times.len().saturating_sub(2));
    [first, first + 1]
}

fn worst(trace: &Trace) -> Option<(f64, f64)> {
    diagnostics::summary(trace).rows().iter().try_fold((0.0f64, f64::INFINITY), |worst, row| {
        let (rhat, bulk, tail) = (&row.r_hat, &row.ess_bulk, &row.ess_tail);
        Some((worst.0.max(rhat.value()?), worst.1.min(bulk.value()?).min(tail.value()?)))
    })
}

#[cfg(test)]
mod tests {
    use super::Sampled;
    use crate::gibbs_demo::config::{Choices, Config};

    fn config(text: &str) -> Config {
        crate::choices::parse::<Choices>(text).unwrap().resolve().unwrap()
    }

    #[test]
    fn the_path_is_that_of_the_chain_and_runs_along_the_axes() {
        let sampled = Sampled::new(&config("burn-in = 0")).unwrap();
        let plane = sampled.plane.as_ref().unwrap();
        for (draw, point) in plane.first_sweeps().skip(1).enumerate() {
            assert_eq!(sampled.trace.draw(0, draw), point);
        }
        let axis = |w: &[[f64; 2]]| (w[0][0] == w[1][0]) ^ (w[0][1] == w[1][1]);
        assert!(plane.path.windows(2).all(axis));
    }

    /// |z| ≤ 5.33 for six quantities: a false-alarm rate of 6e-7.
    #[test]
    fn the_estimates_agree_with_the_exact_values_within_their_errors() {
        let sampled = Sampled::new(&config("")).unwrap();
        let z: Vec<f64> = sampled.estimates.iter().filter_map(|e| e.z()).collect();
        assert_eq!(z.len(), 6);
        assert!(z.iter().all(|z| z.abs() < 5.33), "{z:?}");
        assert_eq!((sampled.warning(), sampled.others()), (None, None));
        let names: Vec<_> = sampled.rows().into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(
            (names.len(), names[0].as_str(), names[11].as_str()),
            (12, "mean a", "effective sample size b")
        );
    }

    /// In five dimensions: 18 quantities with standard errors, |z| ≤ 5.6: 4e-7. Autocorrelation times
    /// from 40,000 draws are within a tenth of the exact ones.
    #[test]
    fn many_variables_agree_with_their_exact_values_too() {
        let sampled =
            Sampled::new(&config("dimension = 5\nchains = 4\ncorrelation = 0.7")).unwrap();
        let z: Vec<f64> = sampled.estimates.iter().filter_map(|e| e.z()).collect();
        assert_eq!(z.len(), 18);
        assert!(z.iter().all(|z| z.abs() < 5.6), "{z:?}");
        let times: Vec<_> = sampled
            .estimates
            .iter()
            .filter(|e| e.name.starts_with("autocorrelation time"))
            .collect();
        assert_eq!(times.len(), 5);
        assert!(times.iter().all(|e| (e.value.unwrap() / e.exact - 1.0).abs() < 0.1), "{times:?}");
        assert_eq!(sampled.rows().len(), 12);
        assert!(sampled.plane.is_none() && sampled.others().is_some());
        assert!(sampled.draws_csv().starts_with("chain,draw,x1,x2,x3,x4,x5\n0,0,"));
    }

    #[test]
    fn a_chain_that_does_not_mix_is_called_so() {
        let sampled = Sampled::new(&config("correlation = 0.9999\nsweeps = 1000")).unwrap();
        assert!(sampled.warning().is_some_and(|w| w.contains("inconclusive")));
    }
}
