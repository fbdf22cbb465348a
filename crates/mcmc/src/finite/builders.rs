//! The exact matrices of the samplers: Metropolis–Hastings and Gibbs on laws that can be written down.
//!
//! What a kernel draws at random can be compared with these, row by row; and their spectra say how
//! fast it mixes, without any noise.

use nalgebra::DMatrix;

use crate::mutants::planted;
use crate::{Acceptance, Error, TransitionMatrix};

use super::{is_distribution, sum_and_min};

/// The matrix of Metropolis–Hastings: `W(i→j) = T(i→j) A(i→j)` for `i ≠ j` (`eq:mh-split`,
/// `eq:mh-accept`), and what is rejected stays at i.
///
/// `target` is a distribution over the states of `proposal`. A move whose way back is impossible in
/// `proposal` is never accepted. From a state without probability every state with probability is
/// accepted, and no other one.
///
/// ```
/// use mcmc::{Acceptance, TransitionMatrix, metropolis_matrix};
/// use nalgebra::dmatrix;
///
/// let other = TransitionMatrix::new(dmatrix![0.0, 1.0; 1.0, 0.0])?;
/// let w = metropolis_matrix(&[0.75, 0.25], &other, Acceptance::Metropolis)?;
/// assert!((w.matrix() - dmatrix![2.0 / 3.0, 1.0 / 3.0; 1.0, 0.0]).amax() < 1e-15);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::LengthMismatch`] or [`Error::NotADistribution`] for a bad `target`.
pub fn metropolis_matrix(
    target: &[f64],
    proposal: &TransitionMatrix,
    rule: Acceptance,
) -> Result<TransitionMatrix, Error> {
    proposal.checked(target)?;
    let t = proposal.matrix();
    let mut w = DMatrix::zeros(target.len(), target.len());
    for from in 0..target.len() {
        w[(from, from)] = t[(from, from)];
        for to in (0..target.len()).filter(|to| *to != from) {
            let chance = t[(from, to)];
            if chance > 0.0 {
                let mut log_t_ratio = t[(to, from)].ln() - chance.ln();
                if planted("a-matrix-of-transposed-proposals") {
                    log_t_ratio = -log_t_ratio;
                }
                let log_accept = rule.log_accept(target[from].ln(), target[to].ln(), log_t_ratio);
                w[(from, to)] = chance * log_accept.exp();
                // A sum of what is rejected, not one minus the rest: never negative.
                w[(from, from)] += chance * -log_accept.exp_m1();
            }
        }
    }
    TransitionMatrix::new(w)
}

/// The matrix that renews one variable of a table from its conditional law:
/// `W(x→y) = p(y_b | x_{−b})` where y differs from x at most in variable `b = block`.
///
/// `target` is the joint law of `shape.len()` variables, variable b with the values `0..shape[b]`, in
/// row-major order: the last variable runs fastest. Where the values of the other variables have no
/// probability there is no conditional law, and the chain stays.
///
/// ```
/// use nalgebra::dmatrix;
///
/// // p(x, y) with rows x: given x = 0, y is 0 or 1 with chances 1/3 and 2/3.
/// let w = mcmc::gibbs_block_matrix(&[0.125, 0.25, 0.5, 0.125], &[2, 2], 1)?;
/// assert_eq!(w.matrix()[(0, 1)], 0.25 / 0.375);
/// assert_eq!(w.matrix()[(0, 2)], 0.0);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::Zero`] for no variables or one without values, [`Error::LengthMismatch`] if `shape` does
/// not have as many states as `target`, [`Error::NotADistribution`] for a bad `target`,
/// [`Error::OutOfRange`] for a block that is not there.
pub fn gibbs_block_matrix(
    target: &[f64],
    shape: &[usize],
    block: usize,
) -> Result<TransitionMatrix, Error> {
    check_table(target, shape)?;
    if block >= shape.len() {
        return Err(Error::OutOfRange { what: "the block", index: block, limit: shape.len() });
    }
    block_of_table(target, shape, block)
}

/// The matrix of a systematic Gibbs sweep: block 0, then block 1, and so on to the last.
///
/// It leaves `target` invariant, but as a rule not in detailed balance, which only each
/// [block](gibbs_block_matrix) has. Arguments as there.
///
/// ```
/// let pi = [0.125, 0.25, 0.5, 0.125];
/// let w = mcmc::gibbs_matrix(&pi, &[2, 2])?;
/// let next = w.evolve(&pi, 1)?;
/// assert!(pi.iter().zip(&next).all(|(a, b)| (a - b).abs() < 1e-15));
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// As [`gibbs_block_matrix`].
pub fn gibbs_matrix(target: &[f64], shape: &[usize]) -> Result<TransitionMatrix, Error> {
    check_table(target, shape)?;
    let first = block_of_table(target, shape, 0)?;
    (1..shape.len()).try_fold(first, |sweep, b| sweep.then(&block_of_table(target, shape, b)?))
}

fn check_table(target: &[f64], shape: &[usize]) -> Result<(), Error> {
    if shape.is_empty() {
        return Err(Error::Zero { what: "the number of variables" });
    }
    if shape.contains(&0) {
        return Err(Error::Zero { what: "the number of values of a variable" });
    }
    // A product too large for a number is also too large for the target.
    let expected = shape.iter().fold(1, |states: usize, n| states.saturating_mul(*n));
    let found = target.len();
    if expected != found {
        return Err(Error::LengthMismatch { what: "the target", expected, found });
    }
    let (sum, min) = sum_and_min(target.iter().copied());
    if is_distribution(sum, min) { Ok(()) } else { Err(Error::NotADistribution { sum, min }) }
}

/// For a table that was checked, and a block that it has.
fn block_of_table(
    target: &[f64],
    shape: &[usize],
    block: usize,
) -> Result<TransitionMatrix, Error> {
    let n = target.len();
    let stride: usize = shape[block + 1..].iter().product();
    let mut w = DMatrix::zeros(n, n);
    for from in 0..n {
        let first = from - from / stride % shape[block] * stride;
        let line = || (0..shape[block]).map(move |k| first + k * stride);
        let total: f64 = line().map(|to| target[to]).sum();
        if total > 0.0 {
            line().for_each(|to| w[(from, to)] = target[to] / total);
        } else {
            w[(from, from)] = 1.0;
        }
    }
    TransitionMatrix::new(w)
}
