//! Writing to standard output. `println!` panics when a pipe is closed (`| head`); these report it
//! as an error, which the end of the program counts as success.

use std::io::{Result, Write, stdout};

/// Writes one line and flushes it, so that it stands before the output of a program started next.
pub fn line(text: &str) -> anyhow::Result<()> {
    lines(&[text.to_owned()])
}

/// Writes several lines at once.
pub fn lines(texts: &[String]) -> anyhow::Result<()> {
    write(texts, &mut stdout().lock())?;
    Ok(())
}

fn write(texts: &[String], to: &mut impl Write) -> Result<()> {
    for text in texts {
        writeln!(to, "{text}")?;
    }
    to.flush()
}
