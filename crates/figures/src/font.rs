//! The embedded font: widths of texts and their pixels.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};

use crate::Error;

static REGULAR: &[u8] = include_bytes!("../assets/Inter-Regular-subset.ttf");
static SEMI_BOLD: &[u8] = include_bytes!("../assets/Inter-SemiBold-subset.ttf");

/// Height of a capital letter, in units of the font size.
pub(crate) const CAPITAL: f64 = 1490.0 / 2048.0;

/// The two weights of the font.
pub(crate) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    pub fn load() -> Result<Self, Error> {
        Ok(Self {
            regular: FontRef::try_from_slice(REGULAR)?,
            bold: FontRef::try_from_slice(SEMI_BOLD)?,
        })
    }

    fn face(&self, bold: bool) -> &FontRef<'static> {
        if bold { &self.bold } else { &self.regular }
    }

    /// Width of a text whose font size is `size` pixels.
    pub fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let font = self.face(bold);
        let scaled = font.as_scaled(scale(font, size));
        text.chars().map(|c| f64::from(scaled.h_advance(font.glyph_id(c)))).sum()
    }

    /// The text, cut with an ellipsis where it is wider than `room` pixels. Control characters
    /// become spaces.
    pub fn fit(&self, text: &str, size: f64, bold: bool, room: f64) -> String {
        let clean = clean(text);
        if self.width(&clean, size, bold) <= room {
            return clean;
        }
        let mut cut = String::new();
        let mut used = self.width("…", size, bold);
        for c in clean.chars() {
            used += self.width(c.encode_utf8(&mut [0; 4]), size, bold);
            if used > room {
                break;
            }
            cut.push(c);
        }
        cut.truncate(cut.trim_end().len());
        cut.push('…');
        cut
    }

    /// Calls `draw(u, v, coverage)` for each pixel of the text: `u` to the right of its start, `v`
    /// downwards from its base line, coverage 0 to 1.
    pub fn pixels(
        &self,
        text: &str,
        size: f64,
        bold: bool,
        mut draw: impl FnMut(i32, i32, f64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let font = self.face(bold);
        let scale = scale(font, size);
        let mut x = 0.0;
        for c in text.chars() {
            let id = font.glyph_id(c);
            let glyph = Glyph { id, scale, position: point(x, 0.0) };
            x += font.as_scaled(scale).h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            let mut pixels = Vec::new();
            outline.draw(|u, v, coverage| pixels.push((u, v, coverage)));
            for (u, v, coverage) in pixels {
                let (u, v) = (corner.x as i32 + u as i32, corner.y as i32 + v as i32);
                draw(u, v, f64::from(coverage).clamp(0.0, 1.0))?;
            }
        }
        Ok(())
    }
}

/// The text with spaces in place of control characters.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if is_text(c) { c } else { ' ' }).collect()
}

/// XML 1.0 can hold no other control characters, and a label needs none.
fn is_text(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// The scale that makes one em `size` pixels.
fn scale(font: &FontRef<'static>, size: f64) -> PxScale {
    let em = font.units_per_em().unwrap_or(1000.0);
    PxScale::from(size as f32 * font.height_unscaled() / em)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subset_has_what_labels_need() {
        let fonts = Fonts::load().unwrap();
        let needed = "azAZ09äöüßéñαβγδεθλμνπρστφχψωΓΔΘΛΣΦΩ−×·±√≤≥≠≈∞∂∑∫→²³⁻¹ᵏⁿ₀₁₂₃₄₅₆₇₈₉…–—‘’“”";
        for font in [&fonts.regular, &fonts.bold] {
            for c in needed.chars() {
                assert_ne!(font.glyph_id(c).0, 0, "{c} is missing");
            }
        }
    }

    #[test]
    fn widths_are_those_of_the_font() {
        // fontTools 4.68: `hmtx["a"]` is 1150 and `hmtx["W"]` 2018, at 2048 units an em.
        let fonts = Fonts::load().unwrap();
        let width = |text| fonts.width(text, 2048.0, false);
        assert!((width("a") - 1150.0).abs() < 0.1, "{}", width("a"));
        assert!((width("aW") - 1150.0 - 2018.0).abs() < 0.1, "{}", width("aW"));
    }

    #[test]
    fn a_long_text_is_cut() {
        let fonts = Fonts::load().unwrap();
        let text = fonts.fit("a very long label\u{0}", 16.0, false, 60.0);
        assert!(text.ends_with('…') && fonts.width(&text, 16.0, false) <= 60.0, "{text}");
        assert_eq!(fonts.fit("a\tb\u{0}", 16.0, true, 600.0), "a b ");
        assert_eq!(fonts.fit("abc", 16.0, false, -1.0), "…");
    }
}
