//! The figures and the report of `metropolis-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::chains::{AtScale, ESTIMATE_HEADERS, HEADERS, Study, percent};
use super::config::Config;
use super::law::Law;
use crate::{chain_panels, demonstration, drawn};

/// Steps of a trace and of a path that are drawn, from the start on.
const TRACED: usize = 1_000;
const PATH: usize = 300;
/// Lags at which the autocorrelation is drawn.
const LAGS: usize = 60;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, study: &Study) -> anyhow::Result<()> {
    let subtitle = format!(
        "{}; chains: {}, draws of each: {}, burn-in {}, seed {}",
        study.law.words(),
        config.chains,
        config.draws,
        config.burn_in,
        config.seed
    );
    let mut report = Report::new("Metropolis: the scale of the proposal", &subtitle).paragraph(
        "A random walk proposes to move both variables by independent normal steps, and the step is \
         accepted with probability `min(1, p(new) / p(old))`. Any scale is right in the long run. Small \
         steps are nearly always accepted and lead nowhere; large ones are nearly always refused. In \
         between the chain forgets soonest: in d dimensions near `2.4 / √d` standard deviations, with an \
         acceptance of about a third for two (Gelman, Roberts and Gilks 1996). All scales use the same \
         random numbers.",
    );
    if let Some(warning) = study.warning() {
        report = report.paragraph(&format!("{warning}."));
    }
    let drawings = [
        (
            "traces",
            traces(study)?,
            "The variable a over the first 1,000 steps of the first chain, from its start outside the law; \
             the grey lines hold 95 % of the law. Too small: it wanders. Right: it crosses the law all the \
             time. Too large: it stands still, and then jumps.",
        ),
        (
            "paths",
            paths(study)?,
            "The first 300 steps of the first chain in the plane, with the edge of a region that holds 95 % \
             of the law, and the start.",
        ),
        (
            "autocorrelation",
            autocorrelations(study)?,
            "The autocorrelation of a. Grey: where 95 % of the estimates lie if nothing is correlated from \
             that lag on (Bartlett's formula).",
        ),
        (
            "ranks",
            ranks(study)?,
            "Rank plots: where the draws of each chain stand among those of all chains of the same scale. \
             Chains that sample one law share the ranks evenly, within the grey band, which holds all bars \
             at once in 95 % of runs with independent draws. For all scales only draws so far apart count \
             as is enough for the best of them.",
        ),
        (
            "pairs",
            pairs(study)?,
            "Pair plot of the best of these scales: histograms beside the exact densities, the draws with \
             the edge of a region that holds 95 % of the law, and the estimated correlation.",
        ),
        (
            "efficiency",
            efficiency(study)?,
            "Left: accepted proposals over the scale, beside their exact expectation. Right: what 1,000 \
             steps are worth; for scales where the chains are too short, these numbers are too large. The \
             diamonds are the scales of this run.",
        ),
    ];
    let report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .paragraph(
            "Accepted proposals beside their exact expectation; the autocorrelation time τ in steps, \
             missing where the chains are shorter than 50 of it; the effective sample size, for all chains \
             together and a second on the clock of this machine; R-hat, wanted below 1.01.",
        )
        .table(&HEADERS, &study.rows())
        .table(&ESTIMATE_HEADERS, &study.estimate_rows())
        .paragraph(&format!("{}.", super::conclusion(study)));
    demonstration::report(run, "metropolis-demo", config, report)
}

/// A title for each scale.
fn title(s: &AtScale) -> String {
    format!("scale {}, {} accepted", s.scale, percent(s.accepted))
}

/// Rows of at most three.
fn layout(study: &Study, height: u32) -> Layout {
    let columns = study.scales.len().min(3);
    let rows = study.scales.len().div_ceil(columns);
    Layout::row(80 + 440 * columns as u32, height * rows as u32).columns(columns)
}

fn traces(study: &Study) -> anyhow::Result<Rendered> {
    let panel = |s: &AtScale| {
        let length = TRACED.min(s.first.draws());
        let a: Vec<f64> = (0..length).map(|t| s.first.draw(0, t)[0]).collect();
        let half = 1.96 * study.law.moments()[0].sqrt();
        let edge = |y| Layer::horizontal("", y).colour(Colour::GREY).dashed();
        chain_panels::trace(&title(s), &[("", a)], 1)
            .y("a")
            .with(edge(-half))
            .with(edge(half))
            .no_legend()
    };
    let panels: Vec<Panel> = study.scales.iter().map(panel).collect();
    Ok(figure(&panels, layout(study, 400).shared_axes())?)
}

fn paths(study: &Study) -> anyhow::Result<Rendered> {
    let path = |s: &AtScale| {
        let point = |t: usize| (s.first.draw(0, t)[0], s.first.draw(0, t)[1]);
        let steps = (0..PATH.min(s.first.draws())).map(point);
        std::iter::once(study.start).chain(steps).collect::<Vec<_>>()
    };
    let region = study.law.region();
    let all: Vec<(f64, f64)> = study.scales.iter().flat_map(path).chain(region.clone()).collect();
    let range = |of: fn(&(f64, f64)) -> f64| {
        let least = all.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = all.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        (least - 0.05 * (most - least), most + 0.05 * (most - least))
    };
    let (a, b) = (range(|x| x.0), range(|x| x.1));
    let panel = |s: &AtScale| {
        let path = path(s);
        let law = Layer::line("", region.clone());
        let panel = Panel::new(title(s))
            .x("a")
            .y("b")
            .x_range(a.0, a.1)
            .y_range(b.0, b.1)
            .no_legend()
            .with(law.colour(Colour::VERMILION).width(2.0))
            .with(Layer::line("", path.clone()).colour(Colour::BLUE).width(1.0))
            .with(Layer::points("", path).colour(Colour::BLUE).size(4.0))
            .with(
                Layer::points("", [study.start])
                    .colour(Colour::GREEN)
                    .marker(Marker::Diamond)
                    .size(13.0),
            );
        // The banana is much longer than it is wide.
        if matches!(study.law, Law::Gaussian(..)) { panel.equal_aspect() } else { panel }
    };
    let panels: Vec<Panel> = study.scales.iter().map(panel).collect();
    Ok(figure(&panels, layout(study, 480).shared_axes())?)
}

fn autocorrelations(study: &Study) -> anyhow::Result<Rendered> {
    // One legend, where the curve leaves room for it.
    let with_legend = study.scales.iter().position(|s| s.time.is_some()).unwrap_or(0);
    let panel = |(i, s): (usize, &AtScale)| {
        let found = chain_panels::autocorrelation(&title(s), &s.trace.variable(0), LAGS, None);
        // A chain that never moved has none.
        let panel = found
            .unwrap_or_else(|_| Panel::new(format!("scale {}: a chain stands still", s.scale)))
            .y_range(-0.3, 1.05);
        if i == with_legend { panel } else { panel.no_legend() }
    };
    let panels: Vec<Panel> = study.scales.iter().enumerate().map(panel).collect();
    Ok(figure(&panels, layout(study, 400))?)
}

fn ranks(study: &Study) -> anyhow::Result<Rendered> {
    let shortest = study.scales.iter().filter_map(|s| s.time).fold(f64::INFINITY, f64::min);
    let panel = |s: &AtScale| {
        let most = s.trace.draws() / 100;
        let every = if shortest.is_finite() { (shortest.ceil() as usize).min(most) } else { most };
        chain_panels::ranks(&format!("scale {}", s.scale), &s.trace.variable(0), every)
    };
    let panels: Vec<Panel> = study.scales.iter().map(panel).collect();
    Ok(figure(&panels, layout(study, 420))?)
}

fn pairs(study: &Study) -> anyhow::Result<Rendered> {
    let better = |a: &&AtScale, b: &&AtScale| a.ess.unwrap_or(0.0).total_cmp(&b.ess.unwrap_or(0.0));
    let columns: Vec<(String, Vec<f64>)> = match study.scales.iter().max_by(better) {
        Some(best) => {
            let column =
                |(v, name): (usize, &str)| (name.to_owned(), best.trace.variable(v).concat());
            ["a", "b"].into_iter().enumerate().map(column).collect()
        }
        None => Vec::new(),
    };
    let panels = chain_panels::pairs(&columns, |panel, i, j| {
        let exact = if i == j { study.law.marginal(i) } else { study.law.region() };
        let layer = Layer::line("", exact);
        panel.with(layer.colour(Colour::VERMILION).width(1.5))
    });
    Ok(figure(&panels, Layout::row(800, 760).columns(2))?)
}

fn efficiency(study: &Study) -> anyhow::Result<Rendered> {
    let diamonds = |points: Vec<(f64, f64)>| {
        Layer::points("this run", points).colour(Colour::GREEN).marker(Marker::Diamond).size(14.0)
    };
    let steps = |s: &AtScale| (s.trace.chains() * s.trace.draws()) as f64;
    let chosen = study.scales.iter();
    let shares = chosen.clone().map(|s| (s.scale, 100.0 * s.accepted)).collect();
    let worth = chosen.filter_map(|s| Some((s.scale, 1e3 * s.ess? / steps(s)))).collect();
    let swept = study.sweep.iter();
    let expected = swept.clone().filter_map(|s| Some((s.scale, 100.0 * s.exact?)));
    let expected: Vec<(f64, f64)> = expected.collect();
    let label = if expected.is_empty() { "" } else { "expected" };
    let found = swept.clone().map(|s| (s.scale, 100.0 * s.accepted));
    let efficient = swept.filter_map(|s| Some((s.scale, s.efficiency?)));
    let panels = [
        Panel::new("Acceptance")
            .x("scale of the proposal (standard deviations)")
            .y("accepted (percent)")
            .log_x()
            .y_range(-3.0, 103.0)
            .with(Layer::line(label, expected).colour(Colour::VERMILION))
            .with(Layer::points("found", found).colour(Colour::BLUE))
            .with(diamonds(shares)),
        Panel::new("Efficiency")
            .x("scale of the proposal (standard deviations)")
            .y("effective draws per 1,000 steps")
            .log_x()
            .log_y()
            .with(Layer::line("found", efficient).colour(Colour::BLUE).dots())
            .with(diamonds(worth)),
    ];
    Ok(figure(&panels, Layout::row(1300, 520))?)
}
