//! What a run of `random-walk-demo` is: from flags over a file over the lecture's values.

use clap::ValueEnum;
use mcmc::{Boundary, LatticeWalk};
use serde::{Deserialize, Serialize};
use terminal::Complaint;

use crate::choices::{LARGEST_SEED, check_seed, refused};

/// Steps of all walkers together at most.
const MOST: usize = 2_000_000_000;

/// What happens at the ends of each axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// There are none
    Free,
    /// The last site is beside the first
    Ring,
    /// A step into a wall is not made
    Reflecting,
    /// The outermost sites keep the walker
    Absorbing,
}

/// The choices that a user may make, as flags or in a file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Choices {
    /// Axes of the lattice: 1, 2 or 3 [default: 1]
    #[arg(long, value_name = "D")]
    pub dimension: Option<usize>,
    /// Independent walkers, 100 to 1,000,000, fewer of many steps [default: 10000]
    #[arg(long, value_name = "N")]
    pub walkers: Option<usize>,
    /// Steps of each walker, 10 to 1,000,000 [default: 1000]
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// Chance that a step along the first axis goes up, above 0 and below 1 [default: 0.5]
    #[arg(long, value_name = "P")]
    pub up: Option<f64>,
    /// Chance to stay in a step, from 0 to 0.99 [default: 0]
    #[arg(long, value_name = "P")]
    pub stay: Option<f64>,
    /// The ends of each axis [default: free]
    #[arg(long, value_name = "ENDS")]
    pub boundary: Option<Ends>,
    /// Sites of each axis between its ends, 3 to 1001; the walkers start in the middle [default: 41]
    #[arg(long, value_name = "N")]
    pub width: Option<usize>,
    /// In one dimension: the site whose first passage is awaited [default: 10, or near the end]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub target: Option<i64>,
    /// Master seed: the same seed gives the same bits [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=LARGEST_SEED))]
    pub seed: Option<u64>,
}

/// A resolved configuration: `config.toml` of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub dimension: usize,
    pub walkers: usize,
    pub steps: usize,
    pub up: f64,
    pub stay: f64,
    pub boundary: Ends,
    /// There is one with ends alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<usize>,
    /// There is one in one dimension alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<i64>,
    pub seed: u64,
}

impl Choices {
    /// Flags before the choices of a file. Its width and its target are those of its ends and its
    /// dimension, and of no others.
    pub fn or(self, file: Self) -> Self {
        let differs = |ours: Option<usize>, other: Option<usize>| {
            ours.is_some_and(|ours| Some(ours) != other)
        };
        let other_ends = self.boundary.is_some_and(|ends| Some(ends) != file.boundary);
        let other_line = other_ends
            || differs(self.dimension, file.dimension)
            || differs(self.width, file.width);
        Self {
            dimension: self.dimension.or(file.dimension),
            walkers: self.walkers.or(file.walkers),
            steps: self.steps.or(file.steps),
            up: self.up.or(file.up),
            stay: self.stay.or(file.stay),
            boundary: self.boundary.or(file.boundary),
            width: self.width.or(if other_ends { None } else { file.width }),
            target: self.target.or(if other_line { None } else { file.target }),
            seed: self.seed.or(file.seed),
        }
    }

    /// Fewer walkers and steps.
    pub fn smoke() -> Self {
        Self { walkers: Some(1_000), steps: Some(200), ..Self::default() }
    }

    /// The configuration, with the lecture's values where nothing is chosen.
    ///
    /// # Errors
    /// A value outside its range, with the range.
    pub fn resolve(self) -> Result<Config, Complaint> {
        let dimension = self.dimension.unwrap_or(1);
        let boundary = self.boundary.unwrap_or(Ends::Free);
        if let (Ends::Free, Some(width)) = (boundary, self.width) {
            return Err(refused("width", width, "given together with --boundary"));
        }
        if let (2.., Some(target)) = (dimension, self.target) {
            return Err(refused("target", target, "left out in more than one dimension"));
        }
        let width = (boundary != Ends::Free).then(|| self.width.unwrap_or(41));
        let mut config = Config {
            dimension,
            walkers: self.walkers.unwrap_or(10_000),
            steps: self.steps.unwrap_or(1_000),
            up: self.up.unwrap_or(0.5),
            stay: self.stay.unwrap_or(0.0),
            boundary,
            width,
            target: None,
            seed: self.seed.unwrap_or(1),
        };
        if dimension == 1 {
            let (_, last) = config.reach();
            config.target = Some(self.target.unwrap_or(last.min(10)));
        }
        config.check()?;
        Ok(config)
    }
}

impl Config {
    /// The first and the last site of an axis, seen from the start.
    pub fn reach(&self) -> (i64, i64) {
        match self.width {
            None => (-1_000_000, 1_000_000),
            Some(width) => {
                let first = -(width as i64 / 2);
                (first, first + width as i64 - 1)
            }
        }
    }

    /// Where the walkers start on each axis, in the numbers of [`walk`](Self::walk).
    pub fn start(&self) -> i64 {
        if self.boundary == Ends::Ring { -self.reach().0 } else { 0 }
    }

    /// The walk.
    ///
    /// # Errors
    /// None for a configuration that was checked.
    pub fn walk(&self) -> Result<LatticeWalk, mcmc::Error> {
        let (lower, upper) = self.reach();
        let share = 1.0 / self.dimension as f64;
        let mut directions = vec![[0.5 * share; 2]; self.dimension];
        directions[0] = [(1.0 - self.up) * share, self.up * share];
        let mut walk = LatticeWalk::simple(self.dimension)?.biased(&directions)?;
        if self.stay > 0.0 {
            walk = walk.lazy(self.stay)?;
        }
        let ends = match self.boundary {
            Ends::Free => Boundary::Free,
            Ends::Ring => Boundary::Ring { sites: (upper - lower + 1) as u32 },
            Ends::Reflecting => Boundary::Reflecting { lower, upper },
            Ends::Absorbing => Boundary::Absorbing { lower, upper },
        };
        (0..self.dimension).try_fold(walk, |walk, axis| walk.bounded(axis, ends))
    }

    fn check(&self) -> Result<(), Complaint> {
        if !(1..=3).contains(&self.dimension) {
            return Err(refused("dimension", self.dimension, "1, 2 or 3"));
        }
        if !(10..=1_000_000).contains(&self.steps) {
            return Err(refused("steps", self.steps, "from 10 to 1,000,000"));
        }
        let most = (MOST / self.steps).min(1_000_000);
        if !(100..=most).contains(&self.walkers) {
            let range = format!("from 100 to {most} for so many steps");
            return Err(refused("walkers", self.walkers, &range));
        }
        if !(self.up > 0.0 && self.up < 1.0) {
            return Err(refused("up", self.up, "above 0 and below 1"));
        }
        if !(0.0..=0.99).contains(&self.stay) {
            return Err(refused("stay", self.stay, "from 0 to 0.99"));
        }
        if let Some(width) = self.width.filter(|width| !(3..=1001).contains(width)) {
            return Err(refused("width", width, "from 3 to 1001"));
        }
        let (first, last) = self.reach();
        if let Some(target) = self.target.filter(|x| *x == 0 || !(first..=last).contains(x)) {
            let range = format!("from {first} to {last}, but not 0, where the walkers start");
            return Err(refused("target", target, &range));
        }
        check_seed(self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Choices, Ends};
    use crate::choices::parse;

    #[test]
    fn a_written_configuration_reads_back_as_itself() {
        for boundary in [Ends::Free, Ends::Ring, Ends::Reflecting, Ends::Absorbing] {
            for dimension in 1..=3 {
                let choices = Choices { boundary: Some(boundary), ..Choices::smoke() };
                let config = Choices { dimension: Some(dimension), ..choices }.resolve().unwrap();
                let text = toml::to_string(&config).unwrap();
                assert_eq!(parse::<Choices>(&text).unwrap().resolve().unwrap(), config, "{text}");
                assert!(config.walk().is_ok());
            }
        }
    }

    #[test]
    fn flags_that_change_the_line_leave_its_target() {
        let file = || parse::<Choices>("boundary = \"ring\"\nwidth = 9\ntarget = 4").unwrap();
        let flags = Choices { boundary: Some(Ends::Free), ..Choices::default() };
        let config = flags.or(file()).resolve().unwrap();
        assert_eq!((config.width, config.target), (None, Some(10)));
        let config = Choices::default().or(file()).resolve().unwrap();
        assert_eq!((config.width, config.target), (Some(9), Some(4)));
        let plane = Choices { dimension: Some(2), ..Choices::default() };
        assert_eq!(plane.or(file()).resolve().unwrap().target, None);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        for (text, range) in [
            ("dimension = 4", "1, 2 or 3"),
            ("dimension = 0", "1, 2 or 3"),
            ("steps = 9", "from 10"),
            ("steps = 1000000\nwalkers = 10000", "from 100 to 2000"),
            ("walkers = 1", "from 100"),
            ("up = 1.0", "below 1"),
            ("up = nan", "below 1"),
            ("stay = 1.0", "0.99"),
            ("width = 9", "--boundary"),
            ("boundary = \"ring\"\nwidth = 2", "from 3"),
            ("boundary = \"ring\"\nwidth = 9\ntarget = 5", "from -4 to 4"),
            ("target = 0", "not 0"),
            ("dimension = 2\ntarget = 3", "left out"),
        ] {
            let complaint = parse::<Choices>(text).unwrap().resolve().unwrap_err();
            assert!(complaint.code == 2 && complaint.message.contains(range), "{complaint:?}");
        }
        assert!(parse::<Choices>("boundary = \"open\"").is_err());
    }
}
