//! Every layer, activation and loss: gradients against central finite differences in f64, and the
//! fused f32 operations against the plain ones.

#![allow(clippy::unwrap_used)]

use autoenc::candle_core::{DType, Device, Tensor, Var};
use autoenc::{
    Activation, Dense, Dropout, Error, GaussianNoise, Init, Initialiser, Layer, Mode, Parameters,
    Reconstruction, Stack, zoo,
};
use prob_core::Seed;

const ACTIVATIONS: [Activation; 5] = [
    Activation::Identity,
    Activation::Relu,
    Activation::Selu,
    Activation::Sigmoid,
    Activation::Tanh,
];
const LOSSES: [Reconstruction; 2] =
    [Reconstruction::BinaryCrossEntropy, Reconstruction::MeanSquaredError];

fn parameters(dtype: DType) -> Parameters {
    Parameters::new(Seed(11), dtype, &Device::Cpu)
}

/// A batch as a variable, so that its gradient is wanted too: uniform in (0, 1).
fn input(dtype: DType, n: usize, features: usize) -> Var {
    let source = Parameters::new(Seed(12), DType::F64, &Device::Cpu);
    let uniform = Init::Uniform { low: 0.0, high: 1.0 };
    let values = source.get("input", (n, features), uniform).unwrap();
    Var::from_tensor(&values.var().to_dtype(dtype).unwrap()).unwrap()
}

fn values(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
}

/// The value of `loss`, and its gradient to each parameter and to `x`.
fn value_and_gradients(
    parameters: &Parameters,
    x: &Var,
    loss: &dyn Fn() -> Result<Tensor, Error>,
) -> (f64, Vec<(String, Vec<f64>)>) {
    parameters.clear_gradients();
    let value = loss().unwrap();
    let store = value.backward().unwrap();
    let mut gradients: Vec<_> = parameters
        .all()
        .iter()
        .map(|p| (p.name().to_owned(), values(&p.gradient_tensor(&store).unwrap().unwrap())))
        .collect();
    gradients.push(("input".into(), values(store.get(x).unwrap())));
    (values(&value)[0], gradients)
}

/// Moves every element of every variable by ±h and compares the difference with the gradient.
fn agrees_with_differences(
    parameters: &Parameters,
    x: &Var,
    loss: &dyn Fn() -> Result<Tensor, Error>,
) {
    let (_, gradients) = value_and_gradients(parameters, x, loss);
    let all = parameters.all();
    let vars: Vec<&Var> = all.iter().map(|p| p.var()).chain([x]).collect();
    for ((name, gradient), var) in gradients.iter().zip(vars) {
        let start = values(var);
        for i in 0..start.len() {
            let h = 1e-6;
            let at = |step: f64| {
                let mut moved = start.clone();
                moved[i] += step;
                var.set(&Tensor::from_vec(moved, var.dims(), &Device::Cpu).unwrap()).unwrap();
                values(&loss().unwrap())[0]
            };
            let difference = (at(h) - at(-h)) / (2.0 * h);
            at(0.0);
            let scale = difference.abs().max(1e-2);
            assert!(
                (gradient[i] - difference).abs() < 1e-6 * scale,
                "{name}[{i}]: {} against {difference}",
                gradient[i]
            );
        }
    }
}

/// The same loss on the fused path and on the plain one: values and gradients.
fn fused_agrees_with_plain(build: &dyn Fn(DType) -> (Parameters, Var, LossOf)) {
    let [(fused, a), (plain, b)] = [DType::F32, DType::F64].map(|dtype| {
        let (parameters, x, loss) = build(dtype);
        value_and_gradients(&parameters, &x, &|| loss(&x))
    });
    assert!((fused - plain).abs() < 1e-6 * plain.abs().max(0.1), "{fused} {plain}");
    for ((name, a), (_, b)) in a.iter().zip(&b) {
        assert_eq!(a.len(), b.len());
        let scale = b.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        assert!(scale > 0.0, "{name} has no gradient");
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() < 1e-5 * scale, "{name}: {a} {b}");
        }
    }
}

type LossOf = Box<dyn Fn(&Tensor) -> Result<Tensor, Error>>;

fn layer_loss(dtype: DType, activation: Activation) -> (Parameters, Var, LossOf) {
    let parameters = parameters(dtype);
    let layer = Dense::new(&parameters, "layer", (5, 4), activation, Initialiser::Torch).unwrap();
    // Weights of the outputs that differ, so that every element of the gradient matters.
    let weights = input(dtype, 3, 4).as_detached_tensor();
    let loss: LossOf = Box::new(move |x| {
        let y = layer.forward(x, &mut Mode::Eval)?;
        Ok((y * &weights)?.sum_all()?)
    });
    (parameters, input(dtype, 3, 5), loss)
}

#[test]
fn dense_layers_have_the_right_gradients() {
    for activation in ACTIVATIONS {
        let (parameters, x, loss) = layer_loss(DType::F64, activation);
        agrees_with_differences(&parameters, &x, &|| loss(&x));
        fused_agrees_with_plain(&|dtype| layer_loss(dtype, activation));
    }
}

/// The negative control: a gradient that is wrong by a thousandth in one place is noticed.
#[test]
#[should_panic(expected = "against")]
fn a_slightly_wrong_gradient_is_noticed() {
    let (parameters, x, loss) = layer_loss(DType::F64, Activation::Tanh);
    // The detached term changes the value and not the gradient.
    let wrong = || {
        let y = loss(&x)?;
        Ok((&y + (y.detach() * 1e-3)?)?)
    };
    agrees_with_differences(&parameters, &x, &wrong);
}

#[test]
fn reconstruction_losses_have_the_right_gradients() {
    for loss in LOSSES {
        let build = |dtype| {
            let scaled = (input(dtype, 7, 4).affine(1.0, 0.1).unwrap() * 0.9).unwrap();
            let target = scaled.t().unwrap().contiguous().unwrap().reshape((4, 7)).unwrap();
            let target = target.detach();
            let compare: LossOf = Box::new(move |x| {
                let logits = ((x * 6.0)? - 3.0)?;
                Ok(loss.compare(&logits, &target)?.loss)
            });
            (parameters(dtype), input(dtype, 4, 7), compare)
        };
        let (none, x, compare) = build(DType::F64);
        agrees_with_differences(&none, &x, &|| compare(&x));
        fused_agrees_with_plain(&build);
    }
}

/// The same generator gives the same noise: the loss is then a smooth function of the input.
#[test]
fn noise_layers_have_the_right_gradients() {
    let build = |dtype| {
        let parameters = parameters(dtype);
        let activation = Activation::Selu;
        let stack = Stack::new("encoder")
            .with(GaussianNoise::new(0.2).unwrap())
            .with(
                Dense::new(&parameters, "encoder.1", (5, 6), activation, Initialiser::Lecun)
                    .unwrap(),
            )
            .with(Dropout::new(0.5).unwrap());
        let loss: LossOf = Box::new(move |x| {
            let mut rng = Seed(3).stream("noise", 0);
            let y = stack.forward(x, &mut Mode::Train(&mut rng))?;
            Ok(y.sqr()?.mean_all()?)
        });
        (parameters, input(dtype, 4, 5), loss)
    };
    let (parameters, x, loss) = build(DType::F64);
    agrees_with_differences(&parameters, &x, &|| loss(&x));
    fused_agrees_with_plain(&build);
}

/// Two layers down and two up, as the stacked autoencoder, on 9 pixels; the target is held fixed.
#[test]
fn whole_models_have_the_right_gradients() {
    for loss in LOSSES {
        let build = |dtype| {
            let parameters = parameters(dtype);
            let dense = |name: &str, sizes, activation| {
                Dense::new(&parameters, name, sizes, activation, Initialiser::Glorot).unwrap()
            };
            let model = Stack::new("model")
                .with(dense("encoder.0", (9, 6), Activation::Selu))
                .with(dense("encoder.1", (6, 3), Activation::Selu))
                .with(dense("decoder.0", (3, 6), Activation::Selu))
                .with(dense("decoder.1", (6, 9), Activation::Identity));
            let x = input(dtype, 5, 9);
            let target = Tensor::new(values(&x), &Device::Cpu).unwrap();
            let target = target.reshape((5, 9)).unwrap().to_dtype(dtype).unwrap();
            let compare: LossOf = Box::new(move |x| {
                let output = model.forward(x, &mut Mode::Eval)?;
                Ok(loss.compare(&output, &target)?.loss)
            });
            (parameters, x, compare)
        };
        let (parameters, x, compare) = build(DType::F64);
        agrees_with_differences(&parameters, &x, &|| compare(&x));
        fused_agrees_with_plain(&build);
    }
}

/// The target of a model is its own input: no gradient flows through it, on either path.
#[test]
fn the_stacked_autoencoder_is_the_same_fused_and_plain() {
    fused_agrees_with_plain(&|dtype| {
        let parameters = parameters(dtype);
        let model = zoo::stacked(&parameters).unwrap();
        let compare: LossOf = Box::new(move |x| Ok(model.compare(x, &mut Mode::Eval)?.loss));
        (parameters, input(dtype, 33, zoo::PIXELS), compare)
    });
}
