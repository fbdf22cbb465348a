//! The lecture's listing as printed: each variable is drawn given itself, where "given the other" is
//! meant (`samples[-d, …]` for `samples[~d, …]`).
//!
//! Its chain is two independent autoregressions `x(t+1) ~ N(ρ x(t), 1 − ρ²)`: means 0 and variances 1
//! are those of the wanted law, the covariance is 0 in place of ρ.

use std::fmt::Write;

use mcmc::{Conditionals, Error, Trace, diagnostics};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The columns of the table of [`Comparison::rows`].
pub const HEADERS: [&str; 6] =
    ["as printed", "estimate", "standard error", "its own law", "wanted", "z from wanted"];

/// The conditional laws of the listing as printed, for two variables of correlation `rho`.
#[derive(Debug, Clone, Copy)]
pub struct Printed {
    /// The correlation of the wanted law.
    pub rho: f64,
}

impl Conditionals<[f64]> for Printed {
    fn blocks(&self) -> usize {
        2
    }

    fn resample(&self, block: usize, x: &mut [f64], rng: &mut impl Rng) -> Result<(), Error> {
        let z: f64 = StandardNormal.sample(rng);
        x[block] = self.rho * x[block] + (1.0 - self.rho * self.rho).sqrt() * z;
        Ok(())
    }

    fn check(&self, x: &[f64]) -> Result<(), Error> {
        match x.len() {
            2 => Ok(()),
            found => Err(Error::LengthMismatch { what: "the start", expected: 2, found }),
        }
    }
}

/// The draws of the listing, and their moments beside those of the law that was meant.
#[derive(Debug)]
pub struct Comparison {
    /// The draws after burn-in.
    pub trace: Trace,
    /// What is compared.
    pub moments: Vec<Moment>,
}

/// A moment that the listing estimates.
#[derive(Debug, Clone)]
pub struct Moment {
    /// What it is.
    pub name: &'static str,
    /// The estimate.
    pub value: f64,
    /// Its standard error, where the diagnostics give one.
    pub error: Option<f64>,
    /// Its value under the stationary law of the listing.
    pub own: f64,
    /// Its value under the law that was meant.
    pub wanted: f64,
}

impl Comparison {
    /// From the draws of the listing for the correlation `rho`.
    pub fn new(trace: Trace, rho: f64) -> Self {
        let (a, b) = (trace.variable(0), trace.variable(1));
        let (mean, covariance) = (trace.mean(), trace.covariance());
        let error = |x: Result<f64, Error>| x.ok();
        let of = |x: &[Vec<f64>], y: &[Vec<f64>]| error(diagnostics::mcse_covariance(x, y));
        let rows = [
            ("mean a", mean[0], error(diagnostics::mcse_mean(&a)), 0.0, 0.0),
            ("mean b", mean[1], error(diagnostics::mcse_mean(&b)), 0.0, 0.0),
            ("variance a", covariance[(0, 0)], of(&a, &a), 1.0, 1.0),
            ("variance b", covariance[(1, 1)], of(&b, &b), 1.0, 1.0),
            ("covariance", covariance[(0, 1)], of(&a, &b), 0.0, rho),
        ];
        let moment = |(name, value, error, own, wanted)| Moment { name, value, error, own, wanted };
        Self { moments: rows.map(moment).to_vec(), trace }
    }

    /// The moments in full precision.
    pub fn csv(&self) -> String {
        let mut text = String::from("moment,estimate,standard_error,own_law,wanted\n");
        for m in &self.moments {
            let error = m.error.map_or_else(String::new, |x| x.to_string());
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{},{},{error},{},{}", m.name, m.value, m.own, m.wanted);
        }
        text
    }

    /// The moments as cells of a table with [`HEADERS`].
    pub fn rows(&self) -> Vec<Vec<String>> {
        let four = |x: f64| format!("{x:.4}");
        let row = |m: &Moment| {
            let z = m.error.map(|e| format!("{:+.1}", (m.value - m.wanted) / e));
            let error = m.error.map(four);
            vec![
                m.name.to_owned(),
                four(m.value),
                error.unwrap_or_default(),
                four(m.own),
                four(m.wanted),
                z.unwrap_or_default(),
            ]
        };
        self.moments.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Printed};
    use mcmc::{Gibbs, Schedule, sample_chains};
    use prob_core::Seed;

    /// Each moment agrees with the listing's own law (five moments at |z| ≤ 5.33: 5e-7), and of all
    /// moments the covariance alone is not the wanted one.
    #[test]
    fn the_covariance_alone_gives_the_listing_away() {
        let schedule = Schedule { burn_in: 100, ..Schedule::keep(10_000) };
        let starts = [vec![3.0, -3.0]];
        let trace =
            sample_chains(&Gibbs, &Printed { rho: 0.5 }, &starts, schedule, Seed(4)).unwrap();
        let listing = Comparison::new(trace, 0.5);
        for m in &listing.moments {
            let z = |law: f64| (m.value - law) / m.error.unwrap();
            assert!(z(m.own).abs() < 5.33, "{m:?}");
            assert_eq!(z(m.wanted).abs() > 5.33, m.name == "covariance", "{m:?}");
        }
        assert_eq!(listing.rows().len(), 5);
    }
}
