//! What a check found.

use std::fmt;

/// The outcome of one check: a statistic and how rarely a right program exceeds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub(crate) what: String,
    pub(crate) statistic: f64,
    pub(crate) p_value: f64,
    pub(crate) details: String,
}

impl Check {
    /// What was checked, for messages.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The statistic: z, Kolmogorov's distance, or chi-square.
    #[must_use]
    pub fn statistic(&self) -> f64 {
        self.statistic
    }

    /// The chance of a statistic at least this large if all is right, in `[0, 1]`.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        self.p_value
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: p = {:.3e}, {}", self.what, self.p_value, self.details)
    }
}
