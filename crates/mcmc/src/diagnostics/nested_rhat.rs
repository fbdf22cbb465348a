//! Nested R-hat: do many short chains agree?

use super::chains::{check_draws, check_length, mean, variance};
use crate::{Error, error::check_finite};

/// The nested R-hat of Margossian, Hoffman, Sountsov, Riou-Durand, Vehtari and Gelman (2024),
/// <https://doi.org/10.1214/24-BA1453>: for many chains that may be too short for
/// [`rhat`](super::rhat), down to a single draw.
///
/// Chain `c` belongs to superchain `ids[c]`, whose chains all started at one point. With `B` the
/// variance of the means of the superchains, and for each superchain `B_k` the variance of the means
/// of its chains and `W_k` the mean of the variances of its chains (divisors less one),
///
/// ```text
/// R̂ = √(1 + B / mean_k (B_k + W_k))
/// ```
///
/// Superchains of one chain have `B_k = 0`, chains of one draw `W_k = 0`. It is at least 1, and near
/// 1 only where the chains have forgotten their starts. Even for perfect draws `B` is about
/// `(B_k + W_k) / M` for `M` chains of one draw: the bound to compare with is `√(1 + 1 / M + 0.01)`
/// there, less for longer chains. Neither ranks nor halves are taken.
///
/// ```
/// use mcmc::diagnostics::nested_rhat;
///
/// // Two superchains of two chains of one draw: B = 2, B_k = 2.
/// let r = nested_rhat(&[[0.0], [2.0], [2.0], [4.0]], &[0, 0, 1, 1])?;
/// assert!((r - 2f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::Zero`] without chains, [`Error::LengthMismatch`] unless there is one id a chain,
/// [`Error::ChainLength`], [`Error::BrokenDraw`], [`Error::NotFinite`] if a variance overflows,
/// [`Error::TooFew`] for fewer than two superchains, [`Error::UnequalSuperchains`] unless all hold
/// equally many chains, [`Error::TooFewDraws`] for chains without a draw or superchains of one chain
/// of one draw, [`Error::ConstantChain`] if no draw differs from the others of its superchain.
pub fn nested_rhat<C: AsRef<[f64]>>(chains: &[C], ids: &[usize]) -> Result<f64, Error> {
    let superchains = superchains(chains, ids)?;
    let centre = superchains[0][0][0]; // So that an offset takes no digits.
    let mut means = Vec::with_capacity(superchains.len());
    let mut spreads = Vec::with_capacity(superchains.len());
    for members in superchains {
        let less = |x: &[f64]| x.iter().map(|x| x - centre).collect();
        let members: Vec<Vec<f64>> = members.into_iter().map(less).collect();
        let of_chains: Vec<f64> = members.iter().map(|x| mean(x)).collect();
        let between = if members.len() > 1 { variance(&of_chains) } else { 0.0 };
        let within = if members[0].len() > 1 {
            members.iter().map(|x| variance(x)).sum::<f64>() / members.len() as f64
        } else {
            0.0
        };
        means.push(mean(&of_chains));
        spreads.push(between + within);
    }
    let (between, within) = (variance(&means), mean(&spreads));
    // An infinite variance within would make the best R-hat there is.
    check_finite("a variance of nested R-hat", &[between, within])?;
    let r = (1.0 + between / within).sqrt();
    check_finite("the nested R-hat", &[r])?;
    Ok(r)
}

/// The checked chains of each superchain, in the order of the ids' first appearance.
fn superchains<'a, C: AsRef<[f64]>>(
    chains: &'a [C],
    ids: &[usize],
) -> Result<Vec<Vec<&'a [f64]>>, Error> {
    let draws = chains.first().ok_or(Error::Zero { what: "the number of chains" })?.as_ref().len();
    if ids.len() != chains.len() {
        let (expected, found) = (chains.len(), ids.len());
        return Err(Error::LengthMismatch { what: "the list of superchains", expected, found });
    }
    let mut groups: Vec<(usize, Vec<&[f64]>)> = Vec::new();
    let mut place = std::collections::HashMap::new();
    for (index, (chain, id)) in chains.iter().map(AsRef::as_ref).zip(ids).enumerate() {
        check_length(index, chain, draws)?;
        check_draws(index, chain)?;
        let group = *place.entry(*id).or_insert(groups.len());
        if group == groups.len() {
            groups.push((*id, Vec::new()));
        }
        groups[group].1.push(chain);
    }
    if groups.len() < 2 {
        let what = "the number of superchains";
        return Err(Error::TooFew { what, needed: 2, found: groups.len() });
    }
    let expected = groups[0].1.len();
    if let Some((id, members)) = groups.iter().find(|(_, members)| members.len() != expected) {
        return Err(Error::UnequalSuperchains { id: *id, expected, found: members.len() });
    }
    let needed = if expected > 1 { 1 } else { 2 };
    if draws < needed {
        return Err(Error::TooFewDraws { what: "nested R-hat", needed, found: draws });
    }
    // Compared draw by draw: rounding may leave a variance of equal draws above zero.
    let still = |members: &Vec<&[f64]>| {
        members.iter().all(|chain| chain.iter().all(|x| *x == members[0][0]))
    };
    if groups.iter().all(|(_, members)| still(members)) {
        return Err(Error::ConstantChain { chain: 0, value: groups[0].1[0][0] });
    }
    Ok(groups.into_iter().map(|(_, members)| members).collect())
}
