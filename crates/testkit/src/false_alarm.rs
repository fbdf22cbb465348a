//! The rate of false alarms that a test accepts.

use crate::{Error, special::normal_two_sided};

/// How often a test may fail although all is right.
///
/// ```
/// use testkit::FalseAlarm;
///
/// assert!((FalseAlarm::new(0.05)?.critical_z() - 1.959_963_984_540_054).abs() < 1e-12);
/// assert_eq!(FalseAlarm::DEFAULT.over(10).rate(), 1e-7);
/// # Ok::<(), testkit::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct FalseAlarm(f64);

impl FalseAlarm {
    /// One in a million: beyond this a test fails.
    pub const DEFAULT: Self = Self(1e-6);

    /// One in a thousand: beyond this a test says so and passes.
    pub const NOTICE: Self = Self(1e-3);

    /// The rate `alpha`.
    ///
    /// # Errors
    /// [`Error::BadRate`] unless `0 < alpha < 1`.
    pub fn new(alpha: f64) -> Result<Self, Error> {
        if alpha > 0.0 && alpha < 1.0 {
            Ok(Self(alpha))
        } else {
            Err(Error::BadRate { value: alpha })
        }
    }

    /// The rate, between 0 and 1.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.0
    }

    /// The rate for each of `checks` checks that share this one (Bonferroni): whatever their
    /// dependence, some one of them sounds falsely at most this often. 0 counts as 1.
    #[must_use]
    pub fn over(self, checks: usize) -> Self {
        Self(self.0 / checks.max(1) as f64)
    }

    /// The `z` that a standard normal number exceeds in absolute value at this rate.
    #[must_use]
    pub fn critical_z(self) -> f64 {
        // The tail falls steadily; halving ends when no number lies between the two ends.
        let (mut below, mut above) = (0.0, 40.0);
        loop {
            let middle = 0.5 * (below + above);
            if middle <= below || middle >= above {
                return middle;
            }
            if normal_two_sided(middle) > self.0 {
                below = middle;
            } else {
                above = middle;
            }
        }
    }
}
