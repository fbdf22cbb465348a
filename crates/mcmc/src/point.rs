//! The state of kernels that propose and accept: a position and its log density.

use prob_core::LogDensity;

use crate::mutants::planted;
use crate::{Error, error::check_finite};

/// A position with its log density already paid for, and room for a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    position: Vec<f64>,
    log_density: f64,
    /// Where the next proposal is written, so that a step allocates nothing.
    proposal: Vec<f64>,
}

impl Point {
    /// The point `x` under `target`.
    ///
    /// # Errors
    /// [`Error::Zero`] for an empty `x`, [`Error::NotFinite`] for a bad coordinate,
    /// [`Error::OutsideSupport`] where the log density is not finite.
    pub fn new<D: LogDensity<[f64]> + ?Sized>(target: &D, x: &[f64]) -> Result<Self, Error> {
        if x.is_empty() {
            return Err(Error::Zero { what: "the dimension of the start" });
        }
        check_finite("start", x)?;
        let log_density = target.log_density(x);
        if !log_density.is_finite() {
            return Err(Error::OutsideSupport { value: log_density });
        }
        Ok(Self { position: x.to_vec(), log_density, proposal: x.to_vec() })
    }

    /// The position.
    #[must_use]
    pub fn position(&self) -> &[f64] {
        &self.position
    }

    /// The log density at the position, finite.
    #[must_use]
    pub fn log_density(&self) -> f64 {
        self.log_density
    }

    /// Puts the point at `x` under `target`. Allocates nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another length; as [`new`](Self::new).
    pub fn place<D: LogDensity<[f64]> + ?Sized>(
        &mut self,
        target: &D,
        x: &[f64],
    ) -> Result<(), Error> {
        let (expected, found) = (self.position.len(), x.len());
        if expected != found {
            return Err(Error::LengthMismatch { what: "the point", expected, found });
        }
        check_finite("point", x)?;
        let log_density = target.log_density(x);
        if !log_density.is_finite() {
            return Err(Error::OutsideSupport { value: log_density });
        }
        self.position.copy_from_slice(x);
        if !planted("stale-density-after-place") {
            self.log_density = log_density;
        }
        Ok(())
    }

    /// The position and the buffer for a proposal.
    pub(crate) fn parts(&mut self) -> (&[f64], &mut [f64]) {
        (&self.position, &mut self.proposal)
    }

    /// The last proposal.
    pub(crate) fn proposal(&self) -> &[f64] {
        &self.proposal
    }

    /// The log density of the proposal under `target`, which may be `−∞`.
    ///
    /// # Errors
    /// [`Error::BrokenLogDensity`] if it is NaN or `+∞`.
    #[inline]
    pub(crate) fn log_density_of_proposal<D: LogDensity<[f64]> + ?Sized>(
        &self,
        target: &D,
    ) -> Result<f64, Error> {
        checked_log_density(target, &self.proposal)
    }

    /// Makes the proposal the position.
    pub(crate) fn accept(&mut self, log_density: f64) {
        std::mem::swap(&mut self.position, &mut self.proposal);
        if !planted("stale-density-after-accepting") {
            self.log_density = log_density;
        }
    }
}

/// The log density at a point that a chain came to by itself: `−∞` is an answer, NaN and `+∞` are not.
///
/// # Errors
/// [`Error::BrokenLogDensity`].
#[inline]
pub(crate) fn checked_log_density<D: LogDensity<[f64]> + ?Sized>(
    target: &D,
    x: &[f64],
) -> Result<f64, Error> {
    let value = target.log_density(x);
    if value < f64::INFINITY { Ok(value) } else { Err(broken(value, x)) }
}

#[cold]
fn broken(value: f64, x: &[f64]) -> Error {
    Error::BrokenLogDensity { value, point: x.to_vec() }
}
