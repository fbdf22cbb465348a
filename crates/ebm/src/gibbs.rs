//! The two blocks of Gibbs sampling: the hidden units given the visible ones, and back.
//!
//! The state is the joint one: visible units, then hidden units, each 0 or 1.

use mcmc::Conditionals;
use rand::{Rng, RngExt};

use crate::{Rbm, energy::is_binary};

impl Rbm {
    /// The joint state from which a Gibbs chain starts at these visible units. Its hidden units are
    /// 0; they have no influence, since the first block renews them.
    #[must_use]
    pub fn joint(&self, visible: &[f64]) -> Vec<f64> {
        let mut joint = visible.to_vec();
        joint.resize(visible.len() + self.hidden_units(), 0.0);
        joint
    }

    /// The visible and the hidden units of a joint state.
    ///
    /// # Panics
    /// If `joint` is shorter than the visible layer.
    #[must_use]
    pub fn split<'x>(&self, joint: &'x [f64]) -> (&'x [f64], &'x [f64]) {
        joint.split_at(self.visible_units())
    }
}

/// Block 0 is the hidden layer, block 1 the visible one: a sweep from data is one step of
/// contrastive divergence.
impl Conditionals<[f64]> for Rbm {
    fn blocks(&self) -> usize {
        2
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), mcmc::Error> {
        let (visible, hidden) = x.split_at_mut(self.visible_units());
        if block == 0 {
            for (j, h) in hidden.iter_mut().enumerate() {
                *h = coin(self.hidden_prob(j, visible), rng);
            }
        } else {
            for (i, v) in visible.iter_mut().enumerate() {
                *v = coin(self.visible_prob(i, hidden), rng);
            }
        }
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), mcmc::Error> {
        let (expected, found) = (self.visible_units() + self.hidden_units(), x.len());
        if found != expected {
            return Err(mcmc::Error::LengthMismatch { what: "the start", expected, found });
        }
        if x.iter().all(|x| is_binary(*x)) {
            Ok(())
        } else {
            Err(mcmc::Error::OutsideSupport { value: f64::NEG_INFINITY })
        }
    }
}

/// 1 with chance `p`, else 0.
fn coin(p: f64, rng: &mut impl Rng) -> f64 {
    let u: f64 = rng.random();
    f64::from(u8::from(u < p))
}
