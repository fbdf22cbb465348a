//! One coordinate system with its layers.

use crate::Layer;
use crate::font::clean;

/// One coordinate system: a title, two axes and layers drawn in their order.
///
/// Without ranges the axes fit the data. Labels are plain Unicode: `z₁`, `ρ²`, `−ln p`.
///
/// ```
/// use figures::{Layer, Panel};
///
/// let panel = Panel::new("Loss")
///     .x("epoch")
///     .y("binary cross-entropy")
///     .line("train", [(1.0, 0.15), (2.0, 0.12)])
///     .line("validation", [(1.0, 0.14), (2.0, 0.11)])
///     .with(Layer::horizontal("floor", 0.0588).dashed());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    pub(crate) title: String,
    pub(crate) x_label: String,
    pub(crate) y_label: String,
    pub(crate) x_range: Option<(f64, f64)>,
    pub(crate) y_range: Option<(f64, f64)>,
    pub(crate) log_x: bool,
    pub(crate) log_y: bool,
    pub(crate) x_marks: Option<Vec<(f64, String)>>,
    pub(crate) bare: bool,
    pub(crate) equal_aspect: bool,
    pub(crate) no_legend: bool,
    pub(crate) layers: Vec<Layer>,
}

impl Panel {
    /// An empty panel; an empty title takes no room.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// What the x axis shows.
    pub fn x(self, label: impl Into<String>) -> Self {
        Self { x_label: label.into(), ..self }
    }

    /// What the y axis shows.
    pub fn y(self, label: impl Into<String>) -> Self {
        Self { y_label: label.into(), ..self }
    }

    /// Fixes the range of the x axis. A range that is not finite is ignored, an empty one widened.
    pub fn x_range(self, min: f64, max: f64) -> Self {
        Self { x_range: Some((min, max)), ..self }
    }

    /// Fixes the range of the y axis, as [`x_range`](Self::x_range).
    pub fn y_range(self, min: f64, max: f64) -> Self {
        Self { y_range: Some((min, max)), ..self }
    }

    /// Makes the x axis logarithmic; what is not positive is left out.
    pub fn log_x(self) -> Self {
        Self { log_x: true, ..self }
    }

    /// Makes the y axis logarithmic; what is not positive is left out.
    pub fn log_y(self) -> Self {
        Self { log_y: true, ..self }
    }

    /// One unit is as long on both axes: the range of one of them is widened. Has no effect on a
    /// logarithmic axis.
    pub fn equal_aspect(self) -> Self {
        Self { equal_aspect: true, ..self }
    }

    /// Replaces the numbers below the x axis by these texts at their places: names of groups, or
    /// numbers in other units. There are no upright grid lines then.
    pub fn x_marks<S: Into<String>>(self, marks: impl IntoIterator<Item = (f64, S)>) -> Self {
        let marks = marks.into_iter().map(|(x, text)| (x, clean(&text.into()))).collect();
        Self { x_marks: Some(marks), ..self }
    }

    /// Leaves out frame, grid, numbers and names of the axes, for pictures in which places mean
    /// nothing.
    pub fn bare(self) -> Self {
        Self { bare: true, ..self }
    }

    /// Draws no legend. Otherwise there is one as soon as a layer has a label.
    pub fn no_legend(self) -> Self {
        Self { no_legend: true, ..self }
    }

    /// Adds a layer.
    pub fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Adds [`Layer::line`].
    pub fn line(
        self,
        label: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.with(Layer::line(label, points))
    }

    /// Adds [`Layer::points`].
    pub fn points(
        self,
        label: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.with(Layer::points(label, points))
    }
}
