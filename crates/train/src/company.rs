//! A second core that stays awake.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rayon::Yield;

/// Runs `work`; on a thread of a rayon pool with others beside it, one of them stays awake for what
/// `work` gives away.
///
/// A training step is about as short as the time that a system takes to wake a sleeping thread (50 to
/// 200 µs on a virtual machine), and between two steps the threads of a pool fall asleep: without
/// company a second core is worth nothing at small batches. It gives way to other programs whenever
/// it has nothing to do. What is computed does not depend on it.
pub(crate) fn in_company<R>(work: impl FnOnce() -> R) -> R {
    let own = rayon::current_thread_index();
    if own.is_none() || rayon::current_num_threads() == 1 {
        return work();
    }
    let done = AtomicBool::new(false);
    rayon::in_place_scope(|scope| {
        // Dropped after a panic too: the company must not wait for ever.
        let _end = Raise(&done);
        scope.spawn(|_| {
            // On the thread that works itself there is nothing to wait for.
            while rayon::current_thread_index() != own && !done.load(Ordering::Acquire) {
                if rayon::yield_now() != Some(Yield::Executed) {
                    thread::yield_now();
                }
            }
        });
        work()
    })
}

/// Raises a flag at the end of its life.
struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_returns_its_result_and_its_panic_in_pools_of_any_size() {
        assert_eq!(in_company(|| 7), 7);
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for round in 0..200 {
                let (a, b) = pool.install(|| in_company(|| rayon::join(|| round + 1, || round)));
                assert_eq!((a, b), (round + 1, round));
            }
            let panicking = || pool.install(|| in_company(|| -> () { panic!("on purpose") }));
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panicking)).is_err());
        }
    }
}
