//! The figures and the report of a training run.

use figures::{Colour, ImageRow, Layer, Layout, Panel, Rendered, figure, image_grid};
use runs::{Report, Run};
use train::{Ending, EpochRecord};

use super::config::{Config, Data, Model};
use super::outcome::{Findings, Outcome};
use crate::drawn;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(run: &Run, config: &Config, outcome: &Outcome, ending: Ending) -> anyhow::Result<()> {
    let mut report = Report::new(&title(config), &subtitle(config, outcome, ending));
    report = report.facts(&facts(outcome));
    if !outcome.history.epochs.is_empty() {
        let curves = curves(outcome)?;
        drawn::keep(run, "curves", &curves)?;
        let caption = curves_caption(outcome);
        report =
            drawn::show(report, &curves, &caption, "Loss against epoch, training and validation");
    }
    report = match &outcome.findings {
        Findings::Images { size, originals, reconstructions, .. } => {
            let grid = reconstruction_grid(*size, originals, reconstructions)?;
            drawn::keep(run, "reconstructions", &grid)?;
            let images = match outcome.observations.1 {
                0 => "images that the model has learnt from",
                _ => "images that the model has not learnt from",
            };
            let caption = format!(
                "Above: {images}. Below: what it makes of each from its code of 30 numbers."
            );
            drawn::show(report, &grid, &caption, "Images above their reconstructions")
        }
        Findings::Plane { codings, pca_codings, .. } => {
            let panels = coding_figure(codings, pca_codings)?;
            drawn::keep(run, "codings", &panels)?;
            let caption = "The code of each point, coloured by its place along the arc. The two \
                           planes are the same; within its plane the network is free to choose \
                           axes, PCA takes the directions of largest variance.";
            drawn::show(report, &panels, caption, "Two-dimensional codes of the network and of PCA")
        }
    };
    let toml = toml::to_string_pretty(config)?;
    let html = report
        .heading("Numbers")
        .table(&["", "value"], &rows(outcome))
        .heading("Epochs")
        .table(&headers(config), &epochs(config, outcome))
        .heading("Again")
        .paragraph(
            "The same run, bit for bit, on the same kind of machine: \
             `cargo xtask train-ae --config config.toml` with this `config.toml`.",
        )
        .code(&toml)
        .paragraph(
            "The weights are in `checkpoints/last/model.safetensors` (and `checkpoints/best`) under \
             PyTorch's names: `load_state_dict(safetensors.torch.load_file(…))` takes them.",
        )
        .render();
    run.write("report.html", html)?;
    Ok(())
}

fn title(config: &Config) -> String {
    match config.model {
        Model::Stacked => format!("Stacked autoencoder on {}", title_of(config.data)),
        Model::Linear => "Linear autoencoder beside PCA".to_owned(),
    }
}

fn title_of(data: Data) -> &'static str {
    match data {
        Data::Mnist => "MNIST",
        Data::FashionMnist => "Fashion-MNIST",
        Data::Arc => "the arc",
    }
}

fn subtitle(config: &Config, outcome: &Outcome, ending: Ending) -> String {
    let done = outcome.history.epochs.len();
    let (learnt, held_out) = outcome.observations;
    let end = match ending {
        Ending::Finished => String::new(),
        Ending::StoppedEarly => ", stopped early: the validation loss no longer fell".to_owned(),
        Ending::Interrupted => format!(", interrupted in epoch {}", done + 1),
    };
    let held_out = if held_out > 0 { format!(", {held_out} held out") } else { String::new() };
    let parameters = outcome.parameters;
    let seed = config.seed;
    format!(
        "{done} of {} epochs on {learnt} observations{held_out}; {parameters} parameters; \
         seed {seed}{end}",
        config.epochs
    )
}

fn facts(outcome: &Outcome) -> Vec<(String, String)> {
    let all = outcome.numbers().into_iter().take(4);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn rows(outcome: &Outcome) -> Vec<Vec<String>> {
    outcome.numbers().into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect()
}

/// One quantity of all epochs as points over the epoch's number.
fn series(outcome: &Outcome, of: impl Fn(&EpochRecord) -> Option<f64>) -> Vec<(f64, f64)> {
    let points = outcome.history.epochs.iter();
    points.filter_map(|record| Some((record.epoch as f64, of(record)?))).collect()
}

fn held_out(record: &EpochRecord, quantity: usize) -> Option<f64> {
    record.validation.as_ref()?.get(quantity).copied()
}

fn curves(outcome: &Outcome) -> anyhow::Result<Rendered> {
    let train = |i: usize| series(outcome, |r| r.train.get(i).copied());
    let validation = |i: usize| series(outcome, |r| held_out(r, i));
    let with_validation = |panel: Panel, i: usize| {
        let points = validation(i);
        if points.is_empty() { panel } else { panel.with(Layer::line("validation", points).dots()) }
    };
    let few = outcome.history.epochs.len() <= 100;
    let line = |i: usize| {
        let line = Layer::line("training", train(i));
        if few { line.dots() } else { line }
    };
    match &outcome.findings {
        Findings::Images { floor, .. } => {
            let loss =
                Panel::new("Loss").x("epoch").y("binary cross-entropy per pixel").with(line(0));
            let floor = Layer::horizontal(format!("floor {floor:.4}"), *floor).dashed();
            let accuracy =
                Panel::new("Rounded accuracy").x("epoch").y("fraction of pixels").with(line(1));
            let panels = [
                with_validation(loss, 0).with(floor.colour(Colour::GREY)),
                with_validation(accuracy, 1),
            ];
            Ok(figure(&panels, Layout::row(1200, 480))?)
        }
        Findings::Plane { pca_residual, .. } => {
            let label = format!("PCA residual {pca_residual:.6}");
            let residual = Layer::horizontal(label, *pca_residual).dashed().colour(Colour::GREY);
            let loss = Panel::new("Loss")
                .x("epoch")
                .y("mean squared error")
                .log_y()
                .with(line(0))
                .with(residual);
            Ok(figure(&[loss], Layout::row(800, 520))?)
        }
    }
}

fn curves_caption(outcome: &Outcome) -> String {
    let during = "The training values are means over the epoch, each batch measured before its step, \
                  and so lag half an epoch behind the validation values at the epoch's end.";
    match &outcome.findings {
        Findings::Images { .. } => format!(
            "{during} No model can get below the floor: grey pixels have an entropy of their own."
        ),
        Findings::Plane { .. } => {
            "The loss of the network against that of the best plane, which PCA gives in closed form."
                .to_owned()
        }
    }
}

fn reconstruction_grid(
    (height, width): (usize, usize),
    originals: &[Vec<f32>],
    reconstructions: &[Vec<f32>],
) -> anyhow::Result<Rendered> {
    let rows = [
        ImageRow::new("original", originals.iter().map(Vec::as_slice)),
        ImageRow::new("reconstruction", reconstructions.iter().map(Vec::as_slice)),
    ];
    Ok(image_grid(&rows, height, width)?)
}

fn coding_figure(codings: &[(f64, f64)], pca: &[(f64, f64)]) -> anyhow::Result<Rendered> {
    let angle = along_the_arc(pca);
    let panel =
        |title: &str, points: &[(f64, f64)]| {
            Panel::new(title).x("z₁").y("z₂").equal_aspect().with(
                Layer::points("", points.to_vec()).values("along the arc (rad)", angle.clone()),
            )
        };
    let panels = [panel("Linear autoencoder", codings), panel("PCA", pca)];
    Ok(figure(&panels, Layout::row(1200, 520))?)
}

/// The angle of each point of an arc around the origin, counted from one end of it: from the end of
/// the largest gap between two points.
fn along_the_arc(points: &[(f64, f64)]) -> Vec<f64> {
    use std::f64::consts::TAU;
    let angles: Vec<f64> = points.iter().map(|(x, y)| y.atan2(*x)).collect();
    let mut sorted = angles.clone();
    sorted.sort_by(f64::total_cmp);
    let next = |i: usize| if i + 1 < sorted.len() { sorted[i + 1] } else { sorted[0] + TAU };
    let gap = |i: usize| next(i) - sorted[i];
    let widest = (0..sorted.len()).max_by(|i, j| gap(*i).total_cmp(&gap(*j)));
    let end = widest.map_or(0.0, next);
    angles.iter().map(|angle| (angle - end).rem_euclid(TAU)).collect()
}

fn headers(config: &Config) -> Vec<&'static str> {
    let quantities = if config.model == Model::Linear { 1 } else { 2 };
    let mut headers = vec!["epoch"];
    headers.extend(["loss", "accuracy"].iter().take(quantities));
    if config.validation > 0 {
        headers.extend(["validation loss", "validation accuracy"].iter().take(quantities));
    }
    headers
}

/// Rows of the table of epochs: at most about forty of them.
fn epochs(config: &Config, outcome: &Outcome) -> Vec<Vec<String>> {
    let quantities = if config.model == Model::Linear { 1 } else { 2 };
    let all = &outcome.history.epochs;
    let every = all.len().div_ceil(40).max(1);
    let shown = all.iter().filter(|r| {
        let epoch = r.epoch as usize;
        epoch.is_multiple_of(every) || epoch == 1 || epoch == all.len()
    });
    shown
        .map(|record| {
            let held_out = record.validation.iter().flatten().take(quantities);
            let values = record.train.iter().take(quantities).chain(held_out);
            let mut row = vec![record.epoch.to_string()];
            row.extend(values.map(|v| format!("{v:.6}")));
            row
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::along_the_arc;

    #[test]
    fn the_colour_runs_from_one_end_of_the_arc_to_the_other() {
        // Three quarters of a circle, beginning at 2.5 rad and going on over π.
        let at = |k: usize| 2.5 + 4.7 * k as f64 / 50.0;
        let points: Vec<(f64, f64)> = (0..=50).map(|k| (at(k).cos(), at(k).sin())).collect();
        let angles = along_the_arc(&points);
        for (k, angle) in angles.iter().enumerate().skip(1) {
            assert!((angle - (at(k) - 2.5)).abs() < 1e-9, "{k}: {angle}");
        }
    }
}
