//! The loop on a learner whose optimum is known: linear regression by gradient descent.

#![allow(clippy::unwrap_used)]

use std::convert::Infallible;
use std::ops::ControlFlow;

use prob_core::Seed;
use rand::{Rng, RngExt};
use train::{
    Batches, EarlyStopping, Ending, Error, Event, Learner, LearningRate, Metrics, Plan, Progress,
    fit,
};

#[derive(Debug, Clone, Copy)]
struct Fit {
    observations: usize,
    loss: f64,
    bias: f64,
}

impl Metrics for Fit {
    const NAMES: &'static [&'static str] = &["loss", "bias"];
    fn observations(&self) -> usize {
        self.observations
    }
    fn value(&self, i: usize) -> f64 {
        [self.loss, self.bias][i]
    }
}

/// `y ≈ slope x + offset`, the mean squared error by gradient descent; inputs may be jittered.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Line {
    slope: f64,
    offset: f64,
    jitter: f64,
}

impl Line {
    fn errors(&self, batch: &[(f64, f64)]) -> Vec<f64> {
        batch.iter().map(|(x, y)| self.slope * x + self.offset - y).collect()
    }
}

impl Learner<[(f64, f64)]> for Line {
    type Metrics = Fit;
    type Error = Infallible;

    fn learn(
        &mut self,
        batch: &[(f64, f64)],
        rate: f64,
        rng: &mut impl Rng,
    ) -> Result<Fit, Infallible> {
        let mut noisy = batch.to_vec();
        noisy.iter_mut().for_each(|(x, _)| *x += self.jitter * (rng.random::<f64>() - 0.5));
        let before = self.evaluate(&noisy)?;
        let scale = 2.0 * rate / noisy.len() as f64;
        for (error, (x, _)) in self.errors(&noisy).iter().zip(&noisy) {
            self.slope -= scale * error * x;
            self.offset -= scale * error;
        }
        Ok(before)
    }

    fn evaluate(&mut self, batch: &[(f64, f64)]) -> Result<Fit, Infallible> {
        let n = batch.len() as f64;
        let errors = self.errors(batch);
        let loss = errors.iter().map(|e| e * e).sum::<f64>() / n;
        Ok(Fit { observations: batch.len(), loss, bias: errors.iter().sum::<f64>() / n })
    }
}

/// Points in batches, in an order that differs from epoch to epoch; the last batch is smaller.
struct Points {
    points: Vec<(f64, f64)>,
    size: usize,
    validation: Vec<(f64, f64)>,
    order: Vec<(f64, f64)>,
}

impl Points {
    fn new(size: usize) -> Self {
        let mut rng = Seed(5).stream("points", 0);
        let mut draw = |n: usize| -> Vec<(f64, f64)> {
            (0..n)
                .map(|_| (rng.random_range(-1.0..1.0), rng.random_range(-0.3..0.3)))
                .map(|(x, noise)| (x, 2.0 * x - 0.5 + noise))
                .collect()
        };
        Self { points: draw(11), size, validation: draw(3), order: Vec::new() }
    }

    fn without_validation(self) -> Self {
        Self { validation: Vec::new(), ..self }
    }
}

impl Batches for Points {
    type Batch = [(f64, f64)];
    type Error = Infallible;

    fn per_epoch(&self) -> u64 {
        self.points.len().div_ceil(self.size) as u64
    }

    fn batch(&mut self, epoch: u64, index: u64) -> Result<&[(f64, f64)], Infallible> {
        self.order.clone_from(&self.points);
        let n = self.order.len();
        self.order.rotate_left(3 * epoch as usize % n);
        let from = index as usize * self.size;
        Ok(&self.order[from..(from + self.size).min(n)])
    }

    fn validation(&self) -> u64 {
        self.validation.len() as u64
    }

    fn validation_batch(&mut self, index: u64) -> Result<&[(f64, f64)], Infallible> {
        Ok(&self.validation[index as usize..=index as usize])
    }
}

fn plan(epochs: u64, rate: f64) -> Plan {
    let rate = LearningRate::Constant { rate };
    Plan { epochs, seed: Seed(1), rate, early_stopping: None }
}

fn go_on(_: &mut Line, _: Event<'_>) -> Result<ControlFlow<()>, BoxedError> {
    Ok(ControlFlow::Continue(()))
}

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// The normal equations give the answer that full-batch gradient descent has to reach.
#[test]
fn gradient_descent_reaches_the_closed_form() {
    let mut data = Points::new(11).without_validation();
    let n = data.points.len() as f64;
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| data.points.iter().map(f).sum::<f64>() / n;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let slope = mean(&|p| (p.0 - x) * (p.1 - y)) / mean(&|p| (p.0 - x).powi(2));
    let (mut line, mut progress) = (Line::default(), Progress::new());
    let ending = fit(&mut line, &mut data, &plan(2_000, 0.3), &mut progress, go_on).unwrap();
    assert_eq!(ending, Ending::Finished);
    assert!((line.slope - slope).abs() < 1e-12, "{} {slope}", line.slope);
    assert!((line.offset - (y - slope * x)).abs() < 1e-12);
    assert_eq!((progress.epoch, progress.step, progress.batch), (2_000, 2_000, 0));
}

/// A rate of almost 0 leaves the line as it is: the means over batches of 4, 4 and 3 observations
/// are then those over all 11.
#[test]
fn means_weigh_each_batch_by_its_observations() {
    let mut data = Points::new(4);
    let (points, validation) = (data.points.clone(), data.validation.clone());
    let (mut line, mut progress) = (Line::default(), Progress::new());
    fit(&mut line, &mut data, &plan(1, 1e-300), &mut progress, go_on).unwrap();
    let record = &progress.history.epochs[0];
    assert_eq!((record.epoch, record.step), (1, 3));
    assert_eq!(progress.history.names, ["loss", "bias"]);
    let mut still = Line::default();
    for (values, all) in
        [(&record.train, points), (record.validation.as_ref().unwrap(), validation)]
    {
        let expected = still.evaluate(&all).unwrap();
        assert!(
            (values[0] - expected.loss).abs() < 1e-15 && (values[1] - expected.bias).abs() < 1e-15
        );
    }
}

/// Interrupts after every possible step and event, takes the state through JSON, and goes on. After
/// the last one there is nothing to interrupt.
#[test]
fn a_run_interrupted_anywhere_ends_with_the_same_bits() {
    let early_stopping = Some(EarlyStopping { patience: 3, min_improvement: 1e-3 });
    let rate = LearningRate::Cosine { rate: 0.2, last: 0.01, epochs: 5 };
    let plan = Plan { rate, early_stopping, ..plan(5, 0.1) };
    let start = Line { jitter: 0.3, ..Line::default() };
    let (mut whole, mut whole_progress) = (start, Progress::new());
    let mut events = 0;
    fit(&mut whole, &mut Points::new(4), &plan, &mut whole_progress, |_, _| {
        events += 1;
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(events, 5 * 4);
    for stop in 1..=events {
        let (mut line, mut progress) = (start, Progress::new());
        let mut seen = 0;
        let ending = fit(&mut line, &mut Points::new(4), &plan, &mut progress, |_, _| {
            seen += 1;
            Ok(if seen == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        let expected = if stop < events { Ending::Interrupted } else { Ending::Finished };
        assert_eq!(ending.unwrap(), expected);
        let saved = serde_json::to_string(&progress).unwrap();
        let mut progress: Progress = serde_json::from_str(&saved).unwrap();
        let ending = fit(&mut line, &mut Points::new(4), &plan, &mut progress, go_on).unwrap();
        assert_eq!(ending, Ending::Finished);
        assert_eq!((line, &progress), (whole, &whole_progress), "stopped after event {stop}");
    }
}

/// The generator of a step follows from seed and step alone, so another seed gives other jitter.
#[test]
fn the_seed_decides_the_noise() {
    let run = |seed| {
        let mut line = Line { jitter: 0.3, ..Line::default() };
        let plan = Plan { seed, ..plan(2, 0.1) };
        fit(&mut line, &mut Points::new(4), &plan, &mut Progress::new(), go_on).unwrap();
        line
    };
    assert_eq!(run(Seed(1)), run(Seed(1)));
    assert_ne!(run(Seed(1)), run(Seed(2)));
}

/// Rates that make the loss rise from the second epoch on: the first stays the best.
#[test]
fn training_stops_when_the_loss_has_not_fallen_for_long_enough() {
    let early_stopping = Some(EarlyStopping { patience: 2, min_improvement: 0.0 });
    let plan = Plan { early_stopping, ..plan(10, 3.0) };
    let (mut line, mut progress) = (Line::default(), Progress::new());
    let mut best_epochs = Vec::new();
    let ending = fit(&mut line, &mut Points::new(11), &plan, &mut progress, |_, event| {
        if let Event::Epoch { record, best: true, .. } = event {
            best_epochs.push(record.epoch);
        }
        Ok(ControlFlow::Continue(()))
    });
    assert_eq!(ending.unwrap(), Ending::StoppedEarly);
    assert_eq!((best_epochs.as_slice(), progress.epoch, progress.stale), ([1].as_slice(), 3, 2));
    assert_eq!(progress.best.map(|best| best.epoch), Some(1));
    let stopped = line;
    let again = fit(&mut line, &mut Points::new(11), &plan, &mut progress, go_on).unwrap();
    assert_eq!((again, line), (Ending::StoppedEarly, stopped));
}

/// Falling by less than the smallest improvement, epoch after epoch, is not falling; the lowest loss
/// is still the best.
#[test]
fn small_improvements_add_up_against_the_same_mark() {
    let early_stopping = Some(EarlyStopping { patience: 4, min_improvement: 0.5 });
    let plan = Plan { early_stopping, ..plan(1_000, 0.01) };
    let (mut line, mut progress) = (Line::default(), Progress::new());
    fit(&mut line, &mut Points::new(11).without_validation(), &plan, &mut progress, go_on).unwrap();
    let losses: Vec<f64> = progress.history.epochs.iter().map(|e| e.train[0]).collect();
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]));
    assert_eq!(progress.best.map(|best| best.epoch), Some(progress.epoch));
    let mark = losses[losses.len() - 5];
    assert_eq!(progress.to_beat, Some(mark));
    assert!(losses[losses.len() - 1] > mark - 0.5);
}

#[test]
fn a_loss_that_is_not_finite_is_named_and_its_step_is_not_counted() {
    let mut data = Points::new(4).without_validation();
    data.points[9].1 = f64::NAN; // in the third batch of the first epoch
    let (mut line, mut progress) = (Line::default(), Progress::new());
    let error = fit(&mut line, &mut data, &plan(2, 0.1), &mut progress, go_on).unwrap_err();
    let message = error.to_string();
    assert_eq!(message, "epoch 1, step 3: the loss is NaN; training has diverged");
    assert_eq!((progress.step, progress.batch, progress.observations), (2, 2, 8));
    assert!(progress.sums.iter().all(|sum| sum.is_finite()));

    let mut data = Points::new(4);
    data.validation[1].0 = f64::INFINITY;
    let mut line = Line::default();
    let error = fit(&mut line, &mut data, &plan(2, 0.1), &mut Progress::new(), go_on).unwrap_err();
    assert!(matches!(
        &error,
        Error::NotFinite { epoch: 1, step: 3, quantity, .. } if quantity == "validation loss"
    ));

    let mut line = Line::default();
    let diverging = plan(500, 1e6);
    let error = fit(&mut line, &mut Points::new(4), &diverging, &mut Progress::new(), go_on);
    assert!(matches!(error, Err(Error::NotFinite { .. })));
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let mut line = Line::default();
    let mut empty = Points::new(4);
    empty.points.clear();
    let run = |line: &mut Line, data: &mut Points, progress: &mut Progress| {
        fit(line, data, &plan(2, 0.1), progress, go_on)
    };
    let error = run(&mut line, &mut empty, &mut Progress::new());
    assert!(matches!(error, Err(Error::NoBatches)));

    let mut good = Progress::new();
    fit(&mut line, &mut Points::new(4), &plan(1, 0.1), &mut good, go_on).unwrap();
    let changes: [fn(&mut Progress); 5] = [
        |p| p.step += 1,
        |p| p.history.names[0] = "other".into(),
        |p| p.history.epochs.clear(),
        |p| p.sums.clear(),
        |p| p.history.epochs[0].validation = Some(Vec::new()),
    ];
    for change in changes {
        let mut progress = good.clone();
        change(&mut progress);
        let error = run(&mut line, &mut Points::new(4), &mut progress);
        assert!(matches!(error, Err(Error::Progress(_))));
    }
    // Another batch size makes another number of batches: the progress of another run.
    let error = run(&mut line, &mut Points::new(5), &mut good.clone());
    assert!(matches!(error, Ok(Ending::Finished)), "5 and 4 both make three batches");
    let error = run(&mut line, &mut Points::new(2), &mut good);
    assert!(matches!(error, Err(Error::Progress(_))));
}

#[test]
fn a_failing_callback_ends_the_run_with_its_error() {
    let mut line = Line::default();
    let mut progress = Progress::new();
    let error =
        fit(&mut line, &mut Points::new(4), &plan(2, 0.1), &mut progress, |_, event| match event {
            Event::Step { progress, .. } if progress.step == 2 => Err("the disk is full".into()),
            _ => Ok(ControlFlow::Continue(())),
        });
    assert!(matches!(error, Err(Error::Callback(source)) if source.to_string().contains("full")));
    assert_eq!(progress.step, 2);
}
