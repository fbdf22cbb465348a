//! `train-ae`: trains an autoencoder and leaves a run folder.
//!
//! `config` (what the run is) → `data` → the loop of the `train` crate, watched by a `session`
//! (checkpoints as in `saved`, metrics, progress) → `outcome` (plain results) → `picture` (figures
//! and report).

mod config;
mod data;
mod outcome;
mod picture;
mod saved;
mod session;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use autoenc::candle_core::{DType, Device};
use autoenc::{Parameters, Trainer, zoo};
use prob_core::Seed;
use runs::{Environment, Run, Status};
use terminal::{Complaint, out};
use train::{Batches, Ending, Progress, fit};

pub use config::{Choices, Config, Model, name};
pub use data::{Loaded, TensorBatches, load};
use saved::Identity;
use session::Session;

use crate::interrupt::{self, Interrupt};
use crate::{choices, folder, place};

const EXAMPLES: &str = "Examples:
  cargo xtask train-ae                              the lecture's stacked autoencoder on MNIST
  cargo xtask train-ae --model linear               the linear one on the 3D arc, beside PCA
  cargo xtask train-ae --smoke                      a run of seconds
  cargo xtask train-ae --data fashion-mnist --epochs 5 --seed 7
  cargo xtask train-ae --config runs/train-ae/latest/config.toml
                                                    the same run again, bit for bit
  cargo xtask train-ae --resume runs/train-ae/latest
                                                    goes on where it was interrupted
  cargo xtask train-ae --device cuda                on a GPU

The run folder has config.toml, metrics.csv, metrics.jsonl, events for TensorBoard, checkpoints,
figures and report.html.";

/// The arguments of `train-ae`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, allow_negative_numbers = true)]
pub struct Args {
    #[command(flatten)]
    choices: Choices,
    /// Choices from a file, for example the config.toml of a run; flags come first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Go on with an interrupted run, in its folder
    #[arg(long, value_name = "RUN", conflicts_with_all = ["config", "out", "smoke"])]
    resume: Option<PathBuf>,
    /// The folder of run folders
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// A run of seconds: few observations, few epochs
    #[arg(long)]
    smoke: bool,
}

/// Runs the experiment.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // Opened first: whatever `latest` points at later, this is the run that goes on.
    let resumed = args.resume.as_ref().map(|run| folder::open(run, "train-ae")).transpose()?;
    let config = resolve(args, resumed.as_ref())?;
    let device = open(&config)?;
    let data = load(&config)?;
    let identity = Identity::new(&config, &data.sums);
    let mut trainer = trainer(&config, &device)?;
    let interrupt = Interrupt::listen()?;
    // A refusal to go on changes nothing in the run.
    let (run, progress) = match resumed {
        Some(run) => {
            let progress = resume(&config, &run, &mut trainer, &identity)?;
            (run, progress)
        }
        None => (folder::create(&args.out, "train-ae")?, Progress::default()),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(config.threads)
        .build()
        .context("cannot start the threads")?;
    let job = Job { config: &config, data: &data, run: &run, identity, interrupt: &interrupt };
    let resume = format!("cargo xtask train-ae --resume {}", place::typed(run.dir()));
    match pool.install(|| job.train(trainer, progress, &resume)) {
        Ok(said) => said.out_loud(&interrupt),
        Err(error) => {
            let way_out = format!("make room, then `{resume}` goes on; or name another --out");
            Err(folder::failed(&run, error, &way_out))
        }
    }
}

fn resolve(args: &Args, resumed: Option<&Run>) -> anyhow::Result<Config> {
    let file = resumed.map(|run| run.path("config.toml")).or_else(|| args.config.clone());
    let file: Choices = file.as_deref().map(choices::read).transpose()?.unwrap_or_default();
    let model = args.choices.model.or(file.model).unwrap_or(Model::Stacked);
    let smoke = if args.smoke { Choices::smoke(model) } else { Choices::default() };
    Ok(args.choices.clone().or(smoke).or(file).resolve()?)
}

fn open(config: &Config) -> anyhow::Result<Device> {
    let kind = config.device;
    kind.open().map_err(|error| {
        let hint = match error {
            autoenc::Error::DeviceNotCompiled(_) => format!(
                "`cargo xtask train-ae --device {kind}` builds the program with it; \
                 `--device cpu` works everywhere"
            ),
            _ => "`--device cpu` works everywhere".to_owned(),
        };
        let complaint = Complaint::new(format!("cannot train on the device {kind}")).hint(hint);
        anyhow::Error::new(error).context(complaint)
    })
}

/// The model of a configuration with its first weights.
pub fn trainer(config: &Config, device: &Device) -> anyhow::Result<Trainer> {
    let parameters = Parameters::new(Seed(config.seed), DType::F32, device);
    let build = match config.model {
        Model::Stacked => zoo::stacked,
        Model::Linear => zoo::linear,
    };
    Ok(Trainer::new(build, parameters, config.optimizer())?)
}

/// Loads the last checkpoint of a run that is to go on. Of a run that was stopped between its last
/// epoch and its report, the report is left to do.
fn resume(
    config: &Config,
    run: &Run,
    trainer: &mut Trainer,
    identity: &Identity,
) -> anyhow::Result<Progress> {
    let progress = saved::restore(&run.path(session::LAST), trainer, identity)?;
    if progress.epoch >= config.epochs && run.read_status()? == Status::Finished {
        let (done, folder) = (progress.epoch, place::typed(run.dir()));
        return Err(Complaint::new(format!("this run has all of its {done} epochs"))
            .hint(format!("`--resume {folder} --epochs {}` goes on", 2 * done))
            .into());
    }
    Ok(progress)
}

/// A training run with everything that it works on.
struct Job<'a> {
    config: &'a Config,
    data: &'a Loaded,
    run: &'a Run,
    identity: Identity,
    interrupt: &'a Interrupt,
}

impl Job<'_> {
    /// Trains in the run folder, from the beginning or from where a checkpoint was. `resume` is the
    /// command that goes on where somebody interrupts it.
    fn train(
        self,
        mut trainer: Trainer,
        mut progress: Progress,
        resume: &str,
    ) -> anyhow::Result<Said> {
        let Self { config, data, run, .. } = self;
        run.write_toml("config.toml", config)?;
        let threads = rayon::current_num_threads();
        run.write_json(
            "environment.json",
            &Environment::capture(&data.sums, &features(), threads),
        )?;
        run.status(&Status::Running)?;

        let seed = Seed(config.seed);
        let device = trainer.parameters().device().clone();
        let mut batches = TensorBatches::new(data, config.batch_size, seed, &device)?;
        let per_epoch = batches.per_epoch();
        let mut session = Session::start(&self, per_epoch, &trainer, &progress)?;
        session.say(&announcement(config, &trainer, data))?;
        let plan = config.plan();
        let ended = fit(&mut trainer, &mut batches, &plan, &mut progress, |trainer, event| {
            Ok(session.watch(trainer, &event)?)
        });
        session.bar().finish();
        let concluded = ended.map_err(session::unwrapped).and_then(|ending| {
            session.save(&trainer, &progress)?;
            let seconds = session.seconds_per_epoch();
            let outcome = outcome::measure(config, data, &trainer, &progress, seconds)?;
            Ok((ending, outcome))
        });
        let (ending, outcome) = concluded.map_err(|error| session.explain(error))?;
        picture::draw(run, config, &outcome, ending)?;
        let reader_left = session.reader_left();
        if ending == Ending::Interrupted {
            run.status(&Status::Interrupted { resume: resume.to_owned() })?;
            let line = format!("interrupted, nothing is lost; `{resume}` goes on");
            return Ok(Said { lines: vec![line], interrupted: true, reader_left });
        }
        run.status(&Status::Finished)?;
        let mut lines = outcome.summary();
        lines.push(format!("report: {}", place::typed(&run.path("report.html"))));
        Ok(Said { lines, interrupted: false, reader_left })
    }
}

/// The last words of a run whose folder is complete.
struct Said {
    lines: Vec<String>,
    interrupted: bool,
    reader_left: bool,
}

impl Said {
    /// Prints them; what becomes of them changes nothing about the run.
    fn out_loud(&self, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let printed = if self.reader_left { Ok(()) } else { out::lines(&self.lines) };
        if self.interrupted && interrupt.asked() {
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        printed.map(|()| ExitCode::SUCCESS)
    }
}

/// The cargo features that this program was built with.
fn features() -> Vec<&'static str> {
    let all = [("cuda", cfg!(feature = "cuda")), ("metal", cfg!(feature = "metal"))];
    all.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}

/// The first line of a run.
fn announcement(config: &Config, trainer: &Trainer, data: &Loaded) -> String {
    let (model, set) = (name(config.model), name(config.data));
    let held_out = data
        .validation
        .as_ref()
        .map_or_else(String::new, |v| format!(", {} held out for validation", v.len()));
    let parameters = trainer.parameters().count();
    let learnt = data.train.len();
    format!("{model} autoencoder ({parameters} parameters) on {learnt} of {set}{held_out}")
}
