//! Where tensors live: the processor, CUDA or Metal.

use std::fmt;
use std::str::FromStr;

use candle_core::Device;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A kind of device, by the name that people type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// The processor: always there.
    #[default]
    Cpu,
    /// The first NVIDIA GPU; needs the feature `cuda`.
    Cuda,
    /// The GPU of an Apple machine; needs the feature `metal`.
    Metal,
}

impl DeviceKind {
    /// Opens the device.
    ///
    /// # Errors
    /// [`Error::DeviceNotCompiled`] without the cargo feature, [`Error::DeviceNotFound`] without the
    /// hardware or its driver.
    pub fn open(self) -> Result<Device, Error> {
        let compiled = match self {
            Self::Cpu => return Ok(Device::Cpu),
            Self::Cuda => cfg!(feature = "cuda"),
            Self::Metal => cfg!(feature = "metal"),
        };
        if !compiled {
            return Err(Error::DeviceNotCompiled(self));
        }
        let opened = if self == Self::Cuda { Device::new_cuda(0) } else { Device::new_metal(0) };
        opened.map_err(|source| Error::DeviceNotFound { kind: self, source })
    }
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Metal => "metal",
        })
    }
}

impl FromStr for DeviceKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda),
            "metal" => Ok(Self::Metal),
            _ => Err(Error::UnknownDevice(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_unknown_ones_are_refused() {
        for kind in [DeviceKind::Cpu, DeviceKind::Cuda, DeviceKind::Metal] {
            assert_eq!(kind.to_string().parse::<DeviceKind>().unwrap(), kind);
        }
        assert!(matches!("tpu".parse::<DeviceKind>(), Err(Error::UnknownDevice(_))));
    }

    #[cfg(not(any(feature = "cuda", feature = "metal")))]
    #[test]
    fn a_device_that_was_not_compiled_in_says_so() {
        assert!(DeviceKind::Cpu.open().is_ok());
        for kind in [DeviceKind::Cuda, DeviceKind::Metal] {
            assert!(matches!(kind.open(), Err(Error::DeviceNotCompiled(k)) if k == kind));
        }
    }
}
