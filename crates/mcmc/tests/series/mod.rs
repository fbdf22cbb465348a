//! Series for the comparisons with ArviZ, in operations that any program rounds alike.

#![allow(dead_code)] // Not every test uses both.

/// Uniform numbers of Knuth's MMIX generator.
fn uniforms(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 * 2f64.powi(-53)
    }
}

/// `x_t = φ x_{t−1} + u + u' + u'' − 3/2`, plus `shift` times the number of the chain, with uniform
/// u seeded with that number plus 1.
pub fn ar(phi: f64, shift: f64, draws: usize, count: u32) -> Vec<Vec<f64>> {
    let chain = |c: u32| {
        let mut uniform = uniforms(u64::from(c) + 1);
        let mut x = 0.0;
        let next = |_| {
            x = phi * x + (uniform() + uniform() + uniform() - 1.5);
            x + shift * f64::from(c)
        };
        (0..draws).map(next).collect()
    };
    (0..count).map(chain).collect()
}

/// Independent Cauchy draws: the slope of a point in the unit disc.
pub fn cauchy(draws: usize, count: u32) -> Vec<Vec<f64>> {
    let chain = |c: u32| {
        let mut uniform = uniforms(u64::from(c) + 1);
        let next = move |_| loop {
            let (x, y) = (2.0 * uniform() - 1.0, 2.0 * uniform() - 1.0);
            if x * x + y * y < 1.0 && x != 0.0 {
                return y / x;
            }
        };
        (0..draws).map(next).collect()
    };
    (0..count).map(chain).collect()
}
