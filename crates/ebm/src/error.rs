//! What can be wrong with the parameters of a model or the data it is shown.

/// Why a model could not be made, or a question about it not be answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing was given where at least one element is needed.
    #[error("there are no {what}; at least one is needed")]
    Empty {
        /// What is missing.
        what: &'static str,
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
    /// Energies would overflow.
    #[error("the absolute values of all parameters sum to {sum:e}; energies must not overflow")]
    TooLarge {
        /// The sum.
        sum: f64,
    },
    /// An observation is not binary.
    #[error("unit {unit} of observation {observation} is {value}; it must be 0 or 1")]
    NotBinary {
        /// The observation (a column of the data).
        observation: usize,
        /// The visible unit.
        unit: usize,
        /// The value found there.
        value: f64,
    },
    /// Both layers are too large to enumerate.
    #[error(
        "the layers have {visible} and {hidden} units; enumeration takes at most {limit} in the \
         smaller one"
    )]
    TooManyUnits {
        /// Visible units.
        visible: usize,
        /// Hidden units.
        hidden: usize,
        /// The most units that are enumerated.
        limit: usize,
    },
}
