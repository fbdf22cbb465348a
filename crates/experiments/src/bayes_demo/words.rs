//! Probabilities and counts in words.

/// A probability in percent: three digits, and near 100 % as many as tell it from there.
pub fn percent(p: f64) -> String {
    let value = 100.0 * p;
    let distance = value.min(100.0 - value);
    if value <= 0.0 || distance <= 0.0 {
        return format!("{value:.0} %");
    }
    if value < 1e-5 {
        return format!("{value:.2e} %");
    }
    let decimals = (2 - distance.log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.decimals$}");
    let short = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short} %")
}

/// The same of what may not be.
pub fn maybe(p: Option<f64>) -> String {
    p.map_or_else(|| "–".to_owned(), percent)
}

/// A count with commas between thousands.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The end of a sentence about some women.
pub fn have_cancer(n: usize) -> String {
    match n {
        0 => "none has cancer".to_owned(),
        1 => "1 has cancer".to_owned(),
        n => format!("{} have cancer", grouped(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn percents_tell_themselves_from_nothing_and_everything() {
        let texts = [
            (0.004, "0.4 %"),
            (0.8, "80 %"),
            (8.0 / 257.0, "3.11 %"),
            (249.0 / 257.0, "96.89 %"),
            (2.0 / 2243.0, "0.0892 %"),
            (2241.0 / 2243.0, "99.9108 %"),
            (0.0, "0 %"),
            (1.0, "100 %"),
            (1e-12, "1.00e-10 %"),
        ];
        for (p, text) in texts {
            assert_eq!(percent(p), text);
        }
    }
}
