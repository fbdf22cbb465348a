//! TensorBoard's event files: a frame around each record, three kinds of message.
//!
//! A record is an `Event` in protocol buffers (`wall_time` = 1, `step` = 2, `file_version` = 3,
//! `summary` = 5), a `Summary` holds `Value`s (1), a value has a `tag` (1) and a `simple_value`
//! (2). The frame is TFRecord's: the length and its checksum, the bytes and theirs.

/// The first record of a file.
pub fn version(wall_time: f64) -> Vec<u8> {
    let mut event = event(wall_time);
    bytes_field(&mut event, 3, b"brain.Event:2");
    frame(&event)
}

/// One record with the named values of one step. Values that are not a number are left out.
pub fn scalars<'a>(
    wall_time: f64,
    step: u64,
    values: impl Iterator<Item = (&'a str, f64)>,
) -> Vec<u8> {
    let mut summary = Vec::new();
    for (tag, value) in values.filter(|(_, value)| !value.is_nan()) {
        let mut message = Vec::new();
        bytes_field(&mut message, 1, tag.as_bytes());
        key(&mut message, 2, FIXED_32);
        // TensorBoard keeps single precision; the other files have all digits.
        message.extend((value as f32).to_le_bytes());
        bytes_field(&mut summary, 1, &message);
    }
    let mut event = event(wall_time);
    key(&mut event, 2, VARINT);
    varint(&mut event, step);
    bytes_field(&mut event, 5, &summary);
    frame(&event)
}

/// The wall times of the records in a file of ours, up to the first that is damaged or not ours.
pub fn wall_times(mut file: &[u8]) -> Vec<f64> {
    let mut times = Vec::new();
    while let Some((record, rest)) = unframe(file) {
        let Some((&[tag], body)) = record.split_first_chunk() else { break };
        let Some((time, _)) = body.split_first_chunk().filter(|_| tag == WALL_TIME) else { break };
        times.push(f64::from_le_bytes(*time));
        file = rest;
    }
    times
}

/// Wire types of protocol buffers.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const BYTES: u8 = 2;
const FIXED_32: u8 = 5;

/// The key of an event's first field.
const WALL_TIME: u8 = (1 << 3) | FIXED_64;

fn event(wall_time: f64) -> Vec<u8> {
    let mut event = vec![WALL_TIME];
    event.extend(wall_time.to_le_bytes());
    event
}

fn key(out: &mut Vec<u8>, field: u8, wire_type: u8) {
    out.push((field << 3) | wire_type);
}

fn bytes_field(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    key(out, field, BYTES);
    varint(out, bytes.len() as u64);
    out.extend(bytes);
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn frame(record: &[u8]) -> Vec<u8> {
    let length = (record.len() as u64).to_le_bytes();
    let mut out = length.to_vec();
    out.extend(checksum(&length));
    out.extend(record);
    out.extend(checksum(record));
    out
}

/// The first record of a file and the rest, if its checksums are right.
fn unframe(file: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let count = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (record, rest) = rest.split_at_checked(count)?;
    let (record_sum, rest) = rest.split_first_chunk()?;
    let whole = *sum == checksum(length) && *record_sum == checksum(record);
    whole.then_some((record, rest))
}

/// CRC-32C, turned by 15 bits and shifted: a checksum of bytes that hold checksums is then as good.
fn checksum(bytes: &[u8]) -> [u8; 4] {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::{scalars, varint, version, wall_times};

    // From tensorboard 2.21.0 with protobuf 7.36.2:
    //
    //   import io
    //   from tensorboard.compat.proto.event_pb2 import Event
    //   from tensorboard.compat.proto.summary_pb2 import Summary
    //   from tensorboard.summary.writer.record_writer import RecordWriter
    //   version = Event(wall_time=1.5e9, file_version="brain.Event:2")
    //   scalars = Event(wall_time=1500000000.25, step=300, summary=Summary(value=[
    //       Summary.Value(tag="loss", simple_value=0.25),
    //       Summary.Value(tag="accuracy", simple_value=0.9)]))
    //   for event in (version, scalars):
    //       out = io.BytesIO()
    //       RecordWriter(out).write(event.SerializeToString(deterministic=True))
    //       print(out.getvalue().hex())
    const VERSION: &str = "1800000000000000a37f4b2209000000c00b5ad6411a0d627261696e2e4576656e743a\
                           324ca9a464";
    const SCALARS: &str = "2c00000000000000f4aecc4509000010c00b5ad64110ac022a1e0a0b0a046c6f7373150\
                           000803e0a0f0a086163637572616379156666663f9854e735";

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn records_are_those_of_tensorboard() {
        assert_eq!(hex(&version(1.5e9)), VERSION);
        // A value that is not a number has no point in a curve.
        let values = [("loss", 0.25), ("gap", f64::NAN), ("accuracy", 0.9)];
        assert_eq!(hex(&scalars(1_500_000_000.25, 300, values.into_iter())), SCALARS);
    }

    #[test]
    fn wall_times_are_read_back_up_to_the_damage() {
        let first = version(1.0);
        let second = scalars(2.5, 7, [("loss", 0.5)].into_iter());
        let file = [first.clone(), second.clone(), second].concat();
        assert_eq!(wall_times(&file), [1.0, 2.5, 2.5]);
        assert_eq!(wall_times(&file[..file.len() - 1]), [1.0, 2.5], "the last one is cut");
        let mut damaged = file;
        damaged[first.len() + 15] ^= 1;
        assert_eq!(wall_times(&damaged), [1.0]);
        assert!(
            wall_times(b"no event file at all").is_empty() && wall_times(&[0xff; 40]).is_empty()
        );
    }

    #[test]
    fn varints_are_those_of_the_specification() {
        // 150 is the example of the protocol buffers' documentation.
        let of = |value| {
            let mut out = Vec::new();
            varint(&mut out, value);
            hex(&out)
        };
        assert_eq!((of(1), of(127), of(150)), ("01".into(), "7f".into(), "9601".into()));
        assert_eq!(of(u64::MAX), "ffffffffffffffffff01");
    }
}
