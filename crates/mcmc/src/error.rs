//! What can be wrong with a start, a schedule, a transition matrix or a trace.

use crate::Trace;

/// Why a chain could not be run or a trace not be judged.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A chain would start where the density is zero, infinite or not a number.
    #[error("the log density of the start is {value}; it must be finite")]
    OutsideSupport {
        /// The log density there.
        value: f64,
    },
    /// A point has another dimension than the law.
    #[error("{what} has {found} elements; {expected} are needed")]
    LengthMismatch {
        /// What has the wrong size.
        what: &'static str,
        /// The size it must have.
        expected: usize,
        /// The size it has.
        found: usize,
    },
    /// A number is NaN or infinite.
    #[error("{what}[{index}] is {value}; it must be finite")]
    NotFinite {
        /// Where the number stands.
        what: &'static str,
        /// Its position.
        index: usize,
        /// The number.
        value: f64,
    },
    /// A number is zero or negative where only a positive one makes sense.
    #[error("{what} is {value}; it must be positive and finite")]
    NotPositive {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// A count is zero where at least one is needed.
    #[error("{what} is 0; it must be at least 1")]
    Zero {
        /// What was counted.
        what: &'static str,
    },
    /// A trace would not fit into memory.
    #[error(
        "a trace of {chains} chains x {draws} draws x {variables} variables does not fit into memory"
    )]
    TooLarge {
        /// Number of chains.
        chains: usize,
        /// Draws of each chain.
        draws: usize,
        /// Variables of each draw.
        variables: usize,
    },
    /// A row of a transition matrix is no probability distribution.
    #[error(
        "row {row} of the transition matrix sums to {sum} with smallest element {min}; a row holds \
         the probabilities of all destinations: elements at least 0, sum 1 (within 1e-9)"
    )]
    NotStochastic {
        /// The row, a state to leave.
        row: usize,
        /// Sum of its elements.
        sum: f64,
        /// Its smallest element.
        min: f64,
    },
    /// A distribution over states has a negative element or does not sum to one.
    #[error(
        "the probabilities of the states sum to {sum} with smallest element {min}; they must be at \
         least 0 and sum to 1 (within 1e-9)"
    )]
    NotADistribution {
        /// Sum of the elements.
        sum: f64,
        /// The smallest element.
        min: f64,
    },
    /// A finite chain may have several stationary distributions.
    #[error(
        "the chain is reducible: from state {state} none of the states 0..{state} can be reached"
    )]
    Reducible {
        /// The state without a way down.
        state: usize,
    },
    /// Chains of a trace differ in length or are too short for the question.
    #[error("{what} needs at least {needed} draws a chain; there are {found}")]
    TooFewDraws {
        /// The diagnostic.
        what: &'static str,
        /// Draws needed.
        needed: usize,
        /// Draws there are.
        found: usize,
    },
    /// A chain never moves, so that nothing can be said about its mixing.
    #[error("chain {chain} is constant at {value}; a constant chain has no autocorrelation")]
    ConstantChain {
        /// The chain.
        chain: usize,
        /// The value it stays at.
        value: f64,
    },
    /// A chain is too short to believe its own autocorrelation time.
    #[error(
        "the autocorrelation time is about {tau:.1} draws; believing it takes {needed} draws a chain \
         (50 times as many), there are {found}"
    )]
    ShorterThanItsMemory {
        /// The estimate, not to be believed.
        tau: f64,
        /// Draws needed.
        needed: usize,
        /// Draws there are.
        found: usize,
    },
    /// A lag or an index reaches past the end.
    #[error("{what} is {index}; it must be below {limit}")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The number.
        index: usize,
        /// The first number too large.
        limit: usize,
    },
    /// A log density is NaN or `+∞`: it is no log density.
    #[error(
        "the log density at {point:?} is {value}; it must be a number, or -inf outside of the support"
    )]
    BrokenLogDensity {
        /// The log density there.
        value: f64,
        /// The point.
        point: Vec<f64>,
    },
    /// A proposal returned a log ratio that is NaN or `+∞`.
    #[error(
        "the log ratio of the proposal from {from:?} to {to:?} is {value}; it must be a number"
    )]
    BrokenRatio {
        /// The log ratio.
        value: f64,
        /// The point that was left.
        from: Vec<f64>,
        /// The point proposed.
        to: Vec<f64>,
    },
    /// A chain had to stop at a step.
    #[error("at step {step}: {source}")]
    AtStep {
        /// The steps made before, burn-in included.
        step: u64,
        /// Why.
        source: Box<Error>,
    },
    /// A chain cannot start.
    #[error("chain {chain} cannot start: {source}")]
    BadStart {
        /// The chain.
        chain: usize,
        /// Why.
        source: Box<Error>,
    },
    /// Some chains had to stop; what the others drew is inside.
    #[error("{0}")]
    ChainsFailed(Box<ChainsFailed>),
    /// The draws end before the error of a quantile does.
    #[error(
        "the standard error of the quantile at {p} reaches beyond the outermost of {draws} draws"
    )]
    QuantileBeyondDraws {
        /// The probability of the quantile.
        p: f64,
        /// Draws of all chains.
        draws: usize,
    },
    /// Superchains hold different numbers of chains.
    #[error("superchain {id} holds {found} chains, the first one {expected}; all must be equal")]
    UnequalSuperchains {
        /// The superchain.
        id: usize,
        /// Chains of the first superchain.
        expected: usize,
        /// Chains of this one.
        found: usize,
    },
    /// There are too few groups to compare.
    #[error("{what} is {found}; at least {needed} are needed")]
    TooFew {
        /// What was counted.
        what: &'static str,
        /// The number needed.
        needed: usize,
        /// The number there is.
        found: usize,
    },
    /// Two parts of a chain are no shares of it, or overlap.
    #[error("the shares {first} and {last} of a chain must be positive and sum to at most 1")]
    BadShares {
        /// The share at the start.
        first: f64,
        /// The share at the end.
        last: f64,
    },
    /// Blocks still correlate where too few of them are left to tell their error.
    #[error(
        "blocks of {block_size} draws still correlate, and a chain of {draws} draws has too few \
         longer ones"
    )]
    CorrelatedBlocks {
        /// The longest blocks there are enough of.
        block_size: usize,
        /// Draws of the chain.
        draws: usize,
    },
    /// A question needs an irreducible chain, and some state cannot be reached from another.
    #[error("the chain is reducible: no way leads from state {from} to state {to}")]
    Unreachable {
        /// Where the way would begin.
        from: usize,
        /// Where it would end.
        to: usize,
    },
    /// A question needs detailed balance, and the chain has currents.
    #[error(
        "the chain is not reversible: its symmetrised matrix is off symmetry by {gap:e}; detailed \
         balance would make it symmetric (within 1e-9)"
    )]
    NotReversible {
        /// The largest `|π_i W(i→j) − π_j W(j→i)| / √(π_i π_j)`.
        gap: f64,
    },
    /// A chain returns to its states at multiples of a period alone, and so never forgets its start.
    #[error(
        "the chain has period {period}: it never relaxes; waiting sometimes makes it aperiodic"
    )]
    Periodic {
        /// The period, at least 2.
        period: usize,
    },
    /// A discrete coordinate has a value that it cannot have.
    #[error("coordinate {index} is {value}; it must be a whole number below {cardinality}")]
    OffGrid {
        /// The coordinate.
        index: usize,
        /// Its value.
        value: f64,
        /// The number of its values.
        cardinality: usize,
    },
    /// A probability is 0, 1 or beyond, or NaN.
    #[error("{what} is {value}; it must be between 0 and 1, both excluded")]
    NotBetween {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// Inverse temperatures do not go up to 1.
    #[error(
        "inverse temperature {index} is {value}; they must increase up to 1, from 0 in annealing and \
         from 0 or more in tempering"
    )]
    NotALadder {
        /// The first that is wrong.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A particle could not be annealed.
    #[error("particle {particle} cannot go on: {reason}")]
    ParticleFailed {
        /// The particle, the first of those that failed.
        particle: usize,
        /// Why.
        reason: Reason,
    },
    /// A law could not be made; a covariance is one's too.
    #[error("{0}")]
    Law(prob_core::Error),
    /// A matrix is no Cholesky factor.
    #[error(
        "element ({row}, {column}) of the factor is {value}; a factor is finite, positive on its \
         diagonal and 0 above"
    )]
    NotAFactor {
        /// Row of the element.
        row: usize,
        /// Column of the element.
        column: usize,
        /// The element.
        value: f64,
    },
    /// A chain had to stop while it learnt its kernel, before its first draw.
    #[error("in warm-up: {0}")]
    InWarmUp(#[source] Box<Error>),
    /// The probabilities of the directions of a walk are no distribution.
    #[error(
        "the probabilities of the directions sum to {sum} with smallest element {min}; they must be at \
         least 0 and sum to 1 (within 1e-9)"
    )]
    BadDirections {
        /// Their sum.
        sum: f64,
        /// The smallest.
        min: f64,
    },
    /// A site lies beyond the ends of its axis.
    #[error("the site {site} on axis {axis} is not between {lower} and {upper}")]
    OffLattice {
        /// The axis.
        axis: usize,
        /// The site.
        site: i64,
        /// The first site there is.
        lower: i64,
        /// The last one.
        upper: i64,
    },
    /// A question needs another walk.
    #[error("{what} needs a walk {needed}")]
    WrongWalk {
        /// What was asked for.
        what: &'static str,
        /// The walk that it needs.
        needed: &'static str,
    },
    /// Numbers that must increase do not.
    #[error("{what} must increase; number {index} is not above the one before")]
    NotIncreasing {
        /// The numbers.
        what: &'static str,
        /// The first that is wrong.
        index: usize,
    },
    /// A column of a design is determined by others, and no prior holds its coefficient.
    #[error(
        "column {column} of the design is a linear combination of the ones before it; a flat prior \
         leaves its coefficient undetermined"
    )]
    RankDeficient {
        /// The first such column.
        column: usize,
    },
    /// A draw is NaN or infinite.
    #[error("draw {draw} of chain {chain} is {value}; it must be finite")]
    BrokenDraw {
        /// The chain.
        chain: usize,
        /// The draw.
        draw: usize,
        /// Its value.
        value: f64,
    },
    /// A chain is not as long as the first one.
    #[error("chain {chain} has {found} draws, the first one {expected}; all must be equally long")]
    ChainLength {
        /// The chain.
        chain: usize,
        /// Draws of the first chain.
        expected: usize,
        /// Draws of this one.
        found: usize,
    },
    /// What a diagnostic compares is the same throughout, in chains that may move.
    #[error("{what} does not vary, and nothing can be said about its mixing")]
    NothingVaries {
        /// What is the same.
        what: &'static str,
    },
    /// The gradient of a log density is NaN or infinite where the density is neither 0 nor broken.
    #[error(
        "the gradient of the log density at {point:?} has element {index} = {value}; it must be finite"
    )]
    BrokenGradient {
        /// The element of the gradient, the first that is wrong.
        index: usize,
        /// Its value.
        value: f64,
        /// The point.
        point: Vec<f64>,
    },
    /// A block of coordinates cannot be renewed jointly.
    #[error("block {block} of coordinates: {source}")]
    BadBlock {
        /// The block.
        block: usize,
        /// Why.
        source: prob_core::Error,
    },
    /// A coordinate would never be renewed.
    #[error("no block holds coordinate {index}; each must be in at least one")]
    NotCovered {
        /// The coordinate, the first without a block.
        index: usize,
    },
    /// A chance is negative, above 1, or NaN.
    #[error("{what} {index} is {value}; it must be between 0 and 1")]
    NotAProbability {
        /// What the chances are.
        what: &'static str,
        /// The first that is wrong.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A rate of exchange is so near to 1 that no ladder has it.
    #[error("exchanges at the rate {rate} would take {levels} levels; at most 10000 make sense")]
    TooManyLevels {
        /// The rate.
        rate: f64,
        /// The levels that it would take.
        levels: f64,
    },
    /// A noisy difference of log densities is no estimate.
    #[error(
        "the difference of log densities from {from:?} to {to:?} is {value} with variance {variance}; it \
         must be a number, or -inf outside of the support, with a variance of 0 or more"
    )]
    BrokenDifference {
        /// The estimate.
        value: f64,
        /// Its variance.
        variance: f64,
        /// The point that was left.
        from: Vec<f64>,
        /// The point proposed.
        to: Vec<f64>,
    },
    /// A list would not fit into memory.
    #[error("{count} {what} do not fit into memory")]
    TooMany {
        /// What was asked for.
        what: &'static str,
        /// How many.
        count: usize,
    },
}

/// Why one chain stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainFailure {
    /// The chain, an index into the starts.
    pub chain: usize,
    /// The steps it had made, burn-in included.
    pub step: u64,
    /// Why it stopped.
    pub reason: Reason,
}

/// Why a chain stopped.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// The target or the kernel could not go on.
    #[error("{0}")]
    Error(Box<Error>),
    /// The target, the proposal or the kernel panicked, with this message.
    #[error("it panicked: {0}")]
    Panic(String),
}

/// Some chains of a run stopped; the others are whole.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainsFailed {
    /// The chains that stopped, in the order of their index.
    pub failures: Vec<ChainFailure>,
    /// The indices of the chains that are whole: chain `i` of [`kept`](Self::kept) is chain
    /// `kept_chains[i]` of the run.
    pub kept_chains: Vec<usize>,
    /// The draws of the chains that are whole, if there are any.
    pub kept: Option<Trace>,
}

impl std::fmt::Display for ChainsFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for ChainFailure { chain, step, reason } in &self.failures {
            write!(f, "chain {chain} stopped at step {step}: {reason}; ")?;
        }
        match self.kept_chains.len() {
            0 => write!(f, "no chain is left"),
            n => write!(f, "the other chains ({n}) are whole, and kept in this error"),
        }
    }
}

/// Refuses NaN and infinities.
pub(crate) fn check_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}
