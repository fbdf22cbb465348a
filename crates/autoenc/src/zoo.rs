//! The lecture's autoencoders.
//!
//! Each is a function of the parameters alone: the sizes are the lecture's.

use kernels::Activation;

use crate::{Autoencoder, Dense, Error, Initialiser, Parameters, Reconstruction, Stack};

/// Pixels of an image of 28 × 28: the input of [`stacked`].
pub const PIXELS: usize = 784;
/// Units of the hidden layers of [`stacked`].
pub const STACKED_HIDDEN: usize = 100;
/// Elements of the code of [`stacked`].
pub const STACKED_CODE: usize = 30;
/// Features of a point: the input of [`linear`].
pub const POINT: usize = 3;
/// Elements of the code of [`linear`].
pub const LINEAR_CODE: usize = 2;

/// The stacked autoencoder 784-100-30-100-784: SELU in between, logits at the end, binary
/// cross-entropy; weights start as Keras' do (Glorot).
///
/// ```
/// use autoenc::candle_core::{DType, Device};
/// use autoenc::{Parameters, zoo};
/// use prob_core::Seed;
///
/// let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
/// let model = zoo::stacked(&parameters)?;
/// let sizes: Vec<usize> = model.summary().iter().map(|layer| layer.output[0]).collect();
/// assert_eq!(sizes, [100, 30, 100, 784]);
/// assert_eq!(parameters.count(), 163_814);
/// # Ok::<(), autoenc::Error>(())
/// ```
///
/// # Errors
/// Where `parameters` has tensors of these names and other shapes.
pub fn stacked(parameters: &Parameters) -> Result<Autoencoder, Error> {
    let down = [PIXELS, STACKED_HIDDEN, STACKED_CODE];
    let up = [STACKED_CODE, STACKED_HIDDEN, PIXELS];
    let encoder = dense_stack(parameters, "encoder", &down, Activation::Selu, Activation::Selu)?;
    let decoder = dense_stack(parameters, "decoder", &up, Activation::Selu, Activation::Identity)?;
    let loss = Reconstruction::BinaryCrossEntropy;
    Autoencoder::new(parameters, &[PIXELS], encoder, decoder, loss)
}

/// The linear autoencoder 3-2-3 with the mean squared error: at its optimum it is principal
/// component analysis.
///
/// # Errors
/// Where `parameters` has tensors of these names and other shapes.
pub fn linear(parameters: &Parameters) -> Result<Autoencoder, Error> {
    let flat = Activation::Identity;
    let encoder = dense_stack(parameters, "encoder", &[POINT, LINEAR_CODE], flat, flat)?;
    let decoder = dense_stack(parameters, "decoder", &[LINEAR_CODE, POINT], flat, flat)?;
    Autoencoder::new(parameters, &[POINT], encoder, decoder, Reconstruction::MeanSquaredError)
}

/// Dense layers between consecutive `sizes`, each with the activation `inner`, the last with `last`.
fn dense_stack(
    parameters: &Parameters,
    name: &str,
    sizes: &[usize],
    inner: Activation,
    last: Activation,
) -> Result<Stack, Error> {
    let mut stack = Stack::new(name);
    for (index, pair) in sizes.windows(2).enumerate() {
        let activation = if index + 2 == sizes.len() { last } else { inner };
        let size = (pair[0], pair[1]);
        let name = stack.next_name();
        stack = stack.with(Dense::new(parameters, &name, size, activation, Initialiser::Glorot)?);
    }
    Ok(stack)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device, Tensor};
    use prob_core::Seed;

    #[test]
    fn names_and_shapes_are_those_of_a_pytorch_module() {
        let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
        let model = stacked(&parameters).unwrap();
        let all = parameters.all();
        let shapes: Vec<_> = all.iter().map(|p| (p.name(), p.var().dims().to_vec())).collect();
        let expected = [
            ("decoder.0.bias", vec![100]),
            ("decoder.0.weight", vec![100, 30]),
            ("decoder.1.bias", vec![784]),
            ("decoder.1.weight", vec![784, 100]),
            ("encoder.0.bias", vec![100]),
            ("encoder.0.weight", vec![100, 784]),
            ("encoder.1.bias", vec![30]),
            ("encoder.1.weight", vec![30, 100]),
        ];
        assert_eq!(shapes, expected);
        let counts: Vec<usize> = model.summary().iter().map(|layer| layer.parameters).collect();
        assert_eq!(counts, [78_500, 3_030, 3_100, 79_184]);
        assert_eq!(model.summary()[2].name, "decoder.0");
        let bound = (6.0f32 / 884.0).sqrt();
        let weights = all[5].var().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert!(
            weights.iter().all(|w| w.abs() <= bound) && weights.iter().any(|w| *w > 0.99 * bound)
        );
    }

    #[test]
    fn reconstructions_are_probabilities_of_the_shape_of_the_input() {
        let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
        let model = stacked(&parameters).unwrap();
        let x = Tensor::ones((3, PIXELS), DType::F32, &Device::Cpu).unwrap();
        assert_eq!(model.encode(&x).unwrap().dims(), [3, STACKED_CODE]);
        let y = model.reconstruct(&x).unwrap();
        assert_eq!(y.dims(), x.dims());
        assert!(
            y.flatten_all().unwrap().to_vec1::<f32>().unwrap().iter().all(|p| *p > 0.0 && *p < 1.0)
        );
    }
}
