#![doc = include_str!("../README.md")]

mod check;
mod chi_square;
mod error;
mod false_alarm;
mod ks;
mod two_sample;
mod verdict;
mod z;

pub mod special;

pub use check::Check;
pub use chi_square::chi_square;
pub use error::Error;
pub use false_alarm::FalseAlarm;
pub use ks::ks;
pub use two_sample::ks_two_sample;
pub use verdict::{Verdict, holds, negative_control};
pub use z::z;
