//! Women drawn one by one: state, then finding. Among those with a positive finding the share that
//! has cancer comes near the posterior.

use std::fmt::Write;

use prob_core::Seed;
use rand::RngExt;

use super::config::Config;
use super::words::{grouped, percent};

/// How often the share is noted on the way, at most, and from which part of the women on.
const NOTED: usize = 300;
const FROM: f64 = 0.01;

/// A drawn sample, with the share on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Counts after so many women: ascending, the last one is the whole sample.
    pub path: Vec<Tally>,
    /// The posterior that the share is compared with.
    exact: Option<f64>,
}

/// Counts after some women.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub women: usize,
    /// With a positive finding.
    pub positive: usize,
    /// With a positive finding and cancer.
    pub found: usize,
}

impl Tally {
    /// The share of cancer among those with a positive finding.
    pub fn share(&self) -> Option<f64> {
        (self.positive > 0).then(|| self.found as f64 / self.positive as f64)
    }

    /// The standard error of a share whose expectation is `exact`: so that a share of 0 has one too.
    pub fn error(&self, exact: f64) -> f64 {
        (exact * (1.0 - exact) / self.positive as f64).sqrt()
    }
}

impl Sample {
    /// Draws the women of a configuration. `exact` is the posterior of cancer after a positive
    /// finding.
    pub fn draw(config: &Config, exact: Option<f64>) -> Self {
        let mut rng = Seed(config.seed).stream("women", 0);
        let mut tally = Tally::default();
        let mut path = Vec::new();
        let mut next = FROM * config.sample as f64;
        let factor = FROM.powf(-1.0 / NOTED as f64);
        for women in 1..=config.sample {
            let cancer = rng.random::<f64>() < config.prevalence;
            let alarm = if cancer { config.sensitivity } else { config.false_alarm };
            let positive = rng.random::<f64>() < alarm;
            tally.women = women;
            tally.positive += usize::from(positive);
            tally.found += usize::from(positive && cancer);
            if women as f64 >= next || women == config.sample {
                path.push(tally);
                next = (next * factor).max(women as f64 + 1.0);
            }
        }
        Self { path, exact }
    }

    /// The counts of all women.
    pub fn total(&self) -> Tally {
        self.path.last().copied().unwrap_or_default()
    }

    /// How many standard errors the share is off.
    pub fn z(&self) -> Option<f64> {
        let (total, exact) = (self.total(), self.exact?);
        let error = total.error(exact);
        (error > 0.0).then_some((total.share()? - exact) / error)
    }

    /// What was drawn, in a line.
    pub fn sentence(&self) -> String {
        let total = self.total();
        let drawn = format!(
            "drawn one by one: of {} women {} test positive",
            grouped(total.women),
            grouped(total.positive)
        );
        let (Some(share), Some(exact)) = (total.share(), self.exact) else {
            return drawn;
        };
        // Rounded first: an expected value barely missed is not −0.0 off.
        let z = self.z().map(|z| (10.0 * z).round() / 10.0 + 0.0);
        let z = z.map_or_else(String::new, |z| format!(", z = {z:+.1}"));
        let error = 100.0 * total.error(exact);
        // Two digits of the error, however small it is.
        let decimals =
            if error > 0.0 { (1.0 - error.log10()).ceil().clamp(2.0, 12.0) } else { 2.0 };
        format!(
            "{drawn}, {} of them {} cancer: {:.*} ± {error:.*} % (posterior {}{z})",
            grouped(total.found),
            if total.found == 1 { "has" } else { "have" },
            decimals as usize,
            100.0 * share,
            decimals as usize,
            percent(exact)
        )
    }

    /// The counts on the way.
    pub fn csv(&self) -> String {
        let mut text = String::from("women,positive,positive_with_cancer,share,standard_error\n");
        for tally in &self.path {
            let share = tally.share();
            let error = share.and(self.exact).map(|exact| tally.error(exact));
            let [share, error] =
                [share, error].map(|x| x.map_or_else(String::new, |x| x.to_string()));
            let Tally { women, positive, found } = tally;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{women},{positive},{found},{share},{error}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, Tally};
    use crate::bayes_demo::config::{Choices, Config};
    use crate::bayes_demo::findings::Findings;

    fn config() -> Config {
        Choices::default().resolve().unwrap()
    }

    fn exact(config: &Config) -> Option<f64> {
        Findings::new(config).unwrap().positive.cancer()
    }

    /// |z| ≤ 5 has a false-alarm rate of 6e-7.
    #[test]
    fn the_share_among_the_positive_is_the_posterior() {
        let config = config();
        let sample = Sample::draw(&config, exact(&config));
        let z = sample.z().unwrap();
        assert!(z.abs() < 5.0, "{z}: {}", sample.sentence());
        let positive = sample.total().positive as f64;
        let z = (positive - 100_000.0 * 0.1028) / (100_000.0 * 0.1028 * 0.8972_f64).sqrt();
        assert!(z.abs() < 5.0, "{z}");
        assert_eq!(sample.total().women, 100_000);
        // The control: the same sample refutes a posterior of 5 %.
        let wrong = Sample { exact: Some(0.05), ..sample };
        assert!(wrong.z().unwrap() < -5.0, "{:?}", wrong.z());
    }

    #[test]
    fn the_same_seed_draws_the_same_women_and_another_one_others() {
        let config = config();
        let first = Sample::draw(&config, None);
        assert_eq!(Sample::draw(&config, None), first);
        assert_ne!(Sample::draw(&Config { seed: 2, ..config }, None).total(), first.total());
        assert!(first.path.windows(2).all(|w| w[0].women < w[1].women));
        assert!(first.path.len() <= 301 && first.path[0].women == 1_000);
        assert_eq!(first.csv().lines().count(), 1 + first.path.len());
    }

    #[test]
    fn a_small_share_has_an_error_that_is_not_rounded_away() {
        let total = Tally { women: 100_000, positive: 10_000, found: 0 };
        // 100 √(8e-9 / 1e4) = 8.9e-5.
        let rare = Sample { path: vec![total], exact: Some(8e-9) };
        let sentence = rare.sentence();
        assert!(sentence.contains("0 of them have cancer: 0.000000 ± 0.000089 %"), "{sentence}");
        assert!(sentence.ends_with("(posterior 8.00e-7 %, z = +0.0)"), "{sentence}");
    }

    #[test]
    fn a_sample_without_a_positive_finding_says_no_more_than_that() {
        let choices =
            Choices { sensitivity: Some(0.0), false_alarm: Some(0.0), ..Choices::smoke() };
        let config = choices.resolve().unwrap();
        let sample = Sample::draw(&config, exact(&config));
        assert_eq!(sample.z(), None);
        assert!(sample.sentence().ends_with("0 test positive"), "{}", sample.sentence());
    }
}
