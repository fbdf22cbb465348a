//! Gaussian clouds.

use nalgebra::DMatrix;
use prob_core::Seed;
use rand::RngExt;
use rand_distr::StandardNormal;

use super::{check_count, check_finite, check_noise, dataset};
use crate::{Dataset, Error};

/// `n` observations from an even mixture of normal laws `N(centre, deviation² I)`, from the stream
/// `("blobs", 0)`. One centre is a column of `centres` `[d, k]`, k from 1 to 255.
///
/// Observation i belongs to centre i mod k, which is its label: every class has n / k
/// observations, up to one.
///
/// ```
/// use datasets::synthetic::blobs;
/// use nalgebra::dmatrix;
/// use prob_core::Seed;
///
/// let data = blobs(5, &dmatrix![-10.0, 10.0], 1.0, Seed(1))?;
/// assert_eq!(data.labels(), Some(&[0, 1, 0, 1, 0][..]));
/// assert!(data.values()[0] < 0.0 && data.values()[1] > 0.0);
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// n is 0 or beyond memory, the centres are none, too many or not finite, or the deviation is
/// negative.
pub fn blobs(
    n: usize,
    centres: &DMatrix<f64>,
    deviation: f64,
    seed: Seed,
) -> Result<Dataset, Error> {
    let (d, k) = centres.shape();
    let classes = match u8::try_from(k) {
        Ok(classes) if classes > 0 => classes,
        _ => {
            let what = "the number of centres";
            return Err(Error::OutOfRange { what, value: k as f64, range: "from 1 to 255" });
        }
    };
    check_count(n, d)?;
    check_noise(deviation)?;
    for centre in centres.iter() {
        check_finite("a coordinate of a centre", *centre)?;
    }
    let mut rng = seed.stream("blobs", 0);
    let mut values = Vec::with_capacity(n * d);
    for i in 0..n {
        for centre in centres.column(i % k).iter() {
            values.push(centre + deviation * rng.sample::<f64, _>(StandardNormal));
        }
    }
    let labels = (0..n).map(|i| (i % k) as u8).collect();
    dataset(&values, vec![d], n)?.with_labels(labels, classes)
}
