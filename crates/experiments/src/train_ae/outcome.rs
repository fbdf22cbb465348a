//! What a training run came to: plain numbers and images, nothing drawn yet.

use autoenc::candle_core::Tensor;
use autoenc::{Mode, Pca, Trainer, largest_principal_angle};
use nalgebra::DMatrix;
use train::{History, Progress};

use super::config::{Config, Model};
use super::data::{self, Loaded};
use super::session::Diverged;

/// Images in the picture of reconstructions.
const SHOWN_IMAGES: usize = 10;

/// A trained model in numbers.
#[derive(Debug)]
pub struct Outcome {
    /// Loss and accuracy of each epoch.
    pub history: History,
    /// The median time of an epoch in seconds, where one ended.
    pub seconds_per_epoch: Option<f64>,
    /// Observations learnt from and held out.
    pub observations: (usize, usize),
    /// Parameters of the model.
    pub parameters: usize,
    /// What depends on the model.
    pub findings: Findings,
}

/// What is to be seen of a model.
#[derive(Debug)]
pub enum Findings {
    /// Of images.
    Images {
        /// The smallest loss that any model reaches on the held-out images: their entropy.
        floor: f64,
        /// Height and width in pixels.
        size: (usize, usize),
        /// Held-out images, or of the training images where none are held out.
        originals: Vec<Vec<f32>>,
        /// What the model makes of them.
        reconstructions: Vec<Vec<f32>>,
    },
    /// Of points in space, beside principal component analysis.
    Plane {
        /// Mean squared error of the model on the training points.
        loss: f64,
        /// Mean squared error of PCA with as many components: the smallest that is possible.
        pca_residual: f64,
        /// The largest principal angle between the model's plane and that of PCA, in rad.
        angle: f64,
        /// The code of each point.
        codings: Vec<(f64, f64)>,
        /// The code of each point in PCA.
        pca_codings: Vec<(f64, f64)>,
    },
}

/// Evaluates a trained model.
///
/// # Errors
/// Where the device fails.
pub fn measure(
    config: &Config,
    data: &Loaded,
    trainer: &Trainer,
    progress: &Progress,
    seconds_per_epoch: Option<f64>,
) -> anyhow::Result<Outcome> {
    let findings = match config.model {
        Model::Stacked => images(data, trainer)?,
        Model::Linear => plane(data, trainer)?,
    };
    Ok(Outcome {
        history: progress.history.clone(),
        seconds_per_epoch,
        observations: (data.train.len(), data.validation.as_ref().map_or(0, |v| v.len())),
        parameters: trainer.parameters().count(),
        findings,
    })
}

fn images(data: &Loaded, trainer: &Trainer) -> anyhow::Result<Findings> {
    let shown = data.shown();
    let few = shown.first(SHOWN_IMAGES);
    let x = data::tensor(&few, trainer.parameters().device())?;
    let made = trainer.model().reconstruct(&x)?.to_vec2::<f32>()?;
    if made.iter().flatten().any(|v| !v.is_finite()) {
        return Err(Diverged("a reconstruction").into());
    }
    let size = match few.shape() {
        &[height, width] => (height, width),
        _ => (1, few.features()),
    };
    Ok(Findings::Images {
        floor: trainer.model().loss().floor(shown.values()),
        size,
        originals: few.values().chunks(few.features()).map(<[f32]>::to_vec).collect(),
        reconstructions: made,
    })
}

fn plane(data: &Loaded, trainer: &Trainer) -> anyhow::Result<Findings> {
    let x = data::tensor(&data.train, trainer.parameters().device())?;
    let loss = trainer.model().compare(&x, &mut Mode::Eval)?.mean;
    if !loss.is_finite() {
        return Err(Diverged("the loss").into());
    }
    let pca = Pca::fit(data.train.matrix(), 2)?;
    let codes = trainer.model().encode(&x)?;
    Ok(Findings::Plane {
        loss,
        pca_residual: pca.residual(),
        angle: largest_principal_angle(&span_of(trainer)?, pca.components())?,
        codings: pairs(&codes)?,
        pca_codings: pca.encode(data.train.matrix())?.column_iter().map(|c| (c[0], c[1])).collect(),
    })
}

/// The directions that a linear decoder can reach: the columns of its weights `[outputs, code]`.
fn span_of(trainer: &Trainer) -> anyhow::Result<DMatrix<f64>> {
    let weights = trainer.parameters().all();
    let decoder = weights.iter().find(|p| p.name() == "decoder.0.weight");
    let Some(decoder) = decoder else { anyhow::bail!("the model has no decoder.0.weight") };
    let rows = decoder.var().to_vec2::<f32>()?;
    let columns = rows.first().map_or(0, Vec::len);
    Ok(DMatrix::from_fn(rows.len(), columns, |i, j| f64::from(rows[i][j])))
}

fn pairs(codes: &Tensor) -> anyhow::Result<Vec<(f64, f64)>> {
    let rows = codes.to_vec2::<f32>()?;
    Ok(rows.iter().map(|r| (f64::from(r[0]), f64::from(r[1]))).collect())
}

impl Outcome {
    /// Name and value of what is worth knowing, for the terminal and the report.
    pub fn numbers(&self) -> Vec<(&'static str, String)> {
        let mut rows = Vec::new();
        match &self.findings {
            Findings::Images { floor, .. } => {
                if let Some(last) = self.history.epochs.last() {
                    let held_out = last.validation.as_ref();
                    let (kind, values) = match held_out {
                        Some(values) => (("validation loss", "validation accuracy"), values),
                        None => (("loss", "accuracy"), &last.train),
                    };
                    rows.push((kind.0, format!("{:.5}", values[0])));
                    rows.push((kind.1, format!("{:.5}", values[1])));
                    rows.push(("floor of the loss (entropy of the pixels)", format!("{floor:.5}")));
                    rows.push(("excess above the floor", format!("{:.5}", values[0] - floor)));
                }
            }
            Findings::Plane { loss, pca_residual, angle, .. } => {
                let relative = (loss - pca_residual) / pca_residual;
                rows.push(("mean squared error", format!("{loss:.9}")));
                rows.push(("PCA residual", format!("{pca_residual:.9}")));
                rows.push(("relative excess over PCA", format!("{relative:.1e}")));
                rows.push((
                    "largest principal angle to the PCA plane (rad)",
                    format!("{angle:.1e}"),
                ));
            }
        }
        if let Some(seconds) = self.seconds_per_epoch {
            let text = if seconds < 0.1 {
                format!("{:.3} ms", 1e3 * seconds)
            } else {
                format!("{seconds:.2} s")
            };
            rows.push(("time of an epoch (median)", text));
        }
        rows
    }

    /// The numbers as lines.
    pub fn summary(&self) -> Vec<String> {
        let numbers = self.numbers();
        let width = numbers.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        numbers.iter().map(|(name, value)| format!("{name:width$}  {value}")).collect()
    }
}
