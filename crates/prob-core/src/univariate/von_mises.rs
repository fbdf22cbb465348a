//! The law of von Mises on the circle: `p(x) = e^(κ cos(x − μ)) / 2π I_0(κ)` for `x` in `[−π, π]`.

use std::f64::consts::{PI, TAU};

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Open01, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{Support, Univariate, parameters};
use crate::logspace::log1mexp;
use crate::slices::{self, Lanes};
use crate::{Error, special};

/// `π` less the floating-point number next to it.
const PI_REST: f64 = 1.224_646_799_147_353_2e-16;

/// The law of von Mises: the normal law's counterpart for angles.
///
/// An angle is the number from −π to π, and `cdf` counts from −π; the mean and the variance are those of
/// this number. Those of the direction itself are [`direction`](Self::direction) and
/// [`circular_variance`](Self::circular_variance).
///
/// ```
/// use prob_core::{Univariate, VonMises};
///
/// let law = VonMises::new(0.0, 1000.0)?;
/// assert!((law.cdf(0.0) - 0.5).abs() < 1e-15);
/// // The far side of the circle has e^−2000 of the density, and its tail is there.
/// assert!(law.log_cdf(-3.0) < -1990.0 && law.log_cdf(-3.0).is_finite());
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parameters", into = "Parameters")]
pub struct VonMises {
    direction: f64,
    concentration: f64,
    /// `ln(2π e^−κ I_0(κ))`: minus the logarithm of the density at the direction.
    log_norm: f64,
}

parameters::law_of_parameters!(VonMises { direction: f64, concentration: f64 });

/// A stretch of the circle on one side of the direction: `|x − μ|` grows from `nearest` over `length`.
#[derive(Clone, Copy)]
struct Arc {
    nearest: f64,
    length: f64,
}

impl VonMises {
    /// The law around a direction (in radians, brought into `[−π, π]` by whole turns) with a concentration:
    /// 0 for the uniform law on the circle, about `1 / variance` when large.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless both are finite and the concentration is at least 0.
    pub fn new(direction: f64, concentration: f64) -> Result<Self, Error> {
        const LAW: &str = "von-mises";
        let direction = parameters::finite(LAW, "direction", direction)?;
        if !(concentration >= 0.0 && concentration.is_finite()) {
            let needed = "at least 0 and finite";
            return parameters::refuse(LAW, "concentration", concentration, needed);
        }
        let direction = if direction.abs() <= PI {
            direction
        } else {
            direction - TAU * (direction / TAU).round()
        };
        let log_norm = (2.0 * PI).ln() + special::log_bessel_i0_scaled(concentration);
        Ok(Self { direction: direction.clamp(-PI, PI), concentration, log_norm })
    }

    /// The direction around which the law is symmetric, in `[−π, π]`.
    #[must_use]
    pub fn direction(&self) -> f64 {
        self.direction
    }

    /// The concentration `κ`.
    #[must_use]
    pub fn concentration(&self) -> f64 {
        self.concentration
    }

    /// `1 − E[cos(X − μ)] = 1 − I_1(κ) / I_0(κ)`: 0 for one direction, 1 for all alike.
    #[must_use]
    pub fn circular_variance(&self) -> f64 {
        special::bessel_i1_i0_rest(self.concentration)
    }

    /// The stretches that make up `[−π, x]`: they end at the direction and opposite to it.
    fn arcs(&self, x: f64) -> [Arc; 3] {
        let mu = self.direction;
        // All lengths that end at −π know what the floating-point π lacks.
        let from_start = (x + PI) + PI_REST;
        let half = |end: f64| ((end - mu) + PI) + PI_REST;
        if mu > 0.0 {
            // Falling to μ − π, rising to μ, falling again.
            let rising = x.min(mu);
            [
                Arc { nearest: PI - mu, length: from_start.min(mu) },
                Arc { nearest: mu - rising, length: half(rising) },
                Arc { nearest: 0.0, length: x - mu },
            ]
        } else {
            // Rising to μ, falling to μ + π, rising to the end.
            let (rising, opposite) = (x.min(mu), mu + PI);
            [
                Arc { nearest: mu - rising, length: (rising + PI) + PI_REST },
                Arc { nearest: 0.0, length: x.min(opposite) - mu },
                Arc { nearest: (PI - (x - mu)) + PI, length: x - opposite },
            ]
        }
    }

    /// How far an arc counts: to 42 powers of e below the density at its near end.
    ///
    /// There `sin²(θ/2)` is `21/κ` more than at `θ_0`; the angle between is that of
    /// `asin s − asin s_0 = asin((s² − s_0²) / (s c_0 + s_0 c))`, which has no difference of near numbers.
    fn reach(&self, nearest: f64) -> f64 {
        let more = 21.0 / self.concentration;
        let (near, near_cosine) = (0.5 * nearest).sin_cos();
        let end = near * near + more;
        if end >= 1.0 {
            return f64::INFINITY;
        }
        2.0 * (more / (end.sqrt() * near_cosine + near * (1.0 - end).sqrt())).min(1.0).asin()
    }

    /// `ln ∫ p` over an arc; `−∞` for one that is empty.
    ///
    /// Relative to the density at the near end, `exp(−2κ sin((θ − θ_0)/2) sin((θ + θ_0)/2))`, by Gauss and
    /// Legendre's rule as far as 42 powers of e.
    fn log_mass(&self, Arc { nearest, length }: Arc) -> f64 {
        if length.is_nan() || length <= 0.0 {
            return if length.is_nan() { length } else { f64::NEG_INFINITY };
        }
        let (kappa, near) = (self.concentration, (0.5 * nearest).sin());
        let density = |t: f64| (-2.0 * (kappa * (0.5 * t).sin()) * (0.5 * t + nearest).sin()).exp();
        let integral = special::falling(self.reach(nearest).min(length), density);
        integral.ln() - 2.0 * (kappa * near) * near - self.log_norm
    }

    /// `ln P(X ≤ x)` for `x` in `[−π, π]`, directly.
    fn log_from_start(&self, x: f64) -> f64 {
        let masses = self.arcs(x).map(|arc| self.log_mass(arc));
        crate::logspace::log_sum_exp(&masses).min(0.0)
    }

    fn mirrored(&self) -> Self {
        Self { direction: -self.direction, ..*self }
    }

    /// `ln P(X ≤ x)` and `ln P(X > x)`, the smaller one directly.
    fn log_tails(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            return (x, x);
        }
        if x <= -PI {
            return (f64::NEG_INFINITY, 0.0);
        }
        if x >= PI {
            return (0.0, f64::NEG_INFINITY);
        }
        let below = self.log_from_start(x);
        if below < -0.7 {
            return (below, log1mexp(below));
        }
        let above = self.mirrored().log_from_start(-x);
        if above < below { (log1mexp(above), above) } else { (below, log1mexp(below)) }
    }

    /// Newton's method on the logarithm of the smaller tail, inside a bracket.
    fn with_tails(&self, log_p: f64, log_q: f64) -> f64 {
        if log_p.is_nan() || log_q.is_nan() {
            return f64::NAN;
        }
        if log_p == f64::NEG_INFINITY {
            return -PI;
        }
        if log_q == f64::NEG_INFINITY {
            return PI;
        }
        let (mut low, mut high) = (-PI, PI);
        let spread = 1.0 / self.concentration.max(0.3).sqrt();
        let z = special::normal_quantile(log_p.exp()).clamp(-40.0, 40.0);
        let mut x = (self.direction + spread * z).clamp(-3.0, 3.0);
        for _ in 0..200 {
            let (below, above) = self.log_tails(x);
            let (gap, tail) =
                if log_p <= log_q { (below - log_p, below) } else { (log_q - above, above) };
            if gap == 0.0 {
                return x;
            }
            if gap < 0.0 {
                low = x;
            } else {
                high = x;
            }
            let step = -gap * (tail - self.log_prob(x)).exp();
            let next = x + step;
            if next == x {
                break;
            }
            let newton = next > low && next < high;
            x = if newton { next } else { low + 0.5 * (high - low) };
            if x <= low || x >= high || (newton && step.abs() < 1e-16 * x.abs()) {
                break;
            }
        }
        x
    }

    /// `E[X − μ]` and `E[(X − μ)²]` of the number in `[−π, π]`.
    fn moments(&self) -> (f64, f64) {
        let mu = self.direction;
        // What lies past the end of [−π, π] is a whole turn away from where it would be next to μ.
        let wrapped = Arc { nearest: PI - mu.abs(), length: mu.abs() };
        let centred = self.integral(Arc { nearest: 0.0, length: PI }, |t| t * t);
        let mass = self.integral(wrapped, |_| 1.0);
        let first = self.integral(wrapped, |t| t);
        // For μ > 0, θ = t in (π − μ, π) becomes t − 2π.
        let mean = -mu.signum() * TAU * mass;
        (mean, 2.0 * centred - 2.0 * TAU * first + TAU * TAU * mass)
    }

    /// `∫ f(|θ|) p` over an arc.
    fn integral(&self, Arc { nearest, length }: Arc, f: impl Fn(f64) -> f64) -> f64 {
        let width = self.reach(nearest).min(length);
        special::falling(width, |t| f(nearest + t) * self.density_at(nearest + t))
    }

    /// The density at a distance from the direction.
    fn density_at(&self, theta: f64) -> f64 {
        let sine = (0.5 * theta).sin();
        (-2.0 * (self.concentration * sine) * sine - self.log_norm).exp()
    }
}

impl Univariate for VonMises {
    fn support(&self) -> Support {
        Support::interval(-PI, PI)
    }

    fn log_prob(&self, x: f64) -> f64 {
        if x.is_nan() {
            return f64::NAN;
        }
        if x.abs() > PI {
            return f64::NEG_INFINITY;
        }
        let sine = (0.5 * (x - self.direction)).sin();
        -2.0 * (self.concentration * sine) * sine - self.log_norm
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.log_tails(x).0
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.log_tails(x).1
    }

    fn quantile(&self, p: f64) -> f64 {
        self.with_tails(p.ln(), (-p).ln_1p())
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.with_tails((-q).ln_1p(), q.ln())
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::log_prob_between(
            self,
            (-PI, PI),
            x,
            out,
            #[inline(always)]
            // Half the angle, as a share of the circle.
            |x| slices::circle((x - self.direction).abs() / (2.0 * TAU)).1,
            #[inline(always)]
            |_, sine| -2.0 * (self.concentration * sine) * sine - self.log_norm,
        );
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        slices::one_by_one(self, out, lanes);
    }

    /// The mean of the number in `[−π, π]`: the direction, less what lies past the end of that interval
    /// and comes in at the other one.
    fn mean(&self) -> f64 {
        self.direction + self.moments().0
    }

    /// The variance of the number in `[−π, π]`, by quadrature, to 1e-13 in relative terms.
    fn variance(&self) -> f64 {
        let (first, second) = self.moments();
        second - first * first
    }

    fn mode(&self) -> f64 {
        if self.concentration == 0.0 { -PI } else { self.direction }
    }

    /// `ln 2πI_0(κ) − κ I_1(κ) / I_0(κ)`.
    fn entropy(&self) -> f64 {
        self.log_norm + self.concentration * self.circular_variance()
    }
}

impl Distribution<f64> for VonMises {
    /// Best and Fisher (1979, "Efficient simulation of the von Mises distribution"): rejection from the
    /// wrapped Cauchy law.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let kappa = self.concentration;
        let theta = if kappa < 0.5 {
            from_uniform(kappa, rng)
        } else if kappa < NORMAL {
            from_wrapped_cauchy(kappa, rng)
        } else {
            rng.sample::<f64, _>(StandardNormal) / kappa.sqrt()
        };
        let x = self.direction + theta;
        let turned = if x > PI {
            x - TAU
        } else if x < -PI {
            x + TAU
        } else {
            x
        };
        turned.clamp(-PI, PI)
    }
}

/// From this concentration on the law is normal to the last digit: `κ (1 − cos θ)` is `κ θ²/2` but for
/// about `1 / 24κ`.
const NORMAL: f64 = 1e16;

/// A flat law under nearly flat densities.
fn from_uniform<R: Rng + ?Sized>(kappa: f64, rng: &mut R) -> f64 {
    loop {
        let theta = PI * (2.0 * rng.random::<f64>() - 1.0);
        if rng.random::<f64>() < (kappa * (theta.cos() - 1.0)).exp() {
            return theta;
        }
    }
}

/// With `1 − cos θ` and `r − 1` kept as such, so that nothing is lost where both are small.
fn from_wrapped_cauchy<R: Rng + ?Sized>(kappa: f64, rng: &mut R) -> f64 {
    // Their r = (1 + ρ²) / 2ρ, ρ = (τ − √2τ) / 2κ, τ = 1 + √(1 + 4κ²) is τ / 2κ.
    let r_less_one = (1.0 + 1.0 / (1.0f64.hypot(2.0 * kappa) + 2.0 * kappa)) / (2.0 * kappa);
    loop {
        let half: f64 = Open01.sample(rng);
        let sine = (0.5 * PI * half).sin();
        let z_rest = 2.0 * sine * sine; // 1 − cos πu
        let f_rest = r_less_one * z_rest / (r_less_one + 2.0 - z_rest);
        let c = kappa * (r_less_one + f_rest);
        let u: f64 = Open01.sample(rng);
        if c * (2.0 - c) > u || (c / u).ln() + 1.0 >= c {
            let theta = 2.0 * (0.5 * f_rest).sqrt().min(1.0).asin();
            return if rng.random::<bool>() { theta } else { -theta };
        }
    }
}
