//! A data set: observations of the same shape, with labels or without.

use nalgebra::DMatrix;
use prob_core::Seed;
use rand::RngExt;

use crate::Error;

/// n observations of d features each in f32, with one label an observation or none.
///
/// One observation is a column of a column-major matrix `[d, n]`: it is contiguous, and the same
/// memory is a row-major `[n, d]`. All values are finite.
///
/// ```
/// use datasets::Dataset;
/// use nalgebra::dmatrix;
///
/// let data = Dataset::new(dmatrix![0.0, 1.0, 2.0; 5.0, 5.0, 5.0], vec![2])?;
/// assert_eq!((data.len(), data.features()), (3, 2));
/// assert_eq!(data.observation(2), [2.0, 5.0]);
///
/// let (centred, means) = data.centred();
/// assert_eq!(means, [1.0, 5.0]);
/// assert_eq!(centred.observation(0), [-1.0, 0.0]);
/// # Ok::<(), datasets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    values: DMatrix<f32>,
    shape: Vec<usize>,
    labels: Option<Labels>,
}

#[derive(Debug, Clone, PartialEq)]
struct Labels {
    values: Vec<u8>,
    classes: u8,
}

impl Dataset {
    /// Unlabelled observations, one a column of `values` `[d, n]`. `shape` is that of one
    /// observation, for example `[28, 28]`; its product is d. There may be none (n = 0).
    ///
    /// # Errors
    /// d = 0, another product, more than `u32::MAX` observations, NaN or infinite values.
    pub fn new(values: DMatrix<f32>, shape: Vec<usize>) -> Result<Self, Error> {
        let (features, found) = values.shape();
        let product = shape.iter().fold(1usize, |p, s| p.saturating_mul(*s));
        if product != features {
            return Err(Error::ShapeMismatch { shape, product, features });
        }
        if features == 0 {
            return Err(Error::NoFeatures);
        }
        if u32::try_from(found).is_err() {
            return Err(Error::TooManyObservations { found });
        }
        if let Some((observation, feature, value)) = first(&values, |v| !v.is_finite()) {
            return Err(Error::NotFinite { observation, feature, value });
        }
        Ok(Self { values, shape, labels: None })
    }

    /// The same observations with a label each, from `0..classes`.
    ///
    /// # Errors
    /// Not one label an observation, or a label that is not below `classes`.
    pub fn with_labels(self, labels: Vec<u8>, classes: u8) -> Result<Self, Error> {
        let observations = self.len();
        if labels.len() != observations {
            return Err(Error::LabelCount { labels: labels.len(), observations });
        }
        if let Some(index) = labels.iter().position(|l| *l >= classes) {
            return Err(Error::LabelOutOfRange { index, label: labels[index], classes });
        }
        Ok(Self { labels: Some(Labels { values: labels, classes }), ..self })
    }

    /// Number of observations, n.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.ncols()
    }

    /// Whether there is no observation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers in one observation, d.
    #[must_use]
    pub fn features(&self) -> usize {
        self.values.nrows()
    }

    /// The shape of one observation.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// All values, one observation after the other: a row-major `[n, d]`.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        self.values.as_slice()
    }

    /// All values as `[d, n]`, one observation a column.
    #[must_use]
    pub fn matrix(&self) -> &DMatrix<f32> {
        &self.values
    }

    /// The d values of observation `i`.
    ///
    /// # Panics
    /// Where `i` is not below [`len`](Self::len).
    #[must_use]
    pub fn observation(&self, i: usize) -> &[f32] {
        let d = self.features();
        &self.values()[i * d..(i + 1) * d]
    }

    /// One label an observation, where there are labels.
    #[must_use]
    pub fn labels(&self) -> Option<&[u8]> {
        self.labels.as_ref().map(|l| l.values.as_slice())
    }

    /// Number of classes, where there are labels.
    #[must_use]
    pub fn classes(&self) -> Option<u8> {
        self.labels.as_ref().map(|l| l.classes)
    }

    /// All but the last `n` observations, and the last `n`.
    ///
    /// # Errors
    /// One of the two parts would be empty.
    pub fn split_last(self, n: usize) -> Result<(Self, Self), Error> {
        let observations = self.len();
        if n == 0 || n >= observations {
            return Err(Error::Split { held_out: n, observations });
        }
        let (kept, d) = (observations - n, self.features());
        let held_out = self.range(kept, n);
        let mut values: Vec<f32> = self.values.data.into();
        values.truncate(kept * d);
        let labels = self.labels.map(|mut l| {
            l.values.truncate(kept);
            l
        });
        let values = DMatrix::from_vec(d, kept, values);
        Ok((Self { values, shape: self.shape, labels }, held_out))
    }

    /// A copy of the first `n` observations, of all where there are fewer.
    #[must_use]
    pub fn first(&self, n: usize) -> Self {
        self.range(0, n.min(self.len()))
    }

    /// Every value minus the mean of its feature, and the d means (0 where there is no
    /// observation). Sums are made in f64, in order.
    #[must_use]
    pub fn centred(&self) -> (Self, Vec<f32>) {
        let mut sums = vec![0f64; self.features()];
        for observation in self.values().chunks_exact(self.features()) {
            for (sum, value) in sums.iter_mut().zip(observation) {
                *sum += f64::from(*value);
            }
        }
        let n = self.len().max(1) as f64;
        let means: Vec<f32> = sums.iter().map(|s| (s / n) as f32).collect();
        let mut centred = self.clone();
        for observation in centred.values.as_mut_slice().chunks_exact_mut(means.len()) {
            for (value, mean) in observation.iter_mut().zip(&means) {
                *value -= mean;
            }
        }
        (centred, means)
    }

    /// 1 where a value exceeds `at`, 0 elsewhere.
    #[must_use]
    pub fn threshold(&self, at: f32) -> Self {
        self.mapped(|v| if v > at { 1.0 } else { 0.0 })
    }

    /// Every value v drawn as 1 with probability v, else 0, from the stream
    /// `("binarise", index)`: another index (an epoch, say) is another draw of the whole set.
    ///
    /// # Errors
    /// A value is not between 0 and 1.
    pub fn binarise(&self, seed: Seed, index: u64) -> Result<Self, Error> {
        if let Some((observation, feature, value)) =
            first(&self.values, |v| !(0.0..=1.0).contains(&v))
        {
            return Err(Error::NotAProbability { observation, feature, value });
        }
        let mut rng = seed.stream("binarise", index);
        // A uniform f32 lies in [0, 1): 1 is certain and 0 impossible.
        Ok(self.mapped(|v| if rng.random::<f32>() < v { 1.0 } else { 0.0 }))
    }

    fn mapped(&self, f: impl FnMut(f32) -> f32) -> Self {
        let values = self.values().iter().copied().map(f).collect();
        Self {
            values: DMatrix::from_vec(self.features(), self.len(), values),
            shape: self.shape.clone(),
            labels: self.labels.clone(),
        }
    }

    fn range(&self, from: usize, n: usize) -> Self {
        let labels = self.labels.as_ref();
        Self {
            values: self.values.columns(from, n).into_owned(),
            shape: self.shape.clone(),
            labels: labels.map(|l| Labels { values: l.values[from..from + n].to_vec(), ..*l }),
        }
    }
}

/// Observation, feature and value of the first element that is `wrong`.
fn first(values: &DMatrix<f32>, wrong: impl Fn(f32) -> bool) -> Option<(usize, usize, f32)> {
    // Whole blocks first, without an early exit: the compiler makes that vector instructions.
    const BLOCK: usize = 1024;
    let any_wrong = |block: &[f32]| block.iter().fold(false, |any, v| any | wrong(*v));
    let block = values.as_slice().chunks(BLOCK).position(any_wrong)? * BLOCK;
    let at = block + values.as_slice()[block..].iter().position(|v| wrong(*v))?;
    let features = values.nrows();
    Some((at / features, at % features, values.as_slice()[at]))
}
