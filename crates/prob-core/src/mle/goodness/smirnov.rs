//! The largest distance between the data's distribution function and the law's.

use super::{Goodness, continuous, kolmogorov, sorted};
use crate::{Error, Univariate};

/// The test of Kolmogorov and Smirnov: `D = sup |F_n(x) − F(x)|`, for a continuous law fixed
/// beforehand.
///
/// The p-value is exact up to 1,000 observations (Marsaglia, Tsang and Wang, Journal of Statistical
/// Software 8(18), 2003; in the tail twice the one-sided probability, from which it differs by less
/// than a part in a million there), beyond from the expansion of Pelz and Good (JRSS B 38, 1976),
/// with an error of at most about 3e-8.
///
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`]; [`Error::NotContinuous`] for a law of counts.
///
/// ```
/// use prob_core::Normal;
/// use prob_core::mle::goodness::kolmogorov_smirnov;
///
/// let fit = kolmogorov_smirnov(&[-1.2, -0.3, 0.1, 0.4, 1.7], &Normal::standard())?;
/// // scipy.stats.kstest([-1.2, -.3, .1, .4, 1.7], 'norm', mode='exact'), SciPy 1.17.1
/// assert!((fit.statistic - 0.18208857781104737).abs() < 1e-15);
/// assert!((fit.p_value - 0.9856865316461023).abs() < 1e-13);
/// # Ok::<(), prob_core::Error>(())
/// ```
pub fn kolmogorov_smirnov(data: &[f64], law: &dyn Univariate) -> Result<Goodness, Error> {
    continuous(law)?;
    let statistic = distance(&sorted(data)?, law);
    Ok(Goodness { statistic, p_value: kolmogorov::upper_tail(data.len(), statistic) })
}

/// `D`, the data being in increasing order.
pub(super) fn distance(sorted: &[f64], law: &dyn Univariate) -> f64 {
    let n = sorted.len() as f64;
    sorted.iter().enumerate().fold(0.0, |most: f64, (i, x)| {
        // From above by the law's own upper tail: 1 − F(x) loses nothing there.
        let below = law.cdf(*x) - i as f64 / n;
        let above = law.sf(*x) - (n - 1.0 - i as f64) / n;
        most.max(below).max(above)
    })
}
