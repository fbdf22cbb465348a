//! Gradient descent with momentum and Adam, whose whole state can be saved.

use candle_core::Tensor;
use candle_core::backprop::GradStore;
use kernels::Adam;
use serde::{Deserialize, Serialize};

use crate::host::{in_place, is_host_f32};
use crate::weights::{from_bytes, to_bytes};
use crate::{Error, Parameter, Parameters};

/// The name of the count of steps in a saved state.
const STEP: &str = "step";

/// Which rule moves the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub enum OptimizerKind {
    /// Gradient descent: `v ← μ v + g`, `w ← w − rate v`, as PyTorch counts momentum.
    Sgd {
        /// The momentum μ, in [0, 1); 0 for plain gradient descent.
        #[serde(default)]
        momentum: f64,
    },
    /// Adam (Kingma and Ba 2015): `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`,
    /// `w ← w − rate m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁^t)`, `v̂ = v / (1 − β₂^t)`.
    Adam {
        /// Decay of the first moment, in [0, 1).
        #[serde(default = "beta1")]
        beta1: f64,
        /// Decay of the second moment, in [0, 1).
        #[serde(default = "beta2")]
        beta2: f64,
        /// Added to the root of the second moment, above 0.
        #[serde(default = "epsilon")]
        epsilon: f64,
    },
}

fn beta1() -> f64 {
    0.9
}

fn beta2() -> f64 {
    0.999
}

fn epsilon() -> f64 {
    1e-8
}

impl OptimizerKind {
    /// Gradient descent without momentum.
    #[must_use]
    pub const fn sgd() -> Self {
        Self::Sgd { momentum: 0.0 }
    }

    /// Adam with the constants of its paper.
    #[must_use]
    pub fn adam() -> Self {
        Self::Adam { beta1: beta1(), beta2: beta2(), epsilon: epsilon() }
    }

    /// Refuses values outside their ranges.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], with the range.
    pub fn check(self) -> Result<(), Error> {
        let below_one = |name, value: f64| {
            let range = "at least 0 and below 1";
            let fits = (0.0..1.0).contains(&value);
            if fits { Ok(()) } else { Err(Error::OutOfRange { name, value, range }) }
        };
        match self {
            Self::Sgd { momentum } => below_one("the momentum", momentum),
            Self::Adam { beta1, beta2, epsilon } => {
                below_one("beta1", beta1)?;
                below_one("beta2", beta2)?;
                if epsilon > 0.0 && epsilon.is_finite() {
                    return Ok(());
                }
                let range = "above 0 and finite";
                Err(Error::OutOfRange { name: "epsilon", value: epsilon, range })
            }
        }
    }

    /// What is remembered of each parameter.
    fn buffers(self) -> &'static [&'static str] {
        match self {
            Self::Sgd { momentum: 0.0 } => &[],
            Self::Sgd { .. } => &["momentum"],
            Self::Adam { .. } => &["m", "v"],
        }
    }
}

/// An optimiser of a fixed set of parameters.
#[derive(Debug)]
pub struct Optimizer {
    kind: OptimizerKind,
    step: u64,
    moving: Vec<Moving>,
}

/// A parameter and what the rule remembers of it.
#[derive(Debug)]
struct Moving {
    parameter: Parameter,
    buffers: Vec<Tensor>,
}

impl Optimizer {
    /// An optimiser of all `parameters`, before its first step.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for constants outside their ranges.
    pub fn new(kind: OptimizerKind, parameters: &Parameters) -> Result<Self, Error> {
        kind.check()?;
        let start = |parameter: Parameter| {
            let zeros = |_: &&str| Ok(Tensor::zeros_like(parameter.var())?.detach());
            let buffers = kind.buffers().iter().map(zeros).collect::<Result<_, Error>>()?;
            Ok(Moving { parameter, buffers })
        };
        let moving = parameters.all().into_iter().map(start).collect::<Result<_, Error>>()?;
        Ok(Self { kind, step: 0, moving })
    }

    /// The rule.
    #[must_use]
    pub fn kind(&self) -> OptimizerKind {
        self.kind
    }

    /// Moves every parameter that has a gradient by one step of learning rate `rate`.
    ///
    /// # Errors
    /// Where a tensor operation fails.
    pub fn step(&mut self, gradients: &GradStore, rate: f64) -> Result<(), Error> {
        self.step += 1;
        for moving in &mut self.moving {
            if is_host_f32(moving.parameter.var()) {
                moving.fused(self.kind, self.step, gradients, rate)?;
            } else if let Some(gradient) = moving.parameter.gradient_tensor(gradients)? {
                moving.plain(self.kind, self.step, &gradient, rate)?;
            }
        }
        Ok(())
    }

    /// The state as safetensors: `step`, and `<parameter>.momentum` or `<parameter>.m` and
    /// `<parameter>.v`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] where the state has overflown.
    pub fn state(&self) -> Result<Vec<u8>, Error> {
        to_bytes(&self.named()?)
    }

    /// The tensors of a saved state, checked but not yet taken over.
    pub(crate) fn parse(&self, state: &[u8]) -> Result<Vec<Tensor>, Error> {
        let tensors = from_bytes(state, &self.named()?)?;
        if tensors[0].to_scalar::<i64>()? < 0 {
            return Err(Error::OtherTensors("the count of steps is negative".into()));
        }
        Ok(tensors)
    }

    /// Takes over what [`parse`](Self::parse) returned.
    pub(crate) fn restore(&mut self, tensors: Vec<Tensor>) -> Result<(), Error> {
        let mut tensors = tensors.into_iter();
        if let Some(step) = tensors.next() {
            self.step = step.to_scalar::<i64>()?.unsigned_abs();
        }
        let buffers = self.moving.iter_mut().flat_map(|m| &mut m.buffers);
        buffers.zip(tensors).for_each(|(buffer, saved)| *buffer = saved);
        Ok(())
    }

    /// The state by name; the count of steps comes first.
    fn named(&self) -> Result<Vec<(String, Tensor)>, Error> {
        let step = i64::try_from(self.step).unwrap_or(i64::MAX);
        let mut named = vec![(STEP.to_owned(), Tensor::new(step, &candle_core::Device::Cpu)?)];
        for Moving { parameter, buffers } in &self.moving {
            for (suffix, buffer) in self.kind.buffers().iter().zip(buffers) {
                named.push((format!("{}.{suffix}", parameter.name()), buffer.clone()));
            }
        }
        Ok(named)
    }
}

impl Moving {
    /// f32 on the processor: in place.
    fn fused(
        &self,
        kind: OptimizerKind,
        step: u64,
        gradients: &GradStore,
        rate: f64,
    ) -> Result<(), Error> {
        let weights = self.parameter.var();
        let moved = self.parameter.with_host_gradient(gradients, |g| {
            let done = match (kind, self.buffers.as_slice()) {
                (OptimizerKind::Sgd { momentum }, [v]) => in_place(weights, |w| {
                    in_place(v, |v| {
                        kernels::sgd_momentum(w, g, v, rate as f32, momentum as f32);
                        Ok(())
                    })
                }),
                (OptimizerKind::Adam { beta1, beta2, epsilon }, [m, v]) => {
                    let constants = Adam {
                        rate: (rate / (1.0 - beta1.powf(step as f64))) as f32,
                        beta1: beta1 as f32,
                        beta2: beta2 as f32,
                        root_correction: (1.0 - beta2.powf(step as f64)).sqrt().recip() as f32,
                        epsilon: epsilon as f32,
                    };
                    in_place(weights, |w| {
                        in_place(m, |m| {
                            in_place(v, |v| {
                                kernels::adam(w, g, m, v, constants);
                                Ok(())
                            })
                        })
                    })
                }
                _ => in_place(weights, |w| {
                    kernels::sgd(w, g, rate as f32);
                    Ok(())
                }),
            };
            Ok(done?)
        });
        moved.map(|_| ())
    }

    /// The same in plain tensor operations: for any device and type.
    fn plain(
        &mut self,
        kind: OptimizerKind,
        step: u64,
        gradient: &Tensor,
        rate: f64,
    ) -> Result<(), Error> {
        let change = match (kind, self.buffers.as_mut_slice()) {
            (OptimizerKind::Sgd { momentum }, [v]) => {
                *v = (v.affine(momentum, 0.0)? + gradient)?;
                (&*v * rate)?
            }
            (OptimizerKind::Adam { beta1, beta2, epsilon }, [m, v]) => {
                *m = ((&*m * beta1)? + (gradient * (1.0 - beta1))?)?;
                *v = ((&*v * beta2)? + (gradient.sqr()? * (1.0 - beta2))?)?;
                let root = (&*v / (1.0 - beta2.powf(step as f64)))?.sqrt()?;
                let corrected = (&*m * (rate / (1.0 - beta1.powf(step as f64))))?;
                (corrected / (root + epsilon)?)?
            }
            _ => (gradient * rate)?,
        };
        let weights = self.parameter.var();
        Ok(weights.set(&(weights.as_detached_tensor() - change)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Init;
    use candle_core::{DType, Device};
    use prob_core::Seed;

    const START: [f64; 3] = [1.0, -2.0, 0.5];

    /// A parameter at `START` whose loss is `Σ cᵢ wᵢ²`: the gradient `2 c w` is known.
    fn quadratic(dtype: DType) -> (Parameters, Parameter, Tensor) {
        let parameters = Parameters::new(Seed(1), dtype, &Device::Cpu);
        let parameter = parameters.get("w", 3, Init::Constant(0.0)).unwrap();
        let tensor = |v: [f64; 3]| Tensor::new(&v, &Device::Cpu).unwrap().to_dtype(dtype).unwrap();
        parameter.var().set(&tensor(START)).unwrap();
        (parameters, parameter, tensor([0.5, 1.0, 2.0]))
    }

    fn run(dtype: DType, kind: OptimizerKind, steps: usize, rate: f64) -> Vec<f64> {
        let (parameters, parameter, curvature) = quadratic(dtype);
        let mut optimizer = Optimizer::new(kind, &parameters).unwrap();
        for _ in 0..steps {
            parameters.clear_gradients();
            let loss = (parameter.var().sqr().unwrap() * &curvature).unwrap().sum_all().unwrap();
            optimizer.step(&loss.backward().unwrap(), rate).unwrap();
        }
        parameter.var().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
    }

    fn agree(kind: OptimizerKind, steps: usize, rate: f64, expected: [f64; 3]) {
        for (dtype, tolerance) in [(DType::F32, 2e-6), (DType::F64, 1e-12)] {
            for (w, e) in run(dtype, kind, steps, rate).iter().zip(expected) {
                assert!((w - e).abs() < tolerance, "{kind:?} {dtype:?}: {w} {e}");
            }
        }
    }

    /// On a quadratic, plain descent multiplies each weight by `1 − 2 rate c` in every step.
    #[test]
    fn gradient_descent_agrees_with_its_closed_form() {
        let factor = |c: f64| (1.0 - 2.0 * 0.1 * c).powi(7);
        let expected = [factor(0.5), -2.0 * factor(1.0), 0.5 * factor(2.0)];
        agree(OptimizerKind::sgd(), 7, 0.1, expected);
    }

    /// On a quadratic, momentum is the recurrence `w₊ = (1 + μ − 2 rate c) w − μ w₋`: here by the
    /// powers of its matrix, not step by step in the optimiser's own way.
    #[test]
    fn momentum_agrees_with_its_recurrence() {
        let (mu, rate, steps) = (0.9, 0.05, 9);
        let expected = [(START[0], 0.5), (START[1], 1.0), (START[2], 2.0)].map(|(w, c)| {
            let mut pair = nalgebra::vector![w, w];
            let matrix = nalgebra::matrix![1.0 + mu - 2.0 * rate * c, -mu; 1.0, 0.0];
            (0..steps).for_each(|_| pair = matrix * pair);
            pair[0]
        });
        agree(OptimizerKind::Sgd { momentum: mu }, steps, rate, expected);
    }

    /// The paper's algorithm, in scalars.
    #[test]
    fn adam_agrees_with_its_paper() {
        let (b1, b2, e, rate, steps) = (0.8, 0.95, 1e-4, 0.07, 12);
        let expected = [(START[0], 0.5), (START[1], 1.0), (START[2], 2.0)].map(|(start, c)| {
            let (mut w, mut m, mut v) = (start, 0.0, 0.0);
            for t in 1..=steps {
                let g: f64 = 2.0 * c * w;
                m = b1 * m + (1.0 - b1) * g;
                v = b2 * v + (1.0 - b2) * g * g;
                let (m_hat, v_hat) = (m / (1.0 - f64::powi(b1, t)), v / (1.0 - f64::powi(b2, t)));
                w -= rate * m_hat / (f64::sqrt(v_hat) + e);
            }
            w
        });
        let kind = OptimizerKind::Adam { beta1: b1, beta2: b2, epsilon: e };
        agree(kind, steps as usize, rate, expected);
    }

    /// Adam's first step has the length of the rate, whatever the gradient: a check of the bias
    /// correction that needs no recurrence.
    #[test]
    fn adams_first_step_has_the_length_of_the_rate() {
        let kind = OptimizerKind::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-30 };
        agree(kind, 1, 0.01, [0.99, -1.99, 0.49]);
    }

    #[test]
    fn a_saved_state_goes_on_with_the_same_bits_and_names_what_it_holds() {
        let kinds = [
            (OptimizerKind::sgd(), vec!["step"]),
            (OptimizerKind::Sgd { momentum: 0.9 }, vec!["step", "w.momentum"]),
            (OptimizerKind::adam(), vec!["step", "w.m", "w.v"]),
        ];
        for (kind, names) in kinds {
            for dtype in [DType::F32, DType::F64] {
                let (parameters, parameter, curvature) = quadratic(dtype);
                let step = |optimizer: &mut Optimizer| {
                    parameters.clear_gradients();
                    let loss = (parameter.var().sqr().unwrap() * &curvature).unwrap();
                    optimizer.step(&loss.sum_all().unwrap().backward().unwrap(), 0.1).unwrap();
                };
                let mut first = Optimizer::new(kind, &parameters).unwrap();
                (0..3).for_each(|_| step(&mut first));
                let state = first.state().unwrap();
                let file = safetensors::SafeTensors::deserialize(&state).unwrap();
                let mut found = file.names();
                found.sort_unstable();
                assert_eq!(found, names);
                let mut second = Optimizer::new(kind, &parameters).unwrap();
                let parsed = second.parse(&state).unwrap();
                second.restore(parsed).unwrap();
                assert_eq!((second.step, second.state().unwrap()), (3, state));
                let here = parameter.var().copy().unwrap();
                step(&mut first);
                let there = parameter.var().copy().unwrap();
                parameter.var().set(&here).unwrap();
                step(&mut second);
                let bits = |t: &Tensor| t.to_dtype(DType::F64).unwrap().to_vec1::<f64>().unwrap();
                assert_eq!(bits(parameter.var()), bits(&there));
                assert_eq!(first.state().unwrap(), second.state().unwrap());
            }
        }
    }

    #[test]
    fn the_state_of_another_rule_is_refused() {
        let (parameters, ..) = quadratic(DType::F32);
        let new = |kind| Optimizer::new(kind, &parameters).unwrap();
        let (sgd, adam) = (new(OptimizerKind::Sgd { momentum: 0.9 }), new(OptimizerKind::adam()));
        let error = sgd.parse(&adam.state().unwrap()).unwrap_err().to_string();
        assert!(error.contains("'w.m' is not part of it"), "{error}");
        let error =
            adam.parse(&new(OptimizerKind::sgd()).state().unwrap()).unwrap_err().to_string();
        assert!(error.contains("'w.m' is missing"), "{error}");
    }

    #[test]
    fn constants_outside_their_ranges_are_named() {
        let adam = |beta1, beta2, epsilon| OptimizerKind::Adam { beta1, beta2, epsilon };
        for (kind, name) in [
            (OptimizerKind::Sgd { momentum: 1.0 }, "momentum"),
            (OptimizerKind::Sgd { momentum: f64::NAN }, "momentum"),
            (adam(-0.1, 0.9, 1e-8), "beta1"),
            (adam(0.9, 1.0, 1e-8), "beta2"),
            (adam(0.9, 0.9, 0.0), "epsilon"),
        ] {
            let error = kind.check().unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn kinds_are_written_by_their_names_and_constants_have_defaults() {
        let text = serde_json::to_string(&OptimizerKind::Sgd { momentum: 0.5 }).unwrap();
        assert_eq!(text, r#"{"name":"sgd","momentum":0.5}"#);
        let read = |text| serde_json::from_str::<OptimizerKind>(text);
        assert_eq!(read(r#"{"name":"adam"}"#).unwrap(), OptimizerKind::adam());
        assert_eq!(read(r#"{"name":"sgd"}"#).unwrap(), OptimizerKind::sgd());
        assert!(read(r#"{"name":"sgd","beta1":0.5}"#).is_err());
    }
}
