//! The standard normal density on an interval, seen from the end that is nearest to its centre.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, PI};

use crate::{
    logspace::{log_add_exp, log1mexp},
    special::{
        At, Tail, erfcx, gauss_legendre, log_root, normal_cdf, normal_quantile,
        normal_quantile_of_log,
    },
};

/// The density proportional to `exp(−c t − t²/2)` for `t` from `start` to `end`: that of a standard
/// normal number `c + t`.
///
/// Either the centre of the normal law is inside, and `c = 0`; or `start = 0` and `c > 0`, so that the
/// density falls from its value 1 at `t = 0`. The large terms `c²/2`, which logarithms of normal
/// tails would consist of, never appear: an interval at 10⁶ standard deviations is as exact as one at
/// 3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Segment {
    c: f64,
    start: f64,
    end: f64,
    log_mass: f64,
}

impl Segment {
    pub fn new(c: f64, start: f64, end: f64) -> Self {
        Self { c, start, end, log_mass: log_mass(c, start, end) }
    }

    /// `ln p(t)`.
    pub fn log_density(&self, t: f64) -> f64 {
        -t * (self.c + 0.5 * t) - self.log_mass
    }

    /// `(ln P(T ≤ t), ln P(T > t))`, the smaller of the two directly.
    pub fn log_tails(&self, t: f64) -> (f64, f64) {
        self.log_tails_from(t, t - self.start, self.end - t)
    }

    /// The same where the distances of `t` from the start and from the end are known better than by
    /// subtraction.
    pub fn log_tails_from(&self, t: f64, gone: f64, left: f64) -> (f64, f64) {
        if gone <= 0.0 {
            return (f64::NEG_INFINITY, 0.0);
        }
        if left <= 0.0 {
            return (0.0, f64::NEG_INFINITY);
        }
        let lower = match self.log_mass_at(Tail::Lower, gone) {
            Some(mass) => mass,
            None => log_mass(self.c, self.start, t),
        } - self.log_mass;
        if lower < -LN_2 {
            return (lower, log1mexp(lower));
        }
        let upper = match self.log_mass_at(Tail::Upper, left) {
            Some(mass) => mass,
            None => log_mass(self.c, t, self.end),
        };
        let upper = (upper - self.log_mass).min(0.0);
        (log1mexp(upper), upper)
    }

    /// The logarithm of the integral from an end over a distance in which the density changes
    /// little; nothing where it changes much.
    fn log_mass_at(&self, end: Tail, distance: f64) -> Option<f64> {
        let (at, inwards) = match end {
            Tail::Lower => (self.start, self.c + self.start),
            Tail::Upper => (self.end, -(self.c + self.end)),
        };
        let narrow = distance <= 1.0 && inwards.abs() * distance <= 2.0;
        narrow.then(|| {
            distance.ln() + mean_density(inwards, distance).ln() - at * (self.c + 0.5 * at)
        })
    }

    /// The distance from an end at which the tail there has the chance `p`, where the density
    /// changes little over it; nothing where it changes much.
    pub fn distance(&self, p: f64, end: Tail) -> Option<f64> {
        let (at, inwards) = match end {
            Tail::Lower => (self.start, self.c + self.start),
            Tail::Upper => (self.end, -(self.c + self.end)),
        };
        // The logarithm of the chance in units of the density at the end.
        let target = p.ln() + self.log_mass + at * (self.c + 0.5 * at);
        let mut log_distance = target;
        for _ in 0..20 {
            let distance = log_distance.exp();
            if !(distance <= 0.5 && inwards.abs() * distance <= 1.0) {
                return None;
            }
            let mean = mean_density(inwards, distance);
            let density = (-distance * (inwards + 0.5 * distance)).exp();
            let step = (target - log_distance - mean.ln()) * mean / density;
            log_distance += step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        Some(log_distance.exp())
    }

    /// The `t` whose tail has the chance `p`, for `0 < p < 1`.
    pub fn quantile(&self, p: f64, tail: Tail) -> f64 {
        let (p, tail) = match tail {
            _ if p <= 0.5 => (p, tail),
            Tail::Lower => (1.0 - p, Tail::Upper),
            Tail::Upper => (1.0 - p, Tail::Lower),
        };
        let t = if self.start == 0.0 { self.outside(p, tail) } else { self.around(p, tail) };
        t.max(self.start).min(self.end)
    }

    /// With the centre outside (or at the start): `ln T` has a log-concave density.
    fn outside(&self, p: f64, tail: Tail) -> f64 {
        let guess = if self.c > 5.0 {
            // Almost an exponential law, cut off at the end.
            let lost = (-self.c * self.end).exp();
            let minus_ln_upper = match tail {
                Tail::Lower => -(p * (lost - 1.0)).ln_1p(),
                Tail::Upper => -(p + (1.0 - p) * lost).ln(),
            };
            minus_ln_upper / self.c
        } else {
            // The chance of c + t and more, from those of the start and of the end.
            let inside = if tail == Tail::Lower { (-p).ln_1p() } else { p.ln() } + self.log_mass;
            let beyond = log_mass(self.c, self.end, f64::INFINITY);
            let log_upper = log_add_exp(inside, beyond) - 0.5 * self.c * self.c;
            -normal_quantile_of_log(log_upper - 0.5 * (2.0 * PI).ln()) - self.c
        };
        let lower = if tail == Tail::Lower { p } else { 1.0 - p };
        let start = if guess > 0.0 && guess < self.end {
            guess
        } else {
            // So narrow that the density is almost constant, or so small a chance.
            (lower * self.end.min(1.0 / (1.0 + self.c))).max(f64::MIN_POSITIVE)
        };
        log_root(start, p.ln(), tail, |t| {
            let (below, above) = self.log_tails(t);
            At {
                log_tail: if tail == Tail::Lower { below } else { above },
                log_density: t.ln() + self.log_density(t),
                log_density_slope: 1.0 - t * (self.c + t),
            }
        })
    }

    /// With the centre inside: from the normal quantile, or in a narrow interval from the uniform one,
    /// by Newton's method for the digits that rounding at the centre would take.
    fn around(&self, p: f64, tail: Tail) -> f64 {
        let width = self.end - self.start;
        let mut t = match tail {
            Tail::Lower if width < 0.1 => self.start + p * width,
            Tail::Upper if width < 0.1 => self.end - p * width,
            _ => self.normal_guess(p, tail),
        };
        let target = p.ln();
        for _ in 0..3 {
            let inside = t.max(self.start).min(self.end);
            let (below, above) = self.log_tails(inside);
            let (sign, log_tail) = if tail == Tail::Lower { (-1.0, below) } else { (1.0, above) };
            let step = sign * (log_tail - target) * (log_tail - self.log_density(inside)).exp();
            if !step.is_finite() {
                break;
            }
            t = inside + step;
        }
        t
    }

    /// The normal quantile between the chances of the ends.
    fn normal_guess(&self, p: f64, tail: Tail) -> f64 {
        let mass = self.log_mass.exp() / (2.0 * PI).sqrt();
        let (near, rest) = (p * mass, (1.0 - p) * mass);
        let (below, above) = if tail == Tail::Lower { (near, rest) } else { (rest, near) };
        let (lower, upper) = (normal_cdf(self.start) + below, normal_cdf(-self.end) + above);
        if lower < upper { normal_quantile(lower) } else { -normal_quantile(upper) }
    }

    /// `E[T]`: with the centre inside from the densities at the ends, which need not cancel.
    pub fn mean(&self) -> f64 {
        if self.c > 0.0 {
            return self.expectation(|t| t);
        }
        // The end that is nearer to the centre, and the change of the exponent from it to the other.
        let (near, far) =
            if -self.start < self.end { (self.start, self.end) } else { (self.end, self.start) };
        let change = 0.5 * (far - near) * (far + near);
        let difference = (-0.5 * near * near).exp() * -(-change).exp_m1();
        let ascending = if near == self.start { difference } else { -difference };
        if change == 0.0 || near.is_infinite() { 0.0 } else { ascending / self.log_mass.exp() }
    }

    /// `E[f(T)]` by quadrature, of the interval or of what is felt of it.
    pub fn expectation(&self, f: impl Fn(f64) -> f64) -> f64 {
        // Beyond, the density has fallen by e^−60 from its largest value.
        let reach = 120.0 / (self.c + (self.c * self.c + 120.0).sqrt());
        let (start, end) = (self.start.max(-reach), self.end.min(reach));
        let step = (end - start) / PANELS;
        (0..PANELS as u32)
            .map(|panel| {
                let from = start + f64::from(panel) * step;
                gauss_legendre(from, step, |t| self.log_density(t).exp() * f(t))
            })
            .sum()
    }
}

/// The mean density up to a distance from an end, relative to that at the end:
/// `exp(−inwards u − u²/2)` at the distance `u`.
fn mean_density(inwards: f64, distance: f64) -> f64 {
    gauss_legendre(0.0, 1.0, |share| {
        let u = distance * share;
        (-u * (inwards + 0.5 * u)).exp()
    })
}

/// So many that the density changes by `e^8` in each at most, and the quadrature is exact.
const PANELS: f64 = 24.0;

/// `ln ∫_start^end exp(−c t − t²/2) dt` for `c ≥ 0`, `start ≤ end`.
fn log_mass(c: f64, start: f64, end: f64) -> f64 {
    if start >= end {
        return f64::NEG_INFINITY;
    }
    let width = end - start;
    let middle = start + 0.5 * width;
    let slope = c + middle;
    if width <= 3.0 && slope.abs() * width <= 4.0 {
        // Narrow: no difference of tails, but the integral about the middle.
        let integral = gauss_legendre(-0.5 * width, width, |s| (-s * (slope + 0.5 * s)).exp());
        return integral.ln() - middle * (c + 0.5 * middle);
    }
    if c + start >= 0.0 {
        let far = if end == f64::INFINITY {
            0.0
        } else {
            (-width * slope).exp() * erfcx((c + end) * FRAC_1_SQRT_2)
        };
        let near = erfcx((c + start) * FRAC_1_SQRT_2);
        return (near - far).ln() + 0.5 * (0.5 * PI).ln() - start * (c + 0.5 * start);
    }
    if end <= 0.0 {
        // Left of the centre (c = 0): the mirror image.
        return log_mass(0.0, -end, -start);
    }
    (-(normal_cdf(start) + normal_cdf(-end))).ln_1p() + 0.5 * (2.0 * PI).ln()
}
