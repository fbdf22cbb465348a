//! Series for the comparisons with ArviZ.

/// Chains that any program can make: `x_t = φ x_{t−1} + u + u' + u'' − 3/2`, plus `shift` times the
/// number of the chain, with uniform u from Knuth's MMIX generator seeded with that number plus 1.
pub fn chains(phi: f64, shift: f64, draws: usize, count: u32) -> Vec<Vec<f64>> {
    let chain = |c: u32| {
        let mut state = u64::from(c) + 1;
        let mut uniform = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 * 2f64.powi(-53)
        };
        let mut x = 0.0;
        let next = |_| {
            x = phi * x + (uniform() + uniform() + uniform() - 1.5);
            x + shift * f64::from(c)
        };
        (0..draws).map(next).collect()
    };
    (0..count).map(chain).collect()
}
