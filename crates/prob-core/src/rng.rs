//! Seed streams: one master seed per run, one generator per (purpose, index).

use rand_pcg::Pcg64Dxsm;
use serde::{Deserialize, Serialize};

/// The master seed of a run.
///
/// Every generator of a run is `seed.stream(purpose, index)`. The index is logical (chain, epoch,
/// batch, particle), never a thread number, so that results do not depend on the number of threads.
///
/// ```
/// use prob_core::Seed;
/// use rand::RngExt;
///
/// let mut a = Seed(1).stream("chain", 0);
/// let mut b = Seed(1).stream("chain", 0);
/// let mut c = Seed(1).stream("chain", 1);
/// let x: u64 = a.random();
/// assert_eq!(x, b.random::<u64>());
/// assert_ne!(x, c.random::<u64>());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// The generator for `purpose` and `index`.
    ///
    /// Both the state and the increment of the generator depend on all three of seed, purpose and
    /// index: generators of the PCG family that differ in their increment only may be correlated.
    #[must_use]
    pub fn stream(self, purpose: &str, index: u64) -> Pcg64Dxsm {
        let mut mixer = SplitMix64(self.0);
        mixer.absorb(purpose.len() as u64);
        for chunk in purpose.as_bytes().chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            mixer.absorb(u64::from_le_bytes(word));
        }
        mixer.absorb(index);
        Pcg64Dxsm::new(mixer.next_u128(), mixer.next_u128())
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014), used as a mixing function only.
struct SplitMix64(u64);

impl SplitMix64 {
    fn absorb(&mut self, word: u64) {
        self.0 = self.next() ^ word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = self.next();
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn next_u128(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }
}
