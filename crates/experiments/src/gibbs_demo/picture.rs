//! The figures and the report of `gibbs-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::chain::{HEADERS, Sampled};
use super::config::Config;
use crate::{chain_panels, demonstration, drawn};

/// Independent samples drawn behind the path.
const BEHIND: usize = 1_000;
/// Sweeps whose values are drawn against their number.
const TRACED: usize = 400;
/// Lags at which the autocorrelation is drawn.
const LAGS: usize = 30;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, sampled: &Sampled) -> anyhow::Result<()> {
    let title = "Gibbs sampling of a two-dimensional Gaussian";
    let subtitle = format!(
        "correlation {}, {} sweeps from ({}, {}), {} of them burn-in, chains: {}, seed {}",
        config.correlation,
        config.sweeps,
        config.start[0],
        config.start[1],
        config.burn_in,
        config.chains,
        config.seed
    );
    let mut report = Report::new(title, &subtitle).paragraph(
        "Each update draws one variable from its law given the other, \
         `a | b ~ N(ρ b, 1 − ρ²)`, so that every piece of the path runs along an axis. Seen once a \
         sweep, each variable is an autoregression with coefficient `ρ²`: that gives the exact \
         autocorrelations, autocorrelation time `(1 + ρ²) / (1 − ρ²)` and effective sample size \
         beside which the estimates stand.",
    );
    if let Some(warning) = sampled.warning() {
        report = report.paragraph(&warning);
    }
    let drawings = [
        (
            "path",
            path(config, sampled)?,
            "Exact samples and the first 100 Gibbs samples, with the path \
          that leads to them from the start. The ellipses hold 50 % and 95 % of the law.",
        ),
        (
            "panels",
            panels(sampled)?,
            "The law itself, by independent samples; the path of the first 100 \
          sweeps; all Gibbs samples after burn-in.",
        ),
        (
            "trace",
            trace(config, sampled)?,
            "Left: the first sweeps of the first chain. Right: the \
          autocorrelation of a per sweep beside the exact ρ²ᵏ.",
        ),
        (
            "ranks",
            ranks(config, sampled)?,
            "Rank plots: where the draws of each chain (of the two halves, where there is one chain) \
             stand among all draws. Chains that sample one law share the ranks evenly, within the grey \
             band; draws nearer than the autocorrelation time are left out.",
        ),
        (
            "pairs",
            pairs(config, sampled)?,
            "Pair plot of the draws after burn-in: histograms beside the exact densities, and both \
             variables with the ellipse that holds 95 % of the law.",
        ),
    ];
    let report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .paragraph(
            "The standard error of each estimate takes the autocorrelation of the chain into \
             account; z is the distance from the exact value in standard errors.",
        )
        .table(&HEADERS, &sampled.rows())
        .paragraph(&format!("R-hat (rank-normalised, split): {:.4}.", sampled.rhat()));
    demonstration::report(run, "gibbs-demo", config, report)
}

fn tuples(points: impl IntoIterator<Item = [f64; 2]>) -> Vec<(f64, f64)> {
    points.into_iter().map(|[a, b]| (a, b)).collect()
}

/// The range of both axes: the law, and the path where it is longer.
fn reach(sampled: &Sampled) -> f64 {
    let all = sampled.path.iter().chain(sampled.exact.iter().take(BEHIND)).flatten();
    1.05 * all.fold(3.5f64, |most, x| most.max(x.abs()))
}

fn path(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let rho = config.correlation;
    let ellipse = |probability| {
        Layer::ellipse("", [0.0, 0.0], [[1.0, rho], [rho, 1.0]], probability).colour(Colour::GREY)
    };
    let exact = tuples(sampled.exact.iter().copied().take(BEHIND));
    let start = (config.start[0], config.start[1]);
    let most = reach(sampled);
    let panel = Panel::new("")
        .x("a")
        .y("b")
        .x_range(-most, most)
        .y_range(-most, most)
        .equal_aspect()
        .with(Layer::points("exact samples", exact).colour(Colour::GREY).size(3.5).opacity(0.8))
        .with(ellipse(0.5))
        .with(ellipse(0.95))
        .with(Layer::line("path", tuples(sampled.path.iter().copied())).width(1.0))
        .with(Layer::points("Gibbs samples", tuples(sampled.first_sweeps().skip(1))).size(6.0))
        .with(Layer::points("start", [start]).marker(Marker::Diamond).size(13.0));
    Ok(figure(&[panel], Layout::row(820, 800))?)
}

fn panels(sampled: &Sampled) -> anyhow::Result<Rendered> {
    let most = reach(sampled);
    let panel = |title: &str, layer: Layer| {
        Panel::new(title)
            .x("a")
            .y("b")
            .x_range(-most, most)
            .y_range(-most, most)
            .equal_aspect()
            .no_legend()
            .with(layer)
    };
    let small = |layer: Layer| layer.size(2.5).opacity(0.25);
    let all = sampled.trace.iter().take(sampled.exact.len()).map(|x| [x[0], x[1]]);
    let panels = [
        panel("original p(a, b)", small(Layer::points("", tuples(sampled.exact.iter().copied())))),
        panel("path", Layer::line("", tuples(sampled.path.iter().copied())).width(1.0)),
        panel("Gibbs samples", small(Layer::points("", tuples(all)))),
    ];
    Ok(figure(&panels, Layout::row(1400, 520).shared_axes())?)
}

fn trace(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let length = TRACED.min(sampled.trace.draws());
    let value = |v: usize| (0..length).map(|t| sampled.trace.draw(0, t)[v]).collect::<Vec<_>>();
    let chain =
        chain_panels::trace("Trace", &[("a", value(0)), ("b", value(1))], config.burn_in + 1);
    let square = config.correlation * config.correlation;
    let exact = |k: usize| square.powi(k as i32);
    let a = sampled.trace.variable(0);
    let correlation =
        chain_panels::autocorrelation("Autocorrelation of a", &a, LAGS, Some(&exact))?
            .x("lag k (sweeps)");
    Ok(figure(&[chain.x("sweep"), correlation], Layout::row(1200, 440))?)
}

fn ranks(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let square = config.correlation * config.correlation;
    let every = ((1.0 + square) / (1.0 - square)).ceil() as usize;
    let panel = |title: &str, v| chain_panels::ranks(title, &sampled.trace.variable(v), every);
    Ok(figure(&[panel("Ranks of a", 0), panel("Ranks of b", 1)], Layout::row(1200, 440))?)
}

fn pairs(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let rho = config.correlation;
    let all = |v: usize| sampled.trace.variable(v).concat();
    let normal = |x: f64| (x, (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt());
    let panels =
        chain_panels::pairs(&[("a".to_owned(), all(0)), ("b".to_owned(), all(1))], |p, i, j| {
            if i == j {
                let curve = (-40..=40).map(|k| normal(0.1 * f64::from(k)));
                return p.with(Layer::line("", curve).colour(Colour::VERMILION));
            }
            p.with(
                Layer::ellipse("", [0.0; 2], [[1.0, rho], [rho, 1.0]], 0.95)
                    .colour(Colour::VERMILION),
            )
        });
    Ok(figure(&panels, Layout::row(800, 760).columns(2))?)
}
