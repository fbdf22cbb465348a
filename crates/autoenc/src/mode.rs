//! A layer may toss coins only if it is handed a generator.

use std::fmt;

use rand::Rng;

/// Whether a forward pass trains or evaluates.
pub enum Mode<'r> {
    /// Evaluation: noise layers pass their input through.
    Eval,
    /// Training: noise layers draw from this generator.
    Train(&'r mut dyn Rng),
}

impl fmt::Debug for Mode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eval => "Eval",
            Self::Train(_) => "Train",
        })
    }
}
