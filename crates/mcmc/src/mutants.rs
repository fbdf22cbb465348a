//! Planted bugs: the seam through which the test suite is tested.
//!
//! With the feature `mutants`, which only `cargo xtask mutants` switches on, the environment variable
//! `ERGODIC_MUTANT` names one bug of `mutants.txt`, and [`planted`] is true for it. Without the
//! feature it is a constant, and the compiler removes the branch.

/// Whether the bug of this name is switched on.
#[cfg(feature = "mutants")]
pub(crate) fn planted(name: &str) -> bool {
    use std::sync::LazyLock;

    static NAME: LazyLock<String> =
        LazyLock::new(|| std::env::var("ERGODIC_MUTANT").unwrap_or_default());
    *NAME == name
}

/// No bug is planted in what people use.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
pub(crate) const fn planted(_: &str) -> bool {
    false
}
