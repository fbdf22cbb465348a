//! Sixty-four tosses of a coin at once, from as few random bits as the probability needs.

use rand::Rng;

/// A coin that shows heads with a given probability.
///
/// `U < p` is decided at the first binary digit in which the uniform number U differs from p. All 64
/// tosses of a word are compared digit by digit; each digit settles half of those still open, and
/// where the rest of p is zero, nothing is open any more. A fair coin so takes one word for 64 tosses,
/// a chance of 1/4 two, any other one about 7.3 (the most of 64 geometric numbers), and all are exact
/// within 2^−64.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coin {
    /// `p · 2^64`, rounded down; the binary digits of p from the top.
    digits: u64,
    /// Whether p is 1, which has no such digits.
    certain: bool,
}

impl Coin {
    /// A coin for a probability between 0 and 1.
    pub(super) fn new(p: f64) -> Self {
        // The cast cuts what is beyond the largest number.
        Self { digits: (p * 2f64.powi(64)) as u64, certain: p >= 1.0 }
    }

    /// 64 independent tosses: a bit is 1 with probability p.
    pub(super) fn word(self, rng: &mut impl Rng) -> u64 {
        if self.certain {
            return u64::MAX;
        }
        let (mut heads, mut open, mut digits) = (0, u64::MAX, self.digits);
        while digits != 0 && open != 0 {
            let uniform = rng.next_u64();
            if digits >> 63 == 1 {
                heads |= open & !uniform;
                open &= uniform;
            } else {
                open &= !uniform;
            }
            digits <<= 1;
        }
        heads
    }
}

#[cfg(test)]
mod tests {
    use prob_core::Seed;
    use rand::Rng;
    use testkit::{FalseAlarm, chi_square, holds, negative_control};

    use super::Coin;

    #[test]
    #[allow(clippy::unwrap_used)]
    fn each_bit_is_heads_with_its_probability() {
        let mut rng = Seed(1).stream("coin", 0);
        let mut counts = |coin: Coin| {
            let words = 4_000;
            let heads: u32 = (0..words).map(|_| coin.word(&mut rng).count_ones()).sum();
            [u64::from(heads), 64 * words - u64::from(heads)]
        };
        let check = |p: f64, counts: [u64; 2]| chi_square("heads", &counts, &[p, 1.0 - p]).unwrap();
        for p in [0.5, 0.25, 0.75, 1.0 / 3.0, 0.01, 0.999, 0.123_456_789] {
            holds(&[check(p, counts(Coin::new(p)))], FalseAlarm::DEFAULT);
            negative_control(&[check(p, counts(Coin::new(0.8 * p)))], FalseAlarm::DEFAULT);
        }
        assert_eq!(counts(Coin::new(0.0)), [0, 256_000]);
        assert_eq!(counts(Coin::new(1.0)), [256_000, 0]);
    }

    /// A generator that counts its words.
    #[test]
    fn a_fair_coin_takes_one_word() {
        let words = |p: f64| {
            let mut used = Seed(2).stream("coin", 0);
            let mut fresh = used.clone();
            Coin::new(p).word(&mut used);
            let next = used.next_u64();
            (0..100).find(|_| fresh.next_u64() == next)
        };
        assert_eq!((words(0.0), words(1.0)), (Some(0), Some(0)));
        assert_eq!((words(0.5), words(0.25), words(0.75)), (Some(1), Some(2), Some(2)));
        assert!(words(0.3).is_some_and(|n| (3..20).contains(&n)));
    }
}
