//! The figures and the report of `random-walk-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::config::{Config, Ends};
use super::walked::{Bar, Walked};
use super::words::{self, HEADERS};
use crate::{demonstration, drawn};

/// Points of a drawn path at most.
const POINTS: usize = 3_000;
/// Pólya's chance that the simple walk in three dimensions ever returns.
const POLYA: f64 = 0.340_537_329_550_999;
const AXES: [&str; 3] = ["x", "y", "z"];

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, walked: &Walked) -> anyhow::Result<()> {
    let subtitle = format!("{}, seed {}", words::headline(config), config.seed);
    let report = Report::new("Random walks and diffusion", &subtitle).paragraph(
        "In each step a walker goes to one of the neighbouring sites. What it has walked is a sum of \
         independent steps, so that its variance grows in proportion to the time: the law of diffusion, \
         `⟨|x − v t|²⟩ = 2 d D t` in d dimensions, with the drift velocity `v` and `D = s² / (2 d τ)` \
         where `s²` is the variance of a step and `τ` its time. The lecture's walk on a line, ±l with \
         probability ½, has `D = l² / (2 τ)`; here `l = τ = 1`.",
    );
    let drawings = [
        ("paths", paths(config, walked)?, paths_caption(config)),
        ("diffusion", diffusion(config, walked)?, diffusion_caption(config)),
        ("distribution", distribution(config, walked)?, distribution_caption(config)),
        ("passage", passage(config, walked)?, passage_caption(config, walked)),
    ];
    let report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .paragraph("z is the distance from the exact value in standard errors.")
        .table(&HEADERS, &words::rows(config, walked));
    demonstration::report(run, "random-walk-demo", config, report)
}

fn walls(config: &Config) -> bool {
    matches!(config.boundary, Ends::Reflecting | Ends::Absorbing)
}

/// The points of a path, not too many of them, by two functions of time and site.
fn points(path: &[i64], d: usize, of: impl Fn(usize, &[i64]) -> (f64, f64)) -> Vec<(f64, f64)> {
    let every = (path.len() / d).div_ceil(POINTS).max(1);
    path.chunks(d).enumerate().step_by(every).map(|(t, x)| of(t, x)).collect()
}

fn paths(config: &Config, walked: &Walked) -> anyhow::Result<Rendered> {
    if config.dimension == 1 {
        return Ok(figure(&[line_paths(config, walked)], Layout::row(1000, 560))?);
    }
    let planes: &[(usize, usize)] =
        if config.dimension == 2 { &[(0, 1)] } else { &[(0, 1), (0, 2), (1, 2)] };
    let panel = |&(a, b): &(usize, usize)| {
        let mut panel = Panel::new("").x(AXES[a]).y(AXES[b]).equal_aspect();
        for (i, path) in walked.paths.iter().enumerate() {
            let points = points(path, config.dimension, |_, x| (x[a] as f64, x[b] as f64));
            let name = format!("walker {}", i + 1);
            panel = panel.with(apart(name, points, config).width(1.0));
        }
        let start = Layer::points("start", [(0.0, 0.0)]).colour(Colour::BLACK);
        panel.with(start.marker(Marker::Diamond).size(12.0))
    };
    let panels: Vec<Panel> = planes.iter().map(panel).collect();
    let layout = if panels.len() == 1 { Layout::row(820, 760) } else { Layout::row(1500, 560) };
    Ok(figure(&panels, layout)?)
}

/// A line that does not run across a ring where it goes around.
fn apart(name: String, points: Vec<(f64, f64)>, config: &Config) -> Layer {
    let half = config.width.map_or(f64::INFINITY, |width| 0.5 * width as f64);
    let ring = config.boundary == Ends::Ring;
    let mut pieces: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    let mut before: Option<(f64, f64)> = None;
    for point in points {
        let around = |b: (f64, f64)| {
            let across = config.dimension > 1 && (point.0 - b.0).abs() > half;
            across || (point.1 - b.1).abs() > half
        };
        if ring && before.is_some_and(around) {
            pieces.push((f64::NAN, f64::NAN));
        }
        pieces.push(point);
        before = Some(point);
    }
    Layer::line(name, pieces)
}

fn line_paths(config: &Config, walked: &Walked) -> Panel {
    let (v, d) = (walked.walk.velocity()[0], walked.walk.diffusion());
    let mut panel = Panel::new("").x("time t (steps)").y("site x");
    if config.boundary == Ends::Free {
        let at = |k: usize| config.steps as f64 * k as f64 / 200.0;
        let band = (0..=200).map(at).map(|t| {
            let sigma = (2.0 * d * t).sqrt();
            (t, v * t - 2.0 * sigma, v * t + 2.0 * sigma)
        });
        let name = if v == 0.0 { "±2 √(2Dt)" } else { "vt ± 2 √(2Dt)" };
        panel = panel.with(Layer::band(name, band).colour(Colour::GREY));
    } else {
        let (first, last) = config.reach();
        let edge = |x: i64| Layer::horizontal("", x as f64).colour(Colour::BLACK);
        if config.boundary != Ends::Ring {
            panel = panel.with(edge(first)).with(edge(last));
        }
    }
    for (i, path) in walked.paths.iter().enumerate() {
        let points = points(path, 1, |t, x| (t as f64, x[0] as f64));
        panel =
            panel.with(apart(String::new(), points, config).colour(Colour::cycle(i)).width(1.2));
    }
    panel
}

fn paths_caption(config: &Config) -> String {
    match (config.dimension, config.boundary) {
        (1, Ends::Free) => "The first ten walkers. A walker is within the grey band, two standard \
                            deviations around the mean, at any one time with a probability of 95 %."
            .to_owned(),
        (1, _) => "The first ten walkers between the ends of the line.".to_owned(),
        (2, _) => "The first three walkers.".to_owned(),
        _ => "The first three walkers, seen along each axis.".to_owned(),
    }
}

fn diffusion(config: &Config, walked: &Walked) -> anyhow::Result<Rendered> {
    let at = &walked.spreading.at;
    let slope = 2.0 * config.dimension as f64;
    let bars = |scale: &dyn Fn(usize) -> f64| -> Vec<(f64, f64, f64, f64)> {
        let bar = |(k, s): (usize, &mcmc::Spread)| {
            let unit = scale(k);
            let (low, high) = (s.msd - 1.96 * s.msd_error, s.msd + 1.96 * s.msd_error);
            (s.steps as f64, s.msd / unit, low / unit, high / unit)
        };
        at.iter().enumerate().map(bar).collect()
    };
    let name = words::msd_name(config);
    let line = |d: f64| at.iter().map(move |s| (s.steps as f64, slope * d * s.time));
    let mut law = Panel::new("Mean squared displacement").x("time t (steps)").y(name);
    law = law.log_x().log_y();
    if let Some(exact) = walked.exact_msd.as_ref().filter(|_| walls(config)) {
        let exact = at.iter().zip(exact).map(|(s, msd)| (s.steps as f64, *msd));
        law = law.with(Layer::line("exact, by the matrix", exact).colour(Colour::BLACK));
    }
    let free = format!("2dDt, D = {:.4}", walked.walk.diffusion());
    let free = if walls(config) { format!("{free} without walls") } else { free };
    let free = Layer::line(free, line(walked.walk.diffusion())).colour(Colour::VERMILION);
    law = law.with(if walls(config) { free.dashed() } else { free });
    law = law.with(Layer::intervals("walkers", bars(&|_| 1.0)).colour(Colour::BLUE).size(7.0));
    let Some(exact) = &walked.exact_msd else {
        return Ok(figure(&[law], Layout::row(760, 540))?);
    };
    let mut ratio = Panel::new("… in units of the exact one")
        .x("time t (steps)")
        .y(format!("{name} / exact"))
        .log_x();
    if !walls(config) {
        let (d, error, truth) =
            (walked.spreading.diffusion, walked.spreading.diffusion_error, walked.walk.diffusion());
        let (low, high) = ((d - 1.96 * error) / truth, (d + 1.96 * error) / truth);
        let last = config.steps as f64;
        let band = Layer::band(
            format!("estimated D = {d:.4} ± {error:.4}, 95 %"),
            [(1.0, low, high), (last, low, high)],
        );
        ratio = ratio.with(band.colour(Colour::VERMILION));
    }
    let ratio = ratio.with(Layer::horizontal("", 1.0).colour(Colour::BLACK)).with(
        Layer::intervals("walkers, 95 %", bars(&|k| exact[k])).colour(Colour::BLUE).size(7.0),
    );
    Ok(figure(&[law, ratio], Layout::row(1250, 540))?)
}

fn diffusion_caption(config: &Config) -> String {
    let end = if walls(config) {
        "Until they feel the walls, they spread as without them; then the walls rule."
    } else {
        "All times share the same walkers, so that neighbouring points err together; the band is the \
         constant D estimated from what is walked between two times, which is independent of what \
         went before."
    };
    format!(
        "The mean squared displacement of all walkers. Left: on logarithmic axes, the law of \
         diffusion is a straight line of slope 1. Right: divided by the exact one, with 95 % error bars. \
         {end}"
    )
}

fn distribution(config: &Config, walked: &Walked) -> anyhow::Result<Rendered> {
    let bars = walked.places.iter().map(|bar| (bar.centre(), bar.density(config.walkers)));
    let bars = Layer::bars("walkers", bars).colour(Colour(190, 205, 215));
    let title = format!("x after {} steps", config.steps);
    let mut panel = Panel::new(title).x("site x").y("probability of a site").with(bars);
    let steps = config.steps as u64;
    if let Some(exact) = &walked.exact_places {
        let chance = |bar: &Bar| {
            let inside = |x: i64| (bar.first..bar.first + bar.sites).contains(&x);
            let sum: f64 = exact.iter().filter(|(x, _)| inside(*x)).map(|(_, p)| p).sum();
            (bar.centre(), sum / bar.sites as f64)
        };
        let points = Layer::points("exact", walked.places.iter().map(chance));
        panel = panel.with(points.colour(Colour::VERMILION).size(5.0));
    } else if let (Ok(mean), Ok(variance)) =
        (walked.walk.mean_displacement(steps), walked.walk.displacement_variance(steps))
        && config.boundary == Ends::Free
    {
        let (mean, sigma) = (mean[0], variance[0].sqrt());
        let norm = 1.0 / (sigma * (2.0 * std::f64::consts::PI).sqrt());
        let curve = (-80..=80).map(|k| {
            let z = f64::from(k) / 20.0;
            (mean + z * sigma, norm * (-0.5 * z * z).exp())
        });
        let name = format!("Gaussian N({}, {})", short(mean), short(sigma * sigma));
        panel = panel.with(Layer::line(name, curve).colour(Colour::VERMILION).width(2.5));
    }
    Ok(figure(&[panel], Layout::row(860, 540))?)
}

/// A number for a legend.
fn short(x: f64) -> String {
    if x == x.round() { format!("{x:.0}") } else { format!("{x:.1}") }
}

fn distribution_caption(config: &Config) -> String {
    let law = match config.boundary {
        Ends::Free => {
            "a Gaussian by the central limit theorem, with the mean v t and the variance that \
                       the law of diffusion says"
        }
        _ if config.dimension == 1 => "given exactly by the power of the transition matrix",
        _ => "not drawn, since it has no simple form",
    };
    format!("Where the walkers are along the first axis in the end. The law is {law}.")
}

/// Edges of bins whose widths grow with the time: whole numbers.
fn edges(last: usize) -> Vec<usize> {
    let mut edges = vec![1];
    while let Some(&edge) = edges.last().filter(|edge| **edge <= last) {
        // An even width, as every other step may be impossible.
        edges.push(edge + 2 * ((0.125 * edge as f64) as usize + 1));
    }
    edges
}

fn passage(config: &Config, walked: &Walked) -> anyhow::Result<Rendered> {
    let n = config.walkers as f64;
    let mut counts = vec![0.0; config.steps + 1];
    walked.passages.times().iter().flatten().for_each(|t| counts[*t as usize] += 1.0);
    let edges = edges(config.steps);
    let bins = || edges.windows(2).filter(|bin| bin[1] <= config.steps + 1);
    let centre = |bin: &[usize]| ((bin[0] * (bin[1] - 1)) as f64).sqrt();
    let width = |bin: &[usize]| (bin[1] - bin[0]) as f64;
    let found = bins().filter_map(|bin| {
        let count: f64 = counts[bin[0]..bin[1]].iter().sum();
        let unit = n * width(bin);
        let half = 1.96 * count.sqrt();
        let bar =
            (centre(bin), count / unit, (count - half).max(0.3) / unit, (count + half) / unit);
        (count > 0.0).then_some(bar)
    });
    let found: Vec<_> = found.collect();
    let mut when =
        Panel::new("When").x("time t (steps)").y("probability of a step").log_x().log_y();
    if let Some(law) = &walked.law {
        let exact =
            bins().map(|bin| (centre(bin), law[bin[0]..bin[1]].iter().sum::<f64>() / width(bin)));
        let exact: Vec<_> = exact.filter(|(_, p)| *p > 0.01 / (n * config.steps as f64)).collect();
        when = when.with(Layer::line("exact", exact).colour(Colour::VERMILION));
    }
    let when = when.with(Layer::intervals("walkers, 95 %", found).colour(Colour::BLUE).size(6.0));
    let name = words::passage_name(config);
    let mut how_many =
        Panel::new("How many").x("time t (steps)").y(format!("share that {name}")).log_x();
    let cumulative = |of: &[f64], unit: f64| -> Vec<(f64, f64)> {
        let sums = of.iter().scan(0.0, |sum, p| {
            *sum += p;
            Some(*sum / unit)
        });
        let all: Vec<(f64, f64)> = sums.enumerate().skip(1).map(|(t, p)| (t as f64, p)).collect();
        let wanted = edges.iter().filter_map(|edge| all.get(edge - 1)).copied();
        wanted.chain(all.last().copied()).collect()
    };
    if let Some(law) = &walked.law {
        how_many =
            how_many.with(Layer::line("exact", cumulative(law, 1.0)).colour(Colour::VERMILION));
    }
    let of_walkers = Layer::line("walkers", cumulative(&counts, n)).colour(Colour::BLUE).dots();
    how_many = how_many.with(of_walkers.size(5.0));
    if let Some((name, limit)) = limit(config, walked) {
        how_many = how_many.with(Layer::horizontal(name, limit).colour(Colour::BLACK).dashed());
    }
    let top = how_many_top(walked, limit(config, walked).map(|(_, limit)| limit));
    Ok(figure(&[when, how_many.y_range(0.0, top)], Layout::row(1250, 540))?)
}

/// The top of the axis of shares: a little above the highest.
fn how_many_top(walked: &Walked, limit: Option<f64>) -> f64 {
    let (share, error) = walked.passages.share();
    1.1 * (share + error).max(limit.unwrap_or(0.0)).max(0.01)
}

/// The share that comes ever, if it is known.
fn limit(config: &Config, walked: &Walked) -> Option<(String, f64)> {
    if config.boundary != Ends::Free {
        return None;
    }
    match config.target {
        Some(target) => {
            let ever = walked.walk.passage_chance(target).ok()?;
            Some((
                format!(
                    "ever: {}",
                    if ever == 1.0 { "1".to_owned() } else { format!("{ever:.4}") }
                ),
                ever,
            ))
        }
        None if config.stay > 0.0 || config.up != 0.5 => None,
        None if config.dimension == 2 => Some(("ever: 1".to_owned(), 1.0)),
        None => Some((format!("ever: {POLYA:.4} (Pólya)"), POLYA)),
    }
}

fn passage_caption(config: &Config, walked: &Walked) -> String {
    let what = match config.target {
        Some(target) => format!("The first time at site {target}"),
        None => "The first return to the start".to_owned(),
    };
    let late = match (config.boundary, config.dimension) {
        (Ends::Free, 1) if config.up == 0.5 => {
            " On a line without ends everybody comes in the end, but the tail falls as t^(−3/2): the \
             mean time is infinite."
        }
        (Ends::Free, 2) if config.up == 0.5 => {
            " On a plane everybody returns in the end, but slowly: the share that has not falls as \
             1 / ln t."
        }
        (Ends::Free, 3) => " In space most walkers never return.",
        _ => "",
    };
    let came = walked.passages.arrived();
    format!(
        "{what}: left the probability of each step, averaged over ever wider bins (95 % error bars), \
         right the share of walkers that has come by then ({came} of {} did).{late}",
        config.walkers
    )
}
