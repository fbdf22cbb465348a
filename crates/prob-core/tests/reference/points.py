"""Where a law is looked at: doubles near chosen probabilities, and the awkward ones."""

import struct

from mpmath import mp, mpf

import functions as f

# Probabilities by their logarithm to the base 10, with the normal quantile of each.
LEVELS = [(-600.0, 52.45), (-300.0, 37.05), (-100.0, 21.27), (-20.0, 9.262), (-5.0, 4.265)]
BULK = [(0.05, 1.645), (0.3, 0.5244)]


def ordered(x):
    """Doubles as integers in their order."""
    (i,) = struct.unpack("<q", struct.pack("<d", x))
    return i if i >= 0 else -(i & 0x7FFF_FFFF_FFFF_FFFF)


def double(i):
    return struct.unpack("<d", struct.pack("<q", i if i >= 0 else -i - 2**63))[0]


def bounded(law):
    """The support as doubles inside it."""
    lower, upper = max(law.lower, mpf("-1e308")), min(law.upper, mpf("1e308"))
    lower, upper = float(lower), float(upper)
    if law.discrete:
        upper = min(upper, 1e18)
    return lower, upper


def search(law, target, side):
    """A double at which the logarithm of a tail (0: cdf, 1: sf) is about `target`; None if none is."""
    lower, upper = bounded(law)
    low, high = ordered(lower), ordered(upper)
    best = None
    while high - low > 1:
        middle = (low + high) // 2
        x = double(middle)
        if law.discrete:
            x = float(int(x))
        log = law.log_tails(mpf(x))[side]
        if abs(log - target) < 0.03 * abs(target):
            return x
        if log > -mpf("inf") and abs(log - target) < 0.5 * abs(target):
            best = x
        if (log < target) == (side == 0):
            low = middle
        else:
            high = middle
    return best


def by_width(law):
    """Points at normal quantiles around the centre."""
    quantiles = [z for _, z in LEVELS + BULK]
    quantiles = [-z for z in quantiles] + [0.0125] + quantiles
    xs = [float(law.centre + z * law.width) for z in quantiles]
    return [float(int(x)) for x in xs] if law.discrete else xs


def around_the_circle(law):
    width = 1 / mp.sqrt(max(law.concentration, mpf(1)))
    xs = []
    for z in (-36, -20, -9, -4.2, -2.4, -1.6, -0.8, -0.3, 0.013, 0.4, 1.1, 1.7, 2.6, 4.4, 9, 20, 36):
        x = law.direction + z * width
        x -= 2 * mp.pi * mp.nint(x / (2 * mp.pi))
        # Closer to the cut the cdf would depend on how pi is rounded.
        if abs(x) < 3.1 and abs(z * width) < 3.1:
            xs.append(float(x))
    return xs


def points(law):
    """All points of a law in their order."""
    if law.json["law"] == "von-mises":
        return sorted(set(around_the_circle(law)))
    lower, upper = bounded(law)
    if law.discrete and upper - lower < 12:
        return [lower + i for i in range(int(upper - lower) + 1)]
    xs = set()
    if law.centre is not None:
        xs.update(by_width(law))
    else:
        digits, f.DIGITS = f.DIGITS, 8
        with mp.workdps(25):
            for level, _ in LEVELS:
                xs.update(search(law, level * 2.302585, side) for side in (0, 1))
            for p, _ in BULK + [(0.5, 0.0)]:
                xs.update(search(law, float(mp.log(p)), side) for side in (0, 1))
        f.DIGITS = digits
    name = law.json["law"]
    if lower == 0:
        xs.update((0.0, 1.0) if law.discrete else (0.0, 1e-300, 1e-20, 2.0**-30))
    if name in ("cauchy", "student-t"):
        xs.update((-1e16, 1e16, -1e20, 1e100, -1e300))
    if name in ("normal", "laplace", "logistic", "cauchy", "student-t"):
        xs.update((0.0, 1e-300, -1e-10))
    if name == "beta" and law.alpha == law.beta:
        xs.add(0.5)
    xs.discard(None)
    return sorted(x for x in xs if lower <= x <= upper and affordable(law, x))


def affordable(law, x):
    """Not where the far tail needs thousands of digits."""
    if law.json["law"] in ("cauchy", "pareto", "uniform", "discrete-uniform", "categorical", "bernoulli"):
        return True
    digits, f.DIGITS = f.DIGITS, 8
    try:
        with mp.workdps(25):
            if law.centre is not None:
                return abs(mpf(x) - law.centre) < 55 * law.width
            logs = law.log_tails(mpf(x))
            return all(log == -mp.inf or log > -1600 for log in logs)
    finally:
        f.DIGITS = digits
