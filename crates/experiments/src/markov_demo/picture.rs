//! The figures and the report of `markov-demo`.

use std::f64::consts::PI;

use figures::{Colour, Layer, Layout, Panel, Rendered, Surface, figure};
use runs::{Report, Run};

use super::config::Config;
use super::looked::{Looked, Rest};
use super::words::{self, HEADERS};
use crate::{demonstration, drawn};

/// States up to which the law is drawn as lines: one colour each.
const LINES: usize = 6;
/// States whose names fit beside each other.
const NAMED: usize = 15;
/// Distances below are rounding.
const FLOOR: f64 = 1e-13;
/// Steps of the law that are drawn at most, in a heat map.
const COLUMNS: usize = 400;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, looked: &Looked) -> anyhow::Result<()> {
    let subtitle = format!("{}, seed {}", words::headline(config, looked), config.seed);
    let report = Report::new("A Markov chain and its way to equilibrium", &subtitle)
        .paragraph(
            "Row i of the transition matrix holds the probabilities of all destinations from state i, so \
             that the law at time t is `p(t) = p(0) Wᵗ` (the lecture writes the transpose). A chain that \
             is irreducible and aperiodic goes to its stationary law `π = π W` from everywhere, in the \
             end as fast as `|λ|ᵗ` with the second eigenvalue λ.",
        )
        .facts(&words::facts(looked));
    let mut drawings = vec![
        ("matrix", matrix(config, looked)?, matrix_caption(looked)),
        ("law", law(config, looked)?, law_caption(config, looked)),
        ("spectrum", spectrum(looked)?, spectrum_caption()),
    ];
    if let Some(rest) = &looked.rest {
        drawings.push(("distance", distance(looked, rest)?, distance_caption(looked, rest)));
        drawings.push(("stationary", stationary(config, rest)?, stationary_caption()));
    }
    let mut report = drawn::all(run, report, &drawings)?;
    if looked.rest.is_some() {
        report = report
            .heading("Numbers")
            .paragraph("z is the distance of the share from π in standard errors.")
            .table(&HEADERS, &words::rows(config, looked));
    }
    demonstration::report(run, "markov-demo", config, report)
}

/// A square for each value: the points of the grid lie at both edges of each, so that nothing is
/// interpolated.
fn squares(columns: usize, rows: usize, value: impl Fn(usize, usize) -> f64) -> Surface {
    let edges = |n: usize| -> Vec<f64> {
        (0..n).flat_map(|k| [k as f64 - 0.5, k as f64 + 0.5 - 1e-9]).collect()
    };
    let z = (0..2 * rows).flat_map(|j| (0..2 * columns).map(move |i| (i / 2, j / 2)));
    Surface::new(edges(columns), edges(rows), z.map(|(i, j)| value(i, j)).collect())
}

/// A panel of numbers from state to state.
fn table(title: &str, name: &str, states: &[String], value: impl Fn(usize, usize) -> f64) -> Panel {
    let n = states.len();
    if n <= LINES {
        return written(title, states, value);
    }
    let edge = n as f64 - 0.5;
    let marks = (0..n).step_by(n.div_ceil(NAMED)).map(|k| (k as f64, states[k].as_str()));
    Panel::new(title)
        .x("to state j")
        .y("from state i")
        .x_range(-0.5, edge)
        .y_range(-0.5, edge)
        .x_marks(marks)
        .equal_aspect()
        .with(Layer::heat_map(name, &squares(n, n, |to, from| value(from, to))))
}

/// A small matrix as it is written, state 0 on top: discs whose areas are the numbers.
fn written(title: &str, states: &[String], value: impl Fn(usize, usize) -> f64) -> Panel {
    let n = states.len();
    let place = |k: usize| ((k % n) as f64, -((k / n) as f64));
    let all: Vec<f64> = (0..n * n).map(|k| value(k / n, k % n)).collect();
    let most = all.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let mut panel = Panel::new(title)
        .bare()
        .no_legend()
        .x_range(-1.5, n as f64 - 0.4)
        .y_range(0.6 - n as f64 - 0.1, 1.0)
        .equal_aspect();
    for (k, x) in all.iter().enumerate().filter(|(_, x)| x.abs() > 1e-3 * most) {
        let colour = if *x > 0.0 { Colour::SKY } else { Colour::ORANGE };
        let size = 55.0 * (x.abs() / most).sqrt();
        let disc = Layer::points("", [place(k)]).colour(colour);
        panel = panel.with(disc.size(size));
    }
    let below = |(k, x): (usize, &f64)| (place(k).0, place(k).1 - 0.46, format!("{x:.3}"));
    let rows =
        states.iter().enumerate().map(|(i, s)| (-1.05, -(i as f64) - 0.05, format!("from {s}")));
    let columns = states.iter().enumerate().map(|(j, s)| (j as f64, 0.6, format!("to {s}")));
    panel
        .with(Layer::texts(all.iter().enumerate().map(below)))
        .with(Layer::texts(rows.chain(columns)))
}

fn matrix(config: &Config, looked: &Looked) -> anyhow::Result<Rendered> {
    let names = words::names(config);
    let w = looked.w.matrix();
    let mut panels = vec![table("Transition matrix", "W(i → j)", &names, |i, j| w[(i, j)])];
    if let Some(rest) = looked.rest.as_ref().filter(|rest| !rest.is_balanced()) {
        let pi = &rest.stationary;
        let flow = |i: usize, j: usize| pi[i] * w[(i, j)] - pi[j] * w[(j, i)];
        panels.push(table(
            "Net flow at equilibrium",
            "π(i) W(i → j) − π(j) W(j → i)",
            &names,
            flow,
        ));
    }
    let width = if panels.len() == 1 { 720 } else { 1350 };
    Ok(figure(&panels, Layout::row(width, 600))?)
}

fn matrix_caption(looked: &Looked) -> String {
    let flow = match &looked.rest {
        None => "",
        Some(rest) if rest.is_balanced() => {
            " There is detailed balance: at equilibrium as many go from i to j as from j to i."
        }
        Some(_) => {
            " Right: how much more goes from i to j at equilibrium than back. With detailed balance it \
             would be 0 everywhere."
        }
    };
    format!("The probability to go from state i to state j.{flow}")
}

fn law(config: &Config, looked: &Looked) -> anyhow::Result<Rendered> {
    let (n, names) = (config.number(), words::names(config));
    let title = format!("From state {}", names[config.start]);
    if n <= LINES {
        let mut panel = Panel::new(title).x("time t (steps)").y("probability of a state");
        panel = panel.y_range(0.0, 1.02);
        for (state, name) in names.iter().enumerate() {
            let colour = Colour::cycle(state);
            if let Some(rest) = &looked.rest {
                let pi = Layer::horizontal("", rest.stationary[state]).colour(colour).dashed();
                panel = panel.with(pi);
            }
            let line = looked.laws.iter().enumerate().map(|(t, law)| (t as f64, law[state]));
            let line = Layer::line(name.as_str(), line).colour(colour);
            panel = panel.with(if looked.laws.len() <= 60 { line.dots() } else { line });
        }
        return Ok(figure(&[panel], Layout::row(900, 540))?);
    }
    let every = looked.laws.len().div_ceil(COLUMNS);
    let shown: Vec<&Vec<f64>> = looked.laws.iter().step_by(every).collect();
    // The start alone would take all colours.
    let most = shown.iter().skip(1).flat_map(|law| law.iter()).copied().fold(0.0, f64::max);
    let surface = squares(shown.len(), n, |t, state| shown[t][state].min(most));
    let marks = column_marks(shown.len(), every);
    let panel = Panel::new(title)
        .x("time t (steps)")
        .y("state")
        .x_range(-0.5, shown.len() as f64 - 0.5)
        .y_range(-0.5, n as f64 - 0.5)
        .x_marks(marks)
        .with(Layer::heat_map("probability", &surface));
    Ok(figure(&[panel], Layout::row(1000, 560))?)
}

/// Marks of columns that stand for every so many steps.
fn column_marks(columns: usize, every: usize) -> Vec<(f64, String)> {
    let last = (columns - 1) * every;
    let rough = last as f64 / 8.0;
    let power = 10f64.powf(rough.max(1.0).log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0].into_iter().find(|k| k * power >= rough).unwrap_or(10.0);
    let step = ((nice * power) as usize).max(1);
    (0..=last).step_by(step).map(|t| (t as f64 / every as f64, t.to_string())).collect()
}

fn law_caption(config: &Config, looked: &Looked) -> String {
    let start = &words::names(config)[config.start];
    let end = match (&looked.rest, config.number() <= LINES, looked.period) {
        (None, ..) => " The chain falls apart, and where it ends may depend on where it starts.",
        (_, _, Some(2..)) => " It is periodic and never forgets where it started.",
        (Some(_), true, _) => " Dashed: the stationary law.",
        _ => "",
    };
    format!("The law p(t) = p(0) Wᵗ of a chain that starts in state {start}.{end}")
}

fn spectrum(looked: &Looked) -> anyhow::Result<Rendered> {
    let circle = |radius: f64| {
        (0..=120).map(move |k| {
            let angle = 2.0 * PI * f64::from(k) / 120.0;
            (radius * angle.cos(), radius * angle.sin())
        })
    };
    let mut panel = Panel::new("")
        .x("real part")
        .y("imaginary part")
        .x_range(-1.15, 1.15)
        .y_range(-1.15, 1.15)
        .equal_aspect()
        .with(Layer::horizontal("", 0.0).colour(Colour::GREY).width(1.0))
        .with(Layer::vertical("", 0.0).colour(Colour::GREY).width(1.0))
        .with(Layer::line("unit circle", circle(1.0)).colour(Colour::BLACK).width(1.5));
    let second = looked.second();
    if looked.eigenvalues.len() > 1 && second < 1.0 - 1e-9 {
        let label = format!("|λ| = {second:.4} of the second");
        panel = panel.with(Layer::line(label, circle(second)).colour(Colour::VERMILION).dashed());
    }
    let points = looked.eigenvalues.iter().copied();
    let panel = panel.with(Layer::points("eigenvalues", points).colour(Colour::BLUE).size(9.0));
    Ok(figure(&[panel], Layout::row(720, 680))?)
}

fn spectrum_caption() -> String {
    "The eigenvalues of the matrix in the complex plane. One is always 1, none is outside of the unit circle; \
     with detailed balance all are real. Each mode falls as λᵗ, so that the largest modulus below 1 \
     decides in the end how fast the chain forgets."
        .to_owned()
}

fn distance(looked: &Looked, rest: &Rest) -> anyhow::Result<Rendered> {
    let second = looked.second();
    let known = |(t, d): (usize, &f64)| (t as f64, *d);
    let seen = rest.distances.iter().enumerate().map(known).filter(|(_, d)| *d > FLOOR);
    let seen: Vec<(f64, f64)> = seen.collect();
    let last = seen.last().map_or(1.0, |(t, _)| t.max(1.0));
    let lowest = seen.iter().map(|(_, d)| *d).fold(1.0, f64::min);
    let mut panel = Panel::new("")
        .x("time t (steps)")
        .y("total variation distance to π")
        .log_y()
        .x_range(-0.01 * last, last);
    let curve = |factor: f64| {
        let at = (0..=last as usize).map(move |t| (t as f64, factor * second.powf(t as f64)));
        at.filter(|(_, d)| *d > 0.3 * lowest).collect::<Vec<_>>()
    };
    match rest.bound {
        Some(bound) if second > 0.0 => {
            let label = format!("bound {bound:.2} · {second:.4}ᵗ");
            panel = panel.with(Layer::line(label, curve(bound)).colour(Colour::BLACK).dashed());
        }
        None if looked.period == Some(1) && second > 0.0 => {
            let label = format!("slope {second:.4}ᵗ (no bound without balance)");
            panel = panel.with(Layer::line(label, curve(1.0)).colour(Colour::BLACK).dashed());
        }
        _ => {}
    }
    if let Some(time) = looked.relaxation_time().filter(|time| *time > 0.0 && *time < last) {
        let label = format!("relaxation time {time:.1}");
        panel = panel.with(Layer::vertical(label, time).colour(Colour::VERMILION));
    }
    let line = Layer::line("distance", seen.iter().copied()).colour(Colour::BLUE);
    panel = panel.with(if seen.len() <= 60 { line.dots() } else { line });
    Ok(figure(&[panel], Layout::row(900, 560))?)
}

fn distance_caption(looked: &Looked, rest: &Rest) -> String {
    let bound = match (looked.period, rest.is_balanced()) {
        (Some(2..), _) => "A periodic chain never comes to its stationary law.",
        (_, true) => {
            "Dashed: the bound ½ √((1 − π(i)) / π(i)) |λ|ᵗ for a start in state i, which needs detailed \
             balance (Levin, Peres and Wilmer 2009, section 12.2)."
        }
        _ => "Dashed: |λ|ᵗ, whose slope the distance takes on in the end.",
    };
    format!("How far the law is from the stationary one, on a logarithmic axis. {bound}")
}

fn stationary(config: &Config, rest: &Rest) -> anyhow::Result<Rendered> {
    let n = config.number();
    let bars = rest.stationary.iter().enumerate().map(|(i, pi)| (i as f64, *pi));
    let shares = rest.frequencies.iter().enumerate().map(|(i, (share, error))| {
        let half = 1.96 * error.unwrap_or(0.0);
        (i as f64, *share, (share - half).max(0.0), share + half)
    });
    let every = n.div_ceil(NAMED);
    let names = words::names(config).into_iter().enumerate().step_by(every);
    let panel = Panel::new("")
        .x("state")
        .y("probability")
        .x_range(-0.6, n as f64 - 0.4)
        .x_marks(names.map(|(i, name)| (i as f64, name)))
        .with(Layer::bars("stationary law π", bars).colour(Colour(190, 205, 215)))
        .with(Layer::intervals("share in long runs, 95 %", shares).colour(Colour::BLUE).size(6.0));
    Ok(figure(&[panel], Layout::row(900, 540))?)
}

fn stationary_caption() -> String {
    "The stationary law beside the share of the time that simulated chains spend in each state. The error \
     bars take into account that the draws of a chain are correlated."
        .to_owned()
}
