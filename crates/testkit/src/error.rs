//! Why a check would say nothing.

/// What makes a check inconclusive.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A false-alarm rate that is no chance, or one that never or always sounds.
    #[error(
        "a false-alarm rate of {value} was asked for; it must be between 0 and 1, both excluded"
    )]
    BadRate {
        /// The rate.
        value: f64,
    },
    /// Nothing was observed.
    #[error("{what}: there is nothing to check")]
    Empty {
        /// The check.
        what: String,
    },
    /// A number that must be finite is not.
    #[error("{what}: {name} is {value}; it must be finite")]
    NotFinite {
        /// The check.
        what: String,
        /// Which number.
        name: &'static str,
        /// The number.
        value: f64,
    },
    /// A standard error is zero or negative: any deviation would be infinitely many of them.
    #[error("{what}: the standard error is {value}; it must be positive")]
    BadStandardError {
        /// The check.
        what: String,
        /// The standard error.
        value: f64,
    },
    /// A distribution function is no such thing.
    #[error(
        "{what}: the distribution function is {value} at {at}; it must be in [0, 1] and not decrease"
    )]
    NotADistributionFunction {
        /// The check.
        what: String,
        /// Where.
        at: f64,
        /// Its value there.
        value: f64,
    },
    /// Counts and probabilities differ in number.
    #[error("{what}: there are {counts} counts and {probabilities} probabilities")]
    LengthMismatch {
        /// The check.
        what: String,
        /// Number of counts.
        counts: usize,
        /// Number of probabilities.
        probabilities: usize,
    },
    /// The probabilities of the cells are no distribution.
    #[error(
        "{what}: the probabilities sum to {sum} with smallest element {min}; they must be at least \
         0 and sum to 1 (within 1e-9)"
    )]
    NotADistribution {
        /// The check.
        what: String,
        /// Their sum.
        sum: f64,
        /// The smallest.
        min: f64,
    },
    /// Too few observations for the chi-square law to hold in two cells.
    #[error(
        "{what}: {observations} observations fill only {cells} cell with an expectation of 5 or \
         more; two are needed"
    )]
    TooFewCells {
        /// The check.
        what: String,
        /// Observations in all.
        observations: u64,
        /// Cells left after pooling.
        cells: usize,
    },
    /// Two samples that must be of one size are not.
    #[error("{what}: the samples hold {first} and {second} draws; they must be of one size")]
    UnequalSamples {
        /// The check.
        what: String,
        /// Draws of the first.
        first: usize,
        /// Draws of the second.
        second: usize,
    },
}
