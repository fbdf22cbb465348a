//! The figures and the report of `bayes-demo`.

use figures::{Colour, Layer, Layout, Marker, Panel, Rendered, figure};
use runs::{Report, Run};

use super::config::Config;
use super::findings::{Finding, Findings, HEADERS, REPEATED_HEADERS, Repeated, Swept};
use super::sample::Sample;
use super::words::{grouped, percent};
use crate::{demonstration, drawn};

const CANCER: Colour = Colour::VERMILION;
const HEALTHY: Colour = Colour::BLUE;
/// The width of a panel of repeated tests and of a written letter at most, in pixels.
const PANEL: f64 = 500.0;
const LETTER: f64 = 9.2;
/// The half width of a 95 % interval in standard errors.
const WIDE: f64 = 1.959_963_984_540_054;

/// Draws what there is to see and writes `report.html`.
///
/// # Errors
/// Where the folder cannot be written.
pub fn draw(
    run: &Run,
    config: &Config,
    findings: &Findings,
    sample: &Sample,
) -> anyhow::Result<()> {
    let subtitle = format!(
        "prevalence {}, sensitivity {}, false alarms {}, {} women drawn, seed {}",
        percent(config.prevalence),
        percent(config.sensitivity),
        percent(config.false_alarm),
        grouped(config.sample),
        config.seed
    );
    let report = Report::new("Bayes' theorem: what a positive test says", &subtitle)
        .paragraph(&capital(&format!("{}.", findings.headline())))
        .paragraph(
            "Bayes' theorem: `p(h | x) = p(x | h) p(h) / p(x)`. The prior `p(h)` is the share of \
             women with cancer, the likelihood `p(x | h)` the probability of the finding in each \
             state, the evidence `p(x)` the share of women with that finding.",
        );
    let drawings = [
        ("bayes", bayes(findings)?, bayes_caption()),
        ("frequencies", frequencies(findings)?, frequencies_caption(findings)),
        ("prevalence", prevalence(config, findings)?, prevalence_caption(config)),
        ("repeated", repeated(findings)?, repeated_caption(findings)),
        ("sample", drawn_share(findings, sample)?, sample_caption(sample)),
    ];
    let report = drawn::all(run, report, &drawings)?
        .heading("Numbers")
        .table(&HEADERS, &findings.rows())
        .paragraph(&format!("After {}, independent given the state:", tests(findings)))
        .table(&REPEATED_HEADERS, &findings.repeated_rows())
        .paragraph(&capital(&format!("{}.", sample.sentence())));
    demonstration::report(run, "bayes-demo", config, report)
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Two bars, cancer and healthy, with their percentages on top.
fn pair(title: &str, values: Option<[f64; 2]>) -> Panel {
    let panel = Panel::new(title)
        .x_marks([(0.0, "cancer"), (1.0, "healthy")])
        .x_range(-0.7, 1.7)
        .y_range(0.0, 113.0)
        .y("probability (percent)");
    let Some(values) = values else { return panel };
    let bar = |i: usize, colour| Layer::bars("", [(i as f64, 100.0 * values[i])]).colour(colour);
    let text = |i: usize| (i as f64, 100.0 * values[i], percent(values[i]));
    panel.with(bar(0, CANCER)).with(bar(1, HEALTHY)).with(Layer::texts([text(0), text(1)]))
}

fn bayes(findings: &Findings) -> anyhow::Result<Rendered> {
    let mut panels = Vec::new();
    let named = [("positive", &findings.positive), ("negative", &findings.negative)];
    for (name, Finding { likelihood, posterior, .. }) in named {
        panels.push(pair("prior p(h)", Some(findings.prior)));
        panels.push(pair(&format!("likelihood p({name} | h)"), Some(*likelihood)));
        panels.push(pair(&format!("posterior p(h | {name})"), *posterior));
    }
    Ok(figure(&panels, Layout::row(1200, 780).columns(3))?)
}

fn bayes_caption() -> String {
    "From left to right: what is known before the test, how probable the finding is in each state, \
     and what is known after it. Above for a positive, below for a negative finding. The two \
     likelihoods need not add up to 100 %; only their ratio matters."
        .to_owned()
}

fn frequencies(findings: &Findings) -> anyhow::Result<Rendered> {
    const SIZE: (f64, f64) = (1200.0, 625.0);
    let groups = findings.counts.named();
    let women: usize = groups.iter().map(|(_, n)| n).sum();
    let columns = ((women as f64 * 1.6).sqrt().round() as usize).max(1);
    let rows = women.div_ceil(columns);
    // To the right of the women there is room for the legend.
    let (across, down) = (1.3 * columns as f64, rows as f64);
    let each = ((SIZE.0 - 40.0) / across).min((SIZE.1 - 60.0) / down);
    let colours = [CANCER, Colour::PURPLE, Colour::SKY, Colour(205, 205, 205)];
    let mut panel = Panel::new(capital(&findings.counts.of_the_positive()))
        .bare()
        .x_range(-0.5, across - 0.5)
        .y_range(0.5 - down, 0.5)
        .equal_aspect();
    let mut first = 0;
    for ((name, n), colour) in groups.into_iter().zip(colours) {
        let place = |i: usize| ((i % columns) as f64, -((i / columns) as f64));
        let label = format!("{name}: {}", grouped(n));
        let points = Layer::points(label, (first..first + n).map(place));
        panel = panel.with(points.colour(colour).size(0.78 * each));
        first += n;
    }
    Ok(figure(&[panel], Layout::row(SIZE.0 as u32, SIZE.1 as u32))?)
}

fn frequencies_caption(findings: &Findings) -> String {
    format!(
        "Each disc is a woman: {}. The numbers are expected ones, rounded so that they add up.",
        findings.sentence()
    )
}

fn prevalence(config: &Config, findings: &Findings) -> anyhow::Result<Rendered> {
    let curve = |value: fn(&Swept) -> Option<f64>| {
        let point = move |s: &Swept| value(s).map(|p| (100.0 * s.prevalence, 100.0 * p));
        findings.sweep.iter().filter_map(point).collect::<Vec<_>>()
    };
    let first = findings.sweep.first().map_or(0.01, |s| 100.0 * s.prevalence);
    let panel = |title: &str| {
        let mut panel = Panel::new(title)
            .x("prevalence (percent)")
            .y("probability of cancer (percent)")
            .log_x()
            .x_range(first, 100.0)
            .with(Layer::line("after positive", curve(|s| s.after_positive)).colour(CANCER))
            .with(
                Layer::line("before", curve(|s| Some(s.prevalence))).colour(Colour::GREY).dashed(),
            )
            .with(Layer::line("after negative", curve(|s| s.after_negative)).colour(HEALTHY));
        for (finding, colour) in [(&findings.positive, CANCER), (&findings.negative, HEALTHY)] {
            let Some(cancer) = finding.cancer() else { continue };
            let label = format!("{} → {}", percent(config.prevalence), percent(cancer));
            let point = Layer::points(label, [(100.0 * config.prevalence, 100.0 * cancer)]);
            panel = panel.with(point.colour(colour).marker(Marker::Diamond).size(14.0));
        }
        panel
    };
    let panels = [
        panel("Linear").y_range(-3.0, 103.0),
        panel("Logarithmic").log_y().y_range(first / 5.0, 150.0).no_legend(),
    ];
    Ok(figure(&panels, Layout::row(1300, 580))?)
}

fn prevalence_caption(config: &Config) -> String {
    let sum = config.sensitivity + config.false_alarm;
    let half = if config.sensitivity > 0.0 && config.false_alarm > 0.0 {
        format!(
            " A positive finding makes cancer more probable than not from a prevalence of {} on.",
            percent(config.false_alarm / sum)
        )
    } else {
        String::new()
    };
    let likelihoods = [config.sensitivity, config.false_alarm];
    let nothing = if likelihoods.iter().any(|p| *p <= 0.0 || *p >= 1.0) {
        " A probability of 0 has no place on a logarithmic axis."
    } else {
        ""
    };
    format!(
        "What the same test says where cancer is rarer or more common; the diamonds are this run's \
         prevalence.{half} Right: while the prior is small, a finding multiplies it by a constant, the \
         ratio of the likelihoods.{nothing}"
    )
}

fn repeated(findings: &Findings) -> anyhow::Result<Rendered> {
    let step = findings.tests.div_ceil(10);
    let bars = |of: &dyn Fn(&Repeated) -> Option<f64>| {
        let bar = |r: &Repeated| Some((of(r)?, r.posterior?[0]));
        findings.repeated.iter().filter_map(bar).collect::<Vec<_>>()
    };
    let panel = |title: &str, x: &str, bars: &[(f64, f64)], colour| {
        let heights = bars.iter().map(|(x, p)| (*x, 100.0 * p));
        let panel = Panel::new(title)
            .x(x)
            .y("probability of cancer (percent)")
            .x_range(-0.6, findings.tests as f64 + 0.6)
            .x_marks((0..=findings.tests).step_by(step).map(|n| (n as f64, n.to_string())))
            .y_range(0.0, 113.0)
            .with(Layer::bars("", heights).colour(colour));
        match labels(bars, findings.tests) {
            Some(labels) => {
                let texts = bars.iter().zip(labels).map(|((x, p), text)| (*x, 100.0 * p, text));
                panel.with(Layer::texts(texts))
            }
            None => panel,
        }
    };
    let all = bars(&|r| (r.positive == r.tests).then_some(r.tests as f64));
    let each = bars(&|r| (r.tests == findings.tests).then_some(r.positive as f64));
    let panels = [
        panel("All tests positive", "tests", &all, CANCER),
        panel(
            &format!("Some of {} positive", tests(findings)),
            "positive tests",
            &each,
            Colour::PURPLE,
        ),
    ];
    Ok(figure(&panels, Layout::row(1200, 500))?)
}

/// The numbers on the bars: in full where they have the room, else short ones, else none.
fn labels(bars: &[(f64, f64)], tests: usize) -> Option<Vec<String>> {
    let room = PANEL / (tests as f64 + 1.2);
    let short = |p: f64| match p {
        p if p > 0.0 && p < 1e-4 => "<0.01 %".to_owned(),
        p if p > 0.9999 && p < 1.0 => ">99.99 %".to_owned(),
        p if p > 0.99 && p < 1.0 => format!("{:.2} %", 100.0 * p),
        p => percent(p),
    };
    let wordings: [&dyn Fn(f64) -> String; 2] = [&percent, &short];
    wordings.into_iter().find_map(|wording| {
        let texts: Vec<String> = bars.iter().map(|(_, p)| wording(*p)).collect();
        texts.iter().all(|t| LETTER * t.chars().count() as f64 <= room).then_some(texts)
    })
}

/// Their number in words.
fn tests(findings: &Findings) -> String {
    match findings.tests {
        1 => "1 test".to_owned(),
        n => format!("{n} tests"),
    }
}

fn repeated_caption(findings: &Findings) -> String {
    format!(
        "Left: the posterior after 0, 1, … positive tests; each is the prior of the next one. Right: \
         after {}, by how many of them were positive; their order makes no difference. The \
         tests are taken as independent given the state. Errors that repeat themselves would teach \
         less.",
        tests(findings)
    )
}

fn drawn_share(findings: &Findings, sample: &Sample) -> anyhow::Result<Rendered> {
    let total = sample.total();
    let women = total.women as f64;
    let first = sample.path.first().map_or(1.0, |t| t.women as f64);
    let shares: Vec<(f64, f64)> =
        sample.path.iter().filter_map(|t| Some((t.women as f64, 100.0 * t.share()?))).collect();
    let title = if shares.is_empty() { "Nobody has a positive finding" } else { "" };
    let mut panel = Panel::new(title)
        .x("women drawn")
        .y("share of cancer among the positive (percent)")
        .log_x()
        .x_range(first, 1.1 * women);
    if findings.positive.cancer().is_none_or(|exact| exact <= 0.0 || exact >= 1.0) {
        // Nothing varies that the axis could be fitted to.
        panel = panel.y_range(-3.0, 103.0);
    }
    if let Some(exact) = findings.positive.cancer() {
        let rate = findings.positive.evidence;
        let at = |i: u32| first * (women / first).powf(f64::from(i) / 100.0);
        let band = (0..=100).map(at).map(|n| {
            let half = WIDE * (exact * (1.0 - exact) / (n * rate)).sqrt();
            (n, 100.0 * (exact - half).max(0.0), 100.0 * (exact + half).min(1.0))
        });
        panel = panel
            .with(Layer::band("posterior ± 1.96 standard errors", band).colour(Colour::GREY))
            .with(
                Layer::horizontal(format!("posterior {}", percent(exact)), 100.0 * exact)
                    .colour(Colour::BLACK),
            );
    }
    panel = panel.with(Layer::line("observed share", shares).colour(CANCER));
    if let (Some(share), Some(exact)) = (total.share(), findings.positive.cancer()) {
        let half = WIDE * total.error(exact);
        let (lower, upper) = ((share - half).max(0.0), (share + half).min(1.0));
        let ends = (women, 100.0 * share, 100.0 * lower, 100.0 * upper);
        panel = panel.with(Layer::intervals("", [ends]).colour(CANCER));
    }
    Ok(figure(&[panel], Layout::row(900, 560))?)
}

fn sample_caption(sample: &Sample) -> String {
    format!(
        "Women drawn one by one, first the state and then the finding. Among those with a positive \
         finding the share that has cancer approaches the posterior, and at each number of \
         women it lies in the grey band with a probability of about 95 %. {}.",
        capital(&sample.sentence())
    )
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn numbers_are_written_on_bars_that_have_the_room() {
        let few = [(0.0, 0.004), (1.0, 0.000_044_1), (2.0, 0.25), (3.0, 0.75)];
        assert_eq!(labels(&few, 3).unwrap(), ["0.4 %", "0.00441 %", "25 %", "75 %"]);
        let more = [(0.0, 4e-13), (4.0, 0.999_743), (5.0, 0.999_999_973_8)];
        assert_eq!(labels(&more, 5).unwrap(), ["<0.01 %", "99.97 %", ">99.99 %"]);
        assert_eq!(labels(&more, 7), None);
        let round = [(0.0, 0.0), (8.0, 1.0)];
        assert_eq!(labels(&round, 8).unwrap(), ["0 %", "100 %"]);
    }
}
