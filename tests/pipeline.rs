//! The crates together, as a program of one's own would use them: data set → batches → trainer →
//! checkpoint → another trainer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use std::ops::ControlFlow;

use autoenc::candle_core::{self, DType, Device, Tensor};
use autoenc::{Mode, OptimizerKind, Parameters, Trainer, zoo};
use datasets::Dataset;
use prob_core::Seed;
use train::{Batches, Ending, LearningRate, Plan, Progress, checkpoint, fit};

/// Batches of a data set in shuffled order.
struct Shuffled {
    data: Dataset,
    seed: Seed,
    values: Vec<f32>,
    current: Tensor,
}

const BATCH: usize = 32;

impl Batches for Shuffled {
    type Batch = Tensor;
    type Error = candle_core::Error;

    fn per_epoch(&self) -> u64 {
        self.data.len().div_ceil(BATCH) as u64
    }

    fn batch(&mut self, epoch: u64, index: u64) -> Result<&Tensor, candle_core::Error> {
        let order = datasets::shuffled(self.data.len(), self.seed, epoch);
        let indices = order.chunks(BATCH).nth(index as usize).unwrap_or_default();
        self.data.batch(indices).copy_into(&mut self.values);
        let features = self.data.features();
        let shape = (indices.len(), features);
        self.current = Tensor::from_slice(&self.values, shape, &Device::Cpu)?;
        Ok(&self.current)
    }

    fn validation(&self) -> u64 {
        0
    }

    fn validation_batch(&mut self, _index: u64) -> Result<&Tensor, candle_core::Error> {
        Ok(&self.current)
    }
}

fn trainer() -> Trainer {
    let parameters = Parameters::new(Seed(2), DType::F32, &Device::Cpu);
    Trainer::new(zoo::stacked, parameters, OptimizerKind::Sgd { momentum: 0.0 }).unwrap()
}

/// On real digits the loss has to come below what the best constant image reaches: the entropy of the
/// mean pixel values, which no model that ignores its input can beat.
#[test]
fn digits_are_learnt_better_than_by_any_constant() {
    let digits = datasets::mnist().unwrap().train.first(2_000);
    let means: Vec<f64> = (0..digits.features())
        .map(|j| (0..digits.len()).map(|i| f64::from(digits.observation(i)[j])).sum::<f64>())
        .map(|sum| sum / digits.len() as f64)
        .collect();
    let entropy =
        |p: f64| if p > 0.0 && p < 1.0 { -p * p.ln() - (1.0 - p) * (-p).ln_1p() } else { 0.0 };
    let constant = means.iter().map(|p| entropy(*p)).sum::<f64>() / means.len() as f64;

    let x = Tensor::from_slice(digits.values(), (digits.len(), 784), &Device::Cpu).unwrap();
    let floor = autoenc::Reconstruction::BinaryCrossEntropy.floor(digits.values());
    let current = x.clone();
    let mut batches = Shuffled { data: digits, seed: Seed(2), values: Vec::new(), current };
    let mut trainer = trainer();
    let plan = Plan {
        epochs: 4,
        seed: Seed(2),
        rate: LearningRate::Constant { rate: 1.5 },
        early_stopping: None,
    };
    let mut progress = Progress::default();
    let go_on = |_: &mut Trainer, _: train::Event<'_>| Ok(ControlFlow::Continue(()));
    let ending = fit(&mut trainer, &mut batches, &plan, &mut progress, go_on).unwrap();
    assert_eq!(ending, Ending::Finished);
    let loss = trainer.model().compare(&x, &mut Mode::Eval).unwrap().mean;
    assert!(floor < loss && loss < constant, "{floor} < {loss} < {constant}");

    // A checkpoint makes another trainer the same model.
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("last");
    let (weights, state) = (trainer.weights().unwrap(), trainer.optimizer_state().unwrap());
    let text = serde_json::to_vec(&progress).unwrap();
    let files: [(&str, &[u8]); 3] =
        [("model", &weights), ("optimizer", &state), ("progress", &text)];
    checkpoint::save(&at, &files).unwrap();
    let files = checkpoint::load(&at).unwrap();
    let mut other = self::trainer();
    other.load(&files["model"], Some(&files["optimizer"])).unwrap();
    let bits =
        |t: &Trainer| t.model().reconstruct(&x).unwrap().flatten_all().unwrap().to_vec1::<f32>();
    assert_eq!(bits(&trainer).unwrap(), bits(&other).unwrap());
    assert_eq!(serde_json::from_slice::<Progress>(&files["progress"]).unwrap(), progress);
}

/// The RBM is sampled by the kernel that samples the Gaussian.
#[test]
fn one_gibbs_kernel_serves_the_gaussian_and_the_machine() {
    use mcmc::{Gibbs, Kernel};
    use nalgebra::{dmatrix, dvector};
    use prob_core::MvNormal;
    fn sweep<D, X: ?Sized>(target: &D, start: &X) -> <Gibbs as Kernel<D, X>>::State
    where
        Gibbs: Kernel<D, X>,
    {
        let mut rng = Seed(1).stream("sweep", 0);
        let mut state = Gibbs.init(target, start).unwrap();
        Gibbs.step(target, &mut state, &mut rng).unwrap();
        state
    }
    let gaussian = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, 0.5; 0.5, 1.0]).unwrap();
    let moved = sweep(&gaussian, [3.0, -3.0].as_slice());
    assert!(moved[0] != 3.0 && moved[1] != -3.0);
    let weights = dmatrix![1.0, -1.0; 0.5, 2.0; 0.0, 1.0];
    let machine = ebm::Rbm::new(weights, dvector![0.0, 0.1, -0.1], dvector![0.2, 0.0]).unwrap();
    let state = sweep(&machine, [0.0; 5].as_slice());
    assert!(state.iter().all(|unit| *unit == 0.0 || *unit == 1.0));
}
