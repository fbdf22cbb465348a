//! Expectations by sums and integrals, for laws without a closed form.

use super::Univariate;

/// Counts are summed one by one up to this many.
const TERMS: f64 = 1_048_576.0;
/// What a sum leaves out on each side.
const LEFT_OUT: f64 = 1e-25;
/// Refined until the estimated error is below this part of `E|g(X)|`, or no piece is left to halve.
const GOAL: f64 = 1e-12;
/// Refused beyond: a density's quantile function is smooth, that of counts has steps.
const REFUSED: f64 = 1e-8;
const REFUSED_COUNTS: f64 = 1e-5;
/// Pieces of the integral, at most.
const PIECES: usize = 200;
/// `½ e^−END` is about the smallest probability with all its digits.
const END: f64 = 707.0;

/// `E g(X)`.
///
/// For counts a sum over all values but tails of 1e-25, up to a million of them. Otherwise
/// `∫₀^½ g(Q(p)) + g(Q(1 − p)) dp` over the quantile function Q, with `p = ½ e^−t`, in which tails
/// that fall exponentially or as a power are smooth: by adaptive Gauss–Kronrod quadrature to about
/// 1e-11 of `E|g(X)|` (1e-6 for counts). NaN where that does not converge: where the expectation is
/// not finite, or so much of it lies in a tail that probabilities of 1e-307 matter.
pub(crate) fn expectation<L: Univariate + ?Sized>(law: &L, g: impl Fn(f64) -> f64) -> f64 {
    let support = law.support();
    if !support.discrete {
        return in_quantiles(law, g, REFUSED);
    }
    let (first, last) = (law.quantile(LEFT_OUT), law.upper_quantile(LEFT_OUT));
    // The negation sends NaN to the integral.
    if !(last - first < TERMS && first.abs().max(last.abs()) < 1.0 / f64::EPSILON) {
        return in_quantiles(law, g, REFUSED_COUNTS);
    }
    (0..=(last - first) as u64)
        .map(|i| first + i as f64)
        .map(|k| (law.prob(k), k))
        .filter(|(p, _)| *p > 0.0)
        .map(|(p, k)| p * g(k))
        .sum()
}

/// `E X` and `E (X − E X)²`, measured from the median so that a large location costs no digits.
pub(crate) fn mean_and_variance<L: Univariate + ?Sized>(law: &L) -> (f64, f64) {
    let median = law.quantile(0.5);
    let shift = expectation(law, |x| x - median);
    (median + shift, expectation(law, |x| (x - median - shift).powi(2)))
}

/// `−E ln p(X)`.
pub(crate) fn entropy<L: Univariate + ?Sized>(law: &L) -> f64 {
    expectation(law, |x| -law.log_prob(x))
}

fn in_quantiles<L: Univariate + ?Sized>(law: &L, g: impl Fn(f64) -> f64, refused: f64) -> f64 {
    let support = law.support();
    let value = |x: f64| {
        let value = g(x);
        // A quantile that was rounded to an end, where the density may be infinite: no weight.
        let end = x.is_finite() && (x == support.lower || x == support.upper);
        if end && value.is_infinite() { 0.0 } else { value }
    };
    let integrand = |t: f64| {
        let p = 0.5 * (-t).exp();
        let (left, right) = (value(law.quantile(p)), value(law.upper_quantile(p)));
        // The sum, and its size without cancellation.
        (p * (left + right), p * (left.abs() + right.abs()))
    };
    let (integral, error, absolute) = adaptive(&integrand);
    let rest = END * integrand(END).1;
    // The negation refuses NaN.
    if error.max(rest) <= refused * absolute { integral } else { f64::NAN }
}

/// A piece of an integral.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    from: f64,
    to: f64,
    /// The integral by the 15-point rule.
    pub(super) integral: f64,
    /// How far the 7-point rule is from it.
    pub(super) error: f64,
    absolute: f64,
}

/// The integral from 0 to [`END`], its estimated error and the integral of its size.
fn adaptive(f: &impl Fn(f64) -> (f64, f64)) -> (f64, f64, f64) {
    let mut ends: Vec<f64> = (0..10).map(|i| 2f64.powi(i)).collect();
    ends.insert(0, 0.0);
    ends.push(END);
    let mut pieces: Vec<Piece> =
        ends.iter().zip(ends.iter().skip(1)).map(|(from, to)| kronrod(f, *from, *to)).collect();
    loop {
        let error: f64 = pieces.iter().map(|p| p.error).sum();
        let absolute: f64 = pieces.iter().map(|p| p.absolute).sum();
        let worst = pieces.iter().enumerate().max_by(|a, b| a.1.error.total_cmp(&b.1.error));
        let done = error.is_nan() || error <= GOAL * absolute || pieces.len() >= PIECES;
        let (Some((worst, piece)), false) = (worst.map(|(i, p)| (i, *p)), done) else {
            // From the smallest pieces, at the far end.
            return (pieces.iter().rev().map(|p| p.integral).sum(), error, absolute);
        };
        let middle = 0.5 * (piece.from + piece.to);
        pieces.swap_remove(worst);
        pieces.push(kronrod(f, piece.from, middle));
        pieces.push(kronrod(f, middle, piece.to));
    }
}

/// Nodes and weights of the 15-point Kronrod rule, and the weights of the 7-point Gauss rule inside
/// (every second node): Kronrod 1965; recomputed by QUADPACK (Piessens et al. 1983).
const RULE: [(f64, f64, f64); 8] = [
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_56, 0.129_484_966_168_869_7),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_19, 0.0),
    (0.741_531_185_599_394_5, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_4, 0.381_830_050_505_118_9),
    (0.207_784_955_007_898_48, 0.204_432_940_075_298_89, 0.0),
    (0.0, 0.209_482_141_084_727_82, 0.417_959_183_673_469_4),
];

/// One piece of the integral of a function, which gives its value and the size of its terms.
pub(super) fn kronrod(f: &impl Fn(f64) -> (f64, f64), from: f64, to: f64) -> Piece {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let (mut integral, mut gauss, mut absolute) = (0.0, 0.0, 0.0);
    for (node, kronrod, weight) in RULE {
        let left = f(middle - half * node);
        let right = if node == 0.0 { (0.0, 0.0) } else { f(middle + half * node) };
        integral += kronrod * (left.0 + right.0);
        gauss += weight * (left.0 + right.0);
        absolute += kronrod * (left.1 + right.1);
    }
    let error = half * (integral - gauss).abs();
    Piece { from, to, integral: half * integral, error, absolute: half * absolute }
}

#[cfg(test)]
mod tests {
    use super::{entropy, expectation, kronrod, mean_and_variance};
    use crate::{Cauchy, Exponential, Geometric, Logistic, Normal, Pareto, Univariate};

    /// The 15-point rule is exact up to degree 22, the 7-point rule inside up to 13.
    #[test]
    fn the_rule_is_exact_for_polynomials() {
        for degree in 0..=22 {
            let piece = kronrod(&|x: f64| (x.powi(degree), x.powi(degree)), 0.0, 1.0);
            let exact = 1.0 / f64::from(degree + 1);
            assert!((piece.integral / exact - 1.0).abs() < 1e-14, "degree {degree}");
            assert_eq!(piece.error < 1e-15, degree <= 13, "degree {degree}: {}", piece.error);
        }
    }

    #[test]
    fn moments_and_entropies_meet_the_closed_forms() {
        let (normal, logistic) = (Normal::new(1e6, 2.0).unwrap(), Logistic::new(3.0, 0.1).unwrap());
        let (exponential, pareto) =
            (Exponential::new(1e-5).unwrap(), Pareto::new(2.5, 1.0).unwrap());
        let geometric = Geometric::new(1e-4).unwrap();
        let laws: [&dyn Univariate; 5] = [&normal, &logistic, &exponential, &pareto, &geometric];
        for (i, law) in laws.into_iter().enumerate() {
            let (mean, variance) = mean_and_variance(law);
            assert!((mean / law.mean() - 1.0).abs() < 1e-11, "{i}: {mean}");
            assert!((variance / law.variance() - 1.0).abs() < 1e-9, "{i}: {variance}");
            let h = law.entropy();
            assert!((entropy(law) - h).abs() < 1e-11 * (1.0 + h.abs()), "{i}: {}", entropy(law));
        }
        // Too wide to be summed.
        let wide = Geometric::new(1e-9).unwrap();
        let (mean, variance) = mean_and_variance(&wide);
        assert!((mean / wide.mean() - 1.0).abs() < 1e-6, "{mean}");
        assert!((variance / wide.variance() - 1.0).abs() < 1e-6, "{variance}");
    }

    #[test]
    fn what_does_not_converge_is_nan() {
        let cauchy = Cauchy::new(0.0, 1.0).unwrap();
        assert!(expectation(&cauchy, f64::abs).is_nan());
        assert!(expectation(&Pareto::new(1.0, 1.0).unwrap(), |x| x).is_nan());
        assert!((entropy(&cauchy) - cauchy.entropy()).abs() < 1e-10);
    }
}
