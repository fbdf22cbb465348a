//! A drawn figure on its way into a run folder and its report.

use figures::Rendered;
use runs::{FigureBytes, Report, Run};

/// Writes `figures/<name>.png`, and `.svg` where there is one.
///
/// # Errors
/// Where the folder cannot be written.
pub fn keep(run: &Run, name: &str, figure: &Rendered) -> anyhow::Result<()> {
    run.write(&format!("figures/{name}.png"), &figure.png)?;
    if let Some(svg) = &figure.svg {
        run.write(&format!("figures/{name}.svg"), svg)?;
    }
    Ok(())
}

/// Adds the figure to a report: lines as SVG, many points and images as PNG.
pub fn show(report: Report, figure: &Rendered, caption: &str, alt: &str) -> Report {
    let bytes = match &figure.svg {
        Some(svg) => FigureBytes::Svg(svg),
        None => FigureBytes::Png(&figure.png),
    };
    report.figure(caption, alt, bytes)
}

/// Keeps and shows drawings, each with the name of its files and its caption.
///
/// # Errors
/// Where the folder cannot be written.
pub fn all<C: AsRef<str>>(
    run: &Run,
    report: Report,
    drawings: &[(&str, Rendered, C)],
) -> anyhow::Result<Report> {
    drawings.iter().try_fold(report, |report, (name, drawing, caption)| {
        keep(run, name, drawing)?;
        Ok(show(report, drawing, caption.as_ref(), caption.as_ref()))
    })
}
