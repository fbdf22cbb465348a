//! Tables on the terminal.

use comfy_table::{CellAlignment, Table, presets};

/// Rows under headers, numbers to the right: the first column is text.
pub fn text(headers: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headers.iter().copied());
    table.add_rows(rows.iter().map(|row| row.iter().map(String::as_str)));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// The lines of [`text`].
pub fn lines(headers: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    text(headers, rows).lines().map(str::to_owned).collect()
}
