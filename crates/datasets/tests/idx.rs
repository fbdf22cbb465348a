//! The reader against good files, malformed files and arbitrary bytes.

#![allow(clippy::unwrap_used)] // A test may panic, its helpers too.

use std::io::{self, Read, Write};

use datasets::IdxError;
use datasets::idx::{DEFAULT_LIMIT, Idx, parse, read};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

/// A file with this header and this content, right or wrong.
fn file(element: u8, shape: &[u32], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, element, shape.len() as u8];
    bytes.extend(shape.iter().flat_map(|s| s.to_be_bytes()));
    bytes.extend_from_slice(content);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The message, which has to hold for the plain and the gzipped file.
fn refused(bytes: &[u8]) -> String {
    let plain = parse(bytes).unwrap_err().to_string();
    assert_eq!(parse(&gzip(bytes)).unwrap_err().to_string(), plain);
    plain
}

#[test]
fn a_file_written_by_hand_is_read() {
    let bytes = file(8, &[2, 1, 3], &[1, 2, 3, 4, 5, 6]);
    for bytes in [gzip(&bytes), bytes] {
        let idx = parse(&bytes).unwrap();
        assert_eq!((idx.shape(), idx.values()), (&[2, 1, 3][..], &[1, 2, 3, 4, 5, 6][..]));
    }
    assert_eq!(parse(&file(8, &[0], &[])).unwrap().values(), []);
}

#[test]
fn a_gzip_file_of_several_members_is_read() {
    let bytes = file(8, &[3], &[7, 8, 9]);
    let packed = [gzip(&bytes[..5]), gzip(&[]), gzip(&bytes[5..])].concat();
    assert_eq!(parse(&packed).unwrap().values(), [7, 8, 9]);
}

#[test]
fn what_is_no_idx_file_is_refused() {
    let told = [
        (vec![], "it ends within its header, after 0 of 4 bytes"),
        (vec![0, 0, 8], "it ends within its header, after 3 of 4 bytes"),
        (
            b"<html>".to_vec(),
            "it starts with the bytes [3c, 68, 74, 6d]; an IDX file starts with [00, 00, type, dimensions]",
        ),
        (
            file(7, &[1], &[0]),
            "it starts with the bytes [00, 00, 07, 01]; an IDX file starts with [00, 00, type, dimensions]",
        ),
        (
            file(0x0d, &[1], &[0; 4]),
            "its elements have the type 0x0d (32-bit float); only 0x08 (unsigned byte) is read",
        ),
        (file(8, &[], &[]), "it has 0 dimensions; 1 to 3 are read"),
        (file(8, &[1; 4], &[0]), "it has 4 dimensions; 1 to 3 are read"),
        (file(8, &[1, 2], &[])[..10].to_vec(), "it ends within its header, after 10 of 12 bytes"),
        (file(8, &[2, 2], &[0; 3]), "it ends after 3 elements; the dimensions [2, 2] need 4"),
        (file(8, &[2, 2], &[0; 5]), "it goes on behind its 4 elements of the dimensions [2, 2]"),
    ];
    for (bytes, message) in told {
        assert_eq!(refused(&bytes), message);
    }
}

#[test]
fn dimensions_that_promise_too_much_cost_nothing() {
    let overflow = file(8, &[u32::MAX; 3], &[0; 10]);
    assert!(matches!(parse(&overflow), Err(IdxError::Overflow { .. })));
    let large = file(8, &[1 << 15, 1 << 15, 2], &[0; 10]);
    let limit = DEFAULT_LIMIT;
    match parse(&large) {
        Err(IdxError::TooLarge { promised, limit: l }) => {
            assert_eq!((promised, l), (2 * limit, limit));
        }
        other => panic!("{other:?}"),
    }
    let allowed = file(8, &[1 << 30], &[0; 10]);
    assert!(matches!(parse(&allowed), Err(IdxError::Truncated { found: 10, .. })));
}

#[test]
fn the_callers_limit_holds() {
    let bytes = file(8, &[5], &[0; 5]);
    assert!(read(&bytes[..], 5).is_ok());
    assert!(matches!(read(&bytes[..], 4), Err(IdxError::TooLarge { promised: 5, limit: 4 })));
}

/// A header that promises a little, then zeros without end; counts what is taken.
struct Endless {
    header: io::Cursor<Vec<u8>>,
    taken: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match self.header.read(buffer)? {
            0 => {
                buffer.fill(0);
                buffer.len()
            }
            n => n,
        };
        self.taken += n;
        Ok(n)
    }
}

#[test]
fn an_endless_file_is_left_one_byte_behind_its_end() {
    let header = io::Cursor::new(file(8, &[100], &[]));
    let mut endless = Endless { header, taken: 0 };
    assert!(matches!(read(&mut endless, 1000), Err(IdxError::TrailingBytes { needed: 100, .. })));
    assert_eq!(endless.taken, 8 + 100 + 1);
}

#[test]
fn a_gzip_bomb_is_not_unpacked() {
    // 256 MiB of zeros behind four elements, packed to 256 KiB.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&file(8, &[4], &[])).unwrap();
    io::copy(&mut io::repeat(0).take(256 << 20), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    // Most of the packed bytes are never looked at.
    let mut left = &bomb[..];
    assert!(matches!(read(&mut left, 1000), Err(IdxError::TrailingBytes { needed: 4, .. })));
    assert!(left.len() > bomb.len() / 2, "{} of {} bytes left", left.len(), bomb.len());
}

#[test]
fn damaged_gzip_files_are_told_apart() {
    let packed = gzip(&file(8, &[1000], &[7; 1000]));
    for cut in [2, 9, 12, packed.len() - 9, packed.len() - 5, packed.len() - 1] {
        let error = parse(&packed[..cut]).unwrap_err();
        assert!(matches!(error, IdxError::GzipTruncated), "{cut}: {error}");
    }
    let damaged = |at: usize| {
        let mut bytes = packed.clone();
        bytes[at] ^= 1;
        bytes
    };
    // The sum and the length that stand at the end.
    for at in [packed.len() - 8, packed.len() - 1] {
        let error = parse(&damaged(at)).unwrap_err();
        assert!(matches!(error, IdxError::GzipCorrupt { .. }), "{at}: {error}");
    }
    let garbage = [&packed[..], b"more"].concat();
    assert!(parse(&garbage).is_err());
}

#[test]
fn a_failing_reader_is_no_fault_of_the_file() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let whole = gzip(&file(8, &[4], &[0; 4]));
    for start in [&whole[..0], &whole[..12], &file(8, &[4], &[0; 2])] {
        assert!(matches!(read(start.chain(Failing), 10), Err(IdxError::Io(_))));
    }
}

#[test]
fn content_has_to_fit_its_shape() {
    assert!(matches!(Idx::new(vec![2, 2], vec![0; 3]), Err(IdxError::Truncated { found: 3, .. })));
    assert!(matches!(Idx::new(vec![2, 2], vec![0; 5]), Err(IdxError::TrailingBytes { .. })));
    assert!(matches!(Idx::new(vec![], vec![0]), Err(IdxError::Dimensions { found: 0 })));
    assert!(matches!(Idx::new(vec![1; 4], vec![0]), Err(IdxError::Dimensions { found: 4 })));
    let size = 1 << 32;
    let error = Idx::new(vec![0, size], vec![]);
    assert!(matches!(error, Err(IdxError::DimensionTooLarge { size: s }) if s == size));
}

fn any_idx() -> impl Strategy<Value = Idx> {
    prop::collection::vec(0usize..7, 1..=3).prop_flat_map(|shape| {
        let n = shape.iter().product::<usize>();
        prop::collection::vec(any::<u8>(), n)
            .prop_map(move |values| Idx::new(shape.clone(), values).unwrap())
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(idx in any_idx()) {
        let bytes = idx.to_bytes();
        prop_assert_eq!(&parse(&bytes).unwrap(), &idx);
        prop_assert_eq!(&parse(&gzip(&bytes)).unwrap(), &idx);
    }

    #[test]
    fn no_part_of_a_file_passes_for_the_whole(idx in any_idx(), cut in any::<prop::sample::Index>()) {
        for bytes in [idx.to_bytes(), gzip(&idx.to_bytes())] {
            prop_assert!(parse(&bytes[..cut.index(bytes.len())]).is_err());
        }
    }

    #[test]
    fn what_is_read_from_any_bytes_is_what_they_say(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(idx) = parse(&bytes) {
            prop_assert_eq!(idx.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_header_and_any_gzip_damage_end_in_a_result(
        header in (0u8..16, prop::collection::vec(any::<u32>(), 0..5)),
        content in prop::collection::vec(any::<u8>(), 0..64),
        damage in (any::<prop::sample::Index>(), any::<u8>()),
    ) {
        let bytes = file(header.0, &header.1, &content);
        // Whether it passes depends on the numbers; that it ends and agrees is the law.
        let plain = read(&bytes[..], 1 << 20).ok();
        let mut packed = gzip(&bytes);
        prop_assert_eq!(&read(&packed[..], 1 << 20).ok(), &plain);
        let at = damage.0.index(packed.len());
        packed[at] ^= damage.1;
        if let Ok(idx) = read(&packed[..], 1 << 20) {
            // Flags and times of the header are not covered by the sum: the content is.
            prop_assert_eq!(Some(idx), plain);
        }
    }
}
