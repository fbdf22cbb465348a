#![doc = include_str!("../README.md")]

mod axis;
mod bitmap;
mod canvas;
mod cell;
mod colour;
mod error;
mod figure;
mod font;
mod frame;
mod grid;
mod layer;
mod layout;
mod legend;
mod paint;
mod panel;
mod surface;
mod ticks;
mod vector;

pub use colour::Colour;
pub use error::Error;
pub use figure::{Rendered, figure};
pub use grid::{ImageRow, image_grid};
pub use layer::{Layer, Marker};
pub use layout::Layout;
pub use panel::Panel;
pub use surface::Surface;
