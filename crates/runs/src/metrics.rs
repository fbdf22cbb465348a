//! The metrics of each epoch, in three files: `metrics.csv`, `metrics.jsonl` and TensorBoard's.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::events;
use crate::folder::Run;

const CSV: &str = "metrics.csv";
const JSONL: &str = "metrics.jsonl";
/// TensorBoard knows its files by the word in the middle.
const EVENTS: &str = "events.out.tfevents.ergodic";

/// The metrics after one epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricsRow {
    /// Complete epochs.
    pub epoch: u64,
    /// Batches learnt so far.
    pub step: u64,
    /// One value a column; NaN where there is none.
    pub values: Vec<f64>,
}

/// The three files of metrics, which grow by a row an epoch.
///
/// Numbers have the shortest digits that read back as the same f64. A value that is not a number
/// is an empty field in `metrics.csv` and `null` in `metrics.jsonl`, which also has `null` for an
/// infinity. TensorBoard's file rounds to f32.
#[derive(Debug)]
pub struct MetricsLog {
    names: Vec<String>,
    csv: Appender,
    jsonl: Appender,
    events: Appender,
}

impl MetricsLog {
    /// Starts the files with a head and no row, in place of older ones.
    ///
    /// # Errors
    ///
    /// A name is no column, or a file cannot be written.
    pub fn create(run: &Run, names: &[&str]) -> Result<Self, Error> {
        Self::resume(run, names, &[])
    }

    /// Writes the files anew with these rows, whatever is in them: a killed run may have left
    /// more rows than its checkpoint knows, or half of one. The times of epochs that
    /// TensorBoard's file has already stay as they are.
    ///
    /// # Errors
    ///
    /// A name is no column, a row has another length, or a file cannot be written.
    pub fn resume(run: &Run, names: &[&str], rows: &[MetricsRow]) -> Result<Self, Error> {
        check(names)?;
        rows.iter().try_for_each(|row| check_row(names.len(), row.epoch, &row.values))?;
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();

        let mut csv = format!("epoch,step,{}\n", names.join(","));
        csv.extend(rows.iter().map(|row| csv_line(row.epoch, row.step, &row.values)));
        run.write(CSV, csv)?;

        let line = |row: &MetricsRow| json_line(&names, row.epoch, row.step, &row.values);
        run.write(JSONL, rows.iter().map(line).collect::<String>())?;

        let known = fs::read(run.path(EVENTS)).map(|file| events::wall_times(&file));
        let mut times = known.unwrap_or_default().into_iter().chain(std::iter::repeat(now()));
        let mut time = || times.next().unwrap_or_default();
        let mut records = events::version(time());
        for row in rows {
            records.extend(record(time(), &names, row.step, &row.values));
        }
        run.write(EVENTS, records)?;

        let open = |name| Appender::open(run.path(name));
        Ok(Self { csv: open(CSV)?, jsonl: open(JSONL)?, events: open(EVENTS)?, names })
    }

    /// Appends a row to each file. It is the operating system's when this returns: other programs
    /// see it, and it survives the end of this process, `kill -9` too. That it survives a power
    /// failure is [`MetricsLog::sync`]'s part, which takes much longer.
    ///
    /// # Errors
    ///
    /// The number of values is not that of the columns, or a file cannot be written.
    pub fn append(&mut self, epoch: u64, step: u64, values: &[f64]) -> Result<(), Error> {
        check_row(self.names.len(), epoch, values)?;
        self.csv.write(csv_line(epoch, step, values).as_bytes())?;
        self.jsonl.write(json_line(&self.names, epoch, step, values).as_bytes())?;
        self.events.write(&record(now(), &self.names, step, values))
    }

    /// Brings the rows to the disk: to be called beside a checkpoint, whose history a resumed run
    /// writes again anyway.
    ///
    /// # Errors
    ///
    /// The disk refuses; the error names the file.
    pub fn sync(&self) -> Result<(), Error> {
        [&self.csv, &self.jsonl, &self.events].into_iter().try_for_each(Appender::sync)
    }
}

/// A file that only grows.
#[derive(Debug)]
struct Appender {
    path: PathBuf,
    file: File,
}

impl Appender {
    fn open(path: PathBuf) -> Result<Self, Error> {
        let file = OpenOptions::new().append(true).open(&path).map_err(Error::io("open", &path))?;
        Ok(Self { path, file })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let whole = self.file.metadata().map_err(Error::io("append to", &self.path))?.len();
        self.file.write_all(bytes).map_err(|error| {
            // A disk that is full takes half a row. That it stays is told by the error anyway.
            let _ = self.file.set_len(whole);
            Error::io("append to", &self.path)(error)
        })
    }

    fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(Error::io("sync", &self.path))
    }
}

fn check(names: &[&str]) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let mut taken = BTreeSet::from(["epoch", "step"]);
    for name in names {
        if name.is_empty() || !name.chars().all(plain) || !taken.insert(name) {
            return Err(Error::Column { name: (*name).to_owned() });
        }
    }
    Ok(())
}

fn check_row(expected: usize, epoch: u64, values: &[f64]) -> Result<(), Error> {
    let found = values.len();
    if found == expected { Ok(()) } else { Err(Error::Row { epoch, expected, found }) }
}

fn csv_line(epoch: u64, step: u64, values: &[f64]) -> String {
    let mut line = format!("{epoch},{step}");
    for value in values {
        line.push(',');
        if !value.is_nan() {
            // The debug form has an exponent where the plain one would have hundreds of zeros.
            line += &format!("{value:?}");
        }
    }
    line.push('\n');
    line
}

fn json_line(names: &[String], epoch: u64, step: u64, values: &[f64]) -> String {
    let mut line = format!("{{\"epoch\":{epoch},\"step\":{step}");
    // The names were checked: none needs an escape.
    for (name, value) in names.iter().zip(values) {
        let value = if value.is_finite() { format!("{value:?}") } else { "null".to_owned() };
        line += &format!(",\"{name}\":{value}");
    }
    line += "}\n";
    line
}

fn record(time: f64, names: &[String], step: u64, values: &[f64]) -> Vec<u8> {
    events::scalars(time, step, names.iter().map(String::as_str).zip(values.iter().copied()))
}

/// Seconds since 1970; only TensorBoard's axis of time sees them.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{CSV, EVENTS, JSONL, MetricsLog, MetricsRow};
    use crate::{Error, Run, events};

    const NAMES: [&str; 2] = ["loss", "validation/loss"];

    fn run() -> (tempfile::TempDir, Run) {
        let root = tempfile::tempdir().unwrap();
        let run = Run::create(root.path(), "walk").unwrap();
        (root, run)
    }

    fn text(run: &Run, name: &str) -> String {
        fs::read_to_string(run.path(name)).unwrap()
    }

    #[test]
    fn rows_are_there_when_append_returns() {
        let (_root, run) = run();
        let mut log = MetricsLog::create(&run, &NAMES).unwrap();
        assert_eq!(text(&run, CSV), "epoch,step,loss,validation/loss\n");
        log.append(1, 1719, &[0.1 + 0.2, f64::NAN]).unwrap();
        log.append(2, 3438, &[1e-300, f64::INFINITY]).unwrap();
        assert_eq!(
            text(&run, CSV),
            "epoch,step,loss,validation/loss\n1,1719,0.30000000000000004,\n2,3438,1e-300,inf\n"
        );
        assert_eq!(
            text(&run, JSONL),
            "{\"epoch\":1,\"step\":1719,\"loss\":0.30000000000000004,\"validation/loss\":null}\n\
             {\"epoch\":2,\"step\":3438,\"loss\":1e-300,\"validation/loss\":null}\n"
        );
        assert_eq!(events::wall_times(&fs::read(run.path(EVENTS)).unwrap()).len(), 3);
    }

    #[test]
    fn every_number_reads_back_as_itself() {
        let (_root, run) = run();
        let values = [0.1, -0.0, 1e16, 5e-324, f64::MAX, 1.0 / 3.0, 123_456_789.012_345_68];
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        MetricsLog::create(&run, &names).unwrap().append(1, 1, &values).unwrap();
        let bits = |v: f64| v.to_bits();
        let csv = text(&run, CSV);
        let read = csv.lines().nth(1).unwrap().split(',').skip(2).map(|v| v.parse().unwrap());
        assert_eq!(read.map(bits).collect::<Vec<_>>(), values.map(bits));
        let json: serde_json::Value = serde_json::from_str(text(&run, JSONL).trim()).unwrap();
        assert_eq!(names.map(|name| bits(json[name].as_f64().unwrap())), values.map(bits));
    }

    #[test]
    fn a_resumed_log_is_the_uninterrupted_one() {
        let row = |epoch| MetricsRow { epoch, step: epoch * 10, values: vec![0.5, 0.25] };
        let (_root, whole) = run();
        let mut log = MetricsLog::create(&whole, &NAMES).unwrap();
        (1..=3).for_each(|e| log.append(e, e * 10, &row(e).values).unwrap());

        let (_root, killed) = run();
        let mut log = MetricsLog::create(&killed, &NAMES).unwrap();
        (1..=2).for_each(|e| log.append(e, e * 10, &row(e).values).unwrap());
        // Killed in the middle of a line, with a checkpoint after the first epoch.
        log.csv.write(b"3,3").unwrap();
        let before = events::wall_times(&fs::read(killed.path(EVENTS)).unwrap());
        let mut log = MetricsLog::resume(&killed, &NAMES, &[row(1)]).unwrap();
        (2..=3).for_each(|e| log.append(e, e * 10, &row(e).values).unwrap());

        assert_eq!(text(&killed, CSV), text(&whole, CSV));
        assert_eq!(text(&killed, JSONL), text(&whole, JSONL));
        let file = |run: &Run| fs::read(run.path(EVENTS)).unwrap();
        assert_eq!(file(&killed).len(), file(&whole).len());
        assert_eq!(events::wall_times(&file(&killed))[..2], before[..2]);
    }

    #[test]
    fn bad_columns_and_rows_are_refused() {
        let (_root, run) = run();
        for names in [&[""][..], &["a", "a"], &["epoch"], &["a,b"], &["a\"b"], &["a\n"]] {
            assert!(matches!(MetricsLog::create(&run, names), Err(Error::Column { .. })));
        }
        let mut log = MetricsLog::create(&run, &NAMES).unwrap();
        let error = log.append(4, 1, &[0.5]).unwrap_err();
        assert!(matches!(error, Error::Row { epoch: 4, expected: 2, found: 1 }), "{error:?}");
        assert_eq!(text(&run, CSV).lines().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_with_the_path() {
        use super::Appender;
        let mut full = Appender::open("/dev/full".into()).unwrap();
        let error = full.write(b"1,2\n").unwrap_err();
        assert_eq!(error.to_string(), "cannot append to /dev/full");
        let source = std::error::Error::source(&error).unwrap().downcast_ref::<std::io::Error>();
        assert_eq!(source.unwrap().kind(), std::io::ErrorKind::StorageFull);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn sync_goes_through_all_three_files_and_names_the_one_that_cannot() {
        use super::Appender;
        let (_root, run) = run();
        let mut log = MetricsLog::create(&run, &NAMES).unwrap();
        log.append(1, 10, &[0.5, 0.25]).unwrap();
        log.sync().unwrap();
        // Where there is no disk behind a file, Linux refuses.
        let places: [fn(&mut MetricsLog) -> &mut Appender; 3] =
            [|log| &mut log.csv, |log| &mut log.jsonl, |log| &mut log.events];
        for place in places {
            let mut log = MetricsLog::create(&run, &NAMES).unwrap();
            *place(&mut log) = Appender::open("/dev/full".into()).unwrap();
            let error = log.sync().unwrap_err();
            assert_eq!(error.to_string(), "cannot sync /dev/full");
        }
    }
}
