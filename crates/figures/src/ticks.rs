//! Where an axis has its ticks, and how their numbers are written.

/// Marks on an axis: ascending values with their labels.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Ticks {
    pub values: Vec<f64>,
    pub labels: Vec<String>,
}

/// A step `mantissa · 10^exponent` with a mantissa of 1, 2 or 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    mantissa: u8,
    exponent: i32,
}

impl Step {
    /// The smallest such step not below `least`, a positive number.
    fn at_least(least: f64) -> Self {
        let exponent = least.log10().floor() as i32;
        // Rounding must not push 2.0000000001 up to 5.
        let lead = least / power_of_ten(exponent) * (1.0 - 1e-9);
        let (mantissa, exponent) = match lead {
            l if l <= 1.0 => (1, exponent),
            l if l <= 2.0 => (2, exponent),
            l if l <= 5.0 => (5, exponent),
            _ => (1, exponent + 1),
        };
        Self { mantissa, exponent }
    }

    /// `k` steps, as the double nearest to the decimal number.
    fn times(self, k: f64) -> f64 {
        let k = k * f64::from(self.mantissa);
        match self.exponent {
            e if e < 0 => k / power_of_ten(-e),
            e => k * power_of_ten(e),
        }
    }
}

fn power_of_ten(exponent: i32) -> f64 {
    10f64.powi(exponent)
}

/// Round numbers within `min..=max` (finite, ascending), about `count` of them and at least two;
/// only whole ones, and maybe fewer, where `whole` is set.
pub(crate) fn linear(min: f64, max: f64, count: usize, whole: bool) -> Ticks {
    let mut least = (max - min) / count.max(1) as f64;
    if whole {
        least = least.max(1.0);
    }
    if !(least.is_finite() && least > 0.0) {
        return Ticks::default();
    }
    let step = Step::at_least(least);
    let size = step.times(1.0);
    let (first, last) = ((min / size - 1e-6).ceil(), (max / size + 1e-6).floor());
    if last - first < 1.0 && count < 5 && !whole {
        // Five of them always hold at least two round numbers.
        return linear(min, max, count + 1, whole);
    }
    let n = (last - first + 1.0).clamp(0.0, 1000.0) as usize;
    // Adding 0 turns −0 into 0.
    let values: Vec<f64> = (0..n).map(|i| step.times(first + i as f64) + 0.0).collect();
    let labels = labels(&values, step.exponent);
    Ticks { values, labels }
}

/// Powers of ten within `min..=max` (positive, ascending); with 2 and 5 between them where they are
/// few, and round numbers where even those are.
pub(crate) fn logarithmic(min: f64, max: f64, count: usize) -> Ticks {
    let (low, high) = (min.log10().floor() as i32, max.log10().ceil() as i32);
    let inside = |v: &f64| *v >= min * (1.0 - 1e-9) && *v <= max * (1.0 + 1e-9);
    let every = (((high - low) as usize).div_ceil(count.max(2))).max(1);
    let decades: Vec<f64> = (low..=high)
        .filter(|e| e.rem_euclid(every as i32) == 0)
        .map(power_of_ten)
        .filter(inside)
        .collect();
    let values = if decades.len() >= 3 {
        decades
    } else {
        (low..=high)
            .flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * power_of_ten(e)))
            .filter(inside)
            .collect()
    };
    if values.len() < 2 {
        return linear(min, max, count, false);
    }
    // Either all are written out or all as powers.
    let plain = values.iter().all(|v| (-4..6).contains(&lead(*v)));
    let labels = values.iter().map(|v| logarithmic_label(*v, plain)).collect();
    Ticks { values, labels }
}

/// The exponent of the leading digit of a positive number.
fn lead(value: f64) -> i32 {
    (value.log10() + 1e-9).floor() as i32
}

fn logarithmic_label(value: f64, plain: bool) -> String {
    let exponent = lead(value);
    if plain || (0..=1).contains(&exponent) {
        return fixed(value, (-exponent).max(0) as usize);
    }
    match (value / power_of_ten(exponent)).round() as i32 {
        1 => format!("10{}", superscript(exponent)),
        digit => format!("{digit}×10{}", superscript(exponent)),
    }
}

/// Labels of multiples of a step with this exponent: all with the same decimals.
fn labels(values: &[f64], exponent: i32) -> Vec<String> {
    let largest = values.iter().fold(0f64, |m, v| m.max(v.abs()));
    let lead = if largest > 0.0 { lead(largest) } else { 0 };
    if (-4..7).contains(&lead) && exponent >= -6 {
        let decimals = (-exponent).max(0) as usize;
        return values.iter().map(|v| fixed(*v, decimals)).collect();
    }
    let decimals = (lead - exponent).clamp(0, 9) as usize;
    let scientific = |v: &f64| match *v {
        0.0 => "0".to_owned(),
        v => format!("{}×10{}", fixed(scaled(v, lead), decimals), superscript(lead)),
    };
    values.iter().map(scientific).collect()
}

/// `value / 10^exponent`, also where that power is no normal number.
fn scaled(value: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    value / power_of_ten(half) / power_of_ten(exponent - half)
}

/// A number with so many decimals, a comma between thousands and a true minus sign.
fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::new();
    if value < 0.0 && digits.contains(|c: char| ('1'..='9').contains(&c)) {
        text.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

fn superscript(exponent: i32) -> String {
    let raise = |c: char| match c.to_digit(10) {
        Some(d) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][d as usize],
        None => '⁻',
    };
    exponent.to_string().chars().map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_numbers_are_those_one_would_write() {
        let labels = |min, max, n| linear(min, max, n, false).labels;
        assert_eq!(labels(0.2, 20.8, 5), ["5", "10", "15", "20"]);
        assert_eq!(labels(-3.3, 3.3, 6), ["−2", "0", "2"]);
        assert_eq!(labels(-3.3, 3.3, 7), ["−3", "−2", "−1", "0", "1", "2", "3"]);
        assert_eq!(labels(0.09, 0.131, 5), ["0.09", "0.10", "0.11", "0.12", "0.13"]);
        assert_eq!(labels(0.0, 10_000.0, 5), ["0", "2,000", "4,000", "6,000", "8,000", "10,000"]);
        assert_eq!(labels(0.0, 4e7, 2), ["0", "2×10⁷", "4×10⁷"]);
        assert_eq!(labels(0.0, 1e-5, 2), ["0", "0.5×10⁻⁵", "1.0×10⁻⁵"]);
        assert_eq!(linear(0.9, 3.1, 10, true).labels, ["1", "2", "3"]);
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten() {
        let labels = |min, max| logarithmic(min, max, 9).labels;
        assert_eq!(labels(0.02, 2e5), ["0.1", "1", "10", "100", "1,000", "10,000", "100,000"]);
        assert_eq!(labels(0.002, 2e6), ["10⁻²", "1", "10²", "10⁴", "10⁶"]);
        assert_eq!(logarithmic(0.04, 1.2, 6).labels, ["0.05", "0.1", "0.2", "0.5", "1"]);
        assert_eq!(
            logarithmic(0.060, 0.064, 4).labels,
            ["0.060", "0.061", "0.062", "0.063", "0.064"]
        );
        assert_eq!(logarithmic(1e-9, 1e-6, 4).labels, ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶"]);
    }

    proptest! {
        #[test]
        fn steps_are_1_2_or_5_times_a_power_of_ten(
            min in -1e6..1e6f64, size in -9.0..6.0f64, count in 2usize..12
        ) {
            let width = 10f64.powf(size);
            let max = min + width;
            prop_assume!(width > 1e-9 * min.abs());
            let ticks = linear(min, max, count, false);
            let n = ticks.values.len();
            prop_assert!(n >= 2 && n >= (2 * count) / 5 && n <= count.max(5) + 1, "{} of {}", n, count);
            let slack = 1e-5 * width + 1e-12 * min.abs();
            for v in &ticks.values {
                prop_assert!(*v >= min - slack && *v <= max + slack, "{} outside", v);
            }
            if let [a, b, ..] = ticks.values[..] {
                let lead = (b - a) / 10f64.powf(((b - a) * 1.000_001).log10().floor());
                let near = |m: f64| (lead - m).abs() < 1e-3;
                prop_assert!(near(1.0) || near(2.0) || near(5.0), "step {}", b - a);
            }
            let mut distinct = ticks.labels.clone();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), ticks.labels.len(), "{:?}", ticks);
        }

        #[test]
        fn labels_read_back_as_their_values(min in -9e4..9e4f64, size in -3.0..5.0f64) {
            let ticks = linear(min, min + 10f64.powf(size), 5, false);
            for (value, label) in ticks.values.iter().zip(&ticks.labels) {
                let plain = label.replace(',', "").replace('−', "-");
                prop_assert_eq!(plain.parse::<f64>().unwrap(), *value);
            }
        }
    }
}
