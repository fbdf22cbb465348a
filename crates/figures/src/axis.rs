//! Ranges of axes: fitted to the data, or given.

use crate::layer::{Shape, is_drawable};
use crate::{Layer, Panel};

/// Room left free beside the data, as a part of the range.
const PADDING: f64 = 0.04;

/// One axis: its ends, ascending and finite, and whether it is logarithmic (both ends positive).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    pub min: f64,
    pub max: f64,
    pub log: bool,
}

impl Axis {
    /// Where a value lies: 0 at the lower end, 1 at the upper. Not finite where it cannot be shown.
    pub fn place(&self, value: f64) -> f64 {
        if !is_drawable(value) {
            return f64::NAN;
        }
        if self.log {
            return (value.ln() - self.min.ln()) / (self.max.ln() - self.min.ln());
        }
        (value - self.min) / (self.max - self.min)
    }

    /// The value at a place, the inverse of [`place`](Self::place).
    pub fn value(&self, place: f64) -> f64 {
        if self.log {
            return (self.min.ln() + place * (self.max.ln() - self.min.ln())).exp();
        }
        self.min + place * (self.max - self.min)
    }

    /// The same centre and `factor` times the range; linear axes only.
    pub fn widened(self, factor: f64) -> Self {
        let more = (self.max - self.min) * (factor - 1.0) / 2.0;
        let (min, max) = (self.min - more, self.max + more);
        if is_drawable(min) && is_drawable(max) { Self { min, max, ..self } } else { self }
    }

    /// The range of a finite interval, made wide enough that neighbouring ticks differ.
    pub fn new(min: f64, max: f64, log: bool) -> Self {
        let (min, max) = if min <= max { (min, max) } else { (max, min) };
        if log {
            let max = max.clamp(1e-299, 1e299);
            let min = if min > 0.0 { min.clamp(1e-299, 1e299) } else { max / 1e3 };
            let wide = max / min > 1.0 + 1e-6;
            let (min, max) = if wide { (min, max) } else { (min / 2.0, max * 2.0) };
            return Self { min, max, log };
        }
        let size = min.abs().max(max.abs());
        if max - min > (1e-7 * size).max(1e-280) {
            return Self { min, max, log };
        }
        let half = if size > 1e-270 { 0.1 * size } else { 0.5 };
        Self { min: min - half, max: max + half, log }
    }
}

/// What the data of one axis span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    min: f64,
    max: f64,
    /// All values are whole numbers.
    pub whole: bool,
    /// Something stands on 0: no room is left below it.
    based: bool,
}

impl Default for Extent {
    fn default() -> Self {
        Self { min: f64::INFINITY, max: f64::NEG_INFINITY, whole: true, based: false }
    }
}

impl Extent {
    fn add(&mut self, value: f64) {
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.whole &= value == value.round();
    }

    /// The range that shows everything, with some room beside it.
    pub fn axis(&self, given: Option<(f64, f64)>, log: bool) -> Axis {
        if let Some((min, max)) = given.filter(|(a, b)| is_drawable(*a) && is_drawable(*b)) {
            return Axis::new(min, max, log);
        }
        if self.min > self.max {
            return if log { Axis::new(1.0, 10.0, log) } else { Axis::new(0.0, 1.0, log) };
        }
        let axis = Axis::new(self.min, self.max, log);
        if log {
            let more = (PADDING * (axis.max.ln() - axis.min.ln())).exp();
            return Axis {
                min: (axis.min / more).max(1e-303),
                max: (axis.max * more).min(1e300),
                log,
            };
        }
        let padded = axis.widened(1.0 + 2.0 * PADDING);
        Axis {
            min: if self.based && axis.min == 0.0 { 0.0 } else { padded.min },
            max: if self.based && axis.max == 0.0 { 0.0 } else { padded.max },
            log,
        }
    }
}

/// What the data of one or more panels span.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Extents {
    pub x: Extent,
    pub y: Extent,
}

impl Extents {
    pub fn of<'a>(panels: impl IntoIterator<Item = &'a Panel>) -> Self {
        let mut extents = Self::default();
        for panel in panels {
            for layer in &panel.layers {
                extents.add(layer, (panel.log_x, panel.log_y));
            }
        }
        extents
    }

    /// `log` says which of the two axes are logarithmic.
    fn add(&mut self, layer: &Layer, log: (bool, bool)) {
        let shown = |v: f64, log: bool| is_drawable(v) && (!log || v > 0.0);
        match &layer.shape {
            Shape::Horizontal(y) if shown(*y, log.1) => self.y.add(*y),
            Shape::Vertical(x) if shown(*x, log.0) => self.x.add(*x),
            Shape::Horizontal(_) | Shape::Vertical(_) => {}
            shape => {
                for (x, y) in shape.outline() {
                    if shown(x, log.0) && shown(y, log.1) {
                        self.x.add(x);
                        self.y.add(y);
                    }
                }
            }
        }
        if matches!(layer.shape, Shape::Stems(_) | Shape::Bars(_)) {
            self.add_base(log.1);
        }
    }

    fn add_base(&mut self, log: bool) {
        if !log {
            self.y.add(0.0);
            self.y.based = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn data_get_room_and_bars_stand_on_zero() {
        let panel = Panel::new("").points("", [(0.0, 1.0), (10.0, 2.0), (f64::NAN, 99.0)]);
        let extents = Extents::of([&panel]);
        let x = extents.x.axis(None, false);
        assert!((x.min + 0.4).abs() < 1e-12 && (x.max - 10.4).abs() < 1e-12);
        assert!(extents.x.whole);
        let bars = Panel::new("").with(Layer::bars("", [(1.0, 3.0)]));
        let y = Extents::of([&bars]).y.axis(None, false);
        assert_eq!((y.min, y.max), (0.0, 3.12));
    }

    #[test]
    fn ranges_without_width_are_widened_and_odd_ones_ignored() {
        let extent = Extents::of([&Panel::new("").points("", [(5.0, 0.0)])]);
        assert_eq!(extent.x.axis(Some((2.0, 2.0)), false), Axis { min: 1.8, max: 2.2, log: false });
        assert_eq!(extent.x.axis(Some((3.0, 1.0)), false), Axis { min: 1.0, max: 3.0, log: false });
        assert_eq!(extent.x.axis(Some((f64::NAN, 1.0)), false), extent.x.axis(None, false));
        let y = extent.y.axis(None, false);
        assert!(y.min < -0.4 && y.max > 0.4);
    }

    proptest! {
        #[test]
        fn an_axis_is_always_a_proper_interval(
            values in prop::collection::vec(any::<f64>(), 0..5),
            given in prop::option::of((any::<f64>(), any::<f64>())),
            log in any::<bool>(),
        ) {
            let panel = Panel::new("").points("", values.iter().map(|v| (*v, *v)));
            let panel = if log { panel.log_x().log_y() } else { panel };
            let extents = Extents::of([&panel]);
            prop_assert_eq!(extents.x.axis(given, log), extents.y.axis(given, log));
            let axis = extents.y.axis(given, log);
            let middle = axis.value(0.5);
            prop_assert!((axis.place(middle) - 0.5).abs() < 1e-6, "{:?}: {}", axis, middle);
            prop_assert!(axis.min.is_finite() && axis.max.is_finite() && axis.min < axis.max);
            prop_assert!(!log || axis.min > 0.0);
            prop_assert!(axis.place(axis.min).abs() < 1e-6);
            prop_assert!((axis.place(axis.max) - 1.0).abs() < 1e-6);
        }
    }
}
