//! Draws of common shapes, a block at a time.

use super::{BUFFER, Lanes, each_mut, exp, ln};

/// Standard exponential numbers: `−ln u`.
pub(crate) fn exponential(out: &mut [f64], lanes: &mut Lanes) {
    lanes.fill(
        out,
        #[inline(always)]
        |bits| -ln(super::open_unit(bits)),
    );
}

/// Smallest shape for which [`gamma`] is right: below, `u^(1/shape)` leaves the numbers.
pub(crate) const SMALLEST_SHAPE: f64 = 0.1;

/// Gamma numbers of a shape of at least [`SMALLEST_SHAPE`] and rate 1, by the transformed normal
/// number of Marsaglia and Tsang (2000); a shape below 1 is raised by 1 and its number multiplied
/// by `u^(1/shape)`, as they say there.
pub(crate) fn gamma(shape: f64, out: &mut [f64], lanes: &mut Lanes) {
    let raised = if shape < 1.0 { shape + 1.0 } else { shape };
    let d = raised - 1.0 / 3.0;
    let c = (9.0 * d).sqrt().recip();
    let (mut z, mut log_u) = ([0.0; BUFFER], [0.0; BUFFER]);
    // How far a candidate is below the border of acceptance.
    let mut margin = [0.0; BUFFER];
    let mut done = 0;
    while done < out.len() {
        lanes.fill_normal(&mut z);
        lanes.fill(
            &mut log_u,
            #[inline(always)]
            |bits| ln(super::open_unit(bits)),
        );
        super::dispatch(
            #[inline(always)]
            || {
                for ((z, log_u), margin) in z.iter_mut().zip(&log_u).zip(&mut margin) {
                    let root = 1.0 + c * *z;
                    let v = root * root * root;
                    // For v ≤ 0 the logarithm is NaN or −∞ and the margin not positive.
                    *margin = 0.5 * *z * *z + d - d * v + d * ln(v) - log_u;
                    *z = d * v;
                }
            },
        );
        for (value, margin) in z.iter().zip(&margin) {
            if done == out.len() {
                break;
            }
            // Without a branch: a refused value is overwritten by the next one.
            out[done] = *value;
            done += usize::from(*margin > 0.0);
        }
    }
    if shape < 1.0 {
        for out in out.chunks_mut(BUFFER) {
            let log_u = &mut log_u[..out.len()];
            lanes.fill(
                log_u,
                #[inline(always)]
                |bits| ln(super::open_unit(bits)),
            );
            each_mut(
                log_u,
                #[inline(always)]
                |log_u| exp(log_u / shape),
            );
            out.iter_mut().zip(log_u).for_each(|(x, u)| *x *= *u);
        }
    }
}
