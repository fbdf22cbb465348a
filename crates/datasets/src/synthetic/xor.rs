//! The exclusive or: no line separates its classes.

use prob_core::Seed;
use rand::RngExt;
use rand_distr::StandardNormal;

use super::{check_count, check_noise, dataset};
use crate::{Dataset, Error};

/// `n` points at the corners (0, 0), (0, 1), (1, 0), (1, 1) of the unit square in turn, with normal
/// noise on both coordinates, from the stream `("xor", 0)`. The label is 1 where the coordinates of
/// the corner differ.
///
/// ```
/// use datasets::synthetic::xor;
/// use prob_core::Seed;
///
/// let table = xor(4, 0.0, Seed(1))?;
/// assert_eq!(table.values(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
/// assert_eq!(table.labels(), Some(&[0, 1, 1, 0][..]));
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// n is 0 or beyond memory, or the noise is negative or not finite.
pub fn xor(n: usize, noise: f64, seed: Seed) -> Result<Dataset, Error> {
    check_count(n, 2)?;
    check_noise(noise)?;
    let mut rng = seed.stream("xor", 0);
    let (mut values, mut labels) = (Vec::with_capacity(2 * n), Vec::with_capacity(n));
    for i in 0..n {
        let corner = [i >> 1 & 1, i & 1];
        values.extend(corner.map(|c| c as f64 + noise * rng.sample::<f64, _>(StandardNormal)));
        labels.push((corner[0] ^ corner[1]) as u8);
    }
    dataset(&values, vec![2], n)?.with_labels(labels, 2)
}
