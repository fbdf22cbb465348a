//! Tables to look at: two variables as rows and columns with their marginals, others as a list.

use std::fmt;

use super::axis::Axis;
use super::joint::Joint;

/// Two axes make a table with the sums of its rows and columns, any other number a list of cells.
///
/// ```
/// use prob_core::{Axis, Joint};
///
/// let cancer = Axis::new("cancer", ["yes", "no"])?;
/// let test = Axis::new("test", ["positive", "negative"])?;
/// let joint = Joint::new([cancer, test], vec![0.0032, 0.0008, 0.0996, 0.8964])?;
/// let table = "\
/// cancer \\ test  positive  negative    sum
/// yes              0.0032    0.0008  0.004
/// no               0.0996    0.8964  0.996
/// sum              0.1028    0.8972      1
/// ";
/// assert_eq!(joint.to_string(), table);
/// # Ok::<(), prob_core::Error>(())
/// ```
impl fmt::Display for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = match self.axes() {
            [rows, columns] => crossed(rows, columns, self.probabilities()),
            _ => listed(self),
        };
        written(f, &lines)
    }
}

fn crossed(rows: &Axis, columns: &Axis, cells: &[f64]) -> Vec<Vec<String>> {
    let width = columns.values().len();
    let mut head = vec![format!("{} \\ {}", rows.name(), columns.name())];
    head.extend(columns.values().iter().cloned().chain(["sum".to_owned()]));
    let mut lines = vec![head];
    for (name, row) in rows.values().iter().zip(cells.chunks(width)) {
        lines.push(line(name, row));
    }
    let sums: Vec<f64> = (0..width).map(|j| cells.iter().skip(j).step_by(width).sum()).collect();
    lines.push(line("sum", &sums));
    lines
}

/// A name, numbers and their sum.
fn line(name: &str, numbers: &[f64]) -> Vec<String> {
    let sum = numbers.iter().sum();
    let numbers = numbers.iter().chain([&sum]).map(|p| number(*p));
    [name.to_owned()].into_iter().chain(numbers).collect()
}

fn listed(joint: &Joint) -> Vec<Vec<String>> {
    let cells = joint.probabilities().iter().enumerate();
    cells.map(|(index, p)| vec![joint.cell_name(index), number(*p)]).collect()
}

/// Six significant digits, without zeros at the end.
fn number(p: f64) -> String {
    if p == 0.0 {
        return "0".to_owned();
    }
    let exponent = p.log10().floor();
    if exponent < -5.0 {
        return format!("{p:.5e}");
    }
    let decimals = (5.0 - exponent).max(0.0) as usize;
    let digits = format!("{p:.decimals$}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Columns of one width, the first to the left and the others to the right.
fn written(f: &mut fmt::Formatter<'_>, lines: &[Vec<String>]) -> fmt::Result {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let lengths = lines.iter().filter_map(|line| line.get(column)).map(|s| s.chars().count());
        lengths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for line in lines {
        for (column, (text, width)) in line.iter().zip(&widths).enumerate() {
            match column {
                0 => write!(f, "{text:<width$}")?,
                _ => write!(f, "  {text:>width$}")?,
            }
        }
        writeln!(f)?;
    }
    Ok(())
}
