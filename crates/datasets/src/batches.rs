//! Batches: observations in a shuffled order, borrowed.

use prob_core::Seed;
use rand::seq::SliceRandom;

use crate::{Dataset, Error};

/// The numbers 0 to n − 1 in an order that depends on the seed and the epoch alone (stream
/// `("shuffle", epoch)`): a resumed run finds its place in the middle of an epoch.
///
/// ```
/// use datasets::shuffled;
/// use prob_core::Seed;
///
/// let order = shuffled(10, Seed(1), 0);
/// assert_eq!(order, shuffled(10, Seed(1), 0));
/// assert_ne!(order, shuffled(10, Seed(1), 1));
/// ```
///
/// # Panics
/// Where n exceeds `u32::MAX`, which no [`Dataset`] has.
#[must_use]
pub fn shuffled(n: usize, seed: Seed, epoch: u64) -> Vec<u32> {
    assert!(u32::try_from(n).is_ok(), "{n} observations are more than an index can name");
    let mut order: Vec<u32> = (0..n as u32).collect();
    order.shuffle(&mut seed.stream("shuffle", epoch));
    order
}

/// Some observations of a data set in some order. Nothing is copied before
/// [`copy_into`](Self::copy_into).
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    data: &'a Dataset,
    indices: &'a [u32],
}

impl<'a> Batch<'a> {
    /// Number of observations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there is no observation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// Numbers in one observation.
    #[must_use]
    pub fn features(&self) -> usize {
        self.data.features()
    }

    /// Which observations these are.
    #[must_use]
    pub fn indices(&self) -> &'a [u32] {
        self.indices
    }

    /// The values of the observations, in the batch's order.
    pub fn observations(&self) -> impl ExactSizeIterator<Item = &'a [f32]> {
        let data = self.data;
        self.indices.iter().map(move |i| data.observation(*i as usize))
    }

    /// Replaces the content of `out` by the values, row-major `[len, features]`. A buffer that is
    /// used again allocates once.
    pub fn copy_into(&self, out: &mut Vec<f32>) {
        out.clear();
        out.reserve(self.len() * self.features());
        for observation in self.observations() {
            out.extend_from_slice(observation);
        }
    }

    /// The labels, in the batch's order, where there are labels.
    #[must_use]
    pub fn labels(&self) -> Option<Vec<u8>> {
        let labels = self.data.labels()?;
        Some(self.indices.iter().map(|i| labels[*i as usize]).collect())
    }
}

impl Dataset {
    /// The observations with these indices, which may repeat.
    ///
    /// # Panics
    /// Where an index is not below [`len`](Self::len).
    #[must_use]
    pub fn batch<'a>(&'a self, indices: &'a [u32]) -> Batch<'a> {
        if let Some(index) = self.outside(indices) {
            assert!((index as usize) < self.len(), "index {index} of {} observations", self.len());
        }
        Batch { data: self, indices }
    }

    /// The observations of `order`, `size` at a time; the last batch may be smaller.
    ///
    /// ```
    /// use datasets::{shuffled, synthetic};
    /// use prob_core::Seed;
    ///
    /// let data = synthetic::arc(200, 0.1, 0.3, 0.1, Seed(1))?;
    /// let order = shuffled(data.len(), Seed(1), 0);
    /// let mut values = Vec::new();
    /// for batch in data.batches(&order, 32)? {
    ///     batch.copy_into(&mut values);
    ///     assert_eq!(values.len(), batch.len() * 3);
    /// }
    /// assert_eq!(data.batches(&order, 32)?.len(), 7);
    /// # Ok::<(), datasets::Error>(())
    /// ```
    ///
    /// # Errors
    /// `size` is 0, or `order` names an observation that does not exist.
    pub fn batches<'a>(
        &'a self,
        order: &'a [u32],
        size: usize,
    ) -> Result<impl ExactSizeIterator<Item = Batch<'a>>, Error> {
        if size == 0 {
            let range = "at least 1";
            return Err(Error::OutOfRange { what: "the batch size", value: 0.0, range });
        }
        if let Some(index) = self.outside(order) {
            return Err(Error::IndexOutOfRange { index, observations: self.len() });
        }
        Ok(order.chunks(size).map(move |indices| Batch { data: self, indices }))
    }

    /// The first index that names no observation.
    fn outside(&self, indices: &[u32]) -> Option<u32> {
        indices.iter().copied().find(|i| *i as usize >= self.len())
    }
}
