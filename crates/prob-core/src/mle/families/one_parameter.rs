//! Laws with one parameter that is a function of a mean: exponential, Maxwell–Boltzmann, Poisson,
//! geometric, Bernoulli and binomial; and chi-square, whose equation needs Newton's method.

use nalgebra::DMatrix;

use crate::mle::newton::{Derivatives, Problem, Scale};
use crate::mle::{Fitted, MaximumLikelihood, Observations};
use crate::{
    Bernoulli, Binomial, ChiSquare, Error, Exponential, Geometric, MaxwellBoltzmann, Poisson,
    Support, Univariate, special,
};

const COUNT: &str = "a whole number, at least 0";

/// The fit of a law with one parameter, its variance given; a variance of 0 is the edge of the
/// parameter's range, where there is no standard error.
fn one<L: Univariate + MaximumLikelihood>(
    name: &'static str,
    law: L,
    value: f64,
    variance: f64,
    data: &Observations,
) -> Result<Fitted<L>, Error> {
    let fitted = if variance > 0.0 {
        let covariance = DMatrix::from_element(1, 1, variance);
        Fitted::with_covariance(law, L::PARAMETERS, &[value], covariance)
    } else {
        Fitted::with_errors(law, L::PARAMETERS, &[value], &[None])
    };
    fitted.of(name, data)
}

/// The fit of a law with one parameter, the variance given in units of its square.
fn relative<L: Univariate + MaximumLikelihood>(
    name: &'static str,
    law: L,
    value: f64,
    variance: f64,
    data: &Observations,
) -> Result<Fitted<L>, Error> {
    let covariance = DMatrix::from_element(1, 1, variance);
    Fitted::in_units(law, L::PARAMETERS, &[value], covariance, &[value]).of(name, data)
}

fn counts(law: &'static str, data: &Observations) -> Result<f64, Error> {
    data.within(law, COUNT, Support::whole(0.0, f64::INFINITY))?;
    Ok(data.mean())
}

/// Closed form: the rate is 1 / mean, with standard error `rate/√n`.
impl MaximumLikelihood for Exponential {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["rate"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("exponential", "at least 0", |x| x >= 0.0)?;
        let rate = 1.0 / data.mean();
        if rate.is_infinite() {
            return Err(Error::NoMaximum { law: "exponential", what: "rate", value: rate });
        }
        relative("exponential", Self::new(rate)?, rate, 1.0 / data.total(), data)
    }

    fn known(&self) {}
}

/// Closed form: the scale is the root of a third of the mean square, with standard error
/// `scale/√(6n)`.
impl MaximumLikelihood for MaxwellBoltzmann {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["scale"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("Maxwell-Boltzmann", "positive", |x| x > 0.0)?;
        let (_, largest) = data.range();
        let scale = largest * (data.average(|x| (x / largest).powi(2)) / 3.0).sqrt();
        relative("Maxwell-Boltzmann", Self::new(scale)?, scale, 1.0 / (6.0 * data.total()), data)
    }

    fn known(&self) {}
}

/// Closed form: the rate is the mean, with standard error `√(rate/n)`. Where all counts are 0 the
/// likelihood grows as the rate falls to 0, which is no law: [`Error::NoMaximum`].
impl MaximumLikelihood for Poisson {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["rate"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        let rate = counts("Poisson", data)?;
        if rate == 0.0 {
            return Err(Error::NoMaximum { law: "Poisson", what: "rate", value: rate });
        }
        one("Poisson", Self::new(rate)?, rate, rate / data.total(), data)
    }

    fn known(&self) {}
}

/// Closed form: the probability is 1 / (1 + mean), with standard error `p √((1 − p)/n)`. Where all
/// counts are 0 it is 1, at the edge, and has no standard error.
impl MaximumLikelihood for Geometric {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["probability"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        let mean = counts("geometric", data)?;
        let p = 1.0 / (1.0 + mean);
        // 1 − p = mean · p, without the difference.
        one("geometric", Self::new(p)?, p, p * p * (mean * p) / data.total(), data)
    }

    fn known(&self) {}
}

/// Closed form: the probability is the mean, with standard error `√(p (1 − p)/n)`; none where all
/// observations are the same, which puts the estimate at the edge.
impl MaximumLikelihood for Bernoulli {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["probability"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.within("Bernoulli", "0 or 1", Support::whole(0.0, 1.0))?;
        let (p, q) = (data.mean(), data.average(|x| 1.0 - x));
        one("Bernoulli", Self::new(p)?, p, p * q / data.total(), data)
    }

    fn known(&self) {}
}

/// Closed form for a known number of trials (at least 1): the probability is mean / trials, with
/// standard error `√(p (1 − p)/(n · trials))`; none at 0 and 1.
///
/// ```
/// use prob_core::mle::{MaximumLikelihood, Observations};
/// use prob_core::Binomial;
///
/// let heads = Observations::new(&[7.0, 4.0, 4.0])?;
/// let fitted = Binomial::fit_given(10, &heads)?;
/// assert_eq!(fitted.estimates[0].value, 0.5);
/// # Ok::<(), prob_core::Error>(())
/// ```
impl MaximumLikelihood for Binomial {
    /// The number of trials of each observation.
    type Known = u64;
    const PARAMETERS: &'static [&'static str] = &["probability"];

    fn fit_given(trials: u64, data: &Observations) -> Result<Fitted<Self>, Error> {
        let n = trials as f64;
        data.within("binomial", "a whole number from 0 to the trials", Support::whole(0.0, n))?;
        if trials == 0 {
            return Err(Error::NoMaximum { law: "binomial", what: "probability", value: f64::NAN });
        }
        let (p, q) = (data.mean() / n, data.average(|x| n - x) / n);
        one("binomial", Self::new(trials, p)?, p, p * q / (n * data.total()), data)
    }

    fn known(&self) -> u64 {
        self.trials()
    }
}

/// Newton's method on `ψ(k/2) = mean of ln(x/2)`; standard error `2/√(n ψ′(k/2))`.
impl MaximumLikelihood for ChiSquare {
    type Known = ();
    const PARAMETERS: &'static [&'static str] = &["degrees"];

    fn fit_given((): (), data: &Observations) -> Result<Fitted<Self>, Error> {
        data.all("chi-square", "positive", |x| x > 0.0)?;
        let mean_log = data.average(|x| (0.5 * x).ln());
        let problem = Problem {
            law: "chi-square",
            parameters: Self::PARAMETERS,
            scales: [Scale::Log],
            // ψ(a) is near ln(a − ½) for large a, near −1/a for small.
            start: [if mean_log > -2.0 { 2.0 * mean_log.exp() + 1.0 } else { -2.0 / mean_log }],
        };
        let ([degrees], at) = problem.maximise(|&[degrees]| {
            let half = 0.5 * degrees;
            Derivatives {
                value: half * mean_log - special::ln_gamma(half),
                gradient: [0.5 * (mean_log - special::digamma(half))],
                hessian: [[-0.25 * special::trigamma(half)]],
            }
        })?;
        let variance = -1.0 / (at.hessian[0][0] * data.total());
        one("chi-square", Self::new(degrees)?, degrees, variance, data)
    }

    fn known(&self) {}
}
