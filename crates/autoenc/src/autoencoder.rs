//! An autoencoder: a stack down to the code, a stack back up, and what the result is measured by.

use candle_core::Tensor;

use crate::{Comparison, Error, Layer, Mode, Parameters, Reconstruction, Stack};

/// One layer, for people to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerSummary {
    /// Its name, the beginning of the names of its parameters: `encoder.0`.
    pub name: String,
    /// The shape of its output for one observation.
    pub output: Vec<usize>,
    /// Number of elements of its parameters.
    pub parameters: usize,
}

/// An encoder, a decoder and a reconstruction loss. The constructors of known models are in
/// [`zoo`](crate::zoo).
#[derive(Debug)]
pub struct Autoencoder {
    encoder: Stack,
    decoder: Stack,
    loss: Reconstruction,
    input: Vec<usize>,
    layers: Vec<LayerSummary>,
}

impl Autoencoder {
    /// A model for observations of shape `input`, whose layers have their parameters in
    /// `parameters`. The decoder's output is what `loss` wants: logits for the cross-entropy.
    ///
    /// # Errors
    /// Where the layers do not fit each other, or the output has not the shape of the input.
    pub fn new(
        parameters: &Parameters,
        input: &[usize],
        encoder: Stack,
        decoder: Stack,
        loss: Reconstruction,
    ) -> Result<Self, Error> {
        let shape = [&[1], input].concat();
        let blank = Tensor::zeros(shape.as_slice(), parameters.dtype(), parameters.device())?;
        let mut outputs = encoder.outputs(&blank)?;
        let code = outputs.last().map_or(&blank, |(_, code)| code).clone();
        outputs.extend(decoder.outputs(&code)?);
        let output = outputs.last().map_or(&blank, |(_, output)| output);
        if output.dims() != blank.dims() {
            let output = output.dims().get(1..).unwrap_or_default();
            return Err(Error::Data(format!(
                "an autoencoder for observations of shape {input:?} has outputs of shape {output:?}"
            )));
        }
        let layers =
            outputs.iter().map(|(name, output)| summary(parameters, name, output)).collect();
        Ok(Self { encoder, decoder, loss, input: input.to_vec(), layers })
    }

    /// The code of each observation: `[n, input…]` to `[n, code…]`.
    ///
    /// # Errors
    /// Where the observations have another shape than the model's.
    pub fn encode(&self, x: &Tensor) -> Result<Tensor, Error> {
        self.check(x)?;
        self.encoder.forward(x, &mut Mode::Eval)
    }

    /// The observation that each code stands for (probabilities where the loss is the
    /// cross-entropy): `[n, code…]` to `[n, input…]`.
    ///
    /// # Errors
    /// Where the codes have another shape than the model's.
    pub fn decode(&self, code: &Tensor) -> Result<Tensor, Error> {
        self.loss.reconstruction(&self.decoder.forward(code, &mut Mode::Eval)?)
    }

    /// Each observation through the code and back: `[n, input…]` to `[n, input…]`.
    ///
    /// # Errors
    /// Where the observations have another shape than the model's.
    pub fn reconstruct(&self, x: &Tensor) -> Result<Tensor, Error> {
        self.decode(&self.encode(x)?)
    }

    /// The loss of reconstructing `x`, on the tape.
    ///
    /// # Errors
    /// Where the observations have another shape than the model's, or there are none.
    pub fn compare(&self, x: &Tensor, mode: &mut Mode<'_>) -> Result<Comparison, Error> {
        self.check(x)?;
        let code = self.encoder.forward(x, mode)?;
        let output = self.decoder.forward(&code, mode)?;
        self.loss.compare(&output, x)
    }

    /// What reconstructions are measured by.
    #[must_use]
    pub fn loss(&self) -> Reconstruction {
        self.loss
    }

    /// The shape of one observation.
    #[must_use]
    pub fn input(&self) -> &[usize] {
        &self.input
    }

    /// The layers, from the input to the output.
    #[must_use]
    pub fn summary(&self) -> &[LayerSummary] {
        &self.layers
    }

    fn check(&self, x: &Tensor) -> Result<(), Error> {
        match x.dims() {
            [_, features @ ..] if features == self.input => Ok(()),
            dims => Err(Error::Data(format!(
                "the model takes batches of observations of shape {:?}, not a tensor of shape {dims:?}",
                self.input
            ))),
        }
    }
}

fn summary(parameters: &Parameters, name: &str, output: &Tensor) -> LayerSummary {
    let prefix = format!("{name}.");
    let all = parameters.all();
    let own = all.iter().filter(|p| p.name().starts_with(&prefix));
    LayerSummary {
        name: name.to_owned(),
        output: output.dims().get(1..).unwrap_or_default().to_vec(),
        parameters: own.map(|p| p.var().elem_count()).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zoo;
    use candle_core::{DType, Device};
    use prob_core::Seed;

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
        let dense = |name: &str, sizes| {
            crate::Dense::new(
                &parameters,
                name,
                sizes,
                crate::Activation::Selu,
                crate::Initialiser::Glorot,
            )
            .unwrap()
        };
        let down = Stack::new("encoder").with(dense("encoder.0", (4, 2)));
        let up = Stack::new("decoder").with(dense("decoder.0", (2, 3)));
        let loss = Reconstruction::MeanSquaredError;
        let error = Autoencoder::new(&parameters, &[4], down, up, loss).unwrap_err().to_string();
        assert!(error.contains("shape [4] has outputs of shape [3]"), "{error}");
    }

    #[test]
    fn batches_of_another_shape_are_refused_with_both_shapes() {
        let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
        let model = zoo::linear(&parameters).unwrap();
        for dims in [vec![5, 4], vec![3], vec![], vec![2, 3, 1]] {
            let x = Tensor::zeros(dims.as_slice(), DType::F32, &Device::Cpu).unwrap();
            let error = model.encode(&x).unwrap_err().to_string();
            assert!(error.contains("[3]") && error.contains(&format!("{dims:?}")), "{error}");
            assert!(model.compare(&x, &mut Mode::Eval).is_err());
        }
        let code = Tensor::zeros((5, 3), DType::F32, &Device::Cpu).unwrap();
        assert!(model.decode(&code).is_err());
    }
}
