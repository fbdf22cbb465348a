//! The law of two modes far apart, the path to it from a wide one, and what is known of both exactly.

use prob_core::GeometricPath;
use prob_core::special::normal_cdf;
use rayon::prelude::*;

use super::config::Config;

/// Points of the grid on which integrals are sums.
const GRID: usize = 2_401;
/// Densities below this share of a cell take no part in them.
const NOTHING: f64 = 1e-14;

/// `w N(−D, 1) + (1 − w) N(D, 1)`.
#[derive(Debug, Clone, Copy)]
pub struct Modes {
    distance: f64,
    weight: f64,
}

impl Modes {
    /// Of a configuration.
    pub fn new(config: &Config) -> Self {
        Self { distance: config.distance, weight: config.weight }
    }

    /// The log density.
    pub fn log_density(self, x: f64) -> f64 {
        let left = self.weight.ln() - 0.5 * (x + self.distance).powi(2);
        let right = (1.0 - self.weight).ln() - 0.5 * (x - self.distance).powi(2);
        let log = left.max(right) + (-(left - right).abs()).exp().ln_1p();
        log - 0.5 * std::f64::consts::TAU.ln()
    }

    /// The easy law at the hot end, `N(0, (D + 2)²)`, up to a factor.
    fn log_wide(self, x: f64) -> f64 {
        -0.5 * (x / self.wide()).powi(2)
    }

    fn wide(self) -> f64 {
        self.distance + 2.0
    }

    /// From the wide law at β = 0 to this one at β = 1.
    pub fn path(
        self,
    ) -> GeometricPath<impl Fn(&[f64]) -> f64 + Sync, impl Fn(&[f64]) -> f64 + Sync> {
        let (from, to) =
            (move |x: &[f64]| self.log_wide(x[0]), move |x: &[f64]| self.log_density(x[0]));
        GeometricPath { from, to }
    }

    /// The probability of `x > 0`, the mean and the variance.
    pub fn moments(self) -> [f64; 3] {
        let (d, w) = (self.distance, self.weight);
        let right = (1.0 - w) * normal_cdf(d) + w * normal_cdf(-d);
        let mean = (1.0 - 2.0 * w) * d;
        [right, mean, 1.0 + d * d - mean * mean]
    }

    /// The normalised densities at the inverse temperatures, on the points of [`grid`](Self::grid).
    pub fn densities(self, betas: &[f64]) -> Vec<Vec<f64>> {
        let (grid, step) = self.grid();
        let at = |beta: &f64| {
            let log = |x: &f64| (1.0 - beta) * self.log_wide(*x) + beta * self.log_density(*x);
            let logs: Vec<f64> = grid.iter().map(log).collect();
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = logs.iter().map(|l| (l - top).exp()).collect();
            let total = step * weights.iter().sum::<f64>();
            weights.into_iter().map(|w| w / total).collect()
        };
        betas.iter().map(at).collect()
    }

    /// Points at equal distances and that distance: eight deviations of the wide law on both sides.
    pub fn grid(self) -> (Vec<f64>, f64) {
        let reach = 8.0 * self.wide();
        let step = 2.0 * reach / (GRID - 1) as f64;
        ((0..GRID).map(|i| -reach + step * i as f64).collect(), step)
    }

    /// The expected share of exchanges of neighbours on the ladder: the mean of
    /// `min(1, exp((β' − β) (u(x) − u(y))))` over x from the law at β and y from the one at β', where u is
    /// the log density less that of the wide law; summed over a grid.
    pub fn swap_rates(self, betas: &[f64]) -> Vec<f64> {
        let (grid, step) = self.grid();
        let u: Vec<f64> = grid.iter().map(|x| self.log_density(*x) - self.log_wide(*x)).collect();
        let laws = self.densities(betas);
        let masses = |law: &[f64]| {
            let mass = law.iter().map(|p| step * p).zip(u.iter().copied());
            mass.filter(|(p, _)| *p > NOTHING).collect::<Vec<_>>()
        };
        let rate = |k: usize| {
            let (hot, cold) = (masses(&laws[k]), masses(&laws[k + 1]));
            let difference = betas[k + 1] - betas[k];
            let accept = |x: f64, y: f64| (difference * (x - y)).min(0.0).exp();
            let given =
                |(q, y): &(f64, f64)| q * hot.iter().map(|(p, x)| p * accept(*x, *y)).sum::<f64>();
            cold.iter().map(given).sum()
        };
        (0..betas.len() - 1).into_par_iter().map(rate).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Modes;

    const MODES: Modes = Modes { distance: 5.0, weight: 0.3 };

    #[test]
    fn the_grid_has_the_moments_of_the_law() {
        let (grid, step) = MODES.grid();
        let density = &MODES.densities(&[1.0])[0];
        let mean = |f: &dyn Fn(f64) -> f64| {
            step * grid.iter().zip(density).map(|(x, p)| p * f(*x)).sum::<f64>()
        };
        let [right, first, variance] = MODES.moments();
        assert!((mean(&|x| x) - first).abs() < 1e-9);
        assert!((mean(&|x| (x - first).powi(2)) - variance).abs() < 1e-9);
        assert!((mean(&|x| f64::from(u8::from(x > 0.0))) - right).abs() < 1e-4);
        let exact = grid.iter().map(|x| MODES.log_density(*x).exp());
        assert!(density.iter().zip(exact).all(|(p, q)| (p - q).abs() < 1e-12));
    }

    /// Equal levels always exchange; the rate falls with the distance of the levels.
    #[test]
    fn swap_rates_fall_with_the_distance_of_the_levels() {
        let rates = MODES.swap_rates(&[0.5, 0.5, 0.6, 1.0]);
        assert!((rates[0] - 1.0).abs() < 1e-9, "{rates:?}");
        assert!(rates[1] > rates[2] && rates[2] > 0.3, "{rates:?}");
    }
}
