//! Images with labels from IDX files: MNIST, which is built in, and Fashion-MNIST from a folder.

use std::path::Path;
use std::thread;

use nalgebra::DMatrix;

use crate::idx::{self, Idx};
use crate::manifest::{self, Part, Set, SetFile};
use crate::{Dataset, Error};

/// A set of labelled images to train and one to test with. Pixels are divided by 255: 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    /// The name of the set, as the [`manifest`] has it.
    pub name: String,
    /// The images to train with.
    pub train: Dataset,
    /// The images to test with.
    pub test: Dataset,
    /// What was read, to be noted with results.
    pub files: Vec<FileSum>,
}

/// A file with the sum of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSum {
    /// Its name, unpacked.
    pub name: String,
    /// SHA-256 of its content, unpacked, in hexadecimal.
    pub sha256: String,
}

const TRAIN_IMAGES: &[u8] = include_bytes!("../../../datasets/mnist/train-images-idx3-ubyte.gz");
const TRAIN_LABELS: &[u8] = include_bytes!("../../../datasets/mnist/train-labels-idx1-ubyte.gz");
const TEST_IMAGES: &[u8] = include_bytes!("../../../datasets/mnist/t10k-images-idx3-ubyte.gz");
const TEST_LABELS: &[u8] = include_bytes!("../../../datasets/mnist/t10k-labels-idx1-ubyte.gz");

/// MNIST: 60,000 and 10,000 handwritten digits of 28×28 pixels, from the program itself.
///
/// ```
/// let mnist = datasets::mnist()?;
/// assert_eq!((mnist.train.len(), mnist.test.len()), (60_000, 10_000));
/// assert_eq!(mnist.train.shape(), [28, 28]);
/// assert_eq!(mnist.train.labels().map(|l| l[0]), Some(5));
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// None in a program that was built from the right files; their sums are those of the manifest
/// (a test compares them).
pub fn mnist() -> Result<Images, Error> {
    load(&manifest::find("mnist")?, |file| {
        let bytes = match file.part {
            Part::TrainImages => TRAIN_IMAGES,
            Part::TrainLabels => TRAIN_LABELS,
            Part::TestImages => TEST_IMAGES,
            Part::TestLabels => TEST_LABELS,
        };
        let malformed = |source| Error::Malformed { file: file.name.clone(), source };
        idx::parse(bytes).map_err(malformed)
    })
}

/// The set `name` ("mnist" or "fashion-mnist") from the files in `dir`, gzipped or plain, each
/// checked against the manifest's SHA-256.
///
/// # Errors
/// An unknown name; a file that is missing, cannot be read, is malformed or is another one.
pub fn images_from(name: &str, dir: &Path) -> Result<Images, Error> {
    load(&manifest::find(name)?, |file| match file.locate(dir) {
        Some(path) => file.read(&path),
        None => Err(Error::MissingFile {
            set: name.to_owned(),
            file: file.payload_name().to_owned(),
            folder: dir.to_owned(),
        }),
    })
}

/// Reads the two halves side by side.
fn load(set: &Set, read: impl Fn(&SetFile) -> Result<Idx, Error> + Sync) -> Result<Images, Error> {
    let classes = u8::try_from(set.classes.len()).unwrap_or(u8::MAX);
    let half = |images, labels| {
        Dataset::from_idx(&read(set.file(images)?)?, &read(set.file(labels)?)?, classes)
    };
    let (train, test) = thread::scope(|scope| {
        let test = scope.spawn(|| half(Part::TestImages, Part::TestLabels));
        let train = half(Part::TrainImages, Part::TrainLabels);
        (train, test.join())
    });
    let test = test.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let sum = |f: &SetFile| FileSum {
        name: f.payload_name().to_owned(),
        sha256: f.payload_sha256.clone(),
    };
    Ok(Images {
        name: set.name.clone(),
        train: train?,
        test: test?,
        files: set.files.iter().map(sum).collect(),
    })
}

impl Dataset {
    /// Labelled images from IDX content: pixels / 255. The first dimension of `images` counts them,
    /// the others are the shape of one.
    ///
    /// ```
    /// use datasets::{Dataset, idx::Idx};
    ///
    /// let images = Idx::new(vec![2, 1, 2], vec![0, 255, 51, 0])?;
    /// let labels = Idx::new(vec![2], vec![0, 1])?;
    /// let data = Dataset::from_idx(&images, &labels, 2)?;
    /// assert_eq!((data.shape(), data.observation(1)), (&[1, 2][..], &[0.2, 0.0][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Images without at least two dimensions, labels without exactly one, or what
    /// [`new`](Self::new) and [`with_labels`](Self::with_labels) refuse: not as many labels as
    /// images, a label that is not below `classes`.
    pub fn from_idx(images: &Idx, labels: &Idx, classes: u8) -> Result<Self, Error> {
        let [count, shape @ ..] = images.shape() else {
            return Err(Error::NoFeatures);
        };
        if shape.is_empty() {
            return Err(wrong_dimensions("images", images, "at least two dimensions"));
        }
        if labels.shape().len() != 1 {
            return Err(wrong_dimensions("labels", labels, "exactly one dimension"));
        }
        // Overflow is possible where there are no images at all.
        let features = shape.iter().fold(1usize, |p, s| p.saturating_mul(*s));
        if features == 0 {
            return Err(Error::NoFeatures);
        }
        let values = DMatrix::from_vec(features, *count, pixels(images.values()));
        Self::new(values, shape.to_vec())?.with_labels(labels.values().to_vec(), classes)
    }
}

/// Bytes over 255. Most of the time goes into memory that is touched for the first time: two
/// threads halve it.
fn pixels(bytes: &[u8]) -> Vec<f32> {
    let convert = |bytes: &[u8], pixels: &mut [f32]| {
        for (pixel, byte) in pixels.iter_mut().zip(bytes) {
            *pixel = f32::from(*byte) / 255.0;
        }
    };
    let mut pixels = vec![0.0; bytes.len()];
    let middle = bytes.len() / 2;
    let (first, last) = pixels.split_at_mut(middle);
    thread::scope(|scope| {
        scope.spawn(|| convert(&bytes[middle..], last));
        convert(&bytes[..middle], first);
    });
    pixels
}

fn wrong_dimensions(what: &'static str, idx: &Idx, needed: &'static str) -> Error {
    Error::WrongDimensions { what, shape: idx.shape().to_vec(), needed }
}
