//! Neal's funnel: one kernel gets it right in the coordinates that suit, and is seen to fail in the others.

#![allow(clippy::unwrap_used)]

use mcmc::targets::Funnel;
use mcmc::{RobustAdaptive, Schedule, Trace, diagnostics as d, sample_adapted};
use prob_core::{LogDensity, Seed};

const SEED: Seed = Seed(1);

/// Four chains from starts apart.
fn draws(target: &(impl LogDensity<[f64]> + Sync)) -> Trace {
    let starts = [-1.0, -0.4, 0.4, 1.0].map(|offset| vec![offset; 10]);
    let schedule = Schedule { thin: 25, ..Schedule::keep(5_000) };
    let warm_up = RobustAdaptive::new();
    sample_adapted(&warm_up, target, &starts, 20_000, schedule, SEED).unwrap().trace
}

/// How many standard errors mean and standard deviation of the draws are from the exact ones.
fn errors(x: &[Vec<f64>], mean: f64, sd: f64) -> [f64; 2] {
    let all = x.concat();
    let n = all.len() as f64;
    let average = all.iter().sum::<f64>() / n;
    let spread = (all.iter().map(|x| (x - average).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    [(average - mean) / d::mcse_mean(x).unwrap(), (spread - sd) / d::mcse_sd(x).unwrap()]
}

/// `v ~ N(0, 3²)`. The `x_i` have a variance of 90 that no sample of them shows, since the rare mouth of
/// the funnel makes it; `ln |x_i| = v/2 + ln |z|` has mean `−(γ + ln 2)/2` and variance `9/4 + π²/8`.
#[test]
fn the_non_centred_funnel_is_right() {
    const EULER: f64 = 0.577_215_664_901_532_9;
    let law = Funnel::new(10, 3.0).unwrap().non_centred();
    let trace = draws(&law);
    let funnel = |i: usize| {
        trace.series(|z| {
            let mut x = [0.0; 10];
            law.centred_into(z, &mut x);
            x[i]
        })
    };
    let mut checked = vec![(funnel(0), 0.0, 3.0)];
    let mean = -0.5 * (EULER + 2.0f64.ln());
    let sd = (9.0 / 4.0 + std::f64::consts::PI.powi(2) / 8.0).sqrt();
    for i in 1..10 {
        let logs = funnel(i).iter().map(|x| x.iter().map(|x| x.abs().ln()).collect()).collect();
        checked.push((logs, mean, sd));
    }
    for (i, (x, mean, sd)) in checked.iter().enumerate() {
        assert!(d::rhat(x).unwrap() < 1.01, "variable {i}");
        assert!(d::ess_bulk(x).unwrap() > 4_000.0, "variable {i}");
        let errors = errors(x, *mean, *sd);
        assert!(errors.iter().all(|z| z.abs() < 4.0), "variable {i}: {errors:?}");
    }
}

/// Chains that learnt different walks, none of which gets down the neck, do not agree, and say so: R-hat
/// is far above 1.01, and a few dozen draws of 20,000 count.
#[test]
fn the_centred_funnel_is_flagged() {
    let v = draws(&Funnel::new(10, 3.0).unwrap()).variable(0);
    assert!(d::rhat(&v).unwrap() > 1.05, "R-hat {}", d::rhat(&v).unwrap());
    assert!(d::ess_bulk(&v).unwrap() < 100.0, "{}", d::ess_bulk(&v).unwrap());
    // And rightly: v is drawn too high.
    assert!(errors(&v, 0.0, 3.0)[0] > 4.0, "{:?}", errors(&v, 0.0, 3.0));
}
