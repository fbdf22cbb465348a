//! Standard errors of quantiles, nested R-hat, Geweke's z, blocking and the table of them all.

#![allow(clippy::unwrap_used)]

mod series;

use mcmc::{Error, Trace, diagnostics as d};
use prob_core::{Seed, special::normal_cdf};
use rand::{Rng, RngExt};
use series::ar;
use testkit::{FalseAlarm, holds, ks, negative_control};

fn close(what: &str, ours: f64, reference: f64) {
    let error = (ours - reference).abs();
    assert!(error <= 1e-9 * reference.abs(), "{what}: {ours}, the reference is {reference}");
}

#[test]
fn a_quantile_beyond_the_draws_is_an_error() {
    let x = ar(0.0, 0.0, 100, 1);
    for p in [0.0, 1.0, f64::NAN] {
        assert!(matches!(d::mcse_quantile(&x, p), Err(Error::NotBetween { .. })));
    }
    // The indicator varies, but one standard error below the quantile there is no draw.
    for p in [0.004, 0.996] {
        let error = d::mcse_quantile(&x, p).unwrap_err();
        assert!(matches!(error, Error::QuantileBeyondDraws { draws: 100, .. }), "{p}: {error}");
    }
    let huge = [[-1.7e308, 1.7e308, -1.7e308, 1.7e308, -1.7e308, 1.7e308, 1.7e308, -1.7e308]];
    assert!(d::mcse_quantile(&huge, 0.5).is_err());
}

/// The definition computed with NumPy 2 for the chains above, in groups of neighbours:
///
/// ```python
/// def nested(x, k):
///     y = x.reshape(k, -1, x.shape[1]); m, n = y.shape[1:]
///     between = y.mean((1, 2)).var(ddof=1)
///     within = (y.mean(2).var(1, ddof=1) if m > 1 else 0) + (y.var(2, ddof=1).mean(1) if n > 1 else 0)
///     return np.sqrt(1 + between / np.mean(within))
/// ```
#[test]
fn nested_rhat_by_its_definition() {
    for (x, ids, reference) in [
        (ar(0.5, 0.0, 20, 6), [0, 0, 1, 1, 2, 2], 1.0168205217336184),
        (ar(0.5, 0.3, 20, 6), [7, 7, 7, 3, 3, 3], 1.2978204471961667),
        (ar(0.5, 0.3, 20, 6), [5, 4, 3, 2, 1, 0], 1.5928743625955684),
        (ar(0.0, 0.2, 1, 6), [0, 0, 0, 1, 1, 1], 1.510836202850558),
    ] {
        close("nested R-hat", d::nested_rhat(&x, &ids).unwrap(), reference);
    }
    // The order of the chains does not matter, only whose they are.
    let x = ar(0.5, 0.3, 20, 6);
    let mixed: Vec<&Vec<f64>> = [0, 3, 1, 4, 2, 5].iter().map(|i| &x[*i]).collect();
    let r = d::nested_rhat(&mixed, &[0, 1, 0, 1, 0, 1]).unwrap();
    close("nested R-hat", r, 1.2978204471961667);
}

#[test]
fn nested_rhat_refuses_what_it_cannot_compare() {
    let none: [[f64; 1]; 0] = [];
    assert_eq!(d::nested_rhat(&none, &[]), Err(Error::Zero { what: "the number of chains" }));
    let x = [[1.0, 2.0], [3.0, 1.0], [2.0, 5.0]];
    let refused = |ids: &[usize]| d::nested_rhat(&x, ids).unwrap_err();
    assert!(matches!(refused(&[0, 1]), Error::LengthMismatch { expected: 3, found: 2, .. }));
    assert!(matches!(refused(&[4; 3]), Error::TooFew { found: 1, .. }));
    assert_eq!(refused(&[4, 4, 9]), Error::UnequalSuperchains { id: 9, expected: 2, found: 1 });
    let one_draw = d::nested_rhat(&[[1.0], [2.0]], &[0, 1]);
    assert!(matches!(one_draw, Err(Error::TooFewDraws { needed: 2, found: 1, .. })));
    let no_draws: [[f64; 0]; 4] = [[]; 4];
    assert!(matches!(d::nested_rhat(&no_draws, &[0, 0, 1, 1]), Err(Error::TooFewDraws { .. })));
    let still = d::nested_rhat(&[[0.1; 3], [0.2; 3]], &[0, 1]);
    assert_eq!(still, Err(Error::ConstantChain { chain: 0, value: 0.1 }));
    let unequal: [&[f64]; 2] = [&[1.0, 2.0], &[1.0]];
    assert!(matches!(d::nested_rhat(&unequal, &[0, 1]), Err(Error::ChainLength { chain: 1, .. })));
    let nan = d::nested_rhat(&[[1.0, f64::NAN], [1.0, 2.0]], &[0, 1]);
    assert!(matches!(nan, Err(Error::BrokenDraw { chain: 0, draw: 1, .. })));
    let huge = d::nested_rhat(&[[1e200, -1e200], [1.0, 2.0]], &[0, 1]);
    assert!(matches!(huge, Err(Error::NotFinite { .. })), "{huge:?}");
}

/// A stationary chain `x_t = φ x_{t−1} + ε` with standard normal ε, by Box and Muller's pairs.
fn ar1(phi: f64, draws: usize, rng: &mut impl Rng) -> Vec<f64> {
    let mut normal = || {
        let (u, v): (f64, f64) = (rng.random(), rng.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    let mut x = normal() / (1.0 - phi * phi).sqrt();
    let next = |_| {
        let now = x;
        x = phi * x + normal();
        now
    };
    (0..draws).map(next).collect()
}

/// `Var x̄ = γ_0 / n · (1 + 2 Σ_k (1 − k / n) φ^k)` with `γ_0 = 1 / (1 − φ²)`, exactly.
fn variance_of_mean(phi: f64, draws: usize) -> f64 {
    let n = draws as f64;
    let sum: f64 = (1..draws).map(|k| (1.0 - k as f64 / n) * phi.powi(k as i32)).sum();
    (1.0 + 2.0 * sum) / (n * (1.0 - phi * phi))
}

#[test]
fn geweke_z_is_standard_normal_for_a_stationary_chain() {
    for phi in [0.0, 0.5, -0.5] {
        let z = |drift: f64| -> Vec<f64> {
            let of_chain = |i| {
                let mut x = ar1(phi, 20_000, &mut Seed(3).stream("geweke", i));
                x[..2_000].iter_mut().for_each(|x| *x += drift);
                d::geweke_z(&x, 0.1, 0.5).unwrap()
            };
            (0..200).map(of_chain).collect()
        };
        let still = ks(format!("z at {phi}"), &z(0.0), normal_cdf).unwrap();
        holds(&[still], FalseAlarm::DEFAULT);
        let drifts = ks(format!("z at {phi}"), &z(0.2), normal_cdf).unwrap();
        negative_control(&[drifts], FalseAlarm::DEFAULT);
    }
}

#[test]
fn geweke_z_refuses_short_and_broken_chains() {
    let x = ar1(0.0, 2_000, &mut Seed(4).stream("geweke", 0));
    for (first, last) in [(0.0, 0.5), (0.1, -0.5), (0.6, 0.5), (f64::NAN, 0.5), (0.1, f64::NAN)] {
        assert!(matches!(d::geweke_z(&x, first, last), Err(Error::BadShares { .. })));
    }
    assert!(d::geweke_z(&x, 0.5, 0.5).is_ok());
    let short = d::geweke_z(&x[..490], 0.1, 0.5);
    assert!(matches!(short, Err(Error::ShorterThanItsMemory { found: 49, .. })), "{short:?}");
    let slow = ar1(0.99, 2_000, &mut Seed(4).stream("geweke", 1));
    assert!(matches!(d::geweke_z(&slow, 0.1, 0.5), Err(Error::ShorterThanItsMemory { .. })));
    assert!(matches!(d::geweke_z(&[], 0.1, 0.5), Err(Error::TooFewDraws { found: 0, .. })));
    let mut broken = x.clone();
    broken[900] = f64::INFINITY; // In neither part, and an error nevertheless.
    assert!(matches!(d::geweke_z(&broken, 0.1, 0.5), Err(Error::BrokenDraw { draw: 900, .. })));
    let huge: Vec<f64> = x.iter().map(|x| 1e200 * x).collect();
    assert!(matches!(d::geweke_z(&huge, 0.1, 0.5), Err(Error::NotFinite { .. })));
    let mut stuck = x;
    stuck[..200].fill(1.0);
    assert!(matches!(d::geweke_z(&stuck, 0.1, 0.5), Err(Error::ConstantChain { .. })));
}

/// Against closed forms for AR(1). For the block size that was found, `c_k` is on average the
/// variance of the mean of one block less that of the mean of all. That the test stops while some
/// correlation is left moves the squared error off the truth, by less for longer chains.
#[test]
fn blocking_finds_the_closed_form_of_ar1() {
    for (phi, draws, off) in
        [(0.0, 4_096, 0.05), (0.5, 10_000, 0.2), (0.9, 65_536, 0.2), (-0.5, 16_384, 0.2)]
            .into_iter()
            .chain([(0.5, 262_144, 0.08)])
    {
        let exact = variance_of_mean(phi, draws);
        let runs: Vec<d::Blocking> = (0..60)
            .map(|i| d::blocking(&ar1(phi, draws, &mut Seed(5).stream("blocking", i))).unwrap())
            .collect();
        let mean = |f: &dyn Fn(&d::Blocking) -> f64| runs.iter().map(f).sum::<f64>() / 60.0;
        let of_size = mean(&|run| {
            let blocks = run.blocks as f64;
            let all = variance_of_mean(phi, run.blocks * run.block_size);
            let expected = (variance_of_mean(phi, run.block_size) - all) / (blocks - 1.0);
            run.standard_error.powi(2) / expected
        });
        assert!((of_size - 1.0).abs() < 0.05, "φ = {phi}, {draws}: {of_size} for its blocks");
        let of_truth = mean(&|run| run.standard_error.powi(2) / exact);
        assert!((of_truth - 1.0).abs() < off, "φ = {phi}, {draws}: {of_truth}");
        for run in &runs {
            assert!(run.blocks >= 32 && run.blocks == draws / run.block_size, "{run:?}");
        }
        // The textbook error is far off wherever draws correlate: no run may take it.
        let single = runs.iter().filter(|b| b.block_size == 1).count();
        assert!(if phi == 0.0 { single >= 52 } else { single == 0 }, "φ = {phi}: {single}");
    }
}

/// Independent draws need no blocks: the error is `sd / √n`.
#[test]
fn blocks_of_one_draw_give_the_textbook_error() {
    let x = ar1(0.0, 1_000, &mut Seed(6).stream("blocking", 1));
    let found = d::blocking(&x).unwrap();
    let mean = x.iter().sum::<f64>() / 1_000.0;
    let squares: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
    assert_eq!((found.block_size, found.blocks), (1, 1_000));
    close("sd / √n", found.standard_error, (squares / 999.0 / 1_000.0).sqrt());
}

#[test]
fn blocking_refuses_chains_shorter_than_their_memory() {
    let slow = ar1(0.999, 2_000, &mut Seed(7).stream("blocking", 0));
    let error = d::blocking(&slow).unwrap_err();
    assert_eq!(error, Error::CorrelatedBlocks { block_size: 32, draws: 2_000 });
    assert!(matches!(d::blocking(&[1.0; 31]), Err(Error::TooFewDraws { needed: 32, .. })));
    assert!(matches!(d::blocking(&[1.0; 64]), Err(Error::ConstantChain { .. })));
    // Blocks of two are all equal, with rounding: there is no error to be told from them.
    let alternating: Vec<f64> = (0..256).map(|t| [0.1, 0.7][t % 2]).collect();
    assert!(matches!(d::blocking(&alternating), Err(Error::ConstantChain { .. })));
    let mut broken = ar1(0.0, 64, &mut Seed(7).stream("blocking", 1));
    broken[5] = f64::NAN;
    assert!(matches!(d::blocking(&broken), Err(Error::BrokenDraw { draw: 5, .. })));
    let huge: Vec<f64> = slow.iter().map(|x| x * 1e200).collect();
    assert!(matches!(d::blocking(&huge), Err(Error::NotFinite { .. })));
}

/// A trace of these variables, each as one series a chain.
fn trace(variables: &[Vec<Vec<f64>>]) -> Trace {
    let (count, draws) = (variables[0].len(), variables[0][0].len());
    let places = (0..count).flat_map(|c| (0..draws).map(move |t| (c, t)));
    let values = places.flat_map(|(c, t)| variables.iter().map(move |v| v[c][t])).collect();
    Trace::new(count, draws, variables.len(), values).unwrap()
}

/// Mean, sd and quantiles by NumPy, the rest by ArviZ ("mixed" in `arviz/reference.txt`).
#[test]
fn the_summary_has_the_numbers_of_arviz() {
    let table = d::summary(&trace(&[ar(0.5, 0.0, 1000, 4)]));
    let references = [
        0.021444922702412633,
        0.5758251138803013,
        -0.9206042898994621,
        0.9669670705925194,
        0.016148175501470588,
        0.007974490429512478,
        1271.0895717445715,
        2213.529450337018,
        1.0002219141919169,
    ];
    for ((name, cell), reference) in table.rows()[0].cells().into_iter().zip(references) {
        close(name, cell.value().unwrap(), reference);
        assert_eq!(cell.reason(), None);
    }
}

#[test]
fn a_cell_that_is_refused_keeps_the_reason_and_leaves_the_others() {
    let mut broken = ar(0.5, 0.0, 100, 2);
    broken[1][3] = f64::NAN;
    let variables = [ar(0.5, 0.0, 100, 2), vec![vec![7.0; 100]; 2], broken];
    let table = d::summary(&trace(&variables).with_names(["a", "still", "broken"]).unwrap());
    assert!(table.row("a").unwrap().cells().iter().all(|(_, cell)| cell.value().is_some()));
    let still = table.row("still").unwrap();
    for (cell, value) in [(&still.mean, 7.0), (&still.sd, 0.0), (&still.q5, 7.0), (&still.q95, 7.0)]
    {
        assert_eq!(cell.value(), Some(value));
    }
    for cell in [&still.mcse_mean, &still.mcse_sd, &still.ess_bulk, &still.ess_tail, &still.r_hat] {
        assert_eq!(cell.value(), None);
        assert_eq!(cell.reason(), Some(&Error::ConstantChain { chain: 0, value: 7.0 }));
    }
    for (name, cell) in table.row("broken").unwrap().cells() {
        let reason = cell.reason();
        assert!(matches!(reason, Some(Error::BrokenDraw { chain: 1, draw: 3, .. })), "{name}");
    }
    assert!(table.row("c").is_none());
    let single = d::summary(&Trace::new(1, 1, 1, vec![2.0]).unwrap());
    assert_eq!(single.rows()[0].mean.value(), Some(2.0));
    assert!(matches!(single.rows()[0].sd.reason(), Some(Error::TooFewDraws { found: 1, .. })));
}

#[test]
fn the_table_is_aligned_and_tells_the_reasons() {
    let big = ar(0.5, 0.0, 1000, 4)
        .into_iter()
        .map(|c| c.into_iter().map(|x| -1e9 * x).collect())
        .collect();
    let variables = [ar(0.5, 0.0, 1000, 4), big, vec![vec![7.0; 1000]; 4]];
    let names = ["θ", "a long name", "still"];
    let text = d::summary(&trace(&variables).with_names(names).unwrap()).to_string();
    let expected = "                \
                         mean      sd       5%     95%  mcse_mean  mcse_sd  ess_bulk  ess_tail  r_hat
θ            2.14e-2   0.576   -0.921   0.967    1.61e-2  7.97e-3      1271      2214  1.000
a long name  -2.14e7  5.76e8  -9.67e8  9.21e8     1.61e7   7.97e6      1271      2214  1.000
still          7.000   0.000    7.000   7.000          -        -         -         -      -
still: no mcse_mean, mcse_sd, ess_bulk, ess_tail, r_hat: chain 0 is constant at 7; a constant \
                    chain has no autocorrelation
";
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let phis = [0.0, 0.3, 0.6, 0.9, -0.4, 0.8, 0.95];
    let variables: Vec<Vec<Vec<f64>>> = phis.iter().map(|phi| ar(*phi, 0.0, 300, 3)).collect();
    let trace = trace(&variables);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let table = pool.install(|| d::summary(&trace));
        let bits = |row: &d::Row| row.cells().map(|(_, cell)| cell.value().map(f64::to_bits));
        table.rows().iter().map(bits).collect::<Vec<_>>()
    };
    let alone = with(1);
    assert!([2, 3, 8].into_iter().all(|threads| with(threads) == alone));
}
