//! The dense layer `y = f(x Wᵀ + b)`: one fused operation for f32 on the processor, plain tensor
//! operations everywhere else. A test holds the two equal.

use candle_core::{CpuStorage, CustomOp3, Layout, Result as CandleResult, Shape, Tensor, bail};
use kernels::{Activation, DenseGradients, DenseShape, dense_backward, dense_forward};
use serde::{Deserialize, Serialize};

use crate::host::{is_host_f32, lock, slice, with_slice};
use crate::{Error, Init, Layer, Mode, Parameter, Parameters};

/// How the weights of a dense layer start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initialiser {
    /// Uniform in ±√(6 / (inputs + outputs)), biases 0 (Glorot and Bengio 2010): Keras' default.
    #[default]
    Glorot,
    /// Normal with variance 1 / inputs, biases 0 (LeCun et al. 1998): what SELU asks for.
    Lecun,
    /// Uniform in ±1/√inputs, biases too: PyTorch's default.
    Torch,
}

impl Initialiser {
    /// How weights and biases of a layer of this size start.
    #[must_use]
    pub fn weights_and_bias(self, inputs: usize, outputs: usize) -> (Init, Init) {
        let within = |bound: f64| Init::Uniform { low: -bound, high: bound };
        let zero = Init::Constant(0.0);
        match self {
            Self::Glorot => (within((6.0 / (inputs + outputs) as f64).sqrt()), zero),
            Self::Lecun => (Init::Normal { mean: 0.0, stdev: (inputs as f64).powf(-0.5) }, zero),
            Self::Torch => {
                let bound = (inputs as f64).powf(-0.5);
                (within(bound), within(bound))
            }
        }
    }
}

/// A dense layer with its activation: `[n, inputs]` to `[n, outputs]`.
#[derive(Debug, Clone)]
pub struct Dense {
    weight: Parameter,
    bias: Parameter,
    activation: Activation,
}

impl Dense {
    /// A layer with parameters `{name}.weight` `[outputs, inputs]` and `{name}.bias` `[outputs]`.
    ///
    /// # Errors
    /// Where the parameters exist with other shapes.
    pub fn new(
        parameters: &Parameters,
        name: &str,
        (inputs, outputs): (usize, usize),
        activation: Activation,
        initialiser: Initialiser,
    ) -> Result<Self, Error> {
        let (weights, bias) = initialiser.weights_and_bias(inputs, outputs);
        Ok(Self {
            weight: parameters.get(&format!("{name}.weight"), (outputs, inputs), weights)?,
            bias: parameters.get(&format!("{name}.bias"), outputs, bias)?,
            activation,
        })
    }

    /// The weights `W`, `[outputs, inputs]`.
    #[must_use]
    pub fn weight(&self) -> &Parameter {
        &self.weight
    }

    /// The same layer in plain tensor operations: for any device and type.
    fn plain(&self, x: &Tensor) -> CandleResult<Tensor> {
        let z = x.matmul(&self.weight.var().t()?)?.broadcast_add(self.bias.var())?;
        match self.activation {
            Activation::Identity => Ok(z),
            Activation::Relu => z.relu(),
            Activation::Selu => {
                z.elu(f64::from(kernels::SELU_ALPHA))? * f64::from(kernels::SELU_SCALE)
            }
            Activation::Sigmoid => sigmoid(&z),
            Activation::Tanh => z.tanh(),
        }
    }
}

impl Layer for Dense {
    fn forward(&self, x: &Tensor, _mode: &mut Mode<'_>) -> Result<Tensor, Error> {
        if !is_host_f32(x) {
            return Ok(self.plain(x)?);
        }
        let fused = Fused {
            weight: self.weight.clone(),
            bias: self.bias.clone(),
            activation: self.activation,
        };
        Ok(x.contiguous()?.apply_op3(self.weight.var(), self.bias.var(), fused)?)
    }
}

/// `σ(z) = (1 + tanh(z/2)) / 2`: no overflow on the way, forwards and backwards.
pub(crate) fn sigmoid(z: &Tensor) -> CandleResult<Tensor> {
    (z * 0.5)?.tanh()?.affine(0.5, 0.5)
}

/// The layer as one operation on candle's tape. Gradients of weights and biases go to their
/// parameters' buffers, not to the tape.
struct Fused {
    weight: Parameter,
    bias: Parameter,
    activation: Activation,
}

fn shape_of(x: &[usize], weight: &[usize]) -> CandleResult<DenseShape> {
    match (x, weight) {
        (&[batch, inputs], &[outputs, expected]) if inputs == expected => {
            Ok(DenseShape { batch, inputs, outputs })
        }
        _ => {
            bail!("a dense layer of shape {weight:?} (outputs, inputs) got a batch of shape {x:?}")
        }
    }
}

impl CustomOp3 for Fused {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> CandleResult<(CpuStorage, Shape)> {
        let shape = shape_of(x_layout.dims(), weight_layout.dims())?;
        let mut y = vec![0.0; shape.batch * shape.outputs];
        dense_forward(
            shape,
            slice(x, x_layout)?,
            slice(weight, weight_layout)?,
            slice(bias, bias_layout)?,
            self.activation,
            &mut y,
        );
        Ok((CpuStorage::F32(y), Shape::from((shape.batch, shape.outputs))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _bias: &Tensor,
        y: &Tensor,
        gradient: &Tensor,
    ) -> CandleResult<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let shape = shape_of(x.dims(), weight.dims())?;
        let mut x_gradient = x.track_op().then(|| vec![0.0; shape.batch * shape.inputs]);
        with_slice(gradient, |gradient| {
            with_slice(y, |y| {
                with_slice(x, |x| {
                    with_slice(weight, |weight| {
                        let mut scratch = Vec::new();
                        let delta = if self.activation == Activation::Identity {
                            gradient
                        } else {
                            scratch.resize(y.len(), 0.0);
                            self.activation.backward(y, gradient, &mut scratch);
                            &scratch
                        };
                        let mut weight_gradient = lock(self.weight.gradient());
                        let mut bias_gradient = lock(self.bias.gradient());
                        let (weights, keep) = weight_gradient.buffer(weight.len());
                        let (bias, _) = bias_gradient.buffer(shape.outputs);
                        let x_gradient = x_gradient.as_deref_mut();
                        let out = DenseGradients { weights, bias, x: x_gradient, keep };
                        dense_backward(shape, x, weight, delta, out);
                        Ok(())
                    })
                })
            })
        })?;
        let x_gradient =
            x_gradient.map(|g| Tensor::from_vec(g, x.shape(), x.device())).transpose()?;
        Ok((x_gradient, None, None))
    }
}
