//! What follows from checks: nothing, a notice or a failure.

use crate::{Check, FalseAlarm};

/// What a check means at a rate of false alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Rarer than [`FalseAlarm::NOTICE`] but not than the accepted rate: worth a look if it stays.
    Notice,
    /// Rarer than the accepted rate: something is wrong.
    Fail,
}

impl Check {
    /// The verdict at the rate `alarm`. A p-value that is not a number fails.
    #[must_use]
    pub fn verdict(&self, alarm: FalseAlarm) -> Verdict {
        if self.p_value.is_nan() || self.p_value < alarm.rate() {
            Verdict::Fail
        } else if self.p_value < FalseAlarm::NOTICE.rate() {
            Verdict::Notice
        } else {
            Verdict::Pass
        }
    }
}

/// Passes if every check does; together they sound falsely at most at the rate `alarm`.
///
/// Prints what is rarer than [`FalseAlarm::NOTICE`] to stderr (`cargo test` shows it with
/// `--nocapture`).
///
/// # Panics
/// If a check fails, naming all that do; if there is no check.
#[track_caller]
#[allow(clippy::panic, clippy::print_stderr)] // This is the assertion of a test.
pub fn holds(checks: &[Check], alarm: FalseAlarm) {
    assert!(!checks.is_empty(), "no check at all: inconclusive");
    let each = alarm.over(checks.len());
    for check in checks.iter().filter(|c| c.verdict(each) == Verdict::Notice) {
        eprintln!("notice: {check}");
    }
    let failed = of(checks, |c| c.verdict(each) == Verdict::Fail);
    if !failed.is_empty() {
        panic!("at a false-alarm rate of {:e} a check:\n{}", each.rate(), failed.join("\n"));
    }
}

/// Passes if the checks of a program *broken on purpose* fail: at least one of them must, at the
/// rate that [`holds`] would use for them.
///
/// # Panics
/// If no check fails: they would not see the fault.
#[track_caller]
#[allow(clippy::panic)] // This is the assertion of a test.
pub fn negative_control(checks: &[Check], alarm: FalseAlarm) {
    let each = alarm.over(checks.len());
    if !checks.iter().any(|c| c.verdict(each) == Verdict::Fail) {
        let all = of(checks, |_| true).join("\n");
        panic!(
            "the negative control was not rejected at a rate of {:e} a check:\n{all}",
            each.rate()
        );
    }
}

fn of(checks: &[Check], wanted: impl Fn(&Check) -> bool) -> Vec<String> {
    checks.iter().filter(|c| wanted(c)).map(ToString::to_string).collect()
}
