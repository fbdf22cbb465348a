//! Any law of one number, known at run time only: what a mixture of different families or a file
//! holds.

use rand::Rng;
use rand_distr::Distribution;
use serde::{Deserialize, Serialize};

use super::*;
use crate::LogDensity;

/// One list, so that no law can be missing in one place and present in another.
macro_rules! any_law {
    ($($law:ident $name:literal,)+) => {
        /// Any law of one number.
        ///
        /// It is written with its name under `law`, next to its parameters:
        ///
        /// ```
        /// use prob_core::{AnyLaw, Exponential, Univariate};
        ///
        /// let law = AnyLaw::from(Exponential::new(0.5)?);
        /// assert_eq!(law.name(), "exponential");
        /// assert_eq!(law.mean(), 2.0);
        ///
        /// let text = serde_json::to_string(&law)?;
        /// assert_eq!(text, r#"{"law":"exponential","rate":0.5}"#);
        /// assert_eq!(serde_json::from_str::<AnyLaw>(&text)?, law);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "law")]
        #[non_exhaustive]
        pub enum AnyLaw {
            $(
                #[doc = concat!("See [`", stringify!($law), "`].")]
                #[serde(rename = $name)]
                $law($law),
            )+
        }

        impl AnyLaw {
            /// The name that the law is written with, such as `student-t`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$law(_) => $name,)+ }
            }

            /// The law itself.
            #[must_use]
            pub fn law(&self) -> &dyn Univariate {
                match self { $(Self::$law(law) => law,)+ }
            }
        }

        impl Distribution<f64> for AnyLaw {
            fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
                match self { $(Self::$law(law) => law.sample(rng),)+ }
            }
        }

        $(impl From<$law> for AnyLaw {
            fn from(law: $law) -> Self { Self::$law(law) }
        })+
    };
}

any_law! {
    Bernoulli "bernoulli",
    Beta "beta",
    Binomial "binomial",
    Categorical "categorical",
    Cauchy "cauchy",
    ChiSquare "chi-square",
    DiscreteUniform "discrete-uniform",
    Exponential "exponential",
    FisherF "fisher-f",
    Gamma "gamma",
    Geometric "geometric",
    InverseGamma "inverse-gamma",
    Laplace "laplace",
    LogNormal "log-normal",
    Logistic "logistic",
    Lomax "lomax",
    MaxwellBoltzmann "maxwell-boltzmann",
    NegativeBinomial "negative-binomial",
    Normal "normal",
    Pareto "pareto",
    Poisson "poisson",
    StudentT "student-t",
    TruncatedNormal "truncated-normal",
    Uniform "uniform",
    VonMises "von-mises",
    Weibull "weibull",
}

impl Univariate for AnyLaw {
    fn support(&self) -> Support {
        self.law().support()
    }

    fn log_prob(&self, x: f64) -> f64 {
        self.law().log_prob(x)
    }

    fn prob(&self, x: f64) -> f64 {
        self.law().prob(x)
    }

    fn cdf(&self, x: f64) -> f64 {
        self.law().cdf(x)
    }

    fn sf(&self, x: f64) -> f64 {
        self.law().sf(x)
    }

    fn log_cdf(&self, x: f64) -> f64 {
        self.law().log_cdf(x)
    }

    fn log_sf(&self, x: f64) -> f64 {
        self.law().log_sf(x)
    }

    fn quantile(&self, p: f64) -> f64 {
        self.law().quantile(p)
    }

    fn upper_quantile(&self, q: f64) -> f64 {
        self.law().upper_quantile(q)
    }

    fn mean(&self) -> f64 {
        self.law().mean()
    }

    fn variance(&self) -> f64 {
        self.law().variance()
    }

    fn std_dev(&self) -> f64 {
        self.law().std_dev()
    }

    fn mode(&self) -> f64 {
        self.law().mode()
    }

    fn entropy(&self) -> f64 {
        self.law().entropy()
    }

    fn log_prob_into(&self, x: &[f64], out: &mut [f64]) {
        self.law().log_prob_into(x, out);
    }

    fn sample_block(&self, out: &mut [f64], lanes: &mut Lanes) {
        self.law().sample_block(out, lanes);
    }
}

impl LogDensity<f64> for AnyLaw {
    fn log_density(&self, x: &f64) -> f64 {
        self.log_prob(*x)
    }
}
