//! The chains of each scale, and what they are worth.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::time::Instant;

use mcmc::{Error, MetropolisHastings, RandomWalk, Schedule, Trace, diagnostics, sample_chains};
use prob_core::Seed;

use super::config::Config;
use super::law::Law;

/// The distance of the starts from the centre.
const FAR: f64 = 4.0;
/// Scales at which efficiency is measured: a decade has so many, from 0.01 to 100.
const A_DECADE: i32 = 6;
/// Draws of each chain there.
const SWEPT: usize = 10_000;

/// The columns of the table of [`Study::rows`].
pub const HEADERS: [&str; 8] =
    ["scale", "accepted", "exact", "τ of a", "ESS", "ESS/s", "R-hat", "the scale is"];
/// The columns of the table of [`Study::estimate_rows`].
pub const ESTIMATE_HEADERS: [&str; 6] =
    ["scale", "quantity", "estimate", "standard error", "exact", "z"];

/// Chains at each of the chosen scales, and how acceptance and efficiency depend on the scale.
#[derive(Debug)]
pub struct Study {
    /// The law.
    pub law: Law,
    /// The chosen scales.
    pub scales: Vec<AtScale>,
    /// Scales from small to large, with chains that start from exact draws.
    pub sweep: Vec<Swept>,
    /// Where the first chain of each scale starts.
    pub start: (f64, f64),
}

/// Chains with one scale.
#[derive(Debug)]
pub struct AtScale {
    /// The standard deviation of the proposal.
    pub scale: f64,
    /// All steps, burn-in too.
    pub first: Trace,
    /// The draws after burn-in.
    pub trace: Trace,
    /// 1 for each draw whose step was accepted, 0 for the others.
    pub moved: Vec<Vec<f64>>,
    /// The share of accepted proposals.
    pub accepted: f64,
    /// Its expectation, where it is known.
    pub exact: Option<f64>,
    /// The autocorrelation time of a; none where the chain is too short for it.
    pub time: Option<f64>,
    /// The effective sample size for the mean of a.
    pub ess: Option<f64>,
    /// The larger R-hat.
    pub rhat: Option<f64>,
    /// The smallest effective sample size, of both variables in bulk and tails.
    pub least: Option<f64>,
    /// How long the steps took, in seconds of the clock.
    pub seconds: f64,
    /// Estimates: name, value, standard error, exact value.
    pub estimates: Vec<(&'static str, f64, Option<f64>, f64)>,
}

/// Acceptance and efficiency at one of many scales.
#[derive(Debug, Clone, Copy)]
pub struct Swept {
    /// The scale.
    pub scale: f64,
    /// The share of accepted proposals.
    pub accepted: f64,
    /// Its expectation, where it is known.
    pub exact: Option<f64>,
    /// Effective draws of a per 1,000 steps; none for chains that stand still.
    pub efficiency: Option<f64>,
}

impl Study {
    /// Runs the chains of a configuration. All scales have the same random numbers: what differs
    /// between them is the scale alone.
    ///
    /// # Errors
    /// Where the draws do not fit into memory.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let law = Law::new(config)?;
        let seed = Seed(config.seed);
        let run = |scale, starts: &[Vec<f64>], draws| -> Result<(Trace, f64), Error> {
            let kernel = MetropolisHastings::new(RandomWalk::new(scale)?);
            let began = Instant::now();
            let trace = sample_chains(&kernel, &law, starts, draws, seed)?;
            Ok((trace, began.elapsed().as_secs_f64()))
        };
        let far = starts(config.chains);
        // Of the law from the first step on, so that the expected acceptance is that of every step.
        let mut rng = seed.stream("exact", 0);
        let drawn: Vec<Vec<f64>> = (0..config.chains).map(|_| law.draw(&mut rng)).collect();
        let at = |scale: &f64| -> anyhow::Result<AtScale> {
            let (all, seconds) = run(*scale, &far, Schedule::keep(config.burn_in + config.draws))?;
            Ok(AtScale::new(*scale, &law, all, config.burn_in, seconds)?)
        };
        let swept = |i: i32| -> anyhow::Result<Swept> {
            let scale = 10f64.powf(f64::from(i) / f64::from(A_DECADE));
            let (trace, _) = run(scale, &drawn, Schedule::keep(SWEPT))?;
            let steps = (trace.chains() * trace.draws()) as f64;
            let ess = diagnostics::ess_mean(&trace.variable(0)).ok();
            Ok(Swept {
                scale,
                accepted: accepted(&trace),
                exact: law.expected_acceptance(scale),
                efficiency: ess.map(|ess| 1e3 * ess / steps),
            })
        };
        Ok(Self {
            scales: config.scales.iter().map(at).collect::<Result<_, _>>()?,
            sweep: (-2 * A_DECADE..=2 * A_DECADE).map(swept).collect::<Result<_, _>>()?,
            start: far.first().map_or((0.0, 0.0), |x| (x[0], x[1])),
            law,
        })
    }

    /// What each scale is worth, as cells of a table with [`HEADERS`].
    pub fn rows(&self) -> Vec<Vec<String>> {
        let dash = || "–".to_owned();
        let row = |s: &AtScale| {
            vec![
                s.scale.to_string(),
                percent(s.accepted),
                s.exact.map_or_else(dash, percent),
                s.time.map_or_else(dash, |t| format!("{t:.1}")),
                s.ess.map_or_else(dash, |e| format!("{e:.0}")),
                s.ess.map_or_else(dash, |e| format!("{:.1e}", e / s.seconds)),
                s.rhat.map_or_else(dash, |r| format!("{r:.3}")),
                s.verdict().to_owned(),
            ]
        };
        self.scales.iter().map(row).collect()
    }

    /// Estimates beside exact values, as cells of a table with [`ESTIMATE_HEADERS`].
    pub fn estimate_rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for s in &self.scales {
            for (name, value, error, exact) in &s.estimates {
                let z = error.map(|e| format!("{:+.1}", (value - exact) / e));
                let error = error.map(|e| format!("{e:.4}"));
                // Rounded first: there is no −0.0.
                let four = |x: f64| format!("{:.4}", (1e4 * x).round() / 1e4 + 0.0);
                let (value, exact) = (four(*value), four(*exact));
                let (error, z) = (error.unwrap_or_default(), z.unwrap_or_default());
                rows.push(vec![s.scale.to_string(), (*name).to_owned(), value, error, exact, z]);
            }
        }
        rows
    }

    /// The scales whose numbers nobody should believe, if there are any.
    pub fn warning(&self) -> Option<String> {
        let bad = |s: &&AtScale| !s.conclusive();
        let scales: Vec<String> =
            self.scales.iter().filter(bad).map(|s| s.scale.to_string()).collect();
        (!scales.is_empty()).then(|| {
            format!(
                "inconclusive at scale {}: R-hat of 1.01 or more, or fewer than 400 effective draws in bulk or tails",
                scales.join(" and ")
            )
        })
    }

    /// The best of many scales, and its effective draws per 1,000 steps.
    pub fn best(&self) -> Option<(f64, f64)> {
        let known = self.sweep.iter().filter_map(|s| Some((s.scale, s.efficiency?)));
        known.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// All draws as lines: scale, chain, draw, a, b, whether the proposal was accepted.
    pub fn draws_csv(&self) -> String {
        let mut text = String::from("scale,chain,draw,a,b,accepted\n");
        for s in &self.scales {
            for (i, x) in s.trace.iter().enumerate() {
                let (chain, draw) = (i / s.trace.draws(), i % s.trace.draws());
                let moved = s.moved[chain][draw];
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{},{chain},{draw},{},{},{moved}", s.scale, x[0], x[1]);
            }
        }
        text
    }

    /// Acceptance and efficiency over the scale.
    pub fn sweep_csv(&self) -> String {
        let mut text = String::from("scale,accepted,expected,effective_draws_per_1000\n");
        for s in &self.sweep {
            let cell = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
            let (exact, efficiency) = (cell(s.exact), cell(s.efficiency));
            let _ = writeln!(text, "{},{},{exact},{efficiency}", s.scale, s.accepted);
        }
        text
    }
}

impl AtScale {
    fn new(
        scale: f64,
        law: &Law,
        first: Trace,
        burn_in: usize,
        seconds: f64,
    ) -> Result<Self, Error> {
        let trace = after(&first, burn_in)?;
        let mut moved = first.statistic("accepted").unwrap_or_default();
        moved.iter_mut().for_each(|chain| drop(chain.drain(..burn_in)));
        let draws = (trace.chains() * trace.draws()) as f64;
        let (a, b) = (trace.variable(0), trace.variable(1));
        let (mean, covariance) = (trace.mean(), trace.covariance());
        let [first_variance, _, product] = law.moments();
        let rhat = [&a, &b].map(|x| diagnostics::rhat(x).ok());
        let sizes = [&a, &b]
            .map(|x| Some(diagnostics::ess_bulk(x).ok()?.min(diagnostics::ess_tail(x).ok()?)));
        Ok(Self {
            scale,
            accepted: moved.iter().flatten().sum::<f64>() / draws,
            moved,
            exact: law.expected_acceptance(scale),
            time: diagnostics::autocorrelation_time(&a).ok(),
            ess: diagnostics::ess_mean(&a).ok(),
            rhat: rhat[0].zip(rhat[1]).map(|(a, b)| a.max(b)),
            least: sizes[0].zip(sizes[1]).map(|(a, b)| a.min(b)),
            seconds,
            estimates: vec![
                ("mean of a", mean[0], diagnostics::mcse_mean(&a).ok(), 0.0),
                (
                    "variance of a",
                    covariance[(0, 0)],
                    diagnostics::mcse_covariance(&a, &a).ok(),
                    first_variance,
                ),
                (
                    "covariance",
                    covariance[(0, 1)],
                    diagnostics::mcse_covariance(&a, &b).ok(),
                    product,
                ),
            ],
            first,
            trace,
        })
    }

    /// Whether the diagnostics let one conclude anything.
    fn conclusive(&self) -> bool {
        self.rhat.is_some_and(|r| r < 1.01) && self.least.is_some_and(|e| e >= 400.0)
    }

    /// What the scale is, in words.
    pub fn verdict(&self) -> &'static str {
        match self.accepted {
            a if a > 0.7 => "too small",
            a if a < 0.1 => "too large",
            _ => "right",
        }
    }
}

/// A share in percent, small ones with two digits.
pub fn percent(share: f64) -> String {
    match 100.0 * share {
        p if p > 0.0 && p < 0.01 => format!("{p:.1e} %"),
        p if p < 1.0 => format!("{p:.2} %"),
        p => format!("{p:.1} %"),
    }
}

/// The share of accepted proposals of all chains.
fn accepted(trace: &Trace) -> f64 {
    let each = trace.acceptance().unwrap_or_default();
    each.iter().sum::<f64>() / each.len().max(1) as f64
}

/// The trace without its first draws; what the kernel told goes with them.
fn after(trace: &Trace, burn_in: usize) -> Result<Trace, Error> {
    let (chains, draws, variables) = (trace.chains(), trace.draws() - burn_in, trace.variables());
    let kept = |c: usize| trace.chain(c)[burn_in * variables..].iter().copied();
    Trace::new(chains, draws, variables, (0..chains).flat_map(kept).collect())
}

/// Around the centre, all at one distance: far from the law, and from each other.
fn starts(chains: usize) -> Vec<Vec<f64>> {
    let at = |i: usize| {
        let (sin, cos) = (TAU * (i as f64 / chains as f64 + 0.125)).sin_cos();
        vec![FAR * cos, -FAR * sin]
    };
    (0..chains).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::Study;
    use crate::metropolis_demo::config::{Choices, Target};

    /// At the right scale every estimate is within 5.33 standard errors (three at 5e-7 together), and
    /// the acceptance within 5.5 binomial errors, widened by the autocorrelation time of less than 20.
    #[test]
    fn the_right_scale_agrees_with_exact_values_and_the_others_are_called_inconclusive() {
        let study = Study::new(&Choices::default().resolve().unwrap()).unwrap();
        let right = &study.scales[1];
        for (name, value, error, exact) in &right.estimates {
            assert!(((value - exact) / error.unwrap()).abs() < 5.33, "{name} {value} {error:?}");
        }
        let exact = right.exact.unwrap();
        let error = (exact * (1.0 - exact) * 20.0 / 40_000.0).sqrt();
        assert!((right.accepted - exact).abs() < 5.5 * error, "{}", right.accepted);
        assert!(
            right.conclusive() && !study.scales[0].conclusive() && !study.scales[2].conclusive()
        );
        let warning = study.warning().unwrap();
        assert!(warning.contains("0.1 and 20"), "{warning}");
        let (scale, _) = study.best().unwrap();
        assert!((0.8..4.0).contains(&scale), "{scale}");
    }

    /// |z| ≤ 5.33 for three quantities of the bent law.
    #[test]
    fn the_banana_agrees_with_its_moments() {
        let choices = Choices { target: Some(Target::Banana), ..Choices::default() };
        let choices = Choices { scales: Some(vec![1.7]), draws: Some(40_000), ..choices };
        let study = Study::new(&choices.resolve().unwrap()).unwrap();
        for (name, value, error, exact) in &study.scales[0].estimates {
            assert!(((value - exact) / error.unwrap()).abs() < 5.33, "{name} {value} {error:?}");
        }
        assert_eq!(study.scales[0].estimates[1].3, 4.0);
    }

    #[test]
    fn tables_and_files_have_a_row_for_each_thing() {
        let study = Study::new(&Choices::smoke().resolve().unwrap()).unwrap();
        assert_eq!((study.rows().len(), study.estimate_rows().len()), (3, 9));
        assert_eq!(study.draws_csv().lines().count(), 1 + 3 * 4 * 1_000);
        assert_eq!(study.sweep_csv().lines().count(), 1 + 25);
    }
}
