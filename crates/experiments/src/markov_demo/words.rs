//! The numbers of `markov-demo` as sentences, tables and files.

use std::fmt::Write;

use super::config::{Chain, Config};
use super::looked::{CHAINS, Looked};

/// The columns of [`rows`].
pub const HEADERS: [&str; 5] = ["state", "π", "share in long runs", "standard error", "z"];

/// The names of the states.
pub fn names(config: &Config) -> Vec<String> {
    match config.chain {
        Chain::Weather => ["sun", "clouds", "rain"].map(str::to_owned).into(),
        _ => (0..config.number()).map(|i| i.to_string()).collect(),
    }
}

/// What the chain is, in a line.
pub fn headline(config: &Config, looked: &Looked) -> String {
    let name = match config.chain {
        Chain::File => "a chain of one's own".to_owned(),
        chain => format!("chain {:?}", chain.name()).replace('"', ""),
    };
    format!(
        "{name}: {} states, from state {}, {} steps; long runs: {CHAINS} chains of {} draws",
        config.number(),
        names(config)[config.start],
        looked.laws.len() - 1,
        config.draws
    )
}

/// What is known of the chain, each with its value.
pub fn facts(looked: &Looked) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let kind = match looked.period {
        None => "reducible: there is no way between some states".to_owned(),
        Some(1) => "irreducible and aperiodic".to_owned(),
        Some(period) => format!("irreducible, with period {period}"),
    };
    fact("the chain is", kind);
    if let Some(&(re, im)) = looked.eigenvalues.get(1) {
        let value =
            if im == 0.0 { format!("{re:.4}") } else { format!("{re:.4} ± {:.4}i", im.abs()) };
        fact("second eigenvalue", value);
        fact("its modulus", format!("{:.4}", looked.second()));
    }
    // Between parts of a chain that falls apart there is nothing to relax to.
    if looked.period.is_some() {
        let time = looked.relaxation_time().map(|time| format!("{time:.2} steps"));
        let time = time.unwrap_or_else(|| "the chain never relaxes".to_owned());
        fact("relaxation time −1 / ln |λ|", time);
    }
    if let Some(rest) = &looked.rest {
        let balance = if rest.is_balanced() { "holds" } else { "does not hold" };
        fact("detailed balance", format!("{balance} (largest net flow {:.1e})", rest.balance_gap));
        if let Some(last) = rest.distances.last() {
            fact("distance to π in the end", format!("{last:.2e}"));
        }
    }
    facts
}

/// The stationary law beside the long runs, as cells of a table with [`HEADERS`].
pub fn rows(config: &Config, looked: &Looked) -> Vec<Vec<String>> {
    let Some(rest) = &looked.rest else { return Vec::new() };
    let row = |((name, pi), (share, error)): ((String, &f64), &(f64, Option<f64>))| {
        let cell = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| format!("{x:.5}"));
        let z = error.map_or_else(String::new, |error| format!("{:+.1}", (share - pi) / error));
        vec![name, format!("{pi:.5}"), format!("{share:.5}"), cell(*error), z]
    };
    names(config).into_iter().zip(&rest.stationary).zip(&rest.frequencies).map(row).collect()
}

/// The law at each time, and its distance to the stationary one.
pub fn laws_csv(config: &Config, looked: &Looked) -> String {
    let mut text = String::from("t,distance");
    // Writing to a string cannot fail.
    names(config).iter().for_each(|name| _ = write!(text, ",p({name})"));
    text.push('\n');
    for (t, law) in looked.laws.iter().enumerate() {
        let distance = looked.rest.as_ref().and_then(|rest| rest.distances.get(t));
        let _ = write!(text, "{t},{}", distance.map_or_else(String::new, f64::to_string));
        law.iter().for_each(|p| _ = write!(text, ",{p}"));
        text.push('\n');
    }
    text
}

/// The eigenvalues.
pub fn spectrum_csv(looked: &Looked) -> String {
    let mut text = String::from("real,imaginary,modulus\n");
    for (re, im) in &looked.eigenvalues {
        let _ = writeln!(text, "{re},{im},{}", re.hypot(*im));
    }
    text
}

/// The stationary law and the shares of the states in long runs.
pub fn states_csv(config: &Config, looked: &Looked) -> String {
    let mut text = String::from("state,stationary,share,standard_error\n");
    let Some(rest) = &looked.rest else { return text };
    let of = names(config).into_iter().zip(&rest.stationary).zip(&rest.frequencies);
    for ((name, pi), (share, error)) in of {
        let error = error.map_or_else(String::new, |error| error.to_string());
        let _ = writeln!(text, "{name},{pi},{share},{error}");
    }
    text
}
