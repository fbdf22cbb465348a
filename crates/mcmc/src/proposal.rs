//! Proposals `T(i→j)`: where a Metropolis–Hastings chain might go next.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::Error;
use crate::mutants::planted;

/// A way to propose the next point.
pub trait Proposal {
    /// Draws `to` (of the length of `from`); returns `ln T(to→from) − ln T(from→to)`, which is 0
    /// for a symmetric proposal.
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64;

    /// Refuses points of a dimension that the proposal does not have. Called once a chain.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]. The default takes any dimension.
    fn check(&self, dimension: usize) -> Result<(), Error> {
        let _ = dimension;
        Ok(())
    }
}

/// A symmetric random walk: each coordinate moves by an independent `N(0, scale²)`.
///
/// On a d-dimensional normal law with standard deviation σ in each direction, `2.4 σ / √d` is close
/// to the best scale (Roberts, Gelman and Gilks 1997).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomWalk {
    scale: f64,
}

impl RandomWalk {
    /// A random walk with standard deviation `scale` in each coordinate.
    ///
    /// # Errors
    /// [`Error::NotPositive`] unless `scale` is positive and finite.
    pub fn new(scale: f64) -> Result<Self, Error> {
        if scale.is_finite() && scale > 0.0 {
            Ok(Self { scale })
        } else {
            Err(Error::NotPositive { what: "the scale of the random walk", value: scale })
        }
    }

    /// The standard deviation of a move in each coordinate.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }
}

impl Proposal for RandomWalk {
    #[inline]
    fn propose(&self, from: &[f64], to: &mut [f64], rng: &mut impl Rng) -> f64 {
        for (to, from) in to.iter_mut().zip(from) {
            let z: f64 = StandardNormal.sample(rng);
            let scale = if planted("variance-for-scale") { self.scale.powi(2) } else { self.scale };
            *to = from + scale * z;
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::RandomWalk;
    use crate::Error;

    #[test]
    fn a_scale_must_be_positive_and_finite() {
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(RandomWalk::new(value), Err(Error::NotPositive { .. })), "{value}");
        }
    }
}
