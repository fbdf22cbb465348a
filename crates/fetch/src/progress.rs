//! How far a download is: a bar on a terminal, nothing elsewhere (plain lines tell of each file).

use indicatif::{ProgressBar, ProgressStyle};

const LOOK: &str = "{msg} [{bar:24}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";

/// The progress of one file.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar on standard error, which hides itself where that is no terminal.
    pub fn new(name: &str, bytes: u64) -> Self {
        let bar = ProgressBar::new(bytes).with_message(name.to_owned());
        let style = ProgressStyle::with_template(LOOK);
        Self(bar.with_style(
            style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "),
        ))
    }

    /// The size that a mirror announces.
    pub fn total(&self, bytes: u64) {
        self.0.set_length(bytes);
    }

    /// Bytes that are there.
    pub fn at(&self, bytes: u64) {
        self.0.set_position(bytes);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
