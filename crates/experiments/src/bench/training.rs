//! Our own training loop, measured: seconds an epoch.

use std::ops::ControlFlow;
use std::time::Instant;

use autoenc::candle_core::Device;
use prob_core::Seed;
use train::{Event, Progress, fit};

use super::{Case, NAME, median};
use crate::train_ae::{self, Choices, Loaded, Model, TensorBatches};

/// Models with the batch sizes that are measured.
const CASES: [(Model, usize); 4] =
    [(Model::Stacked, 32), (Model::Stacked, 128), (Model::Stacked, 512), (Model::Linear, 200)];

/// Epochs of a model whose epochs are too short for the clock, counted as one.
const TOGETHER: u64 = 200;

/// Measures each case, or those of one model.
pub fn measure(only: Option<Model>, epochs: u64) -> anyhow::Result<Vec<Case>> {
    let wanted = CASES.iter().filter(|(model, _)| only.is_none_or(|only| only == *model));
    wanted.map(|(model, batch)| case(*model, *batch, epochs)).collect()
}

fn case(model: Model, batch: usize, epochs: u64) -> anyhow::Result<Case> {
    let together = if model == Model::Linear { TOGETHER } else { 1 };
    let choices = Choices {
        model: Some(model),
        batch_size: Some(batch),
        // A larger batch with the lecture's rate would do; it is the time that is measured.
        learning_rate: Some(0.1),
        epochs: Some((epochs + 1) * together),
        ..Choices::default()
    };
    let config = choices.resolve()?;
    let loaded = Loaded { validation: None, ..train_ae::load(&config)? };
    let mut trainer = train_ae::trainer(&config, &Device::Cpu)?;
    let mut batches = TensorBatches::new(&loaded, batch, Seed(config.seed), &Device::Cpu)?;
    let mut seconds = Vec::new();
    let mut began = Instant::now();
    let pool = rayon::ThreadPoolBuilder::new().build()?;
    pool.install(|| {
        let mut progress = Progress::default();
        fit(&mut trainer, &mut batches, &config.plan(), &mut progress, |_, event| {
            if matches!(event, Event::Epoch { record, .. } if record.epoch.is_multiple_of(together))
            {
                seconds.push(began.elapsed().as_secs_f64() / together as f64);
                began = Instant::now();
            }
            Ok(ControlFlow::Continue(()))
        })
    })?;
    seconds.remove(0); // The first one warms up caches and the allocator.
    Ok(Case {
        what: format!("{}, batch {batch}", train_ae::name(model)),
        who: NAME.to_owned(),
        seconds: median(seconds),
        items: loaded.train.len(),
    })
}
