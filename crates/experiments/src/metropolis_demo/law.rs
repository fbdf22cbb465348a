//! The laws of the demonstration, in two dimensions, with what is known of them exactly.

use std::f64::consts::TAU;

use mcmc::targets::Banana;
use nalgebra::{dmatrix, dvector};
use prob_core::{LogDensity, Multivariate, MvNormal};
use rand::Rng;

use super::config::Config;

/// The banana: the standard deviation of its first variable, and its bend.
const BANANA: (f64, f64) = (2.0, 0.5);
/// The radius that holds 95 % of two independent standard normal variables, `√(−2 ln 0.05)`.
const RADIUS: f64 = 2.447_746_830_680_816;

/// A law that is sampled.
#[derive(Debug, Clone)]
pub enum Law {
    /// Variances 1 and this correlation.
    Gaussian(Box<MvNormal>, f64),
    /// A normal law that is bent.
    Banana(Banana),
}

impl LogDensity<[f64]> for Law {
    #[inline]
    fn log_density(&self, x: &[f64]) -> f64 {
        match self {
            Self::Gaussian(law, _) => law.log_density(x),
            Self::Banana(law) => law.log_density(x),
        }
    }
}

impl Law {
    /// Of a configuration.
    ///
    /// # Errors
    /// Where it is singular in floating-point numbers.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        Ok(match config.correlation {
            Some(rho) => {
                let law = MvNormal::new(dvector![0.0, 0.0], dmatrix![1.0, rho; rho, 1.0])?;
                Self::Gaussian(Box::new(law), rho)
            }
            None => Self::Banana(Banana::new(2, BANANA.0, BANANA.1)?),
        })
    }

    /// The law in words.
    pub fn words(&self) -> String {
        match self {
            Self::Gaussian(_, rho) => {
                format!("a two-dimensional Gaussian with correlation {rho}")
            }
            Self::Banana(law) => format!(
                "a banana: a normal with standard deviation {}, b bent by −{} (a² − {})",
                law.scale(),
                law.bend(),
                law.scale() * law.scale()
            ),
        }
    }

    /// An independent draw.
    pub fn draw(&self, rng: &mut impl Rng) -> Vec<f64> {
        let mut x = vec![0.0; 2];
        match self {
            Self::Gaussian(law, _) => law.sample_into(&mut x, rng),
            Self::Banana(law) => law.sample_into(&mut x, rng),
        }
        x
    }

    /// The variance of a, the variance of b, their covariance. Both means are 0.
    pub fn moments(&self) -> [f64; 3] {
        let covariance = match self {
            Self::Gaussian(law, _) => Multivariate::covariance(law.as_ref()),
            Self::Banana(law) => law.covariance(),
        };
        [covariance[(0, 0)], covariance[(1, 1)], covariance[(0, 1)]]
    }

    /// The expected acceptance of a random walk with `scale`; of the banana it is not known.
    pub fn expected_acceptance(&self, scale: f64) -> Option<f64> {
        match self {
            Self::Gaussian(_, rho) => Some(expected_acceptance(scale, *rho)),
            Self::Banana(_) => None,
        }
    }

    /// The edge of a region that holds 95 % of the law: an ellipse, bent for the banana.
    pub fn region(&self) -> Vec<(f64, f64)> {
        let corner = |i: u32| {
            let (sin, cos) = (TAU * f64::from(i) / 240.0).sin_cos();
            let (z, w) = (RADIUS * cos, RADIUS * sin);
            match self {
                Self::Gaussian(_, rho) => (z, rho * z + (1.0 - rho * rho).sqrt() * w),
                Self::Banana(law) => {
                    let a = law.scale() * z;
                    (a, w - law.bend() * (a * a - law.scale() * law.scale()))
                }
            }
        };
        (0..=240).map(corner).collect()
    }

    /// The density of a or of b, at points where there is something to see.
    pub fn marginal(&self, variable: usize) -> Vec<(f64, f64)> {
        let normal = |x: f64| (-0.5 * x * x).exp() / TAU.sqrt();
        let [first, second, _] = self.moments();
        let sd = if variable == 0 { first.sqrt() } else { second.sqrt() };
        let density = |x: f64| match self {
            Self::Banana(law) if variable == 1 => {
                // Over z with a = s z.
                let square = law.scale() * law.scale();
                let bent = |z: f64| normal(x + law.bend() * square * (z * z - 1.0));
                let step = 0.02;
                (-400..=400).map(|i| step * f64::from(i)).map(|z| step * normal(z) * bent(z)).sum()
            }
            _ => normal(x / sd) / sd,
        };
        (-100..=100).map(|i| 0.04 * sd * f64::from(i)).map(|x| (x, density(x))).collect()
    }
}

/// The expected acceptance of a random walk with `scale` on the normal law of correlation `rho`, once it is
/// stationary.
///
/// A move Δ changes `ln p` by `N(−q/2, q)` with `q = Δᵀ Σ⁻¹ Δ`, and `E min(1, e^N(−q/2, q)) =
/// 2 Φ(−√q / 2)`. Over the length of Δ the mean is `1 − c / √(1 + c²)`, where
/// `c = scale/2 · √(cos² θ / (1 + ρ) + sin² θ / (1 − ρ))` is half of `√q` for a length of 1 in the
/// direction θ; the mean over θ is a sum over a periodic function, which has all digits soon.
fn expected_acceptance(scale: f64, rho: f64) -> f64 {
    const DIRECTIONS: u32 = 20_000;
    let at = |i: u32| {
        let (sin, cos) = (TAU * f64::from(i) / f64::from(DIRECTIONS)).sin_cos();
        let c = 0.5 * scale * (cos * cos / (1.0 + rho) + sin * sin / (1.0 - rho)).sqrt();
        // 1 − c / √(1 + c²), without its cancellation.
        let root = (1.0 + c * c).sqrt();
        1.0 / (root * (root + c))
    };
    (0..DIRECTIONS).map(at).sum::<f64>() / f64::from(DIRECTIONS)
}

#[cfg(test)]
mod tests {
    use super::{Law, expected_acceptance};
    use crate::metropolis_demo::config::{Choices, Target};
    use prob_core::LogDensity;

    /// Uncorrelated variables have the same `c` in all directions, and the sign of the correlation turns
    /// the plane only. That the chains agree with it is a test of theirs.
    #[test]
    fn the_expected_acceptance_has_its_limits() {
        for scale in [0.01, 1.0, 2.4, 50.0] {
            let c: f64 = 0.5 * scale;
            let exact = 1.0 - c / (1.0 + c * c).sqrt();
            assert!((expected_acceptance(scale, 0.0) / exact - 1.0).abs() < 1e-9, "{scale}");
        }
        let (strong, weak) = (expected_acceptance(1.7, 0.99), expected_acceptance(1.7, 0.0));
        assert!(strong < 0.3 * weak);
        assert!((expected_acceptance(1.7, 0.9) - expected_acceptance(1.7, -0.9)).abs() < 1e-13);
    }

    /// Marginals have area 1 (up to what lies beyond four deviations) and the variance of the law; all of
    /// the region's edge has one density, since both laws are standard normal ones transformed with
    /// constant volume.
    #[test]
    fn what_is_drawn_belongs_to_the_law() {
        for target in [Target::Gaussian, Target::Banana] {
            let config = Choices { target: Some(target), ..Choices::default() }.resolve().unwrap();
            let law = Law::new(&config).unwrap();
            for v in 0..2 {
                let curve = law.marginal(v);
                let step = curve[1].0 - curve[0].0;
                let area: f64 = curve.iter().map(|(_, p)| step * p).sum();
                assert!((area - 1.0).abs() < 0.01, "{target:?} {v} {area}");
            }
            let log = |(a, b): &(f64, f64)| law.log_density(&[*a, *b]);
            let region = law.region();
            let edge = log(&region[0]);
            assert!(region.iter().all(|x| (log(x) - edge).abs() < 1e-9), "{target:?}");
            assert!((law.log_density(&[0.0, 0.0]) - edge) > 0.9, "{target:?}");
        }
    }
}
