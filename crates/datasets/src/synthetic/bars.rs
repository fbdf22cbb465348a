//! Bars and stripes: small enough to enumerate, too tangled for independent pixels.

use nalgebra::DMatrix;

use crate::{Dataset, Error};

/// How often the two uniform patterns (all 0, all 1) appear. Both are bars and stripes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Uniform {
    /// Twice each, once with either label: 2 · 2^n observations. This is the usual data set, the
    /// law of choosing an orientation by one coin and then every line by another.
    #[default]
    Twice,
    /// Once each, labelled as bars: the 2 · 2^n − 2 distinct patterns.
    Once,
}

/// All patterns of an n×n grid (n from 1 to 10) in which every column is uniform (bars, label 0),
/// followed by all in which every row is (stripes, label 1). Pattern i has the bits of i as its
/// lines, the lowest first. Pixels are 0 or 1, the shape of an observation is `[n, n]`.
///
/// ```
/// use datasets::synthetic::{Uniform, bars_and_stripes};
///
/// let data = bars_and_stripes(4, Uniform::Twice)?;
/// assert_eq!(data.len(), 32);
/// assert_eq!(bars_and_stripes(4, Uniform::Once)?.len(), 30);
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// n is not from 1 to 10.
pub fn bars_and_stripes(n: usize, uniform: Uniform) -> Result<Dataset, Error> {
    if !(1..=10).contains(&n) {
        let what = "the width of the grid";
        return Err(Error::OutOfRange { what, value: n as f64, range: "from 1 to 10" });
    }
    let all = 1u32 << n;
    let stripes = match uniform {
        Uniform::Twice => 0..all,
        Uniform::Once => 1..all - 1,
    };
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for (label, patterns) in [(0, 0..all), (1, stripes)] {
        for bits in patterns {
            labels.push(label);
            for pixel in 0..n * n {
                let line = if label == 0 { pixel % n } else { pixel / n };
                values.push((bits >> line & 1) as f32);
            }
        }
    }
    let values = DMatrix::from_vec(n * n, labels.len(), values);
    Dataset::new(values, vec![n, n])?.with_labels(labels, 2)
}
