//! The laws of the demonstration: how each is made from its two parameters, and how much one
//! observation tells about them.

use prob_core::mle::MaximumLikelihood;
use prob_core::special::trigamma;
use prob_core::{Beta, Error, Gamma, Logistic, Normal, Weibull};
use rand::distr::Distribution;

use super::config::{Config, Family};
use super::study::{Study, study as of};

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// A law of two parameters that can be drawn from and fitted.
pub trait TwoParameters: MaximumLikelihood<Known = ()> + Distribution<f64> + Send + Sync {
    /// Which of the parameters are positive.
    const POSITIVE: [bool; 2];

    /// The law with these parameters.
    ///
    /// # Errors
    /// Where they are out of range.
    fn with(parameters: [f64; 2]) -> Result<Self, Error>;

    /// Fisher's information of one observation, `F = E[∇ ln p ∇ ln pᵀ]` (`eq:fisher-information`).
    fn information(parameters: [f64; 2]) -> [[f64; 2]; 2];
}

/// The study of the family of a configuration.
///
/// # Errors
/// As [`of`](super::study::study).
pub fn study(config: &Config) -> anyhow::Result<Study> {
    match config.family {
        Family::Normal => of::<Normal>(config),
        Family::Gamma => of::<Gamma>(config),
        Family::Weibull => of::<Weibull>(config),
        Family::Beta => of::<Beta>(config),
        Family::Logistic => of::<Logistic>(config),
    }
}

impl TwoParameters for Normal {
    const POSITIVE: [bool; 2] = [false, true];

    fn with([mean, std_dev]: [f64; 2]) -> Result<Self, Error> {
        Self::new(mean, std_dev)
    }

    fn information([_, s]: [f64; 2]) -> [[f64; 2]; 2] {
        [[1.0 / (s * s), 0.0], [0.0, 2.0 / (s * s)]]
    }
}

impl TwoParameters for Gamma {
    const POSITIVE: [bool; 2] = [true; 2];

    fn with([shape, rate]: [f64; 2]) -> Result<Self, Error> {
        Self::new(shape, rate)
    }

    fn information([k, b]: [f64; 2]) -> [[f64; 2]; 2] {
        [[trigamma(k), -1.0 / b], [-1.0 / b, k / (b * b)]]
    }
}

impl TwoParameters for Weibull {
    const POSITIVE: [bool; 2] = [true; 2];

    fn with([shape, scale]: [f64; 2]) -> Result<Self, Error> {
        Self::new(shape, scale)
    }

    /// With `y = (x/λ)^k` of the standard exponential law, `E[ln y] = −γ` and `var[ln y] = π²/6`.
    fn information([k, l]: [f64; 2]) -> [[f64; 2]; 2] {
        let square = std::f64::consts::PI * std::f64::consts::PI / 6.0;
        let mixed = -(1.0 - EULER) / l;
        let shape = (square + (1.0 - EULER) * (1.0 - EULER)) / (k * k);
        [[shape, mixed], [mixed, (k / l) * (k / l)]]
    }
}

impl TwoParameters for Beta {
    const POSITIVE: [bool; 2] = [true; 2];

    fn with([alpha, beta]: [f64; 2]) -> Result<Self, Error> {
        Self::new(alpha, beta)
    }

    fn information([a, b]: [f64; 2]) -> [[f64; 2]; 2] {
        let both = trigamma(a + b);
        [[trigamma(a) - both, -both], [-both, trigamma(b) - both]]
    }
}

impl TwoParameters for Logistic {
    const POSITIVE: [bool; 2] = [false, true];

    fn with([location, scale]: [f64; 2]) -> Result<Self, Error> {
        Self::new(location, scale)
    }

    fn information([_, s]: [f64; 2]) -> [[f64; 2]; 2] {
        let square = std::f64::consts::PI * std::f64::consts::PI;
        [[1.0 / (3.0 * s * s), 0.0], [0.0, (3.0 + square) / (9.0 * s * s)]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `E[∇ ln p ∇ ln pᵀ]` by the midpoint rule over the quantiles, derivatives by differences.
    fn averaged<L: TwoParameters>(parameters: [f64; 2]) -> [[f64; 2]; 2] {
        const POINTS: usize = 20_000;
        let h = 1e-5;
        let at = |i: usize, step: f64| {
            let mut moved = parameters;
            moved[i] += step;
            L::with(moved).unwrap()
        };
        let neighbours = [0, 1].map(|i| (at(i, h), at(i, -h)));
        let law = L::with(parameters).unwrap();
        let mut sum = [[0.0; 2]; 2];
        for point in 0..POINTS {
            let x = law.quantile((point as f64 + 0.5) / POINTS as f64);
            let score = [0, 1].map(|i| {
                let (above, below) = &neighbours[i];
                (above.log_prob(x) - below.log_prob(x)) / (2.0 * h)
            });
            for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                sum[i][j] += score[i] * score[j] / POINTS as f64;
            }
        }
        sum
    }

    fn agree<L: TwoParameters>(parameters: [f64; 2]) {
        let (exact, averaged) = (L::information(parameters), averaged::<L>(parameters));
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let scale = (exact[i][i] * exact[j][j]).sqrt();
            let off = (exact[i][j] - averaged[i][j]).abs() / scale;
            assert!(off < 4e-3, "{} {parameters:?} [{i}][{j}]: {off}", L::PARAMETERS[i]);
        }
    }

    #[test]
    fn the_information_is_the_mean_square_of_the_score() {
        agree::<Normal>([1.0, 2.0]);
        agree::<Gamma>([2.0, 1.0]);
        agree::<Gamma>([0.7, 3.0]);
        agree::<Weibull>([1.5, 2.0]);
        agree::<Weibull>([3.0, 0.5]);
        agree::<Beta>([2.0, 5.0]);
        agree::<Logistic>([-1.0, 0.5]);
    }
}
