//! A small HTTP server on this machine, whose faults are chosen by the test.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How a server treats a file that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As it should, ranges included.
    Good,
    /// Ranges are ignored: the whole file comes with status 200.
    NoRanges,
    /// A range is answered with the bytes from 0, and said so.
    WrongRange,
    /// Answers end after this many bytes, although more were announced.
    CutsOff(usize),
    /// Answers stop after this many bytes, and the connection stays open.
    Stalls(usize),
    /// It announces a size that no file has.
    Huge,
    /// It announces nothing and sends zeros without end.
    Endless,
}

/// A server that runs until the test's process ends.
pub struct Server {
    /// Its address, with a slash at the end.
    pub url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that has these files.
    pub fn new(manner: Manner, files: &[(&str, Vec<u8>)]) -> Self {
        let files: HashMap<String, Vec<u8>> =
            files.iter().map(|(name, bytes)| (format!("/{name}"), bytes.clone())).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (files, notes) = (Arc::new(files), Arc::clone(&log));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, notes) = (Arc::clone(&files), Arc::clone(&notes));
                // A client that hangs up early is part of the tests.
                thread::spawn(move || answer(stream, manner, &files, &notes).ok());
            }
        });
        Self { url, log }
    }

    /// An address where nobody listens: the system gives this port to no test, and no service
    /// has had it for decades. A free one from the system would soon be another server's.
    pub fn closed_port() -> String {
        "http://127.0.0.1:1/".to_owned()
    }

    /// What was asked for: `path` or `path from N`.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    manner: Manner,
    files: &HashMap<String, Vec<u8>>,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut from = None;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.strip_suffix('-').and_then(|n| n.parse::<usize>().ok());
        }
    }
    let asked = from.map_or_else(|| path.clone(), |n| format!("{path} from {n}"));
    log.lock().unwrap().push(asked);
    let Some(file) = files.get(&path) else {
        return write!(
            stream,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    };
    let (size, close) = (file.len(), "Connection: close");
    let (head, body) = match from {
        Some(_) if manner == Manner::NoRanges => whole(file, close),
        Some(n) if n >= size => {
            let head = format!(
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{size}\r\nContent-Length: 0\r\n{close}"
            );
            (head, &file[..0])
        }
        Some(n) => {
            let n = if manner == Manner::WrongRange { 0 } else { n };
            let head = format!(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {n}-{}/{size}\r\nContent-Length: {}\r\n{close}",
                size - 1,
                size - n
            );
            (head, &file[n..])
        }
        None => whole(file, close),
    };
    match manner {
        Manner::Huge => write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
        Manner::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\n{close}\r\n\r\n")?;
            loop {
                stream.write_all(&[0; 1 << 16])?;
            }
        }
        Manner::CutsOff(n) => {
            write!(stream, "{head}\r\n\r\n")?;
            stream.write_all(&body[..n.min(body.len())])
        }
        Manner::Stalls(n) => {
            write!(stream, "{head}\r\n\r\n")?;
            stream.write_all(&body[..n.min(body.len())])?;
            thread::sleep(Duration::from_secs(600));
            Ok(())
        }
        Manner::Good | Manner::NoRanges | Manner::WrongRange => {
            write!(stream, "{head}\r\n\r\n")?;
            stream.write_all(body)
        }
    }
}

fn whole<'a>(file: &'a [u8], close: &str) -> (String, &'a [u8]) {
    (format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{close}", file.len()), file)
}
