//! What can be drawn on: a few shapes, in pixels of the finished picture from its upper left corner.

use crate::{Colour, Error};

/// A place in the picture: pixels to the right and downwards.
pub(crate) type Place = (f64, f64);

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub text: String,
    /// A point of the base line.
    pub at: Place,
    pub anchor: Anchor,
    /// Font size, pixels.
    pub size: f64,
    pub bold: bool,
    /// Turned to be read from bottom to top.
    pub upwards: bool,
}

pub(crate) trait Canvas {
    /// An opaque line through the places; butt ends, round corners.
    fn polyline(&mut self, places: &[Place], width: f64, colour: Colour) -> Result<(), Error>;

    /// A filled convex polygon.
    fn polygon(&mut self, corners: &[Place], colour: Colour, opacity: f64) -> Result<(), Error>;

    /// A filled disc.
    fn disc(
        &mut self,
        centre: Place,
        radius: f64,
        colour: Colour,
        opacity: f64,
    ) -> Result<(), Error>;

    /// Text in the colour of ink.
    fn text(&mut self, text: &Text) -> Result<(), Error>;

    /// The area between two lines whose places lie above each other in pairs.
    fn band(
        &mut self,
        upper: &[Place],
        lower: &[Place],
        colour: Colour,
        opacity: f64,
    ) -> Result<(), Error> {
        for (above, below) in upper.windows(2).zip(lower.windows(2)) {
            self.polygon(&[above[0], above[1], below[1], below[0]], colour, opacity)?;
        }
        Ok(())
    }

    /// A filled rectangle with sides along the axes.
    fn rectangle(
        &mut self,
        (left, top): Place,
        (right, bottom): Place,
        colour: Colour,
        opacity: f64,
    ) -> Result<(), Error> {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        self.polygon(&corners, colour, opacity)
    }
}
