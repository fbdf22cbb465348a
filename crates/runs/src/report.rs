//! A report: one HTML file that needs nothing else, on paper, on a screen or on a telephone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The looks; light or dark as the reader's system is.
const STYLE: &str = include_str!("report.css");

/// A figure's file, to go into the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureBytes<'a> {
    /// The bytes of a PNG file.
    Png(&'a [u8]),
    /// The text of an SVG file.
    Svg(&'a str),
}

/// A report, built from the top down and then [rendered](Report::render).
///
/// Texts are plain: everything that means something in HTML is escaped. In paragraphs, notes and
/// captions `` `backticks` `` set code.
///
/// ```
/// use runs::Report;
///
/// let html = Report::new("Gibbs sampling", "10,000 sweeps, seed 1")
///     .paragraph("The chain starts at `(3, -3)`, far away where f < 1e-5.")
///     .table(&["", "found", "exact"], &[vec!["correlation", "0.503", "0.5"]])
///     .render();
/// assert!(html.starts_with("<!doctype html>") && html.contains("f &lt; 1e-5"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    title: String,
    subtitle: String,
    body: String,
}

impl Report {
    /// An empty report.
    pub fn new(title: &str, subtitle: &str) -> Self {
        Self { title: escape(title), subtitle: escape(subtitle), body: String::new() }
    }

    /// A heading.
    #[must_use]
    pub fn heading(self, text: &str) -> Self {
        let text = escape(text);
        self.push(&format!("<h2>{text}</h2>"))
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(self, text: &str) -> Self {
        let text = inline(text);
        self.push(&format!("<p>{text}</p>"))
    }

    /// The few numbers that matter most, each with its name, as cards.
    #[must_use]
    pub fn facts<S: AsRef<str>>(self, facts: &[(S, S)]) -> Self {
        let card = |(name, value): &(S, S)| {
            let (name, value) = (escape(name.as_ref()), escape(value.as_ref()));
            format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n")
        };
        let cards: String = facts.iter().map(card).collect();
        self.push(&format!("<dl>\n{cards}</dl>"))
    }

    /// A table; the first cell of a row is its head. Columns of numbers are set to the right.
    /// Short rows are filled up with empty cells, cells without a header are left out. Where all
    /// headers are empty, the row of headers is left out.
    #[must_use]
    pub fn table<S: AsRef<str>>(self, headers: &[&str], rows: &[Vec<S>]) -> Self {
        let class = |column| if is_numeric(rows, column) { " class=\"n\"" } else { "" };
        let classes: Vec<&str> = (0..headers.len()).map(class).collect();

        let heads = headers.iter().zip(&classes);
        let head: String =
            heads.map(|(h, c)| format!("<th scope=\"col\"{c}>{}</th>", inline(h))).collect();
        let head = match headers.iter().all(|h| h.is_empty()) {
            true => String::new(),
            false => format!("<thead><tr>{head}</tr></thead>\n"),
        };
        let row = |row: &Vec<S>| {
            let cell = |(column, class): (usize, &&str)| {
                let text = inline(row.get(column).map_or("", AsRef::as_ref));
                match column {
                    0 => format!("<th scope=\"row\"{class}>{text}</th>"),
                    _ => format!("<td{class}>{text}</td>"),
                }
            };
            let cells: String = classes.iter().enumerate().map(cell).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let rows: String = rows.iter().map(row).collect();
        // A wide table scrolls by itself, with the keyboard too.
        self.push(&format!(
            "<div class=\"scroll\" tabindex=\"0\"><table>\n{head}\
             <tbody>\n{rows}</tbody>\n</table></div>"
        ))
    }

    /// A figure with the text under it and the text that stands for it where it is not seen.
    /// Both kinds are embedded as images, so that the names inside two SVGs do not meet.
    #[must_use]
    pub fn figure(self, caption: &str, alt: &str, bytes: FigureBytes<'_>) -> Self {
        let (kind, data) = match bytes {
            FigureBytes::Png(bytes) => ("png", STANDARD.encode(bytes)),
            FigureBytes::Svg(text) => ("svg+xml", STANDARD.encode(text)),
        };
        let (caption, alt) = (inline(caption), escape(alt));
        self.push(&format!(
            "<figure><img alt=\"{alt}\" src=\"data:image/{kind};base64,{data}\">\n\
             <figcaption>{caption}</figcaption></figure>"
        ))
    }

    /// Code, or a file's text, as it stands.
    #[must_use]
    pub fn code(self, text: &str) -> Self {
        let text = escape(text);
        self.push(&format!("<pre tabindex=\"0\"><code>{text}</code></pre>"))
    }

    /// The same behind a line that one has to open.
    #[must_use]
    pub fn folded_code(self, title: &str, text: &str) -> Self {
        let (title, text) = (escape(title), escape(text));
        self.push(&format!(
            "<details><summary>{title}</summary>\n<pre tabindex=\"0\"><code>{text}</code></pre>\
             </details>"
        ))
    }

    /// The file's text. The page fetches nothing and runs nothing, and says so to the browser.
    pub fn render(&self) -> String {
        let Self { title, subtitle, body } = self;
        let version = env!("CARGO_PKG_VERSION");
        format!(
            "<!doctype html>\n\
             <html lang=\"en-GB\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n\
             <style>\n{STYLE}</style>\n\
             </head>\n\
             <body>\n\
             <header>\n<h1>{title}</h1>\n<p>{subtitle}</p>\n</header>\n\
             <main>\n{body}</main>\n\
             <footer>Made by Ergodic {version}.</footer>\n\
             </body>\n\
             </html>\n"
        )
    }

    fn push(mut self, html: &str) -> Self {
        self.body += html;
        self.body.push('\n');
        self
    }
}

/// Text as text, inside elements and inside quoted attributes. Control characters that HTML does
/// not allow become the replacement character.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '\n' | '\t' => out.push(c),
            '\r' => {}
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The same, with code between backticks. A backtick without a second one is itself.
fn inline(text: &str) -> String {
    let text = escape(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, (code, after))) =
        rest.split_once('`').and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
    {
        out += &format!("{before}<code>{code}</code>");
        rest = after;
    }
    out + rest
}

/// Whether a column has numbers in it and, dashes and gaps apart, nothing else.
fn is_numeric<S: AsRef<str>>(rows: &[Vec<S>], column: usize) -> bool {
    let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.as_ref().trim());
    let mut cells = cells.filter(|cell| !["", "-", "–", "—"].contains(cell)).peekable();
    let number = |cell: &str| {
        let digits = cell.strip_prefix(['+', '-', '−', '±']).unwrap_or(cell);
        digits.starts_with(|c: char| c.is_ascii_digit()) || ["NaN", "inf"].contains(&digits)
    };
    cells.peek().is_some() && cells.all(number)
}

#[cfg(test)]
mod tests {
    use super::{FigureBytes, Report, escape, inline};

    const NASTY: &str = "</title><script>alert('1')</script>&\"'\u{1}";

    #[test]
    fn nothing_that_is_given_becomes_markup() {
        let rows = [vec![NASTY, NASTY]];
        let html = Report::new(NASTY, NASTY)
            .heading(NASTY)
            .paragraph(NASTY)
            .facts(&[(NASTY, NASTY)])
            .table(&[NASTY, NASTY], &rows)
            .figure(NASTY, NASTY, FigureBytes::Svg("<svg><script/></svg>"))
            .code(NASTY)
            .folded_code(NASTY, NASTY)
            .render();
        assert!(!html.contains("<script") && !html.contains('\u{1}'));
        let escaped =
            "&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;&#39;";
        assert_eq!(html.matches(escaped).count(), 16, "each text is there, and there as text");
    }

    #[test]
    fn every_element_is_closed() {
        let html = Report::new("a", "b")
            .heading("c")
            .paragraph("d `e`")
            .facts(&[("f", "g")])
            .table(&["h", "i"], &[vec!["j", "1"]])
            .figure("k", "l", FigureBytes::Png(b"m"))
            .code("n")
            .folded_code("o", "p")
            .render();
        let mut open = Vec::new();
        let markup = html.split_once("<html").unwrap().1.split_once('>').unwrap().1;
        for tag in markup.split('<').skip(1) {
            let name = tag.split(['>', ' ']).next().unwrap();
            match name.strip_prefix('/') {
                Some("html") => assert!(open.is_empty(), "{open:?}"),
                Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
                None if ["meta", "img"].contains(&name) => {}
                None => open.push(name),
            }
        }
        assert!(open.is_empty());
    }

    #[test]
    fn figures_are_inside_the_file() {
        // printf '\x89PNG' | base64; printf '<svg/>' | base64
        let html = Report::new("", "")
            .figure("one", "a curve", FigureBytes::Png(b"\x89PNG"))
            .figure("two", "a plane", FigureBytes::Svg("<svg/>"))
            .render();
        assert!(html.contains("<img alt=\"a curve\" src=\"data:image/png;base64,iVBORw==\">"));
        assert!(html.contains("<img alt=\"a plane\" src=\"data:image/svg+xml;base64,PHN2Zy8+\">"));
        let outside = ["http://", "https://", "url(", "@import", "<link", "<script", "srcset"];
        assert!(outside.iter().all(|word| !html.contains(word)), "it needs nothing else");
    }

    #[test]
    fn numbers_stand_to_the_right_and_words_to_the_left() {
        let rows = [vec!["a", "-1.5", "1 of 2", "–"], vec!["b", "", "x"]];
        let html = Report::new("", "").table(&["", "n", "m", "o"], &rows).render();
        assert!(html.contains("<th scope=\"col\" class=\"n\">n</th><th scope=\"col\">m</th>"));
        assert!(html.contains(
            "<tr><th scope=\"row\">a</th><td class=\"n\">-1.5</td><td>1 of 2</td><td>–</td></tr>"
        ));
        assert!(
            html.contains(
                "<tr><th scope=\"row\">b</th><td class=\"n\"></td><td>x</td><td></td></tr>"
            )
        );
    }

    #[test]
    fn a_table_without_headers_has_no_row_for_them() {
        let rows = [vec!["threads", "2"]];
        assert!(!Report::new("", "").table(&["", ""], &rows).render().contains("<thead>"));
        assert!(Report::new("", "").table(&["", "n"], &rows).render().contains("<thead>"));
    }

    #[test]
    fn backticks_set_code_in_pairs() {
        assert_eq!(inline("a `b < c` d ` e"), "a <code>b &lt; c</code> d ` e");
        assert_eq!(inline("``"), "<code></code>");
        assert_eq!(escape("tab\tline\r\nend"), "tab\tline\nend");
    }
}
