//! Mixtures of laws of one number.

use super::Mixture;
use crate::slices::{self, BLOCK, Lanes};
use crate::univariate::quadrature;
use crate::univariate::search::{smallest_count, smallest_number};
use crate::{Support, Univariate, logspace};

impl<L: Univariate> Univariate for Mixture<L> {
    /// From the lowest to the highest end of the components that can occur.
    fn support(&self) -> Support {
        let supports = self.parts().map(|(_, law)| law.support());
        let whole = supports.reduce(|a, b| Support {
            lower: a.lower.min(b.lower),
            upper: a.upper.max(b.upper),
            discrete: a.discrete,
        });
        whole.unwrap_or(Support::interval(f64::NAN, f64::NAN))
    }

    fn log_prob(&self, x: f64) -> f64 {
        self.log_average(|law| law.log_prob(x))
    }

    fn prob(&self, x: f64) -> f64 {
        self.parts().map(|(w, law)| w * law.prob(x)).sum()
    }

    fn cdf(&self, x: f64) -> f64 {
        let sum: f64 = self.parts().map(|(w, law)| w * law.cdf(x)).sum();
        if sum > 0.5 { 1.0 - self.parts().map(|(w, law)| w * law.sf(x)).sum::<f64>() } else { sum }
    }

    fn sf(&self, x: f64) -> f64 {
        let sum: f64 = self.parts().map(|(w, law)| w * law.sf(x)).sum();
        if sum > 0.5 { 1.0 - self.parts().map(|(w, law)| w * law.cdf(x)).sum::<f64>() } else { sum }
    }

    fn log_cdf(&self, x: f64) -> f64 {
        let log = self.log_average(|law| law.log_cdf(x));
        if log > -0.5 {
            logspace::log1mexp(self.log_average(|law| law.log_sf(x)).min(0.0))
        } else {
            log
        }
    }

    fn log_sf(&self, x: f64) -> f64 {
        let log = self.log_average(|law| law.log_sf(x));
        if log > -0.5 {
            logspace::log1mexp(self.log_average(|law| law.log_cdf(x)).min(0.0))
        } else {
            log
        }
    }

    /// By halving the gap between the components' quantiles.
    fn quantile(&self, p: f64) -> f64 {
        let support = self.support();
        if !(0.0..=1.0).contains(&p) {
            f64::NAN
        } else if p == 0.0 {
            support.lower
        } else if p == 1.0 {
            support.upper
        } else if p <= 0.5 || support.discrete {
            self.between(|law| law.quantile(p), |x| self.cdf(x) >= p)
        } else {
            // 1 − p is exact, and the survival function has the digits.
            self.between(|law| law.quantile(p), |x| self.sf(x) <= 1.0 - p)
        }
    }

    /// Likewise.
    fn upper_quantile(&self, q: f64) -> f64 {
        let support = self.support();
        if !(0.0..=1.0).contains(&q) {
            f64::NAN
        } else if q == 0.0 {
            support.upper
        } else if q == 1.0 {
            support.lower
        } else if q <= 0.5 || support.discrete {
            self.between(|law| law.upper_quantile(q), |x| self.sf(x) <= q)
        } else {
            self.between(|law| law.upper_quantile(q), |x| self.cdf(x) >= 1.0 - q)
        }
    }

    fn mean(&self) -> f64 {
        self.parts().map(|(w, law)| w * law.mean()).sum()
    }

    /// The mean of the variances plus the variance of the means.
    fn variance(&self) -> f64 {
        let mean = self.mean();
        if mean.is_infinite() {
            return f64::INFINITY;
        }
        self.parts().map(|(w, law)| w * (law.variance() + (law.mean() - mean).powi(2))).sum()
    }

    /// The best of the peaks that climbing from the components' modes finds, to about 1e-8 of the
    /// component's width. A peak that no component's mode leads to is not found.
    fn mode(&self) -> f64 {
        let peaks = self.parts().map(|(_, law)| {
            let mode = law.mode();
            let width = law.upper_quantile(0.25) - law.quantile(0.25);
            self.climb(mode, width)
        });
        let better = |a: (f64, f64), b: (f64, f64)| {
            if b.1 > a.1 || (b.1 == a.1 && b.0 < a.0) { b } else { a }
        };
        peaks.map(|x| (x, self.log_prob(x))).reduce(better).map_or(f64::NAN, |(x, _)| x)
    }

    /// `−Σ_j w_j E_j[ln p(X)]`: each expectation by quadrature over the component's quantiles (a sum
    /// for counts), to about 1e-10; NaN where that does not converge.
    fn entropy(&self) -> f64 {
        self.parts().map(|(w, law)| w * quadrature::expectation(law, |x| -self.log_prob(x))).sum()
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        slices::map(x, out, |x, out| self.log_prob_block(x, out));
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        let picks: Vec<usize> = out.iter().map(|_| self.pick(lanes)).collect();
        let mut drawn = vec![0.0; out.len()];
        for (index, law) in self.components.iter().enumerate() {
            let places = || picks.iter().zip(out.iter()).filter(|(pick, _)| **pick == index);
            let count = places().count();
            let (drawn, _) = drawn.split_at_mut(count);
            law.sample_block(drawn, lanes);
            let places = picks.iter().zip(out.iter_mut()).filter(|(pick, _)| **pick == index);
            places.zip(drawn).for_each(|((_, place), x)| *place = *x);
        }
    }
}

impl<L: Univariate> Mixture<L> {
    /// The smallest number with `enough`, which lies between the components' `quantile`s.
    fn between(&self, quantile: impl Fn(&L) -> f64, enough: impl Fn(f64) -> bool) -> f64 {
        let (mut lower, mut upper) = (f64::INFINITY, f64::NEG_INFINITY);
        for (_, law) in self.parts() {
            let x = quantile(law);
            (lower, upper) = (lower.min(x), upper.max(x));
        }
        if self.support().discrete {
            // Room for a rounding error of the weighted sum.
            let Support { lower: first, upper: last, .. } = self.support();
            smallest_count(lower, first, last, enough)
        } else {
            smallest_number(lower, upper, enough)
        }
    }

    /// Uphill from `x` by steps that are halved where neither side is higher.
    fn climb(&self, mut x: f64, width: f64) -> f64 {
        let discrete = self.support().discrete;
        let mut step = 0.25 * width;
        if discrete {
            step = step.ceil().max(1.0);
        }
        let smallest = if discrete { 1.0 } else { 1e-9 * width };
        let mut best = self.log_prob(x);
        // Each halving is followed by few moves: the limit is for densities without a peak.
        for _ in 0..10_000 {
            let sides = [x - step, x + step].map(|x| (x, self.log_prob(x)));
            if let Some((side, log)) = sides.into_iter().find(|(_, log)| *log > best) {
                (x, best) = (side, log);
            } else if step > smallest {
                step = if discrete { (0.5 * step).floor() } else { 0.5 * step };
            } else {
                break;
            }
        }
        x
    }

    /// `log_prob` of a block, component by component.
    fn log_prob_block(&self, x: &[f64], out: &mut [f64]) {
        let (mut max, mut sum) = ([f64::NEG_INFINITY; BLOCK], [0.0; BLOCK]);
        let mut logs = [0.0; BLOCK];
        let Some(logs) = logs.get_mut(..x.len()) else {
            return;
        };
        for (log_weight, law) in self.log_weights.iter().zip(&self.components) {
            if *log_weight == f64::NEG_INFINITY {
                continue;
            }
            law.log_prob_into(x, logs);
            for ((log, max), sum) in logs.iter().zip(&mut max).zip(&mut sum) {
                let log = log + log_weight;
                if log == f64::NEG_INFINITY {
                    continue;
                }
                if log > *max || log.is_nan() {
                    *sum = if log == f64::INFINITY { 1.0 } else { *sum * (*max - log).exp() + 1.0 };
                    *max = log;
                } else if *max < f64::INFINITY {
                    *sum += (log - *max).exp();
                }
            }
        }
        for ((out, max), sum) in out.iter_mut().zip(&max).zip(&sum) {
            *out = if *sum == 0.0 { f64::NEG_INFINITY } else { max + sum.ln() };
        }
    }
}
