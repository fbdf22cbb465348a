//! Draws one figure of each kind into a folder: `cargo run -p figures --example gallery -- FOLDER`.

use std::error::Error;
use std::path::{Path, PathBuf};

use figures::{
    Colour, ImageRow, Layer, Layout, Marker, Panel, Rendered, Surface, figure, image_grid,
};
use prob_core::Seed;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

type Points = Vec<(f64, f64)>;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| "target/gallery".into(), PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let samples = gibbs(10_000);
    write(&folder, "training", &training()?)?;
    write(&folder, "gibbs", &gibbs_start(&samples)?)?;
    write(&folder, "panels", &three_panels(&samples)?)?;
    write(&folder, "trace", &trace(&samples)?)?;
    write(&folder, "codings", &codings()?)?;
    write(&folder, "histogram", &histogram(&samples)?)?;
    write(&folder, "scales", &scales()?)?;
    write(&folder, "surface", &surface()?)?;
    write(&folder, "bands", &bands()?)?;
    write(&folder, "images", &images(&["original", "reconstruction"], 10)?)?;
    let epochs: Vec<String> = (1..=16).map(|e| format!("epoch {e}")).collect();
    let epochs: Vec<&str> = epochs.iter().map(String::as_str).collect();
    write(&folder, "many-rows", &images(&epochs, 20)?)?;
    Ok(())
}

fn write(folder: &Path, name: &str, picture: &Rendered) -> std::io::Result<()> {
    std::fs::write(folder.join(name).with_extension("png"), &picture.png)?;
    match &picture.svg {
        Some(svg) => std::fs::write(folder.join(name).with_extension("svg"), svg),
        None => Ok(()),
    }
}

/// Two panels of curves against the epoch.
fn training() -> Result<Rendered, figures::Error> {
    let curve = |start: f64, end: f64, rate: f64| {
        (1..=20).map(move |e| (f64::from(e), end + (start - end) * f64::from(e).powf(-rate)))
    };
    let loss = Panel::new("Loss")
        .x("epoch")
        .y("binary cross-entropy")
        .with(Layer::line("train", curve(0.152, 0.083, 0.65)).dots())
        .with(Layer::line("validation", curve(0.131, 0.085, 0.62)).dots())
        .with(Layer::horizontal("floor 0.0588", 0.0588).dashed().colour(Colour::GREY));
    let accuracy = Panel::new("Rounded accuracy")
        .x("epoch")
        .y("accuracy")
        .with(Layer::line("train", curve(0.939, 0.977, 0.7)).dots())
        .with(Layer::line("validation", curve(0.951, 0.976, 0.72)).dots());
    figure(&[loss, accuracy], Layout::row(1100, 460))
}

/// A surface from above, with lines of equal height.
fn surface() -> Result<Rendered, figures::Error> {
    let axis = |n: i32| (0..=n).map(|i| f64::from(i) * 4.0 / f64::from(n) - 2.0).collect();
    let hills = Surface::of(axis(60), axis(60), |x, y| {
        let hill = |u: f64, v: f64| (-2.0 * ((x - u).powi(2) + (y - v).powi(2))).exp();
        hill(-0.7, -0.5) + 0.7 * hill(0.8, 0.6)
    });
    let mut panel = Panel::new("").x("x").y("y").x_range(-2.0, 2.0).y_range(-2.0, 2.0);
    panel = panel.with(Layer::heat_map("height", &hills));
    for level in [0.2, 0.5, 0.8] {
        panel = panel.with(Layer::contour("", &hills, level).colour(Colour(255, 255, 255)));
    }
    figure(&[panel], Layout::row(760, 640))
}

/// A band around a line with error bars, and bars with names and numbers.
fn bands() -> Result<Rendered, figures::Error> {
    let sizes = || (0..=8).map(|i| 10f64.powf(1.0 + f64::from(i) / 2.0));
    let share = Panel::new("Band and error bars")
        .x("n")
        .y("share")
        .log_x()
        .with(Layer::band(
            "± 2/√n",
            sizes().map(|n| (n, 1.0 - 2.0 / n.sqrt(), 1.0 + 2.0 / n.sqrt())),
        ))
        .with(Layer::horizontal("limit", 1.0))
        .with(Layer::intervals(
            "measured",
            sizes().map(|n| (n, 1.0 + 0.8 / n.sqrt(), 1.0, 1.0 + 1.6 / n.sqrt())),
        ));
    let named = Panel::new("Names and numbers")
        .x_marks([(0.0, "cancer"), (1.0, "healthy")])
        .y_range(0.0, 1.1)
        .with(Layer::bars("", [(0.0, 0.03), (1.0, 0.97)]))
        .with(Layer::texts([(0.0, 0.03, "3 %"), (1.0, 0.97, "97 %")]));
    figure(&[share, named], Layout::row(1100, 460))
}

fn normal(rng: &mut impl Rng) -> f64 {
    rng.sample(StandardNormal)
}

/// The path of a Gibbs sampler on two normal variables with correlation 0.5: both half steps.
fn gibbs(sweeps: usize) -> Points {
    let mut rng = Seed(7).stream("gallery", 0);
    let (mut a, mut b) = (3.0, -3.0);
    let mut path = vec![(a, b)];
    for _ in 0..sweeps {
        a = 0.5 * b + 0.75f64.sqrt() * normal(&mut rng);
        path.push((a, b));
        b = 0.5 * a + 0.75f64.sqrt() * normal(&mut rng);
        path.push((a, b));
    }
    path
}

fn exact(n: usize) -> Points {
    let mut rng = Seed(7).stream("gallery", 1);
    let mut draw = || {
        let a = normal(&mut rng);
        (a, 0.5 * a + 0.75f64.sqrt() * normal(&mut rng))
    };
    (0..n).map(|_| draw()).collect()
}

fn ellipse(probability: f64) -> Layer {
    Layer::ellipse("", [0.0; 2], [[1.0, 0.5], [0.5, 1.0]], probability)
        .colour(Colour::BLACK)
        .width(1.2)
}

/// Exact samples below the first hundred samples of a chain with its path.
fn gibbs_start(path: &Points) -> Result<Rendered, figures::Error> {
    let panel = Panel::new("The first 100 Gibbs samples")
        .x("a")
        .y("b")
        .equal_aspect()
        .with(
            Layer::points("exact samples", exact(1000)).colour(Colour::GREY).size(4.0).opacity(0.5),
        )
        .with(ellipse(0.5))
        .with(ellipse(0.95))
        .with(Layer::line("path", path[..201].iter().copied()).width(1.0).colour(Colour::SKY))
        .with(
            Layer::points("Gibbs samples", path[..201].iter().copied().step_by(2))
                .size(6.0)
                .colour(Colour::BLUE),
        )
        .with(
            Layer::points("start", [path[0]])
                .colour(Colour::VERMILION)
                .marker(Marker::Diamond)
                .size(14.0),
        );
    figure(&[panel], Layout::row(760, 640))
}

/// Three panels with the same axes.
fn three_panels(path: &Points) -> Result<Rendered, figures::Error> {
    let panel = |title: &str| Panel::new(title).x("a").y("b").equal_aspect();
    let samples = path.iter().copied().step_by(2).skip(1);
    let panels = [
        panel("original p(a, b)").with(Layer::points("", exact(10_000)).size(3.0).opacity(0.25)),
        panel("path").with(Layer::line("", path[..401].iter().copied()).width(1.0)),
        panel("samples").with(Layer::points("", samples).size(3.0).opacity(0.25)),
    ];
    figure(&panels, Layout::row(1260, 480).shared_axes())
}

/// A trace and its autocorrelation.
fn trace(path: &Points) -> Result<Rendered, figures::Error> {
    let a: Vec<f64> = path.iter().step_by(2).map(|p| p.0).collect();
    let points = |c: usize| a[c * 500..][..500].iter().enumerate().map(|(i, v)| (i as f64, *v));
    let n = a.len();
    let lag = |k: usize| (0..n - k).map(|i| a[i] * a[i + k]).sum::<f64>() / (n - k) as f64;
    let trace = Panel::new("Trace of a")
        .x("sweep")
        .y("a")
        .with(Layer::line("chain 1", points(0)).width(1.0))
        .with(Layer::line("chain 2", points(1)).width(1.0));
    let autocorrelation = Panel::new("Autocorrelation")
        .x("lag, sweeps")
        .y("autocorrelation")
        .with(Layer::stems("estimate", (0..=12).map(|k| (k as f64, lag(k) / lag(0)))))
        .with(Layer::line(
            "ρ²ᵏ",
            (0..=120).map(|k| (0.1 * f64::from(k), 0.25f64.powf(0.1 * f64::from(k)))),
        ));
    figure(&[trace, autocorrelation], Layout::row(1100, 440))
}

/// Codings of a curve, coloured along it.
fn codings() -> Result<Rendered, figures::Error> {
    let mut rng = Seed(7).stream("gallery", 2);
    let along: Vec<f64> = (0..200).map(|i| 4.7 * f64::from(i) / 199.0 - 0.5).collect();
    let points: Points = along
        .iter()
        .map(|t| {
            (
                t.cos() + t.sin() / 2.0 + 0.05 * normal(&mut rng),
                0.7 * t.sin() + 0.05 * normal(&mut rng),
            )
        })
        .collect();
    let panel = Panel::new("Codings of the linear autoencoder")
        .x("z₁")
        .y("z₂")
        .equal_aspect()
        .with(Layer::points("", points).values("angle", along).size(8.0));
    figure(&[panel], Layout::row(700, 560))
}

/// A histogram below its density, and bars.
fn histogram(path: &Points) -> Result<Rendered, figures::Error> {
    let density = (-400..=400).map(|i| {
        let x = f64::from(i) / 100.0;
        (x, (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt())
    });
    let samples = path.iter().step_by(2).map(|p| p.0);
    let marginal = Panel::new("Marginal of a")
        .x("a")
        .y("density")
        .with(Layer::histogram("10,000 Gibbs samples", samples, 40).colour(Colour::SKY))
        .with(Layer::line("N(0, 1)", density).colour(Colour::BLACK));
    let counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    let digits = Panel::new("Training images").x("digit").y("number").with(Layer::bars(
        "",
        counts.iter().enumerate().map(|(digit, n)| (digit as f64, f64::from(*n))),
    ));
    figure(&[marginal, digits], Layout::row(1100, 440))
}

/// A logarithmic axis, large and small numbers, a panel without data: two rows.
fn scales() -> Result<Rendered, figures::Error> {
    let n = (0..=60).map(|i| 10f64.powf(f64::from(i) / 10.0));
    let error = Panel::new("Monte Carlo error, a logarithmic axis")
        .x("samples")
        .y("standard error")
        .log_y()
        .line("n⁻⁰·⁵", n.clone().map(|n| (n, n.powf(-0.5))))
        .line("n⁻¹", n.map(|n| (n, 1.0 / n)));
    let small = Panel::new("Small numbers")
        .x("step")
        .y("rate")
        .line("", (0..100).map(|i| (f64::from(i) * 400.0, 2e-5 * (-f64::from(i) / 30.0).exp())));
    let constant = Panel::new("A constant").x("step").y("value").points("", [(3.0, 7.0)]);
    let empty = Panel::new("Nothing yet").x("epoch").y("loss").line("train", []);
    figure(&[error, small, constant, empty], Layout::row(1100, 860).columns(2))
}

/// Images that look like handwriting from afar: strokes, more and more blurred from row to row.
fn images(labels: &[&str], columns: usize) -> Result<Rendered, figures::Error> {
    let mut rng = Seed(7).stream("gallery", 3);
    let mut knots = || -> Points {
        (0..4).map(|_| (rng.random_range(7.0..21.0), rng.random_range(5.0..23.0))).collect()
    };
    let strokes: Vec<Points> = (0..columns).map(|_| knots()).collect();
    let draw = |knots: &Points, blur: f64| -> Vec<f32> {
        let pixel = |i: usize| {
            let place = ((i % 28) as f64, (i / 28) as f64);
            let near = knots.windows(2).map(|w| distance(place, w[0], w[1])).fold(99.0, f64::min);
            (1.0 / (1.0 + ((near - 1.6) / blur).exp())) as f32
        };
        (0..784).map(pixel).collect()
    };
    let blur = |row: usize| 0.15 + 0.6 * row as f64 / (labels.len() - 1) as f64;
    let rows: Vec<Vec<Vec<f32>>> = (0..labels.len())
        .map(|row| strokes.iter().map(|knots| draw(knots, blur(row))).collect())
        .collect();
    let rows: Vec<ImageRow<'_>> = rows
        .iter()
        .zip(labels)
        .map(|(row, label)| ImageRow::new(*label, row.iter().map(Vec::as_slice)))
        .collect();
    image_grid(&rows, 28, 28)
}

fn distance(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let t = ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / (dx * dx + dy * dy).max(1e-9);
    let t = t.clamp(0.0, 1.0);
    (p.0 - a.0 - t * dx).hypot(p.1 - a.1 - t * dy)
}
