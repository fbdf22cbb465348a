//! The chains that can be looked at, and matrices from files.

use std::path::Path;

use anyhow::Context;
use mcmc::{Acceptance, Boundary, Error, LatticeWalk, TransitionMatrix, metropolis_matrix};
use nalgebra::{DMatrix, dmatrix};
use prob_core::Seed;
use rand_distr::{Distribution, Exp1};
use terminal::Complaint;

use super::config::{Chain, Config};

/// States of a matrix from a file at most.
const MOST: usize = 100;

/// The matrix of a configuration.
///
/// # Errors
/// Rows that are no distributions, in words.
pub fn matrix(config: &Config) -> anyhow::Result<TransitionMatrix> {
    let n = config.number();
    let line = |bias: [f64; 2], stay: Option<f64>, ends| -> Result<TransitionMatrix, Error> {
        let walk = LatticeWalk::simple(1)?.biased(&[bias])?.bounded(0, ends)?;
        stay.map_or(Ok(walk.clone()), |stay| walk.lazy(stay))?.transition_matrix()
    };
    let walls = Boundary::Reflecting { lower: 0, upper: n as i64 - 1 };
    Ok(match config.chain {
        Chain::Weather => TransitionMatrix::new(dmatrix![
            0.7, 0.25, 0.05;
            0.3, 0.4, 0.3;
            0.15, 0.45, 0.4
        ])?,
        Chain::Ring => line([0.25, 0.75], Some(0.1), Boundary::Ring { sites: n as u32 })?,
        Chain::Walk => line([0.6, 0.4], None, walls)?,
        Chain::Metropolis => {
            let hills = hills(n);
            metropolis_matrix(&hills, &line([0.5; 2], None, walls)?, Acceptance::Metropolis)?
        }
        Chain::Random => random(n, Seed(config.seed))?,
        Chain::File => own(config.matrix.as_deref().unwrap_or_default())?,
    })
}

/// Two hills of unequal height on a line.
fn hills(n: usize) -> Vec<f64> {
    let place = |i: usize| i as f64 / (n - 1) as f64;
    let hill = |x: f64, centre: f64| (-0.5 * ((x - centre) / 0.12).powi(2)).exp();
    let weights: Vec<f64> =
        (0..n).map(|i| 0.02 + hill(place(i), 0.2) + 0.6 * hill(place(i), 0.8)).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / total).collect()
}

/// Each row uniform among all distributions: exponential numbers over their sum.
fn random(n: usize, seed: Seed) -> Result<TransitionMatrix, Error> {
    let mut rng = seed.stream("matrix", 0);
    let mut w = DMatrix::from_fn(n, n, |_, _| -> f64 { Exp1.sample(&mut rng) });
    for mut row in w.row_iter_mut() {
        let sum = row.sum();
        row /= sum;
    }
    TransitionMatrix::new(w)
}

/// A matrix from its rows.
fn own(rows: &[Vec<f64>]) -> Result<TransitionMatrix, Complaint> {
    let n = rows.len();
    if !(1..=MOST).contains(&n) {
        return Err(
            Complaint::new(format!("the matrix has {n} rows; it must have 1 to {MOST}")).code(2)
        );
    }
    if let Some(row) = rows.iter().position(|row| row.len() != n) {
        let found = rows[row].len();
        let what =
            format!("row {row} of the matrix has {found} numbers; with {n} rows it needs {n}");
        return Err(Complaint::new(what).code(2).hint("rows and columns are counted from 0"));
    }
    let w = DMatrix::from_fn(n, n, |i, j| rows[i][j]);
    TransitionMatrix::new(w.clone()).map_err(|error| {
        let complaint = Complaint::new(error.to_string()).code(2);
        if TransitionMatrix::new(w.transpose()).is_ok() {
            complaint
                .hint("the columns are distributions: write the transpose, a row for each origin")
        } else {
            complaint.hint("element (i, j) is the probability to go from state i to state j")
        }
    })
}

/// The rows of a text file: a line each, numbers between blanks or commas, fractions as 1/3; what
/// follows a `#` is a comment.
///
/// # Errors
/// A file that cannot be read, and what is no number, with its line.
pub fn read(file: &Path) -> anyhow::Result<Vec<Vec<f64>>> {
    let what = || format!("cannot read the matrix {}", file.display());
    let text = std::fs::read_to_string(file).with_context(what)?;
    parse(&text).with_context(what)
}

fn parse(text: &str) -> Result<Vec<Vec<f64>>, Complaint> {
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words = line.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
        let row: Vec<f64> = words
            .map(|word| {
                value(word).ok_or_else(|| {
                    let what = format!("line {}: {word:?} is no number", number + 1);
                    Complaint::new(what).code(2).hint("numbers stand as 0.25 or 1/4")
                })
            })
            .collect::<Result<_, _>>()?;
        if !row.is_empty() {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Err(Complaint::new("there are no numbers in it").code(2));
    }
    Ok(rows)
}

fn value(word: &str) -> Option<f64> {
    let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    match word.split_once('/') {
        None => number(word),
        Some((over, under)) => Some(number(over)? / number(under)?).filter(|x| x.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::{matrix, own, parse};
    use crate::markov_demo::config::{Chain, Choices};

    #[test]
    fn every_chain_is_one_of_any_size() {
        for chain in [Chain::Ring, Chain::Walk, Chain::Metropolis, Chain::Random] {
            for states in [2, 3, 12, 100] {
                let choices = Choices { chain: Some(chain), ..Choices::default() };
                let config = Choices { states: Some(states), ..choices }.resolve().unwrap();
                let w = matrix(&config).unwrap();
                assert_eq!(w.states(), states);
                assert!(w.is_irreducible());
            }
        }
        let weather = matrix(&Choices::default().resolve().unwrap()).unwrap();
        assert_eq!(weather.states(), 3);
    }

    #[test]
    fn matrices_are_read_and_refused_in_words() {
        let rows = parse("# a chain\n0.5, 0.5\n\n1/4 3/4 # back\n").unwrap();
        assert_eq!(rows, [[0.5, 0.5], [0.25, 0.75]]);
        assert!(own(&rows).is_ok());
        for (text, word) in [
            ("0.5 x", "line 1: \"x\""),
            ("1\n1/0", "line 2"),
            ("# nothing", "no numbers"),
            ("nan", "\"nan\""),
        ] {
            assert!(parse(text).unwrap_err().message.contains(word), "{text}");
        }
        for (text, word) in [
            ("1 0\n1", "row 1 of the matrix has 1 numbers"),
            ("0.5 0.5\n0.5 0.6", "row 1"),
            ("1.5 -0.5\n0 1", "row 0"),
        ] {
            let complaint = own(&parse(text).unwrap()).unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(word), "{complaint:?}");
        }
        let transposed = own(&parse("0.9 0.5\n0.1 0.5").unwrap()).unwrap_err();
        assert!(format!("{transposed:?}").contains("transpose"));
    }
}
