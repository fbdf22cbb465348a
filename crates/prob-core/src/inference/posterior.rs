//! The posterior up to its evidence: `ln p(θ | x) = ln p(θ) + ln p(x | θ) − ln p(x)`.

use crate::{GradLogDensity, LogDensity};

/// Prior times likelihood: a law of the parameters, ready for a sampler or a [`Grid`](crate::Grid).
///
/// The prior is any law of `X`; so is the likelihood, a function of the parameters that returns
/// `ln p(data | θ)`. The evidence is left out (`eq:posterior`), and so need be no constant of either.
///
/// A coin came up heads 7 times in 10; before, every chance of heads was as likely as any other:
///
/// ```
/// use prob_core::{LogDensity, Posterior};
///
/// let prior = |p: &f64| if (0.0..=1.0).contains(p) { 0.0 } else { f64::NEG_INFINITY };
/// let likelihood = |p: &f64| 7.0 * p.ln() + 3.0 * (1.0 - p).ln();
/// let posterior = Posterior::new(prior, likelihood);
///
/// assert!(posterior.log_density(&0.7) > posterior.log_density(&0.5));
/// assert_eq!(posterior.log_density(&1.5), f64::NEG_INFINITY); // the likelihood is not asked
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior<P, L> {
    prior: P,
    likelihood: L,
}

impl<P, L> Posterior<P, L> {
    /// The law that is proportional to `prior` times `likelihood`.
    pub fn new(prior: P, likelihood: L) -> Self {
        Self { prior, likelihood }
    }

    /// The law of the parameters before the data.
    pub fn prior(&self) -> &P {
        &self.prior
    }

    /// The logarithm of the probability of the data, as a function of the parameters.
    pub fn likelihood(&self) -> &L {
        &self.likelihood
    }
}

impl<X: ?Sized, P: LogDensity<X>, L: LogDensity<X>> LogDensity<X> for Posterior<P, L> {
    /// `−∞` where the prior is, without a call of the likelihood: it may assume parameters that the
    /// prior allows.
    fn log_density(&self, x: &X) -> f64 {
        let prior = self.prior.log_density(x);
        if prior == f64::NEG_INFINITY {
            return prior;
        }
        product(prior, self.likelihood.log_density(x))
    }
}

impl<P: GradLogDensity, L: GradLogDensity> GradLogDensity for Posterior<P, L> {
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        let prior = self.prior.log_density_and_grad(x, grad);
        if prior == f64::NEG_INFINITY {
            return prior;
        }
        let mut more = vec![0.0; grad.len()];
        let likelihood = self.likelihood.log_density_and_grad(x, &mut more);
        grad.iter_mut().zip(&more).for_each(|(g, m)| *g += m);
        product(prior, likelihood)
    }
}

/// The logarithm of a product. Data that are impossible stay so where the prior has a pole.
fn product(prior: f64, likelihood: f64) -> f64 {
    if likelihood == f64::NEG_INFINITY { likelihood } else { prior + likelihood }
}

#[cfg(test)]
mod tests {
    use super::Posterior;
    use crate::{GradLogDensity, LogDensity, MvNormal};
    use nalgebra::{dmatrix, dvector};

    /// The product of two normal laws is normal: precisions add, and so do precisions times means.
    #[test]
    fn two_normal_laws_make_one() {
        let a = MvNormal::new(dvector![1.0, -2.0], dmatrix![2.0, 0.3; 0.3, 1.0]).unwrap();
        let b = MvNormal::new(dvector![0.0, 1.0], dmatrix![1.0, -0.5; -0.5, 3.0]).unwrap();
        let precision = a.precision() + b.precision();
        let covariance = precision.try_inverse().unwrap();
        let mean = &covariance * (a.precision() * a.mean() + b.precision() * b.mean());
        let exact = MvNormal::new(mean, (&covariance + covariance.transpose()) * 0.5).unwrap();
        let posterior = Posterior::new(a, b);
        let origin = posterior.log_density(&[0.0, 0.0][..]) - exact.log_prob(&[0.0, 0.0]);
        for x in [[1.0, 2.0], [-3.0, 0.5], [0.25, -0.75]] {
            let mut grads = [[0.0; 2]; 2];
            let ours = posterior.log_density_and_grad(&x, &mut grads[0]);
            assert_eq!(ours, posterior.log_density(&x[..]));
            let theirs = exact.log_density_and_grad(&x, &mut grads[1]);
            assert!((ours - theirs - origin).abs() < 1e-13);
            assert!((0..2).all(|i| (grads[0][i] - grads[1][i]).abs() < 1e-13), "{grads:?}");
        }
    }

    #[test]
    fn what_cannot_be_has_density_zero() {
        let pole = |x: &f64| if *x == 0.0 { f64::INFINITY } else { -x };
        let posterior = Posterior::new(pole, |x: &f64| x.ln());
        assert_eq!(posterior.log_density(&0.0), f64::NEG_INFINITY);
        let never = |_: &f64| -> f64 { panic!("asked outside the prior") };
        let nowhere = Posterior::new(|_: &f64| f64::NEG_INFINITY, never);
        assert_eq!(nowhere.log_density(&1.0), f64::NEG_INFINITY);
    }
}
