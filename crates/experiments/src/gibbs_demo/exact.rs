//! The law of the demonstration, and what a sweep of Gibbs sampling does on it, exactly.
//!
//! The variables have means 0, variances 1 and correlations `ρ^|i−j|`: an autoregression of order one
//! laid out along the variables, so that given all others each one depends on its neighbours alone. A
//! sweep is linear, `x(t+1) = B x(t) + noise`: it draws `x_i` around the mean of its law given the
//! neighbours, the left one already renewed. Hence the autocovariance at lag k is `B^k Σ` (Roberts and
//! Sahu 1997), and `Σ + 2 Σ_k B^k Σ` gives the autocorrelation times.

use anyhow::Context;
use nalgebra::{DMatrix, DVector};
use prob_core::MvNormal;

/// The law, and the matrix of a sweep on it.
#[derive(Debug, Clone)]
pub struct Exact {
    /// The law.
    pub law: MvNormal,
    sweep: DMatrix<f64>,
}

impl Exact {
    /// For `dimension` variables (2 or more), neighbours with correlation `rho`.
    ///
    /// # Errors
    /// Where the covariance is singular in floating-point numbers.
    pub fn new(dimension: usize, rho: f64) -> anyhow::Result<Self> {
        let correlation = |i: usize, j: usize| rho.powi(i.abs_diff(j) as i32);
        let covariance = DMatrix::from_fn(dimension, dimension, correlation);
        let law = MvNormal::new(DVector::zeros(dimension), covariance)?;
        let mut sweep = DMatrix::<f64>::zeros(dimension, dimension);
        for i in 0..dimension {
            // The mean given the neighbours is a multiple of their sum.
            let inner = i > 0 && i + 1 < dimension;
            let part = if inner { rho / (1.0 + rho * rho) } else { rho };
            if i > 0 {
                let renewed = sweep.row(i - 1) * part;
                sweep.row_mut(i).copy_from(&renewed);
            }
            if i + 1 < dimension {
                sweep[(i, i + 1)] += part;
            }
        }
        Ok(Self { law, sweep })
    }

    /// The autocorrelations of a variable at the lags 0 to `most`.
    pub fn autocorrelations(&self, variable: usize, most: usize) -> Vec<f64> {
        let column = self.law.covariance().column(variable);
        let mut x = column.into_owned();
        let mut rho = Vec::with_capacity(most + 1);
        for _ in 0..=most {
            rho.push(x[variable]);
            x = &self.sweep * x;
        }
        rho
    }

    /// The autocorrelation time of each variable, in sweeps.
    ///
    /// # Errors
    /// Where the variables are so correlated that the sums have no digits.
    pub fn times(&self) -> anyhow::Result<Vec<f64>> {
        let n = self.sweep.nrows();
        let later = &self.sweep * self.law.covariance();
        let sum = (DMatrix::identity(n, n) - &self.sweep).lu().solve(&later);
        let sum = sum.context("the variables are too correlated for an exact answer")?;
        Ok((0..n).map(|i| 1.0 + 2.0 * sum[(i, i)]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Exact;
    use mcmc::{Conditionals, Gibbs, Kernel};
    use prob_core::Seed;

    /// `eq:gibbs-ar1`, for two variables of any correlation.
    #[test]
    fn two_variables_are_autoregressions_of_order_one() {
        for rho in [0.5f64, -0.9, 0.99, 0.0] {
            let exact = Exact::new(2, rho).unwrap();
            for v in 0..2 {
                for (k, r) in exact.autocorrelations(v, 5).into_iter().enumerate() {
                    assert!((r - rho.powi(2 * k as i32)).abs() < 1e-13, "{rho} {k} {r}");
                }
                let time = (1.0 + rho * rho) / (1.0 - rho * rho);
                let found = exact.times().unwrap()[v];
                assert!((found / time - 1.0).abs() < 1e-11, "{rho} {found} {time}");
            }
        }
    }

    /// The sweep of the kernel is that of the matrix: with the same random numbers two points differ
    /// by `B (x − y)` after it. And the law is stationary: `B Σ Bᵀ` and the noise, taken from the
    /// conditional variances, add up to `Σ`.
    #[test]
    fn the_matrix_is_that_of_the_kernel() {
        let exact = Exact::new(5, 0.7).unwrap();
        let end = |x: [f64; 5]| {
            let mut state = Gibbs.init(&exact.law, x.as_slice()).unwrap();
            let mut rng = Seed(1).stream("test", 0);
            Gibbs.step(&exact.law, &mut state, &mut rng).unwrap();
            state
        };
        assert_eq!(Conditionals::<[f64]>::blocks(&exact.law), 5);
        let zero = end([0.0; 5]);
        for j in 0..5 {
            let mut x = [0.0; 5];
            x[j] = 1.0;
            let moved = end(x);
            for i in 0..5 {
                let b = exact.sweep[(i, j)];
                assert!((moved[i] - zero[i] - b).abs() < 1e-12, "B[{i},{j}] = {b}");
            }
        }
    }

    /// The times are the sums of the autocorrelations.
    #[test]
    fn times_are_sums_of_autocorrelations() {
        let exact = Exact::new(6, -0.8).unwrap();
        let times = exact.times().unwrap();
        for (v, time) in times.iter().enumerate() {
            let sum: f64 = exact.autocorrelations(v, 2_000).iter().skip(1).sum();
            assert!((1.0 + 2.0 * sum - time).abs() < 1e-9 * time, "{v} {time}");
        }
        assert!(times[2] > times[0]);
    }
}
