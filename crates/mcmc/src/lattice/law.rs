//! What is known of a free walk without walking: moments, and in one dimension the law itself.

use prob_core::{Binomial, Univariate};

use super::{Boundary, FARTHEST, LatticeWalk, Moves};
use crate::Error;

impl LatticeWalk {
    /// The drift velocity of each axis, in units of length over time, far from walls.
    #[must_use]
    pub fn velocity(&self) -> Vec<f64> {
        let drift = |axis| self.moments(axis).0 * self.step_length / self.time_step;
        (0..self.dimension()).map(drift).collect()
    }

    /// The diffusion constant `D` of `⟨|x − v t|²⟩ = 2 d D t` (`eq:diffusion`), far from walls, in units
    /// of length squared over time.
    ///
    /// ```
    /// # use mcmc::LatticeWalk;
    /// let walk = LatticeWalk::simple(1)?.with_units(0.1, 2.0)?;
    /// assert!((walk.diffusion() - 0.0025).abs() < 1e-18); // l² / (2 τ)
    /// // A coin that prefers one side spreads less: 4 p q of it.
    /// let biased = LatticeWalk::simple(1)?.biased(&[[0.25, 0.75]])?;
    /// assert_eq!(biased.diffusion(), 0.5 * 4.0 * 0.25 * 0.75);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    #[must_use]
    pub fn diffusion(&self) -> f64 {
        let spread: f64 = (0..self.dimension()).map(|axis| self.moments(axis).1).sum();
        let per_axis = spread / self.dimension() as f64;
        per_axis * self.step_length.powi(2) / (2.0 * self.time_step)
    }

    /// The mean of what is walked along each axis in `steps` steps; on a ring, rounds are counted.
    ///
    /// # Errors
    /// [`Error::WrongWalk`] between walls, where [`transition_matrix`](Self::transition_matrix) tells.
    pub fn mean_displacement(&self, steps: u64) -> Result<Vec<f64>, Error> {
        self.without_walls("the mean displacement")?;
        let mean = |axis| self.moments(axis).0 * steps as f64 * self.step_length;
        Ok((0..self.dimension()).map(mean).collect())
    }

    /// The variance of what is walked along each axis in `steps` steps.
    ///
    /// # Errors
    /// As [`mean_displacement`](Self::mean_displacement).
    pub fn displacement_variance(&self, steps: u64) -> Result<Vec<f64>, Error> {
        self.without_walls("the variance of the displacement")?;
        let variance = |axis| self.moments(axis).1 * steps as f64 * self.step_length.powi(2);
        Ok((0..self.dimension()).map(variance).collect())
    }

    /// The probability to be `displacement` sites away from the start after `steps` steps, for a walk
    /// in one dimension without ends: binomial without waiting, in constant time; with waiting a sum
    /// of `steps / 2` terms. Accurate in relative terms.
    ///
    /// ```
    /// # use mcmc::LatticeWalk;
    /// let walk = LatticeWalk::simple(1)?;
    /// assert!((walk.site_probability(2, 4)? - 4.0 / 16.0).abs() < 1e-16);
    /// assert_eq!(walk.site_probability(1, 4)?, 0.0); // odd sites at odd times only
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongWalk`] for other walks; [`Error::OutOfRange`] for more than 2⁵³ steps.
    pub fn site_probability(&self, displacement: i64, steps: u64) -> Result<f64, Error> {
        self.free_line("the probability of a site")?;
        if steps > FARTHEST as u64 {
            let index = usize::try_from(steps).unwrap_or(usize::MAX);
            let limit = FARTHEST as usize + 1;
            return Err(Error::OutOfRange { what: "the number of steps", index, limit });
        }
        if displacement.unsigned_abs() > steps {
            return Ok(0.0);
        }
        if self.stay == 0.0 {
            return self.moving(displacement, steps);
        }
        let moves = binomial(steps, 1.0 - self.stay)?;
        let least = displacement.unsigned_abs();
        // A sum over the number of steps that are no waiting.
        (least..=steps).step_by(2).try_fold(0.0, |sum, made| {
            Ok(sum + moves.prob(made as f64) * self.moving(displacement, made)?)
        })
    }

    /// The law of the first passage: element t is the probability to come to the site `displacement`
    /// sites away for the first time at step t, for `t = 0, 1, …, steps` (`eq:first-passage`):
    /// `f(t) = |x| / t · P(x, t)`, the hitting time theorem (Grimmett and Stirzaker 2001, section
    /// 3.10), which holds for walks that cannot jump over a site.
    ///
    /// With waiting it takes `O(steps²)`.
    ///
    /// ```
    /// # use mcmc::LatticeWalk;
    /// let f = LatticeWalk::simple(1)?.first_passage_law(1, 5)?;
    /// let exact = [0.0, 0.5, 0.0, 0.125, 0.0, 0.0625];
    /// assert!(f.iter().zip(exact).all(|(f, exact)| (f - exact).abs() < 1e-16));
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Zero`] for no displacement; as [`site_probability`](Self::site_probability).
    pub fn first_passage_law(&self, displacement: i64, steps: usize) -> Result<Vec<f64>, Error> {
        self.free_line("the law of the first passage")?;
        if displacement == 0 {
            return Err(Error::Zero { what: "the distance to the site" });
        }
        let distance = displacement.unsigned_abs() as f64;
        let at = |t: usize| match t {
            0 => Ok(0.0),
            _ => Ok(distance / t as f64 * self.site_probability(displacement, t as u64)?),
        };
        (0..=steps).map(at).collect()
    }

    /// The chance ever to come to the site `displacement` sites away: 1, unless the drift leads away
    /// from it, when it is `(p / q)^|x|` with p the chance of a step towards it and q that of one away.
    ///
    /// # Errors
    /// [`Error::WrongWalk`] unless the walk is in one dimension without ends.
    pub fn passage_chance(&self, displacement: i64) -> Result<f64, Error> {
        self.free_line("the chance of a passage")?;
        let [down, up] = self.directions[0];
        let (towards, away) = if displacement < 0 { (down, up) } else { (up, down) };
        let distance = displacement.unsigned_abs() as f64;
        Ok(if towards >= away { 1.0 } else { (towards / away).powf(distance) })
    }

    /// [`site_probability`](Self::site_probability) after `made` steps of which none is a waiting.
    fn moving(&self, displacement: i64, made: u64) -> Result<f64, Error> {
        // The number of steps up is (made + displacement) / 2; the sum may be beyond a number.
        let twice_up = i128::from(made) + i128::from(displacement);
        if twice_up % 2 != 0 {
            return Ok(0.0);
        }
        let [down, up] = self.directions[0];
        Ok(binomial(made, up / (down + up))?.prob((twice_up / 2) as f64))
    }

    /// Mean and variance of a single step along an axis, in units of `l`.
    pub(super) fn moments(&self, axis: usize) -> (f64, f64) {
        let ([down, up], moving) = (self.directions[axis], 1.0 - self.stay);
        let mean = moving * (up - down);
        // Not E x² − (E x)²: a walk that nearly always goes one way keeps its digits.
        let variance = match self.moves {
            Moves::EveryAxis => moving * (4.0 * down * up + self.stay * (up - down).powi(2)),
            Moves::OneAxis => {
                let rest = self.stay + moving * self.others(axis);
                moving * (moving * 4.0 * down * up + rest * (down + up))
            }
        };
        (mean, variance)
    }

    /// The chance that a step that is made goes along another axis.
    fn others(&self, axis: usize) -> f64 {
        let apart = self.directions.iter().enumerate().filter(|(other, _)| *other != axis);
        apart.map(|(_, [down, up])| down + up).sum()
    }

    pub(super) fn without_walls(&self, what: &'static str) -> Result<(), Error> {
        let walls = self.boundaries.iter().any(|boundary| boundary.walls().is_some());
        if walls { Err(Error::WrongWalk { what, needed: "without walls" }) } else { Ok(()) }
    }

    fn free_line(&self, what: &'static str) -> Result<(), Error> {
        if self.boundaries == [Boundary::Free] {
            Ok(())
        } else {
            Err(Error::WrongWalk { what, needed: "in one dimension without ends" })
        }
    }
}

fn binomial(trials: u64, p: f64) -> Result<Binomial, Error> {
    // Not reached: the trials are below the limit, and p is a probability.
    Binomial::new(trials, p)
        .map_err(|_| Error::NotBetween { what: "the chance of a step", value: p })
}
