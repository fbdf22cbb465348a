//! A list of all fitted families, as one interface for the checks that all share.

use prob_core::mle::{MaximumLikelihood, Observations};
use prob_core::{
    Bernoulli, Beta, Binomial, Cauchy, ChiSquare, Error, Exponential, FisherF, Fitted, Gamma,
    Geometric, InverseGamma, Laplace, LogNormal, Logistic, MaxwellBoltzmann, NegativeBinomial,
    Normal, Pareto, Poisson, Seed, StudentT, TruncatedNormal, VonMises, Weibull,
};
use rand_distr::Distribution;

/// A fit of any family, as numbers.
pub struct Numbers {
    pub values: Vec<f64>,
    pub errors: Vec<Option<f64>>,
    pub covariance: Option<nalgebra::DMatrix<f64>>,
    pub log_likelihood: f64,
}

impl<L> From<Fitted<L>> for Numbers {
    fn from(fitted: Fitted<L>) -> Self {
        Self {
            values: fitted.estimates.iter().map(|e| e.value).collect(),
            errors: fitted.estimates.iter().map(|e| e.standard_error).collect(),
            covariance: fitted.covariance,
            log_likelihood: fitted.log_likelihood,
        }
    }
}

type Fit = Box<dyn Fn(&Observations) -> Result<Numbers, Error>>;
type LogLikelihood = Box<dyn Fn(&[f64], &Observations) -> f64>;

/// A family with one law of it.
pub struct Family {
    pub name: &'static str,
    /// The parameters that are estimated.
    pub truth: Vec<f64>,
    /// Draws from the law with those.
    pub data: Vec<f64>,
    pub fit: Fit,
    /// The log-likelihood of any parameters, from the law's own density.
    pub log_likelihood: LogLikelihood,
}

/// `count` draws of a law.
pub fn draws<L: Distribution<f64>>(law: &L, count: usize, name: &str) -> Vec<f64> {
    let mut rng = Seed(7).stream(name, 0);
    (0..count).map(|_| law.sample(&mut rng)).collect()
}

fn family<L: MaximumLikelihood + Distribution<f64> + 'static>(
    name: &'static str,
    known: L::Known,
    truth: &[f64],
    count: usize,
    make: fn(&[f64]) -> Result<L, Error>,
) -> Family
where
    L::Known: 'static,
{
    let law = make(truth).unwrap();
    Family {
        name,
        truth: truth.to_vec(),
        data: draws(&law, count, name),
        fit: Box::new(move |data| L::fit_given(known.clone(), data).map(Numbers::from)),
        log_likelihood: Box::new(move |parameters, data| {
            let law = make(parameters).unwrap();
            data.values().iter().zip(data.weights()).map(|(x, w)| w * law.log_prob(*x)).sum()
        }),
    }
}

/// The regular families: a smooth likelihood and a maximum inside.
pub fn regular(count: usize) -> Vec<Family> {
    vec![
        family("normal", (), &[3.0, 2.0], count, |p| Normal::new(p[0], p[1])),
        family("log-normal", (), &[-0.5, 0.7], count, |p| LogNormal::new(p[0], p[1])),
        family("exponential", (), &[2.5], count, |p| Exponential::new(p[0])),
        family("maxwell-boltzmann", (), &[1.5], count, |p| MaxwellBoltzmann::new(p[0])),
        family("gamma", (), &[3.0, 0.5], count, |p| Gamma::new(p[0], p[1])),
        family("small gamma", (), &[0.2, 4.0], count, |p| Gamma::new(p[0], p[1])),
        family("large gamma", (), &[5e4, 10.0], count, |p| Gamma::new(p[0], p[1])),
        family("inverse gamma", (), &[4.0, 3.0], count, |p| InverseGamma::new(p[0], p[1])),
        family("beta", (), &[2.0, 5.0], count, |p| Beta::new(p[0], p[1])),
        family("bathtub beta", (), &[0.4, 0.6], count, |p| Beta::new(p[0], p[1])),
        family("large beta", (), &[400.0, 900.0], count, |p| Beta::new(p[0], p[1])),
        family("chi-square", (), &[5.0], count, |p| ChiSquare::new(p[0])),
        family("small chi-square", (), &[0.3], count, |p| ChiSquare::new(p[0])),
        family("student t", (), &[4.0, -2.0, 0.5], count, |p| StudentT::new(p[0], p[1], p[2])),
        family("heavy t", (), &[1.2, 50.0, 3.0], count, |p| StudentT::new(p[0], p[1], p[2])),
        family("f", (), &[6.0, 8.0], count, |p| FisherF::new(p[0], p[1])),
        family("cauchy", (), &[10.0, 0.2], count, |p| Cauchy::new(p[0], p[1])),
        family("logistic", (), &[-4.0, 3.0], count, |p| Logistic::new(p[0], p[1])),
        family("weibull", (), &[1.7, 30.0], count, |p| Weibull::new(p[0], p[1])),
        family("steep weibull", (), &[40.0, 0.01], count, |p| Weibull::new(p[0], p[1])),
        family("von mises", (), &[1.0, 2.0], count, |p| VonMises::new(p[0], p[1])),
        family("narrow von mises", (), &[-2.0, 300.0], count, |p| VonMises::new(p[0], p[1])),
        family("truncated normal", (0.0, 3.0), &[1.0, 0.8], count, |p| {
            TruncatedNormal::new(p[0], p[1], 0.0, 3.0)
        }),
        family("half normal", (0.0, f64::INFINITY), &[0.5, 2.0], count, |p| {
            TruncatedNormal::new(p[0], p[1], 0.0, f64::INFINITY)
        }),
        family("poisson", (), &[3.5], count, |p| Poisson::new(p[0])),
        family("geometric", (), &[0.3], count, |p| Geometric::new(p[0])),
        family("bernoulli", (), &[0.3], count, |p| Bernoulli::new(p[0])),
        family("binomial", 12, &[0.3], count, |p| Binomial::new(12, p[0])),
        family("negative binomial", (), &[2.5, 0.3], count, |p| NegativeBinomial::new(p[0], p[1])),
        family("wide negative binomial", (), &[1.5, 0.002], count, |p| {
            NegativeBinomial::new(p[0], p[1])
        }),
    ]
}

/// Those whose likelihood has kinks or jumps.
pub fn irregular(count: usize) -> Vec<Family> {
    vec![
        family("laplace", (), &[2.0, 3.0], count, |p| Laplace::new(p[0], p[1])),
        family("pareto", (), &[2.5, 4.0], count, |p| Pareto::new(p[0], p[1])),
    ]
}
