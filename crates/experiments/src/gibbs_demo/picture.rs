//! The figures and the report of `gibbs-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::chain::{Plane, Sampled};
use super::config::Config;
use super::{estimates, listing};
use crate::{chain_panels, demonstration, drawn};

/// Independent samples drawn behind the path.
const BEHIND: usize = 1_000;
/// Sweeps whose values are drawn against their number.
const TRACED: usize = 400;
/// Lags at which the autocorrelation is drawn: at least, and at most.
const LAGS: (f64, f64) = (30.0, 300.0);
/// Variables in a pair plot at most.
const PAIRED: usize = 4;
/// Half the width of a 95 % interval in standard errors.
const WIDE: f64 = 1.959_963_984_540_054;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, sampled: &Sampled) -> anyhow::Result<()> {
    let title = match config.dimension {
        2 => "Gibbs sampling of a two-dimensional Gaussian".to_owned(),
        n => format!("Gibbs sampling of {n} Gaussian variables"),
    };
    let subtitle = format!(
        "correlation {}, {} sweeps from {}, {} of them burn-in, chains: {}, seed {}",
        config.correlation,
        config.sweeps,
        config.start_in_words(),
        config.burn_in,
        config.chains,
        config.seed
    );
    let mut report = Report::new(&title, &subtitle).paragraph(what_is_done(config));
    if let Some(warning) = sampled.warning() {
        report = report.paragraph(&warning);
    }
    let mut drawings = Vec::new();
    if let Some(plane) = &sampled.plane {
        drawings.push(("path", path(config, plane)?, PATH.to_owned()));
        drawings.push(("panels", panels(sampled, plane)?, PANELS.to_owned()));
    }
    let [a, b] = sampled.names();
    drawings.push(("trace", trace(config, sampled)?, trace_caption(config, sampled)));
    drawings.push(("ranks", ranks(config, sampled)?, ranks_caption(config)));
    drawings.push(("pairs", pairs(config, sampled)?, PAIRS.to_owned()));
    if config.dimension > 2 {
        drawings.push(("variables", variables(sampled)?, VARIABLES.to_owned()));
    }
    let mut report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .paragraph(
            "The standard error of each estimate takes the autocorrelation of the chain into \
             account; z is the distance from the exact value in standard errors.",
        )
        .table(&estimates::HEADERS, &sampled.rows())
        .paragraph(&format!("R-hat (rank-normalised, split): {}.", sampled.rhat()));
    if let Some(others) = sampled.others() {
        report = report.paragraph(&format!("The table has {a} and {b}: {others}."));
    }
    if let Some(plane) = &sampled.plane {
        let drawing = [("listing", printed(config, sampled, plane)?, LISTING)];
        report = report
            .heading("The listing as printed")
            .paragraph(
                "The lecture's listing has `samples[-d, …]` where `samples[~d, …]` is meant. In Python \
                 `-d` is the variable itself, for both, so that each is drawn given its own last \
                 value, `a ~ N(ρ a, 1 − ρ²)`. That makes two independent autoregressions: means and \
                 variances are right, and the covariance is 0. The random numbers are those of the \
                 chain above.",
            )
            .table(&listing::HEADERS, &plane.listing.rows());
        report = drawn::all(run, report, &drawing)?;
    }
    demonstration::report(run, "gibbs-demo", config, report)
}

fn what_is_done(config: &Config) -> &'static str {
    match config.dimension {
        2 => {
            "Each update draws one variable from its law given the other, `a | b ~ N(ρ b, 1 − ρ²)`, so \
             that every piece of the path runs along an axis. Seen once a sweep, each variable is an \
             autoregression with coefficient `ρ²`: that gives the exact autocorrelations, \
             autocorrelation time `(1 + ρ²) / (1 − ρ²)` and effective sample size beside which the \
             estimates stand."
        }
        _ => {
            "Variables i and j have the correlation `ρ^|i−j|`, so that given all others each depends on \
             its two neighbours alone: `x_i ~ N(ρ (x_(i−1) + x_(i+1)) / (1 + ρ²), (1 − ρ²) / (1 + ρ²))` \
             inside, and as in two dimensions at the ends. A sweep is linear, `x(t+1) = B x(t) + noise`, \
             and `B^k Σ` is the exact autocovariance at lag k: from it come the exact autocorrelation \
             times and effective sample sizes beside which the estimates stand."
        }
    }
}

const PATH: &str = "Exact samples and the first 100 Gibbs samples, with the path that leads to them \
                    from the start. The ellipses hold 50 % and 95 % of the law.";
const PANELS: &str = "The law itself, by independent samples; the path of the first 100 sweeps; all \
                      Gibbs samples after burn-in.";
const PAIRS: &str = "Pair plot of the draws after burn-in: histograms beside the exact densities, and \
                     each two variables with the ellipse that holds 95 % of the law; above the diagonal \
                     the estimated correlations.";
const VARIABLES: &str = "Left: the estimated mean of each variable ± 1.96 standard errors; the exact \
                         mean is 0. Right: the effective sample sizes beside the exact ones. Variables in \
                         the middle hang together with more others, and are slower.";
const LISTING: &str = "Left: Gibbs samples. Middle: those of the listing as printed, with the ellipse that \
                       holds 95 % of what it samples, and dashed the one that was wanted. Right: the \
                       values of b by the listing beside the density that was wanted: no histogram of one \
                       variable shows the fault.";

fn trace_caption(config: &Config, sampled: &Sampled) -> String {
    let [a, b] = sampled.names();
    let (slow, why) = match config.dimension {
        2 => ("a".to_owned(), "ρ²ᵏ"),
        _ => (sampled.trace.names()[slow(sampled)].clone(), "values, from `B^k Σ`"),
    };
    format!(
        "Left: {a} and {b} in the first sweeps of the first chain after burn-in. Right: the \
         autocorrelation of {slow} per sweep beside the exact {why}. Grey: where 95 % of the estimates \
         lie if nothing is correlated from that lag on (Bartlett's formula)."
    )
}

fn ranks_caption(config: &Config) -> String {
    let whose = match config.chains {
        1 => "the two halves of the chain",
        _ => "each chain",
    };
    format!(
        "Rank plots: where the draws of {whose} stand among all draws. Chains that sample one law share \
         the ranks evenly, within the grey band, which holds all bars at once in 95 % of such runs. Only \
         draws about an autocorrelation time apart are counted, so that they are nearly independent."
    )
}

fn tuples(points: impl IntoIterator<Item = [f64; 2]>) -> Vec<(f64, f64)> {
    points.into_iter().map(|[a, b]| (a, b)).collect()
}

/// The slower of the two variables that are shown.
fn slow(sampled: &Sampled) -> usize {
    let [a, b] = sampled.shown;
    if sampled.times[b] > sampled.times[a] * (1.0 + 1e-9) { b } else { a }
}

/// The range of both axes: the law, and the path where it is longer.
fn reach(plane: &Plane) -> f64 {
    let all = plane.path.iter().chain(plane.independent.iter().take(BEHIND)).flatten();
    1.05 * all.fold(3.5f64, |most, x| most.max(x.abs()))
}

fn ellipse(rho: f64, probability: f64) -> Layer {
    Layer::ellipse("", [0.0, 0.0], [[1.0, rho], [rho, 1.0]], probability)
}

fn path(config: &Config, plane: &Plane) -> anyhow::Result<Rendered> {
    let rho = config.correlation;
    let exact = tuples(plane.independent.iter().copied().take(BEHIND));
    let start = (config.start[0], config.start[1]);
    let most = reach(plane);
    let panel = Panel::new("")
        .x("a")
        .y("b")
        .x_range(-most, most)
        .y_range(-most, most)
        .equal_aspect()
        .with(Layer::points("exact samples", exact).colour(Colour::GREY).size(3.5).opacity(0.8))
        .with(ellipse(rho, 0.5).colour(Colour::GREY))
        .with(ellipse(rho, 0.95).colour(Colour::GREY))
        .with(Layer::line("path", tuples(plane.path.iter().copied())).width(1.0))
        .with(Layer::points("Gibbs samples", tuples(plane.first_sweeps().skip(1))).size(6.0))
        .with(Layer::points("start", [start]).marker(Marker::Diamond).size(13.0));
    Ok(figure(&[panel], Layout::row(820, 800))?)
}

/// An empty panel for a and b.
fn plain(title: &str, most: f64) -> Panel {
    let panel = Panel::new(title).x("a").y("b").x_range(-most, most).y_range(-most, most);
    panel.equal_aspect().no_legend()
}

fn small(points: Vec<(f64, f64)>) -> Layer {
    Layer::points("", points).size(2.5).opacity(0.25)
}

fn panels(sampled: &Sampled, plane: &Plane) -> anyhow::Result<Rendered> {
    let most = reach(plane);
    let all = sampled.trace.iter().take(plane.independent.len()).map(|x| [x[0], x[1]]);
    let path = Layer::line("", tuples(plane.path.iter().copied())).width(1.0);
    let panels = [
        plain("original p(a, b)", most).with(small(tuples(plane.independent.iter().copied()))),
        plain("path", most).with(path),
        plain("Gibbs samples", most).with(small(tuples(all))),
    ];
    Ok(figure(&panels, Layout::row(1400, 520).shared_axes())?)
}

fn trace(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let length = TRACED.min(sampled.trace.draws());
    let [a, b] = sampled.shown;
    let value = |v: usize| (0..length).map(|t| sampled.trace.draw(0, t)[v]).collect::<Vec<_>>();
    let [a_name, b_name] = sampled.names();
    let lines = [(a_name, value(a)), (b_name, value(b))];
    let chain = chain_panels::trace("Trace", &lines, config.burn_in + 1).x("sweep");
    let slow = slow(sampled);
    let name = &sampled.trace.names()[slow];
    let lags = (3.0 * sampled.times[slow]).clamp(LAGS.0, LAGS.1) as usize;
    let exact = sampled.exact.autocorrelations(slow, lags);
    let correlation = chain_panels::autocorrelation(
        &format!("Autocorrelation of {name}"),
        &sampled.trace.variable(slow),
        lags,
        Some(&|k| exact[k]),
    )?;
    Ok(figure(&[chain, correlation.x("lag k (sweeps)")], Layout::row(1200, 440))?)
}

fn ranks(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let panel = |v: usize| {
        let every = (sampled.times[v].ceil() as usize).min(sampled.trace.draws() / 100);
        let title = format!("Ranks of {}", sampled.trace.names()[v]);
        chain_panels::ranks(&title, &sampled.trace.variable(v), every)
    };
    let last = if config.dimension == 2 { 1 } else { slow(sampled) };
    Ok(figure(&[panel(0), panel(last)], Layout::row(1200, 440))?)
}

fn pairs(config: &Config, sampled: &Sampled) -> anyhow::Result<Rendered> {
    let count = config.dimension.min(PAIRED);
    let column = |v: usize| (sampled.trace.names()[v].clone(), sampled.trace.variable(v).concat());
    let columns: Vec<_> = (0..count).map(column).collect();
    let panels = chain_panels::pairs(&columns, |panel, i, j| {
        if i == j {
            return panel.with(Layer::line("", density()).colour(Colour::VERMILION));
        }
        let rho = sampled.exact.law.covariance()[(i, j)];
        panel.with(ellipse(rho, 0.95).colour(Colour::VERMILION))
    });
    let side = 380 * count as u32;
    Ok(figure(&panels, Layout::row(side.min(1300), (side - 20).min(1250)).columns(count))?)
}

/// The density of each variable.
fn density() -> impl Iterator<Item = (f64, f64)> {
    let normal = |x: f64| (x, (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt());
    (-40..=40).map(move |k| normal(0.1 * f64::from(k)))
}

fn variables(sampled: &Sampled) -> anyhow::Result<Rendered> {
    let of =
        |what: &'static str| sampled.estimates.iter().filter(move |e| e.name.starts_with(what));
    let number = |v: usize| (v + 1) as f64;
    let means = of("mean").filter_map(|e| {
        let (value, half) = (e.value?, WIDE * e.error?);
        Some((number(e.of[0]), value, value - half, value + half))
    });
    let sizes = || of("effective sample size");
    let estimated = sizes().filter_map(|e| Some((number(e.of[0]), e.value?)));
    let exact = sizes().map(|e| (number(e.of[0]), e.exact));
    let panels = [
        Panel::new("Means")
            .x("variable")
            .y("mean")
            .with(Layer::horizontal("exact", 0.0).colour(Colour::VERMILION))
            .with(Layer::intervals("estimate", means).colour(Colour::BLUE)),
        Panel::new("Effective sample sizes")
            .x("variable")
            .y("effective draws")
            .with(Layer::line("exact", exact).colour(Colour::VERMILION).dots())
            .with(Layer::points("estimate", estimated).colour(Colour::BLUE).size(8.0)),
    ];
    Ok(figure(&panels, Layout::row(1200, 440))?)
}

fn printed(config: &Config, sampled: &Sampled, plane: &Plane) -> anyhow::Result<Rendered> {
    let rho = config.correlation;
    let wrong = &plane.listing.trace;
    let points = |trace: &mcmc::Trace| tuples(trace.iter().take(BEHIND * 10).map(|x| [x[0], x[1]]));
    let wanted = || ellipse(rho, 0.95).colour(Colour::VERMILION).width(2.5);
    let bins = ((wrong.draws() as f64).sqrt() as usize).clamp(8, 50);
    let histogram = Layer::histogram("listing", wrong.variable(1).concat(), bins);
    let panels = [
        plain("given the other: Gibbs", 4.0).with(small(points(&sampled.trace))).with(wanted()),
        plain("given itself: as printed", 4.0)
            .with(small(points(wrong)))
            .with(ellipse(0.0, 0.95).colour(Colour::BLACK).width(2.5))
            .with(wanted().dashed()),
        Panel::new("b as printed")
            .x("b")
            .y("density")
            .with(histogram.colour(Colour(190, 205, 215)))
            .with(Layer::line("wanted", density()).colour(Colour::VERMILION)),
    ];
    Ok(figure(&panels, Layout::row(1400, 500))?)
}
