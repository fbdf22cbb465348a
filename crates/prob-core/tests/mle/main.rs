//! Maximum likelihood: every family against differences, other programs and its own true law.

#![allow(clippy::unwrap_used, clippy::panic)]

mod anything;
mod coverage;
mod derivatives;
mod em;
mod families;
mod multivariate;
mod reference;
mod refusals;
mod scales;
