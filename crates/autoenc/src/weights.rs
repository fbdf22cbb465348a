//! Named tensors as safetensors: what PyTorch's `load_state_dict` takes, read back all or nothing.

use std::collections::HashMap;

use candle_core::{DType, Tensor};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::Error;

/// The bytes of a safetensors file. The metadata is the one that PyTorch's own tools write; with a
/// single entry its order is fixed, so that the same tensors give the same bytes.
pub(crate) fn to_bytes(tensors: &[(String, Tensor)]) -> Result<Vec<u8>, Error> {
    let raw = tensors
        .iter()
        .map(|(name, tensor)| {
            refuse_non_finite(name, tensor)?;
            Ok((name, tensor.dims().to_vec(), raw(tensor)?))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let views = raw
        .iter()
        .map(|(name, dims, (dtype, bytes))| {
            Ok((name, TensorView::new(*dtype, dims.clone(), bytes)?))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    Ok(safetensors::serialize(views, Some(metadata))?)
}

/// The tensors of a safetensors file, in the order of `expected`, whose names, shapes, types and
/// devices they have to have.
///
/// # Errors
/// [`Error::OtherTensors`] names the first that is missing, superfluous or of another shape or type;
/// [`Error::NotFinite`] one with values that cannot be weights.
pub(crate) fn from_bytes(
    bytes: &[u8],
    expected: &[(String, Tensor)],
) -> Result<Vec<Tensor>, Error> {
    let file = SafeTensors::deserialize(bytes)?;
    let mut names = file.names();
    names.sort_unstable();
    let is_known = |name: &&str| expected.iter().any(|(known, _)| known == name);
    if let Some(name) = names.iter().find(|name| !is_known(name)) {
        return Err(Error::OtherTensors(format!("'{name}' is not part of it")));
    }
    expected
        .iter()
        .map(|(name, like)| {
            let Ok(view) = file.tensor(name) else {
                return Err(Error::OtherTensors(format!("'{name}' is missing")));
            };
            let tensor = read(name, &view, like)?;
            refuse_non_finite(name, &tensor)?;
            Ok(tensor.to_device(like.device())?)
        })
        .collect()
}

fn read(name: &str, view: &TensorView<'_>, like: &Tensor) -> Result<Tensor, Error> {
    if view.shape() != like.dims() {
        return Err(Error::OtherTensors(format!(
            "'{name}' has shape {:?}, not {:?}",
            view.shape(),
            like.dims()
        )));
    }
    let (cpu, dims) = (&candle_core::Device::Cpu, like.dims());
    let data = view.data();
    let tensor = match (view.dtype(), like.dtype()) {
        (Dtype::F32, DType::F32) => {
            Tensor::from_vec(elements(data, f32::from_le_bytes), dims, cpu)?
        }
        (Dtype::F64, DType::F64) => {
            Tensor::from_vec(elements(data, f64::from_le_bytes), dims, cpu)?
        }
        (Dtype::I64, DType::I64) => {
            Tensor::from_vec(elements(data, i64::from_le_bytes), dims, cpu)?
        }
        (saved, wanted) => {
            return Err(Error::OtherTensors(format!(
                "'{name}' has type {saved:?}, not {wanted:?}"
            )));
        }
    };
    Ok(tensor)
}

fn elements<T, const N: usize>(data: &[u8], from: impl Fn([u8; N]) -> T) -> Vec<T> {
    data.as_chunks::<N>().0.iter().map(|bytes| from(*bytes)).collect()
}

fn raw(tensor: &Tensor) -> Result<(Dtype, Vec<u8>), Error> {
    let flat = tensor.flatten_all()?;
    Ok(match tensor.dtype() {
        DType::F32 => {
            (Dtype::F32, flat.to_vec1::<f32>()?.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        DType::F64 => {
            (Dtype::F64, flat.to_vec1::<f64>()?.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        DType::I64 => {
            (Dtype::I64, flat.to_vec1::<i64>()?.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        other => return Err(Error::Data(format!("tensors of type {other:?} cannot be saved"))),
    })
}

fn refuse_non_finite(name: &str, tensor: &Tensor) -> Result<(), Error> {
    let values: Vec<f64> = tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1()?;
    if values.iter().all(|v| v.is_finite()) {
        Ok(())
    } else {
        Err(Error::NotFinite(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn tensors() -> Vec<(String, Tensor)> {
        let a = Tensor::new(&[[1.5f32, -2.0, 0.25], [1e-30, 3e38, -0.0]], &Device::Cpu).unwrap();
        let b = Tensor::new(&[0.1f64], &Device::Cpu).unwrap();
        let c = Tensor::new(7i64, &Device::Cpu).unwrap();
        vec![("x.weight".into(), a), ("x.bias".into(), b), ("step".into(), c)]
    }

    #[test]
    fn tensors_come_back_bit_for_bit() {
        let bytes = to_bytes(&tensors()).unwrap();
        let back = from_bytes(&bytes, &tensors()).unwrap();
        let named: Vec<_> = tensors().into_iter().map(|(n, _)| n).zip(back).collect();
        assert_eq!(to_bytes(&named).unwrap(), bytes);
        assert_eq!(named[0].1.to_vec2::<f32>().unwrap(), tensors()[0].1.to_vec2::<f32>().unwrap());
        assert_eq!(named[1].1.to_vec1::<f64>().unwrap(), [0.1]);
    }

    #[test]
    fn the_metadata_say_pytorch() {
        let bytes = to_bytes(&tensors()).unwrap();
        let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
        assert_eq!(metadata.metadata().as_ref().unwrap()["format"], "pt");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let replaced = |index: usize, name: &str, tensor: Tensor| {
            let mut tensors = tensors();
            tensors[index] = (name.to_owned(), tensor);
            from_bytes(&to_bytes(&tensors).unwrap(), &self::tensors()).unwrap_err().to_string()
        };
        let two = Tensor::new(&[1f64, 2.0], &Device::Cpu).unwrap();
        let single = Tensor::new(&[1f32], &Device::Cpu).unwrap();
        assert!(replaced(1, "x.bias", two.clone()).contains("'x.bias' has shape [2], not [1]"));
        assert!(replaced(1, "x.bias", single).contains("'x.bias' has type F32, not F64"));
        assert!(replaced(1, "y", two).contains("'y' is not part of it"));
        let bytes = to_bytes(&tensors()[..2]).unwrap();
        let error = from_bytes(&bytes, &tensors()).unwrap_err().to_string();
        assert!(error.contains("'step' is missing"), "{error}");
    }

    #[test]
    fn values_that_are_not_finite_are_neither_written_nor_read() {
        for bad in [f32::NAN, f32::INFINITY] {
            let mut named = tensors();
            named[0].1 = Tensor::new(&[[1f32, bad, 0.0], [0.0; 3]], &Device::Cpu).unwrap();
            assert!(matches!(to_bytes(&named), Err(Error::NotFinite(name)) if name == "x.weight"));
            let bytes = to_bytes(&tensors()).unwrap();
            let at = bytes.windows(4).position(|w| w == 1.5f32.to_le_bytes()).unwrap();
            let mut broken = bytes.clone();
            broken[at..at + 4].copy_from_slice(&bad.to_le_bytes());
            assert!(matches!(from_bytes(&broken, &tensors()), Err(Error::NotFinite(_))));
        }
    }

    #[test]
    fn files_cut_anywhere_are_refused() {
        let bytes = to_bytes(&tensors()).unwrap();
        for length in 0..bytes.len() {
            assert!(from_bytes(&bytes[..length], &tensors()).is_err());
        }
    }
}
