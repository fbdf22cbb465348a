//! What can be wrong with a data set, its files, or a question about it.

use std::path::PathBuf;

/// Why a data set could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The shape of an observation does not multiply to the number of features.
    #[error("the shape {shape:?} holds {product} numbers; an observation has {features}")]
    ShapeMismatch {
        /// The shape.
        shape: Vec<usize>,
        /// The product of its elements (the largest number there is where it overflows).
        product: usize,
        /// Rows of the matrix.
        features: usize,
    },
    /// Observations without features.
    #[error("an observation has no features; at least one is needed")]
    NoFeatures,
    /// More observations than an index can name.
    #[error("there are {found} observations; at most {} can be indexed", u32::MAX)]
    TooManyObservations {
        /// Number of observations.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("feature {feature} of observation {observation} is {value}; it must be finite")]
    NotFinite {
        /// The observation.
        observation: usize,
        /// The feature.
        feature: usize,
        /// Its value.
        value: f32,
    },
    /// A value that must be a probability is none.
    #[error(
        "feature {feature} of observation {observation} is {value}; it must be between 0 and 1"
    )]
    NotAProbability {
        /// The observation.
        observation: usize,
        /// The feature.
        feature: usize,
        /// Its value.
        value: f32,
    },
    /// Not one label an observation.
    #[error("there are {labels} labels for {observations} observations; each needs one")]
    LabelCount {
        /// Number of labels.
        labels: usize,
        /// Number of observations.
        observations: usize,
    },
    /// A label names no class.
    #[error("label {index} is {label}; with {classes} classes a label must be below {classes}")]
    LabelOutOfRange {
        /// Position of the label.
        index: usize,
        /// The label.
        label: u8,
        /// Number of classes.
        classes: u8,
    },
    /// A file of labels has not exactly one dimension, or one of images fewer than two.
    #[error("{what} have the shape {shape:?}; they need {needed}")]
    WrongDimensions {
        /// Images or labels.
        what: &'static str,
        /// The shape found.
        shape: Vec<usize>,
        /// The dimensions needed, in words.
        needed: &'static str,
    },
    /// A split would leave one of the two parts empty.
    #[error(
        "{held_out} of {observations} observations cannot be held out; it must be from 1 to {}",
        observations.saturating_sub(1)
    )]
    Split {
        /// Observations to hold out.
        held_out: usize,
        /// Observations there are.
        observations: usize,
    },
    /// An order names an observation that does not exist.
    #[error("the order names observation {index}; there are {observations}")]
    IndexOutOfRange {
        /// The index.
        index: u32,
        /// Number of observations.
        observations: usize,
    },
    /// A number that describes a data set is out of its range.
    #[error("{what} is {value}; it must be {range}")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
        /// Where it may lie, in words.
        range: &'static str,
    },
    /// No data set of this name is known.
    #[error("no data set is called `{name}`; known are {known}")]
    UnknownSet {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A file of a data set is not there.
    #[error(
        "`{file}` of the data set `{set}` is missing in {} (neither plain nor as .gz)",
        folder.display()
    )]
    MissingFile {
        /// The data set.
        set: String,
        /// Name of the file, unpacked.
        file: String,
        /// The folder where it should lie.
        folder: PathBuf,
    },
    /// A file cannot be opened or read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what its format demands.
    #[error("{file} is damaged or not an IDX file")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong.
        source: IdxError,
    },
    /// A file is well-formed but not the one that is known.
    #[error("{file} is another file: its SHA-256 is {found} (unpacked), not {expected}")]
    Checksum {
        /// The file.
        file: String,
        /// The sum of the known file's payload.
        expected: String,
        /// The sum found.
        found: String,
    },
    /// The list of known data sets is wrong.
    #[error("the list of data sets is malformed: {reason}")]
    Manifest {
        /// What is wrong.
        reason: String,
    },
}

/// What is wrong with an IDX file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxError {
    /// The first four bytes are no IDX magic number.
    #[error(
        "it starts with the bytes {found:02x?}; an IDX file starts with [00, 00, type, dimensions]"
    )]
    Magic {
        /// The bytes found.
        found: [u8; 4],
    },
    /// The elements are not unsigned bytes.
    #[error("its elements have the type {code:#04x} ({name}); only 0x08 (unsigned byte) is read")]
    ElementType {
        /// The third byte of the file.
        code: u8,
        /// What it stands for.
        name: &'static str,
    },
    /// Too few or too many dimensions.
    #[error("it has {found} dimensions; 1 to 3 are read")]
    Dimensions {
        /// The number of dimensions found, in the file or in a shape.
        found: usize,
    },
    /// A shape cannot be written into a header.
    #[error("the dimension {size} is too large for a header; at most {} fits", u32::MAX)]
    DimensionTooLarge {
        /// The dimension.
        size: usize,
    },
    /// The dimensions promise more than can be addressed.
    #[error("the dimensions {shape:?} multiply to more than a number of bytes can be")]
    Overflow {
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// The dimensions promise more than the caller is willing to read.
    #[error("its header promises {promised} bytes; at most {limit} are read")]
    TooLarge {
        /// Bytes that the header promises.
        promised: usize,
        /// Bytes that were allowed.
        limit: usize,
    },
    /// The file ends within the header.
    #[error("it ends within its header, after {found} of {needed} bytes")]
    TruncatedHeader {
        /// Bytes there are.
        found: usize,
        /// Bytes the header has.
        needed: usize,
    },
    /// There are fewer elements than the dimensions say.
    #[error("it ends after {found} elements; the dimensions {shape:?} need {needed}")]
    Truncated {
        /// Elements there are.
        found: usize,
        /// Elements there should be.
        needed: usize,
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// There is something behind the last element.
    #[error("it goes on behind its {needed} elements of the dimensions {shape:?}")]
    TrailingBytes {
        /// Elements there should be.
        needed: usize,
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// A gzip stream ends before its end mark.
    #[error("its gzip stream ends too early: the file is truncated")]
    GzipTruncated,
    /// A gzip stream cannot be unpacked, or its check sum is wrong.
    #[error("its gzip stream is corrupt: {reason}")]
    GzipCorrupt {
        /// What the unpacker says.
        reason: String,
    },
    /// There is not enough memory for the elements.
    #[error("there is no memory for {bytes} bytes")]
    OutOfMemory {
        /// Bytes asked for.
        bytes: usize,
    },
    /// Reading failed for a reason that is not the file's content.
    #[error("reading failed")]
    Io(#[from] std::io::Error),
}
