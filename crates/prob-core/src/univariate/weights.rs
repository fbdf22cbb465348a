//! Lists of probabilities: checked, and their rounding error divided out.

use crate::Error;

/// How far a sum of probabilities may be from one.
const TOLERANCE: f64 = 1e-9;

/// The probabilities, divided by their sum.
///
/// What this function returned it returns unchanged: a law that is written and read stays the same.
pub(crate) fn normalised(what: &'static str, mut weights: Vec<f64>) -> Result<Vec<f64>, Error> {
    if weights.is_empty() {
        return Err(Error::Empty { what });
    }
    if let Some((index, value)) =
        weights.iter().copied().enumerate().find(|(_, w)| !(w.is_finite() && *w >= 0.0))
    {
        return Err(Error::NotAProbability { what, index, value });
    }
    let mut sum = Sum::default();
    weights.iter().for_each(|w| sum.add(*w));
    let sum = sum.value();
    if sum.is_nan() || (sum - 1.0).abs() > TOLERANCE {
        return Err(Error::NotNormalised { what, sum });
    }
    if (sum - 1.0).abs() > 4.0 * f64::EPSILON {
        weights.iter_mut().for_each(|w| *w /= sum);
    }
    Ok(weights)
}

/// A sum that carries its rounding error along (Neumaier 1974).
#[derive(Default, Clone, Copy)]
pub(crate) struct Sum {
    sum: f64,
    error: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.error +=
            if self.sum.abs() >= x.abs() { (self.sum - sum) + x } else { (x - sum) + self.sum };
        self.sum = sum;
    }

    pub(crate) fn value(&self) -> f64 {
        // An infinite sum has no error: ∞ − ∞ is NaN.
        if self.error.is_finite() { self.sum + self.error } else { self.sum }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sum, normalised};
    use crate::Error;

    #[test]
    fn a_sum_keeps_what_is_small() {
        let mut sum = Sum::default();
        [1.0, 1e100, 1.0, -1e100].iter().for_each(|x| sum.add(*x));
        assert_eq!(sum.value(), 2.0);
    }

    #[test]
    fn bad_lists_are_refused_and_good_ones_normalised_once() {
        assert!(matches!(normalised("w", vec![]), Err(Error::Empty { .. })));
        for bad in [-0.1, f64::NAN, f64::INFINITY] {
            let error = normalised("w", vec![0.5, bad]).unwrap_err();
            assert!(matches!(error, Error::NotAProbability { index: 1, .. }), "{error}");
        }
        let error = normalised("w", vec![0.5, 0.4]).unwrap_err();
        assert!(matches!(error, Error::NotNormalised { .. }), "{error}");
        assert!(matches!(normalised("w", vec![1.7e308; 2]), Err(Error::NotNormalised { .. })));
        let once = normalised("w", vec![1.0 / 7.0 + 1e-10; 7]).unwrap();
        assert_eq!(normalised("w", once.clone()).unwrap(), once);
        assert!((once.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }
}
