//! `bench`: throughput of training, each model and batch size, and on request of peers in Python,
//! measured one after the other in one call on one machine.

mod ours;
mod peers;

use std::process::ExitCode;

use terminal::{Complaint, out};

use crate::table;
use crate::train_ae::Model;
use peers::Peer;

const EXAMPLES: &str = "Examples:
  cargo xtask bench                           each model and batch size
  cargo xtask bench --only stacked            one model
  cargo xtask bench --peers scikit-learn      and scikit-learn, in one table
  cargo xtask bench --peers                   and every peer (PyTorch brings about 7 GB)
  cargo xtask bench --micro                   the benchmarks of single functions instead

Peers run in virtual environments of their own below target/peers, made with python3 on first use
from tests/peers/requirements-*.txt. An epoch is a pass over the 55,000 training images without
validation; the median of the epochs after the first one counts.";

/// The arguments of `bench`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, allow_negative_numbers = true)]
pub struct Args {
    /// Measure this model only
    #[arg(long, value_enum)]
    only: Option<Model>,
    /// Measured epochs of each model, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 5)]
    epochs: u64,
    /// Measure peers too; without a name all of them
    #[arg(long, value_enum, value_name = "PEER", num_args = 0.., value_delimiter = ',')]
    peers: Option<Vec<Peer>>,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
struct Case {
    model: String,
    batch: usize,
    /// Who was measured, with the version.
    who: String,
    /// Median seconds of an epoch.
    seconds: f64,
    /// Observations of an epoch.
    observations: usize,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !(1..=100).contains(&args.epochs) {
        let message = format!("--epochs is {}: it must be from 1 to 100", args.epochs);
        return Err(Complaint::new(message).code(2).into());
    }
    // Peers have the stacked model only: nothing is fetched for another one.
    let chosen = match &args.peers {
        Some(named) if args.only != Some(Model::Linear) => peers::chosen(named),
        _ => &[],
    };
    // A virtual environment that cannot be made should be known before minutes of measuring.
    let ready = chosen.iter().map(|peer| peers::prepare(*peer)).collect::<Result<Vec<_>, _>>()?;
    let mut cases = ours::measure(args.only, args.epochs)?;
    for peer in &ready {
        let measured = peer.measure(args.epochs)?;
        let wanted = |case: &Case| cases.iter().any(|ours| same(ours, case));
        let kept: Vec<Case> = measured.into_iter().filter(wanted).collect();
        cases.extend(kept);
    }
    out::lines(&[text(&cases)])?;
    Ok(ExitCode::SUCCESS)
}

fn same(a: &Case, b: &Case) -> bool {
    a.model == b.model && a.batch == b.batch
}

/// The cases as a table, the peers of a case under it.
fn text(cases: &[Case]) -> String {
    let mut rows = Vec::new();
    let ours = cases.iter().filter(|c| c.who == ours::NAME);
    for mine in ours {
        for case in cases.iter().filter(|c| same(c, mine)) {
            rows.push(vec![
                format!("{}, batch {}", case.model, case.batch),
                case.who.clone(),
                seconds(case.seconds),
                format!("{:.0}", case.observations as f64 / case.seconds),
                format!("{:.2}", case.seconds / mine.seconds),
            ]);
        }
    }
    let headers = ["model", "measured", "s an epoch", "observations/s", "time / ours"];
    table::text(&headers, &rows)
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
    use super::{Case, median, ours, text};

    #[test]
    fn a_peer_stands_under_our_case_with_its_ratio() {
        let case = |who: &str, seconds| Case {
            model: "stacked".into(),
            batch: 32,
            who: who.into(),
            seconds,
            observations: 100,
        };
        let table = text(&[case(ours::NAME, 0.5), case("torch 2", 1.5)]);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].contains(ours::NAME) && lines[1].ends_with("1.00"), "{table}");
        assert!(lines[2].contains("torch 2") && lines[2].ends_with("3.00"), "{table}");
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!((median(vec![3.0, 1.0, 2.0]), median(vec![])), (2.0, 0.0));
    }
}
