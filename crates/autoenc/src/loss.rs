//! Reconstruction losses: means over all elements of a batch, stable for any input.

use std::sync::{Arc, Mutex};

use candle_core::{
    CpuStorage, CustomOp1, DType, Layout, Result as CandleResult, Shape, Tensor, bail,
};
use kernels::{LossSums, bce_with_logits, squared_error};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::dense::sigmoid;
use crate::host::{is_host_f32, lock, slice, with_slice};

/// What a reconstruction is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reconstruction {
    /// `−y ln p − (1 − y) ln(1 − p)` with `p = σ(z)`, from the decoder's logits `z`, computed as
    /// `max(z, 0) − z y + ln(1 + e^−|z|)`; targets in [0, 1].
    BinaryCrossEntropy,
    /// `(x − y)²`.
    MeanSquaredError,
}

/// A batch of reconstructions beside its targets.
#[derive(Debug)]
pub struct Comparison {
    /// The mean loss on the tape: a scalar to differentiate.
    pub loss: Tensor,
    /// The mean loss.
    pub mean: f64,
    /// Fraction of elements that round to the same of 0 and 1 as their target.
    pub rounded_accuracy: f64,
}

impl Reconstruction {
    /// Compares the decoder's `output` with `target`, both of one shape. The target is held fixed: no
    /// gradient flows through it.
    ///
    /// # Errors
    /// Where the shapes differ.
    pub fn compare(self, output: &Tensor, target: &Tensor) -> Result<Comparison, Error> {
        if output.shape() != target.shape() || output.elem_count() == 0 {
            return Err(Error::Data(format!(
                "output of shape {:?} cannot be compared with a target of shape {:?}",
                output.dims(),
                target.dims()
            )));
        }
        let target = target.detach();
        if is_host_f32(output) { self.fused(output, &target) } else { self.plain(output, &target) }
    }

    /// The reconstruction itself from the decoder's output: probabilities from logits.
    ///
    /// # Errors
    /// Where a tensor operation fails.
    pub fn reconstruction(self, output: &Tensor) -> Result<Tensor, Error> {
        match self {
            Self::BinaryCrossEntropy => Ok(sigmoid(output)?),
            Self::MeanSquaredError => Ok(output.clone()),
        }
    }

    /// The smallest loss that any reconstruction of `targets` can have: for the cross-entropy the
    /// mean entropy `−y ln y − (1 − y) ln(1 − y)` of the targets in [0, 1], for the squared error 0.
    ///
    /// Grey pixels cannot be predicted with certainty: a cross-entropy says little without its floor.
    #[must_use]
    pub fn floor(self, targets: &[f32]) -> f64 {
        let term = |p: f64| if p == 0.0 { 0.0 } else { -p * p.ln() };
        match self {
            Self::BinaryCrossEntropy if !targets.is_empty() => {
                let entropies =
                    targets.iter().map(|y| f64::from(*y)).map(|y| term(y) + term(1.0 - y));
                entropies.sum::<f64>() / targets.len() as f64
            }
            _ => 0.0,
        }
    }

    fn fused(self, output: &Tensor, target: &Tensor) -> Result<Comparison, Error> {
        let made = Arc::new(Mutex::new(Made::default()));
        let operation = Fused { loss: self, target: target.contiguous()?, made: made.clone() };
        let loss = output.contiguous()?.apply_op1(operation)?;
        let sums = lock(&made).sums;
        let n = output.elem_count() as f64;
        Ok(Comparison {
            loss,
            mean: sums.loss / n,
            rounded_accuracy: sums.rounded_matches as f64 / n,
        })
    }

    /// The same in plain tensor operations: for any device and type.
    fn plain(self, output: &Tensor, target: &Tensor) -> Result<Comparison, Error> {
        let (elements, threshold) = match self {
            Self::BinaryCrossEntropy => (plain_cross_entropy(output, target)?, 0.0),
            Self::MeanSquaredError => ((output - target)?.sqr()?, 0.5),
        };
        let loss = elements.mean_all()?;
        let matches = output.gt(threshold)?.eq(&target.gt(0.5)?)?;
        let scalar = |t: Tensor| t.to_dtype(DType::F64)?.to_scalar::<f64>();
        Ok(Comparison {
            mean: scalar(loss.detach())?,
            rounded_accuracy: scalar(matches.to_dtype(DType::F32)?.mean_all()?)?,
            loss,
        })
    }
}

/// `max(z, 0) − z y + ln(1 + e^−|z|)`, with the gradient `σ(z) − y` written out: that of the single
/// terms is not the gradient of their sum at `z = 0`, where two of them have a kink.
fn plain_cross_entropy(z: &Tensor, y: &Tensor) -> CandleResult<Tensor> {
    let fixed = z.detach();
    let tail = (fixed.abs()?.neg()?.exp()? + 1.0)?.log()?;
    let value = ((fixed.relu()? - (&fixed * y)?)? + tail)?;
    let slope = (sigmoid(&fixed)? - y)?;
    value + ((z - &fixed)? * slope)?
}

/// What the forward pass leaves for the backward pass and for the metrics.
#[derive(Default)]
struct Made {
    sums: LossSums,
    gradient: Vec<f32>,
}

/// The loss as one operation on candle's tape: the gradient is made in the forward pass.
struct Fused {
    loss: Reconstruction,
    target: Tensor,
    made: Arc<Mutex<Made>>,
}

impl CustomOp1 for Fused {
    fn name(&self) -> &'static str {
        "reconstruction loss"
    }

    fn cpu_fwd(&self, output: &CpuStorage, layout: &Layout) -> CandleResult<(CpuStorage, Shape)> {
        let output = slice(output, layout)?;
        let scale = (1.0 / output.len() as f64) as f32;
        let mut gradient = vec![0.0; output.len()];
        let sums = with_slice(&self.target, |target| {
            Ok(match self.loss {
                Reconstruction::BinaryCrossEntropy => {
                    bce_with_logits(output, target, scale, &mut gradient)
                }
                Reconstruction::MeanSquaredError => {
                    squared_error(output, target, scale, &mut gradient)
                }
            })
        })?;
        *lock(&self.made) = Made { sums, gradient };
        let mean = (sums.loss / output.len() as f64) as f32;
        Ok((CpuStorage::F32(vec![mean]), Shape::from(())))
    }

    fn bwd(&self, output: &Tensor, _loss: &Tensor, outer: &Tensor) -> CandleResult<Option<Tensor>> {
        // Taken, not copied: nobody differentiates a batch's loss twice.
        let gradient = std::mem::take(&mut lock(&self.made).gradient);
        if gradient.len() != output.elem_count() {
            bail!("the loss of a batch can be differentiated only once");
        }
        let gradient = Tensor::from_vec(gradient, output.shape(), output.device())?;
        let outer = f64::from(outer.to_scalar::<f32>()?);
        Ok(Some(if outer == 1.0 { gradient } else { (gradient * outer)? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn both(loss: Reconstruction, z: &[f32], y: &[f32]) -> [(Comparison, Vec<f64>); 2] {
        [DType::F32, DType::F64].map(|dtype| {
            let tensor = |v: &[f32]| Tensor::new(v, &Device::Cpu).unwrap().to_dtype(dtype).unwrap();
            let output = Var::from_tensor(&tensor(z)).unwrap();
            let compared = loss.compare(&output, &tensor(y)).unwrap();
            let gradient = compared.loss.backward().unwrap().get(&output).unwrap().clone();
            (compared, gradient.to_dtype(DType::F64).unwrap().to_vec1().unwrap())
        })
    }

    /// −ln σ(2) = 0.126928, −ln(1 − σ(−1)) = 0.313262, ln 2 at 0; the gradient is (σ(z) − y) / n.
    #[test]
    fn cross_entropy_has_its_values_and_gradients_at_the_kink_too() {
        for (compared, gradient) in
            both(Reconstruction::BinaryCrossEntropy, &[2.0, -1.0, 0.0, 0.0], &[1.0, 0.0, 0.25, 1.0])
        {
            let mean = (0.126_928_011 + 0.313_261_688 + 2.0 * std::f64::consts::LN_2) / 4.0;
            assert!((compared.mean - mean).abs() < 1e-7);
            assert_eq!(compared.rounded_accuracy, 0.75);
            let expected = [-0.119_202_922, 0.268_941_421, 0.25, -0.5];
            for (g, e) in gradient.iter().zip(expected) {
                assert!((g - e / 4.0).abs() < 1e-7, "{g} {e}");
            }
        }
    }

    #[test]
    fn extreme_logits_stay_finite_and_nan_stays_visible() {
        let loss = Reconstruction::BinaryCrossEntropy;
        for (compared, gradient) in both(loss, &[200.0, -200.0, 1e30, 200.0], &[1.0, 0.0, 1.0, 0.0])
        {
            assert!((compared.mean - 50.0).abs() < 1e-6);
            assert!(gradient.iter().all(|g| g.is_finite()) && (gradient[3] - 0.25).abs() < 1e-7);
        }
        for (compared, _) in both(loss, &[f32::NAN, 0.0], &[1.0, 0.0]) {
            assert!(compared.mean.is_nan());
        }
    }

    #[test]
    fn squared_error_has_its_values_and_gradients() {
        for (compared, gradient) in
            both(Reconstruction::MeanSquaredError, &[1.0, 2.0, -1.0, 0.75], &[1.0, 0.0, 1.0, 0.25])
        {
            assert_eq!((compared.mean, compared.rounded_accuracy), (8.25 / 4.0, 0.25));
            assert_eq!(gradient, [0.0, 1.0, -1.0, 0.25]);
        }
    }

    #[test]
    fn a_loss_that_is_scaled_afterwards_scales_its_gradient() {
        let output = Var::new(&[0.5f32, -0.25], &Device::Cpu).unwrap();
        let target = Tensor::zeros(2, DType::F32, &Device::Cpu).unwrap();
        let loss = Reconstruction::MeanSquaredError.compare(&output, &target).unwrap().loss;
        let gradients = (loss * 3.0).unwrap().backward().unwrap();
        assert_eq!(gradients.get(&output).unwrap().to_vec1::<f32>().unwrap(), [1.5, -0.75]);
    }

    #[test]
    fn shapes_that_differ_and_empty_batches_are_refused() {
        let zeros = |n: usize| Tensor::zeros((n, 2), DType::F32, &Device::Cpu).unwrap();
        for (n, m) in [(1, 2), (0, 0)] {
            let error = Reconstruction::MeanSquaredError.compare(&zeros(n), &zeros(m));
            assert!(matches!(error, Err(Error::Data(_))));
        }
    }

    /// No logit does better than its target's own: the loss there is the floor, and more elsewhere.
    #[test]
    fn the_floor_is_the_loss_of_the_best_reconstruction() {
        let y = [0.1f32, 0.5, 0.8, 0.9];
        let best: Vec<f32> = y.iter().map(|y| (y / (1.0 - y)).ln()).collect();
        let off: Vec<f32> = best.iter().map(|z| z + 0.1).collect();
        let loss = Reconstruction::BinaryCrossEntropy;
        let floor = loss.floor(&y);
        for ((at, _), (above, _)) in both(loss, &best, &y).into_iter().zip(both(loss, &off, &y)) {
            assert!((at.mean - floor).abs() < 1e-7 && above.mean > floor + 1e-4);
        }
        assert_eq!(loss.floor(&[0.0, 1.0]), 0.0);
        assert_eq!(Reconstruction::MeanSquaredError.floor(&y), 0.0);
    }
}
