//! The Laplace law: the median and the mean distance from it.

use nalgebra::DMatrix;

use crate::mle::observations::quantile;
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{Error, Laplace};

/// Closed form: the median (midway between the two middle observations where there are two), and the
/// mean distance from it. The likelihood has a kink at each observation, so that the covariance is
/// the inverse of the *expected* information: standard errors `scale/√n` for both.
impl MaximumLikelihood for Laplace {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["location", "scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.several("Laplace")?;
        let location = quantile(&data.sorted(), 0.5);
        let scale = data.mean_distance(location);
        let law = Self::new(location, scale)?;
        let covariance = DMatrix::from_diagonal_element(2, 2, 1.0 / data.total());
        Fitted::in_units(law, Self::PARAMETERS, &[location, scale], covariance, &[scale; 2])
            .of("Laplace", data)
    }

    fn known(&self) {}
}
