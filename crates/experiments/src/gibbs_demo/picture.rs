//! The figures and the report of `gibbs-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::chain::{HEADERS, Sampled};
use super::config::Config;
use crate::drawn;

/// Independent samples drawn behind the path.
const BEHIND: usize = 1_000;
/// Sweeps whose values are drawn against their number.
const TRACED: usize = 400;

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
    ];
    for (name, drawing, caption) in &drawings {
        drawn::keep(run, name, drawing)?;
        report = drawn::show(report, drawing, caption, caption);
    }
    let html = report
        .heading("Numbers")
        .paragraph(
            "The standard error of each estimate takes the autocorrelation of the chain into \
             account; z is the distance from the exact value in standard errors.",
        )
        .table(&HEADERS, &sampled.rows())
        .paragraph(&format!("R-hat (rank-normalised, split): {:.4}.", sampled.rhat()))
        .heading("Again")
        .paragraph("`cargo xtask gibbs-demo --config config.toml` with this `config.toml`:")
        .code(&toml::to_string_pretty(config)?)
        .render();
    run.write("report.html", html)?;
    Ok(())
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
    let value = |variable: usize| {
        let first = config.burn_in + 1;
        (0..length)
            .map(move |t| ((first + t) as f64, sampled.trace.draw(0, t)[variable]))
            .collect::<Vec<_>>()
    };
    let chain = Panel::new("Trace")
        .x("sweep")
        .y("value")
        .with(Layer::line("a", value(0)).width(1.0))
        .with(Layer::line("b", value(1)).width(1.0));
    let lags = sampled.autocorrelations.iter().enumerate().map(|(k, r)| (k as f64, *r));
    let square = config.correlation * config.correlation;
    let exact = (0..sampled.autocorrelations.len()).map(|k| (k as f64, square.powi(k as i32)));
    let correlation = Panel::new("Autocorrelation of a")
        .x("lag k (sweeps)")
        .y("autocorrelation")
        .with(Layer::stems("estimate", lags))
        .with(Layer::line("exact ρ²ᵏ", exact).dots());
    Ok(figure(&[chain, correlation], Layout::row(1200, 440))?)
}
