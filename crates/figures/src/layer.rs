//! What a panel shows: points, lines, bars, stems, bands, surfaces, texts, reference lines.

use crate::font::clean;
use crate::{Colour, Surface};

/// A point of data: x and y.
pub(crate) type Xy = (f64, f64);

/// The form of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Marker {
    /// A disc.
    #[default]
    Disc,
    /// A square on its tip, with a white edge that sets it off from other points.
    Diamond,
}

/// A bar between two places on the x axis, from 0 to its height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bar {
    pub left: f64,
    pub right: f64,
    pub height: f64,
}

/// What lies between two heights at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub x: f64,
    pub lower: f64,
    pub upper: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Points(Vec<Xy>),
    Line(Vec<Xy>),
    Bars(Vec<Bar>),
    Stems(Vec<Xy>),
    Horizontal(f64),
    Vertical(f64),
    Band(Vec<Span>),
    Intervals(Vec<(f64, Span)>),
    HeatMap(Surface),
    Texts(Vec<(Xy, String)>),
}

impl Shape {
    /// The points between which everything lies, reference lines apart.
    pub fn outline(&self) -> Vec<Xy> {
        let ends = |span: &Span| [(span.x, span.lower), (span.x, span.upper)];
        match self {
            Self::Points(points) | Self::Line(points) | Self::Stems(points) => points.clone(),
            Self::Bars(bars) => {
                bars.iter().flat_map(|b| [(b.left, b.height), (b.right, b.height)]).collect()
            }
            Self::Horizontal(_) | Self::Vertical(_) => Vec::new(),
            Self::Band(spans) => spans.iter().flat_map(ends).collect(),
            Self::Intervals(spans) => spans.iter().flat_map(|(_, span)| ends(span)).collect(),
            Self::HeatMap(surface) => {
                surface.corners().map(<[Xy; 2]>::from).into_iter().flatten().collect()
            }
            Self::Texts(texts) => texts.iter().map(|(at, _)| *at).collect(),
        }
    }
}

/// One kind of mark in a panel, with its label for the legend and its looks.
///
/// An empty label keeps it out of the legend. Points that are not finite (or larger than 10^300)
/// are left out, and a line has a gap there; what lies outside given ranges is cut off.
///
/// ```
/// use figures::{Colour, Layer};
///
/// let exact = Layer::points("exact", [(0.0, 1.0), (0.5, -0.2)]).colour(Colour::GREY).size(3.0);
/// let floor = Layer::horizontal("floor 0.0588", 0.0588).dashed();
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    pub(crate) label: String,
    pub(crate) shape: Shape,
    /// A name and a number for each point: its place on the colour map.
    pub(crate) values: Option<(String, Vec<f64>)>,
    pub(crate) colour: Option<Colour>,
    pub(crate) size: f64,
    pub(crate) width: f64,
    pub(crate) opacity: f64,
    pub(crate) marker: Marker,
    pub(crate) dashed: bool,
    pub(crate) dots: bool,
}

impl Layer {
    fn new(label: impl Into<String>, shape: Shape) -> Self {
        Self {
            label: label.into(),
            shape,
            values: None,
            colour: None,
            size: 6.0,
            width: 2.0,
            opacity: 1.0,
            marker: Marker::Disc,
            dashed: false,
            dots: false,
        }
    }

    /// Single points.
    pub fn points(label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(label, Shape::Points(points.into_iter().collect()))
    }

    /// A line through the points in their order, or the path of a chain.
    pub fn line(label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(label, Shape::Line(points.into_iter().collect()))
    }

    /// Bars from 0 to a height, each centred at its x and four fifths as wide as the smallest
    /// distance between two of them.
    pub fn bars(label: impl Into<String>, bars: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let bars: Vec<Xy> = bars.into_iter().collect();
        let mut centres: Vec<f64> = bars.iter().map(|b| b.0).filter(|x| x.is_finite()).collect();
        centres.sort_by(f64::total_cmp);
        let gaps = centres.windows(2).map(|w| w[1] - w[0]).filter(|gap| *gap > 0.0);
        let half = 0.4 * gaps.reduce(f64::min).unwrap_or(1.0);
        let bar = |(x, height): Xy| Bar { left: x - half, right: x + half, height };
        Self::new(label, Shape::Bars(bars.into_iter().map(bar).collect()))
    }

    /// A histogram of the finite `values` in `bins` (1 to 1,000) bins of equal width, scaled to
    /// area 1 so that a density can be drawn over it.
    pub fn histogram(
        label: impl Into<String>,
        values: impl IntoIterator<Item = f64>,
        bins: usize,
    ) -> Self {
        let values: Vec<f64> = values.into_iter().filter(|v| is_drawable(*v)).collect();
        Self::new(label, Shape::Bars(histogram(&values, bins.clamp(1, 1000))))
    }

    /// Thin upright lines from 0 to each point, with a dot on top.
    pub fn stems(label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(label, Shape::Stems(points.into_iter().collect()))
    }

    /// A horizontal line over the whole width.
    pub fn horizontal(label: impl Into<String>, y: f64) -> Self {
        Self { width: 1.5, ..Self::new(label, Shape::Horizontal(y)) }
    }

    /// A vertical line over the whole height.
    pub fn vertical(label: impl Into<String>, x: f64) -> Self {
        Self { width: 1.5, ..Self::new(label, Shape::Vertical(x)) }
    }

    /// The area between two lines, given as `(x, lower, upper)` with ascending x. It has an opacity
    /// of 0.25 unless another is set, so that what is below shows through.
    pub fn band(
        label: impl Into<String>,
        spans: impl IntoIterator<Item = (f64, f64, f64)>,
    ) -> Self {
        let span = |(x, lower, upper)| Span { x, lower, upper };
        let spans = spans.into_iter().map(span).collect();
        Self { opacity: 0.25, ..Self::new(label, Shape::Band(spans)) }
    }

    /// Points with error bars, given as `(x, y, lower, upper)`: `lower` and `upper` are the ends of
    /// the bar on the y axis.
    pub fn intervals(
        label: impl Into<String>,
        intervals: impl IntoIterator<Item = (f64, f64, f64, f64)>,
    ) -> Self {
        let interval = |(x, y, lower, upper)| (y, Span { x, lower, upper });
        Self::new(label, Shape::Intervals(intervals.into_iter().map(interval).collect()))
    }

    /// A surface seen from above: colours (viridis) with a colour bar called `name`.
    ///
    /// A figure with one comes without an SVG.
    pub fn heat_map(name: impl Into<String>, surface: &Surface) -> Self {
        let layer = Self::new("", Shape::HeatMap(surface.clone())).colour(Colour::INK);
        layer.values(name, surface.values().iter().copied())
    }

    /// The lines on which a surface has the height `level`, found by marching squares: linear
    /// between the points of the grid.
    pub fn contour(label: impl Into<String>, surface: &Surface, level: f64) -> Self {
        Self { width: 1.5, ..Self::line(label, surface.contour(level)) }
    }

    /// Texts, each centred just above its point.
    pub fn texts<S: Into<String>>(texts: impl IntoIterator<Item = (f64, f64, S)>) -> Self {
        let texts = texts.into_iter().map(|(x, y, text)| ((x, y), clean(&text.into()))).collect();
        Self::new("", Shape::Texts(texts)).colour(Colour::INK)
    }

    /// The ellipse that holds `probability` (between 0 and 1, both excluded) of a two-dimensional
    /// normal law: `(x − m)ᵀ Σ⁻¹ (x − m) = −2 ln(1 − probability)`.
    ///
    /// Nothing is drawn where the covariance is not positive definite.
    pub fn ellipse(
        label: impl Into<String>,
        mean: [f64; 2],
        covariance: [[f64; 2]; 2],
        probability: f64,
    ) -> Self {
        Self { width: 1.5, ..Self::line(label, ellipse(mean, covariance, probability)) }
    }

    /// The colour; without it the next one of [`Colour::cycle`].
    pub fn colour(self, colour: Colour) -> Self {
        Self { colour: Some(colour), ..self }
    }

    /// Colours each point by its value (viridis), with a colour bar called `name`.
    ///
    /// Points without a finite value are left out. Of use with [`points`](Self::points) only.
    pub fn values(self, name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        Self { values: Some((name.into(), values.into_iter().collect())), ..self }
    }

    /// Diameter of the points in pixels, kept within 1 to 60. Starts as 6.
    pub fn size(self, size: f64) -> Self {
        Self { size: within(size, 1.0, 60.0, self.size), ..self }
    }

    /// Width of the lines in pixels, kept within 0.5 to 20. Starts as 2, of reference lines and
    /// ellipses as 1.5.
    pub fn width(self, width: f64) -> Self {
        Self { width: within(width, 0.5, 20.0, self.width), ..self }
    }

    /// How much points, bars and bands hide what is below, 0.02 to 1. Starts as 1, of bands as 0.25.
    /// Lines are always opaque.
    pub fn opacity(self, opacity: f64) -> Self {
        Self { opacity: within(opacity, 0.02, 1.0, self.opacity), ..self }
    }

    /// The form of the points.
    pub fn marker(self, marker: Marker) -> Self {
        Self { marker, ..self }
    }

    /// Dashes the line.
    pub fn dashed(self) -> Self {
        Self { dashed: true, ..self }
    }

    /// Puts a dot on each point of the line.
    pub fn dots(self) -> Self {
        Self { dots: true, ..self }
    }

    /// How many marks this takes in a drawing.
    pub(crate) fn marks(&self) -> usize {
        match &self.shape {
            Shape::Points(points) => points.len(),
            Shape::Line(points) => points.len() * if self.dots { 2 } else { 1 },
            Shape::Stems(points) => 2 * points.len(),
            Shape::Bars(bars) => bars.len(),
            Shape::Horizontal(_) | Shape::Vertical(_) => 1,
            Shape::Band(spans) => spans.len(),
            Shape::Intervals(spans) => 4 * spans.len(),
            // Thousands of small squares.
            Shape::HeatMap(_) => 10_000,
            Shape::Texts(texts) => texts.len(),
        }
    }

    /// The value of the `index`-th point, where the points are coloured by value.
    pub(crate) fn value(&self, index: usize) -> Option<f64> {
        let (_, values) = self.values.as_ref()?;
        values.get(index).copied().filter(|v| is_drawable(*v))
    }
}

/// Numbers so large that differences overflow cannot be placed on an axis.
pub(crate) fn is_drawable(v: f64) -> bool {
    v.abs() <= 1e300
}

fn within(value: f64, min: f64, max: f64, otherwise: f64) -> f64 {
    if value.is_nan() { otherwise } else { value.clamp(min, max) }
}

fn histogram(values: &[f64], bins: usize) -> Vec<Bar> {
    let min = values.iter().copied().fold(f64::INFINITY, f64::min);
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if min > max {
        return Vec::new();
    }
    let span = if max > min { max - min } else { 1.0 };
    let start = if max > min { min } else { min - 0.5 };
    let mut counts = vec![0usize; bins];
    for v in values {
        let bin = ((v - start) / span * bins as f64) as usize;
        counts[bin.min(bins - 1)] += 1;
    }
    let edge = |i: usize| start + span * (i as f64 / bins as f64);
    let area = values.len() as f64 * (span / bins as f64);
    let bar = |(i, n): (usize, &usize)| Bar {
        left: edge(i),
        right: edge(i + 1),
        height: *n as f64 / area,
    };
    counts.iter().enumerate().map(bar).collect()
}

fn ellipse(mean: [f64; 2], covariance: [[f64; 2]; 2], probability: f64) -> Vec<Xy> {
    const CORNERS: usize = 120;
    let [[xx, xy], [_, yy]] = covariance;
    // Cholesky's factor; NaN, so that nothing is drawn, where there is none.
    let a = xx.sqrt();
    let b = xy / a;
    let c = (yy - b * b).sqrt();
    let radius = (-2.0 * (-probability).ln_1p()).sqrt();
    let corner = |i: usize| {
        let (sin, cos) = (std::f64::consts::TAU * i as f64 / CORNERS as f64).sin_cos();
        (mean[0] + radius * a * cos, mean[1] + radius * (b * cos + c * sin))
    };
    (0..=CORNERS).map(corner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ellipse_is_a_contour_of_the_normal_law() {
        let (m, s) = ([1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]]);
        let determinant = s[0][0] * s[1][1] - s[0][1] * s[1][0];
        for (x, y) in ellipse(m, s, 0.95) {
            let (dx, dy) = (x - m[0], y - m[1]);
            let distance =
                (s[1][1] * dx * dx - 2.0 * s[0][1] * dx * dy + s[0][0] * dy * dy) / determinant;
            // The 95 % quantile of the chi-squared law with two degrees of freedom.
            assert!((distance - 5.991_464_547_107_979).abs() < 1e-9, "{distance}");
        }
        assert!(ellipse(m, [[1.0, 2.0], [2.0, 1.0]], 0.5).iter().all(|p| p.1.is_nan()));
    }

    #[test]
    fn a_histogram_has_area_one_and_counts_every_value() {
        let bars = histogram(&[0.0, 0.1, 0.9, 1.0, 2.0], 2);
        let heights: Vec<f64> = bars.iter().map(|b| b.height).collect();
        assert_eq!(heights, [0.6, 0.4]);
        assert_eq!((bars[0].left, bars[1].left, bars[1].right), (0.0, 1.0, 2.0));
        assert!(histogram(&[], 3).is_empty());
        let single = histogram(&[4.0, 4.0], 1);
        assert_eq!(single, [Bar { left: 3.5, right: 4.5, height: 1.0 }]);
    }

    #[test]
    fn bars_leave_a_gap() {
        let layer = Layer::bars("", [(0.0, 1.0), (2.0, 3.0), (1.0, 2.0)]);
        let Shape::Bars(bars) = layer.shape else { panic!("no bars") };
        assert_eq!(bars[1], Bar { left: 1.6, right: 2.4, height: 3.0 });
    }
}
