//! MNIST against facts that everyone who has it can check, and damaged folders.

#![allow(clippy::unwrap_used)] // A test may panic, its helpers too.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use datasets::idx::Idx;
use datasets::manifest::{self, Part};
use datasets::{Dataset, Error, IdxError, Images, images_from, mnist};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

static MNIST: LazyLock<Images> = LazyLock::new(|| mnist().unwrap());

fn originals() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/mnist")
}

/// The original files, linked or copied.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in manifest::find("mnist").unwrap().files {
        fs::copy(originals().join(&file.name), folder.path().join(&file.name)).unwrap();
    }
    folder
}

fn write_gzip(path: &Path, bytes: &[u8]) {
    let mut encoder = GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap();
}

fn label_counts(data: &Dataset) -> [u32; 10] {
    let mut counts = [0; 10];
    for label in data.labels().unwrap() {
        counts[usize::from(*label)] += 1;
    }
    counts
}

/// Counts of the labels as everybody finds them. Mean and standard deviation of the training pixels
/// from exact fractions in Python 3.11, `b` being the payload behind its 16 bytes of header:
/// `n = len(b); m = F(sum(b), 255 * n); q = sum(c * c * b.count(c) for c in range(256))`,
/// `float(m), float(F(q, 255 * 255 * n) - m * m) ** 0.5`.
#[test]
fn the_built_in_digits_are_mnist() {
    let counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    assert_eq!(label_counts(&MNIST.train), counts);
    let counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];
    assert_eq!(label_counts(&MNIST.test), counts);
    assert_eq!((MNIST.train.len(), MNIST.test.len()), (60_000, 10_000));
    assert_eq!((MNIST.train.shape(), MNIST.train.classes()), (&[28, 28][..], Some(10)));

    let pixels = MNIST.train.values();
    let n = pixels.len() as f64;
    let mean = pixels.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let square = pixels.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
    // f32 pixels carry a rounding error of up to 3e-8 each, the same for equal pixels.
    assert!((mean - 0.130_660_476_273_842_9).abs() < 1e-8, "{mean}");
    assert!((square.sqrt() - 0.308_107_803_856_462_7).abs() < 1e-8, "{}", square.sqrt());
    assert!(pixels.iter().all(|x| (0.0..=1.0).contains(x)));
}

/// The first digit is a five whose rows end where everyone's picture of it ends.
#[test]
fn pixels_stand_in_their_rows() {
    let five = MNIST.train.observation(0);
    let row = |r: usize| &five[28 * r..28 * (r + 1)];
    assert!((0..5).chain(25..28).all(|r| row(r).iter().all(|x| *x == 0.0)));
    let sixth: Vec<u8> = row(5).iter().map(|x| (x * 255.0).round() as u8).collect();
    let drawn = [3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127];
    assert_eq!((&sixth[12..24], MNIST.train.labels().unwrap()[0]), (&drawn[..], 5));
}

#[test]
fn the_embedded_and_the_shipped_files_are_those_of_the_manifest() {
    let set = manifest::find("mnist").unwrap();
    for file in &set.files {
        let bytes = fs::read(originals().join(&file.name)).unwrap();
        let sum: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((bytes.len() as u64, &sum), (file.bytes, &file.sha256), "{}", file.name);
        let idx = file.read(&originals().join(&file.name)).unwrap();
        assert_eq!(idx.to_bytes().len() as u64, file.payload_bytes);
    }
    let sums: Vec<&str> = set.files.iter().map(|f| f.payload_sha256.as_str()).collect();
    assert_eq!(MNIST.files.iter().map(|f| f.sha256.as_str()).collect::<Vec<_>>(), sums);
    assert_eq!(MNIST.files[0].name, "train-images-idx3-ubyte");
}

#[test]
fn a_folder_gives_what_is_built_in_packed_or_not() {
    let folder = copy();
    for file in manifest::find("mnist").unwrap().files {
        if matches!(file.part, Part::TrainLabels | Part::TestImages) {
            let packed = folder.path().join(&file.name);
            let plain = file.read(&packed).unwrap().to_bytes();
            fs::write(folder.path().join(file.payload_name()), plain).unwrap();
            fs::remove_file(packed).unwrap();
        }
    }
    assert!(images_from("mnist", folder.path()).unwrap() == *MNIST);
}

#[test]
fn damaged_folders_are_told_apart() {
    let folder = copy();
    let path = folder.path().join("t10k-labels-idx1-ubyte.gz");
    let good = fs::read(&path).unwrap();
    let read = || images_from("mnist", folder.path());

    fs::write(&path, &good[..good.len() / 2]).unwrap();
    match read() {
        Err(Error::Malformed { file, source: IdxError::GzipTruncated }) => {
            assert!(file.ends_with("t10k-labels-idx1-ubyte.gz"), "{file}");
        }
        other => panic!("{other:?}"),
    }

    // Every label one too high: a good IDX file, but not the known one.
    let part = manifest::find("mnist").unwrap();
    let labels = MNIST.test.labels().unwrap();
    let shifted = Idx::new(vec![10_000], labels.iter().map(|l| l + 1).collect()).unwrap();
    write_gzip(&path, &shifted.to_bytes());
    let expected = &part.file(Part::TestLabels).unwrap().payload_sha256;
    let error = read().unwrap_err();
    assert!(matches!(&error, Error::Checksum { expected: e, .. } if e == expected), "{error}");

    // More than the known file holds is not even unpacked.
    let larger = Idx::new(vec![200_000], vec![0; 200_000]).unwrap();
    write_gzip(&path, &larger.to_bytes());
    let error = read().unwrap_err();
    assert!(matches!(error, Error::Malformed { source: IdxError::TooLarge { .. }, .. }));

    fs::remove_file(&path).unwrap();
    let error = read().unwrap_err();
    assert!(matches!(&error, Error::MissingFile { file, .. } if file == "t10k-labels-idx1-ubyte"));
    let told = error.to_string();
    assert!(told.contains(&folder.path().display().to_string()), "{told}");

    fs::create_dir(&path).unwrap();
    assert!(matches!(read(), Err(Error::Unreadable { .. })));
    assert!(matches!(images_from("imagenet", folder.path()), Err(Error::UnknownSet { .. })));
}

#[test]
fn images_and_labels_have_to_match() {
    let idx = |shape: &[usize], values: &[u8]| Idx::new(shape.to_vec(), values.to_vec()).unwrap();
    let images = idx(&[2, 1, 2], &[0; 4]);
    let message =
        |images: &Idx, labels: &Idx| Dataset::from_idx(images, labels, 10).unwrap_err().to_string();
    let good = idx(&[2], &[9, 0]);
    let told = [
        (&images, &idx(&[2], &[9, 10]), "label 1 is 10; with 10 classes a label must be below 10"),
        (&images, &idx(&[1], &[9]), "there are 1 labels for 2 observations; each needs one"),
        (&images, &idx(&[3], &[9; 3]), "there are 3 labels for 2 observations; each needs one"),
        (
            &images,
            &idx(&[2, 1], &[9, 9]),
            "labels have the shape [2, 1]; they need exactly one dimension",
        ),
        (&good, &good, "images have the shape [2]; they need at least two dimensions"),
        (&idx(&[2, 0, 5], &[]), &good, "an observation has no features; at least one is needed"),
    ];
    for (images, labels, expected) in told {
        assert_eq!(message(images, labels), expected);
    }
    let no_images = idx(&[0, u32::MAX as usize, u32::MAX as usize], &[]);
    assert!(Dataset::from_idx(&no_images, &idx(&[0], &[]), 10).unwrap().is_empty());
}
