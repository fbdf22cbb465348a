//! The data of a training run, and its batches as tensors.

use anyhow::Context;
use autoenc::candle_core::{self, Device, Tensor};
use datasets::synthetic::{ARC_M, ARC_NOISE, ARC_W1, ARC_W2, arc};
use datasets::{Batch, Dataset};
use prob_core::Seed;
use sha2::{Digest, Sha256};
use terminal::Complaint;
use train::Batches;

use super::config::{Config, Data, name};
use crate::choices::refused;
use crate::place;

/// Observations of a validation batch: enough to keep both cores busy, the sum's order is fixed.
const VALIDATION_BATCH: usize = 500;

/// The data of a run, split.
#[derive(Debug)]
pub struct Loaded {
    /// What is learnt from.
    pub train: Dataset,
    /// What is held out.
    pub validation: Option<Dataset>,
    /// What identifies the data: names and SHA-256.
    pub sums: Vec<(String, String)>,
}

impl Loaded {
    /// What results are shown on: the held-out data where there are some.
    pub fn shown(&self) -> &Dataset {
        self.validation.as_ref().unwrap_or(&self.train)
    }
}

/// Loads and splits the data that a configuration names.
///
/// # Errors
/// Files that are missing or broken; more observations asked for than there are.
pub fn load(config: &Config) -> anyhow::Result<Loaded> {
    let (all, sums) = match config.data {
        Data::Mnist => of_images(datasets::mnist()?),
        Data::FashionMnist => of_images(fashion()?),
        Data::Arc => {
            let (centred, _) = arc(ARC_M, ARC_W1, ARC_W2, ARC_NOISE, Seed(config.seed))?.centred();
            let bytes = centred.values().iter().flat_map(|v| v.to_le_bytes());
            let sum = Sha256::digest(bytes.collect::<Vec<u8>>());
            let hex = sum.iter().map(|b| format!("{b:02x}")).collect();
            (centred, vec![("arc".to_owned(), hex)])
        }
    };
    let total = all.len();
    if config.validation >= total {
        let range = format!("below the number of observations, {total}");
        return Err(refused("validation", config.validation, &range).into());
    }
    let (mut train, validation) = match config.validation {
        0 => (all, None),
        held_out => {
            let (train, validation) = all.split_last(held_out)?;
            (train, Some(validation))
        }
    };
    if let Some(n) = config.observations {
        if n == 0 || n > train.len() {
            return Err(refused("observations", n, &format!("from 1 to {}", train.len())).into());
        }
        train = train.first(n);
    }
    if config.batch_size > train.len() {
        return Err(refused(
            "batch-size",
            config.batch_size,
            &format!("from 1 to {}", train.len()),
        )
        .into());
    }
    Ok(Loaded { train, validation, sums })
}

fn of_images(images: datasets::Images) -> (Dataset, Vec<(String, String)>) {
    (images.train, images.files.into_iter().map(|f| (f.name, f.sha256)).collect())
}

fn fashion() -> anyhow::Result<datasets::Images> {
    let set = name(Data::FashionMnist);
    let folder = place::data_set(&set);
    datasets::images_from(&set, &folder).with_context(|| {
        Complaint::new(format!("Fashion-MNIST cannot be read from {}", place::typed(&folder)))
            .hint(format!("`cargo xtask fetch-data {set}` downloads it, or says where to put it"))
    })
}

/// Shuffled batches of a data set as tensors on a device, in an order that the seed and the epoch
/// alone decide.
#[derive(Debug)]
pub struct TensorBatches<'a> {
    data: &'a Loaded,
    size: usize,
    seed: Seed,
    device: Device,
    order: Option<(u64, Vec<u32>)>,
    held_out: Vec<u32>,
    current: Tensor,
}

impl<'a> TensorBatches<'a> {
    /// Batches of `size` observations.
    ///
    /// # Errors
    /// Where the device is out of memory.
    pub fn new(
        data: &'a Loaded,
        size: usize,
        seed: Seed,
        device: &Device,
    ) -> candle_core::Result<Self> {
        let held_out = data.validation.as_ref().map_or(0, Dataset::len);
        Ok(Self {
            data,
            size,
            seed,
            device: device.clone(),
            order: None,
            held_out: (0..held_out).map(|i| i as u32).collect(),
            current: Tensor::zeros((1, 1), candle_core::DType::F32, device)?,
        })
    }
}

/// The one place where a batch becomes a tensor, `[n, features]`: one copy.
fn as_tensor(batch: &Batch<'_>, device: &Device) -> candle_core::Result<Tensor> {
    let mut values = Vec::with_capacity(batch.len() * batch.features());
    batch.copy_into(&mut values);
    Tensor::from_vec(values, (batch.len(), batch.features()), device)
}

fn part(order: &[u32], index: u64, size: usize) -> &[u32] {
    let from = (index as usize).saturating_mul(size).min(order.len());
    &order[from..(from + size).min(order.len())]
}

impl Batches for TensorBatches<'_> {
    type Batch = Tensor;
    type Error = candle_core::Error;

    fn per_epoch(&self) -> u64 {
        self.data.train.len().div_ceil(self.size) as u64
    }

    fn batch(&mut self, epoch: u64, index: u64) -> candle_core::Result<&Tensor> {
        let (_, order) = match self.order.take() {
            Some(known) if known.0 == epoch => self.order.insert(known),
            _ => {
                let order = datasets::shuffled(self.data.train.len(), self.seed, epoch);
                self.order.insert((epoch, order))
            }
        };
        let batch = self.data.train.batch(part(order, index, self.size));
        self.current = as_tensor(&batch, &self.device)?;
        Ok(&self.current)
    }

    fn validation(&self) -> u64 {
        self.held_out.len().div_ceil(VALIDATION_BATCH) as u64
    }

    fn validation_batch(&mut self, index: u64) -> candle_core::Result<&Tensor> {
        if let Some(validation) = &self.data.validation {
            let batch = validation.batch(part(&self.held_out, index, VALIDATION_BATCH));
            self.current = as_tensor(&batch, &self.device)?;
        }
        Ok(&self.current)
    }
}

/// A data set as one tensor `[n, features]` on a device.
///
/// # Errors
/// Where the device is out of memory.
pub fn tensor(data: &Dataset, device: &Device) -> candle_core::Result<Tensor> {
    Tensor::from_slice(data.values(), (data.len(), data.features()), device)
}
