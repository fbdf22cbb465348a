//! Sets of variables.

use crate::Error;

/// Which of `dim` variables are named; refuses an empty list, a variable that does not exist, and
/// one that comes twice.
pub(super) fn named(indices: &[usize], dim: usize) -> Result<Vec<bool>, Error> {
    if indices.is_empty() {
        return Err(Error::Empty { what: "the set of variables" });
    }
    marked(indices, dim)
}

/// As [`named`], but the list may be empty.
pub(super) fn marked(indices: &[usize], dim: usize) -> Result<Vec<bool>, Error> {
    let mut named = vec![false; dim];
    for &index in indices {
        match named.get_mut(index) {
            None => return Err(Error::IndexOutOfRange { index, dim }),
            Some(true) => return Err(Error::DuplicateIndex { index }),
            Some(free) => *free = true,
        }
    }
    Ok(named)
}

/// Refuses groups that are not a partition of `dim` categories: each in one group, no group empty.
pub(super) fn partition(groups: &[&[usize]], dim: usize) -> Result<(), Error> {
    let all: Vec<usize> = groups.iter().copied().flatten().copied().collect();
    named(&all, dim)?;
    if all.len() != dim {
        let (what, found) = ("the union of the groups", all.len());
        return Err(Error::LengthMismatch { what, expected: dim, found });
    }
    if groups.iter().any(|group| group.is_empty()) {
        return Err(Error::Empty { what: "a group of categories" });
    }
    Ok(())
}
