//! The parameters of a model: ordered by name, drawn from the run's seed, with gradients beside them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Shape, Tensor, Var};
use prob_core::Seed;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::Error;
use crate::host::{is_host_f32, lock, with_slice};

/// How the elements of a parameter start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// All the same.
    Constant(f64),
    /// Uniform in [low, high).
    Uniform {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Normal.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        stdev: f64,
    },
}

/// A named variable and the buffer that fused operations write its gradient to.
///
/// Weight gradients that live across steps in one place spare the tape an allocation, a copy and an
/// addition each: the largest single gain of the fused operations.
#[derive(Debug, Clone)]
pub struct Parameter {
    name: Arc<str>,
    var: Var,
    gradient: Arc<Mutex<Gradient>>,
}

/// A gradient that is being added up since the last [`Parameters::clear_gradients`].
#[derive(Debug, Default)]
pub(crate) struct Gradient {
    values: Vec<f32>,
    filled: bool,
}

impl Gradient {
    /// The buffer for `n` elements, and what it is to be multiplied with before adding: 0 or 1.
    pub(crate) fn buffer(&mut self, n: usize) -> (&mut [f32], f32) {
        let keep = if self.filled { 1.0 } else { 0.0 };
        self.filled = true;
        self.values.resize(n, 0.0);
        (&mut self.values, keep)
    }
}

impl Parameter {
    /// The name in a checkpoint, as PyTorch would say: `encoder.0.weight`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The variable.
    #[must_use]
    pub fn var(&self) -> &Var {
        &self.var
    }

    pub(crate) fn gradient(&self) -> &Mutex<Gradient> {
        &self.gradient
    }

    /// Adds `values` to the gradient.
    fn add_to_gradient(&self, values: &[f32]) {
        let mut gradient = lock(&self.gradient);
        let (sum, keep) = gradient.buffer(values.len());
        kernels::add(sum, values, keep);
    }

    /// Lends the gradient of an f32 parameter on the processor; `None` where nothing depends on it.
    pub(crate) fn with_host_gradient<R>(
        &self,
        grads: &GradStore,
        work: impl FnOnce(&[f32]) -> Result<R, Error>,
    ) -> Result<Option<R>, Error> {
        let own = lock(&self.gradient);
        let Some(taped) = grads.get(self.var.as_tensor()) else {
            return own.filled.then(|| work(&own.values)).transpose();
        };
        // A parameter that fused and plain operations share: the two parts are added up.
        let both = |taped: &[f32]| match own.filled {
            true => work(&own.values.iter().zip(taped).map(|(o, t)| o + t).collect::<Vec<_>>()),
            false => work(taped),
        };
        with_slice(taped, |taped| Ok(both(taped)))?.map(Some)
    }

    /// The gradient as a tensor, wherever it was made; `None` where nothing depends on the parameter.
    ///
    /// # Errors
    /// Where a tensor operation fails.
    pub fn gradient_tensor(&self, grads: &GradStore) -> Result<Option<Tensor>, Error> {
        if !is_host_f32(&self.var) {
            return Ok(grads.get(self.var.as_tensor()).cloned());
        }
        self.with_host_gradient(grads, |values| {
            Ok(Tensor::from_slice(values, self.var.shape(), self.var.device())?)
        })
    }
}

/// All parameters of a model.
///
/// Each is drawn from `seed.stream(name, 0)`: its first values depend on the seed and its name alone,
/// not on the order of construction, the device or the number of threads.
///
/// ```
/// use autoenc::candle_core::{DType, Device};
/// use autoenc::{Init, Parameters};
/// use prob_core::Seed;
///
/// let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
/// let weight = parameters.get("encoder.0.weight", (2, 3), Init::Uniform { low: -1.0, high: 1.0 })?;
/// assert_eq!(weight.var().dims(), [2, 3]);
/// assert_eq!(parameters.count(), 6);
/// # Ok::<(), autoenc::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Parameters {
    seed: Seed,
    dtype: DType,
    device: Device,
    by_name: Arc<Mutex<BTreeMap<String, Parameter>>>,
}

impl Parameters {
    /// An empty set, for a model on `device` with elements of `dtype`.
    #[must_use]
    pub fn new(seed: Seed, dtype: DType, device: &Device) -> Self {
        Self { seed, dtype, device: device.clone(), by_name: Arc::default() }
    }

    /// The parameter `name`, made by `init` where it is new.
    ///
    /// # Errors
    /// [`Error::ShapeOfParameter`] where it exists with another shape.
    pub fn get(&self, name: &str, shape: impl Into<Shape>, init: Init) -> Result<Parameter, Error> {
        let shape = shape.into();
        let mut by_name = lock(&self.by_name);
        if let Some(known) = by_name.get(name) {
            if known.var.shape() == &shape {
                return Ok(known.clone());
            }
            return Err(Error::ShapeOfParameter {
                name: name.to_owned(),
                has: known.var.dims().to_vec(),
                wanted: shape.into_dims(),
            });
        }
        let values = Tensor::from_vec(self.draw(name, &shape, init), &shape, &Device::Cpu)?;
        let values = values.to_dtype(self.dtype)?.to_device(&self.device)?;
        let parameter = Parameter {
            name: name.into(),
            var: Var::from_tensor(&values)?,
            gradient: Arc::default(),
        };
        by_name.insert(name.to_owned(), parameter.clone());
        Ok(parameter)
    }

    fn draw(&self, name: &str, shape: &Shape, init: Init) -> Vec<f64> {
        let mut rng = self.seed.stream(name, 0);
        let one = || match init {
            Init::Constant(value) => value,
            Init::Uniform { low, high } => low + (high - low) * rng.random::<f64>(),
            Init::Normal { mean, stdev } => {
                let z: f64 = StandardNormal.sample(&mut rng);
                mean + stdev * z
            }
        };
        std::iter::repeat_with(one).take(shape.elem_count()).collect()
    }

    /// All parameters, ordered by name.
    #[must_use]
    pub fn all(&self) -> Vec<Parameter> {
        lock(&self.by_name).values().cloned().collect()
    }

    /// Number of elements of all parameters together.
    #[must_use]
    pub fn count(&self) -> usize {
        lock(&self.by_name).values().map(|p| p.var.elem_count()).sum()
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The device of the variables.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The same variables with gradients of their own: for a second pass at the same time.
    #[must_use]
    pub fn replica(&self) -> Self {
        let own = |p: &Parameter| Parameter { gradient: Arc::default(), ..p.clone() };
        let by_name = lock(&self.by_name).iter().map(|(name, p)| (name.clone(), own(p))).collect();
        Self { by_name: Arc::new(Mutex::new(by_name)), device: self.device.clone(), ..*self }
    }

    /// Adds the gradients that a [`replica`](Self::replica) collected beside its tape's `grads`.
    ///
    /// # Errors
    /// Where a tensor operation fails.
    pub(crate) fn add_gradients(&self, replica: &Self, grads: &GradStore) -> Result<(), Error> {
        for (own, other) in self.all().iter().zip(replica.all()) {
            other.with_host_gradient(grads, |values| {
                own.add_to_gradient(values);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Forgets the gradients of the last step; to be called before each backward pass.
    pub fn clear_gradients(&self) {
        lock(&self.by_name).values().for_each(|p| lock(&p.gradient).filled = false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(parameter: &Parameter) -> Vec<f64> {
        parameter.var().flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn first_values_depend_on_seed_and_name_alone() {
        let uniform = Init::Uniform { low: -1.0, high: 1.0 };
        let draw = |seed, names: [&str; 2]| {
            let parameters = Parameters::new(Seed(seed), DType::F64, &Device::Cpu);
            names.iter().for_each(|n| drop(parameters.get(n, (3, 4), uniform).unwrap()));
            parameters.all()
        };
        let (a, b, c) = (draw(1, ["x", "y"]), draw(1, ["y", "x"]), draw(2, ["x", "y"]));
        assert_eq!(a.iter().map(Parameter::name).collect::<Vec<_>>(), ["x", "y"]);
        for i in 0..2 {
            assert_eq!(values(&a[i]), values(&b[i]));
            assert_ne!(values(&a[i]), values(&c[i]));
        }
        assert_ne!(values(&a[0]), values(&a[1]));
        assert!(values(&a[0]).iter().all(|v| (-1.0..1.0).contains(v)));
    }

    /// Means and variances within 5.3 standard errors: a false-alarm rate of 1e-7 each.
    #[test]
    fn draws_have_the_stated_moments() {
        let parameters = Parameters::new(Seed(4), DType::F64, &Device::Cpu);
        let n = 40_000;
        let moments = |name: &str, init| {
            let x = values(&parameters.get(name, n, init).unwrap());
            let mean = x.iter().sum::<f64>() / n as f64;
            (mean, x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64)
        };
        let root = (n as f64).sqrt();
        let (mean, variance) = moments("normal", Init::Normal { mean: 2.0, stdev: 0.5 });
        assert!((mean - 2.0).abs() < 5.3 * 0.5 / root);
        assert!((variance - 0.25).abs() < 5.3 * 0.25 * 2f64.sqrt() / root);
        let (mean, variance) = moments("uniform", Init::Uniform { low: -1.0, high: 3.0 });
        assert!((mean - 1.0).abs() < 5.3 * (4.0f64 / 3.0).sqrt() / root);
        // The variance of a squared deviation of a uniform of width 4: 4⁴ / 180.
        assert!((variance - 4.0 / 3.0).abs() < 5.3 * (256.0f64 / 180.0).sqrt() / root);
        assert_eq!(moments("constant", Init::Constant(0.5)), (0.5, 0.0));
    }

    /// `L = Σ y + Σ w²` with `y = x wᵀ + b`: the first part reaches the weights through a fused layer,
    /// the second over the tape. Reading the gradient does not change it.
    #[test]
    fn gradients_of_fused_and_plain_operations_add_up() {
        use crate::{Activation, Dense, Initialiser, Layer, Mode};
        let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
        let activation = Activation::Identity;
        let layer = Dense::new(&parameters, "l", (2, 1), activation, Initialiser::Torch).unwrap();
        let x = Tensor::new(&[[1f32, 2.0], [3.0, 4.0]], &Device::Cpu).unwrap();
        let weight = layer.weight();
        let sum = layer.forward(&x, &mut Mode::Eval).unwrap().sum_all().unwrap();
        let squares = weight.var().sqr().unwrap().sum_all().unwrap();
        let store = (sum + squares).unwrap().backward().unwrap();
        let w = weight.var().to_vec2::<f32>().unwrap()[0].clone();
        for _ in 0..2 {
            let gradient = weight.gradient_tensor(&store).unwrap().unwrap();
            let expected = vec![vec![4.0 + 2.0 * w[0], 6.0 + 2.0 * w[1]]];
            assert_eq!(gradient.to_vec2::<f32>().unwrap(), expected);
        }
    }

    #[test]
    fn a_name_has_one_shape() {
        let parameters = Parameters::new(Seed(1), DType::F32, &Device::Cpu);
        parameters.get("a", (2, 3), Init::Constant(1.0)).unwrap();
        assert!(parameters.get("a", (2, 3), Init::Constant(0.0)).is_ok());
        let error = parameters.get("a", (3, 2), Init::Constant(0.0)).unwrap_err();
        assert_eq!(error.to_string(), "parameter 'a' has shape [2, 3], not [3, 2]");
        assert_eq!(parameters.count(), 6);
    }
}
