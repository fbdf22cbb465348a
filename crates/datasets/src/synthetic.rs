//! Data sets that are made, with laws known in closed form.
//!
//! | function | what | labels |
//! |---|---|---|
//! | [`arc`] | the lecture's bent strip in three dimensions, close to a plane | none |
//! | [`blobs`] | one Gaussian cloud around each centre | the centre |
//! | [`bars_and_stripes`] | all patterns of full columns or full rows | bars or stripes |
//! | [`xor`] | the corners of the unit square, with noise | whether they differ |

mod arc;
mod bars;
mod blobs;
mod xor;

pub use arc::{ARC_M, ARC_NOISE, ARC_W1, ARC_W2, arc};
pub use bars::{Uniform, bars_and_stripes};
pub use blobs::blobs;
pub use xor::xor;

use nalgebra::DMatrix;

use crate::{Dataset, Error};

/// Observations one after the other, as they were drawn in f64.
fn dataset(values: &[f64], shape: Vec<usize>, n: usize) -> Result<Dataset, Error> {
    let features = shape.iter().product();
    let values = values.iter().map(|v| *v as f32);
    Dataset::new(DMatrix::from_iterator(features, n, values), shape)
}

/// Refuses a standard deviation that is negative, NaN or infinite.
fn check_noise(value: f64) -> Result<(), Error> {
    check_finite("the noise", value)?;
    if value < 0.0 {
        return Err(Error::OutOfRange { what: "the noise", value, range: "at least 0" });
    }
    Ok(())
}

/// Refuses NaN, infinities and what might leave the range of f32 in sums and products.
fn check_finite(what: &'static str, value: f64) -> Result<(), Error> {
    if !value.is_finite() || value.abs() > 1e30 {
        return Err(Error::OutOfRange { what, value, range: "finite and at most 1e30 in size" });
    }
    Ok(())
}

/// Refuses counts of observations that are no count or fit into no memory.
fn check_count(n: usize, features: usize) -> Result<(), Error> {
    const MOST: usize = 1 << 30;
    if n == 0 || n.checked_mul(features).is_none_or(|total| total > MOST) {
        let range = "at least 1, with at most 2^30 values in all";
        return Err(Error::OutOfRange {
            what: "the number of observations",
            value: n as f64,
            range,
        });
    }
    Ok(())
}
