//! Layers that toss coins in training and pass their input through in evaluation.
//!
//! candle's own noise cannot be seeded on the processor and differs between devices: ours is drawn on
//! the processor from the run's streams and copied.

use candle_core::Tensor;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, Layer, Mode};

/// Adds normal noise of a standard deviation to each element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaussianNoise {
    stdev: f64,
}

impl GaussianNoise {
    /// Noise of standard deviation `stdev` ≥ 0, in the units of the data.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a negative or non-finite value.
    pub fn new(stdev: f64) -> Result<Self, Error> {
        if stdev >= 0.0 && stdev.is_finite() {
            Ok(Self { stdev })
        } else {
            Err(Error::OutOfRange { name: "stdev", value: stdev, range: "0 or more, finite" })
        }
    }
}

impl Layer for GaussianNoise {
    fn forward(&self, x: &Tensor, mode: &mut Mode<'_>) -> Result<Tensor, Error> {
        let Mode::Train(rng) = mode else { return Ok(x.clone()) };
        let noise = drawn(x, rng, |rng| {
            let z: f64 = StandardNormal.sample(rng);
            self.stdev * z
        })?;
        Ok((x + noise)?)
    }
}

/// Sets each element to 0 with a probability and scales the others by 1 / (1 − probability).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    probability: f64,
}

impl Dropout {
    /// Drops with `probability` in [0, 1).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for any other value.
    pub fn new(probability: f64) -> Result<Self, Error> {
        if (0.0..1.0).contains(&probability) {
            Ok(Self { probability })
        } else {
            Err(Error::OutOfRange { name: "probability", value: probability, range: "in [0, 1)" })
        }
    }
}

impl Layer for Dropout {
    fn forward(&self, x: &Tensor, mode: &mut Mode<'_>) -> Result<Tensor, Error> {
        let Mode::Train(rng) = mode else { return Ok(x.clone()) };
        let kept = 1.0 / (1.0 - self.probability);
        let mask =
            drawn(x, rng, |rng| if rng.random::<f64>() < self.probability { 0.0 } else { kept })?;
        Ok((x * mask)?)
    }
}

/// A tensor like `x` whose elements are drawn one by one.
fn drawn(
    x: &Tensor,
    mut rng: &mut dyn Rng,
    draw: impl Fn(&mut &mut dyn Rng) -> f64,
) -> Result<Tensor, Error> {
    let values: Vec<f64> = (0..x.elem_count()).map(|_| draw(&mut rng)).collect();
    let values = Tensor::from_vec(values, x.shape(), &candle_core::Device::Cpu)?;
    Ok(values.to_dtype(x.dtype())?.to_device(x.device())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{DType, Device};
    use prob_core::Seed;

    fn train(layer: &dyn Layer, x: &Tensor, index: u64) -> Vec<f32> {
        let mut rng = Seed(3).stream("noise", index);
        let y = layer.forward(x, &mut Mode::Train(&mut rng)).unwrap();
        y.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn evaluation_is_the_identity_and_a_seed_repeats_the_noise() {
        let x = Tensor::ones((50, 40), DType::F32, &Device::Cpu).unwrap();
        let layers: [&dyn Layer; 2] =
            [&GaussianNoise::new(0.2).unwrap(), &Dropout::new(0.5).unwrap()];
        for layer in layers {
            let y = layer.forward(&x, &mut Mode::Eval).unwrap();
            assert_eq!(y.to_vec2::<f32>().unwrap(), x.to_vec2::<f32>().unwrap());
            assert_eq!(train(layer, &x, 0), train(layer, &x, 0));
            assert_ne!(train(layer, &x, 0), train(layer, &x, 1));
        }
    }

    /// Means within 5.3 standard errors: a false-alarm rate of 1e-7 a test.
    #[test]
    fn noise_has_the_stated_moments() {
        let n = 40_000;
        let x = Tensor::ones(n, DType::F32, &Device::Cpu).unwrap();
        let moments = |y: &[f32]| {
            let mean = y.iter().map(|v| f64::from(*v)).sum::<f64>() / n as f64;
            let square = y.iter().map(|v| (f64::from(*v) - 1.0).powi(2)).sum::<f64>() / n as f64;
            (mean, square)
        };
        let (mean, square) = moments(&train(&GaussianNoise::new(0.2).unwrap(), &x, 2));
        assert!((mean - 1.0).abs() < 5.3 * 0.2 / (n as f64).sqrt());
        assert!((square - 0.04).abs() < 5.3 * 0.04 * (2.0 / n as f64).sqrt());
        let y = train(&Dropout::new(0.25).unwrap(), &x, 3);
        let (mean, _) = moments(&y);
        assert!((mean - 1.0).abs() < 5.3 * (1.0f64 / 3.0 / n as f64).sqrt());
        assert!(y.iter().all(|v| *v == 0.0 || (*v - 4.0 / 3.0).abs() < 1e-6));
    }

    #[test]
    fn values_outside_the_range_are_refused() {
        for bad in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(GaussianNoise::new(bad).is_err() && Dropout::new(bad).is_err());
        }
        assert!(Dropout::new(1.0).is_err());
    }
}
