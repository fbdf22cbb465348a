//! Progress on a terminal: a bar with batches per second, the loss and the time left. Where the
//! output is no terminal there is no bar, and the lines of the epochs stand alone.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The bar of a training run; counts batches.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar for `steps` batches of which `done` were made by an earlier run.
    pub fn new(steps: u64, done: u64) -> Self {
        let bar = ProgressBar::new(steps).with_position(done);
        let template = "{bar:30} {percent:>3}%  {per_sec}  {msg}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let per_second = |state: &indicatif::ProgressState, w: &mut dyn std::fmt::Write| {
                let _ = write!(w, "{:.0} batches/s", state.per_sec());
            };
            bar.set_style(style.with_key("per_sec", per_second).progress_chars("━╸─"));
        }
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// One more batch with its loss.
    pub fn step(&self, step: u64, epoch: u64, loss: f64) {
        // Formatting at each of thousands of steps a second would be felt.
        if step.is_multiple_of(64) {
            self.0.set_message(format!("epoch {}  loss {loss:.4}", epoch + 1));
            self.0.set_position(step);
        }
    }

    /// Writes a line above the bar.
    ///
    /// # Errors
    /// Where standard output is closed or full.
    pub fn line(&self, text: &str) -> anyhow::Result<()> {
        self.0.suspend(|| terminal::out::line(text))
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
