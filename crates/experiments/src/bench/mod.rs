//! `bench`: throughput of training and of laws, and on request of peers, measured one after the
//! other in one call on one machine.

mod laws;
mod peers;
mod training;

use std::process::ExitCode;

use clap::ValueEnum;
use terminal::{Complaint, out};

use crate::table;
use crate::train_ae::Model;
use peers::{Peer, Ready};

const EXAMPLES: &str = "Examples:
  cargo xtask bench                           each model and batch size, and the laws
  cargo xtask bench --only stacked            one model
  cargo xtask bench --only laws --peers scipy log densities and draws, beside scipy.stats
  cargo xtask bench --peers scikit-learn      and scikit-learn, in one table
  cargo xtask bench --peers                   and every peer (PyTorch brings about 7 GB)
  cargo xtask bench --micro                   the benchmarks of single functions instead

Peers run in virtual environments of their own below target/peers, made with python3 on first use
from tests/peers/requirements-*.txt. For models a round is an epoch, a pass over the 55,000 training
images without validation; for laws a million numbers. The median of the rounds counts, the first
one left out. Beside the draws stand those of rand_distr, one by one.";

/// The arguments of `bench`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, allow_negative_numbers = true)]
pub struct Args {
    /// Measure this only
    #[arg(long, value_enum)]
    only: Option<Subject>,
    /// Measured rounds of each model and law, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: u64,
    /// Measure peers too; without a name all of them
    #[arg(long, value_enum, value_name = "PEER", num_args = 0.., value_delimiter = ',')]
    peers: Option<Vec<Peer>>,
}

/// What can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Training of the stacked autoencoder
    Stacked,
    /// Training of the linear autoencoder
    Linear,
    /// Log densities of a slice, draws into a slice
    Laws,
}

/// What the tables call us.
const NAME: &str = concat!("ergodic ", env!("CARGO_PKG_VERSION"));

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
struct Case {
    /// The model and batch size, or the function and law.
    what: String,
    /// Who was measured, with the version.
    who: String,
    /// Median seconds of a round.
    seconds: f64,
    /// Observations, or numbers, of a round.
    items: usize,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !(1..=100).contains(&args.rounds) {
        let message = format!("--rounds is {}: it must be from 1 to 100", args.rounds);
        return Err(Complaint::new(message).code(2).into());
    }
    // A virtual environment that cannot be made should be known before minutes of measuring.
    let chosen = args.peers.as_ref().map_or(&[][..], |named| peers::chosen(named));
    let wanted = chosen.iter().filter(|peer| args.has(**peer));
    let ready = wanted.map(|peer| peers::prepare(*peer)).collect::<Result<Vec<_>, _>>()?;
    if args.only != Some(Subject::Laws) {
        let ours = training::measure(args.model(), args.rounds)?;
        let headers = ["model", "measured", "s an epoch", "observations/s", "time / ours"];
        out::lines(&[text(&headers, &beside(ours, &ready, true, args.rounds)?)])?;
    }
    if args.only.is_none_or(|only| only == Subject::Laws) {
        let ours = laws::measure(args.rounds)?;
        let headers = ["law", "measured", "s a million", "numbers/s", "time / ours"];
        out::lines(&[text(&headers, &beside(ours, &ready, false, args.rounds)?)])?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn model(&self) -> Option<Model> {
        match self.only? {
            Subject::Stacked => Some(Model::Stacked),
            Subject::Linear => Some(Model::Linear),
            Subject::Laws => None,
        }
    }

    /// Whether a peer has anything to measure: nothing is fetched in vain.
    fn has(&self, peer: Peer) -> bool {
        match self.only {
            None => true,
            Some(Subject::Stacked) => peer.trains(),
            Some(Subject::Linear) => false,
            Some(Subject::Laws) => !peer.trains(),
        }
    }
}

/// Our cases, and those of the peers that are the same.
fn beside(
    mut cases: Vec<Case>,
    ready: &[Ready],
    training: bool,
    rounds: u64,
) -> anyhow::Result<Vec<Case>> {
    for peer in ready.iter().filter(|ready| ready.peer.trains() == training) {
        let measured = peer.measure(rounds)?;
        let wanted = |case: &Case| cases.iter().any(|ours| ours.what == case.what);
        let kept: Vec<Case> = measured.into_iter().filter(wanted).collect();
        cases.extend(kept);
    }
    Ok(cases)
}

/// The cases as a table, the peers of a case under it.
fn text(headers: &[&str], cases: &[Case]) -> String {
    let mut rows = Vec::new();
    for mine in cases.iter().filter(|c| c.who == NAME) {
        for case in cases.iter().filter(|c| c.what == mine.what) {
            rows.push(vec![
                case.what.clone(),
                case.who.clone(),
                seconds(case.seconds),
                format!("{:.0}", case.items as f64 / case.seconds),
                format!("{:.2}", case.seconds / mine.seconds),
            ]);
        }
    }
    table::text(headers, &rows)
}

/// A time with four digits that mean something.
fn seconds(seconds: f64) -> String {
    if seconds < 0.01 { format!("{seconds:.3e}") } else { format!("{seconds:.4}") }
}

/// The middle of some numbers; 0 of none.
fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::{Case, NAME, median, text};

    #[test]
    fn a_peer_stands_under_our_case_with_its_ratio() {
        let case = |who: &str, seconds| Case {
            what: "stacked, batch 32".into(),
            who: who.into(),
            seconds,
            items: 100,
        };
        let headers = ["model", "measured", "s", "1/s", "time / ours"];
        let table = text(&headers, &[case(NAME, 0.5), case("torch 2", 1.5)]);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].contains(NAME) && lines[1].ends_with("1.00"), "{table}");
        assert!(lines[2].contains("torch 2") && lines[2].ends_with("3.00"), "{table}");
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!((median(vec![3.0, 1.0, 2.0]), median(vec![])), (2.0, 0.0));
    }
}
