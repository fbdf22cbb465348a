//! The laws of `mcmc::targets` against laws of prob-core, quadrature, and their own draws.

#![allow(clippy::unwrap_used)]

mod data;
mod shapes;

use prob_core::GradLogDensity;

/// How far the gradient is from central differences of `log_density`, in units of what rounding and
/// the step explain: below 1 if right.
fn gradient_gap(
    log_density: impl Fn(&[f64]) -> f64,
    gradient: &impl GradLogDensity,
    x: &[f64],
) -> f64 {
    let mut grad = vec![f64::NAN; x.len()];
    let value = gradient.log_density_and_grad(x, &mut grad);
    let gap = |i: usize| {
        let step = 1e-5 * (1.0 + x[i].abs());
        let at = |x_i: f64| {
            let mut moved = x.to_vec();
            moved[i] = x_i;
            log_density(&moved)
        };
        let (below, above) = (x[i] - step, x[i] + step);
        let slope = (at(above) - at(below)) / (above - below);
        (slope - grad[i]).abs() / (1e-6 * (1.0 + grad[i].abs() + value.abs()))
    };
    (0..x.len()).map(gap).fold(0.0, f64::max)
}

/// [`gradient_gap`] of a law to itself; infinite where the two log densities differ.
fn own_gradient_gap(law: &impl GradLogDensity, x: &[f64]) -> f64 {
    let value = law.log_density_and_grad(x, &mut vec![0.0; x.len()]);
    let apart = (value - law.log_density(x)).abs() > 1e-12 * (1.0 + value.abs());
    if apart { f64::INFINITY } else { gradient_gap(|x| law.log_density(x), law, x) }
}

/// No point makes a log density NaN or `+∞`, nor a gradient other than finite or the density 0; points
/// of another dimension have density 0.
fn stands_any_point(law: &impl GradLogDensity, dim: usize) {
    let far = [0.0, 1.0, -1.0, 40.0, -1e3, 1e3, -1e155, 1e160, 1e200, -1e308, f64::MAX];
    let mut grad = vec![0.0; dim];
    for first in far {
        for other in far {
            for last in far {
                let mut x = vec![other; dim];
                x[0] = first;
                x[dim - 1] = last;
                let value = law.log_density(&x);
                assert!(value < f64::INFINITY, "{x:?}: {value}");
                let with = law.log_density_and_grad(&x, &mut grad);
                assert!(value == with || (value - with).abs() < 1e-9 * value.abs(), "{x:?}");
                assert!(grad.iter().all(|g| !g.is_nan()), "{x:?}: {grad:?}");
            }
        }
    }
    let long = vec![0.5; dim + 1];
    for x in [&long[..dim - 1], &long] {
        let mut grad = vec![1.0; x.len()];
        assert_eq!(law.log_density(x), f64::NEG_INFINITY);
        assert_eq!(law.log_density_and_grad(x, &mut grad), f64::NEG_INFINITY);
        assert!(grad.iter().all(|g| *g == 0.0));
    }
    assert!(law.log_density(&vec![f64::NAN; dim]).is_nan());
}
