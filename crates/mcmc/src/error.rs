//! What can be wrong with a start, a schedule, a transition matrix or a trace.

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
    /// A quantile was asked for at a probability that has none.
    #[error(
        "the probability of the quantile is {value}; it must be between 0 and 1, both excluded"
    )]
    ProbabilityOutOfRange {
        /// The probability.
        value: f64,
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
}

/// Refuses NaN and infinities.
pub(crate) fn check_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(Error::NotFinite { what, index, value: values[index] }),
        None => Ok(()),
    }
}
