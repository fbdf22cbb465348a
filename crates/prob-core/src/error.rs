//! What can be wrong with the numbers that describe a law.

/// Why a law could not be made, or a question about it not be answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was given where at least one element is needed.
    #[error("{what} is empty; at least one element is needed")]
    Empty {
        /// What was empty.
        what: &'static str,
    },
    /// A matrix that must be square is not.
    #[error("the covariance is {rows}x{columns}; it must be square")]
    NotSquare {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// Two things whose sizes must agree do not.
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
        /// Its position (column by column in a matrix).
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
    /// A covariance differs from its transpose.
    #[error(
        "the covariance is not symmetric: [{row}, {column}] is {value}, [{column}, {row}] is {mirrored}"
    )]
    NotSymmetric {
        /// Row of the element.
        row: usize,
        /// Column of the element.
        column: usize,
        /// The element.
        value: f64,
        /// The element on the other side of the diagonal.
        mirrored: f64,
    },
    /// A covariance has a direction without (or with negative) variance.
    #[error(
        "the covariance is not positive definite: given the variables before it, variable {index} \
         has variance {pivot}; it must exceed {needed}"
    )]
    NotPositiveDefinite {
        /// The first variable that the ones before it determine.
        index: usize,
        /// Its conditional variance.
        pivot: f64,
        /// Rounding errors reach up to here.
        needed: f64,
    },
    /// An index points past the last variable.
    #[error("index {index} is out of range; the law has the variables 0..{dim}")]
    IndexOutOfRange {
        /// The index.
        index: usize,
        /// Number of variables.
        dim: usize,
    },
    /// An index was given twice.
    #[error("index {index} is given more than once; each variable may appear once")]
    DuplicateIndex {
        /// The index.
        index: usize,
    },
    /// All variables are given: no law is left.
    #[error("all {dim} variables are given; at least one must remain")]
    NothingLeft {
        /// Number of variables.
        dim: usize,
    },
    /// A probability or likelihood is negative, NaN or infinite.
    #[error("{what}[{index}] is {value}; it must be finite and at least 0")]
    NotAProbability {
        /// Which table.
        what: &'static str,
        /// Position in the table.
        index: usize,
        /// The number found there.
        value: f64,
    },
    /// Probabilities do not sum to one.
    #[error("the probabilities of {what} sum to {sum}; they must sum to 1 (within 1e-9)")]
    NotNormalised {
        /// Which table.
        what: &'static str,
        /// The sum.
        sum: f64,
    },
    /// The observation is impossible under every hypothesis.
    #[error("the evidence is 0: no hypothesis with a positive prior explains the observation")]
    NoEvidence,
}
