//! Ladders for parallel tempering by measured rates of exchange.
//!
//! Let `r_k` be the chance that levels k and k+1 refuse to exchange. As the ladder gets finer, the sum of
//! the rates tends to the *global barrier* Λ, a number of the path alone, and the partial sums to a function
//! `Λ(β)` (Syed, Bouchard-Côté, Deligiannidis and Doucet 2022). Where the levels forget fast, points make
//!
//! ```text
//! τ = 1 / (2 + 2 Σ_k r_k / (1 − r_k))
//! ```
//!
//! round trips a step (`eq:round-trips`), which for a given number of levels is largest where all `r_k` are
//! equal. So the ladder is moved to where `Λ(β)` takes equal steps, and measured again: [`choose_ladder`].

use prob_core::{LogDensity, Path};
use rand::Rng;

use crate::{Error, Kernel, Tempering};

/// How long [`choose_ladder`] works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuning {
    /// How often the ladder is moved. With 0 it is only measured.
    pub rounds: usize,
    /// Steps before the first move, at least 2, so that each pair is asked. Each round takes twice as
    /// many as the one before, and so does the measurement of the last ladder.
    pub steps: usize,
}

impl Tuning {
    fn check(self) -> Result<(), Error> {
        if self.steps < 2 {
            let (what, found) = ("the number of steps of the first round", self.steps);
            return Err(Error::TooFew { what, needed: 2, found });
        }
        Ok(())
    }
}

/// A ladder with what was measured on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    betas: Vec<f64>,
    rejections: Vec<f64>,
    round_trips: u64,
    steps: u64,
}

impl Ladder {
    /// The inverse temperatures, for [`Tempering::new`].
    #[must_use]
    pub fn betas(&self) -> &[f64] {
        &self.betas
    }

    /// How often each pair of neighbours, (0, 1) first, refused to exchange: the mean of `1 − A`.
    #[must_use]
    pub fn rejections(&self) -> &[f64] {
        &self.rejections
    }

    /// The sum of the rejections: an estimate of the global barrier Λ, from below unless the ladder is
    /// fine.
    ///
    /// About 2 Λ levels make the most of a given number of processors (Syed et al. 2022).
    #[must_use]
    pub fn barrier(&self) -> f64 {
        self.rejections.iter().sum()
    }

    /// The round trips a step that these rejections promise (`eq:round-trips`), between 0 and ½.
    ///
    /// Fewer are measured where the levels forget their points slowly.
    #[must_use]
    pub fn expected_round_trip_rate(&self) -> f64 {
        let inefficiency: f64 = self.rejections.iter().map(|r| r / (1.0 - r)).sum();
        0.5 / (1.0 + inefficiency)
    }

    /// The round trips a step in the measurement of this ladder.
    #[must_use]
    pub fn round_trip_rate(&self) -> f64 {
        self.round_trips as f64 / self.steps as f64
    }

    /// A ladder with as many levels as it takes for each pair to exchange at the rate `rate`, as far as
    /// these measurements tell.
    ///
    /// # Errors
    /// [`Error::NotBetween`] unless `rate` is in (0, 1); [`Error::TooManyLevels`] beyond 10,000.
    pub fn for_swap_rate(&self, rate: f64) -> Result<Vec<f64>, Error> {
        if !(rate > 0.0 && rate < 1.0) {
            return Err(Error::NotBetween { what: "the rate of exchange", value: rate });
        }
        let pairs = (self.barrier() / (1.0 - rate)).ceil().max(1.0);
        if pairs >= 10_000.0 {
            return Err(Error::TooManyLevels { rate, levels: pairs + 1.0 });
        }
        equal_rejections(&self.betas, &self.rejections, pairs as usize + 1)
    }
}

/// The ladder of `levels` levels, with the same ends, on which the barrier takes equal steps.
///
/// The barrier is `Λ(β_k) = r_0 + … + r_{k−1}`, and β as a function of it is interpolated by monotone
/// cubic pieces (Fritsch and Butland 1984). No pair counts for less than a thousandth of the mean one, so
/// that the levels stay apart. Where no pair ever refuses, all count alike. Exact rates that are all equal
/// leave their ladder as it is.
///
/// ```
/// // N(0, 1/β) in two dimensions: a pair refuses with (q − 1) / (q + 1), where q = β_{k+1} / β_k.
/// let rejections = |betas: &[f64]| -> Vec<f64> {
///     betas.windows(2).map(|pair| (pair[1] - pair[0]) / (pair[1] + pair[0])).collect()
/// };
/// let mut betas = vec![0.01, 0.3, 1.0];
/// for _ in 0..50 {
///     betas = mcmc::equal_rejections(&betas, &rejections(&betas), 3)?;
/// }
/// assert!((betas[1] - 0.1).abs() < 1e-9); // the geometric ladder
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] for fewer than two betas or levels, [`Error::NotALadder`] for betas that do not
/// increase up to 1, [`Error::LengthMismatch`] unless there is a rejection for each pair,
/// [`Error::NotAProbability`] for one that is not in `[0, 1]`.
pub fn equal_rejections(
    betas: &[f64],
    rejections: &[f64],
    levels: usize,
) -> Result<Vec<f64>, Error> {
    check_pairs(betas)?;
    if levels < 2 {
        return Err(Error::TooFew { what: "the number of levels", needed: 2, found: levels });
    }
    let (expected, found) = (betas.len() - 1, rejections.len());
    if expected != found {
        return Err(Error::LengthMismatch { what: "the list of rejections", expected, found });
    }
    if let Some(index) = rejections.iter().position(|r| !(0.0..=1.0).contains(r)) {
        let value = rejections[index];
        return Err(Error::NotAProbability { what: "rejection", index, value });
    }
    let mean = rejections.iter().sum::<f64>() / rejections.len() as f64;
    let floor = if mean > 0.0 { 1e-3 * mean } else { 1.0 };
    let mut barrier = vec![0.0];
    let mut sum = 0.0;
    for r in rejections {
        sum += r.max(floor);
        barrier.push(sum);
    }
    let curve = Monotone::new(&barrier, betas);
    let last = levels - 1;
    let inner = (1..last).map(|k| curve.at(sum * k as f64 / last as f64));
    let moved: Vec<f64> = [betas[0]].into_iter().chain(inner).chain([1.0]).collect();
    crate::ais::check_ladder(&moved)?;
    Ok(moved)
}

/// A ladder, of at least two levels.
fn check_pairs(betas: &[f64]) -> Result<(), Error> {
    crate::ais::check_ladder(betas)?;
    match betas.len() {
        found @ 0..2 => Err(Error::TooFew { what: "the number of levels", needed: 2, found }),
        _ => Ok(()),
    }
}

/// Chooses a ladder by measured rates of exchange, from the one of `tempering`, with as many levels and
/// the same ends.
///
/// All levels start at `start`. In each round the chain runs, the mean chance that each pair refuses is
/// noted, and the ladder is moved by [`equal_rejections`]; the points stay with their levels. The last
/// ladder is measured, not moved. What is drawn on the way is thrown away: a ladder that
/// changes with the points would not keep their law.
///
/// ```
/// use mcmc::{MetropolisHastings, RandomWalk, Tempering, Tuning, choose_ladder};
/// use prob_core::{GeometricPath, Seed};
///
/// let path = GeometricPath { from: |x: &[f64]| -0.5 * (x[0] / 10.0).powi(2), to: |x: &[f64]| -0.5 * x[0] * x[0] };
/// let kernel = MetropolisHastings::new(RandomWalk::new(5.0)?);
/// let guess = Tempering::new(kernel, vec![0.0, 0.5, 0.8, 1.0])?;
/// let tuning = Tuning { rounds: 5, steps: 500 };
/// let mut rng = Seed(1).stream("ladder", 0);
/// let ladder = choose_ladder(&guess, &&path, &[0.0], tuning, &mut rng)?;
/// assert!(ladder.betas()[1] < 0.1, "a gap at the hot end was closed");
/// let tempering = Tempering::new(kernel, ladder.betas().to_vec())?;
/// # let _ = tempering;
/// # Ok::<(), mcmc::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooFew`] for fewer than two levels or steps; what [`Tempering`] says about the start;
/// [`Error::AtStep`] where it cannot go on; [`Error::NotALadder`] if levels would fall together.
pub fn choose_ladder<P, K>(
    tempering: &Tempering<K>,
    path: &P,
    start: &[f64],
    tuning: Tuning,
    rng: &mut impl Rng,
) -> Result<Ladder, Error>
where
    P: Path<Law: LogDensity<[f64]>>,
    K: Kernel<P::Law, [f64]> + Clone,
{
    tuning.check()?;
    check_pairs(tempering.betas())?;
    let mut tempering = tempering.clone();
    let mut state = tempering.init(path, start)?;
    let mut position = start.to_vec();
    let (mut steps, mut before) = (tuning.steps as u64, 0);
    for round in 0..=tuning.rounds {
        state.forget_exchanges();
        for step in 0..steps {
            let stopped = |source| Error::AtStep { step: before + step, source: Box::new(source) };
            tempering.step(path, &mut state, rng).map_err(stopped)?;
        }
        if round == tuning.rounds {
            break;
        }
        let levels = tempering.betas().len();
        let betas = equal_rejections(tempering.betas(), &state.rejections(), levels)?;
        tempering = Tempering::new(tempering.kernel().clone(), betas)?;
        position.copy_from_slice(Kernel::<P, [f64]>::position(&tempering, &state));
        tempering.place(path, &mut state, &position)?;
        before = before.saturating_add(steps);
        steps = steps.saturating_mul(2);
    }
    let (betas, rejections) = (tempering.betas().to_vec(), state.rejections());
    Ok(Ladder { betas, rejections, round_trips: state.round_trips(), steps })
}

/// A monotone function through points whose coordinates both increase strictly.
struct Monotone<'a> {
    x: &'a [f64],
    y: &'a [f64],
    slopes: Vec<f64>,
}

impl<'a> Monotone<'a> {
    fn new(x: &'a [f64], y: &'a [f64]) -> Self {
        let width = |i: usize| x[i + 1] - x[i];
        let secant = |i: usize| (y[i + 1] - y[i]) / width(i);
        let last = x.len() - 1;
        // Of the parabola through three points, cut to what keeps the piece monotone.
        let end = |piece: usize, next: usize| {
            let (near, far) = (width(piece), width(next));
            let slope = ((2.0 * near + far) * secant(piece) - near * secant(next)) / (near + far);
            slope.clamp(0.0, 3.0 * secant(piece))
        };
        let slope = |i: usize| {
            if last == 1 {
                return secant(0);
            }
            if i == 0 {
                return end(0, 1);
            }
            if i == last {
                return end(last - 1, last - 2);
            }
            // A weighted harmonic mean: at most three times the smaller secant, which keeps it monotone.
            let (left, right) = (width(i - 1), width(i));
            let (a, b) = (left + 2.0 * right, 2.0 * left + right);
            (a + b) / (a / secant(i - 1) + b / secant(i))
        };
        Self { x, y, slopes: (0..=last).map(slope).collect() }
    }

    /// The value at `x`, which lies between the ends.
    fn at(&self, x: f64) -> f64 {
        let right = self.x.partition_point(|node| *node <= x).clamp(1, self.x.len() - 1);
        let left = right - 1;
        let width = self.x[right] - self.x[left];
        let t = (x - self.x[left]) / width;
        let u = 1.0 - t;
        let (y0, y1) = (self.y[left], self.y[right]);
        let (m0, m1) = (width * self.slopes[left], width * self.slopes[right]);
        // Hermite's cubic, so that t = 0 and t = 1 give the nodes exactly.
        u * u * ((1.0 + 2.0 * t) * y0 + t * m0) + t * t * ((1.0 + 2.0 * u) * y1 - u * m1)
    }
}
