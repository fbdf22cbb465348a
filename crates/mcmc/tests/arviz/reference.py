"""What ArviZ says of the series in `tests/arviz/main.rs`: `python reference.py > reference.txt`.

Needs numpy, scipy and arviz-stats. A line of the output is one of

    # versions, remarks
    case NAME CHAINS DRAWS LAST     the last draw of the last chain, to see that the series are the same
    FUNCTION VALUE                  what the crate must return, to 1e-9
    FUNCTION refused REASON # VALUE what ArviZ returns, and why the crate returns an error instead
"""

import platform
import warnings

import arviz_stats
import numpy as np
import scipy
from arviz_stats.base import array_stats as az

warnings.simplefilter("ignore")


# The series, in operations that any program rounds alike.


def uniforms(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) * 2.0**-53


def ar(phi, shift, draws, chains):
    out = []
    for c in range(chains):
        u, x, series = uniforms(c + 1), 0.0, []
        for _ in range(draws):
            x = phi * x + (next(u) + next(u) + next(u) - 1.5)
            series.append(x + shift * c)
        out.append(series)
    return np.array(out)


def cauchy(draws, chains):
    """The slope of a point in the unit disc."""
    out = []
    for c in range(chains):
        u, series = uniforms(c + 1), []
        while len(series) < draws:
            x, y = 2.0 * next(u) - 1.0, 2.0 * next(u) - 1.0
            if x * x + y * y < 1.0 and x != 0.0:
                series.append(y / x)
        out.append(series)
    return np.array(out)


def with_chain(x, chain, value):
    x = x.copy()
    x[chain] = value
    return x


def stuck_from(x, chain, draw):
    x = x.copy()
    x[chain, draw:] = x[chain, draw]
    return x


CASES = [
    ("mixed", ar(0.5, 0.0, 1000, 4)),
    ("independent", ar(0.0, 0.0, 10000, 4)),
    ("apart", ar(0.3, 0.5, 400, 3)),
    ("two places", ar(0.5, 100.0, 300, 2)),
    ("slow, odd", ar(0.95, 0.0, 501, 2)),
    ("very slow", ar(0.999, 0.0, 6000, 4)),
    ("slow and long", ar(0.98, 0.0, 20001, 4)),
    ("antithetic", ar(-0.9, 0.0, 300, 4)),
    ("antithetic, odd", ar(-0.7, 0.0, 301, 3)),
    ("alternating", np.array([[float((t + c) % 2) for t in range(200)] for c in range(2)])),
    ("drifting", ar(0.2, 0.0, 400, 4) + 0.01 * np.arange(400)),
    ("single", ar(0.2, 0.0, 257, 1)),
    ("single, ten draws", ar(0.2, 0.0, 10, 1)),
    ("four draws", ar(0.0, 0.0, 4, 4)),
    ("five draws", ar(0.0, 0.0, 5, 2)),
    ("nine draws", ar(0.0, 0.0, 9, 2)),
    ("ten draws", ar(0.0, 0.0, 10, 2)),
    ("eleven draws", ar(0.4, 0.0, 11, 3)),
    ("rounded", np.round(ar(0.5, 0.0, 200, 2) * 2)),
    ("rounded, odd", np.round(ar(0.8, 0.0, 1001, 3) * 4)),
    ("zeros and ones", (ar(0.5, 0.0, 250, 4) > 0.3).astype(float)),
    ("rare ones", (ar(0.5, 0.0, 1000, 4) > 1.2).astype(float)),
    ("cauchy", cauchy(500, 4)),
    ("cauchy, odd", cauchy(333, 2)),
    ("stuck from draw 200", stuck_from(ar(0.5, 0.0, 500, 4), 1, 200)),
    ("stuck from its middle", stuck_from(ar(0.5, 0.0, 500, 4), 2, 250)),
    ("one constant chain", with_chain(ar(0.5, 0.0, 400, 4), 2, 0.25)),
    ("one constant chain far away", with_chain(ar(0.5, 0.0, 400, 4), 0, 9.0)),
    ("all constant", np.full((3, 100), 7.0)),
    ("constant at two places", with_chain(np.full((2, 100), 7.0), 1, 3.0)),
    ("jump in the middle", np.array([[1.0] * 50 + [2.0] * 50])),
    ("moves only in the middle", np.array([[1.0] * 10 + [2.0] + [1.0] * 10])),
    ("offset of 2^30", ar(0.5, 0.0, 500, 4) + 2.0**30),
    ("offset of -2^40", ar(0.9, 0.1, 301, 2) - 2.0**40),
    ("tiny", ar(0.5, 0.0, 500, 4) * 2.0**-200),
    ("huge", ar(0.5, 0.0, 500, 4) * 2.0**200),
]

# Where ArviZ wants no offset or another unit: its means of draws far from zero are not good to 1e-9, and
# it takes draws within 1e-15 of each other for one. Both changes are exact.
PLAIN = {
    "offset of 2^30": lambda x: (x - 2.0**30, 1.0),
    "offset of -2^40": lambda x: (x + 2.0**40, 1.0),
    "tiny": lambda x: (x * 2.0**200, 2.0**-200),
    "huge": lambda x: (x * 2.0**-200, 2.0**200),
}

PROBABILITIES = (0.05, 0.3, 0.5, 0.95)


def functions(x):
    """Names, and how ArviZ computes them. It wants two chains for any R-hat: its own steps do with one."""
    split = az._split_chains(x)
    bulk = lambda: az._rhat(az._z_scale(split))
    folded = lambda: az._rhat(az._z_fold(split))
    yield "rhat", lambda: max(bulk(), folded())
    yield "rhat_split", lambda: az._rhat(split)
    yield "rhat_bulk", bulk
    yield "rhat_folded", folded
    if len(x) % 2 == 0:
        ids = np.arange(len(x)) // 2
        if len(x) > 2:
            yield "nested_rhat", lambda: az.rhat_nested(x, ids, method="identity")
    for method in ("bulk", "mean", "sd"):
        yield f"ess_{method}", lambda method=method: az.ess(x, method=method)
    yield "ess_tail", lambda: az.ess(x, method="tail", prob=(0.05, 0.95))
    for p in PROBABILITIES:
        yield f"ess_quantile_{p}", lambda p=p: az.ess(x, method="quantile", prob=p)
    yield "mcse_mean", lambda: az.mcse(x, method="mean")
    yield "mcse_sd", lambda: az.mcse(x, method="sd")
    for p in PROBABILITIES:
        yield f"mcse_quantile_{p}", lambda p=p: az.mcse(x, method="quantile", prob=p)


def differs(x):
    return np.max(x) > np.min(x)


def reason(name, x):
    """Why nothing can be said, or None."""
    split = az._split_chains(x)
    if name == "nested_rhat":
        return None if differs(x) and any(differs(g) for g in np.split(x, len(x) // 2)) else "constant-chain"
    if name.startswith("rhat"):
        if not any(differs(c) for c in x):
            return "constant-chain"
        if not any(differs(c) for c in split):
            return "nothing-varies"
        if name == "rhat_folded" and not differs(abs(split - np.median(split))):
            return "nothing-varies"
        return None
    # Below ten draws a chain no autocorrelation enters ArviZ's sum: it is n log10 n for any draws.
    if x.shape[1] < 10:
        return "too-few-draws"
    # A chain that never moves says nothing about its autocorrelation, and lowers the average of the others.
    if not all(differs(c) for c in x):
        return "constant-chain"
    if "quantile" in name or name == "ess_tail":
        ps = (0.05, 0.95) if name == "ess_tail" else (float(name.split("_")[2]),)
        # ArviZ calls all draws independent if all lie on one side of the quantile.
        if not all(differs(split <= np.quantile(x, p)) for p in ps):
            return "nothing-varies"
    elif name.endswith("sd"):
        squares = (split - np.mean(x)) ** 2
        if np.ptp(squares) <= 1e-12 * np.max(squares):
            return "nothing-varies"
    elif not differs(split):
        return "nothing-varies"
    if name.startswith("mcse_quantile"):
        (p,) = ps
        ess = az.ess(x, method="quantile", prob=p)
        ends = scipy.stats.beta.ppf([0.1586553, 0.8413447], ess * p + 1, ess * (1 - p) + 1)
        upper = scipy.stats.beta.ppf(1 - 0.8413447, ess * (1 - p) + 1, ess * p + 1)
        # ArviZ takes the outermost draw for what lies beyond it.
        if ends[0] * x.size < 1 or upper * x.size < 1:
            return "beyond-draws"
    return None


def main():
    print(f"# python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
          f"arviz-stats {arviz_stats.__version__}")
    for name, x in CASES:
        print(f"case {name} | {len(x)} {len(x[0])} {float(x[-1][-1])!r}")
        plain, unit = PLAIN[name](x) if name in PLAIN else (x, 1.0)
        for function, compute in functions(plain):
            value = float(compute()) * (unit if function.startswith("mcse") else 1.0)
            if (why := reason(function, plain)) is not None:
                print(f"{function} refused {why} # {value!r}")
            else:
                print(f"{function} {value!r}")


main()
