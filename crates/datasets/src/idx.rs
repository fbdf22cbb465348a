//! The IDX format of the MNIST database: unsigned bytes in one to three dimensions.
//!
//! | bytes | what |
//! |---|---|
//! | 2 | zero |
//! | 1 | type of the elements; only 8 (unsigned byte) is read here |
//! | 1 | number of dimensions |
//! | 4 each | the dimensions, big-endian |
//! | the product of the dimensions | the elements, the last dimension running fastest |
//!
//! A file may be gzipped; its first two bytes tell. Nothing is believed: memory grows with the bytes
//! that are there, never with what a header promises, and unpacking stops one byte behind the end.

use std::io::{self, BufReader, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;

use crate::IdxError;

/// Elements that [`parse`] reads at most: 2^30.
pub const DEFAULT_LIMIT: usize = 1 << 30;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const UNSIGNED_BYTE: u8 = 0x08;
/// Memory reserved at once; beyond it memory is taken as bytes arrive.
const RESERVED_AT_ONCE: usize = 64 << 20;

/// The content of an IDX file: bytes in one to three dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    shape: Vec<usize>,
    values: Vec<u8>,
}

impl Idx {
    /// Bytes with their dimensions, the last running fastest.
    ///
    /// ```
    /// let idx = datasets::idx::Idx::new(vec![2, 2], vec![1, 2, 3, 4])?;
    /// assert_eq!(datasets::idx::parse(&idx.to_bytes())?, idx);
    /// # Ok::<(), datasets::IdxError>(())
    /// ```
    ///
    /// # Errors
    /// Not one to three dimensions, a dimension that does not fit into a header, or a product that
    /// is not the number of values.
    pub fn new(shape: Vec<usize>, values: Vec<u8>) -> Result<Self, IdxError> {
        if !(1..=3).contains(&shape.len()) {
            return Err(IdxError::Dimensions { found: shape.len() });
        }
        if let Some(&size) = shape.iter().find(|s| u32::try_from(**s).is_err()) {
            return Err(IdxError::DimensionTooLarge { size });
        }
        let (needed, found) = (product(&shape)?, values.len());
        match found {
            _ if found < needed => Err(IdxError::Truncated { found, needed, shape }),
            _ if found > needed => Err(IdxError::TrailingBytes { needed, shape }),
            _ => Ok(Self { shape, values }),
        }
    }

    /// The dimensions, one to three.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements, the last dimension running fastest.
    #[must_use]
    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The elements, without a copy.
    #[must_use]
    pub fn into_values(self) -> Vec<u8> {
        self.values
    }

    /// The header of the file.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        let mut header = vec![0, 0, UNSIGNED_BYTE, self.shape.len() as u8];
        for size in &self.shape {
            header.extend_from_slice(&(*size as u32).to_be_bytes());
        }
        header
    }

    /// The whole file, not packed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.header();
        bytes.extend_from_slice(&self.values);
        bytes
    }
}

/// Reads a file that lies in memory, plain or gzipped, of at most [`DEFAULT_LIMIT`] elements.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8]) -> Result<Idx, IdxError> {
    read(bytes, DEFAULT_LIMIT)
}

/// Reads a file, plain or gzipped, of at most `limit` elements, up to the end of `from`.
///
/// # Errors
/// Any deviation from the format: see [`IdxError`]. A failure of `from` itself is
/// [`IdxError::Io`].
pub fn read(mut from: impl Read, limit: usize) -> Result<Idx, IdxError> {
    let mut start = Vec::with_capacity(GZIP_MAGIC.len());
    from.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut start)?;
    let packed = start == GZIP_MAGIC;
    let whole = io::Cursor::new(start).chain(from);
    if packed {
        let unpacked = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole));
        read_plain(unpacked, limit).map_err(of_gzip)
    } else {
        read_plain(whole, limit)
    }
}

/// The unpacker reports through `io::Error`; the kind tells what is a fault of the content.
fn of_gzip(error: IdxError) -> IdxError {
    match error {
        IdxError::Io(e) if e.kind() == ErrorKind::UnexpectedEof => IdxError::GzipTruncated,
        IdxError::Io(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
            IdxError::GzipCorrupt { reason: e.to_string() }
        }
        other => other,
    }
}

fn read_plain(mut from: impl Read, limit: usize) -> Result<Idx, IdxError> {
    let shape = read_header(&mut from)?;
    let needed = product(&shape)?;
    if needed > limit {
        return Err(IdxError::TooLarge { promised: needed, limit });
    }
    let mut values = Vec::new();
    let at_once = needed.min(RESERVED_AT_ONCE);
    values.try_reserve_exact(at_once).map_err(|_| IdxError::OutOfMemory { bytes: at_once })?;
    from.by_ref().take(needed as u64).read_to_end(&mut values)?;
    // Reading on proves that nothing follows; in a gzip stream it also checks the sum at its end.
    let more = from.take(1).read_to_end(&mut Vec::new())?;
    match (values.len(), more) {
        (found, _) if found < needed => Err(IdxError::Truncated { found, needed, shape }),
        (_, 1..) => Err(IdxError::TrailingBytes { needed, shape }),
        _ => Ok(Idx { shape, values }),
    }
}

fn read_header(from: &mut impl Read) -> Result<Vec<usize>, IdxError> {
    let mut magic = [0; 4];
    fill(from, &mut magic, 0, 4)?;
    let [0, 0, element, dimensions] = magic else {
        return Err(IdxError::Magic { found: magic });
    };
    if element != UNSIGNED_BYTE {
        return match type_name(element) {
            Some(name) => Err(IdxError::ElementType { code: element, name }),
            None => Err(IdxError::Magic { found: magic }),
        };
    }
    if !(1..=3).contains(&dimensions) {
        return Err(IdxError::Dimensions { found: dimensions.into() });
    }
    let needed = 4 + 4 * usize::from(dimensions);
    let mut shape = Vec::new();
    for i in 0..usize::from(dimensions) {
        let mut size = [0; 4];
        fill(from, &mut size, 4 + 4 * i, needed)?;
        shape.push(u32::from_be_bytes(size) as usize);
    }
    Ok(shape)
}

/// Fills `buffer`, which stands at byte `at` of a header of `needed` bytes.
fn fill(from: &mut impl Read, buffer: &mut [u8], at: usize, needed: usize) -> Result<(), IdxError> {
    let mut read = Vec::with_capacity(buffer.len());
    from.by_ref().take(buffer.len() as u64).read_to_end(&mut read)?;
    if read.len() < buffer.len() {
        return Err(IdxError::TruncatedHeader { found: at + read.len(), needed });
    }
    buffer.copy_from_slice(&read);
    Ok(())
}

fn type_name(code: u8) -> Option<&'static str> {
    Some(match code {
        0x09 => "signed byte",
        0x0b => "16-bit integer",
        0x0c => "32-bit integer",
        0x0d => "32-bit float",
        0x0e => "64-bit float",
        _ => return None,
    })
}

/// The number of elements; a `Vec` holds `isize::MAX` bytes at most.
fn product(shape: &[usize]) -> Result<usize, IdxError> {
    let checked = shape.iter().try_fold(1usize, |p, s| p.checked_mul(*s));
    checked
        .filter(|p| *p <= isize::MAX as usize)
        .ok_or_else(|| IdxError::Overflow { shape: shape.to_vec() })
}
