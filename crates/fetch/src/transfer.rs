//! One file from one address.

use std::io::Read;
use std::time::Duration;

use ureq::http::header::{CONTENT_RANGE, RANGE};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use crate::part::Part;
use crate::progress::Progress;

/// Why a file could not be had from an address.
pub enum Failure {
    /// The mirror cannot be talked to: it need not be asked for other files either.
    Unreachable(String),
    /// The mirror does not have the file, or not that file.
    Refused(String),
    /// It was cut off on the way and can be continued.
    CutOff(String),
    /// The file cannot be written here: other mirrors would not help.
    Local(anyhow::Error),
}

/// What talks to mirrors. It waits for `silence` at most: for a connection to stand, for an answer
/// to begin, and between two pieces of it.
pub fn agent(silence: Duration) -> Agent {
    let config = Agent::config_builder()
        .user_agent(concat!("ergodic-fetch/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .timeout_resolve(Some(silence))
        .timeout_connect(Some(silence))
        .timeout_recv_response(Some(silence))
        .timeout_per_read(Some(silence))
        .build();
    config.into()
}

/// Adds to `part` what it lacks of the file at `url`; at most `limit` bytes in all. Where the
/// server knows no ranges it starts anew.
///
/// # Errors
/// See [`Failure`].
pub fn transfer(
    agent: &Agent,
    url: &str,
    part: &mut Part<'_>,
    limit: u64,
    progress: &Progress,
) -> Result<(), Failure> {
    let mut request = agent.get(url);
    if part.length() > 0 {
        request = request.header(RANGE, format!("bytes={}-", part.length()));
    }
    let response = request
        .call()
        .map_err(|e| Failure::Unreachable(format!("cannot connect: {}", told(&e))))?;
    let total = match response.status() {
        StatusCode::OK => {
            part.clear().map_err(Failure::Local)?;
            response.body().content_length()
        }
        StatusCode::PARTIAL_CONTENT => {
            let range = range(&response);
            if range.is_none_or(|r| r.from != part.length()) {
                part.clear().map_err(Failure::Local)?;
                return Err(Failure::CutOff("it answers with another range than asked for".into()));
            }
            range.and_then(|r| r.total)
        }
        // All is there, if it is right: the check of the content tells.
        StatusCode::RANGE_NOT_SATISFIABLE if part.length() > 0 => return Ok(()),
        status => return Err(Failure::Refused(format!("HTTP status {status}"))),
    };
    if let Some(total) = total {
        if total > limit {
            return Err(too_large(part, limit));
        }
        progress.total(total);
    }
    receive(response, part, limit, progress)
}

fn receive(
    response: Response<Body>,
    part: &mut Part<'_>,
    limit: u64,
    progress: &Progress,
) -> Result<(), Failure> {
    let start = part.length();
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = match body.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => n,
            Err(error) => {
                // The library wraps its own errors to pass them through `Read`.
                let error = ureq::Error::from(error);
                let told = format!("cut off after {} bytes: {}", part.length(), told(&error));
                // A mirror that falls silent would do so again: the next one goes on from here.
                let silent = matches!(error, ureq::Error::Timeout(_));
                let again = part.length() > start && !silent;
                return Err(if again { Failure::CutOff(told) } else { Failure::Refused(told) });
            }
        };
        if part.length() + n as u64 > limit {
            return Err(too_large(part, limit));
        }
        part.add(&buffer[..n]).map_err(Failure::Local)?;
        progress.at(part.length());
    }
}

fn too_large(part: &mut Part<'_>, limit: u64) -> Failure {
    match part.clear() {
        Ok(()) => Failure::Refused(format!("more than {limit} bytes: not the file")),
        Err(error) => Failure::Local(error),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    from: u64,
    total: Option<u64>,
}

fn range(response: &Response<Body>) -> Option<Range> {
    parse_range(response.headers().get(CONTENT_RANGE)?.to_str().ok()?)
}

/// `bytes 200-999/1000`, the total possibly unknown: `*`.
fn parse_range(text: &str) -> Option<Range> {
    let (bounds, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = bounds.split_once('-')?;
    Some(Range { from: from.trim().parse().ok()?, total: total.trim().parse().ok() })
}

/// The library's error in plain words.
fn told(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::HostNotFound => "the host's name is not known".into(),
        ureq::Error::Timeout(_) => "nothing came in time".into(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, parse_range};

    #[test]
    fn ranges_are_read() {
        let known = Some(Range { from: 200, total: Some(1000) });
        assert_eq!(parse_range("bytes 200-999/1000"), known);
        let unknown = Some(Range { from: 0, total: None });
        assert_eq!(parse_range("bytes 0-9/*"), unknown);
        for bad in ["", "bytes", "bytes */1000", "lines 1-2/3", "bytes -5-9/10", "bytes 1-2"] {
            assert_eq!(parse_range(bad), None, "{bad}");
        }
    }
}
