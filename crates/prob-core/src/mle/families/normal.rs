//! The normal law: mean and root mean square deviation.

use nalgebra::DMatrix;

use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Normal};

/// The mean, and the root mean square deviation from it.
pub(super) fn moments(data: &Observations) -> (f64, f64) {
    let (mean, unit) = (data.mean(), data.unit());
    let off = |x: f64| x / unit - mean / unit;
    // The second term is what rounding left in the mean.
    let square = data.average(|x| off(x).powi(2)) - data.average(off).powi(2);
    (mean, square.max(0.0).sqrt() * unit)
}

/// Closed form: the mean, and the root of the mean squared deviation from it (divided by n, not
/// n − 1). Standard errors `σ/√n` and `σ/√(2n)`.
impl MaximumLikelihood for Normal {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["mean", "std_dev"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.several("normal")?;
        let (mean, sigma) = moments(data);
        let law = Self::new(mean, sigma)?;
        Fitted::in_units(law, Self::PARAMETERS, &[mean, sigma], covariance(data), &[sigma; 2])
            .of("normal", data)
    }

    fn known(&self) {}
}

/// The covariance of the two, in units of σ.
pub(super) fn covariance(data: &Observations) -> DMatrix<f64> {
    let n = data.total();
    DMatrix::from_row_slice(2, 2, &[1.0 / n, 0.0, 0.0, 0.5 / n])
}
