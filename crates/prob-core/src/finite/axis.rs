//! A discrete variable by its name and the names of its values.

use serde::{Deserialize, Serialize};

use crate::Error;

/// A discrete variable: a name, and the names of the values that it can take.
///
/// ```
/// use prob_core::Axis;
///
/// let test = Axis::new("test", ["positive", "negative"])?;
/// assert_eq!(test.values()[1], "negative");
/// assert!(Axis::new("test", ["positive", "positive"]).is_err());
/// # Ok::<(), prob_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Axis {
    name: String,
    values: Vec<String>,
}

impl Axis {
    /// A variable `name` with the given values, in this order.
    ///
    /// # Errors
    /// [`Error::Empty`] without values, [`Error::DuplicateValue`] if two have the same name.
    pub fn new<S: Into<String>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let (name, values) = (name.into(), values.into_iter().map(S::into).collect::<Vec<_>>());
        if values.is_empty() {
            return Err(Error::Empty { what: "the list of an axis' values" });
        }
        let repeated =
            values.iter().enumerate().find(|(i, v)| values.iter().take(*i).any(|w| w == *v));
        match repeated {
            Some((_, value)) => Err(Error::DuplicateValue { axis: name, value: value.clone() }),
            None => Ok(Self { name, values }),
        }
    }

    /// The variable's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its values, at least one.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Where a value stands.
    pub(super) fn position(&self, value: &str) -> Result<usize, Error> {
        self.values.iter().position(|v| v == value).ok_or_else(|| Error::UnknownValue {
            axis: self.name.clone(),
            value: value.to_owned(),
            known: self.values.join(", "),
        })
    }

    /// The name of value number `index`.
    pub(super) fn value(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    name: String,
    values: Vec<String>,
}

impl TryFrom<Parts> for Axis {
    type Error = Error;
    fn try_from(parts: Parts) -> Result<Self, Error> {
        Self::new(parts.name, parts.values)
    }
}

impl From<Axis> for Parts {
    fn from(axis: Axis) -> Self {
        Self { name: axis.name, values: axis.values }
    }
}

/// The names of several axes, for messages.
pub(super) fn names(axes: &[Axis]) -> String {
    axes.iter().map(Axis::name).collect::<Vec<_>>().join(", ")
}

/// How many cells a table over these axes has; the largest number where no table could hold them.
pub(super) fn cells(axes: &[Axis]) -> usize {
    axes.iter().fold(1, |cells, axis| cells.saturating_mul(axis.values.len()))
}

/// Refuses a list that is empty or has two axes of one name.
pub(super) fn check(axes: &[Axis]) -> Result<(), Error> {
    if axes.is_empty() {
        return Err(Error::Empty { what: "the list of axes" });
    }
    let repeated =
        axes.iter().enumerate().find(|(i, a)| axes.iter().take(*i).any(|b| a.name == b.name));
    match repeated {
        Some((_, axis)) => Err(Error::DuplicateAxis { axis: axis.name.clone() }),
        None => Ok(()),
    }
}

/// Where axes of these names stand, each at most once.
pub(super) fn positions(axes: &[Axis], names: &[&str]) -> Result<Vec<usize>, Error> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        let position = axes.iter().position(|axis| axis.name == *name);
        let position = position.ok_or_else(|| Error::UnknownAxis {
            axis: (*name).to_owned(),
            known: self::names(axes),
        })?;
        if found.contains(&position) {
            return Err(Error::DuplicateAxis { axis: (*name).to_owned() });
        }
        found.push(position);
    }
    Ok(found)
}

/// Pairs of an axis and one of its values, by their positions; each axis at most once.
pub(super) fn assignment(
    axes: &[Axis],
    assignment: &[(&str, &str)],
) -> Result<Vec<(usize, usize)>, Error> {
    let names: Vec<&str> = assignment.iter().map(|(axis, _)| *axis).collect();
    let found = positions(axes, &names)?;
    found.into_iter().zip(assignment).map(|(i, (_, v))| Ok((i, axes[i].position(v)?))).collect()
}

/// Calls `f` with each assignment of values to axes, in row-major order: the last axis changes
/// fastest.
pub(super) fn visit(axes: &[Axis], mut f: impl FnMut(&[usize])) {
    let mut digits = vec![0; axes.len()];
    loop {
        f(&digits);
        let moved = digits.iter_mut().zip(axes).rev().any(|(digit, axis)| {
            *digit = (*digit + 1) % axis.values.len();
            *digit != 0
        });
        if !moved {
            return;
        }
    }
}

/// The row-major position of the chosen coordinates of a cell, in a table of those axes alone.
pub(super) fn offset(axes: &[Axis], chosen: &[usize], cell: &[usize]) -> usize {
    chosen.iter().fold(0, |offset, &i| offset * axes[i].values.len() + cell[i])
}
