//! The lecture's three-dimensional arc (A. Géron, *Hands-On Machine Learning*, chapter on
//! autoencoders).

use std::f64::consts::PI;

use prob_core::Seed;
use rand::RngExt;
use rand_distr::StandardNormal;

use super::{check_count, check_finite, check_noise, dataset};
use crate::{Dataset, Error};

/// Observations in the lecture.
pub const ARC_M: usize = 200;
/// How much the first coordinate goes into the third, in the lecture.
pub const ARC_W1: f64 = 0.1;
/// How much the second coordinate goes into the third, in the lecture.
pub const ARC_W2: f64 = 0.3;
/// The noise in the lecture.
pub const ARC_NOISE: f64 = 0.1;

/// `m` points of three-quarters of a bent ellipse that lies, up to noise, in a plane
/// (`eq:arc`), from the stream `("arc", 0)`:
///
/// ```text
/// a  = 3π/2 · u − 0.5                       u uniform on [0, 1)
/// x0 = cos a + sin a / 2 + noise · z0 / 2   z0, z1, z2 standard normal
/// x1 = 0.7 sin a + noise · z1 / 2
/// x2 = w1 x0 + w2 x1 + noise · z2
/// ```
///
/// The lecture takes [`ARC_M`], [`ARC_W1`], [`ARC_W2`] and [`ARC_NOISE`].
///
/// # Errors
/// `m` is 0 or beyond memory, the noise is negative, or a number is not finite.
pub fn arc(m: usize, w1: f64, w2: f64, noise: f64, seed: Seed) -> Result<Dataset, Error> {
    check_count(m, 3)?;
    check_finite("w1", w1)?;
    check_finite("w2", w2)?;
    check_noise(noise)?;
    let mut rng = seed.stream("arc", 0);
    let mut values = Vec::with_capacity(3 * m);
    for _ in 0..m {
        let u: f64 = rng.random();
        let mut normal = || rng.sample::<f64, _>(StandardNormal);
        values.extend(point(u, w1, w2, [normal(), normal(), normal()].map(|z| noise * z)));
    }
    dataset(&values, vec![3], m)
}

/// The point for a uniform u and the noise of the three coordinates.
fn point(u: f64, w1: f64, w2: f64, noise: [f64; 3]) -> [f64; 3] {
    let a = u * 1.5 * PI - 0.5;
    let x0 = a.cos() + a.sin() / 2.0 + noise[0] / 2.0;
    let x1 = a.sin() * 0.7 + noise[1] / 2.0;
    [x0, x1, x0 * w1 + x1 * w2 + noise[2]]
}
