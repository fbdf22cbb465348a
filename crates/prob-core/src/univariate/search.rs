//! The search for a quantile among whole numbers.

/// The smallest whole number from `lower` to `upper` for which `enough` holds; `upper` where it
/// holds for none before.
///
/// `enough` must be false up to some number and true from there on. The ends are whole numbers or
/// infinite, `guess` is any number near the answer: the search doubles its steps away from it until
/// the answer is enclosed and then halves the gap, so that a guess that is off by `d` costs about
/// `2 log₂ d` calls and no guess costs more than some hundreds. Above 2⁵³, where not every whole
/// number is a floating-point number, the answer is the smallest one that is.
pub(crate) fn smallest_count(
    guess: f64,
    lower: f64,
    upper: f64,
    enough: impl Fn(f64) -> bool,
) -> f64 {
    // A guess without sense (NaN, infinite) is replaced by an end, or by 0.
    let guess = if guess.is_finite() { guess.round() } else { 0.0 };
    let start = guess.max(lower).min(upper);
    if !start.is_finite() {
        return start;
    }
    // A step that changes the number, also where numbers are further apart than 1.
    let mut step = (start.abs() * f64::EPSILON).max(1.0).ceil();
    let (mut below, mut above);
    if enough(start) {
        above = start;
        loop {
            if above <= lower {
                return lower;
            }
            below = (above - step).max(lower);
            if below.is_infinite() {
                return below;
            }
            if !enough(below) {
                break;
            }
            above = below;
            step *= growth(step);
        }
    } else {
        below = start;
        loop {
            if below >= upper {
                return upper;
            }
            above = (below + step).min(upper);
            if above.is_infinite() || above >= upper || enough(above) {
                break;
            }
            below = above;
            step *= growth(step);
        }
        if above == f64::INFINITY {
            // The last step left the range of floating-point numbers.
            if !enough(f64::MAX) {
                return upper;
            }
            above = f64::MAX;
        }
    }
    // Not enough at `below`; enough (or the upper end) at `above`.
    loop {
        // Of numbers of different size the middle of the logarithms.
        let middle = if above > LARGE && 0.25 * above > below.max(1.0) {
            (below.max(1.0).sqrt() * above.sqrt()).floor()
        } else {
            (below + 0.5 * (above - below)).floor()
        };
        if middle <= below || middle >= above {
            return above;
        }
        if enough(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
}

/// Steps from here on are squared, not doubled.
const LARGE: f64 = 1.8e19;

fn growth(step: f64) -> f64 {
    if step < LARGE { 2.0 } else { step }
}

/// The smallest floating-point number from `lower` to `upper` for which `enough` holds; `upper` where
/// it holds for none before.
///
/// By halving the floating-point numbers between the ends, which may be infinite: at most 65 calls.
pub(crate) fn smallest_number(lower: f64, upper: f64, enough: impl Fn(f64) -> bool) -> f64 {
    let (mut below, mut above) = (rank(lower), rank(upper));
    if below >= above || enough(lower) {
        return lower;
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if enough(of_rank(middle)) {
            above = middle;
        } else {
            below = middle;
        }
    }
    of_rank(above)
}

/// The place of a number among all floating-point numbers, 0 for 0.
fn rank(x: f64) -> i128 {
    let magnitude = i128::from(x.abs().to_bits());
    if x < 0.0 { -magnitude } else { magnitude }
}

fn of_rank(rank: i128) -> f64 {
    let magnitude = f64::from_bits(rank.unsigned_abs() as u64);
    if rank < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::{smallest_count, smallest_number};

    const INF: f64 = f64::INFINITY;

    #[test]
    fn ends_and_guesses_without_sense_are_answered() {
        for guess in [f64::NAN, INF, -INF, -3.0, 0.0, 1e300, 4.9e-324] {
            assert_eq!(smallest_count(guess, 0.0, INF, |k| k >= 7.0), 7.0, "from {guess}");
            assert_eq!(smallest_count(guess, 0.0, 5.0, |_| false), 5.0);
            assert_eq!(smallest_count(guess, 2.0, 5.0, |_| true), 2.0);
            assert_eq!(smallest_count(guess, -5.0, 5.0, |k| k >= -2.0), -2.0);
            assert_eq!(smallest_count(guess, 0.0, INF, |_| false), INF);
            let calls = Cell::new(0);
            let far = smallest_count(guess, 0.0, INF, |k| {
                calls.set(calls.get() + 1);
                k >= 1e300
            });
            assert!(far == 1e300 && calls.get() < 250, "{far} from {guess}: {} calls", calls.get());
            assert_eq!(smallest_count(guess, 4.0, 4.0, |k| k > 4.0), 4.0);
        }
    }

    #[test]
    fn the_smallest_number_is_found_on_the_whole_line() {
        for answer in [-1e300, -1.5, -5e-324, 0.0, 5e-324, 0.1, 3.7, f64::MAX] {
            let calls = Cell::new(0);
            let found = smallest_number(-INF, INF, |x| {
                calls.set(calls.get() + 1);
                x >= answer
            });
            assert_eq!(found, answer);
            assert!(calls.get() <= 65, "{} calls", calls.get());
        }
        assert_eq!(smallest_number(1.0, 2.0, |_| false), 2.0);
        assert_eq!(smallest_number(1.0, 2.0, |_| true), 1.0);
        assert_eq!(smallest_number(2.0, 2.0, |_| false), 2.0);
    }

    #[test]
    fn numbers_with_gaps_are_searched_too() {
        let next = 2f64.powi(60) + 256.0;
        for guess in [0.0, 2f64.powi(60), 1e30] {
            assert_eq!(smallest_count(guess, 0.0, INF, |k| k > 2f64.powi(60)), next);
        }
    }

    proptest! {
        #[test]
        fn the_smallest_is_found_in_few_calls(answer in 0u32..1_000_000, guess in 0u32..1_000_000) {
            let calls = Cell::new(0u32);
            let found = smallest_count(f64::from(guess), 0.0, INF, |k| {
                calls.set(calls.get() + 1);
                k >= f64::from(answer)
            });
            prop_assert_eq!(found, f64::from(answer));
            prop_assert!(calls.get() <= 4 + 2 * (answer.abs_diff(guess) + 1).ilog2());
        }
    }
}
