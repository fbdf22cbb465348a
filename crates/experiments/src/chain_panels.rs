//! Panels that show chains: traces, ranks, autocorrelations, pairs of variables. Plain numbers in, one
//! series a chain, as `mcmc::Trace::variable` gives them.

use figures::{Colour, Layer, Panel};
use mcmc::{Error, diagnostics};
use prob_core::special::normal_quantile;

/// Half the width of a 95 % interval in standard errors.
const WIDE: f64 = 1.959_963_984_540_054;
/// Points of a pair plot at most: more only hide each other.
const POINTS: usize = 4_000;
/// Lags up to which an autocorrelation is drawn as stems.
const STEMS: usize = 61;
/// Bins of a rank plot at most, and draws that each should have.
const BINS: (usize, usize) = (20, 10);

/// Values against the step, a line each; `first` is the step of the first value.
pub fn trace<S: AsRef<[f64]>>(title: &str, lines: &[(&str, S)], first: usize) -> Panel {
    let mut panel = Panel::new(title).x("step").y("value");
    for (name, values) in lines {
        let points = values.as_ref().iter().enumerate().map(|(t, x)| ((first + t) as f64, *x));
        panel = panel.with(Layer::line(*name, points).width(1.0));
    }
    panel
}

/// Rank plot (Vehtari et al. 2021): how the ranks of each chain's draws among those of all chains are
/// spread. Chains of one law share the ranks evenly; one that is elsewhere has too many of some. The
/// two halves of a single chain are taken as two.
///
/// Only every `every`-th draw counts, so that those that do are nearly independent; a multiple of the
/// autocorrelation time is right. The grey band then holds all bars at once with a probability of at
/// least 95 %.
pub fn ranks(title: &str, chains: &[Vec<f64>], every: usize) -> Panel {
    let thinned = |chain: &[f64]| chain.iter().step_by(every.max(1)).copied().collect();
    let mut series: Vec<Vec<f64>> = chains.iter().map(|c| thinned(c)).collect();
    let mut names: Vec<String> = (1..=series.len()).map(|i| format!("chain {i}")).collect();
    if let [chain] = series.as_slice() {
        let half = chain.len() / 2;
        series = vec![chain[..half].to_vec(), chain[chain.len() - half..].to_vec()];
        names = vec!["first half".to_owned(), "second half".to_owned()];
    }
    let counts = RankCounts::new(&series);
    let bins = counts.bins;
    let (lower, upper) = counts.band();
    let mut panel = Panel::new(title)
        .x("rank (share of all draws)")
        .y("draws in bin / expected")
        .x_range(0.0, 1.0)
        .with(
            Layer::band("all bars, 95 %", [(0.0, lower, upper), (1.0, lower, upper)])
                .colour(Colour::GREY),
        )
        .with(Layer::horizontal("", 1.0).colour(Colour::GREY));
    if series.len() > 6 {
        // More colours than there are, and more names than there is room for.
        panel = panel.no_legend();
    }
    for (i, (shares, name)) in counts.shares.iter().zip(names).enumerate() {
        let edge = |k: usize| k as f64 / bins as f64;
        let steps = shares.iter().enumerate().flat_map(|(k, s)| [(edge(k), *s), (edge(k + 1), *s)]);
        panel = panel.with(Layer::line(name, steps).colour(Colour::cycle(i)).width(1.5));
    }
    panel
}

/// How many draws of each chain have their rank in each bin.
struct RankCounts {
    /// In units of what is expected.
    shares: Vec<Vec<f64>>,
    bins: usize,
    draws: usize,
}

impl RankCounts {
    fn new(chains: &[Vec<f64>]) -> Self {
        let draws = chains.first().map_or(0, Vec::len);
        let bins = (draws / BINS.1).clamp(1, BINS.0);
        let mut order: Vec<(f64, usize)> =
            chains.iter().enumerate().flat_map(|(c, x)| x.iter().map(move |x| (*x, c))).collect();
        // A stable sort would hand tied ranks (a chain that stands still) to the first chain in turn;
        // those ranks lie together either way.
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut shares = vec![vec![0.0; bins]; chains.len()];
        let each = bins as f64 / draws.max(1) as f64;
        for (rank, (_, chain)) in order.iter().enumerate() {
            shares[*chain][rank * bins / order.len()] += each;
        }
        Self { shares, bins, draws }
    }

    /// Between these all shares of all chains lie with 95 % where draws are independent: counts are
    /// hypergeometric, taken as normal, with Bonferroni's share of the error for each.
    fn band(&self) -> (f64, f64) {
        let (chains, bins) = (self.shares.len() as f64, self.bins as f64);
        let z = -normal_quantile(0.05 / (2.0 * chains * bins));
        let part = 1.0 / bins;
        let half = z * ((1.0 - part) * (1.0 - 1.0 / chains) / (part * self.draws as f64)).sqrt();
        ((1.0 - half).max(0.0), 1.0 + half)
    }
}

/// The autocorrelation at the lags 0 to `max_lag` (less, where there are fewer draws), with the band
/// in which 95 % of the estimates lie where nothing is correlated from that lag on (Bartlett 1946).
/// `exact` is drawn over it as a line, if it is known.
///
/// # Errors
/// What the diagnostics say about the chains: one that stands still has none.
pub fn autocorrelation(
    title: &str,
    chains: &[Vec<f64>],
    max_lag: usize,
    exact: Option<&dyn Fn(usize) -> f64>,
) -> Result<Panel, Error> {
    let draws = chains.first().map_or(0, Vec::len);
    let rho = diagnostics::autocorrelations(chains, max_lag.min(draws.saturating_sub(1)))?;
    let total = (draws * chains.len()) as f64;
    let mut sum = 1.0;
    let mut band = Vec::new();
    for (k, r) in rho.iter().enumerate().skip(1) {
        let half = WIDE * (sum / total).sqrt();
        band.push((k as f64, -half, half));
        sum += 2.0 * r * r;
    }
    // Many stems run into each other.
    let few = rho.len() <= STEMS;
    let points = rho.iter().enumerate().map(|(k, r)| (k as f64, *r));
    let estimate =
        if few { Layer::stems("estimate", points) } else { Layer::line("estimate", points) };
    let mut panel = Panel::new(title)
        .x("lag k")
        .y("autocorrelation")
        .with(Layer::band("no correlation: 95 %", band).colour(Colour::GREY))
        .with(estimate.colour(Colour::BLUE));
    if let Some(exact) = exact {
        let line = Layer::line("exact", (0..rho.len()).map(|k| (k as f64, exact(k))));
        let line = line.colour(Colour::VERMILION);
        panel = panel.with(if few { line.dots() } else { line });
    }
    Ok(panel)
}

/// Pair plot: each variable's histogram on the diagonal, each two as points below it, their
/// correlation above it. `add` adds to the panel of variables `(x, y)` what is known of the law.
///
/// The panels go row by row, as many columns as variables. `variables` are names with all draws.
pub fn pairs(
    variables: &[(String, Vec<f64>)],
    add: impl Fn(Panel, usize, usize) -> Panel,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (row, (y_name, y)) in variables.iter().enumerate() {
        for (column, (x_name, x)) in variables.iter().enumerate() {
            panels.push(if row == column {
                let bins = ((y.len() as f64).sqrt() as usize).clamp(8, 50);
                let histogram = Layer::histogram("", y.iter().copied(), bins);
                let panel = Panel::new("").x(x_name.as_str()).y("density").no_legend();
                add(panel.with(histogram.colour(Colour(190, 205, 215))), column, row)
            } else if row > column {
                let every = x.len().div_ceil(POINTS).max(1);
                let points = x.iter().copied().zip(y.iter().copied()).step_by(every);
                let panel = Panel::new("").x(x_name.as_str()).y(y_name.as_str()).no_legend();
                let points = Layer::points("", points).size(2.5).opacity(0.3);
                add(panel.with(points.colour(Colour::BLUE)), column, row)
            } else {
                let text = format!("r = {:.2}", correlation(x, y));
                Panel::new("")
                    .bare()
                    .x_range(-1.0, 1.0)
                    .y_range(-1.0, 1.0)
                    .with(Layer::texts([(0.0, 0.0, text)]))
            });
        }
    }
    panels
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{RankCounts, correlation};

    /// Two chains that share the ranks evenly, and two of which one is above the other.
    #[test]
    fn ranks_are_counted_among_all_chains() {
        let even =
            [(0..200).map(f64::from).collect(), (0..200).map(|i| f64::from(i) + 0.5).collect()];
        let counts = RankCounts::new(&even);
        assert_eq!(counts.bins, 20);
        assert!(counts.shares.iter().flatten().all(|s| (s - 1.0).abs() < 1e-12));
        let apart =
            [(0..200).map(f64::from).collect(), (0..200).map(|i| f64::from(i) + 1e3).collect()];
        let counts = RankCounts::new(&apart);
        assert!(counts.shares[0][..10].iter().all(|s| (s - 2.0).abs() < 1e-12));
        assert!(counts.shares[0][10..].iter().all(|s| *s == 0.0));
        let (lower, upper) = counts.band();
        assert!(lower > 0.0 && upper < 2.0, "{lower} {upper}");
    }

    /// Mean and variance of a count: N = 2n draws, of which n are this chain's, N / B in the bin.
    #[test]
    fn the_band_is_that_of_hypergeometric_counts() {
        let chains = [(0..400).map(f64::from).collect(), (0..400).map(f64::from).collect()];
        let (_, upper) = RankCounts::new(&chains).band();
        let (n, total, bin) = (400.0f64, 800.0, 40.0);
        let variance = bin * (n / total) * (1.0 - n / total) * (total - bin) / (total - 1.0);
        // The normal quantile at 1 − 0.05 / 80.
        let z = (upper - 1.0) * 20.0 / variance.sqrt();
        assert!((z - 3.227).abs() < 0.005, "{z}");
    }

    #[test]
    fn correlations_of_lines_are_one() {
        let x = [1.0, 2.0, 4.0];
        assert!((correlation(&x, &[2.0, 4.0, 8.0]) - 1.0).abs() < 1e-15);
        assert!((correlation(&x, &[-1.0, -2.0, -4.0]) + 1.0).abs() < 1e-15);
    }
}
