//! Priors of single numbers, for the regressions.

use std::f64::consts::{LN_2, PI};

use super::LOG_NORM;
use crate::Error;
use crate::mutants::planted;

/// A prior of each coefficient or of a standard deviation: symmetric around 0, or flat.
///
/// ```text
/// Flat       p(x) ∝ 1
/// Normal     p(x) = exp(−x²/2s²) / (s √2π)
/// Cauchy     p(x) = 1 / (π s (1 + x²/s²))
/// ```
///
/// A standard deviation is positive: its prior is the same, on `x > 0` and there twice as high (half-normal,
/// half-Cauchy).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// Every value is as likely as any other: improper, and so is the posterior if the data do not
    /// hold it.
    Flat,
    /// `N(0, s²)`.
    Normal {
        /// `s`, positive.
        scale: f64,
    },
    /// The law of Cauchy around 0.
    Cauchy {
        /// `s`, the half width at half height, positive.
        scale: f64,
    },
}

impl Prior {
    pub(super) fn check(self, what: &'static str) -> Result<Normalised, Error> {
        match self {
            Self::Normal { scale: value } | Self::Cauchy { scale: value }
                if !(value.is_finite() && value > 0.0) =>
            {
                Err(Error::NotPositive { what, value })
            }
            _ => Ok(self.normalised()),
        }
    }

    /// For a positive scale.
    pub(super) fn normalised(self) -> Normalised {
        let log_norm = match self {
            Self::Flat => 0.0,
            Self::Normal { scale } => LOG_NORM - scale.ln(),
            Self::Cauchy { scale } => -(PI * scale).ln(),
        };
        Normalised { prior: self, log_norm }
    }
}

/// A prior with the logarithm of its constant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Normalised {
    prior: Prior,
    log_norm: f64,
}

impl Normalised {
    pub(super) fn is_flat(self) -> bool {
        self.prior == Prior::Flat
    }

    /// `ln p(x)`.
    #[inline]
    pub(super) fn log_density(self, x: f64) -> f64 {
        match self.prior {
            Prior::Flat => 0.0,
            Prior::Normal { scale } if planted("a-prior-with-a-variance-for-its-deviation") => {
                self.log_norm - 0.5 * x * x / scale
            }
            Prior::Normal { scale } => self.log_norm - 0.5 * (x / scale).powi(2),
            Prior::Cauchy { scale } => self.log_norm - log_one_plus_square(x / scale),
        }
    }

    /// `ln p(x)` on `x > 0`, where the halves of both sides are.
    #[inline]
    pub(super) fn log_half_density(self, x: f64) -> f64 {
        if self.is_flat() { 0.0 } else { LN_2 + self.log_density(x) }
    }

    /// `d ln p(x) / dx`, on either side.
    #[inline]
    pub(super) fn slope(self, x: f64) -> f64 {
        match self.prior {
            Prior::Flat => 0.0,
            Prior::Normal { scale } => -x / scale / scale,
            Prior::Cauchy { scale } => {
                let z = x / scale;
                // −2z / (1 + z²) without a square that overflows.
                -2.0 / (z + z.recip()) / scale
            }
        }
    }

    /// `d ln p(x) / d ln x` on `x > 0`.
    #[inline]
    pub(super) fn log_slope(self, x: f64) -> f64 {
        match self.prior {
            Prior::Flat => 0.0,
            Prior::Normal { scale } => -(x / scale).powi(2),
            Prior::Cauchy { scale } => -2.0 / (1.0 + (scale / x).powi(2)),
        }
    }
}

/// `ln(1 + z²)`, also where the square overflows.
#[inline]
fn log_one_plus_square(z: f64) -> f64 {
    if z.abs() < 1e100 { (z * z).ln_1p() } else { 2.0 * z.abs().ln() }
}
