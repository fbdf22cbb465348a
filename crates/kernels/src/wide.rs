//! Run-time choice of vector instructions.

/// Runs `work` compiled for the widest instructions that this machine has.
///
/// `work` has to be inlined into the function that enables the instructions; every kernel is a
/// closure over `#[inline(always)]` functions for this reason.
#[inline(always)]
pub(crate) fn wide<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the two features that the function enables were just detected.
        return unsafe { with_avx2_fma(work) };
    }
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2_fma<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// `a b + c`, one rounding where the machine has the instruction (x86-64 with FMA, every AArch64).
///
/// On machines without it the plain form is used: `f32::mul_add` would call a slow library function.
#[inline(always)]
pub(crate) fn fused(a: f32, b: f32, c: f32) -> f32 {
    if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        a.mul_add(b, c)
    } else {
        a * b + c
    }
}
