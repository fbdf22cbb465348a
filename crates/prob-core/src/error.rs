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
    #[error("the covariance or scale matrix is {rows}x{columns}; it must be square")]
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
    /// A parameter of a law has a value that the law does not exist for.
    #[error("{law}: the {what} is {value}; it must be {needed}")]
    Parameter {
        /// The law.
        law: &'static str,
        /// The parameter.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The values that it may have.
        needed: &'static str,
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
        "the covariance or scale matrix is not symmetric: [{row}, {column}] is {value}, \
         [{column}, {row}] is {mirrored}"
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
        "the covariance or scale matrix is not positive definite: given the variables before it, \
         variable {index} has variance {pivot}; it must exceed {needed}"
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
    /// A law cannot have produced this observation.
    #[error("{law}: observation {index} is {value}; it must be {needed}")]
    Observation {
        /// The law that was to be fitted.
        law: &'static str,
        /// Which observation.
        index: usize,
        /// The observation.
        value: f64,
        /// The observations that the law allows.
        needed: &'static str,
    },
    /// The weight of an observation is negative, NaN or infinite.
    #[error("the weight of observation {index} is {value}; it must be finite and at least 0")]
    Weight {
        /// Which observation.
        index: usize,
        /// Its weight.
        value: f64,
    },
    /// All observations are one number: the likelihood grows without bound as the law narrows to it.
    #[error("{law}: all observations are {value}; at least two different ones are needed")]
    AllTheSame {
        /// The law that was to be fitted.
        law: &'static str,
        /// The observation.
        value: f64,
    },
    /// The likelihood keeps growing as a parameter runs to the end of its range.
    #[error(
        "{law}: the likelihood of these data has no maximum inside the family: the {what} runs to \
         {value}"
    )]
    NoMaximum {
        /// The law that was to be fitted.
        law: &'static str,
        /// The parameter that runs away.
        what: &'static str,
        /// Where to.
        value: f64,
    },
    /// An iteration ended away from a maximum.
    #[error(
        "{law}: no maximum of the likelihood found in {iterations} iterations; the slope is still \
         {gradient} for each observation"
    )]
    NotConverged {
        /// The law that was to be fitted.
        law: &'static str,
        /// How many iterations were done.
        iterations: usize,
        /// The largest derivative of the mean log-likelihood.
        gradient: f64,
    },
    /// A table has no variable of this name.
    #[error("there is no axis {axis:?}; the table has {known}")]
    UnknownAxis {
        /// The name.
        axis: String,
        /// The names that there are.
        known: String,
    },
    /// A variable has no value of this name.
    #[error("axis {axis:?} has no value {value:?}; it has {known}")]
    UnknownValue {
        /// The variable.
        axis: String,
        /// The name.
        value: String,
        /// The names that there are.
        known: String,
    },
    /// A variable was named twice.
    #[error("axis {axis:?} is given more than once; each may appear once")]
    DuplicateAxis {
        /// The variable.
        axis: String,
    },
    /// Two values of a variable have the same name.
    #[error("axis {axis:?} has the value {value:?} more than once")]
    DuplicateValue {
        /// The variable.
        axis: String,
        /// The value.
        value: String,
    },
    /// Two tables do not have the same variables with the same values, in the same order.
    #[error("the tables differ in their axes: {left} and {right}")]
    AxesDiffer {
        /// The variables of one table.
        left: String,
        /// The variables of the other.
        right: String,
    },
    /// A condition has probability zero: nothing is defined given it.
    #[error("the condition {condition} has probability 0")]
    ImpossibleCondition {
        /// The condition.
        condition: String,
    },
    /// A row of a conditional table does not sum to one.
    #[error("the probabilities given {condition} sum to {sum}; they must sum to 1 (within 1e-9)")]
    RowNotNormalised {
        /// What the row is conditioned on.
        condition: String,
        /// The sum.
        sum: f64,
    },
    /// A test for continuous laws was asked of a law of counts.
    #[error("the law is one of counts; this test needs a continuous one")]
    NotContinuous,
    /// A test has no degree of freedom left.
    #[error(
        "{classes} classes and {fitted} fitted parameters leave no degree of freedom; at least two \
         more classes than parameters are needed"
    )]
    NoDegrees {
        /// How many classes.
        classes: usize,
        /// How many parameters were estimated.
        fitted: usize,
    },
    /// A log density is NaN or +∞, of which no law can be made.
    #[error("the log density at {point:?} is {value}; it must be a number or -inf")]
    BadDensity {
        /// Where.
        point: Vec<f64>,
        /// What it is there.
        value: f64,
    },
    /// A law was given an interval in which it has no probability.
    #[error("the law has no probability from {lower} to {upper}")]
    NothingBetween {
        /// The lower end of the interval.
        lower: f64,
        /// The upper end.
        upper: f64,
    },
    /// A mixture of probabilities and densities, which have no common unit.
    #[error(
        "component {index} differs from component 0: one is a law of counts, the other has a density"
    )]
    CountsAndDensities {
        /// The first component that differs.
        index: usize,
    },
    /// A component of a mixture shrank onto too few observations.
    #[error("component {component} of the mixture collapsed: {why}")]
    Collapsed {
        /// Which component.
        component: usize,
        /// Why it can no longer be fitted.
        why: Box<Error>,
    },
}
