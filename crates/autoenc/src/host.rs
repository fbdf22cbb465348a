//! Tensors on the processor as plain slices: where the fused operations meet candle.

use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::{CpuStorage, DType, InplaceOp1, Layout, Result, Storage, Tensor, bail};

/// Whether the fused f32 kernels apply to `tensor`.
pub(crate) fn is_host_f32(tensor: &Tensor) -> bool {
    tensor.device().is_cpu() && tensor.dtype() == DType::F32
}

/// The elements of a contiguous f32 storage.
pub(crate) fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let CpuStorage::F32(values) = storage else { bail!("a fused operation needs f32") };
    let Some((from, to)) = layout.contiguous_offsets() else {
        bail!("a fused operation needs contiguous elements")
    };
    Ok(&values[from..to])
}

/// Lends the elements of a tensor on the processor.
pub(crate) fn with_slice<R>(tensor: &Tensor, work: impl FnOnce(&[f32]) -> Result<R>) -> Result<R> {
    let contiguous = tensor.contiguous()?;
    let (storage, layout) = contiguous.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => work(slice(storage, layout)?),
        _ => bail!("a fused operation needs a tensor on the processor"),
    }
}

/// Lends the elements of a variable for writing.
pub(crate) fn in_place(tensor: &Tensor, work: impl FnMut(&mut [f32]) -> Result<()>) -> Result<()> {
    tensor.inplace_op1(&InPlace(Mutex::new(work)))
}

struct InPlace<F>(Mutex<F>);

impl<F: FnMut(&mut [f32]) -> Result<()>> InplaceOp1 for InPlace<F> {
    fn name(&self) -> &'static str {
        "in-place"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let CpuStorage::F32(values) = storage else { bail!("an update in place needs f32") };
        let Some((from, to)) = layout.contiguous_offsets() else {
            bail!("an update in place needs contiguous elements")
        };
        lock(&self.0)(&mut values[from..to])
    }
}

/// A lock whose data stay usable after a panic elsewhere: they are overwritten before they are read.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
