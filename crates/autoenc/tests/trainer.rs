//! The trainer: same bits for any number of threads and across a save, and loads all or nothing.

#![allow(clippy::unwrap_used)]

use autoenc::candle_core::{DType, Device, Tensor};
use autoenc::{Error, Mode, OptimizerKind, Parameters, Trainer, zoo};
use prob_core::Seed;
use rand::RngExt;
use train::Learner;

fn trainer(seed: u64, optimizer: OptimizerKind) -> Trainer {
    let parameters = Parameters::new(Seed(seed), DType::F32, &Device::Cpu);
    Trainer::new(zoo::stacked, parameters, optimizer).unwrap()
}

/// Images like digits: most pixels black.
fn images(index: u64) -> Tensor {
    let mut rng = Seed(9).stream("images", index);
    let mut pixel = || if rng.random_bool(0.8) { 0.0 } else { rng.random::<f32>() };
    let pixels: Vec<f32> = (0..32 * zoo::PIXELS).map(|_| pixel()).collect();
    Tensor::from_vec(pixels, (32, zoo::PIXELS), &Device::Cpu).unwrap()
}

/// Steps `from..to`, and the bits of everything that they leave.
fn steps(trainer: &mut Trainer, from: u64, to: u64) -> Vec<u64> {
    let rate =
        if matches!(trainer.optimizer_kind(), OptimizerKind::Adam { .. }) { 1e-3 } else { 0.1 };
    (from..to)
        .flat_map(|step| {
            let mut rng = Seed(1).stream("batch", step);
            let metrics = trainer.learn(&images(step), rate, &mut rng).unwrap();
            [metrics.loss.to_bits(), metrics.accuracy.to_bits()]
        })
        .collect()
}

const KINDS: [OptimizerKind; 3] = [
    OptimizerKind::sgd(),
    OptimizerKind::Sgd { momentum: 0.9 },
    OptimizerKind::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
];

#[test]
fn the_same_seed_gives_the_same_bits_for_any_number_of_threads() {
    for kind in KINDS {
        let run = |seed, threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut trainer = trainer(seed, kind);
                let metrics = steps(&mut trainer, 0, 6);
                let validation = trainer.evaluate(&images(99)).unwrap().loss.to_bits();
                (
                    metrics,
                    validation,
                    trainer.weights().unwrap(),
                    trainer.optimizer_state().unwrap(),
                )
            })
        };
        let one = run(1, 1);
        assert!(one == run(1, 2) && one == run(1, 5), "{kind:?}");
        assert!(one.2 != run(2, 2).2, "the seed decides nothing");
    }
}

#[test]
fn a_saved_trainer_goes_on_with_the_same_bits() {
    for kind in KINDS {
        let mut whole = trainer(1, kind);
        steps(&mut whole, 0, 3);
        let (weights, state) = (whole.weights().unwrap(), whole.optimizer_state().unwrap());
        let rest = steps(&mut whole, 3, 6);
        let mut resumed = trainer(2, kind);
        resumed.load(&weights, Some(&state)).unwrap();
        assert_eq!(steps(&mut resumed, 3, 6), rest);
        assert_eq!(resumed.weights().unwrap(), whole.weights().unwrap());
        assert_eq!(resumed.optimizer_state().unwrap(), whole.optimizer_state().unwrap());
    }
}

#[test]
fn what_does_not_fit_changes_nothing() {
    let kind = OptimizerKind::adam();
    let mut source = trainer(1, kind);
    steps(&mut source, 0, 1);
    let (weights, state) = (source.weights().unwrap(), source.optimizer_state().unwrap());
    let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
    let other = Trainer::new(zoo::linear, parameters, kind).unwrap();
    let mut target = trainer(2, kind);
    let before = (target.weights().unwrap(), target.optimizer_state().unwrap());
    let (other_weights, other_state) = (other.weights().unwrap(), other.optimizer_state().unwrap());
    let error = target.load(&other_weights, None).unwrap_err();
    assert!(error.to_string().contains("'decoder.0.bias' has shape [3], not [100]"), "{error}");
    // Good weights with a bad state are not half loaded.
    let error = target.load(&weights, Some(&other_state));
    assert!(matches!(error, Err(Error::OtherTensors(_))));
    let error = target.load(&weights, Some(&state[..state.len() - 1]));
    assert!(matches!(error, Err(Error::Safetensors(_))));
    assert!(before == (target.weights().unwrap(), target.optimizer_state().unwrap()));
    target.load(&weights, Some(&state)).unwrap();
    assert!((weights, state) == (target.weights().unwrap(), target.optimizer_state().unwrap()));
}

#[test]
fn weights_that_have_diverged_are_not_saved() {
    let mut trainer = trainer(1, OptimizerKind::sgd());
    for step in 0..20 {
        trainer.learn(&images(step), 1e30, &mut Seed(1).stream("batch", step)).unwrap();
    }
    assert!(matches!(trainer.weights(), Err(Error::NotFinite(_))));
}

/// Ten images are learned by heart, down to near the floor of their own entropy.
#[test]
fn training_comes_near_the_floor_of_the_loss() {
    let mut trainer = trainer(1, OptimizerKind::adam());
    let batch = images(0).narrow(0, 0, 10).unwrap();
    let pixels = batch.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let floor = trainer.model().loss().floor(&pixels);
    for step in 0..1_500 {
        trainer.learn(&batch, 3e-3, &mut Seed(1).stream("batch", step)).unwrap();
    }
    let metrics = trainer.evaluate(&batch).unwrap();
    assert!(metrics.loss >= floor - 1e-7, "{} is below {floor}", metrics.loss);
    assert!(metrics.loss < floor + 0.01, "{} is far above {floor}", metrics.loss);
    assert!(metrics.accuracy > 0.99);
}

/// A step in two halves is the step on the whole batch, up to the rounding of sums, for even and odd
/// batches; the negative control is half of the batch alone.
#[test]
fn two_half_steps_are_one_step() {
    let images = Tensor::cat(&[images(1), images(2)], 0).unwrap();
    for n in [2, 7, 32, 33, 64] {
        let batch = images.narrow(0, 0, n).unwrap();
        let parameters = Parameters::new(Seed(3), DType::F32, &Device::Cpu);
        let model = zoo::stacked(&parameters).unwrap();
        let step = |x: &Tensor| {
            parameters.clear_gradients();
            let compared = model.compare(x, &mut Mode::Eval).unwrap();
            let gradients = compared.loss.backward().unwrap();
            let all = parameters.all();
            let gradient = all.iter().map(|p| p.gradient_tensor(&gradients).unwrap().unwrap());
            (compared.mean, gradient.map(|g| flat(&g)).collect::<Vec<_>>().concat())
        };
        let mut trainer = trainer(3, OptimizerKind::sgd());
        let all = |t: &Trainer| {
            let parameters = t.parameters().all();
            parameters.iter().map(|p| flat(p.var())).collect::<Vec<_>>().concat()
        };
        let before = all(&trainer);
        let metrics = trainer.learn(&batch, 1.0, &mut Seed(1).stream("batch", 0)).unwrap();
        let moved: Vec<f32> = before.iter().zip(all(&trainer)).map(|(b, a)| b - a).collect();
        let far = |gradient: &[f32]| {
            let scale = gradient.iter().map(|g| g.abs()).fold(0.0, f32::max);
            let off = gradient.iter().zip(&moved).map(|(g, m)| (g - m).abs()).fold(0.0, f32::max);
            off / scale
        };
        let (loss, gradient) = step(&batch);
        // A weight near 1 rounds a step of 1e-3 to 6e-8: some 1e-4 of the largest gradient.
        assert!(far(&gradient) < 1e-3, "{n}: {}", far(&gradient));
        assert!((metrics.loss - loss).abs() < 1e-6 && metrics.observations == n);
        let half = step(&batch.narrow(0, 0, n.div_ceil(2)).unwrap()).1;
        assert!(far(&half) > 2e-2, "{n}: {}", far(&half));
    }
}

fn flat(x: &Tensor) -> Vec<f32> {
    x.flatten_all().unwrap().to_vec1().unwrap()
}
