//! The program behind `cargo xtask NAME`.

use std::process::ExitCode;

/// Tensors above 128 KiB would come fresh from the kernel at each step with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    experiments::main()
}
