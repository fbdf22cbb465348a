//! Neal's funnel, and the coordinates in which it is none.

use nalgebra::{DMatrix, DVector};
use prob_core::{GradLogDensity, LogDensity, Multivariate};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{LOG_NORM, settled, settled_with};
use crate::{Error, error::check_finite};

/// Neal's funnel (Neal 2003, section 8, <https://doi.org/10.1214/aos/1056562461>), in `d ≥ 2`
/// dimensions; a point is `(v, x_1, …, x_{d−1})`:
///
/// ```text
/// v ~ N(0, s²),   x_i | v ~ N(0, e^v)
///
/// ln p(v, x) = −½ (v²/s² + e^{−v} Σ x_i²) − (d−1) v/2 − ln s − (d/2) ln 2π
/// ```
///
/// It is normalised. All means are 0 and all covariances; the variances are `s²` and `e^{s²/2}`. Neal's
/// own has `d = 10` and `s = 3`: where `v = 9` the `x_i` are 8,000 times as wide as where `v = −9`, and
/// no step is right for both. Kernels of one scale miss the neck and do not know it;
/// [`non_centred`](Self::non_centred) is the way out.
///
/// ```
/// use mcmc::targets::Funnel;
/// use prob_core::Multivariate;
///
/// let law = Funnel::new(10, 3.0)?;
/// assert_eq!(law.covariance()[(0, 0)], 9.0);
/// assert!((law.covariance()[(1, 1)] - 4.5f64.exp()).abs() < 1e-12);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Funnel {
    dim: usize,
    scale: f64,
    log_norm: f64,
}

impl Funnel {
    /// The law in `dim` dimensions with `s = scale`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 2 dimensions, [`Error::NotPositive`] for the scale,
    /// [`Error::NotFinite`] for a variance that overflows.
    pub fn new(dim: usize, scale: f64) -> Result<Self, Error> {
        if dim < 2 {
            return Err(Error::TooFew { what: "the dimension of a funnel", found: dim, needed: 2 });
        }
        if !(scale.is_finite() && scale > 0.0) {
            return Err(Error::NotPositive { what: "the scale of a funnel", value: scale });
        }
        check_finite("variance", &[(0.5 * scale * scale).exp()])?;
        Ok(Self { dim, scale, log_norm: dim as f64 * LOG_NORM - scale.ln() })
    }

    /// `s`, the standard deviation of `v`.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The same law in the coordinates `(v/s, e^{−v/2} x)`, where it is standard normal.
    #[must_use]
    pub fn non_centred(self) -> NonCentredFunnel {
        NonCentredFunnel { funnel: self }
    }

    /// From `(z_0, z)` to `(v, x)`, in place.
    fn fan_out(&self, z: &mut [f64]) {
        if let [v, others @ ..] = z {
            *v *= self.scale;
            let width = (0.5 * *v).exp();
            others.iter_mut().for_each(|x| *x *= width);
        }
    }
}

impl Multivariate for Funnel {
    fn dim(&self) -> usize {
        self.dim
    }

    #[inline]
    fn log_prob(&self, x: &[f64]) -> f64 {
        let [v, others @ ..] = x else { return f64::NEG_INFINITY };
        if x.len() != self.dim {
            return f64::NEG_INFINITY;
        }
        let (z, narrow) = (v / self.scale, (-v).exp());
        let squares: f64 = others.iter().map(|x| x * x).sum();
        let log_width = 0.5 * v * others.len() as f64;
        settled(self.log_norm - 0.5 * (z * z + narrow * squares) - log_width, x)
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.dim, "the buffer must have one element per variable");
        out.iter_mut().for_each(|z| *z = StandardNormal.sample(rng));
        self.fan_out(out);
    }

    fn mean(&self) -> DVector<f64> {
        DVector::zeros(self.dim)
    }

    fn covariance(&self) -> DMatrix<f64> {
        let variance = self.scale * self.scale;
        let mut covariance = DMatrix::identity(self.dim, self.dim) * (0.5 * variance).exp();
        covariance[(0, 0)] = variance;
        covariance
    }
}

impl LogDensity<[f64]> for Funnel {
    #[inline]
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl GradLogDensity for Funnel {
    /// `∂_v = −v/s² + ½ e^{−v} Σ x_i² − (d−1)/2`, `∂_i = −e^{−v} x_i`.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        let log_density = self.log_prob(x);
        if x.len() == self.dim {
            let narrow = (-x[0]).exp();
            grad.iter_mut().zip(x).for_each(|(g, x)| *g = -narrow * x);
            let squares: f64 = x[1..].iter().map(|x| x * x).sum();
            let width = 0.5 * (self.dim - 1) as f64;
            grad[0] = -x[0] / (self.scale * self.scale) + 0.5 * narrow * squares - width;
        }
        settled_with(log_density, x, grad)
    }
}

impl Distribution<DVector<f64>> for Funnel {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut x = DVector::zeros(self.dim);
        self.sample_into(x.as_mut_slice(), rng);
        x
    }
}

/// A [`Funnel`] in the coordinates `z_0 = v/s`, `z_i = e^{−v/2} x_i`: standard normal in `d` dimensions.
///
/// What a sampler draws here, [`centred_into`](Self::centred_into) takes to the funnel.
///
/// ```
/// use mcmc::targets::Funnel;
/// use prob_core::Multivariate;
///
/// let law = Funnel::new(3, 3.0)?.non_centred();
/// let mut x = [0.0; 3];
/// law.centred_into(&[1.0, 0.0, -2.0], &mut x);
/// assert_eq!(x, [3.0, 0.0, -2.0 * 1.5f64.exp()]);
///
/// // The same law: the densities differ by the volume of the map, s e^{(d−1) v/2}.
/// let volume = 3.0f64.ln() + 2.0 * 1.5;
/// let difference = law.log_prob(&[1.0, 0.0, -2.0]) - law.funnel().log_prob(&x);
/// assert!((difference - volume).abs() < 1e-13);
/// # Ok::<(), mcmc::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NonCentredFunnel {
    funnel: Funnel,
}

impl NonCentredFunnel {
    /// The law in its own coordinates.
    #[must_use]
    pub fn funnel(&self) -> &Funnel {
        &self.funnel
    }

    /// Writes the point `(v, x)` of the funnel that `z` stands for to `out`.
    ///
    /// # Panics
    /// If `out` has another length than `z`.
    pub fn centred_into(&self, z: &[f64], out: &mut [f64]) {
        out.copy_from_slice(z);
        self.funnel.fan_out(out);
    }
}

impl Multivariate for NonCentredFunnel {
    fn dim(&self) -> usize {
        self.funnel.dim
    }

    #[inline]
    fn log_prob(&self, x: &[f64]) -> f64 {
        if x.len() != self.funnel.dim {
            return f64::NEG_INFINITY;
        }
        x.len() as f64 * LOG_NORM - 0.5 * x.iter().map(|x| x * x).sum::<f64>()
    }

    fn sample_into<R: Rng + ?Sized>(&self, out: &mut [f64], rng: &mut R) {
        assert_eq!(out.len(), self.funnel.dim, "the buffer must have one element per variable");
        out.iter_mut().for_each(|z| *z = StandardNormal.sample(rng));
    }

    fn mean(&self) -> DVector<f64> {
        DVector::zeros(self.funnel.dim)
    }

    fn covariance(&self) -> DMatrix<f64> {
        DMatrix::identity(self.funnel.dim, self.funnel.dim)
    }
}

impl LogDensity<[f64]> for NonCentredFunnel {
    #[inline]
    fn log_density(&self, x: &[f64]) -> f64 {
        self.log_prob(x)
    }
}

impl GradLogDensity for NonCentredFunnel {
    /// `∂_i = −z_i`.
    ///
    /// # Panics
    /// If `grad` has another length than `x`.
    fn log_density_and_grad(&self, x: &[f64], grad: &mut [f64]) -> f64 {
        assert_eq!(grad.len(), x.len(), "the gradient must have one element per variable");
        grad.iter_mut().zip(x).for_each(|(g, x)| *g = -x);
        settled_with(self.log_prob(x), x, grad)
    }
}

impl Distribution<DVector<f64>> for NonCentredFunnel {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<f64> {
        let mut z = DVector::zeros(self.funnel.dim);
        self.sample_into(z.as_mut_slice(), rng);
        z
    }
}
