//! When and whether a chain comes to some of its states.
//!
//! `T = min {t ≥ 0 : X_t ∈ A}` is the hitting time of the set A. Its mean `h` solves
//! `h_i = 1 + Σ_j W(i→j) h_j` outside of A, the chance `c` of a hit `c_i = Σ_j W(i→j) c_j`
//! (`eq:hitting`; Norris 1997, theorems 1.3.2 and 1.3.5). Both are found by state reduction without
//! subtractions, like the stationary law: every element is accurate in relative terms.

use nalgebra::RowDVector;

use crate::mutants::planted;
use crate::{Error, TransitionMatrix};

impl TransitionMatrix {
    /// The mean number of steps from each state to the first of `targets`: 0 there, `∞` where the
    /// chain can get to where no way leads to a target.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// // Heads twice in a row with a fair coin: states by the run so far.
    /// let runs = TransitionMatrix::new(dmatrix![0.5, 0.5, 0.0; 0.5, 0.0, 0.5; 0.0, 0.0, 1.0])?;
    /// assert_eq!(runs.hitting_times(&[2])?, [6.0, 4.0, 0.0]);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Zero`] for no targets, [`Error::OutOfRange`] for one that is no state,
    /// [`Error::NotPositive`] where the chance to leave a state is too small for a float.
    pub fn hitting_times(&self, targets: &[usize]) -> Result<Vec<f64>, Error> {
        let is_target = self.marked(targets)?;
        let lost: Vec<bool> = self.leads_to(&is_target, &[]).iter().map(|way| !way).collect();
        // From here the chain may be lost before it meets a target.
        let unsure = self.leads_to(&lost, &is_target);
        let inner: Vec<usize> =
            (0..self.states()).filter(|i| !is_target[*i] && !unsure[*i]).collect();
        let mut times: Vec<f64> =
            unsure.iter().map(|unsure| if *unsure { f64::INFINITY } else { 0.0 }).collect();
        let mut rewards = vec![1.0; inner.len()];
        if planted("the-last-step-not-counted") {
            let outside = |i: &usize| 1.0 - targets_sum(self, *i, &is_target);
            rewards = inner.iter().map(outside).collect();
        }
        let solved = self.until_leaving(&inner, rewards)?;
        inner.iter().zip(solved).for_each(|(&i, time)| times[i] = time);
        Ok(times)
    }

    /// The chance from each state ever to come to one of `targets`: 1 there, 0 where no way leads.
    ///
    /// For targets that keep the chain it is the chance to be absorbed there.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// // A fair game until one of two players has all three coins.
    /// let game = dmatrix![
    ///     1.0, 0.0, 0.0, 0.0;
    ///     0.5, 0.0, 0.5, 0.0;
    ///     0.0, 0.5, 0.0, 0.5;
    ///     0.0, 0.0, 0.0, 1.0
    /// ];
    /// let wins = TransitionMatrix::new(game)?.hitting_chances(&[3])?;
    /// assert!((wins[1] - 1.0 / 3.0).abs() < 1e-15);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`hitting_times`](Self::hitting_times).
    pub fn hitting_chances(&self, targets: &[usize]) -> Result<Vec<f64>, Error> {
        let is_target = self.marked(targets)?;
        let way = self.leads_to(&is_target, &[]);
        let inner: Vec<usize> = (0..self.states()).filter(|i| !is_target[*i] && way[*i]).collect();
        let mut chances: Vec<f64> =
            is_target.iter().map(|target| f64::from(u8::from(*target))).collect();
        let into = |i: &usize| targets_sum(self, *i, &is_target);
        let solved = self.until_leaving(&inner, inner.iter().map(into).collect())?;
        // Rounding may leave a sure hit a little above 1.
        inner.iter().zip(solved).for_each(|(&i, chance)| chances[i] = chance.min(1.0));
        Ok(chances)
    }

    /// The law of the first passage: element t is the chance to be at one of `targets` at step t for
    /// the first time after the start, for `t = 0, 1, …, steps`. From a target it is the law of the
    /// first return. Element 0 is 0.
    ///
    /// ```
    /// # use mcmc::TransitionMatrix;
    /// # use nalgebra::dmatrix;
    /// let weather = TransitionMatrix::new(dmatrix![0.75, 0.25; 0.5, 0.5])?;
    /// assert_eq!(weather.first_passage_law(0, &[1], 3)?, [0.0, 0.25, 0.1875, 0.140625]);
    /// # Ok::<(), mcmc::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Zero`] for no targets, [`Error::OutOfRange`] for a start or target that is no state.
    pub fn first_passage_law(
        &self,
        from: usize,
        targets: &[usize],
        steps: usize,
    ) -> Result<Vec<f64>, Error> {
        let is_target = self.marked(targets)?;
        self.marked(&[from])?;
        let mut p = RowDVector::zeros(self.states());
        p[from] = 1.0;
        let mut law = vec![0.0];
        for _ in 0..steps {
            p = &p * self.matrix();
            // Who has arrived is counted and taken out.
            let arrived =
                |(p, target): (&mut f64, &bool)| if *target { std::mem::take(p) } else { 0.0 };
            law.push(p.iter_mut().zip(&is_target).map(arrived).sum());
        }
        Ok(law)
    }

    /// Which states are in a list.
    fn marked(&self, list: &[usize]) -> Result<Vec<bool>, Error> {
        let limit = self.states();
        if list.is_empty() {
            return Err(Error::Zero { what: "the number of targets" });
        }
        let mut marked = vec![false; limit];
        for &index in list {
            let state = marked.get_mut(index);
            *state.ok_or(Error::OutOfRange { what: "a state", index, limit })? = true;
        }
        Ok(marked)
    }

    /// From which states a way leads to `goal` that does not pass through `closed`.
    fn leads_to(&self, goal: &[bool], closed: &[bool]) -> Vec<bool> {
        let mut way = goal.to_vec();
        let mut open: Vec<usize> = (0..goal.len()).filter(|i| goal[*i]).collect();
        while let Some(to) = open.pop() {
            for (from, way) in way.iter_mut().enumerate() {
                let passable = !*way && !closed.get(from).is_some_and(|closed| *closed);
                if passable && self.matrix()[(from, to)] > 0.0 {
                    *way = true;
                    open.push(from);
                }
            }
        }
        way
    }

    /// What is collected on the way out of the states `inner`, with `rewards[k]` at each stay in
    /// `inner[k]`: the solution of `h = r + Q h`, with Q the part of the matrix within `inner`.
    fn until_leaving(&self, inner: &[usize], mut rewards: Vec<f64>) -> Result<Vec<f64>, Error> {
        let n = inner.len();
        let w = self.matrix();
        let mut q = w.select_rows(inner).select_columns(inner);
        let is_inner = {
            let mut is_inner = vec![false; self.states()];
            inner.iter().for_each(|i| is_inner[*i] = true);
            is_inner
        };
        // The chance to leave `inner` at once, summed and not one minus the rest.
        let mut out: Vec<f64> = inner
            .iter()
            .map(|&i| (0..self.states()).filter(|j| !is_inner[*j]).map(|j| w[(i, j)]).sum())
            .collect();
        let mut leaving = vec![0.0; n];
        for last in (0..n).rev() {
            let value = out[last] + (0..last).map(|j| q[(last, j)]).sum::<f64>();
            if value <= 0.0 {
                return Err(Error::NotPositive { what: "the chance to leave a state", value });
            }
            leaving[last] = value;
            for i in 0..last {
                let through = q[(i, last)] / value;
                if through > 0.0 {
                    out[i] += through * out[last];
                    rewards[i] += through * rewards[last];
                    for j in 0..last {
                        q[(i, j)] += through * q[(last, j)];
                    }
                }
            }
        }
        let mut solved = Vec::with_capacity(n);
        for k in 0..n {
            let before: f64 =
                solved.iter().enumerate().map(|(j, h): (usize, &f64)| q[(k, j)] * h).sum();
            solved.push((rewards[k] + before) / leaving[k]);
        }
        Ok(solved)
    }
}

/// The chance to go from a state to a target in one step.
fn targets_sum(w: &TransitionMatrix, from: usize, is_target: &[bool]) -> f64 {
    let targets = (0..is_target.len()).filter(|j| is_target[*j]);
    targets.map(|to| w.matrix()[(from, to)]).sum()
}
