//! Bayes' theorem (`eq:bayes`) on the state of a woman, cancer or healthy, and the findings of a test.

use std::fmt::Write;

use prob_core::{Error, bayes, evidence};

use super::config::Config;
use super::words::{grouped, have_cancer, maybe, percent};

/// Points of the curve over the prevalence.
const SWEPT: usize = 200;

/// The columns of the table of [`Findings::rows`].
pub const HEADERS: [&str; 3] = ["", "cancer", "healthy"];
/// The columns of the table of [`Findings::repeated_rows`].
pub const REPEATED_HEADERS: [&str; 3] = ["positive tests", "cancer", "healthy"];

/// A finding of the test, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// `p(finding | state)` with cancer and without.
    pub likelihood: [f64; 2],
    /// `p(finding)`.
    pub evidence: f64,
    /// `p(state | finding)`; `None` of a finding that nobody has.
    pub posterior: Option<[f64; 2]>,
}

/// A number of positive findings among several tests, and what it says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeated {
    pub tests: usize,
    pub positive: usize,
    /// `p(state | findings)`; `None` where they cannot be: a test without false alarms that
    /// contradicts itself.
    pub posterior: Option<[f64; 2]>,
}

/// The posterior of cancer at another prevalence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swept {
    pub prevalence: f64,
    pub after_positive: Option<f64>,
    pub after_negative: Option<f64>,
}

/// Women by state and finding: whole numbers that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub found: usize,
    pub missed: usize,
    pub alarmed: usize,
    pub cleared: usize,
}

/// All that follows from prevalence, sensitivity and false alarms.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// `p(state)`.
    pub prior: [f64; 2],
    pub positive: Finding,
    pub negative: Finding,
    /// Of so many women.
    pub counts: Counts,
    /// After 0, 1, … tests, with each number of positive ones.
    pub repeated: Vec<Repeated>,
    pub sweep: Vec<Swept>,
    /// Tests of one woman at most.
    pub tests: usize,
}

impl Finding {
    fn new(prior: [f64; 2], likelihood: [f64; 2]) -> Result<Self, Error> {
        let posterior = update(prior, likelihood)?;
        let evidence = match evidence(&prior, &likelihood) {
            Err(Error::NoEvidence) => 0.0,
            evidence => evidence?,
        };
        Ok(Self { likelihood, evidence, posterior })
    }

    /// The posterior of cancer.
    pub fn cancer(&self) -> Option<f64> {
        self.posterior.map(|[cancer, _]| cancer)
    }
}

impl Findings {
    /// Applies Bayes' theorem to the test of a configuration.
    ///
    /// # Errors
    /// Where `prob-core` refuses a table, which a checked configuration rules out.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let prior = [config.prevalence, 1.0 - config.prevalence];
        let [plus, minus] = likelihoods(config);
        let mut repeated = Vec::new();
        for tests in 0..=config.tests {
            for positive in 0..=tests {
                let posterior = after(prior, config, positive, tests - positive)?;
                repeated.push(Repeated { tests, positive, posterior });
            }
        }
        Ok(Self {
            prior,
            positive: Finding::new(prior, plus)?,
            negative: Finding::new(prior, minus)?,
            counts: Counts::expected(config),
            repeated,
            sweep: sweep(config)?,
            tests: config.tests,
        })
    }

    /// The result in a line.
    pub fn headline(&self) -> String {
        format!(
            "{} have cancer, {} of them are found, {} of the others raise a false alarm: after a \
             positive finding the probability of cancer is {}",
            percent(self.prior[0]),
            percent(self.positive.likelihood[0]),
            percent(self.positive.likelihood[1]),
            maybe(self.positive.cancer())
        )
    }

    /// The same in natural frequencies.
    pub fn sentence(&self) -> String {
        let Counts { found, missed, alarmed, cleared } = self.counts;
        format!(
            "of {} women {}: {} of them test positive, and so do {} of the {} healthy; {}",
            grouped(found + missed + alarmed + cleared),
            have_cancer(found + missed),
            grouped(found),
            grouped(alarmed),
            grouped(alarmed + cleared),
            self.counts.of_the_positive()
        )
    }

    /// Prior, likelihoods and posteriors as cells of a table with [`HEADERS`].
    pub fn rows(&self) -> Vec<Vec<String>> {
        let row = |name: &str, p: Option<[f64; 2]>| {
            let [cancer, healthy] = [p.map(|p| p[0]), p.map(|p| p[1])].map(maybe);
            vec![name.to_owned(), cancer, healthy]
        };
        let joint = |f: &Finding| [0, 1].map(|h| self.prior[h] * f.likelihood[h]);
        vec![
            row("prior p(h)", Some(self.prior)),
            row("likelihood p(positive | h)", Some(self.positive.likelihood)),
            row("joint p(positive, h)", Some(joint(&self.positive))),
            row("posterior p(h | positive)", self.positive.posterior),
            row("likelihood p(negative | h)", Some(self.negative.likelihood)),
            row("joint p(negative, h)", Some(joint(&self.negative))),
            row("posterior p(h | negative)", self.negative.posterior),
        ]
    }

    /// What each number of positive findings among all tests says, as cells of a table with
    /// [`REPEATED_HEADERS`].
    pub fn repeated_rows(&self) -> Vec<Vec<String>> {
        let row = |r: &Repeated| {
            let name = format!("{} of {}", r.positive, r.tests);
            let [cancer, healthy] = [0, 1].map(|h| maybe(r.posterior.map(|p| p[h])));
            vec![name, cancer, healthy]
        };
        self.repeated.iter().filter(|r| r.tests == self.tests).map(row).collect()
    }

    /// Every number in full precision.
    pub fn numbers_csv(&self) -> String {
        let mut text = String::from("quantity,cancer,healthy\n");
        let mut row = |name: &str, p: Option<[f64; 2]>| {
            let [cancer, healthy] = [p.map(|p| p[0]), p.map(|p| p[1])].map(digits);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name},{cancer},{healthy}");
        };
        row("prior", Some(self.prior));
        for (name, finding) in [("positive", &self.positive), ("negative", &self.negative)] {
            row(&format!("likelihood of {name}"), Some(finding.likelihood));
            row(&format!("posterior after {name}"), finding.posterior);
        }
        let Counts { found, missed, alarmed, cleared } = self.counts;
        let _ = writeln!(text, "women with positive finding,{found},{alarmed}");
        let _ = writeln!(text, "women with negative finding,{missed},{cleared}");
        text
    }

    /// The posterior after each number of positive findings among 0, 1, … tests.
    pub fn repeated_csv(&self) -> String {
        let mut text = String::from("tests,positive,cancer,healthy\n");
        for Repeated { tests, positive, posterior } in &self.repeated {
            let [cancer, healthy] = [0, 1].map(|h| digits(posterior.map(|p| p[h])));
            let _ = writeln!(text, "{tests},{positive},{cancer},{healthy}");
        }
        text
    }

    /// The posterior of cancer over the prevalence.
    pub fn prevalence_csv(&self) -> String {
        let mut text = String::from("prevalence,after_positive,after_negative\n");
        for Swept { prevalence, after_positive, after_negative } in &self.sweep {
            let (plus, minus) = (digits(*after_positive), digits(*after_negative));
            let _ = writeln!(text, "{prevalence},{plus},{minus}");
        }
        text
    }
}

impl Counts {
    /// The expected numbers of the women of the picture, rounded by largest remainders.
    fn expected(config: &Config) -> Self {
        let women = config.women as f64;
        let (ill, well) = (women * config.prevalence, women * (1.0 - config.prevalence));
        let expected = [
            ill * config.sensitivity,
            ill * (1.0 - config.sensitivity),
            well * config.false_alarm,
            well * (1.0 - config.false_alarm),
        ];
        let [found, missed, alarmed, cleared] = largest_remainders(expected, config.women);
        Self { found, missed, alarmed, cleared }
    }

    /// What a positive finding says.
    pub fn of_the_positive(&self) -> String {
        match self.found + self.alarmed {
            0 => "nobody has a positive finding".to_owned(),
            n => format!("of {} with a positive finding {}", grouped(n), have_cancer(self.found)),
        }
    }

    /// With their names, in the order of the picture.
    pub fn named(&self) -> [(&'static str, usize); 4] {
        [
            ("cancer, positive", self.found),
            ("cancer, negative", self.missed),
            ("healthy, positive", self.alarmed),
            ("healthy, negative", self.cleared),
        ]
    }
}

/// `p(positive | state)` and `p(negative | state)`, each with cancer and without.
fn likelihoods(config: &Config) -> [[f64; 2]; 2] {
    let plus = [config.sensitivity, config.false_alarm];
    [plus, plus.map(|p| 1.0 - p)]
}

/// The posterior of both states; `None` where the finding cannot be.
fn update(prior: [f64; 2], likelihood: [f64; 2]) -> Result<Option<[f64; 2]>, Error> {
    match bayes(&prior, &likelihood) {
        Err(Error::NoEvidence) => Ok(None),
        posterior => Ok(posterior?.first_chunk().copied()),
    }
}

/// The posterior after so many findings. One update after the other would say the same, as long as
/// no state's probability on the way is too small for a floating-point number.
fn after(
    prior: [f64; 2],
    config: &Config,
    positive: usize,
    negative: usize,
) -> Result<Option<[f64; 2]>, Error> {
    let [plus, minus] = likelihoods(config);
    // At most 30 tests.
    let times = [positive, negative].map(|n| n as i32);
    let all = [0, 1].map(|h| plus[h].powi(times[0]) * minus[h].powi(times[1]));
    if all.iter().all(|p| *p > 1e-200) {
        return update(prior, all);
    }
    let log = |p: f64, n: i32| if n == 0 { 0.0 } else { f64::from(n) * p.ln() };
    let logs = [0, 1].map(|h| log(plus[h], times[0]) + log(minus[h], times[1]));
    let largest = logs[0].max(logs[1]);
    // Only the ratio of the likelihoods matters.
    match largest == f64::NEG_INFINITY {
        true => Ok(None),
        false => update(prior, logs.map(|l| (l - largest).exp())),
    }
}

fn sweep(config: &Config) -> Result<Vec<Swept>, Error> {
    let [plus, minus] = likelihoods(config);
    let (first, last) = ((config.prevalence / 5.0).min(1e-4).ln(), 0.999_f64.ln());
    let point = |i: usize| {
        let prevalence = (first + (last - first) * i as f64 / (SWEPT - 1) as f64).exp();
        let prior = [prevalence, 1.0 - prevalence];
        let cancer = |posterior: Option<[f64; 2]>| posterior.map(|[cancer, _]| cancer);
        Ok(Swept {
            prevalence,
            after_positive: cancer(update(prior, plus)?),
            after_negative: cancer(update(prior, minus)?),
        })
    };
    (0..SWEPT).map(point).collect()
}

/// Whole numbers next to the `expected` ones that add up to `total`: all are rounded down, and those
/// that lose most get one back.
fn largest_remainders<const N: usize>(expected: [f64; N], total: usize) -> [usize; N] {
    let mut whole = expected.map(|e| e.floor() as usize);
    let mut order: [usize; N] = std::array::from_fn(|i| i);
    order.sort_by(|a, b| expected[*b].fract().total_cmp(&expected[*a].fract()));
    let missing = total.saturating_sub(whole.iter().sum());
    for i in order.into_iter().cycle().take(missing) {
        whole[i] += 1;
    }
    whole
}

fn digits(p: Option<f64>) -> String {
    p.map_or_else(String::new, |p| p.to_string())
}

#[cfg(test)]
mod tests {
    use prob_core::{Axis, Conditional, Joint};

    use super::{Counts, Findings, largest_remainders};
    use crate::bayes_demo::config::Choices;

    fn findings(choices: Choices) -> Findings {
        Findings::new(&choices.resolve().unwrap()).unwrap()
    }

    #[test]
    fn the_lectures_woman_has_cancer_with_three_percent() {
        let findings = findings(Choices::default());
        // 0.0032 / (0.0032 + 0.0996) = 8/257 and 0.0008 / (0.0008 + 0.8964) = 2/2243.
        let [plus, minus] = [&findings.positive, &findings.negative].map(|f| f.cancer().unwrap());
        assert!((plus - 8.0 / 257.0).abs() < 1e-16, "{plus}");
        assert!((minus - 2.0 / 2243.0).abs() < 1e-17, "{minus}");
        assert!((findings.positive.evidence - 0.1028).abs() < 1e-16);
        assert!(findings.headline().contains("3.11 %"), "{}", findings.headline());
        let sentence = findings.sentence();
        assert!(sentence.ends_with("of 103 with a positive finding 3 have cancer"), "{sentence}");
        assert!(sentence.starts_with("of 1,000 women 4 have cancer: 3 of them test positive"));
        let counts = Counts { found: 3, missed: 1, alarmed: 100, cleared: 896 };
        assert_eq!(findings.counts, counts);
    }

    /// Another way to the same numbers: the joint table of state and finding, read the other way.
    #[test]
    fn the_joint_table_says_the_same() {
        let findings = findings(Choices::default());
        let state = Axis::new("state", ["cancer", "healthy"]).unwrap();
        let test = Axis::new("test", ["positive", "negative"]).unwrap();
        let prior = Joint::new([state.clone()], vec![0.004, 0.996]).unwrap();
        let likelihood = Conditional::new([test], [state], vec![0.8, 0.2, 0.1, 0.9]).unwrap();
        let reversed = likelihood.reversed(&prior).unwrap();
        for (name, finding) in [("positive", &findings.positive), ("negative", &findings.negative)]
        {
            let cancer = reversed.probability(&[("state", "cancer")], &[("test", name)]).unwrap();
            assert!((finding.cancer().unwrap() - cancer).abs() < 1e-16, "{name}: {cancer}");
        }
    }

    /// In odds, each positive finding is a factor 0.8/0.1 and each negative one 0.2/0.9.
    #[test]
    fn repeated_tests_multiply_the_odds() {
        let findings = findings(Choices { tests: Some(6), ..Choices::default() });
        assert_eq!(findings.repeated.len(), 28);
        for r in &findings.repeated {
            let odds = 0.004 / 0.996
                * 8f64.powi(r.positive as i32)
                * (2f64 / 9.0).powi((r.tests - r.positive) as i32);
            let exact = odds / (1.0 + odds);
            let [cancer, healthy] = r.posterior.unwrap();
            assert!((cancer / exact - 1.0).abs() < 1e-14, "{r:?}: {exact}");
            assert!((healthy * (1.0 + odds) - 1.0).abs() < 1e-13, "{r:?}: {odds}");
        }
    }

    /// 30 positive findings leave 249 / 8^30 = 2.0115e-25, which 1 less the posterior of cancer
    /// would lose.
    #[test]
    fn what_is_left_beside_near_certainty_keeps_its_digits() {
        let findings = findings(Choices { tests: Some(30), ..Choices::default() });
        let last = findings.repeated.last().unwrap();
        let healthy = last.posterior.unwrap()[1];
        assert!((healthy / (249.0 / 8f64.powi(30)) - 1.0).abs() < 1e-13, "{healthy:e}");
        let row = findings.repeated_rows().pop().unwrap();
        assert_eq!(row, ["30 of 30", "100 %", "2.01e-23 %"]);
    }

    /// Positive findings without end do not make a negative one impossible: a test that finds every
    /// cancer proves health by it.
    #[test]
    fn a_small_probability_on_the_way_is_not_taken_for_none() {
        let test = Choices {
            sensitivity: Some(1.0),
            false_alarm: Some(1e-20),
            tests: Some(30),
            ..Choices::default()
        };
        let findings = findings(test);
        for r in findings.repeated.iter().filter(|r| r.positive < r.tests) {
            assert_eq!(r.posterior, Some([0.0, 1.0]), "{r:?}");
        }
    }

    #[test]
    fn what_cannot_be_is_none_and_a_perfect_test_is_certain() {
        let perfect =
            Choices { sensitivity: Some(1.0), false_alarm: Some(0.0), ..Choices::default() };
        let perfect = findings(perfect);
        assert_eq!(perfect.positive.cancer(), Some(1.0));
        assert_eq!(perfect.negative.cancer(), Some(0.0));
        let contradiction = perfect.repeated.iter().find(|r| (r.tests, r.positive) == (2, 1));
        assert_eq!(contradiction.unwrap().posterior, None);
        let never =
            Choices { sensitivity: Some(0.0), false_alarm: Some(0.0), ..Choices::default() };
        let never = findings(never);
        assert_eq!(never.positive.posterior, None);
        assert!((never.negative.cancer().unwrap() - 0.004).abs() < 1e-16);
        assert!(never.headline().ends_with("is –"), "{}", never.headline());
        assert!(never.sentence().ends_with("nobody has a positive finding"));
    }

    #[test]
    fn along_the_sweep_half_is_reached_where_prior_odds_make_up_for_the_test() {
        let findings = findings(Choices::default());
        let posteriors = findings.sweep.iter().map(|s| s.after_positive.unwrap());
        assert!(posteriors.clone().zip(posteriors.skip(1)).all(|(a, b)| a < b));
        // Prior odds 1/8.
        let cross = findings.sweep.iter().find(|s| s.after_positive > Some(0.5)).unwrap();
        assert!((cross.prevalence / (1.0 / 9.0) - 1.0).abs() < 0.05, "{cross:?}");
        assert!(findings.sweep.iter().all(|s| s.after_negative.unwrap() < s.prevalence));
    }

    #[test]
    fn the_sentence_of_many_women_and_of_few() {
        let choices = |prevalence, women| Choices {
            prevalence: Some(prevalence),
            women: Some(women),
            ..Choices::default()
        };
        assert_eq!(
            findings(choices(0.2, 10_000)).sentence(),
            "of 10,000 women 2,000 have cancer: 1,600 of them test positive, and so do 800 of the \
             8,000 healthy; of 2,400 with a positive finding 1,600 have cancer"
        );
        let few = findings(choices(0.01, 100)).sentence();
        assert!(few.starts_with("of 100 women 1 has cancer: 1 of them"), "{few}");
        assert!(few.ends_with("of 11 with a positive finding 1 has cancer"), "{few}");
    }

    #[test]
    fn rounded_counts_add_up() {
        assert_eq!(largest_remainders([3.2, 0.8, 99.6, 896.4], 1000), [3, 1, 100, 896]);
        assert_eq!(largest_remainders([28.999_999, 71.000_001], 100), [29, 71]);
        assert_eq!(largest_remainders([0.5, 0.5], 1).iter().sum::<usize>(), 1);
    }
}
