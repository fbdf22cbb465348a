//! What a reader of the picture relies on: sizes, places, colours, determinism, no panic.
#![allow(clippy::unwrap_used)]

use std::slice::from_ref;

use figures::{Colour, Error, ImageRow, Layer, Layout, Marker, Panel, Surface, figure, image_grid};
use image::RgbImage;
use proptest::prelude::*;

fn decode(png: &[u8]) -> RgbImage {
    image::load_from_memory(png).unwrap().to_rgb8()
}

fn near(pixel: &image::Rgb<u8>, Colour(r, g, b): Colour) -> bool {
    pixel.0.iter().zip([r, g, b]).all(|(a, b)| a.abs_diff(b) < 12)
}

/// The middle and the number of the pixels of a colour.
fn find(picture: &RgbImage, colour: Colour) -> Option<(f64, f64, usize)> {
    let hits = picture.enumerate_pixels().filter(|(_, _, pixel)| near(pixel, colour));
    let (mut x, mut y, mut n) = (0.0, 0.0, 0);
    for (u, v, _) in hits {
        (x, y, n) = (x + f64::from(u) + 0.5, y + f64::from(v) + 0.5, n + 1);
    }
    (n > 0).then(|| (x / n as f64, y / n as f64, n))
}

/// A point of its own colour.
fn dot(colour: Colour, x: f64, y: f64) -> Layer {
    Layer::points("", [(x, y)]).colour(colour).size(9.0)
}

fn lecture_panel() -> Panel {
    Panel::new("Loss & <accuracy>")
        .x("epoch")
        .y("loss")
        .line("train", (1..=20).map(|e| (f64::from(e), 1.0 / f64::from(e))))
        .points("ρ² \u{1} ≥ 0", [(3.0, 0.5), (f64::NAN, 1.0)])
        .with(Layer::horizontal("floor", 0.1).dashed())
}

#[test]
fn the_same_numbers_give_the_same_bytes_in_any_thread() {
    let draw = || figure(&[lecture_panel(), lecture_panel()], Layout::row(900, 400)).unwrap();
    let first = draw();
    assert_eq!(draw(), first);
    assert_eq!(std::thread::spawn(draw).join().unwrap(), first);
}

#[test]
fn the_png_has_the_stated_size_and_the_svg_is_well_formed() {
    let picture = figure(&[lecture_panel()], Layout::row(641, 479)).unwrap();
    assert_eq!(decode(&picture.png).dimensions(), (641, 479));
    let svg = picture.svg.unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("width"), root.attribute("height")), (Some("641"), Some("479")));
    assert_eq!(root.attribute("viewBox"), Some("0 0 6410 4790"));
    let texts: Vec<&str> =
        root.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text()).collect();
    let has = |text: &str| texts.iter().any(|t| t.trim() == text);
    assert!(
        has("Loss & <accuracy>") && has("ρ²   ≥ 0") && has("floor") && has("epoch"),
        "{texts:?}"
    );
    assert!(svg.contains("sans-serif"));
}

#[test]
fn a_point_lands_where_the_axes_say() {
    // Corners of the ranges fix the scale, the point between them must divide it in proportion.
    let panel = Panel::new("title")
        .x("x")
        .y("y")
        .x_range(-1.0, 11.0)
        .y_range(-1.0, 11.0)
        .with(dot(Colour::BLUE, 0.0, 0.0))
        .with(dot(Colour::VERMILION, 10.0, 10.0))
        .with(dot(Colour::GREEN, 7.0, 2.0))
        .with(dot(Colour::PURPLE, 11.5, 5.0));
    let picture = decode(&figure(&[panel], Layout::row(600, 500)).unwrap().png);
    let (x0, y0, _) = find(&picture, Colour::BLUE).unwrap();
    let (x1, y1, _) = find(&picture, Colour::VERMILION).unwrap();
    let (x, y, n) = find(&picture, Colour::GREEN).unwrap();
    assert!((x - (x0 + 0.7 * (x1 - x0))).abs() < 0.4, "{x} between {x0} and {x1}");
    assert!((y - (y0 + 0.2 * (y1 - y0))).abs() < 0.4, "{y} between {y0} and {y1}");
    assert!(x1 - x0 > 350.0 && y0 - y1 > 300.0);
    // A disc of diameter 9 has 64 pixels; those at its edge are mixed with white.
    assert!((35..=64).contains(&n), "{n} pixels");
    assert!(find(&picture, Colour::PURPLE).is_none(), "a point outside the range is drawn");
}

#[test]
fn a_logarithmic_x_axis_puts_equal_ratios_at_equal_distances() {
    let panel = Panel::new("")
        .log_x()
        .y_range(0.0, 2.0)
        .with(dot(Colour::BLUE, 0.01, 1.0))
        .with(dot(Colour::GREEN, 1.0, 1.0))
        .with(dot(Colour::VERMILION, 100.0, 1.0))
        .with(dot(Colour::PURPLE, -1.0, 1.0));
    let picture = decode(&figure(&[panel], Layout::row(600, 300)).unwrap().png);
    let x = |colour| find(&picture, colour).unwrap().0;
    let (a, b, c) = (x(Colour::BLUE), x(Colour::GREEN), x(Colour::VERMILION));
    assert!(((b - a) - (c - b)).abs() < 0.7 && b - a > 150.0, "{a} {b} {c}");
    assert!(find(&picture, Colour::PURPLE).is_none(), "a logarithm of -1 is drawn");
}

#[test]
fn a_heat_map_has_the_colours_of_its_heights_and_a_contour_lies_on_its_level() {
    let axis = || (0..=10).map(f64::from).collect::<Vec<_>>();
    let slope = Surface::of(axis(), axis(), |x, _| x);
    let panel = |layer| Panel::new("").x_range(0.0, 10.0).y_range(0.0, 10.0).with(layer);
    let left = |panel: Panel, colour| {
        let picture = figure(&[panel], Layout::row(500, 400)).unwrap();
        (find(&decode(&picture.png), colour).unwrap().0, picture.svg.is_some())
    };
    // The colour bar beside it takes room; both with it, to be comparable.
    let both = panel(Layer::heat_map("x", &slope))
        .with(Layer::contour("", &slope, 5.0).colour(Colour::VERMILION))
        .no_legend();
    let (contour, svg) = left(both.clone(), Colour::VERMILION);
    assert!(!svg);
    let (dotted, _) = left(both.with(dot(Colour::BLACK, 5.0, 5.0)), Colour::BLACK);
    assert!((contour - dotted).abs() < 0.7, "{contour} and {dotted}");
    let picture =
        decode(&figure(&[panel(Layer::heat_map("x", &slope))], Layout::row(500, 400)).unwrap().png);
    let row: Vec<_> = (60..300).map(|x| *picture.get_pixel(x, 200)).collect();
    // Viridis grows greener from left to right without a break.
    assert!(row.windows(2).all(|w| w[0].0[1] <= w[1].0[1]) && row[0].0[1] + 60 < row[239].0[1]);
}

#[test]
fn a_band_lies_between_its_lines_in_png_and_svg() {
    let band = Layer::band("", [(0.0, 1.0, 2.0), (5.0, 1.0, 2.0), (10.0, 1.0, 2.0)]);
    let panel = Panel::new("")
        .x_range(0.0, 10.0)
        .y_range(0.0, 4.0)
        .with(band.colour(Colour::GREEN).opacity(1.0))
        .with(dot(Colour::BLUE, 5.0, 3.0))
        .with(dot(Colour::VERMILION, 5.0, 0.5));
    let picture = figure(&[panel], Layout::row(500, 400)).unwrap();
    let png = decode(&picture.png);
    let y = |colour| find(&png, colour).unwrap().1;
    let unit = (y(Colour::VERMILION) - y(Colour::BLUE)) / 2.5;
    assert!((y(Colour::GREEN) - (y(Colour::BLUE) + 1.5 * unit)).abs() < 0.7);
    let svg = picture.svg.unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let green = |n: &roxmltree::Node<'_, '_>| n.attribute("fill") == Some("#009E73");
    assert_eq!(document.descendants().filter(green).count(), 1, "one piece, without seams");
}

#[test]
fn a_translucent_band_shows_no_seams() {
    let spans = (0..=97).map(|i| (f64::from(i) / 9.7, 1.0 + f64::from(i % 7), 9.0));
    let panel = Panel::new("")
        .bare()
        .x_range(0.0, 10.0)
        .y_range(0.0, 10.0)
        .with(Layer::band("", spans).colour(Colour::BLACK).opacity(0.5));
    let picture = decode(&figure(&[panel], Layout::row(500, 400)).unwrap().png);
    // Above the lower line, which is at 7 or below.
    let row: Vec<u8> = (50..450).map(|x| picture.get_pixel(x, 80).0[0]).collect();
    assert!(row.iter().all(|v| v.abs_diff(128) < 3), "{row:?}");
}

#[test]
fn marks_texts_and_error_bars_are_drawn_and_a_bare_panel_has_no_axes() {
    let texts = |panel: Panel| {
        let svg = figure(&[panel], Layout::row(500, 400)).unwrap().svg.unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let texts = document.descendants().filter(|n| n.has_tag_name("text"));
        texts.filter_map(|n| n.text().map(|t| t.trim().to_owned())).collect::<Vec<_>>()
    };
    let panel = Panel::new("title")
        .y("y")
        .x_marks([(1.0, "cancer"), (2.0, "healthy"), (9.0, "nowhere")])
        .with(Layer::intervals("error", [(1.0, 2.0, 1.0, 3.0), (2.0, 2.0, 1.5, 2.5)]))
        .with(Layer::texts([(1.0, 2.0, "3.1\u{1}%")]));
    let shown = texts(panel.clone());
    assert!(
        ["cancer", "healthy", "3.1 %", "error", "y"].iter().all(|t| shown.iter().any(|s| s == t))
    );
    assert!(!shown.contains(&"nowhere".to_owned()), "{shown:?}");
    assert_eq!(texts(panel.bare()), ["3.1 %", "title", "error"]);
}

#[test]
fn svg_and_png_agree_on_places() {
    let panel = Panel::new("t").x("x").with(dot(Colour::GREEN, 2.0, 3.0)).points("", [(0.0, 0.0)]);
    let picture = figure(&[panel], Layout::row(500, 400)).unwrap();
    let (x, y, _) = find(&decode(&picture.png), Colour::GREEN).unwrap();
    let svg = picture.svg.unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let circle = document.descendants().find(|n| n.attribute("fill") == Some("#009E73")).unwrap();
    let at = |name| circle.attribute(name).unwrap().parse::<f64>().unwrap() / 10.0;
    assert!((at("cx") - x).abs() < 0.4 && (at("cy") - y).abs() < 0.4);
}

#[test]
fn equal_aspect_makes_units_equally_long() {
    let panel = Panel::new("")
        .equal_aspect()
        .with(dot(Colour::BLUE, 0.0, 0.0))
        .with(dot(Colour::GREEN, 1.0, 0.0))
        .with(dot(Colour::VERMILION, 0.0, 1.0));
    let picture = decode(&figure(&[panel], Layout::row(800, 300)).unwrap().png);
    let (x0, y0, _) = find(&picture, Colour::BLUE).unwrap();
    let (x1, _, _) = find(&picture, Colour::GREEN).unwrap();
    let (_, y1, _) = find(&picture, Colour::VERMILION).unwrap();
    assert!(((x1 - x0) - (y0 - y1)).abs() < 1.0, "{} and {}", x1 - x0, y0 - y1);
}

#[test]
fn shared_axes_put_equal_values_at_equal_heights() {
    let panel = |colour, other| {
        let panel = Panel::new("p").y("y").with(dot(colour, 100.0, 3.0));
        panel.with(dot(Colour::GREY, 0.0, other))
    };
    let panels = [panel(Colour::BLUE, 0.0), panel(Colour::GREEN, 7.0)];
    let heights = |layout: Layout| {
        let picture = decode(&figure(&panels, layout).unwrap().png);
        [Colour::BLUE, Colour::GREEN].map(|c| find(&picture, c).unwrap().1)
    };
    let [a, b] = heights(Layout::row(600, 300).shared_axes());
    assert!((a - b).abs() < 0.5, "{a} and {b}");
    // The control: with axes of their own, 3 is the top of one and the bottom of the other.
    let [a, b] = heights(Layout::row(600, 300));
    assert!(b - a > 100.0, "{a} and {b}");
}

#[test]
fn opacity_mixes_points_with_the_paper_and_each_other() {
    let faint = |n: usize| {
        let points = vec![(0.0, 0.0); n];
        let layer = Layer::points("", points).colour(Colour::BLACK).size(40.0).opacity(0.5);
        let panel = Panel::new("").with(layer).x_range(-1.0, 1.0).y_range(-1.0, 1.0);
        let picture = decode(&figure(&[panel], Layout::row(400, 400)).unwrap().png);
        let exact =
            Panel::new("").with(dot(Colour::GREEN, 0.0, 0.0)).x_range(-1.0, 1.0).y_range(-1.0, 1.0);
        let (x, y, _) =
            find(&decode(&figure(&[exact], Layout::row(400, 400)).unwrap().png), Colour::GREEN)
                .unwrap();
        // Beside the grid lines.
        picture.get_pixel(x as u32 + 8, y as u32 + 8).0[0]
    };
    assert!(faint(1).abs_diff(128) < 4 && faint(2).abs_diff(64) < 4, "{} {}", faint(1), faint(2));
}

#[test]
fn a_line_is_as_wide_as_asked_and_does_not_hide_twice() {
    let line =
        Layer::line("", [(0.0, 0.5), (0.3, 0.5), (1.0, 0.5)]).width(6.0).colour(Colour::BLUE);
    let panel = Panel::new("").with(line).x_range(0.0, 1.0).y_range(0.0, 1.0);
    let picture = decode(&figure(&[panel], Layout::row(400, 400)).unwrap().png);
    let column = |x: u32| (0..400).filter(|y| near(picture.get_pixel(x, *y), Colour::BLUE)).count();
    for x in [150, 200, 250] {
        assert!((5..=6).contains(&column(x)), "{} pixels", column(x));
    }
}

#[test]
fn the_legend_avoids_the_data() {
    for (corner, x, y) in [("right", 1.0, 1.0), ("left", -1.0, 1.0), ("lower", 1.0, -1.0)] {
        let swarm = (0..200).map(|i| {
            (x * (0.4 + 0.6 * f64::from(i % 20) / 20.0), y * (0.4 + 0.03 * f64::from(i / 10)))
        });
        let panel = Panel::new("")
            .x_range(-1.2, 1.2)
            .y_range(-1.2, 1.2)
            .with(Layer::points("swarm", swarm).colour(Colour::GREEN));
        let with = decode(&figure(from_ref(&panel), Layout::row(500, 400)).unwrap().png);
        let without = decode(&figure(&[panel.no_legend()], Layout::row(500, 400)).unwrap().png);
        let count = |p: &RgbImage| find(p, Colour::GREEN).unwrap().2;
        // The sample in the legend adds some; hidden points would take hundreds away.
        assert!(count(&with) > count(&without) && count(&with) < count(&without) + 60, "{corner}");
    }
}

#[test]
fn a_legend_shows_huge_points_in_the_height_of_its_rows() {
    let points = |label: &str| Layer::points(label, [(0.0, 0.0)]).size(60.0);
    let panel = Panel::new("").x_range(-1.0, 1.0).y_range(-1.0, 1.0);
    let panel = panel.with(points("first")).with(points("second"));
    let svg = figure(&[panel], Layout::row(600, 400)).unwrap().svg.unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let circles = document.descendants().filter(|n| n.has_tag_name("circle"));
    let mut radii: Vec<f64> =
        circles.map(|c| c.attribute("r").unwrap().parse::<f64>().unwrap() / 10.0).collect();
    radii.sort_by(f64::total_cmp);
    assert_eq!(radii.len(), 4, "{radii:?}");
    assert!(radii[1] <= 12.0 && radii[2] >= 30.0, "{radii:?}");
}

#[test]
fn many_points_have_no_svg() {
    let panel = |n: u32| Panel::new("").points("", (0..n).map(|i| (f64::from(i), 0.0)));
    assert!(figure(&[panel(2000)], Layout::row(300, 300)).unwrap().svg.is_some());
    assert!(figure(&[panel(1001), panel(1000)], Layout::row(500, 300)).unwrap().svg.is_none());
}

#[test]
fn sizes_out_of_range_are_errors() {
    let panels = [Panel::new("")];
    let error = |layout| figure(&panels, layout).unwrap_err();
    for layout in [Layout::row(99, 300), Layout::row(300, 3001), Layout::row(u32::MAX, 0)] {
        assert!(matches!(error(layout), Error::OutOfRange { min: 100, max: 3000, .. }));
    }
    assert!(matches!(error(Layout::row(300, 300).columns(0)), Error::OutOfRange { value: 0, .. }));
    assert!(matches!(figure(&[], Layout::row(300, 300)), Err(Error::NoPanels)));
    let many = vec![Panel::new("title").y("y"); 9];
    let crowded = figure(&many, Layout::row(300, 300)).unwrap_err();
    assert!(matches!(crowded, Error::NoRoom { columns: 9, rows: 1, width: 300, .. }), "{crowded}");
}

#[test]
fn images_are_enlarged_exactly() {
    let image: Vec<f32> = vec![0.0, 1.0, 0.5, f32::NAN, 7.0, -1.0];
    let rows = [ImageRow::new("", [image.as_slice(), image.as_slice()])];
    let picture = decode(&image_grid(&rows, 2, 3).unwrap().png);
    // 84 / 3 = 28 times larger, 6 pixels apart, 12 pixels of margin.
    assert_eq!(picture.dimensions(), (24 + 2 * 84 + 6, 24 + 56));
    let at = |x: u32, y: u32| picture.get_pixel(x, y).0;
    for left in [12, 12 + 84 + 6] {
        let cell = |column: u32, row: u32| at(left + 28 * column + 27, 12 + 28 * row);
        assert_eq!([cell(0, 0), cell(1, 0), cell(2, 0)], [[0; 3], [255; 3], [128; 3]]);
        assert_eq!([cell(0, 1), cell(1, 1), cell(2, 1)], [[0; 3], [255; 3], [0; 3]]);
    }
    assert_eq!(at(12 + 84, 12), [255; 3]);
}

#[test]
fn a_grid_of_wrong_images_is_refused() {
    let (right, wrong) = (vec![0f32; 4], vec![0f32; 5]);
    let rows =
        [ImageRow::new("a", [right.as_slice()]), ImageRow::new("b", [right.as_slice(), &wrong])];
    let error = image_grid(&rows, 2, 2).unwrap_err();
    assert!(matches!(error, Error::ImageSize { row: 1, index: 1, expected: 4, found: 5 }));
    assert!(matches!(image_grid(&[], 2, 2), Err(Error::NoImages)));
    assert!(matches!(image_grid(&[ImageRow::new("a", [])], 2, 2), Err(Error::NoImages)));
    assert!(matches!(image_grid(&rows, 0, 2), Err(Error::OutOfRange { .. })));
    assert!(matches!(image_grid(&rows, usize::MAX, 2), Err(Error::OutOfRange { .. })));
    let long = [ImageRow::new("", vec![right.as_slice(); 5000])];
    assert!(matches!(image_grid(&long, 2, 2), Err(Error::TooLarge { .. })));
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -10.0..10.0f64, 2 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(0.0)]
}

/// A surface over the numbers of some points, sorted.
fn surface(points: &[(f64, f64)]) -> Surface {
    let sorted = |mut axis: Vec<f64>| {
        axis.retain(|v| v.abs() <= 1e300);
        axis.sort_by(f64::total_cmp);
        axis.dedup();
        axis
    };
    let x = sorted(points.iter().map(|p| p.0).collect());
    let y = sorted(points.iter().map(|p| p.1).collect());
    Surface::of(x, y, |x, y| x - y)
}

fn layer() -> impl Strategy<Value = Layer> {
    let points = prop::collection::vec((number(), number()), 0..12);
    let looks = (number(), number(), number(), any::<bool>(), any::<bool>());
    (0..14, "\\PC{0,8}|[\\x00-\\x1f<&>]{0,4}", points, looks).prop_map(
        |(kind, label, points, (size, width, opacity, dashed, diamond))| {
            let first = points.first().copied().unwrap_or((1.0, 2.0));
            let layer = match kind {
                0 => Layer::points(label, points),
                1 => Layer::line(label, points).dots(),
                2 => Layer::bars(label, points),
                3 => Layer::histogram(label, points.iter().map(|p| p.0), points.len() * 40),
                4 => Layer::stems(label, points),
                5 => Layer::horizontal(label, first.1),
                6 => Layer::vertical(label, first.0),
                7 => Layer::ellipse(label, [first.0, 0.0], [[first.1, 0.1], [0.1, 1.0]], first.0),
                8 => Layer::band(label, points.iter().map(|p| (p.0, p.1, first.1))),
                9 => Layer::intervals(label, points.iter().map(|p| (p.0, p.1, first.0, first.1))),
                10 => Layer::heat_map(label, &surface(&points)),
                11 => Layer::contour(label, &surface(&points), first.1),
                12 => Layer::texts(points.iter().map(|p| (p.0, p.1, label.clone()))),
                _ => Layer::points(label, points.clone()).values("v", points.iter().map(|p| p.1)),
            };
            let layer = layer.size(size).width(width).opacity(opacity);
            let layer = if dashed { layer.dashed() } else { layer };
            if diamond { layer.marker(Marker::Diamond) } else { layer }
        },
    )
}

fn panel() -> impl Strategy<Value = Panel> {
    let range = || prop::option::of((number(), number()));
    let layers = prop::collection::vec(layer(), 0..4);
    (layers, "\\PC{0,30}", range(), range(), any::<[bool; 6]>()).prop_map(
        |(layers, text, x, y, [log, log_x, equal, legend, marks, bare])| {
            let mut panel = layers.into_iter().fold(Panel::new(text.clone()), Panel::with);
            panel = panel.x(text.clone()).y(text);
            panel = if let Some((a, b)) = x { panel.x_range(a, b) } else { panel };
            panel = if let Some((a, b)) = y { panel.y_range(a, b) } else { panel };
            panel = if log { panel.log_y() } else { panel };
            panel = if log_x { panel.log_x() } else { panel };
            panel = if marks { panel.x_marks([(1.0, "one"), (f64::NAN, "")]) } else { panel };
            panel = if bare { panel.bare() } else { panel };
            panel = if equal { panel.equal_aspect() } else { panel };
            if legend { panel } else { panel.no_legend() }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_panel_panics_and_its_svg_is_well_formed(
        panels in prop::collection::vec(panel(), 0..4),
        width in 90u32..500, height in 90u32..400, columns in 0usize..4, shared in any::<bool>(),
    ) {
        let layout = Layout::row(width, height).columns(columns);
        let layout = if shared { layout.shared_axes() } else { layout };
        if let Ok(picture) = figure(&panels, layout) {
            prop_assert_eq!(decode(&picture.png).dimensions(), (width, height));
            let svg = picture.svg.unwrap_or_default();
            if !svg.is_empty() {
                prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{}", svg);
            }
        }
    }

    #[test]
    fn no_grid_panics(
        sizes in prop::collection::vec(prop::collection::vec(0usize..8, 0..4), 0..4),
        height in 0usize..4, width in 0usize..4, label in "\\PC{0,40}", value in any::<f32>(),
    ) {
        let pixels = [value; 16];
        let rows: Vec<ImageRow<'_>> = sizes
            .iter()
            .map(|row| ImageRow::new(label.clone(), row.iter().map(|n| &pixels[..*n])))
            .collect();
        let uniform = sizes.iter().flatten().all(|n| *n == height * width);
        let drawable = height * width > 0 && uniform && sizes.iter().any(|row| !row.is_empty());
        prop_assert_eq!(image_grid(&rows, height, width).is_ok(), drawable);
    }
}
