//! The figures and the report of `mle-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::config::Config;
use super::replications::{AtSize, Replication};
use super::study::Study;
use super::words::{self, HEADERS, SIZE_HEADERS};
use crate::{demonstration, drawn};

/// Replications whose estimates are drawn one by one.
const SHOWN: usize = 100;
/// The half width of a 95 % interval in standard errors.
const WIDE: f64 = 1.959_963_984_540_054;
const COLOURS: [Colour; 2] = [Colour::BLUE, Colour::VERMILION];

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, study: &Study) -> anyhow::Result<()> {
    let [a, b] = study.names;
    let subtitle = format!(
        "{} law with {a} {} and {b} {}, {} observations, replications: {}, seed {}",
        config.family.name(),
        study.truth[0],
        study.truth[1],
        config.size,
        config.replications,
        config.seed
    );
    let mut report = Report::new("Maximum likelihood", &subtitle).paragraph(
        "The estimate is the law under which the data are most probable: it minimises \
         `−Σ ln p(xᵢ)`. The curvature there, the observed information, gives its standard errors. No \
         unbiased estimate has a smaller variance than the bound of Cramér and Rao, the inverse of \
         Fisher's information divided by the number of observations; with many observations the \
         estimate reaches it.",
    );
    if let Some(warning) = words::warning(study) {
        report = report.paragraph(&format!("Samples {warning}."));
    }
    let drawings = [
        (
            "likelihood",
            likelihood(study)?,
            "The log-likelihood of the sample over both parameters, less its largest value. Where it \
             has fallen by less than 0.69 and 3.00 lie the regions of 50 % and 95 % confidence (solid). \
             Dashed: the same regions by the observed information, which takes the surface for a \
             paraboloid.",
        ),
        (
            "data",
            data(study)?,
            "The sample, the density fitted to it and the density that it was drawn from.",
        ),
        (
            "sizes",
            sizes(study)?,
            "Above: estimates from samples of different sizes, 100 at each (a few of the smallest \
             samples lie outside), and the truth ± 1.96 bounds. Below, on logarithmic axes: their \
             root mean square error. With many observations it falls as 1/√n and meets the bound. The \
             dashed line is the 1/√n law through the first point: small samples may be worse, and \
             gain more at first.",
        ),
        (
            "coverage",
            coverage(study)?,
            "How many of the 95 % intervals (estimate ± 1.96 standard errors) hold the truth; the \
             error bars are 95 % intervals of these shares. With few observations the likelihood is \
             no paraboloid yet, and intervals that take it for one hold the truth too rarely or too \
             often.",
        ),
    ];
    let report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .paragraph(&format!("M{}.", words::headline(config, study).trim_start_matches('m')))
        .table(&HEADERS, &words::rows(study))
        .paragraph("z is the distance from the truth in standard errors. All replications:")
        .table(&SIZE_HEADERS, &words::size_rows(study));
    demonstration::report(run, "mle-demo", config, report)
}

/// The name of a parameter in words.
fn name(study: &Study, i: usize) -> String {
    study.names[i].replace('_', " ")
}

fn likelihood(study: &Study) -> anyhow::Result<Rendered> {
    let fit = &study.fit;
    // −ln(1 − P) is half the quantile of the chi-square law with two degrees of freedom.
    let region = |part: f64| {
        let label = format!("{:.0} % region", 100.0 * part);
        Layer::contour(label, &study.surface, (-part).ln_1p()).colour(Colour::BLACK).width(2.0)
    };
    let ellipse = |label: &str, part: f64| {
        let ellipse = Layer::ellipse(label, fit.values, fit.covariance, part);
        ellipse.colour(Colour::VERMILION).width(2.0).dashed()
    };
    let point = |label: &str, [x, y]: [f64; 2]| Layer::points(label, [(x, y)]);
    let panel = Panel::new("")
        .x(name(study, 0))
        .y(name(study, 1))
        .with(Layer::heat_map("log-likelihood less its maximum", &study.surface))
        .with(region(0.5).width(1.2))
        .with(region(0.95))
        .with(ellipse("", 0.5))
        .with(ellipse("by observed information", 0.95))
        .with(point("estimate", fit.values).colour(Colour::BLACK).size(9.0))
        .with(point("truth", study.truth).colour(Colour::SKY).marker(Marker::Diamond).size(13.0));
    Ok(figure(&[tight(panel, study)], Layout::row(900, 700))?)
}

/// The panel without room around the surface.
fn tight(panel: Panel, study: &Study) -> Panel {
    match study.surface.corners() {
        Some(((left, bottom), (right, top))) => panel.x_range(left, right).y_range(bottom, top),
        None => panel,
    }
}

fn data(study: &Study) -> anyhow::Result<Rendered> {
    let bins = ((study.data.len() as f64).sqrt() as usize).clamp(8, 60);
    let curve = |k: usize| study.densities.iter().map(move |row| (row[0], row[k]));
    let histogram = Layer::histogram("data", study.data.iter().copied(), bins);
    let panel = Panel::new("")
        .x("x")
        .y("density")
        .with(histogram.colour(Colour(200, 200, 200)))
        .with(Layer::line("fitted", curve(1)).colour(COLOURS[0]).width(2.5))
        .with(Layer::line("true", curve(2)).colour(COLOURS[1]).dashed());
    let bar = highest_bar(&study.data, bins);
    let curves = study.densities.iter().flat_map(|row| [row[1], row[2]]).fold(0.0, f64::max);
    // A density that grows without bound at an end would leave no room for anything else.
    let panel = if curves > 3.0 * bar { panel.y_range(0.0, 1.5 * bar) } else { panel };
    Ok(figure(&[panel], Layout::row(860, 540))?)
}

/// The height of the highest bar of a histogram of area 1.
fn highest_bar(data: &[f64], bins: usize) -> f64 {
    let (lower, upper) =
        data.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)));
    let width = (upper - lower) / bins as f64;
    let mut counts = vec![0usize; bins];
    for x in data {
        counts[(((x - lower) / width) as usize).min(bins - 1)] += 1;
    }
    let most = counts.into_iter().max().unwrap_or_default();
    most as f64 / (data.len() as f64 * width)
}

fn sizes(study: &Study) -> anyhow::Result<Rendered> {
    let mut panels: Vec<Panel> = (0..2).map(|i| funnel(study, i)).collect();
    panels.extend((0..2).map(|i| errors(study, i)));
    Ok(figure(&panels, Layout::row(1250, 960).columns(2))?)
}

fn panel(study: &Study, title: &str, y: &str) -> Panel {
    let (first, last) = ends(study);
    Panel::new(title).x("observations n").y(y).log_x().x_range(first / 1.4, last * 1.4)
}

/// The smallest and the largest size.
fn ends(study: &Study) -> (f64, f64) {
    let n = |at: Option<&AtSize>| at.map_or(1.0, |at| at.n as f64);
    (n(study.sizes.first()), n(study.sizes.last()))
}

/// The estimates of a parameter at each size.
fn funnel(study: &Study, i: usize) -> Panel {
    let truth = study.truth[i];
    let (first, last) = ends(study);
    let edge = |k: u32| first / 1.4 * (1.96 * last / first).powf(f64::from(k) / 60.0);
    let half = |n: f64| WIDE * (study.bound[i][i] / n).sqrt();
    let band = (0..=60).map(edge).map(|n| (n, truth - half(n), truth + half(n)));
    let points = study.sizes.iter().flat_map(|at| {
        // Side by side, so that they do not hide each other.
        let aside = |k: usize| 1.3f64.powf(k as f64 / SHOWN as f64 - 0.5);
        let shown = at.fits.iter().enumerate().take(SHOWN);
        shown.filter_map(move |(k, fit): (usize, &Option<Replication>)| {
            Some((at.n as f64 * aside(k), fit.as_ref()?.values[i]))
        })
    });
    let (lower, upper) = most(study.sizes.first(), i);
    let (lower, upper) = (lower.min(truth - half(first)), upper.max(truth + half(first)));
    let room = 0.1 * (upper - lower);
    panel(study, &name(study, i), "estimate")
        .y_range(lower - room, upper + room)
        .with(Layer::band("truth ± 1.96 Cramér–Rao bounds", band).colour(Colour::GREY))
        .with(Layer::points("estimates", points).colour(COLOURS[i]).size(3.0).opacity(0.7))
        .with(Layer::horizontal("truth", truth).colour(Colour::BLACK))
}

/// The range that holds most of the estimates of a parameter at a size.
fn most(at: Option<&AtSize>, i: usize) -> (f64, f64) {
    let fits = at.map_or(&[][..], |at| &at.fits).iter().flatten();
    let mut values: Vec<f64> = fits.map(|fit| fit.values[i]).collect();
    values.sort_by(f64::total_cmp);
    let beyond = values.len() / 40;
    let nothing = (f64::INFINITY, f64::NEG_INFINITY);
    values.get(beyond).zip(values.iter().rev().nth(beyond)).map_or(nothing, |(a, b)| (*a, *b))
}

/// The root mean square error of a parameter beside its bound.
fn errors(study: &Study, i: usize) -> Panel {
    let at = |of: &dyn Fn(&AtSize) -> f64| -> Vec<(f64, f64)> {
        study.sizes.iter().map(|at| (at.n as f64, of(at))).collect()
    };
    let start =
        study.sizes.first().map_or(f64::NAN, |at| at.summaries[i].rmse * (at.n as f64).sqrt());
    panel(study, "", "root mean square error")
        .log_y()
        .with(Layer::line("Cramér–Rao bound", at(&|at| study.bound(i, at.n))).colour(Colour::BLACK))
        .with(
            Layer::line("1/√n from the first point", at(&|at| start / (at.n as f64).sqrt()))
                .colour(Colour::GREY)
                .dashed(),
        )
        .with(
            Layer::points("of the estimates", at(&|at| at.summaries[i].rmse))
                .colour(COLOURS[i])
                .size(9.0),
        )
}

fn coverage(study: &Study) -> anyhow::Result<Rendered> {
    let mut panel = panel(study, "", "coverage (percent)")
        .with(Layer::horizontal("95 %", 95.0).colour(Colour::BLACK));
    for i in 0..2 {
        let aside = [0.95, 1.05][i];
        let bars = study.sizes.iter().map(|at| {
            let summary = &at.summaries[i];
            let (share, half) = (summary.coverage, WIDE * summary.coverage_error());
            let ends = ((share - half).max(0.0), (share + half).min(1.0));
            (at.n as f64 * aside, 100.0 * share, 100.0 * ends.0, 100.0 * ends.1)
        });
        let bars = Layer::intervals(name(study, i), bars).colour(COLOURS[i]);
        panel = panel.with(bars.size(8.0));
    }
    Ok(figure(&[panel], Layout::row(860, 540))?)
}
