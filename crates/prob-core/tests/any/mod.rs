//! All laws from the same few numbers, so that a property is asked of each of them.

use prob_core::{
    AnyLaw, Bernoulli, Beta, Binomial, Categorical, Cauchy, ChiSquare, DiscreteUniform, Error,
    Exponential, FisherF, Gamma, Geometric, InverseGamma, Laplace, LogNormal, Logistic, Lomax,
    MaxwellBoltzmann, NegativeBinomial, Normal, Pareto, Poisson, StudentT, TruncatedNormal,
    Uniform, VonMises, Weibull,
};

/// What the parameters of laws are taken from.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    /// A location, and the lower end of ranges.
    pub location: f64,
    /// A scale or rate.
    pub scale: f64,
    /// Two shapes.
    pub shapes: [f64; 2],
    /// A probability.
    pub probability: f64,
    /// The upper end of ranges.
    pub upper: f64,
    /// A number of trials.
    pub trials: u64,
    /// The ends of a range of whole numbers.
    pub whole: [i64; 2],
}

fn law<L: Into<AnyLaw>>(made: Result<L, Error>) -> Option<AnyLaw> {
    made.ok().map(Into::into)
}

/// Every law that takes these numbers.
pub fn laws(n: &Numbers) -> Vec<AnyLaw> {
    let ([a, b], s, m, p) = (n.shapes, n.scale, n.location, n.probability);
    let all = [
        law(Uniform::new(m, n.upper)),
        law(Normal::new(m, s)),
        law(TruncatedNormal::new(m, s, m, n.upper)),
        law(TruncatedNormal::new(m, s, f64::NEG_INFINITY, n.upper)),
        law(TruncatedNormal::new(m, s, n.upper, f64::INFINITY)),
        law(LogNormal::new(m, s)),
        law(Exponential::new(s)),
        law(Gamma::new(a, s)),
        law(InverseGamma::new(a, s)),
        law(Beta::new(a, b)),
        law(ChiSquare::new(a)),
        law(StudentT::new(a, m, s)),
        law(FisherF::new(a, b)),
        law(Cauchy::new(m, s)),
        law(Laplace::new(m, s)),
        law(Logistic::new(m, s)),
        law(Weibull::new(a, s)),
        law(Pareto::new(a, s)),
        law(Lomax::new(a, s)),
        law(MaxwellBoltzmann::new(s)),
        law(VonMises::new(m, a)),
        law(Bernoulli::new(p)),
        law(Categorical::new(vec![p, 1.0 - p])),
        law(Categorical::new(vec![0.5 * p, 0.5 * (1.0 - p), 0.5])),
        law(Binomial::new(n.trials, p)),
        law(NegativeBinomial::new(a, p)),
        law(Geometric::new(p)),
        law(Poisson::new(a)),
        law(DiscreteUniform::new(n.whole[0], n.whole[1])),
    ];
    all.into_iter().flatten().collect()
}
