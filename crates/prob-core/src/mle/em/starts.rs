//! Where EM begins: centres drawn far apart, each observation leaning to the nearest.

use rand::{Rng, RngExt};

/// How much of an observation is spread evenly over the components at the start, so that each of
/// them can be fitted even if its centre has no other observation near.
const EVEN: f64 = 0.1;

/// Responsibilities, a column for each component, from centres among the observations: the first
/// with a probability proportional to its weight, the others to weight times squared distance from
/// the nearest centre so far. `squared` is the squared distance of two observations.
pub(super) fn far_apart(
    weights: &[f64],
    components: usize,
    squared: impl Fn(usize, usize) -> f64,
    rng: &mut impl Rng,
) -> Vec<Vec<f64>> {
    let n = weights.len();
    let mut nearest = vec![0; n];
    let mut distance = vec![1.0; n];
    for k in 0..components {
        let chances: Vec<f64> = distance.iter().zip(weights).map(|(d, w)| d * w).collect();
        let centre = draw(&chances, rng);
        for i in 0..n {
            let d = squared(i, centre);
            if k == 0 || d < distance[i] {
                (nearest[i], distance[i]) = (k, d);
            }
        }
    }
    let even = EVEN / components as f64;
    let share = |k: usize, i: usize| even + if nearest[i] == k { 1.0 - EVEN } else { 0.0 };
    (0..components).map(|k| (0..n).map(|i| share(k, i)).collect()).collect()
}

/// An index with probability proportional to `chances`; any where all are 0.
fn draw(chances: &[f64], rng: &mut impl Rng) -> usize {
    let total: f64 = chances.iter().sum();
    let u = rng.random::<f64>();
    if !(total > 0.0 && total.is_finite()) {
        return ((u * chances.len() as f64) as usize).min(chances.len() - 1);
    }
    let mut left = u * total;
    let mut last = 0;
    for (i, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
        last = i;
        left -= chance;
        if left < 0.0 {
            break;
        }
    }
    last
}
