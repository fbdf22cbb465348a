//! Two halves on two cores, decided by the shape of the work alone.

/// Below this many additions a pass is not worth a second core: some 40 µs of one, as long as it takes
/// to wake another.
const WORTH_A_JOIN: usize = 1 << 21;

/// Where to cut `count` items that cost as much as `work` additions each: in half, or not at all
/// where it is too little.
pub(crate) fn cut(count: usize, work: usize) -> usize {
    if count * work < WORTH_A_JOIN { count } else { count.div_ceil(2) }
}

/// Runs `left` and `right` on two cores where the pool has them.
pub(crate) fn both(left: impl FnOnce() + Send, right: impl FnOnce() + Send) {
    rayon::join(left, right);
}
