//! Tempering from an exact start: its hot chain at a draw of the prior of its own.

use mcmc::{Error, Kernel, Tempering};
use prob_core::{LogDensity, Path};
use rand::Rng;

use crate::harness::{Model, Posterior};

/// The path `p(θ) p(y | θ)^β` from the prior to the posterior.
///
/// With the levels 0 and 1 the hot chain has the prior for its law, which new data leave alone, so that
/// prior, parameters and data together have one joint law that a whole step keeps.
pub struct Ladder<M: Model> {
    posterior: Posterior<M>,
    hot: Vec<f64>,
}

/// The path, with another draw of the prior.
pub fn ladder<M: Model>(posterior: &Posterior<M>, mut rng: &mut dyn Rng) -> Ladder<M> {
    Ladder { posterior: *posterior, hot: posterior.model.draw(&mut rng) }
}

/// The law at one β.
pub struct Rung<M: Model> {
    posterior: Posterior<M>,
    beta: f64,
}

impl<M: Model> Path for Ladder<M> {
    type Law = Rung<M>;

    fn at(&self, beta: f64) -> Rung<M> {
        Rung { posterior: self.posterior, beta }
    }
}

impl<M: Model> LogDensity<[f64]> for Rung<M> {
    fn log_density(&self, theta: &[f64]) -> f64 {
        let Posterior { model, data } = &self.posterior;
        model.log_prior(theta) + self.beta * model.log_likelihood(theta, data)
    }
}

/// Tempering, but that a chain starts with its hot level at the point that the ladder holds.
pub struct FromExactStart<K>(pub Tempering<K>);

impl<M: Model, K: Kernel<Rung<M>, [f64]>> Kernel<Ladder<M>, [f64]> for FromExactStart<K> {
    type State = <Tempering<K> as Kernel<Ladder<M>, [f64]>>::State;
    type Info = <Tempering<K> as Kernel<Ladder<M>, [f64]>>::Info;

    fn init(&self, path: &Ladder<M>, x: &[f64]) -> Result<Self::State, Error> {
        // All levels at the hot point, then the cold one alone at x.
        let mut state = self.0.init(path, &path.hot)?;
        self.0.place(path, &mut state, x)?;
        Ok(state)
    }

    fn position<'s>(&self, state: &'s Self::State) -> &'s [f64] {
        Kernel::<Ladder<M>, [f64]>::position(&self.0, state)
    }

    fn place(&self, path: &Ladder<M>, state: &mut Self::State, x: &[f64]) -> Result<(), Error> {
        self.0.place(path, state, x)
    }

    fn step(
        &self,
        path: &Ladder<M>,
        state: &mut Self::State,
        rng: &mut impl Rng,
    ) -> Result<Self::Info, Error> {
        self.0.step(path, state, rng)
    }
}
