#![doc = include_str!("../README.md")]

mod complaint;
pub mod out;

pub use complaint::{Complaint, is_closed_pipe, report};
