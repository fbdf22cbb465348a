//! Colours that also colour-blind readers can tell apart.

/// An opaque colour: red, green, blue.
///
/// The named colours are the palette of Okabe and Ito, made to be told apart with any colour vision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(
    /// Red, 0 to 255.
    pub u8,
    /// Green, 0 to 255.
    pub u8,
    /// Blue, 0 to 255.
    pub u8,
);

/// Viridis at 0, 1/16, …, 1, from matplotlib 3.11.2:
/// `[tuple(round(255 * v) for v in colormaps["viridis"](i / 16)[:3]) for i in range(17)]`.
const VIRIDIS: [[u8; 3]; 17] = [
    [68, 1, 84],
    [72, 24, 106],
    [71, 45, 123],
    [66, 64, 134],
    [59, 82, 139],
    [51, 99, 141],
    [44, 114, 142],
    [38, 130, 142],
    [33, 145, 140],
    [31, 160, 136],
    [40, 174, 128],
    [63, 188, 115],
    [94, 201, 98],
    [132, 212, 75],
    [173, 220, 48],
    [216, 226, 25],
    [253, 231, 37],
];

impl Colour {
    /// Black.
    pub const BLACK: Self = Self(0, 0, 0);
    /// A middle grey, for what stands in the background.
    pub const GREY: Self = Self(140, 140, 140);
    /// Blue, the first colour of the cycle.
    pub const BLUE: Self = Self(0, 114, 178);
    /// Vermilion, the second.
    pub const VERMILION: Self = Self(213, 94, 0);
    /// Bluish green, the third.
    pub const GREEN: Self = Self(0, 158, 115);
    /// Reddish purple, the fourth.
    pub const PURPLE: Self = Self(204, 121, 167);
    /// Orange, the fifth.
    pub const ORANGE: Self = Self(230, 159, 0);
    /// Sky blue, the sixth.
    pub const SKY: Self = Self(86, 180, 233);

    pub(crate) const WHITE: Self = Self(255, 255, 255);
    pub(crate) const INK: Self = Self(38, 38, 38);
    pub(crate) const FRAME: Self = Self(120, 120, 120);
    pub(crate) const GRID: Self = Self(232, 232, 232);

    /// The colour of the `index`-th layer that chose none; they repeat after six.
    pub fn cycle(index: usize) -> Self {
        const CYCLE: [Colour; 6] = [
            Colour::BLUE,
            Colour::VERMILION,
            Colour::GREEN,
            Colour::PURPLE,
            Colour::ORANGE,
            Colour::SKY,
        ];
        CYCLE[index % CYCLE.len()]
    }

    /// The colour map viridis, dark purple at `t = 0` to yellow at 1; its brightness grows evenly.
    /// Values outside are taken as the nearer end, NaN as 0.
    pub fn viridis(t: f64) -> Self {
        let last = VIRIDIS.len() - 1;
        let place = t.clamp(0.0, 1.0) * last as f64;
        let below = (place as usize).min(last - 1);
        let part = if place.is_nan() { 0.0 } else { place - below as f64 };
        let mix = |i: usize| {
            let (a, b) = (f64::from(VIRIDIS[below][i]), f64::from(VIRIDIS[below + 1][i]));
            (a + part * (b - a)).round() as u8
        };
        Self(mix(0), mix(1), mix(2))
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;

    #[test]
    fn viridis_agrees_with_matplotlib_between_the_anchors() {
        // matplotlib 3.11.2: colormaps["viridis"](t), rounded to bytes.
        let reference = [
            (0.1, [72, 36, 117]),
            (0.33, [49, 103, 142]),
            (0.47, [35, 137, 142]),
            (0.71, [72, 193, 110]),
            (0.9, [189, 223, 38]),
        ];
        for (t, expected) in reference {
            let Colour(r, g, b) = Colour::viridis(t);
            for (ours, theirs) in [r, g, b].into_iter().zip(expected) {
                assert!(i32::from(ours).abs_diff(theirs) <= 3, "{t}: {r} {g} {b}");
            }
        }
        assert_eq!(Colour::viridis(f64::NAN), Colour(68, 1, 84));
        assert_eq!(Colour::viridis(-1.0), Colour(68, 1, 84));
        assert_eq!(Colour::viridis(2.0), Colour(253, 231, 37));
    }
}
