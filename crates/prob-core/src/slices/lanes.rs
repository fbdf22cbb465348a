//! Random bits, sixteen generators side by side.

use std::convert::Infallible;

use rand::rand_core::{SeedableRng, TryRng};

use super::{dispatch, elementary};
use crate::Seed;

/// Generators side by side.
const LANES: usize = 16;
/// Numbers made at once for those who ask one by one.
pub(super) const BUFFER: usize = 256;

/// Sixteen xoshiro256++ generators (Blackman and Vigna 2021), whose states are drawn from one stream
/// of a [`Seed`]: a generator of `rand` that also fills slices.
///
/// Lane `l` gives the bits `l, l + 16, l + 32, …`.
#[derive(Debug, Clone)]
pub struct Lanes {
    state: [[u64; LANES]; 4],
    buffer: [u64; BUFFER],
    used: usize,
}

impl Lanes {
    /// The lanes of a block of draws.
    pub(crate) fn of_block(key: Seed, block: u64) -> Self {
        Self::from_rng(&mut key.stream("block", block))
    }
}

impl SeedableRng for Lanes {
    type Seed = LaneSeed;

    fn from_seed(seed: LaneSeed) -> Self {
        let mut state = [[0; LANES]; 4];
        for (word, bytes) in state.as_flattened_mut().iter_mut().zip(seed.0.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        // A lane whose state is zero would stay so.
        for lane in 0..LANES {
            if state.iter().all(|word| word[lane] == 0) {
                state[0][lane] = 1;
            }
        }
        Self { state, buffer: [0; BUFFER], used: BUFFER }
    }
}

/// The states of all lanes as bytes.
#[derive(Clone)]
pub struct LaneSeed([u8; 32 * LANES]);

impl Default for LaneSeed {
    fn default() -> Self {
        Self([0; 32 * LANES])
    }
}

impl AsRef<[u8]> for LaneSeed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for LaneSeed {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Lanes {
    /// Random bits.
    pub(crate) fn fill_bits(&mut self, out: &mut [u64]) {
        let mut state = self.state;
        dispatch(
            #[inline(always)]
            || {
                let (rows, rest) = out.as_chunks_mut::<LANES>();
                for row in rows {
                    *row = next(&mut state);
                }
                if !rest.is_empty() {
                    rest.copy_from_slice(&next(&mut state)[..rest.len()]);
                }
            },
        );
        self.state = state;
    }

    /// Writes `make(bits)` for fresh random bits to each place.
    #[inline(always)]
    pub(crate) fn fill(&mut self, out: &mut [f64], make: impl Fn(u64) -> f64) {
        let mut bits = [0; BUFFER];
        for out in out.chunks_mut(BUFFER) {
            let bits = &mut bits[..out.len()];
            self.fill_bits(bits);
            dispatch(
                #[inline(always)]
                || {
                    for (out, bits) in out.iter_mut().zip(bits.iter()) {
                        *out = make(*bits);
                    }
                },
            );
        }
    }

    /// Numbers uniform on `(0, 1]`, in steps of 2^−64 near 0.
    pub(crate) fn fill_unit(&mut self, out: &mut [f64]) {
        self.fill(out, elementary::open_unit);
    }

    /// Tail probabilities: uniform on `(0, ½]`, with a minus sign for the lower tail.
    pub(crate) fn fill_tails(&mut self, out: &mut [f64]) {
        self.fill(
            out,
            #[inline(always)]
            |bits| {
                // The lowest bit is the sign; in the probability it would stand for 2^−65.
                let half = 0.5 * elementary::open_unit(bits);
                std::hint::select_unpredictable(bits & 1 == 0, half, -half)
            },
        );
    }

    /// Standard normal numbers, by Box and Muller (1958): the radius from one number, the angle
    /// from another.
    pub(crate) fn fill_normal(&mut self, out: &mut [f64]) {
        let mut angle = [0.0; BUFFER];
        for out in out.chunks_mut(2 * BUFFER) {
            let (first, second) = out.split_at_mut(out.len().div_ceil(2));
            let angle = &mut angle[..first.len()];
            self.fill(
                first,
                #[inline(always)]
                |bits| (-2.0 * elementary::ln(elementary::open_unit(bits))).sqrt(),
            );
            self.fill_unit(angle);
            dispatch(
                #[inline(always)]
                || {
                    for ((second, radius), angle) in
                        second.iter_mut().zip(first.iter()).zip(angle.iter())
                    {
                        *second = radius * elementary::circle(*angle).1;
                    }
                    for (radius, angle) in first.iter_mut().zip(angle.iter()) {
                        *radius *= elementary::circle(*angle).0;
                    }
                },
            );
        }
    }
}

/// One step of every lane.
#[inline(always)]
fn next(state: &mut [[u64; LANES]; 4]) -> [u64; LANES] {
    let mut out = [0; LANES];
    let [s0, s1, s2, s3] = state;
    for l in 0..LANES {
        let sum = s0[l].wrapping_add(s3[l]);
        out[l] = sum.rotate_left(23).wrapping_add(s0[l]);
        let shifted = s1[l] << 17;
        s2[l] ^= s0[l];
        s3[l] ^= s1[l];
        s1[l] ^= s2[l];
        s0[l] ^= s3[l];
        s2[l] ^= shifted;
        s3[l] = s3[l].rotate_left(45);
    }
    out
}

impl TryRng for Lanes {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        // The high half: the low bits of the ++ scrambler are as good, but habits differ.
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        if self.used >= BUFFER {
            let mut fresh = [0; BUFFER];
            self.fill_bits(&mut fresh);
            self.buffer = fresh;
            self.used = 0;
        }
        let bits = self.buffer[self.used];
        self.used += 1;
        Ok(bits)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        rand::rand_core::utils::fill_bytes_via_next_word(dst, || self.try_next_u64())
    }
}

#[cfg(test)]
mod tests {
    use rand::rand_core::{Rng, SeedableRng};

    use super::{LANES, LaneSeed, Lanes};

    #[test]
    fn every_lane_is_the_reference_generator() {
        // The first numbers of the authors' xoshiro256plusplus.c from the state 1, 2, 3, 4.
        let reference: [u64; 5] = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
        ];
        let mut seed = LaneSeed::default();
        for (place, word) in seed.as_mut().chunks_mut(8).zip((1..=4u64).flat_map(|w| [w; LANES])) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        let mut lanes = Lanes::from_seed(seed);
        for expected in reference {
            for _ in 0..LANES {
                assert_eq!(lanes.next_u64(), expected);
            }
        }
    }

    #[test]
    fn a_seed_of_zeros_is_no_dead_end() {
        let mut lanes = Lanes::from_seed(LaneSeed::default());
        let bits = (0..800).fold(0, |bits, _| bits | lanes.next_u64());
        assert_eq!(bits, u64::MAX);
    }
}
