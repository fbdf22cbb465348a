//! The figures and the report of `tempering-demo`.

use figures::{Colour, Layer, Layout, Panel, Rendered, figure};
use runs::{Report, Run};

use super::config::Config;
use super::ladders::{HEADERS, PAIR_HEADERS, Sampled, Study};
use crate::{chain_panels, demonstration, drawn};

/// Draws of a trace, and steps of a journey along the ladder, that are drawn.
const TRACED: usize = 2_000;
const TRAVELLED: usize = 400;
/// Lags at which the autocorrelation is drawn.
const LAGS: usize = 60;
/// Levels whose densities are drawn at most.
const DENSITIES: usize = 6;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, study: &Study) -> anyhow::Result<()> {
    let subtitle = format!(
        "modes at ±{}, weight of the left one {}, {} levels, scale {}, chains: {}, draws of each: {}, \
         burn-in {}, seed {}",
        config.distance,
        config.weight,
        config.levels,
        config.scale,
        config.chains,
        config.draws,
        config.burn_in,
        config.seed
    );
    let report = Report::new("Tempering: two modes far apart", &subtitle).paragraph(
        "A random walk does not get from one mode to the other: between them there is next to no \
         probability. Parallel tempering runs a chain at each of several levels, from a wide law at \
         `β = 0` to the wanted one at `β = 1`, with densities `wide^(1−β) wanted^β`, and lets neighbours \
         exchange their points by the Metropolis rule on the product of all levels. Hot levels cross \
         between the modes, and the exchanges bring their points down. Each draw of the plain chains takes \
         as many steps as there are levels, so that both cost the same.",
    );
    let drawings = [
        (
            "traces",
            traces(config, study)?,
            "The first 2,000 draws of the first chain after burn-in. Left: a plain random walk. Right: with \
             tempering, at β = 1.",
        ),
        (
            "histograms",
            histograms(study)?,
            "All draws beside the exact density. Within its mode the plain chain is right, which is why it \
             looks so well.",
        ),
        (
            "ladder",
            ladder(config, study)?,
            "Left: densities of the levels. Right: the level of the point that began at β = 1 (the last \
             level), over the first steps. Each way to level 1 and back is a round trip, after which the \
             point has forgotten its mode.",
        ),
        (
            "exchanges",
            exchanges(study)?,
            "How often neighbours exchange their points, beside what is expected (an integral over both \
             laws), and beside a geometric ladder with as many levels. The ladder is as good as its worst \
             pair.",
        ),
        (
            "ranks",
            ranks(study)?,
            "Rank plots: where the draws of each chain stand among all draws. Chains that sample one law \
             share the ranks evenly, within the grey band, which holds all bars at once in 95 % of runs. \
             Chains that all sit in one mode share them evenly, too.",
        ),
        (
            "autocorrelation",
            autocorrelations(study)?,
            "The autocorrelation of x in draws. Grey: where 95 % of the estimates lie if nothing is \
             correlated from that lag on (Bartlett's formula). The plain chain forgets soon where it is in \
             its mode, and never the mode.",
        ),
    ];
    let mut report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .paragraph(
            "z is the distance from the exact value in standard errors; a dash stands where there is no \
             standard error, because a chain never left its mode.",
        )
        .table(&HEADERS, &study.rows())
        .table(&PAIR_HEADERS, &study.pair_rows());
    for sentence in study.sentences() {
        report = report.paragraph(&format!("{}{}.", sentence[..1].to_uppercase(), &sentence[1..]));
    }
    demonstration::report(run, "tempering-demo", config, report)
}

fn both(study: &Study) -> [(&'static str, &Sampled); 2] {
    [("plain", &study.plain), ("tempered", &study.tempered)]
}

fn traces(config: &Config, study: &Study) -> anyhow::Result<Rendered> {
    let reach = config.distance + 5.0;
    let panel = |(title, sampled): (&str, &Sampled)| {
        let length = TRACED.min(sampled.trace.draws());
        let x: Vec<f64> = sampled.trace.chain(0)[..length].to_vec();
        chain_panels::trace(title, &[("", x)], 1)
            .x("draw")
            .y("x")
            .y_range(-reach, reach)
            .no_legend()
    };
    Ok(figure(&both(study).map(panel), Layout::row(1300, 420).shared_axes())?)
}

/// The part of the grid where the law is, with densities.
fn curve<'a>(
    study: &Study,
    density: &'a [f64],
    reach: f64,
) -> impl Iterator<Item = (f64, f64)> + 'a {
    let (grid, _) = study.modes.grid();
    grid.into_iter().zip(density.iter().copied()).filter(move |(x, _)| x.abs() <= reach)
}

fn histograms(study: &Study) -> anyhow::Result<Rendered> {
    let exact = study.modes.densities(&[1.0]).concat();
    let reach = study.reach();
    let panel = |(title, sampled): (&str, &Sampled)| {
        let draws = sampled.trace.values().iter().copied();
        Panel::new(title)
            .x("x")
            .y("density")
            .x_range(-reach, reach)
            .with(Layer::histogram("draws", draws, sampled.bins()).colour(Colour(190, 205, 215)))
            .with(Layer::line("exact", curve(study, &exact, reach)).colour(Colour::VERMILION))
    };
    Ok(figure(&both(study).map(panel), Layout::row(1300, 440))?)
}

fn ladder(config: &Config, study: &Study) -> anyhow::Result<Rendered> {
    let reach = 2.0 * config.distance;
    let last = study.betas.len() - 1;
    // Both ends, and some levels between them at equal distances.
    let shown = DENSITIES.min(last + 1);
    let chosen: Vec<f64> = (0..shown).map(|i| study.betas[i * last / (shown - 1)]).collect();
    let mut densities = Panel::new("Densities of the levels").x("x").y("density");
    for (beta, density) in chosen.iter().zip(study.modes.densities(&chosen)) {
        let line = Layer::line(format!("β = {beta:.3}"), curve(study, &density, reach));
        densities = densities.with(line);
    }
    let steps = TRAVELLED.min(study.travels.len());
    let journey = study.travels[..steps].iter().enumerate().flat_map(|(t, level)| {
        let height = (level + 1) as f64;
        [(t as f64 - 0.5, height), (t as f64 + 0.5, height)]
    });
    let travels = Panel::new("The way of a point along the ladder")
        .x("step")
        .y("level (1 hot, last β = 1)")
        .y_range(0.5, last as f64 + 1.5)
        .with(Layer::line("", journey).colour(Colour::BLUE).width(1.5));
    Ok(figure(&[densities, travels], Layout::row(1300, 480))?)
}

fn exchanges(study: &Study) -> anyhow::Result<Rendered> {
    let at = |k: usize| (k + 1) as f64;
    let few = study.swaps.len() <= 8;
    let marks = (0..study.swaps.len()).map(|k| {
        let text = match few {
            true => format!("{:.3} ↔ {:.3}", study.betas[k], study.betas[k + 1]),
            false => format!("{}", k + 1),
        };
        (at(k), text)
    });
    let found = study.swaps.iter().enumerate().map(|(k, (found, _))| (at(k), 100.0 * found));
    let exact = study.swaps.iter().enumerate().map(|(k, (_, exact))| (at(k), 100.0 * exact));
    let guess = study.guess.1.iter().enumerate().map(|(k, rate)| (at(k), 100.0 * rate));
    let panel = Panel::new("")
        .x(if few { "β of both levels" } else { "pair of levels" })
        .y("exchanges (percent)")
        .x_range(0.4, study.swaps.len() as f64 + 0.6)
        .y_range(0.0, 119.0)
        .x_marks(marks)
        .with(Layer::bars("found", found).colour(Colour::SKY))
        .with(Layer::points("expected", exact).colour(Colour::VERMILION).size(11.0))
        .with(
            Layer::line("geometric ladder, expected", guess).colour(Colour::GREY).dashed().dots(),
        );
    Ok(figure(&[panel], Layout::row(1000, 480))?)
}

fn ranks(study: &Study) -> anyhow::Result<Rendered> {
    let tempered = &study.tempered;
    let draws = tempered.trace.draws();
    let total = (draws * tempered.trace.chains()) as f64;
    let apart = tempered.ess.map_or(1, |ess| (total / ess).ceil().max(1.0) as usize);
    let every = apart.min(draws / 100);
    let panel =
        |(title, s): (&str, &Sampled)| chain_panels::ranks(title, &s.trace.variable(0), every);
    Ok(figure(&both(study).map(panel), Layout::row(1300, 440))?)
}

fn autocorrelations(study: &Study) -> anyhow::Result<Rendered> {
    let panel = |(title, s): (&str, &Sampled)| {
        let found = chain_panels::autocorrelation(title, &s.trace.variable(0), LAGS, None);
        found.unwrap_or_else(|_| Panel::new(format!("{title}: a chain stands still")))
    };
    let panels = both(study).map(|kind| panel(kind).x("lag k (draws)"));
    Ok(figure(&panels, Layout::row(1300, 440))?)
}
